//! What stands before the scan of a JPEG (ITU-T T.81, annex B).

use crate::format::image::huge::bits::Codes;
use std::borrow::Cow;
use std::sync::Arc;

pub(super) const UNUSUAL: &str = "a JPEG of this kind has to be decoded as a whole";

/// A component of the picture.
#[derive(Clone)]
pub(super) struct Component {
    /// As the frame names it: name, sampling, quantisation.
    pub(super) frame: [u8; 3],
    pub(super) across: u32,
    pub(super) down: u32,
    pub(super) means: usize,
    pub(super) rest: usize,
}

/// What stands before the scan.
#[derive(Clone)]
pub(super) struct Layout<'d> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) components: Vec<Component>,
    pub(super) means: [Option<Arc<Codes>>; 4],
    pub(super) rest: [Option<Arc<Codes>>; 4],
    /// What coefficients are multiples of, in the order of the scan.
    pub(super) steps: [Option<[u16; 64]>; 4],
    /// Segments that a small JPEG needs, too: quantisation, and what colours mean.
    pub(super) kept: Vec<Cow<'d, [u8]>>,
    /// Blocks between two restarts; 0 is none.
    pub(super) interval: u32,
    pub(super) scans: Scans,
    /// Where in the file the scan begins; of several the marker of the first.
    pub(super) scan: usize,
}

/// How a picture comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scans {
    /// In one.
    One,
    /// In several, each with all of some components.
    Apart,
    /// In several, each of which makes it better.
    Progressive,
}

