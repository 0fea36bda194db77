//! Files as they come from the world: odd, cut, mislabelled, or made to hurt.
//! Each is drawn, or refused with the code and the sentence that it deserves,
//! and none takes long or leaves anything behind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::fs;
use std::path::Path;
use std::process::Output;
use tests::pdf::assemble;
use tests::{pellucid, sample};

/// A page of 200 by 100 points with a filled rectangle, as objects.
fn objects() -> Vec<String> {
    let contents = "0.2 0.4 0.8 rg 10 10 100 50 re f";
    [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>",
        &format!(
            "<< /Length {} >>\nstream\n{contents}\nendstream",
            contents.len()
        ),
    ]
    .map(str::to_owned)
    .to_vec()
}

fn plain() -> Vec<u8> {
    assemble(&objects())
}

/// The same with a part of its objects replaced.
fn with(old: &str, new: &str) -> Vec<u8> {
    let changed = objects()
        .iter()
        .map(|object| object.replace(old, new))
        .collect::<Vec<_>>();
    assert_ne!(changed, objects(), "{old:?} is not there");
    assemble(&changed)
}

/// The same with bytes of the file replaced.
fn patched(old: &str, new: &str) -> Vec<u8> {
    let text = String::from_utf8(plain()).unwrap();
    assert!(text.contains(old), "{old:?} is not there");
    text.replace(old, new).into_bytes()
}

fn after(start: &[u8], rest: &[u8]) -> Vec<u8> {
    [start, rest].concat()
}

/// What is in front of a mark.
fn before(mark: &str) -> Vec<u8> {
    let text = String::from_utf8(plain()).unwrap();
    text.split(mark).next().unwrap().as_bytes().to_vec()
}

/// What came of rendering: how it ended, the picture's size, and whether
/// anything is on it.
struct Outcome {
    output: Output,
    drawn: Option<(u32, u32, bool)>,
}

fn render(name: &str, bytes: &[u8]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join(name), folder.path().join("out.png"));
    fs::write(&path, bytes).unwrap();
    let arguments = ["render", "-p", "1", "--dpi", "72", "-o"].map(Path::new);
    let output = pellucid(&[arguments.as_slice(), &[&out, &path]].concat());
    let left = fs::read_dir(folder.path()).unwrap().count();
    let drawn = out.exists().then(|| look(&out));
    assert_eq!(
        left,
        1 + usize::from(drawn.is_some()),
        "{name}: something is left"
    );
    Outcome { output, drawn }
}

fn look(path: &Path) -> (u32, u32, bool) {
    let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(path).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut samples).unwrap();
    (
        info.width,
        info.height,
        samples.iter().any(|sample| *sample != 255),
    )
}

/// Fails unless it is drawn, with something on it.
fn is_drawn(name: &str, bytes: &[u8]) {
    let outcome = render(name, bytes);
    let told = String::from_utf8_lossy(&outcome.output.stderr);
    let (_, _, ink) = outcome.drawn.unwrap_or_else(|| panic!("{name}: {told}"));
    assert!(outcome.output.status.success(), "{name}: {told}");
    assert!(ink, "{name} is blank");
}

/// Fails unless it is refused with this code, in one line with these words that
/// begins with the file's name.
fn is_refused(name: &str, bytes: &[u8], code: i32, words: &str) {
    let outcome = render(name, bytes);
    let told = String::from_utf8_lossy(&outcome.output.stderr);
    assert_eq!(outcome.output.status.code(), Some(code), "{name}: {told}");
    assert_eq!(told.lines().count(), 1, "{name}: {told}");
    assert!(
        told.starts_with("pellucid: ") && told.contains(&format!("/{name}: ")),
        "{told}"
    );
    assert!(told.contains(words), "{name}: {words:?} is not in {told:?}");
    assert!(outcome.drawn.is_none(), "{name}");
}

#[test]
fn pdf_with_something_around_it_is_drawn() {
    let junk = b"junk \0\x01\xff\n".repeat(100);
    for (name, bytes) in [
        ("junk-before", after(&junk[..900], &plain())),
        ("much-junk-before", after(&junk.repeat(9), &plain())),
        (
            "http-header",
            after(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n",
                &plain(),
            ),
        ),
        ("byte-order-mark", after(b"\xef\xbb\xbf", &plain())),
        ("empty-lines", after(b"\r\n\r\n", &plain())),
        ("junk-after", after(&plain(), &junk)),
        ("zeros-after", after(&plain(), &[0; 5000])),
        ("no-header", patched("%PDF-1.4\n", "")),
        ("odd-version", patched("%PDF-1.4", "%PDF-9.9")),
        ("no-version", patched("%PDF-1.4", "%PDF-")),
        ("no-hyphen", patched("%PDF-1.4", "%PDF1.4")),
        ("small-letters", patched("%PDF-1.4", "%pdf-1.4")),
        (
            "postscript-header",
            patched("%PDF-1.4", "%!PS-Adobe-3.0 PDF-1.4"),
        ),
        ("wrong-extension.jpg", plain()),
    ] {
        is_drawn(name, &bytes);
    }
}

