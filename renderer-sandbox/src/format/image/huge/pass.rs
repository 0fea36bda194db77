//! The first pass over a picture, of which a small one of the whole is made: band after
//! band, so that it can be shown while it grows.

use super::{Gather, Huge, Part};
use crate::format::DocumentError;
use crate::format::image::decode;
use crate::format::image::pixels::Pixels;
use crate::format::image::words;
use crate::format::mean::Mean;
use image::metadata::Orientation;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Rows that are decoded at once, as RGBA8 of the small picture, in bytes: 8 million
/// pixels of a picture of 510 million, an eighth of a second.
const BAND_BYTES: u64 = 512 * 1024;

/// How long the pass goes on before what there is by then is shown: often enough to be
/// seen growing, and a tile of 2 million pixels is drawn and copied in a tenth of it.
pub(super) const SLICE: Duration = Duration::from_millis(250);

/// A pass that is under way.
pub(super) struct Pass {
    mean: Mean,
    /// The first row that is not in it.
    row: u32,
}

impl Huge {
    /// The picture as a whole; made by whoever asks first.
    pub(super) fn overview(&self) -> Result<Arc<Pixels>, DocumentError> {
        if self.overview.get().is_none() {
            let mut pass = self.pass();
            match self.rows.is_gathered() {
                true if self.overview.get().is_some() => {}
                true => drop(self.gather(None, false)),
                false => self.go_on(&mut pass, |_| false),
            }
        }
        let none = || decode::damaged("its rows are too few");
        self.overview.get().cloned().ok_or_else(none)?
    }

    /// Goes on with the pass for a while, and shows what there is then; tells whether
    /// that is all.
    pub(in crate::format::image) fn early<T>(
        &self,
        show: impl FnOnce(&Part) -> T,
    ) -> Result<(T, bool), DocumentError> {
        self.early_within(SLICE, show)
    }

    pub(super) fn early_within<T>(
        &self,
        slice: Duration,
        show: impl FnOnce(&Part) -> T,
    ) -> Result<(T, bool), DocumentError> {
        let mut pass = self.pass();
        let end = Instant::now() + slice;
        if self.rows.is_gathered() {
            if self.overview.get().is_none()
                && let Some(rgba) = self.gather(Some(end), true)
            {
                return Ok((self.show_small(rgba, show)?, false));
            }
        } else {
            self.go_on(&mut pass, |_| Instant::now() >= end);
        }
        if let Some(pass) = &mut *pass {
            return Ok((pass.show(self, show)?, false));
        }
        drop(pass);
        let whole = self.whole_part(self.overview()?, self.times, (0, 0));
        Ok((show(&whole), true))
    }

    /// Goes on for a while with a pass that is under way, unless it is past a row; tells
    /// whether it is then. What is read twice would take twice as long.
    pub(super) fn has_passed(&self, row: u32) -> bool {
        let mut pass = self.pass();
        let end = Instant::now() + SLICE;
        if self.rows.is_gathered() {
            return self.overview.get().is_some() || self.gather(Some(end), false).is_none();
        }
        if pass.is_some() {
            self.go_on(&mut pass, |at| at >= row || Instant::now() >= end);
        }
        pass.as_ref().is_none_or(|pass| pass.row >= row)
    }

    fn pass(&self) -> MutexGuard<'_, Option<Pass>> {
        // After a panic rows may be missing, as in a damaged file.
        self.pass.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on until some time with a small picture of rows that come in no order; gives
    /// what there is of it, if that is not all.
    fn gather(&self, until: Option<Instant>, is_early: bool) -> Option<Vec<u8>> {
        let gather = Gather {
            times: self.times,
            until,
            is_early,
            shown: &|samples, size| self.as_shown(samples, size).map(|pixels| pixels.rgba),
        };
        let made = match self.rows.gather(&gather) {
            Ok((rgba, false)) => return Some(rgba),
            Ok((rgba, true)) => self.whole(rgba),
            Err(error) => Err(error),
        };
        // Whoever makes it holds the lock.
        let _ = self.overview.set(made);
        None
    }

