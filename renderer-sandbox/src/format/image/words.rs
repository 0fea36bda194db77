//! What decoders say of damage, in sentences of ours.

/// What is said of a file that was cut.
pub(super) const ENDS_EARLY: &str = "the file ends early";

/// What is said where a library names nothing but its own types.
const BROKEN: &str = "a part of it is broken";

/// The same of what is not supported.
const UNKNOWN: &str = "it is of a kind that is not known here";

/// How libraries say that a file ends too early. They read from memory, so that
/// every error of reading is one.
const ENDS: [&str; 8] = [
    "unexpected end",
    "unexpectedeof",
    "unexpected eof",
    "end of file",
    "fill whole buffer",
    "not enough",
    "no more ",
    "i/o error",
];

/// Why a picture cannot be shown.
pub(super) fn undecodable(words: &str) -> String {
    format!("its picture cannot be decoded: {}", plain(words))
}

/// Why a picture of this kind is not shown.
pub(super) fn unsupported(words: &str) -> String {
    let words = plain_or(words, UNKNOWN);
    format!("its picture cannot be decoded: {words}")
}

/// Why a picture is shown in part.
pub(super) fn cut(words: &str) -> String {
    let words = plain(words);
    format!("the picture is damaged and shown as far as it could be decoded: {words}")
}

/// The words of a library where they are words, beginning as the rest of a
/// sentence does; not what it prints of its types.
pub(super) fn plain(words: &str) -> String {
    plain_or(words, BROKEN)
}

fn plain_or(words: &str, otherwise: &str) -> String {
    let words = words.trim().trim_end_matches('.');
    let lower = words.to_lowercase();
    if ENDS.iter().any(|end| lower.contains(end)) {
        return ENDS_EARLY.to_owned();
    }
    let is_word = |c: char| c.is_alphanumeric() || " ,.;:'-/%×=()".contains(c);
    if words.is_empty() || !words.chars().all(is_word) || words.split(' ').any(is_of_a_program) {
        return otherwise.to_owned();
    }
    let mut letters = words.chars();
    match (letters.next(), letters.next()) {
        // Not of an abbreviation.
        (Some(first), Some(second)) if !second.is_uppercase() => {
            let rest = words.get(first.len_utf8()..).unwrap_or_default();
            first.to_lowercase().collect::<String>() + rest
        }
        _ => words.to_owned(),
    }
}

/// `InThisWay`, or `with::a::path`.
fn is_of_a_program(word: &str) -> bool {
    let letters = word.chars().zip(word.chars().skip(1));
    let is_joint = |(one, next): (char, char)| one.is_lowercase() && next.is_uppercase();
    word.contains("::") || letters.into_iter().any(is_joint)
}

#[cfg(test)]
mod tests {
    use super::{BROKEN, ENDS_EARLY, plain};

    #[test]
    fn words_of_a_library_are_told_and_its_types_are_not() {
        for (said, told) in [
            (
                "Unknown header type (size=64).",
                "unknown header type (size=64)",
            ),
            ("RLE data is too long", "RLE data is too long"),
            (
                "I/O errors Not enough bytes, expected 3 found 1",
                ENDS_EARLY,
            ),
            ("failed to fill whole buffer", ENDS_EARLY),
            (
                "CRC error in ChunkType { type: IDAT, critical: true }",
                BROKEN,
            ),
            ("Parsing of Exif(Segment)", "parsing of Exif(Segment)"),
            ("InvalidSignature", BROKEN),
            ("std::io::Error", BROKEN),
            ("", BROKEN),
        ] {
            assert_eq!(plain(said), told, "{said}");
        }
    }
}
