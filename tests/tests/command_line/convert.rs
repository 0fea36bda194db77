//! `pellucid convert`: copies that are pictures and words.

use crate::{code, decode, fails, run, words};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use tests::{file, sample};

/// The text that another program finds in a PDF; `None` where it is not installed.
fn text_elsewhere(file: &Path) -> Option<String> {
    let mut command = Command::new("pdftotext");
    let output = command
        .arg(file)
        .arg("-")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    assert!(output.status.success(), "{}", words(&output.stderr));
    Some(words(&output.stdout))
}

#[test]
fn copy_is_pictures_and_words_that_look_and_read_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.pdf");
    let done = run(&[&"convert", &sample("sample.pdf"), &copy]);
    assert_eq!((code(&done), words(&done.stderr).as_str()), (0, ""));
    let text = |file: &Path| words(&run(&[&"text", &file]).stdout);
    let (before, after) = (text(&sample("sample.pdf")), text(&copy));
    let all = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(all(&after), all(&before));
    if let Some(elsewhere) = text_elsewhere(&copy) {
        assert_eq!(all(&elsewhere).len(), all(&before).len(), "{elsewhere}");
    }
    for (name, file) in [("before", &sample("sample.pdf")), ("after", &copy)] {
        let out = folder.path().join(format!("{name}-%d.png"));
        assert_eq!(code(&run(&[&"render", file, &"-o", &out])), 0);
    }
    for page in 1..=3 {
        let page = |name| decode(&folder.path().join(format!("{name}-{page}.png")));
        let (before, after) = (page("before"), page("after"));
        assert_eq!((before.0, before.1), (after.0, after.1));
        let off = before
            .3
            .iter()
            .zip(&after.3)
            .map(|(a, b)| u64::from(a.abs_diff(*b)));
        let mean = off.sum::<u64>() as f64 / before.3.len() as f64;
        assert!(mean < 1.0, "page is off by {mean} of 255");
    }
    let size = fs::metadata(&copy).unwrap().len();
    assert!(size < 3 * 400_000, "{size} bytes for three pages");
}

#[test]
fn copy_holds_no_words_when_none_are_wanted_and_only_the_pages_that_are() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.pdf");
    let done = run(&[
        &"convert",
        &"--no-text",
        &"-p",
        &"2",
        &"--dpi",
        &"72",
        &sample("sample.pdf"),
        &copy,
    ]);
    assert_eq!(code(&done), 0, "{}", words(&done.stderr));
    let text = run(&[&"text", &copy]);
    assert_eq!(words(&text.stdout).trim(), "");
    let info: Value = serde_json::from_slice(&run(&[&"info", &"--json", &copy]).stdout).unwrap();
    assert_eq!(info["pages"].as_array().unwrap().len(), 1);
    let bytes = fs::read(&copy).unwrap();
    assert!(
        !bytes
            .windows(9)
            .any(|part| part == b"/Type0\n/B" || part == b"ToUnicode")
    );
}

#[test]
fn pictures_become_a_pdf_and_a_document_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let (copy, picture) = (
        folder.path().join("copy.pdf"),
        folder.path().join("copy.png"),
    );
    let done = run(&[&"convert", &"--dpi", &"72", &sample("sample.png"), &copy]);
    assert_eq!(code(&done), 0, "{}", words(&done.stderr));
    assert_eq!(
        code(&run(&[&"convert", &"--dpi", &"72", &copy, &picture])),
        0
    );
    let (before, after) = (decode(&sample("sample.png")), decode(&picture));
    assert_eq!((before.0, before.1), (after.0, after.1));
}

#[test]
fn copy_is_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.pdf");
    let of = |input: &Path, output: &Path| run(&[&"convert", &input, &output]);
    fails(
        &of(&sample("sample.pdf"), Path::new("copy.doc")),
        1,
        &[".pdf"],
    );
    fails(&of(&file("encrypted.pdf"), &copy), 5, &["password"]);
    let nowhere = folder.path().join("none/copy.pdf");
    fails(
        &of(&sample("sample.pdf"), &nowhere),
        9,
        &["cannot be written"],
    );
    let same = folder.path().join("same.pdf");
    fs::copy(sample("sample.pdf"), &same).unwrap();
    fails(&of(&same, &same), 1, &["replace the document"]);
    let broken = run(&[&"convert", &"--dpi", &"9600", &sample("sample.pdf"), &copy]);
    fails(&broken, 6, &["limit"]);
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "something is left"
    );
}
