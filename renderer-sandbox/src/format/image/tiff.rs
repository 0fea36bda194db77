//! TIFF, by `tiff`, page by page. Grey of 1 to 16 bits, RGB, CMYK, `YCbCr`,
//! palettes, floats; strips, tiles and planes.
//!
//! The library does not know palettes. They are read as grey, whose samples are
//! the indices, by replacing one tag; the colours are looked up here.

pub(super) mod directory;
mod odd;

use super::DocumentError;
use super::decode::{Decoded, Header, damaged, unsupported};
use super::samples::{Channels, Depth, Kind, Samples, zeroed};
use super::source::Source;
use super::words::{cut, undecodable};
use crate::budget;
use directory::{Directory, File};
use image::metadata::Orientation;
use tiff::decoder::{BufferLayoutPreference, Decoder, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

/// `PhotometricInterpretation` (TIFF 6.0): what the tag is, and two of its values.
const PHOTOMETRIC: u16 = 262;
const BLACK_IS_ZERO: u16 = 1;
const PALETTE: u16 = 3;

/// `YCbCrCoefficients` (TIFF 6.0, section 21).
const YCBCR_COEFFICIENTS: u16 = 529;

/// Luma of ITU-R BT.601, which holds where the file gives no other.
const BT_601: [f32; 3] = [0.299, 0.587, 0.114];

/// `ExtraSamples` (TIFF 6.0): alpha that has been multiplied in.
const ASSOCIATED_ALPHA: u16 = 1;

/// Largest value of one tag in bytes: a colour profile.
const MAX_TAG_BYTES: usize = 16 * 1024 * 1024;

/// How the samples are stored, and what they become.
struct Stored {
    kind: Kind,
    /// Bits of each sample.
    bits: u8,
    meaning: Meaning,
}

enum Meaning {
    /// As they are.
    Plain,
    /// Indices of these colours.
    Palette(Vec<[u8; 3]>),
    /// Luma and chroma, with the weights of red, green and blue.
    YCbCr([f32; 3]),
    /// Pixels with so many more samples than are shown.
    More(usize),
}

type Reader<'d> = Decoder<Source<'d>>;

/// The header of the page whose directory starts at `page`.
pub(super) fn header(document: &[u8], page: usize) -> Result<Header, DocumentError> {
    let (mut decoder, stored) = match read(document, page) {
        Ok(read) => read,
        Err(refusal) => return odd::header(document, page).map_err(|odd| either(refusal, odd)),
    };
    let size = decoder.dimensions().map_err(|error| refusal(&error))?;
    let mut header = Header::new(size, stored.kind);
    header.colours = stored.words();
    let orientation = decoder.find_tag_unsigned::<u8>(Tag::Orientation);
    header.orientation = orientation
        .ok()
        .flatten()
        .and_then(Orientation::from_exif)
        .unwrap_or(Orientation::NoTransforms);
    header.icc = decoder.get_tag_u8_vec(Tag::IccProfile).ok();
    let layout = decoder.image_buffer_layout();
    let planes = layout.map_err(|error| refusal(&error))?.planes;
    // What is stored, before it becomes what is shown.
    if planes > 1 || !stored.is_shown_as_it_is() {
        header.scratch = stored.raw_pixel_bytes();
    }
    Ok(header)
}

pub(super) fn decode(document: &[u8], page: usize) -> Result<Decoded, DocumentError> {
    let (mut decoder, stored) = match read(document, page) {
        Ok(read) => read,
        Err(refusal) => return odd::decode(document, page).map_err(|odd| either(refusal, odd)),
    };
    let (width, _) = decoder.dimensions().map_err(|error| refusal(&error))?;
    let layout = decoder.image_buffer_layout();
    let layout = layout.map_err(|error| refusal(&error))?;
    let len = layout.complete_len as u64;
    if len > budget::pictures() {
        return Err(damaged("its strips are larger than its picture"));
    }
    let mut bytes = zeroed(len)?;
    let cut = match decoder.read_image_bytes(&mut bytes) {
        Ok(()) => None,
        Err(error) if bytes.iter().all(|byte| *byte == 0) => return Err(refusal(&error)),
        Err(error) => Some(cut(&error.to_string())),
    };
    let bytes = interleaved(bytes, &layout, &stored);
    let bytes = stored.shown(bytes, usize::try_from(width).unwrap_or(usize::MAX))?;
    let kind = stored.kind;
    let samples = Samples { bytes, kind };
    Ok(Decoded { samples, cut })
}

/// What the library knows of a page; a refusal is none yet.
fn read(document: &[u8], page: usize) -> Result<(Reader<'_>, Stored), Option<DocumentError>> {
    if odd::wants(document, page) {
        return Err(None);
    }
    let mut decoder = opened(document, page).map_err(Some)?;
    let stored = stored(&mut decoder, document, page).map_err(Some)?;
    Ok((decoder, stored))
}

/// Of two refusals, that of the library where it was asked.
fn either(library: Option<DocumentError>, odd: DocumentError) -> DocumentError {
    library.unwrap_or(odd)
}

/// A decoder that takes the page for the first one, so that it need not find it.
fn opened(document: &[u8], page: usize) -> Result<Reader<'_>, DocumentError> {
    let mut source = Source::new(document);
    if let Some(file) = File::new(document) {
        let (at, bytes) = file.first_is(page);
        source = source.patched(at, &bytes);
    }
    if let Some(tag) = palette_tag(document, page) {
        source = source.patched(tag.at, &tag.black_is_zero);
    }
    let decoder = Decoder::new(source).map_err(|error| refusal(&error))?;
    let mut limits = Limits::default();
    let most = usize::try_from(budget::pictures()).unwrap_or(usize::MAX);
    limits.decoding_buffer_size = most;
    limits.intermediate_buffer_size = most;
    limits.ifd_value_size = MAX_TAG_BYTES;
    Ok(decoder.with_limits(limits))
}

