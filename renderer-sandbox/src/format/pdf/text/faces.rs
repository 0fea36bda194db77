//! The fonts of a document as far as reading needs them: how far each code moves the
//! pen, and what it stands for. Each code is asked of hayro once.

use super::hidden::{self, HiddenLayers};
use crate::format::pdf::recover::Recovery;
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Dict, Name, ObjectIdentifier};
use hayro::kurbo::Vec2;
use hayro_font::{Font, FontCache, StandardFont};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::rc::Rc;

/// Codes of one font after which they are forgotten: all of two bytes, and as many again.
const MAX_KEPT: usize = 1 << 17;

/// What a code stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    Nothing,
    /// White space.
    Space,
    Letter(char),
    Letters(Box<str>),
}

/// A code of a font.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// How far the pen goes on, in sizes of the font: along a line, or down a column.
    pub(super) advance: f64,
    /// Where the glyph of a column begins, in thousandths of its size.
    pub(super) origin: Vec2,
    /// How wide it is, in thousandths.
    pub(super) width: f64,
    pub(super) meaning: Meaning,
}

/// A font.
pub(super) struct Face<'a> {
    font: Font<'a>,
    /// Nothing is known of the font that was wanted: what is ASCII is shown all the same.
    pub(super) is_stand_in: bool,
    pub(super) horizontal: bool,
    /// How high its letters are, in sizes of the font.
    pub(super) height: f64,
    table: RefCell<Table<'a>>,
}

struct Table<'a> {
    recovery: Recovery<'a>,
    known: Vec<Known>,
    /// Where codes of one byte stand in `known`, and one more; 0 for nowhere.
    bytes: Box<[u32; 256]>,
    /// The same of other codes.
    others: HashMap<u32, u32>,
}

impl<'a> Face<'a> {
    fn new(font: Font<'a>, dict: &Dict<'a>, is_stand_in: bool) -> Self {
        Self {
            is_stand_in,
            horizontal: font.is_horizontal(),
            height: height(dict),
            font,
            table: RefCell::new(Table {
                recovery: Recovery::of(dict),
                known: Vec::new(),
                bytes: Box::new([0; 256]),
                others: HashMap::new(),
            }),
        }
    }

    /// The codes of a string, each with what is known of it and its length in bytes.
    pub(super) fn codes(&self, bytes: &[u8], mut take: impl FnMut(u32, usize, usize, &Known)) {
        let mut table = self.table.borrow_mut();
        let mut at = 0;
        while at < bytes.len() {
            let (code, len) = self.font.read_code(bytes, at);
            at += len.max(1);
            let number = table.number(&self.font, code);
            if let Some(known) = table.known.get(number) {
                take(code, len, number, known);
            }
        }
    }

    /// Forgets what is known where that is too much. No number is good after it.
    pub(super) fn make_room(&self) {
        let mut table = self.table.borrow_mut();
        if table.known.len() >= MAX_KEPT {
            table.known.clear();
            table.bytes.fill(0);
            table.others.clear();
        }
    }

    /// What is known of codes, by the numbers that [`Self::codes`] gives.
    pub(super) fn with_known<R>(&self, take: impl FnOnce(&[Known]) -> R) -> R {
        take(&self.table.borrow().known)
    }
}

impl<'a> Table<'a> {
    /// Where a code stands in `known`.
    fn number(&mut self, font: &Font<'a>, code: u32) -> usize {
        let byte = usize::try_from(code).unwrap_or(usize::MAX);
        let kept = match self.bytes.get(byte) {
            Some(kept) => *kept,
            None => self.others.get(&code).copied().unwrap_or(0),
        };
        if let Some(number) = kept.checked_sub(1) {
            return number as usize;
        }
        let known = self.ask(font, code);
        self.known.push(known);
        let kept = u32::try_from(self.known.len()).unwrap_or(0);
        match self.bytes.get_mut(byte) {
            Some(place) => *place = kept,
            None => drop(self.others.insert(code, kept)),
        }
        self.known.len() - 1
    }

    fn ask(&mut self, font: &Font<'a>, code: u32) -> Known {
        let glyph = font.glyph(font.map_code(code), code);
        let advance = font.code_advance(code);
        let along = if font.is_horizontal() {
            advance.x
        } else {
            advance.y
        };
        Known {
            advance: along / f64::from(hayro_font::UNITS_PER_EM),
            origin: font.origin_displacement(code),
            width: advance.x,
            meaning: meaning(self.recovery.unicode(&glyph)),
        }
    }
}

