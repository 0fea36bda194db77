//! Text that is selected: from a place on one page to a place on the same or
//! another one, in the order in which the words are read.

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

    /// What is selected, as plain text.
    pub(crate) fn text(&self) -> String {
        self.collect(|text, then, _| {
            text.push_str(match then {
                Separator::None => "",
                Separator::Space => " ",
                Separator::Line => "\n",
                Separator::Block => "\n\n",
            });
        })
    }

    /// The same as flowing text: lines of a block are joined, and so are words
    /// that were parted at the end of a line.
    pub(crate) fn flowing_text(&self) -> String {
        self.collect(|text, then, next| match then {
            Separator::None => {}
            Separator::Block => text.push_str("\n\n"),
            Separator::Line if is_parted(text, next) => drop(text.pop()),
            Separator::Space | Separator::Line => text.push(' '),
        })
    }

    /// Parts of words, with what `separate` puts behind each; it is told the next word.
    fn collect(&self, separate: impl Fn(&mut String, Separator, &str)) -> String {
        let mut pages: Vec<&u32> = self.words.keys().collect();
        pages.sort();
        let mut text = String::new();
        // What stands between a part and the next one: lines that were passed over count.
        let mut then = Separator::None;
        for page in pages {
            for (number, run) in self.words[page].iter().enumerate() {
                let word = run.text.as_str();
                let part = self.part(*page, number, run);
                if let Some(part) = &part {
                    let part = word.get(part.clone()).unwrap_or_default();
                    if !text.is_empty() {
                        separate(&mut text, then, part);
                    }
                    text.push_str(part);
                    then = Separator::None;
                }
                let whole = part.is_some_and(|part| part.end == word.len());
                if whole || (self.area.is_some() && !text.is_empty()) {
                    then = stronger(then, run.then);
                }
            }
        }
        let kept = text.trim_end().len();
        text.truncate(kept);
        text
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

fn stronger(one: Separator, other: Separator) -> Separator {
    let strength = |separator| match separator {
        Separator::None => 0,
        Separator::Space => 1,
        Separator::Line => 2,
        Separator::Block => 3,
    };
    if strength(one) >= strength(other) {
        one
    } else {
        other
    }
}

/// Whether a word was parted by a hyphen at the end of a line: "exam-" and "ple".
fn is_parted(text: &str, next: &str) -> bool {
    let mut end = text.chars().rev();
    let hyphen = matches!(end.next(), Some('-' | '\u{2010}' | '\u{AD}'));
    let letters = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    hyphen && letters(end.next()) && next.chars().next().is_some_and(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::Text;

    fn run(text: &str, left: f32, top: f32, then: Separator) -> TextRun {
        let right = left + 10.0 * text.len() as f32;
        TextRun {
            text: Text::new(text.to_owned()).unwrap(),
            place: PageBox::new(left, top, right, top + 10.0).unwrap(),
            then,
        }
    }

    fn two_pages() -> Selection {
        let mut selection = Selection::default();
        let words = vec![
            run("Hello", 0.0, 0.0, Separator::Space),
            run("world", 60.0, 0.0, Separator::Line),
            run("again", 0.0, 20.0, Separator::Block),
        ];
        selection.learn(0, words.clone(), true);
        selection.learn(1, words, true);
        selection
    }

    #[test]
    fn letters_between_two_places_are_selected_either_way() {
        let mut selection = two_pages();
        selection.begin(0, (20.0, 5.0), Grain::Letter);
        selection.extend(0, (80.0, 5.0));
        assert_eq!(selection.text(), "llo wo");
        selection.begin(0, (80.0, 5.0), Grain::Letter);
        selection.extend(0, (20.0, 5.0));
        assert_eq!(selection.text(), "llo wo");
        let places = selection.places(0);
        assert_eq!(places.len(), 1);
        assert_eq!(places[0].edges(), [20.0, 0.0, 80.0, 10.0]);
    }

    #[test]
    fn words_lines_and_pages_are_selected_whole() {
        let mut selection = two_pages();
        selection.begin(0, (75.0, 3.0), Grain::Word);
        assert_eq!(selection.text(), "world");
        selection.begin(0, (75.0, 3.0), Grain::Line);
        assert_eq!(selection.text(), "Hello world");
        selection.begin(0, (0.0, 25.0), Grain::Letter);
        selection.extend(1, (50.0, 5.0));
        assert_eq!(selection.text(), "again\n\nHello");
        selection.all(2);
        assert!(selection.text().ends_with("again") && selection.text().len() > 30);
        selection.clear();
        assert!(selection.is_empty() && selection.text().is_empty());
    }

    #[test]
    fn selection_grows_by_whole_words_on_both_sides_of_the_first() {
        let mut selection = two_pages();
        selection.begin(0, (75.0, 3.0), Grain::Word);
        selection.extend(0, (20.0, 25.0));
        assert_eq!(selection.text(), "world\nagain");
        selection.extend(0, (20.0, 3.0));
        assert_eq!(selection.text(), "Hello world");
        selection.begin(0, (20.0, 5.0), Grain::Letter);
        selection.extend(1, (20.0, 25.0));
        assert_eq!(selection.text(), "llo world\nagain\n\nHello world\nag");
    }

    #[test]
    fn rectangle_takes_a_column_out_of_its_lines() {
        let mut selection = two_pages();
        selection.select_area(0, (110.0, 40.0), (55.0, -5.0));
        assert_eq!(selection.text(), "world");
        selection.select_area(0, (-1.0, -1.0), (21.0, 40.0));
        assert_eq!(selection.text(), "He\nag");
        assert_eq!(selection.places(0).len(), 2);
        assert!(selection.places(1).is_empty());
    }

    #[test]
    fn flowing_text_has_neither_line_breaks_nor_hyphens_of_them() {
        let mut selection = Selection::default();
        let words = [
            ("a", Separator::Space),
            ("well-", Separator::Line),
            ("Known", Separator::Space),
            ("exam-", Separator::Line),
            ("ple", Separator::Block),
            ("end", Separator::Block),
        ];
        let runs = (0_u8..).zip(words);
        let runs = runs.map(|(line, (text, then))| run(text, 0.0, f32::from(line) * 20.0, then));
        selection.learn(0, runs.collect(), true);
        selection.all(1);
        assert_eq!(selection.flowing_text(), "a well- Known example\n\nend");
        assert_eq!(selection.text(), "a well-\nKnown exam-\nple\n\nend");
    }

    #[test]
    fn pages_that_have_not_come_are_counted() {
        let mut selection = two_pages();
        assert_eq!(selection.unknown(0..2), [0, 1]);
        assert!(selection.unknown(0..2).is_empty());
        selection.learn(2, Vec::new(), false);
        selection.all(4);
        assert_eq!(selection.missing(4), (2, 4));
    }
}
