//! Finding words on a page: across lines and hyphens, in linear time.
//!
//! The words of a page become one line of text with a note of which word each
//! byte came from; the expression runs over that, and what it finds is told
//! with the boxes of the words it touches. Where accents do not matter it runs
//! over a copy without them, which knows where each byte stands in the text.

mod fold;
mod space;

use crate::format::{Document, DocumentError};
use crate::pool::Shared;
use fold::Folded;
use ipc::limits::{MAX_MATCH_PLACES, MAX_MATCHES, MAX_SNIPPET_BYTES, MAX_TEXT_BYTES};
use ipc::{Match, PageBox, PageIndex, Query, Separator, Text, TextRun};
use regex::{Regex, RegexBuilder};
use std::ops::Range;
use std::sync::Arc;

/// Memory that a compiled expression may take, in bytes; a hostile one asks for more.
const MAX_COMPILED_BYTES: usize = 4 * 1024 * 1024;

/// The expression that was asked for last: a search asks for page after page.
pub(crate) type Compiled = Option<(Query, Arc<Regex>)>;

/// Searches a page.
///
/// # Errors
///
/// [`DocumentError::Unsupported`] for an expression that is none.
pub(crate) fn page(
    shared: &Shared,
    document: &'static dyn Document,
    page: PageIndex,
    query: &Query,
) -> Result<Vec<Match>, DocumentError> {
    let expression = compiled(shared, query)?;
    let runs = shared.texts.of(document, shared.confined, page)?;
    Ok(find(&runs, &expression, query.match_accents))
}

fn compiled(shared: &Shared, query: &Query) -> Result<Arc<Regex>, DocumentError> {
    let mut kept = shared.expression();
    if let Some((of, expression)) = &*kept
        && of == query
    {
        return Ok(Arc::clone(expression));
    }
    let expression = Arc::new(compile(query)?);
    *kept = Some((query.clone(), Arc::clone(&expression)));
    Ok(expression)
}

fn compile(query: &Query) -> Result<Regex, DocumentError> {
    let pattern = match query.match_accents {
        true => query.pattern.as_str().to_owned(),
        false => Folded::new(query.pattern.as_str()).text,
    };
    let pattern = pattern.as_str();
    let mut expression = if query.regex {
        format!("(?:{})", space::any(pattern))
    } else {
        // Any white space for a space, as lines are broken where they are broken.
        let words: Vec<String> = pattern.split_whitespace().map(regex::escape).collect();
        words.join(r"\s+")
    };
    if query.whole_word {
        expression = format!(r"\b{expression}\b");
    }
    RegexBuilder::new(&expression)
        .case_insensitive(!query.match_case)
        .size_limit(MAX_COMPILED_BYTES)
        .dfa_size_limit(MAX_COMPILED_BYTES)
        .build()
        .map_err(|_| {
            DocumentError::Unsupported("what is searched for is no regular expression".to_owned())
        })
}

/// The words of a page as one text.
struct Line<'a> {
    text: String,
    /// Where in the text each word stands.
    words: Vec<(Range<usize>, &'a TextRun)>,
}

impl<'a> Line<'a> {
    fn new(runs: &'a [TextRun]) -> Self {
        let (mut text, mut words) = (String::new(), Vec::new());
        for run in runs {
            let word = run.text.as_str();
            let breaks = matches!(run.then, Separator::Line | Separator::Block);
            // A word that is broken at the end of a line is one word.
            let hyphen = word.strip_suffix(['-', '\u{ad}', '\u{2010}']);
            let joined = hyphen.filter(|part| breaks && part.ends_with(char::is_alphabetic));
            let start = text.len();
            text.push_str(joined.unwrap_or(word));
            words.push((start..text.len(), run));
            if joined.is_none() {
                match run.then {
                    Separator::None => {}
                    Separator::Space => text.push(' '),
                    Separator::Line | Separator::Block => text.push('\n'),
                }
            }
        }
        Self { text, words }
    }

    /// Boxes of the words in a part of the text, those of one line as one.
    fn places(&self, part: &Range<usize>) -> Vec<PageBox> {
        let first = self
            .words
            .partition_point(|(word, _)| word.end <= part.start);
        let mut places: Vec<PageBox> = Vec::new();
        let mut ended = true;
        for (word, run) in self.words.iter().skip(first) {
            if word.start >= part.end {
                break;
            }
            let place = share(run, word, part);
            if let Some(last) = places.last_mut().filter(|_| !ended) {
                *last = union(*last, place);
            } else if places.len() < MAX_MATCH_PLACES {
                places.push(place);
            } else {
                break;
            }
            ended = matches!(run.then, Separator::Line | Separator::Block);
        }
        places
    }
}

/// The share of a word's box that a part of its letters has: all letters count
/// for the same width, which is near enough to be seen.
fn share(run: &TextRun, word: &Range<usize>, part: &Range<usize>) -> PageBox {
    let [left, top, right, bottom] = run.place.edges();
    let upright = bottom - top > (right - left) * 2.0 && word.len() > 2;
    let letters = word.len().max(1) as f32;
    let from = part.start.saturating_sub(word.start) as f32 / letters;
    let to = (part.end.min(word.end).saturating_sub(word.start)) as f32 / letters;
    if upright {
        return run.place;
    }
    let width = right - left;
    PageBox::new(left + width * from, top, left + width * to.min(1.0), bottom).unwrap_or(run.place)
}

fn union(a: PageBox, b: PageBox) -> PageBox {
    let ([l, t, r, o], [left, top, right, bottom]) = (a.edges(), b.edges());
    PageBox::new(l.min(left), t.min(top), r.max(right), o.max(bottom)).unwrap_or(a)
}

