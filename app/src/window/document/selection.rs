//! Text that is selected: from a place on one page to a place on the same or
//! another one, in the order in which the words are read.

#[cfg(test)]
mod tests;
mod text;

use ipc::{PageBox, Separator, TextRun};
use std::collections::{HashMap, HashSet};

/// A letter: its page, its word, and how many bytes of the word lie before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Caret {
    pub(crate) page: u32,
    word: usize,
    byte: usize,
}

/// What a press selects at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Grain {
    #[default]
    Letter,
    Word,
    Line,
}

/// What the pointer selects while it is held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Selecting {
    /// Text from where it began.
    Text,
    /// A rectangle of a page, from this place.
    Area(u32, (f32, f32)),
}

/// Words of pages, as far as they are known, and what of them is selected.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    words: HashMap<u32, Vec<TextRun>>,
    /// Pages whose words have been asked for, and those that have all come.
    asked: HashSet<u32>,
    complete: HashSet<u32>,
    /// What the press selected where it began: all of it stays selected.
    anchor: Option<(Caret, Caret)>,
    grain: Grain,
    /// Where it begins and where it ends, or the other way round.
    ends: Option<(Caret, Caret)>,
    /// A rectangle on one page instead: left, top, right, bottom.
    area: Option<(u32, [f32; 4])>,
}

impl Selection {
    /// Pages whose words have to be asked for.
    pub(crate) fn unknown(&mut self, pages: impl Iterator<Item = u32>) -> Vec<u32> {
        pages.filter(|page| self.asked.insert(*page)).collect()
    }

    /// Takes words of a page; a long list comes in parts.
    pub(crate) fn learn(&mut self, page: u32, runs: Vec<TextRun>, last: bool) {
        self.words.entry(page).or_default().extend(runs);
        if last {
            self.complete.insert(page);
        }
    }

    /// Pages that are selected and whose words have not all come, and pages that are selected.
    pub(crate) fn missing(&self, pages: u32) -> (u32, u32) {
        let Some((from, to)) = self.ordered() else {
            return (0, 0);
        };
        let selected = from.page..to.page.saturating_add(1).min(pages);
        let known = |page: &u32| self.complete.contains(page);
        let missing = selected.clone().filter(|page| !known(page)).count();
        (
            u32::try_from(missing).unwrap_or(u32::MAX),
            selected.end.saturating_sub(selected.start),
        )
    }

    pub(crate) fn clear(&mut self) {
        (self.ends, self.anchor, self.area) = (None, None, None);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.area.is_none() && self.ends.is_none_or(|(from, to)| from == to)
    }

    /// Whether there is a word at a place of a page.
    pub(crate) fn is_over_text(&self, page: u32, at: (f32, f32)) -> bool {
        self.words.get(&page).is_some_and(|words| {
            words.iter().any(|run| {
                let [left, top, right, bottom] = run.place.edges();
                (left..right).contains(&at.0) && (top..bottom).contains(&at.1)
            })
        })
    }

    /// Begins at a place of a page.
    pub(crate) fn begin(&mut self, page: u32, at: (f32, f32), grain: Grain) {
        self.area = None;
        self.grain = grain;
        self.anchor = self.caret(page, at).map(|caret| self.unit(caret));
        self.ends = self.anchor;
    }

    /// Moves its end to a place of a page.
    pub(crate) fn extend(&mut self, page: u32, at: (f32, f32)) {
        self.area = None;
        if let (Some((first, last)), Some(to)) = (self.anchor, self.caret(page, at)) {
            let (from, to) = self.unit(to);
            self.ends = Some(match from < first {
                true => (last, from),
                false => (first, to.max(last)),
            });
        }
    }

    /// Selects what lies between two places of a page, line by line.
    pub(crate) fn select_area(&mut self, page: u32, from: (f32, f32), to: (f32, f32)) {
        self.clear();
        let area = [
            from.0.min(to.0),
            from.1.min(to.1),
            from.0.max(to.0),
            from.1.max(to.1),
        ];
        self.area = Some((page, area));
    }

    /// The rectangle that is selected on a page.
    pub(crate) fn area(&self, page: u32) -> Option<[f32; 4]> {
        self.area
            .filter(|(on, _)| *on == page)
            .map(|(_, area)| area)
    }

    /// What is selected at once around a letter.
    fn unit(&self, caret: Caret) -> (Caret, Caret) {
        match self.grain {
            Grain::Letter => (caret, caret),
            Grain::Word => self.word(caret),
            Grain::Line => self.line(caret),
        }
    }

    /// All words of these pages.
    pub(crate) fn all(&mut self, pages: u32) {
        let from = Caret {
            page: 0,
            word: 0,
            byte: 0,
        };
        let to = Caret {
            page: pages,
            word: 0,
            byte: 0,
        };
        self.area = None;
        (self.ends, self.anchor) = (Some((from, to)), Some((from, from)));
    }

