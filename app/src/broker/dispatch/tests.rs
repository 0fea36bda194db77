use super::*;
use ipc::limits::{CREDIT_WINDOW, MAX_LINKS, MAX_PARTS};
use ipc::{Buckets, Event, FailureKind, Format, Open, PageIndex, Part, Stretch, Tile, TileSize};

fn ready(slots: u8) -> Dispatch {
    let mut dispatch = Dispatch::new(slots);
    let claim = Claim {
        build: 0,
        layers: 0,
        landlock_abi: 0,
    };
    dispatch.event(Event::Confined(claim)).unwrap();
    let open = Open {
        source: ipc::DocumentSource::Snapshot,
        document_bytes: 1,
        slots,
        slot_bytes: 4096,
        workers: 1,
    };
    dispatch.open(open).unwrap();
    dispatch.event(Event::Locked).unwrap();
    let summary = Summary {
        format: Format::Pdf,
        pages: 3,
        encrypted: false,
        sound: None,
    };
    dispatch.event(Event::Opened(summary)).unwrap();
    dispatch
}

/// A session with a stereo sound and slots of 512 frames.
fn heard(slots: u8) -> Dispatch {
    let mut dispatch = ready(slots);
    dispatch.sound = Some(Sound {
        rate: 44_100,
        channels: 2,
        layout: 3,
        frames: Some(1000),
        coding: ipc::Coding::Lossy,
        loudness: ipc::Loudness::default(),
    });
    dispatch
}

fn stretch(frames: u32) -> Stretch {
    Stretch::new(0, frames, ipc::Samples::Float32).unwrap()
}

fn tile() -> Tile {
    let size = TileSize::new(10, 10).unwrap();
    Tile::new(PageIndex::new(0).unwrap(), (10, 10), (0, 0), size).unwrap()
}

fn text_part(id: RequestId, number: u32, last: bool) -> Event {
    Event::Part(Part {
        id,
        number,
        last,
        items: Items::Text(Vec::new()),
    })
}

#[test]
fn slot_is_leased_to_one_request_until_it_has_been_read() {
    let mut dispatch = ready(1);
    let (id, _) = dispatch.paint(tile()).unwrap().unwrap();
    assert_eq!(dispatch.paint(tile()).unwrap(), None);
    let (meaning, _) = dispatch.event(Event::Painted { id, whole: true }).unwrap();
    assert_eq!(
        meaning,
        Meaning::Painted {
            id,
            slot: 0,
            whole: true
        }
    );
    assert_eq!(dispatch.paint(tile()).unwrap(), None);
    dispatch.release(0);
    assert!(dispatch.paint(tile()).unwrap().is_some());
}

#[test]
fn tile_is_less_than_whole_only_where_it_was_asked_for_early() {
    let mut dispatch = ready(1);
    let (id, _) = dispatch.paint_early(tile()).unwrap().unwrap();
    let part = Event::Painted { id, whole: false };
    let (meaning, _) = dispatch.event(part.clone()).unwrap();
    let (slot, whole) = (0, false);
    assert_eq!(meaning, Meaning::Painted { id, slot, whole });
    assert!(dispatch.event(part).is_err(), "it has been answered");
    dispatch.release(0);
    let (id, _) = dispatch.paint(tile()).unwrap().unwrap();
    let refused = dispatch.event(Event::Painted { id, whole: false });
    assert_eq!(refused, Err(ProtocolError::Malformed("less than the tile")));
}

#[test]
fn answer_nobody_asked_for_is_a_violation() {
    let mut dispatch = ready(2);
    let id = RequestId(99);
    let unknown = Err(ProtocolError::UnknownRequest(99));
    assert_eq!(dispatch.event(Event::Painted { id, whole: true }), unknown);
    assert_eq!(dispatch.event(text_part(id, 0, true)), unknown);
    let (id, _) = dispatch.paint(tile()).unwrap().unwrap();
    assert!(dispatch.event(text_part(id, 0, true)).is_err());
    dispatch.event(Event::Painted { id, whole: true }).unwrap();
    assert!(
        dispatch.event(Event::Painted { id, whole: true }).is_err(),
        "answered twice"
    );
}

