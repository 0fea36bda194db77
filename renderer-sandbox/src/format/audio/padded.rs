//! WAVE whose samples of 24 bits take four bytes each, without the longer header that
//! would say where in them they are.
//!
//! Programs disagree. Cool Edit has written floating point, as large as whole numbers of
//! 24 bits are, and ffmpeg takes every such file for that; others write whole numbers,
//! above a byte that is nothing or below one. Which it is, is seen: as floating point,
//! whole numbers would be silence, or louder than anything.

use super::super::DocumentError;
use super::container::{Patch, Words};
use super::wave::{self, Format};
use std::ops::Range;

/// Samples that are looked at, behind the silence at the beginning.
const LOOKED_AT: usize = 256 * 1024;

/// Samples of silence that are passed over: five minutes of stereo at 48 kHz.
const MAX_SILENCE: usize = 5 * 60 * 2 * 48_000;

/// Full scale of whole numbers of 24 bits.
const FULL_SCALE: f32 = 8_388_608.0;

/// Floating point that is sound: down to a thousandth of the smallest whole number of 24
/// bits, up to twice full scale.
const AUDIBLE: Range<f32> = 1e-3..2.0 * FULL_SCALE;

/// Above this, floating point is no sound whose full scale is 1.
const LOUDEST: f32 = 16.0;

/// Numbers of codings (RFC 2361): whole numbers, and floating point.
const PCM: u16 = 1;
const FLOAT: u16 = 3;

/// From four bytes of the file to those that are read.
type ReadAs = fn([u8; 4]) -> [u8; 4];

/// What four bytes hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Floating point, as large as whole numbers of 24 bits.
    Large,
    /// Floating point whose full scale is 1.
    Float,
    /// A whole number in the upper three.
    Upper,
    /// A whole number in the lower three.
    Lower,
}

/// What is read in its place: samples, and what the header says then. `None` for other
/// files.
///
/// # Errors
///
/// [`DocumentError::Unsupported`] where it cannot be seen what the samples are.
pub(super) fn words(document: &[u8]) -> Result<Option<(Words, Vec<Patch>)>, DocumentError> {
    let Some((format, place)) = wave::format(document).zip(wave::samples(document)) else {
        return Ok(None);
    };
    let padded_bytes = format.channels.checked_mul(4);
    if format.coding != PCM || format.bits != 24 || Some(format.frame_bytes) != padded_bytes {
        return Ok(None);
    }
    let content = document.get(place.clone()).unwrap_or_default();
    let unknown = || {
        DocumentError::Unsupported(
            "its samples of 24 bits lie in 4 bytes, and it does not say where".to_owned(),
        )
    };
    let holds = holds(content).ok_or_else(unknown)?;
    Ok(Some(read(&format, place, holds)))
}

fn read(format: &Format, place: Range<usize>, holds: Holds) -> (Words, Vec<Patch>) {
    let (coding, read_as): (u16, ReadAs) = match holds {
        Holds::Large => (FLOAT, |bytes| {
            (f32::from_le_bytes(bytes) / FULL_SCALE).to_le_bytes()
        }),
        Holds::Float => (FLOAT, |bytes| bytes),
        Holds::Upper => (PCM, |bytes| bytes),
        Holds::Lower => (PCM, |[low, middle, high, _]| [0, low, middle, high]),
    };
    let patches = vec![
        (format.at, coding.to_le_bytes().to_vec()),
        (format.at + wave::BITS_AT, 32_u16.to_le_bytes().to_vec()),
    ];
    (Words { place, read_as }, patches)
}

fn holds(content: &[u8]) -> Option<Holds> {
    let words = content.as_chunks::<4>().0.iter().copied();
    let is_silent = |word: &[u8; 4]| f32::from_le_bytes(*word) == 0.0;
    let silence = words
        .clone()
        .take(MAX_SILENCE)
        .take_while(is_silent)
        .count();
    let words = words.skip(silence).take(LOOKED_AT);
    let words = words.filter(|word| !is_silent(word));
    let (mut all, mut large, mut float, mut upper, mut lower) = (0_usize, 0, 0, 0, 0);
    let mut loudest = 0.0_f32;
    for word in words {
        let [low, _, high, top] = word;
        let value = f32::from_le_bytes(word).abs();
        loudest = loudest.max(value);
        all += 1;
        large += usize::from(AUDIBLE.contains(&value));
        float += usize::from((AUDIBLE.start / FULL_SCALE..LOUDEST).contains(&value));
        upper += usize::from(low == 0);
        lower += usize::from(top == if high < 0x80 { 0 } else { 0xFF });
    }
    // Few samples of floating point are nearly nothing, and no whole number looks like it.
    let most = all - all / 10;
    match () {
        () if all == 0 => Some(Holds::Upper),
        () if float >= most && loudest < LOUDEST => Some(Holds::Float),
        () if large >= most => Some(Holds::Large),
        // Where both are possible, as the format has it.
        () if upper == all => Some(Holds::Upper),
        () if lower == all => Some(Holds::Lower),
        () => None,
    }
}
