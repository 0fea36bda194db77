//! Text that none of the 14 fonts can draw, in a font of the system: asked for as the
//! fonts are that a document does not embed, measured here, and named in the small PDF
//! so that hayro asks for the same one.

use super::canvas::hex;
use crate::fonts::{FontBytes, Fonts};
use crate::format::pdf::fonts;
use ipc::{FontWanted, Script, Text};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use std::fmt::Write;
use std::sync::Arc;

/// Most fonts of one page; each is asked for once in a document.
const MAX_FONTS: usize = 8;
/// Most characters of one font: a code has two bytes, and 0 stands for none.
const MAX_CODES: usize = 65_535;
/// What a family is called where the script alone says which font.
const BY_SCRIPT: &str = "Words";
/// Families that write many scripts, the best first.
const ANYTHING: [&str; 5] = [
    "DejaVuSans",
    "NotoSans",
    "LiberationSans",
    "FreeSans",
    "Unifont",
];

/// A font of the system, and the characters that are drawn with it.
pub(super) struct Written {
    family: &'static str,
    script: Script,
    bytes: FontBytes,
    index: u32,
    /// With widths in sizes of the font; the first has code 1.
    codes: Vec<(char, f64)>,
}

/// A text as codes of a font.
pub(super) struct Codes {
    /// Number of the font.
    pub(super) font: usize,
    pub(super) hex: String,
}

/// The codes of a text in a font that has all of its letters, of those that are there
/// or that the system gives; `None` where there is none.
pub(super) fn codes(
    known: &mut Vec<Written>,
    system: Option<&Arc<Fonts>>,
    text: &str,
) -> Option<Codes> {
    let at = known.iter().position(|font| font.has_all(text));
    let at = match at {
        Some(at) => at,
        None if known.len() < MAX_FONTS => {
            let found = candidates(text).find_map(|(family, script)| {
                let font = Written::ask(system?, family, script)?;
                font.has_all(text).then_some(font)
            });
            known.push(found?);
            known.len() - 1
        }
        None => return None,
    };
    let codes: Option<Vec<u8>> = known.get_mut(at)?.codes_of(text);
    Some(Codes {
        font: at,
        hex: hex(&codes?),
    })
}

/// Fonts that may have the letters of a text.
fn candidates(text: &str) -> impl Iterator<Item = (&'static str, Script)> {
    let script = text.chars().find_map(script_of);
    let family = text.chars().find_map(family_of);
    let by_script = script.map(|script| (BY_SCRIPT, script));
    let by_name = family.into_iter().chain(ANYTHING);
    by_script
        .into_iter()
        .chain(by_name.map(|family| (family, Script::Other)))
}

/// The east Asian script of a letter; what these share is drawn as in simplified
/// Chinese, unless another letter of the text says more.
fn script_of(letter: char) -> Option<Script> {
    match letter {
        '\u{3040}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => Some(Script::Japanese),
        '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7ff}' => {
            Some(Script::Korean)
        }
        '\u{3100}'..='\u{312f}' => Some(Script::TraditionalChinese),
        '\u{2e80}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{ffef}' => {
            Some(Script::SimplifiedChinese)
        }
        _ => None,
    }
}

/// A family that is made for the script of a letter.
fn family_of(letter: char) -> Option<&'static str> {
    Some(match letter {
        '\u{530}'..='\u{58f}' => "NotoSansArmenian",
        '\u{590}'..='\u{5ff}' => "NotoSansHebrew",
        '\u{600}'..='\u{6ff}' => "NotoNaskhArabic",
        '\u{900}'..='\u{97f}' => "NotoSansDevanagari",
        '\u{980}'..='\u{9ff}' => "NotoSansBengali",
        '\u{b80}'..='\u{bff}' => "NotoSansTamil",
        '\u{e00}'..='\u{e7f}' => "NotoSansThai",
        '\u{10a0}'..='\u{10ff}' => "NotoSansGeorgian",
        _ => return None,
    })
}

impl Written {
    fn ask(system: &Arc<Fonts>, family: &'static str, script: Script) -> Option<Self> {
        // As `fonts::resolver` asks for what stands in the small PDF.
        let wanted = FontWanted {
            family: Text::cleaned(family, family.len()),
            script,
            serif: false,
            bold: false,
            italic: false,
        };
        let bytes = system.get(&wanted)?;
        let index = fonts::index_for(bytes.as_ref(), script);
        Some(Self {
            family,
            script,
            bytes,
            index,
            codes: Vec::new(),
        })
    }

    fn font(&self) -> Option<FontRef<'_>> {
        FontRef::from_index(self.bytes.as_ref(), self.index).ok()
    }

    fn has_all(&self, text: &str) -> bool {
        self.font().is_some_and(|font| {
            let characters = font.charmap();
            text.chars().all(|c| characters.map(c).is_some())
        })
    }

    /// Two bytes for each character.
    fn codes_of(&mut self, text: &str) -> Option<Vec<u8>> {
        let mut codes = Vec::with_capacity(2 * text.len());
        for c in text.chars() {
            let known = self.codes.iter().position(|(known, _)| *known == c);
            let at = match known {
                Some(at) => at,
                None if self.codes.len() < MAX_CODES => {
                    self.codes.push((c, self.width(c)?));
                    self.codes.len() - 1
                }
                None => return None,
            };
            codes.extend(u16::try_from(at + 1).ok()?.to_be_bytes());
        }
        Some(codes)
    }

    fn width(&self, c: char) -> Option<f64> {
        let font = self.font()?;
        let (size, location) = (Size::unscaled(), LocationRef::default());
        let glyph = font.charmap().map(c)?;
        let width = font.glyph_metrics(size, location).advance_width(glyph)?;
        let units = font.metrics(size, location).units_per_em;
        Some(f64::from(width) / f64::from(units.max(1)))
    }

    /// Its dictionary, and the stream that says what its codes stand for. Nothing of the
    /// document is in them but characters, as numbers.
    pub(super) fn objects(&self, stream: usize) -> (String, String) {
        let mut widths = String::new();
        let mut characters = String::new();
        for (code, (c, width)) in (1..).zip(&self.codes) {
            let mut units = [0; 2];
            let units = c.encode_utf16(&mut units);
            let units: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
            // Writing to a string cannot fail.
            let _ = write!(widths, "{:.0} ", width * 1000.0);
            let _ = writeln!(characters, "<{code:04X}> <{}>", hex(&units));
        }
        let ordering = match self.script {
            Script::Japanese => "Japan1",
            Script::Korean => "Korea1",
            Script::SimplifiedChinese => "GB1",
            Script::TraditionalChinese => "CNS1",
            Script::Other => "Identity",
        };
        let family = match self.family {
            BY_SCRIPT => String::new(),
            family => format!("/FontDescriptor << /FontFamily /{family} >>"),
        };
        let font = format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /{BY_SCRIPT} /Encoding /Identity-H {family} \
             /ToUnicode {stream} 0 R /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 \
             /BaseFont /{BY_SCRIPT} /DW 1000 /W [1 [{widths}]] /CIDSystemInfo \
             << /Registry (Adobe) /Ordering ({ordering}) /Supplement 0 >> >>] >>"
        );
        let map = format!(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n\
             1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
             {} beginbfchar\n{characters}endbfchar\nendcmap end end\n",
            self.codes.len()
        );
        let map = format!("<< /Length {} >>\nstream\n{map}endstream", map.len());
        (font, map)
    }
}