#[test]
fn parts_come_in_order_and_within_their_credit() {
    let mut dispatch = ready(1);
    let page = PageIndex::new(0).unwrap();
    let (id, _) = dispatch.text(page).unwrap().unwrap();
    assert!(dispatch.event(text_part(id, 1, false)).is_err());
    let mut dispatch = ready(1);
    let (id, _) = dispatch.text(page).unwrap().unwrap();
    let mut granted = u32::from(CREDIT_WINDOW);
    for number in 0..1000 {
        let (_, credit) = dispatch.event(text_part(id, number, false)).unwrap();
        if let Some(Request::Credit { parts, .. }) = credit {
            granted += u32::from(parts);
        }
        assert!(granted > number, "the list would stop");
        assert!(granted <= number + 1 + u32::from(CREDIT_WINDOW));
    }
}

#[test]
fn items_of_another_list_or_too_many_are_refused() {
    let mut dispatch = ready(1);
    let page = PageIndex::new(0).unwrap();
    let (id, _) = dispatch.info().unwrap().unwrap();
    assert!(dispatch.event(text_part(id, 0, true)).is_err());
    let mut dispatch = ready(1);
    let (id, _) = dispatch.pages(page, 2).unwrap().unwrap();
    let entry = ipc::PageEntry {
        size: ipc::PageSize::new(1.0, 1.0).unwrap(),
        label: Text::default(),
    };
    let items = Items::Pages(vec![entry; 3]);
    let event = Event::Part(Part {
        id,
        number: 0,
        last: true,
        items,
    });
    assert!(dispatch.event(event).is_err());
}

#[test]
fn fields_without_end_are_refused_before_they_take_memory() {
    let mut dispatch = ready(1);
    let (id, _) = dispatch.info().unwrap().unwrap();
    let field = ipc::InfoField {
        key: ipc::InfoKey::Title,
        value: Text::default(),
    };
    // As many as a message holds.
    let part = |number| {
        Event::Part(Part {
            id,
            number,
            last: false,
            items: Items::Info(vec![field.clone(); 2000]),
        })
    };
    let refused = (0..MAX_PARTS).find(|number| dispatch.event(part(*number)).is_err());
    assert_eq!(refused, Some(2), "4096 fields at most");
}

#[test]
fn list_that_fills_its_limit_is_told_as_cut() {
    let page = PageIndex::new(0).unwrap();
    let most = MAX_LINKS;
    for (links, expected) in [(most, true), (most - 1, false)] {
        let mut dispatch = ready(1);
        let (id, _) = dispatch.links(page).unwrap().unwrap();
        let link = ipc::Link {
            place: ipc::PageBox::new(0.0, 0.0, 1.0, 1.0).unwrap(),
            target: ipc::LinkTarget::Refused(ipc::RefusedAction::Other),
        };
        let event = Event::Part(Part {
            id,
            number: 0,
            last: true,
            items: Items::Links(vec![link; links]),
        });
        let (meaning, _) = dispatch.event(event).unwrap();
        assert!(matches!(meaning, Meaning::Items { cut, .. } if cut == expected));
    }
    let mut dispatch = ready(1);
    let (id, _) = dispatch.text(page).unwrap().unwrap();
    for number in 0..MAX_PARTS {
        let last = number + 1 == MAX_PARTS;
        let (meaning, _) = dispatch.event(text_part(id, number, last)).unwrap();
        assert!(matches!(meaning, Meaning::Items { cut, .. } if cut == last));
    }
}

