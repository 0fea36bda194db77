//! The words of a page, with their places.
//!
//! Glyphs are taken in the order in which the page draws them; where the pen
//! goes makes words of them ([`pen`]), and where these stand decides in which
//! order they are read ([`order`]).

mod block;
mod faces;
mod hidden;
mod order;
mod pen;
mod reader;

pub(super) use faces::Faces;

use super::strings;
use block::Word;
use faces::{Known, Meaning};
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_syntax::object::{Dict, String as PdfString};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, Point, Rect};
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{Separator, Text, TextRun};
use pen::{Baseline, Pen, between, between_strings, strength};
use reader::{Reader, Shown};

/// Most glyphs of a page that are taken. 4 million fill [`ipc::limits::MAX_PARTS`].
const MAX_GLYPHS: usize = 4_000_000;

/// Reads the words of a page, and of what lies over it.
///
/// `faces` are of this document alone; those of `overlay` come with it.
pub(super) fn read<'a, 'b>(
    page: &Page<'a>,
    overlay: Option<(&Page<'b>, Faces<'b>)>,
    faces: &Faces<'a>,
) -> Vec<TextRun> {
    let mut words = Words::default();
    Reader::new(faces, to_page(page), &mut words).page(page);
    if let Some((overlay, faces)) = overlay {
        words.separate(Separator::Block);
        Reader::new(&faces, to_page(page), &mut words).page(overlay);
    }
    order::arrange(words.finish())
}

/// From a page's own units to the page as it is shown.
fn to_page(page: &Page<'_>) -> Affine {
    let unit = f64::from(super::user_unit(page));
    Affine::scale(unit) * page.initial_transform(true).to_kurbo()
}

/// White space, and what stands for nothing.
fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\0'
}

/// Collects glyphs into words.
#[derive(Default)]
struct Words {
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
    /// Letters of the word that stand on the line that is read, which are not in
    /// `area` and `ends` yet: boxes are made for words, not for letters.
    reach: Option<Reach>,
    /// Whether the string before is of several letters.
    several: bool,
    /// First and last place of the string before, to know one that is drawn twice.
    drawn: Option<(Point, Point)>,
    glyphs: usize,
}

/// Letters that follow each other on one line.
struct Reach {
    line: Baseline,
    first: (f64, f64),
    last: (f64, f64),
    left: f64,
    right: f64,
}

/// The words that stand for a piece of marked content (ISO 32000-2:2020, 14.9.4).
struct Actual {
    /// How many pieces of marked content are open around it.
    depth: usize,
    text: String,
    /// From its first glyph to its last.
    span: Option<(Pen, Pen)>,
}

impl Actual {
    /// Notes where one of its glyphs stands.
    fn reach(&mut self, pen: Pen) {
        let first = self.span.map_or(pen, |(first, _)| first);
        self.span = Some((first, pen));
    }
}

impl Words {
    /// Takes a string along a line.
    fn line(&mut self, line: &Baseline, shown: &[Shown], known: &[Known]) {
        let ends = shown.first().zip(shown.last());
        let at = |one: &Shown| line.pen(one.from, one.to).start;
        let ends = ends.map(|(first, last)| (at(first), at(last)));
        if self.is_drawn_again(ends) {
            return;
        }
        let several = shown.len() > 1;
        let mut before: Option<f64> = None;
        for one in shown {
            if self.glyphs >= MAX_GLYPHS {
                break;
            }
            self.glyphs += 1;
            if let Some(actual) = &mut self.actual {
                actual.reach(line.pen(one.from, one.to));
                continue;
            }
            let separator = match (before, self.pen) {
                (Some(end), _) => line.gap(one.from - end),
                (None, Some(pen)) if several && self.several => {
                    between_strings(&pen, &line.pen(one.from, one.to))
                }
                (None, Some(pen)) => between(&pen, &line.pen(one.from, one.to)),
                (None, None) => Separator::None,
            };
            self.separate(separator);
            if before.is_none() {
                self.pen = Some(line.pen(one.from, one.to));
            }
            before = Some(one.to);
            match known.get(one.known).map(|known| &known.meaning) {
                None | Some(Meaning::Nothing) => {}
                Some(Meaning::Space) => self.separate(Separator::Space),
                Some(Meaning::Letter(c)) => self.letter(*c, line, one),
                Some(Meaning::Letters(letters)) => {
                    for c in letters.chars() {
                        match is_space(c) {
                            true => self.separate(Separator::Space),
                            false => self.letter(c, line, one),
                        }
                    }
                }
            }
        }
        self.fold();
        if let Some((_, end)) = before.zip(shown.last()) {
            self.pen = Some(line.pen(end.from, end.to));
            self.several = several;
        }
    }

