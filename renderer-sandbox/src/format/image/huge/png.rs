//! Rows of a PNG from any strip on: while it is unpacked, places are kept from which
//! unpacking can go on.
//!
//! | file | holds |
//! |---|---|
//! | `shape` | what the header says of a row |
//! | `cursor` | rows as they are unpacked |
//! | `track` | places in them |
//! | `filter` | what was done to them before |
//! | `target` | rows as samples |
//! | `interlaced` | rows of seven pictures that make one |
//! | `steps` | which pixels each of the seven holds |
//! | `sums` | a small picture of those that have come |

mod cursor;
mod filter;
mod interlaced;
mod shape;
mod steps;
mod sums;
mod target;
mod track;

use super::Rows;
use super::window::{Content, Window};
use crate::format::DocumentError;
use crate::format::image::decode::{Header, damaged};
use crate::format::image::png;
use crate::format::image::samples::{Samples, zeroed};
use crate::format::image::words::undecodable;
use crate::format::mean::Mean;
use cursor::Cursor;
use interlaced::InterlacedRows;
use shape::Shape;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use target::Target;
use track::{PLACES_BYTES, Track};

/// One strip as RGBA8, in bytes.
const STRIP_BYTES: u64 = 4 * 1024 * 1024;

/// Longest row, in bytes: each place to go on from keeps one.
const MOST_ROW_BYTES: usize = 8 * 1024 * 1024;

pub(super) fn can(file: &[u8]) -> Result<(), &'static str> {
    match Shape::read(file) {
        Some(_) if png::chunks(file).any(|(kind, _)| &kind == b"acTL") => {
            Err("a picture that moves has to be decoded as a whole")
        }
        Some((shape, 0)) if shape.row_bytes() <= MOST_ROW_BYTES => Ok(()),
        Some((_, 0)) => Err("a PNG with rows of more than 8 MiB has to be decoded as a whole"),
        Some((shape, 1)) => interlaced::can(shape),
        _ => Err("a PNG of this kind has to be decoded as a whole"),
    }
}

/// The rows of a file.
pub(super) fn open(
    file: &'static [u8],
    content: Content<'static>,
    header: &Header,
) -> Result<Box<dyn Rows>, DocumentError> {
    let none = || damaged("its picture has no size");
    let (shape, interlaced) = Shape::read(file).ok_or_else(none)?;
    Ok(match interlaced {
        0 => Box::new(PngRows::open(file, content, (shape, header))),
        _ => Box::new(InterlacedRows::open(file, content, (shape, header))),
    })
}

/// Rows of a strip.
fn per_strip(shape: Shape) -> u32 {
    let rows = STRIP_BYTES / (u64::from(shape.width).max(1) * 4);
    u32::try_from(rows.clamp(16, 256) & !15).unwrap_or(16)
}

/// The rows of one file.
pub(super) struct PngRows {
    target: Target,
    per_strip: u32,
    state: Mutex<State>,
}

struct State {
    file: Window<'static>,
    track: Track,
    /// The first row that is not there, and why.
    cut: Option<(u32, String)>,
}

impl PngRows {
    fn open(
        file: &'static [u8],
        content: Content<'static>,
        (shape, header): (Shape, &Header),
    ) -> Self {
        let per_strip = per_strip(shape);
        let places = PLACES_BYTES / Cursor::bytes(shape);
        let places = u32::try_from(places).unwrap_or(1).max(1);
        let strips = shape.height.div_ceil(per_strip).div_ceil(places).max(1);
        let between = strips.saturating_mul(per_strip);
        Self {
            target: Target::new(file, shape, header.kind),
            per_strip,
            state: Mutex::new(State {
                file: Window::new(content),
                track: Track::new(Cursor::start(shape), between),
                cut: None,
            }),
        }
    }