/// How high the letters of a font are. One of Type 3 has units of its own, and some have
/// a size of a hundredth of what is seen; of all others the size is the height.
fn height(dict: &Dict<'_>) -> f64 {
    const USUAL: RangeInclusive<f64> = 0.3..=3.0;
    let kind = dict.get::<Name<'_>>("Subtype");
    if kind.is_none_or(|kind| kind.as_str() != "Type3") {
        return 1.0;
    }
    let bounds = dict.get::<[f32; 4]>("FontBBox");
    let matrix = dict.get::<[f64; 6]>("FontMatrix");
    let height = bounds.zip(matrix).map(|([_, bottom, _, top], matrix)| {
        f64::from(top - bottom).abs() * matrix.get(3).copied().unwrap_or(0.0).abs()
    });
    let sound = |height: &f64| (1e-4..=1e4).contains(height) && !USUAL.contains(height);
    height.filter(sound).unwrap_or(1.0)
}

/// A text with the letters of its ligatures: people search for them and copy them. A
/// hyphen that is drawn is one, whatever its font calls it.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match ligature(c) {
            Some(letters) => plain.push_str(letters),
            None if c == '\u{ad}' => plain.push('-'),
            None => plain.push(c),
        }
    }
    plain
}

fn meaning(told: Option<BfString>) -> Meaning {
    let letters = match told {
        None => return Meaning::Nothing,
        Some(BfString::Char(c)) => plain(c.encode_utf8(&mut [0; 4])),
        Some(BfString::String(text)) => plain(&text),
    };
    let mut chars = letters.chars();
    match (chars.next(), chars.next()) {
        (None, _) => Meaning::Nothing,
        (Some(c), None) if super::is_space(c) => Meaning::Space,
        (Some(c), None) => Meaning::Letter(c),
        (Some(_), Some(_)) => Meaning::Letters(letters.into_boxed_str()),
    }
}

/// Letters of a Latin ligature.
fn ligature(c: char) -> Option<&'static str> {
    const LIGATURES: [&str; 7] = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"];
    let number = u32::from(c).checked_sub(0xFB00)?;
    LIGATURES.get(usize::try_from(number).ok()?).copied()
}

/// The fonts of one document, and which of its layers are hidden.
pub(in crate::format::pdf) struct Faces<'a> {
    settings: InterpreterSettings,
    fonts: FontCache<'a>,
    /// By the number of their object.
    faces: RefCell<HashMap<ObjectIdentifier, Option<Rc<Face<'a>>>>>,
    stand_in: OnceCell<Option<Rc<Face<'a>>>>,
    pub(super) hidden: HiddenLayers,
}

impl<'a> Faces<'a> {
    /// Without any. `settings` say where fonts come from.
    pub(in crate::format::pdf) fn new(pdf: &Pdf, settings: &InterpreterSettings) -> Self {
        Self {
            settings: settings.clone(),
            fonts: FontCache::new(),
            faces: RefCell::default(),
            stand_in: OnceCell::new(),
            hidden: hidden::layers(pdf),
        }
    }

    /// The font of a dictionary, and of this object where it is one by itself; one that
    /// cannot be read has a stand-in.
    pub(super) fn of(&self, dict: &Dict<'a>, id: Option<ObjectIdentifier>) -> Option<Rc<Face<'a>>> {
        let kept = id.and_then(|id| self.faces.borrow().get(&id).cloned());
        if let Some(kept) = kept {
            return kept;
        }
        let settings = &self.settings;
        let font = self
            .fonts
            .font(dict, &settings.font_resolver, &settings.cmap_resolver);
        let face = match font {
            Some(font) => Some(Rc::new(Face::new(font, dict, false))),
            None => self.stand_in(),
        };
        if let Some(id) = id {
            self.faces.borrow_mut().insert(id, face.clone());
        }
        face
    }

    /// Helvetica, which is taken where no font is named.
    pub(super) fn stand_in(&self) -> Option<Rc<Face<'a>>> {
        let make = || {
            let resolver = &self.settings.font_resolver;
            let font = self
                .fonts
                .standard_font(StandardFont::Helvetica, resolver)?;
            Some(Rc::new(Face::new(font, &Dict::empty(), true)))
        };
        self.stand_in.get_or_init(make).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::{BfString, Meaning, meaning};

    #[test]
    fn ligatures_are_letters_and_soft_hyphens_that_are_drawn_are_hyphens() {
        let letters = |letters: &str| Meaning::Letters(letters.into());
        assert_eq!(meaning(Some(BfString::Char('\u{FB03}'))), letters("ffi"));
        assert_eq!(
            meaning(Some(BfString::Char('\u{ad}'))),
            Meaning::Letter('-')
        );
        assert_eq!(meaning(Some(BfString::Char('\u{a0}'))), Meaning::Space);
        let several = BfString::String("o\u{FB01}".to_owned());
        assert_eq!(meaning(Some(several)), letters("ofi"));
        assert_eq!(meaning(None), Meaning::Nothing);
    }
}
