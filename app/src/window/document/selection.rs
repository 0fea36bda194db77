//! Text that is selected: from a place on one page to a place on the same or
//! another one, in the order in which the words are read.

use ipc::{PageBox, Separator, TextRun};
use std::collections::HashMap;

/// A letter: its page, its word, and how many bytes of the word lie before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Caret {
    pub(crate) page: u32,
    word: usize,
    byte: usize,
}

/// What a press selects at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grain {
    Letter,
    Word,
    Line,
}

/// Words of pages, as far as they are known, and what of them is selected.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    words: HashMap<u32, Vec<TextRun>>,
    asked: Vec<u32>,
    /// Where it began and where it is.
    ends: Option<(Caret, Caret)>,
}

impl Selection {
    /// Pages whose words have to be asked for.
    pub(crate) fn unknown(&mut self, pages: impl Iterator<Item = u32>) -> Vec<u32> {
        let new: Vec<u32> = pages.filter(|page| !self.asked.contains(page)).collect();
        self.asked.extend(&new);
        new
    }

    /// Takes words of a page; a long list comes in parts.
    pub(crate) fn learn(&mut self, page: u32, runs: Vec<TextRun>) {
        self.words.entry(page).or_default().extend(runs);
    }

    pub(crate) fn clear(&mut self) {
        self.ends = None;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_none_or(|(from, to)| from == to)
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
        self.ends = self.caret(page, at).map(|caret| match grain {
            Grain::Letter => (caret, caret),
            Grain::Word => self.word(caret),
            Grain::Line => self.line(caret),
        });
    }

    /// Moves its end to a place of a page.
    pub(crate) fn extend(&mut self, page: u32, at: (f32, f32)) {
        if let (Some((from, _)), Some(to)) = (self.ends, self.caret(page, at)) {
            self.ends = Some((from, to));
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
        self.ends = Some((from, to));
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
            let Some(part) = self.part(page, number, run) else {
                continue;
            };
            let [left, top, right, bottom] = run.place.edges();
            let letters = run.text.as_str().len().max(1) as f32;
            let x = |byte: usize| left + (right - left) * byte as f32 / letters;
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
            ended = matches!(run.then, Separator::Line | Separator::Block);
        }
        places
    }

    /// What is selected, as plain text.
    pub(crate) fn text(&self) -> String {
        let mut pages: Vec<&u32> = self.words.keys().collect();
        pages.sort();
        let mut text = String::new();
        for page in pages {
            for (number, run) in self.words[page].iter().enumerate() {
                let Some(part) = self.part(*page, number, run) else {
                    continue;
                };
                let whole = part.end == run.text.as_str().len();
                text.push_str(run.text.as_str().get(part).unwrap_or_default());
                if whole {
                    text.push_str(match run.then {
                        Separator::None => "",
                        Separator::Space => " ",
                        Separator::Line => "\n",
                        Separator::Block => "\n\n",
                    });
                }
            }
        }
        let kept = text.trim_end().len();
        text.truncate(kept);
        text
    }
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
        selection.learn(0, words.clone());
        selection.learn(1, words);
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
}
