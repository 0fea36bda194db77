//! Letters that the fonts of the chrome lack: titles and names in every script.
//!
//! A font of the system is found by the name of its file, as for documents
//! ([`crate::broker::system_font`]), when such a letter is first shown. The
//! fonts belong to whoever runs the machine; a document only says which letters
//! it uses.

use crossbeam_channel::{Receiver, Sender, unbounded};
use egui::epaint::text::{
    FallbackRequest, FontFamily, FontInsert, FontPriority, FontProvider, InsertFontFamily,
};
use egui::{Context, FontData};
use ipc::{FontWanted, Script, Text};
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

/// Most fonts that are read for one window: one for each script of a crowded
/// list of files. At most as many times `MAX_FONT_BYTES`.
const MAX_FONTS: usize = 24;

/// Lets a window find letters in the fonts of the system, which are looked for and read
/// on a thread: a folder of fonts may be on a mount that does not answer. `wake` has the
/// window draw what was found; until then a letter is shown as one that is not known.
pub(crate) fn install(context: &Context, wake: impl Fn() + Send + 'static) {
    let (missing, asked) = unbounded();
    context.add_font_provider(Arc::new(SystemFonts { missing }));
    let context = context.clone();
    let work = move || {
        let mut given = HashSet::new();
        let look = |letter| font_with(letter, &mut given);
        serve(&asked, look, |font| {
            context.add_font(font);
            wake();
        });
    };
    // Without a thread they stay unknown.
    let _ = thread::Builder::new()
        .name("letters".to_owned())
        .spawn(work);
}

/// Takes note of letters that no font has. It is asked once for each of them, and again
/// whenever a font has come.
struct SystemFonts {
    missing: Sender<char>,
}

impl FontProvider for SystemFonts {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        let letter = request.cluster.chars().next()?;
        // Nobody listens where there is no thread.
        let _ = self.missing.send(letter);
        None
    }
}

/// Looks for a font for each letter that is asked for, once.
fn serve(
    asked: &Receiver<char>,
    mut look: impl FnMut(char) -> Option<FontInsert>,
    found: impl Fn(FontInsert),
) {
    let (mut known, mut fonts) = (HashSet::new(), 0);
    while let Ok(letter) = asked.recv() {
        if fonts < MAX_FONTS
            && known.insert(letter)
            && let Some(font) = look(letter)
        {
            fonts += 1;
            // It may have those that were asked for meanwhile as well: what it lacks is
            // asked for again when the window has it.
            asked.try_iter().for_each(drop);
            found(font);
        }
    }
}

/// The best font for a letter that is not `given` yet.
fn font_with(letter: char, given: &mut HashSet<PathBuf>) -> Option<FontInsert> {
    let (path, bytes) = candidates(letter, han_of_locale())
        .iter()
        .find_map(|wanted| crate::broker::system_font(wanted, given))?;
    let name = format!("system:{}", path.display());
    given.insert(path);
    let families = [FontFamily::Proportional, FontFamily::Monospace];
    let families = families.map(|family| InsertFontFamily {
        family,
        priority: FontPriority::Lowest,
    });
    Some(FontInsert {
        name,
        data: FontData::from_owned(bytes),
        families: families.into(),
    })
}

/// What to look for, the best first.
fn candidates(letter: char, han: Script) -> Vec<FontWanted> {
    let by_script = match script_of(letter, han) {
        Some(script) => vec![wanted("", script)],
        None => Vec::new(),
    };
    let by_name = block_of(letter).into_iter().chain(ANYTHING);
    let by_name = by_name.map(|family| wanted(family, Script::Other));
    by_script.into_iter().chain(by_name).collect()
}

fn wanted(family: &str, script: Script) -> FontWanted {
    FontWanted {
        family: Text::cleaned(family, 64),
        script,
        serif: false,
        bold: false,
        italic: false,
    }
}

/// The east Asian script of a letter; the characters that these share are drawn
/// as in `han`.
fn script_of(letter: char, han: Script) -> Option<Script> {
    match letter {
        '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}' => {
            Some(Script::Japanese)
        }
        '\u{1100}'..='\u{11ff}'
        | '\u{3130}'..='\u{318f}'
        | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}' => Some(Script::Korean),
        '\u{3100}'..='\u{312f}' | '\u{31a0}'..='\u{31bf}' => Some(Script::TraditionalChinese),
        '\u{2e80}'..='\u{303f}'
        | '\u{3190}'..='\u{319f}'
        | '\u{31c0}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ffef}'
        | '\u{20000}'..='\u{3ffff}' => Some(han),
        _ => None,
    }
}

/// Whose forms of the shared characters the user reads.
fn han_of_locale() -> Script {
    let variables = ["LC_ALL", "LC_CTYPE", "LANG"];
    let mut set = variables.iter().filter_map(|name| std::env::var(name).ok());
    let locale = set.find(|value| !value.is_empty()).unwrap_or_default();
    han_of(&locale)
}

fn han_of(locale: &str) -> Script {
    match locale {
        _ if locale.starts_with("ja") => Script::Japanese,
        _ if locale.starts_with("ko") => Script::Korean,
        _ if locale.starts_with("zh_TW") || locale.starts_with("zh_HK") => {
            Script::TraditionalChinese
        }
        _ => Script::SimplifiedChinese,
    }
}

/// The family of Noto for a block of Unicode 16.
fn block_of(letter: char) -> Option<&'static str> {
    let at = BLOCKS.partition_point(|(first, _, _)| *first <= letter);
    let (_, last, family) = BLOCKS.get(at.checked_sub(1)?)?;
    (letter <= *last).then_some(*family)
}