fn find(runs: &[TextRun], expression: &Regex, match_accents: bool) -> Vec<Match> {
    let line = Line::new(runs);
    let plain = (!match_accents).then(|| Folded::new(&line.text));
    let text = plain.as_ref().map_or(&line.text, |plain| &plain.text);
    expression
        .find_iter(text)
        .map(|found| found.range())
        .filter(|part| !part.is_empty())
        .filter_map(|part| {
            let part = plain
                .as_ref()
                .map_or(part.clone(), |plain| plain.original(&part));
            told(&line, &part)
        })
        .take(MAX_MATCHES)
        .collect()
}

fn told(line: &Line<'_>, part: &Range<usize>) -> Option<Match> {
    let places = line.places(part);
    if places.is_empty() {
        return None;
    }
    let before = line.text.get(..part.start).unwrap_or_default();
    let start = before.ceil_char_boundary(before.len().saturating_sub(MAX_SNIPPET_BYTES));
    let before = before.get(start..).unwrap_or_default();
    let after = line.text.get(part.end..).unwrap_or_default();
    let found = line.text.get(part.clone()).unwrap_or_default();
    Some(Match {
        places,
        before: flat(before, MAX_SNIPPET_BYTES),
        found: flat(found, MAX_TEXT_BYTES / 2),
        after: flat(after, MAX_SNIPPET_BYTES),
    })
}

/// Line ends as spaces.
fn flat(text: &str, most: usize) -> Text {
    let end = text.floor_char_boundary(most);
    Text::cleaned(
        &text.get(..end).unwrap_or_default().replace('\n', " "),
        most,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str, left: f32, top: f32, then: Separator) -> TextRun {
        let place = PageBox::new(left, top, left + 10.0 * text.len() as f32, top + 10.0).unwrap();
        TextRun {
            text: Text::new(text.to_owned()).unwrap(),
            place,
            then,
        }
    }

    fn sample() -> Vec<TextRun> {
        vec![
            run("The", 0.0, 0.0, Separator::Space),
            run("render-", 40.0, 0.0, Separator::Line),
            run("er", 0.0, 20.0, Separator::Space),
            run("Draws", 30.0, 20.0, Separator::Line),
            run("pages.", 0.0, 40.0, Separator::Block),
        ]
    }

    fn search(pattern: &str, change: impl FnOnce(&mut Query)) -> Vec<Match> {
        let mut query = Query {
            pattern: Text::new(pattern.to_owned()).unwrap(),
            match_case: false,
            match_accents: true,
            whole_word: false,
            regex: false,
        };
        change(&mut query);
        find(&sample(), &compile(&query).unwrap(), query.match_accents)
    }

    #[test]
    fn word_broken_by_a_hyphen_is_found_on_both_lines() {
        let found = search("renderer", |_| {});
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].found.as_str(), "renderer");
        assert_eq!(found[0].places.len(), 2);
        assert_eq!(found[0].before.as_str(), "The ");
    }

    #[test]
    fn space_stands_for_the_end_of_a_line_too() {
        let found = search("draws  pages", |_| {});
        assert_eq!(found[0].found.as_str(), "Draws pages");
        assert_eq!(found[0].after.as_str(), ". ");
    }

    #[test]
    fn case_words_and_expressions_are_heeded() {
        assert!(search("draws", |query| query.match_case = true).is_empty());
        assert_eq!(search("Draws", |query| query.match_case = true).len(), 1);
        assert!(search("age", |query| query.whole_word = true).is_empty());
        assert_eq!(search("age", |_| {}).len(), 1);
        assert_eq!(search("p.*s", |query| query.regex = true).len(), 1);
        assert!(search("p.*s", |_| {}).is_empty());
    }

    #[test]
    fn space_in_an_expression_stands_for_the_end_of_a_line_too() {
        let found = search("[Dd]raws p\\w+", |query| query.regex = true);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].found.as_str(), "Draws pages");
        assert_eq!(found[0].places.len(), 2);
    }

    #[test]
    fn accents_matter_only_when_they_are_meant_to() {
        let runs = [
            run("Un", 0.0, 0.0, Separator::Space),
            run("résumé", 30.0, 0.0, Separator::Block),
        ];
        let found = |pattern: &str, match_accents| {
            let query = Query {
                pattern: Text::new(pattern.to_owned()).unwrap(),
                match_case: false,
                match_accents,
                whole_word: true,
                regex: false,
            };
            find(&runs, &compile(&query).unwrap(), match_accents)
        };
        assert!(found("resume", true).is_empty());
        assert_eq!(found("RÉSUMÉ", true).len(), 1);
        let plain = found("resume", false);
        assert_eq!(plain[0].found.as_str(), "résumé");
        assert_eq!(plain[0].before.as_str(), "Un ");
        assert_eq!(found("ŕeśumé", false).len(), 1);
    }

    #[test]
    fn box_of_a_part_is_a_part_of_the_box() {
        let found = search("age", |_| {});
        let [left, _, right, _] = found[0].places[0].edges();
        assert_eq!((left, right), (10.0, 40.0));
    }

    #[test]
    fn expression_that_is_none_or_too_large_is_refused() {
        for pattern in ["(", r"(\w{1000}){1000}"] {
            let query = Query {
                pattern: Text::new(pattern.to_owned()).unwrap(),
                match_case: false,
                match_accents: true,
                whole_word: false,
                regex: true,
            };
            assert!(compile(&query).is_err(), "{pattern}");
        }
    }
}
