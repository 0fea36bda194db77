//! `pellucid convert` for pictures: one, and many at the same time.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Output;
use tests::pictures::{moving, solid};
use tests::{pellucid, sample};

fn run(arguments: &[&dyn AsRef<OsStr>]) -> Output {
    let arguments: Vec<_> = arguments.iter().map(|argument| argument.as_ref()).collect();
    pellucid(&arguments)
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

/// Format, width and height of a picture, as another renderer of ours tells them.
fn told(path: &Path) -> (String, u64, u64) {
    let output = run(&[&"info", &"--json", &path]);
    assert_eq!(code(&output), 0, "{}", words(&output.stderr));
    let info: Value = serde_json::from_slice(&output.stdout).unwrap();
    let side = |name: &str| info["pages"][0][name].as_f64().unwrap() as u64;
    let format = info["format"].as_str().unwrap().to_owned();
    (format, side("width"), side("height"))
}

/// The colour in the middle of a picture.
fn middle(path: &Path) -> [u8; 3] {
    let folder = tempfile::tempdir().unwrap();
    let drawn = folder.path().join("drawn.png");
    let output = run(&[&"render", &path, &"-o", &drawn]);
    assert_eq!(code(&output), 0, "{}", words(&output.stderr));
    let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(drawn).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut samples).unwrap();
    let pixel = (info.height / 2 * info.width + info.width / 2) as usize;
    let at = pixel * info.color_type.samples();
    [samples[at], samples[at + 1], samples[at + 2]]
}

#[test]
fn picture_becomes_a_jpeg_or_a_png_of_the_size_that_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("red.ppm");
    fs::write(&picture, solid([200, 30, 40], 300, 201)).unwrap();
    for (name, size, expected) in [
        ("a.jpg", None, ("JPEG", 300, 201)),
        ("b.jpeg", Some("100x100"), ("JPEG", 100, 67)),
        ("c.png", Some("150x1000"), ("PNG", 150, 101)),
        ("d.png", Some("9000x9000"), ("PNG", 300, 201)),
    ] {
        let copy = folder.path().join(name);
        let mut arguments: Vec<&dyn AsRef<OsStr>> = vec![&"convert", &picture, &copy];
        if let Some(size) = &size {
            arguments.extend([&"--size" as &dyn AsRef<OsStr>, size]);
        }
        let done = run(&arguments);
        assert_eq!(code(&done), 0, "{}", words(&done.stderr));
        let (format, width, height) = told(&copy);
        assert_eq!((format.as_str(), width, height), expected, "{name}");
        let off = middle(&copy)
            .iter()
            .zip([200, 30, 40])
            .map(|(a, b)| a.abs_diff(b))
            .max();
        assert!(off.unwrap() <= 3, "{name}: {:?}", middle(&copy));
    }
}

#[test]
fn what_is_see_through_is_white_in_a_jpeg() {
    let folder = tempfile::tempdir().unwrap();
    let [picture, copy] = ["clear.png", "copy.jpg"].map(|name| folder.path().join(name));
    let file = fs::File::create(&picture).unwrap();
    let mut encoder = png::Encoder::new(file, 16, 16);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0, 0, 0, 0].repeat(256)).unwrap();
    writer.finish().unwrap();
    assert_eq!(code(&run(&[&"convert", &picture, &copy])), 0);
    assert_eq!(middle(&copy), [255; 3]);
}

#[test]
fn many_files_are_converted_and_those_that_cannot_be_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let mut files = Vec::new();
    for number in 0..9 {
        let path = folder.path().join(format!("{number}.ppm"));
        fs::write(&path, solid([number * 20, 0, 0], 64, 48)).unwrap();
        files.push(path);
    }
    let broken = folder.path().join("broken.png");
    fs::write(&broken, b"\x89PNG\r\n\x1a\nno picture").unwrap();
    let none = folder.path().join("none.png");
    files.extend([broken, none]);
    // A percent sign in a name is no number, and a frame no page.
    let percent = folder.path().join("100%d.gif");
    fs::write(&percent, moving(&[([1, 2, 3], 5), ([4, 5, 6], 5)], 20, 10)).unwrap();
    files.push(percent);
    let mut arguments: Vec<&dyn AsRef<OsStr>> = vec![&"convert", &"--to", &"png", &"-o", &out];
    arguments.extend(files.iter().map(|file| file as &dyn AsRef<OsStr>));
    let done = run(&arguments);
    let said = words(&done.stderr);
    assert!([2, 4].contains(&code(&done)), "{said}");
    assert!(
        said.contains("broken.png: ") && said.contains("none.png: "),
        "{said}"
    );
    assert!(said.contains("not in the copies: animation (1)"), "{said}");
    assert_eq!(said.lines().count(), 3, "{said}");
    let mut made: Vec<String> = fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    made.sort();
    let mut expected: Vec<String> = (0..9).map(|number| format!("{number}.png")).collect();
    expected.insert(2, "100%d.png".to_owned());
    expected.sort();
    assert_eq!(made, expected);
    for number in 0..9 {
        assert_eq!(
            middle(&out.join(format!("{number}.png"))),
            [number * 20, 0, 0]
        );
    }
}

