//! Rows of a picture that comes in several scans: of a progressive one each makes all of it
//! better, of others each has some of its components. They are read side by side, a row of blocks of blocks at a time, each from its own
//! place in the file: of coefficients no more than those of a row are held. What they
//! come to is handed on as if it had come in one scan.
//!
//! | file | holds |
//! |---|---|
//! | `search` | where the scans are, and what they say of themselves |
//! | `layer` | one scan |
//! | `group` | scans that depend on each other, and places in them |
//! | `band` | coefficients of a row |

mod band;
mod group;
mod layer;
mod search;

use super::blocks::Windows;
use super::copy::Copy;
use super::layout::{Layout, UNUSUAL};
use super::scan::Sink;
use crate::format::image::huge::window::{Content, Window};
use band::Band;
use group::Group;
use layer::{Layer, Place};
use search::{Found, Search};
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

/// What is kept of places to go on from, in bytes: of 30,000 × 17,000 pixels in ten scans
/// every 128 blocks of blocks, 10 MB.
const PLACES_BYTES: u64 = 14 * 1024 * 1024;

/// Blocks of blocks between two of them, where that is not too much.
const STEP: u32 = 128;

const TOO_MUCH: &str = "it has more scans than places in them can be kept";

/// A picture whose scans are found when they are needed.
pub(super) struct Progressive {
    layout: Layout<'static>,
    content: Content<'static>,
    search: Mutex<Option<Search<'static>>>,
    layers: OnceLock<Result<Layers, &'static str>>,
}

impl Progressive {
    pub(super) fn new(layout: Layout<'static>, content: Content<'static>) -> Self {
        Self {
            search: Mutex::new(None),
            layers: OnceLock::new(),
            layout,
            content,
        }
    }

    pub(super) fn layers(&self) -> Result<&Layers, &'static str> {
        while !self.look(None) {}
        match self.layers.get() {
            Some(Ok(layers)) => Ok(layers),
            Some(Err(why)) => Err(why),
            None => Err(UNUSUAL),
        }
    }

    /// Looks for scans until some time; tells whether all that is over.
    pub(super) fn look(&self, until: Option<Instant>) -> bool {
        if self.layers.get().is_some() {
            return true;
        }
        // After a panic it begins anew.
        let mut search = self.search.lock().unwrap_or_else(PoisonError::into_inner);
        if self.layers.get().is_some() {
            return true;
        }
        let mut now = search
            .take()
            .unwrap_or_else(|| Search::new(self.layout.clone(), self.content));
        let found = match now.go_on(until) {
            Ok(false) => {
                *search = Some(now);
                return false;
            }
            Ok(true) => now.found(),
            Err(why) => Err(why),
        };
        let layers = found.and_then(|found| {
            let step = step(&found.layout, &found.layers, PLACES_BYTES)?;
            Layers::new(found, self.content, step)
        });
        // Whoever looks holds the lock.
        let _ = self.layers.set(layers);
        true
    }

    /// Goes on until some time to be able to read pixels before this row soon; tells
    /// whether they can be.
    pub(super) fn reach(&self, row: u32, until: Instant) -> bool {
        if !self.look(Some(until)) {
            return false;
        }
        let Some(Ok(layers)) = self.layers.get() else {
            return true;
        };
        // Colours are smoothed with those of the blocks beside.
        layers.reach(row.div_ceil(self.layout.block_px().1) + 1, until)
    }
}

