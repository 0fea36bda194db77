//! Surfaces of pixels whose bits are told by masks, or which are indices of colours: the
//! library knows those that have a name.

use super::super::decode::damaged;
use super::super::samples::zeroed;
use crate::format::DocumentError;

/// Offsets in the file: size, what a pixel is, its bits, the masks of red, green, blue and
/// alpha; and where the pixels start.
const HEIGHT_AT: usize = 12;
const FLAGS_AT: usize = 80;
const BITS_AT: usize = 88;
const MASKS_AT: usize = 92;
const PIXELS_AT: usize = 128;

/// Flags of a pixel: alpha, a code instead of bits, indices, colours, grey.
const ALPHA: u32 = 0x1;
const CODE: u32 = 0x4;
const INDICES: u32 = 0x20;
const COLOURS: u32 = 0x40;
const GREY: u32 = 0x2_0000;

/// Colours of a surface of indices.
const TABLE_BYTES: usize = 1024;

/// Such a surface.
pub(super) struct Surface<'d> {
    pub(super) size: (u32, u32),
    flags: u32,
    /// Bytes of a pixel.
    pixel_bytes: usize,
    masks: [u32; 4],
    table: &'d [u8],
    pixels: &'d [u8],
}

fn number(document: &[u8], at: usize) -> Option<u32> {
    let bytes = document.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*bytes))
}

impl<'d> Surface<'d> {
    pub(super) fn read(document: &'d [u8]) -> Option<Self> {
        let flags = number(document, FLAGS_AT)?;
        let bits = number(document, BITS_AT)?;
        let is_known = flags & (COLOURS | GREY | INDICES) != 0 && flags & CODE == 0;
        if !is_known || !matches!(bits, 8 | 16 | 24 | 32) {
            return None;
        }
        let mask = |index: usize| number(document, MASKS_AT + 4 * index);
        let all = u32::MAX >> (32 - bits);
        let red = match mask(0)? {
            // Some programs write a mask that lies beside the bits: all of them are meant.
            outside if flags & GREY != 0 && outside & all == 0 => all,
            inside => inside,
        };
        let table_bytes = if flags & INDICES != 0 { TABLE_BYTES } else { 0 };
        let (table, pixels) = document.get(PIXELS_AT..)?.split_at_checked(table_bytes)?;
        Some(Self {
            size: (
                number(document, HEIGHT_AT + 4)?,
                number(document, HEIGHT_AT)?,
            ),
            flags,
            pixel_bytes: bits as usize / 8,
            masks: [red, mask(1)?, mask(2)?, mask(3)?],
            table,
            pixels,
        })
    }

    /// Straight RGBA8, and whether all pixels are there.
    pub(super) fn rgba(&self) -> Result<(Vec<u8>, bool), DocumentError> {
        let count = u64::from(self.size.0) * u64::from(self.size.1);
        let mut out = zeroed(count.saturating_mul(4))?;
        let stored = self.pixels.chunks_exact(self.pixel_bytes);
        let whole = stored.len() as u64 >= count;
        if stored.len() == 0 {
            return Err(damaged(super::ENDS_EARLY));
        }
        for (to, pixel) in out.chunks_exact_mut(4).zip(stored) {
            to.copy_from_slice(&self.pixel(pixel));
        }
        Ok((out, whole))
    }

    fn pixel(&self, bytes: &[u8]) -> [u8; 4] {
        let value = bytes
            .iter()
            .rev()
            .fold(0, |sum, byte| (sum << 8) | u32::from(*byte));
        if self.flags & INDICES != 0 {
            let colour = self.table.get(value as usize * 4..);
            let colour = colour.and_then(|rest| rest.first_chunk::<4>());
            return colour.copied().unwrap_or_default();
        }
        let [red, green, blue, alpha] = self.masks.map(|mask| part(value, mask));
        let alpha = match self.flags & ALPHA {
            0 => u8::MAX,
            _ => alpha,
        };
        match self.flags & GREY {
            0 => [red, green, blue, alpha],
            _ => [red, red, red, alpha],
        }
    }
}

/// The bits of a mask, so that all of them are 255.
fn part(value: u32, mask: u32) -> u8 {
    if mask == 0 {
        return 0;
    }
    let most = mask >> mask.trailing_zeros();
    let value = (value & mask) >> mask.trailing_zeros();
    ((u64::from(value) * 255 + u64::from(most / 2)) / u64::from(most)).min(255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(flags: u32, bits: u32, masks: [u32; 4], pixels: &[u8]) -> Vec<u8> {
        let mut file = vec![0; PIXELS_AT];
        let numbers = [
            (HEIGHT_AT, 1),
            (HEIGHT_AT + 4, 2),
            (FLAGS_AT, flags),
            (BITS_AT, bits),
        ];
        let masks = masks.into_iter().enumerate();
        let masks = masks.map(|(index, mask)| (MASKS_AT + 4 * index, mask));
        for (at, number) in numbers.into_iter().chain(masks) {
            file[at..at + 4].copy_from_slice(&number.to_le_bytes());
        }
        file.extend(pixels);
        file
    }

    #[test]
    fn bits_of_masks_and_indices_are_colours() {
        let shown = |file: &[u8]| Surface::read(file).unwrap().rgba().unwrap();
        let masks = [0x7C00, 0x03E0, 0x001F, 0x8000];
        let fives = shown(&file(COLOURS, 16, masks, &[0x00, 0x7C, 0x10, 0x00]));
        assert_eq!(fives, (vec![255, 0, 0, 255, 0, 0, 132, 255], true));
        let grey = shown(&file(
            GREY | ALPHA,
            16,
            [0xFF, 0, 0, 0xFF00],
            &[9, 128, 200, 255],
        ));
        assert_eq!(grey, (vec![9, 9, 9, 128, 200, 200, 200, 255], true));
        let mut table = vec![0; TABLE_BYTES];
        table[4..8].copy_from_slice(&[1, 2, 3, 4]);
        let indices = shown(&file(INDICES, 8, [0; 4], &[&table[..], &[1]].concat()));
        assert_eq!(indices, (vec![1, 2, 3, 4, 0, 0, 0, 0], false));
        assert!(Surface::read(&file(CODE, 0, [0; 4], &[])).is_none());
        assert!(
            Surface::read(&file(COLOURS, 32, masks, &[]))
                .unwrap()
                .rgba()
                .is_err()
        );
    }
}
