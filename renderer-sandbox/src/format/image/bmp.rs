//! Bitmaps whose header says something odd that does no harm: mended for a
//! decoder that is strict.
//!
//! Offsets are from the start of the file (Microsoft, "Bitmap Header Types").

mod packed;
mod runs;

use super::source::Source;
pub(super) use packed::Packed;

/// What a file starts with; a bitmap of the clipboard has no such header.
pub(super) const SIGNATURE: &[u8] = b"BM";

const FILE_HEADER_BYTES: usize = 14;
const HEIGHT_AT: usize = 22;
const PLANES_AT: usize = 26;
const BITS_AT: usize = 28;
const COMPRESSION_AT: usize = 30;
const PALETTE_LEN_AT: usize = 46;

/// Size of the oldest header, which has other fields.
const CORE_HEADER_BYTES: u32 = 12;

/// Size of the common header, and of the one that holds four masks as well.
const INFO_HEADER_BYTES: u32 = 40;
const V3_HEADER_BYTES: u32 = 56;

/// The header of OS/2 2.x: the common one, and more that says nothing of the picture.
const OS2_HEADER_BYTES: u32 = 64;

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
    if !document.starts_with(SIGNATURE)
        || !is_v5
        || long(document, COLOUR_SPACE_AT)? != PROFILE_EMBEDDED
    {
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
    if !document.starts_with(SIGNATURE) {
        return source;
    }
    if long(document, FILE_HEADER_BYTES).is_none_or(|size| size <= CORE_HEADER_BYTES) {
        return source;
    }
    let source = source.patched(PLANES_AT, &1_u16.to_le_bytes());
    let source = with_compression(with_palette(source, document), document);
    without_os2(source, document)
}

fn height(document: &[u8]) -> i32 {
    long(document, HEIGHT_AT).unwrap_or_default().cast_signed()
}

/// A header of OS/2 is the common one; the palette is read from behind that.
fn without_os2<'d>(source: Source<'d>, document: &[u8]) -> Source<'d> {
    if long(document, FILE_HEADER_BYTES) != Some(OS2_HEADER_BYTES) {
        return source;
    }
    let source = source.patched(FILE_HEADER_BYTES, &INFO_HEADER_BYTES.to_le_bytes());
    let bits = u32::from(short(document, BITS_AT).unwrap_or_default());
    if bits > 8 {
        return source;
    }
    let most = 1_u32 << bits;
    let declared = long(document, PALETTE_LEN_AT).filter(|colours| *colours > 0);
    let bytes = declared.unwrap_or(most).min(most) as usize * 4;
    let start = FILE_HEADER_BYTES + OS2_HEADER_BYTES as usize;
    let palette = document.get(start..).unwrap_or_default();
    let palette = palette.get(..bytes).unwrap_or(palette);
    let place = FILE_HEADER_BYTES + INFO_HEADER_BYTES as usize;
    source.patched(place, palette)
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

#[cfg(test)]
mod tests {
    use crate::format::image::decode::{self, Picture};
    use crate::format::sniff::sniff;
    use ipc::Format;

    /// Two rows of two pixels from four colours.
    fn file(header_bytes: u32, height: i32, compression: u32, data: &[u8]) -> Vec<u8> {
        let start = 14 + header_bytes + 16;
        let mut file = b"BM".to_vec();
        for number in [start + data.len() as u32, 0, start, header_bytes, 2] {
            file.extend(number.to_le_bytes());
        }
        file.extend(height.to_le_bytes());
        file.extend([1, 0, 8, 0]);
        for number in [compression, data.len() as u32, 0, 0, 4, 0] {
            file.extend(number.to_le_bytes());
        }
        file.resize(14 + header_bytes as usize, 0);
        for colour in [[10, 20, 30], [40, 50, 60], [70, 80, 90], [100, 110, 120]] {
            // Blue first.
            file.extend([colour[2], colour[1], colour[0], 0]);
        }
        file.extend(data);
        file
    }

    fn reds(file: &[u8]) -> Vec<u8> {
        let picture = Picture {
            file,
            format: Format::Bmp,
            part: 0,
        };
        let header = decode::header(picture, 0, true).unwrap();
        let pixels = decode::pixels(picture, &header).unwrap();
        assert_eq!((pixels.width, pixels.height), (2, 2));
        pixels.rgba.iter().step_by(4).copied().collect()
    }

    #[test]
    fn header_of_os2_is_read_with_its_palette() {
        let rows = [0, 1, 0, 0, 2, 3, 0, 0];
        assert_eq!(reds(&file(64, 2, 0, &rows)), [70, 100, 10, 40]);
        assert_eq!(reds(&file(40, 2, 0, &rows)), [70, 100, 10, 40]);
    }

    #[test]
    fn bitmap_of_the_clipboard_has_no_header_of_a_file() {
        let rows = [0, 1, 0, 0, 2, 3, 0, 0];
        let file = file(40, 2, 0, &rows);
        assert_eq!(sniff(&file[14..]).unwrap(), Format::Bmp);
        assert_eq!(reds(&file[14..]), [70, 100, 10, 40]);
    }

    #[test]
    fn runs_from_the_first_row_on_are_not_upside_down() {
        // Two of colour 0, the next row, two of colour 3, the end.
        let runs = [2, 0, 0, 0, 2, 3, 0, 1];
        assert_eq!(reds(&file(40, 2, 1, &runs)), [100, 100, 10, 10]);
        assert_eq!(reds(&file(40, -2, 1, &runs)), [10, 10, 100, 100]);
    }

    /// A bitmap of OS/2 of two rows of two pixels.
    fn of_os2(bits: u8, compression: u8, colours: &[u8], data: &[u8]) -> Vec<u8> {
        let start = 14 + 64 + colours.len() as u32;
        let mut file = b"BM".to_vec();
        for number in [0, 0, start, 64, 2, 2] {
            file.extend(number.to_le_bytes());
        }
        file.extend([1, 0, bits, 0, compression, 0, 0, 0]);
        file.resize(14 + 64, 0);
        [&file, colours, data].concat()
    }

    #[test]
    fn runs_and_fax_of_os2_are_unpacked() {
        // Two of one colour, the next row, one that is passed over, one of another.
        let runs = [2, 3, 2, 1, 0, 0, 0, 2, 1, 0, 1, 6, 5, 4, 0, 1];
        assert_eq!(reds(&of_os2(24, 4, &[], &runs)), [0, 4, 1, 1]);
        // Two white (0111); two black (11) after none white (00110101).
        let colours = [30, 20, 10, 0, 60, 50, 40, 0];
        let fax = [0b0111_0011, 0b0101_1100];
        assert_eq!(reds(&of_os2(1, 3, &colours, &fax)), [40, 40, 10, 10]);
    }

    #[test]
    fn picture_in_a_bitmap_is_that_picture() {
        let mut png = Vec::new();
        let pixels = image::RgbImage::from_vec(2, 2, (1..=12).collect()).unwrap();
        let to = &mut std::io::Cursor::new(&mut png);
        pixels.write_to(to, image::ImageFormat::Png).unwrap();
        assert_eq!(reds(&file(40, 2, 5, &png)), [1, 4, 7, 10]);
        let refusal = decode::header(
            Picture {
                file: &file(40, 2, 4, b"\xff\xd8no JPEG"),
                format: Format::Bmp,
                part: 0,
            },
            0,
            true,
        );
        assert!(refusal.is_err());
    }
}
