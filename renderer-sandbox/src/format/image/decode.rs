//! From bytes to a header, and to pixels.

use super::colour::{self, Profile};
use super::pixels::Pixels;
use super::{DocumentError, MAX_IMAGE_BYTES};
use image::metadata::Orientation;
use image::{
    ColorType, ExtendedColorType, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
};
use ipc::Format;
use std::io::Cursor;

/// What is known of a picture without its pixels.
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) colours: ExtendedColorType,
    pub(super) orientation: Orientation,
    pub(super) icc: Option<Vec<u8>>,
    pub(super) exif: Option<Vec<u8>>,
}

impl Header {
    /// Width and height when it stands upright, in pixels.
    pub(super) fn upright_size(&self) -> (u32, u32) {
        if is_sideways(self.orientation) {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        }
    }
}

fn is_sideways(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

/// Reads the header, and refuses what would not fit.
pub(super) fn header(bytes: &[u8], format: Format) -> Result<Header, DocumentError> {
    let mut decoder = decoder(bytes, format)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height, decoder.total_bytes())?;
    Ok(Header {
        width,
        height,
        colours: decoder.original_color_type(),
        // What cannot be read of these is as if it were not there.
        orientation: decoder.orientation().unwrap_or(Orientation::NoTransforms),
        icc: decoder.icc_profile().ok().flatten(),
        exif: decoder.exif_metadata().ok().flatten(),
    })
}

/// Decodes the pixels: sRGB, upright, alpha multiplied in.
pub(super) fn pixels(bytes: &[u8], format: Format) -> Result<Pixels, DocumentError> {
    let mut decoder = decoder(bytes, format)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height, decoder.total_bytes())?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten();
    let colours = decoder.color_type();
    let raw = read(decoder)?;
    let profile = profile.and_then(|icc| Profile::read(&icc));
    let rgba = colour::to_srgb(raw, colours, profile.as_ref())?;
    Ok(Pixels::new(width, height, rgba)
        .ok_or_else(|| damaged("its pixels are not as many as its size says"))?
        .upright(orientation)
        .premultiplied())
}

/// Reads all samples. Of a picture that ends early, what came before is kept.
fn read(decoder: impl ImageDecoder) -> Result<Vec<u8>, DocumentError> {
    let len = usize::try_from(decoder.total_bytes()).map_err(|_| no_memory())?;
    let mut raw = Vec::new();
    raw.try_reserve_exact(len).map_err(|_| no_memory())?;
    raw.resize(len, 0);
    match decoder.read_image(&mut raw) {
        Ok(()) => Ok(raw),
        Err(_) if raw.iter().any(|byte| *byte != 0) => Ok(raw),
        Err(error) => Err(refusal(error)),
    }
}

fn decoder(bytes: &[u8], format: Format) -> Result<impl ImageDecoder + '_, DocumentError> {
    let format = library_format(format)
        .ok_or_else(|| DocumentError::Unsupported("the content is no picture".to_owned()))?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_IMAGE_BYTES);
    reader.limits(limits);
    reader.into_decoder().map_err(refusal)
}

fn library_format(format: Format) -> Option<ImageFormat> {
    Some(match format {
        Format::Pdf => return None,
        Format::Png => ImageFormat::Png,
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Gif => ImageFormat::Gif,
        Format::WebP => ImageFormat::WebP,
        Format::Tiff => ImageFormat::Tiff,
        Format::Bmp => ImageFormat::Bmp,
        Format::Ico => ImageFormat::Ico,
        Format::Pnm => ImageFormat::Pnm,
        Format::Qoi => ImageFormat::Qoi,
        Format::Tga => ImageFormat::Tga,
        Format::Dds => ImageFormat::Dds,
        Format::Hdr => ImageFormat::Hdr,
        Format::Exr => ImageFormat::OpenExr,
        Format::Farbfeld => ImageFormat::Farbfeld,
    })
}

/// Refuses a picture by its declared size, before memory is taken for it.
fn check_size(width: u32, height: u32, decoded_bytes: u64) -> Result<(), DocumentError> {
    if width == 0 || height == 0 {
        return Err(damaged("its picture has no size"));
    }
    let kept = u64::from(width)
        .saturating_mul(u64::from(height))
        .saturating_mul(4);
    let needed = decoded_bytes.saturating_add(kept);
    if needed <= MAX_IMAGE_BYTES {
        return Ok(());
    }
    Err(DocumentError::Limit(format!(
        "its picture of {width} × {height} pixels would take {} MiB, more than the limit of {} MiB",
        needed >> 20,
        MAX_IMAGE_BYTES >> 20,
    )))
}

fn refusal(error: ImageError) -> DocumentError {
    match error {
        ImageError::Unsupported(what) => DocumentError::Unsupported(sentence(&what.to_string())),
        ImageError::Limits(_) => DocumentError::Limit(format!(
            "its picture would take more memory than the limit of {} MiB",
            MAX_IMAGE_BYTES >> 20
        )),
        other => damaged(&sentence(&other.to_string())),
    }
}

/// A library's words as part of a sentence of ours.
fn sentence(words: &str) -> String {
    let words = words.trim().trim_end_matches('.');
    format!("its picture cannot be decoded: {words}")
}

fn no_memory() -> DocumentError {
    DocumentError::Limit("there is not enough memory for its picture".to_owned())
}

fn damaged(what: &str) -> DocumentError {
    DocumentError::Damaged(what.to_owned())
}

/// Samples of one pixel.
pub(super) fn channels(colours: ColorType) -> usize {
    usize::from(colours.channel_count())
}
