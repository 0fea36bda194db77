//! Colour profiles (ICC): read once, applied in bands.

use super::samples::Channels;
use moxcms::{
    ColorProfile, DataColorSpace, Layout, ProfileText, TransformExecutor, TransformOptions,
};
use std::sync::Arc;

/// Largest colour profile that is looked at, in bytes; large printer profiles
/// have 2 to 4 MB.
const MAX_PROFILE_BYTES: usize = 16 * 1024 * 1024;

/// A colour profile that can be applied.
pub(super) struct Profile(ColorProfile);

/// From samples of one layout to RGBA in sRGB.
pub(super) type Executor<T> = Arc<dyn TransformExecutor<T> + Send + Sync>;

impl Profile {
    /// Reads a profile; `None` when it is broken or too large.
    pub(super) fn read(icc: &[u8]) -> Option<Self> {
        if icc.len() > MAX_PROFILE_BYTES {
            return None;
        }
        ColorProfile::new_from_slice(icc).ok().map(Self)
    }

    /// What it calls itself.
    pub(super) fn name(&self) -> Option<&str> {
        match self.0.description.as_ref()? {
            ProfileText::PlainString(name) => Some(name),
            ProfileText::Localizable(names) => {
                let english = names.iter().find(|name| name.language == "en");
                english.or(names.first()).map(|name| name.value.as_str())
            }
            ProfileText::Description(name) if name.ascii_string.is_empty() => {
                Some(&name.unicode_string)
            }
            ProfileText::Description(name) => Some(&name.ascii_string),
        }
    }

    /// How samples must be laid out for it; `None` when it is for others.
    /// Grey samples are spread to RGB where the profile is for RGB.
    pub(super) fn layout(&self, channels: Channels) -> Option<Layout> {
        let grey = matches!(channels, Channels::Grey | Channels::GreyAlpha);
        match self.0.color_space {
            DataColorSpace::Gray if grey => Some(Layout::GrayAlpha),
            DataColorSpace::Rgb if channels != Channels::Cmyk => Some(Layout::Rgba),
            DataColorSpace::Cmyk if channels == Channels::Cmyk => Some(Layout::Rgba),
            _ => None,
        }
    }

    /// Whether applying it changes no colour by more than one step of 255: most
    /// profiles in the wild are sRGB under one name or another.
    pub(super) fn is_srgb(&self) -> bool {
        if self.0.color_space != DataColorSpace::Rgb {
            return false;
        }
        let probe = probe();
        let mut shown = vec![0; probe.len()];
        let applied = self
            .eight(Layout::Rgba)
            .and_then(|executor| executor.transform(&probe, &mut shown).ok());
        applied.is_some() && probe.iter().zip(&shown).all(|(a, b)| a.abs_diff(*b) <= 1)
    }

    pub(super) fn eight(&self, layout: Layout) -> Option<Executor<u8>> {
        let (to, options) = target();
        self.0
            .create_transform_8bit(layout, &to, Layout::Rgba, options)
            .ok()
    }

    pub(super) fn sixteen(&self, layout: Layout) -> Option<Executor<u16>> {
        let (to, options) = target();
        self.0
            .create_transform_16bit(layout, &to, Layout::Rgba, options)
            .ok()
    }

    pub(super) fn float(&self, layout: Layout) -> Option<Executor<f32>> {
        let (to, options) = target();
        self.0
            .create_transform_f32(layout, &to, Layout::Rgba, options)
            .ok()
    }
}

fn target() -> (ColorProfile, TransformOptions) {
    (ColorProfile::new_srgb(), TransformOptions::default())
}

/// A grid of 9 × 9 × 9 opaque colours.
fn probe() -> Vec<u8> {
    let steps = || (0..9_u16).map(|step| (step * 255 / 8) as u8);
    steps()
        .flat_map(|r| steps().flat_map(move |g| steps().flat_map(move |b| [r, g, b, 255])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(made: &ColorProfile) -> Profile {
        Profile::read(&made.encode().unwrap()).unwrap()
    }

    #[test]
    fn broken_profile_is_none() {
        assert!(Profile::read(b"no profile").is_none());
        assert!(Profile::read(&[]).is_none());
        assert!(Profile::read(&vec![0; MAX_PROFILE_BYTES + 1]).is_none());
    }

    #[test]
    fn every_prefix_of_a_profile_is_a_profile_or_none() {
        let icc = ColorProfile::new_adobe_rgb().encode().unwrap();
        for len in 0..icc.len() {
            if let Some(profile) = Profile::read(&icc[..len]) {
                profile.is_srgb();
            }
        }
    }

    #[test]
    fn srgb_is_known_by_what_it_does() {
        assert!(profile(&ColorProfile::new_srgb()).is_srgb());
        assert!(!profile(&ColorProfile::new_display_p3()).is_srgb());
        assert!(!profile(&ColorProfile::new_adobe_rgb()).is_srgb());
        assert!(!profile(&ColorProfile::new_gray_with_gamma(2.2)).is_srgb());
    }
}
