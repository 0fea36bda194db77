//! Squares of pixels to one: each counts alike. Works on encoded values, as
//! everything that is made smaller here does.

use super::DocumentError;
use super::image::samples::zeroed;

/// A smaller picture that is being made, row by row, of samples of 8 bits.
pub(in crate::format) struct Mean {
    channels: usize,
    times: usize,
    /// Sums of the rows that are being made one, of every sample by itself.
    sums: Vec<u16>,
    /// Rows that the sums hold.
    held: usize,
    bytes: Vec<u8>,
    /// Bytes of it that are made.
    made: usize,
}

impl Mean {
    /// For rows of `width` pixels, `height` of them; `times` is at most 256.
    pub(in crate::format) fn new(
        (width, height): (usize, usize),
        channels: usize,
        times: u32,
    ) -> Result<Self, DocumentError> {
        let times = times as usize;
        let bytes = width.div_ceil(times) * height.div_ceil(times) * channels;
        Ok(Self {
            channels,
            times,
            sums: vec![0; width * channels],
            held: 0,
            bytes: zeroed(bytes as u64)?,
            made: 0,
        })
    }

    /// Takes whole rows.
    pub(in crate::format) fn add(&mut self, samples: &[u8]) {
        for row in samples.chunks_exact(self.sums.len().max(1)) {
            // 256 times 255 is below 2^16.
            for (sum, value) in self.sums.iter_mut().zip(row) {
                *sum += u16::from(*value);
            }
            self.held += 1;
            if self.held == self.times {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        match self.channels {
            1 => self.close_as::<1>(),
            3 => self.close_as::<3>(),
            _ => self.close_as::<4>(),
        }
        self.sums.fill(0);
        self.held = 0;
    }

    fn close_as<const N: usize>(&mut self) {
        let target = self.bytes.get_mut(self.made..).unwrap_or_default();
        let squares = self.sums.as_chunks::<N>().0.chunks(self.times);
        for (pixel, square) in target.as_chunks_mut::<N>().0.iter_mut().zip(squares) {
            let mut sums = [0_u32; N];
            for samples in square {
                for at in 0..N {
                    sums[at] += u32::from(samples[at]);
                }
            }
            let count = (square.len() * self.held).max(1) as u32;
            // The mean of bytes is one.
            *pixel = sums.map(|sum| ((sum + count / 2) / count) as u8);
            self.made += N;
        }
    }

    /// What there is by now; what is not made yet is zeros.
    pub(super) fn made(&self) -> &[u8] {
        &self.bytes
    }

    /// The same to be used by somebody who gives it back before more is added.
    pub(super) fn lend(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    pub(super) fn take_back(&mut self, bytes: Vec<u8>) {
        self.bytes = bytes;
    }

    /// The samples, once all rows were taken.
    pub(in crate::format) fn done(mut self) -> Vec<u8> {
        if self.held > 0 {
            self.close();
        }
        self.bytes
    }
}
