//! Rows that are read from a file when they are needed.

use super::*;
use crate::format::image::huge::skeleton::Skeleton;
use capmode::DocumentFile;
use std::fs::File;
use std::io::{Seek, Write};
use std::sync::atomic::{AtomicU32, Ordering};

/// A file without a name, and the same as a document.
fn file(content: &[u8]) -> (File, &'static DocumentFile) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("pellucid-rows-{}-{number}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let mut file = File::options()
        .create_new(true)
        .read(true)
        .write(true)
        .open(&path)
        .unwrap();
    std::fs::remove_file(&path).unwrap();
    file.write_all(content).unwrap();
    let document = DocumentFile::new(file.try_clone().unwrap().into(), content.len() as u64);
    (file, Box::leak(Box::new(document)))
}

/// A PNG whose packed bytes are in parts of 100 bytes, with words behind them.
fn in_small_parts(file: &[u8]) -> Vec<u8> {
    let mut parts = file[..8].to_vec();
    for (kind, data) in crate::format::image::png::chunks(file) {
        let size = if &kind == b"IDAT" { 100 } else { usize::MAX };
        let mut add = |kind: &[u8; 4], data: &[u8]| {
            parts.extend((data.len() as u32).to_be_bytes());
            parts.extend(kind);
            parts.extend(data);
            let mut sum = flate2::Crc::new();
            sum.update(&[kind, data].concat());
            parts.extend(sum.sum().to_be_bytes());
        };
        if &kind == b"IEND" {
            add(b"tEXt", b"Title\0behind the rows");
        }
        match data {
            [] => add(&kind, data),
            data => data.chunks(size).for_each(|part| add(&kind, part)),
        }
    }
    parts
}

fn files() -> Vec<(Vec<u8>, Format)> {
    let stored = png(ExtendedColorType::Rgb8, rgb().as_raw());
    let mut files = vec![
        (in_small_parts(&stored), Format::Png),
        (interlaced::interlaced(&stored), Format::Png),
        (stored, Format::Png),
    ];
    for (factor, restart) in samplings() {
        files.push((sampled(factor, restart, false), Format::Jpeg));
        files.push((sampled(factor, restart, true), Format::Jpeg));
    }
    files
}

#[test]
fn skeleton_tells_all_but_the_rows() {
    for (bytes, format) in files() {
        let (_, document) = file(&bytes);
        let skeleton = Skeleton::read(document).unwrap();
        assert!(skeleton.bytes.len() < bytes.len() / 4 && skeleton.bytes.len() < 2000);
        let (small, whole) = (
            decode::header(skeleton.picture(), 0, true).unwrap(),
            decode::header(picture(leaked(bytes.clone()), format), 0, true).unwrap(),
        );
        assert_eq!((small.width, small.height), (whole.width, whole.height));
        assert_eq!((small.kind, small.colours), (whole.kind, whole.colours));
        if format == Format::Png {
            let words = |file: &[u8]| memchr::memmem::find(file, b"behind the rows").is_some();
            assert_eq!(words(&skeleton.bytes), words(&bytes));
        }
    }
}

#[test]
fn rows_that_are_read_from_a_file_are_those_of_the_whole() {
    for (bytes, format) in files() {
        let (_, document) = file(&bytes);
        let skeleton = leaked(Skeleton::read(document).unwrap().bytes);
        let header = header(skeleton, format, Orientation::NoTransforms);
        let content = Content::File(document);
        let huge = Huge::open(picture(skeleton, format), content, &header).unwrap();
        let whole = decode::pixels(picture(leaked(bytes), format), &header).unwrap();
        for at in [(300, 250), (0, 0), (SIZE.0 - 40, SIZE.1 - 40), (100, 180)] {
            let part = huge.part(tile(SIZE, at, (40, 40))).unwrap();
            compare(&part, &whole, 0);
        }
        assert!(huge.overview().unwrap().notices[0].contains("strip by strip"));
    }
}

#[test]
fn file_that_is_cut_or_written_to_while_it_is_open_is_damaged_and_no_more() {
    for (bytes, format) in files() {
        let (mut written, document) = file(&bytes);
        let skeleton = leaked(Skeleton::read(document).unwrap().bytes);
        let header = header(skeleton, format, Orientation::NoTransforms);
        let content = Content::File(document);
        let open = || Huge::open(picture(skeleton, format), content, &header).unwrap();
        let (cut, noisy, empty) = (open(), open(), open());
        // Places are known before, and lead nowhere then.
        let near = tile(SIZE, (200, 100), (64, 64));
        assert!(noisy.part(near).is_ok());
        written.set_len(bytes.len() as u64 * 2 / 3).unwrap();
        let overview = cut.overview().unwrap();
        let told = |words: &String| words.contains("ends early");
        assert!(overview.notices.iter().any(told), "{format:?}");
        let mut state = 1_u32;
        let noise = bytes.iter().map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        written.rewind().unwrap();
        written.write_all(&noise.collect::<Vec<u8>>()).unwrap();
        for at in [(0, 0), (200, 100), (400, 300)] {
            // Whatever comes of it: pixels, or a sentence.
            let _ = noisy.part(tile(SIZE, at, (64, 64)));
        }
        let _ = noisy.overview();
        written.set_len(0).unwrap();
        let error = empty.overview().map(drop).unwrap_err().to_string();
        assert!(error.contains("ends early"), "{error}");
    }
}

#[test]
fn what_is_no_picture_or_has_too_much_around_its_rows_has_no_skeleton() {
    let long = |marker: &[u8]| [b"\xff\xd8", &marker.repeat(300)[..]].concat();
    let segment = [&b"\xff\xe1\xff\xff"[..], &[0; 65533]].concat();
    let chunk = |bytes: u32| [b"\x89PNG\r\n\x1a\n", &bytes.to_be_bytes()[..], b"zTXt"].concat();
    let mut large = chunk(17 << 20);
    large.resize(18 << 20, 0);
    for bytes in [
        b"%PDF-1.7 and so on".to_vec(),
        b"\xff\xd8\xff".to_vec(),
        b"\xff\xd8\xff\xe0\0\x04ab, no segment".to_vec(),
        long(&segment),
        chunk(4),
        chunk(u32::MAX),
        large,
    ] {
        let (_, document) = file(&bytes);
        assert!(Skeleton::read(document).is_none());
    }
}
