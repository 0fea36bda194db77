//! Pictures of our own making, from their bytes to their pixels.

mod formats;
mod pages;
mod tiffs;

use crate::format::{Document, DocumentError, open};
use crate::surface::Surface;
use capmode::{Confined, DocumentMemory};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, Rgb, RgbImage};
use ipc::{Format, InfoKey, PageIndex, Tile, TileSize};
use moxcms::ColorProfile;
use std::io::Cursor;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Six colours in two rows, of which none is another turned or mirrored.
const COLOURS: [[u8; 3]; 6] = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [200, 100, 50],
    [0, 0, 0],
    [255, 255, 255],
];

fn picture() -> RgbImage {
    let mut colours = COLOURS.into_iter();
    RgbImage::from_fn(3, 2, |_, _| Rgb(colours.next().unwrap()))
}

fn opened(bytes: &[u8]) -> Result<&'static dyn Document, DocumentError> {
    let memory = Arc::new(DocumentMemory::Copied(bytes.to_vec()));
    open(&Confined::pretended(), memory, None).map(|document| &*Box::leak(document))
}

/// The whole page, one pixel of it for each of the picture.
fn drawn(document: &'static dyn Document) -> Result<Vec<[u8; 4]>, DocumentError> {
    page_drawn(document, PageIndex::new(0).unwrap(), 0)
}

fn page_drawn(
    document: &'static dyn Document,
    page: PageIndex,
    frame: u32,
) -> Result<Vec<[u8; 4]>, DocumentError> {
    let size = document.page(page).size;
    let (width, height) = (size.width() as u32, size.height() as u32);
    let size = TileSize::new(width as u16, height as u16).unwrap();
    let tile = Tile::new(page, (width, height), (0, 0), size).unwrap();
    let tile = tile.of_frame(frame).unwrap();
    let mut slot = vec![7; size.bytes()];
    let mut surface = Surface::new(&mut slot, size).unwrap();
    let mut painter = document.painter();
    painter.paint(&Confined::pretended(), tile, &mut surface)?;
    Ok(slot.as_chunks().0.to_vec())
}

fn pixels(bytes: &[u8]) -> Vec<[u8; 4]> {
    drawn(opened(bytes).unwrap()).unwrap()
}

fn info(document: &dyn Document, key: InfoKey) -> Vec<String> {
    let fields = document.info(&Confined::pretended()).into_iter();
    let wanted = fields.filter(|field| field.key == key);
    wanted.map(|field| field.value.to_string()).collect()
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// The picture in every format that keeps its colours exactly.
fn files() -> Vec<(Format, Vec<u8>)> {
    let rgb = DynamicImage::from(picture());
    let rgba = DynamicImage::from(rgb.to_rgba8());
    let wide = DynamicImage::from(rgb.to_rgba16());
    vec![
        (Format::Png, written(&rgb, ImageFormat::Png)),
        (Format::Gif, written(&rgba, ImageFormat::Gif)),
        (Format::WebP, written(&rgb, ImageFormat::WebP)),
        (Format::Tiff, written(&rgb, ImageFormat::Tiff)),
        (Format::Bmp, written(&rgb, ImageFormat::Bmp)),
        (Format::Ico, written(&rgba, ImageFormat::Ico)),
        (Format::Pnm, written(&rgb, ImageFormat::Pnm)),
        (Format::Qoi, written(&rgb, ImageFormat::Qoi)),
        (Format::Tga, written(&rgb, ImageFormat::Tga)),
        (Format::Farbfeld, written(&wide, ImageFormat::Farbfeld)),
        (Format::Png, written(&wide, ImageFormat::Png)),
        (Format::Tiff, written(&wide, ImageFormat::Tiff)),
    ]
}

#[test]
fn every_format_shows_the_colours_that_were_written() {
    let expected = COLOURS.map(|[r, g, b]| [r, g, b, 255]);
    for (format, file) in files() {
        let document = opened(&file).unwrap();
        assert_eq!(document.summary().format, format);
        assert_eq!(document.summary().pages, 1);
        assert_eq!(drawn(document).unwrap(), expected, "{format:?}");
        assert_eq!(info(document, InfoKey::PixelSize), ["3 × 2"]);
        assert!(info(document, InfoKey::Notice).is_empty(), "{format:?}");
    }
}

fn near(a: [u8; 4], b: [u8; 4], by: u8) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= by)
}