#[test]
fn pdf_whose_table_is_broken_is_drawn() {
    for (name, bytes) in [
        ("no-table", before("xref")),
        ("no-trailer", before("trailer")),
        ("no-end", before("%%EOF")),
        ("no-startxref", before("startxref")),
        ("wrong-startxref", patched("startxref\n", "startxref\n9")),
        (
            "shifted",
            patched("%PDF-1.4\n", "%PDF-1.4\n% a comment that moves it all\n"),
        ),
        ("wrong-offsets", patched("\n00000000", "\n00000007")),
        ("other-line-ends", patched("\n", "\r\n")),
        ("no-endobj", patched("endobj\n", "")),
        ("table-of-itself", patched("/Root", "/Prev 300 /Root")),
        ("no-root", patched("/Root 1 0 R", "")),
        ("wrong-root", patched("/Root 1 0 R", "/Root 4 0 R")),
    ] {
        is_drawn(name, &bytes);
    }
}

#[test]
fn pdf_that_says_wrong_things_about_itself_is_drawn() {
    let media = "/MediaBox [0 0 200 100]";
    for (name, bytes) in [
        ("wrong-length", with("/Length 32", "/Length 9999")),
        ("negative-length", with("/Length 32", "/Length -5")),
        ("no-length", with("/Length 32", "")),
        ("wrong-count", with("/Count 1", "/Count 77")),
        ("negative-count", with("/Count 1", "/Count -1")),
        ("no-count", with("/Count 1", "")),
        ("no-media-box", with(media, "")),
        ("box-turned-round", with(media, "/MediaBox [200 100 0 0]")),
        ("short-box", with(media, "/MediaBox [0 0 200]")),
        ("box-of-words", with(media, "/MediaBox [0 0 (x) /y]")),
        ("box-elsewhere", with(media, "/MediaBox [-100 -50 100 50]")),
        (
            "odd-turn",
            with(media, "/MediaBox [0 0 200 100] /Rotate 37"),
        ),
        (
            "no-unit",
            with(media, "/MediaBox [0 0 200 100] /UserUnit 0"),
        ),
        ("page-of-no-type", with("/Type /Page ", "")),
        ("catalog-of-no-type", with("/Type /Catalog", "")),
        ("contents-of-itself", with("4 0 R", "[3 0 R 4 0 R]")),
    ] {
        is_drawn(name, &bytes);
    }
}

#[test]
fn pdf_that_has_nothing_to_draw_is_a_blank_page() {
    for (name, bytes) in [
        ("no-contents", with("/Contents 4 0 R", "")),
        ("lost-contents", with("/Contents 4 0 R", "/Contents 99 0 R")),
        ("nothing-drawn", with("re f", "re n")),
    ] {
        let outcome = render(name, &bytes);
        assert!(outcome.output.status.success(), "{name}");
        assert_eq!(outcome.drawn, Some((200, 100, false)), "{name}");
    }
}

#[test]
fn pdf_without_a_page_is_told_as_damaged() {
    for (name, bytes) in [
        ("header-alone", b"%PDF-1.7\n".to_vec()),
        ("no-pages", with("/Pages 2 0 R", "")),
        ("no-kids", with("[3 0 R]", "[]")),
        ("kids-of-themselves", with("[3 0 R]", "[2 0 R]")),
    ] {
        is_refused(name, &bytes, 4, "is damaged");
    }
}

#[test]
fn pdf_made_to_hurt_costs_a_sentence_or_a_page() {
    let deep = format!(
        "<< /Length 100000 >>\nstream\n{}\nendstream",
        "[".repeat(100_000)
    );
    let mut objects = self::objects();
    objects[3] = deep;
    let outcome = render("deep-contents", &assemble(&objects));
    assert!(outcome.output.status.success(), "{:?}", outcome.output);
    let nested = format!("/X {}1{}", "<< /A ".repeat(20_000), " >>".repeat(20_000));
    let outcome = render(
        "deep-dictionary",
        &with("/Contents", &format!("{nested} /Contents")),
    );
    assert!(
        matches!(outcome.output.status.code(), Some(0 | 4)),
        "{:?}",
        outcome.output
    );
    // A form that draws itself, twice.
    let mut objects = self::objects();
    let resources = "/Resources << /XObject << /I 5 0 R >> >>";
    objects[2] = objects[2].replace("/Contents", &format!("{resources} /Contents"));
    objects[3] =
        "<< /Length 34 >>\nstream\n0.2 0.4 0.8 rg 9 9 9 9 re f /I Do  \nendstream".to_owned();
    objects.push(format!(
        "<< /Type /XObject /Subtype /Form /BBox [0 0 99 99] {resources} /Length 11 >>\nstream\n\
         /I Do /I Do\nendstream"
    ));
    is_drawn("form-of-itself", &assemble(&objects));
    let large = with("[0 0 200 100]", "[0 0 9000000 9000000]");
    is_refused(
        "large.pdf",
        &large,
        6,
        "page 1: would be 9000000 × 9000000 pixels, beyond the limit of",
    );
}

