//! DirectDraw surfaces, by `dds`: the first surface, of every format that it knows.

use super::DocumentError;
use super::decode::{Decoded, Header, damaged, unsupported};
use super::samples::{Channels, Depth, Kind, Samples, zeroed};
use super::source::Source;
use super::words::{ENDS_EARLY, cut, undecodable};
use crate::budget;
use dds::header::ParseOptions;
use dds::{ColorFormat, Decoder, DecodingError, ImageViewMut, Precision};
use std::cell::Cell;

pub(super) fn header(document: &[u8]) -> Result<Header, DocumentError> {
    let decoder = opened(Source::new(document), document.len())?;
    let size = decoder.main_size();
    let mut header = Header::new((size.width, size.height), kind(decoder.native_color()));
    header.colours = format!("{}, {:?}", header.kind, decoder.format());
    Ok(header)
}

pub(super) fn decode(document: &[u8]) -> Result<Decoded, DocumentError> {
    let short = Cell::new(false);
    // What is missing at the end is as if it were zeros.
    let most = usize::try_from(budget::pictures()).unwrap_or(usize::MAX);
    let source = Source::new(document).with_zeros(most).telling(&short);
    let mut decoder = opened(source, document.len())?;
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

fn opened(source: Source<'_>, len: usize) -> Result<Decoder<Source<'_>>, DocumentError> {
    let options = ParseOptions::new_permissive(Some(len as u64));
    Decoder::new_with_options(source, &options).map_err(|error| refusal(&error))
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
    fn what_is_cut_is_told_and_what_is_not_known_refused() {
        assert!(decode(&file(80, &[200, 100])).unwrap().cut.is_some());
        assert!(header(&file(9999, &[])).is_err());
        let whole = file(80, &[0; 8]);
        for end in 0..whole.len() {
            let _ = decode(&whole[..end]);
        }
    }
}
