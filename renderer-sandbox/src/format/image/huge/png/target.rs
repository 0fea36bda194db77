//! Rows of a PNG as samples.

use super::shape::{GREY, GREY_ALPHA, PALETTE, RGB, RGBA, Shape};
use crate::format::image::png;
use crate::format::image::samples::{Channels, Depth, Kind};

/// What rows become.
pub(super) struct Target {
    pub(super) shape: Shape,
    pub(super) kind: Kind,
    palette: Vec<[u8; 4]>,
    /// The colour that is see-through.
    clear: Option<Vec<u8>>,
}

impl Target {
    /// For samples of the kind that the header tells.
    pub(super) fn new(file: &[u8], shape: Shape, kind: Kind) -> Self {
        let (mut palette, mut clear) = (Vec::new(), None);
        for (kind, data) in png::chunks(file).take_while(|(kind, _)| kind != b"IDAT") {
            match &kind {
                b"PLTE" => {
                    let colours = data.as_chunks::<3>().0.iter();
                    palette = colours.map(|[r, g, b]| [*r, *g, *b, 255]).collect();
                }
                b"tRNS" if shape.colours == PALETTE => {
                    for (colour, alpha) in palette.iter_mut().zip(data) {
                        colour[3] = *alpha;
                    }
                }
                b"tRNS" => clear = Some(data.to_vec()),
                _ => {}
            }
        }
        Self {
            shape,
            // RGBA is not copied once more.
            kind: match (kind.channels, kind.depth) {
                (Channels::Rgb, Depth::Eight) => Kind::new(Channels::Rgba, Depth::Eight),
                _ => kind,
            },
            palette,
            clear,
        }
    }

    /// Samples of a pixel whose means can be taken as they are stored.
    pub(super) fn plain(&self) -> Option<usize> {
        match (self.shape.colours, self.shape.bits) {
            (GREY, 8) if self.clear.is_none() => Some(1),
            (RGB, 8) if self.clear.is_none() => Some(3),
            _ => None,
        }
    }
}

impl Target {
    /// A row as samples of the kind that the header tells.
    pub(super) fn lay_out(&self, row: &[u8], out: &mut [u8]) {
        let pixel = self.kind.pixel_bytes();
        let with_alpha = matches!(self.kind.channels, Channels::GreyAlpha | Channels::Rgba);
        let stored_alpha = matches!(self.shape.colours, GREY_ALPHA | RGBA);
        match (self.shape.colours, self.shape.bits) {
            (PALETTE, bits) => {
                for (index, out) in packed(row, bits).zip(out.chunks_exact_mut(pixel)) {
                    let colour = self.palette.get(usize::from(index));
                    let colour = colour.copied().unwrap_or([0, 0, 0, 255]);
                    out.iter_mut()
                        .zip(colour)
                        .for_each(|(out, value)| *out = value);
                }
            }
            (GREY, bits @ 1..=4) => {
                let most = (1_u16 << bits) - 1;
                let clear = self
                    .clear
                    .as_deref()
                    .and_then(|clear| clear.get(1))
                    .copied();
                for (value, out) in packed(row, bits).zip(out.chunks_exact_mut(pixel)) {
                    let alpha = if Some(value) == clear { 0 } else { 255 };
                    // A part of the most is at most the most.
                    let value = (u16::from(value) * 255 / most) as u8;
                    out.iter_mut()
                        .zip([value, alpha])
                        .for_each(|(out, value)| *out = value);
                }
            }
            (RGB, 8) if self.clear.is_none() => {
                let (from, to) = (row.as_chunks::<3>().0, out.as_chunks_mut::<4>().0);
                for ([r, g, b], to) in from.iter().zip(to) {
                    *to = [*r, *g, *b, u8::MAX];
                }
            }
            (_, bits) => {
                let bytes = if bits == 16 { 2 } else { 1 };
                let stored = row.chunks_exact(self.shape.samples() * bytes);
                for (from, out) in stored.zip(out.chunks_exact_mut(pixel)) {
                    out.iter_mut()
                        .zip(from)
                        .for_each(|(out, value)| *out = *value);
                    if with_alpha && !stored_alpha {
                        let alpha = if self.is_clear(from, bytes) { 0 } else { 255 };
                        out.iter_mut().skip(from.len()).for_each(|out| *out = alpha);
                    }
                }
            }
        }
        if self.kind.depth == Depth::Sixteen {
            for sample in out.as_chunks_mut::<2>().0 {
                *sample = u16::from_be_bytes(*sample).to_ne_bytes();
            }
        }
    }

    /// Whether these samples are the colour that is see-through, which is written
    /// with 16 bits each.
    fn is_clear(&self, samples: &[u8], bytes: usize) -> bool {
        let Some(clear) = &self.clear else {
            return false;
        };
        let wide = clear.as_chunks::<2>().0;
        let mut pairs = samples.chunks_exact(bytes).zip(wide);
        pairs.all(|(sample, clear)| match bytes {
            2 => sample == clear,
            _ => sample.first() == clear.get(1),
        })
    }
}

/// Samples of fewer than 8 bits, or 8, the first in the highest bits.
fn packed(row: &[u8], bits: usize) -> impl Iterator<Item = u8> + '_ {
    let bits = bits.clamp(1, 8);
    let mask = u8::MAX >> (8 - bits);
    row.iter().flat_map(move |byte| {
        let shifts = (0..8 / bits).map(move |place| 8 - bits * (place + 1));
        shifts.map(move |shift| (byte >> shift) & mask)
    })
}
