//! Words that formats have places for: text in PNG, comments in JPEG and GIF, title and
//! description of an SVG.

use super::Property;
use ipc::InfoKey;
use ipc::limits::MAX_TEXT_BYTES;
use roxmltree::{Document, Node};

const SVG: &str = "http://www.w3.org/2000/svg";

/// Most comments of a GIF, and blocks that are looked through for them.
const MAX_COMMENTS: usize = 20;
const MAX_BLOCKS: usize = 1_000_000;

/// A remark by its name: "PNG Title" is a title.
pub(super) fn property(name: &str, value: &str) -> Property {
    let word = name.split_once(' ').map_or(name, |(_, word)| word);
    let key = match word.to_lowercase().as_str() {
        "title" => Some(InfoKey::Title),
        "author" | "artist" => Some(InfoKey::Author),
        "description" => Some(InfoKey::Subject),
        "copyright" => Some(InfoKey::Copyright),
        "creation time" => Some(InfoKey::Created),
        "software" => Some(InfoKey::Creator),
        "comment" => Some(InfoKey::Comment),
        _ => None,
    };
    Property {
        key,
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

/// UTF-8, or Latin 1 as the least wrong of what was meant.
pub(super) fn words(bytes: &[u8]) -> String {
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    str::from_utf8(bytes).map_or_else(|_| latin(bytes), str::to_owned)
}

pub(super) fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// Data that is written as text: a name, a length and digits, on lines of their own.
pub(super) fn from_hexadecimal(text: &[u8]) -> Option<Vec<u8>> {
    let mut lines = text.trim_ascii_start().splitn(3, |byte| *byte == b'\n');
    let digits = lines
        .nth(2)?
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace());
    let digits: Option<Vec<u8>> = digits
        .map(|byte| char::from(*byte).to_digit(16).map(|digit| digit as u8))
        .collect();
    let digits = digits?;
    let (pairs, _) = digits.as_chunks::<2>();
    Some(pairs.iter().map(|[high, low]| (high << 4) | low).collect())
}

/// Comments among the blocks of a GIF (GIF89a, 24).
pub(super) fn of_gif(file: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = colours(file.get(10..).unwrap_or_default(), 3);
    for _ in 0..MAX_BLOCKS {
        let Some([kind, label, ..]) = rest else {
            break;
        };
        let after = match (kind, label) {
            (0x21, _) => rest.and_then(|rest| rest.get(2..)),
            // A place and a size, colours of its own, and how long its codes are.
            (0x2c, _) => {
                let frame = rest.and_then(|rest| rest.get(9..)).unwrap_or_default();
                colours(frame, 1).and_then(|rest| rest.get(1..))
            }
            _ => break,
        };
        let is_comment = (*kind, *label) == (0x21, 0xfe);
        let (words, behind) = blocks(after.unwrap_or_default(), is_comment);
        if is_comment && found.len() < MAX_COMMENTS {
            found.push(self::words(&words));
        }
        rest = behind;
    }
    found
}

/// What follows a byte of flags, so many bytes, and the colours that it announces.
fn colours(from: &[u8], header: usize) -> Option<&[u8]> {
    let flags = *from.first()?;
    let has = flags & 0x80 != 0;
    let colours = if has { 3 << ((flags & 7) + 1) } else { 0 };
    from.get(header + colours..)
}

/// Blocks until the empty one: their bytes where they are `kept`, and what follows.
fn blocks(mut rest: &[u8], kept: bool) -> (Vec<u8>, Option<&[u8]>) {
    let mut all = Vec::new();
    while let [length, after @ ..] = rest {
        if *length == 0 {
            return (all, Some(after));
        }
        let Some((block, behind)) = after.split_at_checked((*length).into()) else {
            break;
        };
        if kept && all.len() < MAX_TEXT_BYTES {
            all.extend_from_slice(block);
        }
        rest = behind;
    }
    (all, None)
}

/// What a drawing says about itself.
pub(super) fn of_svg<'d>(document: &'d Document<'_>) -> impl Iterator<Item = Property> + use<'d> {
    let root = document.root_element();
    let parts = [("title", InfoKey::Title), ("desc", InfoKey::Subject)];
    parts.into_iter().filter_map(move |(name, key)| {
        let is_it = |node: &Node<'_, '_>| node.has_tag_name((SVG, name));
        let element = root.children().find(is_it)?;
        let text = element.descendants().filter(Node::is_text);
        let text = text.filter_map(|node| node.text());
        Some(Property {
            key: Some(key),
            name: format!("SVG {name}"),
            value: text.take(100).collect::<Vec<_>>().join(" "),
        })
    })
}
