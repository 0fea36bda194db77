//! What comes through slots and memory: tiles, attachments, fonts.

use crate::DONE;
use crate::broker::{SLOTS, WORKERS, info, opened, paint, text};
use crate::fake::{DAMAGED, DEFECT, FONT, GATED, Gate, LONG, PLAIN};
use ipc::{Event, FailureKind, FontId, FontPlace, Items, Request, RequestId};

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
fn tile_that_takes_long_may_be_less_where_it_is_asked_for_early() {
    let session = opened("fine");
    for (number, is_early, whole) in [
        (LONG, true, false),
        (PLAIN, true, true),
        (LONG, false, true),
    ] {
        let Request::Paint { id, tile, slot, .. } = paint(number, number, 0) else {
            panic!("a tile is asked for");
        };
        session.say(&Request::Paint {
            id,
            tile,
            slot,
            early: is_early,
        });
        assert_eq!(session.hear(), Event::Painted { id, whole });
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
