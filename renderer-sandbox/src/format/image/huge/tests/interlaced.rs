//! Interlaced PNGs, which nothing here writes but this.

use super::*;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write;
use std::time::{Duration, Instant};

/// First column and row, and how far to the next, of each of the seven.
const SEVEN: [(u32, u32, u32, u32); 7] = [
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
];

/// A PNG as it is without interlacing, whose rows are unpacked here, interlaced.
pub(super) fn interlaced(plain: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(plain))
        .read_info()
        .unwrap();
    let mut rows = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut rows).unwrap();
    let bits = info.bit_depth as usize * info.color_type.samples();
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    for (left, top, across, down) in SEVEN {
        let mut above = Vec::new();
        for (number, y) in (top..info.height).step_by(down as usize).enumerate() {
            let row = &rows[y as usize * info.line_size..];
            let columns: Vec<u32> = (left..info.width).step_by(across as usize).collect();
            let mut part = vec![0; (columns.len() * bits).div_ceil(8)];
            for (to, from) in columns.iter().enumerate() {
                for bit in 0..bits {
                    let (to, from) = (to * bits + bit, *from as usize * bits + bit);
                    let is_set = row[from / 8] >> (7 - from % 8) & 1;
                    part[to / 8] |= is_set << (7 - to % 8);
                }
            }
            if part.is_empty() {
                continue;
            }
            above.resize(part.len(), 0);
            // As it is, and as the difference to the row above.
            let filter = if number % 2 == 0 { 0 } else { 2 };
            let differences = part.iter().zip(&above);
            let filtered: Vec<u8> = match filter {
                0 => part.clone(),
                _ => differences
                    .map(|(now, above)| now.wrapping_sub(*above))
                    .collect(),
            };
            packed.write_all(&[filter]).unwrap();
            packed.write_all(&filtered).unwrap();
            above = part;
        }
    }
    let packed = packed.finish().unwrap();
    let mut file = plain[..8].to_vec();
    let mut is_first = true;
    for (kind, data) in crate::format::image::png::chunks(plain) {
        let mut data = data.to_vec();
        match &kind {
            b"IHDR" => data[12] = 1,
            b"IDAT" if is_first => (data, is_first) = (packed.clone(), false),
            b"IDAT" => continue,
            _ => {}
        }
        let mut sum = flate2::Crc::new();
        sum.update(&[&kind[..], &data].concat());
        file.extend((data.len() as u32).to_be_bytes());
        file.extend(kind);
        file.extend(data);
        file.extend(sum.sum().to_be_bytes());
    }
    file
}

/// Files of every way to store samples, without interlacing.
fn plain() -> Vec<Vec<u8>> {
    let image = DynamicImage::ImageRgb8(rgb());
    let rgba = RgbaImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        let [r, g, b] = color(x, y);
        image::Rgba([r, g, b, (x ^ y) as u8])
    });
    let wide: Vec<u8> = image
        .to_rgb16()
        .iter()
        .flat_map(|sample| sample.to_ne_bytes())
        .collect();
    let bytes = |bits: u32| -> Vec<u8> {
        (0..(SIZE.0 * bits).div_ceil(8) * SIZE.1)
            .map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect()
    };
    let palette: Vec<u8> = (0..16_u8)
        .flat_map(|at| [at * 16, 255 - at * 9, at * 3])
        .collect();
    vec![
        png(ExtendedColorType::Rgb8, image.as_bytes()),
        png(ExtendedColorType::L8, image.to_luma8().as_raw()),
        png(ExtendedColorType::Rgba8, rgba.as_raw()),
        png(ExtendedColorType::Rgb16, &wide),
        with_library(
            png::ColorType::Indexed,
            png::BitDepth::Four,
            &bytes(4),
            |encoder| {
                encoder.set_palette(palette);
                encoder.set_trns(vec![0, 100, 255]);
            },
        ),
        with_library(
            png::ColorType::Grayscale,
            png::BitDepth::One,
            &bytes(1),
            |_| {},
        ),
    ]
}

