//! What is looked at closely: cells, which are parts of strips.

use super::{Huge, Part};
use crate::format::DocumentError;
use crate::format::image::decode;
use crate::format::image::pixels::Pixels;
use crate::format::image::samples::zeroed;
use crate::format::mean::Mean;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Columns of a cell, in its own pixels: as wide as a tile of the window.
const CELL_PX: u32 = 1024;

/// Cells that are kept, in bytes: those that a window of 2560 × 1440 lies in, of strips
/// of 32 rows and with one more on each side, are 47 × 6 cells of 128 KiB, 36 MiB.
pub(super) const KEPT_BYTES: usize = 40 * 1024 * 1024;

/// A cell: the number of its strip, of its column, and by how much it is smaller.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    strip: u32,
    column: u32,
    times: u32,
}

/// Those that are kept.
#[derive(Default)]
pub(super) struct Cells {
    /// The one that was used last is the last.
    kept: Mutex<Vec<(Key, Arc<Pixels>)>>,
    /// Held while rows are read that have to be read in order.
    turn: Mutex<()>,
}

impl Cells {
    fn lock(&self) -> MutexGuard<'_, Vec<(Key, Arc<Pixels>)>> {
        // Cells are whole when they come here.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, key: Key) -> Option<Arc<Pixels>> {
        let mut kept = self.lock();
        let place = kept.iter().position(|(kept, _)| *kept == key)?;
        let found = kept.remove(place);
        kept.push(found.clone());
        Some(found.1)
    }

    fn keep(&self, key: Key, cell: &Arc<Pixels>) {
        let mut kept = self.lock();
        kept.retain(|(kept, _)| *kept != key);
        let mut bytes: usize = kept.iter().map(|(_, cell)| cell.rgba.len()).sum();
        bytes += cell.rgba.len();
        let mut gone = 0;
        for (_, cell) in kept.iter() {
            if bytes <= KEPT_BYTES {
                break;
            }
            bytes -= cell.rgba.len();
            gone += 1;
        }
        kept.drain(..gone);
        kept.push((key, Arc::clone(cell)));
    }
}

impl Huge {
    /// A part of the upright picture: left, top, right, bottom.
    pub(super) fn region(
        &self,
        upright: (u32, u32, u32, u32),
        times: u32,
    ) -> Result<Part, DocumentError> {
        let turn = self.rows.is_in_order().then(|| self.cells.turn.lock());
        let (left, top, right, bottom) = self.stored(upright);
        // Whole squares of the mean, counted from the corner of what is stored.
        let (left, top) = (left / times, top / times);
        let (right, bottom) = (right.div_ceil(times), bottom.div_ceil(times));
        let (wide, high) = (right.saturating_sub(left), bottom.saturating_sub(top));
        let bytes = u64::from(wide) * u64::from(high) * 4;
        let mut rgba = zeroed(bytes)?;
        let per_strip = self.strip_rows(times) / times;
        let row_bytes = wide as usize * 4;
        for strip in top / per_strip..bottom.div_ceil(per_strip) {
            let first = strip * per_strip;
            let rows = top.max(first)..bottom.min(first + per_strip);
            let start = (rows.start - top) as usize * row_bytes;
            let target = rgba.get_mut(start..).unwrap_or_default();
            let place = rows.start - first..rows.end - first;
            self.lay((strip, times), (&place, &(left..right)), target)?;
        }
        drop(turn);
        let pixels = Pixels::new(wide, high, rgba)
            .ok_or_else(|| decode::damaged("its rows are too few"))?
            .upright(self.orientation);
        let origin = self.placed((left, top, right, bottom), times);
        Ok(self.whole_part(Arc::new(pixels), times, origin))
    }

    /// Lays rows of a strip from a column to another one into `target`.
    fn lay(
        &self,
        (strip, times): (u32, u32),
        (rows, columns): (&Range<u32>, &Range<u32>),
        target: &mut [u8],
    ) -> Result<(), DocumentError> {
        let too_few = || decode::damaged("its rows are too few");
        let cells = columns.start / CELL_PX..columns.end.div_ceil(CELL_PX);
        let found = self.cells_of(strip, cells.clone(), times)?;
        let row_bytes = columns.len() * 4;
        for (column, cell) in cells.zip(found) {
            let first = column * CELL_PX;
            let part = columns.start.max(first)..columns.end.min(first + CELL_PX);
            let (skip, bytes) = ((part.start - first) as usize * 4, part.len() * 4);
            let left = (part.start - columns.start) as usize * 4;
            let stored = cell.rgba.chunks_exact((cell.width as usize * 4).max(1));
            let stored = stored.skip(rows.start as usize).take(rows.len());
            for (row, target) in stored.zip(target.chunks_exact_mut(row_bytes.max(1))) {
                let from = row.get(skip..skip + bytes).ok_or_else(too_few)?;
                let to = target.get_mut(left..left + bytes).ok_or_else(too_few)?;
                to.copy_from_slice(from);
            }
        }
        Ok(())
    }

