//! Scans that say something of the same coefficients, read side by side: each makes
//! better what those before it left.

use super::band::{Band, Holds};
use super::layer::{Layer, Place};
use crate::format::image::huge::jpeg::layout::Layout;
use crate::format::image::huge::window::Window;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The scans of the means, those of everything else of a component, or one of all of
/// some components.
pub(super) struct Group {
    layers: Vec<Layer>,
    components: Vec<usize>,
    holds: Holds,
    /// There are no more rows than it has.
    is_first: bool,
    /// Blocks of blocks between two places that are kept.
    step: u32,
    known: Mutex<Known>,
}

struct Known {
    rows: u32,
    lanes: Vec<Lane>,
    /// A scan of the first ends here: there are no more rows.
    is_over: bool,
}

/// What is known of a scan.
#[derive(Clone)]
struct Lane {
    /// Where its next row begins; `None` where it cannot be read any more.
    next: Option<Place>,
    /// Of each row and each of its lines, every so many blocks of blocks.
    places: Vec<Place>,
}

impl Group {
    pub(super) fn new(layers: Vec<Layer>, step: u32, is_first: bool) -> Self {
        let lane = |layer: &Layer| Lane {
            next: Some(layer.start()),
            places: Vec::new(),
        };
        let all = layers.iter().flat_map(|layer| &layer.components);
        let mut components: Vec<usize> = all.map(|part| part.component).collect();
        components.sort_unstable();
        components.dedup();
        Self {
            known: Mutex::new(Known {
                rows: 0,
                lanes: layers.iter().map(lane).collect(),
                is_over: false,
            }),
            holds: match layers.first() {
                Some(layer) if layer.first == 0 && layer.last == 0 => Holds::Means,
                Some(layer) if layer.first == 0 => Holds::All,
                _ => Holds::Rest,
            },
            is_first,
            components,
            layers,
            step,
        }
    }

    pub(super) fn scans(&self) -> usize {
        self.layers.len()
    }

    pub(super) fn is_first(&self) -> bool {
        self.is_first
    }

    /// Makes a band ready for one more row of it.
    pub(super) fn clear(&self, band: &mut Band) {
        band.clear(&self.components, self.holds);
    }

    /// Rows of which places are known.
    pub(super) fn rows(&self) -> u32 {
        self.lock().rows
    }

    pub(super) fn is_cut(&self) -> bool {
        self.lock().lanes.iter().any(|lane| lane.next.is_none())
    }

    /// Gets to know one more row, if it is this one; tells whether rows go on.
    pub(super) fn learn(
        &self,
        layout: &Layout<'_>,
        row: u32,
        band: &mut Band,
        windows: &mut [Window<'_>],
    ) -> bool {
        let mut known = self.lock();
        known.rows != row || self.next_row(&mut known, layout, band, windows).is_some()
    }

    /// Reads a row into a band, which is as wide as the picture where the row is not
    /// known; `None` where there is none.
    pub(super) fn read(
        &self,
        layout: &Layout<'_>,
        row: u32,
        band: &mut Band,
        windows: &mut [Window<'_>],
    ) -> Option<()> {
        let mut known = self.lock();
        if known.rows == row {
            return self.next_row(&mut known, layout, band, windows);
        }
        if known.rows < row {
            return None;
        }
        let mut places = Vec::new();
        for (layer, lane) in self.layers.iter().zip(&known.lanes) {
            let start = self.place(layer, layout, (row, 0), band.columns.start);
            let each = self.per_line(layout) as usize;
            let lines = lane.places.get(start..).unwrap_or_default();
            let lines = lines.iter().step_by(each.max(1));
            // None of a scan that ended before.
            let lines = lines.take(layer.lines(layout, row) as usize);
            places.push(lines.copied().collect::<Vec<Place>>());
        }
        drop(known);
        for ((layer, lines), window) in self.layers.iter().zip(places).zip(windows) {
            for (line, mut place) in (0..).zip(lines) {
                let columns = band.columns.clone();
                let band = (layout, &mut *band);
                layer.line(band, &mut place, (line, columns), window, |_, _| {})?;
            }
        }
        Some(())
    }

    /// The first row that is not known yet, over its whole width.
    fn next_row(
        &self,
        known: &mut Known,
        layout: &Layout<'_>,
        band: &mut Band,
        windows: &mut [Window<'_>],
    ) -> Option<()> {
        while !known.is_over {
            let broken = self.all_lanes(known, layout, band, windows);
            let Some(broken) = broken else {
                known.rows += 1;
                return Some(());
            };
            // Those behind it say how what it should have left becomes better.
            let begins = self.layers.get(broken).is_none_or(|layer| !layer.refines);
            known.is_over = self.is_first && begins;
            for lane in known.lanes.iter_mut().skip(broken) {
                lane.next = None;
            }
            self.clear(band);
        }
        None
    }

    /// Reads a row of all scans; tells which one is broken there.
    fn all_lanes(
        &self,
        known: &mut Known,
        layout: &Layout<'_>,
        band: &mut Band,
        windows: &mut [Window<'_>],
    ) -> Option<usize> {
        let row = known.rows;
        let mut read = Vec::new();
        let both = self.layers.iter().zip(&known.lanes).zip(windows);
        for (number, ((layer, lane), window)) in both.enumerate() {
            let mut places = Vec::new();
            let mut next = lane.next;
            if let Some(place) = &mut next {
                for line in 0..layer.lines(layout, row) {
                    let keep = |column: u32, place: &Place| {
                        if column.is_multiple_of(self.step) {
                            places.push(*place);
                        }
                    };
                    let columns = band.columns.clone();
                    let band = (layout, &mut *band);
                    let walked = layer.line(band, place, (line, columns), window, keep);
                    if walked.is_none() {
                        return Some(number);
                    }
                }
            }
            read.push((next, places));
        }
        for (lane, (next, mut places)) in known.lanes.iter_mut().zip(read) {
            lane.next = next;
            lane.places.append(&mut places);
        }
        None
    }

    /// Places that are kept of a line.
    fn per_line(&self, layout: &Layout<'_>) -> u32 {
        layout.across().div_ceil(self.step)
    }

    /// Where the place of a line and a column is among those of a scan.
    fn place(
        &self,
        layer: &Layer,
        layout: &Layout<'_>,
        (row, line): (u32, u32),
        column: u32,
    ) -> usize {
        let lines = u64::from(row) * u64::from(layer.most_lines(layout)) + u64::from(line);
        let before = lines * u64::from(self.per_line(layout));
        (before + u64::from(column / self.step)) as usize
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // After a panic a row may be known of some scans alone: they are read from there.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
