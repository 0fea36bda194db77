//! Rows of a PNG from any strip on. While it is unpacked for the first time, places
//! are kept from which unpacking can go on: the state of the unpacker, the last 32
//! KiB, and the row before.

use super::Rows;
use crate::format::DocumentError;
use crate::format::image::decode::{Header, damaged};
use crate::format::image::png;
use crate::format::image::samples::{Channels, Depth, Kind, Samples, zeroed};
use crate::format::image::words::ENDS_EARLY;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_IGNORE_ADLER32, TINFL_FLAG_PARSE_ZLIB_HEADER,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How far DEFLATE looks back, in bytes; the unpacker's buffer is exactly that.
const WINDOW: usize = 32 * 1024;

/// What is kept of places to go on from, in bytes.
const PLACES_BYTES: usize = 24 * 1024 * 1024;

/// Colour types (PNG, third edition, 11.2.1).
const GREY: u8 = 0;
const RGB: u8 = 2;
const PALETTE: u8 = 3;
const GREY_ALPHA: u8 = 4;
const RGBA: u8 = 6;

/// What the header says of a row.
#[derive(Clone, Copy)]
struct Shape {
    width: u32,
    height: u32,
    bits: usize,
    colours: u8,
}

impl Shape {
    fn read(file: &[u8]) -> Option<(Self, u8)> {
        let (_, data) = png::chunks(file).find(|(kind, _)| kind == b"IHDR")?;
        let (width, rest) = data.split_first_chunk::<4>()?;
        let (height, rest) = rest.split_first_chunk::<4>()?;
        let [bits, colours, _, _, interlaced, ..] = *rest else {
            return None;
        };
        let shape = Self {
            width: u32::from_be_bytes(*width),
            height: u32::from_be_bytes(*height),
            bits: bits.into(),
            colours,
        };
        Some((shape, interlaced))
    }

    fn samples(self) -> usize {
        match self.colours {
            RGB => 3,
            GREY_ALPHA => 2,
            RGBA => 4,
            _ => 1,
        }
    }

    fn row_bytes(self) -> usize {
        (self.width as usize * self.samples() * self.bits).div_ceil(8)
    }

    /// How far back the pixel before is.
    fn pixel_bytes(self) -> usize {
        (self.samples() * self.bits / 8).max(1)
    }
}

pub(super) fn can(file: &[u8]) -> Result<(), &'static str> {
    match Shape::read(file) {
        Some((_, 0)) if png::chunks(file).any(|(kind, _)| &kind == b"acTL") => {
            Err("a picture that moves has to be decoded as a whole")
        }
        Some((_, 0)) => Ok(()),
        _ => Err("an interlaced PNG has to be decoded as a whole"),
    }
}

/// The rows of one file.
pub(super) struct PngRows {
    /// What is packed, in its parts.
    parts: Vec<&'static [u8]>,
    shape: Shape,
    kind: Kind,
    palette: Vec<[u8; 4]>,
    /// The colour that is see-through.
    clear: Option<Vec<u8>>,
    per_strip: u32,
    /// Rows between two places to go on from.
    between: u32,
    state: Mutex<State>,
}

struct State {
    /// Where the last reading ended.
    cursor: Cursor,
    /// In order of rows; the first is the start.
    places: Vec<Cursor>,
    /// The first row that is not there, and why.
    cut: Option<(u32, String)>,
}

/// A place from which rows can be unpacked.
#[derive(Clone)]
struct Cursor {
    row: u32,
    part: usize,
    at: usize,
    unpacker: DecompressorOxide,
    window: Vec<u8>,
    /// Where the unpacker writes next, and from where on nobody has taken yet.
    written: usize,
    taken: usize,
    before: Vec<u8>,
}

