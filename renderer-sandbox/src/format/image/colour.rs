//! Samples of any kind → premultiplied RGBA8 in sRGB.
//!
//! Works in bands, so that beside the samples and the result only little memory
//! is needed. Each band becomes RGBA (or what the colour profile wants) at the
//! depth of the samples, goes through the profile or the tone map, and is
//! rounded to 8 bits. CMYK without a profile is `(255 - ink)(255 - black) / 255`.

use super::profile::{Executor, Profile};
use super::samples::{Channels, Depth, Kind, Samples, zeroed};
use super::tone::{Histogram, ToneMap};
use crate::format::DocumentError;
use moxcms::Layout;

/// Pixels of one band. At most 16 B × 2 a pixel: 512 KiB stay in the cache.
const BAND_PX: usize = 16 * 1024;

/// Turns decoded samples into premultiplied RGBA8 in sRGB, and says whether the
/// profile could be applied.
pub(super) fn to_rgba(
    samples: Samples,
    profile: Option<&Profile>,
) -> Result<(Vec<u8>, bool), DocumentError> {
    let kind = samples.kind;
    let fitting = profile.filter(|profile| profile.layout(kind.channels).is_some());
    let is_fitting = fitting.is_some() == profile.is_some();
    let changing = fitting.filter(|profile| !profile.is_srgb());
    let converted = match (kind.depth, changing) {
        (_, profile) if is_in_place(kind) => in_place(samples, profile),
        (Depth::Eight, profile) => convert::<u8>(&samples, profile),
        (Depth::Sixteen, profile) => convert::<u16>(&samples, profile),
        // Whatever a profile says of floats is applied, also sRGB.
        (Depth::Float, _) => convert::<f32>(&samples, fitting),
    };
    converted.map(|(rgba, applied)| (rgba, applied && is_fitting))
}

/// Samples as RGBA8 whose alpha is not multiplied in, with their colours as they are.
pub(super) fn straight_rgba8(samples: Samples) -> Result<Vec<u8>, DocumentError> {
    let kind = samples.kind;
    let mut rgba = match kind.depth {
        _ if is_in_place(kind) => samples.bytes,
        Depth::Eight => laid_out::<u8>(&samples)?,
        Depth::Sixteen => laid_out::<u16>(&samples)?,
        Depth::Float => laid_out::<f32>(&samples)?,
    };
    if kind.associated {
        let (pixels, _) = rgba.as_chunks_mut::<4>();
        for [r, g, b, a] in pixels.iter_mut().filter(|pixel| pixel[3] > 0) {
            let out = |c: u8| (u16::from(c) * 255 / u16::from(*a)).min(255) as u8;
            (*r, *g, *b) = (out(*r), out(*g), out(*b));
        }
    }
    Ok(rgba)
}

fn laid_out<T: Sample>(samples: &Samples) -> Result<Vec<u8>, DocumentError> {
    let pixel_bytes = samples.kind.pixel_bytes();
    let pixels = samples.bytes.len() / pixel_bytes;
    let mut rgba = zeroed((pixels as u64).saturating_mul(4))?;
    let (mut read, mut laid_out) = (Vec::new(), Vec::new());
    let bands = samples.bytes.chunks(BAND_PX * pixel_bytes);
    for (from, to) in bands.zip(rgba.chunks_mut(BAND_PX * 4)) {
        T::read(from, &mut read);
        lay_out(&read, samples.kind.channels, None, &mut laid_out);
        T::round(&laid_out, None, to);
    }
    Ok(rgba)
}

/// Whether samples of a kind become RGBA8 without a copy.
pub(super) fn is_in_place(kind: Kind) -> bool {
    kind.depth == Depth::Eight && kind.channels == Channels::Rgba
}

/// What is shown, and whether a profile that was given could be applied.
type Shown = Result<(Vec<u8>, bool), DocumentError>;

fn in_place(mut samples: Samples, profile: Option<&Profile>) -> Shown {
    let executor = profile.and_then(|profile| {
        let layout = profile.layout(samples.kind.channels)?;
        profile.eight(layout)
    });
    let applied = executor.is_some() == profile.is_some();
    if let Some(executor) = executor {
        let mut read = Vec::new();
        for band in samples.bytes.chunks_mut(BAND_PX * 4) {
            u8::read(band, &mut read);
            executor
                .transform(&read, band)
                .map_err(|_| inapplicable())?;
        }
    }
    premultiply(&mut samples.bytes, samples.kind.associated);
    Ok((samples.bytes, applied))
}

