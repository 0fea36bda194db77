//! Rows of an interlaced PNG, which comes as seven pictures one after the other: all of
//! it is unpacked once, for the small picture of the whole and for places in each of the
//! seven. A row is then put together of those of them that have a part of it.

use super::cursor::Cursor;
use super::shape::Shape;
use super::steps::{STEPS, Step};
use super::sums::{self, Sums};
use super::target::Target;
use super::track::{PLACES_BYTES, Track};
use crate::format::DocumentError;
use crate::format::image::decode::{Header, damaged};
use crate::format::image::huge::window::{Content, Window};
use crate::format::image::huge::{Gather, Rows, times_of};
use crate::format::image::samples::{Samples, zeroed};
use crate::format::image::words::undecodable;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Rows that are turned into colours at once, as samples, in bytes.
const BATCH_BYTES: usize = 1024 * 1024;

/// Longest row, in bytes: 14 places have one each at least.
const MOST_ROW_BYTES: usize = 1024 * 1024;

pub(super) fn can(shape: Shape) -> Result<(), &'static str> {
    let times = times_of(shape.width, shape.height);
    let fits = sums::can(shape.width, shape.height, times);
    match fits && shape.row_bytes() <= MOST_ROW_BYTES {
        true => Ok(()),
        false => Err("an interlaced PNG of such a shape has to be decoded as a whole"),
    }
}

/// The rows of one file.
pub(super) struct InterlacedRows {
    target: Target,
    per_strip: u32,
    /// The seven, each with the rows between two places in it.
    pictures: [(Step, Shape, u32); 7],
    state: Mutex<State>,
}

struct State {
    file: Window<'static>,
    /// Of those of the seven that were come to.
    tracks: Vec<Track>,
    /// `None` once it is over.
    sweep: Option<Sweep>,
    cut: Option<Cut>,
}

/// The first row that is not there, in which of the seven, and why.
struct Cut {
    number: usize,
    row: u32,
    why: String,
}

/// The one time that all of it is unpacked.
struct Sweep {
    cursor: Cursor,
    /// In which of the seven it is.
    number: usize,
    sums: Sums,
}

impl InterlacedRows {
    pub(super) fn open(
        file: &'static [u8],
        content: Content<'static>,
        (shape, header): (Shape, &Header),
    ) -> Self {
        let shapes = STEPS.map(|step| (step, step.shape(shape)));
        // As many bytes are between two places in each of them.
        let taken = shapes.map(|(_, shape)| {
            let bytes = u64::from(shape.height) * (shape.row_bytes() as u64 + 1);
            bytes.saturating_mul(Cursor::bytes(shape) as u64)
        });
        let all = taken
            .iter()
            .fold(0, |all: u64, one| all.saturating_add(*one));
        let each = all / PLACES_BYTES as u64;
        let pictures = shapes.map(|(step, shape)| {
            let rows = each / (shape.row_bytes() as u64 + 1);
            let between = u32::try_from(rows).unwrap_or(u32::MAX).max(1);
            (step, shape, between)
        });
        Self {
            target: Target::new(file, shape, header.kind),
            per_strip: super::per_strip(shape),
            pictures,
            state: Mutex::new(State {
                file: Window::new(content),
                tracks: Vec::new(),
                sweep: None,
                cut: None,
            }),
        }
    }

    /// Begins the sweep where that is to be done.
    fn begin(&self, state: &mut State, times: u32) -> Result<Sweep, DocumentError> {
        if let Some(sweep) = state.sweep.take() {
            return Ok(sweep);
        }
        let [(_, first, _), ..] = self.pictures;
        let channels = self.target.plain().unwrap_or(4);
        state.tracks.clear();
        Ok(Sweep {
            cursor: Cursor::start(first),
            number: 0,
            sums: Sums::new(self.target.shape, channels, times)?,
        })
    }

