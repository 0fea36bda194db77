//! What is read: `info`, `text` and `attachment`.

use super::{Access, Document};
use crate::cli::pages::Pages;
use clap::Args;
use std::path::PathBuf;

/// `pellucid info`
#[derive(Debug, Args)]
pub(crate) struct Info {
    #[command(flatten)]
    pub(crate) document: Document,

    /// For programs: one JSON object
    ///
    /// Its keys: file, format, page_count, encrypted, unit (pt or px), pages (width,
    /// height and label of the first 1000), info (lists of strings), frames (plays,
    /// durations_ms; null for what does not move), sound (rate, channels, layout, frames,
    /// coding, bits, track_gain, album_gain, chapters: start and title; only of sound),
    /// outline (depth, title, page), links (inside: how many, pages: from and to,
    /// addresses, refused: how many by kind), attachments, layers, signatures, notes,
    /// refused (what the document wants and is not given), cut (which of these lists are
    /// not whole), sandbox.
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

fn pattern(text: &str) -> Result<ipc::Text, String> {
    match ipc::Text::new(text.to_owned()) {
        Some(pattern) if !text.is_empty() => Ok(pattern),
        _ => Err("is empty, too long, or holds control characters".to_owned()),
    }
}
