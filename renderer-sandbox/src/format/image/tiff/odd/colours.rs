//! What samples mean, and what is shown of them.

use super::samples::{Raw, Width};
use crate::format::DocumentError;
use crate::format::image::decode::{damaged, unsupported};
use crate::format::image::lab;
use crate::format::image::samples::{Channels, Depth, Kind, zeroed};
use crate::format::image::tiff::directory::Directory;
use crate::format::image::tiff::{YCBCR_COEFFICIENTS, rgb_from_ycbcr, weights_of};

/// Tags (TIFF 6.0).
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const COLOUR_MAP: u16 = 320;
const EXTRA_SAMPLES: u16 = 338;
const SUBSAMPLING: u16 = 530;

/// `ExtraSamples`: alpha that has been multiplied in, and alpha that has not.
const ASSOCIATED: u64 = 1;
const ALPHA: [u64; 2] = [ASSOCIATED, 2];

/// Most colours of a palette: as many as 16 bits can name, three samples each.
const MAX_COLOURS: usize = 3 << 16;

/// What the samples of a pixel mean.
#[derive(Debug, PartialEq)]
pub(super) enum Meaning {
    Grey(Extra),
    /// The largest sample is black.
    InvertedGrey(Extra),
    Rgb(Extra),
    Palette(Vec<[u8; 3]>, Extra),
    Cmyk,
    /// How many samples of luma, across and down, share one of chroma, and the weights of
    /// red, green and blue in luma.
    YCbCr((usize, usize), [f32; 3]),
    Lab(Lab),
}

/// A sample beside those of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extra {
    None,
    Alpha,
    AssociatedAlpha,
}

/// How numbers of CIE Lab are stored (TIFF 6.0, section 23; Adobe's technical note of
/// 2002; ITU-T T.42).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lab {
    Signed,
    Icc,
    Fax,
}

impl Meaning {
    /// Light that is grey or has colours.
    pub(super) fn of_light(samples: usize) -> Self {
        match samples {
            1 => Self::Grey(Extra::None),
            _ => Self::Rgb(Extra::None),
        }
    }

    pub(super) fn read(
        directory: Directory<'_>,
        samples: usize,
        stored: Width,
    ) -> Result<Self, DocumentError> {
        let photometric = directory.number(PHOTOMETRIC);
        let is_black_and_white = stored.bits() == 1 && samples == 1;
        let is_fax = super::packing::is_fax(directory.number(COMPRESSION).unwrap_or(1));
        let photometric = match photometric {
            Some(number) => number,
            // What is not said is as fax machines have it, or by the number of samples.
            None if is_fax || is_black_and_white => 0,
            None if samples >= 3 => 2,
            None => 1,
        };
        let colours = match photometric {
            0 | 1 | 3 | 4 => 1,
            2 | 6 | 8..=10 => 3,
            5 => 4,
            other => return Err(unsupported(&format!("its colours are {}", name(other)))),
        };
        if samples < colours {
            return Err(damaged("its pixels have too few samples"));
        }
        let kinds = directory.numbers(EXTRA_SAMPLES, 1);
        let extra = match kinds.first().filter(|_| samples > colours) {
            Some(&ASSOCIATED) => Extra::AssociatedAlpha,
            Some(kind) if ALPHA.contains(kind) => Extra::Alpha,
            _ => Extra::None,
        };
        let whole = |meaning| match stored.is_float() {
            true => Err(unsupported("its colours cannot be floats")),
            false => Ok(meaning),
        };
        match photometric {
            0 => whole(Self::InvertedGrey(extra)),
            2 => Ok(Self::Rgb(extra)),
            3 => whole(Self::Palette(palette(directory), extra)),
            5 => whole(Self::Cmyk),
            6 if stored.bits() == 8 => {
                let weights = directory.fractions(YCBCR_COEFFICIENTS, 3);
                whole(Self::YCbCr(
                    sampling(directory)?,
                    weights_of(weights.as_deref()),
                ))
            }
            6 => Err(unsupported("luma and chroma of other than 8 bits")),
            8 => whole(Self::Lab(Lab::Signed)),
            9 => whole(Self::Lab(Lab::Icc)),
            10 => whole(Self::Lab(Lab::Fax)),
            _ => Ok(Self::Grey(extra)),
        }
    }

    /// How many samples of luma share one of chroma.
    pub(super) fn sampling(&self) -> Option<(usize, usize)> {
        match self {
            Self::YCbCr(sampling, _) => Some(*sampling),
            _ => None,
        }
    }

