//! Formats that have a reader of their own here, each by a file of our own making.

use super::pages::MOVING_AVIF;
use super::*;
use std::io::Write;

/// The six colours, made with Pillow (libjxl and OpenJPEG), both without loss.
pub(super) const JPEG_XL: &[u8] = include_bytes!("six.jxl");
pub(super) const JPEG_2000: &[u8] = include_bytes!("six.jp2");

/// The same in AVIF (libavif, without subsampling), as it is, and stored with `irot`
/// and an EXIF orientation that says the same once more.
const AVIF: &[u8] = include_bytes!("six.avif");
const TURNED_AVIF: &[u8] = include_bytes!("turned.avif");

/// Luma of the six colours, cut out of a larger picture (`clap`), with an EXIF block;
/// and one colour with fewer samples of chroma. Made with x265, without loss.
const HEIC: &[u8] = include_bytes!("six.heic");
const HEIC_OF_ONE_COLOUR: &[u8] = include_bytes!("one.heic");

fn six() -> Vec<[u8; 4]> {
    COLOURS.map(|[r, g, b]| [r, g, b, 255]).to_vec()
}

#[test]
fn jpeg_xl_and_jpeg_2000_show_the_colours_that_were_written() {
    for (file, format) in [(JPEG_XL, Format::JpegXl), (JPEG_2000, Format::Jpeg2000)] {
        let document = opened(file).unwrap();
        assert_eq!(document.summary().format, format);
        assert_eq!(drawn(document).unwrap(), six(), "{format:?}");
    }
}

#[test]
fn avif_shows_the_colours_that_were_written_and_is_turned_once() {
    let document = opened(AVIF).unwrap();
    assert_eq!(document.summary().format, Format::Avif);
    let upright = drawn(document).unwrap();
    for (shown, written) in upright.iter().zip(six()) {
        assert!(near(*shown, written, 2), "{shown:?} {written:?}");
    }
    let turned = opened(TURNED_AVIF).unwrap();
    let page = turned.page(PageIndex::new(0).unwrap());
    assert_eq!(page.size.width() as u32, 2);
    // A quarter turn to the right: the left column, from the bottom, is the first row.
    let order = [3, 0, 4, 1, 5, 2].map(|index: usize| upright[index]);
    for (shown, expected) in drawn(turned).unwrap().iter().zip(order) {
        assert!(near(*shown, expected, 2), "{shown:?} {expected:?}");
    }
}

#[test]
fn avif_that_names_no_item_shows_the_first_frame_of_its_track() {
    let first = PageIndex::new(0).unwrap();
    let whole = page_drawn(opened(MOVING_AVIF).unwrap(), first, 0).unwrap();
    // Without items, and with some of which none is the picture.
    for kind in [b"meta", b"pitm"] {
        let place = MOVING_AVIF.windows(4).position(|four| four == kind);
        let file = with_numbers(MOVING_AVIF.to_vec(), place.unwrap(), b"free");
        let document = opened(&file).unwrap();
        let frames = document.frames(&Confined::pretended(), first).unwrap();
        assert_eq!(frames.len(), 3);
        assert_eq!(drawn(document).unwrap(), whole);
    }
}

#[test]
fn heic_shows_its_part_its_colours_and_its_camera() {
    let document = opened(HEIC).unwrap();
    assert_eq!(document.summary().format, Format::Heic);
    let luma = [54, 182, 18, 118, 0, 255].map(|grey: u8| [grey, grey, grey, 255]);
    assert_eq!(drawn(document).unwrap(), luma);
    let info = document.info(&Confined::pretended());
    let camera = info.iter().find(|field| field.key == InfoKey::Camera);
    assert_eq!(camera.unwrap().value.as_str(), "Camera");
    let colour = drawn(opened(HEIC_OF_ONE_COLOUR).unwrap()).unwrap();
    assert_eq!(colour.len(), 256);
    for pixel in colour {
        assert!(near(pixel, [200, 100, 50, 255], 2), "{pixel:?}");
    }
}

