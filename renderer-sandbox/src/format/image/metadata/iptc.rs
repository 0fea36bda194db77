//! IPTC records: a mark, record and dataset numbers, a length of two bytes, and words.

use super::Property;
use ipc::InfoKey;
use ipc::limits::MAX_TEXT_BYTES;

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
        // Keywords and authors are repeated; of a million of them the first are told.
        match found.iter_mut().find(|other| other.name == name) {
            Some(other) if other.value.len() < MAX_TEXT_BYTES => {
                other.value.push_str(", ");
                other.value.push_str(&words);
            }
            Some(_) => {}
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_joined_as_far_as_they_are_told() {
        let keyword = [MARK, APPLICATION, 25, 0, 3, b'o', b'n', b'e'];
        let told = |count: usize| properties(&keyword.repeat(count));
        assert_eq!(told(3)[0].value, "one, one, one");
        let many = told(100_000);
        assert_eq!(many.len(), 1);
        assert!(many[0].value.len() < MAX_TEXT_BYTES + 5);
    }
}
