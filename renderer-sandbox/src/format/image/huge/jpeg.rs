//! Rows of a JPEG from any strip on. The scan is read once, bit by bit and without
//! making pixels of it, to know where its rows of blocks begin; a strip is then
//! copied out of it as a small JPEG of its own, with one more row of blocks on each
//! side, and decoded as any other.

use super::Rows;
use super::bits::{Codes, Field, Reader, Writer, number, written};
use crate::format::DocumentError;
use crate::format::image::decode::{Header, damaged};
use crate::format::image::jpeg;
use crate::format::image::samples::{Kind, Samples, zeroed};
use crate::format::image::words::{ENDS_EARLY, undecodable};
use std::sync::OnceLock;

const WHOLE: &str = "a progressive JPEG has to be decoded as a whole";
const UNUSUAL: &str = "a JPEG of this kind has to be decoded as a whole";

/// Codes for the differences of means: those of ITU-T T.81, table K.3, which has
/// every length that can occur.
const MEANS: [u8; 28] = [
    0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
];

/// A component of the picture.
struct Component {
    /// As the frame names it: name, sampling, quantisation.
    frame: [u8; 3],
    across: u32,
    down: u32,
    means: usize,
    rest: usize,
}

/// What stands before the scan.
struct Layout<'d> {
    width: u32,
    height: u32,
    components: Vec<Component>,
    means: [Option<Codes>; 4],
    rest: [Option<Codes>; 4],
    /// Segments that a small JPEG needs, too: quantisation, and what colours mean.
    kept: Vec<&'d [u8]>,
    /// Blocks between two restarts; 0 is none.
    interval: u32,
    scan: &'d [u8],
}

impl<'d> Layout<'d> {
    fn read(file: &'d [u8]) -> Result<Self, &'static str> {
        let mut layout = Self {
            width: 0,
            height: 0,
            components: Vec::new(),
            means: [const { None }; 4],
            rest: [const { None }; 4],
            kept: Vec::new(),
            interval: 0,
            scan: &[],
        };
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
                0xc0 | 0xc1 => layout.frame(data).ok_or(UNUSUAL)?,
                0xc2 | 0xc6 => return Err(WHOLE),
                0xc4 => layout.codes(data).ok_or(UNUSUAL)?,
                0xc3 | 0xc5..=0xcf => return Err(UNUSUAL),
                0xdb | 0xe0 | 0xee => layout.kept.push(segment),
                0xdd => {
                    let interval = data.first_chunk::<2>().ok_or(UNUSUAL)?;
                    layout.interval = u16::from_be_bytes(*interval).into();
                }
                0xda => {
                    layout.scan(data).ok_or(UNUSUAL)?;
                    layout.scan = after;
                    return Ok(layout);
                }
                _ => {}
            }
            file = after;
        }
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

    fn codes(&mut self, mut data: &[u8]) -> Option<()> {
        while let Some((name, rest)) = data.split_first() {
            let (codes, after) = Codes::read(rest)?;
            let tables = match name >> 4 {
                0 => &mut self.means,
                _ => &mut self.rest,
            };
            *tables.get_mut(usize::from(name & 15))? = Some(codes);
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
        let has = |tables: &[Option<Codes>; 4], place: usize| {
            tables.get(place).is_some_and(Option::is_some)
        };
        let known = |it: &Component| has(&self.means, it.means) && has(&self.rest, it.rest);
        self.components.iter().all(known).then_some(())
    }

    /// Blocks of blocks across, and rows of pixels in one.
    fn blocks(&self) -> (u32, u32) {
        let most =
            |side: fn(&Component) -> u32| self.components.iter().map(side).max().unwrap_or(1);
        let wide = 8 * most(|it| it.across);
        (self.width.div_ceil(wide), 8 * most(|it| it.down))
    }
}

pub(super) fn can(file: &[u8]) -> Result<(), &'static str> {
    Layout::read(file).map(drop)
}

