//! The words of a page, with their places.
//!
//! Glyphs are taken in the order in which the page draws them; where the pen
//! goes makes words of them ([`pen`]), and where these stand decides in which
//! order they are read ([`order`]).

mod block;
mod order;
mod pen;

use super::recover::Recovery;
use super::strings;
use block::Word;
use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, interpret_page,
};
use hayro::hayro_syntax::object::{Dict, String as PdfString};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, Point, Rect};
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{Separator, Text, TextRun};
use pen::{Pen, between, strength};

/// Most glyphs of a page that are taken. 4 million fill [`ipc::limits::MAX_PARTS`].
const MAX_GLYPHS: usize = 4_000_000;
/// Most glyphs of a run that are known at a time: they are looked for one by one.
const MAX_KNOWN: usize = 64;

/// Reads the words of a page, and of what lies over it.
///
/// `cache` is of this document alone.
pub(super) fn read<'a>(
    page: &'a Page<'a>,
    overlay: Option<&Page<'_>>,
    settings: &InterpreterSettings,
    cache: &InterpreterCache<'a>,
) -> Vec<TextRun> {
    let unit = f64::from(super::user_unit(page));
    let mut words = Words::new(page);
    interpret(page, unit, settings, cache, &mut words);
    if let Some(overlay) = overlay {
        words.separate(Separator::Block);
        interpret(
            overlay,
            unit,
            settings,
            &InterpreterCache::new(),
            &mut words,
        );
    }
    order::arrange(words.finish())
}

fn interpret<'a>(
    page: &'a Page<'a>,
    unit: f64,
    settings: &InterpreterSettings,
    cache: &InterpreterCache<'a>,
    words: &mut Words<'_>,
) {
    let (width, height) = page.render_dimensions();
    let transform = Affine::scale(unit) * page.initial_transform(true).to_kurbo();
    let area = Rect::new(0.0, 0.0, f64::from(width) * unit, f64::from(height) * unit);
    let mut context = Context::new(transform, area, cache, page.xref(), settings.clone());
    interpret_page(page, &mut context, words);
}

/// Collects glyphs into words.
struct Words<'p> {
    recovery: Recovery<'p>,
    /// Pieces of marked content that are open.
    marked: usize,
    /// What glyphs mean together, instead of one by one.
    actual: Option<Actual>,
    runs: Vec<Word>,
    word: String,
    area: Option<Rect>,
    /// Where the first and the last letter of the word stand.
    ends: Option<(Pen, Pen)>,
    pen: Option<Pen>,
    /// Glyphs of the run that is drawn, which has one font: their codes, widths
    /// and meanings. To ask hayro for each letter anew takes a third of all time.
    known: Vec<(u32, f64, Option<BfString>)>,
    /// First and last place of the run before, to know a run that is drawn twice.
    drawn: Option<(Point, Point)>,
    glyphs: usize,
}

/// The words that stand for a piece of marked content (ISO 32000-2:2020, 14.9.4).
struct Actual {
    /// How many pieces of marked content are open around it.
    depth: usize,
    text: String,
    /// From its first glyph to its last.
    span: Option<(Pen, Pen)>,
}

impl<'p> Words<'p> {
    fn new(page: &'p Page<'p>) -> Self {
        Self {
            recovery: Recovery::new(page),
            marked: 0,
            actual: None,
            runs: Vec::new(),
            word: String::new(),
            area: None,
            ends: None,
            pen: None,
            known: Vec::new(),
            drawn: None,
            glyphs: 0,
        }
    }

    fn glyph(&mut self, glyph: &Glyph<'_>, transform: Affine, vertical: bool) {
        self.glyphs += 1;
        let known = self.look_up(glyph);
        let width = self.known.get(known).map_or(0.0, |(_, width, _)| *width);
        let Some(pen) = Pen::new(width, transform, vertical) else {
            return;
        };
        if let Some(actual) = &mut self.actual {
            let first = actual.span.map_or(pen, |(first, _)| first);
            actual.span = Some((first, pen));
            return;
        }
        self.move_to(pen);
        match self.known.get(known).and_then(|(_, _, text)| text.clone()) {
            Some(BfString::Char(c)) => self.letters(c, &pen),
            Some(BfString::String(text)) => text.chars().for_each(|c| self.letters(c, &pen)),
            None => {}
        }
    }

    /// Where in `known` a glyph stands.
    fn look_up(&mut self, glyph: &Glyph<'_>) -> usize {
        let code = glyph.char_code();
        let found = self.known.iter().position(|(known, ..)| *known == code);
        found.unwrap_or_else(|| {
            if self.known.len() >= MAX_KNOWN {
                self.known.clear();
            }
            let width = match glyph {
                Glyph::Outline(glyph) => glyph.advance_width(),
                Glyph::Type3(glyph) => glyph.advance_width(),
            };
            let width = f64::from(width.unwrap_or(0.0));
            let text = self.recovery.unicode(glyph);
            self.known.push((code, width, text));
            self.known.len() - 1
        })
    }

