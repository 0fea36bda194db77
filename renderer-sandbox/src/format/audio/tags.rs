//! What a file says about its sound.

use super::container::Demuxer;
use super::facts::Facts;
use super::mpeg4::Edit;
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{Coding, InfoField, InfoKey, Sound, Text};
use symphonia::core::meta::{MetadataRevision, RawValue, StandardTag, Tag, Visual};

/// Most tags of one file that are looked at.
const MAX_TAGS: usize = 2048;

/// Most fields of one kind that are told: a song has a few artists.
const MAX_OF_A_KIND: usize = 8;

/// The tags and pictures of a file, those that say most first.
#[derive(Default)]
pub(super) struct Told {
    revisions: Vec<MetadataRevision>,
}

impl Told {
    /// Takes them out of what reads the file.
    pub(super) fn take(demuxer: &mut Demuxer) -> Self {
        let mut metadata = demuxer.metadata();
        let mut revisions = Vec::new();
        while let Some(revision) = metadata.pop() {
            revisions.push(revision);
        }
        revisions.extend(metadata.current().cloned());
        // Version 1 of ID3 cuts titles off after 30 characters.
        revisions.sort_by_key(|revision| revision.info.short_name == "id3v1");
        Self { revisions }
    }

    /// The tags of the file as a whole, then those of its tracks.
    pub(super) fn tags(&self) -> impl Iterator<Item = &Tag> {
        let whole = self.revisions.iter().flat_map(|revision| {
            let tracks = revision.per_track.iter();
            let tracks = tracks.flat_map(|track| track.metadata.tags.iter());
            revision.media.tags.iter().chain(tracks)
        });
        whole.take(MAX_TAGS)
    }

    /// The pictures.
    pub(super) fn pictures(&self) -> impl Iterator<Item = &Visual> {
        self.revisions
            .iter()
            .flat_map(|revision| revision.media.visuals.iter())
    }

    /// The value of a tag by the name it has in the file, in any case.
    pub(super) fn raw(&self, name: &str) -> Option<String> {
        let mut found = self
            .tags()
            .filter(|tag| tag.raw.key.eq_ignore_ascii_case(name));
        found.find_map(|tag| words(&tag.raw.value))
    }

    /// What iTunes says about the beginning and the end: four numbers in
    /// hexadecimal, of which the second is what was put before the sound, the third
    /// what was put behind it, and the fourth its length.
    pub(super) fn gap(&self) -> Option<Edit> {
        let tags = self.tags();
        let mut found = tags.filter(|tag| tag.raw.key.to_ascii_lowercase().ends_with("itunsmpb"));
        let value = found.find_map(|tag| words(&tag.raw.value))?;
        let mut numbers = value.split_whitespace().skip(1);
        let mut number = || u64::from_str_radix(numbers.next()?, 16).ok();
        let (skip, _, length) = (number()?, number()?, number()?);
        Some(Edit {
            skip,
            length: Some(length).filter(|length| *length > 0),
        })
    }
}

fn words(value: &RawValue) -> Option<String> {
    match value {
        RawValue::String(words) => Some(words.to_string()),
        RawValue::StringList(list) => list.first().cloned(),
        RawValue::SignedInt(number) => Some(number.to_string()),
        RawValue::UnsignedInt(number) => Some(number.to_string()),
        RawValue::Float(number) => Some(number.to_string()),
        _ => None,
    }
}

/// All that is told of a sound.
pub(super) fn info(told: &Told, facts: &Facts, sound: Sound, bytes: usize) -> Vec<InfoField> {
    let mut fields = from_tags(told);
    fields.extend(technical(facts, sound, bytes));
    for (key, gain) in [
        (InfoKey::TrackGain, sound.loudness.track),
        (InfoKey::AlbumGain, sound.loudness.album),
    ] {
        if let Some(gain) = gain {
            let peak = gain.peak().map(|peak| format!(", peak {peak:.6}"));
            let words = format!("{:+.2} dB{}", gain.db(), peak.unwrap_or_default());
            fields.push(field(key, &words));
        }
    }
    fields.extend(facts.notices.iter().map(|words| notice(words)));
    fields
}

/// A notice of ours.
pub(super) fn notice(words: &str) -> InfoField {
    field(InfoKey::Notice, words)
}

fn field(key: InfoKey, value: &str) -> InfoField {
    // Lines of a comment as one.
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    InfoField {
        key,
        value: Text::cleaned(&value, MAX_TEXT_BYTES),
    }
}

fn from_tags(told: &Told) -> Vec<InfoField> {
    let mut fields: Vec<InfoField> = Vec::new();
    for tag in told.tags() {
        let Some((key, value)) = tag.std.as_ref().and_then(standard) else {
            continue;
        };
        let field = field(key, value);
        // The same is often said in two kinds of tags, one of which cuts it.
        let same = fields.iter().filter(|other| other.key == key);
        let cut = |other: &InfoField| other.value.as_str().starts_with(field.value.as_str());
        let known = same.clone().any(cut);
        if !field.value.as_str().is_empty() && !known && same.count() < MAX_OF_A_KIND {
            fields.push(field);
        }
    }
    fields.extend(numbers(told));
    fields.sort_by_key(|field| place(field.key));
    fields
}

