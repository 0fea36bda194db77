//! Pictures that `image` decodes as they are.

use super::decode::{Decoded, ENDS_EARLY, Header, cut, damaged, refusal, words};
use super::png;
use super::samples::{Channels, Depth, Kind, Samples, zeroed};
use super::source::Source;
use super::{DocumentError, MAX_IMAGE_BYTES};
use image::metadata::Orientation;
use image::{ImageDecoder, ImageFormat, ImageReader, Limits};
use ipc::Format;
use std::cell::Cell;

/// Zeros after the end beyond what the samples can take: headers, palettes.
const MAX_HEADER_BYTES: u64 = 64 * 1024;

pub(super) fn header(document: &[u8], format: Format) -> Result<Header, DocumentError> {
    let mut header = header_of(&mut decoder(source(document, format), format)?, format)?;
    if format == Format::Png && header.icc.is_none() {
        header.icc = png::profile(document);
    }
    Ok(header)
}

/// The header of a picture that a decoder has opened.
fn header_of(decoder: &mut impl ImageDecoder, format: Format) -> Result<Header, DocumentError> {
    let mut header = Header::new(decoder.dimensions(), kind(decoder, format)?);
    let stored = decoder.original_color_type();
    if stored != decoder.color_type().into() {
        header.colours = format!("{stored:?}");
    }
    // What cannot be read of these is as if it were not there.
    header.orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    header.icc = decoder.icc_profile().ok().flatten();
    header.exif = decoder.exif_metadata().ok().flatten();
    header.scratch = scratch(format, header.kind);
    Ok(header)
}

/// What a decoder takes beside its result, in bytes a pixel.
fn scratch(format: Format, kind: Kind) -> u64 {
    match format {
        // The picture is decoded into memory of its own and then copied.
        Format::Exr => kind.pixel_bytes() as u64,
        // Planes of luma and chroma, alpha, and the frame before it is placed.
        Format::WebP => 8,
        // A frame before it is placed.
        Format::Gif => 4,
        _ => 0,
    }
}

fn kind(decoder: &impl ImageDecoder, format: Format) -> Result<Kind, DocumentError> {
    let mut kind = Kind::try_from(decoder.color_type())?;
    // OpenEXR, technical introduction: colours are premultiplied.
    kind.associated = format == Format::Exr && kind.channels == Channels::Rgba;
    Ok(kind)
}

pub(super) fn decode(document: &[u8], format: Format) -> Result<Decoded, DocumentError> {
    let short = Cell::new(false);
    let decoder = decoder(source(document, format).telling(&short), format)?;
    let kind = kind(&decoder, format)?;
    let len = decoder.total_bytes();
    let mut bytes = zeroed(len)?;
    let Err(error) = decoder.read_image(&mut bytes) else {
        let samples = Samples { bytes, kind };
        return Ok(Decoded { samples, cut: None });
    };
    if short.get() && reads_on(format) {
        return decode_with_zeros(document, format, bytes);
    }
    if !keeps_rows(format) || bytes.iter().all(|byte| *byte == 0) {
        return Err(refusal(&error));
    }
    if format == Format::Png && kind.depth == Depth::Sixteen {
        from_big_endian(&mut bytes);
    }
    let cut = Some(cut(&words(&error)));
    let samples = Samples { bytes, kind };
    Ok(Decoded { samples, cut })
}

/// Decodes a picture that ends early as if zeros followed.
fn decode_with_zeros(
    document: &[u8],
    format: Format,
    mut bytes: Vec<u8>,
) -> Result<Decoded, DocumentError> {
    let zeros = (bytes.len() as u64).saturating_mul(2) + MAX_HEADER_BYTES;
    let zeros = usize::try_from(zeros).unwrap_or(usize::MAX);
    let decoder = decoder(source(document, format).with_zeros(zeros), format)?;
    let kind = kind(&decoder, format)?;
    if decoder.total_bytes() != bytes.len() as u64 {
        return Err(damaged("its picture ends before it begins"));
    }
    bytes.fill(0);
    // A mark that stands at the end is missing, when all pixels are there.
    if let Err(error) = decoder.read_image(&mut bytes)
        && bytes.iter().all(|byte| *byte == 0)
    {
        return Err(refusal(&error));
    }
    Ok(Decoded {
        samples: Samples { bytes, kind },
        cut: Some(cut(ENDS_EARLY)),
    })
}

/// Formats in which zeros after the end are decoded as pixels.
fn reads_on(format: Format) -> bool {
    matches!(
        format,
        Format::Bmp | Format::Tga | Format::Pnm | Format::Farbfeld | Format::Dds | Format::Qoi
    )
}

/// Formats whose decoder leaves the rows before an error in their place.
fn keeps_rows(format: Format) -> bool {
    matches!(
        format,
        Format::Png | Format::Gif | Format::Bmp | Format::Ico
    )
}

/// Samples of a PNG that were not brought into native order because of an error.
fn from_big_endian(bytes: &mut [u8]) {
    let (samples, _) = bytes.as_chunks_mut::<2>();
    for sample in samples {
        *sample = u16::from_be_bytes(*sample).to_ne_bytes();
    }
}

/// The document as the decoder of its format takes it.
fn source(document: &[u8], format: Format) -> Source<'_> {
    match format {
        Format::Bmp => super::bmp::repaired(document),
        _ => Source::new(document),
    }
}

fn decoder(source: Source<'_>, format: Format) -> Result<impl ImageDecoder + '_, DocumentError> {
    let format = library_format(format)
        .ok_or_else(|| DocumentError::Unsupported("the content is no picture".to_owned()))?;
    let mut reader = ImageReader::with_format(source, format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_IMAGE_BYTES);
    reader.limits(limits);
    reader.into_decoder().map_err(|error| refusal(&error))
}

fn library_format(format: Format) -> Option<ImageFormat> {
    Some(match format {
        Format::Pdf | Format::Jpeg | Format::Tiff => return None,
        Format::Png => ImageFormat::Png,
        Format::Gif => ImageFormat::Gif,
        Format::WebP => ImageFormat::WebP,
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
