//! From bytes to a header, and to pixels.
//!
//! Which decoder reads what: JPEG and TIFF have their own files here (for CMYK,
//! YCbCr and palettes), icons are taken apart first, and the rest goes to
//! `image` as it is. A header tells how much memory the pixels would take, and
//! that is checked before the first of it is taken.

use super::DocumentError;
use super::avif;
use super::bmp::Packed;
use super::colour;
use super::dds;
use super::gif;
use super::huge;
use super::ico;
use super::jpeg;
use super::jpeg2000;
use super::jpegxl;
use super::library;
use super::light::Light;
use super::pfm;
use super::pixels::Pixels;
use super::profile::Profile;
use super::psd;
use super::samples::{Channels, Depth, Kind, Samples};
use super::tiff;
use super::words::{ENDS_EARLY, undecodable};
use crate::budget;
use image::ImageError;
use image::error::UnsupportedErrorKind;
use image::metadata::Orientation;
use ipc::Format;
use std::error::Error;
use std::io;

/// Longest side of a picture, in pixels. To make one smaller, each painter takes some 22 B
/// for each pixel of a side, here 23 MB, whatever the other side is; and no page is drawn
/// with more than half as many.
const MAX_SIDE_PX: u32 = 1 << 20;

/// What is known of a picture without its pixels.
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Colours and bits as stored, in words.
    pub(super) colours: String,
    pub(super) orientation: Orientation,
    pub(super) icc: Option<Vec<u8>>,
    /// How its samples stand for light of a high dynamic range.
    pub(super) light: Option<Light>,
    /// A TIFF structure with EXIF tags.
    pub(super) exif: Option<Vec<u8>>,
    /// An XMP packet, where the decoder unpacks it.
    pub(super) xmp: Option<Vec<u8>>,
    /// What the decoder gives.
    pub(super) kind: Kind,
    /// Memory the decoder takes beside what it gives, in bytes a pixel.
    pub(super) scratch: u64,
    /// It is too large to be held, and is decoded in strips.
    pub(super) is_huge: bool,
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
            light: None,
            exif: None,
            xmp: None,
            kind,
            scratch: 0,
            is_huge: false,
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
        let shown = match self.light {
            // Light, and what is seen of it.
            Some(_) => Light::kind(self.kind).pixel_bytes() as u64 + RGBA8,
            None if colour::is_in_place(self.kind) => 0,
            None => RGBA8,
        };
        let turned = if self.is_sideways() { 2 * RGBA8 } else { 0 };
        (sample + self.scratch.max(shown)).max(turned)
    }

    /// Bytes that showing it takes at most at a time.
    pub(super) fn needed_bytes(&self) -> u64 {
        let pixels = u64::from(self.width).saturating_mul(u64::from(self.height));
        pixels.saturating_mul(self.peak_pixel_bytes())
    }

    /// Refuses a picture by its declared size, before memory is taken for it, unless
    /// it need not be held.
    fn check(
        mut self,
        picture: Picture<'_>,
        held: u64,
        is_alone: bool,
    ) -> Result<Self, DocumentError> {
        let (width, height) = (self.width, self.height);
        if width == 0 || height == 0 {
            return Err(damaged("its picture has no size"));
        }
        if width.max(height) > MAX_SIDE_PX {
            return Err(DocumentError::Limit(format!(
                "its picture of {width} × {height} pixels has a side of more than the \
                 {MAX_SIDE_PX} pixels that are shown at most"
            )));
        }
        let needed = self.needed_bytes().saturating_add(held);
        let most = budget::pictures();
        if needed <= budget::held() {
            return Ok(self);
        }
        let in_strips = match is_alone {
            true => huge::can(picture, &self),
            false => Err("in a file of several it has to be decoded as a whole"),
        };
        self.is_huge = in_strips.is_ok();
        match in_strips {
            Err(why) if needed > most => Err(DocumentError::Limit(format!(
                "its picture of {width} × {height} pixels would take {} MiB, more than {}: {why}",
                needed.div_ceil(1 << 20),
                budget::limit_of_pictures(),
            ))),
            _ => Ok(self),
        }
    }
}

/// One picture of a file.
#[derive(Clone, Copy)]
pub(super) struct Picture<'d> {
    pub(super) file: &'d [u8],
    pub(super) format: Format,
    /// Which of them: where its directory starts (TIFF), its number (icon).
    pub(super) part: usize,
}

