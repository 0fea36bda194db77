//! Finds the scans of a picture that comes in several: what they say stands before each
//! of them.

use super::layer::{Layer, Part};
use crate::format::image::huge::jpeg::layout::{Layout, UNUSUAL};
use crate::format::image::huge::window::{Content, Window};
use crate::format::image::words::ENDS_EARLY;
use std::sync::Arc;
use std::time::Instant;

/// Most scans: as many as of a picture that is held.
const MAX_SCANS: usize = 100;

const TOO_MANY: &str = "it has more than the 100 scans that are read at most";

/// Steps between two looks at the time.
const STEPS: usize = 1024;

/// A walk over the file.
pub(super) struct Search<'d> {
    layout: Layout<'d>,
    layers: Vec<Layer>,
    window: Window<'d>,
    at: usize,
    /// What follows belongs to a scan.
    is_coded: bool,
    is_done: bool,
    /// The end of the picture was seen, and nothing odd before.
    is_whole: bool,
}

/// What was found.
pub(super) struct Found<'d> {
    pub(super) layout: Layout<'d>,
    pub(super) layers: Vec<Layer>,
    pub(super) is_whole: bool,
}

impl<'d> Search<'d> {
    pub(super) fn new(layout: Layout<'d>, content: Content<'d>) -> Self {
        Self {
            at: layout.scan,
            layout,
            layers: Vec::new(),
            window: Window::new(content),
            is_coded: false,
            is_done: false,
            is_whole: true,
        }
    }

    /// Goes on until some time, or the end; tells whether that is reached.
    pub(super) fn go_on(&mut self, until: Option<Instant>) -> Result<bool, &'static str> {
        while !self.is_done {
            for _ in 0..STEPS {
                match self.is_coded {
                    true => self.pass_over(),
                    false => self.segment()?,
                }
                if self.is_done {
                    break;
                }
            }
            if until.is_some_and(|until| Instant::now() >= until) {
                break;
            }
        }
        Ok(self.is_done)
    }

    pub(super) fn found(self) -> Result<Found<'d>, &'static str> {
        let begins = |layer: &Layer| layer.first == 0 && !layer.refines;
        if !self.layers.iter().any(begins) {
            return Err(if self.is_whole { UNUSUAL } else { ENDS_EARLY });
        }
        Ok(Found {
            layout: self.layout,
            layers: self.layers,
            is_whole: self.is_whole,
        })
    }

    fn end(&mut self, is_whole: bool) {
        self.is_done = true;
        self.is_whole &= is_whole;
    }

    /// Goes towards the next marker (ITU-T T.81, B.1.1.5).
    fn pass_over(&mut self) {
        let bytes = self.window.from(self.at, 2);
        let Some(place) = memchr::memchr(0xff, bytes) else {
            let passed = bytes.len();
            self.at += passed;
            if passed == 0 {
                self.end(false);
            }
            return;
        };
        let next = bytes.get(place + 1).copied();
        self.at += place;
        match next {
            Some(0 | 0xd0..=0xd7) => self.at += 2,
            Some(0xff) => self.at += 1,
            Some(_) => self.is_coded = false,
            // The last byte of the file, or of what is looked at.
            None if place == 0 => self.end(false),
            None => {}
        }
    }

    /// A marker and what belongs to it. What is broken is passed over.
    fn segment(&mut self) -> Result<(), &'static str> {
        let head = self.window.from(self.at, 4);
        let (marker, length) = match *head {
            [0xff, 0xd9, ..] => {
                self.end(true);
                return Ok(());
            }
            [0xff, marker, high, low, ..] => (marker, usize::from(u16::from_be_bytes([high, low]))),
            [_, _, _, _, ..] => {
                self.is_coded = true;
                self.is_whole = false;
                return Ok(());
            }
            // No segment is that short.
            _ => {
                self.end(false);
                return Ok(());
            }
        };
        if !matches!(marker, 0xc0..=0xfe) || length < 2 {
            self.is_coded = true;
            self.is_whole = false;
            self.at += 2;
            return Ok(());
        }
        let segment = self.window.from(self.at, 2 + length);
        let Some(segment) = segment.get(..2 + length) else {
            self.end(false);
            return Ok(());
        };
        self.at += segment.len();
        let data = segment.get(4..).unwrap_or_default();
        let layout = &mut self.layout;
        let read = match marker {
            0xc4 => layout.codes(data),
            0xdb => steps(layout, segment),
            0xdd => layout.restarts(data),
            0xda => {
                self.is_coded = true;
                if self.layers.len() == MAX_SCANS {
                    return Err(TOO_MANY);
                }
                let layer = layer(layout, data, self.at);
                layer.map(|layer| self.layers.push(layer))
            }
            // Another picture, or one of another kind, does not follow.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => None,
            _ => Some(()),
        };
        self.is_whole &= read.is_some();
        Ok(())
    }
}

/// Steps of a component stand before its first scan; those of others stay as they are.
fn steps(layout: &mut Layout<'_>, segment: &[u8]) -> Option<()> {
    let before = layout.steps;
    layout.steps(segment.get(4..)?)?;
    let mut is_new = false;
    for (now, before) in layout.steps.iter_mut().zip(before) {
        is_new |= before.is_none() && now.is_some();
        *now = before.or(*now);
    }
    if is_new {
        layout.kept.insert(0, segment.to_vec().into());
    }
    Some(())
}

/// What a scan says of itself (B.2.3); `None` of one that cannot be.
fn layer(layout: &Layout<'_>, data: &[u8], at: usize) -> Option<Layer> {
    let (count, rest) = data.split_first()?;
    let (named, rest) = rest.split_at_checked(2 * usize::from(*count))?;
    let [first, last, bits, ..] = *rest else {
        return None;
    };
    let (first, last, bits) = match layout.is_progressive() {
        true => (first, last, bits),
        // All of its components, whatever it says.
        false => (0, 63, 0),
    };
    let (high, low) = (bits >> 4, bits & 15);
    let (is_means, refines) = (first == 0, high > 0);
    let has_rest = last > 0;
    let mut components: Vec<Part> = Vec::new();
    for [name, tables] in named.as_chunks::<2>().0 {
        let mut frames = layout.components.iter();
        let place = frames.position(|component| component.frame[0] == *name)?;
        if components.iter().any(|other| other.component == place) {
            return None;
        }
        let find = |tables: &[Option<Arc<_>>; 4], place: u8| -> Option<Arc<_>> {
            tables.get(usize::from(place))?.clone()
        };
        let means = match is_means && !refines {
            true => Some(find(&layout.means, tables >> 4)?),
            false => None,
        };
        let rest = match has_rest {
            true => Some(find(&layout.rest, tables & 15)?),
            false => None,
        };
        components.push(Part {
            component: place,
            means,
            rest,
        });
    }
    let fits = match (layout.is_progressive(), is_means) {
        (true, true) => last == 0 && !components.is_empty(),
        (true, false) => last >= first && last < 64 && components.len() == 1,
        (false, _) => !components.is_empty(),
    };
    (fits && low <= 13).then(|| Layer {
        components,
        first: first.into(),
        last: last.into(),
        refines,
        low,
        interval: layout.interval,
        at,
    })
}
