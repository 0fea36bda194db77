//! Our own pixels as JPEG. The encoder only: no byte of a document comes here.

use jpeg_encoder::{Encoder, EncodingError, ImageBuffer, JpegColorType, rgb_to_ycbcr};
use std::cell::RefCell;
use std::io::{self, Write};

/// Longest side that the format has, in pixels (ITU-T T.81, B.2.2).
const MAX_SIDE_PX: u32 = 65_535;

/// Writes bands of premultiplied RGBA8 rows, top to bottom, as one JPEG on white:
/// there is no transparency in it. `quality` is 1 to 100.
pub(crate) fn write(
    output: &mut impl Write,
    (width, height): (u32, u32),
    quality: u8,
    bands: impl Iterator<Item = io::Result<Vec<u8>>>,
) -> io::Result<()> {
    let side = |side: u32| u16::try_from(side).ok();
    let (Some(width), Some(height)) = (side(width), side(height)) else {
        let sentence = format!(
            "a JPEG has at most {MAX_SIDE_PX} pixels a side, and this would have {width} × {height}"
        );
        return Err(io::Error::other(sentence));
    };
    let rows = Rows {
        width,
        height,
        state: RefCell::new(State {
            bands,
            band: Vec::new(),
            first: 0,
            failed: None,
        }),
    };
    let encoded = Encoder::new(&mut *output, quality).encode_image(&rows);
    if let Some(error) = rows.state.into_inner().failed {
        return Err(error);
    }
    encoded.map_err(|error| match error {
        EncodingError::IoError(error) => error,
        other => io::Error::other(other.to_string()),
    })
}

/// Rows as the encoder asks for them: from the top, the last one more than once.
struct Rows<I> {
    width: u16,
    height: u16,
    state: RefCell<State<I>>,
}

struct State<I> {
    bands: I,
    /// The band that is being read, and the row that it begins with.
    band: Vec<u8>,
    first: usize,
    /// Why there are no more.
    failed: Option<io::Error>,
}

impl<I: Iterator<Item = io::Result<Vec<u8>>>> State<I> {
    /// A row; white where the bands have ended, which is told in the end.
    fn row(&mut self, y: usize, row_bytes: usize) -> Option<&[u8]> {
        while self.failed.is_none() && self.first + self.band.len() / row_bytes <= y {
            self.first += self.band.len() / row_bytes;
            match self.bands.next() {
                Some(Ok(band)) => self.band = band,
                Some(Err(error)) => self.failed = Some(error),
                None => self.failed = Some(io::Error::other("rows are missing")),
            }
        }
        let start = y.checked_sub(self.first)?.checked_mul(row_bytes)?;
        let end = start.checked_add(row_bytes)?;
        self.band.get(start..end).filter(|_| self.failed.is_none())
    }
}

impl<I: Iterator<Item = io::Result<Vec<u8>>>> ImageBuffer for &Rows<I> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.width
    }

    fn height(&self) -> u16 {
        self.height
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let [luma, blue, red, _] = buffers;
        let row_bytes = usize::from(self.width) * 4;
        let mut state = self.state.borrow_mut();
        let row = state.row(y.into(), row_bytes).unwrap_or_default();
        let (pixels, _) = row.as_chunks::<4>();
        let missing = usize::from(self.width).saturating_sub(pixels.len());
        let white = std::iter::repeat_n(&[u8::MAX; 4], missing);
        for [r, g, b, a] in pixels.iter().chain(white) {
            let on_white = |c: u8| c.saturating_add(u8::MAX - a);
            let (y, cb, cr) = rgb_to_ycbcr(on_white(*r), on_white(*g), on_white(*b));
            luma.push(y);
            blue.push(cb);
            red.push(cr);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_become_one_file_and_missing_rows_are_an_error() {
        let band = |rows: usize| Ok([200, 100, 50, 255].repeat(20 * rows));
        let mut file = Vec::new();
        write(&mut file, (20, 21), 90, [band(16), band(5)].into_iter()).unwrap();
        assert!(file.starts_with(b"\xff\xd8") && file.ends_with(b"\xff\xd9"));
        let short = write(&mut Vec::new(), (20, 21), 90, [band(16)].into_iter());
        assert_eq!(short.unwrap_err().to_string(), "rows are missing");
        let broken = [band(16), Err(io::Error::other("gone"))];
        let broken = write(&mut Vec::new(), (20, 21), 90, broken.into_iter());
        assert_eq!(broken.unwrap_err().to_string(), "gone");
    }

    #[test]
    fn side_that_the_format_has_no_room_for_is_refused() {
        let none = std::iter::empty();
        let error = write(&mut Vec::new(), (70_000, 1), 90, none).unwrap_err();
        assert!(error.to_string().contains("65535"), "{error}");
    }
}
