//! Coefficients of a row of blocks of blocks, while its scans are read into it.

use crate::format::DocumentError;
use crate::format::image::huge::bits::{Codes, Field, written};
use crate::format::image::huge::jpeg::layout::Layout;
use crate::format::image::huge::jpeg::scan::Sink;
use crate::format::image::samples::zeros;
use std::ops::Range;

/// Most bits of a coefficient that is handed on, and its largest value: more is no
/// picture of 8 bits (ITU-T T.81, table F.2).
const MOST_BITS: u8 = 10;
const MOST: i32 = (1 << MOST_BITS) - 1;

/// A block: coefficients in the order of the scan, and which of them are not 0.
#[derive(Clone, Copy)]
pub(super) struct Block {
    at: [i16; 64],
    filled: u64,
}

impl Default for Block {
    fn default() -> Self {
        Self {
            at: [0; 64],
            filled: 0,
        }
    }
}

impl Block {
    #[inline]
    pub(super) fn coefficient(&self, at: usize) -> i32 {
        self.at.get(at).copied().unwrap_or(0).into()
    }

    #[inline]
    pub(super) fn put(&mut self, at: usize, value: i32) {
        if let Some(to) = self.at.get_mut(at) {
            *to = value.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
            self.filled |= 1 << at;
        }
    }

    #[inline]
    pub(super) fn is_filled(&self, at: usize) -> bool {
        self.filled >> at & 1 == 1
    }

    /// Those that are not 0 of a span, a bit for each.
    #[inline]
    pub(super) fn filled_from(&self, first: usize, last: usize) -> u64 {
        let from = u64::MAX.checked_shl(first as u32).unwrap_or(0);
        let until = u64::MAX >> (63 - last.min(63));
        self.filled & from & until
    }
}

/// Of which coefficients scans say something.
#[derive(Clone, Copy)]
pub(super) enum Holds {
    Means,
    Rest,
    All,
}

/// What is read of a component.
struct Plane {
    /// Blocks in a block of blocks.
    across: u32,
    down: u32,
    /// Blocks of a row of the band, and where the first of them is in the picture.
    wide: u32,
    first: u32,
    blocks: Vec<Block>,
}

/// Part of a row of blocks of blocks.
pub(super) struct Band {
    pub(super) columns: Range<u32>,
    planes: Vec<Plane>,
}

impl Band {
    pub(super) fn new(layout: &Layout<'_>, columns: Range<u32>) -> Result<Self, DocumentError> {
        let mut planes = Vec::new();
        for component in &layout.components {
            let wide = columns.len() as u32 * component.across;
            planes.push(Plane {
                across: component.across,
                down: component.down,
                wide,
                first: columns.start * component.across,
                blocks: zeros(u64::from(wide) * u64::from(component.down))?,
            });
        }
        Ok(Self { columns, planes })
    }

    /// A block of a component: which one across in the picture, and down in the band.
    #[inline]
    pub(super) fn block(&mut self, component: usize, (x, y): (u32, u32)) -> Option<&mut Block> {
        let plane = self.planes.get_mut(component)?;
        let place = y as usize * plane.wide as usize + x.checked_sub(plane.first)? as usize;
        plane.blocks.get_mut(place)
    }

    /// Forgets some coefficients of some components.
    pub(super) fn clear(&mut self, components: &[usize], which: Holds) {
        for component in components {
            let Some(plane) = self.planes.get_mut(*component) else {
                continue;
            };
            for block in &mut plane.blocks {
                let mean = block.coefficient(0);
                match which {
                    Holds::Means => block.put(0, 0),
                    Holds::All => *block = Block::default(),
                    Holds::Rest => {
                        *block = Block::default();
                        block.put(0, mean);
                    }
                }
            }
        }
    }

    /// Hands blocks on as if they came in one scan, with codes of our own.
    pub(super) fn hand_on(&self, columns: Range<u32>, sink: &mut impl Sink) -> Option<()> {
        for column in columns {
            for (component, plane) in self.planes.iter().enumerate() {
                let first = (column * plane.across).checked_sub(plane.first)?;
                for down in 0..plane.down {
                    let row = down as usize * plane.wide as usize + first as usize;
                    for across in 0..plane.across {
                        let block = plane.blocks.get(row + across as usize)?;
                        block.hand_on(component, sink)?;
                        sink.end(component, column, (across, down));
                    }
                }
            }
        }
        Some(())
    }
}

impl Block {
    fn hand_on(&self, component: usize, sink: &mut impl Sink) -> Option<()> {
        sink.mean(component, self.coefficient(0).clamp(-MOST - 1, MOST))?;
        let last = sink.last(component);
        let mut left = self.filled_from(1, last);
        let mut next = 1;
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            left &= left - 1;
            let value = written(self.coefficient(at).clamp(-MOST, MOST))?;
            // A coefficient may have become 0 by what is wrong with the file.
            if value.length == 0 {
                continue;
            }
            while at - next > 15 {
                next += 16;
                sink.rest(component, code(0xf0), NOTHING, next - 1);
            }
            let symbol = ((at - next) as u8) << 4 | value.length;
            sink.rest(component, code(symbol), value, at);
            next = at + 1;
        }
        if next <= last {
            sink.rest(component, code(0), NOTHING, next);
        }
        Some(())
    }
}

const NOTHING: Field = Field {
    value: 0,
    length: 0,
};

/// The code of a symbol in [`codes`].
fn code(symbol: u8) -> Field {
    let value = match symbol {
        0 => 0,
        0xf0 => 1,
        // 2 to 161.
        _ => u16::from(symbol >> 4) * u16::from(MOST_BITS) + u16::from(symbol & 15) + 1,
    };
    Field { value, length: 8 }
}

/// A code of 8 bits for every symbol that can occur. What is written with them is
/// decoded at once.
pub(super) fn codes() -> Option<Codes> {
    let mut symbols = vec![0, 0xf0];
    symbols.extend((0..16).flat_map(|zeros| (1..=MOST_BITS).map(move |bits| zeros << 4 | bits)));
    let mut segment = vec![0; 16];
    *segment.get_mut(7)? = symbols.len() as u8;
    segment.append(&mut symbols);
    Codes::read(&segment).map(|(codes, _)| codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_that_are_written() {
        let codes = codes().unwrap();
        let symbols = &codes.segment[16..];
        assert_eq!(symbols.len(), 162);
        for (place, symbol) in symbols.iter().enumerate() {
            assert_eq!(usize::from(code(*symbol).value), place, "{symbol:#x}");
        }
    }
}
