//! The command line.
//!
//! | file | holds |
//! |---|---|
//! | `arguments` | what can be said on it |
//! | `exit` | with which code it ends |
//! | `pages` | ranges of pages |
//! | `open` | from a name to an open session: password, posture, errors |
//! | `password` | typed on the terminal, or from a descriptor |
//! | `render` | pages as PNG files |
//! | `convert` | a document as a PDF of pictures and words, or as pictures; sound as WAV |
//! | `png`, `jpeg`, `webp`, `wav` | encoding our own pixels and samples |
//! | `play` | sound on the device |
//! | `output` | files that appear whole or not at all |
//! | `info`, `text`, `grep`, `attachment`, `check` | the other commands |
//! | `reading` | pages in order, several asked for at a time |
//! | `progress` | how far long work is, on a terminal |
//! | `packaging` | completions and manual, held against all of this |
//! | `terminal` | names and words as they may be printed |

mod arguments;
mod attachment;
mod check;
mod convert;
mod exit;
mod grep;
mod info;
mod jpeg;
mod open;
mod output;
#[cfg(test)]
mod packaging;
mod pages;
mod password;
mod play;
mod png;
mod progress;
mod reading;
mod render;
mod terminal;
mod text;
mod wav;
mod webp;

#[cfg(feature = "window")]
pub(crate) use info::{
    coverage as coverage_words, curated, heading as info_name, note_kind, wish as wish_words,
};
#[cfg(feature = "window")]
pub(crate) use output::{Output, is_same_file};
#[cfg(feature = "window")]
pub(crate) use pages::Pages;
#[cfg(feature = "window")]
pub(crate) use png::{Header as PngHeader, has_alpha, write as write_png};
pub(crate) use render::plan;
pub(crate) use terminal::printable;

use arguments::{Arguments, Command};
use clap::Parser;
use exit::{Exit, Failed};
use std::process::ExitCode;

/// Runs the command that the arguments name.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let done = match &arguments.command {
        Some(Command::Text(text)) if text.grep.is_some() => {
            let pattern = text.grep.as_ref();
            return pattern.map_or(ExitCode::SUCCESS, |pattern| grep::run(text, pattern));
        }
        Some(Command::Render(render)) => render::run(render),
        Some(Command::Convert(convert)) => convert::run(convert),
        Some(Command::Info(info)) => info::run(info),
        Some(Command::Text(text)) => text::run(text),
        Some(Command::Attachment(wanted)) => attachment::run(wanted),
        Some(Command::Play(play)) => play::run(play),
        Some(Command::Check(check)) => check::run(check),
        None => window(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            failed.tell();
            failed.exit.into()
        }
    }
}

/// Help and version are no errors.
fn usage(error: &clap::Error) -> ExitCode {
    // Nothing is left to do when even this cannot be printed.
    let _ = error.print();
    if error.use_stderr() {
        Exit::Usage.into()
    } else {
        ExitCode::SUCCESS
    }
}

#[cfg(feature = "window")]
fn window(arguments: &Arguments) -> Result<(), Failed> {
    let options = crate::window::Options {
        files: arguments.files.clone(),
        gpu: arguments.gpu,
        private: arguments.private,
        new_instance: arguments.new_instance,
    };
    crate::window::run(options).map_err(|sentence| Failed::new(Exit::Output, None, sentence))
}

#[cfg(not(feature = "window"))]
fn window(_: &Arguments) -> Result<(), Failed> {
    let sentence =
        "this Pellucid was built without its window; use render, info or text (see --help)";
    Err(Failed::new(Exit::Usage, None, sentence))
}
