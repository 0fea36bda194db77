//! The part of a page that is drawn on, found in its pixels: what is left when
//! rows and columns of the colour of its corner are taken from its edges.

/// Left, top, right and bottom of what is drawn, 0 to 1; `None` where nothing is.
/// `rgba` holds rows of `width` pixels of 4 bytes.
pub(crate) fn edges(rgba: &[u8], width: usize) -> Option<[f32; 4]> {
    let (pixels, _) = rgba.as_chunks::<4>();
    let ground = *pixels.first()?;
    let mut rows = pixels.chunks_exact(width.max(1));
    let height = rows.len();
    let is_drawn = |row: &[[u8; 4]]| row.iter().any(|pixel| *pixel != ground);
    let top = rows.position(is_drawn)?;
    // The search from below ends at the latest at the row that was found from above.
    let below = rows.rev().position(is_drawn);
    let bottom = below.map_or(top + 1, |below| height - below);
    let (mut left, mut right) = (width, 0);
    for row in pixels.chunks_exact(width.max(1)).take(bottom).skip(top) {
        let first = row[..left].iter().position(|pixel| *pixel != ground);
        left = first.unwrap_or(left);
        let last = row[right..].iter().rposition(|pixel| *pixel != ground);
        right = last.map_or(right, |last| right + last + 1);
    }
    let share = |part: usize, whole: usize| part as f32 / whole as f32;
    Some([
        share(left, width),
        share(top, height),
        share(right, width),
        share(bottom, height),
    ])
}

#[cfg(test)]
mod tests {
    use super::edges;

    /// A white page of 10 by 20 pixels with these black.
    fn page(black: &[(usize, usize)]) -> Vec<u8> {
        let mut rgba = vec![255; 10 * 20 * 4];
        for (x, y) in black {
            let at = (y * 10 + x) * 4;
            rgba[at..at + 3].fill(0);
        }
        rgba
    }

    #[test]
    fn edges_are_those_of_what_is_drawn() {
        let found = edges(&page(&[(2, 5), (6, 14), (4, 9)]), 10);
        assert_eq!(found, Some([0.2, 0.25, 0.7, 0.75]));
        assert_eq!(edges(&page(&[(3, 19)]), 10), Some([0.3, 0.95, 0.4, 1.0]));
    }

    #[test]
    fn empty_page_has_no_content() {
        assert_eq!(edges(&page(&[]), 10), None);
        assert_eq!(edges(&[], 10), None);
    }
}
