//! A TrueType font of two glyphs that draw nothing. Words in it can be selected
//! and found, and no viewer needs another font for them.

/// Units of the font to one size of it.
pub(super) const UNITS_PER_EM: u16 = 1000;

/// How far every letter leads on.
pub(super) const ADVANCE: u16 = 500;

/// How far letters reach above and below their line; together one size.
pub(super) const ASCENT: i16 = 770;
pub(super) const DESCENT: i16 = -230;

/// Glyph 0 stands for letters that are not there, glyph 1 for every letter.
const GLYPHS: u16 = 2;

/// Where the checksum of the whole stands in `head`.
const ADJUSTMENT: usize = 8;

/// The font's bytes.
pub(super) fn bytes() -> Vec<u8> {
    // In the order of their names, as the directory must be.
    let tables: [(&[u8; 4], Vec<u8>); 6] = [
        // Four bytes that no glyph uses: an empty table is refused by some.
        (b"glyf", vec![0; 4]),
        (b"head", head()),
        (b"hhea", hhea()),
        (b"hmtx", [words(&[ADVANCE, 0]), words(&[0])].concat()),
        (b"loca", words(&[0; GLYPHS as usize + 1])),
        (b"maxp", maxp()),
    ];
    let mut font = Vec::new();
    // Version 1.0; then what a binary search in the directory needs.
    let count = tables.len() as u16;
    font.extend(words(&[1, 0, count, 64, 2, count * 16 - 64]));
    let mut at = font.len() + tables.len() * 16;
    let mut head_at = 0;
    for (name, table) in &tables {
        font.extend_from_slice(*name);
        for value in [checksum(table), at as u32, table.len() as u32] {
            font.extend(value.to_be_bytes());
        }
        if *name == b"head" {
            head_at = at;
        }
        at += table.len().next_multiple_of(4);
    }
    for (_, table) in &tables {
        font.extend_from_slice(table);
        font.resize(font.len().next_multiple_of(4), 0);
    }
    let adjustment = 0xB1B0_AFBA_u32.wrapping_sub(checksum(&font));
    let place = head_at + ADJUSTMENT..head_at + ADJUSTMENT + 4;
    if let Some(place) = font.get_mut(place) {
        place.copy_from_slice(&adjustment.to_be_bytes());
    }
    font
}

fn words(values: &[u16]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_be_bytes())
        .collect()
}

fn head() -> Vec<u8> {
    let (ascent, descent) = (ASCENT as u16, DESCENT as u16);
    words(&[
        // Version and revision 1.0; checksum; magic number.
        1,
        0,
        1,
        0,
        0,
        0,
        0x5F0F,
        0x3CF5, //
        // Flags, size, two dates of four words.
        0,
        UNITS_PER_EM,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0, //
        // Box; style; least size in pixels; direction; short places; format.
        0,
        descent,
        ADVANCE,
        ascent,
        0,
        8,
        2,
        0,
        0,
    ])
}

fn hhea() -> Vec<u8> {
    let (ascent, descent) = (ASCENT as u16, DESCENT as u16);
    words(&[
        // Version 1.0; line; widest; bearings and extent.
        1, 0, ascent, descent, 0, ADVANCE, 0, 0, ADVANCE, //
        // Caret, reserved, format, and the number of advances.
        1, 0, 0, 0, 0, 0, 0, 0, 1,
    ])
}

fn maxp() -> Vec<u8> {
    // Version 1.0; no points, contours, zones beyond the least, nor programs.
    words(&[1, 0, GLYPHS, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
}

/// Sum of the table's 32-bit words.
fn checksum(table: &[u8]) -> u32 {
    table.chunks(4).fold(0, |sum: u32, chunk| {
        let mut word = [0; 4];
        for (to, from) in word.iter_mut().zip(chunk) {
            *to = *from;
        }
        sum.wrapping_add(u32::from_be_bytes(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sum_of_the_whole_font_is_what_the_format_asks_for() {
        let font = bytes();
        assert_eq!(checksum(&font), 0xB1B0_AFBA);
        assert!(font.len() < 400, "{}", font.len());
    }
}
