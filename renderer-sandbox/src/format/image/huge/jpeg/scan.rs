//! The scan of a JPEG, walked from places that were kept: where its rows of blocks
//! begin, and every so many blocks within them.

use super::layout::{Component, Layout};
use crate::format::image::huge::bits::{Field, Reader, number};
use crate::format::image::huge::window::{Content, Window};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Blocks of blocks from one kept place to the next: at most so many are read in vain
/// before those that are wanted. A place is 64 B, so that 65,535 × 32,767 pixels in the
/// smallest blocks, 8,192 × 4,096, take 17 MB.
const STEP: u32 = 128;

/// What is made of a scan while it is walked.
pub(super) trait Sink {
    /// The mean of the next block.
    fn mean(&mut self, component: usize, mean: i32) -> Option<()>;

    /// The last coefficient of a block that is asked for, in the order of the scan: those
    /// behind it are passed over.
    fn last(&self, component: usize) -> usize;

    /// A code with its bits, which is the coefficient at this place in the order of the
    /// scan, or none where there are no bits.
    fn rest(&mut self, component: usize, code: Field, value: Field, at: usize);

    /// The block is over: of which component, in which block of blocks, and where in that.
    fn end(&mut self, component: usize, blocks: u32, at: (u32, u32));
}

/// Nothing is made of it.
struct Skip;

impl Sink for Skip {
    fn mean(&mut self, _: usize, _: i32) -> Option<()> {
        Some(())
    }

    fn last(&self, _: usize) -> usize {
        0
    }

    fn rest(&mut self, _: usize, _: Field, _: Field, _: usize) {}

    fn end(&mut self, _: usize, _: u32, _: (u32, u32)) {}
}

/// A place in the scan, where a block of blocks begins.
#[derive(Clone, Copy)]
struct Place {
    reader: Reader,
    means: [i32; 4],
    /// Blocks until the next restart.
    left: u32,
}

/// The scan, and what is known of it.
pub(super) struct Scan {
    pub(super) layout: Layout<'static>,
    content: Content<'static>,
    known: Mutex<Known>,
}

struct Known {
    /// Of each row that was walked, every [`STEP`] blocks.
    places: Vec<Place>,
    rows: u32,
    /// Where the next row begins; `None` where the scan cannot be read any more.
    next: Option<Place>,
}

impl Scan {
    pub(super) fn new(layout: Layout<'static>, content: Content<'static>) -> Self {
        let next = Some(Place {
            reader: Reader::new(layout.scan),
            means: [0; 4],
            left: layout.interval,
        });
        let known = Mutex::new(Known {
            places: Vec::new(),
            rows: 0,
            next,
        });
        Self {
            layout,
            content,
            known,
        }
    }

    /// For reading the scan; each who reads has one.
    pub(super) fn window(&self) -> Window<'static> {
        Window::new(self.content)
    }

    /// How many rows of blocks there are up to this one; the scan is read that far.
    pub(super) fn rows_until(&self, end: u32, window: &mut Window<'_>) -> u32 {
        let end = end.min(self.layout.rows());
        let mut known = self.lock();
        while known.rows < end {
            let row = self.next_row(&mut known, 0..0, &mut Skip, window);
            if row.is_none() {
                break;
            }
        }
        known.rows.min(end)
    }

    /// Whether the scan ends before all rows, as far as is known.
    pub(super) fn is_cut(&self) -> bool {
        self.lock().next.is_none()
    }

    /// Makes something of blocks in a row; `None` where the scan cannot be read.
    pub(super) fn row(
        &self,
        row: u32,
        blocks: Range<u32>,
        sink: &mut impl Sink,
        window: &mut Window<'_>,
    ) -> Option<()> {
        self.rows_until(row, window);
        let mut known = self.lock();
        if row == known.rows {
            return self.next_row(&mut known, blocks, sink, window);
        }
        let start = blocks.start / STEP;
        let per_row = self.layout.across().div_ceil(STEP);
        let place = (row as usize * per_row as usize).saturating_add(start as usize);
        let mut place = *known.places.get(place)?;
        drop(known);
        let read = start * STEP..blocks.end.min(self.layout.across());
        self.walk(&mut place, (read, &blocks), sink, window, |_| {})
    }

    /// The first row that is not known yet.
    fn next_row(
        &self,
        known: &mut Known,
        blocks: Range<u32>,
        sink: &mut impl Sink,
        window: &mut Window<'_>,
    ) -> Option<()> {
        let mut place = known.next.take()?;
        let before = known.places.len();
        let keep = |place: Place| known.places.push(place);
        let all = 0..self.layout.across();
        let walked = self.walk(&mut place, (all, &blocks), sink, window, keep);
        if walked.is_none() {
            // A row that is cut is not shown.
            known.places.truncate(before);
            return None;
        }
        known.next = Some(place);
        known.rows += 1;
        Some(())
    }

    fn walk(
        &self,
        place: &mut Place,
        (read, wanted): (Range<u32>, &Range<u32>),
        sink: &mut impl Sink,
        window: &mut Window<'_>,
        mut keep: impl FnMut(Place),
    ) -> Option<()> {
        let layout = &self.layout;
        for blocks in read {
            if blocks.is_multiple_of(STEP) {
                keep(*place);
            }
            if layout.interval > 0 {
                if place.left == 0 {
                    place.reader.restart(window)?;
                    (place.means, place.left) = ([0; 4], layout.interval);
                }
                place.left -= 1;
            }
            match wanted.contains(&blocks) {
                true => self.blocks(place, blocks, sink, window)?,
                false => self.blocks(place, blocks, &mut Skip, window)?,
            }
        }
        Some(())
    }

    fn blocks(
        &self,
        place: &mut Place,
        blocks: u32,
        sink: &mut impl Sink,
        window: &mut Window<'_>,
    ) -> Option<()> {
        for (number, component) in self.layout.components.iter().enumerate() {
            for down in 0..component.down {
                for across in 0..component.across {
                    self.block(place, (number, component), sink, window)?;
                    sink.end(number, blocks, (across, down));
                }
            }
        }
        Some(())
    }

    fn block(
        &self,
        place: &mut Place,
        (component, of): (usize, &Component),
        sink: &mut impl Sink,
        scan: &mut Window<'_>,
    ) -> Option<()> {
        let means = self.layout.means.get(of.means)?.as_ref()?;
        let rest = self.layout.rest.get(of.rest)?.as_ref()?;
        let reader = &mut place.reader;
        let (length, _) = reader.symbol(scan, means)?;
        let difference = reader.field(scan, Some(length).filter(|it| *it <= 11)?)?;
        let mean = place.means.get_mut(component)?;
        *mean = mean.checked_add(number(difference))?;
        sink.mean(component, *mean)?;
        let (mut at, last) = (1, sink.last(component));
        while at <= last {
            let (code, symbol, value) = reader.coefficient(scan, rest)?;
            sink.rest(component, code, value, at + usize::from(symbol >> 4));
            at += places(symbol);
        }
        while at < 64 {
            at += places(reader.pass_over(scan, rest)?);
        }
        Some(())
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // After a panic, `next` is not there: no more rows are read.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many coefficients a symbol stands for: zeros and the one behind them, or all the rest.
#[inline]
fn places(symbol: u8) -> usize {
    match symbol {
        0xf0 => 16,
        symbol if symbol & 15 == 0 => 64,
        symbol => usize::from(symbol >> 4) + 1,
    }
}
