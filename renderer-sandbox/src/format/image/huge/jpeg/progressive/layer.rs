//! One scan of several, block by block (ITU-T T.81, annexes F and G).

use super::band::{Band, Block};
use crate::format::image::huge::bits::{Codes, Field, Reader, number};
use crate::format::image::huge::jpeg::layout::Layout;
use crate::format::image::huge::window::Window;
use std::ops::Range;
use std::sync::Arc;

/// A scan, and what it says.
pub(super) struct Layer {
    pub(super) components: Vec<Part>,
    /// The coefficients that it holds, in the order of the scan: 0 alone is the means,
    /// and only of a picture that is not progressive there is more than that.
    pub(super) first: usize,
    pub(super) last: usize,
    /// It makes better by a bit what another scan began.
    pub(super) refines: bool,
    /// How many bits of each coefficient are below those that it holds.
    pub(super) low: u8,
    /// Blocks between two restarts; 0 is none.
    pub(super) interval: u32,
    /// Where in the file it begins.
    pub(super) at: usize,
}

/// What a scan says of a component.
pub(super) struct Part {
    /// Its place in the frame.
    pub(super) component: usize,
    /// Codes of its means, where they come.
    pub(super) means: Option<Arc<Codes>>,
    /// Codes of everything else.
    pub(super) rest: Option<Arc<Codes>>,
}

/// A place in a scan, where a block or a block of blocks begins.
#[derive(Clone, Copy)]
pub(super) struct Place {
    reader: Reader,
    means: [i32; 4],
    /// Blocks until the next restart.
    left: u32,
    /// Blocks from here on of which nothing new is said.
    run: u32,
}

/// What a block is read from.
struct Coded<'a, 'w> {
    part: &'a Part,
    place: &'a mut Place,
    window: &'a mut Window<'w>,
}

impl Layer {
    pub(super) fn start(&self) -> Place {
        Place {
            reader: Reader::new(self.at),
            means: [0; 4],
            left: self.interval,
            run: 0,
        }
    }

    /// Rows of blocks that it holds of a row of blocks of blocks. A component by itself
    /// comes block after block, without those that fill up its edges.
    pub(super) fn lines(&self, layout: &Layout<'_>, row: u32) -> u32 {
        let [part] = self.components.as_slice() else {
            return 1;
        };
        let Some(component) = layout.components.get(part.component) else {
            return 0;
        };
        let samples = (layout.height * component.down).div_ceil(layout.most().1);
        let before = row.saturating_mul(component.down);
        let left = samples.div_ceil(8).saturating_sub(before);
        left.min(component.down)
    }

    /// Most rows of blocks of a row of blocks of blocks.
    pub(super) fn most_lines(&self, layout: &Layout<'_>) -> u32 {
        match self.components.as_slice() {
            [part] => {
                let component = layout.components.get(part.component);
                component.map_or(1, |it| it.down)
            }
            _ => 1,
        }
    }

