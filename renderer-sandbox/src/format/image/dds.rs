//! DirectDraw surfaces, by `dds`: the first surface, of every format that it knows.

mod masks;

use super::DocumentError;
use super::decode::{Decoded, Header, damaged, unsupported};
use super::samples::{Channels, Depth, Kind, Samples, zeroed};
use super::source::Source;
use super::words::{ENDS_EARLY, cut, undecodable};
use crate::budget;
use dds::header::ParseOptions;
use dds::{ColorFormat, Decoder, DecodingError, Format, ImageViewMut, Precision};
use masks::Surface;
use std::borrow::Cow;
use std::cell::Cell;

/// Where the header of DirectX 10 says how many sides a surface has, and that there are two.
const SIDES_AT: usize = 132;
const TWO_SIDES: u32 = 3;

/// Bytes up to the first block, by whether there is such a header, and of a block.
const HEADER_BYTES: [usize; 2] = [128, 148];
const BLOCK_BYTES: usize = 16;

pub(super) fn header(document: &[u8]) -> Result<Header, DocumentError> {
    let decoder = match opened(Source::new(document), document) {
        Ok(decoder) => decoder,
        Err(refusal) => {
            let surface = Surface::read(document).ok_or(refusal)?;
            return Ok(Header::new(
                surface.size,
                Kind::new(Channels::Rgba, Depth::Eight),
            ));
        }
    };
    let size = decoder.main_size();
    let mut header = Header::new((size.width, size.height), kind(decoder.native_color()));
    header.colours = format!("{}, {:?}", header.kind, decoder.format());
    // The blocks, where they are mended, with smaller copies behind them.
    header.scratch = 2;
    Ok(header)
}

pub(super) fn decode(document: &[u8]) -> Result<Decoded, DocumentError> {
    let short = Cell::new(false);
    // What is missing at the end is as if it were zeros.
    let most = usize::try_from(budget::pictures()).unwrap_or(usize::MAX);
    let mended = mended(document);
    let document = &*mended;
    let source = Source::new(document).with_zeros(most).telling(&short);
    let mut decoder = match opened(source, document) {
        Ok(decoder) => decoder,
        Err(refusal) => {
            let (bytes, whole) = Surface::read(document).ok_or(refusal)?.rgba()?;
            let kind = Kind::new(Channels::Rgba, Depth::Eight);
            let samples = Samples { bytes, kind };
            let cut = (!whole).then(|| cut(ENDS_EARLY));
            return Ok(Decoded { samples, cut });
        }
    };
    let size = decoder.main_size();
    let kind = kind(decoder.native_color());
    let pixels = u64::from(size.width) * u64::from(size.height);
    let mut bytes = zeroed(pixels.saturating_mul(kind.pixel_bytes() as u64))?;
    let view = ImageViewMut::new(&mut bytes, size, format(kind));
    let view = view.ok_or_else(|| damaged("its picture has no size"))?;
    decoder
        .read_surface(view)
        .map_err(|error| refusal(&error))?;
    let samples = Samples { bytes, kind };
    let cut = short.get().then(|| cut(ENDS_EARLY));
    Ok(Decoded { samples, cut })
}

fn opened<'d>(source: Source<'d>, document: &[u8]) -> Result<Decoder<Source<'d>>, DocumentError> {
    let options = ParseOptions::new_permissive(Some(document.len() as u64));
    let sides = document
        .get(SIDES_AT..)
        .and_then(|rest| rest.first_chunk::<4>());
    // Some programs leave it out.
    let source = match is_of_directx_10(document) && sides == Some(&[0; 4]) {
        true => source.patched(SIDES_AT, &TWO_SIDES.to_le_bytes()),
        false => source,
    };
    Decoder::new_with_options(source, &options).map_err(|error| refusal(&error))
}

fn is_of_directx_10(document: &[u8]) -> bool {
    document.get(84..88) == Some(b"DX10")
}

/// The document, with blocks of BC2 and BC3 that the library reads as those of BC1: there a
/// first colour that is not the larger one means that the fourth is black, here it does not
/// (Microsoft, "Block Compression"). The colours change places, and so do their indices.
fn mended(document: &[u8]) -> Cow<'_, [u8]> {
    let decoder = opened(Source::new(document), document);
    let has_alpha = decoder.is_ok_and(|decoder| {
        matches!(
            decoder.format(),
            Format::BC2_UNORM
                | Format::BC2_UNORM_PREMULTIPLIED_ALPHA
                | Format::BC3_UNORM
                | Format::BC3_UNORM_PREMULTIPLIED_ALPHA
        )
    });
    let [old, new] = HEADER_BYTES;
    let start = if is_of_directx_10(document) { new } else { old };
    let mut mended = Cow::Borrowed(document);
    if !has_alpha {
        return mended;
    }
    let blocks = document.get(start..).unwrap_or_default();
    for (number, block) in blocks.chunks_exact(BLOCK_BYTES).enumerate() {
        let [.., a0, a1, b0, b1, i0, i1, i2, i3] = *block else {
            continue;
        };
        let (first, second) = (u16::from_le_bytes([a0, a1]), u16::from_le_bytes([b0, b1]));
        if first > second {
            continue;
        }
        let indices = [i0, i1, i2, i3].map(|four| if first == second { 0 } else { four ^ 0x55 });
        let at = start + number * BLOCK_BYTES + 8;
        let [i0, i1, i2, i3] = indices;
        if let Some(to) = mended.to_mut().get_mut(at..at + 8) {
            to.copy_from_slice(&[b0, b1, a0, a1, i0, i1, i2, i3]);
        }
    }
    mended
}

