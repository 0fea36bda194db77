//! Strings that came out of a document.
//!
//! A title or a word may be written by an attacker and ends up in a window, a
//! terminal or a clipboard, so a [`Text`] holds no control character and no
//! character that reorders or hides its neighbours. The renderer cleans
//! ([`Text::cleaned`]); the broker refuses what is not clean.

use crate::codec::{Encode, Invalid, checked};
use crate::limits::MAX_TEXT_BYTES;
use std::fmt;

/// What stands where a forbidden character stood.
const REPLACEMENT: char = '\u{FFFD}';

/// A string of at most [`MAX_TEXT_BYTES`] without forbidden characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode)]
pub struct Text(String);

impl Text {
    /// Takes a string that is clean and short enough, else `None`.
    #[must_use]
    pub fn new(text: String) -> Option<Self> {
        (text.len() <= MAX_TEXT_BYTES && !text.chars().any(is_forbidden)).then_some(Self(text))
    }

    /// Makes any string clean: forbidden characters become U+FFFD, what is
    /// beyond `max_bytes` (at most [`MAX_TEXT_BYTES`]) is cut and marked "…".
    #[must_use]
    pub fn cleaned(text: &str, max_bytes: usize) -> Self {
        const MARK: char = '…';
        let max_bytes = max_bytes.min(MAX_TEXT_BYTES);
        let mut clean = String::new();
        let mut keep = 0;
        for c in text.chars() {
            let c = if is_forbidden(c) { REPLACEMENT } else { c };
            if clean.len().saturating_add(c.len_utf8()) > max_bytes {
                clean.truncate(keep);
                if max_bytes >= MARK.len_utf8() {
                    clean.push(MARK);
                }
                break;
            }
            clean.push(c);
            if clean.len().saturating_add(MARK.len_utf8()) <= max_bytes {
                keep = clean.len();
            }
        }
        Self(clean)
    }

    /// The string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

checked!(Text, String, |raw| Text::new(raw)
    .ok_or(Invalid("text too long or with a forbidden character")));

/// Whether a character is kept out of every [`Text`]: C0 and C1 controls, line
/// and paragraph separators, bidirectional embeddings, overrides and isolates
/// (UAX #9, table 4), and the invisible tag characters.
#[must_use]
pub fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{2028}' | '\u{2029}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}'
            | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_are_refused_and_can_be_cleaned() {
        for bad in [
            "a\u{1b}[2J",
            "x\0y",
            "\u{202E}fdp.exe",
            "a\u{2028}b",
            "\u{9b}m",
            "a\nb",
        ] {
            assert_eq!(Text::new(bad.to_owned()), None, "{bad:?}");
            let clean = Text::cleaned(bad, MAX_TEXT_BYTES);
            assert_eq!(Text::new(clean.as_str().to_owned()), Some(clean));
        }
        assert_eq!(Text::cleaned("a\u{1b}b", 100).as_str(), "a\u{FFFD}b");
    }

    #[test]
    fn overlong_text_is_cut_between_characters_and_marked() {
        let cut = Text::cleaned(&"é".repeat(2000), 101);
        assert!(cut.as_str().len() <= 101);
        assert!(cut.as_str().ends_with('…'));
        assert_eq!(Text::cleaned("abcdef", 6).as_str(), "abcdef");
        assert_eq!(Text::cleaned("abcdefg", 6).as_str(), "abc…");
        assert_eq!(Text::cleaned("abc", 2).as_str(), "");
        assert_eq!(Text::new("a".repeat(MAX_TEXT_BYTES + 1)), None);
    }
}
