//! A broker that says what it may not: the renderer ends.

use crate::broker::{
    SLOT_BYTES, SLOTS, info, open, open_request, opened, page, paint, start, text,
};
use crate::fake::{GATED, Gate, PAGES, PLAIN};
use crate::{DONE, PROTOCOL, file, snapshot};
use ipc::limits::MAX_IN_FLIGHT;
use ipc::{DocumentSource, Event, FailureKind, FontId, Request, RequestId, Secret, Tile, TileSize};

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
            early: false,
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
fn font_that_nobody_asked_for_ends_the_renderer() {
    let session = opened("fine");
    let (font, place) = (FontId(0), None);
    session.say(&Request::Font { font, place });
    assert_eq!(session.end(), PROTOCOL);
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
