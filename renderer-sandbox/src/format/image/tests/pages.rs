//! Files of several pictures, and pictures that move.

use super::*;
use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, Frame, RgbaImage};

fn page(index: u32) -> PageIndex {
    PageIndex::new(index).unwrap()
}

fn side(document: &dyn Document, index: u32) -> u32 {
    document.page(page(index)).size.width() as u32
}

#[test]
fn pictures_of_an_icon_are_pages_and_the_largest_is_first() {
    let mut icon = vec![0, 0, 1, 0, 2, 0];
    let pngs = [3_u8, 9].map(|side| {
        let image = RgbImage::from_pixel(side.into(), side.into(), Rgb([side; 3]));
        written(&DynamicImage::from(image), ImageFormat::Png)
    });
    let mut start = 6 + 2 * 16;
    for (png, side) in pngs.iter().zip([3, 9]) {
        icon.extend([side, side, 0, 0, 1, 0, 32, 0]);
        icon.extend((png.len() as u32).to_le_bytes());
        icon.extend((start as u32).to_le_bytes());
        start += png.len();
    }
    let icon = [icon, pngs.concat()].concat();
    let document = opened(&icon).unwrap();
    assert_eq!(document.summary().pages, 2);
    assert_eq!((side(document, 0), side(document, 1)), (9, 3));
    assert_eq!(page_drawn(document, page(1), 0).unwrap()[0], [3, 3, 3, 255]);
}

#[test]
fn pages_of_a_tiff_are_pages_each_of_its_own_kind() {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut file).unwrap();
    use tiff::encoder::colortype::{Gray8, RGB8};
    encoder.write_image::<RGB8>(1, 1, &[200, 100, 50]).unwrap();
    encoder.write_image::<Gray8>(2, 1, &[7, 9]).unwrap();
    let document = opened(&file.into_inner()).unwrap();
    assert_eq!(document.summary().pages, 2);
    assert_eq!(
        page_drawn(document, page(0), 0).unwrap(),
        [[200, 100, 50, 255]]
    );
    let grey = [[7, 7, 7, 255], [9, 9, 9, 255]];
    assert_eq!(page_drawn(document, page(1), 0).unwrap(), grey);
}

/// Three frames, each of one colour.
fn frames() -> [RgbaImage; 3] {
    [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255]]
        .map(|colour| RgbaImage::from_pixel(2, 2, image::Rgba(colour)))
}

fn gif() -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new(&mut file);
    encoder.set_repeat(Repeat::Finite(1)).unwrap();
    for (frame, ms) in frames().into_iter().zip([40, 100, 250]) {
        let delay = Delay::from_numer_denom_ms(ms, 1);
        encoder
            .encode_frame(Frame::from_parts(frame, 0, 0, delay))
            .unwrap();
    }
    drop(encoder);
    file
}

fn apng() -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut file, 2, 2);
    encoder.set_color(::png::ColorType::Rgba);
    encoder.set_animated(3, 2).unwrap();
    let mut writer = encoder.write_header().unwrap();
    for (frame, ms) in frames().into_iter().zip([40, 100, 250]) {
        writer.set_frame_delay(ms, 1000).unwrap();
        writer.write_image_data(&frame).unwrap();
    }
    writer.finish().unwrap();
    file
}

/// Frames as still pictures without loss, in the chunks of an animation (RFC 9649).
fn webp() -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let padding = vec![0; data.len() % 2];
        [kind, &(data.len() as u32).to_le_bytes(), data, &padding].concat()
    };
    let mut body = b"WEBP".to_vec();
    body.extend(chunk(b"VP8X", &[0b0001_0010, 0, 0, 0, 1, 0, 0, 1, 0, 0]));
    body.extend(chunk(b"ANIM", &[0, 0, 0, 0, 2, 0]));
    for (frame, ms) in frames().into_iter().zip([40_u8, 100, 250]) {
        let still = written(&DynamicImage::from(frame), ImageFormat::WebP);
        let place = [0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, ms, 0, 0, 0];
        body.extend(chunk(b"ANMF", &[&place[..], &still[12..]].concat()));
    }
    chunk(b"RIFF", &body)
}

