//! What is drawn: `render` and `convert`.

use super::{Access, Document, is_standard_input};
use crate::cli::pages::Pages;
use clap::Args;
use std::path::{Path, PathBuf};

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
    pub(crate) fn as_render(&self, file: &Path, output: &Path, kind: Kind) -> Render {
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
