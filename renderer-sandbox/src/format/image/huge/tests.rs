//! Strips are what the whole is: the same file decoded at once and by parts.

mod apart;
mod early;
mod files;
mod interlaced;
mod progressive;

use super::super::decode::{self, Header, Picture};
use super::super::pixels::Pixels;
use super::window::Content;
use super::{Huge, Part};
use crate::format::mean::Mean;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, RgbImage, RgbaImage};
use ipc::{Format, PageIndex, Tile, TileSize};

const SIZE: (u32, u32) = (533, 411);

fn color(x: u32, y: u32) -> [u8; 3] {
    let wave = (f64::from(x) / 9.0).sin() * 60.0 + (f64::from(y) / 13.0).cos() * 60.0;
    [(x / 3) as u8, (128.0 + wave) as u8, (y / 2) as u8]
}

fn rgb() -> RgbImage {
    RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| image::Rgb(color(x, y)))
}

fn leaked(file: Vec<u8>) -> &'static [u8] {
    Box::leak(file.into_boxed_slice())
}

fn picture(file: &'static [u8], format: Format) -> Picture<'static> {
    Picture {
        file,
        format,
        part: 0,
    }
}

/// The header of a file, with another orientation.
fn header(file: &'static [u8], format: Format, orientation: Orientation) -> Header {
    let header = decode::header(picture(file, format), 0, true).unwrap();
    Header {
        orientation,
        ..header
    }
}

fn tile(page: (u32, u32), at: (u32, u32), size: (u16, u16)) -> Tile {
    let size = TileSize::new(size.0, size.1).unwrap();
    Tile::new(PageIndex::new(0).unwrap(), page, at, size).unwrap()
}

/// Every pixel of a part against that of the whole.
fn compare(part: &Part, whole: &Pixels, most: u8) {
    for row in 0..part.pixels.height {
        for column in 0..part.pixels.width {
            let (x, y) = (part.origin.0 + column, part.origin.1 + row);
            let here = ((row * part.pixels.width + column) * 4) as usize;
            let there = ((y * whole.width + x) * 4) as usize;
            let pair = part.pixels.rgba[here..here + 4]
                .iter()
                .zip(&whole.rgba[there..there + 4]);
            let furthest = pair.map(|(a, b)| a.abs_diff(*b)).max();
            assert!(furthest <= Some(most), "{x}, {y}: {furthest:?}");
        }
    }
}

fn same_everywhere(file: Vec<u8>, format: Format, most: u8) {
    let file = leaked(file);
    for orientation in (1..=8).filter_map(Orientation::from_exif) {
        let header = header(file, format, orientation);
        let whole = decode::pixels(picture(file, format), &header).unwrap();
        let huge = Huge::open(picture(file, format), Content::Held(file), &header).unwrap();
        let page = (whole.width, whole.height);
        // From below to above, so that places are gone back to.
        let (right, bottom) = (page.0 - 40, page.1 - 40);
        for at in [
            (right / 2, bottom / 3 * 2),
            (0, 0),
            (right / 5, bottom / 2),
            (right, bottom),
        ] {
            let part = huge.part(tile(page, at, (40, 40))).unwrap();
            assert!(part.origin.0 <= at.0 && part.origin.1 <= at.1);
            assert!(part.origin.0 + part.pixels.width >= at.0 + 40);
            assert!(part.origin.1 + part.pixels.height >= at.1 + 40);
            compare(&part, &whole, most);
        }
    }
}

fn png(colours: ExtendedColorType, bytes: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let encoder = PngEncoder::new(&mut file);
    encoder.write_image(bytes, SIZE.0, SIZE.1, colours).unwrap();
    file
}

#[test]
fn rows_of_a_png_are_those_of_the_whole() {
    let rgb = rgb();
    same_everywhere(png(ExtendedColorType::Rgb8, rgb.as_raw()), Format::Png, 0);
    let image = DynamicImage::ImageRgb8(rgb);
    let grey = image.to_luma8();
    same_everywhere(png(ExtendedColorType::L8, grey.as_raw()), Format::Png, 0);
    let rgba = RgbaImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        let [r, g, b] = color(x, y);
        image::Rgba([r, g, b, (x ^ y) as u8])
    });
    same_everywhere(png(ExtendedColorType::Rgba8, rgba.as_raw()), Format::Png, 0);
    let wide = image.to_rgb16();
    let bytes: Vec<u8> = wide
        .iter()
        .flat_map(|sample| sample.to_ne_bytes())
        .collect();
    same_everywhere(png(ExtendedColorType::Rgb16, &bytes), Format::Png, 0);
}

