//! What a picture says about itself, from its header and structure; nothing is
//! decoded for it.

use super::decode::{Header, Picture};
use super::frames::Frames;
use super::metadata;
use super::profile::Profile;
use super::words::ENDS_EARLY;
use exif::{DateTime, Exif, Field, In, Reader, Tag, Value};
use image::metadata::Orientation;
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{Format, InfoField, InfoKey, Text};

/// Largest EXIF block that is looked at, in bytes: what fits in one JPEG
/// segment (64 KiB), and room for the formats that have no such bound.
const MAX_EXIF_BYTES: usize = 1024 * 1024;

/// Reads everything but what decoding will tell.
pub(super) fn read(picture: Picture<'_>, header: &Header, frames: &Frames) -> Vec<InfoField> {
    let Picture { file, format, .. } = picture;
    let mut fields = stored(file, format, header, frames);
    let block = match format {
        // The file itself is such a structure.
        Format::Tiff => Some(file),
        _ => header.exif.as_deref(),
    };
    if let Some(exif) = block.and_then(parse) {
        fields.extend(from_exif(&exif));
    }
    fields.extend(metadata::read(file, format, &fields));
    fields
}

/// A notice of ours.
pub(super) fn notice(words: &str) -> InfoField {
    field(InfoKey::Notice, words)
}

fn field(key: InfoKey, value: &str) -> InfoField {
    InfoField {
        key,
        value: Text::cleaned(value, MAX_TEXT_BYTES),
    }
}

fn stored(document: &[u8], format: Format, header: &Header, frames: &Frames) -> Vec<InfoField> {
    let size = format!("{} × {}", header.width, header.height);
    let mut fields = vec![
        field(InfoKey::PixelSize, &size),
        field(InfoKey::ColorType, &header.colours),
    ];
    if let Some(version) = version(document, format) {
        fields.push(field(InfoKey::Version, version));
    }
    match (&header.icc, header.light) {
        (_, Some(light)) => fields.push(field(InfoKey::ColorProfile, light.name())),
        (Some(icc), None) => fields.push(profile(icc, header)),
        (None, None) => {}
    }
    if header.orientation != Orientation::NoTransforms {
        let number = header.orientation.to_exif();
        let words = format!("{number}: {}, applied", turned(header.orientation));
        fields.push(field(InfoKey::Orientation, &words));
    }
    if let Some(words) = frames.words() {
        fields.push(field(InfoKey::Animation, &words));
    }
    if frames.is_cut() {
        fields.push(notice(ENDS_EARLY));
    }
    fields
}

/// Formats that say which version of them a file follows.
fn version(document: &[u8], format: Format) -> Option<&'static str> {
    match (format, document) {
        (Format::Gif, [b'G', b'I', b'F', b'8', b'7', ..]) => Some("87a"),
        (Format::Gif, _) => Some("89a"),
        (Format::Tiff, [b'I', b'I', b'+', ..] | [b'M', b'M', _, b'+', ..]) => Some("BigTIFF"),
        (Format::Pnm, [b'P', b'1' | b'4', ..]) => Some("PBM"),
        (Format::Pnm, [b'P', b'2' | b'5', ..]) => Some("PGM"),
        (Format::Pnm, [b'P', b'3' | b'6', ..]) => Some("PPM"),
        (Format::Pnm, [b'P', b'7', ..]) => Some("PAM"),
        _ => None,
    }
}

fn profile(icc: &[u8], header: &Header) -> InfoField {
    let Some(profile) = Profile::read(icc) else {
        return field(InfoKey::ColorProfile, "embedded, broken and ignored");
    };
    let name = profile.name().unwrap_or("embedded");
    let fate = match profile.layout(header.kind.channels) {
        Some(_) => "applied",
        None => "not for such samples, ignored",
    };
    field(InfoKey::ColorProfile, &format!("{name} ({fate})"))
}

/// What was done to set the picture upright.
fn turned(orientation: Orientation) -> &'static str {
    match orientation {
        Orientation::NoTransforms => "as it is",
        Orientation::FlipHorizontal => "mirrored",
        Orientation::Rotate180 => "turned by 180°",
        Orientation::FlipVertical => "mirrored top to bottom",
        Orientation::Rotate90FlipH => "turned by 90° and mirrored",
        Orientation::Rotate90 => "turned by 90°",
        Orientation::Rotate270FlipH => "turned by 270° and mirrored",
        Orientation::Rotate270 => "turned by 270°",
    }
}

fn parse(block: &[u8]) -> Option<Exif> {
    if block.len() > MAX_EXIF_BYTES {
        return None;
    }
    // Some programs write the name of the JPEG segment elsewhere, too.
    let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    Reader::new().read_raw(block.to_vec()).ok()
}

fn from_exif(exif: &Exif) -> Vec<InfoField> {
    let found = [
        (InfoKey::Title, joined(exif, &[Tag::ImageDescription])),
        (InfoKey::Author, joined(exif, &[Tag::Artist])),
        (InfoKey::Camera, camera(exif)),
        (InfoKey::Lens, joined(exif, &[Tag::LensModel])),
        (InfoKey::Exposure, exposure(exif)),
        (InfoKey::Created, created(exif)),
        (
            InfoKey::Modified,
            time(exif, Tag::DateTime, Tag::OffsetTime),
        ),
        (InfoKey::Creator, joined(exif, &[Tag::Software])),
        (InfoKey::Location, location(exif)),
    ];
    let told = found.into_iter();
    told.filter_map(|(key, value)| value.map(|value| field(key, &value)))
        .collect()
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
        value(exif, Tag::ExposureTime),
        value(exif, Tag::FNumber),
        sensitivity,
        value(exif, Tag::FocalLength),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
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
        let number = value(exif, number)?;
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

fn joined(exif: &Exif, tags: &[Tag]) -> Option<String> {
    let parts: Vec<String> = tags.iter().filter_map(|tag| value(exif, *tag)).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn value(exif: &Exif, tag: Tag) -> Option<String> {
    let found = exif.get_field(tag, In::PRIMARY)?;
    let shown = match &found.value {
        Value::Ascii(parts) => words(parts),
        _ => bounded(found, exif),
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
        _ => 1,
    };
    if parts > MOST {
        return String::new();
    }
    field.display_value().with_unit(exif).to_string()
}