/// Where a page says that it has a palette, and what replaces it.
struct PaletteTag {
    at: usize,
    black_is_zero: [u8; 2],
}

fn palette_tag(document: &[u8], page: usize) -> Option<PaletteTag> {
    let page = Directory::at(File::new(document)?, page)?;
    let at = page.value_at(PHOTOMETRIC)?;
    let is_palette = page.file.short(at)? == PALETTE;
    is_palette.then(|| PaletteTag {
        at,
        black_is_zero: page.file.bytes_of(BLACK_IS_ZERO),
    })
}

fn stored(decoder: &mut Reader<'_>, document: &[u8], page: usize) -> Result<Stored, DocumentError> {
    let colours = decoder.colortype().map_err(|error| refusal(&error))?;
    let float = matches!(
        decoder.find_tag_unsigned_vec::<u16>(Tag::SampleFormat),
        Ok(Some(formats)) if formats.contains(&3)
    );
    let refused = || {
        unsupported(&format!(
            "samples of the kind {colours:?} are not known here"
        ))
    };
    let (mut channels, bits) = channels(colours).ok_or_else(refused)?;
    let mut meaning = match colours {
        ColorType::YCbCr(8) => Meaning::YCbCr(coefficients(decoder)),
        ColorType::YCbCr(_) => return Err(refused()),
        ColorType::CMYKA(_) => Meaning::More(1),
        ColorType::Multiband { num_samples, .. } => {
            // More of no known meaning is not alpha.
            if extra(decoder) == Some(0) {
                channels = Channels::Grey;
            }
            Meaning::More(usize::from(num_samples) - channels.count())
        }
        _ => Meaning::Plain,
    };
    if palette_tag(document, page).is_some() {
        (channels, meaning) = (Channels::Rgb, Meaning::Palette(palette(decoder)?));
    }
    let depth = match (bits, float) {
        (1 | 2 | 4 | 8, false) => Depth::Eight,
        (16, false) => Depth::Sixteen,
        (32, true) => Depth::Float,
        _ => return Err(refused()),
    };
    let mut kind = Kind::new(channels, depth);
    kind.associated = is_associated(decoder);
    Ok(Stored {
        kind,
        bits,
        meaning,
    })
}

