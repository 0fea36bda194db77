//! The requests that have not been answered, and how far each of them is.
//!
//! Every request is answered exactly once: whoever takes it out of this table
//! sends the answer. The parts of a list are sent by one thread at a time, the
//! one that [`Requests::list`], [`Requests::credit`] or [`Requests::cancel`]
//! told to, so that they arrive in order. A list without credit waits here, not in a worker.

use ipc::limits::{CREDIT_WINDOW, MAX_IN_FLIGHT};
use ipc::{Event, Failure, FailureKind, Part, RequestId, Text};
use std::collections::{HashMap, VecDeque};

/// Every request that has not been answered.
#[derive(Debug, Default)]
pub struct Requests {
    open: HashMap<RequestId, State>,
}

#[derive(Debug)]
struct State {
    cancelled: bool,
    list: Option<List>,
}

/// A list that is on its way.
#[derive(Debug)]
struct List {
    parts: VecDeque<Part>,
    /// Parts that may still be sent.
    credit: u32,
    /// Whether a thread sends them right now.
    sending: bool,
}

/// Whether the caller must send what [`Requests::next`] gives, until there is nothing.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It must.
    Send,
    /// Somebody else does, or nothing can be sent.
    Leave,
}

impl Requests {
    /// Notes a new request; `false` when too many are open or the number is in use.
    #[must_use]
    pub fn begin(&mut self, id: RequestId) -> bool {
        if self.open.len() >= MAX_IN_FLIGHT || self.open.contains_key(&id) {
            return false;
        }
        let state = State {
            cancelled: false,
            list: None,
        };
        self.open.insert(id, state);
        true
    }

    /// Whether nobody waits for it any more.
    #[must_use]
    pub fn is_cancelled(&self, id: RequestId) -> bool {
        self.open.get(&id).is_some_and(|state| state.cancelled)
    }

    /// Takes a request out, because it is answered next.
    pub fn finish(&mut self, id: RequestId) {
        self.open.remove(&id);
    }

    /// The answer to a request is this list.
    pub fn list(&mut self, id: RequestId, parts: VecDeque<Part>) -> Turn {
        let Some(state) = self.open.get_mut(&id) else {
            return Turn::Leave;
        };
        let list = state.list.insert(List {
            parts,
            credit: CREDIT_WINDOW.into(),
            sending: false,
        });
        list.turn()
    }

    /// So many more parts of a list may be sent. One that has been sent to its
    /// end meanwhile needs none, and one that is not made yet has the first ones.
    pub fn credit(&mut self, id: RequestId, parts: u16) -> Turn {
        let list = self.open.get_mut(&id).and_then(|state| state.list.as_mut());
        let Some(list) = list else {
            return Turn::Leave;
        };
        list.credit = list.credit.saturating_add(parts.into());
        list.turn()
    }

    /// Nobody waits for this any more. A list ends where it is; what a worker
    /// does is answered when the worker is done with it.
    pub fn cancel(&mut self, id: RequestId) -> Turn {
        let Some(state) = self.open.get_mut(&id) else {
            return Turn::Leave;
        };
        state.cancelled = true;
        state.list.as_mut().map_or(Turn::Leave, List::turn)
    }

    /// What to send next of a list; `None` ends the caller's turn.
    pub fn next(&mut self, id: RequestId) -> Option<Event> {
        let state = self.open.get_mut(&id)?;
        if state.cancelled {
            self.open.remove(&id);
            return Some(cancelled(id));
        }
        let list = state.list.as_mut()?;
        let Some(credit) = list.credit.checked_sub(1) else {
            list.sending = false;
            return None;
        };
        list.credit = credit;
        let part = list.parts.pop_front()?;
        if part.last {
            self.open.remove(&id);
        }
        Some(Event::Part(part))
    }
}

impl List {
    fn turn(&mut self) -> Turn {
        if std::mem::replace(&mut self.sending, true) {
            Turn::Leave
        } else {
            Turn::Send
        }
    }
}

/// The answer to a request that nobody waits for.
#[must_use]
pub fn cancelled(id: RequestId) -> Event {
    let failure = Failure {
        kind: FailureKind::Cancelled,
        detail: Text::cleaned("nobody waited for it any more", 64),
    };
    Event::Failed { id, failure }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::Items;

    const ID: RequestId = RequestId(7);

    fn parts(count: u32) -> VecDeque<Part> {
        let part = |number| Part {
            id: ID,
            number,
            last: number + 1 == count,
            items: Items::Info(Vec::new()),
        };
        (0..count).map(part).collect()
    }

    fn requests() -> Requests {
        let mut requests = Requests::default();
        assert!(requests.begin(ID));
        requests
    }

    fn sent(requests: &mut Requests) -> usize {
        std::iter::from_fn(|| requests.next(ID)).count()
    }

    #[test]
    fn no_more_goes_out_than_there_is_credit_for() {
        let mut requests = requests();
        assert_eq!(requests.list(ID, parts(100)), Turn::Send);
        assert_eq!(sent(&mut requests), usize::from(CREDIT_WINDOW));
        assert_eq!(requests.credit(RequestId(8), 10), Turn::Leave);
        assert_eq!(requests.credit(ID, 3), Turn::Send);
        assert_eq!(sent(&mut requests), 3);
        assert_eq!(requests.credit(ID, u16::MAX), Turn::Send);
        assert_eq!(sent(&mut requests), 100 - usize::from(CREDIT_WINDOW) - 3);
        assert_eq!(requests.credit(ID, 1), Turn::Leave);
    }

    #[test]
    fn one_thread_at_a_time_sends_a_list() {
        let mut requests = requests();
        assert_eq!(requests.list(ID, parts(100)), Turn::Send);
        requests.next(ID).unwrap();
        assert_eq!(requests.credit(ID, 16), Turn::Leave);
        assert_eq!(sent(&mut requests), usize::from(CREDIT_WINDOW) + 16 - 1);
    }

    #[test]
    fn cancelled_list_ends_with_one_answer() {
        let mut requests = requests();
        assert_eq!(requests.list(ID, parts(100)), Turn::Send);
        sent(&mut requests);
        assert_eq!(requests.cancel(ID), Turn::Send);
        assert_eq!(requests.next(ID), Some(cancelled(ID)));
        assert_eq!(requests.next(ID), None);
        assert_eq!(requests.cancel(ID), Turn::Leave);
    }

    #[test]
    fn list_that_is_cancelled_while_it_is_made_is_not_sent() {
        let mut requests = requests();
        assert_eq!(requests.cancel(ID), Turn::Leave);
        assert!(requests.is_cancelled(ID));
        assert_eq!(requests.list(ID, parts(1)), Turn::Send);
        assert_eq!(requests.next(ID), Some(cancelled(ID)));
        assert_eq!(requests.next(ID), None);
    }

    #[test]
    fn a_number_in_use_and_one_too_many_are_refused() {
        let mut requests = Requests::default();
        let most = u32::try_from(MAX_IN_FLIGHT).unwrap();
        for number in 0..most {
            assert!(requests.begin(RequestId(number)));
            assert!(!requests.begin(RequestId(number)));
        }
        assert!(!requests.begin(RequestId(most)));
        requests.finish(RequestId(3));
        assert!(requests.begin(RequestId(most)));
    }
}
