//! Sequences of events against the broker's dispatch, between requests of its
//! own: no panic, no slot lost, nothing that grows.
#![no_main]

use app::broker::dispatch::{Dispatch, Meaning};
use arbitrary::Arbitrary;
use ipc::codec::decode_event;
use ipc::limits::MAX_IN_FLIGHT;
use ipc::{Buckets, DocumentSource, Open, PageIndex, Query, Samples, Stretch, Tile, TileSize};
use libfuzzer_sys::fuzz_target;

const SLOTS: u8 = 3;

#[derive(Debug, Arbitrary)]
enum Step {
    Event(Vec<u8>),
    Open,
    Paint,
    PaintEarly,
    Pages(u32),
    Info,
    Text,
    Outline,
    Links,
    Search,
    Attachments,
    Extract(u32, u64),
    Layers,
    ShowLayers(Vec<bool>),
    Signatures,
    Wishes,
    Notes,
    Images,
    Sound(u64, u32),
    Waveform(u16, u16, bool),
    Chapters,
    Cancel(u8),
}

fuzz_target!(|steps: Vec<Step>| {
    let mut dispatch = Dispatch::new(SLOTS);
    let mut asked = Vec::new();
    let mut painted = Vec::new();
    for step in steps {
        match step {
            Step::Event(bytes) => {
                let Ok(event) = decode_event(&bytes) else {
                    continue;
                };
                match dispatch.event(event) {
                    Ok((
                        Meaning::Painted { slot, .. }
                        | Meaning::Copied { slot, .. }
                        | Meaning::Sound { slot, .. },
                        _,
                    )) => painted.push(slot),
                    Ok((Meaning::FontWanted { font, .. }, _)) => drop(dispatch.font(font, None)),
                    Ok(_) => {}
                    // The renderer would be killed now.
                    Err(_) => break,
                }
            }
            Step::Open => drop(dispatch.open(open())),
            Step::Paint => asked.extend(id(dispatch.paint(tile()))),
            Step::PaintEarly => asked.extend(id(dispatch.paint_early(tile()))),
            Step::Pages(count) => asked.extend(id(dispatch.pages(page(), count))),
            Step::Info => asked.extend(id(dispatch.info())),
            Step::Text => asked.extend(id(dispatch.text(page()))),
            Step::Outline => asked.extend(id(dispatch.outline())),
            Step::Links => asked.extend(id(dispatch.links(page()))),
            Step::Search => asked.extend(id(dispatch.search(page(), query()))),
            Step::Attachments => asked.extend(id(dispatch.attachments())),
            Step::Extract(file, offset) => asked.extend(id(dispatch.extract(file, offset))),
            Step::Layers => asked.extend(id(dispatch.layers())),
            Step::ShowLayers(shown) => {
                asked.extend(id(dispatch.show_layers(ipc::LayerSet::new(shown))));
            }
            Step::Signatures => asked.extend(id(dispatch.signatures())),
            Step::Wishes => asked.extend(id(dispatch.wishes())),
            Step::Notes => asked.extend(id(dispatch.notes())),
            Step::Images => asked.extend(id(dispatch.images(page()))),
            Step::Sound(from, frames) => {
                if let Some(stretch) = Stretch::new(from, frames, Samples::Float32) {
                    asked.extend(id(dispatch.sound(stretch)));
                }
            }
            Step::Waveform(all, count, exact) => {
                if let Some(buckets) = Buckets::new(all, 0, count, exact) {
                    asked.extend(id(dispatch.waveform(buckets)));
                }
            }
            Step::Chapters => asked.extend(id(dispatch.chapters())),
            Step::Cancel(which) => {
                if let Some(id) = asked.get(usize::from(which)) {
                    drop(dispatch.cancel(*id));
                }
            }
        }
        assert!(dispatch.in_flight() <= MAX_IN_FLIGHT);
        let held = painted.len() + dispatch.free_slots();
        assert!(held <= usize::from(SLOTS), "{held} slots of {SLOTS}");
        if painted.len() == usize::from(SLOTS) {
            painted.drain(..).for_each(|slot| dispatch.release(slot));
        }
    }
});

fn id(
    asked: Result<Option<(ipc::RequestId, ipc::Request)>, ipc::ProtocolError>,
) -> Option<ipc::RequestId> {
    asked.ok().flatten().map(|(id, _)| id)
}

fn page() -> PageIndex {
    PageIndex::new(0).expect("page 0 is a page")
}

fn query() -> Query {
    Query {
        pattern: ipc::Text::cleaned("word", 8),
        match_case: false,
        match_accents: true,
        whole_word: false,
        regex: false,
    }
}

fn tile() -> Tile {
    let size = TileSize::new(8, 8).expect("8 × 8 is a size");
    Tile::new(page(), (8, 8), (0, 0), size).expect("it lies inside")
}

fn open() -> Open {
    Open {
        source: DocumentSource::Snapshot,
        document_bytes: 1,
        slots: SLOTS,
        slot_bytes: 4096,
        workers: 1,
    }
}
