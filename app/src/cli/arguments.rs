//! What can be said on the command line.

use super::exit;
use super::pages::Pages;
use crate::broker::limits::{ANSWER, Limits, MEMORY_BYTES};
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

    /// Files to open in the window, or - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// What the window is drawn with
    #[cfg(feature = "window")]
    #[arg(long, value_name = "WITH", value_enum, default_value_t)]
    pub(crate) gpu: crate::window::Choice,

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

    /// Memory its renderer may use, in MiB
    #[arg(long, value_name = "MIB", default_value_t = MEMORY_BYTES / MIB,
          value_parser = clap::value_parser!(u64).range(16..=1 << 20))]
    memory: u64,

    /// Seconds that opening, or one page, may take; 0 for no limit
    #[arg(long, value_name = "SECONDS", default_value_t = ANSWER.as_secs())]
    timeout: u64,
}

impl Access {
    /// The limits.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            memory_bytes: self.memory.saturating_mul(MIB),
            answer: (self.timeout > 0).then(|| Duration::from_secs(self.timeout)),
            ..Limits::default()
        }
    }
}

/// `pellucid render`
#[derive(Debug, Args)]
pub(crate) struct Render {
    #[command(flatten)]
    pub(crate) document: Document,

    /// Pages by position from 1, for example 1-3,7,10-, or by label: iv, A-1, and
    /// =12 for a label that is a number. Without it: all of them; of several pictures
    /// into one file, the first
    #[arg(short, long, value_name = "LIST")]
    pub(crate) pages: Option<Pages>,

    /// Frames of a picture that moves, in the same way
    #[arg(long, value_name = "LIST")]
    pub(crate) frame: Option<Pages>,

    /// Dots per inch; a picture is drawn at its own size
    #[arg(long, value_name = "N", default_value_t = 150.0, value_parser = dots, conflicts_with = "size")]
    pub(crate) dpi: f32,

    /// Fit into this many pixels, for example 1600x1200; pictures are not enlarged
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub(crate) size: Option<(u32, u32)>,

    /// The file to write, with %d (or %03d) for the page or frame when there are several; - for
    /// standard output. Without it: the document's name and .png
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// `pellucid convert`
#[derive(Debug, Args)]
pub(crate) struct Convert {
    #[command(flatten)]
    pub(crate) document: Document,

    /// The file to write, a PDF, or a PNG by its name; - for a PDF on standard output
    #[arg(value_name = "OUTPUT")]
    pub(crate) output: PathBuf,

    /// Pages by position from 1, for example 1-3,7,10-, or by label: iv, A-1, and
    /// =12 for a label that is a number
    #[arg(short, long, value_name = "LIST", default_value = "1-")]
    pub(crate) pages: Pages,

    /// Dots per inch; of a picture each pixel is a dot
    #[arg(long, value_name = "N", default_value_t = crate::safe_copy::READING_DPI, value_parser = dots)]
    pub(crate) dpi: f32,

    /// Leave the words out, which can be selected and found but are not seen
    #[arg(long)]
    pub(crate) no_text: bool,
}

impl Convert {
    /// The same as `pellucid render`, for PNG.
    pub(super) fn as_render(&self) -> Render {
        Render {
            document: self.document.clone(),
            pages: (self.pages != Pages::all()).then(|| self.pages.clone()),
            frame: None,
            dpi: self.dpi,
            size: None,
            output: Some(self.output.clone()),
        }
    }
}

/// `pellucid info`
#[derive(Debug, Args)]
pub(crate) struct Info {
    #[command(flatten)]
    pub(crate) document: Document,

    /// For programs: one JSON object
    ///
    /// Its keys: file, format, page_count, encrypted, unit (pt or px), pages (width,
    /// height and label of the first 1000), info (lists of strings), outline (depth,
    /// title, page), links (inside: how many, addresses, refused: how many by kind),
    /// cut (which of these lists are not whole), sandbox.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `pellucid text`
#[derive(Debug, Args)]
pub(crate) struct Text {
    /// The files, or - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) access: Access,

    /// Pages by position from 1, for example 1-3,7,10-, or by label: iv, A-1, and
    /// =12 for a label that is a number
    #[arg(short, long, value_name = "LIST", default_value = "1-")]
    pub(crate) pages: Pages,

    /// For programs: one JSON object for each file, with the place of every word
    ///
    /// Its keys: file, pages (page, words); of a word: text, box (left, top, right,
    /// bottom, in points from the top left), then (none, space, line or block: what
    /// follows it).
    #[arg(long)]
    pub(crate) json: bool,

    /// Print only lines with a match of this regular expression, as file:page: line;
    /// ends with 0 when there is one, 1 when there is none, 2 after an error
    #[arg(short, long, value_name = "PATTERN", value_parser = pattern, conflicts_with = "json")]
    pub(crate) grep: Option<ipc::Text>,

    /// Capitals and small letters are the same
    #[arg(short, long, requires = "grep")]
    pub(crate) ignore_case: bool,

    /// Letters are the same with and without accents
    #[arg(short = 'a', long, requires = "grep")]
    pub(crate) ignore_accents: bool,

    /// Match whole words only
    #[arg(short, long, requires = "grep")]
    pub(crate) word: bool,

    /// The pattern is plain words, not a regular expression
    #[arg(short = 'F', long, requires = "grep")]
    pub(crate) fixed: bool,
}

/// `pellucid attachment`
#[derive(Debug, Args)]
pub(crate) struct Attachment {
    #[command(flatten)]
    pub(crate) document: Document,

    /// Its name as info tells it, or its number from 1
    #[arg(value_name = "NAME")]
    pub(crate) name: String,

    /// The file to write, or - for standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
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

fn dots(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(dots) if (1.0..=9600.0).contains(&dots) => Ok(dots),
        _ => Err("is no number from 1 to 9600".to_owned()),
    }
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let side = |side: &str| side.parse::<u32>().ok().filter(|side| *side > 0);
    text.split_once(['x', 'X', '×'])
        .and_then(|(width, height)| Some((side(width)?, side(height)?)))
        .ok_or_else(|| "is no size like 1600x1200".to_owned())
}

fn pattern(text: &str) -> Result<ipc::Text, String> {
    match ipc::Text::new(text.to_owned()) {
        Some(pattern) if !text.is_empty() => Ok(pattern),
        _ => Err("is empty, too long, or holds control characters".to_owned()),
    }
}