/// Reads the header, and refuses what would not fit. `held` bytes of the budget
/// are taken by the document itself; `is_alone` tells that it may be read again.
pub(super) fn header(
    picture: Picture<'_>,
    held: u64,
    is_alone: bool,
) -> Result<Header, DocumentError> {
    let Picture { file, format, part } = picture;
    let header = match format {
        Format::Jpeg => jpeg::header(file),
        Format::Gif => gif::header(file),
        Format::Dds => dds::header(file),
        Format::Tiff => tiff::header(file, part),
        Format::Ico => ico::header(file, part),
        Format::Avif | Format::Heic => avif::header(file),
        Format::JpegXl => jpegxl::header(file),
        Format::Jpeg2000 => jpeg2000::header(file),
        Format::Psd => psd::header(file),
        Format::Pnm if pfm::is_float_map(file) => pfm::header(file),
        Format::Bmp => match Packed::read(file) {
            Some(packed) => packed.header(),
            None => library::header(file, format),
        },
        other => library::header(file, other),
    };
    header?.check(picture, held, is_alone)
}

/// The header of a picture that is turned by what is said elsewhere.
pub(super) fn turned(
    mut header: Header,
    orientation: Orientation,
    picture: Picture<'_>,
    held: u64,
    is_alone: bool,
) -> Result<Header, DocumentError> {
    header.orientation = orientation;
    header.check(picture, held, is_alone)
}

fn decode(picture: Picture<'_>) -> Result<Decoded, DocumentError> {
    let Picture { file, format, part } = picture;
    match format {
        Format::Jpeg => jpeg::decode(file),
        Format::Gif => gif::decode(file),
        Format::Dds => dds::decode(file),
        Format::Tiff => tiff::decode(file, part),
        Format::Ico => ico::decode(file, part),
        Format::Avif | Format::Heic => avif::decode(file),
        Format::JpegXl => jpegxl::decode(file),
        Format::Jpeg2000 => jpeg2000::decode(file),
        Format::Psd => psd::decode(file),
        Format::Pnm if pfm::is_float_map(file) => pfm::decode(file),
        Format::Bmp => match Packed::read(file) {
            Some(packed) => packed.decode(),
            None => library::decode(file, format),
        },
        other => library::decode(file, other),
    }
}

/// Decodes the pixels: sRGB, upright, alpha multiplied in.
pub(super) fn pixels(picture: Picture<'_>, header: &Header) -> Result<Pixels, DocumentError> {
    shown(decode(picture)?, header)
}

/// A frame, straight RGBA8, in the same way.
pub(super) fn frame(rgba: Vec<u8>, header: &Header) -> Result<Pixels, DocumentError> {
    let kind = Kind::new(Channels::Rgba, Depth::Eight);
    let (width, height) = (header.width, header.height);
    let samples = Samples { bytes: rgba, kind };
    let as_frame = Header {
        icc: header.icc.clone(),
        light: header.light,
        orientation: header.orientation,
        ..Header::new((width, height), kind)
    };
    shown(Decoded { samples, cut: None }, &as_frame)
}

/// Samples as they are shown.
pub(super) fn shown(decoded: Decoded, header: &Header) -> Result<Pixels, DocumentError> {
    if decoded.samples.bytes.len() as u64 != header.sample_bytes() {
        return Err(damaged("its pixels are not as many as its size says"));
    }
    let (samples, profile) = match header.light {
        Some(light) => (light.of(&decoded.samples)?, None),
        None => {
            let profile = header.icc.as_deref().and_then(Profile::read);
            (decoded.samples, profile)
        }
    };
    let (rgba, applied) = colour::to_rgba(samples, profile.as_ref())?;
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
            "its picture would take more memory than {}",
            budget::limit_of_pictures()
        )),
        _ => damaged(&undecodable(&words(error))),
    }
}

/// What an error says, without the library's frame around it.
pub(super) fn words(error: &ImageError) -> String {
    match error {
        ImageError::Unsupported(what) => match what.kind() {
            UnsupportedErrorKind::GenericFeature(feature) => format!("unsupported: {feature}"),
            UnsupportedErrorKind::Color(colours) => format!("unsupported colours {colours:?}"),
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

pub(super) fn unsupported(words: &str) -> DocumentError {
    DocumentError::Unsupported(super::words::unsupported(words))
}

pub(super) fn damaged(what: &str) -> DocumentError {
    DocumentError::Damaged(what.to_owned())
}
