//! Blocks of a scan as fewer pixels than they are, straight from their lowest
//! frequencies: nothing is decoded that would be averaged away.
//!
//! A block of 8 × 8 pixels becomes one of N × N. Of each frequency the mean over 8 / N
//! pixels is taken, which for the first of all is what the file says itself.

use super::layout::Layout;
use super::scan::Sink;
use crate::format::image::huge::bits::{Field, number};
use std::f32::consts::{FRAC_1_SQRT_2, PI};

/// Rows and columns of frequencies in the order of the scan (ITU-T T.81, figure A.6).
const ORDER: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// What a frequency adds to each sample of a line of N.
type Lines = [[f32; 8]; 8];

/// A component and what of it is made.
struct Plane {
    /// Samples across and down that a block becomes.
    across: usize,
    down: usize,
    /// Blocks of it in a block of blocks, across.
    blocks: usize,
    x: Lines,
    y: Lines,
    /// Steps of the frequencies, in the order of the scan; 0 where they are not used.
    steps: [f32; 64],
    /// The last frequency that is used, in the order of the scan.
    last: usize,
    /// The row of blocks that is being made.
    samples: Vec<u8>,
}

/// Makes rows of blocks smaller.
pub(super) struct Shrink {
    planes: Vec<Plane>,
    first: u32,
    /// Samples of a row, and rows of a row of blocks.
    width: usize,
    height: usize,
    frequencies: [f32; 64],
    /// Whether there are any but the first.
    is_flat: bool,
}

/// By how much a file can be made smaller in this way: `times`, or a part of it; 1 is not at all.
pub(super) fn factor(layout: &Layout<'_>, times: u32) -> u32 {
    let factor = 1 << times.trailing_zeros().min(3);
    let fits = |most: u32, one: u32| most.is_multiple_of(one) && 8 / factor * (most / one) <= 8;
    let (across, down) = layout.most();
    let components = layout.components.iter();
    let has_steps = |name: u8| {
        layout
            .steps
            .get(usize::from(name))
            .is_some_and(Option::is_some)
    };
    let can = |it: &super::layout::Component| {
        fits(across, it.across) && fits(down, it.down) && has_steps(it.frame[2])
    };
    if components.clone().all(can) {
        factor
    } else {
        1
    }
}

impl Shrink {
    /// For blocks from `first` on, `count` of them in a row.
    pub(super) fn new(
        layout: &Layout<'_>,
        factor: u32,
        (first, count): (u32, u32),
    ) -> Option<Self> {
        let one = 8 / factor;
        let (across, down) = layout.most();
        let width = (count * across * one) as usize;
        let height = (down * one) as usize;
        let mut planes = Vec::new();
        for component in &layout.components {
            let sides = (
                (one * (across / component.across)) as usize,
                (one * (down / component.down)) as usize,
            );
            let table = layout.steps.get(usize::from(component.frame[2]))?;
            let blocks = component.across as usize;
            planes.push(Plane::new(sides, blocks, table.as_ref()?, width * height));
        }
        Some(Self {
            planes,
            first,
            width,
            height,
            frequencies: [0.0; 64],
            is_flat: true,
        })
    }

    /// Rows that a row of blocks becomes.
    pub(super) fn rows(&self) -> usize {
        self.height
    }

    /// Part of a row of the row of blocks, with its components side by side.
    pub(super) fn row(&self, row: usize, left: usize, out: &mut [u8]) {
        let count = self.planes.len().max(1);
        for (component, plane) in self.planes.iter().enumerate() {
            let start = row * self.width + left;
            let samples = plane.samples.get(start..).unwrap_or_default();
            let targets = out.iter_mut().skip(component).step_by(count);
            targets.zip(samples).for_each(|(to, from)| *to = *from);
        }
    }
}

