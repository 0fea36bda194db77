//! What cameras and programs have written into a picture about it: EXIF, XMP
//! (ISO 16684-1), the older IPTC records (IIM 4.2), and words that formats have places
//! for. Nothing of it is followed, and entities are not expanded.
//!
//! | file | holds |
//! |---|---|
//! | `packets` | where they stand in a file of each format |
//! | `boxes` | the same in files of boxes: JPEG 2000, AVIF |
//! | `exif` | tags of EXIF |
//! | `skeleton` | the tags of a TIFF without its pictures |
//! | `xmp` | properties of an XMP packet, and of other RDF |
//! | `iptc` | records of IPTC |
//! | `remarks` | words in chunks and comments |

mod boxes;
mod exif;
mod iptc;
mod packets;
mod remarks;
mod skeleton;
#[cfg(test)]
mod tests;
mod xmp;

use super::decode::Header;
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{Format, InfoField, InfoKey, Text};
use packets::Packets;
use roxmltree::Document;

/// Most properties of all together that are told.
const MOST: usize = 500;

/// Longest value without a space in it that is told, in bytes: what is longer is data
/// for programs.
const MAX_VALUE_BYTES: usize = 2000;

/// One property.
struct Property {
    /// What it is where that is worth a line of its own.
    key: Option<InfoKey>,
    /// Its name in full: "XMP dc:title".
    name: String,
    value: String,
}

/// What is written in a picture: first what everybody wants to know, then all the rest
/// by its name.
pub(super) fn read(file: &[u8], format: Format, header: &Header) -> Vec<InfoField> {
    let mut packets = packets::find(file, format);
    if let Some(exif) = &header.exif {
        packets.exif = Some(exif.into());
    }
    packets.xmp.extend(header.xmp.as_ref().map(Into::into));
    told(&packets)
}

/// The same of a camera's raw file, which is a TIFF for most makers, and of boxes for one,
/// beside what its preview says.
pub(super) fn of_raw(file: &[u8]) -> Vec<InfoField> {
    if file.get(4..12) != Some(b"ftypcrx ") {
        return told(&packets::find(file, Format::Tiff));
    }
    let mut packets = Packets::default();
    let blocks = boxes::of_canon(file, &mut packets);
    let exif = blocks.iter().flat_map(|block| exif::properties(block));
    sorted(exif.chain(properties(&packets)))
}

/// What RDF in a document of another kind says, and its words for people.
pub(in crate::format) fn of_svg(document: &Document<'_>) -> Vec<InfoField> {
    sorted(remarks::of_svg(document).chain(xmp::of_rdf(document, "RDF")))
}

fn told(packets: &Packets<'_>) -> Vec<InfoField> {
    sorted(properties(packets))
}

fn properties(packets: &Packets<'_>) -> impl Iterator<Item = Property> {
    let exif = packets
        .exif
        .iter()
        .flat_map(|block| exif::properties(block));
    let xmp = packets
        .xmp
        .iter()
        .flat_map(|packet| xmp::properties(packet));
    let iptc = packets.iptc.iter();
    let iptc = iptc.flat_map(|records| iptc::properties(records));
    let remarks = packets.remarks.iter();
    let remarks = remarks.map(|(name, value)| remarks::property(name, value));
    exif.chain(xmp).chain(iptc).chain(remarks)
}

fn sorted(properties: impl Iterator<Item = Property>) -> Vec<InfoField> {
    let (mut first, mut rest): (Vec<InfoField>, Vec<InfoField>) = (Vec::new(), Vec::new());
    for Property { key, name, value } in properties.take(MOST) {
        // Lines of a caption as one.
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if value.is_empty() || (value.len() > MAX_VALUE_BYTES && !value.contains(' ')) {
            continue;
        }
        let known = |key| first.iter().any(|field: &InfoField| field.key == key);
        match key {
            // Every place is a place; of the same point in two ways of writing, one.
            Some(InfoKey::Location) if name != xmp::POINT || !known(InfoKey::Location) => {
                let field = field(InfoKey::Location, &value);
                if !first.contains(&field) {
                    first.push(field);
                }
            }
            Some(key) if !known(key) => first.push(field(key, &value)),
            _ => rest.push(field(InfoKey::Metadata, &format!("{name}: {value}"))),
        }
    }
    first.extend(rest);
    first
}

fn field(key: InfoKey, value: &str) -> InfoField {
    InfoField {
        key,
        value: Text::cleaned(value, MAX_TEXT_BYTES),
    }
}
