//! Where it is, as one line on standard error.

use crate::cli::terminal::printable;
use crate::sound::{GainMode, Phase, State};
use ipc::Sound;
use std::io::{self, Write};

/// Columns that the line may take.
const COLUMNS: usize = 79;

/// What is shown.
pub(super) struct Shown<'a> {
    pub(super) state: &'a State,
    pub(super) sound: &'a Sound,
    pub(super) name: &'a str,
    /// Which file, of how many.
    pub(super) of: (usize, usize),
    pub(super) volume: f32,
    pub(super) muted: bool,
    pub(super) speed: f32,
    pub(super) gain: GainMode,
    pub(super) looped: bool,
}

/// Shows it in place of the last one.
pub(super) fn show(shown: &Shown<'_>) {
    // A terminal that is gone needs no line.
    let _ = write!(io::stderr(), "\r{}\x1b[K", line(shown));
}

/// Leaves nothing behind.
pub(super) fn clear() {
    if io::IsTerminal::is_terminal(&io::stderr()) {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
}

fn line(shown: &Shown<'_>) -> String {
    let Shown {
        state, sound, of, ..
    } = shown;
    let seconds = |frames: u64| frames / u64::from(sound.rate.max(1));
    let mut line = match state.phase {
        Phase::Paused => "paused ".to_owned(),
        _ => String::new(),
    };
    line.push_str(&time(seconds(state.position)));
    if let Some(frames) = sound.frames {
        line.push_str(&format!(" / {}", time(seconds(frames))));
    }
    if of.1 > 1 {
        line.push_str(&format!("  {} of {}", of.0, of.1));
    }
    match shown.muted {
        true => line.push_str("  muted"),
        false if shown.volume < 0.995 => {
            line.push_str(&format!("  {:.0} %", shown.volume * 100.0));
        }
        false => {}
    }
    if (shown.speed - 1.0).abs() > 0.01 {
        line.push_str(&format!("  {:.1}×", shown.speed));
    }
    match shown.gain {
        GainMode::Off => {}
        GainMode::Track if sound.loudness.track.is_none() => {}
        GainMode::Track => line.push_str("  track gain"),
        GainMode::Album => line.push_str("  album gain"),
    }
    if shown.looped {
        line.push_str("  looped");
    }
    line.push_str("  ");
    line.push_str(&printable(shown.name));
    line.chars().take(COLUMNS).collect()
}

fn time(seconds: u64) -> String {
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}:{seconds:02}"),
        (hours, minutes) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}