    /// Takes glyphs of a column.
    fn column<'k>(&mut self, pens: impl Iterator<Item = (Pen, &'k Meaning)>) {
        let pens: Vec<(Pen, &Meaning)> = pens.collect();
        let ends = pens.first().zip(pens.last());
        if self.is_drawn_again(ends.map(|(first, last)| (first.0.start, last.0.start))) {
            return;
        }
        for (pen, meaning) in pens {
            if self.glyphs >= MAX_GLYPHS {
                return;
            }
            self.glyphs += 1;
            if let Some(actual) = &mut self.actual {
                actual.reach(pen);
                continue;
            }
            self.move_to(pen);
            match meaning {
                Meaning::Nothing => {}
                Meaning::Space => self.separate(Separator::Space),
                Meaning::Letter(c) => self.character(*c, &pen),
                Meaning::Letters(letters) => {
                    letters.chars().for_each(|c| self.character(c, &pen));
                }
            }
        }
    }

    /// Whether a string stands where the one before does: filled and stroked, or drawn
    /// again to look bold.
    fn is_drawn_again(&mut self, ends: Option<(Point, Point)>) -> bool {
        let again = ends.is_some() && ends == self.drawn;
        self.drawn = ends.or(self.drawn);
        again || ends.is_none()
    }

    /// A letter on a line.
    fn letter(&mut self, c: char, line: &Baseline, place: &Shown) {
        if self.word.len() + c.len_utf8() > MAX_TEXT_BYTES {
            self.end_word(Separator::None);
        }
        self.word.push(c);
        let place = (place.from, place.to);
        let (left, right) = (place.0.min(place.1), place.0.max(place.1));
        match &mut self.reach {
            Some(reach) => {
                reach.last = place;
                reach.left = reach.left.min(left);
                reach.right = reach.right.max(right);
            }
            None => {
                self.reach = Some(Reach {
                    line: *line,
                    first: place,
                    last: place,
                    left,
                    right,
                });
            }
        }
    }

    /// Adds what stands on the line to the box of the word.
    fn fold(&mut self) {
        let Some(reach) = self.reach.take() else {
            return;
        };
        let pen = |(from, to): (f64, f64)| reach.line.pen(from, to);
        let area = pen((reach.left, reach.right)).area();
        self.area = Some(self.area.map_or(area, |whole| whole.union(area)));
        let first = self
            .ends
            .map_or_else(|| pen(reach.first), |(first, _)| first);
        self.ends = Some((first, pen(reach.last)));
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
            self.character(c, &pen);
        }
        self.pen = Some(last);
    }

    fn character(&mut self, c: char, pen: &Pen) {
        if is_space(c) {
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
        self.fold();
        let text = Text::cleaned(&std::mem::take(&mut self.word), MAX_TEXT_BYTES);
        let place = self.area.take().and_then(super::page_box);
        if let (Some(place), Some((first, last))) = (place, self.ends.take()) {
            let run = TextRun { text, place, then };
            self.runs.push(Word { run, first, last });
        }
    }

    /// A piece of marked content begins.
    fn begin_marked(&mut self, properties: Option<&Dict<'_>>) {
        let text = properties.and_then(|dict| dict.get::<PdfString<'_>>("ActualText"));
        if let Some(text) = text.filter(|_| self.actual.is_none()) {
            self.actual = Some(Actual {
                depth: self.marked,
                text: faces::plain(&strings::decode(text.as_bytes())),
                span: None,
            });
        }
        self.marked = self.marked.saturating_add(1);
    }

    /// A piece of marked content ends.
    fn end_marked(&mut self) {
        // One that closes what was never opened closes nothing of ours.
        self.marked = self.marked.saturating_sub(1);
        let depth = self.marked;
        if let Some(actual) = self.actual.take_if(|actual| actual.depth >= depth) {
            self.write_actual(&actual);
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
