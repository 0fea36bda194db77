//! What annotations and form fields look like that bring no appearance of their
//! own (ISO 32000-2:2020, 12.5.5): drawn by us.
//!
//! They become a page of a small PDF of our own, with the boxes of the page that
//! they stand on, which is drawn over it and read behind it. Nothing of the
//! document gets into it but numbers, and text as hexadecimal strings.

mod canvas;
mod fields;
mod marks;
mod stamps;
mod written;

use super::{PdfDocument, names};
use canvas::Canvas;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Rect as PdfRect, Stream};
use hayro::hayro_syntax::page::{Page, Rotation};
use ipc::PageIndex;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Most annotations of a page that are drawn.
const MAX_ANNOTATIONS: usize = 4096;
/// Pages that are kept; a reader sees a few at a time.
const MAX_KEPT: usize = 64;

const HIDDEN: u32 = 1 << 1;
const NO_VIEW: u32 = 1 << 5;

/// What was made so far; `None` for a page that needs nothing.
#[derive(Default)]
pub(super) struct Overlays(Mutex<HashMap<u32, Option<Arc<Pdf>>>>);

impl Overlays {
    /// The document whose only page lies over `page`.
    pub(super) fn of(&self, document: &PdfDocument, index: PageIndex) -> Option<Arc<Pdf>> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = lock().get(&index.get()) {
            return kept.clone();
        }
        let page = document.hayro_page(index)?;
        let made = draw(document, page).and_then(|bytes| Pdf::new(bytes).ok());
        let made = made.map(Arc::new);
        let mut kept = lock();
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(index.get(), made.clone());
        made
    }
}

/// The bytes of the small PDF; `None` when there is nothing to draw.
fn draw(document: &PdfDocument, page: &Page<'_>) -> Option<Vec<u8>> {
    let annotations = page.raw().get::<Array<'_>>("Annots")?;
    let form = names::catalog(&document.pdf).get::<Dict<'_>>("AcroForm");
    let needs_looks = form.and_then(|form| form.get::<bool>("NeedAppearances"));
    let needs_looks = needs_looks.unwrap_or(false);
    let mut canvas = Canvas::new(document.fonts.clone());
    for annotation in annotations.iter::<Dict<'_>>().take(MAX_ANNOTATIONS) {
        let flags = annotation.get::<u32>("F").unwrap_or(0);
        if flags & (HIDDEN | NO_VIEW) != 0 {
            continue;
        }
        let looks = has_appearance(&annotation);
        if looks && !(needs_looks && is_without_words(&annotation)) {
            continue;
        }
        let Some(rect) = annotation.get::<PdfRect>("Rect") else {
            continue;
        };
        let kind = annotation.get::<Name<'_>>("Subtype");
        match kind.as_ref().map_or("", |kind| kind.as_str()) {
            "Widget" => fields::draw(document, &annotation, (rect, !looks), &mut canvas),
            kind => marks::draw(kind, &annotation, rect, &mut canvas),
        }
    }
    canvas.finish(&boxes(page))
}

/// Whether hayro finds something to draw.
fn has_appearance(annotation: &Dict<'_>) -> bool {
    let normal = annotation
        .get::<Dict<'_>>("AP")
        .and_then(|appearances| appearances.get::<Object<'_>>("N"));
    match normal {
        Some(Object::Stream(_)) => true,
        Some(Object::Dict(states)) => {
            let state = annotation.get::<Name<'_>>("AS");
            state.is_some_and(|state| states.contains_key(state.as_ref()))
                || states.get::<Stream<'_>>("Off").is_some()
        }
        _ => false,
    }
}

/// Whether a field of text or of choices looks as if nothing were filled in. Where the
/// form says that appearances have to be made (12.7.3), those may be of no use.
fn is_without_words(widget: &Dict<'_>) -> bool {
    let is_widget = widget.get::<Name<'_>>("Subtype");
    if is_widget.is_none_or(|kind| kind.as_str() != "Widget") {
        return false;
    }
    let normal = widget
        .get::<Dict<'_>>("AP")
        .and_then(|looks| looks.get::<Stream<'_>>("N"));
    let content = normal.as_ref().and_then(|form| form.decoded_data().ok());
    content.is_some_and(|content| {
        let mut shows = content.windows(2);
        !shows.any(|pair| matches!(pair, b"Tj" | b"TJ" | b")'"))
    })
}

/// The boxes and the rotation of a page, as a dictionary has them.
fn boxes(page: &Page<'_>) -> String {
    let rect = |rect: PdfRect| format!("[{} {} {} {}]", rect.x0, rect.y0, rect.x1, rect.y1);
    let degrees = match page.rotation() {
        Rotation::None => 0,
        Rotation::Horizontal => 90,
        Rotation::Flipped => 180,
        Rotation::FlippedHorizontal => 270,
    };
    let (media, crop) = (rect(page.media_box()), rect(page.crop_box()));
    format!("/MediaBox {media} /CropBox {crop} /Rotate {degrees}")
}

/// Up to `most` numbers of an array.
fn numbers(dict: &Dict<'_>, key: &str, most: usize) -> Option<Vec<f64>> {
    let array = dict.get::<Array<'_>>(key)?;
    let numbers = array.iter::<f32>().take(most).map(f64::from);
    Some(numbers.filter(|number| number.is_finite()).collect())
}

/// How wide a border is, and with which dashes (12.5.4).
fn border(dict: &Dict<'_>) -> (f64, Vec<f64>) {
    if let Some(style) = dict.get::<Dict<'_>>("BS") {
        let width = style.get::<f32>("W").map_or(1.0, f64::from);
        let is_dashed = style
            .get::<Name<'_>>("S")
            .is_some_and(|style| style.as_str() == "D");
        let dashes = numbers(&style, "D", 8).unwrap_or_else(|| vec![3.0]);
        return (width, if is_dashed { dashes } else { Vec::new() });
    }
    let border = dict.get::<Array<'_>>("Border");
    let mut parts = border.iter().flat_map(|border| border.iter::<Object<'_>>());
    let width = parts.nth(2).and_then(Object::into_number);
    let dashes = parts.next().and_then(Object::into_array);
    let dashes = dashes.map(|dashes| dashes.iter::<f32>().take(8).map(f64::from).collect());
    (
        width.map_or(1.0, |width| width.as_f64()),
        dashes.unwrap_or_default(),
    )
}
