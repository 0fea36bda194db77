//! Text strings of a PDF (ISO 32000-2:2020, 7.9.2.2).

/// Decodes a text string: UTF-16 or UTF-8 where a mark says so, else
/// PDFDocEncoding. Language escapes are left out.
pub(super) fn decode(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // Not in the standard, but found.
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|byte| pdf_doc_char(*byte)).collect(),
    };
    without_language_escapes(&text)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Takes out `ESC language ESC` (7.9.2.2.2).
fn without_language_escapes(text: &str) -> String {
    const ESCAPE: char = '\u{1b}';
    if !text.contains(ESCAPE) {
        return text.to_owned();
    }
    let parts: Vec<&str> = text.split(ESCAPE).collect();
    let last = parts.len() - 1;
    let outside = |(at, part): (usize, &&str)| {
        // One that is never ended begins no language.
        let is_outside = at % 2 == 0 || at == last;
        is_outside.then(|| (*part).to_owned())
    };
    parts.iter().enumerate().filter_map(outside).collect()
}

/// PDFDocEncoding (annex D.3): Latin-1 but for these.
fn pdf_doc_char(byte: u8) -> char {
    const ACCENTS: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    const SYMBOLS: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚',
        '™', 'ﬁ', 'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{FFFD}', '€',
    ];
    let special = match byte {
        0x18..=0x1F => ACCENTS.get(usize::from(byte - 0x18)),
        0x80..=0xA0 => SYMBOLS.get(usize::from(byte - 0x80)),
        _ => None,
    };
    special.copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn each_encoding_is_told_by_its_mark() {
        assert_eq!(decode(b"plain \x80 \xe9"), "plain • é");
        assert_eq!(decode(b"\xfe\xff\x00A\x20\xac"), "A€");
        assert_eq!(decode(b"\xff\xfeA\x00"), "A");
        assert_eq!(decode(b"\xef\xbb\xbf\xc3\xa9"), "é");
        assert_eq!(decode(b"\xfe\xff\x00\x1b\x00e\x00n\x00\x1b\x00A"), "A");
        assert_eq!(decode(b"\xfe\xff\x00A\x00\x1b\x00B"), "AB");
        assert_eq!(decode(b"\xfe\xff\xd8\x00"), "\u{FFFD}");
        assert_eq!(decode(b""), "");
    }
}
