//! AVIF and HEIC: items of HEIF and tracks, AV1 by `re_rav1d` (the Rust port of dav1d,
//! without its assembler) on the worker's own thread, H.265 by `heic-rs`.
//!
//! Pictures in one piece, in a grid and in tracks, with alpha, of 8 to 12 bits, in every
//! subsampling; matrices and ranges by their code points (ITU-T H.273).

mod frame;
mod hevc;
mod matrix;
mod moving;
mod told;
mod track;
mod vui;

pub(super) use moving::Frames;
pub(super) use track::Moving;

use super::DocumentError;
use super::decode::{Decoded, Header, damaged, unsupported};
use super::heif::Heif;
use super::light::Light;
use super::png;
use super::samples::{Kind, Samples, zeroed};
use frame::{Frame, SCRATCH, Stream};
use matrix::Converter;
use std::ops::Range;
use told::{Coding, Crop, Place, Told};

/// Most pictures of a grid.
const MAX_CELLS: usize = 1024;

pub(super) fn header(document: &[u8]) -> Result<Header, DocumentError> {
    let told = Told::read(document)?;
    let size = told.crop.map_or(told.size, |crop| crop.size);
    let mut header = Header::new(size, told.kind());
    let name = if told.grey { "grey" } else { "YCbCr" };
    let alpha = if told.has_alpha { " and alpha" } else { "" };
    header.colours = format!("{name}{alpha}, {} bits", told.bits);
    header.orientation = told.orientation;
    if let Place::Items { heif, .. } = &told.place {
        header.exif = heif.exif(heif.primary);
    }
    header.scratch = scratch(&told, &header);
    if let Some(points) = told.points {
        header.light = Light::new(points.primaries, points.transfer);
    }
    header.icc = match (told.icc, told.points) {
        (Some(icc), _) => Some(icc.to_vec()),
        (None, Some(points)) => png::profile_of(points.primaries, points.transfer),
        (None, None) => None,
    };
    Ok(header)
}

/// Memory beside what is shown, in bytes a pixel of that: what is decoded, and where only
/// a part of it is shown, the whole.
fn scratch(told: &Told<'_>, header: &Header) -> u64 {
    let pixels = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
    let Some(crop) = told.crop else {
        return SCRATCH;
    };
    let each = SCRATCH + header.kind.pixel_bytes() as u64;
    let whole = pixels(told.size).saturating_mul(each);
    whole.div_ceil(pixels(crop.size).max(1))
}

pub(super) fn decode(document: &[u8]) -> Result<Decoded, DocumentError> {
    let told = Told::read(document)?;
    let mut out = Canvas::new(&told)?;
    let kind = out.kind;
    let colours = if told.grey { 0..1 } else { 0..3 };
    let last = kind.channels.count() - 1;
    match &told.place {
        Place::Items { heif, alpha } => {
            draw(&told, heif, heif.primary, colours, &mut out)?;
            if let Some(alpha) = alpha {
                draw(&told, heif, *alpha, last..last + 1, &mut out)?;
            }
        }
        Place::Track(moving) => {
            let first = moving.colours.first().copied().unwrap_or_default();
            let frame = decoded(&moving.entry.coding()?, first)?;
            put(&told, &frame, (0, 0), colours, &mut out)?;
            if let Some(alpha) = &moving.alpha {
                let first = alpha.first().copied().unwrap_or_default();
                let frame = decoded(&moving.alpha_entry.coding()?, first)?;
                put(&told, &frame, (0, 0), last..last + 1, &mut out)?;
            }
        }
    }
    let bytes = match told.crop {
        Some(crop) => out.cropped(crop)?,
        None => out.bytes,
    };
    let samples = Samples { bytes, kind };
    Ok(Decoded { samples, cut: None })
}

/// What pictures are put on, and which of its channels they are.
struct Canvas {
    bytes: Vec<u8>,
    kind: Kind,
    size: (u32, u32),
}

impl Canvas {
    fn new(told: &Told<'_>) -> Result<Self, DocumentError> {
        let (kind, size) = (told.kind(), told.size);
        let pixels = u64::from(size.0) * u64::from(size.1);
        Ok(Self {
            bytes: zeroed(pixels.saturating_mul(kind.pixel_bytes() as u64))?,
            kind,
            size,
        })
    }