    /// Goes on until the whole is there, or the next row is far enough.
    fn go_on(&self, pass: &mut Option<Pass>, is_enough: impl Fn(u32) -> bool) {
        if self.overview.get().is_some() {
            return;
        }
        let made = loop {
            match self.next_band(pass) {
                Ok(row) if row >= self.height => break self.finish(pass),
                Ok(row) if is_enough(row) => return,
                Ok(_) => {}
                Err(error) => break Err(error),
            }
        };
        *pass = None;
        // Whoever makes it holds the lock.
        let _ = self.overview.set(made);
    }

    /// The next row after that.
    fn next_band(&self, pass: &mut Option<Pass>) -> Result<u32, DocumentError> {
        let factor = self.rows.shrinks(self.times);
        let pass = match pass {
            Some(pass) => pass,
            None => {
                let side = |side: u32| side.div_ceil(factor) as usize;
                let size = (side(self.width), side(self.height));
                let mean = Mean::new(size, 4, self.times / factor)?;
                pass.insert(Pass { mean, row: 0 })
            }
        };
        let strip = self.strip_rows(self.times);
        let bytes = u64::from(strip) * u64::from(self.width) * 4 / u64::from(factor * factor);
        // Below, as there is no picture of so many strips.
        let step = strip.saturating_mul((BAND_BYTES / bytes.max(1)).clamp(1, 64) as u32);
        let end = pass.row.saturating_add(step).min(self.height);
        let band = self.decoded(pass.row..end, 0..self.width, factor)?;
        pass.mean.add(&band.rgba);
        pass.row = end;
        Ok(end)
    }

    fn finish(&self, pass: &mut Option<Pass>) -> Result<Arc<Pixels>, DocumentError> {
        let rgba = pass.take().map(|pass| pass.mean.done());
        self.whole(rgba.unwrap_or_default())
    }

    fn whole(&self, rgba: Vec<u8>) -> Result<Arc<Pixels>, DocumentError> {
        let side = |side: u32| side.div_ceil(self.times);
        let mut pixels = Pixels::new(side(self.width), side(self.height), rgba)
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
}

impl Huge {
    /// Shows what there is of a small picture.
    fn show_small<T>(
        &self,
        rgba: Vec<u8>,
        show: impl FnOnce(&Part) -> T,
    ) -> Result<T, DocumentError> {
        let side = |side: u32| side.div_ceil(self.times);
        let pixels = Pixels::new(side(self.width), side(self.height), rgba);
        let pixels = pixels
            .ok_or_else(|| decode::damaged("its rows are too few"))?
            .upright(self.orientation);
        Ok(show(&self.whole_part(Arc::new(pixels), self.times, (0, 0))))
    }
}

impl Pass {
    /// Shows what there is; rows that are not there are see-through.
    fn show<T>(&mut self, huge: &Huge, show: impl FnOnce(&Part) -> T) -> Result<T, DocumentError> {
        let side = |side: u32| side.div_ceil(huge.times);
        let (width, height) = (side(huge.width), side(huge.height));
        let none = || decode::damaged("its rows are too few");
        if huge.orientation != Orientation::NoTransforms {
            // Turning takes as much again: of a fourth of it.
            let rgba = every_second(self.mean.made(), width);
            let small = Pixels::new(width.div_ceil(2), height.div_ceil(2), rgba);
            let small = small.ok_or_else(none)?.upright(huge.orientation);
            return Ok(show(&huge.whole_part(
                Arc::new(small),
                huge.times * 2,
                (0, 0),
            )));
        }
        let pixels = Pixels::new(width, height, self.mean.lend()).ok_or_else(none)?;
        let part = huge.whole_part(Arc::new(pixels), huge.times, (0, 0));
        let shown = show(&part);
        let pixels = Arc::into_inner(part.pixels).ok_or_else(none)?;
        self.mean.take_back(pixels.rgba);
        Ok(shown)
    }
}

/// Every second pixel of every second row.
fn every_second(rgba: &[u8], width: u32) -> Vec<u8> {
    let rows = rgba.chunks_exact((width as usize * 4).max(1)).step_by(2);
    let pixels = rows.flat_map(|row| row.as_chunks::<4>().0.iter().step_by(2));
    pixels.flatten().copied().collect()
}
