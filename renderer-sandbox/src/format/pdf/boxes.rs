//! Pages whose boxes leave nothing to see (ISO 32000-2:2020, 14.11.2): other
//! viewers show the whole page where the crop box lies beside it, and take US
//! Letter where there is no page at all. hayro clips to what the boxes say, so
//! the document is opened once more with an [`update`] that says it better.

use super::update;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Dict, Rect};
use hayro::hayro_syntax::page::{A4, Page};

/// What is thinner than this, in points, is nothing.
const MIN_SIDE: f64 = 0.01;

/// US Letter.
const LETTER: Rect = Rect::new(0.0, 0.0, 612.0, 792.0);

/// Deepest page in the tree of pages that is looked at; also ends a cycle.
const MAX_DEPTH: usize = 16;

/// Most pages that are changed: a document has few such pages, or is nothing else.
const MAX_CHANGES: usize = 4096;

/// The document with boxes that can be seen; `None` where it has them already, or
/// cannot be changed.
pub(super) fn mended(pdf: &Pdf, password: &str) -> Option<Pdf> {
    let changes: Vec<_> = (pdf.pages().iter())
        .filter(|page| is_unsaid(page) || is_nothing(page.intersected_crop_box()))
        .filter_map(|page| {
            let Rect { x0, y0, x1, y1 } = better(page);
            let area = format!("[{x0} {y0} {x1} {y1}]");
            let id = page.raw().obj_id()?;
            let entries = format!("/MediaBox {area} /CropBox {area}");
            Some((id, page.raw().clone(), entries))
        })
        .take(MAX_CHANGES)
        .collect();
    if changes.is_empty() {
        return None;
    }
    update::reopened(pdf, password, &changes)
}

fn better(page: &Page<'_>) -> Rect {
    let media = page.media_box();
    if is_unsaid(page) || is_nothing(media) {
        LETTER
    } else {
        media
    }
}

/// Whether neither the page nor what it is in says how large it is: hayro takes A4
/// to more places than a file has, other viewers US Letter.
fn is_unsaid(page: &Page<'_>) -> bool {
    let mut node = page.raw().clone();
    let says = |node: &Dict<'_>| node.contains_key("MediaBox");
    let sides = |area: Rect| [area.x0, area.y0, area.x1, area.y1];
    sides(page.media_box()) == sides(A4)
        && !(0..MAX_DEPTH).any(|_| {
            let found = says(&node);
            node = node.get::<Dict<'_>>("Parent").unwrap_or_default();
            found
        })
}

fn is_nothing(area: Rect) -> bool {
    // Not a number is nothing, too.
    let is_side = |side: f64| side > MIN_SIDE;
    !(is_side(area.width()) && is_side(area.height()))
}
