//! JPEG 2000, by `hayro-jpeg2000`: JP2 files and bare streams.

use super::DocumentError;
use super::decode::{Decoded, Header, damaged, unsupported};
use super::samples::{Channels, Depth, Kind, Samples};
use super::words::undecodable;
use hayro_jpeg2000::{ColorSpace, DecodeSettings, DecoderContext, Image};

pub(super) fn header(document: &[u8]) -> Result<Header, DocumentError> {
    let image = opened(document)?;
    let (kind, _) = kind(&image)?;
    let mut header = Header::new((image.width(), image.height()), kind);
    let bits = image.original_bit_depth();
    header.colours = header.colours.replace("8 bits", &format!("{bits} bits"));
    if let ColorSpace::Icc { profile, .. } = image.color_space() {
        header.icc = Some(profile.clone());
    }
    // Coefficients and samples of each channel are floats.
    header.scratch = 8 * kind.channels.count() as u64;
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
    Ok(Decoded { samples, cut: None })
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
