//! The rows of a Photoshop file's picture, as they are or in runs.

use super::Psd;
use crate::format::DocumentError;
use crate::format::image::decode::{damaged, unsupported};
use crate::format::image::runs;
use crate::format::image::words::ENDS_EARLY;

/// Rows, channel after channel.
pub(super) struct Rows<'d> {
    packing: Packing<'d>,
    data: &'d [u8],
}

enum Packing<'d> {
    None,
    /// Bytes of each packed row: where they are told, and of how many bytes each.
    Runs(&'d [u8], usize),
}

impl<'d> Rows<'d> {
    pub(super) fn new(psd: &Psd<'d>) -> Result<Self, DocumentError> {
        let packing = match psd.packing {
            0 => Packing::None,
            1 => {
                let len = if psd.big { 4 } else { 2 };
                let counts = psd.channels * psd.height as usize * len;
                let (counts, data) = psd
                    .pixels
                    .split_at_checked(counts)
                    .ok_or_else(|| damaged(ENDS_EARLY))?;
                return Ok(Self {
                    packing: Packing::Runs(counts, len),
                    data,
                });
            }
            other => return Err(unsupported(&format!("pixels packed in the way {other}"))),
        };
        Ok(Self {
            packing,
            data: psd.pixels,
        })
    }

    /// The next row; `false` when it is not all there, and zeros stand for the rest.
    pub(super) fn next(&mut self, row: &mut [u8]) -> bool {
        let len = match &mut self.packing {
            Packing::None => row.len(),
            Packing::Runs(counts, len) => {
                let (count, rest) = counts.split_at_checked(*len).unwrap_or_default();
                *counts = rest;
                let add = |sum: usize, byte: &u8| (sum << 8) | usize::from(*byte);
                count.iter().fold(0, add)
            }
        };
        let whole = len <= self.data.len();
        let (packed, rest) = self.data.split_at(len.min(self.data.len()));
        self.data = rest;
        row.fill(0);
        match self.packing {
            Packing::None => {
                row.iter_mut()
                    .zip(packed)
                    .for_each(|(to, from)| *to = *from);
                whole
            }
            Packing::Runs(..) => runs::unpack(packed, row) && whole,
        }
    }
}
