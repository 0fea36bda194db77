//! What a glyph stands for when its font does not say.
//!
//! hayro knows `ToUnicode` and the names of glyphs. What is left are fonts
//! that leave both out, or break what they say: composite fonts of a known
//! collection of characters or whose glyphs have the numbers that they have in
//! the first fonts, embedded TrueType fonts whose own table of characters can be
//! read backwards, and Type 3 fonts that call their glyphs after codes.

mod first_fonts;
mod to_unicode;

use hayro::hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as PdfString};
use hayro_font::{FontGlyph, OutlineGlyph};
use skrifa::{FontRef, MetadataProvider};
use std::collections::HashMap;

/// Most characters of one embedded font that are read backwards.
const MAX_CHARACTERS: usize = 1 << 17;

/// What is known of one font; looked up when it is needed first.
pub(super) enum Recovery<'a> {
    Simple(Backwards),
    Composite {
        dict: Dict<'a>,
        read: Option<Box<Composite>>,
        backwards: Backwards,
    },
}

/// Glyph to character, by an embedded font's own table; `None` until it is read.
type Backwards = Option<HashMap<u32, char>>;

/// A composite font.
pub(super) struct Composite {
    encoding: Option<CMap>,
    /// CID to Unicode.
    collection: Option<CMap>,
    /// `ToUnicode` is an identity: codes are UTF-16.
    codes_are_unicode: bool,
    /// What can be read of a `ToUnicode` that is broken.
    told: HashMap<u32, char>,
    embedded: bool,
    /// Whether its name is that of one of the first fonts.
    keeps_numbers: bool,
}

impl<'a> Recovery<'a> {
    /// Of a font that the document describes so.
    pub(super) fn of(dict: &Dict<'a>) -> Self {
        let kind = dict.get::<Name<'_>>("Subtype");
        match kind.is_some_and(|kind| kind.as_str() == "Type0") {
            true => Self::Composite {
                dict: dict.clone(),
                read: None,
                backwards: None,
            },
            false => Self::Simple(None),
        }
    }

    /// What a glyph stands for.
    pub(super) fn unicode(&mut self, glyph: &FontGlyph<'_>) -> Option<BfString> {
        let told = match glyph {
            FontGlyph::Outline(glyph) => glyph.as_unicode(),
            FontGlyph::Type3(glyph) => glyph.as_unicode(),
        };
        match told {
            None | Some(BfString::Char('\0' | '\u{FFFD}')) => {}
            told => return told,
        }
        let found = match glyph {
            FontGlyph::Outline(outline) => self.outline(outline),
            FontGlyph::Type3(glyph) => printable(glyph.char_code()),
        };
        found.map(BfString::Char)
    }

    fn outline(&mut self, glyph: &OutlineGlyph) -> Option<char> {
        let code = glyph.char_code();
        match self {
            Self::Simple(backwards) => read_backwards(backwards, glyph).or_else(|| printable(code)),
            Self::Composite {
                dict,
                read,
                backwards,
            } => {
                let font = read.get_or_insert_with(|| Box::new(Composite::read(dict)));
                let found = font.unicode(code);
                found.or_else(|| match font.embedded {
                    true => read_backwards(backwards, glyph).or_else(|| {
                        // A part of such a font whose table was left out keeps its numbers.
                        let numbered = font.keeps_numbers && names_none(backwards);
                        first_fonts::character(glyph.glyph_id().to_u32()).filter(|_| numbered)
                    }),
                    // By the order of glyphs that most such fonts have.
                    false => first_fonts::character(code),
                })
            }
        }
    }
}

/// Whether the font has no table of its own.
fn names_none(backwards: &Backwards) -> bool {
    backwards.as_ref().is_some_and(HashMap::is_empty)
}

/// The character of a glyph by its font's own table.
fn read_backwards(backwards: &mut Backwards, glyph: &OutlineGlyph) -> Option<char> {
    let data = glyph.font_data()?;
    let backwards = backwards.get_or_insert_with(|| characters((*data.data).as_ref()));
    backwards.get(&glyph.glyph_id().to_u32()).copied()
}

