//! What the user has written into `pellucid.toml`: how the window is to be, and what
//! a renderer may use.
//!
//! What stands there holds at every start. What does not is as the command line says,
//! or as the window was left.

pub(crate) mod values;

use crate::broker::limits::Limits;
use serde::Deserialize;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;
use values::{Contrast, Fit, Gpu, Limited, Motion, Paging, Theme};

/// Largest configuration file that is read, in bytes: a hundred times one that says
/// everything with a comment on each line.
pub(crate) const MAX_BYTES: u64 = 256 * 1024;

const MIB: u64 = 1024 * 1024;

/// The whole file; what is not said is `None`.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Config {
    pub(crate) window: Window,
    pub(crate) document: Document,
    pub(crate) sound: Sound,
    pub(crate) renderer: Renderer,
}

/// How the window is.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Window {
    pub(crate) theme: Option<Theme>,
    pub(crate) contrast: Option<Contrast>,
    pub(crate) motion: Option<Motion>,
    /// Size of buttons and letters, in percent.
    pub(crate) scale: Option<Limited<70, 300>>,
    pub(crate) gpu: Option<Gpu>,
    pub(crate) private: Option<bool>,
    pub(crate) new_instance: Option<bool>,
}

/// How a document that was not looked at before is shown.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Document {
    pub(crate) fit: Option<Fit>,
    pub(crate) pages: Option<Paging>,
    pub(crate) continuous: Option<bool>,
    pub(crate) right_to_left: Option<bool>,
    /// How long each picture of a slide show is shown.
    pub(crate) slide_seconds: Option<Limited<1, 300>>,
}

/// How sound is played.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Sound {
    /// In percent.
    pub(crate) volume: Option<Limited<0, 100>>,
}

/// What a renderer may use.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Renderer {
    /// In MiB, as `--memory` takes it.
    pub(crate) memory: Option<Limited<16, 1_048_576>>,
    /// In seconds, as `--timeout` takes it.
    pub(crate) timeout: Option<Limited<0, 31_536_000>>,
}

impl Renderer {
    /// The usual limits, changed by what is said here.
    pub(crate) fn limits(&self) -> Limits {
        let usual = Limits::default();
        let memory = self.memory.map(|mib| mib.get().saturating_mul(MIB));
        let answer = self.timeout.map(|seconds| match seconds.get() {
            0 => None,
            seconds => Some(Duration::from_secs(seconds)),
        });
        Limits {
            memory_bytes: memory.unwrap_or(usual.memory_bytes),
            answer: answer.unwrap_or(usual.answer),
            ..usual
        }
    }
}

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// It cannot be read.
    #[error("{0} cannot be read: {1}")]
    Read(String, io::Error),
    /// It is too large to be one.
    #[error("{0} has more than {MAX_BYTES} bytes")]
    TooLarge(String),
    /// It says what cannot be.
    #[error("{name}, line {line}: {mistake}")]
    Mistake {
        /// The file.
        name: String,
        /// From 1.
        line: usize,
        /// In the words of the TOML parser, or of a value.
        mistake: String,
    },
}

impl Config {
    /// What the user's file says; nothing, where there is none.
    ///
    /// # Errors
    ///
    /// [`ConfigError`].
    pub(crate) fn load() -> Result<Self, ConfigError> {
        let file = folder("XDG_CONFIG_HOME", ".config").map(|folder| folder.join("pellucid.toml"));
        file.map_or_else(|| Ok(Self::default()), |file| Self::read(&file))
    }

    fn read(file: &Path) -> Result<Self, ConfigError> {
        let Some(text) = text(file)? else {
            return Ok(Self::default());
        };
        toml::from_str(&text).map_err(|error| ConfigError::Mistake {
            name: name(file),
            line: line(&text, error.span().unwrap_or_default().start),
            mistake: error.message().to_owned(),
        })
    }
}

/// The text of a configuration file; `None` where there is none.
///
/// # Errors
///
/// [`ConfigError`].
pub(crate) fn text(file: &Path) -> Result<Option<String>, ConfigError> {
    let failed = |error| ConfigError::Read(name(file), error);
    let opened = match File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut text = String::new();
    let mut bounded = opened.take(MAX_BYTES + 1);
    bounded.read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(ConfigError::TooLarge(name(file)));
    }
    Ok(Some(text))
}

fn name(file: &Path) -> String {
    crate::cli::printable(&file.to_string_lossy())
}

/// The line on which a byte of the text is, from 1.
pub(crate) fn line(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().iter().take(byte);
    before.filter(|byte| **byte == b'\n').count() + 1
}

/// Our folder below one of the XDG base directories.
pub(crate) fn folder(variable: &str, default: &str) -> Option<PathBuf> {
    let set = std::env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(default));
    set.or_else(home).map(|folder| folder.join("pellucid"))
}

#[cfg(test)]
mod tests;