fn inapplicable() -> DocumentError {
    DocumentError::Damaged("its colour profile cannot be applied".to_owned())
}

/// A sample of one depth.
trait Sample: Copy + Default {
    const OPAQUE: Self;

    fn read(bytes: &[u8], into: &mut Vec<Self>);
    fn executor(profile: &Profile, layout: Layout) -> Option<Executor<Self>>;
    /// `OPAQUE` minus the sample.
    fn inverse(self) -> Self;
    /// A pixel with alpha taken out of its colours, where that is exact.
    fn straight(pixel: [Self; 4]) -> [Self; 4] {
        pixel
    }
    /// The product of two samples between 0 and `OPAQUE`.
    fn times(self, other: Self) -> Self;
    /// Rounds RGBA in sRGB, or in light where there is a tone map.
    fn round(rgba: &[Self], tone: Option<&ToneMap>, out: &mut [u8]);
}

fn convert<T: Sample>(samples: &Samples, profile: Option<&Profile>) -> Shown {
    let kind = samples.kind;
    let layout = profile.and_then(|profile| profile.layout(kind.channels));
    let executor = profile
        .zip(layout)
        .and_then(|(profile, layout)| T::executor(profile, layout));
    let layout = executor.as_ref().and(layout);
    let applied = executor.is_some() == profile.is_some();
    let band_bytes = BAND_PX * kind.pixel_bytes();
    let tone =
        (kind.depth == Depth::Float && executor.is_none()).then(|| tone_map(samples, band_bytes));
    let pixels = samples.bytes.len() / kind.pixel_bytes();
    let mut rgba = zeroed((pixels as u64).saturating_mul(4))?;
    let (mut read, mut laid_out, mut shown) = (Vec::new(), Vec::new(), Vec::new());
    let bands = samples.bytes.chunks(band_bytes);
    for (from, to) in bands.zip(rgba.chunks_mut(BAND_PX * 4)) {
        T::read(from, &mut read);
        lay_out(&read, kind.channels, layout, &mut laid_out);
        if kind.associated {
            let (pixels, _) = laid_out.as_chunks_mut::<4>();
            pixels
                .iter_mut()
                .for_each(|pixel| *pixel = T::straight(*pixel));
        }
        match &executor {
            Some(executor) => {
                shown.resize(to.len(), T::default());
                executor
                    .transform(&laid_out, &mut shown)
                    .map_err(|_| inapplicable())?;
                T::round(&shown, None, to);
            }
            None => T::round(&laid_out, tone.as_ref(), to),
        }
    }
    premultiply(&mut rgba, kind.associated && kind.depth != Depth::Float);
    Ok((rgba, applied))
}

fn tone_map(samples: &Samples, band_bytes: usize) -> ToneMap {
    let mut histogram = Histogram::new();
    let (mut read, mut laid_out) = (Vec::new(), Vec::new());
    for band in samples.bytes.chunks(band_bytes) {
        f32::read(band, &mut read);
        lay_out(&read, samples.kind.channels, None, &mut laid_out);
        histogram.add(&laid_out);
    }
    ToneMap::new(&histogram)
}

/// Lays samples out as RGBA, or as `layout` where a profile wants it.
fn lay_out<T: Sample>(samples: &[T], channels: Channels, layout: Option<Layout>, out: &mut Vec<T>) {
    let opaque = T::OPAQUE;
    out.clear();
    match (channels, layout) {
        (Channels::Grey, Some(Layout::GrayAlpha)) => spread(samples, out, |[l]| [l, opaque]),
        (Channels::Grey, _) => spread(samples, out, |[l]| [l, l, l, opaque]),
        (Channels::GreyAlpha, Some(Layout::GrayAlpha)) | (Channels::Rgba, _) => {
            out.extend_from_slice(samples);
        }
        (Channels::GreyAlpha, _) => spread(samples, out, |[l, a]| [l, l, l, a]),
        (Channels::Rgb, _) => spread(samples, out, |[r, g, b]| [r, g, b, opaque]),
        (Channels::Cmyk, Some(_)) => out.extend_from_slice(samples),
        (Channels::Cmyk, None) => spread(samples, out, |[c, m, y, k]| {
            let lit = |ink: T| ink.inverse().times(k.inverse());
            [lit(c), lit(m), lit(y), opaque]
        }),
    }
}