/// A place in the scan, where a row of blocks begins.
#[derive(Clone, Copy)]
struct Place {
    reader: Reader,
    means: [i32; 4],
    /// Blocks until the next restart.
    left: u32,
}

/// The rows of one file.
pub(super) struct JpegRows {
    layout: Layout<'static>,
    kind: Kind,
    per_strip: u32,
    block_rows: u32,
    /// Where rows of blocks begin, as far as the scan can be read.
    places: OnceLock<Vec<Place>>,
}

impl JpegRows {
    pub(super) fn open(
        file: &'static [u8],
        header: &Header,
        wanted: u32,
    ) -> Result<Self, DocumentError> {
        let layout = Layout::read(file).map_err(damaged)?;
        let (_, block_rows) = layout.blocks();
        if (layout.width, layout.height) != (header.width, header.height) {
            return Err(damaged("its picture has two sizes"));
        }
        Ok(Self {
            kind: header.kind,
            per_strip: wanted.div_ceil(block_rows) * block_rows,
            block_rows,
            layout,
            places: OnceLock::new(),
        })
    }

    fn places(&self) -> &[Place] {
        self.places.get_or_init(|| {
            let mut place = Place {
                reader: Reader::new(),
                means: [0; 4],
                left: self.layout.interval,
            };
            let mut places = Vec::new();
            let rows = self.layout.height.div_ceil(self.block_rows);
            for _ in 0..rows {
                places.push(place);
                if self.walk(&mut place, None).is_none() {
                    // The row that is cut is not shown.
                    places.pop();
                    break;
                }
            }
            places
        })
    }

    /// Reads a row of blocks, and copies it where it is wanted.
    fn walk(&self, place: &mut Place, mut copy: Option<&mut Copy>) -> Option<()> {
        let layout = &self.layout;
        let scan = layout.scan;
        for _ in 0..layout.blocks().0 {
            if layout.interval > 0 {
                if place.left == 0 {
                    place.reader.restart(scan)?;
                    (place.means, place.left) = ([0; 4], layout.interval);
                }
                place.left -= 1;
            }
            for (number, component) in layout.components.iter().enumerate() {
                for _ in 0..component.across * component.down {
                    self.block(place, (number, component), copy.as_deref_mut())?;
                }
            }
        }
        Some(())
    }

    fn block(
        &self,
        place: &mut Place,
        (component, of): (usize, &Component),
        mut copy: Option<&mut Copy>,
    ) -> Option<()> {
        let scan = self.layout.scan;
        let means = self.layout.means.get(of.means)?.as_ref()?;
        let rest = self.layout.rest.get(of.rest)?.as_ref()?;
        let reader = &mut place.reader;
        let (length, _) = reader.symbol(scan, means)?;
        let difference = reader.field(scan, Some(length).filter(|it| *it <= 11)?)?;
        let mean = place.means.get_mut(component)?;
        *mean += number(difference);
        if let Some(copy) = copy.as_deref_mut() {
            copy.mean(component, *mean)?;
        }
        let mut done = 1;
        while done < 64 {
            let (symbol, code) = reader.symbol(scan, rest)?;
            let (run, length) = (symbol >> 4, symbol & 15);
            let value = reader.field(scan, length)?;
            if let Some(copy) = copy.as_deref_mut() {
                copy.writer.put(code);
                copy.writer.put(value);
            }
            match (run, length) {
                (15, 0) => done += 16,
                (_, 0) => break,
                _ => done += u32::from(run) + 1,
            }
        }
        Some(())
    }

