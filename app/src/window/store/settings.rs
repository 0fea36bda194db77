//! What the user has chosen for every document.

use crate::window::canvas::Colors;
use egui::ThemePreference;
use serde::{Deserialize, Serialize};

/// Least and largest size of the chrome, in percent.
pub(super) const SCALES: (u16, u16) = (70, 300);

/// Shortest and longest time of a picture in a slide show, in seconds.
pub(super) const SLIDES: (u16, u16) = (1, 300);

/// How the user wants the window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    #[serde(with = "theme_name")]
    pub(crate) theme: ThemePreference,
    /// `None` is as the desktop wants it.
    pub(crate) high_contrast: Option<bool>,
    /// Size of the chrome.
    pub(crate) scale_percent: u16,
    /// How long each picture of a slide show is shown.
    pub(crate) slide_seconds: u16,
    /// What letters and paper are to look like where the user wants that.
    pub(crate) colors: Colors,
    /// Whether nothing is to move by itself; `None` is as the desktop wants it. Only
    /// `pellucid.toml` says it.
    #[serde(skip)]
    pub(crate) still: Option<bool>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemePreference::System,
            high_contrast: None,
            scale_percent: 100,
            slide_seconds: 5,
            colors: Colors::default(),
            still: None,
        }
    }
}

impl Settings {
    /// As one may ask for it; what was read from a file may be anything.
    pub(super) fn checked(mut self) -> Self {
        self.scale_percent = self.scale_percent.clamp(SCALES.0, SCALES.1);
        self.slide_seconds = self.slide_seconds.clamp(SLIDES.0, SLIDES.1);
        self
    }
}

/// A theme by its name.
mod theme_name {
    use egui::ThemePreference;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        theme: &ThemePreference,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(match theme {
            ThemePreference::Dark => "dark",
            ThemePreference::Light => "light",
            ThemePreference::System => "system",
        })
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(
        from: D,
    ) -> Result<ThemePreference, D::Error> {
        Ok(match String::deserialize(from)?.as_str() {
            "dark" => ThemePreference::Dark,
            "light" => ThemePreference::Light,
            _ => ThemePreference::System,
        })
    }
}
