//! Any bytes as a document: sniffed, opened, told about, and drawn small.
//!
//! A panic in a decoder ends one request in the product, because the worker
//! catches it; here it is caught in the same way. What counts is what cannot be
//! caught: aborts, overflows of the stack, memory, time.
#![no_main]

use capmode::{Confined, DocumentMemory};
use ipc::{Buckets, PageIndex, Samples, Sound, Stretch, Tile, TileSize};
use libfuzzer_sys::{Corpus, fuzz_target};
use renderer_sandbox::format;
use renderer_sandbox::surface::Surface;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};

/// Pages that are drawn of each document.
const PAGES: u32 = 2;
/// Sides of what is drawn, in pixels.
const SIDE_PX: u16 = 64;
/// Area of a page that is drawn, in pixels at its own size. A picture of 27 bytes may
/// have 16 million, which are decoded in the time of thousands of small ones; how
/// long and how much that may take is what limits and deadlines are tested for.
const MOST_PIXELS: f64 = 1_000_000.0;
/// Frames of sound that are asked for at once.
const FRAMES: u16 = 4096;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    // libFuzzer's own hook would abort before anything is caught.
    static HOOK: Once = Once::new();
    HOOK.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    let confined = Confined::pretended();
    let memory = Arc::new(DocumentMemory::Copied(bytes.to_vec()));
    let opened = catch_unwind(AssertUnwindSafe(|| format::open(&confined, memory, None)));
    let Ok(Ok(document)) = opened else {
        return Corpus::Keep;
    };
    // Painters borrow for ever; a fuzzer that ends after some hours can leak.
    let document: &'static dyn format::Document = Box::leak(document);
    let _ = catch_unwind(AssertUnwindSafe(|| document.info(&confined)));
    if let Some(sound) = document.summary().sound {
        let _ = catch_unwind(AssertUnwindSafe(|| hear(&confined, document, sound)));
    }
    for page in (0..document.summary().pages.min(PAGES)).filter_map(PageIndex::new) {
        let _ = catch_unwind(AssertUnwindSafe(|| document.text(&confined, page)));
        let _ = catch_unwind(AssertUnwindSafe(|| {
            let size = document.page(page).size;
            if f64::from(size.width()) * f64::from(size.height()) <= MOST_PIXELS {
                paint(&confined, document, page);
            }
        }));
    }
    Corpus::Keep
});

/// Listens at the beginning, after a jump, and to all of it for its waveform.
fn hear(confined: &Confined, document: &'static dyn format::Document, sound: Sound) {
    let mut slot = vec![0; usize::from(FRAMES) * sound.frame_bytes()];
    for (from, samples) in [
        (0, Samples::Float32),
        (u64::from(FRAMES), Samples::Float32),
        (sound.frames.unwrap_or(FRAMES.into()) / 2, Samples::Int32),
    ] {
        if let Some(stretch) = Stretch::new(from, FRAMES.into(), samples) {
            let _ = document.sound(confined, stretch, &mut slot);
        }
    }
    for exact in [false, true] {
        let buckets = Buckets::new(4, 0, 4, exact).expect("four of four");
        let _ = document.waveform(confined, buckets);
    }
}

fn paint(confined: &Confined, document: &'static dyn format::Document, page: PageIndex) {
    let side = u32::from(SIDE_PX);
    let size = TileSize::new(SIDE_PX, SIDE_PX).expect("64 × 64 is a size");
    let tile = Tile::new(page, (side, side), (0, 0), size).expect("it lies inside");
    let mut pixels = vec![0; size.bytes()];
    if let Some(mut surface) = Surface::new(&mut pixels, size) {
        let _ = document.painter().paint(confined, tile, &mut surface);
    }
}