#[test]
fn jpeg_shows_colours_and_grey() {
    let image = DynamicImage::from(RgbImage::from_pixel(21, 19, Rgb([200, 100, 50])));
    let grey = DynamicImage::from(image::GrayImage::from_pixel(21, 19, image::Luma([99])));
    for (image, expected) in [(image, [200, 100, 50, 255]), (grey, [99, 99, 99, 255])] {
        let shown = pixels(&written(&image, ImageFormat::Jpeg));
        assert_eq!(shown.len(), 21 * 19);
        assert!(
            shown.iter().all(|p| near(*p, expected, 4)),
            "{:?}",
            shown[0]
        );
    }
}

#[test]
fn light_is_encoded() {
    let light = image::Rgb32FImage::from_pixel(2, 2, Rgb([0.5, 0.25, 0.0]));
    for format in [ImageFormat::Hdr, ImageFormat::OpenExr, ImageFormat::Tiff] {
        let file = written(&DynamicImage::from(light.clone()), format);
        assert!(near(pixels(&file)[3], [188, 137, 0, 255], 1), "{format:?}");
    }
}

#[test]
fn alpha_is_premultiplied() {
    let image = image::RgbaImage::from_pixel(2, 1, image::Rgba([255, 100, 0, 128]));
    for format in [
        ImageFormat::Png,
        ImageFormat::WebP,
        ImageFormat::Ico,
        ImageFormat::Tga,
    ] {
        let file = written(&DynamicImage::from(image.clone()), format);
        assert_eq!(pixels(&file), [[128, 50, 0, 128]; 2], "{format:?}");
    }
}

#[test]
fn compressed_texture_is_shown() {
    let mut file = b"DDS ".to_vec();
    // Header of 124 bytes: size, flags, height, width, …, pixel format "DXT1".
    let mut header = [0_u32; 31];
    (header[0], header[1], header[2], header[3]) = (124, 0x1007, 4, 4);
    (header[18], header[19], header[20]) = (32, 4, u32::from_le_bytes(*b"DXT1"));
    header[26] = 0x1000;
    file.extend(header.iter().flat_map(|number| number.to_le_bytes()));
    // One block of red (RGB 565).
    file.extend([0x00, 0xf8, 0x00, 0x00, 0, 0, 0, 0]);
    assert_eq!(pixels(&file), [[255, 0, 0, 255]; 16]);
}

/// An EXIF block that holds an orientation alone.
fn exif(orientation: u8) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0\x01\0".to_vec();
    block.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    block.extend([0; 4]);
    block
}

fn png_with(change: impl FnOnce(&mut PngEncoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = PngEncoder::new(&mut file);
    change(&mut encoder);
    let image = picture();
    encoder
        .write_image(&image, 3, 2, ExtendedColorType::Rgb8)
        .unwrap();
    file
}

#[test]
fn every_orientation_stands_upright() {
    // Which colour comes to stand where (EXIF 2.32, 4.6.4).
    let expected: [(u32, [usize; 6]); 8] = [
        (3, [0, 1, 2, 3, 4, 5]),
        (3, [2, 1, 0, 5, 4, 3]),
        (3, [5, 4, 3, 2, 1, 0]),
        (3, [3, 4, 5, 0, 1, 2]),
        (2, [0, 3, 1, 4, 2, 5]),
        (2, [3, 0, 4, 1, 5, 2]),
        (2, [5, 2, 4, 1, 3, 0]),
        (2, [2, 5, 1, 4, 0, 3]),
    ];
    for (number, (width, order)) in (1..).zip(expected) {
        let file = png_with(|encoder| encoder.set_exif_metadata(exif(number)).unwrap());
        let document = opened(&file).unwrap();
        let page = document.page(PageIndex::new(0).unwrap());
        assert_eq!(page.size.width() as u32, width, "{number}");
        let colours = order.map(|index| COLOURS[index]);
        let upright = colours.map(|[r, g, b]| [r, g, b, 255]);
        assert_eq!(drawn(document).unwrap(), upright, "{number}");
        let told = info(document, InfoKey::Orientation);
        assert_eq!(told.len(), usize::from(number != 1), "{number}: {told:?}");
    }
}

#[test]
fn colour_profile_is_applied_and_named() {
    let mut swapped = ColorProfile::new_srgb();
    (swapped.red_colorant, swapped.blue_colorant) = (swapped.blue_colorant, swapped.red_colorant);
    let icc = swapped.encode().unwrap();
    let file = png_with(|encoder| encoder.set_icc_profile(icc).unwrap());
    let document = opened(&file).unwrap();
    let shown = drawn(document).unwrap();
    assert!(near(shown[0], [0, 0, 255, 255], 1), "{:?}", shown[0]);
    assert!(near(shown[3], [50, 100, 200, 255], 1), "{:?}", shown[3]);
    let told = info(document, InfoKey::ColorProfile);
    assert!(told[0].ends_with("(applied)"), "{told:?}");
}

#[test]
fn broken_profile_is_ignored_and_told() {
    let file = png_with(|encoder| encoder.set_icc_profile(b"none".to_vec()).unwrap());
    let document = opened(&file).unwrap();
    assert_eq!(drawn(document).unwrap()[3], [200, 100, 50, 255]);
    let told = info(document, InfoKey::ColorProfile);
    assert_eq!(told, ["embedded, broken and ignored"]);
}

/// Replaces bytes of a file.
fn with_numbers(mut file: Vec<u8>, at: usize, numbers: &[u8]) -> Vec<u8> {
    file[at..at + numbers.len()].copy_from_slice(numbers);
    file
}

#[test]
fn huge_sizes_are_refused_at_once_and_by_name() {
    let hundred_thousand = [100_000_u32.to_be_bytes(); 2].concat();
    let farbfeld = [&b"farbfeld"[..], &hundred_thousand].concat();
    let pnm = b"P6\n100000 100000\n255\n".to_vec();
    for file in [farbfeld, pnm] {
        let start = Instant::now();
        let refusal = opened(&file).map(drop).unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(20));
        assert!(matches!(refusal, DocumentError::Limit(_)), "{refusal:?}");
        let words = refusal.to_string();
        assert!(
            words.contains("100000 × 100000") && words.contains("768 MiB"),
            "{words}"
        );
    }
    let gif = written(
        &DynamicImage::from(picture().clone()).to_rgba8().into(),
        ImageFormat::Gif,
    );
    let refusal = opened(&with_numbers(gif, 6, &[0xff; 4])).map(drop);
    assert!(
        matches!(refusal, Err(DocumentError::Limit(_))),
        "{refusal:?}"
    );
}