impl Composite {
    fn read(font: &Dict<'_>) -> Self {
        let descendants = font.get::<Array<'_>>("DescendantFonts");
        let descendant = descendants
            .and_then(|fonts| fonts.iter::<Dict<'_>>().next())
            .unwrap_or_default();
        let encoding = font
            .get::<Object<'_>>("Encoding")
            .and_then(|encoding| read_encoding(&encoding));
        let of_encoding = encoding
            .as_ref()
            .and_then(|encoding| encoding.metadata().character_collection.as_ref())
            .map(|collection| collection.family.clone())
            .filter(|family| *family != CidFamily::AdobeIdentity);
        let family = of_encoding.or_else(|| family_of(&descendant));
        let collection = family
            .and_then(|family| load_embedded(family.ucs2_cmap()?))
            .and_then(|bytes| CMap::parse(bytes, load_embedded));
        let descriptor = descendant
            .get::<Dict<'_>>("FontDescriptor")
            .unwrap_or_default();
        let files = ["FontFile", "FontFile2", "FontFile3"];
        Self {
            encoding,
            collection,
            codes_are_unicode: font.get::<Name<'_>>("ToUnicode").is_some(),
            told: font
                .get::<Stream<'_>>("ToUnicode")
                .and_then(|stream| stream.decoded_data().ok())
                .map(|bytes| to_unicode::read(&bytes))
                .unwrap_or_default(),
            embedded: files.iter().any(|file| descriptor.contains_key(*file)),
            keeps_numbers: font
                .get::<Name<'_>>("BaseFont")
                .is_some_and(|name| first_fonts::is_one(name.as_str())),
        }
    }

    fn unicode(&self, code: u32) -> Option<char> {
        if self.codes_are_unicode {
            return char::from_u32(code).filter(|c| !c.is_control());
        }
        if let Some(told) = self.told.get(&code) {
            return Some(*told);
        }
        let encoding = self.encoding.as_ref()?;
        let cid = (1..=4).find_map(|bytes| encoding.lookup_cid_code(code, bytes))?;
        match self.collection.as_ref()?.lookup_bf_string(cid)? {
            BfString::Char(c) => Some(c).filter(|c| !c.is_control()),
            BfString::String(_) => None,
        }
    }
}

fn family_of(descendant: &Dict<'_>) -> Option<CidFamily> {
    let info = descendant.get::<Dict<'_>>("CIDSystemInfo")?;
    let registry = info.get::<PdfString<'_>>("Registry")?;
    let ordering = info.get::<PdfString<'_>>("Ordering")?;
    Some(CidFamily::from_registry_ordering(
        registry.as_bytes(),
        ordering.as_bytes(),
    ))
}

fn read_encoding(encoding: &Object<'_>) -> Option<CMap> {
    match encoding {
        Object::Name(name) => match CMapName::from_bytes(name.as_ref()) {
            CMapName::IdentityH => Some(CMap::identity_h()),
            CMapName::IdentityV => Some(CMap::identity_v()),
            name => CMap::parse(load_embedded(name)?, load_embedded),
        },
        Object::Stream(stream) => CMap::parse(&stream.decoded_data().ok()?, load_embedded),
        _ => None,
    }
}

/// A font's own table of characters, from glyphs to characters. Of several
/// characters with one glyph the first is taken.
fn characters(bytes: &[u8]) -> HashMap<u32, char> {
    let Ok(font) = FontRef::from_index(bytes, 0) else {
        return HashMap::new();
    };
    let mut backwards = HashMap::new();
    for (code, glyph) in font.charmap().mappings().take(MAX_CHARACTERS) {
        let symbol = (0xF020..=0xF07E).contains(&code);
        let code = if symbol { code - 0xF000 } else { code };
        if let Some(c) = char::from_u32(code).filter(|c| !c.is_control()) {
            backwards.entry(glyph.to_u32()).or_insert(c);
        }
    }
    backwards
}

/// A code that is a letter by itself, in ASCII or Latin-1.
fn printable(code: u32) -> Option<char> {
    let c = char::from_u32(code)?;
    matches!(c, ' '..='~' | '¡'..='ÿ').then_some(c)
}
