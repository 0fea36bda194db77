//! Where the pictures of a file are: its pages, its preview, its members.

use super::DocumentError;
use super::comic::{self, Member};
use super::decode::Picture;
use super::{ico, raw, tiff};
use crate::format::sniff;
use ipc::Format;
use std::ops::Range;

/// Most pages that are shown of one file.
const MAX_PICTURES: usize = 10_000;

/// Where a picture is in its file.
pub(super) enum Place {
    /// In this part, as its format counts them.
    Part(usize),
    /// A file in the file.
    Range(Range<usize>),
    /// A file in an archive.
    Member(Member),
}

/// The pictures of a file, at least one.
pub(super) fn places(file: &[u8], format: Format) -> Result<Vec<Place>, DocumentError> {
    let parts = match format {
        Format::Comic => {
            let members = comic::members(file)?.into_iter();
            return Ok(members.map(Place::Member).collect());
        }
        Format::Raw => {
            let none = || {
                let words = "this is a camera's raw picture without a preview, which Pellucid cannot show yet";
                DocumentError::Unsupported(words.to_owned())
            };
            return Ok(vec![Place::Range(raw::preview(file).ok_or_else(none)?)]);
        }
        Format::Tiff => tiff::directory::pages(file, MAX_PICTURES),
        Format::Ico => ico::pages(file),
        _ => vec![0],
    };
    // A decoder says what is wrong with a file that holds none.
    let parts = if parts.is_empty() { vec![0] } else { parts };
    Ok(parts.into_iter().map(Place::Part).collect())
}

/// The first picture of a file in an archive.
pub(super) fn first_picture(file: &[u8]) -> Result<Picture<'_>, DocumentError> {
    let format = sniff::sniff(file)?;
    let part = match format {
        Format::Tiff => tiff::directory::pages(file, 1).first().copied(),
        Format::Ico => ico::pages(file).first().copied(),
        Format::Pdf | Format::Svg | Format::Comic | Format::Raw => {
            return Err(DocumentError::Unsupported(format!(
                "a page of this archive is {}, which is not shown in archives",
                format.name()
            )));
        }
        _ => None,
    };
    Ok(Picture {
        file,
        format,
        part: part.unwrap_or(0),
    })
}
