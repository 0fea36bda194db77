//! A text without accents, that knows where each letter came from.

use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters that are drawn with a stroke and have no decomposition.
const STROKED: [(char, &str); 14] = [
    ('Ø', "O"),
    ('ø', "o"),
    ('Ł', "L"),
    ('ł', "l"),
    ('Đ', "D"),
    ('đ', "d"),
    ('Ħ', "H"),
    ('ħ', "h"),
    ('Æ', "AE"),
    ('æ', "ae"),
    ('Œ', "OE"),
    ('œ', "oe"),
    ('ß', "ss"),
    ('ı', "i"),
];

/// A text without accents.
pub(super) struct Folded {
    pub(super) text: String,
    /// For each byte of the text, where its letter begins in the original.
    from: Vec<usize>,
    original_bytes: usize,
}

impl Folded {
    pub(super) fn new(original: &str) -> Self {
        let mut folded = Self {
            text: String::with_capacity(original.len()),
            from: Vec::with_capacity(original.len()),
            original_bytes: original.len(),
        };
        for (at, c) in original.char_indices() {
            if c.is_ascii() {
                folded.push(c, at);
            } else if let Some((_, plain)) = STROKED.iter().find(|(stroked, _)| *stroked == c) {
                plain.chars().for_each(|c| folded.push(c, at));
            } else {
                let letters = std::iter::once(c).nfkd();
                letters
                    .filter(|c| !is_combining_mark(*c))
                    .for_each(|c| folded.push(c, at));
            }
        }
        folded
    }

    fn push(&mut self, c: char, at: usize) {
        self.text.push(c);
        self.from.resize(self.text.len(), at);
    }

    /// The part of the original that a part of the text came from, with the
    /// accents that follow its last letter.
    pub(super) fn original(&self, part: &Range<usize>) -> Range<usize> {
        let start = self.from.get(part.start).copied();
        let last = part.end.checked_sub(1).and_then(|last| self.from.get(last));
        // Where the next letter begins that is another one.
        let rest = self.from.get(part.end..).unwrap_or_default();
        let end = rest.iter().find(|at| Some(*at) != last);
        start.unwrap_or(self.original_bytes)..end.copied().unwrap_or(self.original_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::Folded;

    #[test]
    fn part_without_accents_is_found_in_the_text_with_them() {
        for (original, folded) in [
            ("résumé", "resume"),
            ("Łódź", "Lodz"),
            ("e\u{301}te\u{301} x", "ete x"),
            ("ﬁn", "fin"),
            ("Straße", "Strasse"),
            ("한", "\u{1112}\u{1161}\u{11ab}"),
        ] {
            let made = Folded::new(original);
            assert_eq!(made.text, folded);
            let whole = made.original(&(0..folded.len()));
            assert_eq!(&original[whole], original);
        }
        let made = Folded::new("e\u{301}te\u{301} x");
        assert_eq!(made.original(&(0..1)), 0..3);
        assert_eq!(made.original(&(2..3)), 4..7);
    }
}
