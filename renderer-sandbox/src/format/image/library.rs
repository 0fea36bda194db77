//! Pictures that `image` decodes as they are.

use super::DocumentError;
use super::decode::{Decoded, Header, damaged, refusal, words};
use super::samples::{Channels, Depth, Kind, Samples, zeroed};
use super::source::Source;
use super::words::{ENDS_EARLY, cut};
use super::{bmp, png};
use crate::budget;
use image::codecs::bmp::BmpDecoder;
use image::metadata::Orientation;
use image::{ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use image_extras::{icns, pcx, sgi, xbm, xpm};
use ipc::Format;
use std::cell::Cell;

/// Zeros after the end beyond what the samples can take: headers, palettes.
const MAX_HEADER_BYTES: u64 = 64 * 1024;

pub(super) fn header(document: &[u8], format: Format) -> Result<Header, DocumentError> {
    let mut header = header_of(&mut *decoder(source(document, format), format)?, format)?;
    if format == Format::Png {
        header.light = png::light(document);
        header.icc = png::coded(document).or(header.icc);
    }
    if header.icc.is_none() {
        header.icc = match format {
            Format::Png => png::profile(document),
            Format::Bmp => bmp::profile(document),
            _ => None,
        };
    }
    Ok(header)
}

/// The header of a picture that a decoder has opened.
fn header_of(decoder: &mut dyn ImageDecoder, format: Format) -> Result<Header, DocumentError> {
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
        _ => 0,
    }
}

fn kind(decoder: &dyn ImageDecoder, format: Format) -> Result<Kind, DocumentError> {
    let mut kind = Kind::try_from(decoder.color_type())?;
    // OpenEXR, technical introduction: colours are premultiplied.
    kind.associated = format == Format::Exr && kind.channels == Channels::Rgba;
    Ok(kind)
}

pub(super) fn decode(document: &[u8], format: Format) -> Result<Decoded, DocumentError> {
    let short = Cell::new(false);
    let decoder = decoder(source(document, format).telling(&short), format)?;
    let kind = kind(&*decoder, format)?;
    let len = decoder.total_bytes();
    let mut bytes = zeroed(len)?;
    let Err(error) = decoder.read_image_boxed(&mut bytes) else {
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
    let kind = kind(&*decoder, format)?;
    if decoder.total_bytes() != bytes.len() as u64 {
        return Err(damaged("its picture ends before it begins"));
    }
    bytes.fill(0);
    // A mark that stands at the end is missing, when all pixels are there.
    if let Err(error) = decoder.read_image_boxed(&mut bytes)
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
        Format::Bmp | Format::Tga | Format::Pnm | Format::Farbfeld | Format::Qoi
    )
}

/// Formats whose decoder leaves the rows before an error in their place.
fn keeps_rows(format: Format) -> bool {
    matches!(format, Format::Png | Format::Bmp | Format::Ico)
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
        Format::Bmp => bmp::repaired(document),
        Format::Tga => tga(document),
        _ => Source::new(document),
    }
}

/// Pixels of 16 bits have room for one of alpha, whatever the descriptor says.
fn tga(document: &[u8]) -> Source<'_> {
    const BITS_AT: usize = 16;
    const DESCRIPTOR_AT: usize = 17;
    let source = Source::new(document);
    match document.get(BITS_AT..) {
        Some([16, descriptor, ..]) if descriptor & 0xF > 1 && !is_grey(document) => {
            source.patched(DESCRIPTOR_AT, &[descriptor & 0xF0 | 1])
        }
        _ => source,
    }
}

/// Whether a TGA is grey, with alpha in the second byte of a pixel.
fn is_grey(document: &[u8]) -> bool {
    matches!(document, [_, _, 3 | 11, ..])
}

fn decoder(
    source: Source<'_>,
    format: Format,
) -> Result<Box<dyn ImageDecoder + '_>, DocumentError> {
    let opened: Result<Box<dyn ImageDecoder + '_>, ImageError> = match format {
        Format::Pcx => pcx::PCXDecoder::new(source).map(boxed),
        Format::Sgi => sgi::SgiDecoder::new(source).map(boxed),
        Format::Xbm => xbm::XbmDecoder::new(source).map(boxed),
        Format::Xpm => xpm::XpmDecoder::new(source).map(boxed),
        Format::Icns => icns::IcnsDecoder::new(source).map(boxed),
        Format::Bmp if !source.is_at(bmp::SIGNATURE) => {
            BmpDecoder::new_without_file_header(source).map(boxed)
        }
        _ => return usual(source, format),
    };
    opened.map_err(|error| refusal(&error))
}

fn boxed<'d>(decoder: impl ImageDecoder + 'd) -> Box<dyn ImageDecoder + 'd> {
    Box::new(decoder)
}

fn usual(source: Source<'_>, format: Format) -> Result<Box<dyn ImageDecoder + '_>, DocumentError> {
    let format = library_format(format)
        .ok_or_else(|| DocumentError::Unsupported("the content is no picture".to_owned()))?;
    let mut reader = ImageReader::with_format(source, format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(budget::pictures());
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    Ok(boxed(decoder))
}

fn library_format(format: Format) -> Option<ImageFormat> {
    Some(match format {
        Format::Png => ImageFormat::Png,
        Format::WebP => ImageFormat::WebP,
        Format::Bmp => ImageFormat::Bmp,
        Format::Ico => ImageFormat::Ico,
        Format::Pnm => ImageFormat::Pnm,
        Format::Qoi => ImageFormat::Qoi,
        Format::Tga => ImageFormat::Tga,
        Format::Hdr => ImageFormat::Hdr,
        Format::Exr => ImageFormat::OpenExr,
        Format::Farbfeld => ImageFormat::Farbfeld,
        // These have files of their own here.
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::image::profile::Profile;

    #[test]
    fn code_points_of_a_png_hold_whatever_else_it_says() {
        let mut png = Vec::new();
        let pixels = image::RgbImage::new(1, 1);
        let to = &mut std::io::Cursor::new(&mut png);
        pixels.write_to(to, ImageFormat::Png).unwrap();
        // Sums of such chunks are not looked at.
        let chunk = |kind: &[u8; 4], data: &[u8]| {
            [&(data.len() as u32).to_be_bytes()[..], kind, data, &[0; 4]].concat()
        };
        // Behind the signature and the header.
        let (head, rest) = png.split_at(33);
        let srgb = chunk(b"sRGB", &[0]);
        let file = |coded: &[u8]| [head, &srgb, coded, rest].concat();
        let icc = |file: &[u8]| header(file, Format::Png).unwrap().icc;
        assert!(icc(&file(&[])).is_none());
        let p3 = icc(&file(&chunk(b"cICP", &[12, 13, 0, 1]))).unwrap();
        assert!(!Profile::read(&p3).unwrap().is_srgb());
    }
}
