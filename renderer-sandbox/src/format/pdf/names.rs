//! Trees of names (ISO 32000-2:2020, 7.9.6), which a hostile file ties into knots.

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, MaybeRef, Object};

/// Most nodes of a tree that are looked at.
const MAX_NODES: usize = 16_384;
/// Deepest node that is looked at; also ends a cycle.
const MAX_DEPTH: usize = 16;

/// The root of the document; empty when it is broken.
pub(super) fn catalog(pdf: &Pdf) -> Dict<'_> {
    let xref = pdf.xref();
    xref.get::<Dict<'_>>(xref.root_id()).unwrap_or_default()
}

/// Calls `take` for every name and what it stands for, until that says `false`.
pub(super) fn walk<'a>(tree: &Dict<'a>, mut take: impl FnMut(&[u8], MaybeRef<Object<'a>>) -> bool) {
    let mut nodes = MAX_NODES;
    node(tree, MAX_DEPTH, &mut nodes, &mut take);
}

fn node<'a>(
    tree: &Dict<'a>,
    depth: usize,
    nodes: &mut usize,
    take: &mut impl FnMut(&[u8], MaybeRef<Object<'a>>) -> bool,
) -> bool {
    if depth == 0 || *nodes == 0 {
        return true;
    }
    *nodes -= 1;
    if let Some(entries) = tree.get::<Array<'a>>("Names") {
        let (mut keys, mut values) = (entries.iter::<Object<'a>>(), entries.raw_iter());
        while let (Some(key), Some(_), Some(value)) = (keys.next(), values.next(), values.next()) {
            keys.next();
            if let Some(key) = key.into_string()
                && !take(key.as_bytes(), value)
            {
                return false;
            }
        }
    }
    let kids = tree.get::<Array<'a>>("Kids");
    let mut kids = kids.iter().flat_map(|kids| kids.iter::<Dict<'a>>());
    kids.all(|kid| node(&kid, depth - 1, nodes, take))
}