/// Whether all scans of a file that is held, or of its skeleton, can be read.
pub(super) fn can(layout: Layout<'_>, file: &[u8]) -> Result<(), &'static str> {
    let mut search = Search::new(layout, Content::Held(file));
    search.go_on(None)?;
    let found = search.found()?;
    step(&found.layout, &found.layers, PLACES_BYTES).map(drop)
}

/// All scans of a picture.
pub(super) struct Layers {
    pub(super) layout: Layout<'static>,
    content: Content<'static>,
    groups: Vec<Group>,
    scans: usize,
    step: u32,
    is_whole: bool,
}

impl Layers {
    fn new(
        found: Found<'static>,
        content: Content<'static>,
        step: u32,
    ) -> Result<Self, &'static str> {
        let Found {
            mut layout,
            layers,
            is_whole,
        } = found;
        let scans = layers.len();
        with_own_codes(&mut layout)?;
        Ok(Self {
            groups: groups(&layout, layers, step),
            layout,
            content,
            scans,
            step,
            is_whole,
        })
    }

    /// For reading the scans; each who reads has some.
    pub(super) fn windows(&self) -> Windows {
        let window = || Window::one_of(self.content, self.scans);
        let of = |group: &Group| std::iter::repeat_with(window).take(group.scans()).collect();
        Windows {
            each: self.groups.iter().map(of).collect(),
        }
    }

    /// How many rows of blocks there are up to this one; means are read that far.
    pub(super) fn rows_until(&self, end: u32, windows: &mut Windows) -> u32 {
        let end = end.min(self.layout.rows());
        let means = self.groups.first().zip(windows.each.first_mut());
        means.map_or(0, |(group, windows)| {
            self.learn(group, end, windows, None);
            group.rows().min(end)
        })
    }

    /// Whether a scan ends before all rows, as far as is known.
    pub(super) fn is_cut(&self) -> bool {
        !self.is_whole || self.groups.iter().any(Group::is_cut)
    }

    /// Gets to know rows before this one until some time; tells whether they are known.
    fn reach(&self, end: u32, until: Instant) -> bool {
        let end = end.min(self.layout.rows());
        let mut windows = self.windows();
        let mut groups = self.groups.iter().zip(&mut windows.each);
        groups.all(|(group, windows)| self.learn(group, end, windows, Some(until)))
    }

    /// Gets to know rows of a group, until some time; tells whether they are known, or
    /// there are none.
    fn learn(
        &self,
        group: &Group,
        end: u32,
        windows: &mut [Window<'static>],
        until: Option<Instant>,
    ) -> bool {
        let mut band = None;
        loop {
            let row = group.rows();
            if row >= end {
                return true;
            }
            if until.is_some_and(|until| Instant::now() >= until) {
                return false;
            }
            let band = match &mut band {
                Some(band) => band,
                None => match Band::new(&self.layout, 0..self.layout.across()) {
                    Ok(new) => band.insert(new),
                    Err(_) => return true,
                },
            };
            group.clear(band);
            if !group.learn(&self.layout, row, band, windows) {
                return true;
            }
        }
    }

    /// Makes something of blocks in a row; `None` where the scans cannot be read.
    pub(super) fn row(
        &self,
        row: u32,
        columns: Range<u32>,
        sink: &mut impl Sink,
        windows: &mut Windows,
    ) -> Option<()> {
        let across = self.layout.across();
        let is_progressive = self.layout.is_progressive();
        let is_wanted = |group: usize| match group.checked_sub(1) {
            Some(component) if is_progressive => sink.last(component) > 0,
            _ => true,
        };
        let groups = self.groups.iter().zip(&mut windows.each).enumerate();
        let mut groups: Vec<_> = groups.filter(|(group, _)| is_wanted(*group)).collect();
        for (_, (group, windows)) in &mut groups {
            self.learn(group, row, windows, None);
        }
        let is_known = groups.iter().all(|(_, (group, _))| group.rows() > row);
        let read = match is_known {
            true => columns.start / self.step * self.step..columns.end.min(across),
            false => 0..across,
        };
        let mut band = Band::new(&self.layout, read).ok()?;
        for (_, (group, windows)) in &mut groups {
            group.read(&self.layout, row, &mut band, windows)?;
        }
        band.hand_on(columns.start..columns.end.min(across), sink)
    }
}

/// Scans of means, and of the rest of each component; of a picture that is not progressive
/// each by itself, the first component's first.
fn groups(layout: &Layout<'_>, layers: Vec<Layer>, step: u32) -> Vec<Group> {
    let has = |component: usize| {
        move |layer: &Layer| layer.components.iter().any(|it| it.component == component)
    };
    let is_first = |layer: &Layer| match layout.is_progressive() {
        true => layer.first == 0,
        false => has(0)(layer),
    };
    let (first, mut rest): (Vec<_>, Vec<_>) = layers.into_iter().partition(is_first);
    let mut groups = vec![Group::new(first, step, true)];
    if !layout.is_progressive() {
        groups.extend(
            rest.into_iter()
                .map(|layer| Group::new(vec![layer], step, false)),
        );
        return groups;
    }
    for component in 0..layout.components.len() {
        let (these, others) = rest.into_iter().partition(has(component));
        rest = others;
        groups.push(Group::new(these, step, false));
    }
    groups
}

/// What is made of blocks is written with codes of our own.
fn with_own_codes(layout: &mut Layout<'_>) -> Result<(), &'static str> {
    layout.rest = [const { None }; 4];
    let codes = band::codes().ok_or(UNUSUAL)?;
    *layout.rest.first_mut().ok_or(UNUSUAL)? = Some(Arc::new(codes));
    Ok(())
}

/// All of a picture that is held, in one scan.
pub(super) fn together(layout: Layout<'_>, file: &[u8]) -> Option<Vec<u8>> {
    let mut search = Search::new(layout, Content::Held(file));
    search.go_on(None).ok()?;
    let Found {
        mut layout, layers, ..
    } = search.found().ok()?;
    with_own_codes(&mut layout).ok()?;
    // No place is gone back to.
    let groups = groups(&layout, layers, u32::MAX);
    let window = || Window::new(Content::Held(file));
    let windows = groups.iter().map(|group| {
        let each = std::iter::repeat_with(window);
        each.take(group.scans()).collect::<Vec<_>>()
    });
    let mut windows: Vec<_> = windows.collect();
    let (across, mut copy) = (layout.across(), Copy::new());
    for row in 0..layout.rows() {
        let mut band = Band::new(&layout, 0..across).ok()?;
        let mut read = groups.iter().zip(&mut windows);
        let read = read.all(|(group, windows)| {
            let read = group.read(&layout, row, &mut band, windows);
            read.is_some() || !group.is_first()
        });
        if !read {
            break;
        }
        band.hand_on(0..across, &mut copy)?;
    }
    copy.file(&layout, (layout.width, layout.height))
}

/// Blocks of blocks between two places that are kept.
fn step(layout: &Layout<'_>, layers: &[Layer], most: u64) -> Result<u32, &'static str> {
    let lines = layers
        .iter()
        .map(|layer| u64::from(layer.most_lines(layout)));
    let lines = lines.sum::<u64>() * u64::from(layout.rows());
    let mut step = STEP;
    loop {
        let places = lines * u64::from(layout.across().div_ceil(step));
        if places * size_of::<Place>() as u64 <= most {
            return Ok(step);
        }
        if step >= layout.across() {
            return Err(TOO_MUCH);
        }
        step *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::image::huge::bits::{Field, number};

    /// Of which component a block is, in which block of blocks, where in that, and what
    /// it holds.
    type Told = (usize, u32, (u32, u32), [i32; 64]);

    /// Everything that is handed on.
    #[derive(Default, PartialEq, Debug)]
    struct All(Vec<Told>, Option<[i32; 64]>);

    impl Sink for All {
        fn mean(&mut self, _: usize, mean: i32) -> Option<()> {
            let block = self.1.insert([0; 64]);
            block[0] = mean;
            Some(())
        }

        fn last(&self, _: usize) -> usize {
            63
        }

        fn rest(&mut self, _: usize, _: Field, value: Field, at: usize) {
            self.1.as_mut().unwrap()[at.min(63)] = number(value);
        }

        fn end(&mut self, component: usize, blocks: u32, at: (u32, u32)) {
            self.0.push((component, blocks, at, self.1.take().unwrap()));
        }
    }

    fn layers(step: u32) -> Layers {
        let file = include_bytes!("../tests/progressive/restarts.jpg");
        let layout = Layout::read(file).unwrap();
        let mut search = Search::new(layout, Content::Held(file));
        search.go_on(None).unwrap();
        let found = search.found().unwrap();
        Layers::new(found, Content::Held(file), step).unwrap()
    }

    #[test]
    fn blocks_are_the_same_from_every_place() {
        for step in [1, 2, 3, 5, 64] {
            let (known, new) = (layers(step), layers(64));
            let later = Instant::now() + std::time::Duration::from_secs(60);
            assert!(known.reach(u32::MAX, later));
            let columns = 4..11;
            for row in (0..known.layout.rows()).rev() {
                let (mut here, mut there) = (All::default(), All::default());
                let mut windows = known.windows();
                known
                    .row(row, columns.clone(), &mut here, &mut windows)
                    .unwrap();
                new.row(row, columns.clone(), &mut there, &mut new.windows())
                    .unwrap();
                assert_eq!(here, there, "{step}, {row}");
                assert_eq!(here.0.len(), 7 * 6);
            }
        }
    }

    #[test]
    fn places_are_further_apart_where_they_would_take_too_much() {
        let file = include_bytes!("../tests/progressive/420.jpg");
        let mut layout = Layout::read(file).unwrap();
        (layout.width, layout.height) = (65_500, 32_700);
        let mut search = Search::new(layout, Content::Held(file));
        search.go_on(None).unwrap();
        let found = search.found().unwrap();
        let step = |most: u64| step(&found.layout, &found.layers, most);
        let (usual, half) = (step(PLACES_BYTES).unwrap(), step(PLACES_BYTES / 2).unwrap());
        assert!(usual >= STEP && half == 2 * usual, "{usual}, {half}");
        assert_eq!(step(1 << 16), Err(TOO_MUCH));
    }
}
