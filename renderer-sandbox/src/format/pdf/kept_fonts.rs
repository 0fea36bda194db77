//! The fonts of the pages that a worker reads, which the next pages have too. They
//! belong to one thread, and to one document, as they are known by the numbers of their
//! objects.

use super::PdfDocument;
use super::text::Faces;
use std::cell::Cell;
use std::ptr;

/// Pages after which they are dropped: what is known of fonts is only ever added to.
const PAGES: u32 = 1024;

struct Kept {
    document: &'static PdfDocument,
    faces: Faces<'static>,
    pages: u32,
}

thread_local! {
    static KEPT: Cell<Option<Kept>> = const { Cell::new(None) };
}

/// Reads with what is kept of this document. A page that panics takes it along.
pub(super) fn with<R>(
    document: &'static PdfDocument,
    read: impl FnOnce(&Faces<'static>) -> R,
) -> R {
    let kept = KEPT
        .take()
        .filter(|kept| ptr::eq(kept.document, document) && kept.pages < PAGES);
    let mut kept = kept.unwrap_or_else(|| Kept {
        document,
        faces: Faces::new(&document.pdf, &document.reading),
        pages: 0,
    });
    let read = read(&kept.faces);
    kept.pages += 1;
    KEPT.set(Some(kept));
    read
}
