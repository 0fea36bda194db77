//! JPEG 2000, by `hayro-jpeg2000`: JP2 files and bare streams.

use super::DocumentError;
use super::decode::{Decoded, Header, damaged, unsupported};
use super::samples::{Channels, Depth, Kind, Samples};
use super::words::{ENDS_EARLY, cut, undecodable};
use hayro_jpeg2000::{ColorSpace, DecodeSettings, DecoderContext, Image};

pub(super) fn header(document: &[u8]) -> Result<Header, DocumentError> {
    let image = opened(document)?;
    let (kind, channels) = kind(&image)?;
    let mut header = Header::new((image.width(), image.height()), kind);
    let bits = image.original_bit_depth();
    header.colours = header.colours.replace("8 bits", &format!("{bits} bits"));
    if let ColorSpace::Icc { profile, .. } = image.color_space() {
        header.icc = Some(profile.clone());
    }
    // Coefficients and samples of each channel are floats, of those that are not shown, too;
    // where there are such, all of them become bytes first.
    let more = if channels > kind.channels.count() {
        channels
    } else {
        0
    };
    header.scratch = (8 * channels + more) as u64;
    Ok(header)
}

pub(super) fn decode(document: &[u8]) -> Result<Decoded, DocumentError> {
    let image = opened(document)?;
    let (kind, channels) = kind(&image)?;
    let mut context = DecoderContext::default();
    let decoded = image
        .decode(&mut context)
        .map_err(|error| refusal(&error))?;
    let mut bytes = decoded.data_u8();
    if channels > kind.channels.count() {
        let shown = bytes.chunks_exact(channels);
        bytes = shown
            .flat_map(|pixel| pixel.iter().take(kind.channels.count()))
            .copied()
            .collect();
    }
    let samples = Samples { bytes, kind };
    let cut = (!ends(document)).then(|| cut(ENDS_EARLY));
    Ok(Decoded { samples, cut })
}

/// Whether the end of the picture is in the file: its parts are passed over, each of which
/// says how long it is (ITU-T T.800, A.4.2 and A.4.4).
fn ends(document: &[u8]) -> bool {
    let start = memchr::memmem::find(document, STREAM).unwrap_or(0);
    let mut rest = document.get(start + 2..).unwrap_or_default();
    loop {
        let passed = match rest {
            [0xff, 0xd9, ..] => return true,
            // A part: the length of this segment, the number of its tile, its own length.
            [0xff, 0x90, _, _, _, _, a, b, c, d, ..] => {
                match u32::from_be_bytes([*a, *b, *c, *d]) as usize {
                    // It is the last one, and ends with the picture.
                    0 => return memchr::memmem::find(rest, b"\xff\xd9").is_some(),
                    length => length,
                }
            }
            // These stand alone (table A.1).
            [0xff, 0x30..=0x3f, ..] => 2,
            [0xff, _, high, low, ..] => 2 + usize::from(u16::from_be_bytes([*high, *low])),
            _ => return false,
        };
        match rest.get(passed.max(2)..) {
            Some(after) => rest = after,
            None => return false,
        }
    }
}

/// The start of a stream: its first marker, and that of its size (ITU-T T.800, annex A).
const STREAM: &[u8] = b"\xff\x4f\xff\x51";

/// A file whose boxes are broken is read as the stream that is in it.
fn opened(document: &[u8]) -> Result<Image<'_>, DocumentError> {
    let settings = DecodeSettings::default();
    Image::new(document, &settings).or_else(|error| {
        let start = memchr::memmem::find(document, STREAM).filter(|start| *start > 0);
        let stream = start.and_then(|start| document.get(start..));
        let bare = stream.and_then(|stream| Image::new(stream, &settings).ok());
        bare.ok_or_else(|| refusal(&error))
    })
}

/// What is shown of the channels, and how many there are.
fn kind(image: &Image<'_>) -> Result<(Kind, usize), DocumentError> {
    let (colours, alpha) = (image.color_space(), image.has_alpha());
    let stored = match colours {
        ColorSpace::Gray => 1,
        ColorSpace::RGB => 3,
        ColorSpace::CMYK => 4,
        ColorSpace::Icc { num_channels, .. } | ColorSpace::Unknown { num_channels } => {
            usize::from(*num_channels)
        }
    };
    let channels = match (stored, alpha) {
        // More of no known meaning is not shown.
        (1 | 2, false) => Channels::Grey,
        (1, true) => Channels::GreyAlpha,
        (3 | 5.., false) => Channels::Rgb,
        (3, true) => Channels::Rgba,
        (4, _) => Channels::Cmyk,
        (other, _) => return Err(unsupported(&format!("{other} channels of unknown meaning"))),
    };
    Ok((
        Kind::new(channels, Depth::Eight),
        stored + usize::from(alpha),
    ))
}

fn refusal(error: &dyn std::fmt::Display) -> DocumentError {
    damaged(&undecodable(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream without levels and quantisation, of so many channels of 8 bits, whose only
    /// part is empty.
    fn stream(side: u32, channels: u16) -> Vec<u8> {
        let mut file = STREAM.to_vec();
        file.extend((38 + 3 * channels).to_be_bytes());
        file.extend([0; 2]);
        for number in [side, side, 0, 0, side, side, 0, 0] {
            file.extend(number.to_be_bytes());
        }
        file.extend(channels.to_be_bytes());
        file.extend([7, 1, 1].repeat(channels.into()));
        file.extend(b"\xff\x52\0\x0c\0\0\0\x01\0\0\x04\x04\0\x01");
        file.extend(b"\xff\x5c\0\x04\x40\x40");
        file.extend(b"\xff\x90\0\x0a\0\0\0\0\0\0\0\x01\xff\x93\xff\xd9");
        file
    }

    #[test]
    fn memory_of_channels_that_are_not_shown_is_counted() {
        let needed = |channels| header(&stream(100, channels)).unwrap().needed_bytes();
        assert_eq!(needed(3), 10_000 * (3 + 8 * 3));
        assert_eq!(needed(255), 10_000 * (3 + 9 * 255));
    }

    #[test]
    fn every_cut_of_what_is_shown_says_so() {
        let whole = include_bytes!("tests/six.jp2");
        assert!(decode(whole).unwrap().cut.is_none());
        let parts = (0..whole.len()).filter_map(|end| decode(&whole[..end]).ok());
        let parts: Vec<_> = parts.collect();
        assert!(parts.len() > 10 && parts.iter().all(|part| part.cut.is_some()));
        // The last part need not say how long it is.
        let open = stream(8, 1);
        assert!(ends(&open) && !ends(&open[..open.len() - 1]));
        for end in 0..open.len() {
            assert!(!ends(&open[..end]));
        }
        let part = memchr::memmem::find(&open, b"\xff\x90").unwrap();
        assert!(ends(&[&open[..part], b"\xff\x30", &open[part..]].concat()));
    }
}
