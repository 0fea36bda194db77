//! The outline (ISO 32000-2:2020, 12.3.3): a tree of linked lists, which a
//! hostile file ties into knots.

use super::{PdfDocument, destination};
use hayro::hayro_syntax::object::{Dict, Object, ObjectIdentifier};
use ipc::limits::{MAX_OUTLINE_DEPTH, MAX_OUTLINE_ENTRIES, MAX_TEXT_BYTES};
use ipc::{Destination, OutlineEntry, Text};
use std::collections::HashSet;

/// Entries in reading order; what is tied into a knot is left out.
pub(super) fn read(document: &PdfDocument) -> Vec<OutlineEntry> {
    let xref = document.pdf.xref();
    let first = xref
        .get::<Dict<'_>>(xref.root_id())
        .and_then(|catalog| catalog.get::<Dict<'_>>("Outlines"))
        .and_then(|outlines| outlines.get::<Dict<'_>>("First"));
    let mut entries = Vec::new();
    let mut seen = HashSet::<ObjectIdentifier>::new();
    // What comes next at each depth, the deepest last.
    let mut next: Vec<Dict<'_>> = first.into_iter().collect();
    loop {
        while next.last().is_some_and(Dict::is_empty) {
            next.pop();
        }
        let Some(item) = next.pop() else {
            return entries;
        };
        let is_new = item.obj_id().is_none_or(|id| seen.insert(id));
        if !is_new || entries.len() >= MAX_OUTLINE_ENTRIES {
            continue;
        }
        let depth = u8::try_from(next.len()).unwrap_or(u8::MAX);
        entries.push(entry(document, &item, depth));
        // An item that is last leaves a hole, so that depths stay right.
        next.push(item.get::<Dict<'_>>("Next").unwrap_or_else(Dict::empty));
        let below = item.get::<Dict<'_>>("First");
        if let Some(child) = below.filter(|_| depth + 1 < MAX_OUTLINE_DEPTH) {
            next.push(child);
        }
    }
}

fn entry(document: &PdfDocument, item: &Dict<'_>, depth: u8) -> OutlineEntry {
    let title = destination::words(item, "Title").unwrap_or_default();
    OutlineEntry {
        depth,
        title: Text::cleaned(title.trim(), MAX_TEXT_BYTES / 4),
        leads_to: leads_to(document, item),
    }
}

fn leads_to(document: &PdfDocument, item: &Dict<'_>) -> Option<Destination> {
    let (destinations, pdf) = (document.destinations(), &document.pdf);
    match item.get::<Object<'_>>("Dest") {
        Some(place) => destinations.resolve(pdf, place),
        None => destinations.of_action(pdf, &item.get::<Dict<'_>>("A")?, None),
    }
}