#[test]
fn frames_are_shown_in_any_order_for_as_long_as_the_file_says() {
    for file in [gif(), apng(), webp()] {
        let document = opened(&file).unwrap();
        let times = document.frames(&Confined::pretended(), page(0)).unwrap();
        let shown: Vec<u32> = times.iter().map(|frame| frame.shown_ms).collect();
        assert_eq!(shown, [40, 100, 250]);
        assert!(times.iter().all(|frame| frame.plays == 2), "{times:?}");
        for number in [2, 0, 1, 1, 2, 0] {
            let expected = frames()[number as usize].get_pixel(0, 0).0;
            let drawn = page_drawn(document, page(0), number).unwrap();
            assert_eq!(drawn, [expected; 4], "frame {number}");
        }
        // What the structure does not promise is not there.
        let beyond = page_drawn(document, page(0), 3).unwrap_err();
        assert!(beyond.to_string().contains("no such frame"), "{beyond}");
        assert_eq!(drawn(document).unwrap(), [[255, 0, 0, 255]; 4]);
    }
}

/// Two frames of red and one of blue, 100 ms each (ffmpeg, libaom).
pub(super) const MOVING_AVIF: &[u8] =
    include_bytes!("../../../../../fuzz/seeds/render_document/moving.avif");

#[test]
fn frames_of_an_avif_are_shown_in_any_order_though_each_is_made_of_those_before_it() {
    let document = opened(MOVING_AVIF).unwrap();
    let times = document.frames(&Confined::pretended(), page(0)).unwrap();
    let shown: Vec<u32> = times.iter().map(|frame| frame.shown_ms).collect();
    assert_eq!(shown, [100; 3]);
    assert!(times.iter().all(|frame| frame.plays == 0), "{times:?}");
    for number in [2, 0, 1, 2] {
        let expected = [[255, 0, 0, 255], [255, 0, 0, 255], [0, 0, 255, 255]][number as usize];
        let drawn = page_drawn(document, page(0), number).unwrap();
        assert_eq!(drawn.len(), 16 * 8);
        for pixel in drawn {
            assert!(near(pixel, expected, 3), "frame {number}: {pixel:?}");
        }
    }
    assert!(page_drawn(document, page(0), 3).is_err());
}

#[test]
fn frame_much_larger_than_its_picture_is_refused_before_it_takes_memory() {
    let mut file = webp();
    let places: Vec<usize> = memchr::memmem::find_iter(&file, b"ANMF").collect();
    // Width and height less one: 11,000 pixels a side, 460 MiB three times.
    for place in places {
        let size = place + 8 + 6;
        file[size..size + 6].copy_from_slice(&[0xf7, 0x2a, 0, 0xf7, 0x2a, 0]);
    }
    let document = opened(&file).unwrap();
    let refusal = page_drawn(document, page(0), 1).unwrap_err();
    assert!(refusal.to_string().contains("much larger"), "{refusal}");
}

#[test]
fn what_does_not_move_has_one_frame_and_no_times() {
    let document = opened(&written(&DynamicImage::from(picture()), ImageFormat::Gif)).unwrap();
    assert!(
        document
            .frames(&Confined::pretended(), page(0))
            .unwrap()
            .is_empty()
    );
    assert!(page_drawn(document, page(0), 0).is_ok());
    assert!(page_drawn(document, page(0), 1).is_err());
}

#[test]
fn frames_of_a_file_that_is_cut_are_shown_as_far_as_they_are_there() {
    for file in [gif(), apng(), webp(), MOVING_AVIF.to_vec()] {
        for len in 0..file.len() {
            if let Ok(document) = opened(&file[..len]) {
                for number in 0..3 {
                    let _ = page_drawn(document, page(0), number);
                }
            }
        }
    }
}

#[test]
fn huge_picture_that_moves_shows_its_first_frame_or_is_refused_by_name() {
    let huge = with_numbers(gif(), 6, &[0xff, 0x3f, 0xff, 0x3f]);
    if let Ok(document) = opened(&huge) {
        assert!(
            document
                .frames(&Confined::pretended(), page(0))
                .unwrap()
                .is_empty()
        );
    }
}
