//! What `pellucid.toml` says, put into a window before it opens.

use super::canvas::Choice;
use super::document::view::{Looks, Zoom};
use super::shell::{Shell, ThemePreference};
use super::store::Settings;
use crate::config::values::{Contrast, Fit, Gpu, Limited, Motion, Paging, Theme};
use crate::config::{Config, Document, Window};

impl From<Gpu> for Choice {
    fn from(gpu: Gpu) -> Self {
        match gpu {
            Gpu::Auto => Self::Auto,
            Gpu::Vulkan => Self::Vulkan,
            Gpu::Gl => Self::Gl,
            Gpu::Cpu => Self::Cpu,
        }
    }
}

/// Takes over what is said, and leaves the rest as it is.
pub(crate) fn apply(config: &Config, shell: &mut Shell) {
    let settings = settings(config, shell.store.settings());
    shell.store.begin_with(settings);
    shell.first_looks = looks(&config.document, shell.first_looks);
    shell.memory_bytes = config.renderer.limits().memory_bytes;
    if let Some(percent) = config.sound.volume {
        shell.loudspeaker.set_volume(percent.get() as f32 / 100.0);
    }
}

fn settings(config: &Config, before: Settings) -> Settings {
    let Window {
        theme,
        contrast,
        motion,
        scale,
        ..
    } = &config.window;
    Settings {
        theme: theme.map_or(before.theme, |theme| match theme {
            Theme::System => ThemePreference::System,
            Theme::Light => ThemePreference::Light,
            Theme::Dark => ThemePreference::Dark,
        }),
        high_contrast: contrast.map_or(before.high_contrast, |contrast| match contrast {
            Contrast::System => None,
            Contrast::Usual => Some(false),
            Contrast::High => Some(true),
        }),
        still: motion.map_or(before.still, |motion| match motion {
            Motion::System => None,
            Motion::Usual => Some(false),
            Motion::Reduced => Some(true),
        }),
        scale_percent: small(*scale, before.scale_percent),
        slide_seconds: small(config.document.slide_seconds, before.slide_seconds),
        ..before
    }
}

/// A number whose largest is far below 65 536.
fn small<const LEAST: i64, const MOST: i64>(
    said: Option<Limited<LEAST, MOST>>,
    before: u16,
) -> u16 {
    said.and_then(|said| u16::try_from(said.get()).ok())
        .unwrap_or(before)
}

fn looks(said: &Document, before: Looks) -> Looks {
    let mut looks = before;
    if let Some(fit) = said.fit {
        looks.zoom = match fit {
            Fit::Page => Zoom::Page,
            Fit::Width => Zoom::Width,
            Fit::Content => Zoom::Content,
        };
    }
    if let Some(pages) = said.pages {
        looks.arrangement.dual = pages != Paging::One;
        looks.arrangement.cover = pages == Paging::Cover;
    }
    if let Some(right_to_left) = said.right_to_left {
        looks.arrangement.right_to_left = right_to_left;
    }
    looks.continuous = said.continuous.unwrap_or(before.continuous);
    looks
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::window::document::view::View;

    #[test]
    fn what_is_said_holds_and_what_is_not_stays() {
        let before = Settings {
            theme: ThemePreference::Light,
            high_contrast: Some(true),
            scale_percent: 130,
            ..Settings::default()
        };
        let nothing = Config::default();
        assert_eq!(settings(&nothing, before), before);
        let looks_before = View::new(false).looks();
        assert_eq!(looks(&nothing.document, looks_before), looks_before);

        let said = "[window]\ntheme = \"dark\"\ncontrast = \"system\"\nmotion = \"reduced\"\n\
                    [document]\nfit = \"page\"\npages = \"cover\"\ncontinuous = false\n\
                    slide-seconds = 9";
        let said: Config = toml::from_str(said).unwrap();
        let after = settings(&said, before);
        assert_eq!(after.theme, ThemePreference::Dark);
        assert_eq!((after.high_contrast, after.still), (None, Some(true)));
        assert_eq!((after.scale_percent, after.slide_seconds), (130, 9));
        let after = looks(&said.document, looks_before);
        assert_eq!((after.zoom, after.continuous), (Zoom::Page, false));
        assert!(after.arrangement.dual && after.arrangement.cover);
    }
}