fn opened(file: &'static [u8]) -> Huge {
    let header = header(file, Format::Png, Orientation::NoTransforms);
    Huge::open(picture(file, Format::Png), Content::Held(file), &header).unwrap()
}

#[test]
fn rows_of_an_interlaced_png_are_those_of_the_whole() {
    for plain in plain() {
        same_everywhere(interlaced(&plain), Format::Png, 0);
    }
}

#[test]
fn small_picture_of_an_interlaced_png_is_that_of_the_same_rows_in_order() {
    for plain in plain() {
        let (seven, one) = (leaked(interlaced(&plain)), leaked(plain));
        let (seven, one) = (opened(seven).overview(), opened(one).overview());
        assert!(seven.unwrap().rgba == one.unwrap().rgba);
    }
}

#[test]
fn picture_of_seven_is_seen_as_a_whole_before_all_of_it_is_there() {
    for plain in plain() {
        let file = leaked(interlaced(&plain));
        let (huge, whole) = (opened(file), opened(file).overview().unwrap());
        let mut off = Vec::new();
        loop {
            let (sum, is_whole) = huge
                .early_within(Duration::ZERO, |part| {
                    let both = part.pixels.rgba.iter().zip(&whole.rgba);
                    both.map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>()
                })
                .unwrap();
            off.push(sum);
            if is_whole {
                break;
            }
        }
        let bytes = whole.rgba.len() as u64;
        assert!(off.len() >= 7 && off.last() == Some(&0), "{off:?}");
        // Nothing at all would be off by twice as much.
        assert!(0 < off[0] && off[0] < bytes * 100, "{off:?}");
        assert!(off.is_sorted_by(|a, b| a >= b), "{off:?}");
    }
}

#[test]
fn interlaced_png_that_is_cut_is_shown_as_far_as_it_goes() {
    let file = interlaced(&png(ExtendedColorType::Rgb8, rgb().as_raw()));
    let whole = opened(leaked(file.clone())).overview().unwrap();
    for part in [20, 50, 90] {
        let huge = opened(leaked(file[..file.len() * part / 100].to_vec()));
        let overview = huge.overview().unwrap();
        let told = |words: &String| words.contains("ends early");
        assert!(overview.notices.iter().any(told), "{part}");
        // All of it is there, and coarse where little of it is.
        let off = overview.rgba.iter().zip(&whole.rgba);
        let sum: u64 = off.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        assert!(
            0 < sum && sum < 12 * whole.rgba.len() as u64,
            "{part}: {sum}"
        );
        let close = huge.region((0, 0, SIZE.0, SIZE.1), 1).unwrap();
        let alpha = close.pixels.rgba.iter().skip(3).step_by(4);
        assert!(alpha.copied().all(|alpha| alpha == 255), "{part}");
    }
    let none = leaked(file[..120].to_vec());
    if let Ok(header) = decode::header(picture(none, Format::Png), 0, true) {
        let huge = Huge::open(picture(none, Format::Png), Content::Held(none), &header);
        assert!(huge.unwrap().overview().is_err());
    }
}

#[test]
fn shapes_of_which_no_sums_can_be_made_are_refused_by_name() {
    let can = |width: u32, height: u32| {
        let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        file.extend(width.to_be_bytes());
        file.extend(height.to_be_bytes());
        file.extend(b"\x08\x02\0\0\x01\0\0\0\0\0\0\0\0IDAT\0\0\0\0");
        crate::format::image::huge::png::can(&file)
    };
    assert_eq!(can(30_000, 17_000), Ok(()));
    assert_eq!(can(8000, 260_000), Ok(()));
    for (width, height) in [(700_000_000, 3), (400_000, 5000)] {
        assert!(can(width, height).unwrap_err().contains("of such a shape"));
    }
}

#[test]
fn close_rows_are_near_once_the_small_picture_is_there() {
    let huge = opened(leaked(interlaced(&plain()[0])));
    let near = tile(SIZE, (200, 300), (64, 64));
    let end = Instant::now() + Duration::from_secs(60);
    while !huge.is_near(near) {
        assert!(Instant::now() < end);
    }
    assert!(huge.peek().is_some() && huge.part(near).is_ok());
}
