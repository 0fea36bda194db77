//! The seven pictures that an interlaced PNG comes as, one after the other (PNG, third
//! edition, 8.2).

use super::shape::Shape;
use std::ops::Range;

/// Which pixels one of them holds.
#[derive(Clone, Copy)]
pub(super) struct Step {
    /// The first of them.
    pub(super) left: u32,
    pub(super) top: u32,
    /// From one to the next.
    pub(super) across: u32,
    pub(super) down: u32,
    /// How much of the picture each stands for until the others are there.
    pub(super) wide: u32,
    pub(super) high: u32,
}

pub(super) const STEPS: [Step; 7] = [
    step((0, 0), (8, 8), (8, 8)),
    step((4, 0), (8, 8), (4, 8)),
    step((0, 4), (4, 8), (4, 4)),
    step((2, 0), (4, 4), (2, 4)),
    step((0, 2), (2, 4), (2, 2)),
    step((1, 0), (2, 2), (1, 2)),
    step((0, 1), (1, 2), (1, 1)),
];

const fn step(
    (left, top): (u32, u32),
    (across, down): (u32, u32),
    (wide, high): (u32, u32),
) -> Step {
    Step {
        left,
        top,
        across,
        down,
        wide,
        high,
    }
}

impl Step {
    /// What it is of a picture; it may be empty.
    pub(super) fn shape(self, whole: Shape) -> Shape {
        let height = whole.height.saturating_sub(self.top).div_ceil(self.down);
        let width = whole.width.saturating_sub(self.left).div_ceil(self.across);
        Shape {
            width,
            height: if width == 0 { 0 } else { height },
            ..whole
        }
    }

    /// Its rows that are among these of the picture.
    pub(super) fn rows(self, rows: &Range<u32>) -> Range<u32> {
        part(rows, self.top, self.down)
    }

    /// The same of columns.
    pub(super) fn columns(self, columns: &Range<u32>) -> Range<u32> {
        part(columns, self.left, self.across)
    }
}

fn part(span: &Range<u32>, first: u32, each: u32) -> Range<u32> {
    let number = |place: u32| place.saturating_sub(first).div_ceil(each);
    number(span.start)..number(span.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_is_in_one_of_them() {
        for (width, height) in [(1, 1), (3, 7), (8, 8), (9, 17), (21, 5)] {
            let whole = Shape {
                width,
                height,
                bits: 8,
                colours: 0,
            };
            let mut times = vec![0; (width * height) as usize];
            for step in STEPS {
                let shape = step.shape(whole);
                assert_eq!(step.rows(&(0..height)).end.min(shape.height), shape.height);
                for row in 0..shape.height {
                    for column in 0..shape.width {
                        let (x, y) = (step.left + column * step.across, step.top + row * step.down);
                        times[(y * width + x) as usize] += 1;
                    }
                }
            }
            assert!(times.iter().all(|times| *times == 1), "{width} × {height}");
        }
    }
}
