//! Which files hold fonts, by their names.
//!
//! `NotoSansCJK-Bold.ttc` is the bold font of the family `notosanscjk`. That is
//! all that is known: looking inside is the renderer's work.

use ipc::{FontWanted, Script};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Most files that are indexed; a machine of a typesetter has some thousand.
const MAX_FILES: usize = 20_000;
/// Most entries of folders that are looked at.
const MAX_ENTRIES: usize = 200_000;
/// How deep folders are looked into.
const MAX_DEPTH: usize = 8;
/// Longest name that is compared, in bytes.
const MAX_KEY_BYTES: usize = 96;

/// What the renderer can read.
const EXTENSIONS: [&str; 4] = ["ttf", "otf", "ttc", "otc"];

/// Words at the end of a name that say how a font is drawn; the longer first.
const STYLES: [(&str, Style); 16] = [
    ("bolditalic", Style::BOLD_ITALIC),
    ("boldoblique", Style::BOLD_ITALIC),
    ("regular", Style::PLAIN),
    ("book", Style::PLAIN),
    ("roman", Style::PLAIN),
    ("normal", Style::PLAIN),
    ("italic", Style::ITALIC),
    ("oblique", Style::ITALIC),
    ("extrabold", Style::OTHER),
    ("semibold", Style::OTHER),
    ("demibold", Style::OTHER),
    ("bold", Style::BOLD),
    ("medium", Style::OTHER),
    ("black", Style::OTHER),
    ("light", Style::OTHER),
    ("thin", Style::OTHER),
];

/// How a font is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Style {
    bold: bool,
    italic: bool,
    /// Thin, medium, black: taken when there is nothing else.
    other: bool,
}

impl Style {
    const PLAIN: Self = Self::new(false, false, false);
    const BOLD: Self = Self::new(true, false, false);
    const ITALIC: Self = Self::new(false, true, false);
    const BOLD_ITALIC: Self = Self::new(true, true, false);
    const OTHER: Self = Self::new(false, false, true);

    const fn new(bold: bool, italic: bool, other: bool) -> Self {
        Self {
            bold,
            italic,
            other,
        }
    }

    /// How far it is from what is wanted; less is better.
    fn distance(self, wanted: &FontWanted) -> u8 {
        4 * u8::from(self.other)
            + 2 * u8::from(self.bold != wanted.bold)
            + u8::from(self.italic != wanted.italic)
    }
}

/// Files by the family that their names say.
#[derive(Debug, Default)]
pub(super) struct FontIndex {
    families: HashMap<String, Vec<(Style, PathBuf)>>,
}

impl FontIndex {
    /// Looks through folders and the folders in them.
    pub(super) fn of(folders: &[PathBuf]) -> Self {
        let mut index = Self::default();
        let (mut files, mut entries) = (MAX_FILES, MAX_ENTRIES);
        for folder in folders {
            index.add_folder(folder, MAX_DEPTH, &mut files, &mut entries);
        }
        index
    }

    fn add_folder(&mut self, folder: &Path, depth: usize, files: &mut usize, left: &mut usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        let Ok(entries) = fs::read_dir(folder) else {
            return;
        };
        // In an order that does not depend on the file system.
        let mut paths: Vec<PathBuf> = entries
            .take(*left)
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        *left = left.saturating_sub(paths.len());
        paths.sort_unstable();
        for path in paths {
            // A link to a folder may lead round in circles; one to a file does not.
            let is_folder = fs::symlink_metadata(&path).is_ok_and(|data| data.is_dir());
            if is_folder {
                self.add_folder(&path, depth, files, left);
            } else if *files > 0 && self.add_file(path) {
                *files -= 1;
            }
        }
    }

    fn add_file(&mut self, path: PathBuf) -> bool {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let known = extension.is_some_and(|extension| {
            let known = |one: &str| extension.eq_ignore_ascii_case(one);
            EXTENSIONS.iter().any(|one| known(one))
        });
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else {
            return false;
        };
        if !known {
            return false;
        }
        let (family, style) = family_and_style(stem);
        let of_family = self.families.entry(family).or_default();
        of_family.push((style, path));
        true
    }

