//! The words of a page, with their places.
//!
//! Glyphs are taken in the order in which the page draws them, which is the
//! reading order of nearly every producer. Where the pen goes decides what
//! stands between two glyphs: on along the line → the same word, a gap → a
//! space, another line → a line break, far away → a new block. All distances
//! are measured in sizes of the font.

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, interpret_page,
};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, Point, Rect, Vec2};
use ipc::limits::{MAX_PAGE_SIDE, MAX_TEXT_BYTES};
use ipc::{PageBox, Separator, Text, TextRun};

/// Most glyphs of a page that are taken. 4 million fill [`ipc::limits::MAX_PARTS`].
const MAX_GLYPHS: usize = 4_000_000;

/// Units of a glyph's own space to one size of its font.
const UNITS_PER_EM: f64 = 1000.0;
/// A gap from here on is a space. A space is a quarter of the size in most
/// fonts, kerning stays below a tenth.
const SPACE_GAP: f64 = 0.16;
/// A step across the line from here on is another line; super- and subscripts
/// stay below.
const LINE_STEP: f64 = 0.6;
/// A step across the line from here on is another block: two and a half lines.
const BLOCK_STEP: f64 = 2.5;
/// A step back along the line from here on is another line or column.
const BACK_STEP: f64 = 1.0;
/// A gap along the line from here on is another column or table cell.
const COLUMN_GAP: f64 = 6.0;
/// How far a box reaches above and below the baseline.
const ASCENT: f64 = 0.75;
const DESCENT: f64 = 0.22;

/// Reads the words of a page.
pub(super) fn read(page: &Page<'_>, settings: &InterpreterSettings) -> Vec<TextRun> {
    let (width, height) = page.render_dimensions();
    let unit = f64::from(super::user_unit(page));
    let cache = InterpreterCache::new();
    let transform = Affine::scale(unit) * page.initial_transform(true).to_kurbo();
    let area = Rect::new(0.0, 0.0, f64::from(width) * unit, f64::from(height) * unit);
    let mut context = Context::new(transform, area, &cache, page.xref(), settings.clone());
    let mut words = Words::default();
    interpret_page(page, &mut context, &mut words);
    words.finish()
}

/// Collects glyphs into words.
#[derive(Default)]
struct Words {
    runs: Vec<TextRun>,
    word: String,
    area: Option<Rect>,
    pen: Option<Pen>,
    /// First and last place of the run before, to know a run that is drawn twice.
    drawn: Option<(Point, Point)>,
    glyphs: usize,
}

/// Where the last glyph ended, and how it stood.
#[derive(Clone, Copy)]
struct Pen {
    start: Point,
    end: Point,
    along: Vec2,
    size: f64,
}

impl Words {
    fn glyph(&mut self, glyph: &Glyph<'_>, transform: Affine, vertical: bool) {
        self.glyphs += 1;
        let Some(pen) = pen(glyph, transform, vertical) else {
            return;
        };
        if let Some(before) = self.pen.replace(pen) {
            self.separate(between(&before, &pen));
        }
        match glyph.as_unicode() {
            Some(BfString::Char(c)) => self.character(c, &pen),
            Some(BfString::String(text)) => text.chars().for_each(|c| self.character(c, &pen)),
            None => {}
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
        let area = glyph_area(pen);
        self.area = Some(self.area.map_or(area, |whole| whole.union(area)));
    }

    /// Ends the word, or makes what stands behind the last one stronger.
    fn separate(&mut self, separator: Separator) {
        if separator == Separator::None {
            return;
        }
        if !self.word.is_empty() {
            self.end_word(separator);
        } else if let Some(last) = self.runs.last_mut()
            && strength(last.then) < strength(separator)
        {
            last.then = separator;
        }
    }

    fn end_word(&mut self, then: Separator) {
        let text = Text::cleaned(&std::mem::take(&mut self.word), MAX_TEXT_BYTES);
        let place = self.area.take().and_then(page_box);
        if let Some(place) = place {
            self.runs.push(TextRun { text, place, then });
        }
    }

    fn finish(mut self) -> Vec<TextRun> {
        self.separate(Separator::Block);
        self.runs
    }
}

impl<'a> Device<'a> for Words {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        let at = |glyph: Affine| (props.transform * glyph) * Point::ORIGIN;
        let ends = run.glyphs().first().zip(run.glyphs().last());
        let ends = ends.map(|(first, last)| (at(first.transform()), at(last.transform())));
        // Filled and stroked, or drawn again to look bold.
        if ends.is_some() && ends == self.drawn {
            return;
        }
        self.drawn = ends;
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

fn pen(glyph: &Glyph<'_>, transform: Affine, vertical: bool) -> Option<Pen> {
    let width = match glyph {
        Glyph::Outline(glyph) => glyph.advance_width(),
        Glyph::Type3(glyph) => glyph.advance_width(),
    };
    let width = f64::from(width.unwrap_or(0.0));
    let advance = if vertical {
        Point::new(0.0, -UNITS_PER_EM)
    } else {
        Point::new(width, 0.0)
    };
    let start = transform * Point::ORIGIN;
    let along = (transform * Point::new(1.0, 0.0) - start).normalize();
    let down = (transform * Point::new(0.0, -1.0) - start).normalize();
    let size = (transform * Point::new(0.0, UNITS_PER_EM) - start).hypot();
    let pen = Pen {
        start,
        end: transform * advance,
        along: if vertical { down } else { along },
        size,
    };
    let finite = pen.start.is_finite() && pen.end.is_finite() && pen.along.is_finite();
    (finite && size.is_finite() && size > 0.0).then_some(pen)
}

/// What stands between two glyphs.
fn between(before: &Pen, after: &Pen) -> Separator {
    let size = before.size.max(after.size);
    let step = after.start - before.end;
    let along = step.dot(before.along) / size;
    let across = step.cross(before.along).abs() / size;
    let turned = before.along.dot(after.along) < 0.9;
    if across >= BLOCK_STEP || turned {
        Separator::Block
    } else if across >= LINE_STEP || along <= -BACK_STEP {
        Separator::Line
    } else if along >= COLUMN_GAP {
        Separator::Block
    } else if along >= SPACE_GAP {
        Separator::Space
    } else {
        Separator::None
    }
}

fn strength(separator: Separator) -> u8 {
    match separator {
        Separator::None => 0,
        Separator::Space => 1,
        Separator::Line => 2,
        Separator::Block => 3,
    }
}

/// The box around a glyph, from its baseline.
fn glyph_area(pen: &Pen) -> Rect {
    let up = Vec2::new(pen.along.y, -pen.along.x) * pen.size;
    [pen.start, pen.end]
        .into_iter()
        .flat_map(|point| [point + up * ASCENT, point - up * DESCENT])
        .fold(Rect::from_points(pen.start, pen.end), |area, point| {
            area.union_pt(point)
        })
}

fn page_box(area: Rect) -> Option<PageBox> {
    let limit = f64::from(MAX_PAGE_SIDE);
    let edge = |value: f64| value.clamp(-limit, limit) as f32;
    PageBox::new(edge(area.x0), edge(area.y0), edge(area.x1), edge(area.y1))
}
