//! A band of pixels as an image of a PDF, small.
//!
//! Text and drawings have few colours and are kept exactly (Flate); photographs
//! become JPEG where that is less than half as large.

use flate2::Compression;
use flate2::write::ZlibEncoder;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use std::collections::HashMap;
use std::io::{self, Write};

/// Quality of JPEG: at 150 dots per inch no difference is seen beside the page.
const QUALITY: u8 = 85;

/// So many pixels to a byte are small enough: 270 KB for A4 at 150 dpi. JPEG is not tried.
const SMALL: usize = 8;

/// Most colours of a palette.
const MAX_COLORS: usize = 256;

/// An encoded band.
pub(super) struct Image {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) bytes: Vec<u8>,
    pub(super) coding: Coding,
}

/// How an [`Image`] is encoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// Numbers of colours, so many bits each, in Flate.
    Palette { bits: u8, colors: Vec<[u8; 3]> },
    /// Red, green, blue in Flate, with the filters of PNG.
    Rgb,
    /// JPEG of one or three channels.
    Jpeg { gray: bool },
}

/// Encodes rows of premultiplied RGBA8, on white paper.
pub(super) fn encode(rgba: &[u8], width: u16, height: u16) -> io::Result<Image> {
    let rgb = on_white(rgba);
    let row = usize::from(width);
    let (bytes, coding) = match Palette::of(&rgb) {
        Some(palette) => {
            let packed = palette.pack(&rgb, row);
            (deflate(&packed)?, palette.coding())
        }
        None => (deflate(&filtered(&rgb, row))?, Coding::Rgb),
    };
    let lossless = Image {
        width,
        height,
        bytes,
        coding,
    };
    if lossless.bytes.len() <= rgb.len() / SMALL {
        return Ok(lossless);
    }
    let (bytes, gray) = jpeg(&rgb, width, height)?;
    if bytes.len() > lossless.bytes.len() / 2 {
        return Ok(lossless);
    }
    Ok(Image {
        bytes,
        coding: Coding::Jpeg { gray },
        ..lossless
    })
}

fn on_white(rgba: &[u8]) -> Vec<[u8; 3]> {
    let (pixels, _) = rgba.as_chunks::<4>();
    let add = |channel: &u8, paper: u8| channel.saturating_add(paper);
    let pixels = pixels.iter().map(|[r, g, b, a]| {
        let paper = u8::MAX - a;
        [add(r, paper), add(g, paper), add(b, paper)]
    });
    pixels.collect()
}

/// The colours of an image that has few.
struct Palette {
    numbers: HashMap<[u8; 3], u8>,
    colors: Vec<[u8; 3]>,
}

impl Palette {
    fn of(rgb: &[[u8; 3]]) -> Option<Self> {
        let mut palette = Self {
            numbers: HashMap::new(),
            colors: Vec::new(),
        };
        let mut last = None;
        for color in rgb {
            // Most pixels are like the one before.
            if last != Some(color) {
                palette.add(*color)?;
                last = Some(color);
            }
        }
        palette.sort();
        Some(palette)
    }

    fn add(&mut self, color: [u8; 3]) -> Option<()> {
        if !self.numbers.contains_key(&color) {
            let number = u8::try_from(self.colors.len()).ok()?;
            debug_assert!(self.colors.len() < MAX_COLORS);
            self.numbers.insert(color, number);
            self.colors.push(color);
        }
        Some(())
    }

    /// Numbers near each other are colours near each other, which packs better.
    fn sort(&mut self) {
        self.colors.sort_unstable();
        for (number, color) in (0..=u8::MAX).zip(&self.colors) {
            self.numbers.insert(*color, number);
        }
    }

    fn bits(&self) -> u8 {
        match self.colors.len() {
            0..=2 => 1,
            3..=4 => 2,
            5..=16 => 4,
            _ => 8,
        }
    }

    fn coding(self) -> Coding {
        Coding::Palette {
            bits: self.bits(),
            colors: self.colors,
        }
    }

    /// Numbers of the colours; each row begins with a byte of its own.
    fn pack(&self, rgb: &[[u8; 3]], row: usize) -> Vec<u8> {
        let bits = self.bits();
        let per_byte = usize::from(8 / bits);
        let mut packed = Vec::with_capacity(rgb.len() / per_byte);
        let (mut last, mut number) = (None, 0);
        for row in rgb.chunks(row.max(1)) {
            for pixels in row.chunks(per_byte) {
                let mut byte = 0_u8;
                for place in 0..per_byte {
                    if let Some(color) = pixels.get(place)
                        && last != Some(color)
                    {
                        number = self.numbers.get(color).copied().unwrap_or_default();
                        last = Some(color);
                    }
                    let number = if place < pixels.len() { number } else { 0 };
                    // A number of eight bits fills the byte.
                    byte = byte.checked_shl(bits.into()).unwrap_or(0) | number;
                }
                packed.push(byte);
            }
        }
        packed
    }
}

