//! Our own pixels as WebP, without loss. The encoder only: no byte of a document comes
//! here, and `app/clippy.toml` forbids the crate's decoder in this program.

use super::png;
use image_webp::{ColorType, EncodingError, WebPEncoder};
use std::io::{self, Write};

/// Longest side that the format has, in pixels: 14 bits (RFC 9649, 3.4).
const MAX_SIDE_PX: u32 = 16_384;

/// Most pixels of one: the encoder takes a whole picture and copies it, 8 B a pixel,
/// which is 512 MiB in this process.
const MAX_PX: u64 = 1 << 26;

/// Writes bands of premultiplied RGBA8 rows, top to bottom, as one WebP.
pub(crate) fn write(
    output: &mut impl Write,
    (width, height): (u32, u32),
    bands: impl Iterator<Item = io::Result<Vec<u8>>>,
) -> io::Result<()> {
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > MAX_SIDE_PX || pixels > MAX_PX {
        let sentence = format!(
            "a WebP is written with at most {MAX_SIDE_PX} pixels a side and {MAX_PX} in all, and \
             this would have {width} × {height}; choose a --size, or PNG"
        );
        return Err(io::Error::other(sentence));
    }
    let bytes = usize::try_from(pixels * 4).map_err(io::Error::other)?;
    let mut rgba = Vec::new();
    rgba.try_reserve_exact(bytes).map_err(io::Error::other)?;
    for band in bands {
        rgba.extend(png::straight(&band?, true));
        if rgba.len() > bytes {
            return Err(io::Error::other("rows are too many"));
        }
    }
    if rgba.len() != bytes {
        return Err(io::Error::other("rows are missing"));
    }
    let (data, colours) = match png::has_alpha(&rgba) {
        true => (rgba, ColorType::Rgba8),
        false => (png::straight(&rgba, false), ColorType::Rgb8),
    };
    let encoded = WebPEncoder::new(output).encode(&data, width, height, colours);
    encoded.map_err(|error| match error {
        EncodingError::IoError(error) => error,
        other => io::Error::other(other.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_become_one_file_and_missing_rows_are_an_error() {
        let band = |rows: usize| Ok([100, 50, 25, 128].repeat(20 * rows));
        let mut file = Vec::new();
        write(&mut file, (20, 21), [band(16), band(5)].into_iter()).unwrap();
        assert!(file.starts_with(b"RIFF") && file.get(8..16) == Some(b"WEBPVP8L"));
        let short = write(&mut Vec::new(), (20, 21), [band(16)].into_iter());
        assert_eq!(short.unwrap_err().to_string(), "rows are missing");
        let long = write(&mut Vec::new(), (20, 21), [band(22)].into_iter());
        assert_eq!(long.unwrap_err().to_string(), "rows are too many");
    }

    #[test]
    fn what_the_format_or_our_memory_has_no_room_for_is_refused() {
        for size in [(16_385, 1), (9_000, 9_000)] {
            let error = write(&mut Vec::new(), size, std::iter::empty()).unwrap_err();
            assert!(error.to_string().contains("16384"), "{error}");
        }
    }
}
