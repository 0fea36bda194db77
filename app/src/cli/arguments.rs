//! What can be said on the command line.

use super::exit;
use super::pages::Pages;
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

    /// What is written.
    #[arg(skip)]
    pub(crate) encoding: Encoding,
}

/// How pixels are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    #[default]
    Png,
    /// Of this quality, from 1 to 100.
    Jpeg(u8),
    WebP,
}

/// What a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Pictures of the pages, and their words
    Pdf,
    /// Pixels as they are drawn
    Png,
    /// Pixels on white, with losses
    #[value(alias = "jpeg")]
    Jpg,
    /// Pixels as they are drawn, smaller than PNG
    Webp,
    /// Sound: every bit of what is lossless
    Wav,
}

impl Kind {
    /// By the end of a name; `-` is a PDF.
    pub(crate) fn of(output: &Path) -> Option<Self> {
        if is_standard_input(output) {
            return Some(Self::Pdf);
        }
        let end = output.extension()?.to_str()?.to_ascii_lowercase();
        match end.as_str() {
            "pdf" => Some(Self::Pdf),
            "png" => Some(Self::Png),
            "jpg" | "jpeg" => Some(Self::Jpg),
            "webp" => Some(Self::Webp),
            "wav" | "wave" => Some(Self::Wav),
            _ => None,
        }
    }

    /// The end of its name.
    pub(crate) fn end(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpg => "jpg",
            Self::Webp => "webp",
            Self::Wav => "wav",
        }
    }
}

/// `pellucid convert`
#[derive(Debug, Args)]
#[command(
    override_usage = "pellucid convert [OPTIONS] <FILE> <OUTPUT>\n       pellucid convert [OPTIONS] --to <FORMAT> [-o <FOLDER>] <FILE>..."
)]
pub(crate) struct Convert {
    /// The file, or - for standard input, and the file to write: .pdf, .png, .jpg, .webp or
    /// .wav by its name, - for a PDF on standard output. With --to: many files
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// Make this of every file, on every core, each in a renderer of its own
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub(crate) to: Option<Kind>,

    /// With --to: the folder to write to; without it each copy is beside its file
    #[arg(short, long, value_name = "FOLDER", requires = "to")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) access: Access,

    /// Pages by position from 1, for example 1-3,7,10-, or by label: iv, A-1, and
    /// =12 for a label that is a number
    #[arg(short, long, value_name = "LIST", default_value = "1-")]
    pub(crate) pages: Pages,

    /// Dots per inch; of a picture each pixel is a dot
    #[arg(long, value_name = "N", default_value_t = crate::safe_copy::READING_DPI, value_parser = dots)]
    pub(crate) dpi: f32,

    /// Of pictures: fit into this many pixels, for example 1600x1200; they are not enlarged
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub(crate) size: Option<(u32, u32)>,

    /// Quality of a JPEG, from 1 to 100; PNG and WebP are written without loss
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) quality: u8,

    /// Leave the words out, which can be selected and found but are not seen
    #[arg(long)]
    pub(crate) no_text: bool,

    /// Leave out what the file says about itself; that is always so
    #[arg(long)]
    pub(crate) strip: bool,
}

impl Convert {
    /// The same as `pellucid render`, for pictures.
    pub(super) fn as_render(&self, file: &Path, output: &Path, kind: Kind) -> Render {
        Render {
            document: Document {
                file: file.to_owned(),
                access: self.access.clone(),
            },
            pages: (self.pages != Pages::all()).then(|| self.pages.clone()),
            frame: None,
            dpi: self.dpi,
            size: self.size,
            output: Some(output.to_owned()),
            encoding: match kind {
                Kind::Jpg => Encoding::Jpeg(self.quality),
                Kind::Webp => Encoding::WebP,
                Kind::Pdf | Kind::Png | Kind::Wav => Encoding::Png,
            },
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
    /// title, page), links (inside: how many, pages: from and to, addresses, refused: how
    /// many by kind), cut (which of these lists are not whole), sandbox.
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

/// `pellucid play`
#[derive(Debug, Args)]
#[command(after_help = PLAY_KEYS)]
pub(crate) struct Play {
    /// The files, or - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) access: Access,

    /// How loud, in percent [default: 100]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) volume: Option<u8>,

    /// How fast, at the same pitch, from 0.25 to 4
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f32,

    /// Which gain of the files makes them as loud as others
    #[arg(long, value_name = "WHICH", value_enum, default_value_t)]
    pub(crate) replaygain: ReplayGain,

    /// The sound device: a name of ALSA, or a file on FreeBSD
    #[arg(long, value_name = "NAME")]
    pub(crate) device: Option<String>,
}

/// What can be pressed on the terminal, for `--help`.
const PLAY_KEYS: &str = "Keys: space or p pause · ← → 5 s (Shift 1 s, Ctrl 60 s) · Home start · Alt+0-9 tenths · \
    ↑ ↓ or 0 9 volume · m mute · [ ] slower, faster, Backspace normal · l A-B loop · \
    n or > next, < previous · r ReplayGain · q quit";

/// Which gain is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum ReplayGain {
    Off,
    #[default]
    Track,
    Album,
}

impl From<ReplayGain> for crate::sound::GainMode {
    fn from(gain: ReplayGain) -> Self {
        match gain {
            ReplayGain::Off => Self::Off,
            ReplayGain::Track => Self::Track,
            ReplayGain::Album => Self::Album,
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

fn dots(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(dots) if (1.0..=9600.0).contains(&dots) => Ok(dots),
        _ => Err("is no number from 1 to 9600".to_owned()),
    }
}

fn speed(text: &str) -> Result<f32, String> {
    use crate::sound::{MAX_SPEED, MIN_SPEED};
    match text.parse::<f32>() {
        Ok(speed) if (MIN_SPEED..=MAX_SPEED).contains(&speed) => Ok(speed),
        _ => Err(format!("is no number from {MIN_SPEED} to {MAX_SPEED}")),
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
