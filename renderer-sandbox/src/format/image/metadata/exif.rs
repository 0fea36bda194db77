//! EXIF (Exif 2.32): what a camera has written, in a structure of TIFF.

use super::Property;
use exif::{Context, DateTime, Exif, Field, In, Reader, Tag, Value};
use ipc::InfoKey;
use ipc::limits::MAX_TEXT_BYTES;

/// Largest EXIF block that is looked at, in bytes: what fits in one JPEG
/// segment (64 KiB), and room for the formats that have no such bound.
const MAX_EXIF_BYTES: usize = 1024 * 1024;

/// Tags that Windows writes, in UTF-16, and its stars.
const OF_WINDOWS: [(u16, InfoKey); 5] = [
    (0x9c9b, InfoKey::Title),
    (0x9c9c, InfoKey::Comment),
    (0x9c9d, InfoKey::Author),
    (0x9c9e, InfoKey::Keywords),
    (0x9c9f, InfoKey::Subject),
];
const RATING: Tag = Tag(Context::Tiff, 0x4746);

/// What is told in a line with others, or is of no use to anybody but programs.
const TOLD: [Tag; 24] = [
    Tag::Model,
    Tag::LensModel,
    Tag::ExposureTime,
    Tag::FNumber,
    Tag::PhotographicSensitivity,
    Tag::FocalLength,
    Tag::DateTimeOriginal,
    Tag::OffsetTimeOriginal,
    Tag::DateTime,
    Tag::OffsetTime,
    Tag::Software,
    Tag::ImageDescription,
    Tag::Artist,
    Tag::Copyright,
    Tag::GPSLatitude,
    Tag::GPSLatitudeRef,
    Tag::GPSLongitude,
    Tag::GPSLongitudeRef,
    Tag::StripOffsets,
    Tag::StripByteCounts,
    Tag::TileOffsets,
    Tag::TileByteCounts,
    Tag::MakerNote,
    Tag::UserComment,
];

pub(super) fn properties(block: &[u8]) -> Vec<Property> {
    let Some(exif) = parse(block) else {
        return Vec::new();
    };
    let mut all: Vec<Property> = told(&exif);
    let rest = exif.fields().filter(|field| {
        field.ifd_num == In::PRIMARY
            && field.tag.description().is_some()
            && !TOLD.contains(&field.tag)
    });
    all.extend(rest.filter_map(|field| {
        Some(Property {
            key: None,
            name: format!("EXIF {}", field.tag),
            value: shown(field, &exif)?,
        })
    }));
    all
}

fn parse(block: &[u8]) -> Option<Exif> {
    if block.len() > MAX_EXIF_BYTES {
        return None;
    }
    // Some programs write the name of the JPEG segment elsewhere, too.
    let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    // One broken tag says nothing about the others.
    let mut reader = Reader::new();
    let read = reader.continue_on_error(true).read_raw(block.to_vec());
    read.or_else(|error| error.distill_partial_result(|_| {}))
        .ok()
}

fn told(exif: &Exif) -> Vec<Property> {
    let found = [
        (InfoKey::Subject, value(exif, Tag::ImageDescription)),
        (InfoKey::Author, value(exif, Tag::Artist)),
        (InfoKey::Copyright, value(exif, Tag::Copyright)),
        (InfoKey::Rating, value(exif, RATING)),
        (InfoKey::Comment, comment(exif)),
        (InfoKey::Camera, camera(exif)),
        (InfoKey::Lens, value(exif, Tag::LensModel)),
        (InfoKey::Exposure, exposure(exif)),
        (InfoKey::Created, created(exif)),
        (
            InfoKey::Modified,
            time(exif, Tag::DateTime, Tag::OffsetTime),
        ),
        (InfoKey::Creator, value(exif, Tag::Software)),
        (InfoKey::Location, location(exif)),
    ];
    let of_windows = OF_WINDOWS.map(|(tag, key)| (key, wide(exif, tag)));
    let all = found.into_iter().chain(of_windows);
    all.filter_map(|(key, value)| {
        Some(Property {
            key: Some(key),
            name: format!("EXIF {}", plain(key)),
            value: value?,
        })
    })
    .collect()
}

/// What such a line is called where another one has taken its place.
fn plain(key: InfoKey) -> String {
    format!("{key:?}").to_lowercase()
}

/// Words of whoever took the picture: eight letters name their code.
fn comment(exif: &Exif) -> Option<String> {
    let field = exif.get_field(Tag::UserComment, In::PRIMARY)?;
    let Value::Undefined(bytes, _) = &field.value else {
        return None;
    };
    let (code, words) = bytes.split_first_chunk::<8>()?;
    let little = exif.little_endian();
    let words = match code {
        b"UNICODE\0" if little => utf_16(words, u16::from_le_bytes),
        b"UNICODE\0" => utf_16(words, u16::from_be_bytes),
        b"ASCII\0\0\0" | [0, 0, 0, 0, 0, 0, 0, 0] => self::words(&[words.to_vec()]),
        _ => return None,
    };
    (!words.is_empty()).then_some(words)
}