    /// What is shown.
    pub(super) fn kind(&self, stored: Width) -> Kind {
        let (channels, extra) = match self {
            Self::Grey(Extra::None) | Self::InvertedGrey(Extra::None) => {
                (Channels::Grey, Extra::None)
            }
            Self::Grey(extra) | Self::InvertedGrey(extra) => (Channels::GreyAlpha, *extra),
            Self::Rgb(Extra::None)
            | Self::Palette(_, Extra::None)
            | Self::YCbCr(..)
            | Self::Lab(_) => (Channels::Rgb, Extra::None),
            Self::Rgb(extra) | Self::Palette(_, extra) => (Channels::Rgba, *extra),
            Self::Cmyk => (Channels::Cmyk, Extra::None),
        };
        let depth = match self {
            Self::Palette(..) | Self::YCbCr(..) => Depth::Eight,
            _ if stored.is_float() => Depth::Float,
            _ if stored.bits() <= 8 => Depth::Eight,
            _ => Depth::Sixteen,
        };
        let mut kind = Kind::new(channels, depth);
        kind.associated = extra == Extra::AssociatedAlpha;
        kind
    }

    /// In words.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Grey(Extra::None) | Self::InvertedGrey(Extra::None) => "grey".to_owned(),
            Self::Grey(_) | Self::InvertedGrey(_) => "grey and alpha".to_owned(),
            Self::Rgb(Extra::None) => "RGB".to_owned(),
            Self::Rgb(_) => "RGB and alpha".to_owned(),
            Self::Palette(colours, Extra::None) => {
                format!("palette of {} colours", colours.len())
            }
            Self::Palette(colours, _) => {
                format!("palette of {} colours and alpha", colours.len())
            }
            Self::Cmyk => "CMYK".to_owned(),
            Self::YCbCr(..) => "YCbCr".to_owned(),
            Self::Lab(_) => "CIE Lab".to_owned(),
        }
    }

    /// Samples as they are shown.
    pub(super) fn shown(
        &self,
        raw: &Raw,
        samples: usize,
        stored: Width,
    ) -> Result<Vec<u8>, DocumentError> {
        let kind = self.kind(stored);
        let count = match raw {
            Raw::Words(words) => words.len(),
            Raw::Floats(floats) => floats.len(),
        };
        let pixels = count / samples.max(1);
        let mut out = zeroed(pixels as u64 * kind.pixel_bytes() as u64)?;
        let places = out.chunks_exact_mut(kind.pixel_bytes());
        match raw {
            Raw::Floats(floats) => {
                for (to, pixel) in places.zip(floats.chunks_exact(samples.max(1))) {
                    let (to, _) = to.as_chunks_mut::<4>();
                    for (to, value) in to.iter_mut().zip(pixel) {
                        *to = value.to_ne_bytes();
                    }
                }
            }
            Raw::Words(words) => {
                let most = u32::from(stored.most());
                for (to, pixel) in places.zip(words.chunks_exact(samples.max(1))) {
                    self.pixel(pixel, most, kind.depth, to);
                }
            }
        }
        match self {
            Self::YCbCr(_, weights) => Ok(rgb_from_ycbcr(out, *weights)),
            _ => Ok(out),
        }
    }

    fn pixel(&self, pixel: &[u16], most: u32, depth: Depth, to: &mut [u8]) {
        match self {
            Self::Palette(colours, _) => {
                let index = pixel.first().copied().unwrap_or(0);
                let colour = colours.get(usize::from(index)).copied();
                for (to, value) in to.iter_mut().zip(colour.unwrap_or_default()) {
                    *to = value;
                }
                let alpha = pixel.get(1).copied().unwrap_or(0);
                set(to, 3, depth, u32::from(alpha).min(most), most);
            }
            Self::YCbCr(..) => {
                for (to, value) in to.iter_mut().zip(pixel) {
                    *to = (*value).min(255) as u8;
                }
            }
            Self::Lab(lab) => {
                if let Some(pixel) = pixel.first_chunk::<3>() {
                    let colour = lab.srgb(pixel.map(f32::from), most as f32);
                    for (at, value) in colour.into_iter().enumerate() {
                        set(to, at, depth, (value * 65_535.0).round() as u32, 65_535);
                    }
                }
            }
            _ => {
                let channels = to.len() / depth.bytes().max(1);
                for (at, value) in pixel.iter().take(channels).enumerate() {
                    let value = u32::from(*value).min(most);
                    let inverted = at == 0 && matches!(self, Self::InvertedGrey(_));
                    let value = if inverted { most - value } else { value };
                    set(to, at, depth, value, most);
                }
            }
        }
    }
}

/// Sets a sample, so that the largest one is the largest that is shown.
fn set(to: &mut [u8], at: usize, depth: Depth, value: u32, most: u32) {
    let scaled = |largest: u32| (value * largest + most / 2) / most.max(1);
    if depth == Depth::Eight {
        if let Some(to) = to.get_mut(at) {
            *to = scaled(255) as u8;
        }
    } else if let Some(to) = to.get_mut(2 * at..2 * at + 2) {
        // Below 2^16 · 2^16: it fits, and half of the largest is added as well.
        let value = (u64::from(value) * 65_535 + u64::from(most / 2)) / u64::from(most.max(1));
        to.copy_from_slice(&(value as u16).to_ne_bytes());
    }
}

