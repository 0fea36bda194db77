//! `pellucid convert`: a document as a PDF of pictures and words alone, or as PNG.

use super::arguments::{self, is_standard_input};
use super::exit::{Exit, Failed};
use super::open::{self, Opened};
use super::output::{Output, is_same_file};
use super::progress::Progress;
use super::render;
use crate::broker::{BrokerError, Session};
use crate::safe_copy::{CopyError, Copying, Sheet};
use crossbeam_channel::{Receiver, bounded};
use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::Duration;

/// Longest wait between two looks at whether the user has interrupted.
const LOOK: Duration = Duration::from_millis(100);

pub(super) fn run(convert: &arguments::Convert) -> Result<(), Failed> {
    let usage = |sentence: &str| Err(Failed::new(Exit::Usage, None, sentence));
    let output = convert.output.as_path();
    match kind(output) {
        Some(Kind::Png) => return render::run(&convert.as_render()),
        Some(Kind::Pdf) => {}
        None => {
            return usage(
                "the output's name must end in .pdf or .png; - is PDF on standard output",
            );
        }
    }
    if is_standard_input(output) && io::stdout().is_terminal() {
        return usage("a PDF is not written to a terminal; name a file");
    }
    if is_same_file(output, &convert.document.file) {
        return usage("the copy would replace the document; name another file");
    }
    let mut opened = open::open(&convert.document)?;
    let sheets = sheets(convert, &mut opened)?;
    let done = copy(convert, &mut opened, sheets);
    done.map_err(|error| match error {
        CopyError::Output(error) => Failed::output(&arguments::output_name(output), &error),
        CopyError::Session(error) => Failed::about(&opened.name, &error),
        CopyError::Page { number, failure } => {
            let name = format!("{}: page {number}", opened.name);
            Failed::about(&name, &BrokerError::Failure(failure))
        }
    })
}

enum Kind {
    Pdf,
    Png,
}

fn kind(output: &Path) -> Option<Kind> {
    if is_standard_input(output) {
        return Some(Kind::Pdf);
    }
    let extension = output.extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "pdf" => Some(Kind::Pdf),
        "png" => Some(Kind::Png),
        _ => None,
    }
}

fn sheets(convert: &arguments::Convert, opened: &mut Opened) -> Result<Vec<Sheet>, Failed> {
    let pages = opened.pages(&convert.pages)?;
    let format = opened.summary.format;
    let sheets = pages.into_iter().map(|(page, entry)| {
        Sheet::new(page, entry.size, format, convert.dpi).map_err(|error| {
            let name = format!("{}: page {}", opened.name, page.number());
            Failed::new(Exit::Limit, Some(&name), error)
        })
    });
    sheets.collect()
}

fn copy(
    convert: &arguments::Convert,
    opened: &mut Opened,
    sheets: Vec<Sheet>,
) -> Result<(), CopyError> {
    let output = if is_standard_input(&convert.output) {
        Output::standard()
    } else {
        Output::create(&convert.output)?
    };
    let (step, steps) = bounded(1);
    let step = move || {
        // One ring is as good as several.
        let _ = step.try_send(());
    };
    let mut copying = Copying::begin(sheets, !convert.no_text, output, step)?;
    match draw(&mut copying, &mut opened.session, &steps) {
        Ok(()) => Ok(copying.finish()?.finish()?),
        Err(error) => {
            // That the session is over is what is told.
            let _ = copying.cancel(&mut opened.session);
            Err(error)
        }
    }
}

/// Draws page after page until the last one is written.
fn draw(
    copying: &mut Copying<Output>,
    session: &mut Session,
    steps: &Receiver<()>,
) -> Result<(), CopyError> {
    let mut progress = Progress::new("page", copying.progress().1);
    while !copying.is_over() {
        progress.at(copying.progress().0);
        copying.ask(session, usize::MAX)?;
        if copying.is_waiting() {
            let reply = session.wait()?;
            copying.take(session, reply)?;
        } else {
            session.check_interrupted()?;
            // Whether it rang or not, the next round looks.
            let _ = steps.recv_timeout(LOOK);
        }
    }
    Ok(())
}