    /// The letter that is nearest to a place.
    fn caret(&self, page: u32, (x, y): (f32, f32)) -> Option<Caret> {
        let words = self.words.get(&page)?;
        let away = |run: &TextRun| {
            let [left, top, right, bottom] = run.place.edges();
            let aside = (left - x).max(x - right).max(0.0);
            let above = (top - y).max(y - bottom).max(0.0);
            // A line is followed before the next one is taken.
            aside + above * 4.0
        };
        let nearest = (0..words.len()).min_by(|a, b| away(&words[*a]).total_cmp(&away(&words[*b])));
        let word = nearest?;
        let run = &words[word];
        let [left, _, right, _] = run.place.edges();
        let text = run.text.as_str();
        let letters = text.chars().count();
        let share = ((x - left) / (right - left).max(0.01)).clamp(0.0, 1.0);
        let before = (share * letters as f32).round() as usize;
        let byte = text
            .char_indices()
            .nth(before)
            .map_or(text.len(), |(byte, _)| byte);
        Some(Caret { page, word, byte })
    }

    fn word(&self, caret: Caret) -> (Caret, Caret) {
        let end = self
            .words
            .get(&caret.page)
            .and_then(|words| words.get(caret.word));
        let end = end.map_or(0, |run| run.text.as_str().len());
        (Caret { byte: 0, ..caret }, Caret { byte: end, ..caret })
    }

    fn line(&self, caret: Caret) -> (Caret, Caret) {
        let Some(words) = self.words.get(&caret.page) else {
            return (caret, caret);
        };
        let ends = |run: &TextRun| matches!(run.then, Separator::Line | Separator::Block);
        let first = (0..caret.word)
            .rev()
            .find(|word| ends(&words[*word]))
            .map_or(0, |word| word + 1);
        let last = (caret.word..words.len()).find(|word| ends(&words[*word]));
        let last = last.unwrap_or(words.len().saturating_sub(1));
        let byte = words.get(last).map_or(0, |run| run.text.as_str().len());
        let from = Caret {
            word: first,
            byte: 0,
            ..caret
        };
        (
            from,
            Caret {
                word: last,
                byte,
                ..caret
            },
        )
    }

    fn ordered(&self) -> Option<(Caret, Caret)> {
        self.ends.map(|(from, to)| (from.min(to), from.max(to)))
    }

    /// The part of a word that is selected, in bytes.
    fn part(&self, page: u32, word: usize, run: &TextRun) -> Option<std::ops::Range<usize>> {
        if let Some((on, area)) = self.area {
            return (on == page).then(|| part_inside(run, area)).flatten();
        }
        let (from, to) = self.ordered()?;
        let len = run.text.as_str().len();
        let at = |byte| Caret { page, word, byte };
        if at(len) < from || at(0) > to {
            return None;
        }
        let start = if at(0) < from { from.byte } else { 0 };
        let end = if at(len) > to { to.byte } else { len };
        (start < end).then_some(start..end)
    }

    /// Boxes of what is selected on a page.
    pub(crate) fn places(&self, page: u32) -> Vec<PageBox> {
        let Some(words) = self.words.get(&page).filter(|_| !self.is_empty()) else {
            return Vec::new();
        };
        let mut places: Vec<PageBox> = Vec::new();
        let mut ended = true;
        for (number, run) in words.iter().enumerate() {
            let ends = matches!(run.then, Separator::Line | Separator::Block);
            let Some(part) = self.part(page, number, run) else {
                ended |= ends;
                continue;
            };
            let [left, top, right, bottom] = run.place.edges();
            let word = run.text.as_str();
            let letters = |byte: usize| word.get(..byte).unwrap_or(word).chars().count();
            let all = letters(word.len()).max(1) as f32;
            let x = |byte: usize| left + (right - left) * letters(byte) as f32 / all;
            let place = [x(part.start), top, x(part.end), bottom];
            let joined = places.last().filter(|_| !ended).map(|last| {
                let [l, t, r, b] = last.edges();
                [l.min(place[0]), t.min(top), r.max(place[2]), b.max(bottom)]
            });
            if joined.is_some() {
                places.pop();
            }
            let [l, t, r, b] = joined.unwrap_or(place);
            places.extend(PageBox::new(l, t, r, b));
            ended = ends;
        }
        places
    }
}

/// The part of a word whose letters have their middles in a rectangle, in bytes.
fn part_inside(run: &TextRun, [l, t, r, b]: [f32; 4]) -> Option<std::ops::Range<usize>> {
    let [left, top, right, bottom] = run.place.edges();
    let middle = f32::midpoint(top, bottom);
    if middle < t || middle > b || right < l || left > r {
        return None;
    }
    let word = run.text.as_str();
    let letters = word.chars().count().max(1) as f32;
    let inside = |number: usize| {
        let x = left + (right - left) * (number as f32 + 0.5) / letters;
        (l..=r).contains(&x)
    };
    let mut chosen = word
        .char_indices()
        .enumerate()
        .filter(|(number, _)| inside(*number));
    let (_, (start, first)) = chosen.next()?;
    let end = chosen
        .last()
        .map_or(start + first.len_utf8(), |(_, (at, c))| at + c.len_utf8());
    Some(start..end)
}
