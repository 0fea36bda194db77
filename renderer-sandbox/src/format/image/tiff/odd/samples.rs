//! Samples of 1 to 64 bits, whole numbers and floats, from packed rows.

use crate::format::DocumentError;
use crate::format::image::decode::unsupported;
use crate::format::image::samples::{small_float, zeros};

/// `Predictor` (TIFF 6.0, section 14; Adobe's technical note 3).
const NONE: u64 = 1;
const DIFFERENCES: u64 = 2;
const FLOATS: u64 = 3;

/// What a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Width {
    bits: u8,
    meaning: Number,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    Unsigned,
    /// As many below zero as above: shown from the least to the most.
    Signed,
    Float,
}

/// Samples that were read: whole numbers of at most 16 bits, or floats.
pub(super) enum Raw {
    Words(Vec<u16>),
    Floats(Vec<f32>),
}

impl Raw {
    /// Puts samples in, the first at `at`, each `step` behind the one before.
    pub(super) fn put(&mut self, at: usize, step: usize, row: &Self) {
        match (self, row) {
            (Self::Words(to), Self::Words(from)) => put(to, at, step, from),
            (Self::Floats(to), Self::Floats(from)) => put(to, at, step, from),
            _ => {}
        }
    }
}

fn put<T: Copy>(to: &mut [T], at: usize, step: usize, from: &[T]) {
    let places = to.get_mut(at..).unwrap_or_default().iter_mut();
    for (to, from) in places.step_by(step.max(1)).zip(from) {
        *to = *from;
    }
}

impl Width {
    /// Floats of 32 bits.
    pub(super) const LIGHT: Self = Self {
        bits: 32,
        meaning: Number::Float,
    };

    /// Bits of each sample, which have to be alike, and what they mean.
    pub(super) fn read(bits: &[u64], format: u64) -> Result<Self, DocumentError> {
        let first = bits.first().copied().unwrap_or(1);
        if bits.iter().any(|bits| *bits != first) {
            return Err(unsupported("samples of different widths"));
        }
        let meaning = match format {
            2 => Number::Signed,
            3 => Number::Float,
            _ => Number::Unsigned,
        };
        let known = match meaning {
            Number::Float => matches!(first, 16 | 24 | 32 | 64),
            _ => (1..=64).contains(&first),
        };
        match u8::try_from(first) {
            Ok(bits) if known => Ok(Self { bits, meaning }),
            _ => Err(unsupported(&format!("samples of {first} bits"))),
        }
    }

    pub(super) fn bits(self) -> usize {
        self.bits.into()
    }

    pub(super) fn is_float(self) -> bool {
        self.meaning == Number::Float
    }

    /// Bytes of a sample that was read.
    pub(super) fn kept_bytes(self) -> usize {
        if self.is_float() { 4 } else { 2 }
    }

    /// The largest whole number that is kept.
    pub(super) fn most(self) -> u16 {
        u16::MAX >> (16 - self.bits.min(16))
    }

    /// Memory for so many samples.
    pub(super) fn room(self, count: u64) -> Result<Raw, DocumentError> {
        Ok(match self.is_float() {
            true => Raw::Floats(zeros(count)?),
            false => Raw::Words(zeros(count)?),
        })
    }

    /// Makes samples of what a predictor left, in one row. `step` is how many samples
    /// there are of a pixel.
    pub(super) fn undo(
        self,
        predictor: u64,
        row: &mut [u8],
        step: usize,
        little: bool,
    ) -> Result<(), DocumentError> {
        match (predictor, self.bits) {
            (NONE, _) => {}
            (DIFFERENCES, 8) => add(row, step),
            (DIFFERENCES, 16 | 32 | 64) => self.add_wide(row, step, little),
            (FLOATS, 16 | 24 | 32 | 64) if self.is_float() => {
                add(row, step);
                let bytes = self.bits() / 8;
                let count = row.len() / bytes;
                let shuffled = row.to_vec();
                for (index, sample) in row.chunks_exact_mut(bytes).enumerate() {
                    for (part, to) in sample.iter_mut().enumerate() {
                        *to = shuffled.get(part * count + index).copied().unwrap_or(0);
                    }
                }
            }
            _ => return Err(unsupported("this prediction of its samples")),
        }
        Ok(())
    }

    fn add_wide(self, row: &mut [u8], step: usize, little: bool) {
        let bytes = self.bits() / 8;
        let mut before = vec![0_u64; step];
        for (index, sample) in row.chunks_exact_mut(bytes).enumerate() {
            let Some(sum) = before.get_mut(index % step.max(1)) else {
                return;
            };
            *sum = sum.wrapping_add(number(sample, little));
            for (part, to) in sample.iter_mut().enumerate() {
                let shift = if little { part } else { bytes - 1 - part };
                *to = (*sum >> (8 * shift)) as u8;
            }
        }
    }

    /// The first `count` samples of a row. Those of whole bytes are in the order of the
    /// file, others begin with their highest bit.
    pub(super) fn row(self, row: &[u8], count: usize, little: bool) -> Raw {
        let bits = self.bits();
        if self.is_float() {
            let samples = row.chunks_exact(bits / 8).take(count);
            return Raw::Floats(
                samples
                    .map(|sample| self.float(number(sample, little)))
                    .collect(),
            );
        }
        let whole = bits.is_multiple_of(8);
        let samples = (0..count).map(|index| {
            let value = if whole {
                let sample = row
                    .get(index * bits / 8..)
                    .and_then(|rest| rest.get(..bits / 8));
                number(sample.unwrap_or_default(), little)
            } else {
                bits_at(row, index * bits, bits)
            };
            self.kept(value)
        });
        Raw::Words(samples.collect())
    }