#[test]
fn huge_png_is_refused_at_once() {
    // A whole header chunk: size, depth 8, RGB, and its checksum.
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    file.extend([100_000_u32.to_be_bytes(); 2].concat());
    file.extend([8, 2, 0, 0, 0]);
    file.extend(crc(&file[12..]).to_be_bytes());
    file.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    let refusal = opened(&file).map(drop).unwrap_err();
    assert!(matches!(refusal, DocumentError::Limit(_)), "{refusal:?}");
    let words = refusal.to_string();
    assert!(words.contains("100000 × 100000"), "{words}");
}

/// CRC-32 as PNG has it (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    let step = |rest: u32, _| (rest >> 1) ^ (0xedb8_8320 * (rest & 1));
    !bytes
        .iter()
        .fold(!0, |rest, byte| (0..8).fold(rest ^ u32::from(*byte), step))
}

/// A picture that needs more than a few bytes in every format.
fn large() -> DynamicImage {
    let mut state = 7_u32;
    DynamicImage::from(RgbImage::from_fn(64, 64, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [r, g, b, _] = state.to_be_bytes();
        Rgb([r | 1, g | 1, b | 1])
    }))
}

#[test]
fn what_is_there_of_a_cut_picture_is_shown_and_told() {
    let image = large();
    let wide = DynamicImage::from(image.to_rgba16());
    for (format, image) in [
        (ImageFormat::Png, &image),
        (ImageFormat::Png, &wide),
        (ImageFormat::Jpeg, &image),
        (ImageFormat::Pnm, &image),
        (ImageFormat::Qoi, &image),
        (ImageFormat::Farbfeld, &wide),
    ] {
        let file = written(image, format);
        let whole = pixels(&file);
        let document = opened(&file[..file.len() * 2 / 3]).unwrap();
        let shown = drawn(document).unwrap();
        assert_eq!(shown[..64 * 16], whole[..64 * 16], "{format:?}");
        assert_ne!(shown, whole, "{format:?}");
        let told = info(document, InfoKey::Notice);
        assert!(
            told.iter().any(|words| words.contains("damaged")),
            "{format:?}: {told:?}"
        );
    }
}

#[test]
fn bottom_rows_of_a_cut_bitmap_are_shown() {
    for format in [ImageFormat::Bmp, ImageFormat::Tga] {
        let file = written(&large(), format);
        let whole = pixels(&file);
        let document = opened(&file[..file.len() * 2 / 3]).unwrap();
        let shown = drawn(document).unwrap();
        let same = whole.iter().zip(&shown).filter(|(a, b)| a == b).count();
        assert!((64 * 16..64 * 64).contains(&same), "{format:?}: {same}");
        assert!(!info(document, InfoKey::Notice).is_empty(), "{format:?}");
    }
}

