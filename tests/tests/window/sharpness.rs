//! Pixels reach the screen as they were drawn.

use crate::PATIENCE;
use std::fs;
use std::path::Path;
use tests::eventually;
use tests::screen::{Color, Screen};

#[test]
fn checkerboard_of_single_pixels_stays_one_at_every_scale() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let path = screen.folder().join("checks.png");
    checkerboard(&path, 200);
    for scale in ["1", "1.25", "1.5", "1.75", "2"] {
        let arguments = [Path::new("--new-instance"), path.as_path()];
        let mut viewer = screen.pellucid(&arguments, &[("WINIT_X11_SCALE_FACTOR", scale)]);
        let crisp = || largest_checkerboard(&screen.pixels(), Screen::width());
        let found = eventually(PATIENCE, || crisp() >= 200);
        assert!(
            found,
            "at scale {scale} only {} rows are as they were",
            crisp()
        );
        screen.press(&["ctrl+q"]);
        let _ = viewer.ends();
    }
}

/// Black and white pixels by turns.
fn checkerboard(path: &Path, side: u32) {
    let mut encoder = png::Encoder::new(fs::File::create(path).unwrap(), side, side);
    encoder.set_color(png::ColorType::Grayscale);
    let pixels: Vec<u8> = (0..side * side)
        .map(|i| {
            if (i % side + i / side).is_multiple_of(2) {
                0
            } else {
                255
            }
        })
        .collect();
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&pixels)
        .unwrap();
}

/// Rows under each other that have 200 black and white pixels by turns, each
/// row the other way round than the one above.
fn largest_checkerboard(pixels: &[Color], width: usize) -> usize {
    let (mut best, mut rows, mut last) = (0, 0, None);
    for row in pixels.chunks_exact(width) {
        let start = (0..width - 200).find(|&x| {
            let by_turns = |i: usize| {
                let (one, next) = (row[x + i], row[x + i + 1]);
                (one == [0; 3] && next == [255; 3]) || (one == [255; 3] && next == [0; 3])
            };
            (0..199).all(by_turns)
        });
        rows = match (start, last) {
            (Some(x), Some((before, color))) if x == before && row[x] != color => rows + 1,
            (Some(_), _) => 1,
            (None, _) => 0,
        };
        last = start.map(|x| (x, row[x]));
        best = best.max(rows);
    }
    best
}