impl Plane {
    fn new(
        (across, down): (usize, usize),
        blocks: usize,
        table: &[u16; 64],
        samples: usize,
    ) -> Self {
        let is_used = |place: u8| usize::from(place % 8) < across && usize::from(place / 8) < down;
        let mut steps = [0.0; 64];
        for ((step, stored), place) in steps.iter_mut().zip(table).zip(ORDER) {
            *step = if is_used(place) {
                f32::from(*stored)
            } else {
                0.0
            };
        }
        Self {
            across,
            down,
            blocks,
            x: lines(across),
            y: lines(down),
            steps,
            last: ORDER.iter().rposition(|place| is_used(*place)).unwrap_or(0),
            samples: vec![0; samples],
        }
    }

    fn block(
        &mut self,
        frequencies: &[f32; 64],
        is_flat: bool,
        (left, top): (usize, usize),
        width: usize,
    ) {
        let mut block = [[0.0; 8]; 8];
        if !is_flat {
            // Down first, then across.
            let mut half = [[0.0; 8]; 8];
            let rows = frequencies.as_chunks::<8>().0;
            for (line, half) in self.y.iter().zip(&mut half).take(self.down) {
                for (weight, row) in line.iter().zip(rows).take(self.down) {
                    for (sum, frequency) in half.iter_mut().zip(row) {
                        *sum += weight * frequency;
                    }
                }
            }
            for (half, out) in half.iter().zip(&mut block).take(self.down) {
                for (line, out) in self.x.iter().zip(out).take(self.across) {
                    *out = line
                        .iter()
                        .zip(half)
                        .map(|(weight, half)| weight * half)
                        .sum();
                }
            }
        }
        let flat = frequencies[0] / 8.0;
        for (row, values) in block.iter().take(self.down).enumerate() {
            let start = (top + row) * width + left;
            let target = self.samples.get_mut(start..start + self.across);
            for (sample, value) in target.unwrap_or_default().iter_mut().zip(values) {
                let value = if is_flat { flat } else { *value };
                // A cast saturates.
                *sample = (value + 128.5) as u8;
            }
        }
    }
}

/// Weights of frequencies in a line of so many samples, each of which stands for the
/// mean of several.
fn lines(samples: usize) -> Lines {
    let mut lines = [[0.0; 8]; 8];
    let each = (8 / samples.max(1)) as f32;
    for (x, line) in lines.iter_mut().take(samples).enumerate() {
        for (frequency, weight) in line.iter_mut().take(samples).enumerate() {
            let angle = frequency as f32 * PI / 16.0;
            let (scale, mean) = match frequency {
                0 => (FRAC_1_SQRT_2, 1.0),
                _ => (1.0, (each * angle).sin() / (each * angle.sin())),
            };
            let place = (2 * x + 1) as f32 * each * angle;
            *weight = 0.5 * scale * mean * place.cos();
        }
    }
    lines
}

impl Sink for Shrink {
    fn mean(&mut self, component: usize, mean: i32) -> Option<()> {
        let plane = self.planes.get(component)?;
        self.frequencies[0] = mean as f32 * plane.steps[0];
        Some(())
    }

    fn last(&self, component: usize) -> usize {
        self.planes.get(component).map_or(0, |plane| plane.last)
    }

    fn rest(&mut self, component: usize, _: Field, value: Field, at: usize) {
        let Some(plane) = self.planes.get(component) else {
            return;
        };
        // Zeros before it lead beyond what was asked for.
        if value.length == 0 || at > plane.last {
            return;
        }
        let (Some(place), Some(step)) = (ORDER.get(at), plane.steps.get(at)) else {
            return;
        };
        if let Some(frequency) = self.frequencies.get_mut(usize::from(*place)) {
            *frequency = number(value) as f32 * step;
            self.is_flat = false;
        }
    }

    fn end(&mut self, component: usize, blocks: u32, (across, down): (u32, u32)) {
        let Some(plane) = self.planes.get_mut(component) else {
            return;
        };
        let before = (blocks - self.first) as usize * plane.blocks + across as usize;
        let place = (before * plane.across, down as usize * plane.down);
        plane.block(&self.frequencies, self.is_flat, place, self.width);
        if !self.is_flat {
            self.frequencies = [0.0; 64];
            self.is_flat = true;
        }
    }
}