/// What is shown of samples, and how many bits they have.
fn channels(colours: ColorType) -> Option<(Channels, u8)> {
    Some(match colours {
        ColorType::Gray(bits) => (Channels::Grey, bits),
        ColorType::GrayA(bits) => (Channels::GreyAlpha, bits),
        ColorType::RGB(bits) | ColorType::YCbCr(bits) => (Channels::Rgb, bits),
        ColorType::RGBA(bits) => (Channels::Rgba, bits),
        ColorType::CMYK(bits) | ColorType::CMYKA(bits) => (Channels::Cmyk, bits),
        // Grey and something more; the first of it is alpha more often than not.
        ColorType::Multiband {
            bit_depth,
            num_samples: 2..,
        } => (Channels::GreyAlpha, bit_depth),
        _ => return None,
    })
}

fn coefficients(decoder: &mut Reader<'_>) -> [f32; 3] {
    let tag = Tag::from_u16_exhaustive(YCBCR_COEFFICIENTS);
    weights_of(decoder.get_tag_f32_vec(tag).ok().as_deref())
}

/// The weights of red, green and blue in luma that a file gives, if they make sense.
fn weights_of(given: Option<&[f32]>) -> [f32; 3] {
    let given = given.and_then(|given| <[f32; 3]>::try_from(given).ok());
    let sane = |weights: &[f32; 3]| weights.iter().all(|weight| (0.01..1.0).contains(weight));
    given.filter(sane).unwrap_or(BT_601)
}

fn is_associated(decoder: &mut Reader<'_>) -> bool {
    extra(decoder) == Some(ASSOCIATED_ALPHA)
}

/// What is said of the first sample beside those of colours.
fn extra(decoder: &mut Reader<'_>) -> Option<u16> {
    let extra = decoder.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples);
    extra.ok().flatten()?.first().copied()
}

/// All reds, all greens, all blues, of 16 bits each.
fn palette(decoder: &mut Reader<'_>) -> Result<Vec<[u8; 3]>, DocumentError> {
    let colours = decoder.get_tag_u16_vec(Tag::ColorMap);
    let colours = colours.map_err(|error| refusal(&error))?;
    // Some programs write 8 bits.
    let wide = colours.iter().any(|sample| *sample > 255);
    let eight = |sample: u16| {
        if wide {
            (sample >> 8) as u8
        } else {
            sample as u8
        }
    };
    let len = colours.len() / 3;
    let all = |part: usize| colours.iter().skip(part * len).map(|sample| eight(*sample));
    Ok(all(0)
        .zip(all(1))
        .zip(all(2))
        .take(len)
        .map(|((r, g), b)| [r, g, b])
        .collect())
}

/// Samples of separate planes, pixel by pixel.
fn interleaved(bytes: Vec<u8>, layout: &BufferLayoutPreference, stored: &Stored) -> Vec<u8> {
    let Some(stride) = layout.plane_stride.filter(|_| layout.planes > 1) else {
        return bytes;
    };
    let sample = stored.kind.depth.bytes();
    let planes: Vec<&[u8]> = bytes.chunks_exact(stride.get()).collect();
    let mut pixels = Vec::with_capacity(bytes.len());
    for start in (0..stride.get()).step_by(sample) {
        for plane in &planes {
            pixels.extend_from_slice(plane.get(start..start + sample).unwrap_or_default());
        }
    }
    pixels
}

impl Stored {
    /// Samples of a pixel in the file.
    fn raw_channels(&self) -> usize {
        match self.meaning {
            Meaning::Palette(_) => 1,
            Meaning::More(more) => self.kind.channels.count() + more,
            _ => self.kind.channels.count(),
        }
    }

    fn raw_pixel_bytes(&self) -> u64 {
        (self.raw_channels() * self.kind.depth.bytes()) as u64
    }

