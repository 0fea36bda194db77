//! `pellucid info`: what a document says of itself.

use crate::{code, run, words};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tests::sample;

#[test]
fn info_tells_what_the_document_says() {
    let done = run(&[&"info", &sample("sample.pdf"), &"--json"]);
    let info: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(info["format"], "PDF");
    assert_eq!(info["page_count"], 3);
    assert_eq!(info["encrypted"], false);
    assert_eq!(info["info"]["title"][0], "Pellucid, a sample");
    assert_eq!(info["info"]["created"][0], "2026-11-23T12:00:00Z");
    let labels: Vec<_> = info["pages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["i", "1", "2"]);
    let picture = run(&[&"info", &sample("sample.png")]);
    let told = words(&picture.stdout);
    assert!(told.contains("PNG") && told.contains("240 × 180"), "{told}");
}

#[test]
fn info_tells_outline_links_and_what_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("links.pdf");
    let link = |action: &str| {
        format!("<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << {action} >> >>")
    };
    let links = [
        link("/S /URI /URI (https://example.org/a)"),
        link("/S /Launch /F (/bin/sh)"),
        link("/S /JavaScript /JS (app.alert(1))"),
        link("/S /GoToR /F (other.pdf) /D [0 /Fit]"),
        link("/S /GoTo /D [7 0 R /Fit]"),
    ];
    let title = "<< /Title (Two\\033[2J) /Dest [7 0 R /XYZ 0 200 0] >>";
    let pages = ["0 0 9 9 re f".to_owned(), "0 0 9 9 re f".to_owned()];
    fs::write(&path, tests::pdf::document(&pages, &links, title)).unwrap();
    let told = run(&[&"info", &"--json", &path]);
    assert_eq!(code(&told), 0, "{}", words(&told.stderr));
    let info: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(info["outline"][0]["page"], 2);
    let title = info["outline"][0]["title"].as_str().unwrap();
    assert!(
        !title.contains('\u{1b}') && title.starts_with("Two"),
        "{title:?}"
    );
    assert_eq!(info["links"]["inside"], 1);
    assert_eq!(info["links"]["addresses"][0], "https://example.org/a");
    let refused = &info["links"]["refused"];
    for action in ["launch", "javascript", "other_document"] {
        assert_eq!(refused[action], 1, "{refused}");
    }
}

#[test]
fn damaged_file_that_was_repaired_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(sample("sample.pdf")).unwrap();
    let cut = folder.path().join("cut.pdf");
    fs::write(&cut, &whole[..whole.len() - 40]).unwrap();
    let repaired = |path: &Path| {
        let done = run(&[&"info", &path, &"--json"]);
        assert_eq!(code(&done), 0, "{}", words(&done.stderr));
        let info: Value = serde_json::from_slice(&done.stdout).unwrap();
        info["info"]["repaired"][0].as_str().map(str::to_owned)
    };
    assert!(repaired(&cut).is_some_and(|told| told.contains("made anew")));
    assert_eq!(repaired(&sample("sample.pdf")), None);
}
