//! From bytes to a header, and to pixels.
//!
//! Which decoder reads what: JPEG and TIFF have their own files here (for CMYK,
//! YCbCr and palettes), icons are taken apart first, and the rest goes to
//! `image` as it is. A header tells how much memory the pixels would take, and
//! that is checked before the first of it is taken.

use super::colour;
use super::ico;
use super::jpeg;
use super::library;
use super::pixels::Pixels;
use super::profile::Profile;
use super::samples::{Kind, Samples};
use super::tiff;
use super::{DocumentError, MAX_IMAGE_BYTES};
use image::ImageError;
use image::error::UnsupportedErrorKind;
use image::metadata::Orientation;
use ipc::Format;
use std::error::Error;
use std::io;

/// What is known of a picture without its pixels.
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Colours and bits as stored, in words.
    pub(super) colours: String,
    pub(super) orientation: Orientation,
    pub(super) icc: Option<Vec<u8>>,
    /// A TIFF structure with EXIF tags.
    pub(super) exif: Option<Vec<u8>>,
    /// What the decoder gives.
    pub(super) kind: Kind,
    /// Memory the decoder takes beside what it gives, in bytes a pixel.
    pub(super) scratch: u64,
}

/// What a decoder gave.
pub(super) struct Decoded {
    pub(super) samples: Samples,
    /// Why this is not the whole picture.
    pub(super) cut: Option<String>,
}

impl Header {
    pub(super) fn new((width, height): (u32, u32), kind: Kind) -> Self {
        Self {
            width,
            height,
            colours: kind.to_string(),
            orientation: Orientation::NoTransforms,
            icc: None,
            exif: None,
            kind,
            scratch: 0,
        }
    }

    /// Width and height when it stands upright, in pixels.
    pub(super) fn upright_size(&self) -> (u32, u32) {
        if self.is_sideways() {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        }
    }

    fn is_sideways(&self) -> bool {
        matches!(
            self.orientation,
            Orientation::Rotate90
                | Orientation::Rotate270
                | Orientation::Rotate90FlipH
                | Orientation::Rotate270FlipH
        )
    }

    /// Bytes of the samples that the decoder gives.
    pub(super) fn sample_bytes(&self) -> u64 {
        let pixels = u64::from(self.width).saturating_mul(u64::from(self.height));
        pixels.saturating_mul(self.kind.pixel_bytes() as u64)
    }

    /// Most bytes a pixel that are needed at once: the samples and what the
    /// decoder takes, then the samples and RGBA8 unless they are that already,
    /// then RGBA8 twice while it is turned.
    fn peak_pixel_bytes(&self) -> u64 {
        const RGBA8: u64 = 4;
        let sample = self.kind.pixel_bytes() as u64;
        let shown = if colour::is_in_place(self.kind) {
            0
        } else {
            RGBA8
        };
        let turned = if self.is_sideways() { 2 * RGBA8 } else { 0 };
        (sample + self.scratch.max(shown)).max(turned)
    }

    /// Refuses a picture by its declared size, before memory is taken for it.
    /// `held` bytes of the budget are taken by the document itself.
    fn check(self, held: u64) -> Result<Self, DocumentError> {
        let (width, height) = (self.width, self.height);
        if width == 0 || height == 0 {
            return Err(damaged("its picture has no size"));
        }
        let per_pixel = self.peak_pixel_bytes();
        let needed = u64::from(width)
            .saturating_mul(u64::from(height))
            .saturating_mul(per_pixel)
            .saturating_add(held);
        if needed <= MAX_IMAGE_BYTES {
            return Ok(self);
        }
        Err(DocumentError::Limit(format!(
            "its picture of {width} × {height} pixels would take {} MiB, more than the limit of {} MiB",
            needed >> 20,
            MAX_IMAGE_BYTES >> 20,
        )))
    }
}

/// Reads the header, and refuses what would not fit.
pub(super) fn header(document: &[u8], format: Format, held: u64) -> Result<Header, DocumentError> {
    let header = match format {
        Format::Jpeg => jpeg::header(document),
        Format::Tiff => tiff::header(document),
        Format::Ico => ico::header(document),
        other => library::header(document, other),
    };
    header?.check(held)
}

fn decode(document: &[u8], format: Format) -> Result<Decoded, DocumentError> {
    match format {
        Format::Jpeg => jpeg::decode(document),
        Format::Tiff => tiff::decode(document),
        Format::Ico => ico::decode(document),
        other => library::decode(document, other),
    }
}

/// Decodes the pixels: sRGB, upright, alpha multiplied in.
pub(super) fn pixels(
    document: &[u8],
    format: Format,
    header: &Header,
) -> Result<Pixels, DocumentError> {
    let decoded = decode(document, format)?;
    if decoded.samples.bytes.len() as u64 != header.sample_bytes() {
        return Err(damaged("its pixels are not as many as its size says"));
    }
    let profile = header.icc.as_deref().and_then(Profile::read);
    let (rgba, applied) = colour::to_rgba(decoded.samples, profile.as_ref())?;
    let mut pixels = Pixels::new(header.width, header.height, rgba)
        .ok_or_else(|| damaged("its pixels are not as many as its size says"))?
        .upright(header.orientation);
    pixels.notices.extend(decoded.cut);
    if !applied {
        let kind = header.kind;
        pixels.notices.push(format!(
            "its colour profile is not for such samples ({kind}) and is ignored"
        ));
    }
    Ok(pixels)
}

/// An error of a decoder as one of ours.
pub(super) fn refusal(error: &ImageError) -> DocumentError {
    match error {
        ImageError::Unsupported(_) => unsupported(&words(error)),
        ImageError::Limits(_) => DocumentError::Limit(format!(
            "its picture would take more memory than the limit of {} MiB",
            MAX_IMAGE_BYTES >> 20
        )),
        _ => damaged(&undecodable(&words(error))),
    }
}

/// What an error says, without the library's frame around it.
pub(super) fn words(error: &ImageError) -> String {
    match error {
        ImageError::Unsupported(what) => match what.kind() {
            UnsupportedErrorKind::GenericFeature(feature) => format!("unsupported: {feature}"),
            UnsupportedErrorKind::Color(colours) => format!("unsupported colours: {colours:?}"),
            _ => what.to_string(),
        },
        ImageError::Decoding(what) => what
            .source()
            .map_or_else(|| what.to_string(), ToString::to_string),
        ImageError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            ENDS_EARLY.to_owned()
        }
        other => other.to_string(),
    }
}

/// What is said of a file that was cut.
pub(super) const ENDS_EARLY: &str = "the file ends early";

pub(super) fn unsupported(words: &str) -> DocumentError {
    DocumentError::Unsupported(undecodable(words))
}

/// A library's words as part of a sentence of ours.
pub(super) fn undecodable(words: &str) -> String {
    let words = words.trim().trim_end_matches('.');
    format!("its picture cannot be decoded: {words}")
}

/// Why a picture is shown in part.
pub(super) fn cut(words: &str) -> String {
    let words = words.trim().trim_end_matches('.');
    format!("the picture is damaged and shown as far as it could be decoded: {words}")
}

pub(super) fn damaged(what: &str) -> DocumentError {
    DocumentError::Damaged(what.to_owned())
}