/// Makes every pixel of `N` samples one of `M`.
fn spread<T: Copy, const N: usize, const M: usize>(
    samples: &[T],
    out: &mut Vec<T>,
    pixel: impl Fn([T; N]) -> [T; M],
) {
    let (pixels, _) = samples.as_chunks::<N>();
    out.extend(pixels.iter().flat_map(|samples| pixel(*samples)));
}

/// Multiplies alpha into the colours, rounding to the nearest; where that was
/// done before, no colour may exceed its alpha.
fn premultiply(rgba: &mut [u8], associated: bool) {
    let (pixels, _) = rgba.as_chunks_mut::<4>();
    for [r, g, b, a] in pixels {
        if *a == u8::MAX {
            continue;
        }
        let shown = |c: u8| if associated { c.min(*a) } else { c.times(*a) };
        (*r, *g, *b) = (shown(*r), shown(*g), shown(*b));
    }
}

impl Sample for u8 {
    const OPAQUE: Self = Self::MAX;

    fn read(bytes: &[u8], into: &mut Vec<Self>) {
        into.clear();
        into.extend_from_slice(bytes);
    }

    fn executor(profile: &Profile, layout: Layout) -> Option<Executor<Self>> {
        profile.eight(layout)
    }

    fn inverse(self) -> Self {
        Self::MAX - self
    }

    fn times(self, other: Self) -> Self {
        ((u16::from(self) * u16::from(other) + 127) / 255) as Self
    }

    fn round(rgba: &[Self], _: Option<&ToneMap>, out: &mut [u8]) {
        for (to, from) in out.iter_mut().zip(rgba) {
            *to = *from;
        }
    }
}

impl Sample for u16 {
    const OPAQUE: Self = Self::MAX;

    fn read(bytes: &[u8], into: &mut Vec<Self>) {
        let (samples, _) = bytes.as_chunks::<2>();
        into.clear();
        into.extend(samples.iter().map(|sample| Self::from_ne_bytes(*sample)));
    }

    fn executor(profile: &Profile, layout: Layout) -> Option<Executor<Self>> {
        profile.sixteen(layout)
    }

    fn inverse(self) -> Self {
        Self::MAX - self
    }

    fn times(self, other: Self) -> Self {
        ((u32::from(self) * u32::from(other) + 32_767) / 65_535) as Self
    }

    fn round(rgba: &[Self], _: Option<&ToneMap>, out: &mut [u8]) {
        for (to, from) in out.iter_mut().zip(rgba) {
            *to = ((u32::from(*from) * 255 + 32_767) / 65_535) as u8;
        }
    }
}

impl Sample for f32 {
    const OPAQUE: Self = 1.0;

    fn read(bytes: &[u8], into: &mut Vec<Self>) {
        let (samples, _) = bytes.as_chunks::<4>();
        into.clear();
        into.extend(samples.iter().map(|sample| Self::from_ne_bytes(*sample)));
    }

    fn executor(profile: &Profile, layout: Layout) -> Option<Executor<Self>> {
        profile.float(layout)
    }

    fn inverse(self) -> Self {
        1.0 - self
    }

    fn straight([r, g, b, a]: [Self; 4]) -> [Self; 4] {
        if a > 0.0 && a < 1.0 {
            [r / a, g / a, b / a, a]
        } else {
            [r, g, b, a]
        }
    }

    fn times(self, other: Self) -> Self {
        self * other
    }

