//! Threads for the workers. FreeBSD makes no thread for a process in capability
//! mode, so there they are made before it is confined, and wait for their work.

use capmode::WORKER_STACK_BYTES;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};
use std::thread;

type Work = Box<dyn FnOnce() + Send>;

/// Threads that wait for work; beyond those, new ones are made.
#[derive(Debug, Default)]
pub struct Threads {
    waiting: Vec<Sender<Work>>,
    started: usize,
}

impl Threads {
    /// Starts `count` threads, and returns when every one of them runs: one that
    /// is still starting makes calls that are refused to a confined process.
    ///
    /// # Errors
    ///
    /// The `errno` of making a thread.
    pub fn start(count: u8) -> io::Result<Self> {
        let running = Arc::new(Barrier::new(usize::from(count) + 1));
        let mut threads = Self::default();
        for _ in 0..count {
            let (give, take) = channel();
            let running = Arc::clone(&running);
            threads.spawn(move || {
                running.wait();
                wait_for_work(&take);
            })?;
            threads.waiting.push(give);
        }
        running.wait();
        Ok(threads)
    }

    /// Runs `work` on a thread of its own: one that waits, or a new one.
    pub(crate) fn run(&mut self, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        match self.waiting.pop() {
            Some(thread) => {
                let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
                thread.send(Box::new(work)).map_err(gone)
            }
            None => self.spawn(work),
        }
    }

    fn spawn(&mut self, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let thread = thread::Builder::new()
            .name(format!("worker-{}", self.started))
            .stack_size(WORKER_STACK_BYTES);
        self.started += 1;
        thread.spawn(work).map(drop)
    }
}

/// A thread that is not needed ends with its [`Threads`].
fn wait_for_work(take: &Receiver<Work>) {
    if let Ok(work) = take.recv() {
        work();
    }
}

#[cfg(test)]
mod tests {
    use super::Threads;
    use std::sync::mpsc::channel;
    use std::thread;

    #[test]
    fn work_goes_to_threads_that_wait_and_then_to_new_ones() {
        let mut threads = Threads::start(2).unwrap();
        let (say, hear) = channel();
        for _ in 0..3 {
            let say = say.clone();
            let work = move || {
                say.send(thread::current().name().map(str::to_owned))
                    .unwrap()
            };
            threads.run(work).unwrap();
        }
        let mut names: Vec<_> = hear.iter().take(3).flatten().collect();
        names.sort();
        assert_eq!(names, ["worker-0", "worker-1", "worker-2"]);
    }
}