#[test]
fn picture_with_a_side_that_no_page_has_is_refused_by_its_size() {
    let qoi = |width: u32| {
        let size = [width.to_be_bytes(), 1_u32.to_be_bytes()].concat();
        [&b"qoif"[..], &size, &[4, 0], &[0; 8]].concat()
    };
    assert!(opened(&qoi(1 << 20)).is_ok());
    let refusal = opened(&qoi(16_252_929)).map(drop).unwrap_err().to_string();
    let said = "its picture of 16252929 × 1 pixels has a side of more than the 1048576";
    assert!(refusal.starts_with(said), "{refusal}");
}

#[test]
fn picture_that_is_cut_out_of_one_too_large_is_refused_before_that_takes_memory() {
    let place = HEIC.windows(4).position(|four| four == b"ispe").unwrap() + 8;
    let size = [0, 0, 0x9c, 0x40, 0, 0, 0x9c, 0x40];
    let refusal = opened(&with_numbers(HEIC.to_vec(), place, &size)).map(drop);
    let refusal = refusal.unwrap_err().to_string();
    assert!(refusal.contains("3 × 2 pixels would take"), "{refusal}");
}

#[test]
fn coding_that_is_not_known_is_refused_by_its_name() {
    let place = HEIC.windows(5).position(|five| five == b"hvc1\0");
    let file = with_numbers(HEIC.to_vec(), place.unwrap(), b"vvc1");
    let refusal = opened(&file).map(drop).unwrap_err();
    assert!(refusal.to_string().contains("vvc1"), "{refusal}");
}

#[test]
fn every_prefix_and_every_changed_byte_is_shown_or_refused() {
    for file in [JPEG_XL, JPEG_2000, AVIF, HEIC, &psd(3, 8, 1, &[]), &raw()] {
        for len in 0..file.len() {
            let _ = opened(&file[..len]).and_then(drawn);
        }
        for at in 0..file.len() {
            for change in [0x00, 0x7f, 0xff] {
                let file = with_numbers(file.to_vec(), at, &[change]);
                let page = opened(&file).map(|document| {
                    let size = document.page(PageIndex::new(0).unwrap()).size;
                    (document, size.width().max(size.height()))
                });
                if let Ok((document, ..=1000.0)) = page {
                    let _ = drawn(document);
                }
            }
        }
    }
}

/// A Photoshop file of the six colours as they are stored in a mode: planes of
/// 8 or 16 bits, packed in runs or not.
fn psd(mode: u16, bits: u16, packing: u16, palette: &[u8]) -> Vec<u8> {
    let stored = |colour: [u8; 3]| match mode {
        3 => colour.to_vec(),
        // How much light is left, without black.
        4 => [&colour[..], &[255]].concat(),
        _ => vec![COLOURS.iter().position(|c| *c == colour).unwrap() as u8],
    };
    let pixels = COLOURS.map(stored);
    let channels = pixels[0].len();
    let mut file = b"8BPS\0\x01\0\0\0\0\0\0".to_vec();
    file.extend([0, channels as u8, 0, 0, 0, 2, 0, 0, 0, 3, 0, bits as u8]);
    file.extend(mode.to_be_bytes());
    file.extend((palette.len() as u32).to_be_bytes());
    file.extend(palette);
    file.extend([0; 8]);
    file.extend(packing.to_be_bytes());
    let rows = (0..channels).flat_map(|channel| {
        let plane: Vec<u8> = pixels.iter().map(|pixel| pixel[channel]).collect();
        plane.chunks(3).map(<[u8]>::to_vec).collect::<Vec<_>>()
    });
    let rows: Vec<Vec<u8>> = rows
        .map(|row| match (bits, packing) {
            (16, _) => row.iter().flat_map(|sample| [*sample; 2]).collect(),
            // Three bytes as they are.
            (_, 1) => [&[2][..], &row].concat(),
            _ => row,
        })
        .collect();
    if packing == 1 {
        file.extend(rows.iter().flat_map(|row| (row.len() as u16).to_be_bytes()));
    }
    file.extend(rows.concat());
    file
}