#[test]
fn pages_of_a_document_are_numbered_and_documents_become_safe_ones() {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("paper.pdf");
    fs::copy(sample("sample.pdf"), &document).unwrap();
    let to = |kind: &str, more: &[&dyn AsRef<OsStr>]| {
        let mut arguments: Vec<&dyn AsRef<OsStr>> = vec![&"convert", &"--to", &kind, &document];
        arguments.extend(more);
        run(&arguments)
    };
    let done = to("jpg", &[&"--dpi", &"20"]);
    assert_eq!(code(&done), 0, "{}", words(&done.stderr));
    for number in 1..=3 {
        assert_eq!(
            told(&folder.path().join(format!("paper-{number}.jpg"))).0,
            "JPEG"
        );
    }
    let done = to("jpg", &[&"--dpi", &"20", &"-p", &"2"]);
    assert_eq!(code(&done), 0, "{}", words(&done.stderr));
    assert!(folder.path().join("paper.jpg").is_file());
    // It would replace itself.
    let done = to("pdf", &[]);
    assert_eq!(code(&done), 1, "{}", words(&done.stderr));
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let done = to("pdf", &[&"-o", &out, &"--dpi", &"20"]);
    assert_eq!(code(&done), 0, "{}", words(&done.stderr));
    assert_eq!(told(&out.join("paper.pdf")).0, "PDF");
}

