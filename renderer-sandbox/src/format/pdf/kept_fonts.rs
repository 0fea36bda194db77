//! What hayro keeps of the pages that a worker reads: above all their fonts, which
//! the next pages have too. It belongs to one thread, and to one document, as hayro
//! knows things by the numbers of their objects.

use super::PdfDocument;
use hayro::hayro_interpret::InterpreterCache;
use std::cell::Cell;
use std::ptr;

/// Pages after which it is dropped: hayro only ever adds to it.
const PAGES_PER_CACHE: u32 = 256;

struct Kept {
    document: &'static PdfDocument,
    cache: InterpreterCache<'static>,
    pages: u32,
}

thread_local! {
    static KEPT: Cell<Option<Kept>> = const { Cell::new(None) };
}

/// Reads with what is kept of this document. A page that panics takes it along.
pub(super) fn with<R>(
    document: &'static PdfDocument,
    read: impl FnOnce(&InterpreterCache<'static>) -> R,
) -> R {
    let kept = KEPT
        .take()
        .filter(|kept| ptr::eq(kept.document, document) && kept.pages < PAGES_PER_CACHE);
    let mut kept = kept.unwrap_or_else(|| Kept {
        document,
        cache: InterpreterCache::new(),
        pages: 0,
    });
    let read = read(&kept.cache);
    kept.pages += 1;
    KEPT.set(Some(kept));
    read
}
