//! What is heard: `play`.

use super::Access;
use clap::Args;
use std::path::PathBuf;

/// `pellucid play`
#[derive(Debug, Args)]
#[command(after_help = PLAY_KEYS)]
pub(crate) struct Play {
    /// The files, or - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) access: Access,

    /// How loud, in percent [default: 100]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) volume: Option<u8>,

    /// How fast, at the same pitch, from 0.25 to 4
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f32,

    /// Which gain of the files makes them as loud as others
    #[arg(long, value_name = "WHICH", value_enum, default_value_t)]
    pub(crate) replaygain: ReplayGain,

    /// The sound device: a name of ALSA, or a file on FreeBSD
    #[arg(long, value_name = "NAME")]
    pub(crate) device: Option<String>,
}

/// What can be pressed on the terminal, for `--help`.
const PLAY_KEYS: &str = "Keys: space or p pause · ← → 5 s (Shift 1 s, Ctrl 60 s) · Home start · Alt+0-9 tenths · \
    ↑ ↓ or 0 9 volume · m mute · [ ] slower, faster, Backspace normal · l A-B loop · \
    n or > next, < previous · r ReplayGain · q quit";

/// Which gain is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum ReplayGain {
    Off,
    #[default]
    Track,
    Album,
}

impl From<ReplayGain> for crate::sound::GainMode {
    fn from(gain: ReplayGain) -> Self {
        match gain {
            ReplayGain::Off => Self::Off,
            ReplayGain::Track => Self::Track,
            ReplayGain::Album => Self::Album,
        }
    }
}

fn speed(text: &str) -> Result<f32, String> {
    use crate::sound::{MAX_SPEED, MIN_SPEED};
    match text.parse::<f32>() {
        Ok(speed) if (MIN_SPEED..=MAX_SPEED).contains(&speed) => Ok(speed),
        _ => Err(format!("is no number from {MIN_SPEED} to {MAX_SPEED}")),
    }
}
