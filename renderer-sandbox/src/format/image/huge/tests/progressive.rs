//! Progressive JPEGs: `progressive/make.py` makes them, by libjpeg.

use super::*;
use std::time::{Duration, Instant};

macro_rules! files {
    ($($name:literal),*) => {
        [$(($name, &include_bytes!(concat!("progressive/", $name, ".jpg"))[..])),*]
    };
}

pub(super) fn files() -> [(&'static str, &'static [u8]); 8] {
    files!(
        "444", "422", "420", "440", "411", "grey", "cmyk", "restarts"
    )
}

fn opened(file: &'static [u8]) -> Huge {
    let header = header(file, Format::Jpeg, Orientation::NoTransforms);
    Huge::open(picture(file, Format::Jpeg), Content::Held(file), &header).unwrap()
}

/// Where scans begin, with the end behind the last of them.
fn scans(file: &[u8]) -> Vec<usize> {
    let places = memchr::memmem::find_iter(file, b"\xff\xda");
    places.chain([file.len() - 2]).collect()
}

#[test]
fn rows_of_a_progressive_jpeg_are_those_of_the_whole() {
    for (name, file) in files() {
        println!("{name}");
        assert!(scans(file).len() > 6, "scans of every kind");
        same_everywhere(file.to_vec(), Format::Jpeg, 0);
    }
}

#[test]
fn small_ones_of_a_progressive_jpeg_are_close_to_the_mean() {
    for (name, file) in files() {
        let huge = opened(file);
        let whole = decode::pixels(
            picture(file, Format::Jpeg),
            &header(file, Format::Jpeg, Orientation::NoTransforms),
        )
        .unwrap();
        for times in [2, 4, 8, 16] {
            let part = huge
                .region((0, 0, whole.width, whole.height), times)
                .unwrap();
            let mean = mean_of(&whole, times);
            assert_eq!(part.pixels.rgba.len(), mean.len());
            let off = part.pixels.rgba.iter().zip(&mean);
            let sum: u64 = off.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
            assert!(sum < 2 * mean.len() as u64, "{name}, {times}: {sum}");
        }
    }
}

/// The file up to a place, as it is when loading it ended there.
fn until(file: &[u8], end: usize) -> &'static [u8] {
    leaked(file[..end].to_vec())
}

#[test]
fn picture_whose_last_scans_are_missing_is_all_there_and_says_so() {
    for (name, file) in files() {
        let whole = opened(file).overview().unwrap();
        let scans = scans(file);
        let middle = scans.len() / 2;
        // Between two scans, and within one.
        for end in [scans[middle], (scans[middle] + scans[middle - 1]) / 2] {
            let cut = opened(until(file, end)).overview().unwrap();
            let told = |words: &String| words.contains("ends early");
            assert!(cut.notices.iter().any(told), "{name}, {end}");
            let off = cut.rgba.iter().zip(&whole.rgba);
            let sum: u64 = off.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
            assert!(sum > 0, "{name}, {end}: nothing is missing");
            assert!(sum < 20 * cut.rgba.len() as u64, "{name}, {end}: {sum}");
        }
        assert!(!whole.notices.iter().any(|words| words.contains("early")));
    }
}

#[test]
fn scan_that_is_broken_leaves_what_the_others_say() {
    let (_, file) = files()[2];
    let mut broken = file.to_vec();
    let scans = scans(file);
    // Codes that there are not, in the fifth, which is of frequencies of brightness.
    broken[scans[4] + 200..scans[4] + 260].fill(0xfe);
    let huge = opened(leaked(broken));
    let (whole, shown) = (opened(file), huge);
    let all = (0, 0, shown.width, shown.height);
    let (whole, shown) = (
        whole.region(all, 1).unwrap().pixels,
        shown.region(all, 1).unwrap().pixels,
    );
    let off = shown.rgba.iter().zip(&whole.rgba);
    let sum: u64 = off.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    assert!(0 < sum && sum < 20 * shown.rgba.len() as u64, "{sum}");
}

#[test]
fn more_scans_than_are_read_are_refused_by_name() {
    let (_, file) = files()[2];
    let scans = scans(file);
    let last = &file[scans[scans.len() - 2]..file.len() - 2];
    let many = [&file[..file.len() - 2], &last.repeat(100), b"\xff\xd9"].concat();
    let why = crate::format::image::huge::jpeg::can(&many).unwrap_err();
    assert!(why.contains("100 scans"), "{why}");
    let few = [&file[..file.len() - 2], &last.repeat(80), b"\xff\xd9"].concat();
    assert_eq!(crate::format::image::huge::jpeg::can(&few), Ok(()));
}

#[test]
fn places_are_found_and_learnt_a_while_at_a_time() {
    let (_, file) = files()[2];
    let huge = opened(file);
    let past = Instant::now();
    while !huge.rows.is_found(past) {}
    assert!(!huge.rows.reach(100, past), "nothing is known yet");
    let later = Instant::now() + Duration::from_secs(60);
    assert!(huge.rows.reach(100, later) && huge.rows.reach(100, past));
    assert!(!huge.rows.reach(huge.height, past));
    assert!(huge.rows.reach(u32::MAX / 2, later), "there are no more");
}

#[test]
fn marker_that_nobody_knows_at_the_end_is_an_end() {
    let (_, file) = files()[2];
    for end in [&b"\xff\x98"[..], b"\xff\x98\0", b"\xff", b"\xff\xc4\0\x02"] {
        let odd = [&file[..file.len() - 2], end].concat();
        let overview = opened(leaked(odd)).overview().unwrap();
        let told = |words: &String| words.contains("ends early");
        assert!(overview.notices.iter().any(told), "{end:?}");
    }
}

#[test]
fn every_changed_byte_leaves_a_picture_or_a_sentence() {
    let (_, file) = files()[7];
    let mut state = 7_u32;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for _ in 0..200 {
        let mut changed = file.to_vec();
        for _ in 0..=random(4) {
            let at = random(changed.len());
            changed[at] = random(256) as u8;
        }
        let changed = leaked(changed);
        let Ok(header) = decode::header(picture(changed, Format::Jpeg), 0, true) else {
            continue;
        };
        if header.width > 1000 || header.height > 1000 {
            continue;
        }
        let Ok(huge) = Huge::open(
            picture(changed, Format::Jpeg),
            Content::Held(changed),
            &header,
        ) else {
            continue;
        };
        // Whatever comes of it.
        let _ = huge.overview();
        let _ = huge.region((0, 0, header.width, header.height), 1);
    }
}
