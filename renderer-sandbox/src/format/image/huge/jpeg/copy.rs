//! Blocks of a scan as a small JPEG of its own.

use super::blocks::{Blocks, Windows};
use super::layout::Layout;
use super::scan::Sink;
use crate::format::image::huge::bits::{Field, Writer, written};
use std::ops::Range;

/// Codes for the differences of means: those of ITU-T T.81, table K.3, which has
/// every length that can occur.
const MEANS: [u8; 28] = [
    0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
];

/// These blocks as a JPEG of its own, of so many pixels; `None` where the scan cannot be
/// read.
pub(super) fn small(
    source: Blocks<'_>,
    windows: &mut Windows,
    rows: Range<u32>,
    blocks: Range<u32>,
    (width, height): (u32, u32),
) -> Option<Vec<u8>> {
    let mut copy = Copy::new();
    for row in rows {
        source.row(row, blocks.clone(), &mut copy, windows)?;
    }
    copy.file(source.layout(), (width, height))
}

/// What stands before its scan.
fn before(layout: &Layout<'_>, (width, height): (u32, u32)) -> Option<Vec<u8>> {
    let mut file = vec![0xff, 0xd8];
    for segment in &layout.kept {
        file.extend_from_slice(segment);
    }
    let count = u8::try_from(layout.components.len()).ok()?;
    let mut frame = vec![8];
    frame.extend(u16::try_from(height).ok()?.to_be_bytes());
    frame.extend(u16::try_from(width).ok()?.to_be_bytes());
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
    Some(file)
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
pub(super) struct Copy {
    writer: Writer,
    means: [i32; 4],
    codes: Vec<Field>,
}

impl Copy {
    /// What was written, as a JPEG of so many pixels.
    pub(super) fn file(mut self, layout: &Layout<'_>, size: (u32, u32)) -> Option<Vec<u8>> {
        self.writer.end();
        let mut file = before(layout, size)?;
        file.append(&mut self.writer.bytes);
        file.extend([0xff, 0xd9]);
        Some(file)
    }

    pub(super) fn new() -> Self {
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
}

impl Sink for Copy {
    fn mean(&mut self, component: usize, mean: i32) -> Option<()> {
        let before = self.means.get_mut(component)?;
        let difference = written(mean.checked_sub(*before)?)?;
        *before = mean;
        self.writer
            .put(*self.codes.get(usize::from(difference.length))?);
        self.writer.put(difference);
        Some(())
    }

    fn last(&self, _: usize) -> usize {
        63
    }

    fn rest(&mut self, _: usize, code: Field, value: Field, _: usize) {
        self.writer.put(code);
        self.writer.put(value);
    }

    fn end(&mut self, _: usize, _: u32, _: (u32, u32)) {}
}
