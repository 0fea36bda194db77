//! Fonts that a PDF does not embed, from the broker.

use super::standard;
use crate::fonts::Fonts;
use hayro::hayro_interpret::FontResolverFn;
use hayro::hayro_interpret::font::{FallbackFontQuery, FontData, FontQuery, StandardFont};
use hayro::hayro_interpret::hayro_cmap::CidFamily;
use ipc::{FontWanted, Script, Text};
use skrifa::raw::FileRef;
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Longest name that is asked for, in bytes.
const MAX_FAMILY_BYTES: usize = 96;

/// Names of fonts with serifs, as producers write them.
const SERIF_WORDS: [&str; 12] = [
    "mincho", "ming", "song", "sun", "batang", "myeongjo", "serif", "kai", "roman", "times",
    "fang", "ryumin",
];

/// Asks the broker for what a composite font needs; the 14 standard fonts are
/// in this program, unless the document wants more of them.
pub(super) fn resolver(fonts: Arc<Fonts>, wants_more: Arc<AtomicBool>) -> FontResolverFn {
    let standard = move |font: StandardFont, fonts: &Arc<Fonts>| {
        let wants_more = wants_more.load(Ordering::Relaxed);
        let found = wants_more
            .then(|| standard::of_system(font, fonts))
            .flatten();
        match found {
            Some(bytes) => (Arc::new(bytes) as FontData, 0),
            None => font.get_font_data(),
        }
    };
    Arc::new(move |query| match query {
        FontQuery::Standard(font) => Some(standard(*font, &fonts)),
        FontQuery::Fallback(fallback) => {
            let wanted = wanted(fallback);
            let Some(bytes) = fonts.get(&wanted) else {
                return Some(standard(fallback.pick_standard_font(), &fonts));
            };
            let index = index_for(bytes.as_ref(), wanted.script);
            match FontRef::from_index(bytes.as_ref(), index) {
                Ok(_) => Some((Arc::new(bytes), index)),
                // A file of that name that is no font.
                Err(_) => Some(standard(fallback.pick_standard_font(), &fonts)),
            }
        }
    })
}

fn wanted(query: &FallbackFontQuery) -> FontWanted {
    let names = [
        &query.font_family,
        &query.post_script_name,
        &query.font_name,
    ];
    let name = names.into_iter().flatten().next();
    let name = name.map_or("", String::as_str);
    // `MS-Gothic,Bold`, and the encoding that some producers hang on.
    let family = name.split([',', '+']).next().unwrap_or_default();
    let lower = name.to_lowercase();
    let says = |word: &str| lower.contains(word);
    let collection = query.character_collection.as_ref();
    FontWanted {
        family: Text::cleaned(family, MAX_FAMILY_BYTES),
        script: collection.map_or(Script::Other, |collection| script(&collection.family)),
        serif: query.is_serif || SERIF_WORDS.iter().any(|word| says(word)),
        bold: query.is_bold || query.font_weight >= 600 || says("bold"),
        italic: query.is_italic || says("italic") || says("oblique"),
    }
}

fn script(family: &CidFamily) -> Script {
    match family {
        CidFamily::AdobeJapan1 => Script::Japanese,
        CidFamily::AdobeKorea1 => Script::Korean,
        CidFamily::AdobeGB1 => Script::SimplifiedChinese,
        CidFamily::AdobeCNS1 => Script::TraditionalChinese,
        CidFamily::Custom { registry, ordering } if registry == b"Adobe" && ordering == b"KR" => {
            Script::Korean
        }
        _ => Script::Other,
    }
}

/// Which font of a collection writes a script as its readers are used to;
/// several share one file and differ in the shapes of some characters.
pub(super) fn index_for(bytes: &[u8], script: Script) -> u32 {
    let suffix = match script {
        Script::Japanese => "JP",
        Script::Korean => "KR",
        Script::SimplifiedChinese => "SC",
        Script::TraditionalChinese => "TC",
        Script::Other => return 0,
    };
    let Ok(FileRef::Collection(collection)) = FileRef::new(bytes) else {
        return 0;
    };
    let names_script = |font: &FontRef<'_>| {
        let mut names = font.localized_strings(StringId::FAMILY_NAME);
        names.any(|name| {
            let name: String = name.chars().take(MAX_FAMILY_BYTES).collect();
            name.split_whitespace().any(|word| word == suffix)
        })
    };
    let mut fonts = (0..).zip(collection.iter());
    let found = fonts.find(|(_, font)| font.as_ref().is_ok_and(names_script));
    found.map_or(0, |(index, _)| index)
}
