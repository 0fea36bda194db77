//! Serving over a real channel and real memory, in this process, with a
//! document that does what the test wants: order of events, phases, credit,
//! cancelling, defects, and a broker that says what it may not.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod broker;
mod fake;

use broker::{
    SLOT_BYTES, SLOTS, Session, WORKERS, cancel, info, open, open_request, opened, page, paint,
    start, text,
};
use capmode::{Channel, Snapshot};
use fake::{DAMAGED, DEFECT, FONT, GATED, Gate, LONG, LONG_TEXT, PAGES, PASSWORD, PLAIN};
use ipc::limits::{CREDIT_WINDOW, MAX_IN_FLIGHT};
use ipc::{
    DocumentSource, Event, FailureKind, FontId, FontPlace, Items, RendererExit, Request, RequestId,
    Secret, Tile, TileSize,
};
use renderer_sandbox::panic;
use renderer_sandbox::serve::End;
use std::io::{Cursor, Write};
use std::os::fd::OwnedFd;

const DONE: End = End(RendererExit::Done);
const PROTOCOL: End = End(RendererExit::Protocol);

fn snapshot() -> (Snapshot, OwnedFd) {
    let snapshot = Snapshot::copy_of(Cursor::new("fine"), 4096).unwrap();
    let descriptor = snapshot.for_renderer().unwrap();
    (snapshot, descriptor)
}

/// A file without a name, holding `bytes`.
fn file(bytes: &[u8]) -> OwnedFd {
    let path = std::env::temp_dir().join(format!(
        "pellucid-serve-{}-{}",
        std::process::id(),
        bytes.len()
    ));
    std::fs::File::create(&path)
        .unwrap()
        .write_all(bytes)
        .unwrap();
    let file = std::fs::File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    file.into()
}

// Opening.

#[test]
fn open_document_is_locked_and_then_told() {
    let (session, event) = open("fine");
    let Event::Opened(summary) = event else {
        panic!("{event:?}");
    };
    assert_eq!(summary.pages, PAGES);
    assert_eq!(session.close(), DONE);
}

#[test]
fn file_that_may_change_is_read_to_its_end() {
    let session = start();
    session.give(
        open_request(DocumentSource::File, 4),
        &[file(b"fine")],
        true,
    );
    assert_eq!(session.hear(), Event::Locked);
    assert!(matches!(session.hear(), Event::Opened(_)));
    assert_eq!(session.close(), DONE);
}

#[test]
fn file_that_became_shorter_is_refused_with_a_sentence() {
    let session = start();
    let request = open_request(DocumentSource::File, 4096);
    session.give(request, &[file(b"short")], true);
    let Event::Refused(failure) = session.hear() else {
        panic!("it was not refused");
    };
    assert_eq!(failure.kind, FailureKind::Unreadable);
    assert_eq!(
        failure.detail.as_str(),
        "it became shorter while it was read"
    );
    assert_eq!(session.close(), DONE);
}

#[test]
fn damaged_document_is_refused_and_the_renderer_waits_for_its_end() {
    let (session, event) = open("damaged");
    let Event::Refused(failure) = event else {
        panic!("{event:?}");
    };
    assert_eq!(failure.kind, FailureKind::Damaged);
    assert_eq!(session.close(), DONE);
}

#[test]
fn defect_while_opening_is_refused_with_its_place() {
    panic::remember();
    let (session, event) = open("defect");
    let Event::Refused(failure) = event else {
        panic!("{event:?}");
    };
    assert_eq!(failure.kind, FailureKind::Internal);
    let detail = failure.detail.as_str();
    assert!(detail.contains("fake.rs:"), "{detail}");
    assert!(detail.contains("a defect on purpose"), "{detail}");
    assert_eq!(session.close(), DONE);
}

#[test]
fn password_is_asked_for_until_it_fits() {
    let (session, event) = open("secret");
    assert_eq!(event, Event::PasswordNeeded { wrong: false });
    let unlock = |word: &str| Request::Unlock(Secret::new(word.to_owned()).unwrap());
    session.say(&unlock("guess"));
    assert_eq!(session.hear(), Event::PasswordNeeded { wrong: true });
    session.say(&unlock(PASSWORD));
    assert!(matches!(session.hear(), Event::Opened(summary) if summary.encrypted));
    assert_eq!(session.close(), DONE);
}

// A broker that says what it may not.

#[test]
fn spare_that_was_not_needed_ends_quietly() {
    assert_eq!(start().close(), DONE);
}

#[test]
fn any_other_first_request_ends_the_renderer() {
    let (_document, descriptor) = snapshot();
    let session = start();
    session.give(info(1), &[descriptor], true);
    assert_eq!(session.end(), PROTOCOL);
}

#[test]
fn open_without_exactly_three_descriptors_ends_the_renderer() {
    let (document, descriptor) = snapshot();
    let request = || open_request(DocumentSource::Snapshot, document.bytes());
    let none = start();
    none.give(request(), &[], false);
    assert_eq!(none.end(), PROTOCOL);
    let one = start();
    one.give(request(), &[descriptor], false);
    assert_eq!(one.end(), PROTOCOL);
}

