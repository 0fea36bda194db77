//! Pictures, by `image`: one page, in pixels, upright.
//!
//! Trust: none. Sizes are checked before memory is taken. The header is read
//! when the document is opened; the pixels when the first tile is asked for, and
//! are then shared by all painters. Colours are turned into sRGB, alpha is
//! multiplied in, and the EXIF orientation is applied once.

mod bmp;
mod colour;
mod decode;
mod frames;
mod ico;
mod info;
mod jpeg;
mod library;
mod painter;
mod pixels;
mod png;
mod profile;
mod samples;
mod source;
#[cfg(test)]
mod tests;
mod tiff;
mod tone;

use super::{Document, DocumentError, Painter};
use capmode::{Confined, DocumentMemory};
use decode::Header;
use ipc::{Format, InfoField, PageEntry, PageIndex, PageSize, Summary, Text, TextRun};
use pixels::Pixels;
use std::sync::{Arc, OnceLock};

/// Memory that one picture may take while it is decoded, in bytes: what the
/// decoder gives (up to 16 B a pixel) and takes beside it, or the RGBA8 that is
/// kept (4 B), and the document where it is a copy. Leaves a quarter of the
/// default budget of 1 GiB for tables, painters (8 MiB each) and the program.
pub(super) const MAX_IMAGE_BYTES: u64 = 768 * 1024 * 1024;

/// An open picture.
pub(super) struct ImageDocument {
    memory: Arc<DocumentMemory>,
    format: Format,
    header: Header,
    size: PageSize,
    pixels: OnceLock<Result<Pixels, DocumentError>>,
}

/// Opens a picture of a format that was found by its content.
pub(super) fn open(
    _: &Confined,
    memory: Arc<DocumentMemory>,
    format: Format,
) -> Result<Box<dyn Document>, DocumentError> {
    // A mapping is not private memory; a copy takes from the same budget.
    let held = match &*memory {
        DocumentMemory::Mapped(_) => 0,
        DocumentMemory::Copied(copy) => copy.len() as u64,
    };
    let header = decode::header((*memory).as_ref(), format, held)?;
    let (width, height) = header.upright_size();
    let size = PageSize::new(width as f32, height as f32)
        .ok_or_else(|| DocumentError::Damaged("its picture has no size".to_owned()))?;
    Ok(Box::new(ImageDocument {
        memory,
        format,
        header,
        size,
        pixels: OnceLock::new(),
    }))
}

impl ImageDocument {
    fn pixels(&self) -> Result<&Pixels, DocumentError> {
        let decoded = self
            .pixels
            .get_or_init(|| decode::pixels((*self.memory).as_ref(), self.format, &self.header));
        decoded.as_ref().map_err(Clone::clone)
    }
}

impl Document for ImageDocument {
    fn summary(&self) -> Summary {
        Summary {
            format: self.format,
            pages: 1,
            encrypted: false,
        }
    }

    fn page(&self, _: PageIndex) -> PageEntry {
        PageEntry {
            size: self.size,
            label: Text::default(),
        }
    }

    fn info(&self, _: &Confined) -> Vec<InfoField> {
        let document = (*self.memory).as_ref();
        let mut fields = info::read(document, self.format, &self.header);
        // What decoding has told, once it has happened.
        if let Some(Ok(pixels)) = self.pixels.get() {
            fields.extend(pixels.notices.iter().map(|words| info::notice(words)));
        }
        fields
    }

    fn text(&self, _: &Confined, _: PageIndex) -> Result<Vec<TextRun>, DocumentError> {
        Ok(Vec::new())
    }

    fn painter(&'static self) -> Box<dyn Painter> {
        Box::new(painter::ImagePainter::new(self))
    }
}