/// What is shown: alpha alone is a picture of it on black.
fn kind(stored: ColorFormat) -> Kind {
    let channels = match stored.channels {
        dds::Channels::Grayscale => Channels::Grey,
        dds::Channels::Rgb => Channels::Rgb,
        dds::Channels::Alpha | dds::Channels::Rgba => Channels::Rgba,
    };
    let depth = match stored.precision {
        Precision::U8 => Depth::Eight,
        Precision::U16 => Depth::Sixteen,
        Precision::F32 => Depth::Float,
    };
    Kind::new(channels, depth)
}

fn format(kind: Kind) -> ColorFormat {
    let channels = match kind.channels {
        Channels::Grey => dds::Channels::Grayscale,
        Channels::Rgb => dds::Channels::Rgb,
        _ => dds::Channels::Rgba,
    };
    let precision = match kind.depth {
        Depth::Eight => Precision::U8,
        Depth::Sixteen => Precision::U16,
        Depth::Float => Precision::F32,
    };
    ColorFormat::new(channels, precision)
}

fn refusal(error: &DecodingError) -> DocumentError {
    match error {
        DecodingError::Format(what) => unsupported(&what.to_string()),
        DecodingError::MemoryLimitExceeded => DocumentError::Limit(format!(
            "its picture would take more memory than {}",
            budget::limit_of_pictures()
        )),
        other => damaged(&undecodable(&other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A surface of 4 × 4 pixels with the header of DirectX 10.
    fn file(format: u32, data: &[u8]) -> Vec<u8> {
        let mut file = b"DDS ".to_vec();
        let mut put = |numbers: &[u32]| {
            numbers
                .iter()
                .for_each(|number| file.extend(number.to_le_bytes()));
        };
        put(&[124, 0x1007, 4, 4, 0, 0, 0]);
        put(&[0; 11]);
        put(&[32, 4, u32::from_le_bytes(*b"DX10"), 0, 0, 0, 0, 0]);
        put(&[0x1000, 0, 0, 0, 0]);
        put(&[format, 3, 0, 1, 0]);
        file.extend(data);
        file
    }

    #[test]
    fn blocks_of_one_channel_and_of_seven_modes_are_shown() {
        // BC4: two ends, and indices of three bits, all of the first.
        let grey = decode(&file(80, &[200, 100, 0, 0, 0, 0, 0, 0])).unwrap();
        assert_eq!(grey.samples.bytes, [200; 16]);
        // BC7, mode 6: ends of 7 bits and one more, twice the same colour.
        let mut bits = 0b100_0000_u128;
        let ends = [127_u128, 127, 0, 0, 64, 64, 127, 127];
        for (at, end) in ends.iter().enumerate() {
            bits |= end << (7 + 7 * at);
        }
        bits |= 0b11 << 63;
        let colours = decode(&file(98, &bits.to_le_bytes())).unwrap();
        assert_eq!(colours.samples.bytes, [255, 1, 129, 255].repeat(16));
        assert!(colours.cut.is_none());
    }

    #[test]
    fn four_colours_of_a_block_with_alpha_are_four_in_either_order() {
        let block = |first: u16, second: u16, indices: u8| {
            let alpha = [255, 255, 0, 0, 0, 0, 0, 0];
            let colours = [first.to_le_bytes(), second.to_le_bytes()].concat();
            let file = file(77, &[&alpha[..], &colours, &[indices; 4]].concat());
            decode(&file).unwrap().samples.bytes
        };
        // All pixels lie two thirds of the way from red to blue.
        let (red, blue) = (0xF800, 0x001F);
        assert_eq!(block(red, blue, 0xFF), block(blue, red, 0xAA));
        assert_eq!(block(red, red, 0xFF), block(red, red, 0x00));
    }

    #[test]
    fn what_is_cut_is_told_and_what_is_not_known_refused() {
        assert!(decode(&file(80, &[200, 100])).unwrap().cut.is_some());
        assert!(header(&file(9999, &[])).is_err());
        let whole = file(80, &[0; 8]);
        for end in 0..whole.len() {
            let _ = decode(&whole[..end]);
        }
    }
}