    /// Cells of a strip, kept or decoded now.
    fn cells_of(
        &self,
        strip: u32,
        columns: Range<u32>,
        times: u32,
    ) -> Result<Vec<Arc<Pixels>>, DocumentError> {
        let key = |column: u32| Key {
            strip,
            column,
            times,
        };
        let mut found: Vec<_> = columns
            .clone()
            .map(|column| self.cells.find(key(column)))
            .collect();
        let first = found.iter().position(Option::is_none);
        let last = found.iter().rposition(Option::is_none);
        if let (Some(first), Some(last)) = (first, last) {
            let missing = columns.start + first as u32..columns.start + last as u32 + 1;
            let made = self.make_cells(strip, missing, times)?;
            for (column, cell) in made {
                self.cells.keep(key(column), &cell);
                let place = column
                    .checked_sub(columns.start)
                    .map(|place| place as usize);
                if let Some(place) = place.and_then(|place| found.get_mut(place)) {
                    *place = Some(cell);
                }
            }
        }
        let all: Option<Vec<_>> = found.into_iter().collect();
        all.ok_or_else(|| decode::damaged("its rows are too few"))
    }

    /// Decodes these cells, and those beside them where that costs little more.
    fn make_cells(
        &self,
        strip: u32,
        mut columns: Range<u32>,
        times: u32,
    ) -> Result<Vec<(u32, Arc<Pixels>)>, DocumentError> {
        let side = CELL_PX * times;
        if self.rows.is_in_order() {
            columns.start = columns.start.saturating_sub(1);
            columns.end = (columns.end + 1).min(self.width.div_ceil(side));
        }
        let count = self.strip_rows(times);
        let first = strip.saturating_mul(count);
        let rows = first..first.saturating_add(count).min(self.height);
        let span = columns.start * side..columns.end.saturating_mul(side).min(self.width);
        let pixels = self.shrunk(rows, span, times)?;
        let row_bytes = (pixels.width as usize * 4).max(1);
        let mut cells = Vec::new();
        for (place, column) in columns.enumerate() {
            let left = place as u32 * CELL_PX;
            let wide = CELL_PX.min(pixels.width.saturating_sub(left));
            let (start, end) = (left as usize * 4, (left + wide) as usize * 4);
            let rows = pixels.rgba.chunks_exact(row_bytes);
            let rgba = rows.flat_map(|row| row.get(start..end).unwrap_or_default());
            let cell = Pixels::new(wide, pixels.height, rgba.copied().collect());
            let cell = cell.ok_or_else(|| decode::damaged("its rows are too few"))?;
            cells.push((column, Arc::new(cell)));
        }
        Ok(cells)
    }

    /// Part of the picture as it is shown, smaller by `times`.
    fn shrunk(
        &self,
        rows: Range<u32>,
        columns: Range<u32>,
        times: u32,
    ) -> Result<Pixels, DocumentError> {
        let factor = self.rows.shrinks(times);
        let pixels = self.decoded(rows, columns, factor)?;
        if factor == times {
            return Ok(pixels);
        }
        let times = times / factor;
        let size = (pixels.width as usize, pixels.height as usize);
        let mut mean = Mean::new(size, 4, times)?;
        mean.add(&pixels.rgba);
        let (width, height) = (pixels.width.div_ceil(times), pixels.height.div_ceil(times));
        let small = Pixels::new(width, height, mean.done());
        small.ok_or_else(|| decode::damaged("its rows are too few"))
    }

    /// Rows of what is stored that one kept strip is made of: a whole number of
    /// strips, and of squares.
    pub(super) fn strip_rows(&self, times: u32) -> u32 {
        let rows = self.rows.per_strip();
        let common = 1 << rows.trailing_zeros().min(times.trailing_zeros());
        rows * (times / common)
    }
}
