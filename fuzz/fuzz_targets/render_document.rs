//! Any bytes as a document: sniffed, opened, told about, and drawn small.
//!
//! A panic in a decoder ends one request in the product, because the worker
//! catches it; here it is caught in the same way. What counts is what cannot be
//! caught: aborts, overflows of the stack, memory, time.
#![no_main]

use capmode::{Confined, DocumentMemory};
use ipc::{Buckets, Format, PageIndex, Samples, Sound, Stretch, Tile, TileSize};
use libfuzzer_sys::{Corpus, fuzz_target};
use renderer_sandbox::surface::Surface;
use renderer_sandbox::{format, hold_at_most};
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
    hold_at_most(u64::MAX);
    let format = read(bytes);
    if matches!(format, Some(Format::Png | Format::Jpeg)) {
        // Once more, strip by strip.
        hold_at_most(0);
        read(bytes);
    }
    Corpus::Keep
});

/// Does with a document all that a broker asks for; tells what it is.
fn read(bytes: &[u8]) -> Option<Format> {
    let confined = Confined::pretended();
    let memory = Arc::new(DocumentMemory::Copied(bytes.to_vec()));
    let opened = catch_unwind(AssertUnwindSafe(|| format::open(&confined, memory, None)));
    let Ok(Ok(document)) = opened else {
        return None;
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
                let own = |side: f32| (side.ceil() as u32).max(1);
                paint(&confined, document, page, (SIDE_PX.into(), SIDE_PX.into()));
                paint(
                    &confined,
                    document,
                    page,
                    (own(size.width()), own(size.height())),
                );
            }
        }));
    }
    Some(document.summary().format)
}

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

/// Draws the corner of a page that is so large, as far as it is there, and all of it.
fn paint(
    confined: &Confined,
    document: &'static dyn format::Document,
    page: PageIndex,
    whole: (u32, u32),
) {
    let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX).min(SIDE_PX);
    let size = TileSize::new(side(whole.0), side(whole.1)).expect("64 × 64 at most is a size");
    let Some(tile) = Tile::new(page, whole, (0, 0), size) else {
        return;
    };
    let mut pixels = vec![0; size.bytes()];
    if let Some(mut surface) = Surface::new(&mut pixels, size) {
        let mut painter = document.painter();
        let _ = painter.paint_early(confined, tile, &mut surface);
        let _ = painter.paint(confined, tile, &mut surface);
    }
}
