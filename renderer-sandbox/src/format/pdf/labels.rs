//! Page labels (ISO 32000-2:2020, 12.4.2): ranges in a number tree.

use super::strings;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, String as PdfString};
use ipc::limits::MAX_LABEL_BYTES;

/// Most nodes of the tree that are looked at; a document with a label range for
/// each of 65 536 pages, 64 to a leaf, has 1025.
const MAX_NODES: usize = 4096;
/// Deepest node that is looked at; also ends a cycle.
const MAX_DEPTH: usize = 16;
/// Most ranges.
const MAX_RANGES: usize = 65_536;

/// How the pages from `first` on are numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Range {
    first: u32,
    style: Style,
    prefix: String,
    start: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// No number, the prefix alone.
    None,
    Decimal,
    UpperRoman,
    LowerRoman,
    UpperLetters,
    LowerLetters,
}

/// The label of each page; none at all where the document gives none.
pub(super) fn read(pdf: &Pdf, pages: u32) -> Vec<String> {
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let Some(tree) = catalog.and_then(|catalog| catalog.get::<Dict<'_>>("PageLabels")) else {
        return Vec::new();
    };
    let mut ranges = Vec::new();
    let mut nodes = MAX_NODES;
    collect(&tree, 0, &mut nodes, &mut ranges);
    ranges.sort_by_key(|range| range.first);
    apply(&ranges, pages)
}

fn collect(node: &Dict<'_>, depth: usize, nodes: &mut usize, ranges: &mut Vec<Range>) {
    if depth >= MAX_DEPTH || *nodes == 0 {
        return;
    }
    *nodes -= 1;
    if let Some(entries) = node.get::<Array<'_>>("Nums") {
        collect_leaf(&entries, ranges);
    }
    if let Some(kids) = node.get::<Array<'_>>("Kids") {
        for kid in kids.iter::<Dict<'_>>() {
            collect(&kid, depth + 1, nodes, ranges);
        }
    }
}

fn collect_leaf(entries: &Array<'_>, ranges: &mut Vec<Range>) {
    let mut entries = entries.iter::<Object<'_>>();
    while let (Some(key), Some(value)) = (entries.next(), entries.next()) {
        if ranges.len() >= MAX_RANGES {
            return;
        }
        let first = key.into_i32().and_then(|first| u32::try_from(first).ok());
        if let (Some(first), Some(dict)) = (first, value.into_dict()) {
            ranges.push(range(first, &dict));
        }
    }
}

fn range(first: u32, dict: &Dict<'_>) -> Range {
    let style = dict.get::<Name<'_>>("S");
    let prefix = dict.get::<PdfString<'_>>("P");
    let start = dict
        .get::<i32>("St")
        .and_then(|start| u32::try_from(start).ok());
    Range {
        first,
        style: match style.as_deref() {
            Some(b"D") => Style::Decimal,
            Some(b"R") => Style::UpperRoman,
            Some(b"r") => Style::LowerRoman,
            Some(b"A") => Style::UpperLetters,
            Some(b"a") => Style::LowerLetters,
            _ => Style::None,
        },
        prefix: prefix
            .map(|p| strings::decode(p.as_bytes()))
            .unwrap_or_default(),
        start: start.unwrap_or(1).max(1),
    }
}

/// Labels of all pages; those before the first range are numbered from 1.
fn apply(ranges: &[Range], pages: u32) -> Vec<String> {
    let mut ranges = ranges.iter().peekable();
    let mut current: Option<&Range> = None;
    (0..pages)
        .map(|page| {
            while let Some(next) = ranges.next_if(|range| range.first <= page) {
                current = Some(next);
            }
            match current {
                None => (page + 1).to_string(),
                Some(range) => label(range, page),
            }
        })
        .collect()
}

fn label(range: &Range, page: u32) -> String {
    let number = range.start.saturating_add(page - range.first);
    let number = match range.style {
        Style::None => String::new(),
        Style::Decimal => number.to_string(),
        Style::UpperRoman => roman(number),
        Style::LowerRoman => roman(number).to_lowercase(),
        Style::UpperLetters => letters(number, b'A'),
        Style::LowerLetters => letters(number, b'a'),
    };
    format!("{}{number}", range.prefix)
}

/// Roman numeral; beyond 3999, where there is none, decimal.
fn roman(mut number: u32) -> String {
    const DIGITS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if number > 3999 {
        return number.to_string();
    }
    let mut roman = String::new();
    for (value, digits) in DIGITS {
        while number >= value {
            roman.push_str(digits);
            number -= value;
        }
    }
    roman
}

/// A to Z, then AA to ZZ, and so on; decimal where that would be too long.
fn letters(number: u32, first: u8) -> String {
    let index = number - 1;
    let letter = u8::try_from(index % 26).map_or(first, |at| first + at);
    match usize::try_from(index / 26 + 1) {
        Ok(times) if times <= MAX_LABEL_BYTES => char::from(letter).to_string().repeat(times),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Range, Style, apply, letters, roman};

    #[test]
    fn ranges_number_the_pages_that_follow() {
        let range = |first, style, prefix: &str, start| Range {
            first,
            style,
            prefix: prefix.to_owned(),
            start,
        };
        let ranges = [
            range(1, Style::LowerRoman, "", 1),
            range(3, Style::Decimal, "A-", 8),
            range(5, Style::None, "end", 1),
        ];
        assert_eq!(apply(&ranges, 6), ["1", "i", "ii", "A-8", "A-9", "end"]);
        assert_eq!(apply(&[], 2), ["1", "2"]);
    }

    #[test]
    fn numerals_follow_the_standard() {
        assert_eq!(roman(1994), "MCMXCIV");
        assert_eq!(roman(4000), "4000");
        assert_eq!(letters(1, b'a'), "a");
        assert_eq!(letters(28, b'A'), "BB");
        assert_eq!(letters(u32::MAX, b'A'), u32::MAX.to_string());
    }
}
