//! What a glyph stands for when its font does not say.
//!
//! hayro knows `ToUnicode` and the names of glyphs. What is left are fonts
//! that leave both out, or break what they say: composite fonts of a known
//! collection of characters or whose glyphs have the numbers that they have in
//! the first fonts, embedded TrueType fonts whose own table of characters can be
//! read backwards, and Type 3 fonts that call their glyphs after codes.

mod first_fonts;
mod to_unicode;

use hayro::hayro_interpret::font::{Glyph, OutlineGlyph};
use hayro::hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as PdfString};
use hayro::hayro_syntax::page::Page;
use skrifa::{FontRef, MetadataProvider};
use std::collections::HashMap;

/// Most fonts of a page that are looked at.
const MAX_FONTS: usize = 512;
/// How deep resources of forms are looked into.
const MAX_DEPTH: usize = 4;
/// Most characters of one embedded font that are read backwards.
const MAX_CHARACTERS: usize = 1 << 17;
/// What is known of the fonts of a page; looked up when it is needed first.
pub(super) struct Recovery<'p> {
    page: &'p Page<'p>,
    composites: Option<HashMap<String, Composite>>,
    /// Glyph to character, by the key of a font's bytes.
    backwards: HashMap<u128, HashMap<u32, char>>,
}

/// A composite font.
struct Composite {
    encoding: Option<CMap>,
    /// CID to Unicode.
    collection: Option<CMap>,
    /// `ToUnicode` is an identity: codes are UTF-16.
    codes_are_unicode: bool,
    /// What can be read of a `ToUnicode` that is broken.
    told: HashMap<u32, char>,
    embedded: bool,
}

impl<'p> Recovery<'p> {
    pub(super) fn new(page: &'p Page<'p>) -> Self {
        Self {
            page,
            composites: None,
            backwards: HashMap::new(),
        }
    }

    /// What a glyph stands for.
    pub(super) fn unicode(&mut self, glyph: &Glyph<'_>) -> Option<BfString> {
        match glyph.as_unicode() {
            None | Some(BfString::Char('\0' | '\u{FFFD}')) => {}
            told => return told,
        }
        let found = match glyph {
            Glyph::Outline(outline) => self.outline(outline),
            Glyph::Type3(glyph) => printable(glyph.char_code()),
        };
        found.map(BfString::Char)
    }

    fn outline(&mut self, glyph: &OutlineGlyph) -> Option<char> {
        let code = glyph.char_code();
        let Some(data) = glyph.font_data() else {
            // A simple font, or a substitute for a composite one.
            return match self.composites().values().any(|font| !font.embedded) {
                true => self.substituted(code),
                false => printable(code),
            };
        };
        let name = data.postscript_name.unwrap_or_default();
        let composite = self.composites().get(&name);
        if let Some(found) = composite.and_then(|font| font.unicode(code)) {
            return Some(found);
        }
        if composite.is_some_and(|font| !font.embedded) {
            return self.substituted(code);
        }
        let is_simple = composite.is_none();
        let backwards = self.backwards.entry(data.cache_key);
        let backwards = backwards.or_insert_with(|| read_backwards((*data.data).as_ref()));
        let found = backwards.get(&glyph.glyph_id().to_u32()).copied();
        found.or_else(|| printable(code).filter(|_| is_simple))
    }

    /// What a code means in a composite font that is not there: by any of the
    /// page's, and else by the order of glyphs that most such fonts have.
    fn substituted(&mut self, code: u32) -> Option<char> {
        let fonts = self.composites().values().filter(|font| !font.embedded);
        let found = fonts.filter_map(|font| font.unicode(code)).next();
        found.or_else(|| first_fonts::character(code))
    }

    fn composites(&mut self) -> &HashMap<String, Composite> {
        self.composites.get_or_insert_with(|| {
            let mut found = HashMap::new();
            let mut left = MAX_FONTS;
            let resources = self.page.resources();
            fonts_of(&resources.fonts, &mut found, &mut left);
            forms_of(&resources.x_objects, &mut found, &mut left, MAX_DEPTH);
            found
        })
    }
}

fn forms_of(
    forms: &Dict<'_>,
    found: &mut HashMap<String, Composite>,
    left: &mut usize,
    depth: usize,
) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    for key in forms.keys() {
        if *left == 0 {
            return;
        }
        let form = forms.get::<Stream<'_>>(key.as_ref());
        let Some(resources) = form.and_then(|form| form.dict().get::<Dict<'_>>("Resources")) else {
            continue;
        };
        *left -= 1;
        let part = |key: &str| resources.get::<Dict<'_>>(key).unwrap_or_default();
        fonts_of(&part("Font"), found, left);
        forms_of(&part("XObject"), found, left, depth);
    }
}

fn fonts_of(fonts: &Dict<'_>, found: &mut HashMap<String, Composite>, left: &mut usize) {
    for key in fonts.keys() {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let Some(font) = fonts.get::<Dict<'_>>(key.as_ref()) else {
            continue;
        };
        let is_composite = font
            .get::<Name<'_>>("Subtype")
            .is_some_and(|kind| kind.as_str() == "Type0");
        let name = font.get::<Name<'_>>("BaseFont");
        if let Some(name) = name.filter(|_| is_composite) {
            let name = without_subset(name.as_str()).to_owned();
            found.entry(name).or_insert_with(|| Composite::read(&font));
        }
    }
}

/// `ABCDEF+Name` is a part of the font `Name`.
fn without_subset(name: &str) -> &str {
    match name.split_once('+') {
        Some((subset, rest)) if subset.len() == 6 => rest,
        _ => name,
    }
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
fn read_backwards(bytes: &[u8]) -> HashMap<u32, char> {
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
