//! JPEGs whose components come in scans of their own: `apart/make.py` makes them, and the
//! same blocks in one scan.

use super::*;

macro_rules! pairs {
    ($($name:literal),*) => {
        [$((
            $name,
            &include_bytes!(concat!("apart/", $name, ".jpg"))[..],
            &include_bytes!(concat!("apart/", $name, "-together.jpg"))[..],
        )),*]
    };
}

fn pairs() -> [(&'static str, &'static [u8], &'static [u8]); 5] {
    pairs!("444", "420", "440", "411", "restarts")
}

fn decoded(file: &'static [u8]) -> Pixels {
    let header = header(file, Format::Jpeg, Orientation::NoTransforms);
    decode::pixels(picture(file, Format::Jpeg), &header).unwrap()
}

fn scans(file: &[u8]) -> Vec<usize> {
    memchr::memmem::find_iter(file, b"\xff\xda").collect()
}

#[test]
fn components_that_come_apart_are_drawn_as_if_they_came_together() {
    for (name, apart, together) in pairs() {
        assert!(scans(apart).len() > 1 && scans(together).len() == 1);
        let (apart, together) = (decoded(apart), decoded(together));
        assert!(apart.rgba == together.rgba, "{name}");
        assert!(apart.notices.is_empty(), "{name}: {:?}", apart.notices);
    }
}

#[test]
fn rows_of_components_that_come_apart_are_those_of_the_whole() {
    for (name, apart, _) in pairs() {
        println!("{name}");
        same_everywhere(apart.to_vec(), Format::Jpeg, 0);
    }
}

#[test]
fn picture_whose_last_component_is_missing_is_all_there_and_says_so() {
    let [_, (_, file, _), ..] = pairs();
    let whole = decoded(file);
    // Within the scan of the second, and between that and the third.
    let [_, second, third] = scans(file)[..] else {
        panic!("three scans");
    };
    for end in [(second + third) / 2, third] {
        let cut = decoded(leaked(file[..end].to_vec()));
        let told = |words: &String| words.contains("ends early");
        assert!(cut.notices.iter().any(told), "{end}: {:?}", cut.notices);
        let green = |pixels: &Pixels| -> Vec<i32> {
            let pixels = pixels.rgba.as_chunks::<4>().0.iter();
            pixels.map(|pixel| pixel[1].into()).collect()
        };
        let off = green(&cut).into_iter().zip(green(&whole));
        let off: i32 = off.map(|(a, b)| (a - b).abs()).sum();
        // Green is mostly brightness: what it lacks is its part of red.
        let mean = off / (whole.width * whole.height).cast_signed();
        assert!((1..60).contains(&mean), "{end}: {mean}");
    }
}

#[test]
fn every_changed_byte_of_one_apart_leaves_a_picture_or_a_sentence() {
    let [.., (_, file, _)] = pairs();
    for at in 0..file.len() {
        let mut changed = file.to_vec();
        changed[at] ^= 1 << (at % 8);
        let changed = leaked(changed);
        let picture = || picture(changed, Format::Jpeg);
        let Ok(header) = decode::header(picture(), 0, true) else {
            continue;
        };
        if header.width > 1000 || header.height > 1000 {
            continue;
        }
        if let Ok(pixels) = decode::pixels(picture(), &header) {
            assert_eq!((pixels.width, pixels.height), (header.width, header.height));
        }
    }
}
