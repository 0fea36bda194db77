//! What a picture says about itself, from its header and structure; nothing is
//! decoded for it.

use super::decode::{Header, Picture};
use super::frames::Frames;
use super::metadata;
use super::profile::Profile;
use super::words::ENDS_EARLY;
use image::metadata::Orientation;
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{Format, InfoField, InfoKey, Text};

/// Reads everything but what decoding will tell.
pub(super) fn read(picture: Picture<'_>, header: &Header, frames: &Frames) -> Vec<InfoField> {
    let Picture { file, format, .. } = picture;
    let mut fields = stored(file, format, header, frames);
    fields.extend(metadata::read(file, format, header));
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
    let layout = profile.layout(header.kind.channels);
    let fate = match layout.and_then(|layout| profile.eight(layout)) {
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
