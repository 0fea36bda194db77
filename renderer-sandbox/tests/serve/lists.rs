//! Lists: numbered parts, sent as far as the broker has given credit.

use crate::DONE;
use crate::broker::{WORKERS, cancel, info, opened, page, paint, text};
use crate::fake::{LONG, LONG_TEXT, PLAIN};
use ipc::limits::CREDIT_WINDOW;
use ipc::{FailureKind, Items, Request, RequestId};

#[test]
fn pages_beyond_the_last_are_left_out() {
    let session = opened("fine");
    for (first, count, labels) in [
        (0, 2, vec!["1", "2"]),
        (3, 9, vec!["4", "5", "6"]),
        (7, 1, vec![]),
    ] {
        let first = page(first);
        let id = RequestId(first.get());
        session.say(&Request::Pages { id, first, count });
        let part = session.hear_part();
        let Items::Pages(pages) = &part.items else {
            panic!("{part:?}");
        };
        let told: Vec<_> = pages.iter().map(|entry| entry.label.as_str()).collect();
        assert_eq!((part.last, told), (true, labels));
    }
    assert_eq!(session.close(), DONE);
}

#[test]
fn list_stops_without_credit_and_keeps_no_worker() {
    let session = opened("fine");
    for id in 0..u32::from(WORKERS) {
        session.say(&text(id, LONG));
        for number in 0..CREDIT_WINDOW {
            assert_eq!(session.hear_part().number, number.into());
        }
    }
    assert!(session.hears_nothing());
    session.say(&paint(10, PLAIN, 0));
    session.hear_painted(10);
    assert!(session.hears_nothing());
    session.say(&cancel(0));
    assert_eq!(session.hear_failure(0).0, FailureKind::Cancelled);
    let id = RequestId(0);
    session.say(&Request::Credit { id, parts: 5 });
    session.say(&info(11));
    assert_eq!(session.hear_part().id, RequestId(11));
    assert_eq!(session.close(), DONE);
}

#[test]
fn parts_come_in_order_whenever_credit_is_given() {
    for low in [0, 1, CREDIT_WINDOW / 2, CREDIT_WINDOW - 1] {
        let session = opened("fine");
        session.say(&text(1, LONG));
        let (mut due, mut words, mut credit) = (0, 0, CREDIT_WINDOW);
        loop {
            let part = session.hear_part();
            assert_eq!(part.number, due);
            let Items::Text(runs) = &part.items else {
                panic!("{part:?}");
            };
            due += 1;
            words += runs.len();
            credit = credit.checked_sub(1).expect("no more than was granted");
            if part.last {
                break;
            }
            if credit <= low {
                let parts = CREDIT_WINDOW - credit;
                credit = CREDIT_WINDOW;
                let id = RequestId(1);
                session.say(&Request::Credit { id, parts });
            }
        }
        assert_eq!(words, LONG_TEXT);
        assert_eq!(session.close(), DONE);
    }
}

#[test]
fn broker_that_goes_while_a_list_is_sent_ends_the_renderer_quietly() {
    let session = opened("fine");
    session.say(&text(1, LONG));
    session.hear_part();
    assert_eq!(session.close(), DONE);
}
