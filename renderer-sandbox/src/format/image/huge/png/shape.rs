//! What the header of a PNG says of its rows.

use crate::format::image::png;

/// Colour types (PNG, third edition, 11.2.1).
pub(super) const GREY: u8 = 0;
pub(super) const RGB: u8 = 2;
pub(super) const PALETTE: u8 = 3;
pub(super) const GREY_ALPHA: u8 = 4;
pub(super) const RGBA: u8 = 6;

/// What the header says of a row.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bits: usize,
    pub(super) colours: u8,
}

impl Shape {
    pub(super) fn read(file: &[u8]) -> Option<(Self, u8)> {
        let (_, data) = png::chunks(file).find(|(kind, _)| kind == b"IHDR")?;
        let (width, rest) = data.split_first_chunk::<4>()?;
        let (height, rest) = rest.split_first_chunk::<4>()?;
        let [bits, colours, _, _, interlaced, ..] = *rest else {
            return None;
        };
        let shape = Self {
            width: u32::from_be_bytes(*width),
            height: u32::from_be_bytes(*height),
            bits: bits.into(),
            colours,
        };
        Some((shape, interlaced))
    }

    pub(super) fn samples(self) -> usize {
        match self.colours {
            RGB => 3,
            GREY_ALPHA => 2,
            RGBA => 4,
            _ => 1,
        }
    }

    pub(super) fn row_bytes(self) -> usize {
        (self.width as usize * self.samples() * self.bits).div_ceil(8)
    }

    /// How far back the pixel before is.
    pub(super) fn pixel_bytes(self) -> usize {
        (self.samples() * self.bits / 8).max(1)
    }
}
