//! `pellucid convert`: a document as a PDF of pictures and words alone, or as
//! pictures, or sound as WAV; one file, or many at the same time.

mod left_out;
mod many;

use super::arguments::{self, Kind, is_standard_input};
use super::exit::{Exit, Failed};
use super::open::{self, Opened};
use super::output::{Output, is_same_file};
use super::progress::Progress;
use super::{render, wav};
use crate::broker::{BrokerError, Session};
use crate::safe_copy::{CopyError, Copying, Sheet};
use crossbeam_channel::{Receiver, bounded};
use left_out::LeftOut;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::Duration;

/// Longest wait between two looks at whether the user has interrupted.
const LOOK: Duration = Duration::from_millis(100);

pub(super) fn run(convert: &arguments::Convert) -> Result<(), Failed> {
    if let Some(kind) = convert.to {
        return many::run(convert, kind);
    }
    let [file, output] = convert.files.as_slice() else {
        return usage("name a file and the copy to make of it, or many files with --to");
    };
    let Some(kind) = Kind::of(output) else {
        return usage(
            "the output's name must end in .pdf, .png, .jpg, .webp or, for sound, .wav; - is PDF on standard output",
        );
    };
    if is_standard_input(output) && io::stdout().is_terminal() {
        return usage("a PDF is not written to a terminal; name a file");
    }
    if is_same_file(output, file) {
        return usage("the copy would replace the document; name another file");
    }
    let job = Job {
        convert,
        file,
        output,
        kind,
        is_alone: true,
    };
    let mut opened = open::open(file, &convert.access)?;
    let left_out = LeftOut::of(&mut opened, kind);
    job.run(opened)?;
    left_out.tell();
    Ok(())
}

fn usage<T>(sentence: &str) -> Result<T, Failed> {
    Err(Failed::new(Exit::Usage, None, sentence))
}

/// One file that becomes another one.
struct Job<'a> {
    convert: &'a arguments::Convert,
    file: &'a Path,
    output: &'a Path,
    kind: Kind,
    /// It tells its progress itself.
    is_alone: bool,
}

impl Job<'_> {
    fn run(&self, mut opened: Opened) -> Result<(), Failed> {
        if self.kind == Kind::Wav {
            return wav::write(&mut opened, self.output, self.is_alone);
        }
        if self.kind != Kind::Pdf {
            let render = self.convert.as_render(self.file, self.output, self.kind);
            return render::write(&render, opened, self.is_alone);
        }
        let sheets = sheets(self.convert, &mut opened)?;
        let done = self.copy(&mut opened, sheets);
        done.map_err(|error| match error {
            CopyError::Output(error) => {
                Failed::output(&arguments::output_name(self.output), &error)
            }
            CopyError::Session(error) => Failed::about(&opened.name, &error),
            CopyError::Page { number, failure } => {
                let name = format!("{}: page {number}", opened.name);
                Failed::about(&name, &BrokerError::Failure(failure))
            }
        })
    }

    fn copy(&self, opened: &mut Opened, sheets: Vec<Sheet>) -> Result<(), CopyError> {
        let output = if is_standard_input(self.output) {
            Output::standard()
        } else {
            Output::create(self.output)?
        };
        let (step, steps) = bounded(1);
        let step = move || {
            // One ring is as good as several.
            let _ = step.try_send(());
        };
        let mut copying = Copying::begin(sheets, !self.convert.no_text, output, step)?;
        let progress = Progress::unless(!self.is_alone, "page", copying.progress().1);
        match draw(&mut copying, &mut opened.session, &steps, progress) {
            Ok(()) => Ok(copying.finish()?.finish()?),
            Err(error) => {
                // That the session is over is what is told.
                let _ = copying.cancel(&mut opened.session);
                Err(error)
            }
        }
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

/// Draws page after page until the last one is written.
fn draw(
    copying: &mut Copying<Output>,
    session: &mut Session,
    steps: &Receiver<()>,
    mut progress: Progress,
) -> Result<(), CopyError> {
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