#[test]
fn every_prefix_of_every_file_is_shown_or_refused() {
    let jpeg = written(&DynamicImage::from(picture()), ImageFormat::Jpeg);
    let light = DynamicImage::from(DynamicImage::from(picture()).to_rgb32f());
    let more = [
        (Format::Jpeg, jpeg),
        (Format::Hdr, written(&light, ImageFormat::Hdr)),
        (Format::Exr, written(&light, ImageFormat::OpenExr)),
        (Format::Tiff, tiff(&Tiff::palette())),
    ];
    for (format, file) in files().into_iter().chain(more) {
        for len in 0..file.len() {
            let shown = opened(&file[..len]).and_then(drawn);
            if let Err(error) = shown {
                assert!(!error.to_string().is_empty(), "{format:?} {len}");
            }
        }
    }
}

#[test]
fn every_changed_byte_is_shown_or_refused() {
    for (_, file) in files() {
        for at in 0..file.len().min(96) {
            for change in [0x00, 0x01, 0x7f, 0x80, 0xff] {
                let mut file = file.clone();
                file[at] = change;
                if let Ok(document) = opened(&file) {
                    let page = document.page(PageIndex::new(0).unwrap()).size;
                    if page.width().max(page.height()) <= 1000.0 {
                        let _ = drawn(document);
                    }
                }
            }
        }
    }
}

#[test]
fn camera_place_and_time_are_told() {
    let mut file = Vec::new();
    let mut encoder = JpegEncoder::new(&mut file);
    encoder.set_exif_metadata(camera_exif()).unwrap();
    encoder.encode_image(&picture()).unwrap();
    let document = opened(&file).unwrap();
    assert_eq!(info(document, InfoKey::Camera), ["Acme One"]);
    assert_eq!(info(document, InfoKey::Modified), ["2024-05-06 07:08:09"]);
    let exposure = info(document, InfoKey::Exposure);
    assert_eq!(exposure, ["1/60 s, f/2.8, ISO 400"]);
    let created = info(document, InfoKey::Created);
    assert_eq!(created, ["2024-05-06T07:08:09+02:00"]);
    let place = info(document, InfoKey::Location);
    assert_eq!(place, ["52° 31′ 12″ N, 13° 24′ 0″ E"]);
}

