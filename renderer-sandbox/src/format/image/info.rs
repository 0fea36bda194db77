//! What a picture says about itself.

use super::colour::Profile;
use super::decode::Header;
use exif::{Exif, In, Reader, Tag};
use image::metadata::Orientation;
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{InfoField, InfoKey, Text};

/// Largest EXIF block that is looked at: what fits in one JPEG segment, and
/// room for the formats that have no such bound.
const MAX_EXIF_BYTES: usize = 1024 * 1024;

pub(super) fn read(header: &Header) -> Vec<InfoField> {
    let mut fields = vec![
        field(
            InfoKey::PixelSize,
            &format!("{} × {}", header.width, header.height),
        ),
        field(InfoKey::ColorType, &format!("{:?}", header.colours)),
    ];
    if let Some(icc) = &header.icc {
        let what = match Profile::read(icc) {
            Some(_) => "embedded profile, applied",
            None => "embedded profile, broken and ignored",
        };
        fields.push(field(InfoKey::ColorProfile, what));
    }
    if header.orientation != Orientation::NoTransforms {
        let number = header.orientation.to_exif();
        fields.push(field(InfoKey::Orientation, &format!("{number}, applied")));
    }
    if let Some(exif) = header.exif.as_deref().and_then(parse) {
        fields.extend(from_exif(&exif));
    }
    fields
}

fn field(key: InfoKey, value: &str) -> InfoField {
    InfoField {
        key,
        value: Text::cleaned(value, MAX_TEXT_BYTES),
    }
}

fn parse(bytes: &[u8]) -> Option<Exif> {
    let bytes = bytes
        .get(..)
        .filter(|bytes| bytes.len() <= MAX_EXIF_BYTES)?;
    Reader::new().read_raw(bytes.to_vec()).ok()
}

fn from_exif(exif: &Exif) -> Vec<InfoField> {
    let groups: [(InfoKey, &[Tag]); 6] = [
        (InfoKey::Camera, &[Tag::Make, Tag::Model]),
        (InfoKey::Lens, &[Tag::LensModel]),
        (
            InfoKey::Exposure,
            &[
                Tag::ExposureTime,
                Tag::FNumber,
                Tag::PhotographicSensitivity,
            ],
        ),
        (InfoKey::Created, &[Tag::DateTimeOriginal]),
        (InfoKey::Creator, &[Tag::Software]),
        (InfoKey::Location, &[Tag::GPSLatitude, Tag::GPSLongitude]),
    ];
    groups
        .into_iter()
        .filter_map(|(key, tags)| {
            let parts: Vec<String> = tags.iter().filter_map(|tag| value(exif, *tag)).collect();
            (!parts.is_empty()).then(|| field(key, &parts.join(", ")))
        })
        .collect()
}

fn value(exif: &Exif, tag: Tag) -> Option<String> {
    let found = exif.get_field(tag, In::PRIMARY)?;
    let shown = found.display_value().with_unit(exif).to_string();
    // Text comes in quotation marks.
    let shown = shown.trim_matches('"').trim().to_owned();
    (!shown.is_empty()).then_some(shown)
}
