//! What can be said on the command line.

mod pictures;
mod play;
mod reading;

pub(crate) use pictures::{Convert, Encoding, Kind, Render};
pub(crate) use play::Play;
pub(crate) use reading::{Attachment, Info, Text};

use super::exit;
use crate::broker::limits::Limits;
use crate::config::{Config, ConfigError};
use clap::{Args, Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::time::Duration;

const MIB: u64 = 1024 * 1024;

/// Opens documents that nobody trusts, each in a sandboxed process of its own.
#[derive(Debug, Parser)]
#[command(name = "pellucid", version, after_help = exit::HELP, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// Files to open in the window, or - for standard input; pictures that are named
    /// together, or a folder of them, are looked through in one tab
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// What the window is drawn with [default: auto]
    #[cfg(feature = "window")]
    #[arg(long, value_name = "WITH", value_enum)]
    pub(crate) gpu: Option<crate::window::Choice>,

    /// Remember nothing of what is opened
    #[cfg(feature = "window")]
    #[arg(long)]
    pub(crate) private: bool,

    /// Open a window of its own, whether or not one is open already
    #[cfg(feature = "window")]
    #[arg(long)]
    pub(crate) new_instance: bool,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Draw pages into PNG files
    Render(Render),
    /// Make a safe copy: pictures of the pages and their words, nothing else
    Convert(Convert),
    /// Tell what a document is and says about itself
    Info(Info),
    /// Print the text of a PDF
    Text(Text),
    /// Save a file that is inside a document
    Attachment(Attachment),
    /// Play sound
    Play(Play),
    /// Show the sandbox layer by layer, and try to escape from it
    Check(Check),
}

/// The document, and what it may use.
#[derive(Debug, Clone, Args)]
pub(crate) struct Document {
    /// The file, or - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) access: Access,
}

/// Its name for messages.
pub(crate) fn name(file: &Path) -> String {
    if is_standard_input(file) {
        "standard input".to_owned()
    } else {
        file.to_string_lossy().into_owned()
    }
}

/// The name of what is written, for messages.
pub(crate) fn output_name(file: &Path) -> String {
    if is_standard_input(file) {
        "standard output".to_owned()
    } else {
        file.to_string_lossy().into_owned()
    }
}

/// Whether a document comes from standard input.
pub(crate) fn is_standard_input(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// How a document is unlocked, and what it may use.
#[derive(Debug, Clone, Args)]
pub(crate) struct Access {
    /// Read the password from this open descriptor, up to the first line end
    #[arg(long, value_name = "N")]
    pub(crate) password_fd: Option<i32>,

    /// Memory its renderer may use, in MiB [default: 1024]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(16..=1 << 20))]
    memory: Option<u64>,

    /// Seconds that opening, or one page, may take; 0 for no limit [default: 60]
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,

    /// Other files are opened at the same time.
    #[arg(skip)]
    pub(crate) is_among_others: bool,
}

impl Access {
    /// The limits: as the command line says, else as `pellucid.toml` does.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], where the file is needed and cannot be used.
    pub(crate) fn limits(&self) -> Result<Limits, ConfigError> {
        let usual = match (self.memory, self.timeout) {
            (Some(_), Some(_)) => Limits::default(),
            _ => Config::load()?.renderer.limits(),
        };
        let answer = self.timeout.map(|seconds| match seconds {
            0 => None,
            seconds => Some(Duration::from_secs(seconds)),
        });
        let memory = self.memory.map(|mib| mib.saturating_mul(MIB));
        Ok(Limits {
            memory_bytes: memory.unwrap_or(usual.memory_bytes),
            answer: answer.unwrap_or(usual.answer),
            workers: if self.is_among_others {
                1
            } else {
                usual.workers
            },
        })
    }

    /// The same for one of several files that are opened at the same time: it has one
    /// core, and nobody is asked for its password.
    pub(crate) fn among_others(&self) -> Self {
        Self {
            is_among_others: true,
            ..self.clone()
        }
    }
}

/// `pellucid check`
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// For programs: one JSON object
    ///
    /// Its keys: posture (full, reduced or none), landlock_abi, refused (why a
    /// namespace is missing), layers (name, in_force, seen_from_outside, meaning),
    /// attempts (name, tries, outcome, stopped).
    #[arg(long)]
    pub(crate) json: bool,
}
