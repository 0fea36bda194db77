//! Pictures that are too large to be held: a small one of the whole, made once, and
//! strips of rows that are decoded again where one looks closely.
//!
//! The small one (at most [`OVERVIEW_BYTES`]) is made in one pass over the file, and
//! drawn from whenever the page is no larger. Closer than that a tile takes the cells
//! that it lies in: parts of strips, smaller by the power of two that the tile wants,
//! of which [`cells::KEPT_BYTES`] are kept.
//!
//! | file | holds |
//! |---|---|
//! | `png` | rows of a PNG from places where unpacking can go on |
//! | `jpeg` | rows of a JPEG: a part of its scan, by itself |
//! | `bits` | the scan of a JPEG bit by bit |
//! | `cells` | parts of strips, and those that are kept |
//! | `turned` | where a part of what is stored is once it stands upright |

mod bits;
mod cells;
mod jpeg;
mod png;
#[cfg(test)]
mod tests;
mod turned;

use super::decode::{self, Decoded, Header, Picture};
use super::pixels::Pixels;
use super::samples::Samples;
use super::{DocumentError, words};
use crate::format::mean::Mean;
use cells::Cells;
use image::metadata::Orientation;
use ipc::{Format, Tile};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// What a picture must take to be shown in this way, in bytes: below that it is
/// decoded at once, and everything after is faster.
pub(super) const HUGE_BYTES: u64 = 256 * 1024 * 1024;

/// Most pixels of one: at 100 million a second, which is what is decoded here, the
/// first pass over them stays within half a minute.
const MAX_PIXELS: u64 = 1 << 31;

/// The picture as a whole, smaller, in bytes.
const OVERVIEW_BYTES: u64 = 40 * 1024 * 1024;

/// Rows that are decoded at once for the small picture, as RGBA8, in bytes.
const BAND_BYTES: u64 = 4 * 1024 * 1024;

/// Rows that can be decoded alone.
trait Rows: Send + Sync {
    /// Rows of one strip; the last strip may have fewer.
    fn per_strip(&self) -> u32;

    /// Whether reading goes from row to row over their whole width: several who read
    /// at the same time would be in each other's way.
    fn is_in_order(&self) -> bool;

    /// By how much rows can be made smaller while they are read: `times`, or a whole
    /// number that divides it.
    fn shrinks(&self, times: u32) -> u32;

    /// The samples of these rows and columns, a pixel for each square of `factor` pixels
    /// a side; what is after the place where the file is damaged is empty.
    fn read(
        &self,
        rows: Range<u32>,
        columns: Range<u32>,
        factor: u32,
    ) -> Result<Samples, DocumentError>;

    /// Why there are no rows after some place.
    fn cut(&self) -> Option<String>;
}

/// How many pixels a span is when it is smaller.
fn smaller(span: &Range<u32>, times: u32) -> usize {
    (span.end.div_ceil(times) - span.start / times) as usize
}

/// The largest power of two that leaves as many pixels as are drawn.
fn times_within(smaller: f64) -> u32 {
    let mut times = 1;
    while f64::from(times * 2) <= smaller {
        times *= 2;
    }
    times
}

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
    cells: Cells,
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
        let rows: Box<dyn Rows> = match picture.format {
            Format::Png => Box::new(png::PngRows::open(picture.file, header)?),
            _ => Box::new(jpeg::JpegRows::open(picture.file, header)?),
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
            cells: Cells::default(),
        }
    }

    /// Rows of a tile for which no more than so many bytes are taken out of the picture;
    /// at least one.
    pub(super) fn rows_within(&self, tile: Tile, bytes: usize) -> usize {
        let (width, height) = self.upright_size();
        let (page_width, page_height) = tile.page_px();
        let across = f64::from(width) / f64::from(page_width);
        let down = f64::from(height) / f64::from(page_height);
        let rows = usize::from(tile.size().height_px());
        if across.min(down) >= f64::from(self.times) {
            return rows;
        }
        // Below two, as the next power of two is taken from there on.
        let times = f64::from(times_within(across.min(down)));
        let row = f64::from(tile.size().width_px()) * (across / times) * (down / times) * 4.0;
        ((bytes as f64 / row) as usize).clamp(1, rows.max(1))
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
        let times = times_within(smaller);
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
        let factor = self.rows.shrinks(self.times);
        let side = |side: u32| side.div_ceil(factor) as usize;
        let size = (side(self.width), side(self.height));
        let mut mean = Mean::new(size, 4, self.times / factor)?;
        let strip = self.strip_rows(self.times);
        let bytes = u64::from(strip) * u64::from(self.width) * 4 / u64::from(factor * factor);
        // Below, as there is no picture of so many strips.
        let step = strip.saturating_mul((BAND_BYTES / bytes.max(1)).clamp(1, 64) as u32);
        for first in (0..self.height).step_by(step as usize) {
            let rows = first..first.saturating_add(step).min(self.height);
            mean.add(&self.decoded(rows, 0..self.width, factor)?.rgba);
        }
        let side = |side: u32| side.div_ceil(self.times);
        let mut pixels = Pixels::new(side(self.width), side(self.height), mean.done())
            .ok_or_else(|| decode::damaged("its rows are too few"))?
            .upright(self.orientation);
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

    /// Part of the picture as it is shown, smaller by `factor`.
    fn decoded(
        &self,
        rows: Range<u32>,
        columns: Range<u32>,
        factor: u32,
    ) -> Result<Pixels, DocumentError> {
        let side = |span: &Range<u32>| u32::try_from(smaller(span, factor)).unwrap_or(u32::MAX);
        let size = (side(&columns), side(&rows));
        let samples = self.rows.read(rows, columns, factor)?;
        let header = Header {
            icc: self.icc.clone(),
            ..Header::new(size, samples.kind)
        };
        decode::shown(Decoded { samples, cut: None }, &header)
    }
}
