//! Pages whose boxes leave nothing to see (ISO 32000-2:2020, 14.11.2): other
//! viewers show the whole page where the crop box lies beside it, and take US
//! Letter where there is no page at all. hayro clips to what the boxes say, so
//! the document is opened once more with an [`update`] that says it better.

use super::update;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::Rect;
use hayro::hayro_syntax::page::Page;

/// What is thinner than this, in points, is nothing.
const MIN_SIDE: f64 = 0.01;

/// US Letter.
const LETTER: Rect = Rect::new(0.0, 0.0, 612.0, 792.0);

/// Most pages that are changed: a document has few such pages, or is nothing else.
const MAX_CHANGES: usize = 4096;

/// The document with boxes that can be seen; `None` where it has them already, or
/// cannot be changed.
pub(super) fn mended(pdf: &Pdf, password: &str) -> Option<Pdf> {
    let changes: Vec<_> = (pdf.pages().iter())
        .filter(|page| is_nothing(page.intersected_crop_box()))
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
    if is_nothing(media) { LETTER } else { media }
}

fn is_nothing(area: Rect) -> bool {
    // Not a number is nothing, too.
    let is_side = |side: f64| side > MIN_SIDE;
    !(is_side(area.width()) && is_side(area.height()))
}
