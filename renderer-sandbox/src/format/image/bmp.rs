//! Bitmaps whose header says something odd that does no harm: mended for a
//! decoder that is strict.
//!
//! Offsets are from the start of the file (Microsoft, "Bitmap Header Types").

use super::source::Source;

const FILE_HEADER_BYTES: usize = 14;
const PLANES_AT: usize = 26;
const BITS_AT: usize = 28;
const COMPRESSION_AT: usize = 30;
const PALETTE_LEN_AT: usize = 46;

/// Size of the oldest header, which has other fields.
const CORE_HEADER_BYTES: u32 = 12;

/// Size of the common header, and of the one that holds four masks as well.
const INFO_HEADER_BYTES: u32 = 40;
const V3_HEADER_BYTES: u32 = 56;

/// `BI_ALPHABITFIELDS` (Windows CE): four masks follow the header, where
/// `BI_BITFIELDS` has three unless the header is long enough to hold them.
const ALPHA_BIT_FIELDS: u32 = 6;
const BIT_FIELDS: u32 = 3;

/// `BITMAPV5HEADER`: its size, where it says that a profile is embedded, where that
/// starts (from the header on) and how long it is.
const V5_HEADER_BYTES: u32 = 124;
const COLOUR_SPACE_AT: usize = FILE_HEADER_BYTES + 56;
const PROFILE_EMBEDDED: u32 = u32::from_be_bytes(*b"MBED");
const PROFILE_AT: usize = FILE_HEADER_BYTES + 112;
const PROFILE_LEN_AT: usize = FILE_HEADER_BYTES + 116;

/// The ICC profile that is embedded.
pub(super) fn profile(document: &[u8]) -> Option<Vec<u8>> {
    let is_v5 = long(document, FILE_HEADER_BYTES)? == V5_HEADER_BYTES;
    if !is_v5 || long(document, COLOUR_SPACE_AT)? != PROFILE_EMBEDDED {
        return None;
    }
    let number = |at| usize::try_from(long(document, at)?).ok();
    let start = number(PROFILE_AT)?.checked_add(FILE_HEADER_BYTES)?;
    let end = start.checked_add(number(PROFILE_LEN_AT)?)?;
    document.get(start..end).map(<[u8]>::to_vec)
}

/// The document, mended.
pub(super) fn repaired(document: &[u8]) -> Source<'_> {
    let source = Source::new(document);
    if long(document, FILE_HEADER_BYTES).is_none_or(|size| size <= CORE_HEADER_BYTES) {
        return source;
    }
    let source = source.patched(PLANES_AT, &1_u16.to_le_bytes());
    with_compression(with_palette(source, document), document)
}

/// A palette of more colours than the bits can name: only those are read.
fn with_palette<'d>(source: Source<'d>, document: &[u8]) -> Source<'d> {
    let bits = short(document, BITS_AT).unwrap_or_default();
    let most = 1_u32.checked_shl(u32::from(bits)).unwrap_or(u32::MAX);
    match long(document, PALETTE_LEN_AT) {
        Some(declared) if bits <= 8 && declared > most => {
            source.patched(PALETTE_LEN_AT, &most.to_le_bytes())
        }
        _ => source,
    }
}

fn with_compression<'d>(source: Source<'d>, document: &[u8]) -> Source<'d> {
    if long(document, COMPRESSION_AT) != Some(ALPHA_BIT_FIELDS) {
        return source;
    }
    let source = source.patched(COMPRESSION_AT, &BIT_FIELDS.to_le_bytes());
    match long(document, FILE_HEADER_BYTES) {
        Some(INFO_HEADER_BYTES) => {
            source.patched(FILE_HEADER_BYTES, &V3_HEADER_BYTES.to_le_bytes())
        }
        _ => source,
    }
}

fn short(document: &[u8], at: usize) -> Option<u16> {
    let bytes = document.get(at..)?.first_chunk::<2>()?;
    Some(u16::from_le_bytes(*bytes))
}

fn long(document: &[u8], at: usize) -> Option<u32> {
    let bytes = document.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*bytes))
}