/// A PNG as its library writes it, for what `image` does not write.
fn with_library(
    colours: png::ColorType,
    bits: png::BitDepth,
    data: &[u8],
    before: impl FnOnce(&mut png::Encoder<'_, &mut Vec<u8>>),
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, SIZE.0, SIZE.1);
    encoder.set_color(colours);
    encoder.set_depth(bits);
    before(&mut encoder);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(data).unwrap();
    writer.finish().unwrap();
    file
}

#[test]
fn palettes_small_depths_and_clear_colours_are_those_of_the_whole() {
    let row = |bits: u32| (SIZE.0 * bits).div_ceil(8);
    let data = |bits: u32| -> Vec<u8> {
        (0..row(bits) * SIZE.1)
            .map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect()
    };
    let palette: Vec<u8> = (0..16_u8)
        .flat_map(|at| [at * 16, 255 - at * 9, at * 3])
        .collect();
    let indexed = with_library(
        png::ColorType::Indexed,
        png::BitDepth::Four,
        &data(4),
        |encoder| {
            encoder.set_palette(palette);
            encoder.set_trns(vec![0, 100, 255]);
        },
    );
    same_everywhere(indexed, Format::Png, 0);
    for (bits, depth) in [(1, png::BitDepth::One), (2, png::BitDepth::Two)] {
        let grey = with_library(png::ColorType::Grayscale, depth, &data(bits), |encoder| {
            encoder.set_trns(vec![0, 1]);
        });
        same_everywhere(grey, Format::Png, 0);
    }
    let mut rgb = rgb().into_raw();
    rgb[..3].copy_from_slice(&[9, 8, 7]);
    let clear = with_library(png::ColorType::Rgb, png::BitDepth::Eight, &rgb, |encoder| {
        encoder.set_trns(vec![0, 9, 0, 8, 0, 7]);
    });
    same_everywhere(clear, Format::Png, 0);
}

#[test]
fn rows_of_a_jpeg_are_those_of_the_whole() {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 90)
        .encode_image(&rgb())
        .unwrap();
    same_everywhere(file, Format::Jpeg, 0);
    let mut file = Vec::new();
    let grey = DynamicImage::ImageRgb8(rgb()).to_luma8();
    JpegEncoder::new_with_quality(&mut file, 70)
        .encode_image(&grey)
        .unwrap();
    same_everywhere(file, Format::Jpeg, 0);
}

#[test]
fn rows_of_a_jpeg_whose_colours_are_turned_in_no_known_way_are_those_of_the_whole() {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 90)
        .encode_image(&rgb())
        .unwrap();
    // Adobe's segment, which says that they are turned as only four can be.
    let odd = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x02";
    let odd = [&file[..2], &odd[..], &file[2..]].concat();
    same_everywhere(odd, Format::Jpeg, 0);
}

/// A JPEG as it is written with fewer samples of colour, and with restarts.
fn sampled(factor: jpeg_encoder::SamplingFactor, restart: u16, is_progressive: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 92);
    encoder.set_sampling_factor(factor);
    encoder.set_progressive(is_progressive);
    if restart > 0 {
        encoder.set_restart_interval(restart);
    }
    let (width, height) = (SIZE.0 as u16, SIZE.1 as u16);
    let colours = jpeg_encoder::ColorType::Rgb;
    encoder
        .encode(rgb().as_raw(), width, height, colours)
        .unwrap();
    file
}

fn samplings() -> [(jpeg_encoder::SamplingFactor, u16); 4] {
    use jpeg_encoder::SamplingFactor::{F_1_2, F_2_1, F_2_2};
    [(F_2_2, 0), (F_2_2, 5), (F_2_1, 40), (F_1_2, 0)]
}

#[test]
fn blocks_of_few_samples_of_colour_are_those_of_the_whole() {
    for (factor, restart) in samplings() {
        same_everywhere(sampled(factor, restart, false), Format::Jpeg, 0);
    }
}

/// A picture smaller by the mean of squares.
fn mean_of(whole: &Pixels, times: u32) -> Vec<u8> {
    let size = (whole.width as usize, whole.height as usize);
    let mut mean = Mean::new(size, 4, times).unwrap();
    mean.add(&whole.rgba);
    mean.done()
}