#[test]
fn late_answer_to_a_cancelled_request_is_taken_once() {
    let mut dispatch = ready(1);
    let (id, _) = dispatch.paint(tile()).unwrap().unwrap();
    assert!(dispatch.cancel(id).is_some());
    assert!(dispatch.cancel(id).is_none());
    let (meaning, _) = dispatch.event(Event::Painted { id, whole: true }).unwrap();
    assert_eq!(meaning, Meaning::Dropped);
    assert_eq!(dispatch.free_slots(), 1);
    assert!(dispatch.event(Event::Painted { id, whole: true }).is_err());
}

#[test]
fn failed_tile_gives_its_slot_back() {
    let mut dispatch = ready(1);
    let (id, _) = dispatch.paint(tile()).unwrap().unwrap();
    let failure = Failure {
        kind: FailureKind::Damaged,
        detail: Text::default(),
    };
    dispatch.event(Event::Failed { id, failure }).unwrap();
    assert_eq!((dispatch.free_slots(), dispatch.in_flight()), (1, 0));
}

fn answer(id: RequestId, frames: u32, last: bool) -> Event {
    Event::Sound {
        id,
        frames,
        last,
        met: 3,
    }
}

#[test]
fn sound_is_asked_for_in_what_a_slot_holds() {
    let mut dispatch = heard(1);
    let (id, request) = dispatch.sound(stretch(1 << 20)).unwrap().unwrap();
    assert!(matches!(request, Request::Sound { stretch, .. } if stretch.frames() == 512));
    assert_eq!(dispatch.sound(stretch(1)).unwrap(), None, "no slot is free");
    let (frames, last) = (512, false);
    let (meaning, _) = dispatch.event(answer(id, frames, last)).unwrap();
    assert!(matches!(
        meaning,
        Meaning::Sound {
            frames: 512,
            met: 3,
            ..
        }
    ));
    dispatch.release(0);
    assert!(dispatch.sound(stretch(1)).unwrap().is_some());
    assert_eq!(ready(1).sound(stretch(1)).unwrap(), None, "a PDF is silent");
}

#[test]
fn sound_that_cannot_be_is_a_violation() {
    for (frames, last) in [(101, true), (u32::MAX, false), (0, false)] {
        let mut dispatch = heard(1);
        let (id, _) = dispatch.sound(stretch(100)).unwrap().unwrap();
        let event = answer(id, frames, last);
        assert!(dispatch.event(event).is_err(), "{frames} {last}");
    }
    let mut dispatch = heard(1);
    let (id, _) = dispatch.paint(tile()).unwrap().unwrap();
    let (frames, last) = (1, true);
    assert!(dispatch.event(answer(id, frames, last)).is_err());
}

#[test]
fn cancelled_sound_gives_its_slot_back() {
    let mut dispatch = heard(1);
    let (id, _) = dispatch.sound(stretch(100)).unwrap().unwrap();
    dispatch.cancel(id).unwrap();
    let (frames, last) = (100, false);
    let (meaning, _) = dispatch.event(answer(id, frames, last)).unwrap();
    assert_eq!((meaning, dispatch.free_slots()), (Meaning::Dropped, 1));
}

#[test]
fn more_peaks_than_buckets_are_refused() {
    let mut dispatch = heard(1);
    let buckets = Buckets::new(10, 8, 2, true).unwrap();
    let (id, _) = dispatch.waveform(buckets).unwrap().unwrap();
    let items = Items::Peaks(vec![ipc::Peak::default(); 3]);
    let (number, last) = (0, true);
    let part = Part {
        id,
        number,
        last,
        items,
    };
    assert!(dispatch.event(Event::Part(part)).is_err());
}

#[test]
fn nothing_may_be_asked_before_the_document_is_open() {
    let mut dispatch = Dispatch::new(1);
    assert!(dispatch.paint(tile()).is_err());
    assert_eq!(dispatch.free_slots(), 1);
    assert!(dispatch.info().is_err());
    assert_eq!(dispatch.in_flight(), 0);
}
