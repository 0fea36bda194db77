//! What there is to tell of a sound beside its tags.

use ipc::{Chapter, Coding, Gain, Sound};
use serde_json::{Value, json};

pub(super) fn json(sound: &Sound, chapters: &[Chapter]) -> Value {
    let coding = match sound.coding {
        Coding::Lossless(_) => "lossless",
        Coding::Float => "float",
        Coding::Lossy => "lossy",
    };
    let chapters: Vec<Value> = chapters
        .iter()
        .map(|chapter| json!({ "start": chapter.start, "title": chapter.title.as_str() }))
        .collect();
    json!({
        "rate": sound.rate,
        "channels": sound.channels,
        "layout": sound.layout,
        "frames": sound.frames,
        "coding": coding,
        "bits": sound.coding.bits(),
        "track_gain": gain(sound.loudness.track),
        "album_gain": gain(sound.loudness.album),
        "chapters": chapters,
    })
}

fn gain(gain: Option<Gain>) -> Value {
    gain.map_or(
        Value::Null,
        |gain| json!({ "db": gain.db(), "peak": gain.peak() }),
    )
}

/// One line for each chapter.
pub(super) fn chapter_lines(sound: &Sound, chapters: &[Chapter]) -> String {
    let line = |chapter: &Chapter| {
        let seconds = chapter.start / u64::from(sound.rate);
        let (minutes, seconds) = (seconds / 60, seconds % 60);
        let at = match (minutes / 60, minutes % 60) {
            (0, minutes) => format!("{minutes}:{seconds:02}"),
            (hours, minutes) => format!("{hours}:{minutes:02}:{seconds:02}"),
        };
        format!("{:<14} {at} {}\n", "Chapter", chapter.title)
    };
    chapters.iter().map(line).collect()
}
