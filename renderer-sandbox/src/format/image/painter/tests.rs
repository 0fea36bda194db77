//! Tiles of noise and of a few pixels.

use super::*;
use ipc::{PageIndex, TileSize};

/// Noise that is the same every time.
fn noise(width: u32, height: u32) -> Pixels {
    let mut state = 1_u32;
    let opaque = (0..width * height).flat_map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [r, g, b, _] = state.to_be_bytes();
        [r, g, b, 255]
    });
    Pixels::new(width, height, opaque.collect()).unwrap()
}

fn drawn(pixels: &Pixels, page: (u32, u32), at: (u32, u32), size: (u16, u16)) -> Vec<u8> {
    let size = TileSize::new(size.0, size.1).unwrap();
    let tile = Tile::new(PageIndex::new(0).unwrap(), page, at, size).unwrap();
    let mut slot = vec![7; size.bytes()];
    let mut surface = Surface::new(&mut slot, size).unwrap();
    draw(&mut Resizer::new(), pixels, tile, &mut surface).unwrap();
    slot
}

/// The page drawn in tiles of a size that does not divide it.
fn tiled(pixels: &Pixels, page: (u32, u32), side: u32) -> Vec<u8> {
    let mut whole = vec![0; (page.0 * page.1 * 4) as usize];
    for top in (0..page.1).step_by(side as usize) {
        for left in (0..page.0).step_by(side as usize) {
            let (wide, high) = (side.min(page.0 - left), side.min(page.1 - top));
            let tile = drawn(pixels, page, (left, top), (wide as u16, high as u16));
            for (row, bytes) in tile.chunks((wide * 4) as usize).enumerate() {
                let start = (((top + row as u32) * page.0 + left) * 4) as usize;
                whole[start..start + bytes.len()].copy_from_slice(bytes);
            }
        }
    }
    whole
}

#[test]
fn tiles_join_as_if_the_page_were_drawn_at_once() {
    let pixels = noise(301, 203);
    for page in [
        (301, 203),
        (150, 101),
        (97, 33),
        (613, 407),
        (1999, 1349),
        (500, 60),
    ] {
        let whole = drawn(&pixels, page, (0, 0), (page.0 as u16, page.1 as u16));
        let tiles = tiled(&pixels, page, 37);
        // The filter's weights are whole numbers, rounded for each tile by
        // itself, across and down: one step each, on noise.
        let furthest = whole.iter().zip(&tiles).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(furthest <= Some(2), "{page:?}: {furthest:?}");
    }
}

#[test]
fn one_to_one_is_the_picture_itself() {
    let pixels = noise(40, 30);
    assert_eq!(drawn(&pixels, (40, 30), (0, 0), (40, 30)), pixels.rgba);
    let part = drawn(&pixels, (40, 30), (3, 5), (2, 1));
    let start = (5 * 40 + 3) * 4;
    assert_eq!(part, pixels.rgba[start..start + 8]);
}

#[test]
fn smaller_is_the_mean_and_no_pixel_is_left_out() {
    // One white pixel in 16 × 16 black ones.
    let mut rgba = [0, 0, 0, 255].repeat(256);
    rgba[(7 * 16 + 9) * 4..][..3].fill(255);
    let pixels = Pixels::new(16, 16, rgba).unwrap();
    let small = drawn(&pixels, (4, 4), (0, 0), (4, 4));
    let light: u32 = small.chunks(4).map(|p| u32::from(p[0])).sum();
    assert!(
        (14..=18).contains(&light),
        "{light}, a sixteenth of 255 is 16"
    );
}

#[test]
fn larger_keeps_colours_below_their_alpha() {
    let rgba = [[255; 4], [0; 4], [0, 0, 0, 255], [128; 4]].concat();
    let pixels = Pixels::new(2, 2, rgba).unwrap();
    let large = drawn(&pixels, (90, 90), (0, 0), (90, 90));
    assert!(large.chunks(4).all(|p| p[0] <= p[3] && p[1] <= p[3]));
}

#[test]
fn extreme_pages_are_drawn() {
    let pixels = noise(3, 2);
    assert_eq!(drawn(&pixels, (1, 1), (0, 0), (1, 1)).len(), 4);
    let far = (ipc::limits::MAX_PAGE_SIDE_PX, 3);
    drawn(&pixels, far, (far.0 - 64, 0), (64, 3));
    let tall = noise(1, 5000);
    drawn(&tall, (8000, 2), (0, 0), (8000, 2));
}

#[test]
fn picture_that_is_one_row_is_drawn_band_by_band() {
    let pixels = noise(2_000_000, 1);
    let drawn = drawn(&pixels, (64, 64), (0, 0), (64, 64));
    let (first, rest) = drawn.split_at(64 * 4);
    assert!(
        rest.chunks(64 * 4).all(|row| row == first),
        "every row is the one row"
    );
}

#[test]
fn bands_bound_the_memory_between_the_two_passes() {
    let size = TileSize::new(64, 64).unwrap();
    let tile = Tile::new(PageIndex::new(0).unwrap(), (64, 64), (0, 0), size).unwrap();
    for width in [1, 64, 30_000, 2_000_000] {
        let scaling = Scaling::new(&noise(width, 1), tile);
        let rows = scaling.band_rows();
        let between = scaling.bytes_between() * rows as f64;
        assert!(
            rows == 1 || between <= BAND_BYTES as f64,
            "{width}: {between}"
        );
    }
}