/// Tags in the order in which people look for them.
fn place(key: InfoKey) -> usize {
    use InfoKey as K;
    let order = [
        K::Title,
        K::Artist,
        K::Album,
        K::AlbumArtist,
        K::Track,
        K::Disc,
        K::Date,
        K::Genre,
        K::Composer,
        K::Comment,
        K::Producer,
    ];
    order
        .iter()
        .position(|known| *known == key)
        .unwrap_or(order.len())
}

fn standard(tag: &StandardTag) -> Option<(InfoKey, &str)> {
    use StandardTag as T;
    Some(match tag {
        T::TrackTitle(words) => (InfoKey::Title, words),
        T::Artist(words) => (InfoKey::Artist, words),
        T::Album(words) => (InfoKey::Album, words),
        T::AlbumArtist(words) => (InfoKey::AlbumArtist, words),
        T::Genre(words) => (InfoKey::Genre, words),
        T::Composer(words) => (InfoKey::Composer, words),
        T::Comment(words) | T::Description(words) => (InfoKey::Comment, words),
        T::ReleaseDate(words) | T::RecordingDate(words) => (InfoKey::Date, words),
        T::Encoder(words) | T::EncodedBy(words) => (InfoKey::Producer, words),
        _ => return None,
    })
}

/// Place on the album, disc and year, which are numbers.
fn numbers(told: &Told) -> Vec<InfoField> {
    use StandardTag as T;
    let find = |pick: fn(&StandardTag) -> Option<u64>| {
        told.tags()
            .filter_map(|tag| tag.std.as_ref())
            .find_map(pick)
    };
    let track = find(|tag| match tag {
        T::TrackNumber(number) => Some(*number),
        _ => None,
    });
    let tracks = find(|tag| match tag {
        T::TrackTotal(number) => Some(*number),
        _ => None,
    });
    let disc = find(|tag| match tag {
        T::DiscNumber(number) => Some(*number),
        _ => None,
    });
    let discs = find(|tag| match tag {
        T::DiscTotal(number) => Some(*number),
        _ => None,
    });
    let dated = |tag: &StandardTag| matches!(tag, T::ReleaseDate(_) | T::RecordingDate(_));
    let has_date = told.tags().filter_map(|tag| tag.std.as_ref()).any(dated);
    let year = find(|tag| match tag {
        T::ReleaseYear(year) | T::RecordingYear(year) => Some((*year).into()),
        _ => None,
    });
    let of = |number: Option<u64>, all: Option<u64>| match (number?, all) {
        (number, Some(all)) if all > 0 => Some(format!("{number} of {all}")),
        (number, _) => Some(number.to_string()),
    };
    let found = [
        (InfoKey::Track, of(track, tracks)),
        (InfoKey::Disc, of(disc, discs)),
        (
            InfoKey::Date,
            year.filter(|_| !has_date).map(|year| year.to_string()),
        ),
    ];
    let found = found.into_iter();
    found
        .filter_map(|(key, value)| Some(field(key, &value?)))
        .collect()
}

fn technical(facts: &Facts, sound: Sound, bytes: usize) -> Vec<InfoField> {
    let mut fields = vec![
        field(InfoKey::Codec, facts.codec),
        field(InfoKey::SampleRate, &format!("{} Hz", sound.rate)),
        field(InfoKey::Channels, &channels(sound)),
    ];
    match sound.coding {
        Coding::Lossless(bits) => fields.push(field(InfoKey::BitDepth, &format!("{bits}"))),
        Coding::Float => fields.push(field(InfoKey::BitDepth, "floating point")),
        Coding::Lossy => {}
    }
    if let Some(frames) = sound.frames.filter(|frames| *frames > 0) {
        let seconds = frames as f64 / f64::from(sound.rate);
        fields.push(field(InfoKey::Duration, &duration(seconds)));
        let kilobits = bytes as f64 * 8.0 / seconds / 1000.0;
        fields.push(field(InfoKey::BitRate, &format!("{kilobits:.0} kbit/s")));
    }
    fields
}

/// Hours where there are some, minutes, and seconds to the millisecond.
fn duration(seconds: f64) -> String {
    let millis = (seconds * 1000.0).round() as u64;
    let (seconds, millis) = (millis / 1000, millis % 1000);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}:{seconds:02}.{millis:03}"),
        (hours, minutes) => format!("{hours}:{minutes:02}:{seconds:02}.{millis:03}"),
    }
}

fn channels(sound: Sound) -> String {
    let name = match (sound.channels, sound.layout) {
        (1, _) => "mono",
        (2, _) => "stereo",
        (3, 0x0B) => "2.1",
        (4, 0x33) => "quadraphonic",
        (6, 0x3F | 0x60F) => "5.1",
        (8, 0x63F | 0xFF) => "7.1",
        _ => return sound.channels.to_string(),
    };
    format!("{} ({name})", sound.channels)
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_told_as_people_write_them() {
        assert_eq!(duration(3.3), "0:03.300");
        assert_eq!(duration(59.9996), "1:00.000");
        assert_eq!(duration(7384.5), "2:03:04.500");
    }
}