#[test]
fn photoshop_files_of_every_kind_are_shown() {
    let mut palette = vec![0; 768];
    for (index, colour) in COLOURS.iter().enumerate() {
        for (part, sample) in colour.iter().enumerate() {
            palette[part * 256 + index] = *sample;
        }
    }
    for (mode, bits, packing) in [(3, 8, 0), (3, 8, 1), (3, 16, 0), (4, 8, 1), (2, 8, 0)] {
        let file = psd(mode, bits, packing, if mode == 2 { &palette } else { &[] });
        let document = opened(&file).unwrap();
        assert_eq!(document.summary().format, Format::Psd);
        assert_eq!(drawn(document).unwrap(), six(), "{mode} {bits} {packing}");
    }
}

#[test]
fn photoshop_sizes_are_checked_before_memory_is_taken() {
    let huge = with_numbers(psd(3, 8, 0, &[]), 14, &[0, 4, 0, 0, 0, 4, 0, 0]);
    let refusal = opened(&huge).map(drop).unwrap_err();
    assert!(refusal.to_string().contains("262144 × 262144"), "{refusal}");
}

/// A TIFF with raw data of a camera and two previews.
fn raw() -> Vec<u8> {
    raw_held(0, 24)
}

/// The same with a larger preview of another height, and an orientation.
fn raw_held(orientation: u32, height: u32) -> Vec<u8> {
    let preview = |width, height| {
        let image = RgbImage::from_pixel(width, height, Rgb([200, 100, 50]));
        written(&DynamicImage::from(image), ImageFormat::Jpeg)
    };
    let (small, large) = (preview(8, 8), preview(24, height));
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    // Two directories of four tags each, 54 bytes; the pictures follow.
    let first = 8 + 2 * 54;
    for (next, photometric, start, len) in [
        (62, 32_803_u32, first, small.len()),
        (0, 6, first + small.len(), large.len()),
    ] {
        file.extend([4, 0]);
        for (tag, number) in [
            (262, photometric),
            (513, start as u32),
            (514, len as u32),
            (274, orientation),
        ] {
            file.extend((tag as u16).to_le_bytes());
            file.extend([4, 0, 1, 0, 0, 0]);
            file.extend(number.to_le_bytes());
        }
        file.extend((next as u32).to_le_bytes());
    }
    [file, small, large].concat()
}

#[test]
fn preview_is_turned_as_the_camera_was_held() {
    let first = PageIndex::new(0).unwrap();
    for (orientation, size) in [(1, (24.0, 8.0)), (6, (8.0, 24.0)), (99, (24.0, 8.0))] {
        let document = opened(&raw_held(orientation, 8)).unwrap();
        let page = document.page(first).size;
        assert_eq!((page.width(), page.height()), size, "{orientation}");
        assert_eq!(drawn(document).unwrap().len(), 24 * 8);
    }
}

#[test]
fn largest_preview_of_a_raw_file_is_shown() {
    let document = opened(&raw()).unwrap();
    assert_eq!(document.summary().format, Format::Raw);
    let shown = drawn(document).unwrap();
    assert_eq!(shown.len(), 24 * 24);
    assert!(near(shown[0], [200, 100, 50, 255], 4), "{:?}", shown[0]);
    assert_eq!(
        info(document, InfoKey::Notice),
        ["the camera's own preview is shown"]
    );
}

