//! Streams of bytes: LZW by `weezl`, deflate by `flate2`, Zstandard by `ruzstd`, LZMA by
//! `lzma-rust2`. Each function fills what it is given and tells how much of it.

use flate2::read::ZlibDecoder;
use lzma_rust2::Lzma2Reader;
use lzma_rust2::filter::delta::DeltaReader;
use ruzstd::decoding::StreamingDecoder;
use std::io::Read;
use weezl::{BitOrder, LzwStatus, decode};

/// Whether codes begin with their lowest bit, as in the first programs that wrote LZW:
/// the code that clears all, 256, stands first.
pub(in crate::format::image::tiff::odd) fn is_old_lzw(data: &[u8]) -> bool {
    matches!(data, [0, second, ..] if second & 1 == 1)
}

/// Bytes that were unpacked.
pub(super) fn lzw(data: &[u8], out: &mut [u8]) -> usize {
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
pub(super) fn deflate(data: &[u8], out: &mut [u8]) -> usize {
    filled(ZlibDecoder::new(data), out)
}

/// Bytes that were unpacked. The library bounds the window that a stream may ask for.
pub(super) fn zstandard(data: &[u8], out: &mut [u8]) -> usize {
    StreamingDecoder::new(data).map_or(0, |decoder| filled(decoder, out))
}

/// Bytes that were unpacked of the first block of an XZ file, which is all that there is
/// in a strip.
pub(super) fn lzma(data: &[u8], out: &mut [u8]) -> usize {
    let Some(block) = Block::read(data) else {
        return 0;
    };
    // Nothing stands further back than what is unpacked.
    let most = u32::try_from(out.len()).unwrap_or(u32::MAX);
    let window = block.window.min(most.max(MIN_WINDOW));
    let stream = Lzma2Reader::new(block.data, window, None);
    match block.distance {
        Some(distance) => filled(DeltaReader::new(stream, distance), out),
        None => filled(stream, out),
    }
}

/// Fills as much as a reader gives before it ends or fails.
fn filled(mut from: impl Read, out: &mut [u8]) -> usize {
    let mut filled = 0;
    while let Some(to) = out.get_mut(filled..).filter(|to| !to.is_empty()) {
        match from.read(to) {
            Ok(0) | Err(_) => break,
            Ok(more) => filled += more,
        }
    }
    filled
}

/// What an XZ file starts with, and how much stands before its first block.
const XZ: &[u8] = b"\xfd7zXZ\0";
const XZ_HEADER_BYTES: usize = 12;

/// Filters of an XZ file ("The .xz File Format", 5.3).
const DELTA: u64 = 3;
const LZMA_2: u64 = 0x21;

/// The smallest window of LZMA2.
const MIN_WINDOW: u32 = 4096;

/// A block of an XZ file: a window in bytes, and how far behind stands what was
/// subtracted from each byte.
struct Block<'d> {
    window: u32,
    distance: Option<usize>,
    data: &'d [u8],
}

impl<'d> Block<'d> {
    fn read(file: &'d [u8]) -> Option<Self> {
        let block = file.strip_prefix(XZ)?.get(XZ_HEADER_BYTES - XZ.len()..)?;
        let (words, mut fields) = block.split_first()?;
        let data = block.get(4 * (usize::from(*words) + 1)..)?;
        let flags = *take(&mut fields, 1)?.first()?;
        // Two sizes may be told.
        for told in [0x40, 0x80] {
            if flags & told != 0 {
                number(&mut fields)?;
            }
        }
        let mut distance = None;
        for _ in 0..=flags & 3 {
            let filter = number(&mut fields)?;
            let len = usize::try_from(number(&mut fields)?).ok()?;
            match (filter, take(&mut fields, len)?) {
                (DELTA, [less_one]) => distance = Some(usize::from(*less_one) + 1),
                (LZMA_2, [window]) => {
                    return Some(Self {
                        window: window_bytes(*window),
                        distance,
                        data,
                    });
                }
                _ => return None,
            }
        }
        None
    }
}

/// The window that a byte stands for (5.3.1).
fn window_bytes(bits: u8) -> u32 {
    let one = u32::from(bits & 1) | 2;
    one.checked_shl(u32::from(bits / 2) + 11)
        .filter(|_| bits < 40)
        .unwrap_or(u32::MAX)
}

fn take<'d>(fields: &mut &'d [u8], len: usize) -> Option<&'d [u8]> {
    let (taken, rest) = fields.split_at_checked(len)?;
    *fields = rest;
    Some(taken)
}

/// A number of 7 bits a byte, the lowest first (1.2).
fn number(fields: &mut &[u8]) -> Option<u64> {
    let mut sum = 0;
    for place in 0..9 {
        let byte = *take(fields, 1)?.first()?;
        sum |= u64::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(sum);
        }
    }
    None
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
            let mut out = [0; 2];
            assert_eq!((lzw(data, &mut out), out), (2, [1, 2]));
            assert!(lzw(&data[..2], &mut out) < 2);
        }
    }
}
