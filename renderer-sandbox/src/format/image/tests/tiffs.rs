//! TIFFs that the library does not read, made here.

use super::formats::{JPEG_2000, JPEG_XL};
use super::*;
use crate::format::image::decode;

/// A TIFF of one strip: tags in their order, each with one number or several, which
/// stand behind the strip. Numbers are of 2 bytes.
fn tiff(tags: &[(u16, &[u16])], strip: &[u8]) -> Vec<u8> {
    let mut all: Vec<(u16, Vec<u16>)> = tags
        .iter()
        .map(|(tag, numbers)| (*tag, numbers.to_vec()))
        .collect();
    all.push((273, vec![8]));
    all.push((279, vec![strip.len() as u16]));
    all.sort();
    let mut data = strip.to_vec();
    let mut entries = Vec::new();
    for (tag, numbers) in &all {
        entries.extend([tag.to_le_bytes(), 3_u16.to_le_bytes()].concat());
        entries.extend((numbers.len() as u32).to_le_bytes());
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        if bytes.len() <= 4 {
            entries.extend([&bytes[..], &vec![0; 4 - bytes.len()]].concat());
        } else {
            entries.extend((8 + data.len() as u32).to_le_bytes());
            data.extend(bytes);
        }
    }
    let mut file = b"II*\0".to_vec();
    file.extend((8 + data.len() as u32).to_le_bytes());
    file.extend(data);
    file.extend((all.len() as u16).to_le_bytes());
    file.extend(entries);
    file.extend([0; 4]);
    file
}

/// The pixels of such a file, of two columns, without alpha.
fn shown(rows: u16, tags: &[(u16, &[u16])], strip: &[u8]) -> Vec<[u8; 3]> {
    let size: [(u16, &[u16]); 2] = [(256, &[2]), (257, &[rows])];
    let file = tiff(&[&size[..], tags].concat(), strip);
    let drawn = drawn(opened(&file).unwrap()).unwrap();
    drawn.into_iter().map(|[r, g, b, _]| [r, g, b]).collect()
}

#[test]
fn samples_of_twelve_bits_and_of_half_floats_are_shown() {
    let grey = shown(1, &[(258, &[12]), (262, &[1])], &[0xFF, 0xF0, 0x00]);
    assert_eq!(grey, [[255; 3], [0; 3]]);
    let rgb = shown(
        1,
        &[(258, &[12, 12, 12]), (262, &[2]), (277, &[3])],
        &[0xFF, 0xF0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0F, 0xFF],
    );
    assert_eq!(rgb, [[255, 0, 0], [0, 0, 255]]);
    let halves = [0x00, 0x3C, 0x00, 0x00];
    let light = shown(1, &[(258, &[16]), (262, &[1]), (339, &[3])], &halves);
    assert_eq!(light, [[255; 3], [0; 3]]);
}

#[test]
fn planes_of_few_bits_are_put_together() {
    // Red, green and blue of 4 bits, a row of two pixels each.
    let tags: [(u16, &[u16]); 5] = [
        (258, &[4, 4, 4]),
        (262, &[2]),
        (277, &[3]),
        (284, &[2]),
        (278, &[1]),
    ];
    let size: [(u16, &[u16]); 2] = [(256, &[2]), (257, &[1])];
    let file = tiff(&[&size[..], &tags].concat(), &[0xF0, 0x0F, 0x00]);
    // One strip for each plane, one byte each.
    let at = |tag: u16| {
        let entry = [tag.to_le_bytes(), 3_u16.to_le_bytes()].concat();
        file.windows(4).position(|four| four == entry).unwrap()
    };
    let lists: Vec<u8> = [8_u16, 9, 10, 1, 1, 1]
        .into_iter()
        .flat_map(u16::to_le_bytes)
        .collect();
    let lists_at = file.len() as u32;
    let mut several = file.clone();
    for (tag, offset) in [(273, lists_at), (279, lists_at + 6)] {
        several = with_numbers(several, at(tag) + 4, &3_u32.to_le_bytes());
        several = with_numbers(several, at(tag) + 8, &offset.to_le_bytes());
    }
    several.extend(lists);
    let drawn = drawn(opened(&several).unwrap()).unwrap();
    assert_eq!(drawn, [[255, 0, 0, 255], [0, 255, 0, 255]]);
}

