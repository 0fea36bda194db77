//! `pellucid text`: the words of pages, plain or with their places.

use super::arguments;
use super::exit::{Exit, Failed};
use super::info::print;
use super::open;
use super::progress::Progress;
use ipc::{PageIndex, Separator, TextRun};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Prints every file; one that fails does not keep the others back.
pub(super) fn run(text: &arguments::Text) -> Result<(), Failed> {
    let interrupted = open::interruption()?;
    let mut failed: Option<Failed> = None;
    for file in &text.files {
        match print_file(text, file, &interrupted) {
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
    interrupted: &Arc<AtomicBool>,
) -> Result<(), Failed> {
    let mut opened = open::open_file(file, &text.access, interrupted)?;
    let count = opened.summary.pages;
    let name = opened.name.clone();
    let pages = text
        .pages
        .of(count)
        .map_err(|page| Failed::no_page(&name, page, count))?;
    let mut progress = Progress::new("page", pages.len());
    let mut json_pages = Vec::new();
    let mut failed = None;
    for (done, page) in pages.into_iter().enumerate() {
        progress.at(done);
        match opened.session.text(page) {
            Ok(runs) if text.json => json_pages.push(as_json(page, &runs)),
            Ok(runs) => print(&as_text(&runs))?,
            Err(error @ crate::broker::BrokerError::Failure(_)) => {
                // The other pages are still there.
                let name = format!("{name}: page {}", page.number());
                let new = Failed::about(&name, &error);
                match failed {
                    None => failed = Some(new),
                    Some(_) => new.tell(),
                }
            }
            Err(error) => return Err(Failed::about(&name, &error)),
        }
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
