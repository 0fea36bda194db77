//! Pictures that are too large to be held: a small one of the whole, made once, and
//! strips of rows that are decoded again where one looks closely.
//!
//! The small one (at most [`OVERVIEW_BYTES`]) is a mean of squares of pixels, made in
//! one pass over the file, and drawn from whenever the page is no larger. Closer
//! than that a tile takes the strips that it lies in; they are kept, smaller by the
//! power of two that the tile wants, up to [`KEPT_BYTES`].
//!
//! | file | holds |
//! |---|---|
//! | `png` | rows of a PNG from places where unpacking can go on |
//! | `jpeg` | rows of a JPEG: a part of its scan as a small JPEG of its own |
//! | `bits` | the scan of a JPEG bit by bit |
//! | `mean` | squares of pixels to one |

mod bits;
mod jpeg;
mod mean;
mod png;
#[cfg(test)]
mod tests;

use super::decode::{self, Decoded, Header, Picture};
use super::pixels::Pixels;
use super::samples::Samples;
use super::{DocumentError, words};
use image::metadata::Orientation;
use ipc::{Format, Tile};
use mean::Mean;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What a picture must take to be shown in this way, in bytes: below that it is
/// decoded at once, and everything after is faster.
pub(super) const HUGE_BYTES: u64 = 256 * 1024 * 1024;

/// Most pixels of one: at 100 million a second, which is what is decoded here, the
/// first pass over them stays within half a minute.
const MAX_PIXELS: u64 = 1 << 31;

/// The picture as a whole, smaller, in bytes.
const OVERVIEW_BYTES: u64 = 40 * 1024 * 1024;

/// Strips that are kept, in bytes: at 30,000 pixels a row, as many rows as a window
/// of 900 shows.
const KEPT_BYTES: usize = 112 * 1024 * 1024;

/// Strips that are decoded at once for the small picture.
const OVERVIEW_STRIPS: u32 = 4;

/// One strip as RGBA8, in bytes, where the format leaves the choice.
const STRIP_BYTES: u64 = 4 * 1024 * 1024;

/// Rows that can be decoded alone.
trait Rows: Send + Sync {
    /// Rows of one strip; the last strip may have fewer.
    fn per_strip(&self) -> u32;

    /// The samples of these rows, which are strips from a first to a last one; rows
    /// after the place where the file is damaged are empty.
    fn read(&self, first: u32, count: u32) -> Result<Samples, DocumentError>;

    /// Why there are no rows after some place.
    fn cut(&self) -> Option<String>;
}

/// A strip that is kept: its number, and by how much it is smaller.
type Key = (u32, u32);

/// A picture that is too large to be held.
pub(super) struct Huge {
    /// As it is stored.
    width: u32,
    height: u32,
    orientation: Orientation,
    icc: Option<Vec<u8>>,
    rows: Box<dyn Rows>,
    /// How many pixels across and down are one of the small picture.
    times: u32,
    overview: OnceLock<Result<Arc<Pixels>, DocumentError>>,
    /// The strip that was used last is the last.
    kept: Mutex<Vec<(Key, Arc<Pixels>)>>,
}

/// Part of a picture, smaller by a whole number, standing upright.
pub(super) struct Part {
    pub(super) pixels: Arc<Pixels>,
    /// Where it begins, in its own pixels.
    pub(super) origin: (u32, u32),
    /// How large the whole would be in its pixels.
    pub(super) whole: (f64, f64),
}

