//! What is shown while the first pass goes on.

use super::*;

/// A picture of many strips, grey from 255 above to 0 below.
fn tall() -> &'static [u8] {
    const SIZE: (u16, u16) = (48, 17_000);
    let light = |y: u32| 255 - (y * 255 / u32::from(SIZE.1)) as u8;
    let pixels: Vec<u8> = (0..u32::from(SIZE.1))
        .flat_map(|y| [light(y); SIZE.0 as usize])
        .collect();
    let mut file = Vec::new();
    jpeg_encoder::Encoder::new(&mut file, 90)
        .encode(&pixels, SIZE.0, SIZE.1, jpeg_encoder::ColorType::Luma)
        .unwrap();
    leaked(file)
}

fn opened(orientation: Orientation) -> Huge {
    let file = tall();
    let header = header(file, Format::Jpeg, orientation);
    Huge::open(picture(file, Format::Jpeg), Content::Held(file), &header).unwrap()
}

#[test]
fn picture_grows_until_it_is_whole() {
    let huge = opened(Orientation::NoTransforms);
    let whole = opened(Orientation::NoTransforms).overview().unwrap();
    let mut shown = Vec::new();
    loop {
        let (part, is_whole) = huge
            .early_within(std::time::Duration::ZERO, |part| {
                assert_eq!(part.whole, (24.0, 8500.0));
                part.pixels.rgba.clone()
            })
            .unwrap();
        let rows = part.chunks(24 * 4).take_while(|row| row[3] == 255).count();
        assert!(part[..rows * 24 * 4] == whole.rgba[..rows * 24 * 4]);
        assert!(part[rows * 24 * 4..].iter().all(|byte| *byte == 0));
        shown.push(rows);
        if is_whole {
            break;
        }
    }
    assert!(shown.len() > 2 && shown.is_sorted(), "{shown:?}");
    assert_eq!(shown.last(), Some(&8500));
}

#[test]
fn picture_that_is_turned_grows_from_where_it_begins() {
    for (orientation, first) in [
        (Orientation::Rotate90, (4249, 0)),
        (Orientation::Rotate180, (11, 4249)),
        (Orientation::Rotate270, (0, 11)),
    ] {
        let huge = opened(orientation);
        let now = std::time::Duration::ZERO;
        let ((), is_whole) = huge
            .early_within(now, |part| {
                let pixels = &part.pixels;
                let at = |x: u32, y: u32| pixels.rgba[((y * pixels.width + x) * 4) as usize];
                assert!(at(first.0, first.1) > 250, "{orientation:?}");
                let (x, y) = (pixels.width - 1 - first.0, pixels.height - 1 - first.1);
                assert_eq!(at(x, y), 0, "{orientation:?}");
            })
            .unwrap();
        assert!(!is_whole);
    }
}

#[test]
fn rows_behind_the_pass_are_near_and_others_once_it_has_come_there() {
    let huge = opened(Orientation::NoTransforms);
    let at = |y: u32| tile((48, 17_000), (0, y), (48, 40));
    assert!(huge.is_near(at(16_000)), "nothing is under way");
    let (_, is_whole) = huge
        .early_within(std::time::Duration::ZERO, |_| ())
        .unwrap();
    assert!(!is_whole && huge.is_near(at(0)));
    // It goes on until there.
    while !huge.is_near(at(16_000)) {}
    assert!(huge.part(at(16_000)).is_ok());
}