#[test]
fn what_would_end_under_one_name_is_not_begun() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = ["a.ppm", "a.pnm"].map(|name| folder.path().join(name));
    for path in [&one, &two] {
        fs::write(path, solid([9, 9, 9], 4, 4)).unwrap();
    }
    let done = run(&[&"convert", &"--to", &"png", &one, &two]);
    assert_eq!(code(&done), 1, "{}", words(&done.stderr));
    assert!(words(&done.stderr).contains("would both become"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// A picture as straight RGBA8, as a renderer of ours draws it.
fn drawn(path: &Path) -> Vec<u8> {
    let output = run(&[&"render", &path, &"-o", &"-"]);
    assert_eq!(code(&output), 0, "{}", words(&output.stderr));
    let mut decoder = png::Decoder::new(std::io::Cursor::new(output.stdout));
    decoder.set_transformations(png::Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut samples).unwrap();
    samples
}

#[test]
fn webp_is_written_without_loss_and_keeps_what_is_see_through() {
    let folder = tempfile::tempdir().unwrap();
    let [clear, opaque] = ["clear.png", "opaque.png"].map(|name| folder.path().join(name));
    for (path, colours) in [
        (&clear, png::ColorType::Rgba),
        (&opaque, png::ColorType::Rgb),
    ] {
        let file = fs::File::create(path).unwrap();
        let mut encoder = png::Encoder::new(file, 67, 31);
        encoder.set_color(colours);
        let mut writer = encoder.write_header().unwrap();
        // Alpha of 0, 85, 170 and 255, which premultiplying and back does not change much.
        let bytes = (0..67 * 31 * colours.samples()).map(|at| match at % 4 {
            3 => (at / 4 % 4 * 85) as u8,
            _ => ((at * 37) >> 3) as u8,
        });
        writer.write_image_data(&bytes.collect::<Vec<_>>()).unwrap();
        writer.finish().unwrap();
        let copy = path.with_extension("webp");
        let done = run(&[&"convert", path, &copy]);
        assert_eq!(code(&done), 0, "{}", words(&done.stderr));
        assert_eq!(told(&copy), ("WebP".to_owned(), 67, 31));
        // Both were drawn in the same way: once from each file.
        let (before, after) = (drawn(path), drawn(&copy));
        let furthest = before.iter().zip(&after).map(|(a, b)| a.abs_diff(*b)).max();
        let most = if path == &clear { 2 } else { 0 };
        assert!(
            before.len() == after.len() && furthest <= Some(most),
            "{furthest:?}"
        );
        let file = fs::read(&copy).unwrap();
        for chunk in [&b"EXIF"[..], b"XMP ", b"ICCP"] {
            assert!(!file.windows(4).any(|bytes| bytes == chunk), "metadata");
        }
    }
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let done = run(&[&"convert", &"--to", &"webp", &"-o", &out, &clear, &opaque]);
    assert_eq!(code(&done), 0, "{}", words(&done.stderr));
    assert_eq!(told(&out.join("opaque.webp")).0, "WebP");
}

#[test]
fn webp_that_would_be_too_large_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("wide.ppm");
    fs::write(&picture, solid([1, 2, 3], 20_000, 2)).unwrap();
    let copy = folder.path().join("wide.webp");
    let done = run(&[&"convert", &picture, &copy]);
    let said = words(&done.stderr);
    assert!(code(&done) == 9 && said.contains("16384"), "{said}");
    assert!(!copy.exists());
}

#[test]
fn limit_of_pixels_is_named_and_follows_the_memory_that_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("large.ppm");
    let told = |memory: &str| {
        let output = run(&[&"info", &picture, &"--memory", &memory]);
        (code(&output), words(&output.stderr))
    };
    // 256 million pixels of 3 B, and 4 B each as they are shown: 1709 MiB.
    fs::write(&picture, b"P6\n16000 16000\n255\n").unwrap();
    let (code, said) = told("1024");
    assert_eq!(code, 6, "{said}");
    for words in ["1709 MiB", "limit of 768 MiB", "; --memory gives it more"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let (code, said) = told("2000");
    assert!(code == 6 && said.contains("limit of 1500 MiB"), "{said}");
    let (code, said) = told("4096");
    assert_eq!(code, 0, "{said}");
    // Less memory is a lower limit.
    fs::write(&picture, b"P6\n4000 4000\n255\n").unwrap();
    let (code, said) = told("64");
    assert!(code == 6 && said.contains("limit of 48 MiB"), "{said}");
}

/// A TIFF of two pages of one grey pixel each.
fn two_pages() -> Vec<u8> {
    const FIRST_AT: u32 = 8;
    const SECOND_AT: u32 = FIRST_AT + 2 + 9 * 12 + 4;
    const PIXEL_AT: u32 = SECOND_AT + (SECOND_AT - FIRST_AT);
    let mut file = b"II*\0".to_vec();
    file.extend(FIRST_AT.to_le_bytes());
    for next in [SECOND_AT, 0] {
        file.extend(9_u16.to_le_bytes());
        // Width, height, bits, no compression, black is 0, where, samples, rows, bytes.
        for (tag, value) in [
            (256_u16, 1),
            (257, 1),
            (258, 8),
            (259, 1),
            (262, 1),
            (273, PIXEL_AT),
            (277, 1),
            (278, 1),
            (279, 1),
        ] {
            file.extend(tag.to_le_bytes());
            file.extend([4, 0, 1, 0, 0, 0]);
            file.extend(value.to_le_bytes());
        }
        file.extend(next.to_le_bytes());
    }
    file.push(128);
    file
}

#[test]
fn what_a_copy_of_several_pictures_leaves_out_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let [pages, gif, one] = ["two.tif", "two.gif", "one.png"].map(|name| folder.path().join(name));
    fs::write(&pages, two_pages()).unwrap();
    let output = run(&[&"convert", &pages, &one]);
    assert_eq!(code(&output), 0, "{}", words(&output.stderr));
    let said = words(&output.stderr);
    assert!(said.contains("only the first of 2 pictures"), "{said}");
    let numbered = folder.path().join("page-%d.png");
    for arguments in [
        &[&"convert" as &dyn AsRef<OsStr>, &pages, &numbered][..],
        &[&"convert", &pages, &one, &"-p", &"2"],
    ] {
        let output = run(arguments);
        let said = words(&output.stderr);
        assert_eq!(code(&output), 0, "{said}");
        assert!(!said.contains("only the first"), "{said}");
    }
    assert!(folder.path().join("page-2.png").exists());
    fs::write(&gif, moving(&[([1, 2, 3], 5), ([4, 5, 6], 5)], 20, 10)).unwrap();
    let said = words(&run(&[&"convert", &gif, &one]).stderr);
    assert!(said.contains("not in the copy: animation"), "{said}");
}
