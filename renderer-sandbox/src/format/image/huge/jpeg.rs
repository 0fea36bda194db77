//! Rows of a JPEG from any strip on. The scan is read bit by bit and without making
//! pixels of it, to know where its rows of blocks begin; a part of it is then copied
//! as a small JPEG of its own, with one more block on each side, and decoded as any
//! other. What is shown smaller is made of the lowest frequencies alone.
//!
//! | file | holds |
//! |---|---|
//! | `layout` | what stands before the scan |
//! | `blocks` | where blocks come from: one scan, or several |
//! | `scan` | the scan, walked from places that are known |
//! | `progressive` | several scans: of components apart, or each of which makes the picture better |
//! | `copy` | blocks as a small JPEG |
//! | `shrink` | blocks as fewer pixels |

mod blocks;
mod copy;
mod layout;
mod progressive;
mod scan;
mod shrink;

use super::Rows;
use super::window::Content;
use crate::format::DocumentError;
use crate::format::image::decode::{Header, damaged};
use crate::format::image::jpeg;
use crate::format::image::samples::{Kind, Samples, zeroed};
use crate::format::image::words::{ENDS_EARLY, undecodable};
use blocks::Blocks;
use layout::{Layout, Scans};
use progressive::Progressive;
use scan::Scan;
use shrink::Shrink;
use std::ops::Range;
use std::time::Instant;

/// Rows of a strip: a row of blocks is read in vain above and below, so that there
/// should be many between.
const STRIP_ROWS: u32 = 128;

pub(super) fn can(file: &[u8]) -> Result<(), &'static str> {
    let layout = Layout::read(file)?;
    match layout.scans {
        Scans::One => Ok(()),
        Scans::Apart | Scans::Progressive => progressive::can(layout, file),
    }
}

/// A picture whose components come apart, in one scan, as any decoder reads it; `None` of
/// others.
pub(in crate::format::image) fn together(file: &[u8]) -> Option<Vec<u8>> {
    let layout = Layout::read(file).ok()?;
    match layout.scans {
        Scans::Apart => progressive::together(layout, file),
        Scans::One | Scans::Progressive => None,
    }
}

/// What the file holds.
enum Source {
    InOrder(Box<Scan>),
    Progressive(Box<Progressive>),
}

/// The rows of one file.
pub(super) struct JpegRows {
    source: Source,
    stored: jpeg::Stored,
    kind: Kind,
    per_strip: u32,
}

impl JpegRows {
    pub(super) fn open(
        file: &'static [u8],
        content: Content<'static>,
        header: &Header,
    ) -> Result<Self, DocumentError> {
        let layout = Layout::read(file).map_err(damaged)?;
        if (layout.width, layout.height) != (header.width, header.height) {
            return Err(damaged("its picture has two sizes"));
        }
        let block_rows = layout.block_px().1;
        Ok(Self {
            stored: jpeg::stored_of(file)?,
            kind: header.kind,
            per_strip: STRIP_ROWS.div_ceil(block_rows) * block_rows,
            source: match layout.scans {
                Scans::One => Source::InOrder(Box::new(Scan::new(layout, content))),
                Scans::Apart | Scans::Progressive => {
                    Source::Progressive(Box::new(Progressive::new(layout, content)))
                }
            },
        })
    }