/// A value of a tag: what it is of (EXIF 2.32, 4.6.2), and its bytes.
enum Value {
    Text(&'static str),
    Short(u16),
    Fractions(&'static [[u32; 2]]),
    /// Where another directory starts.
    Directory(u32),
}

impl Value {
    fn parts(&self) -> (u16, u32, Vec<u8>) {
        match self {
            Self::Text(text) => {
                let bytes = [text.as_bytes(), b"\0"].concat();
                (2, bytes.len() as u32, bytes)
            }
            Self::Short(number) => (3, 1, number.to_le_bytes().to_vec()),
            Self::Directory(start) => (4, 1, start.to_le_bytes().to_vec()),
            Self::Fractions(list) => {
                let numbers = list.iter().flatten();
                let bytes = numbers.flat_map(|number| number.to_le_bytes()).collect();
                (5, list.len() as u32, bytes)
            }
        }
    }
}

/// A directory that starts at `start` of its block, with what does not fit in
/// its tags behind it.
fn directory(start: u32, tags: &[(u16, Value)]) -> Vec<u8> {
    let mut made = (tags.len() as u16).to_le_bytes().to_vec();
    let behind = start + 2 + 12 * tags.len() as u32 + 4;
    let mut rest: Vec<u8> = Vec::new();
    for (tag, value) in tags {
        let (kind, count, mut bytes) = value.parts();
        made.extend(tag.to_le_bytes());
        made.extend(kind.to_le_bytes());
        made.extend(count.to_le_bytes());
        if bytes.len() > 4 {
            made.extend((behind + rest.len() as u32).to_le_bytes());
            rest.append(&mut bytes);
        } else {
            bytes.resize(4, 0);
            made.extend(bytes);
        }
    }
    made.extend([0; 4]);
    made.extend(rest);
    made
}

/// Camera, exposure, times and place.
fn camera_exif() -> Vec<u8> {
    const EXIF_AT: u32 = 256;
    const GPS_AT: u32 = 512;
    let main = [
        (0x010f, Value::Text("Acme")),
        (0x0110, Value::Text("One")),
        (0x0132, Value::Text("2024:05:06 07:08:09")),
        (0x8769, Value::Directory(EXIF_AT)),
        (0x8825, Value::Directory(GPS_AT)),
    ];
    let exif = [
        // A sixtieth, as some cameras write it.
        (0x829a, Value::Fractions(&[[10, 600]])),
        (0x829d, Value::Fractions(&[[28, 10]])),
        (0x8827, Value::Short(400)),
        (0x9003, Value::Text("2024:05:06 07:08:09")),
        (0x9011, Value::Text("+02:00")),
    ];
    let gps = [
        (1, Value::Text("N")),
        (2, Value::Fractions(&[[52, 1], [31, 1], [12, 1]])),
        (3, Value::Text("E")),
        (4, Value::Fractions(&[[13, 1], [24, 1], [0, 1]])),
    ];
    let mut block = b"II*\0\x08\0\0\0".to_vec();
    block.extend(directory(8, &main));
    block.resize(EXIF_AT as usize, 0);
    block.extend(directory(EXIF_AT, &exif));
    block.resize(GPS_AT as usize, 0);
    block.extend(directory(GPS_AT, &gps));
    block
}

/// A TIFF of one strip, with tags of 16-bit numbers.
struct Tiff {
    photometric: u16,
    bits: u16,
    samples: u16,
    width: u16,
    strip: Vec<u8>,
    colours: Vec<u16>,
}

impl Tiff {
    fn palette() -> Self {
        // Index 1 is 200, 100, 50; all reds come first.
        let mut colours = vec![0; 3 * 256];
        (colours[1], colours[257], colours[513]) = (200 << 8, 100 << 8, 50 << 8);
        Self {
            photometric: 3,
            bits: 8,
            samples: 1,
            width: 2,
            strip: vec![1, 0],
            colours,
        }
    }
}

fn tiff(made: &Tiff) -> Vec<u8> {
    let data_at = 10 + 10 * 12 + 4;
    let palette_at = data_at + made.strip.len().next_multiple_of(2);
    let tags: [(u16, u32, usize); 10] = [
        (256, 1, made.width.into()),
        (257, 1, 1),
        (258, 1, made.bits.into()),
        (259, 1, 1),
        (262, 1, made.photometric.into()),
        (273, 1, data_at),
        (277, 1, made.samples.into()),
        (278, 1, 1),
        (279, 1, made.strip.len()),
        (320, made.colours.len().max(1) as u32, palette_at),
    ];
    let mut file = b"II*\0\x08\0\0\0\x0a\0".to_vec();
    for (tag, count, value) in tags {
        file.extend(tag.to_le_bytes());
        file.extend(3_u16.to_le_bytes());
        file.extend(count.to_le_bytes());
        file.extend((value as u32).to_le_bytes());
    }
    file.extend([0; 4]);
    file.extend(&made.strip);
    file.resize(palette_at, 0);
    file.extend(made.colours.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

#[test]
fn palette_of_a_tiff_is_looked_up() {
    let mut made = Tiff::palette();
    let expected = [[200, 100, 50, 255], [0, 0, 0, 255]];
    let document = opened(&tiff(&made)).unwrap();
    assert_eq!(drawn(document).unwrap(), expected);
    assert_eq!(
        info(document, InfoKey::ColorType),
        ["palette of 256 colours"]
    );
    (made.bits, made.strip) = (4, vec![0x10]);
    let (mut colours, step) = (vec![0; 3 * 16], 16);
    (colours[1], colours[1 + step], colours[1 + 2 * step]) = (200 << 8, 100 << 8, 50 << 8);
    made.colours = colours;
    assert_eq!(pixels(&tiff(&made)), expected);
}

#[test]
fn grey_tiffs_of_few_bits_reach_from_black_to_white() {
    for (bits, strip) in [(1, 0b0100_0000), (2, 0b0011_0000), (4, 0x0f)] {
        let made = Tiff {
            photometric: 1,
            bits,
            strip: vec![strip],
            colours: Vec::new(),
            ..Tiff::palette()
        };
        let black_and_white = [[0, 0, 0, 255], [255; 4]];
        assert_eq!(pixels(&tiff(&made)), black_and_white, "{bits} bits");
    }
}

#[test]
fn cursor_and_icon_with_a_grey_png_are_shown() {
    let image = DynamicImage::from(image::GrayImage::from_pixel(3, 2, image::Luma([99])));
    let png = written(&image, ImageFormat::Png);
    // A cursor, with its hotspot far to the right.
    let mut file = vec![0, 0, 2, 0, 1, 0, 3, 2, 0, 0, 0xff, 0xff, 0xff, 0xff];
    file.extend((png.len() as u32).to_le_bytes());
    file.extend(22_u32.to_le_bytes());
    file.extend(png);
    assert_eq!(pixels(&file), [[99, 99, 99, 255]; 6]);
}
