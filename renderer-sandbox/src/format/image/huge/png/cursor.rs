//! Rows of a PNG as they are unpacked, one after the other.

use super::filter;
use super::shape::Shape;
use crate::format::image::huge::window::Window;
use crate::format::image::words::ENDS_EARLY;
use flate2::Crc;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_IGNORE_ADLER32, TINFL_FLAG_PARSE_ZLIB_HEADER,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// How far DEFLATE looks back, in bytes; the unpacker's buffer is exactly that.
const WINDOW: usize = 32 * 1024;

/// Bytes before the first part of a file.
const SIGNATURE: usize = 8;

/// The sum over a part, as far as that was read (PNG, 5.5).
struct Sum(Crc);

impl Sum {
    fn start() -> Self {
        let mut sum = Crc::new();
        sum.update(b"IDAT");
        Self(sum)
    }
}

impl Clone for Sum {
    fn clone(&self) -> Self {
        let mut sum = Crc::new();
        sum.combine(&self.0);
        Self(sum)
    }
}

/// A place from which rows can be unpacked.
#[derive(Clone)]
pub(super) struct Cursor {
    pub(super) row: u32,
    /// The next byte that is packed, and how many of its part are left.
    at: usize,
    left: usize,
    /// Of the part, until it is held against what stands behind that.
    sum: Option<Sum>,
    /// Where the next part begins.
    next: usize,
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
            at: 0,
            left: 0,
            sum: None,
            next: SIGNATURE,
            unpacker: DecompressorOxide::new(),
            window: vec![0; WINDOW],
            written: 0,
            taken: 0,
            before: vec![0; shape.row_bytes()],
        }
    }

    /// Goes on with another picture, which follows.
    pub(super) fn begin(&mut self, shape: Shape) {
        self.row = 0;
        self.before.clear();
        self.before.resize(shape.row_bytes(), 0);
    }

    /// Bytes that one takes.
    pub(super) fn bytes(shape: Shape) -> usize {
        WINDOW + shape.row_bytes() + size_of::<DecompressorOxide>()
    }

    /// Unpacks the next row into `row`.
    pub(super) fn next(
        &mut self,
        file: &mut Window<'_>,
        shape: Shape,
        row: &mut [u8],
    ) -> Result<(), String> {
        let mut filter = [0];
        self.fill(file, &mut filter)?;
        self.fill(file, row)?;
        filter::undo(filter[0], row, &self.before, shape.pixel_bytes())?;
        self.before.copy_from_slice(row);
        self.row += 1;
        Ok(())
    }

    /// Reads what there is behind the last row of all, up to the sum of its part.
    pub(super) fn end(&mut self, file: &mut Window<'_>) -> Result<(), String> {
        while self.left > 0 {
            let packed = file.from(self.at, 1);
            let packed = packed.get(..self.left).unwrap_or(packed);
            if packed.is_empty() {
                return Err(ENDS_EARLY.to_owned());
            }
            self.pass(packed);
        }
        self.close_part(file)
    }

    /// Bytes of a part were read.
    fn pass(&mut self, packed: &[u8]) {
        if let Some(Sum(sum)) = &mut self.sum {
            sum.update(packed);
        }
        self.at += packed.len();
        self.left -= packed.len();
    }

    /// Holds the sum of a part that was read against the one behind it.
    fn close_part(&mut self, file: &mut Window<'_>) -> Result<(), String> {
        let Some(Sum(sum)) = self.sum.take() else {
            return Ok(());
        };
        match file.from(self.at, 4).first_chunk::<4>() {
            Some(stored) if u32::from_be_bytes(*stored) == sum.sum() => Ok(()),
            Some(_) => Err("the checksum of a part of it is wrong".to_owned()),
            None => Err(ENDS_EARLY.to_owned()),
        }
    }

    fn fill(&mut self, file: &mut Window<'_>, mut out: &mut [u8]) -> Result<(), String> {
        while !out.is_empty() {
            let ready = self
                .window
                .get(self.taken..self.written)
                .unwrap_or_default();
            if ready.is_empty() {
                self.unpack(file)?;
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

    fn unpack(&mut self, file: &mut Window<'_>) -> Result<(), String> {
        if self.written == WINDOW {
            (self.written, self.taken) = (0, 0);
        }
        let flags =
            TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_IGNORE_ADLER32 | TINFL_FLAG_HAS_MORE_INPUT;
        loop {
            if self.left == 0 {
                self.close_part(file)?;
                self.find_part(file).ok_or(ENDS_EARLY)?;
                continue;
            }
            let packed = file.from(self.at, 1);
            let packed = packed.get(..self.left).unwrap_or(packed);
            if packed.is_empty() {
                return Err(ENDS_EARLY.to_owned());
            }
            let (status, read, wrote) = decompress(
                &mut self.unpacker,
                packed,
                &mut self.window,
                self.written,
                flags,
            );
            self.pass(packed.get(..read).unwrap_or_default());
            self.written += wrote;
            match status {
                _ if wrote > 0 => return Ok(()),
                TINFLStatus::NeedsMoreInput if read > 0 => {}
                TINFLStatus::Done => return Err(ENDS_EARLY.to_owned()),
                TINFLStatus::HasMoreOutput if self.written < WINDOW => {}
                TINFLStatus::HasMoreOutput => return Ok(()),
                _ => return Err("what is packed in it is broken".to_owned()),
            }
        }
    }

    /// Goes to the start of the next part.
    fn find_part(&mut self, file: &mut Window<'_>) -> Option<()> {
        loop {
            let [a, b, c, d, kind @ ..] = *file.from(self.next, 8).first_chunk::<8>()?;
            let bytes = u32::from_be_bytes([a, b, c, d]) as usize;
            let data = self.next + 8;
            // The checksum takes 4 bytes.
            self.next = data.checked_add(bytes)?.checked_add(4)?;
            match &kind {
                b"IDAT" => {
                    (self.at, self.left) = (data, bytes);
                    self.sum = Some(Sum::start());
                    return Some(());
                }
                b"IEND" => return None,
                _ => {}
            }
        }
    }
}