#[test]
fn tiles_of_planes_that_reach_beyond_the_picture_are_put_together() {
    // A tile of 16 by 16 bytes for each of red, green and blue.
    let mut tiles = [0_u8; 3 * 256];
    tiles[0] = 255;
    tiles[256 + 1] = 255;
    let tags: [(u16, &[u16]); 8] = [
        (258, &[8, 8, 8]),
        (262, &[2]),
        (277, &[3]),
        (284, &[2]),
        (322, &[16]),
        (323, &[16]),
        (324, &[8, 8 + 256, 8 + 512]),
        (325, &[256, 256, 256]),
    ];
    assert_eq!(shown(1, &tags, &tiles), [[255, 0, 0], [0, 255, 0]]);
}

#[test]
fn memory_of_a_tile_that_is_larger_than_its_picture_is_counted() {
    let needed = |compression: u16, side: u16| {
        let tags: [(u16, &[u16]); 9] = [
            (256, &[2]),
            (257, &[1]),
            (258, &[8]),
            (259, &[compression]),
            (262, &[1]),
            (322, &[side]),
            (323, &[side]),
            (324, &[8]),
            (325, &[4]),
        ];
        let file = tiff(&tags, &[0; 4]);
        let part = u32::from_le_bytes(*file[4..].first_chunk().unwrap()) as usize;
        let picture = decode::Picture {
            file: &file,
            format: Format::Tiff,
            part,
        };
        decode::header(picture, 0, false).map(|header| header.needed_bytes() >> 20)
    };
    let (small, zstandard) = (needed(50_000, 16).unwrap(), needed(50_000, 28_000).unwrap());
    assert_eq!((small, zstandard), (0, 747));
    // What is a picture itself takes more while it is decoded.
    let refusal = needed(50_002, 28_000).err().map(|error| error.to_string());
    assert!(refusal.is_some_and(|words| words.contains("2 × 1 pixels would take")));
}

#[test]
fn tags_that_are_not_there_are_told_or_refused() {
    let tags: [(u16, &[u16]); 4] = [(256, &[2]), (257, &[1]), (258, &[12]), (262, &[1])];
    let file = tiff(&tags, &[0xFF, 0xF0, 0x00]);
    let directory = u32::from_le_bytes(*file[4..].first_chunk().unwrap()) as usize;
    // All of six tags, and five, without the length of the strip.
    for (tags, is_told) in [(6, false), (5, true)] {
        let document = opened(&file[..directory + 2 + 12 * tags]).unwrap();
        assert_eq!(drawn(document).unwrap(), [[255; 4], [0, 0, 0, 255]]);
        let told = info(document, InfoKey::Notice);
        let early = told.iter().any(|words| words.contains("ends early"));
        assert_eq!(early, is_told, "{told:?}");
    }
    // Bits that stand behind the end.
    let tags: [(u16, &[u16]); 6] = [
        (256, &[2]),
        (257, &[1]),
        (258, &[8, 8, 8]),
        (259, &[5]),
        (262, &[2]),
        (277, &[3]),
    ];
    let file = tiff(&tags, &[0; 8]);
    let bits = file
        .windows(4)
        .position(|four| four == [2, 1, 3, 0])
        .unwrap();
    let far = with_numbers(file, bits + 8, &u32::MAX.to_le_bytes());
    assert!(opened(&far).is_err());
}

