//! How the bytes of a strip or tile are packed, and their unpacking by libraries: fax by
//! `hayro-ccitt`, LZW by `weezl`, deflate by `flate2`, WebP by `image-webp`. No more is unpacked than the
//! place of a strip holds.

use crate::format::DocumentError;
use crate::format::image::decode::{damaged, unsupported};
use crate::format::image::runs;
use crate::format::image::samples::zeroed;
use crate::format::image::tiff::directory::Directory;
use flate2::read::ZlibDecoder;
use hayro_ccitt::{DecodeSettings, DecoderContext, EncodingMode};
use std::io::{Cursor, Read};
use weezl::{BitOrder, LzwStatus, decode};

/// Values of `Compression` (TIFF 6.0, and what is registered since).
const NONE: u64 = 1;
const FAX_ROWS: u64 = 2;
const FAX_3: u64 = 3;
const FAX_4: u64 = 4;
const LZW: u64 = 5;
const DEFLATE: [u64; 2] = [8, 32_946];
const FAX_WORDS: u64 = 32_771;
const RUNS: u64 = 32_773;
const WEBP: u64 = 50_001;

/// `T4Options`: whether rows are coded by the one before, too.
const T4_OPTIONS: u16 = 292;
const TWO_DIMENSIONS: u64 = 1;

/// How bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    Fax(Fax),
    Lzw,
    Deflate,
    Runs,
    WebP,
}

/// Fax (ITU-T T.4 and T.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fax {
    mode: EncodingMode,
    /// Whether each row begins with a new byte.
    aligned: bool,
}

pub(super) fn is_fax(compression: u64) -> bool {
    matches!(compression, FAX_ROWS..=FAX_4)
}

/// Whether codes begin with their lowest bit, as in the first programs that wrote LZW:
/// the code that clears all, 256, stands first.
pub(super) fn is_old_lzw(data: &[u8]) -> bool {
    matches!(data, [0, second, ..] if second & 1 == 1)
}

impl Packing {
    pub(super) fn read(directory: Directory<'_>, compression: u64) -> Result<Self, DocumentError> {
        let fax = |mode, aligned| Self::Fax(Fax { mode, aligned });
        let options = directory.number(T4_OPTIONS).unwrap_or(0);
        Ok(match compression {
            NONE => Self::None,
            FAX_ROWS => fax(EncodingMode::Group3_1D, true),
            FAX_3 if options & TWO_DIMENSIONS != 0 => fax(EncodingMode::Group3_2D, false),
            FAX_3 => fax(EncodingMode::Group3_1D, false),
            FAX_4 => fax(EncodingMode::Group4, false),
            LZW => Self::Lzw,
            RUNS => Self::Runs,
            WEBP => Self::WebP,
            deflate if DEFLATE.contains(&deflate) => Self::Deflate,
            other => return Err(unsupported(&format!("its compression is {}", name(other)))),
        })
    }

    /// Unpacks `len` bytes, with zeros for what is missing, and tells whether something
    /// is. `size` is columns and rows.
    pub(super) fn unpack(
        self,
        data: &[u8],
        len: usize,
        size: (usize, usize),
    ) -> Result<(Vec<u8>, bool), DocumentError> {
        let mut out = zeroed(len as u64)?;
        let filled = match self {
            Self::None => {
                let taken = data.len().min(len);
                for (to, from) in out.iter_mut().zip(data) {
                    *to = *from;
                }
                taken
            }
            Self::Lzw => lzw(data, &mut out),
            Self::Deflate => deflate(data, &mut out),
            Self::Runs if runs::unpack(data, &mut out) => len,
            Self::Runs => 0,
            Self::WebP => webp(data, &mut out, size),
            Self::Fax(fax) => fax.unpack(data, &mut out, size)?,
        };
        Ok((out, filled >= len))
    }
}

/// What a compression is called that is not unpacked here.
fn name(compression: u64) -> String {
    match compression {
        FAX_WORDS => "fax in words of 16 bits".to_owned(),
        6 | 7 => "JPEG with samples that are not known here".to_owned(),
        32_766 => "that of NeXT".to_owned(),
        32_809 => "that of ThunderScan".to_owned(),
        32_908 | 32_909 => "that of Pixar".to_owned(),
        34_661 => "JBIG".to_owned(),
        34_676 | 34_677 => "LogLuv".to_owned(),
        34_712 => "JPEG 2000".to_owned(),
        34_887 => "LERC".to_owned(),
        34_925 => "LZMA".to_owned(),
        34_926 | 50_000 => "Zstandard".to_owned(),
        50_002 | 52_546 => "JPEG XL".to_owned(),
        other => other.to_string(),
    }
}

/// Bytes that were unpacked.
fn lzw(data: &[u8], out: &mut [u8]) -> usize {
    let mut decoder = match is_old_lzw(data) {
        true => decode::Decoder::new(BitOrder::Lsb, 8),
        false => decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8),
    };
    let (mut read, mut filled) = (0, 0);
    loop {
        let from = data.get(read..).unwrap_or_default();
        let Some(to) = out.get_mut(filled..).filter(|to| !to.is_empty()) else {
            return filled;
        };
        let done = decoder.decode_bytes(from, to);
        read += done.consumed_in;
        filled += done.consumed_out;
        match done.status {
            Ok(LzwStatus::Ok) if done.consumed_in > 0 || done.consumed_out > 0 => {}
            _ => return filled,
        }
    }
}

