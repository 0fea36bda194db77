//! What waits for a thread: first in, first out, and able to give back what
//! nobody waits for any more.
//!
//! A lock and a condition, no channel of a library: what is cancelled must leave
//! the queue at once, with the slot it holds, and not when a worker gets to it.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A queue without an end: as long as the process lives, more can come.
#[derive(Debug)]
pub struct Queue<T> {
    waiting: Mutex<VecDeque<T>>,
    filled: Condvar,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            filled: Condvar::new(),
        }
    }
}

impl<T> Queue<T> {
    /// Puts something at the end.
    pub fn push(&self, item: T) {
        self.waiting().push_back(item);
        self.filled.notify_one();
    }

    /// Takes the first, and waits for one if there is none.
    pub fn pop(&self) -> T {
        let mut waiting = self.waiting();
        loop {
            if let Some(item) = waiting.pop_front() {
                return item;
            }
            waiting = self
                .filled
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes out the first that `wanted` says yes to, wherever it stands.
    pub fn take(&self, wanted: impl FnMut(&T) -> bool) -> Option<T> {
        let mut waiting = self.waiting();
        let place = waiting.iter().position(wanted)?;
        waiting.remove(place)
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<T>> {
        // Held for one operation of a collection, which is never half done.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Queue;
    use std::sync::Arc;
    use std::thread;

    #[test]
    fn first_in_is_first_out_and_what_is_taken_is_gone() {
        let queue = Queue::default();
        (0..4).for_each(|number| queue.push(number));
        assert_eq!(queue.take(|number| *number == 2), Some(2));
        assert_eq!(queue.take(|number| *number == 2), None);
        assert_eq!([queue.pop(), queue.pop(), queue.pop()], [0, 1, 3]);
    }

    #[test]
    fn thread_that_waits_is_woken() {
        let queue = Arc::new(Queue::default());
        let waits = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || queue.pop())
        };
        queue.push(7);
        assert_eq!(waits.join().unwrap(), 7);
    }
}