    /// The best font for what is wanted.
    pub(super) fn find(&self, wanted: &FontWanted) -> Option<&Path> {
        let (family, _) = family_and_style(wanted.family.as_str());
        self.of_family(&family, wanted).or_else(|| {
            let known = families(wanted.script, wanted.serif);
            known
                .iter()
                .flat_map(|families| families.iter())
                .find_map(|family| self.of_family(family, wanted))
        })
    }

    fn of_family(&self, family: &str, wanted: &FontWanted) -> Option<&Path> {
        let fonts = self.families.get(family)?;
        let best = fonts.iter().min_by_key(|(style, _)| style.distance(wanted));
        best.map(|(_, path)| path.as_path())
    }
}

/// Letters and digits of a name, in small letters, and what its last word says.
fn family_and_style(name: &str) -> (String, Style) {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    let mut key: String = letters.flat_map(char::to_lowercase).collect();
    key.truncate(key.floor_char_boundary(MAX_KEY_BYTES));
    for (word, style) in STYLES {
        if let Some(family) = key.strip_suffix(word)
            && !family.is_empty()
        {
            return (family.to_owned(), style);
        }
    }
    (key, Style::PLAIN)
}

/// Where fonts are, the user's own first.
pub(super) fn folders() -> Vec<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let home = variable("HOME").map(PathBuf::from);
    let own = variable("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(home.as_ref()?.join(".local/share")));
    let mut folders: Vec<PathBuf> = own.map(|own| own.join("fonts")).into_iter().collect();
    folders.extend(home.map(|home| home.join(".fonts")));
    let shared = variable("XDG_DATA_DIRS").unwrap_or_else(|| "/usr/local/share:/usr/share".into());
    folders.extend(std::env::split_paths(&shared).map(|path| path.join("fonts")));
    folders.retain(|folder| folder.is_absolute());
    folders
}

/// Families that can write a script, the best first: first of the wanted kind,
/// then of the other, then those that write a bit of everything.
fn families(script: Script, serif: bool) -> Vec<&'static [&'static str]> {
    let (sans, with_serifs): (&[&str], &[&str]) = match script {
        Script::Other => return Vec::new(),
        Script::Japanese => (JAPANESE_SANS, JAPANESE_SERIF),
        Script::Korean => (KOREAN_SANS, KOREAN_SERIF),
        Script::SimplifiedChinese => (SIMPLIFIED_SANS, SIMPLIFIED_SERIF),
        Script::TraditionalChinese => (TRADITIONAL_SANS, TRADITIONAL_SERIF),
    };
    if serif {
        vec![with_serifs, sans, EVERYTHING]
    } else {
        vec![sans, with_serifs, EVERYTHING]
    }
}

