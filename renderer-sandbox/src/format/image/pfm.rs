//! Portable float maps, PFM and PHM: grey or colours as floats of 32 or 16 bits.
//!
//! Three lines of text say what they are, how large, and with the sign of a scale in
//! which order bytes stand (P. Debevec, "PFM Portable FloatMap Image Format"). The last
//! row stands first; the numbers are light.

use super::DocumentError;
use super::decode::{Decoded, Header, damaged};
use super::samples::{Channels, Depth, Kind, Samples, small_float, zeroed};
use super::words::{ENDS_EARLY, cut};
use image::metadata::Orientation;

/// Longest number in the header, in bytes.
const MAX_WORD_BYTES: usize = 64;

struct Map<'d> {
    width: u32,
    height: u32,
    channels: Channels,
    /// Bytes of a sample.
    sample_bytes: usize,
    little: bool,
    /// What a sample of 1 stands for.
    scale: f32,
    data: &'d [u8],
}

/// Whether a file has such a header.
pub(in crate::format) fn is_float_map(document: &[u8]) -> bool {
    Map::read(document).is_some()
}

pub(super) fn header(document: &[u8]) -> Result<Header, DocumentError> {
    let map = read(document)?;
    let mut header = Header::new((map.width, map.height), map.kind());
    if map.sample_bytes == 2 {
        header.colours = header.colours.replace("32-bit", "16-bit");
    }
    header.orientation = Orientation::FlipVertical;
    Ok(header)
}

pub(super) fn decode(document: &[u8]) -> Result<Decoded, DocumentError> {
    let map = read(document)?;
    let kind = map.kind();
    let pixels = u64::from(map.width) * u64::from(map.height);
    let mut bytes = zeroed(pixels.saturating_mul(kind.pixel_bytes() as u64))?;
    let (samples, _) = bytes.as_chunks_mut::<4>();
    let whole = samples.len() <= map.data.len() / map.sample_bytes;
    let stored = map.data.chunks_exact(map.sample_bytes);
    for (to, sample) in samples.iter_mut().zip(stored) {
        *to = (map.number(sample) * map.scale).to_ne_bytes();
    }
    let samples = Samples { bytes, kind };
    let cut = (!whole).then(|| cut(ENDS_EARLY));
    Ok(Decoded { samples, cut })
}

fn read(document: &[u8]) -> Result<Map<'_>, DocumentError> {
    Map::read(document).ok_or_else(|| damaged("its header is no header of a float map"))
}

impl<'d> Map<'d> {
    fn read(document: &'d [u8]) -> Option<Self> {
        let (kind, mut rest) = document.split_first_chunk::<2>()?;
        let (channels, sample_bytes) = match kind {
            b"PF" => (Channels::Rgb, 4),
            b"Pf" => (Channels::Grey, 4),
            b"PH" => (Channels::Rgb, 2),
            b"Ph" => (Channels::Grey, 2),
            _ => return None,
        };
        if !rest.first()?.is_ascii_whitespace() {
            return None;
        }
        let width = word(&mut rest)?.parse().ok()?;
        let height = word(&mut rest)?.parse().ok()?;
        let scale: f32 = word(&mut rest)?.parse().ok()?;
        Some(Self {
            width,
            height,
            channels,
            sample_bytes,
            little: scale.is_sign_negative(),
            scale: Some(scale.abs())
                .filter(|scale| scale.is_normal())
                .unwrap_or(1.0),
            data: rest,
        })
    }

    fn kind(&self) -> Kind {
        Kind::new(self.channels, Depth::Float)
    }

    fn number(&self, sample: &[u8]) -> f32 {
        let add = |sum: u32, byte: &u8| (sum << 8) | u32::from(*byte);
        let bits = match self.little {
            true => sample.iter().rev().fold(0, add),
            false => sample.iter().fold(0, add),
        };
        match self.sample_bytes {
            2 => small_float(bits, 5, 10),
            _ => f32::from_bits(bits),
        }
    }
}

/// The next word of the header, and the one byte behind it.
fn word<'d>(rest: &mut &'d [u8]) -> Option<&'d str> {
    let text = rest.trim_ascii_start();
    let near = text.get(..MAX_WORD_BYTES).unwrap_or(text);
    let end = near.iter().position(u8::is_ascii_whitespace)?;
    *rest = text.get(end + 1..)?;
    std::str::from_utf8(text.get(..end)?).ok()
}

#[cfg(test)]
mod tests {
    use crate::format::image::decode::{self, Picture};
    use crate::format::sniff::sniff;
    use ipc::Format;

    fn shown(file: &[u8]) -> Vec<[u8; 4]> {
        assert_eq!(sniff(file).unwrap(), Format::Pnm);
        let picture = Picture {
            file,
            format: Format::Pnm,
            part: 0,
        };
        let header = decode::header(picture, 0, true).unwrap();
        let pixels = decode::pixels(picture, &header).unwrap();
        pixels.rgba.as_chunks::<4>().0.to_vec()
    }

    #[test]
    fn float_maps_begin_with_their_last_row_in_either_order_of_bytes() {
        let little = [b"Pf\n1 2\n-1.0\n", &1_f32.to_le_bytes()[..], &[0; 4]].concat();
        assert_eq!(shown(&little), [[0, 0, 0, 255], [255; 4]]);
        let big = [b"PF 1 1 2.0\n", &0.25_f32.to_be_bytes()[..], &[0; 8]].concat();
        assert_eq!(shown(&big), [[188, 0, 0, 255]]);
        let halves = b"PH\n1 1\n-1\n\0\x3c\0\0\0\x3c";
        assert_eq!(shown(halves), [[255, 0, 255, 255]]);
    }

    #[test]
    fn float_map_that_is_cut_is_shown_as_far_as_it_goes() {
        let cut = [b"Pf\n1 2\n1\n", &1_f32.to_be_bytes()[..], b"\x3f"].concat();
        assert_eq!(shown(&cut), [[0, 0, 0, 255], [255; 4]]);
        for no in [
            "PF\n",
            "PF 1 1",
            "PF 1 1 x\n",
            "Ph words of a text\n",
            "PF -1 1 1\n",
        ] {
            assert_ne!(sniff(no.as_bytes()).ok(), Some(Format::Pnm), "{no}");
        }
    }
}
