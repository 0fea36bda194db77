//! What programs have written into a picture about it: XMP (ISO 16684-1) and the older
//! IPTC records (IIM 4.2). Nothing of it is followed, and entities are not expanded.
//!
//! | file | holds |
//! |---|---|
//! | `packets` | where they stand in a file of each format |
//! | `xmp` | properties of an XMP packet |
//! | `iptc` | records of IPTC |

mod iptc;
mod packets;
#[cfg(test)]
mod tests;
mod xmp;

use ipc::limits::MAX_TEXT_BYTES;
use ipc::{Format, InfoField, InfoKey, Text};

/// Most properties of both together that are told.
const MOST: usize = 500;

/// Longest value that is told, in bytes: a caption is shorter, and what is longer is
/// data for programs.
const MAX_VALUE_BYTES: usize = 2000;

/// One property.
struct Property {
    /// What it is where that is worth a line of its own.
    key: Option<InfoKey>,
    /// Its name in full: "XMP dc:title".
    name: String,
    value: String,
}

/// What is written in a picture, beside what is known of it already: first what
/// everybody wants to know, then all the rest by its name.
pub(super) fn read(file: &[u8], format: Format, known: &[InfoField]) -> Vec<InfoField> {
    let packets = packets::find(file, format);
    let mut properties = Vec::new();
    for packet in &packets.xmp {
        properties.extend(xmp::properties(packet));
    }
    if let Some(records) = &packets.iptc {
        properties.extend(iptc::properties(records));
    }
    properties.truncate(MOST);
    let (mut first, mut rest): (Vec<InfoField>, Vec<InfoField>) = (Vec::new(), Vec::new());
    for Property { key, name, value } in properties {
        let value = value.trim();
        if value.is_empty() || value.len() > MAX_VALUE_BYTES {
            continue;
        }
        let told = |fields: &[InfoField], key| {
            let mut of_key = fields.iter().filter(|field| field.key == key);
            match key {
                // Every place is a place.
                InfoKey::Location => of_key.any(|field| field.value.as_str() == value),
                _ => of_key.next().is_some(),
            }
        };
        match key {
            Some(key) if !told(known, key) && !told(&first, key) => first.push(field(key, value)),
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