/// First and last letter of a block, in order.
const BLOCKS: [(char, char, &str); 26] = [
    ('\u{0530}', '\u{058f}', "NotoSansArmenian"),
    ('\u{0590}', '\u{05ff}', "NotoSansHebrew"),
    ('\u{0600}', '\u{06ff}', "NotoSansArabic"),
    ('\u{0700}', '\u{074f}', "NotoSansSyriac"),
    ('\u{0750}', '\u{077f}', "NotoSansArabic"),
    ('\u{0780}', '\u{07bf}', "NotoSansThaana"),
    ('\u{08a0}', '\u{08ff}', "NotoSansArabic"),
    ('\u{0900}', '\u{097f}', "NotoSansDevanagari"),
    ('\u{0980}', '\u{09ff}', "NotoSansBengali"),
    ('\u{0a00}', '\u{0a7f}', "NotoSansGurmukhi"),
    ('\u{0a80}', '\u{0aff}', "NotoSansGujarati"),
    ('\u{0b00}', '\u{0b7f}', "NotoSansOriya"),
    ('\u{0b80}', '\u{0bff}', "NotoSansTamil"),
    ('\u{0c00}', '\u{0c7f}', "NotoSansTelugu"),
    ('\u{0c80}', '\u{0cff}', "NotoSansKannada"),
    ('\u{0d00}', '\u{0d7f}', "NotoSansMalayalam"),
    ('\u{0d80}', '\u{0dff}', "NotoSansSinhala"),
    ('\u{0e00}', '\u{0e7f}', "NotoSansThai"),
    ('\u{0e80}', '\u{0eff}', "NotoSansLao"),
    ('\u{0f00}', '\u{0fff}', "NotoSerifTibetan"),
    ('\u{1000}', '\u{109f}', "NotoSansMyanmar"),
    ('\u{10a0}', '\u{10ff}', "NotoSansGeorgian"),
    ('\u{1200}', '\u{139f}', "NotoSansEthiopic"),
    ('\u{1780}', '\u{17ff}', "NotoSansKhmer"),
    ('\u{fb1d}', '\u{fb4f}', "NotoSansHebrew"),
    ('\u{fb50}', '\u{fefc}', "NotoSansArabic"),
];

/// Families that write many scripts, and signs.
const ANYTHING: [&str; 7] = [
    "DejaVuSans",
    "FreeSans",
    "NotoSans",
    "NotoSansSymbols2",
    "NotoSansSymbols",
    "NotoSansMath",
    "unifont",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_that_no_font_has_is_told_and_not_waited_for() {
        let (missing, asked) = unbounded();
        let request = FallbackRequest {
            cluster: "한글",
            family: &FontFamily::Proportional,
        };
        let font = SystemFonts { missing }.font_for(&request);
        assert!(font.is_none());
        assert_eq!(asked.try_iter().collect::<String>(), "한");
    }

    fn font() -> FontInsert {
        FontInsert::new("font", FontData::from_static(&[]), Vec::new())
    }

    #[test]
    fn letters_of_one_script_lead_to_one_font() {
        let (missing, asked) = unbounded();
        "한글로"
            .chars()
            .for_each(|letter| missing.send(letter).unwrap());
        drop(missing);
        let mut looked = String::new();
        let look = |letter| {
            looked.push(letter);
            Some(font())
        };
        serve(&asked, look, |_| {});
        assert_eq!(looked, "한");
    }

    #[test]
    fn letter_is_looked_for_once_and_no_more_fonts_are_read_than_are_kept() {
        let (missing, asked) = unbounded();
        let letters: Vec<char> = ('א'..='ת').collect();
        assert!(letters.len() > MAX_FONTS);
        missing.send(letters[0]).unwrap();
        let (mut looked, told) = (Vec::new(), std::cell::RefCell::new(Some(missing)));
        let look = |letter| {
            looked.push(letter);
            Some(font())
        };
        // The window asks for the next letters, and for the first one again.
        let had = std::cell::Cell::new(0);
        let found = |_| {
            had.set(had.get() + 1);
            let rest = letters.iter().skip(had.get());
            let next = letters.iter().take(1).chain(rest);
            if let Some(missing) = told.borrow().as_ref() {
                next.for_each(|letter| missing.send(*letter).unwrap());
            }
            if had.get() == MAX_FONTS {
                told.take();
            }
        };
        serve(&asked, look, found);
        assert_eq!(looked, letters[..MAX_FONTS]);
    }

    #[test]
    fn shared_characters_are_drawn_as_the_user_reads_them() {
        assert_eq!(
            script_of('漢', han_of("ja_JP.UTF-8")),
            Some(Script::Japanese)
        );
        assert_eq!(
            script_of('漢', han_of("zh_TW.UTF-8")),
            Some(Script::TraditionalChinese)
        );
        assert_eq!(
            script_of('漢', han_of("C")),
            Some(Script::SimplifiedChinese)
        );
        assert_eq!(script_of('か', han_of("ko_KR")), Some(Script::Japanese));
        assert_eq!(script_of('한', han_of("ja_JP")), Some(Script::Korean));
        assert_eq!(script_of('é', han_of("ja_JP")), None);
    }

    #[test]
    fn blocks_are_in_order_and_do_not_overlap() {
        for pair in BLOCKS.windows(2) {
            assert!(pair[0].0 <= pair[0].1, "{:?}", pair[0]);
            assert!(pair[0].1 < pair[1].0, "{pair:?}");
        }
        assert_eq!(block_of('ש'), Some("NotoSansHebrew"));
        assert_eq!(block_of('ก'), Some("NotoSansThai"));
        assert_eq!(block_of('\u{10ffff}'), None);
        assert_eq!(block_of('a'), None);
    }
}