impl<'d> Layout<'d> {
    pub(super) fn read(file: &'d [u8]) -> Result<Self, &'static str> {
        let mut layout = Self {
            width: 0,
            height: 0,
            components: Vec::new(),
            means: [const { None }; 4],
            rest: [const { None }; 4],
            steps: [None; 4],
            kept: Vec::new(),
            interval: 0,
            scans: Scans::One,
            scan: 0,
        };
        let all_bytes = file.len();
        let mut file = file.get(2..).unwrap_or_default();
        loop {
            let [0xff, marker, ..] = *file else {
                return Err(UNUSUAL);
            };
            if marker == 0xff {
                file = file.get(1..).unwrap_or_default();
                continue;
            }
            let length = file.get(2..).and_then(|rest| rest.first_chunk::<2>());
            let end = 2 + usize::from(u16::from_be_bytes(*length.ok_or(UNUSUAL)?));
            let (segment, after) = file.split_at_checked(end).ok_or(UNUSUAL)?;
            let data = segment.get(4..).ok_or(UNUSUAL)?;
            match marker {
                0xc0..=0xc2 => {
                    layout.frame(data).ok_or(UNUSUAL)?;
                    if marker == 0xc2 {
                        layout.scans = Scans::Progressive;
                    }
                }
                0xc4 => layout.codes(data).ok_or(UNUSUAL)?,
                0xc3 | 0xc5..=0xcf => return Err(UNUSUAL),
                0xdb => {
                    layout.steps(data).ok_or(UNUSUAL)?;
                    layout.kept.push(segment.into());
                }
                0xe0 | 0xee => layout.kept.push(segment.into()),
                0xdd => layout.restarts(data).ok_or(UNUSUAL)?,
                0xda if layout.is_progressive() || layout.is_apart(data) => {
                    layout.scan = all_bytes - file.len();
                    return Ok(layout);
                }
                0xda => {
                    layout.scan(data).ok_or(UNUSUAL)?;
                    layout.scan = all_bytes - after.len();
                    return Ok(layout);
                }
                _ => {}
            }
            file = after;
        }
    }

    pub(super) fn is_progressive(&self) -> bool {
        self.scans == Scans::Progressive
    }

    /// Whether the first scan has a part of the components alone.
    fn is_apart(&mut self, scan: &[u8]) -> bool {
        let count = scan.first().map(|count| usize::from(*count));
        let is_apart = count.is_some_and(|count| count < self.components.len());
        if is_apart {
            self.scans = Scans::Apart;
        }
        is_apart
    }

    pub(super) fn restarts(&mut self, data: &[u8]) -> Option<()> {
        self.interval = u16::from_be_bytes(*data.first_chunk::<2>()?).into();
        Some(())
    }

    fn frame(&mut self, data: &[u8]) -> Option<()> {
        let [8, h1, h0, w1, w0, count, rest @ ..] = data else {
            return None;
        };
        self.height = u16::from_be_bytes([*h1, *h0]).into();
        self.width = u16::from_be_bytes([*w1, *w0]).into();
        for frame in rest.as_chunks::<3>().0.iter().take((*count).into()) {
            let (across, down) = (u32::from(frame[1] >> 4), u32::from(frame[1] & 15));
            if !(1..=4).contains(&across) || !(1..=4).contains(&down) {
                return None;
            }
            self.components.push(Component {
                frame: *frame,
                across,
                down,
                means: 0,
                rest: 0,
            });
        }
        // A component alone is not in blocks of blocks, whatever its sampling says.
        if let [one] = self.components.as_mut_slice() {
            (one.across, one.down, one.frame[1]) = (1, 1, 0x11);
        }
        (self.width > 0 && self.height > 0 && !self.components.is_empty()).then_some(())
    }

    pub(super) fn codes(&mut self, mut data: &[u8]) -> Option<()> {
        while let Some((name, rest)) = data.split_first() {
            let (codes, after) = Codes::read(rest)?;
            let tables = match name >> 4 {
                0 => &mut self.means,
                _ => &mut self.rest,
            };
            *tables.get_mut(usize::from(name & 15))? = Some(Arc::new(codes));
            data = after;
        }
        Some(())
    }

    pub(super) fn steps(&mut self, mut data: &[u8]) -> Option<()> {
        while let Some((name, rest)) = data.split_first() {
            let wide = name >> 4 != 0;
            let (table, after) = rest.split_at_checked(if wide { 128 } else { 64 })?;
            let step = |at: usize| -> Option<u16> {
                Some(match wide {
                    true => u16::from_be_bytes(*table.get(2 * at..)?.first_chunk()?),
                    false => (*table.get(at)?).into(),
                })
            };
            let mut steps = [0; 64];
            for (at, to) in steps.iter_mut().enumerate() {
                *to = step(at)?;
            }
            *self.steps.get_mut(usize::from(name & 15))? = Some(steps);
            data = after;
        }
        Some(())
    }

    /// All components in one scan, as they stand in the frame.
    fn scan(&mut self, data: &[u8]) -> Option<()> {
        let (count, rest) = data.split_first()?;
        if usize::from(*count) != self.components.len() {
            return None;
        }
        let named = rest.as_chunks::<2>().0.iter();
        for (component, [name, tables]) in self.components.iter_mut().zip(named) {
            if component.frame[0] != *name {
                return None;
            }
            component.means = usize::from(tables >> 4);
            component.rest = usize::from(tables & 15);
        }
        let has = |tables: &[Option<Arc<Codes>>; 4], place: usize| {
            tables.get(place).is_some_and(Option::is_some)
        };
        let known = |it: &Component| has(&self.means, it.means) && has(&self.rest, it.rest);
        self.components.iter().all(known).then_some(())
    }

    /// Most samples of a component across and down, in a block of blocks.
    pub(super) fn most(&self) -> (u32, u32) {
        let most =
            |side: fn(&Component) -> u32| self.components.iter().map(side).max().unwrap_or(1);
        (most(|it| it.across), most(|it| it.down))
    }

    /// Pixels across and down of a block of blocks.
    pub(super) fn block_px(&self) -> (u32, u32) {
        let (across, down) = self.most();
        (8 * across, 8 * down)
    }

    /// Blocks of blocks across.
    pub(super) fn across(&self) -> u32 {
        self.width.div_ceil(self.block_px().0)
    }

    /// Rows of blocks of blocks.
    pub(super) fn rows(&self) -> u32 {
        self.height.div_ceil(self.block_px().1)
    }
}
