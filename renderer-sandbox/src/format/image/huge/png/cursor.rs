//! Rows of a PNG as they are unpacked, one after the other.

use super::filter;
use super::shape::Shape;
use crate::format::image::words::ENDS_EARLY;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_IGNORE_ADLER32, TINFL_FLAG_PARSE_ZLIB_HEADER,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// How far DEFLATE looks back, in bytes; the unpacker's buffer is exactly that.
const WINDOW: usize = 32 * 1024;

/// A place from which rows can be unpacked.
#[derive(Clone)]
pub(super) struct Cursor {
    pub(super) row: u32,
    part: usize,
    at: usize,
    unpacker: DecompressorOxide,
    window: Vec<u8>,
    /// Where the unpacker writes next, and from where on nobody has taken yet.
    written: usize,
    taken: usize,
    before: Vec<u8>,
}

impl Cursor {
    /// The start of the first row.
    pub(super) fn start(shape: Shape) -> Self {
        Self {
            row: 0,
            part: 0,
            at: 0,
            unpacker: DecompressorOxide::new(),
            window: vec![0; WINDOW],
            written: 0,
            taken: 0,
            before: vec![0; shape.row_bytes()],
        }
    }

    /// Bytes that one takes.
    pub(super) fn bytes(shape: Shape) -> usize {
        WINDOW + shape.row_bytes() + size_of::<DecompressorOxide>()
    }

    /// Unpacks the next row into `row`.
    pub(super) fn next(
        &mut self,
        parts: &[&[u8]],
        shape: Shape,
        row: &mut [u8],
    ) -> Result<(), String> {
        let mut filter = [0];
        self.fill(parts, &mut filter)?;
        self.fill(parts, row)?;
        filter::undo(filter[0], row, &self.before, shape.pixel_bytes())?;
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
