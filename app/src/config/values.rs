//! Values that stand in `pellucid.toml`, by the names they have there.

use serde::Deserialize;

/// Light, dark, or as the desktop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Theme {
    System,
    Light,
    Dark,
}

/// How lines and letters stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Contrast {
    System,
    Usual,
    High,
}

/// Whether anything moves by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Motion {
    System,
    Usual,
    Reduced,
}

/// What the window is drawn with, as `--gpu` takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Gpu {
    Auto,
    Vulkan,
    Gl,
    Cpu,
}

/// How large pages are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fit {
    Page,
    Width,
    Content,
}

/// How many pages stand in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Paging {
    One,
    Two,
    /// Two, and the first one alone.
    Cover,
}

/// A whole number between two others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct Limited<const LEAST: i64, const MOST: i64>(u64);

impl<const LEAST: i64, const MOST: i64> Limited<LEAST, MOST> {
    pub(crate) fn get(self) -> u64 {
        self.0
    }
}

impl<const LEAST: i64, const MOST: i64> TryFrom<i64> for Limited<LEAST, MOST> {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        let within = (LEAST..=MOST).contains(&number);
        let number = u64::try_from(number).ok().filter(|_| within);
        number
            .map(Self)
            .ok_or_else(|| format!("a number from {LEAST} to {MOST} is wanted"))
    }
}
