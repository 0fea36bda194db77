//! Fonts that a document does not carry: asked for by the confined renderer, found
//! by the broker in folders of the test's own, drawn by the renderer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::fs;
use std::path::Path;
use std::process::Command;
use tests::pdf::assemble;
use tests::program;

/// A page of 200 by 50 points with a composite font of Japanese characters that is not
/// embedded, and a text in UTF-16.
fn document(text: &str) -> Vec<u8> {
    let codes: String = text
        .encode_utf16()
        .map(|unit| format!("{unit:04X}"))
        .collect();
    let content = format!("BT /F 32 Tf 8 12 Td <{codes}> Tj ET");
    assemble(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 50] /Contents 4 0 R \
         /Resources << /Font << /F 5 0 R >> >> >>"
            .to_owned(),
        format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ),
        "<< /Type /Font /Subtype /Type0 /BaseFont /Ryumin-Light /Encoding /UniJIS-UTF16-H \
         /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Ryumin-Light \
         /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 6 >> >>] >>"
            .to_owned(),
    ])
}

/// The page as rows of grey, with no other fonts than those in `home`, or with those of
/// the system.
fn drawn(home: &Path, alone: bool, text: &str) -> Vec<u8> {
    let (page, picture) = (home.join("page.pdf"), home.join("page.png"));
    fs::write(&page, document(text)).unwrap();
    let mut command = Command::new(program("pellucid"));
    command
        .args(["render", "--size", "400x100", "-o"])
        .args([&picture, &page])
        .env("HOME", home)
        .env_remove("XDG_DATA_HOME");
    if alone {
        command.env("XDG_DATA_DIRS", home.join("nothing"));
    }
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    let file = std::io::BufReader::new(fs::File::open(&picture).unwrap());
    let mut decoder = png::Decoder::new(file);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let samples = info.color_type.samples();
    pixels.chunks(samples).map(|pixel| pixel[0]).collect()
}

fn dark(pixels: &[u8]) -> usize {
    pixels.iter().filter(|grey| **grey < 128).count()
}

#[test]
fn font_is_found_by_the_name_of_its_file_and_drawn_by_the_renderer() {
    let home = tempfile::tempdir().unwrap();
    let without = drawn(home.path(), true, "Quiet");
    let fonts = home.path().join(".local/share/fonts/deep");
    fs::create_dir_all(&fonts).unwrap();
    // A file of the first name that is looked for where Japanese is written.
    let font = fonts.join("NotoSansCJKjp-Regular.ttf");
    fs::write(&font, epaint_default_fonts::HACK_REGULAR).unwrap();
    let with = drawn(home.path(), true, "Quiet");
    assert!(dark(&with) > 200, "nothing is drawn");
    assert!(with != without, "it is drawn with another font");
    // What is no font costs nothing but the letters' shape.
    fs::write(&font, b"no font at all").unwrap();
    let broken = drawn(home.path(), true, "Quiet");
    assert!(broken == without, "what is no font takes the letters away");
}

#[test]
fn japanese_without_an_embedded_font_is_drawn_where_the_system_has_one() {
    let home = tempfile::tempdir().unwrap();
    let (alone, with) = ("漢字かな", drawn(home.path(), false, "漢字かな"));
    let known = |folder: &str| {
        let listed = Command::new("find")
            .args([folder, "-iname", "*cjk*"])
            .output();
        listed.is_ok_and(|listed| !listed.stdout.is_empty())
    };
    if !known("/usr/share/fonts") && !known("/usr/local/share/fonts") {
        eprintln!("skipped: this system has no font of Noto Sans CJK or its like");
        return;
    }
    assert!(dark(&with) > 1000, "{} dark pixels", dark(&with));
    assert!(with != drawn(home.path(), true, alone), "it needs no font");
}
