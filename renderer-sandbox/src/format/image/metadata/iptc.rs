//! IPTC records: a mark, record and dataset numbers, a length of two bytes, and words.

use super::Property;
use ipc::InfoKey;

/// What stands before each dataset (IIM 4.2, 1.5).
const MARK: u8 = 0x1c;

/// The record of what the picture shows.
const APPLICATION: u8 = 2;

/// Coded character set (1:90): UTF-8.
const UTF_8: &[u8] = b"\x1b%G";

pub(super) fn properties(mut records: &[u8]) -> Vec<Property> {
    let (mut found, mut is_utf_8) = (Vec::<Property>::new(), false);
    while let [MARK, record, dataset, high, low, rest @ ..] = records {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        // Lengths of more than 15 bits are written in another way, by nobody.
        let Some((value, after)) = rest.split_at_checked(length) else {
            break;
        };
        records = after;
        if (*record, *dataset) == (1, 90) {
            is_utf_8 = value == UTF_8;
        }
        if *record != APPLICATION || *dataset == 0 {
            continue;
        }
        let words = words(value, is_utf_8);
        let (key, name) = meaning(*dataset);
        let name = match name {
            Some(name) => format!("IPTC {name}"),
            None => format!("IPTC {record}:{dataset}"),
        };
        // Keywords and authors are repeated.
        match found.iter_mut().find(|other| other.name == name) {
            Some(other) => other.value = format!("{}, {words}", other.value),
            None => found.push(Property {
                key,
                name,
                value: words,
            }),
        }
        if found.len() >= super::MOST {
            break;
        }
    }
    found
}

fn words(value: &[u8], is_utf_8: bool) -> String {
    match std::str::from_utf8(value) {
        Ok(words) => words.to_owned(),
        Err(_) if is_utf_8 => String::from_utf8_lossy(value).into_owned(),
        // Latin 1 is the least wrong of what was meant.
        Err(_) => value.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn meaning(dataset: u8) -> (Option<InfoKey>, Option<&'static str>) {
    match dataset {
        5 => (Some(InfoKey::Title), Some("title")),
        25 => (Some(InfoKey::Keywords), Some("keywords")),
        55 => (Some(InfoKey::Created), Some("date created")),
        80 => (Some(InfoKey::Author), Some("by-line")),
        90 => (Some(InfoKey::Location), Some("city")),
        92 => (Some(InfoKey::Location), Some("sublocation")),
        95 => (Some(InfoKey::Location), Some("state")),
        101 => (Some(InfoKey::Location), Some("country")),
        105 => (None, Some("headline")),
        110 => (None, Some("credit")),
        115 => (None, Some("source")),
        116 => (Some(InfoKey::Copyright), Some("copyright")),
        120 => (Some(InfoKey::Subject), Some("caption")),
        _ => (None, None),
    }
}
