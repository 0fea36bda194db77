//! `pellucid text --grep`: lines with a match, as `file:page: line`.
//!
//! Every page is searched in the renderer, several at a time on all its threads;
//! only pages with a match are asked for their words, to print whole lines.

use super::arguments;
use super::exit::{Exit, Failed};
use super::info::print;
use super::open;
use super::reading::{self, Ended};
use super::terminal::printable;
use crate::broker::{BrokerError, Renderers};
use ipc::limits::MAX_MATCHES;
use ipc::{Match, PageBox, Query, Separator, TextRun};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Said of a page with more matches than are told.
const TOO_MANY: &str = "has more matches than the limit on a page; the rest is left out";

/// Searches every file; the exit codes are those of grep.
pub(super) fn run(text: &arguments::Text, pattern: &ipc::Text) -> ExitCode {
    let query = Query {
        pattern: pattern.clone(),
        match_case: !text.ignore_case,
        match_accents: !text.ignore_accents,
        whole_word: text.word,
        regex: !text.fixed,
    };
    let started = open::renderers(&text.access, text.files.len())
        .and_then(|renderers| Ok((renderers, open::interruption()?)));
    let (renderers, interrupted) = match started {
        Ok(started) => started,
        Err(failed) => return told(&failed),
    };
    let (mut any, mut errors) = (false, false);
    for file in &text.files {
        match search(text, &query, file, &renderers, &interrupted) {
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
    renderers: &Renderers,
    interrupted: &Arc<AtomicBool>,
) -> Result<bool, Failed> {
    let mut opened = open::open_file(file, &text.access, renderers, interrupted)?;
    let pages = opened.page_list(&text.pages)?;
    let name = printable(&opened.name);
    let (mut any, mut failed) = (false, None);
    let whole = opened.name.clone();
    let read = reading::read(&mut opened.session, &pages, Some(query), |read| {
        let number = read.page.number();
        let on_page = || format!("{whole}: page {number}");
        if let Some(failure) = read.failure {
            let error = BrokerError::Failure(failure);
            failed.get_or_insert_with(|| Failed::about(&on_page(), &error));
        }
        if read.matches.len() >= MAX_MATCHES {
            failed.get_or_insert_with(|| Failed::new(Exit::Limit, Some(&on_page()), TOO_MANY));
        }
        for line in lines(&read.words, &read.matches) {
            print(&format!("{name}:{number}: {line}\n"))?;
            any = true;
        }
        Ok(())
    });
    match read {
        Ok(()) => failed.map_or(Ok(any), Err),
        Err(Ended::Taker(failed)) => Err(failed),
        Err(Ended::Broker(error)) => Err(Failed::about(&opened.name, &error)),
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
