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
//! | `pass` | the one pass, and what is shown while it goes on |
//! | `cells` | parts of strips, and those that are kept |
//! | `skeleton` | what stands around the rows of a file |
//! | `turned` | where a part of what is stored is once it stands upright |
//! | `window` | bytes of a file as they are needed |

mod bits;
mod cells;
mod jpeg;
mod pass;
mod png;
pub(super) mod skeleton;
#[cfg(test)]
mod tests;
mod turned;
pub(super) mod window;

pub(super) use jpeg::together;

use super::DocumentError;
use super::decode::{self, Decoded, Header, Picture};
use super::pixels::Pixels;
use super::samples::Samples;
use cells::Cells;
use image::metadata::Orientation;
use ipc::{Format, Tile};
use pass::Pass;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;
use window::Content;

/// Most pixels of one: at 100 million a second, which is what is decoded here, the
/// first pass over them stays within half a minute.
const MAX_PIXELS: u64 = 1 << 31;

/// The picture as a whole, smaller, in bytes.
const OVERVIEW_BYTES: u64 = 40 * 1024 * 1024;

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

    /// Goes on until some time with finding what rows are read from; tells whether that
    /// is found.
    fn is_found(&self, _until: Instant) -> bool {
        true
    }

    /// Goes on until some time with what has to be known to read rows before this one
    /// closely; tells whether it is known.
    fn reach(&self, _row: u32, _until: Instant) -> bool {
        true
    }

    /// Whether rows come in no order, so that the small picture is made of all of them at
    /// once, and they can be read when it is there.
    fn is_gathered(&self) -> bool {
        false
    }

    /// Goes on with that small picture: what there is of it as it is shown, RGBA8, and
    /// whether that is all.
    fn gather(&self, _: &Gather<'_>) -> Result<(Vec<u8>, bool), DocumentError> {
        Err(decode::damaged("its rows come in order"))
    }
}

/// How a small picture is made of rows that come in no order.
struct Gather<'s> {
    /// Pixels across and down that become one.
    times: u32,
    until: Option<Instant>,
    /// Whether it is wanted before it is whole.
    is_early: bool,
    /// Samples of a picture of so many pixels as they are shown.
    shown: &'s dyn Fn(Samples, (u32, u32)) -> Result<Vec<u8>, DocumentError>,
}

/// How many pixels a span is when it is smaller.
fn smaller(span: &Range<u32>, times: u32) -> usize {
    (span.end.div_ceil(times) - span.start / times) as usize
}

/// How many pixels across and down of a picture are one of the small one.
fn times_of(width: u32, height: u32) -> u32 {
    let side = |side: u32, times: u32| u64::from(side.div_ceil(times));
    let mut times = 2;
    while side(width, times) * side(height, times) * 4 > OVERVIEW_BYTES {
        times *= 2;
    }
    times
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
    /// What becomes of it, while it is made.
    pass: Mutex<Option<Pass>>,
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
    /// A picture with its header, or its skeleton; rows are read from `content`.
    pub(super) fn open(
        picture: Picture<'static>,
        content: Content<'static>,
        header: &Header,
    ) -> Result<Self, DocumentError> {
        let file = picture.file;
        let rows: Box<dyn Rows> = match picture.format {
            Format::Png => png::open(file, content, header)?,
            _ => Box::new(jpeg::JpegRows::open(file, content, header)?),
        };
        Ok(Self::with(rows, header))
    }

    fn with(rows: Box<dyn Rows>, header: &Header) -> Self {
        Self {
            width: header.width,
            height: header.height,
            orientation: header.orientation,
            icc: header.icc.clone(),
            rows,
            times: times_of(header.width, header.height),
            overview: OnceLock::new(),
            pass: Mutex::default(),
            cells: Cells::default(),
        }
    }

    /// Pixels of the picture to one of the page, across and down.
    fn scale(&self, tile: Tile) -> (f64, f64) {
        let (width, height) = self.upright_size();
        let (page_width, page_height) = tile.page_px();
        (
            f64::from(width) / f64::from(page_width),
            f64::from(height) / f64::from(page_height),
        )
    }

    /// Whether a tile is drawn from the small picture.
    pub(super) fn is_far(&self, tile: Tile) -> bool {
        let (across, down) = self.scale(tile);
        across.min(down) >= f64::from(self.times)
    }

    /// Whether the rows of a tile are behind the first pass, or it is not under way. It
    /// goes on for a while to get there.
    pub(super) fn is_near(&self, tile: Tile) -> bool {
        let (left, top, right, bottom) = self.seen(tile);
        let row = self.stored((left, top, right, bottom)).3;
        self.has_passed(row) && self.rows.reach(row, Instant::now() + pass::SLICE)
    }

    /// Whether it is known where rows are. It goes on for a while to get there.
    pub(super) fn is_found(&self) -> bool {
        self.rows.is_found(Instant::now() + pass::SLICE)
    }

    /// Rows of a tile for which no more than so many bytes are taken out of the picture;
    /// at least one.
    pub(super) fn rows_within(&self, tile: Tile, bytes: usize) -> usize {
        let (across, down) = self.scale(tile);
        let rows = usize::from(tile.size().height_px());
        if self.is_far(tile) {
            return rows;
        }
        // Below two, as the next power of two is taken from there on.
        let times = f64::from(times_within(across.min(down)));
        let row = f64::from(tile.size().width_px()) * (across / times) * (down / times) * 4.0;
        ((bytes as f64 / row) as usize).clamp(1, rows.max(1))
    }

    /// What a tile is drawn from.
    pub(super) fn part(&self, tile: Tile) -> Result<Part, DocumentError> {
        if self.is_far(tile) {
            let pixels = self.overview()?;
            return Ok(self.whole_part(pixels, self.times, (0, 0)));
        }
        if self.rows.is_gathered() {
            self.overview()?;
        }
        let (across, down) = self.scale(tile);
        self.region(self.seen(tile), times_within(across.min(down)))
    }

    /// The part of the upright picture that a tile is drawn from: left, top, right, bottom.
    fn seen(&self, tile: Tile) -> (u32, u32, u32, u32) {
        let (width, height) = self.upright_size();
        let (across, down) = self.scale(tile);
        let times = times_within(across.min(down));
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
        (left, top, right, bottom)
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

    /// What is known of it already.
    pub(super) fn peek(&self) -> Option<&Pixels> {
        self.overview.get()?.as_ref().ok().map(|pixels| &**pixels)
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
        self.as_shown(samples, size)
    }

    fn as_shown(&self, samples: Samples, size: (u32, u32)) -> Result<Pixels, DocumentError> {
        let header = Header {
            icc: self.icc.clone(),
            ..Header::new(size, samples.kind)
        };
        decode::shown(Decoded { samples, cut: None }, &header)
    }
}
