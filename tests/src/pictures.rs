//! Pictures of one colour, and some that move.

use crate::screen::Color;

/// A picture (PPM) of one colour.
#[must_use]
pub fn solid(color: Color, width: usize, height: usize) -> Vec<u8> {
    let mut file = format!("P6 {width} {height} 255\n").into_bytes();
    file.extend(color.repeat(width * height));
    file
}

/// Colours of a GIF of ours: codes of eight bits begin behind them.
const COLORS: usize = 128;

/// Pixels between two codes that clear the table: before it has grown so far that
/// codes take nine bits.
const RUN: usize = 100;

/// A GIF without compression, shown for ever: each frame of one colour and shown for
/// so many hundredths of a second.
///
/// # Panics
///
/// When there are more than 128 colours.
#[must_use]
#[expect(clippy::expect_used, reason = "a test that cannot run has failed")]
pub fn moving(frames: &[(Color, u16)], width: u16, height: u16) -> Vec<u8> {
    let mut file = b"GIF89a".to_vec();
    file.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
    // A table of 2^(6+1) colours for all frames.
    file.extend([0x80 | 6, 0, 0]);
    let colors = frames.iter().map(|(color, _)| *color);
    let table: Vec<u8> = colors
        .chain(std::iter::repeat([0; 3]))
        .take(COLORS)
        .flatten()
        .collect();
    file.extend(table);
    file.extend(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0");
    for (number, (_, shown)) in frames.iter().enumerate() {
        file.extend(b"\x21\xf9\x04\0");
        file.extend(shown.to_le_bytes());
        file.extend(b"\0\0\x2c\0\0\0\0");
        file.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
        file.extend([0, 7]);
        let color = u8::try_from(number).expect("there are few frames");
        let mut left = usize::from(width) * usize::from(height);
        let mut codes = Vec::new();
        while left > 0 {
            let run = left.min(RUN);
            codes.push(COLORS as u8);
            codes.extend(std::iter::repeat_n(color, run));
            left -= run;
        }
        codes.push(COLORS as u8 + 1);
        for block in codes.chunks(255) {
            file.push(u8::try_from(block.len()).expect("a block is small"));
            file.extend(block);
        }
        file.push(0);
    }
    file.push(0x3b);
    file
}
