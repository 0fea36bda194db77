//! Windows icons and cursors: the pictures of a directory, each a page.
//!
//! Each entry is a PNG or a bitmap without its file header. A PNG is decoded as
//! it is; a bitmap is wrapped again, alone and with a directory that is right,
//! for a decoder that believes directories.

use super::DocumentError;
use super::decode::{Decoded, Header, damaged};
use super::library;
use ipc::Format;
use std::cmp::Reverse;

/// Bytes of the directory's header, and of each entry.
const HEADER_BYTES: usize = 6;
const ENTRY_BYTES: usize = 16;

/// Most entries that are looked at; icons have about ten.
const MAX_ENTRIES: usize = 256;

const BITMAP_HEADER_BYTES: usize = 40;
const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The pictures in the directory that can be shown: their numbers, the largest
/// first.
pub(super) fn pages(document: &[u8]) -> Vec<usize> {
    let mut entries: Vec<(usize, Entry)> = entries(document).into_iter().enumerate().collect();
    entries.sort_by_key(|(_, entry)| Reverse((entry.width * entry.height, entry.bits)));
    let shown = |(_, entry): &(usize, Entry)| entry.with_image(document, library::header).is_ok();
    let found: Vec<usize> = entries
        .iter()
        .filter(|e| shown(e))
        .map(|(n, _)| *n)
        .collect();
    // The first one says why none can be.
    let first = entries.first().map(|(number, _)| *number);
    if found.is_empty() {
        first.into_iter().collect()
    } else {
        found
    }
}

pub(super) fn header(document: &[u8], entry: usize) -> Result<Header, DocumentError> {
    found(document, entry)?.with_image(document, library::header)
}

pub(super) fn decode(document: &[u8], entry: usize) -> Result<Decoded, DocumentError> {
    found(document, entry)?.with_image(document, library::decode)
}

fn found(document: &[u8], entry: usize) -> Result<Entry, DocumentError> {
    let mut entries = entries(document).into_iter();
    entries
        .nth(entry)
        .ok_or_else(|| damaged("its directory holds no picture"))
}

/// A picture in the directory.
struct Entry {
    width: u32,
    height: u32,
    bits: u16,
    start: usize,
    bytes: usize,
}

fn entries(document: &[u8]) -> Vec<Entry> {
    let declared = match document {
        [_, _, _, _, low, high, ..] => usize::from(u16::from_le_bytes([*low, *high])),
        _ => 0,
    };
    let directory = document.get(HEADER_BYTES..).unwrap_or_default();
    let (entries, _) = directory.as_chunks::<ENTRY_BYTES>();
    let entries = entries.iter().take(declared.min(MAX_ENTRIES));
    entries.map(Entry::read).collect()
}

impl Entry {
    fn read(entry: &[u8; ENTRY_BYTES]) -> Self {
        let [
            width,
            height,
            _,
            _,
            _,
            _,
            bits @ ..,
            b0,
            b1,
            b2,
            b3,
            s0,
            s1,
            s2,
            s3,
        ] = *entry;
        // 0 stands for 256.
        let side = |side: u8| if side == 0 { 256 } else { u32::from(side) };
        let offset = |bytes| usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX);
        Self {
            width: side(width),
            height: side(height),
            bits: u16::from_le_bytes(bits),
            start: offset([s0, s1, s2, s3]),
            bytes: offset([b0, b1, b2, b3]),
        }
    }

    fn with_image<T>(
        &self,
        document: &[u8],
        read: impl Fn(&[u8], Format) -> Result<T, DocumentError>,
    ) -> Result<T, DocumentError> {
        let rest = document.get(self.start..).unwrap_or_default();
        if rest.starts_with(PNG_SIGNATURE) {
            return read(rest, Format::Png);
        }
        // A length that holds no header is wrong.
        let bitmap = rest.get(..self.bytes);
        let bitmap = bitmap.filter(|bitmap| bitmap.len() >= BITMAP_HEADER_BYTES);
        let bitmap = bitmap.unwrap_or(rest);
        read(&alone(bitmap)?, Format::Ico)
    }
}

/// An icon that holds one bitmap and nothing else.
fn alone(bitmap: &[u8]) -> Result<Vec<u8>, DocumentError> {
    // BITMAPINFOHEADER: size, width, height (of colours and mask together).
    let [_, _, _, _, w0, w1, w2, w3, h0, h1, h2, h3, ..] = *bitmap else {
        return Err(damaged("its bitmap ends early"));
    };
    let width = u32::from_le_bytes([w0, w1, w2, w3]);
    let height = i32::from_le_bytes([h0, h1, h2, h3]).unsigned_abs() / 2;
    // 256 and more are written as 0.
    let side = |side: u32| u8::try_from(side).unwrap_or(0);
    let bytes = u32::try_from(bitmap.len()).map_err(|_| damaged("its bitmap is too long"))?;
    let mut icon = vec![
        0,
        0,
        1,
        0,
        1,
        0,
        side(width),
        side(height),
        0,
        0,
        1,
        0,
        32,
        0,
    ];
    icon.extend(bytes.to_le_bytes());
    icon.extend(((HEADER_BYTES + ENTRY_BYTES) as u32).to_le_bytes());
    icon.extend_from_slice(bitmap);
    if let Some(mask) = mask_beside_alpha(bitmap, width, height) {
        let at = HEADER_BYTES + ENTRY_BYTES + mask;
        icon.get_mut(at..).unwrap_or_default().fill(0);
    }
    Ok(icon)
}

/// Where the mask of a bitmap starts that says by its alpha what is seen: then the
/// mask, which may say something else, does not count (Windows XP and later).
fn mask_beside_alpha(bitmap: &[u8], width: u32, height: u32) -> Option<usize> {
    let header = usize::try_from(u32::from_le_bytes(*bitmap.first_chunk()?)).ok()?;
    let bits = u16::from_le_bytes(*bitmap.get(14..)?.first_chunk()?);
    let pixels = usize::try_from(u64::from(width) * u64::from(height)).ok()?;
    let end = header.checked_add(pixels.checked_mul(4)?)?;
    let (colours, _) = bitmap.get(header..end)?.as_chunks::<4>();
    (bits == 32 && colours.iter().any(|[.., alpha]| *alpha != 0)).then_some(end)
}
