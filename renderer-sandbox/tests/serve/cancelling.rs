//! Requests that are cancelled while they wait, and while they run.

use crate::broker::{WORKERS, cancel, info, opened, paint, text};
use crate::fake::{GATED, Gate, PLAIN};
use crate::{DONE, answers};
use ipc::{FailureKind, RequestId};

#[test]
fn cancelled_tile_leaves_the_queue_at_once_with_its_slot() {
    let session = opened("fine 6");
    let busy = u32::from(WORKERS);
    (0..busy).for_each(|id| session.say(&text(id, GATED)));
    session.say(&paint(10, PLAIN, 0));
    session.say(&cancel(10));
    assert_eq!(session.hear_failure(10).0, FailureKind::Cancelled);
    // No worker is free, and yet the slot is.
    session.say(&paint(11, PLAIN, 0));
    session.say(&cancel(10));
    session.say(&cancel(99));
    Gate::of(6).open();
    let mut heard = answers(&session, busy + 1);
    heard.sort_unstable();
    assert_eq!(heard, [0, 1, 11]);
    assert!(session.hears_nothing());
    assert_eq!(session.close(), DONE);
}

#[test]
fn what_runs_when_it_is_cancelled_is_answered_once() {
    let session = opened("fine 7");
    session.say(&paint(1, GATED, 0));
    session.say(&text(2, GATED));
    session.say(&cancel(1));
    session.say(&cancel(2));
    Gate::of(7).open();
    let mut heard = answers(&session, 2);
    heard.sort_unstable();
    assert_eq!(heard, [1, 2]);
    session.say(&info(3));
    assert_eq!(session.hear_part().id, RequestId(3));
    assert_eq!(session.close(), DONE);
}
