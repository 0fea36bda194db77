//! Samples of any kind → RGBA8 in sRGB.
//!
//! 16-bit samples are rounded to 8. Float samples (HDR, EXR) are linear light:
//! they are tone-mapped by Reinhard's curve on the luminance, which leaves what
//! is below the white point nearly as it is, and then encoded as sRGB (IEC
//! 61966-2-1).

use super::decode::channels;
use crate::format::DocumentError;
use image::ColorType;
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// Largest colour profile that is looked at, in bytes; large printer profiles
/// have 2 to 4 MB.
const MAX_PROFILE_BYTES: usize = 16 * 1024 * 1024;

/// A colour profile that can be applied.
pub(super) struct Profile(ColorProfile);

impl Profile {
    /// Reads a profile; one that is broken is as if it were not there.
    pub(super) fn read(icc: &[u8]) -> Option<Self> {
        if icc.len() > MAX_PROFILE_BYTES {
            return None;
        }
        ColorProfile::new_from_slice(icc).ok().map(Self)
    }

    /// Turns 8-bit samples of `layout` into sRGB; `None` when the profile is not
    /// for such samples.
    fn apply(&self, samples: &[u8], layout: Layout) -> Option<Vec<u8>> {
        let fits = match self.0.color_space {
            DataColorSpace::Gray => matches!(layout, Layout::GrayAlpha),
            DataColorSpace::Rgb => matches!(layout, Layout::Rgba),
            _ => false,
        };
        let srgb = ColorProfile::new_srgb();
        let options = TransformOptions::default();
        let transform = fits.then(|| {
            self.0
                .create_transform_8bit(layout, &srgb, Layout::Rgba, options)
        })?;
        let pixels = samples.len() / layout.channels();
        let mut rgba = vec![0; pixels.checked_mul(4)?];
        transform.ok()?.transform(samples, &mut rgba).ok()?;
        Some(rgba)
    }
}

/// Turns decoded samples into RGBA8 in sRGB.
pub(super) fn to_srgb(
    raw: Vec<u8>,
    colours: ColorType,
    profile: Option<&Profile>,
) -> Result<Vec<u8>, DocumentError> {
    let samples = to_8_bit(raw, colours)?;
    let grey = channels(colours) <= 2;
    let (samples, layout) = match (channels(colours), grey && profile.is_some()) {
        (1, true) => (spread::<1, 2>(&samples, |[l]| [l, 255]), Layout::GrayAlpha),
        (2, true) => (samples, Layout::GrayAlpha),
        (1, false) => (spread::<1, 4>(&samples, |[l]| [l, l, l, 255]), Layout::Rgba),
        (2, false) => (
            spread::<2, 4>(&samples, |[l, a]| [l, l, l, a]),
            Layout::Rgba,
        ),
        (3, _) => (
            spread::<3, 4>(&samples, |[r, g, b]| [r, g, b, 255]),
            Layout::Rgba,
        ),
        _ => (samples, Layout::Rgba),
    };
    match profile.and_then(|profile| profile.apply(&samples, layout)) {
        Some(rgba) => Ok(rgba),
        None if matches!(layout, Layout::GrayAlpha) => {
            Ok(spread::<2, 4>(&samples, |[l, a]| [l, l, l, a]))
        }
        None => Ok(samples),
    }
}

/// Makes every pixel of `N` samples one of `M`.
fn spread<const N: usize, const M: usize>(
    samples: &[u8],
    pixel: impl Fn([u8; N]) -> [u8; M],
) -> Vec<u8> {
    let (pixels, _) = samples.as_chunks::<N>();
    pixels.iter().flat_map(|samples| pixel(*samples)).collect()
}

fn to_8_bit(raw: Vec<u8>, colours: ColorType) -> Result<Vec<u8>, DocumentError> {
    let per_sample = usize::from(colours.bytes_per_pixel()) / channels(colours);
    match per_sample {
        1 => Ok(raw),
        2 => {
            let (samples, _) = raw.as_chunks::<2>();
            let round = |sample: u16| ((u32::from(sample) * 255 + 32_767) / 65_535) as u8;
            Ok(samples
                .iter()
                .map(|s| round(u16::from_ne_bytes(*s)))
                .collect())
        }
        4 => Ok(tone_map(&raw, channels(colours))),
        _ => Err(DocumentError::Unsupported(
            "its samples are of a size that is not known here".to_owned(),
        )),
    }
}

