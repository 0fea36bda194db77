//! What a stream of H.265 says of its colours (ITU-T H.265, 7.3.2.2 and annex E.2.1): it
//! stands at the end of the parameters of a sequence, behind all that is of no matter here.
//!
//! Trust: none. Every loop is bounded, and what ends early says nothing.

use super::told::CodePoints;

/// What holds where nothing is said: everything unspecified, and not the full range.
const NOT_SAID: CodePoints = CodePoints {
    primaries: 2,
    transfer: 2,
    matrix: 2,
    full: false,
};

/// Largest numbers that the standard allows.
const MAX_REFERENCE_SETS: u64 = 64;
const MAX_PICTURES: u64 = 16;
const MAX_LONG_TERM: u64 = 33;

/// The colours of the sequence with these parameters.
pub(super) fn colours(sequence: &[u8]) -> CodePoints {
    read(sequence).unwrap_or(NOT_SAID)
}

/// Reads bits from the highest on.
struct Bits {
    bytes: Vec<u8>,
    at: usize,
}

impl Bits {
    /// The bits behind the two bytes that say what this is, without those that keep it from
    /// looking like the start of something else (7.3.1.1).
    fn new(sequence: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(sequence.len());
        let mut zeros = 0;
        for byte in sequence.iter().skip(2) {
            if zeros >= 2 && *byte == 3 {
                zeros = 0;
                continue;
            }
            zeros = if *byte == 0 { zeros + 1 } else { 0 };
            bytes.push(*byte);
        }
        Self { bytes, at: 0 }
    }

    fn number(&mut self, bits: usize) -> Option<u64> {
        let mut sum = 0;
        for _ in 0..bits {
            let byte = self.bytes.get(self.at / 8)?;
            sum = (sum << 1) | u64::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(sum)
    }

    fn flag(&mut self) -> Option<bool> {
        Some(self.number(1)? == 1)
    }

    fn skip(&mut self, bits: usize) -> Option<()> {
        self.at = self.at.checked_add(bits)?;
        (self.at <= self.bytes.len() * 8).then_some(())
    }

    /// A number of its own length (9.2).
    fn any(&mut self) -> Option<u64> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
        }
        let rest = (zeros <= 32).then(|| self.number(zeros))??;
        Some((1 << zeros) - 1 + rest)
    }

    fn skip_any(&mut self, count: usize) -> Option<()> {
        for _ in 0..count {
            self.any()?;
        }
        Some(())
    }
}

fn read(sequence: &[u8]) -> Option<CodePoints> {
    let mut bits = Bits::new(sequence);
    bits.skip(4)?;
    let layers = bits.number(3)? as usize;
    bits.skip(1)?;
    profile(&mut bits, layers)?;
    bits.any()?;
    if bits.any()? == 3 {
        bits.skip(1)?;
    }
    bits.skip_any(2)?;
    if bits.flag()? {
        bits.skip_any(4)?;
    }
    bits.skip_any(2)?;
    let order_bits = bits.any()?.checked_add(4).filter(|bits| *bits <= 16)? as usize;
    let told = if bits.flag()? { layers + 1 } else { 1 };
    bits.skip_any(3 * told + 6)?;
    if bits.flag()? && bits.flag()? {
        scaling_lists(&mut bits)?;
    }
    bits.skip(2)?;
    if bits.flag()? {
        bits.skip(8)?;
        bits.skip_any(2)?;
        bits.skip(1)?;
    }
    reference_sets(&mut bits)?;
    if bits.flag()? {
        let count = bits.any()?.min(MAX_LONG_TERM) as usize;
        bits.skip(count * (order_bits + 1))?;
    }
    bits.skip(2)?;
    if !bits.flag()? {
        return None;
    }
    usability(&mut bits)
}