#[test]
fn fax_with_its_lowest_bit_first_is_black_on_white() {
    // Each row: one white (000111), one black (010), from a new byte on.
    let row = [0b0001_1101, 0b0000_0000];
    let usual = shown(2, &[(259, &[2]), (262, &[0])], &[row, row].concat());
    assert_eq!(usual, [[255; 3], [0; 3], [255; 3], [0; 3]]);
    let turned = [row, row]
        .concat()
        .iter()
        .map(|b| b.reverse_bits())
        .collect::<Vec<_>>();
    assert_eq!(
        shown(2, &[(259, &[2]), (262, &[0]), (266, &[2])], &turned),
        usual
    );
}

#[test]
fn chroma_that_is_shared_is_shown_without_jpeg() {
    // One unit of 2 × 2 pixels: luma of four, and grey.
    let tags: [(u16, &[u16]); 4] = [(258, &[8, 8, 8]), (262, &[6]), (277, &[3]), (530, &[2, 2])];
    let grey = shown(2, &tags, &[0, 50, 100, 255, 128, 128]);
    assert_eq!(grey, [[0; 3], [50; 3], [100; 3], [255; 3]]);
}

#[test]
fn palettes_of_more_than_256_colours_and_with_alpha_are_looked_up() {
    // Index 300 is the only colour.
    let mut map = vec![0; 3 * 512];
    (map[300], map[512 + 300]) = (0xFFFF, 0x8080);
    let tags: [(u16, &[u16]); 3] = [(258, &[16]), (262, &[3]), (320, &map)];
    assert_eq!(shown(1, &tags, &[44, 1, 0, 0]), [[255, 128, 0], [0; 3]]);
    let map = [0, 0xFFFF, 0, 0, 0, 0];
    let tags: [(u16, &[u16]); 5] = [
        (258, &[8, 8]),
        (262, &[3]),
        (277, &[2]),
        (320, &map),
        (338, &[0]),
    ];
    assert_eq!(shown(1, &tags, &[1, 9, 0, 9]), [[255, 0, 0], [0; 3]]);
    // Alpha of half, which is multiplied in.
    let size: [(u16, &[u16]); 2] = [(256, &[2]), (257, &[1])];
    let tags = [&size[..], &tags[..4], &[(338, &[2])]].concat();
    let drawn = drawn(opened(&tiff(&tags, &[1, 128, 1, 255])).unwrap()).unwrap();
    assert_eq!(drawn, [[128, 0, 0, 128], [255, 0, 0, 255]]);
}

/// A Zstandard frame (RFC 8878) of a block as it is and one of a byte that is repeated.
fn zstandard(bytes: &[u8], repeated: u8, times: u8) -> Vec<u8> {
    let len = bytes.len() as u8;
    let head = [0x28, 0xB5, 0x2F, 0xFD, 0x20, len + times];
    let repeated = [1 | 1 << 1 | times << 3, 0, 0, repeated];
    [&head[..], &[len << 3, 0, 0], bytes, &repeated].concat()
}

/// An XZ file of one block that is not compressed, with differences of bytes `distance`
/// apart.
fn xz(differences: &[u8], distance: u8) -> Vec<u8> {
    let filters = [3, 1, distance - 1, 0x21, 1, 0];
    let header = [&[2, 1][..], &filters, &[0; 4]].concat();
    let chunk = [&[1, 0, differences.len() as u8 - 1][..], differences, &[0]].concat();
    [b"\xfd7zXZ\0", &[0; 6][..], &header, &chunk].concat()
}

#[test]
fn zstandard_and_lzma_are_unpacked() {
    let rgb: [(u16, &[u16]); 3] = [(258, &[8, 8, 8]), (262, &[2]), (277, &[3])];
    let pixels = [[1, 2, 3], [4, 4, 4]];
    let packed = zstandard(&[1, 2, 3], 4, 3);
    assert_eq!(
        shown(1, &[&rgb[..], &[(259, &[50_000])]].concat(), &packed),
        pixels
    );
    let packed = xz(&[1, 2, 3, 3, 2, 1], 3);
    assert_eq!(
        shown(1, &[&rgb[..], &[(259, &[34_925])]].concat(), &packed),
        pixels
    );
}