    /// Rows of blocks from a first to before a last one, as a JPEG of its own.
    fn small(&self, first: u32, last: u32, height: u32) -> Option<Vec<u8>> {
        let mut place = *self.places().get(first as usize)?;
        let mut copy = Copy::new();
        for _ in first..last {
            self.walk(&mut place, Some(&mut copy))?;
        }
        copy.writer.end();
        let layout = &self.layout;
        let mut file = vec![0xff, 0xd8];
        layout.kept.iter().for_each(|segment| file.extend(*segment));
        let count = u8::try_from(layout.components.len()).ok()?;
        let mut frame = vec![8];
        frame.extend(u16::try_from(height).ok()?.to_be_bytes());
        frame.extend(u16::try_from(layout.width).ok()?.to_be_bytes());
        frame.push(count);
        layout
            .components
            .iter()
            .for_each(|it| frame.extend(it.frame));
        segment(&mut file, 0xc0, &frame);
        segment(&mut file, 0xc4, &[&[0][..], &MEANS].concat());
        for (name, codes) in (0x10_u8..).zip(&layout.rest) {
            if let Some(codes) = codes {
                segment(&mut file, 0xc4, &[&[name][..], &codes.segment].concat());
            }
        }
        let mut scan = vec![count];
        for component in &layout.components {
            // Below 4, as there is such a table.
            scan.extend([component.frame[0], component.rest as u8]);
        }
        scan.extend([0, 63, 0]);
        segment(&mut file, 0xda, &scan);
        file.append(&mut copy.writer.bytes);
        file.extend([0xff, 0xd9]);
        Some(file)
    }
}

/// A segment of a file.
fn segment(file: &mut Vec<u8>, marker: u8, data: &[u8]) {
    let length = u16::try_from(data.len() + 2).unwrap_or(u16::MAX);
    file.extend([0xff, marker]);
    file.extend(length.to_be_bytes());
    file.extend(data);
}

/// Part of a scan that is written anew: differences of means with codes of our own,
/// everything else as it stands.
struct Copy {
    writer: Writer,
    means: [i32; 4],
    codes: Vec<Field>,
}

impl Copy {
    fn new() -> Self {
        let mut codes = Vec::new();
        let (counts, _) = MEANS.split_at(16);
        let mut code = 0_u16;
        for (length, count) in (1_u8..).zip(counts) {
            for _ in 0..*count {
                codes.push(Field {
                    value: code,
                    length,
                });
                code += 1;
            }
            code <<= 1;
        }
        Self {
            writer: Writer::default(),
            means: [0; 4],
            codes,
        }
    }

    fn mean(&mut self, component: usize, mean: i32) -> Option<()> {
        let before = self.means.get_mut(component)?;
        let difference = written(mean.checked_sub(*before)?)?;
        *before = mean;
        self.writer
            .put(*self.codes.get(usize::from(difference.length))?);
        self.writer.put(difference);
        Some(())
    }
}

impl Rows for JpegRows {
    fn per_strip(&self) -> u32 {
        self.per_strip
    }

    fn read(&self, first: u32, count: u32) -> Result<Samples, DocumentError> {
        let there = u32::try_from(self.places().len()).unwrap_or(u32::MAX);
        if there == 0 {
            return Err(damaged(&undecodable(ENDS_EARLY)));
        }
        let row_bytes = self.layout.width as usize * self.kind.pixel_bytes();
        let mut bytes = zeroed(row_bytes as u64 * u64::from(count))?;
        // Whoever smooths colours between blocks looks at the row of blocks beside.
        let from = (first / self.block_rows).saturating_sub(1);
        let to = (first + count).div_ceil(self.block_rows) + 1;
        let to = to.min(there);
        if from < to {
            let bottom = (to * self.block_rows).min(self.layout.height);
            let top = from * self.block_rows;
            let file = self.small(from, to, bottom - top);
            let file = file.ok_or_else(|| damaged("its picture cannot be taken apart"))?;
            let decoded = jpeg::decode(&file)?.samples;
            let skip = (first - top) as usize * row_bytes;
            let rows = decoded.bytes.get(skip..).unwrap_or_default();
            bytes
                .iter_mut()
                .zip(rows)
                .for_each(|(to, from)| *to = *from);
        }
        Ok(Samples {
            bytes,
            kind: self.kind,
        })
    }

    fn cut(&self) -> Option<String> {
        let all = self.layout.height.div_ceil(self.block_rows) as usize;
        (self.places().len() < all).then(|| ENDS_EARLY.to_owned())
    }
}