    fn blocks(&self) -> Result<Blocks<'_>, DocumentError> {
        match &self.source {
            Source::InOrder(scan) => Ok(Blocks::InOrder(scan)),
            Source::Progressive(progressive) => match progressive.layers() {
                Ok(layers) => Ok(Blocks::Progressive(layers)),
                Err(why) => Err(damaged(&undecodable(why))),
            },
        }
    }

    /// Pixels as they are stored.
    fn full(&self, rows: &Range<u32>, columns: &Range<u32>) -> Result<Vec<u8>, DocumentError> {
        let blocks = self.blocks()?;
        let layout = blocks.layout();
        let pixel = self.kind.pixel_bytes();
        let row_bytes = columns.len() * pixel;
        let mut bytes = zeroed(row_bytes as u64 * rows.len() as u64)?;
        let (wide, high) = layout.block_px();
        // Whoever smooths colours between blocks looks at the blocks beside.
        let beside = |span: &Range<u32>, side: u32, all: u32| {
            let end = (span.end.div_ceil(side) + 1).min(all);
            (span.start / side).saturating_sub(1)..end
        };
        let across = beside(columns, wide, layout.across());
        let mut down = beside(rows, high, layout.rows());
        let mut windows = blocks.windows();
        down.end = blocks.rows_until(down.end, &mut windows);
        if blocks.rows_until(1, &mut windows) == 0 {
            return Err(damaged(&undecodable(ENDS_EARLY)));
        }
        if down.is_empty() {
            return Ok(bytes);
        }
        let (left, top) = (across.start * wide, down.start * high);
        let width = (across.end * wide).min(layout.width) - left;
        let height = (down.end * high).min(layout.height) - top;
        let file = copy::small(blocks, &mut windows, down, across, (width, height));
        let file = file.ok_or_else(|| damaged("its picture cannot be taken apart"))?;
        let decoded = jpeg::decode(&file)?.samples;
        let decoded = decoded.bytes.chunks_exact((width as usize * pixel).max(1));
        let decoded = decoded.skip((rows.start - top) as usize);
        let skip = (columns.start - left) as usize * pixel;
        for (to, from) in bytes.chunks_exact_mut(row_bytes.max(1)).zip(decoded) {
            if let Some(from) = from.get(skip..skip + row_bytes) {
                to.copy_from_slice(from);
            }
        }
        Ok(bytes)
    }

    /// Fewer pixels, each for a square of `factor` pixels a side.
    fn shrunk(
        &self,
        rows: &Range<u32>,
        columns: &Range<u32>,
        factor: u32,
    ) -> Result<Vec<u8>, DocumentError> {
        let blocks = self.blocks()?;
        let layout = blocks.layout();
        let none = || damaged("its picture cannot be taken apart");
        let (wide, high) = layout.block_px();
        let across = columns.start / wide..columns.end.div_ceil(wide).min(layout.across());
        let down = rows.start / high..rows.end.div_ceil(high).min(layout.rows());
        let start = (across.start, across.end.saturating_sub(across.start));
        let mut shrink = Shrink::new(layout, factor, start).ok_or_else(none)?;
        let left = (columns.start / factor - across.start * wide / factor) as usize;
        let row_bytes = super::smaller(columns, factor) * layout.components.len();
        let mut samples = zeroed(row_bytes as u64 * super::smaller(rows, factor) as u64)?;
        let mut targets = samples.chunks_exact_mut(row_bytes.max(1));
        let (mut made, mut windows) = (0, blocks.windows());
        for row in down {
            let read = blocks.row(row, across.clone(), &mut shrink, &mut windows);
            if read.is_none() {
                break;
            }
            for row in 0..shrink.rows() {
                if let Some(target) = targets.next() {
                    shrink.row(row, left, target);
                    made += target.len();
                }
            }
        }
        if blocks.rows_until(1, &mut windows) == 0 {
            return Err(damaged(&undecodable(ENDS_EARLY)));
        }
        samples.truncate(made);
        let mut bytes = jpeg::joined(self.stored, samples);
        let pixels = super::smaller(columns, factor) * super::smaller(rows, factor);
        // Rows that are not there are see-through.
        bytes.resize(pixels * self.kind.pixel_bytes(), 0);
        Ok(bytes)
    }
}

impl Rows for JpegRows {
    fn per_strip(&self) -> u32 {
        self.per_strip
    }

    fn is_in_order(&self) -> bool {
        false
    }

    fn shrinks(&self, times: u32) -> u32 {
        let layout = self.blocks().map(Blocks::layout);
        layout.map_or(1, |layout| shrink::factor(layout, times))
    }

    fn read(
        &self,
        rows: Range<u32>,
        columns: Range<u32>,
        factor: u32,
    ) -> Result<Samples, DocumentError> {
        let bytes = match factor {
            1 => self.full(&rows, &columns)?,
            _ => self.shrunk(&rows, &columns, factor)?,
        };
        Ok(Samples {
            bytes,
            kind: self.kind,
        })
    }

    fn cut(&self) -> Option<String> {
        let is_cut = self.blocks().is_ok_and(Blocks::is_cut);
        is_cut.then(|| ENDS_EARLY.to_owned())
    }

    fn is_found(&self, until: Instant) -> bool {
        match &self.source {
            Source::InOrder(_) => true,
            Source::Progressive(layers) => layers.look(Some(until)),
        }
    }

    fn reach(&self, row: u32, until: Instant) -> bool {
        match &self.source {
            Source::InOrder(_) => true,
            Source::Progressive(layers) => layers.reach(row, until),
        }
    }
}