#[test]
fn pictures_of_other_formats_are_unpacked_where_they_have_the_size_that_is_told() {
    let tags = |compression: u16, rows: u16| {
        let size: [(u16, &[u16]); 2] = [(256, &[3]), (257, &[rows])];
        let rgb: [(u16, &[u16]); 3] = [(258, &[8, 8, 8]), (262, &[2]), (277, &[3])];
        let file = match compression {
            50_002 => JPEG_XL,
            _ => JPEG_2000,
        };
        tiff(&[&size[..], &rgb, &[(259, &[compression])]].concat(), file)
    };
    let six = COLOURS.map(|[r, g, b]| [r, g, b, 255]);
    for compression in [50_002, 34_712] {
        let document = opened(&tags(compression, 2)).unwrap();
        assert_eq!(drawn(document).unwrap(), six, "{compression}");
        let larger = opened(&tags(compression, 200)).unwrap();
        assert!(
            drawn(larger)
                .unwrap()
                .iter()
                .all(|[r, g, b, _]| r | g | b == 0)
        );
    }
}

#[test]
fn logarithms_of_light_are_shown() {
    // Luminance of a half (16,128) and a quarter, and colours of equal energy.
    let grey = shown(
        1,
        &[(259, &[34_676]), (262, &[32_844])],
        &[2, 0x3F, 0x3E, 128, 0],
    );
    assert_eq!(grey, [[188; 3], [137; 3]]);
    let packed = [128, 0x3F, 128, 0, 128, 86, 128, 194];
    let tags: [(u16, &[u16]); 4] = [
        (258, &[16, 16, 16]),
        (259, &[34_676]),
        (262, &[32_845]),
        (277, &[3]),
    ];
    let half = shown(1, &tags, &packed);
    assert!(
        half.iter().flatten().all(|value| value.abs_diff(188) < 3),
        "{half:?}"
    );
}

#[test]
fn pixels_of_four_bits_from_a_scanner_are_unpacked() {
    // 15, and black after it.
    let tags: [(u16, &[u16]); 3] = [(258, &[4]), (259, &[32_809]), (262, &[1])];
    assert_eq!(shown(1, &tags, &[0xCF, 0xC0]), [[255; 3], [0; 3]]);
}

#[test]
fn compression_that_is_not_known_is_refused_by_its_name() {
    for (compression, name) in [
        (34_887, "LERC"),
        (34_661, "JBIG"),
        (34_677, "light in 24 bits"),
    ] {
        let tags: [(u16, &[u16]); 4] =
            [(256, &[2]), (257, &[1]), (258, &[8]), (259, &[compression])];
        let refusal = opened(&tiff(&tags, &[0; 8])).map(drop).unwrap_err();
        assert!(refusal.to_string().contains(name), "{refusal}");
    }
}

#[test]
fn every_changed_byte_of_an_odd_tiff_is_shown_or_refused() {
    let tags: [(u16, &[u16]); 6] = [
        (256, &[2]),
        (257, &[2]),
        (258, &[12, 12, 12]),
        (262, &[2]),
        (277, &[3]),
        (317, &[1]),
    ];
    let file = tiff(&tags, &[0xA5; 18]);
    for at in 0..file.len() {
        for change in [0x00, 0x01, 0x03, 0x7F, 0xFF] {
            let file = with_numbers(file.clone(), at, &[change]);
            if let Ok(document) = opened(&file)
                && document.page(PageIndex::new(0).unwrap()).size.width() < 1000.0
                && document.page(PageIndex::new(0).unwrap()).size.height() < 1000.0
            {
                let _ = drawn(document);
            }
        }
    }
}
