//! Luma and chroma in units: so many samples of luma side by side and one below the
//! other, and one of each chroma (TIFF 6.0, section 21).

/// Bytes of so many pixels. `sampling` is how many samples of luma, across and down,
/// share a sample of chroma.
pub(super) fn unit_bytes(width: usize, rows: usize, sampling: (usize, usize)) -> usize {
    let units = width.div_ceil(sampling.0) * rows.div_ceil(sampling.1);
    units * (sampling.0 * sampling.1 + 2)
}

/// Pixels of three samples, the part of `shown` columns and rows, from units of rows of
/// `width` pixels.
pub(super) fn spread(
    bytes: &[u8],
    width: usize,
    shown: (usize, usize),
    sampling: (usize, usize),
) -> Vec<u8> {
    let (across, down) = sampling;
    let unit = across * down + 2;
    let row_bytes = width.div_ceil(across) * unit;
    let mut pixels = Vec::with_capacity(shown.0 * shown.1 * 3);
    for y in 0..shown.1 {
        let row = bytes.get(y / down * row_bytes..).unwrap_or_default();
        for x in 0..shown.0 {
            let unit = row.get(x / across * unit..).unwrap_or_default();
            let luma = unit.get(y % down * across + x % across);
            let chroma = unit.get(across * down..).unwrap_or_default();
            let sample = |at: usize| chroma.get(at).copied().unwrap_or(128);
            pixels.extend([luma.copied().unwrap_or(0), sample(0), sample(1)]);
        }
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_by_two_pixels_share_their_chroma() {
        // Three columns, two rows: two units, of which the second is half used.
        let units = [1, 2, 4, 5, 100, 200, 3, 0, 6, 0, 101, 201];
        assert_eq!(unit_bytes(3, 2, (2, 2)), units.len());
        let pixels = spread(&units, 3, (3, 2), (2, 2));
        let (pixels, _) = pixels.as_chunks::<3>();
        assert_eq!(
            pixels,
            [
                [1, 100, 200],
                [2, 100, 200],
                [3, 101, 201],
                [4, 100, 200],
                [5, 100, 200],
                [6, 101, 201]
            ]
        );
        assert_eq!(spread(&[], 3, (1, 1), (2, 2)), [0, 128, 128]);
    }
}