/// Rows with the filter of PNG that leaves the smallest differences, each behind
/// the filter's number (ISO 32000-2:2020, 7.4.4.4).
fn filtered(rgb: &[[u8; 3]], row: usize) -> Vec<u8> {
    let flat = rgb.as_flattened();
    let row_bytes = (row * 3).max(1);
    let mut out = Vec::with_capacity(flat.len() + flat.len() / row_bytes);
    let nothing = vec![0; row_bytes];
    let mut above: &[u8] = &nothing;
    for row in flat.chunks(row_bytes) {
        let left = std::iter::repeat_n(&0, 3).chain(row);
        let candidates = [
            (0_u8, row.to_vec()),
            (
                1,
                row.iter()
                    .zip(left)
                    .map(|(a, b)| a.wrapping_sub(*b))
                    .collect::<Vec<u8>>(),
            ),
            (
                2,
                row.iter()
                    .zip(above)
                    .map(|(a, b)| a.wrapping_sub(*b))
                    .collect(),
            ),
        ];
        let cost = |bytes: &[u8]| {
            let differences = bytes
                .iter()
                .map(|byte| u64::from(byte.cast_signed().unsigned_abs()));
            differences.sum::<u64>()
        };
        let best = candidates.into_iter().min_by_key(|(_, bytes)| cost(bytes));
        if let Some((filter, bytes)) = best {
            out.push(filter);
            out.extend(bytes);
        }
        above = row;
    }
    out
}

/// Packs bytes.
pub(super) fn deflate(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn jpeg(rgb: &[[u8; 3]], width: u16, height: u16) -> io::Result<(Vec<u8>, bool)> {
    let gray = rgb.iter().all(|[r, g, b]| r == g && g == b);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, QUALITY);
    // Coloured letters stay sharp.
    encoder.set_sampling_factor(SamplingFactor::F_1_1);
    encoder.set_optimized_huffman_tables(true);
    let done = if gray {
        let luma: Vec<u8> = rgb.iter().map(|[luma, ..]| *luma).collect();
        encoder.encode(&luma, width, height, ColorType::Luma)
    } else {
        encoder.encode(rgb.as_flattened(), width, height, ColorType::Rgb)
    };
    done.map_err(io::Error::other)?;
    Ok((bytes, gray))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::ZlibDecoder;
    use std::io::Read;

    fn inflate(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        ZlibDecoder::new(bytes).read_to_end(&mut out).unwrap();
        out
    }

    /// Soft shades with the grain of a photograph.
    fn photograph(side: u16) -> Vec<u8> {
        let mut state = 7_u32;
        let mut grain = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 29) as u8
        };
        let places = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
        let pixel = |(x, y): (u16, u16)| {
            let shade = |part: u16| (part * 200 / side) as u8;
            [
                shade(x) + grain(),
                shade(y) + grain(),
                shade(x / 2 + y / 2) + grain(),
                255,
            ]
        };
        places.flat_map(pixel).collect()
    }

    #[test]
    fn black_on_white_takes_a_bit_for_a_pixel() {
        let (black, white) = ([0, 0, 0, 255], [255; 4]);
        let image = encode(&[black, white, white].concat(), 3, 1).unwrap();
        let colors = vec![[0; 3], [255; 3]];
        assert_eq!(image.coding, Coding::Palette { bits: 1, colors });
        assert_eq!(inflate(&image.bytes), [0b0110_0000]);
    }

    #[test]
    fn see_through_pixels_stand_on_white_paper() {
        let image = encode(&[0, 0, 0, 0, 64, 0, 0, 128], 2, 1).unwrap();
        let colors = vec![[191, 127, 127], [255; 3]];
        assert_eq!(image.coding, Coding::Palette { bits: 1, colors });
        assert_eq!(inflate(&image.bytes), [0b1000_0000]);
    }

    #[test]
    fn many_colours_are_kept_exactly_where_they_pack_well() {
        let ramp = (0..64_u16 * 64).flat_map(|i| [(i % 64) as u8, (i / 64) as u8, 0, 255]);
        let pixels: Vec<u8> = ramp.collect();
        let image = encode(&pixels, 64, 64).unwrap();
        assert_eq!(image.coding, Coding::Rgb);
        let mut above = vec![0; 192];
        for (filtered, pixels) in inflate(&image.bytes).chunks(193).zip(pixels.chunks(256)) {
            let mut row = filtered[1..].to_vec();
            for i in 0..row.len() {
                let before = match filtered[0] {
                    0 => 0,
                    1 => i.checked_sub(3).map_or(0, |left| row[left]),
                    _ => above[i],
                };
                row[i] = row[i].wrapping_add(before);
            }
            let wanted: Vec<u8> = pixels
                .chunks(4)
                .flat_map(|pixel| &pixel[..3])
                .copied()
                .collect();
            assert_eq!(row, wanted);
            above = row;
        }
    }

    #[test]
    fn photograph_becomes_a_jpeg_in_colour() {
        let image = encode(&photograph(256), 256, 256).unwrap();
        assert_eq!(image.coding, Coding::Jpeg { gray: false });
        assert!(image.bytes.starts_with(&[0xFF, 0xD8]));
    }
}