#[test]
fn snapshot_that_is_not_sealed_is_refused() {
    let session = start();
    let request = open_request(DocumentSource::Snapshot, 4);
    session.give(request, &[file(b"fine")], true);
    assert!(matches!(session.hear(), Event::Refused(failure)
        if failure.kind == FailureKind::Unreadable));
    assert_eq!(session.close(), DONE);
}

#[test]
fn bytes_that_are_no_request_end_the_renderer() {
    let session = opened("fine");
    session.channel.send(&[250; 7]).unwrap();
    assert_eq!(session.end(), PROTOCOL);
    let session = opened("fine");
    session.channel.send(&[0; 4097]).unwrap();
    assert_eq!(session.end(), PROTOCOL);
}

#[test]
fn request_out_of_its_phase_ends_the_renderer() {
    let session = opened("fine");
    session.say(&Request::Unlock(Secret::new(String::new()).unwrap()));
    assert_eq!(session.end(), PROTOCOL);
    let (session, _) = open("secret");
    session.say(&info(1));
    assert_eq!(session.end(), PROTOCOL);
}

#[test]
fn page_that_is_not_there_ends_the_renderer() {
    for request in [paint(1, PAGES, 0), text(1, PAGES)] {
        let session = opened("fine");
        session.say(&request);
        assert_eq!(session.end(), PROTOCOL);
    }
}

#[test]
fn slot_that_is_not_there_or_too_small_ends_the_renderer() {
    let session = opened("fine");
    session.say(&paint(1, PLAIN, SLOTS));
    assert_eq!(session.end(), PROTOCOL);
    // 32 × 32 px × 4 B fill a slot of 4096 bytes.
    let fills = TileSize::new(32, 32).unwrap();
    assert_eq!(fills.bytes(), SLOT_BYTES as usize);
    let one_more = TileSize::new(32, 33).unwrap();
    let session = opened("fine");
    for (id, size) in [(1, fills), (2, one_more)] {
        session.say(&Request::Paint {
            id: RequestId(id),
            tile: Tile::new(page(PLAIN), (64, 64), (0, 0), size).unwrap(),
            slot: 0,
        });
        if size == fills {
            session.hear_painted(id);
        }
    }
    assert_eq!(session.end(), PROTOCOL);
}

#[test]
fn slot_that_is_being_drawn_into_is_not_given_away_twice() {
    let session = opened("fine 1");
    session.say(&paint(1, GATED, 0));
    session.say(&paint(2, PLAIN, 0));
    assert_eq!(session.end(), PROTOCOL);
    Gate::of(1).open();
}

#[test]
fn number_that_is_in_use_ends_the_renderer() {
    let session = opened("fine 2");
    session.say(&paint(1, GATED, 0));
    session.say(&info(1));
    assert_eq!(session.end(), PROTOCOL);
    Gate::of(2).open();
}

#[test]
fn one_request_more_than_may_wait_ends_the_renderer() {
    let session = opened("fine 3");
    let most = u32::try_from(MAX_IN_FLIGHT).unwrap();
    (0..most).for_each(|id| session.say(&text(id, GATED)));
    assert!(session.hears_nothing());
    session.say(&text(most, GATED));
    assert_eq!(session.end(), PROTOCOL);
    Gate::of(3).open();
}

#[test]
fn as_many_requests_as_may_wait_are_all_answered() {
    let session = opened("fine 4");
    let most = u32::try_from(MAX_IN_FLIGHT).unwrap();
    (0..most).for_each(|id| session.say(&text(id, GATED)));
    Gate::of(4).open();
    let mut answered: Vec<_> = (0..most).map(|_| session.hear_part().id.0).collect();
    answered.sort_unstable();
    assert_eq!(answered, (0..most).collect::<Vec<_>>());
    assert_eq!(session.close(), DONE);
}

// Tiles.

#[test]
fn tile_is_in_its_slot_when_it_is_told() {
    let session = opened("fine");
    for slot in 0..SLOTS {
        assert_eq!(session.pixel(slot), [0; 4]);
        session.say(&paint(slot.into(), PLAIN, slot));
        session.hear_painted(slot.into());
        assert_ne!(session.pixel(slot), [0; 4]);
    }
    assert_eq!(session.close(), DONE);
}

#[test]
fn attachment_comes_in_pieces_of_a_slot() {
    let session = opened("fine");
    let (id, attachment, slot) = (RequestId(1), 0, 2);
    for (offset, bytes, last) in [(0, 4096, false), (4096, 4096, false), (8192, 1808, true)] {
        session.say(&Request::Extract {
            id,
            attachment,
            offset,
            slot,
        });
        assert_eq!(session.hear(), Event::Copied { id, bytes, last });
        assert_eq!(session.pixel(slot)[0], (offset / 4096) as u8);
    }
    session.say(&Request::Extract {
        id,
        attachment,
        offset: u64::MAX,
        slot,
    });
    let (bytes, last) = (0, true);
    assert_eq!(session.hear(), Event::Copied { id, bytes, last });
    assert_eq!(session.close(), DONE);
}

