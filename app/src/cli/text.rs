//! `pellucid text`: the words of pages, plain or with their places.

use super::arguments;
use super::exit::{Exit, Failed};
use super::info::print;
use super::open;
use super::progress::Progress;
use super::reading::{self, Ended};
use crate::broker::{BrokerError, Renderers};
use ipc::{PageIndex, Separator, TextRun};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Said of a page whose words do not end before the limit on a list.
const TOO_MUCH: &str = "has more words than the limit on a page; the rest is left out";

/// Prints every file; one that fails does not keep the others back.
pub(super) fn run(text: &arguments::Text) -> Result<(), Failed> {
    let renderers = open::renderers(&text.access, text.files.len())?;
    let interrupted = open::interruption()?;
    let mut failed: Option<Failed> = None;
    for file in &text.files {
        match print_file(text, file, &renderers, &interrupted) {
            Ok(()) => {}
            Err(new) if matches!(new.exit, Exit::Output | Exit::Interrupted) => return Err(new),
            Err(new) => match failed {
                None => failed = Some(new),
                Some(_) => new.tell(),
            },
        }
    }
    failed.map_or(Ok(()), Err)
}

fn print_file(
    text: &arguments::Text,
    file: &Path,
    renderers: &Renderers,
    interrupted: &Arc<AtomicBool>,
) -> Result<(), Failed> {
    let mut opened = open::open_file(file, &text.access, renderers, interrupted)?;
    let name = opened.name.clone();
    let pages = opened.page_list(&text.pages)?;
    let mut progress = Progress::new("page", pages.len());
    let mut json_pages = Vec::new();
    let mut failed: Option<Failed> = None;
    let mut note = |new: Failed| match failed {
        None => failed = Some(new),
        Some(_) => new.tell(),
    };
    let mut done = 0;
    let read = reading::read(&mut opened.session, &pages, None, |read| {
        done += 1;
        progress.at(done);
        let on_page = || format!("{name}: page {}", read.page.number());
        match read.failure {
            // The other pages are still there.
            Some(failure) => note(Failed::about(&on_page(), &BrokerError::Failure(failure))),
            None if text.json => json_pages.push(as_json(read.page, &read.words)),
            None => print(&as_text(&read.words))?,
        }
        if read.cut {
            note(Failed::new(Exit::Limit, Some(&on_page()), TOO_MUCH));
        }
        Ok(())
    });
    match read {
        Ok(()) => {}
        Err(Ended::Taker(failed)) => return Err(failed),
        Err(Ended::Broker(error)) => return Err(Failed::about(&name, &error)),
    }
    drop(progress);
    if text.json {
        print(&format!(
            "{:#}\n",
            json!({ "file": name, "pages": json_pages })
        ))?;
    }
    failed.map_or(Ok(()), Err)
}

/// Words and lines; a form feed ends the page.
fn as_text(runs: &[TextRun]) -> String {
    let mut text = String::new();
    for run in runs {
        text.push_str(run.text.as_str());
        text.push_str(match run.then {
            Separator::None => "",
            Separator::Space => " ",
            Separator::Line => "\n",
            Separator::Block => "\n\n",
        });
    }
    let kept = text.trim_end().len();
    text.truncate(kept);
    text.push_str("\n\u{c}");
    text
}

fn as_json(page: PageIndex, runs: &[TextRun]) -> Value {
    let words: Vec<Value> = runs
        .iter()
        .map(|run| {
            let then = match run.then {
                Separator::None => "none",
                Separator::Space => "space",
                Separator::Line => "line",
                Separator::Block => "block",
            };
            json!({ "text": run.text.as_str(), "box": run.place.edges(), "then": then })
        })
        .collect();
    json!({ "page": page.number(), "words": words })
}
