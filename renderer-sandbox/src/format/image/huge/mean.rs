//! Squares of pixels to one: each counts alike. Works on encoded values, as
//! everything that is made smaller here does.

use crate::format::DocumentError;
use crate::format::image::decode::damaged;
use crate::format::image::pixels::Pixels;
use crate::format::image::samples::zeroed;

/// A smaller picture that is being made, row by row.
pub(super) struct Mean {
    width: usize,
    height: u32,
    times: u32,
    /// Sums of the row that is being made, four of each pixel.
    sums: Vec<u32>,
    /// Rows that the sums hold.
    held: u32,
    rgba: Vec<u8>,
    /// Bytes of it that are made.
    made: usize,
}

impl Mean {
    pub(super) fn new(width: u32, height: u32, times: u32) -> Result<Self, DocumentError> {
        let (wide, high) = (width.div_ceil(times), height.div_ceil(times));
        let bytes = u64::from(wide) * u64::from(high) * 4;
        Ok(Self {
            width: width as usize,
            height: high,
            times,
            sums: vec![0; wide as usize * 4],
            held: 0,
            rgba: zeroed(bytes)?,
            made: 0,
        })
    }

    /// Takes whole rows.
    pub(super) fn add(&mut self, rgba: &[u8]) {
        for row in rgba.chunks_exact((self.width * 4).max(1)) {
            let squares = row.chunks(self.times as usize * 4);
            for (sums, square) in self.sums.as_chunks_mut::<4>().0.iter_mut().zip(squares) {
                // 2^16 times 255 is below 2^32: squares are never so large.
                for pixel in square.as_chunks::<4>().0 {
                    for (sum, value) in sums.iter_mut().zip(pixel) {
                        *sum += u32::from(*value);
                    }
                }
            }
            self.held += 1;
            if self.held == self.times {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        let times = self.times as usize;
        let target = self.rgba.get_mut(self.made..).unwrap_or_default();
        let targets = target.as_chunks_mut::<4>().0.iter_mut();
        let sums = self.sums.as_chunks_mut::<4>().0.iter_mut();
        for (place, (pixel, sums)) in targets.zip(sums).enumerate() {
            let across = times.min(self.width.saturating_sub(place * times)) as u32;
            let count = (across * self.held).max(1);
            for (value, sum) in pixel.iter_mut().zip(sums) {
                // The mean of bytes is one.
                *value = ((std::mem::take(sum) + count / 2) / count) as u8;
            }
        }
        self.made += self.sums.len();
        self.held = 0;
    }

    /// The picture, once all rows were taken.
    pub(super) fn done(mut self) -> Result<Pixels, DocumentError> {
        if self.held > 0 {
            self.close();
        }
        let width = u32::try_from(self.sums.len() / 4).unwrap_or(u32::MAX);
        Pixels::new(width, self.height, self.rgba).ok_or_else(|| damaged("its rows are too few"))
    }
}
