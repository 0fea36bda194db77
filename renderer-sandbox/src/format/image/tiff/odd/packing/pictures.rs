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
    let fits = (width as usize, height as usize) == (columns, rows)
        && decoder.output_buffer_size() == Some(out.len());
    match fits && decoder.read_image(out).is_ok() {
        true => out.len(),
        false => 0,
    }
}