/// Whether a picture is one that need not be held, and why not.
pub(super) fn can(picture: Picture<'_>, header: &Header) -> Result<(), &'static str> {
    let pixels = u64::from(header.width).saturating_mul(u64::from(header.height));
    if header.light.is_some() {
        return Err("with a high dynamic range it has to be decoded as a whole");
    }
    if pixels > MAX_PIXELS {
        return Err("it has more than the 2147 million pixels that are shown at most");
    }
    match picture.format {
        Format::Png => png::can(picture.file),
        Format::Jpeg => jpeg::can(picture.file),
        _ => Err("its format has to be decoded as a whole"),
    }
}

impl Huge {
    pub(super) fn open(picture: Picture<'static>, header: &Header) -> Result<Self, DocumentError> {
        let wanted = STRIP_BYTES / (u64::from(header.width).max(1) * 4);
        let wanted = u32::try_from(wanted.clamp(16, 256) & !15).unwrap_or(16);
        let rows: Box<dyn Rows> = match picture.format {
            Format::Png => Box::new(png::PngRows::open(picture.file, header, wanted)?),
            _ => Box::new(jpeg::JpegRows::open(picture.file, header, wanted)?),
        };
        Ok(Self::with(rows, header))
    }

    fn with(rows: Box<dyn Rows>, header: &Header) -> Self {
        let bytes = |times: u32| {
            let side = |side: u32| u64::from(side.div_ceil(times));
            side(header.width) * side(header.height) * 4
        };
        let mut times = 2;
        while bytes(times) > OVERVIEW_BYTES {
            times *= 2;
        }
        Self {
            width: header.width,
            height: header.height,
            orientation: header.orientation,
            icc: header.icc.clone(),
            rows,
            times,
            overview: OnceLock::new(),
            kept: Mutex::default(),
        }
    }

    /// What a tile is drawn from.
    pub(super) fn part(&self, tile: Tile) -> Result<Part, DocumentError> {
        let (width, height) = self.upright_size();
        let (page_width, page_height) = tile.page_px();
        let across = f64::from(width) / f64::from(page_width);
        let down = f64::from(height) / f64::from(page_height);
        let smaller = across.min(down);
        if smaller >= f64::from(self.times) {
            let pixels = self.overview()?;
            return Ok(self.whole_part(pixels, self.times, (0, 0)));
        }
        // The largest power of two that leaves as many pixels as are drawn.
        let mut times = 1;
        while f64::from(times * 2) <= smaller {
            times *= 2;
        }
        // As far beyond the tile as a filter reaches.
        let reach = |scale: f64| (2.0 * scale.max(1.0)).ceil() + f64::from(times);
        let span = |origin: u32, length: u16, scale: f64, side: u32| {
            let start = f64::from(origin) * scale - reach(scale);
            let end = (f64::from(origin) + f64::from(length)) * scale + reach(scale);
            (
                start.max(0.0) as u32,
                (end as u32).saturating_add(1).min(side),
            )
        };
        let size = tile.size();
        let (left, right) = span(tile.origin_px().0, size.width_px(), across, width);
        let (top, bottom) = span(tile.origin_px().1, size.height_px(), down, height);
        self.region((left, top, right, bottom), times)
    }

    fn upright_size(&self) -> (u32, u32) {
        match self.is_sideways() {
            true => (self.height, self.width),
            false => (self.width, self.height),
        }
    }

    fn is_sideways(&self) -> bool {
        use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
        matches!(
            self.orientation,
            Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH
        )
    }

    fn whole_part(&self, pixels: Arc<Pixels>, times: u32, origin: (u32, u32)) -> Part {
        let (width, height) = self.upright_size();
        let side = |side: u32| f64::from(side) / f64::from(times);
        Part {
            pixels,
            origin,
            whole: (side(width), side(height)),
        }
    }

    /// The picture as a whole; made by whoever asks first.
    pub(super) fn overview(&self) -> Result<Arc<Pixels>, DocumentError> {
        let overview = self.overview.get_or_init(|| self.make_overview());
        overview.clone()
    }

    /// What is known of it already.
    pub(super) fn peek(&self) -> Option<&Pixels> {
        self.overview.get()?.as_ref().ok().map(|pixels| &**pixels)
    }

    fn make_overview(&self) -> Result<Arc<Pixels>, DocumentError> {
        let mut mean = Mean::new(self.width, self.height, self.times)?;
        // Several strips at once: what is read beside each of them is read less often.
        let step = self.rows.per_strip() * OVERVIEW_STRIPS;
        for first in (0..self.height).step_by(step as usize) {
            let pixels = self.decoded(first, step.min(self.height - first))?;
            mean.add(&pixels.rgba);
        }
        let mut pixels = mean.done()?.upright(self.orientation);
        let words = format!(
            "it is too large to be held in memory: close to it, it is decoded strip by strip ({} × {} pixels)",
            self.width, self.height
        );
        pixels.notices.push(words);
        pixels
            .notices
            .extend(self.rows.cut().map(|why| words::cut(&why)));
        Ok(Arc::new(pixels))
    }

    /// Rows as they are shown, in full size.
    fn decoded(&self, first: u32, count: u32) -> Result<Pixels, DocumentError> {
        let samples = self.rows.read(first, count)?;
        let header = Header {
            icc: self.icc.clone(),
            ..Header::new((self.width, count), samples.kind)
        };
        decode::shown(Decoded { samples, cut: None }, &header)
    }

    /// A part of the upright picture: left, top, right, bottom.
    fn region(&self, upright: (u32, u32, u32, u32), times: u32) -> Result<Part, DocumentError> {
        let (left, top, right, bottom) = self.stored(upright);
        // Whole squares of the mean, counted from the corner of what is stored.
        let (left, top) = (left / times, top / times);
        let (right, bottom) = (right.div_ceil(times), bottom.div_ceil(times));
        let (wide, high) = (right.saturating_sub(left), bottom.saturating_sub(top));
        let bytes = u64::from(wide) * u64::from(high) * 4;
        let mut rgba = super::samples::zeroed(bytes)?;
        let per_strip = self.strip_rows(times) / times;
        let mut row = top;
        let mut targets = rgba.chunks_exact_mut((wide as usize * 4).max(1));
        while row < bottom {
            let strip = self.strip(row / per_strip, times)?;
            let end = bottom.min((row / per_strip + 1) * per_strip);
            for (row, target) in (row..end).zip(&mut targets) {
                let row = (row % per_strip) as usize * strip.width as usize;
                let start = (row + left as usize) * 4;
                let source = strip.rgba.get(start..start + target.len());
                target.copy_from_slice(
                    source.ok_or_else(|| decode::damaged("its rows are too few"))?,
                );
            }
            row = end;
        }
        let pixels = Pixels::new(wide, high, rgba)
            .ok_or_else(|| decode::damaged("its rows are too few"))?
            .upright(self.orientation);
        let origin = self.placed((left, top, right, bottom), times);
        Ok(self.whole_part(Arc::new(pixels), times, origin))
    }

    /// Where a part of the upright picture is in the one that is stored.
    fn stored(&self, (left, top, right, bottom): (u32, u32, u32, u32)) -> (u32, u32, u32, u32) {
        let (w, h) = (self.width, self.height);
        match self.orientation {
            Orientation::NoTransforms => (left, top, right, bottom),
            Orientation::FlipHorizontal => (w - right, top, w - left, bottom),
            Orientation::FlipVertical => (left, h - bottom, right, h - top),
            Orientation::Rotate180 => (w - right, h - bottom, w - left, h - top),
            Orientation::Rotate90 => (top, h - right, bottom, h - left),
            Orientation::Rotate270 => (w - bottom, left, w - top, right),
            Orientation::Rotate90FlipH => (top, left, bottom, right),
            Orientation::Rotate270FlipH => (w - bottom, h - right, w - top, h - left),
        }
    }

    /// Where a part of the stored picture begins once it is upright, in pixels of the part.
    fn placed(&self, (left, top, right, bottom): (u32, u32, u32, u32), times: u32) -> (u32, u32) {
        let (w, h) = (self.width.div_ceil(times), self.height.div_ceil(times));
        match self.orientation {
            Orientation::NoTransforms => (left, top),
            Orientation::FlipHorizontal => (w - right, top),
            Orientation::FlipVertical => (left, h - bottom),
            Orientation::Rotate180 => (w - right, h - bottom),
            Orientation::Rotate90 => (h - bottom, left),
            Orientation::Rotate270 => (top, w - right),
            Orientation::Rotate90FlipH => (top, left),
            Orientation::Rotate270FlipH => (h - bottom, w - right),
        }
    }

    /// Rows of what is stored that one kept strip is made of: a whole number of
    /// strips, and of squares.
    fn strip_rows(&self, times: u32) -> u32 {
        let rows = self.rows.per_strip();
        let common = 1 << rows.trailing_zeros().min(times.trailing_zeros());
        rows * (times / common)
    }

    /// A strip, smaller by `times`, kept or decoded now.
    fn strip(&self, number: u32, times: u32) -> Result<Arc<Pixels>, DocumentError> {
        // One strip at a time: the next one wants the same places in the file.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (number, times);
        if let Some(place) = kept.iter().position(|(kept, _)| *kept == key) {
            let found = kept.remove(place);
            kept.push(found.clone());
            return Ok(found.1);
        }
        let rows = self.strip_rows(times);
        let first = number.saturating_mul(rows);
        let count = rows.min(self.height.saturating_sub(first));
        let pixels = self.decoded(first, count)?;
        let pixels = match times {
            1 => pixels,
            _ => {
                let mut mean = Mean::new(self.width, count, times)?;
                mean.add(&pixels.rgba);
                mean.done()?
            }
        };
        let made = Arc::new(pixels);
        let bytes = |kept: &[(Key, Arc<Pixels>)]| -> usize {
            kept.iter().map(|(_, pixels)| pixels.rgba.len()).sum()
        };
        while !kept.is_empty() && bytes(&kept) + made.rgba.len() > KEPT_BYTES {
            kept.remove(0);
        }
        kept.push((key, Arc::clone(&made)));
        Ok(made)
    }
}