    /// Whether no copy is made to show it, if it is in one plane.
    fn is_shown_as_it_is(&self) -> bool {
        self.bits >= 8 && matches!(self.meaning, Meaning::Plain | Meaning::YCbCr(_))
    }

    fn words(&self) -> String {
        let (kind, bits) = (self.kind, self.bits);
        match &self.meaning {
            Meaning::Palette(colours) => format!("palette of {} colours", colours.len()),
            Meaning::YCbCr(_) => "YCbCr, 8 bits".to_owned(),
            _ if bits == 1 => "black and white, 1 bit".to_owned(),
            _ if bits < 8 => format!("grey, {bits} bits"),
            _ => kind.to_string(),
        }
    }

    /// What is shown of what is stored.
    fn shown(&self, bytes: Vec<u8>, width: usize) -> Result<Vec<u8>, DocumentError> {
        let is_palette = matches!(self.meaning, Meaning::Palette(_));
        let bytes = match self.bits {
            1 | 2 | 4 => unpacked(&bytes, self.bits, width * self.raw_channels(), is_palette),
            _ => bytes,
        };
        match &self.meaning {
            Meaning::Plain => Ok(bytes),
            Meaning::Palette(_) if self.bits > 8 => {
                Err(unsupported("palettes of more than 256 colours"))
            }
            Meaning::Palette(colours) => Ok(bytes
                .iter()
                .flat_map(|index| {
                    colours
                        .get(usize::from(*index))
                        .copied()
                        .unwrap_or_default()
                })
                .collect()),
            Meaning::YCbCr(weights) => Ok(rgb_from_ycbcr(bytes, *weights)),
            Meaning::More(more) => {
                let kept = self.kind.pixel_bytes();
                let all = kept + more * self.kind.depth.bytes();
                let pixels = bytes.chunks_exact(all);
                Ok(pixels
                    .flat_map(|pixel| pixel.iter().take(kept))
                    .copied()
                    .collect())
            }
        }
    }
}

/// Samples of 1, 2 or 4 bits, rows of whole bytes → one byte each, as indices or
/// so that the largest is white.
fn unpacked(bytes: &[u8], bits: u8, row: usize, indices: bool) -> Vec<u8> {
    let per_byte = usize::from(8 / bits);
    let largest = u8::MAX >> (8 - bits);
    let scale = if indices { 1 } else { u8::MAX / largest };
    let rows = bytes.chunks_exact(row.div_ceil(per_byte).max(1));
    rows.flat_map(|packed| {
        let samples = packed.iter().flat_map(|byte| {
            (1..=per_byte).map(move |place| byte >> (8 - usize::from(bits) * place) & largest)
        });
        samples.take(row).map(|sample| sample * scale)
    })
    .collect()
}

/// TIFF 6.0, section 21, with the default reference black and white.
fn rgb_from_ycbcr(mut samples: Vec<u8>, [red, green, blue]: [f32; 3]) -> Vec<u8> {
    let (pixels, _) = samples.as_chunks_mut::<3>();
    for [y, cb, cr] in pixels {
        let (luma, b, r) = (
            f32::from(*y),
            f32::from(*cb) - 128.0,
            f32::from(*cr) - 128.0,
        );
        let (r, b) = (luma + r * (2.0 - 2.0 * red), luma + b * (2.0 - 2.0 * blue));
        let g = (luma - blue * b - red * r) / green;
        // A cast saturates.
        (*y, *cb, *cr) = (r.round() as u8, g.round() as u8, b.round() as u8);
    }
    samples
}

fn refusal(error: &TiffError) -> DocumentError {
    match error {
        TiffError::UnsupportedError(what) => unsupported(&what.to_string()),
        TiffError::LimitsExceeded => DocumentError::Limit(format!(
            "its picture would take more memory than {}",
            budget::limit_of_pictures()
        )),
        other => damaged(&undecodable(&other.to_string())),
    }
}