    /// Unpacks rows, and hands those that are wanted on, from the first to the last or
    /// to where the file is damaged.
    fn rows(&self, wanted: &Range<u32>, mut take: impl FnMut(&[u8])) -> Result<(), DocumentError> {
        let mut state = self.lock();
        state.track.go_near(wanted.start);
        let mut row = vec![0; self.target.shape.row_bytes()];
        while state.track.cursor.row < wanted.end {
            let here = state.track.cursor.row;
            if state.cut.as_ref().is_some_and(|(cut, _)| here >= *cut) {
                break;
            }
            state.track.keep_place();
            let State { file, track, .. } = &mut *state;
            match track.cursor.next(file, self.target.shape, &mut row) {
                Ok(()) if here < wanted.start => {}
                Ok(()) => take(&row),
                Err(why) => state.cut = Some((here, why)),
            }
        }
        let State { file, track, cut } = &mut *state;
        let height = self.target.shape.height;
        if cut.is_none()
            && track.cursor.row == height
            && let Err(why) = track.cursor.end(file)
        {
            // All rows are there, and something in them is not as it was.
            *cut = Some((height, why));
        }
        match &state.cut {
            Some((0, why)) => Err(damaged(&undecodable(why))),
            _ => Ok(()),
        }
    }

    /// Pixels as they are stored.
    fn full(&self, rows: &Range<u32>, columns: &Range<u32>) -> Result<Vec<u8>, DocumentError> {
        let pixel = self.target.kind.pixel_bytes();
        let mut all = vec![0; self.target.shape.width as usize * pixel];
        let row_bytes = columns.len() * pixel;
        let mut bytes = zeroed(row_bytes as u64 * rows.len() as u64)?;
        let mut targets = bytes.chunks_exact_mut(row_bytes.max(1));
        let skip = columns.start as usize * pixel;
        self.rows(rows, |row| {
            let Some(target) = targets.next() else {
                return;
            };
            if target.len() == all.len() {
                return self.target.lay_out(row, target);
            }
            self.target.lay_out(row, &mut all);
            if let Some(part) = all.get(skip..skip + row_bytes) {
                target.copy_from_slice(part);
            }
        })?;
        Ok(bytes)
    }

    /// Fewer pixels, each for a square of `factor` pixels a side.
    fn shrunk(
        &self,
        rows: &Range<u32>,
        columns: &Range<u32>,
        (factor, channels): (u32, usize),
    ) -> Result<Vec<u8>, DocumentError> {
        let mut mean = Mean::new((columns.len(), rows.len()), channels, factor)?;
        let part = columns.start as usize * channels..columns.end as usize * channels;
        let mut there = 0;
        self.rows(rows, |row| {
            mean.add(row.get(part.clone()).unwrap_or_default());
            there += 1;
        })?;
        let samples = mean.done();
        let wide = super::smaller(columns, factor);
        let there = super::smaller(&(0..there), factor);
        let row_bytes = wide * self.target.kind.pixel_bytes();
        let mut bytes = zeroed((row_bytes * super::smaller(rows, factor)) as u64)?;
        let stored = samples.chunks_exact((wide * channels).max(1)).take(there);
        for (target, row) in bytes.chunks_exact_mut(row_bytes.max(1)).zip(stored) {
            self.target.lay_out(row, target);
        }
        Ok(bytes)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A place that is half changed would be seen: it is cloned before it is used.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rows for PngRows {
    fn per_strip(&self) -> u32 {
        self.per_strip
    }

    fn is_in_order(&self) -> bool {
        true
    }

    fn shrinks(&self, times: u32) -> u32 {
        match self.target.plain() {
            Some(_) => times,
            None => 1,
        }
    }

    fn read(
        &self,
        rows: Range<u32>,
        columns: Range<u32>,
        factor: u32,
    ) -> Result<Samples, DocumentError> {
        let bytes = match self.target.plain() {
            Some(channels) if factor > 1 => self.shrunk(&rows, &columns, (factor, channels))?,
            _ => self.full(&rows, &columns)?,
        };
        Ok(Samples {
            bytes,
            kind: self.target.kind,
        })
    }

    fn cut(&self) -> Option<String> {
        self.lock().cut.as_ref().map(|(_, why)| why.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::can;

    /// A header alone, of grey with 8 bits.
    fn file(width: u32, interlaced: u8) -> Vec<u8> {
        let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        file.extend(width.to_be_bytes());
        file.extend(1_u32.to_be_bytes());
        file.extend([8, 0, 0, 0, interlaced]);
        file.extend([0; 4]);
        file
    }

    #[test]
    fn rows_that_no_place_can_keep_are_refused() {
        assert!(can(&file(1 << 20, 0)).is_ok());
        for interlaced in [0, 1] {
            let refusal = can(&file(u32::MAX >> 1, interlaced));
            assert!(refusal.unwrap_err().contains("as a whole"));
        }
    }
}