    /// Notes where the next character stands, and what that makes of the one before.
    fn move_to(&mut self, pen: Pen) {
        if let Some(before) = self.pen.replace(pen) {
            self.separate(between(&before, &pen));
        }
    }

    /// Writes what marked content says of itself where its glyphs stood: each
    /// character gets the same share of the way.
    fn write_actual(&mut self, actual: &Actual) {
        let Some((first, last)) = actual.span else {
            return;
        };
        self.move_to(first);
        let count = actual.text.chars().count().max(1) as f64;
        let step = (last.end - first.start) / count;
        for (number, c) in (0..).zip(actual.text.chars()) {
            let start = first.start + step * f64::from(number);
            let pen = Pen {
                start,
                end: start + step,
                ..first
            };
            self.letters(c, &pen);
        }
        self.pen = Some(last);
    }

    /// A character, or the letters of a ligature. A hyphen that is drawn is one,
    /// whatever its font calls it.
    fn letters(&mut self, c: char, pen: &Pen) {
        match ligature(c) {
            Some(letters) => letters.chars().for_each(|c| self.character(c, pen)),
            None if c == '\u{ad}' => self.character('-', pen),
            None => self.character(c, pen),
        }
    }

    fn character(&mut self, c: char, pen: &Pen) {
        if c.is_whitespace() || c == '\0' {
            self.separate(Separator::Space);
            return;
        }
        if self.word.len() + c.len_utf8() > MAX_TEXT_BYTES {
            self.end_word(Separator::None);
        }
        self.word.push(c);
        let area = pen.area();
        self.area = Some(self.area.map_or(area, |whole| whole.union(area)));
        self.ends = Some((self.ends.map_or(*pen, |(first, _)| first), *pen));
    }

    /// Ends the word, or makes what stands behind the last one stronger.
    fn separate(&mut self, separator: Separator) {
        if separator == Separator::None {
            return;
        }
        if !self.word.is_empty() {
            self.end_word(separator);
        } else if let Some(last) = self.runs.last_mut()
            && strength(last.run.then) < strength(separator)
        {
            last.run.then = separator;
        }
    }

    fn end_word(&mut self, then: Separator) {
        let text = Text::cleaned(&std::mem::take(&mut self.word), MAX_TEXT_BYTES);
        let place = self.area.take().and_then(super::page_box);
        if let (Some(place), Some((first, last))) = (place, self.ends.take()) {
            let run = TextRun { text, place, then };
            self.runs.push(Word { run, first, last });
        }
    }

    fn finish(mut self) -> Vec<Word> {
        // Marked content that is never closed ends with the page.
        if let Some(actual) = self.actual.take() {
            self.write_actual(&actual);
        }
        self.separate(Separator::Block);
        self.runs
    }
}

impl<'a> Device<'a> for Words<'_> {
    fn begin_marked_content(&mut self, _: &[u8], properties: Option<&Dict<'_>>) {
        let text = properties.and_then(|dict| dict.get::<PdfString<'_>>("ActualText"));
        if let Some(text) = text.filter(|_| self.actual.is_none()) {
            self.actual = Some(Actual {
                depth: self.marked,
                text: strings::decode(text.as_bytes()),
                span: None,
            });
        }
        self.marked = self.marked.saturating_add(1);
    }

    fn end_marked_content(&mut self) {
        // One that closes what was never opened closes nothing of ours.
        self.marked = self.marked.saturating_sub(1);
        let depth = self.marked;
        if let Some(actual) = self.actual.take_if(|actual| actual.depth >= depth) {
            self.write_actual(&actual);
        }
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        let at = |glyph: Affine| (props.transform * glyph) * Point::ORIGIN;
        let ends = run.glyphs().first().zip(run.glyphs().last());
        let ends = ends.map(|(first, last)| (at(first.transform()), at(last.transform())));
        // Filled and stroked, or drawn again to look bold.
        if ends.is_some() && ends == self.drawn {
            return;
        }
        self.drawn = ends;
        self.known.clear();
        let vertical = run.writing_mode() == WritingMode::Vertical;
        for glyph in run.glyphs() {
            if self.glyphs >= MAX_GLYPHS {
                return;
            }
            self.glyph(glyph, props.transform * glyph.transform(), vertical);
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_clip_rect(&mut self, _: &Rect) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// Letters of a Latin ligature: people search for them and copy them.
fn ligature(c: char) -> Option<&'static str> {
    const LIGATURES: [&str; 7] = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"];
    let number = u32::from(c).checked_sub(0xFB00)?;
    LIGATURES.get(usize::try_from(number).ok()?).copied()
}