fn zip_of(files: &[(&str, &[u8], zip::CompressionMethod)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content, method) in files {
        let options = zip::write::SimpleFileOptions::default().compression_method(*method);
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn pictures_of_an_archive_are_pages_in_the_order_of_their_names() {
    use zip::CompressionMethod::{Deflated, Stored};
    let picture = |side| {
        let image = RgbImage::from_pixel(side, 1, Rgb([9, 8, 7]));
        written(&DynamicImage::from(image), ImageFormat::Png)
    };
    let (one, nine, ten) = (picture(1), picture(9), picture(10));
    let book = zip_of(&[
        ("a/page 10.png", &ten, Stored),
        ("a/page 9.png", &nine, Deflated),
        ("a/notes.txt", b"nothing to see", Deflated),
        ("a/page 1.png", &one, Deflated),
        ("a/page 11.png", b"no picture at all", Stored),
    ]);
    let document = opened(&book).unwrap();
    assert_eq!(document.summary().format, Format::Comic);
    assert_eq!(document.summary().pages, 4);
    for (page, side) in [(0, 1), (1, 9), (2, 10)] {
        let page = PageIndex::new(page).unwrap();
        assert_eq!(document.page(page).size.width() as u32, side);
        assert_eq!(page_drawn(document, page, 0).unwrap()[0], [9, 8, 7, 255]);
    }
    assert_eq!(
        document.page(PageIndex::new(1).unwrap()).label.as_str(),
        "page 9"
    );
    let broken = page_drawn(document, PageIndex::new(3).unwrap(), 0).unwrap_err();
    assert!(broken.to_string().contains("plain text"), "{broken}");
    let words = zip_of(&[("a.txt", b"words", Stored)]);
    let refusal = opened(&words).map(drop).unwrap_err();
    assert!(
        refusal.to_string().contains("without pictures"),
        "{refusal}"
    );
}

#[test]
fn member_that_unpacks_to_more_than_the_limit_is_refused() {
    let bomb = vec![0; 129 << 20];
    let book = zip_of(&[("a.png", &bomb, zip::CompressionMethod::Deflated)]);
    let refusal = opened(&book).map(drop).unwrap_err();
    assert!(
        refusal.to_string().contains("limit of 128 MiB"),
        "{refusal}"
    );
}

#[test]
fn older_formats_are_shown() {
    // PCX, version 5: one plane row after row, runs of one byte (0xC1 before 0xC0 and above).
    let mut pcx = vec![0; 128];
    pcx[..4].copy_from_slice(&[0x0a, 5, 1, 8]);
    (pcx[8], pcx[10], pcx[65], pcx[66]) = (2, 1, 3, 4);
    for row in COLOURS.chunks(3) {
        for part in 0..3 {
            pcx.extend(row.iter().flat_map(|colour| [0xc1, colour[part]]));
            pcx.extend([0xc1, 0]);
        }
    }
    // SGI: planes from the bottom up, as they are.
    let mut sgi = vec![0; 512];
    sgi[..12].copy_from_slice(&[1, 0xda, 0, 1, 0, 3, 0, 3, 0, 2, 0, 3]);
    sgi[19] = 255;
    for part in 0..3 {
        let rows = COLOURS.chunks(3).rev().flatten();
        sgi.extend(rows.map(|colour| colour[part]));
    }
    for (file, format) in [(pcx, Format::Pcx), (sgi, Format::Sgi)] {
        let document = opened(&file).unwrap();
        assert_eq!(document.summary().format, format);
        assert_eq!(drawn(document).unwrap(), six(), "{format:?}");
    }
    let xbm = b"#define a_width 3\n#define a_height 1\nstatic char a_bits[] = { 0x05 };\n";
    let (black, white) = ([0, 0, 0, 255], [255; 4]);
    assert_eq!(pixels(xbm), [black, white, black]);
    let xpm = b"/* XPM */\nstatic char *a[] = {\n\"2 1 2 1\",\n\"a c #ff0000\",\n\"b c #00ff00\",\n\"ab\"};\n";
    assert_eq!(pixels(xpm), [[255, 0, 0, 255], [0, 255, 0, 255]]);
}
