//! Why something is not shown, in words for the user.

use super::source::SourceError;
use capmode::posture::Layer;
use capmode::{Exit, LaunchError};
use ipc::{Failure, FailureKind, ProtocolError, RendererExit, Text};
use nix::errno::Errno;
use std::fmt;
use std::io;
use std::time::Duration;

/// Why a document, or a part of it, is not shown.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// There is no document.
    #[error("{0}")]
    Source(#[from] SourceError),
    /// There is no renderer.
    #[error("the sandbox cannot be started: {0}")]
    Launch(#[from] LaunchError),
    /// The renderer is not confined well enough to be given a document.
    #[error("the sandbox is not complete, and nothing is opened without it; missing: {}", names(.0))]
    NotConfined(Vec<Layer>),
    /// The document needs a password, or another one.
    #[error("{}", if *.wrong { "the password is wrong" } else { "a password is needed" })]
    Password {
        /// Whether one was tried.
        wrong: bool,
    },
    /// The renderer says that it cannot be shown.
    #[error("{}", sentence(.0))]
    Failure(Failure),
    /// The renderer is gone.
    #[error("{0}")]
    Ended(RendererEnd),
    /// The user stopped it.
    #[error("interrupted")]
    Interrupted,
    /// The system refused something between broker and renderer.
    #[error("{}", words(.0))]
    Io(#[from] io::Error),
}

/// How a renderer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RendererEnd {
    /// It was killed for a system call that its policy does not permit.
    Violation,
    /// This signal killed it.
    Crash(i32),
    /// It found a defect of its own.
    Panic {
        /// Where.
        place: Text,
        /// What it said.
        message: Text,
    },
    /// It aborted.
    Aborted,
    /// It ran out of memory.
    OutOfMemory,
    /// It used up its CPU time.
    CpuLimit,
    /// It said something that it may not say; it was killed.
    BadMessage(ProtocolError),
    /// It did not answer in time; it was killed.
    Hung(Duration),
    /// A layer of its confinement could not be put up, and it ended.
    NotConfined,
    /// Somebody else killed it: the system, when memory ran out, or a person.
    Killed,
    /// It refused what the broker said: a defect of ours.
    Disagreed,
    /// The launcher is gone, and with it every renderer.
    LostLauncher,
    /// It ended without a reason.
    Unexplained(Exit),
}

impl RendererEnd {
    /// What the end of the process says.
    #[must_use]
    pub fn from_exit(exit: Exit) -> Self {
        /// `SIGXCPU`, which a launcher also tells when the limit has killed.
        const SIGXCPU: i32 = 24;
        const SIGKILL: i32 = 9;
        match exit {
            Exit::Violation => Self::Violation,
            Exit::Signal(SIGKILL) => Self::Killed,
            Exit::Signal(SIGXCPU) => Self::CpuLimit,
            Exit::Signal(signal) => Self::Crash(signal),
            Exit::Code(code) => match RendererExit::from_code(code) {
                Some(RendererExit::OutOfMemory) => Self::OutOfMemory,
                // A panic that it could not tell about any more.
                Some(RendererExit::Aborted | RendererExit::Panic) => Self::Aborted,
                Some(RendererExit::NotConfined) => Self::NotConfined,
                Some(RendererExit::Protocol) => Self::Disagreed,
                Some(RendererExit::Done) | None => Self::Unexplained(exit),
            },
            Exit::Lost => Self::LostLauncher,
        }
    }
}

impl fmt::Display for RendererEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Violation => f.write_str(
                "its renderer tried something that the sandbox forbids and was killed; the file may be an attack",
            ),
            Self::Crash(signal) => {
                write!(f, "its renderer crashed with signal {signal}; nothing else was touched")
            }
            Self::Panic { place, message } => {
                write!(f, "its renderer stopped at a defect of its own ({place}: {message})")
            }
            Self::Aborted => f.write_str("its renderer aborted; it may nest too deeply"),
            Self::OutOfMemory => f.write_str("it needs more memory than its budget"),
            Self::CpuLimit => f.write_str("it used up its CPU time"),
            Self::BadMessage(error) => {
                write!(f, "its renderer broke the protocol and was killed ({error})")
            }
            Self::Hung(limit) => write!(
                f,
                "its renderer did not answer within {} s and was stopped",
                limit.as_secs()
            ),
            Self::NotConfined => f.write_str(
                "its renderer could not confine itself, so nothing was opened; see pellucid check",
            ),
            Self::Killed => f.write_str(
                "its renderer was killed from outside; the system may have run out of memory",
            ),
            Self::Disagreed => {
                f.write_str("its renderer refused a request, which is a defect of Pellucid")
            }
            Self::LostLauncher => f.write_str("the process that starts renderers is gone"),
            Self::Unexplained(exit) => write!(f, "its renderer ended without a reason ({exit:?})"),
        }
    }
}

/// What the system said, without the number of the error.
pub(crate) fn words(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => Errno::from_raw(number).desc().to_lowercase(),
        None => error.to_string(),
    }
}

fn names(layers: &[Layer]) -> String {
    let names: Vec<&str> = layers.iter().map(|layer| layer.name()).collect();
    names.join(", ")
}

fn sentence(failure: &Failure) -> String {
    let detail = &failure.detail;
    match failure.kind {
        FailureKind::Unsupported => format!("cannot be shown: {detail}"),
        FailureKind::Damaged => format!("is damaged: {detail}"),
        FailureKind::Limit => format!("is beyond a limit: {detail}"),
        FailureKind::Unreadable | FailureKind::Cancelled => detail.to_string(),
        FailureKind::Internal => format!("made the renderer fail: {detail}"),
    }
}

#[cfg(test)]
mod tests {
    use super::words;
    use std::io;

    #[test]
    fn a_system_error_is_told_in_words_alone() {
        let missing = std::fs::File::open("/nonexistent/file").unwrap_err();
        assert_eq!(words(&missing), "no such file or directory");
        assert_eq!(words(&io::Error::other("full moon")), "full moon");
    }
}
