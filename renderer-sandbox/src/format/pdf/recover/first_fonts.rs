//! The order of glyphs in the first fonts of Apple and Microsoft, which Arial,
//! Times New Roman and Courier New keep to this day. What names such a font
//! without carrying it, and its glyphs by number, can be read by it.

/// The number of the glyph of the space, and of the last of ASCII.
const ASCII: std::ops::RangeInclusive<u32> = 3..=97;
/// The number of the glyph of А, and of я.
const CYRILLIC: std::ops::RangeInclusive<u32> = 570..=633;

/// From glyph 98 on: the upper half of Mac OS Roman, then 32 more.
const BEHIND_ASCII: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ\
    ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄¤‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ\
    ŁłŠšŽž¦ÐðÝýÞþ−×¹²³½¼¾₣ĞğİŞşĆćČčđ";

/// Their names, as PDFs write them, without spaces and in small letters.
const NAMES: [&str; 3] = ["arial", "timesnewroman", "couriernew"];

/// Whether a font of this name is one of them, or a part of one (`ABCDEF+Arial,Bold`).
pub(super) fn is_one(name: &str) -> bool {
    let whole = name.split_once('+').map_or(name, |(_, whole)| whole);
    let plain: String = (whole.chars())
        .filter(char::is_ascii_alphabetic)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    NAMES.iter().any(|name| plain.starts_with(name))
}

/// The character of a glyph.
pub(super) fn character(glyph: u32) -> Option<char> {
    if ASCII.contains(&glyph) {
        return char::from_u32(glyph - ASCII.start() + u32::from(' '));
    }
    if CYRILLIC.contains(&glyph) {
        return char::from_u32(glyph - CYRILLIC.start() + u32::from('А'));
    }
    let behind = glyph.checked_sub(ASCII.end() + 1)?;
    BEHIND_ASCII.chars().nth(usize::try_from(behind).ok()?)
}

#[cfg(test)]
mod tests {
    use super::{BEHIND_ASCII, character, is_one};

    #[test]
    fn parts_and_styles_of_the_first_fonts_are_known_by_their_names() {
        for name in [
            "Arial",
            "BXCJIM+TimesNewRomanBoldItalic",
            "ABCDEF+Courier New,Bold",
        ] {
            assert!(is_one(name), "{name}");
        }
        for other in ["Calluna", "ABCDEF+Times-Roman", "MyArial", ""] {
            assert!(!is_one(other), "{other}");
        }
    }

    #[test]
    fn glyphs_of_the_first_fonts_are_known_by_their_numbers() {
        // Of the 258 names of 'post' 1.0, 98 come before.
        assert_eq!(BEHIND_ASCII.chars().count(), 160);
        let known = [
            (3, ' '),
            (36, 'A'),
            (97, '~'),
            (98, 'Ä'),
            (105, 'á'),
            (137, 'ß'),
            (225, 'ˇ'),
            (226, 'Ł'),
            (257, 'đ'),
            (570, 'А'),
            (633, 'я'),
        ];
        for (glyph, c) in known {
            assert_eq!(character(glyph), Some(c), "{glyph}");
        }
        for unknown in [0, 2, 258, 569, 634, u32::MAX] {
            assert_eq!(character(unknown), None, "{unknown}");
        }
    }
}