    /// Makes the last channel, which is alpha, the most it can be.
    fn opaque(&mut self) {
        let sample = self.kind.depth.bytes();
        for pixel in self.bytes.chunks_exact_mut(self.kind.pixel_bytes()) {
            let alpha = pixel.len().saturating_sub(sample);
            pixel.get_mut(alpha..).unwrap_or_default().fill(u8::MAX);
        }
    }

    /// The bytes of a part of it.
    fn cropped(self, crop: Crop) -> Result<Vec<u8>, DocumentError> {
        let pixel = self.kind.pixel_bytes();
        let row_bytes = self.size.0 as usize * pixel;
        let (left, width) = (crop.left as usize * pixel, crop.size.0 as usize * pixel);
        let mut part = zeroed(width as u64 * u64::from(crop.size.1))?;
        let rows = self.bytes.chunks_exact(row_bytes.max(1));
        let rows = rows.skip(crop.top as usize);
        for (to, row) in part.chunks_exact_mut(width.max(1)).zip(rows) {
            if let Some(from) = row.get(left..left + width) {
                to.copy_from_slice(from);
            }
        }
        Ok(part)
    }
}

/// Decodes an item, or all of those that it is made of, into channels.
fn draw(
    told: &Told<'_>,
    heif: &Heif<'_>,
    item: u32,
    channels: Range<usize>,
    out: &mut Canvas,
) -> Result<(), DocumentError> {
    let cells = match heif.kind(item).as_ref() {
        Some(b"grid" | b"iden") => heif.refers(item, b"dimg").to_vec(),
        _ => vec![item],
    };
    let columns = columns(heif, item).unwrap_or(1).max(1);
    let mut origin = (0_u32, 0_u32);
    for (number, cell) in cells.iter().take(MAX_CELLS).enumerate() {
        let frame = decoded(&told::coding(heif, *cell)?, &heif.bytes(*cell)?)?;
        let (width, height) = frame.size();
        if number > 0 && number % columns == 0 {
            origin = (0, origin.1.saturating_add(height));
        }
        put(told, &frame, origin, channels.clone(), out)?;
        origin.0 = origin.0.saturating_add(width);
    }
    Ok(())
}

/// Columns of a grid: version, flags, rows and columns, less one each.
fn columns(heif: &Heif<'_>, item: u32) -> Option<usize> {
    if heif.kind(item).as_ref() != Some(b"grid") {
        return None;
    }
    let bytes = heif.bytes(item).ok()?;
    Some(usize::from(*bytes.get(3)?) + 1)
}

/// Decodes the only frame of a stream.
fn decoded(coding: &Coding<'_>, data: &[u8]) -> Result<Frame, DocumentError> {
    match coding {
        Coding::Av1 => Stream::new()?.next(data),
        Coding::Hevc(config) => config.decode(data),
    }
}

/// The nearest value of 8 bits.
fn eight(value: u16) -> u8 {
    // 65,535 parts are 255.
    ((u32::from(value) * 255 + 32_767) / 65_535) as u8
}

/// Puts a picture into channels of the canvas, as far as it lies there.
fn put(
    told: &Told<'_>,
    frame: &Frame,
    (left, top): (u32, u32),
    channels: Range<usize>,
    out: &mut Canvas,
) -> Result<(), DocumentError> {
    let converter = Converter::new(told.points, frame, channels.len())?;
    let (width, height) = out.size;
    let count = out.kind.channels.count();
    let sample = out.kind.depth.bytes();
    let columns = frame.size().0.min(width.saturating_sub(left)) as usize;
    let rows = frame.size().1.min(height.saturating_sub(top)) as usize;
    let mut row = vec![[0_u16; 3]; columns];
    for y in 0..rows {
        converter.row(y, &mut row);
        let start = ((top as usize + y) * width as usize + left as usize) * count * sample;
        let to = out.bytes.get_mut(start..).unwrap_or_default();
        let pixels = to.chunks_exact_mut(count * sample).take(columns);
        for (pixel, values) in pixels.zip(&row) {
            let to = pixel.get_mut(channels.start * sample..channels.end * sample);
            let to = to.unwrap_or_default();
            if sample == 1 {
                to.iter_mut()
                    .zip(values)
                    .for_each(|(to, value)| *to = eight(*value));
            } else {
                let to = to.as_chunks_mut::<2>().0.iter_mut();
                to.zip(values)
                    .for_each(|(to, value)| *to = value.to_ne_bytes());
            }
        }
    }
    Ok(())
}