impl PngRows {
    pub(super) fn open(
        file: &'static [u8],
        header: &Header,
        per_strip: u32,
    ) -> Result<Self, DocumentError> {
        let none = || damaged("its picture has no size");
        let (shape, _) = Shape::read(file).ok_or_else(none)?;
        let parts = png::chunks(file).filter(|(kind, _)| kind == b"IDAT");
        let (mut palette, mut clear) = (Vec::new(), None);
        for (kind, data) in png::chunks(file).take_while(|(kind, _)| kind != b"IDAT") {
            match &kind {
                b"PLTE" => {
                    let colours = data.as_chunks::<3>().0.iter();
                    palette = colours.map(|[r, g, b]| [*r, *g, *b, 255]).collect();
                }
                b"tRNS" if shape.colours == PALETTE => {
                    for (colour, alpha) in palette.iter_mut().zip(data) {
                        colour[3] = *alpha;
                    }
                }
                b"tRNS" => clear = Some(data.to_vec()),
                _ => {}
            }
        }
        let cursor = Cursor {
            row: 0,
            part: 0,
            at: 0,
            unpacker: DecompressorOxide::new(),
            window: vec![0; WINDOW],
            written: 0,
            taken: 0,
            before: vec![0; shape.row_bytes()],
        };
        let place = WINDOW + shape.row_bytes() + size_of::<DecompressorOxide>();
        let places = u32::try_from(PLACES_BYTES / place).unwrap_or(1).max(1);
        let strips = shape.height.div_ceil(per_strip).div_ceil(places).max(1);
        Ok(Self {
            parts: parts.map(|(_, data)| data).collect(),
            shape,
            // RGBA is not copied once more.
            kind: match (header.kind.channels, header.kind.depth) {
                (Channels::Rgb, Depth::Eight) => Kind::new(Channels::Rgba, Depth::Eight),
                _ => header.kind,
            },
            palette,
            clear,
            per_strip,
            between: strips.saturating_mul(per_strip),
            state: Mutex::new(State {
                places: vec![cursor.clone()],
                cursor,
                cut: None,
            }),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A place that is half changed would be seen: it is cloned before it is used.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rows for PngRows {
    fn per_strip(&self) -> u32 {
        self.per_strip
    }

    fn read(&self, first: u32, count: u32) -> Result<Samples, DocumentError> {
        let mut state = self.lock();
        let row_bytes = self.shape.width as usize * self.kind.pixel_bytes();
        let mut bytes = zeroed(row_bytes as u64 * u64::from(count))?;
        if state.cursor.row > first || state.cursor.row + self.between < first {
            let place = state.places.partition_point(|place| place.row <= first);
            if let Some(place) = state.places.get(place.saturating_sub(1)) {
                state.cursor = place.clone();
            }
        }
        let mut row = vec![0; self.shape.row_bytes()];
        let mut targets = bytes.chunks_exact_mut(row_bytes.max(1));
        while state.cursor.row < first.saturating_add(count) {
            let here = state.cursor.row;
            if state.cut.as_ref().is_some_and(|(cut, _)| here >= *cut) {
                break;
            }
            let last = state.places.last().map_or(0, |place| place.row);
            if here > last && here.is_multiple_of(self.between) {
                let place = state.cursor.clone();
                state.places.push(place);
            }
            match state.cursor.next(&self.parts, self.shape, &mut row) {
                Ok(()) if here < first => {}
                Ok(()) => {
                    if let Some(target) = targets.next() {
                        self.lay_out(&row, target);
                    }
                }
                Err(why) => state.cut = Some((here, why)),
            }
        }
        if let Some((0, why)) = &state.cut {
            return Err(damaged(&crate::format::image::words::undecodable(why)));
        }
        Ok(Samples {
            bytes,
            kind: self.kind,
        })
    }

    fn cut(&self) -> Option<String> {
        self.lock().cut.as_ref().map(|(_, why)| why.clone())
    }
}

impl Cursor {
    /// Unpacks the next row into `row`.
    fn next(&mut self, parts: &[&[u8]], shape: Shape, row: &mut [u8]) -> Result<(), String> {
        let mut filter = [0];
        self.fill(parts, &mut filter)?;
        self.fill(parts, row)?;
        unfilter(filter[0], row, &self.before, shape.pixel_bytes())?;
        self.before.copy_from_slice(row);
        self.row += 1;
        Ok(())
    }

    fn fill(&mut self, parts: &[&[u8]], mut out: &mut [u8]) -> Result<(), String> {
        while !out.is_empty() {
            let ready = self
                .window
                .get(self.taken..self.written)
                .unwrap_or_default();
            if ready.is_empty() {
                self.unpack(parts)?;
                continue;
            }
            let count = ready.len().min(out.len());
            let (now, later) = out.split_at_mut(count);
            now.copy_from_slice(ready.get(..count).unwrap_or_default());
            self.taken += count;
            out = later;
        }
        Ok(())
    }

    fn unpack(&mut self, parts: &[&[u8]]) -> Result<(), String> {
        if self.written == WINDOW {
            (self.written, self.taken) = (0, 0);
        }
        let flags =
            TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_IGNORE_ADLER32 | TINFL_FLAG_HAS_MORE_INPUT;
        loop {
            let Some(part) = parts.get(self.part) else {
                return Err(ENDS_EARLY.to_owned());
            };
            let rest = part.get(self.at..).unwrap_or_default();
            let (status, read, wrote) = decompress(
                &mut self.unpacker,
                rest,
                &mut self.window,
                self.written,
                flags,
            );
            self.at += read;
            self.written += wrote;
            match status {
                _ if wrote > 0 => return Ok(()),
                TINFLStatus::NeedsMoreInput => (self.part, self.at) = (self.part + 1, 0),
                TINFLStatus::Done => return Err(ENDS_EARLY.to_owned()),
                TINFLStatus::HasMoreOutput if self.written < WINDOW => {}
                TINFLStatus::HasMoreOutput => return Ok(()),
                _ => return Err("what is packed in it is broken".to_owned()),
            }
        }
    }
}

/// Undoes the filter of a row (PNG, third edition, 9.2).
fn unfilter(filter: u8, row: &mut [u8], above: &[u8], pixel: usize) -> Result<(), String> {
    match filter {
        0 => {}
        1 => {
            for at in pixel..row.len() {
                row[at] = row[at].wrapping_add(row[at - pixel]);
            }
        }
        2 => {
            for (value, up) in row.iter_mut().zip(above) {
                *value = value.wrapping_add(*up);
            }
        }
        3 => {
            for at in 0..row.len() {
                let left = if at >= pixel { row[at - pixel] } else { 0 };
                let mean = (u16::from(left) + u16::from(above[at])) / 2;
                row[at] = row[at].wrapping_add(mean as u8);
            }
        }
        4 => {
            for at in 0..row.len() {
                let (left, corner) = match at >= pixel {
                    true => (row[at - pixel], above[at - pixel]),
                    false => (0, 0),
                };
                row[at] = row[at].wrapping_add(paeth(left, above[at], corner));
            }
        }
        _ => return Err("a row has a filter that is not known".to_owned()),
    }
    Ok(())
}

/// Whichever of the three is closest to what a plane through them would have here.
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(corner));
    let (pa, pb, pc) = ((b - c).abs(), (a - c).abs(), (a + b - 2 * c).abs());
    if pa <= pb && pa <= pc {
        left
    } else if pb <= pc {
        up
    } else {
        corner
    }
}

impl PngRows {
    /// A row as samples of the kind that the header tells.
    fn lay_out(&self, row: &[u8], out: &mut [u8]) {
        let pixel = self.kind.pixel_bytes();
        let with_alpha = matches!(self.kind.channels, Channels::GreyAlpha | Channels::Rgba);
        let stored_alpha = matches!(self.shape.colours, GREY_ALPHA | RGBA);
        match (self.shape.colours, self.shape.bits) {
            (PALETTE, bits) => {
                for (index, out) in packed(row, bits).zip(out.chunks_exact_mut(pixel)) {
                    let colour = self.palette.get(usize::from(index));
                    let colour = colour.copied().unwrap_or([0, 0, 0, 255]);
                    out.iter_mut()
                        .zip(colour)
                        .for_each(|(out, value)| *out = value);
                }
            }
            (GREY, bits @ 1..=4) => {
                let most = (1_u16 << bits) - 1;
                let clear = self
                    .clear
                    .as_deref()
                    .and_then(|clear| clear.get(1))
                    .copied();
                for (value, out) in packed(row, bits).zip(out.chunks_exact_mut(pixel)) {
                    let alpha = if Some(value) == clear { 0 } else { 255 };
                    // A part of the most is at most the most.
                    let value = (u16::from(value) * 255 / most) as u8;
                    out.iter_mut()
                        .zip([value, alpha])
                        .for_each(|(out, value)| *out = value);
                }
            }
            (RGB, 8) if self.clear.is_none() => {
                let (from, to) = (row.as_chunks::<3>().0, out.as_chunks_mut::<4>().0);
                for ([r, g, b], to) in from.iter().zip(to) {
                    *to = [*r, *g, *b, u8::MAX];
                }
            }
            (_, bits) => {
                let bytes = if bits == 16 { 2 } else { 1 };
                let stored = row.chunks_exact(self.shape.samples() * bytes);
                for (from, out) in stored.zip(out.chunks_exact_mut(pixel)) {
                    out.iter_mut()
                        .zip(from)
                        .for_each(|(out, value)| *out = *value);
                    if with_alpha && !stored_alpha {
                        let alpha = if self.is_clear(from, bytes) { 0 } else { 255 };
                        out.iter_mut().skip(from.len()).for_each(|out| *out = alpha);
                    }
                }
            }
        }
        if self.kind.depth == Depth::Sixteen {
            for sample in out.as_chunks_mut::<2>().0 {
                *sample = u16::from_be_bytes(*sample).to_ne_bytes();
            }
        }
    }

    /// Whether these samples are the colour that is see-through, which is written
    /// with 16 bits each.
    fn is_clear(&self, samples: &[u8], bytes: usize) -> bool {
        let Some(clear) = &self.clear else {
            return false;
        };
        let wide = clear.as_chunks::<2>().0;
        let mut pairs = samples.chunks_exact(bytes).zip(wide);
        pairs.all(|(sample, clear)| match bytes {
            2 => sample == clear,
            _ => sample.first() == clear.get(1),
        })
    }
}

/// Samples of fewer than 8 bits, or 8, the first in the highest bits.
fn packed(row: &[u8], bits: usize) -> impl Iterator<Item = u8> + '_ {
    let bits = bits.clamp(1, 8);
    let mask = u8::MAX >> (8 - bits);
    row.iter().flat_map(move |byte| {
        let shifts = (0..8 / bits).map(move |place| 8 - bits * (place + 1));
        shifts.map(move |shift| (byte >> shift) & mask)
    })
}