/// Bytes that were unpacked.
fn deflate(data: &[u8], out: &mut [u8]) -> usize {
    let mut decoder = ZlibDecoder::new(data);
    let mut filled = 0;
    while let Some(to) = out.get_mut(filled..).filter(|to| !to.is_empty()) {
        match decoder.read(to) {
            Ok(0) | Err(_) => break,
            Ok(more) => filled += more,
        }
    }
    filled
}

/// Bytes that were unpacked: all, or none where the pixels are others than the tags say.
fn webp(data: &[u8], out: &mut [u8], (columns, rows): (usize, usize)) -> usize {
    let Ok(mut decoder) = image_webp::WebPDecoder::new(Cursor::new(data)) else {
        return 0;
    };
    let (width, height) = decoder.dimensions();
    let fits = (width as usize, height as usize) == (columns, rows)
        && decoder.output_buffer_size() == Some(out.len());
    match fits && decoder.read_image(out).is_ok() {
        true => out.len(),
        false => 0,
    }
}

impl Fax {
    fn unpack(
        self,
        data: &[u8],
        out: &mut [u8],
        (columns, rows): (usize, usize),
    ) -> Result<usize, DocumentError> {
        let side = |side: usize| u32::try_from(side).map_err(|_| damaged("a fax is too large"));
        let settings = DecodeSettings {
            columns: side(columns)?,
            rows: side(rows)?,
            end_of_block: true,
            end_of_line: false,
            rows_are_byte_aligned: self.aligned,
            encoding: self.mode,
            strict: false,
        };
        let row_bytes = columns.div_ceil(8);
        let mut sink = Rows {
            out,
            row_bytes,
            columns,
            filled: 0,
        };
        let done = hayro_ccitt::decode(data, &mut sink, &mut DecoderContext::new(settings));
        // What was decoded of a fax that is damaged is shown.
        match done {
            Err(_) if sink.filled == 0 => Err(damaged("its fax cannot be decoded")),
            _ => Ok(sink.filled),
        }
    }
}

/// Rows of bits, black as ones.
struct Rows<'o> {
    out: &'o mut [u8],
    row_bytes: usize,
    columns: usize,
    filled: usize,
}

impl hayro_ccitt::Decoder for Rows<'_> {
    fn push_row(&mut self, changes: &[u32]) {
        let rest = self.out.get_mut(self.filled..).unwrap_or_default();
        let row = rest.get_mut(..self.row_bytes).unwrap_or_default();
        for run in changes.chunks(2) {
            let (start, end) = match *run {
                [start, end] => (start as usize, end as usize),
                [start] => (start as usize, self.columns),
                _ => continue,
            };
            for column in start..end.min(self.columns) {
                if let Some(byte) = row.get_mut(column / 8) {
                    *byte |= 0x80 >> (column % 8);
                }
            }
        }
        self.filled += row.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_lzw_begins_with_its_lowest_bit() {
        // Clear (256), 1, 2, end (257), in codes of 9 bits.
        let codes = [256_u64, 1, 2, 257];
        let old: u64 = codes.iter().rev().fold(0, |sum, code| (sum << 9) | code);
        let old = &old.to_le_bytes()[..5];
        let new: u64 = codes.iter().fold(0, |sum, code| (sum << 9) | code);
        let new = &(new << (40 - 36)).to_be_bytes()[3..];
        assert!(is_old_lzw(old) && !is_old_lzw(new));
        for data in [old, new] {
            let unpacked = Packing::Lzw.unpack(data, 2, (2, 1)).unwrap();
            assert_eq!(unpacked, (vec![1, 2], true));
            let cut = Packing::Lzw.unpack(&data[..2], 2, (2, 1)).unwrap();
            assert!(!cut.1);
        }
    }

    #[test]
    fn no_more_is_unpacked_than_there_is_place() {
        let mut packed = Vec::new();
        let zeros = [0_u8; 100_000];
        let level = flate2::Compression::best();
        flate2::read::ZlibEncoder::new(&zeros[..], level)
            .read_to_end(&mut packed)
            .unwrap();
        let unpacked = Packing::Deflate.unpack(&packed, 3, (3, 1)).unwrap();
        assert_eq!(unpacked, (vec![0; 3], true));
        let short = Packing::None.unpack(&[7], 3, (3, 1)).unwrap();
        assert_eq!(short, (vec![7, 0, 0], false));
    }

    #[test]
    fn black_of_a_fax_is_ones() {
        let fax = Packing::Fax(Fax {
            mode: EncodingMode::Group3_1D,
            aligned: true,
        });
        // Four white (1011), three black (10), one white (000111); then all white (10011).
        let rows = [0b1011_1000, 0b0111_0000, 0b1001_1000];
        let unpacked = fax.unpack(&rows, 2, (8, 2)).unwrap();
        assert_eq!(unpacked, (vec![0b0000_1110, 0], true));
    }
}