const JAPANESE_SANS: &[&str] = &[
    "notosanscjkjp",
    "notosansjp",
    "notosanscjk",
    "sourcehansansjp",
    "sourcehansans",
    "ipaexg",
    "ipagp",
    "ipag",
    "takaopgothic",
    "takaogothic",
    "vlgothic",
    "vlpgothic",
    "fontsjapanesegothic",
    "droidsansjapanese",
    "msgothic",
];
const JAPANESE_SERIF: &[&str] = &[
    "notoserifcjkjp",
    "notoserifjp",
    "notoserifcjk",
    "sourcehanserifjp",
    "sourcehanserif",
    "ipaexm",
    "ipamp",
    "ipam",
    "takaopmincho",
    "takaomincho",
    "fontsjapanesemincho",
    "hanamina",
    "msmincho",
];
const KOREAN_SANS: &[&str] = &[
    "notosanscjkkr",
    "notosanskr",
    "notosanscjk",
    "sourcehansanskr",
    "sourcehansans",
    "nanumgothic",
    "nanumbarungothic",
    "undotum",
    "baekmukdotum",
    "dotum",
    "malgun",
];
const KOREAN_SERIF: &[&str] = &[
    "notoserifcjkkr",
    "notoserifkr",
    "notoserifcjk",
    "sourcehanserifkr",
    "sourcehanserif",
    "nanummyeongjo",
    "unbatang",
    "baekmukbatang",
    "batang",
];
const SIMPLIFIED_SANS: &[&str] = &[
    "notosanscjksc",
    "notosanssc",
    "notosanscjk",
    "sourcehansanssc",
    "sourcehansans",
    "wqymicrohei",
    "wqyzenhei",
    "droidsansfallbackfull",
    "msyh",
    "simhei",
];
const SIMPLIFIED_SERIF: &[&str] = &[
    "notoserifcjksc",
    "notoserifsc",
    "notoserifcjk",
    "sourcehanserifsc",
    "sourcehanserif",
    "gbsn00lp",
    "gkai00mp",
    "uming",
    "simsun",
];
const TRADITIONAL_SANS: &[&str] = &[
    "notosanscjktc",
    "notosanstc",
    "notosanscjk",
    "sourcehansanstc",
    "sourcehansans",
    "wqymicrohei",
    "wqyzenhei",
    "droidsansfallbackfull",
    "msjh",
];
const TRADITIONAL_SERIF: &[&str] = &[
    "notoserifcjktc",
    "notoseriftc",
    "notoserifcjk",
    "sourcehanseriftc",
    "sourcehanserif",
    "bsmi00lp",
    "bkai00mp",
    "uming",
    "ukai",
    "mingliu",
];
const EVERYTHING: &[&str] = &[
    "notosanscjk",
    "wqymicrohei",
    "wqyzenhei",
    "droidsansfallbackfull",
    "droidsansfallback",
    "uming",
    "ukai",
    "arialuni",
    "unifont",
];

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::Text;

    fn wanted(family: &str, script: Script) -> FontWanted {
        FontWanted {
            family: Text::cleaned(family, 100),
            script,
            serif: false,
            bold: false,
            italic: false,
        }
    }

    fn index(names: &[&str]) -> (tempfile::TempDir, FontIndex) {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"not looked at").unwrap();
        }
        let index = FontIndex::of(&[folder.path().to_owned()]);
        (folder, index)
    }

    fn found(index: &FontIndex, wanted: &FontWanted) -> Option<String> {
        let path = index.find(wanted)?;
        Some(path.file_name()?.to_str()?.to_owned())
    }

    #[test]
    fn font_is_found_by_family_style_and_script() {
        let (_folder, index) = index(&[
            "truetype/My Font-Bold.ttf",
            "truetype/MyFont-Regular.ttf",
            "truetype/MyFont-Light.ttf",
            "opentype/noto/NotoSansCJK-Regular.ttc",
            "opentype/noto/NotoSerifCJK-Bold.ttc",
            "readme.txt",
        ]);
        let plain = wanted("MyFont,Regular", Script::Other);
        assert_eq!(found(&index, &plain).as_deref(), Some("MyFont-Regular.ttf"));
        let bold = FontWanted {
            bold: true,
            ..plain
        };
        assert_eq!(found(&index, &bold).as_deref(), Some("My Font-Bold.ttf"));
        let japanese = wanted("HeiseiKakuGo-W5", Script::Japanese);
        let sans = found(&index, &japanese);
        assert_eq!(sans.as_deref(), Some("NotoSansCJK-Regular.ttc"));
        let serif = FontWanted {
            serif: true,
            ..japanese
        };
        let serif = found(&index, &serif);
        assert_eq!(serif.as_deref(), Some("NotoSerifCJK-Bold.ttc"));
        assert_eq!(found(&index, &wanted("Nothing", Script::Other)), None);
    }

    #[test]
    fn word_of_a_document_never_becomes_a_path() {
        let (folder, index) = index(&["a/secret.ttf", "passwd.ttf"]);
        for family in [
            "../../etc/passwd",
            "/etc/passwd",
            "a/secret",
            "passwd.ttf",
            "",
            ".",
        ] {
            let found = index.find(&wanted(family, Script::Other));
            assert!(found.is_none_or(|path| path.starts_with(folder.path())));
        }
        let named = folder.path().join("passwd.ttf");
        let found = index.find(&wanted("../passwd", Script::Other));
        assert_eq!(found, Some(named.as_path()));
    }

    #[test]
    fn folder_that_links_to_itself_is_looked_at_once() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
        fs::write(folder.path().join("one.ttf"), b"").unwrap();
        let index = FontIndex::of(&[folder.path().to_owned(), "/no/such/folder".into()]);
        assert_eq!(index.families.len(), 1);
        assert_eq!(index.families["one"].len(), 1);
    }
}