#[test]
fn what_is_made_of_the_lowest_frequencies_is_close_to_the_mean() {
    for (factor, restart) in samplings() {
        let file = leaked(sampled(factor, restart, false));
        let header = header(file, Format::Jpeg, Orientation::NoTransforms);
        let whole = decode::pixels(picture(file, Format::Jpeg), &header).unwrap();
        let huge = Huge::open(picture(file, Format::Jpeg), Content::Held(file), &header).unwrap();
        for times in [2, 4, 8, 16] {
            let part = huge.region((0, 0, SIZE.0, SIZE.1), times).unwrap();
            let mean = mean_of(&whole, times);
            assert_eq!(part.pixels.rgba.len(), mean.len());
            let off = part.pixels.rgba.iter().zip(&mean);
            let off: Vec<u8> = off.map(|(a, b)| a.abs_diff(*b)).collect();
            let sum: u64 = off.iter().map(|off| u64::from(*off)).sum();
            let furthest = off.iter().max();
            // Blocks beyond the edge are part of its last pixels.
            assert!(
                sum < mean.len() as u64 && furthest <= Some(&24),
                "{factor:?}, {times}: {sum} of {}, {furthest:?}",
                mean.len()
            );
        }
    }
}

#[test]
fn small_picture_of_the_whole_is_its_mean() {
    let file = leaked(png(ExtendedColorType::Rgb8, rgb().as_raw()));
    let header = header(file, Format::Png, Orientation::NoTransforms);
    let huge = Huge::open(picture(file, Format::Png), Content::Held(file), &header).unwrap();
    let overview = huge.overview().unwrap();
    assert_eq!((overview.width, overview.height), (267, 206));
    let whole = decode::pixels(picture(file, Format::Png), &header).unwrap();
    for (x, y) in [(0, 0), (100, 50), (265, 204)] {
        for channel in 0..3 {
            let at =
                |x: u32, y: u32| u32::from(whole.rgba[((y * SIZE.0 + x) * 4 + channel) as usize]);
            let (left, top) = (2 * x, 2 * y);
            let sum = at(left, top) + at(left + 1, top) + at(left, top + 1) + at(left + 1, top + 1);
            let mean = overview.rgba[((y * overview.width + x) * 4 + channel) as usize];
            assert_eq!(u32::from(mean), (sum + 2) / 4);
        }
    }
}

#[test]
fn what_is_cut_is_shown_as_far_as_it_goes() {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 90)
        .encode_image(&rgb())
        .unwrap();
    let png = png(ExtendedColorType::Rgb8, rgb().as_raw());
    for (file, format) in [(jpeg, Format::Jpeg), (png, Format::Png)] {
        let cut = leaked(file[..file.len() * 2 / 3].to_vec());
        let header = header(cut, format, Orientation::NoTransforms);
        let huge = Huge::open(picture(cut, format), Content::Held(cut), &header).unwrap();
        let overview = huge.overview().unwrap();
        assert!(
            overview
                .notices
                .iter()
                .any(|words| words.contains("ends early")),
            "{format:?}"
        );
        let [r, g, b, a] = overview.rgba[..4] else {
            panic!("a pixel has four bytes");
        };
        assert!(a == 255 && u32::from(r) + u32::from(g) + u32::from(b) > 100);
        let none = leaked(file[..200.min(file.len())].to_vec());
        if let Ok(header) = decode::header(picture(none, format), 0, true) {
            let huge = Huge::open(picture(none, format), Content::Held(none), &header);
            assert!(huge.and_then(|huge| huge.overview()).is_err(), "{format:?}");
        }
    }
}

#[test]
fn png_whose_checksum_is_wrong_is_shown_as_a_whole_and_says_so() {
    let plain = png(ExtendedColorType::Rgb8, rgb().as_raw());
    for file in [interlaced::interlaced(&plain), plain] {
        let told = |file: Vec<u8>| {
            let file = leaked(file);
            let header = header(file, Format::Png, Orientation::NoTransforms);
            let huge = Huge::open(picture(file, Format::Png), Content::Held(file), &header);
            let overview = huge.unwrap().overview().unwrap();
            let is_told = overview
                .notices
                .iter()
                .any(|words| words.contains("damaged"));
            (overview.rgba.clone(), is_told)
        };
        let (whole, is_told) = told(file.clone());
        assert!(!is_told);
        // Behind the last part stands the end, of 12 bytes.
        let mut wrong = file.clone();
        let sum = file.len() - 16;
        wrong[sum] ^= 1;
        assert!(told(wrong) == (whole, true));
    }
}
