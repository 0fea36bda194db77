//! A small picture of one whose pixels come in the order of an interlaced PNG: each
//! counts for its square as soon as it is there.

use super::shape::Shape;
use super::steps::STEPS;
use crate::format::DocumentError;
use crate::format::image::samples::{zeroed, zeros};

/// Most pixels of a square whose sum fits in 16 bits.
const MOST: u32 = 257;

/// Sums of squares.
pub(super) struct Sums {
    whole: Shape,
    channels: usize,
    /// Pixels of a square across and down: a power of two.
    times: u32,
    /// Squares across.
    wide: usize,
    sums: Vec<u16>,
    /// Rows that were added of each of the seven.
    rows: [u32; 7],
}

/// Whether squares of so many pixels a side can be summed up.
pub(super) fn can(width: u32, height: u32, times: u32) -> bool {
    times.min(width) * times.min(height) <= MOST
}

impl Sums {
    pub(super) fn new(whole: Shape, channels: usize, times: u32) -> Result<Self, DocumentError> {
        let wide = whole.width.div_ceil(times) as usize;
        let squares = wide as u64 * u64::from(whole.height.div_ceil(times));
        Ok(Self {
            sums: zeros(squares * channels as u64)?,
            whole,
            channels,
            times,
            wide,
            rows: [0; 7],
        })
    }

    /// Adds the next row of one of the seven.
    pub(super) fn add(&mut self, number: usize, samples: &[u8]) {
        match self.channels {
            1 => self.add_as::<1>(number, samples),
            3 => self.add_as::<3>(number, samples),
            _ => self.add_as::<4>(number, samples),
        }
    }

    fn add_as<const N: usize>(&mut self, number: usize, samples: &[u8]) {
        let (Some(step), Some(rows)) = (STEPS.get(number), self.rows.get_mut(number)) else {
            return;
        };
        let y = step.top + *rows * step.down;
        *rows += 1;
        let start = (y / self.times) as usize * self.wide;
        let row = self.sums.as_chunks_mut::<N>().0;
        let row = row.get_mut(start..).unwrap_or_default().iter_mut();
        let squares = row
            .take(self.wide)
            .skip((step.left / self.times) as usize)
            .step_by((step.across / self.times).max(1) as usize);
        let each = (self.times / step.across).max(1) as usize;
        for (square, pixels) in squares.zip(samples.as_chunks::<N>().0.chunks(each)) {
            for pixel in pixels {
                for at in 0..N {
                    // At most `MOST` of them.
                    square[at] += u16::from(pixel[at]);
                }
            }
        }
    }

    /// Squares across and down.
    pub(super) fn size(&self) -> (u32, u32) {
        let side = |side: u32| side.div_ceil(self.times);
        (side(self.whole.width), side(self.whole.height))
    }

    /// Rows of squares of which something is there.
    pub(super) fn there(&self) -> usize {
        let [first, ..] = self.rows;
        let until = (first * 8).min(self.whole.height);
        until.div_ceil(self.times) as usize
    }

    /// The means of all squares of which something is there. Where nothing of a square
    /// is, it has the mean of one that stands for it.
    pub(super) fn means(&self) -> Result<Vec<u8>, DocumentError> {
        let mut means = zeroed(self.sums.len() as u64)?;
        let row_bytes = self.wide * self.channels;
        let (first, last) = (0..self.wide as u32, self.wide as u32 - 1);
        // It begins anew with every 8 pixels.
        let usual = first.take((8 / self.times).max(1) as usize);
        let usual: Vec<_> = usual.map(|square| self.across(square)).collect();
        let last = self.across(last);
        for y in 0..self.there() {
            let down = self.down(y as u32);
            let start = y * row_bytes;
            for x in 0..self.wide {
                let columns = match x + 1 == self.wide {
                    true => Some(&last),
                    false => usual.get(x % usual.len().max(1)),
                };
                let columns = columns.into_iter().flatten();
                let count: u32 = columns.zip(&down).map(|(x, y)| x * y).sum();
                let at = start + x * self.channels;
                let to = at..at + self.channels;
                match count {
                    0 => self.stand_in(&mut means, (x, y)),
                    _ => {
                        let sums = self.sums.get(to.clone()).unwrap_or_default();
                        let means = means.get_mut(to).unwrap_or_default();
                        for (mean, sum) in means.iter_mut().zip(sums) {
                            *mean = ((u32::from(*sum) + count / 2) / count) as u8;
                        }
                    }
                }
            }
        }
        Ok(means)
    }

    /// Takes the mean of a square before it, which was made already.
    fn stand_in(&self, means: &mut [u8], (x, y): (usize, usize)) {
        // The first square of 8 pixels a side has one of the first of the seven.
        let each = (8 / self.times).max(1) as usize;
        let mut side = 2;
        let mut from = (x, y);
        while side <= each {
            from = (x / side * side, y / side * side);
            if from != (x, y) {
                break;
            }
            side *= 2;
        }
        let place = |(x, y): (usize, usize)| (y * self.wide + x) * self.channels;
        let source = place(from);
        if from != (x, y) {
            means.copy_within(source..source + self.channels, place((x, y)));
        }
    }

    /// How many columns of each of the seven are in a square.
    fn across(&self, square: u32) -> [u32; 7] {
        let columns = square * self.times..((square + 1) * self.times).min(self.whole.width);
        STEPS.map(|step| step.columns(&columns).len() as u32)
    }

    /// How many rows of each of the seven there are of a row of squares.
    fn down(&self, y: u32) -> [u32; 7] {
        let start = y * self.times;
        let rows = start..(start + self.times).min(self.whole.height);
        let mut counts = [0; 7];
        for ((count, step), there) in counts.iter_mut().zip(STEPS).zip(self.rows) {
            let rows = step.rows(&rows);
            *count = rows.end.min(there).saturating_sub(rows.start);
        }
        counts
    }
}