fn wide(exif: &Exif, tag: u16) -> Option<String> {
    let field = exif.get_field(Tag(Context::Tiff, tag), In::PRIMARY)?;
    let Value::Byte(bytes) = &field.value else {
        return None;
    };
    let words = utf_16(bytes, u16::from_le_bytes);
    (!words.is_empty()).then_some(words)
}

fn utf_16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> String {
    let (units, _) = bytes.as_chunks::<2>();
    let units = units
        .iter()
        .take(2 * MAX_TEXT_BYTES)
        .map(|unit| read(*unit));
    let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
    String::from_utf16_lossy(&units).trim().to_owned()
}

fn camera(exif: &Exif) -> Option<String> {
    let model = value(exif, Tag::Model)?;
    match value(exif, Tag::Make) {
        // Many models begin with the name of their maker.
        Some(make) if !model.starts_with(&make) => Some(format!("{make} {model}")),
        _ => Some(model),
    }
}

fn exposure(exif: &Exif) -> Option<String> {
    let sensitivity = value(exif, Tag::PhotographicSensitivity).map(|iso| format!("ISO {iso}"));
    let parts = [
        exposure_time(exif).or_else(|| value(exif, Tag::ExposureTime)),
        value(exif, Tag::FNumber),
        sensitivity,
        value(exif, Tag::FocalLength),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Parts of a second as cameras show them: 1/250 s, however it is written (10/2500, 4/1000).
fn exposure_time(exif: &Exif) -> Option<String> {
    let field = exif.get_field(Tag::ExposureTime, In::PRIMARY)?;
    let Value::Rational(values) = &field.value else {
        return None;
    };
    let seconds = values.first()?.to_f64();
    // From a quarter of a second on a decimal says it better.
    let is_part = seconds > 0.0 && seconds < 0.25;
    let parts = (1.0 / seconds).round();
    (is_part && parts < 1e6).then(|| format!("1/{parts} s"))
}

fn created(exif: &Exif) -> Option<String> {
    time(exif, Tag::DateTimeOriginal, Tag::OffsetTimeOriginal)
        .or_else(|| time(exif, Tag::DateTimeDigitized, Tag::OffsetTimeDigitized))
}

/// RFC 3339 where the offset is stored beside it, else local time; as it is
/// written where it is no time.
fn time(exif: &Exif, tag: Tag, offset: Tag) -> Option<String> {
    let written = value(exif, tag)?;
    let Ok(time) = DateTime::from_ascii(written.as_bytes()) else {
        return Some(written);
    };
    let shown = time.to_string();
    match value(exif, offset) {
        Some(offset) => Some(format!("{}{offset}", shown.replacen(' ', "T", 1))),
        None => Some(shown),
    }
}

fn location(exif: &Exif) -> Option<String> {
    let place = |number, half| {
        let number = degrees(&value(exif, number)?);
        let half = value(exif, half).unwrap_or_default();
        // With a unit, the half of the globe is shown already.
        Some(if number.ends_with(&half) {
            number
        } else {
            format!("{number} {half}")
        })
    };
    let latitude = place(Tag::GPSLatitude, Tag::GPSLatitudeRef)?;
    let longitude = place(Tag::GPSLongitude, Tag::GPSLongitudeRef)?;
    Some(format!("{latitude}, {longitude}"))
}

/// With the signs of degrees, minutes and seconds in place of their names.
fn degrees(number: &str) -> String {
    let signs = [(" deg", "°"), (" min", "′"), (" sec", "″")];
    let number = number.to_owned();
    signs
        .iter()
        .fold(number, |number, (name, sign)| number.replace(name, sign))
}

fn value(exif: &Exif, tag: Tag) -> Option<String> {
    shown(exif.get_field(tag, In::PRIMARY)?, exif)
}

fn shown(field: &Field, exif: &Exif) -> Option<String> {
    let shown = match &field.value {
        Value::Ascii(parts) => words(parts),
        _ => bounded(field, exif),
    };
    let shown = shown.trim_matches('"').trim().to_owned();
    (!shown.is_empty()).then_some(shown)
}

/// Text as it is; the library would escape everything beyond ASCII.
fn words(parts: &[Vec<u8>]) -> String {
    let mut shown = String::new();
    for part in parts {
        let part = part.get(..MAX_TEXT_BYTES).unwrap_or(part);
        let part = String::from_utf8_lossy(part);
        let part = part.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        if !part.is_empty() && shown.len() < MAX_TEXT_BYTES {
            if !shown.is_empty() {
                shown.push(' ');
            }
            shown.push_str(part);
        }
    }
    shown
}

/// A number of a few parts; a list that nobody would read is left out.
fn bounded(field: &Field, exif: &Exif) -> String {
    const MOST: usize = 8;
    let parts = match &field.value {
        Value::Byte(list) => list.len(),
        Value::Short(list) => list.len(),
        Value::Long(list) => list.len(),
        Value::Rational(list) => list.len(),
        Value::SRational(list) => list.len(),
        Value::SByte(list) => list.len(),
        Value::SShort(list) => list.len(),
        Value::SLong(list) => list.len(),
        Value::Float(list) => list.len(),
        Value::Double(list) => list.len(),
        Value::Undefined(list, _) => list.len(),
        _ => 1,
    };
    if parts > MOST {
        return String::new();
    }
    field.display_value().with_unit(exif).to_string()
}
