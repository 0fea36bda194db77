//! With which code the program ends, and what it says then.

use super::terminal;
use crate::broker::{BrokerError, RendererEnd, SourceError, words};
use ipc::limits::LIMIT_OF_MEMORY;
use ipc::{Failure, FailureKind};
use std::io;
use std::process::ExitCode;

/// The exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The command line makes no sense.
    Usage = 1,
    /// The file cannot be opened.
    CannotOpen = 2,
    /// Its format, or a feature of it, is not known.
    Unsupported = 3,
    /// It is damaged beyond what can be shown.
    Damaged = 4,
    /// It needs a password, or another one.
    Password = 5,
    /// It is beyond a limit of memory, size or time.
    Limit = 6,
    /// There is no sandbox to open it in.
    NoSandbox = 7,
    /// Its renderer crashed, or broke its policy.
    Renderer = 8,
    /// The output cannot be written.
    Output = 9,
    /// Interrupted from the keyboard: 128 + `SIGINT`, as shells have it.
    Interrupted = 130,
}

/// The codes, for `--help`.
pub(crate) const HELP: &str = "Exit codes: 0 done · 1 usage · 2 cannot open · 3 unsupported · \
    4 damaged · 5 password · 6 limit · 7 no sandbox · 8 renderer crashed or broke its policy · \
    9 output error · 130 interrupted";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A command that failed.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) exit: Exit,
    file: Option<String>,
    /// Empty when there is nobody to tell.
    sentence: String,
}

impl Failed {
    pub(crate) fn new(exit: Exit, file: Option<&str>, sentence: impl ToString) -> Self {
        Self {
            exit,
            file: file.map(str::to_owned),
            sentence: sentence.to_string(),
        }
    }

    /// A frame that the page does not have.
    pub(crate) fn no_frame(file: &str, frame: &str, count: u32) -> Self {
        let sentence = format!("has no frame {frame}, only {count}");
        Self::new(Exit::Usage, Some(file), sentence)
    }

    /// A failure of the broker about a file.
    pub(crate) fn about(file: &str, error: &BrokerError) -> Self {
        let option = option(error);
        Self::new(code(error), Some(file), format!("{error}{option}"))
    }

    /// The output cannot be written. A reader that has gone away has seen what
    /// it wanted, and is told nothing.
    pub(crate) fn output(file: &str, error: &io::Error) -> Self {
        let sentence = match error.kind() {
            io::ErrorKind::BrokenPipe => String::new(),
            _ => format!("cannot be written: {}", words(error)),
        };
        Self::new(Exit::Output, Some(file), sentence)
    }

    /// Says it on standard error, the file's name first.
    pub(crate) fn tell(&self) {
        let sentence = terminal::printable(&self.sentence);
        match &self.file {
            _ if sentence.is_empty() => {}
            Some(file) => terminal::tell(&format!("{}: {sentence}", terminal::printable(file))),
            None => terminal::tell(&sentence),
        }
    }
}

/// Which option raises the limit that was met.
fn option(error: &BrokerError) -> &'static str {
    match error {
        BrokerError::Ended(RendererEnd::OutOfMemory) => "; --memory gives it more",
        BrokerError::Failure(failure) if is_about_memory(failure) => "; --memory gives it more",
        BrokerError::Ended(RendererEnd::Hung(_)) => "; --timeout gives it longer",
        _ => "",
    }
}

/// Whether more memory would have helped. It is the renderer's own word, and decides
/// about nothing but another sentence.
fn is_about_memory(failure: &Failure) -> bool {
    failure.kind == FailureKind::Limit && failure.detail.as_str().contains(LIMIT_OF_MEMORY)
}

fn code(error: &BrokerError) -> Exit {
    match error {
        BrokerError::Source(SourceError::TooLarge { .. } | SourceError::StreamTooLarge(_)) => {
            Exit::Limit
        }
        BrokerError::Source(_) | BrokerError::Io(_) => Exit::CannotOpen,
        BrokerError::Launch(_) | BrokerError::NotConfined(_) => Exit::NoSandbox,
        BrokerError::Password { .. } => Exit::Password,
        BrokerError::Interrupted => Exit::Interrupted,
        BrokerError::Failure(failure) => match failure.kind {
            FailureKind::Unsupported => Exit::Unsupported,
            FailureKind::Damaged => Exit::Damaged,
            FailureKind::Limit => Exit::Limit,
            FailureKind::Unreadable => Exit::CannotOpen,
            FailureKind::Cancelled | FailureKind::Internal => Exit::Renderer,
        },
        BrokerError::Ended(end) => match end {
            RendererEnd::OutOfMemory | RendererEnd::CpuLimit | RendererEnd::Hung(_) => Exit::Limit,
            RendererEnd::NotConfined => Exit::NoSandbox,
            _ => Exit::Renderer,
        },
    }
}
