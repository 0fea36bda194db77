//! How loud a file says its sound is: ReplayGain, and R128 of Opus.

use super::tags::Told;
use ipc::{Gain, Loudness};
use symphonia::core::meta::StandardTag;

/// ReplayGain 2.0 is for −18 LUFS, R128 for −23 (RFC 7845, 5.2.1).
const R128_DB: f32 = 5.0;

/// What the tags say.
pub(super) fn of(told: &Told) -> Loudness {
    use StandardTag as T;
    let find = |pick: fn(&StandardTag) -> Option<&str>| {
        let mut known = told.tags().filter_map(|tag| tag.std.as_ref());
        known.find_map(|tag| pick(tag).and_then(number))
    };
    let track_db = find(|tag| match tag {
        T::ReplayGainTrackGain(words) => Some(words),
        _ => None,
    });
    let track_peak = find(|tag| match tag {
        T::ReplayGainTrackPeak(words) => Some(words),
        _ => None,
    });
    let album_db = find(|tag| match tag {
        T::ReplayGainAlbumGain(words) => Some(words),
        _ => None,
    });
    let album_peak = find(|tag| match tag {
        T::ReplayGainAlbumPeak(words) => Some(words),
        _ => None,
    });
    Loudness {
        track: gain(track_db.or(r128(told, "R128_TRACK_GAIN")), track_peak),
        album: gain(album_db.or(r128(told, "R128_ALBUM_GAIN")), album_peak),
    }
}

/// A gain, whose peak is left out where it makes no sense.
fn gain(db: Option<f32>, peak: Option<f32>) -> Option<Gain> {
    let db = db?;
    Gain::new(db, peak).or_else(|| Gain::new(db, None))
}

/// Decibels in 1/256.
fn r128(told: &Told, name: &str) -> Option<f32> {
    let value: i16 = told.raw(name)?.trim().parse().ok()?;
    Some(f32::from(value) / 256.0 + R128_DB)
}

/// A number with or without its unit: "-7.32 dB", "0,98".
fn number(words: &str) -> Option<f32> {
    let words = words.trim();
    let end = words
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | ',')))
        .unwrap_or(words.len());
    words.get(..end)?.replace(',', ".").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{gain, number};

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for (words, value) in [
            ("-7.32 dB", Some(-7.32)),
            ("+1.5dB", Some(1.5)),
            (" 0,98 ", Some(0.98)),
            ("1", Some(1.0)),
            ("loud", None),
            ("", None),
            ("--1", None),
        ] {
            assert_eq!(number(words), value, "{words}");
        }
    }

    #[test]
    fn peak_that_makes_no_sense_leaves_the_gain_alone() {
        assert_eq!(gain(Some(-3.0), Some(0.0)).unwrap().peak(), None);
        assert_eq!(gain(Some(300.0), None), None);
        assert_eq!(gain(None, Some(1.0)), None);
    }
}