    fn round(rgba: &[Self], tone: Option<&ToneMap>, out: &mut [u8]) {
        let (from, _) = rgba.as_chunks::<4>();
        let (to, _) = out.as_chunks_mut::<4>();
        for (to, from) in to.iter_mut().zip(from) {
            *to = match tone {
                Some(tone) => tone.pixel(*from),
                None => from.map(|value| (value.clamp(0.0, 1.0) * 255.0).round() as u8),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use moxcms::ColorProfile;

    fn shown(bytes: Vec<u8>, channels: Channels, depth: Depth) -> Vec<u8> {
        let kind = Kind::new(channels, depth);
        to_rgba(Samples { bytes, kind }, None).unwrap().0
    }

    fn with_profile(bytes: &[u8], channels: Channels, made: &ColorProfile) -> (Vec<u8>, bool) {
        let profile = Profile::read(&made.encode().unwrap()).unwrap();
        let samples = Samples {
            bytes: bytes.to_vec(),
            kind: Kind::new(channels, Depth::Eight),
        };
        to_rgba(samples, Some(&profile)).unwrap()
    }

    #[test]
    fn every_kind_of_sample_becomes_rgba() {
        use Channels::{Cmyk, Grey, GreyAlpha, Rgb, Rgba};
        let eight = Depth::Eight;
        assert_eq!(shown(vec![7], Grey, eight), [7, 7, 7, 255]);
        assert_eq!(shown(vec![7, 255], GreyAlpha, eight), [7, 7, 7, 255]);
        assert_eq!(shown(vec![1, 2, 3], Rgb, eight), [1, 2, 3, 255]);
        assert_eq!(shown(vec![1, 2, 3, 255], Rgba, eight), [1, 2, 3, 255]);
        assert_eq!(shown(vec![0, 255, 0, 0], Cmyk, eight), [255, 0, 255, 255]);
        assert_eq!(shown(vec![0, 0, 0, 200], Cmyk, eight), [55, 55, 55, 255]);
    }

    #[test]
    fn sixteen_bits_are_rounded_to_eight() {
        let wide = [0_u16, 32_768, 65_535].map(u16::to_ne_bytes).concat();
        assert_eq!(
            shown(wide, Channels::Rgb, Depth::Sixteen),
            [0, 128, 255, 255]
        );
    }

    #[test]
    fn alpha_is_multiplied_in_once() {
        let rgba = vec![255, 100, 0, 128];
        let mut samples = Samples {
            bytes: rgba,
            kind: Kind::new(Channels::Rgba, Depth::Eight),
        };
        samples.kind.associated = true;
        assert_eq!(to_rgba(samples, None).unwrap().0, [128, 100, 0, 128]);
        let straight = shown(vec![255, 100, 0, 128], Channels::Rgba, Depth::Eight);
        assert_eq!(straight, [128, 50, 0, 128]);
    }

    #[test]
    fn wide_gamut_red_is_cut_to_the_strongest_red() {
        let p3 = ColorProfile::new_display_p3();
        let (rgba, applied) = with_profile(&[255, 0, 0], Channels::Rgb, &p3);
        assert_eq!((rgba, applied), (vec![255, 0, 0, 255], true));
        let (rgba, _) = with_profile(&[200, 100, 100], Channels::Rgb, &p3);
        assert!(rgba[0] > 200 && rgba[1] < 100, "{rgba:?}");
    }

    #[test]
    fn profile_leaves_alpha_as_it_is() {
        let p3 = ColorProfile::new_display_p3();
        let (rgba, _) = with_profile(&[255, 255, 255, 128], Channels::Rgba, &p3);
        assert_eq!(rgba, [128, 128, 128, 128]);
    }

    #[test]
    fn grey_profile_is_for_grey_and_rgb_profile_for_both() {
        let linear = ColorProfile::new_gray_with_gamma(1.0);
        let (rgba, applied) = with_profile(&[55], Channels::Grey, &linear);
        assert!(applied && rgba[0] > 120 && rgba[0] < 135, "{rgba:?}");
        assert_eq!(rgba[3], 255);
        let (rgba, applied) = with_profile(&[1, 2, 3], Channels::Rgb, &linear);
        assert_eq!((rgba, applied), (vec![1, 2, 3, 255], false));
        let adobe = ColorProfile::new_adobe_rgb();
        let (rgba, applied) = with_profile(&[55], Channels::Grey, &adobe);
        assert!(applied && rgba[0] == rgba[1] && rgba[0] != 55, "{rgba:?}");
    }

    #[test]
    fn profile_that_says_nothing_of_its_curves_is_told_to_be_ignored() {
        let mut made = ColorProfile::new_adobe_rgb();
        (made.red_trc, made.green_trc, made.blue_trc) = (None, None, None);
        for (bytes, channels) in [
            (&[1, 2, 3][..], Channels::Rgb),
            (&[1, 2, 3, 255], Channels::Rgba),
        ] {
            let (rgba, applied) = with_profile(bytes, channels, &made);
            assert_eq!((rgba, applied), (vec![1, 2, 3, 255], false));
        }
    }

    #[test]
    fn bands_join() {
        let pixels = BAND_PX * 2 + 3;
        let grey: Vec<u8> = (0..pixels).map(|i| i as u8).collect();
        let rgba = shown(grey.clone(), Channels::Grey, Depth::Eight);
        assert_eq!(rgba.len(), pixels * 4);
        assert!(rgba.chunks(4).zip(grey).all(|(p, l)| p == [l, l, l, 255]));
    }
}
