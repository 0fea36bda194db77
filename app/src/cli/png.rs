//! Our own pixels as PNG. The encoder only: no byte of a document comes here.

use png::{BitDepth, ColorType, Compression, Encoder, PixelDimensions, SrgbRenderingIntent, Unit};
use std::io::{self, Write};

/// Metres in an inch.
const METRES_PER_INCH: f32 = 0.0254;

/// Bytes of pixels that are converted at a time, whole pixels: what stays in a
/// processor's cache costs no new pages of memory, which a whole band would.
const BLOCK_BYTES: usize = 64 * 1024;

/// What a PNG file says besides its pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Whether pixels may be transparent; three channels if not.
    pub(crate) alpha: bool,
    /// Dots per inch, where the page has a size on paper.
    pub(crate) dpi: Option<f32>,
}

/// Writes bands of premultiplied RGBA8 rows, top to bottom, as one PNG.
/// `bands` ends early with an error when the rest will not come.
pub(crate) fn write(
    output: &mut impl Write,
    header: Header,
    bands: impl Iterator<Item = io::Result<Vec<u8>>>,
) -> io::Result<()> {
    let mut watched = Watched {
        output,
        failed: None,
    };
    encode(&mut watched, header, bands).map_err(|error| watched.failed.unwrap_or(error))
}

fn encode(
    output: &mut impl Write,
    header: Header,
    bands: impl Iterator<Item = io::Result<Vec<u8>>>,
) -> io::Result<()> {
    let mut encoder = Encoder::new(output, header.width, header.height);
    encoder.set_color(if header.alpha {
        ColorType::Rgba
    } else {
        ColorType::Rgb
    });
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder.set_source_srgb(SrgbRenderingIntent::Perceptual);
    encoder.set_pixel_dims(header.dpi.map(pixel_dimensions));
    let mut writer = encoder.write_header()?;
    let mut stream = writer.stream_writer()?;
    for band in bands {
        for block in band?.chunks(BLOCK_BYTES) {
            stream.write_all(&straight(block, header.alpha))?;
        }
    }
    stream.finish()?;
    Ok(writer.finish()?)
}

/// Keeps the error of writing, of which the encoder keeps only the words.
struct Watched<W> {
    output: W,
    failed: Option<io::Error>,
}

impl<W> Watched<W> {
    fn note<T>(&mut self, written: io::Result<T>) -> io::Result<T> {
        written.inspect_err(|error| {
            let copy = error.raw_os_error().map(io::Error::from_raw_os_error);
            // A call that a signal interrupted is repeated.
            let copy = copy.filter(|copy| copy.kind() != io::ErrorKind::Interrupted);
            self.failed = copy.or(self.failed.take());
        })
    }
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.output.write(bytes);
        self.note(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.output.flush();
        self.note(flushed)
    }
}

fn pixel_dimensions(dpi: f32) -> PixelDimensions {
    let per_metre = (dpi / METRES_PER_INCH).round() as u32;
    PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: Unit::Meter,
    }
}

/// Whether any pixel is not opaque.
pub(crate) fn has_alpha(rgba: &[u8]) -> bool {
    let (pixels, _) = rgba.as_chunks::<4>();
    pixels.iter().any(|pixel| pixel[3] != u8::MAX)
}

/// Premultiplied RGBA → straight RGBA, or RGB where everything is opaque.
pub(super) fn straight(rgba: &[u8], alpha: bool) -> Vec<u8> {
    let (pixels, _) = rgba.as_chunks::<4>();
    if alpha {
        pixels.iter().flat_map(|pixel| unmultiply(*pixel)).collect()
    } else {
        let mut rgb = vec![0; pixels.len() * 3];
        let (targets, _) = rgb.as_chunks_mut::<3>();
        for (target, [r, g, b, _]) in targets.iter_mut().zip(pixels) {
            *target = [*r, *g, *b];
        }
        rgb
    }
}

fn unmultiply([r, g, b, a]: [u8; 4]) -> [u8; 4] {
    if a == 0 || a == u8::MAX {
        return [r, g, b, a];
    }
    let alpha = u16::from(a);
    let divide = |c: u8| ((u16::from(c) * 255 + alpha / 2) / alpha).min(255) as u8;
    [divide(r), divide(g), divide(b), a]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alpha_is_divided_out_again() {
        assert_eq!(unmultiply([64, 0, 128, 128]), [128, 0, 255, 128]);
        assert_eq!(unmultiply([200, 1, 2, 100]), [255, 3, 5, 100]);
        assert_eq!(unmultiply([0, 0, 0, 0]), [0, 0, 0, 0]);
    }

    #[test]
    fn the_systems_own_error_survives_the_encoder() {
        let (reader, mut writer) = io::pipe().unwrap();
        drop(reader);
        let header = Header {
            width: 1,
            height: 1,
            alpha: true,
            dpi: None,
        };
        let band = std::iter::once(Ok(vec![0; 4]));
        let error = write(&mut writer, header, band).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn bands_become_one_file() {
        let header = Header {
            width: 2,
            height: 2,
            alpha: false,
            dpi: Some(96.0),
        };
        let band = |value: u8| Ok([value, value, value, 255].repeat(2));
        let mut file = Vec::new();
        write(&mut file, header, [band(1), band(2)].into_iter()).unwrap();
        assert!(file.starts_with(b"\x89PNG\r\n\x1a\n"));
        let short = write(&mut Vec::new(), header, [band(1)].into_iter());
        assert!(short.is_err(), "rows are missing");
    }
}
