//! `ToUnicode` where it is broken: what can be read of it (ISO 32000-2:2020, 9.10.3).

use std::collections::HashMap;

/// Most codes of a font that are read.
const MAX_CODES: usize = 1 << 16;

/// Codes and their characters: the entries between `beginbfchar` or
/// `beginbfrange` and their ends, whatever stands around them.
pub(super) fn read(bytes: &[u8]) -> HashMap<u32, char> {
    let mut found = HashMap::new();
    let mut numbers: Vec<Vec<u8>> = Vec::new();
    // What the numbers are, as many as belong together.
    let mut together = 0;
    let mut rest = bytes;
    while let Some((&first, behind)) = rest.split_first() {
        if first == b'<' && together > 0 {
            let end = memchr::memchr(b'>', behind).unwrap_or(behind.len());
            let (digits, behind) = behind.split_at(end);
            numbers.push(hexadecimal(digits));
            rest = behind;
        } else if first.is_ascii_alphabetic() {
            let end = rest.iter().position(|byte| !byte.is_ascii_alphabetic());
            let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
            match word {
                b"beginbfchar" => together = 2,
                b"beginbfrange" => together = 3,
                _ => together = 0,
            }
            numbers.clear();
            rest = behind;
        } else {
            // Ranges that list each character are rare, and left out.
            if first == b'[' {
                numbers.clear();
            }
            rest = behind;
        }
        if numbers.len() == together && together > 0 {
            take(&numbers, &mut found);
            numbers.clear();
        }
        if found.len() >= MAX_CODES {
            break;
        }
    }
    found
}

fn take(numbers: &[Vec<u8>], found: &mut HashMap<u32, char>) {
    let code = |at: usize| numbers.get(at).and_then(|bytes| number(bytes));
    let text = numbers.last().and_then(|bytes| character(bytes));
    let (Some(first), Some(c)) = (code(0), text) else {
        return;
    };
    let last = if numbers.len() == 3 {
        code(1).unwrap_or(first)
    } else {
        first
    };
    let room = MAX_CODES.saturating_sub(found.len());
    for (code, c) in (first..=last).zip(u32::from(c)..).take(room) {
        if let Some(c) = char::from_u32(c).filter(|c| !c.is_control()) {
            found.entry(code).or_insert(c);
        }
    }
}

fn hexadecimal(digits: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = digits
        .iter()
        .filter_map(|digit| char::from(*digit).to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok())
        .take(8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect()
}

fn number(bytes: &[u8]) -> Option<u32> {
    let fold = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
    (1..=4)
        .contains(&bytes.len())
        .then(|| bytes.iter().fold(0, fold))
}

/// The first character of UTF-16.
fn character(bytes: &[u8]) -> Option<char> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
    char::decode_utf16(units).next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn entries_are_read_whatever_stands_around_them() {
        let broken =
            b"/Ordering (UC>) def\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
            2 beginbfchar <002B> <0048>\n<0048> <D83DDE00> endbfchar\n\
            1 beginbfrange <0010> <0012> <0061> <0020> <0021> [<0041> <0042>] endbfrange >> def";
        let found = read(broken);
        let mut codes: Vec<_> = found.into_iter().collect();
        codes.sort();
        let right = [
            (0x10, 'a'),
            (0x11, 'b'),
            (0x12, 'c'),
            (0x2B, 'H'),
            (0x48, '😀'),
        ];
        assert_eq!(codes, right);
    }

    #[test]
    fn range_without_end_is_bounded() {
        assert!(read(b"beginbfrange <00000000> <FFFFFFFF> <0000>").len() <= super::MAX_CODES);
        assert!(read(b"beginbfchar <00").is_empty());
    }
}
