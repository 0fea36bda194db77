//! Where blocks of a picture come from: one scan, or several.

use super::layout::Layout;
use super::progressive::Layers;
use super::scan::{Scan, Sink};
use crate::format::image::huge::window::Window;
use std::ops::Range;

/// One scan, or several.
#[derive(Clone, Copy)]
pub(super) enum Blocks<'s> {
    InOrder(&'s Scan),
    Progressive(&'s Layers),
}

/// For reading blocks; each who reads has some.
pub(super) struct Windows {
    /// Of each group of scans, and each scan of it.
    pub(super) each: Vec<Vec<Window<'static>>>,
}

impl<'s> Blocks<'s> {
    pub(super) fn layout(self) -> &'s Layout<'static> {
        match self {
            Self::InOrder(scan) => &scan.layout,
            Self::Progressive(layers) => &layers.layout,
        }
    }

    pub(super) fn windows(self) -> Windows {
        match self {
            Self::InOrder(scan) => Windows {
                each: vec![vec![scan.window()]],
            },
            Self::Progressive(layers) => layers.windows(),
        }
    }

    /// How many rows of blocks there are up to this one; what tells that is read.
    pub(super) fn rows_until(self, end: u32, windows: &mut Windows) -> u32 {
        match self {
            Self::InOrder(scan) => windows
                .first()
                .map_or(0, |window| scan.rows_until(end, window)),
            Self::Progressive(layers) => layers.rows_until(end, windows),
        }
    }

    /// Makes something of blocks in a row; `None` where they cannot be read.
    pub(super) fn row(
        self,
        row: u32,
        columns: Range<u32>,
        sink: &mut impl Sink,
        windows: &mut Windows,
    ) -> Option<()> {
        match self {
            Self::InOrder(scan) => scan.row(row, columns, sink, windows.first()?),
            Self::Progressive(layers) => layers.row(row, columns, sink, windows),
        }
    }

    /// Whether there are blocks that cannot be read, as far as is known.
    pub(super) fn is_cut(self) -> bool {
        match self {
            Self::InOrder(scan) => scan.is_cut(),
            Self::Progressive(layers) => layers.is_cut(),
        }
    }
}

impl Windows {
    fn first(&mut self) -> Option<&mut Window<'static>> {
        self.each.first_mut()?.first_mut()
    }
}
