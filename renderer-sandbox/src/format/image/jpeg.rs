//! JPEG, by `zune-jpeg`: grey, colour, and CMYK with its inks as they are.

mod process;
mod repaired;

use super::DocumentError;
use super::decode::{Decoded, Header, damaged, unsupported};
use super::samples::{Channels, Depth, Kind, Samples, zeroed};
use super::words::{ENDS_EARLY, cut, undecodable};
use image::metadata::Orientation;
use repaired::{repaired, repaired_head};
use std::borrow::Cow;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

/// Most scans of a progressive picture; each may touch every coefficient.
/// Encoders write about ten.
const MAX_SCANS: usize = 100;

type Decoder<'d> = JpegDecoder<ZCursor<&'d [u8]>>;

pub(super) fn header(document: &[u8]) -> Result<Header, DocumentError> {
    let head = repaired_head(document);
    let is_copied = matches!(head, Cow::Owned(_));
    let decoder = opened(&head, options())?;
    let mut header = Header::new(size(&decoder)?, kind(stored(&decoder)));
    header.colours = colours(stored(&decoder)).to_owned();
    header.icc = decoder.icc_profile();
    header.exif = decoder.exif().cloned();
    header.orientation = header
        .exif
        .as_deref()
        .and_then(Orientation::from_exif_chunk)
        .unwrap_or(Orientation::NoTransforms);
    // A progressive picture is kept as coefficients of 2 B until its last scan; where
    // components come apart there is a copy of the file, which is no larger than that.
    let stored = stored(&decoder);
    let is_progressive = decoder.info().is_some_and(|info| info.sof.is_progressive());
    if is_progressive || is_apart(&head, stored) {
        header.scratch = 2 * stored.num_components() as u64;
    }
    if is_copied {
        // Of a file that is mended, there is a copy.
        let pixels = u64::from(header.width) * u64::from(header.height);
        header.scratch += (document.len() as u64).div_ceil(pixels.max(1));
    }
    Ok(header)
}

pub(super) fn decode(document: &[u8]) -> Result<Decoded, DocumentError> {
    let mended = repaired(document);
    let stored = stored(&opened(&mended, options())?);
    let kind = kind(stored);
    // The decoder takes components that come apart for as large as the whole.
    let together = match is_apart(&mended, stored) {
        true => super::huge::together(&mended),
        false => None,
    };
    let document = together.as_deref().unwrap_or(&mended);
    // What it writes is settled when a decoder is made, not later.
    let wanted = options().jpeg_set_out_colorspace(wanted(stored));
    let mut decoder = opened(document, wanted)?;
    let (width, height) = size(&decoder)?;
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    let mut bytes = zeroed(pixels.saturating_mul(kind.pixel_bytes() as u64))?;
    let failed = decoder.decode_into(&mut bytes).err();
    let is_empty = failed.is_some() && bytes.iter().all(|byte| *byte == 0);
    inks(stored, &mut bytes);
    if stored == ColorSpace::YCbCr {
        // What was not decoded is left see-through, which no part of a JPEG is.
        let (pixels, _) = bytes.as_chunks_mut::<4>();
        pixels.iter_mut().for_each(|pixel| pixel[3] = u8::MAX);
    }
    let cut = match failed {
        None if ends(&mended) => None,
        None => Some(cut(ENDS_EARLY)),
        Some(error) if is_empty => return Err(refusal(&error)),
        Some(error) => Some(cut(&error.to_string())),
    };
    let samples = Samples { bytes, kind };
    Ok(Decoded { samples, cut })
}

/// How the colours of a file are stored.
#[derive(Clone, Copy)]
pub(super) struct Stored(ColorSpace);

pub(super) fn stored_of(document: &[u8]) -> Result<Stored, DocumentError> {
    let head = repaired_head(document);
    Ok(Stored(stored(&opened(&head, options())?)))
}

/// Components as they are stored, side by side, as samples of the kind that
/// [`decode`] gives.
pub(super) fn joined(Stored(stored): Stored, mut bytes: Vec<u8>) -> Vec<u8> {
    if stored != ColorSpace::YCbCr {
        inks(stored, &mut bytes);
        return bytes;
    }
    let (pixels, _) = bytes.as_chunks::<3>();
    let rgba = pixels.iter().flat_map(|[y, cb, cr]| {
        let (luma, blue, red) = (
            f32::from(*y) + 0.5,
            f32::from(*cb) - 128.0,
            f32::from(*cr) - 128.0,
        );
        // A cast saturates.
        let green = luma - 0.344_136 * blue - 0.714_136 * red;
        let (red, blue) = (luma + 1.402 * red, luma + 1.772 * blue);
        [red as u8, green as u8, blue as u8, u8::MAX]
    });
    rgba.collect()
}

fn inks(stored: ColorSpace, bytes: &mut [u8]) {
    match stored {
        ColorSpace::YCCK => inks_from_ycck(bytes),
        ColorSpace::CMYK => invert(bytes),
        _ => {}
    }
}

fn options() -> DecoderOptions {
    DecoderOptions::new_fast()
        .set_strict_mode(false)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(MAX_SCANS)
}

fn opened(document: &[u8], options: DecoderOptions) -> Result<Decoder<'_>, DocumentError> {
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(document), options);
    // What it is says more than what the decoder stumbles over.
    let refused = |error| process::unknown(document).unwrap_or_else(|| refusal(&error));
    decoder.decode_headers().map_err(refused)?;
    Ok(decoder)
}

