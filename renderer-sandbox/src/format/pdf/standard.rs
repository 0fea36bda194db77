//! The 14 standard fonts (ISO 32000-2:2020, 9.6.2.2) where a document wants more of
//! them than the ones in this program have: these stop at the letters of Western
//! Europe, and what a Czech or Polish document writes in Helvetica would be left out.
//! Then a font of the system takes their place, in the whole document.

use crate::fonts::{FontBytes, Fonts};
use hayro::hayro_interpret::font::StandardFont;
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use hayro::hayro_syntax::page::Resources;
use ipc::{FontWanted, Script, Text};
use skrifa::FontRef;
use std::sync::Arc;

/// Most fonts of a page that are looked at, and most forms.
const MAX_FONTS: usize = 256;
const MAX_FORMS: usize = 64;
/// Most entries of an encoding: 256 codes, each with its number.
const MAX_NAMES: usize = 512;

/// What looks and measures like Helvetica, Times and Courier, the closest first.
const SANS: [&str; 6] = [
    "LiberationSans",
    "Arimo",
    "NimbusSans",
    "Arial",
    "DejaVuSans",
    "NotoSans",
];
const SERIF: [&str; 6] = [
    "LiberationSerif",
    "Tinos",
    "NimbusRoman",
    "TimesNewRoman",
    "DejaVuSerif",
    "NotoSerif",
];
const MONO: [&str; 6] = [
    "LiberationMono",
    "Cousine",
    "NimbusMonoPS",
    "CourierNew",
    "DejaVuSansMono",
    "NotoSansMono",
];

/// Ends of glyph names, and what stands before them in Western Europe.
const ACCENTS: [(&str, &str); 11] = [
    ("caron", "szSZ"),
    ("ogonek", ""),
    ("hungarumlaut", ""),
    ("dotaccent", ""),
    ("commaaccent", ""),
    ("croat", ""),
    ("breve", ""),
    ("macron", ""),
    ("cedilla", "cC"),
    ("ring", "aA"),
    ("acute", "aeiouyAEIOUY"),
];

/// Whether a font that is not embedded, of a page or of the forms it draws, names
/// letters that the standard fonts of this program do not have.
pub(super) fn wants_more(resources: &Resources<'_>) -> bool {
    let forms = resources.x_objects.keys().take(MAX_FORMS);
    let of_forms = || {
        forms.filter_map(|name| {
            let form = resources.x_objects.get::<Stream<'_>>(name)?;
            form.dict()
                .get::<Dict<'_>>("Resources")?
                .get::<Dict<'_>>("Font")
        })
    };
    any_wants_more(&resources.fonts) || of_forms().any(|fonts| any_wants_more(&fonts))
}

fn any_wants_more(fonts: &Dict<'_>) -> bool {
    let mut names = fonts.keys().take(MAX_FONTS);
    names.any(|name| {
        fonts
            .get::<Dict<'_>>(name)
            .is_some_and(|font| font_wants_more(&font))
    })
}

fn font_wants_more(font: &Dict<'_>) -> bool {
    let descriptor = font.get::<Dict<'_>>("FontDescriptor").unwrap_or_default();
    let files = ["FontFile", "FontFile2", "FontFile3"];
    if files.iter().any(|file| descriptor.contains_key(*file)) {
        return false;
    }
    let encoding = font.get::<Dict<'_>>("Encoding");
    let differences = encoding.and_then(|encoding| encoding.get::<Array<'_>>("Differences"));
    let Some(differences) = differences else {
        return false;
    };
    let mut entries = differences.iter::<Object<'_>>().take(MAX_NAMES);
    entries.any(|entry| entry.into_name().is_some_and(|name| is_beyond(&name)))
}

/// Whether a glyph of this name is of no letter of Western Europe.
fn is_beyond(name: &Name<'_>) -> bool {
    is_beyond_western(name.as_str())
}

fn is_beyond_western(name: &str) -> bool {
    let accented = ACCENTS.iter().any(|(accent, western)| {
        let letter = name.strip_suffix(accent);
        // The accent alone is a glyph of its own.
        letter.is_some_and(|letter| letter.len() == 1 && !western.contains(letter))
    });
    // Cyrillic, Greek and Hebrew letters, and those that are named by their numbers.
    let cyrillic = name.starts_with("afii100") || name.starts_with("afii101");
    let number = name.strip_prefix("uni").and_then(|digits| {
        let digits = digits.get(..4)?;
        u32::from_str_radix(digits, 16).ok()
    });
    accented || cyrillic || number.is_some_and(|number| (0x100..0x2000).contains(&number))
}

/// The system's font for one of the 14; `None` for the symbols, or where there is none.
pub(super) fn of_system(font: StandardFont, fonts: &Arc<Fonts>) -> Option<FontBytes> {
    use StandardFont::{
        Courier, CourierBold, CourierBoldOblique, CourierOblique, Helvetica, HelveticaBold,
        HelveticaBoldOblique, HelveticaOblique, Symbol, TimesBold, TimesBoldItalic, TimesItalic,
        TimesRoman, ZapfDingBats,
    };
    let (families, bold, italic) = match font {
        Helvetica => (SANS, false, false),
        HelveticaBold => (SANS, true, false),
        HelveticaOblique => (SANS, false, true),
        HelveticaBoldOblique => (SANS, true, true),
        Courier => (MONO, false, false),
        CourierBold => (MONO, true, false),
        CourierOblique => (MONO, false, true),
        CourierBoldOblique => (MONO, true, true),
        TimesRoman => (SERIF, false, false),
        TimesBold => (SERIF, true, false),
        TimesItalic => (SERIF, false, true),
        TimesBoldItalic => (SERIF, true, true),
        Symbol | ZapfDingBats => return None,
    };
    families.into_iter().find_map(|family| {
        let bytes = fonts.get(&FontWanted {
            family: Text::cleaned(family, family.len()),
            script: Script::Other,
            serif: families == SERIF,
            bold,
            italic,
        })?;
        // A file of that name that is no font.
        FontRef::from_index(bytes.as_ref(), 0)
            .is_ok()
            .then_some(bytes)
    })
}

#[cfg(test)]
mod tests {
    use super::is_beyond_western;

    #[test]
    fn letters_of_western_europe_are_in_the_fonts_of_this_program() {
        for name in [
            "A",
            "scaron",
            "Zcaron",
            "ccedilla",
            "aring",
            "eacute",
            "caron",
            "ring",
            "lslash",
            "uni00E9",
            "uni20AC",
            "afii61352",
        ] {
            assert!(!is_beyond_western(name), "{name}");
        }
        for name in [
            "rcaron",
            "ecaron",
            "aogonek",
            "ohungarumlaut",
            "Idotaccent",
            "tcommaaccent",
            "dcroat",
            "gbreve",
            "amacron",
            "scedilla",
            "uring",
            "cacute",
            "afii10017",
            "uni0159",
        ] {
            assert!(is_beyond_western(name), "{name}");
        }
    }
}
