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
    pub(super) looped: Looped,
}

/// What is played again and again.
pub(super) enum Looped {
    No,
    /// From this frame on, as soon as the end is told.
    From(u64),
    Both,
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
    match shown.looped {
        Looped::No => {}
        Looped::From(start) => line.push_str(&format!("  A {}", time(seconds(start)))),
        Looped::Both => line.push_str("  A-B"),
    }
    line.push_str("  ");
    let room = COLUMNS.saturating_sub(line.chars().count());
    line.push_str(&ended(&printable(shown.name), room));
    line.chars().take(COLUMNS).collect()
}

/// A name that is not longer than this: its end, which tells it apart.
fn ended(name: &str, most: usize) -> String {
    let letters = name.chars().count();
    if letters <= most {
        return name.to_owned();
    }
    let kept = name.chars().skip(letters + 1 - most.min(letters).max(1));
    std::iter::once('…').chain(kept).collect()
}

fn time(seconds: u64) -> String {
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}:{seconds:02}"),
        (hours, minutes) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::{Coding, Loudness};

    fn shown(name: &str, looped: Looped) -> String {
        let sound = Sound {
            rate: 1000,
            channels: 2,
            layout: 3,
            frames: Some(90_000),
            coding: Coding::Lossy,
            loudness: Loudness::default(),
        };
        let state = State {
            phase: Phase::Playing,
            track: Some(0),
            position: 65_000,
            empty: None,
            failure: None,
            underruns: 0,
        };
        line(&Shown {
            state: &state,
            sound: &sound,
            name,
            of: (1, 1),
            volume: 1.0,
            muted: false,
            speed: 1.0,
            gain: GainMode::Track,
            looped,
        })
    }

    #[test]
    fn where_a_part_begins_is_told_before_its_end_is() {
        assert_eq!(shown("a.wav", Looped::No), "1:05 / 1:30  a.wav");
        let from = shown("a.wav", Looped::From(61_000));
        assert_eq!(from, "1:05 / 1:30  A 1:01  a.wav");
        assert_eq!(shown("a.wav", Looped::Both), "1:05 / 1:30  A-B  a.wav");
    }

    #[test]
    fn long_name_keeps_its_end_and_the_line_its_length() {
        let name = format!("/music/{}/track 7.flac", "x".repeat(90));
        let line = shown(&name, Looped::No);
        assert_eq!(line.chars().count(), COLUMNS);
        assert!(
            line.contains("  …x") && line.ends_with("x/track 7.flac"),
            "{line}"
        );
        assert_eq!(ended("abc", 0), "…");
        assert_eq!(ended("abc", 2), "…c");
    }
}