/// Linear light → 8-bit sRGB. Alpha, the fourth channel, is linear.
fn tone_map(raw: &[u8], channels: usize) -> Vec<u8> {
    let (samples, _) = raw.as_chunks::<4>();
    let light: Vec<f32> = samples
        .iter()
        .map(|s| light(f32::from_ne_bytes(*s)))
        .collect();
    let white = light
        .chunks_exact(channels)
        .map(luminance)
        .fold(1.0_f32, f32::max);
    light
        .chunks_exact(channels)
        .flat_map(|pixel| {
            let scale = reinhard(luminance(pixel), white);
            pixel
                .iter()
                .enumerate()
                .map(move |(channel, value)| match channel {
                    3 => (value.min(1.0) * 255.0).round() as u8,
                    _ => encode(value * scale),
                })
        })
        .collect()
}

/// What is not light is none.
fn light(sample: f32) -> f32 {
    if sample.is_finite() {
        sample.clamp(0.0, 1e9)
    } else {
        0.0
    }
}

/// Luminance of linear sRGB (ITU-R BT.709).
fn luminance(pixel: &[f32]) -> f32 {
    match pixel {
        [r, g, b, ..] => 0.2126 * r + 0.7152 * g + 0.0722 * b,
        [l, ..] => *l,
        [] => 0.0,
    }
}

/// Factor of Reinhard's extended curve: `white` becomes 1. Nothing changes for
/// a picture that is nowhere brighter than white.
fn reinhard(luminance: f32, white: f32) -> f32 {
    if white <= 1.0 {
        return 1.0;
    }
    (1.0 + luminance / (white * white)) / (1.0 + luminance)
}

/// The transfer function of sRGB.
fn encode(light: f32) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let value = if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    };
    (value * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_sample_becomes_rgba() {
        let grey = to_srgb(vec![7], ColorType::L8, None).unwrap();
        assert_eq!(grey, [7, 7, 7, 255]);
        let grey = to_srgb(vec![7, 9], ColorType::La8, None).unwrap();
        assert_eq!(grey, [7, 7, 7, 9]);
        let wide: Vec<u8> = [0_u16, 32_768, 65_535]
            .iter()
            .flat_map(|s| s.to_ne_bytes())
            .collect();
        assert_eq!(
            to_srgb(wide, ColorType::Rgb16, None).unwrap(),
            [0, 128, 255, 255]
        );
    }

    #[test]
    fn light_is_bounded_and_not_a_number_is_dark() {
        let raw = |light: [f32; 3]| {
            light
                .iter()
                .flat_map(|s| s.to_ne_bytes())
                .collect::<Vec<_>>()
        };
        let map = |light| to_srgb(raw(light), ColorType::Rgb32F, None).unwrap();
        assert_eq!(map([0.0, 0.5, 1.0]), [0, 188, 255, 255]);
        assert_eq!(map([f32::NAN, f32::INFINITY, -1.0]), [0, 0, 0, 255]);
        assert_eq!(map([1e30, 1e30, 1e30]), [255, 255, 255, 255]);
    }

    #[test]
    fn broken_profile_is_as_if_there_were_none() {
        assert!(Profile::read(b"no profile").is_none());
        assert!(Profile::read(&[]).is_none());
    }

    #[test]
    fn wide_gamut_red_is_cut_to_the_strongest_red() {
        let icc = ColorProfile::new_display_p3().encode().unwrap();
        let profile = Profile::read(&icc).unwrap();
        let rgba = to_srgb(vec![255, 0, 0], ColorType::Rgb8, Some(&profile)).unwrap();
        assert_eq!(rgba, [255, 0, 0, 255]);
        let rgba = to_srgb(vec![200, 100, 100], ColorType::Rgb8, Some(&profile)).unwrap();
        assert!(rgba[0] > 200 && rgba[1] < 100, "{rgba:?}");
    }
}