fn size(decoder: &Decoder<'_>) -> Result<(u32, u32), DocumentError> {
    let side = |side: usize| u32::try_from(side).ok();
    decoder
        .dimensions()
        .and_then(|(width, height)| side(width).zip(side(height)))
        .ok_or_else(|| damaged("its picture has no size"))
}

fn stored(decoder: &Decoder<'_>) -> ColorSpace {
    decoder.input_colorspace().unwrap_or(ColorSpace::Unknown)
}

fn kind(stored: ColorSpace) -> Kind {
    let channels = match stored {
        ColorSpace::Luma => Channels::Grey,
        ColorSpace::LumaA => Channels::GreyAlpha,
        ColorSpace::YCbCr => Channels::Rgba,
        ColorSpace::YCCK | ColorSpace::CMYK => Channels::Cmyk,
        _ => Channels::Rgb,
    };
    Kind::new(channels, Depth::Eight)
}

/// What the decoder is asked for: RGBA, which needs no second copy, where it
/// has a path for it; inks untouched.
fn wanted(stored: ColorSpace) -> ColorSpace {
    match stored {
        ColorSpace::YCbCr => ColorSpace::RGBA,
        ColorSpace::Luma | ColorSpace::LumaA | ColorSpace::YCCK | ColorSpace::CMYK => stored,
        _ => ColorSpace::RGB,
    }
}

fn colours(stored: ColorSpace) -> &'static str {
    match stored {
        ColorSpace::Luma => "grey, 8 bits",
        ColorSpace::YCbCr => "YCbCr, 8 bits",
        ColorSpace::YCCK => "YCCK, 8 bits",
        ColorSpace::CMYK => "CMYK, 8 bits",
        _ => "RGB, 8 bits",
    }
}

/// CMYK in JPEG is stored inverted, as Adobe's programs do it (Adobe technical
/// note 5116, 18).
fn invert(inks: &mut [u8]) {
    for ink in inks {
        *ink = u8::MAX - *ink;
    }
}

/// YCCK is CMY as if it were inverted RGB, turned to `YCbCr` (JFIF 1.02), and K.
fn inks_from_ycck(samples: &mut [u8]) {
    let (pixels, _) = samples.as_chunks_mut::<4>();
    for [y, cb, cr, k] in pixels {
        let (luma, blue, red) = (
            f32::from(*y),
            f32::from(*cb) - 128.0,
            f32::from(*cr) - 128.0,
        );
        // A cast saturates.
        *y = (luma + 1.402 * red).round() as u8;
        let green = luma - 0.344_136 * blue - 0.714_136 * red;
        *cr = (luma + 1.772 * blue).round() as u8;
        *cb = green.round() as u8;
        *k = u8::MAX - *k;
    }
}

/// Whether the end of the image follows its first scan.
fn ends(document: &[u8]) -> bool {
    memchr::memmem::find(first_scan(document), b"\xff\xd9").is_some()
}

/// Whether the first scan has a part of the components alone, as all of a progressive
/// picture may have, too (ITU-T T.81, B.2.3).
fn is_apart(document: &[u8], stored: ColorSpace) -> bool {
    let count = first_scan(document).get(4).copied();
    count.is_some_and(|count| usize::from(count) < stored.num_components())
}

/// Whether there is a scan, and not tables alone.
pub(super) fn has_scan(document: &[u8]) -> bool {
    first_scan(document).starts_with(b"\xff\xda")
}

/// The file from its first scan on. Segments before it are passed over as a whole: a
/// small picture in one of them has scans and an end of its own.
fn first_scan(document: &[u8]) -> &[u8] {
    let mut rest = document.get(2..).unwrap_or_default();
    while let [0xff, marker, high, low, ..] = rest {
        if *marker == 0xda {
            break;
        }
        // Fill bytes stand before a marker (ITU-T T.81, B.1.1.2).
        let length = match marker {
            0xff => 1,
            _ => 2 + usize::from(u16::from_be_bytes([*high, *low])),
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    rest
}

fn refusal(error: &DecodeErrors) -> DocumentError {
    match error {
        DecodeErrors::Unsupported(what) => unsupported(&format!("{what:?}")),
        other => damaged(&undecodable(&other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::ends;

    #[test]
    fn copy_of_a_file_that_is_mended_is_counted() {
        let mut file = Vec::new();
        image::codecs::jpeg::JpegEncoder::new(&mut file)
            .encode_image(&image::RgbImage::new(8, 8))
            .unwrap();
        file.resize(file.len() + 6400, 0);
        assert_eq!(super::header(&file).unwrap().scratch, 0);
        let odd = [&file[..2], b"junk", &file[2..]].concat();
        let counted = super::header(&odd).unwrap().scratch;
        assert!((100..120).contains(&counted), "{counted}");
    }

    #[test]
    fn end_of_a_small_picture_before_the_first_scan_is_not_that_of_the_file() {
        let inner = b"\xff\xd8\xff\xda\0\x02x\xff\xd9";
        let length = u16::try_from(inner.len() + 2).unwrap().to_be_bytes();
        let before = [b"\xff\xd8\xff\xff\xe1", &length[..], inner].concat();
        let cut = [&before[..], b"\xff\xda\0\x02pixels"].concat();
        assert!(!ends(&cut));
        assert!(ends(&[&cut[..], b"\xff\xd9"].concat()));
        // What is no chain of segments has no end either.
        for short in [
            &b""[..],
            b"\xff",
            b"\xff\xd8\xff",
            b"\xff\xd8\xff\xe1\xff\xff",
        ] {
            assert!(!ends(short));
        }
    }
}
