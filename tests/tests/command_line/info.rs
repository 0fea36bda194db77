//! `pellucid info`: what a document says of itself, and whether another parser agrees.

use crate::{code, run, words};
use pdf::object::{Catalog, Counter, PageLabel, Resolve};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tests::{file, sample};

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

#[test]
fn second_parser_agrees_about_our_documents() {
    for path in [
        sample("sample.pdf"),
        file("rotated.pdf"),
        file("owner-only.pdf"),
    ] {
        let theirs = pdf::file::FileOptions::cached().open(&path).unwrap();
        let ours = run(&[&"info", &path, &"--json"]);
        let ours: Value = serde_json::from_slice(&ours.stdout).unwrap();
        assert_eq!(ours["page_count"], theirs.num_pages(), "{}", path.display());
        let title = theirs
            .trailer
            .info_dict
            .as_ref()
            .and_then(|info| info.title.as_ref());
        let title = title.map(|title| title.to_string_lossy());
        assert_eq!(ours["info"]["title"][0].as_str().map(str::to_owned), title);
        for (index, page) in ours["pages"].as_array().unwrap().iter().enumerate() {
            let their_page = theirs.get_page(u32::try_from(index).unwrap()).unwrap();
            let media = their_page.media_box().unwrap();
            let (mut width, mut height) = (media.right - media.left, media.top - media.bottom);
            if their_page.rotate % 180 != 0 {
                std::mem::swap(&mut width, &mut height);
            }
            assert_eq!(page["width"].as_f64().unwrap() as f32, width);
            assert_eq!(page["height"].as_f64().unwrap() as f32, height);
        }
        let ours: Vec<_> = (ours["pages"].as_array().unwrap().iter())
            .map(|page| page["label"].as_str().unwrap().to_owned())
            .collect();
        let (catalog, pages) = (theirs.get_root(), theirs.num_pages());
        let theirs = labels(catalog, &theirs.resolver(), pages);
        assert_eq!(ours, theirs, "{}", path.display());
    }
}

/// The labels of pages, from the ranges that the other parser reads (ISO
/// 32000-2:2020, 12.4.2). It has the letters of its styles the wrong way round:
/// `Upper` stands for the small ones.
fn labels(catalog: &Catalog, resolve: &impl Resolve, pages: u32) -> Vec<String> {
    let mut labels: Vec<String> = (1..=pages).map(|n| n.to_string()).collect();
    let Some(tree) = &catalog.page_labels else {
        return labels;
    };
    let mut set = |first: i32, label: &PageLabel| {
        let first = usize::try_from(first).unwrap();
        let start = label.start.unwrap_or(1);
        let prefix = label.prefix.as_ref();
        let prefix = prefix.map_or_else(String::new, |prefix| prefix.to_string_lossy());
        for (offset, place) in labels.iter_mut().skip(first).enumerate() {
            let number = start + offset;
            let roman = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
            let counted = match label.style {
                None => String::new(),
                Some(Counter::Arabic) => number.to_string(),
                Some(Counter::RomanUpper) => roman[number].to_owned(),
                Some(Counter::RomanLower) => roman[number].to_uppercase(),
                Some(_) => panic!("no document of ours counts in letters"),
            };
            *place = prefix.clone() + &counted;
        }
    };
    tree.walk(resolve, &mut set).unwrap();
    labels
}
