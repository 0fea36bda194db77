//! Panics: told with their place, and no end of the renderer while it serves.

use crate::broker::{WORKERS, open, opened, paint, text};
use crate::fake::{DEFECT, GATED, Gate, PLAIN};
use crate::{DONE, answers};
use capmode::Channel;
use ipc::{Event, FailureKind, RendererExit};
use renderer_sandbox::panic;
use renderer_sandbox::serve::End;

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
    assert!(place.as_str().starts_with("defects.rs:"), "{place:?}");
    assert!(message.as_str().starts_with("long long"), "{message:?}");
}
