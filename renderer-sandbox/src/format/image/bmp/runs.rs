//! Runs of pixels, as `BI_RLE8`, `BI_RLE4` and the 24 bits of OS/2 2.x have them
//! (Microsoft, "Bitmap Compression").

use super::BITS_AT;
use super::packed::{Colours, Rows, colours};
use super::short;
use crate::format::DocumentError;

/// What follows a zero: the end of a row, of the picture, a place to go to. More is so
/// many pixels as they are.
const END_OF_ROW: usize = 0;
const END: usize = 1;
const MOVE: usize = 2;

/// Bytes of a pixel: what it is as it is shown, and what nothing is said of.
const RGBA: usize = 4;

/// What runs are made of.
pub(in crate::format::image) enum Unit {
    /// Indices of 4 bits, two to a byte.
    Half(Colours),
    /// Indices of 8 bits.
    Byte(Colours),
    /// Blue, green and red.
    Colour,
}

impl Unit {
    pub(super) fn read(document: &[u8]) -> Option<Self> {
        match short(document, BITS_AT)? {
            4 => Some(Self::Half(colours(document)?)),
            8 => Some(Self::Byte(colours(document)?)),
            24 => Some(Self::Colour),
            _ => None,
        }
    }

    /// In words.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Half(colours) | Self::Byte(colours) => {
                format!("palette of {} colours, runs", colours.len())
            }
            Self::Colour => "RGB, 8 bits, runs".to_owned(),
        }
    }

    /// Bytes of so many pixels as they are.
    fn bytes(&self, pixels: usize) -> usize {
        match self {
            Self::Half(_) => pixels.div_ceil(2),
            Self::Byte(_) => pixels,
            Self::Colour => pixels * 3,
        }
    }

    /// The pixel at a place in bytes, which begin again where they end.
    fn pixel(&self, bytes: &[u8], place: usize) -> Option<[u8; 3]> {
        let byte = |place: usize| bytes.get(place % bytes.len().max(1)).copied();
        let (all, index) = match self {
            Self::Colour => {
                let at = place * 3;
                return Some([byte(at + 2)?, byte(at + 1)?, byte(at)?]);
            }
            Self::Half(all) if place.is_multiple_of(2) => (all, byte(place / 2)? >> 4),
            Self::Half(all) => (all, byte(place / 2)? & 15),
            Self::Byte(all) => (all, byte(place)?),
        };
        let colour = all.get(usize::from(index)).copied();
        Some(colour.unwrap_or_default())
    }

    /// Pixels with alpha, and whether all is there. What is passed over is transparent.
    pub(super) fn unpack(&self, rows: &Rows<'_>) -> Result<(Vec<u8>, bool), DocumentError> {
        let mut out = rows.room(RGBA)?;
        let mut lines = out.chunks_exact_mut((rows.width() * RGBA).max(RGBA));
        let mut line = lines.next().unwrap_or_default();
        let (mut x, mut rest) = (0, rows.data);
        let whole = loop {
            let down = match self.step(&mut rest) {
                None => break false,
                Some(Step::End) => break true,
                Some(Step::Pixels(count, bytes)) => {
                    x = self.put(line, x, count, bytes);
                    0
                }
                Some(Step::Move(right, down)) => {
                    x += right;
                    down
                }
                Some(Step::EndOfRow) => {
                    x = 0;
                    1
                }
            };
            if down > 0 {
                match lines.nth(down - 1) {
                    Some(next) => line = next,
                    None => break true,
                }
            }
        };
        Ok((out, whole))
    }

    /// What comes next; `None` where the file ends.
    fn step<'d>(&self, rest: &mut &'d [u8]) -> Option<Step<'d>> {
        let count = one(rest)?;
        if count > 0 {
            // Pixels of one byte, or of three.
            let pixel = take(rest, self.bytes(1))?;
            return Some(Step::Pixels(count, pixel));
        }
        Some(match one(rest)? {
            END_OF_ROW => Step::EndOfRow,
            END => Step::End,
            MOVE => Step::Move(one(rest)?, one(rest)?),
            count => {
                let bytes = take(rest, self.bytes(count))?;
                // Filled up to an even number of bytes.
                take(rest, bytes.len() % 2)?;
                Step::Pixels(count, bytes)
            }
        })
    }

    /// Puts pixels in a row, as many as have room, and tells where the next one belongs.
    fn put(&self, line: &mut [u8], x: usize, pixels: usize, bytes: &[u8]) -> usize {
        let (places, _) = line.as_chunks_mut::<RGBA>();
        let places = places.get_mut(x..).unwrap_or_default();
        for (place, to) in places.iter_mut().take(pixels).enumerate() {
            if let Some([r, g, b]) = self.pixel(bytes, place) {
                *to = [r, g, b, u8::MAX];
            }
        }
        x + pixels
    }
}

enum Step<'d> {
    /// So many pixels, of which the bytes begin again where they end.
    Pixels(usize, &'d [u8]),
    Move(usize, usize),
    EndOfRow,
    End,
}

fn take<'d>(rest: &mut &'d [u8], len: usize) -> Option<&'d [u8]> {
    let (taken, after) = rest.split_at_checked(len)?;
    *rest = after;
    Some(taken)
}

fn one(rest: &mut &[u8]) -> Option<usize> {
    take(rest, 1)?.first().map(|byte| usize::from(*byte))
}
