//! Pictures of other formats in a strip or tile: WebP by `image-webp`, JPEG XL by
//! `jxl-oxide`, JPEG 2000 by `hayro-jpeg2000`.

use crate::format::DocumentError;
use crate::format::image::decode::{Decoded, Header};
use crate::format::image::samples::Depth;
use crate::format::image::{jpeg2000, jpegxl};
use std::io::Cursor;

/// Which format a strip or tile has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format::image::tiff::odd) enum Embedded {
    WebP,
    JpegXl,
    Jpeg2000,
}

impl Embedded {
    /// Memory that its decoder takes, in bytes a pixel of so many samples: what it gives,
    /// and what its own file counts beside that.
    pub(super) fn scratch(self, samples: usize) -> u64 {
        let given = 2 * samples as u64;
        given
            + match self {
                Self::WebP => 8,
                Self::JpegXl => jpegxl::SCRATCH,
                Self::Jpeg2000 => 8 * samples as u64,
            }
    }

    /// Bytes that were unpacked: all, or none where the pixels are others than the tags
    /// say. Samples of two bytes are in the order of the file.
    pub(super) fn unpack(
        self,
        data: &[u8],
        out: &mut [u8],
        size: (usize, usize),
        little: bool,
    ) -> Result<usize, DocumentError> {
        match self {
            Self::WebP => Ok(webp(data, out, size)),
            Self::JpegXl => {
                let told = jpegxl::header(data)?;
                copied(&told, || jpegxl::decode(data), out, size, little)
            }
            Self::Jpeg2000 => {
                let told = jpeg2000::header(data)?;
                copied(&told, || jpeg2000::decode(data), out, size, little)
            }
        }
    }
}

/// Samples of a picture that is as large as its place.
fn copied(
    told: &Header,
    decode: impl FnOnce() -> Result<Decoded, DocumentError>,
    out: &mut [u8],
    size: (usize, usize),
    little: bool,
) -> Result<usize, DocumentError> {
    let fits = (told.width as usize, told.height as usize) == size
        && told.sample_bytes() == out.len() as u64;
    if !fits || told.kind.depth == Depth::Float {
        return Ok(0);
    }
    let samples = decode()?.samples;
    for (to, from) in out.iter_mut().zip(&samples.bytes) {
        *to = *from;
    }
    if told.kind.depth == Depth::Sixteen && little != cfg!(target_endian = "little") {
        let (words, _) = out.as_chunks_mut::<2>();
        words.iter_mut().for_each(|word| word.reverse());
    }
    Ok(out.len())
}

fn webp(data: &[u8], out: &mut [u8], (columns, rows): (usize, usize)) -> usize {
    let Ok(mut decoder) = image_webp::WebPDecoder::new(Cursor::new(data)) else {
        return 0;
    };
    let (width, height) = decoder.dimensions();
    let Some(len) = decoder.output_buffer_size() else {
        return 0;
    };
    if (width as usize, height as usize) != (columns, rows)
        || !(len == out.len() || len / 3 * 4 == out.len())
    {
        return 0;
    }
    let Some(place) = out.get_mut(..len) else {
        return 0;
    };
    if decoder.read_image(place).is_err() {
        return 0;
    }
    if len < out.len() {
        with_alpha(out);
    }
    out.len()
}

/// Pixels of three bytes at the beginning become pixels of four, which are opaque: a coder
/// leaves alpha out where it says nothing.
fn with_alpha(out: &mut [u8]) {
    for pixel in (0..out.len() / 4).rev() {
        let colour = |at: usize| out.get(pixel * 3 + at).copied().unwrap_or(0);
        let [r, g, b] = [0, 1, 2].map(colour);
        if let Some(to) = out.get_mut(pixel * 4..pixel * 4 + 4) {
            to.copy_from_slice(&[r, g, b, u8::MAX]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webp_without_alpha_is_opaque_where_alpha_is_told() {
        let mut file = Vec::new();
        let pixels = [1, 2, 3, 4, 5, 6];
        let encoder = image_webp::WebPEncoder::new(&mut file);
        encoder
            .encode(&pixels, 2, 1, image_webp::ColorType::Rgb8)
            .unwrap();
        let mut out = [0; 8];
        assert_eq!(webp(&file, &mut out, (2, 1)), 8);
        assert_eq!(out, [1, 2, 3, 255, 4, 5, 6, 255]);
        let mut out = [0; 6];
        assert_eq!((webp(&file, &mut out, (2, 1)), out), (6, pixels));
        assert_eq!(webp(&file, &mut [0; 5], (2, 1)), 0);
        assert_eq!(webp(&file, &mut [0; 6], (1, 2)), 0);
    }
}