    /// Goes on with the sweep until some time; tells whether it is over.
    fn go_on(
        &self,
        state: &mut State,
        sweep: &mut Sweep,
        gather: &Gather<'_>,
    ) -> Result<bool, DocumentError> {
        while let Some((_, shape, between)) = self.pictures.get(sweep.number).copied() {
            if state.tracks.len() == sweep.number {
                sweep.cursor.begin(shape);
                let track = Track::new(sweep.cursor.clone(), between);
                state.tracks.push(track);
            }
            self.batch(state, sweep, (shape, between), gather)?;
            if state.cut.is_some() {
                break;
            }
            if sweep.cursor.row >= shape.height {
                sweep.number += 1;
                if sweep.number == STEPS.len()
                    && let Err(why) = sweep.cursor.end(&mut state.file)
                {
                    // All of the seven are there, and something is not as it was.
                    let (number, row) = (STEPS.len(), 0);
                    state.cut = Some(Cut { number, row, why });
                }
            }
            if gather.until.is_some_and(|until| Instant::now() >= until) {
                return Ok(sweep.number == STEPS.len());
            }
        }
        Ok(true)
    }

    /// Unpacks some rows of one of the seven, and adds them up.
    fn batch(
        &self,
        state: &mut State,
        sweep: &mut Sweep,
        (shape, between): (Shape, u32),
        gather: &Gather<'_>,
    ) -> Result<(), DocumentError> {
        let is_plain = self.target.plain().is_some();
        let mut row = vec![0; shape.row_bytes()];
        let row_bytes = shape.width as usize * self.target.kind.pixel_bytes();
        let most = (BATCH_BYTES / row_bytes.max(1)).clamp(1, 4096);
        let mut samples = Vec::new();
        for _ in 0..most {
            if sweep.cursor.row >= shape.height {
                break;
            }
            if sweep.cursor.row.is_multiple_of(between)
                && let Some(track) = state.tracks.last_mut()
            {
                track.keep(&sweep.cursor);
            }
            let here = sweep.cursor.row;
            if let Err(why) = sweep.cursor.next(&mut state.file, shape, &mut row) {
                state.cut = Some(Cut {
                    number: sweep.number,
                    row: here,
                    why,
                });
                break;
            }
            if is_plain {
                sweep.sums.add(sweep.number, &row);
            } else {
                let start = samples.len();
                samples.resize(start + row_bytes, 0);
                let target = samples.get_mut(start..).unwrap_or_default();
                self.target.lay_out(&row, target);
            }
        }
        let rows = samples.len() / row_bytes.max(1);
        if rows > 0 {
            let samples = Samples {
                bytes: samples,
                kind: self.target.kind,
            };
            let rgba = (gather.shown)(samples, (shape.width, rows as u32))?;
            for row in rgba.chunks_exact(shape.width as usize * 4) {
                sweep.sums.add(sweep.number, row);
            }
        }
        Ok(())
    }

    /// What there is of the small picture, as it is shown.
    fn small(&self, sums: &Sums, gather: &Gather<'_>) -> Result<Vec<u8>, DocumentError> {
        let means = sums.means()?;
        let Some(channels) = self.target.plain() else {
            return Ok(means);
        };
        let kind = self.target.kind;
        let (wide, high) = sums.size();
        let pixels = wide as usize * high as usize;
        let mut bytes = zeroed((pixels * kind.pixel_bytes()) as u64)?;
        let rows = bytes.chunks_exact_mut((wide as usize * kind.pixel_bytes()).max(1));
        let means = means.chunks_exact((wide as usize * channels).max(1));
        for (row, means) in rows.zip(means) {
            self.target.lay_out(means, row);
        }
        let mut rgba = (gather.shown)(Samples { bytes, kind }, (wide, high))?;
        let there = sums.there() * wide as usize * 4;
        rgba.get_mut(there..).unwrap_or_default().fill(0);
        Ok(rgba)
    }