impl Lab {
    /// sRGB between 0 and 1.
    fn srgb(self, [l, a, b]: [f32; 3], most: f32) -> [f32; 3] {
        let wide = most > 255.0;
        let signed = |value: f32| {
            let whole = most + 1.0;
            let value = if value >= whole / 2.0 {
                value - whole
            } else {
                value
            };
            if wide { value / 256.0 } else { value }
        };
        lab::srgb(match self {
            Self::Signed => [l / most * 100.0, signed(a), signed(b)],
            Self::Icc if wide => [l / 652.8, a / 256.0 - 128.0, b / 256.0 - 128.0],
            Self::Icc => [l / 2.55, a - 128.0, b - 128.0],
            Self::Fax => [
                l / most * 100.0,
                a / most * 170.0 - 85.0,
                b / most * 200.0 - 75.0,
            ],
        })
    }
}

fn sampling(directory: Directory<'_>) -> Result<(usize, usize), DocumentError> {
    let told = directory.numbers(SUBSAMPLING, 2);
    match *told.as_slice() {
        [across @ (1 | 2 | 4), down @ (1 | 2 | 4)] => Ok((across as usize, down as usize)),
        [] => Ok((2, 2)),
        _ => Err(damaged("its chroma has no known place")),
    }
}

/// All reds, all greens, all blues, of 16 bits each, or of 8 as some programs write them.
fn palette(directory: Directory<'_>) -> Vec<[u8; 3]> {
    let all = directory.numbers(COLOUR_MAP, MAX_COLOURS);
    let is_wide = all.iter().any(|sample| *sample > 255);
    let colours = all.len() / 3;
    let part = |part: usize, index: usize| {
        let sample = all.get(part * colours + index).copied().unwrap_or(0);
        if is_wide {
            (sample >> 8) as u8
        } else {
            sample as u8
        }
    };
    let all = (0..colours).map(|index| [0, 1, 2].map(|colour| part(colour, index)));
    all.collect()
}

/// What colours are called that are not shown.
fn name(photometric: u64) -> String {
    match photometric {
        32_803 => "those of a camera's sensor".to_owned(),
        32_844 | 32_845 => "LogLuv".to_owned(),
        34_892 => "linear raw".to_owned(),
        51_177 => "a depth map".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_any_width_reach_from_black_to_white() {
        let shown = |bits, meaning: Meaning, values: &[u16]| {
            let stored = Width::read(&[bits], 1).unwrap();
            meaning
                .shown(&Raw::Words(values.to_vec()), 1, stored)
                .unwrap()
        };
        let grey = || Meaning::Grey(Extra::None);
        assert_eq!(shown(6, grey(), &[0, 63, 32]), [0, 255, 130]);
        let inverted = Meaning::InvertedGrey(Extra::None);
        assert_eq!(shown(3, inverted, &[0, 7]), [255, 0]);
        let wide = shown(12, grey(), &[0, 4095]);
        assert_eq!(wide, [[0; 2], [255; 2]].concat());
        let wide = shown(16, grey(), &[u16::MAX]);
        assert_eq!(wide, [255; 2]);
        let palette = Meaning::Palette(vec![[1, 2, 3], [4, 5, 6]], Extra::None);
        assert_eq!(shown(16, palette, &[1, 9]), [4, 5, 6, 0, 0, 0]);
    }

    #[test]
    fn grey_of_lab_is_grey_in_every_way_that_it_is_stored() {
        let near = |[r, g, b]: [f32; 3], grey: f32| {
            [r, g, b].iter().all(|value| (value - grey).abs() < 0.004)
        };
        // L* of 53.4 is the grey of half the samples of sRGB.
        let half = 128.0 / 255.0;
        assert!(near(Lab::Signed.srgb([136.6, 0.0, 0.0], 255.0), half));
        assert!(near(Lab::Icc.srgb([136.6, 128.0, 128.0], 255.0), half));
        let wide = [53.585 * 652.8, 32_768.0, 32_768.0];
        assert!(near(Lab::Icc.srgb(wide, 65_535.0), half));
        let red = Lab::Signed.srgb([138.0, 81.0, 70.0], 255.0);
        assert!(red[0] > 0.98 && red[1] < 0.1 && red[2] < 0.1, "{red:?}");
        let minus = Lab::Signed.srgb([138.0, 0.0, 256.0 - 100.0], 255.0);
        assert!(minus[2] > minus[0], "{minus:?}");
    }
}
