//! JPEG, by `zune-jpeg`: grey, colour, and CMYK with its inks as they are.

use super::DocumentError;
use super::decode::{Decoded, ENDS_EARLY, Header, cut, damaged, undecodable, unsupported};
use super::samples::{Channels, Depth, Kind, Samples, zeroed};
use image::metadata::Orientation;
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
    let decoder = opened(document, options())?;
    let mut header = Header::new(size(&decoder)?, kind(stored(&decoder)));
    header.colours = colours(stored(&decoder)).to_owned();
    header.icc = decoder.icc_profile();
    header.exif = decoder.exif().cloned();
    header.orientation = header
        .exif
        .as_deref()
        .and_then(Orientation::from_exif_chunk)
        .unwrap_or(Orientation::NoTransforms);
    // A progressive picture is kept as coefficients of 2 B until its last scan.
    if decoder.info().is_some_and(|info| info.sof.is_progressive()) {
        header.scratch = 2 * stored(&decoder).num_components() as u64;
    }
    Ok(header)
}

pub(super) fn decode(document: &[u8]) -> Result<Decoded, DocumentError> {
    let stored = stored(&opened(document, options())?);
    let kind = kind(stored);
    // What it writes is settled when a decoder is made, not later.
    let wanted = options().jpeg_set_out_colorspace(wanted(stored));
    let mut decoder = opened(document, wanted)?;
    let (width, height) = size(&decoder)?;
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    let mut bytes = zeroed(pixels.saturating_mul(kind.pixel_bytes() as u64))?;
    let failed = decoder.decode_into(&mut bytes).err();
    match stored {
        ColorSpace::YCCK => inks_from_ycck(&mut bytes),
        ColorSpace::CMYK => invert(&mut bytes),
        _ => {}
    }
    let cut = match failed {
        None if ends(document) => None,
        None => Some(cut(ENDS_EARLY)),
        Some(error) if bytes.iter().all(|byte| *byte == 0) => return Err(refusal(&error)),
        Some(error) => Some(cut(&error.to_string())),
    };
    let samples = Samples { bytes, kind };
    Ok(Decoded { samples, cut })
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
    decoder.decode_headers().map_err(|error| refusal(&error))?;
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
    let scan = memchr::memmem::find(document, b"\xff\xda").unwrap_or_default();
    let rest = document.get(scan..).unwrap_or_default();
    memchr::memmem::find(rest, b"\xff\xd9").is_some()
}

fn refusal(error: &DecodeErrors) -> DocumentError {
    match error {
        DecodeErrors::Unsupported(what) => unsupported(&format!("{what:?}")),
        other => damaged(&undecodable(&other.to_string())),
    }
}
