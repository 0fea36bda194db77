//! `pellucid text --grep`: lines with a match, as `file:page: line`.
//!
//! Every page is searched in the renderer, several at a time on all its threads;
//! only pages with a match are asked for their words, to print whole lines.

use super::arguments;
use super::exit::{Exit, Failed};
use super::info::print;
use super::open::{self, Opened};
use super::terminal::printable;
use crate::broker::{BrokerError, Reply};
use ipc::limits::MAX_MATCHES;
use ipc::{Items, Match, PageBox, PageIndex, Query, Separator, TextRun};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Said of a page with more matches than are told.
const TOO_MANY: &str = "has more matches than the limit on a page; the rest is left out";

/// Pages that are searched at the same time.
const AT_ONCE: usize = 32;

/// Searches every file; the exit codes are those of grep.
pub(super) fn run(text: &arguments::Text, pattern: &ipc::Text) -> ExitCode {
    let query = Query {
        pattern: pattern.clone(),
        match_case: !text.ignore_case,
        match_accents: !text.ignore_accents,
        whole_word: text.word,
        regex: !text.fixed,
    };
    let interrupted = match open::interruption() {
        Ok(interrupted) => interrupted,
        Err(failed) => return told(&failed),
    };
    let (mut any, mut errors) = (false, false);
    for file in &text.files {
        match search(text, &query, file, &interrupted) {
            Ok(found) => any |= found,
            Err(failed) if matches!(failed.exit, Exit::Output | Exit::Interrupted) => {
                return told(&failed);
            }
            Err(failed) => {
                failed.tell();
                errors = true;
            }
        }
    }
    ExitCode::from(match (errors, any) {
        (true, _) => 2,
        (false, true) => 0,
        (false, false) => 1,
    })
}

fn told(failed: &Failed) -> ExitCode {
    failed.tell();
    match failed.exit {
        Exit::Interrupted => Exit::Interrupted.into(),
        _ => ExitCode::from(2),
    }
}

/// Whether anything was found in a file. Its lines are printed as they come, in
/// the order of the pages.
fn search(
    text: &arguments::Text,
    query: &Query,
    file: &Path,
    interrupted: &Arc<AtomicBool>,
) -> Result<bool, Failed> {
    let mut opened = open::open_file(file, &text.access, interrupted)?;
    let pages = opened.page_list(&text.pages)?;
    let name = printable(&opened.name);
    let (mut any, mut failed) = (false, None);
    for pages in pages.chunks(AT_ONCE) {
        let found = matches(&mut opened, pages, query)
            .map_err(|error| Failed::about(&opened.name, &error))?;
        for page in pages {
            match found.get(&page.number()) {
                Some(Ok(matches)) => {
                    if matches.len() >= MAX_MATCHES {
                        let name = format!("{}: page {}", opened.name, page.number());
                        failed = failed.or(Some(Failed::new(Exit::Limit, Some(&name), TOO_MANY)));
                    }
                    let runs = opened.session.text(*page);
                    let runs = runs.map_err(|error| Failed::about(&opened.name, &error))?;
                    for line in lines(&runs, matches) {
                        print(&format!("{name}:{}: {line}\n", page.number()))?;
                        any = true;
                    }
                }
                Some(Err(error)) => {
                    let name = format!("{}: page {}", opened.name, page.number());
                    failed = failed.or(Some(Failed::about(&name, error)));
                }
                None => {}
            }
        }
    }
    failed.map_or(Ok(any), Err)
}

/// What is found on each page that has anything, or why it cannot be read.
type Found = BTreeMap<u32, Result<Vec<Match>, BrokerError>>;

fn matches(opened: &mut Opened, pages: &[PageIndex], query: &Query) -> Result<Found, BrokerError> {
    let mut asked = HashMap::new();
    let mut found = Found::new();
    let mut pages = pages.iter();
    loop {
        while asked.len() < AT_ONCE
            && let Some(page) = pages.next()
        {
            if let Some(ticket) = opened.session.ask_search(*page, query.clone())? {
                asked.insert(ticket, page.number());
            }
        }
        if asked.is_empty() {
            return Ok(found);
        }
        match opened.session.wait()? {
            Reply::Items(ticket, Items::Matches(matches), last) => {
                if let Some(page) = asked.get(&ticket).filter(|_| !matches.is_empty())
                    && let Ok(all) = found.entry(*page).or_insert_with(|| Ok(Vec::new()))
                {
                    all.extend(matches);
                }
                if last {
                    asked.remove(&ticket);
                }
            }
            Reply::Failed(ticket, failure) => {
                if let Some(page) = asked.remove(&ticket) {
                    found.insert(page, Err(BrokerError::Failure(failure)));
                }
            }
            Reply::Items(ticket, _, _) => drop(asked.remove(&ticket)),
            Reply::Painted(_, tile) => opened.session.read(tile, &mut [])?,
            Reply::Copied(_, piece) => drop(opened.session.read_piece(&piece)?),
        }
    }
}

/// The lines that hold a match's first word, each once.
fn lines(runs: &[TextRun], matches: &[Match]) -> Vec<String> {
    let ends = |run: &TextRun| matches!(run.then, Separator::Line | Separator::Block);
    let begin: Vec<PageBox> = matches
        .iter()
        .filter_map(|one| one.places.first().copied())
        .collect();
    runs.split_inclusive(ends)
        .filter(|line| {
            let mut words = line.iter();
            words.any(|run| begin.iter().any(|place| touches(run.place, *place)))
        })
        .map(|line| {
            let words = line.iter().map(|run| match run.then {
                Separator::Space => format!("{} ", run.text.as_str()),
                _ => run.text.as_str().to_owned(),
            });
            words.collect()
        })
        .collect()
}

/// Whether the middle of a match's box stands in a word's.
fn touches(word: PageBox, found: PageBox) -> bool {
    let ([left, top, right, bottom], [l, t, r, b]) = (word.edges(), found.edges());
    let middle = f32::midpoint(t, b);
    (top..=bottom).contains(&middle) && l < right && r > left
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::Text;

    fn run(text: &str, left: f32, top: f32, then: Separator) -> TextRun {
        let place = PageBox::new(left, top, left + 10.0 * text.len() as f32, top + 10.0).unwrap();
        TextRun {
            text: Text::new(text.to_owned()).unwrap(),
            place,
            then,
        }
    }

    #[test]
    fn line_is_printed_whole_and_once() {
        let runs = [
            run("one", 0.0, 0.0, Separator::Space),
            run("two", 40.0, 0.0, Separator::Line),
            run("three", 0.0, 20.0, Separator::Block),
        ];
        let found = |left, top| Match {
            places: vec![PageBox::new(left, top, left + 5.0, top + 10.0).unwrap()],
            before: Text::cleaned("", 1),
            found: Text::cleaned("x", 1),
            after: Text::cleaned("", 1),
        };
        let two = [found(5.0, 0.0), found(45.0, 0.0)];
        assert_eq!(lines(&runs, &two), ["one two"]);
        assert_eq!(lines(&runs, &[found(5.0, 20.0)]), ["three"]);
        assert!(lines(&runs, &[]).is_empty());
    }
}