#[test]
fn pages_beyond_the_limit_are_counted_and_refused() {
    let count = 200_001;
    let kids: Vec<String> = (3..3 + count)
        .map(|number| format!("{number} 0 R"))
        .collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!(
            "<< /Type /Pages /Kids [{}] /Count {count} >>",
            kids.join(" ")
        ),
    ];
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>".to_owned();
    objects.extend(vec![page; count]);
    let many = assemble(&objects);
    is_refused(
        "many.pdf",
        &many,
        6,
        "200001 pages, more than the limit of 200000",
    );
}

/// CRC-32 as PNG has it, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// Our sample with another width and height in its header.
fn png_of_size(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = fs::read(sample("sample.png")).unwrap();
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

#[test]
fn picture_that_declares_too_much_or_nothing_is_refused_before_memory_is_taken() {
    is_refused("zero.png", &png_of_size(0, 0), 4, "is damaged");
    is_refused("wide.png", &png_of_size(60_000, 60_000), 6, "60000 × 60000");
    is_refused(
        "most.png",
        &png_of_size(i32::MAX as u32, i32::MAX as u32),
        6,
        "limit of",
    );
}

#[test]
fn picture_that_is_cut_is_drawn_as_far_as_it_goes_or_told_as_damaged() {
    let whole = fs::read(sample("sample.png")).unwrap();
    is_drawn("half.png", &whole[..whole.len() / 2]);
    is_drawn("almost.png", &whole[..whole.len() - 12]);
    is_drawn("junk-after.png", &after(&whole, b"junk and more"));
    is_drawn("wrong-extension.pdf", &whole);
    for bytes in [8, 20, 33, 60] {
        is_refused("cut.png", &whole[..bytes], 4, "is damaged");
    }
}

#[test]
fn what_is_no_document_is_named() {
    for (name, bytes, code, words) in [
        ("empty.pdf", &b""[..], 2, "is empty"),
        ("byte.png", b"\x89", 3, "of no kind that is known"),
        ("page.pdf", b"<!DOCTYPE html><html></html>", 3, "a web page"),
        (
            "words.pdf",
            b"%PDF is how this begins",
            3,
            "a plain text file",
        ),
        ("zeros.jpg", &[0; 4096], 3, "of no kind that is known"),
        ("cut.zip", b"PK\x03\x04\x0a\0abcdefgh", 4, "archive"),
        (
            "archive.pdf",
            b"7z\xbc\xaf\x27\x1c\0\x04",
            3,
            "a 7-Zip archive",
        ),
    ] {
        is_refused(name, bytes, code, words);
    }
}

/// Makes a file larger by nothing, which takes no room on the disk.
fn grown(path: &Path, bytes: u64) {
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(bytes).unwrap();
}

#[test]
fn file_of_a_huge_picture_is_read_where_it_is_needed() {
    const SIDE: u32 = 8300;
    let folder = tempfile::tempdir().unwrap();
    let (picture, out) = (
        folder.path().join("huge.png"),
        folder.path().join("out.png"),
    );
    let mut encoder = png::Encoder::new(fs::File::create(&picture).unwrap(), SIDE, SIDE);
    encoder.set_compression(png::Compression::Fastest);
    let mut writer = encoder.write_header().unwrap();
    let mut rows = writer.stream_writer().unwrap();
    for y in 0..SIDE {
        let row = [(y / 33) as u8; SIDE as usize];
        std::io::Write::write_all(&mut rows, &row).unwrap();
    }
    rows.finish().unwrap();
    drop(writer);
    // Four times as large as the memory for it.
    grown(&picture, 1 << 30);
    let render = |file: &Path| {
        let limits = ["render", "--memory", "256", "--size", "64x64", "-o"].map(Path::new);
        pellucid(&[limits.as_slice(), &[&out, file]].concat())
    };
    let drawn = render(&picture);
    assert!(drawn.status.success(), "{drawn:?}");
    assert_eq!(look(&out), (64, 64, true));
    let document = folder.path().join("large.pdf");
    fs::copy(sample("sample.pdf"), &document).unwrap();
    grown(&document, 1 << 30);
    let refused = String::from_utf8(render(&document).stderr).unwrap();
    assert!(
        refused.contains("does not fit in the memory budget"),
        "{refused}"
    );
}