#[test]
fn font_is_asked_for_once_and_waited_for() {
    let mut session = opened("fine");
    session.say(&text(1, FONT));
    let Event::FontWanted { font, wanted } = session.hear() else {
        panic!("no font is wanted");
    };
    assert_eq!((font, wanted.family.as_str()), (FontId(0), "Fake"));
    assert!(session.hears_nothing());
    let (offset, bytes) = session.fonts.append(&b"glyphs"[..], 100).unwrap();
    let place = FontPlace::new(offset as u32, bytes as u32);
    session.say(&Request::Font { font, place });
    for id in [1, 2] {
        let part = session.hear_part();
        assert_eq!(part.id, RequestId(id));
        match part.items {
            Items::Text(runs) => assert_eq!(runs[0].text.as_str(), "glyphs"),
            other => panic!("{other:?}"),
        }
        session.say(&text(id + 1, FONT));
    }
}

#[test]
fn font_that_nobody_asked_for_ends_the_renderer() {
    let session = opened("fine");
    let (font, place) = (FontId(0), None);
    session.say(&Request::Font { font, place });
    assert_eq!(session.end(), PROTOCOL);
}

#[test]
fn defect_while_painting_fails_that_tile_and_the_next_painter_is_new() {
    panic::remember();
    let session = opened("fine 8");
    // All but one worker are kept busy, so that one painter draws everything.
    let busy = u32::from(WORKERS) - 1;
    (0..busy).for_each(|id| session.say(&text(id, GATED)));
    for id in (10..20).step_by(2) {
        session.say(&paint(id, DEFECT, 0));
        let (kind, detail) = session.hear_failure(id);
        assert_eq!(kind, FailureKind::Internal);
        assert!(detail.contains("fake.rs:"), "{detail}");
        session.say(&paint(id + 1, PLAIN, 0));
        session.hear_painted(id + 1);
        assert_eq!(session.pixel(0), [1; 4], "the first tile of a new painter");
    }
    session.say(&paint(20, PLAIN, 0));
    session.hear_painted(20);
    assert_eq!(session.pixel(0), [2; 4], "the second of the same");
    Gate::of(8).open();
    assert_eq!(answers(&session, busy).len(), 1);
    assert_eq!(session.close(), DONE);
}

#[test]
fn page_that_cannot_be_drawn_fails_with_its_reason() {
    let session = opened("fine");
    session.say(&paint(1, DAMAGED, 0));
    let said = (FailureKind::Damaged, "nothing to draw".to_owned());
    assert_eq!(session.hear_failure(1), said);
    session.say(&text(2, DAMAGED));
    assert_eq!(session.hear_failure(2).0, FailureKind::Damaged);
    session.say(&text(3, DEFECT));
    assert_eq!(session.hear_failure(3).0, FailureKind::Internal);
    session.say(&paint(4, PLAIN, 0));
    session.hear_painted(4);
    assert_eq!(session.close(), DONE);
}

#[test]
fn list_does_not_wait_for_a_tile_while_a_worker_is_free() {
    let session = opened("fine 5");
    (0..u32::from(WORKERS) - 1).for_each(|id| session.say(&paint(id, GATED, 0)));
    session.say(&info(10));
    assert_eq!(session.hear_part().id, RequestId(10));
    Gate::of(5).open();
    session.hear_painted(0);
    assert_eq!(session.close(), DONE);
}

// Cancelling.

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

/// Numbers of the requests that the next final answers belong to.
fn answers(session: &Session, count: u32) -> Vec<u32> {
    let answer = |_| match session.hear() {
        Event::Painted { id } | Event::Failed { id, .. } => id.0,
        Event::Part(part) if part.last => part.id.0,
        other => panic!("no final answer but {other:?}"),
    };
    (0..count).map(answer).collect()
}

// Lists.

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

#[test]
fn last_panic_of_a_thread_is_told_as_the_last_word() {
    panic::remember();
    let (broker, renderer) = Channel::pair().unwrap();
    let end = std::thread::spawn(move || {
        let unwound = std::panic::catch_unwind(|| panic!("{}", "long ".repeat(1000)));
        assert!(unwound.is_err());
        panic::report(&renderer)
    });
    assert_eq!(end.join().unwrap(), End(RendererExit::Panic));
    let mut buffer = [0; 4097];
    let capmode::Received::Message(bytes) = broker.receive(&mut buffer).unwrap() else {
        panic!("nothing was said");
    };
    let Event::Panicked { place, message } = ipc::codec::decode_event(bytes).unwrap() else {
        panic!("something else was said");
    };
    assert!(place.as_str().starts_with("main.rs:"), "{place:?}");
    assert!(message.as_str().starts_with("long long"), "{message:?}");
}