/// Profile, tier and level, of all and of each layer.
fn profile(bits: &mut Bits, layers: usize) -> Option<()> {
    const PROFILE: usize = 88;
    const LEVEL: usize = 8;
    bits.skip(PROFILE + LEVEL)?;
    let mut more = 0;
    for _ in 0..layers {
        more += if bits.flag()? { PROFILE } else { 0 };
        more += if bits.flag()? { LEVEL } else { 0 };
    }
    if layers > 0 {
        more += 2 * (8 - layers);
    }
    bits.skip(more)
}

fn scaling_lists(bits: &mut Bits) -> Option<()> {
    for size in 0..4_usize {
        for _ in 0..if size == 3 { 2 } else { 6 } {
            if bits.flag()? {
                let numbers = 64.min(1 << (4 + 2 * size));
                bits.skip_any(numbers + usize::from(size > 1))?;
            } else {
                bits.any()?;
            }
        }
    }
    Some(())
}

fn reference_sets(bits: &mut Bits) -> Option<()> {
    let count = bits.any()?;
    if count > MAX_REFERENCE_SETS {
        return None;
    }
    let mut pictures = 0_u64;
    for set in 0..count {
        if set > 0 && bits.flag()? {
            bits.skip(1)?;
            bits.any()?;
            let mut kept = 0;
            for _ in 0..=pictures {
                // Used by this picture, or by later ones.
                kept += u64::from(bits.flag()? || bits.flag()?);
            }
            pictures = kept;
        } else {
            pictures = bits.any()?.checked_add(bits.any()?)?;
            if pictures > MAX_PICTURES {
                return None;
            }
            for _ in 0..pictures {
                bits.any()?;
                bits.skip(1)?;
            }
        }
    }
    Some(())
}

/// The start of the "video usability information".
fn usability(bits: &mut Bits) -> Option<CodePoints> {
    const OTHER_SHAPE: u64 = 255;
    if bits.flag()? && bits.number(8)? == OTHER_SHAPE {
        bits.skip(32)?;
    }
    if bits.flag()? {
        bits.skip(1)?;
    }
    if !bits.flag()? {
        return None;
    }
    bits.skip(3)?;
    let full = bits.flag()?;
    let mut points = CodePoints { full, ..NOT_SAID };
    if bits.flag()? {
        let mut point = || u16::try_from(bits.number(8)?).ok();
        (points.primaries, points.transfer, points.matrix) = (point()?, point()?, point()?);
    }
    Some(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As x265 writes them for 64 × 64 pixels of BT.709 and sRGB, in full range.
    const FULL_709: &[u8] = &[
        0x42, 0x01, 0x01, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00, 0x03, 0x00, 0x00,
        0x03, 0x00, 0x1E, 0xA0, 0x20, 0x81, 0x05, 0x96, 0x56, 0x69, 0x24, 0xCA, 0xF0, 0x16, 0xE0,
        0x21, 0xA0, 0x20, 0x80, 0x00, 0x00, 0x03, 0x00, 0x80, 0x00, 0x00, 0x0C, 0x84,
    ];

    #[test]
    fn colours_of_a_sequence_are_read_and_what_is_cut_says_nothing() {
        let points = colours(FULL_709);
        let told = (points.primaries, points.transfer, points.matrix);
        assert_eq!((told, points.full), ((1, 13, 1), true));
        let cut = (0..FULL_709.len()).map(|end| colours(&FULL_709[..end]));
        let matrices: Vec<u16> = cut.map(|points| points.matrix).collect();
        assert!(matrices.is_sorted_by(|one, next| one == next || (*one, *next) == (2, 1)));
        assert_eq!(matrices.first(), Some(&2));
    }

    #[test]
    fn numbers_of_their_own_length_are_read() {
        // 1 | 010 | 011 | 00100 | then nothing but zeros.
        let mut bits = Bits::new(&[0, 0, 0b1010_0110, 0b0100_0000, 0, 0, 0, 0, 0, 0]);
        assert_eq!(
            [bits.any(), bits.any(), bits.any(), bits.any()].map(Option::unwrap),
            [0, 1, 2, 3]
        );
        assert_eq!(bits.any(), None);
    }
}