    /// Lays what one of the seven has of some rows and columns into `target`.
    fn lay(
        &self,
        number: usize,
        (rows, columns): (&Range<u32>, &Range<u32>),
        state: &mut State,
        target: &mut [u8],
    ) {
        let Some((step, shape, _)) = self.pictures.get(number).copied() else {
            return;
        };
        let State {
            file, tracks, cut, ..
        } = state;
        let Some(track) = tracks.get_mut(number) else {
            return;
        };
        let pixel = self.target.kind.pixel_bytes();
        let wanted = step.rows(rows);
        let mut end = wanted.end.min(shape.height);
        match cut {
            Some(cut) if number > cut.number => return,
            Some(cut) if number == cut.number => end = end.min(cut.row),
            _ => {}
        }
        if wanted.start >= end {
            return;
        }
        track.go_near(wanted.start);
        let mut row = vec![0; shape.row_bytes()];
        let mut all = vec![0; shape.width as usize * pixel];
        while track.cursor.row < end {
            let here = track.cursor.row;
            if track.cursor.next(file, shape, &mut row).is_err() {
                return;
            }
            if here < wanted.start {
                continue;
            }
            self.target.lay_out(&row, &mut all);
            let top = step.top + here * step.down - rows.start;
            // Nothing comes after it where the file is damaged: it stands for more.
            let (wide, high) = match cut {
                Some(_) => (step.wide, step.high),
                None => (1, 1),
            };
            let lines = top..(top + high).min(rows.len() as u32);
            for line in lines {
                let start = line as usize * columns.len() * pixel;
                let line = target.get_mut(start..).unwrap_or_default();
                let line = line.get_mut(..columns.len() * pixel).unwrap_or_default();
                scatter((step, wide), (columns, pixel), &all, line);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A place that is half changed would be seen; a sweep begins anew.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts pixels of a row of one of the seven where they are in a line of the picture, each
/// as wide as it stands for.
fn scatter(
    (step, wide): (Step, u32),
    (columns, pixel): (&Range<u32>, usize),
    row: &[u8],
    line: &mut [u8],
) {
    let here = step.columns(columns);
    let pixels = row.chunks_exact(pixel.max(1)).skip(here.start as usize);
    for (number, from) in here.zip(pixels) {
        let left = (step.left + number * step.across - columns.start) as usize;
        let to = line.get_mut(left * pixel..).unwrap_or_default();
        let to = to.chunks_exact_mut(pixel.max(1)).take(wide as usize);
        to.for_each(|to| to.copy_from_slice(from));
    }
}

impl Rows for InterlacedRows {
    fn per_strip(&self) -> u32 {
        self.per_strip
    }

    fn is_in_order(&self) -> bool {
        true
    }

    fn shrinks(&self, _: u32) -> u32 {
        1
    }

    fn read(
        &self,
        rows: Range<u32>,
        columns: Range<u32>,
        _: u32,
    ) -> Result<Samples, DocumentError> {
        let kind = self.target.kind;
        let pixels = rows.len() as u64 * columns.len() as u64;
        let mut bytes = zeroed(pixels * kind.pixel_bytes() as u64)?;
        let mut state = self.lock();
        for number in 0..STEPS.len() {
            self.lay(number, (&rows, &columns), &mut state, &mut bytes);
        }
        Ok(Samples { bytes, kind })
    }

    fn cut(&self) -> Option<String> {
        self.lock().cut.as_ref().map(|cut| cut.why.clone())
    }

    fn is_gathered(&self) -> bool {
        true
    }

    fn gather(&self, gather: &Gather<'_>) -> Result<(Vec<u8>, bool), DocumentError> {
        let mut state = self.lock();
        let mut sweep = self.begin(&mut state, gather.times)?;
        let is_over = self.go_on(&mut state, &mut sweep, gather)?;
        if let Some(Cut {
            number: 0,
            row: 0,
            why,
        }) = &state.cut
        {
            return Err(damaged(&undecodable(why)));
        }
        let small = match is_over || gather.is_early {
            true => self.small(&sweep.sums, gather)?,
            false => Vec::new(),
        };
        if !is_over {
            state.sweep = Some(sweep);
        }
        Ok((small, is_over))
    }
}