    /// Reads columns of blocks of blocks of one of its rows into a band that begins with
    /// the first of them; `keep` gets the place where each begins. `None` where it cannot
    /// be read.
    pub(super) fn line(
        &self,
        (layout, band): (&Layout<'_>, &mut Band),
        place: &mut Place,
        (line, columns): (u32, Range<u32>),
        window: &mut Window<'_>,
        mut keep: impl FnMut(u32, &Place),
    ) -> Option<()> {
        if let [part] = self.components.as_slice() {
            let component = layout.components.get(part.component)?;
            let samples = (layout.width * component.across).div_ceil(layout.most().0);
            let (each, wide) = (component.across, samples.div_ceil(8));
            for column in columns {
                keep(column, place);
                for x in column * each..((column + 1) * each).min(wide) {
                    self.restart(place, window)?;
                    let block = band.block(part.component, (x, line))?;
                    let coded = Coded {
                        part,
                        place,
                        window,
                    };
                    self.block(block, coded)?;
                }
            }
            return Some(());
        }
        for column in columns {
            keep(column, place);
            self.restart(place, window)?;
            for part in &self.components {
                let component = layout.components.get(part.component)?;
                for down in 0..component.down {
                    for across in 0..component.across {
                        let x = column * component.across + across;
                        let block = band.block(part.component, (x, down))?;
                        let coded = Coded {
                            part,
                            place,
                            window,
                        };
                        self.block(block, coded)?;
                    }
                }
            }
        }
        Some(())
    }

    fn restart(&self, place: &mut Place, window: &mut Window<'_>) -> Option<()> {
        if self.interval == 0 {
            return Some(());
        }
        if place.left == 0 {
            place.reader.restart(window)?;
            (place.means, place.left, place.run) = ([0; 4], self.interval, 0);
        }
        place.left -= 1;
        Some(())
    }

    fn block(&self, block: &mut Block, coded: Coded<'_, '_>) -> Option<()> {
        let (part, reader) = (coded.part, &mut coded.place.reader);
        match (self.first, self.refines) {
            (0, false) => {
                let mean = coded.place.means.get_mut(part.component)?;
                let codes = part.means.as_deref()?;
                let (length, _) = reader.symbol(coded.window, codes)?;
                let length = Some(length).filter(|it| *it <= 15)?;
                let difference = reader.field(coded.window, length)?;
                *mean = mean.checked_add(number(difference))?;
                block.put(0, mean.checked_shl(self.low.into())?);
                if self.last > 0 {
                    self.begin(block, coded)?;
                }
            }
            (0, true) => {
                let bit = i32::from(reader.field(coded.window, 1)?.value) << self.low;
                block.put(0, block.coefficient(0) | bit);
            }
            (_, false) => self.begin(block, coded)?,
            (_, true) => self.refine(block, coded)?,
        }
        Some(())
    }

    /// The upper bits of coefficients.
    fn begin(&self, block: &mut Block, coded: Coded<'_, '_>) -> Option<()> {
        let Coded {
            part,
            place,
            window,
        } = coded;
        if place.run > 0 {
            place.run -= 1;
            return Some(());
        }
        let codes = part.rest.as_deref()?;
        let mut at = self.first.max(1);
        while at <= self.last {
            let (_, symbol, value) = place.reader.coefficient(window, codes)?;
            let zeros = usize::from(symbol >> 4);
            match value.length {
                0 if zeros == 15 => at += 16,
                0 => {
                    place.run = run(&mut place.reader, window, symbol >> 4)? - 1;
                    break;
                }
                _ => {
                    at += zeros;
                    if at > self.last {
                        return None;
                    }
                    block.put(at, number(value) << self.low);
                    at += 1;
                }
            }
        }
        Some(())
    }

    /// One more bit of coefficients that are there, and those that begin with it.
    fn refine(&self, block: &mut Block, coded: Coded<'_, '_>) -> Option<()> {
        let Coded {
            part,
            place,
            window,
        } = coded;
        let codes = part.rest.as_deref()?;
        let reader = &mut place.reader;
        let one = 1_i32 << self.low;
        let mut at = self.first;
        while place.run == 0 && at <= self.last {
            let (symbol, _) = reader.symbol(window, codes)?;
            let (mut zeros, mut new) = (symbol >> 4, 0);
            match symbol & 15 {
                0 if zeros < 15 => {
                    place.run = run(reader, window, zeros)?;
                    break;
                }
                0 => {}
                _ => {
                    new = if reader.field(window, 1)?.value == 1 {
                        one
                    } else {
                        -one
                    }
                }
            }
            // Zeros that stay are counted; what is there already has a bit in between.
            while at <= self.last {
                if block.is_filled(at) {
                    correct(block, at, one, reader.field(window, 1)?);
                } else if zeros == 0 {
                    break;
                } else {
                    zeros -= 1;
                }
                at += 1;
            }
            if new != 0 {
                if at > self.last {
                    return None;
                }
                block.put(at, new);
            }
            at += 1;
        }
        if place.run > 0 {
            let mut left = block.filled_from(at, self.last);
            while left != 0 {
                let at = left.trailing_zeros() as usize;
                left &= left - 1;
                correct(block, at, one, reader.field(window, 1)?);
            }
            place.run -= 1;
        }
        Some(())
    }
}

/// Of how many blocks nothing more is said, this one with them: a power of two, and as
/// many bits that are added.
fn run(reader: &mut Reader, window: &mut Window<'_>, length: u8) -> Option<u32> {
    Some((1 << length) + u32::from(reader.field(window, length)?.value))
}

/// Adds a bit to a coefficient, away from zero.
fn correct(block: &mut Block, at: usize, one: i32, bit: Field) {
    let value = block.coefficient(at);
    if bit.value == 1 && value & one == 0 {
        block.put(at, value + one * value.signum());
    }
}