    fn kept(self, value: u64) -> u16 {
        let value = match self.meaning {
            Number::Signed => value ^ (1 << (self.bits - 1)),
            _ => value,
        };
        (value >> self.bits.saturating_sub(16)) as u16
    }

    fn float(self, value: u64) -> f32 {
        match self.bits {
            16 => small_float(value as u32, 5, 10),
            24 => small_float(value as u32, 7, 16),
            32 => f32::from_bits(value as u32),
            _ => f64::from_bits(value) as f32,
        }
    }
}

/// Sums of differences, byte by byte.
fn add(row: &mut [u8], step: usize) {
    for index in step..row.len() {
        let before = row.get(index - step).copied().unwrap_or(0);
        if let Some(sample) = row.get_mut(index) {
            *sample = sample.wrapping_add(before);
        }
    }
}

fn number(bytes: &[u8], little: bool) -> u64 {
    let add = |sum: u64, byte: &u8| (sum << 8) | u64::from(*byte);
    if little {
        bytes.iter().rev().fold(0, add)
    } else {
        bytes.iter().fold(0, add)
    }
}

/// A number of at most 63 bits that begins anywhere.
fn bits_at(row: &[u8], start: usize, bits: usize) -> u64 {
    let end = start + bits;
    let bytes = start / 8..end.div_ceil(8);
    // At most 9 bytes.
    let all = bytes.clone().fold(0_u128, |sum, at| {
        (sum << 8) | u128::from(row.get(at).copied().unwrap_or(0))
    });
    let behind = bytes.end * 8 - end;
    ((all >> behind) & ((1 << bits) - 1)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(width: Width, row: &[u8], count: usize, little: bool) -> Vec<u16> {
        match width.row(row, count, little) {
            Raw::Words(words) => words,
            Raw::Floats(_) => panic!("floats"),
        }
    }

    fn floats(width: Width, row: &[u8], count: usize, little: bool) -> Vec<f32> {
        match width.row(row, count, little) {
            Raw::Floats(floats) => floats,
            Raw::Words(_) => panic!("whole numbers"),
        }
    }

    #[test]
    fn samples_of_every_width_are_read_from_their_bits() {
        let width = |bits| Width::read(&[bits], 1).unwrap();
        assert_eq!(
            words(width(12), &[0xAB, 0xC1, 0x23], 2, true),
            [0xABC, 0x123]
        );
        assert_eq!(
            words(width(3), &[0b1010_0111, 0b1000_0000], 3, false),
            [5, 1, 7]
        );
        assert_eq!(words(width(16), &[0x12, 0x34], 1, true), [0x3412]);
        assert_eq!(words(width(16), &[0x12, 0x34], 1, false), [0x1234]);
        assert_eq!(words(width(24), &[0x12, 0x34, 0x56], 1, false), [0x1234]);
        assert_eq!(
            words(width(32), &[0x12, 0x34, 0x56, 0x78], 1, true),
            [0x7856]
        );
        assert_eq!(width(10).most(), 1023);
        assert_eq!(width(32).most(), u16::MAX);
        assert!(Width::read(&[8, 4], 1).is_err());
        assert!(Width::read(&[65], 1).is_err());
        assert!(Width::read(&[8], 3).is_err());
    }

    #[test]
    fn floats_of_every_width_are_the_numbers_they_stand_for() {
        let width = |bits| Width::read(&[bits], 3).unwrap();
        assert_eq!(
            floats(width(16), &[0x3C, 0x00, 0xC0, 0x00], 2, false),
            [1.0, -2.0]
        );
        assert_eq!(floats(width(16), &[0x00, 0x38], 1, true), [0.5]);
        assert_eq!(floats(width(24), &[0x3F, 0x80, 0x00], 1, false), [1.5]);
        let bytes = 0.25_f64.to_be_bytes();
        assert_eq!(floats(width(64), &bytes, 1, false), [0.25]);
    }

    #[test]
    fn signed_samples_go_from_the_least_to_the_most() {
        let width = Width::read(&[8], 2).unwrap();
        assert_eq!(words(width, &[0x80, 0, 0x7F], 3, false), [0, 0x80, 0xFF]);
    }

    #[test]
    fn differences_are_summed_for_each_sample_of_a_pixel() {
        let mut row = [1, 2, 1, 2, 1, 2];
        let eight = Width::read(&[8], 1).unwrap();
        eight.undo(2, &mut row, 2, false).unwrap();
        assert_eq!(row, [1, 2, 2, 4, 3, 6]);
        let mut row = [0x00, 0x01, 0xFF, 0x00];
        let sixteen = Width::read(&[16], 1).unwrap();
        sixteen.undo(2, &mut row, 1, true).unwrap();
        assert_eq!(row, [0x00, 0x01, 0xFF, 0x01]);
        let twelve = Width::read(&[12], 1).unwrap();
        assert!(twelve.undo(2, &mut row, 1, true).is_err());
        // The first bytes of all, then the second ones, each as a difference.
        let half = Width::read(&[16], 3).unwrap();
        let mut row = [0x3C, 0x84, 0x40, 0x00];
        half.undo(3, &mut row, 1, false).unwrap();
        assert_eq!(floats(half, &row, 2, false), [1.0, -2.0]);
    }
}
