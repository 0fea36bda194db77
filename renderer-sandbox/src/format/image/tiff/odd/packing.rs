//! How the bytes of a strip or tile are packed. No more is unpacked than the place of a
//! strip holds.

mod light;
mod pictures;
mod scan;
mod streams;

use crate::format::DocumentError;
use crate::format::image::decode::unsupported;
use crate::format::image::fax::Fax;
use crate::format::image::runs;
use crate::format::image::samples::zeroed;
use crate::format::image::tiff::directory::Directory;
use hayro_ccitt::EncodingMode;
pub(super) use light::Light;
use pictures::Embedded;
pub(super) use streams::is_old_lzw;

/// Values of `Compression` (TIFF 6.0, and what is registered since).
const NONE: u64 = 1;
const FAX_ROWS: u64 = 2;
const FAX_3: u64 = 3;
const FAX_4: u64 = 4;
const LZW: u64 = 5;
const DEFLATE: [u64; 3] = [8, 32_946, 50_013];
const FAX_WORDS: u64 = 32_771;
const RUNS: u64 = 32_773;
const SCAN: u64 = 32_809;
const LIGHT: u64 = 34_676;
const JPEG_2000: [u64; 2] = [34_712, 33_005];
const LZMA: u64 = 34_925;
const ZSTANDARD: u64 = 50_000;
const WEBP: u64 = 50_001;
const JPEG_XL: [u64; 2] = [50_002, 52_546];

/// `PhotometricInterpretation` of light without colours.
const LOG_L: u64 = 32_844;

/// `T4Options`: whether rows are coded by the one before, too.
const T4_OPTIONS: u16 = 292;
const PHOTOMETRIC: u16 = 262;
const TWO_DIMENSIONS: u64 = 1;

/// How bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    Fax(Fax),
    Lzw,
    Deflate,
    Lzma,
    Zstandard,
    Runs,
    Scan,
    Light(Light),
    Picture(Embedded),
}

pub(super) fn is_fax(compression: u64) -> bool {
    matches!(compression, FAX_ROWS..=FAX_4)
}

impl Packing {
    pub(super) fn read(directory: Directory<'_>, compression: u64) -> Result<Self, DocumentError> {
        let fax = |mode, aligned| Self::Fax(Fax::new(mode, aligned));
        let options = directory.number(T4_OPTIONS).unwrap_or(0);
        Ok(match compression {
            NONE => Self::None,
            FAX_ROWS => fax(EncodingMode::Group3_1D, true),
            FAX_3 if options & TWO_DIMENSIONS != 0 => fax(EncodingMode::Group3_2D, false),
            FAX_3 => fax(EncodingMode::Group3_1D, false),
            FAX_4 => fax(EncodingMode::Group4, false),
            LZW => Self::Lzw,
            RUNS => Self::Runs,
            SCAN => Self::Scan,
            LIGHT if directory.number(PHOTOMETRIC) == Some(LOG_L) => Self::Light(Light::Grey),
            LIGHT => Self::Light(Light::Colours),
            LZMA => Self::Lzma,
            ZSTANDARD => Self::Zstandard,
            WEBP => Self::Picture(Embedded::WebP),
            xl if JPEG_XL.contains(&xl) => Self::Picture(Embedded::JpegXl),
            jp2 if JPEG_2000.contains(&jp2) => Self::Picture(Embedded::Jpeg2000),
            deflate if DEFLATE.contains(&deflate) => Self::Deflate,
            other => return Err(unsupported(&format!("its compression is {}", name(other)))),
        })
    }

    /// The light that is packed, where it is none of numbers.
    pub(super) fn light(self) -> Option<Light> {
        match self {
            Self::Light(light) => Some(light),
            _ => None,
        }
    }

    /// Memory that unpacking takes beside what comes of it, in bytes a pixel of so many
    /// samples.
    pub(super) fn scratch(self, samples: usize) -> u64 {
        match self {
            Self::Picture(picture) => picture.scratch(samples),
            _ => 0,
        }
    }

    /// Unpacks `len` bytes, with zeros for what is missing, and tells whether something
    /// is. `size` is columns and rows; numbers of several bytes are in the order of the
    /// file, which may be `little`.
    pub(super) fn unpack(
        self,
        data: &[u8],
        len: usize,
        size: (usize, usize),
        little: bool,
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
            Self::Lzw => streams::lzw(data, &mut out),
            Self::Deflate => streams::deflate(data, &mut out),
            Self::Lzma => streams::lzma(data, &mut out),
            Self::Zstandard => streams::zstandard(data, &mut out),
            Self::Runs if runs::unpack(data, &mut out) => len,
            Self::Runs => 0,
            Self::Scan => scan::unpack(data, &mut out, size.0),
            Self::Light(light) => light.unpack(data, &mut out, size.0, little),
            Self::Picture(picture) => picture.unpack(data, &mut out, size, little)?,
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
        32_908 | 32_909 => "that of Pixar".to_owned(),
        33_003 => "JPEG 2000 with luma and chroma".to_owned(),
        34_661 => "JBIG".to_owned(),
        34_677 => "logarithms of light in 24 bits".to_owned(),
        34_887 => "LERC".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn no_more_is_unpacked_than_there_is_place() {
        let mut packed = Vec::new();
        let zeros = [0_u8; 100_000];
        let level = flate2::Compression::best();
        flate2::read::ZlibEncoder::new(&zeros[..], level)
            .read_to_end(&mut packed)
            .unwrap();
        let unpacked = Packing::Deflate.unpack(&packed, 3, (3, 1), true).unwrap();
        assert_eq!(unpacked, (vec![0; 3], true));
        let short = Packing::None.unpack(&[7], 3, (3, 1), true).unwrap();
        assert_eq!(short, (vec![7, 0, 0], false));
    }
}
