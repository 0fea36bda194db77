//! Reading a document through the real programs: the order of its words, and
//! hostile outlines and texts. All files are made here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use serde_json::Value;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;
use tests::pdf::{assemble, document};
use tests::pellucid;

/// A file with these bytes, for as long as the folder lives.
fn file(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.pdf");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn run(arguments: &[&str], bytes: &[u8]) -> (i32, String, String) {
    let (_folder, path) = file(bytes);
    let mut all: Vec<&std::ffi::OsStr> = arguments.iter().map(std::ffi::OsStr::new).collect();
    all.push(path.as_os_str());
    let done = pellucid(&all);
    let words = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let code = done.status.code().unwrap_or(-1);
    (code, words(&done.stdout), words(&done.stderr))
}

fn info(bytes: &[u8]) -> Value {
    let (code, told, errors) = run(&["info", "--json"], bytes);
    assert_eq!(code, 0, "{errors}");
    serde_json::from_str(&told).unwrap()
}

/// What nobody may see raw: it could change what stands around it.
fn is_dangerous(c: char) -> bool {
    let controls = c.is_control() && !matches!(c, '\n' | '\u{c}');
    controls
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// The words of a drawing, on one line for each line of the page.
fn text_of(draw: &str) -> String {
    let (code, told, errors) = run(&["text"], &document(&[draw.to_owned()], &[], ""));
    assert_eq!(code, 0, "{errors}");
    let lines = told.split(['\n', '\u{c}']).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("/")
}

#[test]
fn columns_are_read_one_after_the_other_however_they_are_drawn() {
    let line = |x: u32, number: u32, words: &str| {
        let y = 250 - 12 * number;
        format!("1 0 0 1 {x} {y} Tm ({words} {number}) Tj ")
    };
    let (left, right) = ("some words of the left", "words that are on the right");
    let by_column: String = (0..8)
        .map(|n| line(20, n, left))
        .chain((0..8).map(|n| line(210, n, right)))
        .collect();
    let across: String = (0..8)
        .map(|n| line(20, n, left) + &line(210, n, right))
        .collect();
    let up: String = (0..8)
        .rev()
        .map(|n| line(210, n, right) + &line(20, n, left))
        .collect();
    let page = |lines: &str| {
        format!(
            "BT /F 10 Tf 1 0 0 1 20 280 Tm (A title that goes over the whole width of both columns) Tj {lines} ET"
        )
    };
    let read = text_of(&page(&by_column));
    assert!(
        read.contains("of the left 7/words that are on the right 0/"),
        "{read}"
    );
    assert_eq!(text_of(&page(&across)), read);
    assert_eq!(text_of(&page(&up)), read);
}

#[test]
fn match_over_the_end_of_a_line_follows_its_column() {
    let lines = [
        (20, 200, "the end of a long"),
        (210, 200, "some other words"),
        (20, 188, "line is here now"),
        (210, 188, "of the right side"),
    ];
    let lines: String = (0..3)
        .flat_map(|part| {
            lines.map(|(x, y, words)| format!("1 0 0 1 {x} {} Tm ({words}) Tj ", y - part * 24))
        })
        .collect();
    let made = document(&[format!("BT /F 12 Tf {lines} ET")], &[], "");
    assert_eq!(run(&["text", "-F", "--grep", "long line"], &made).0, 0);
    assert_eq!(run(&["text", "-F", "--grep", "long some"], &made).0, 1);
}

/// Objects of an outline whose items are objects from 4 on: titles, and what
/// else stands in each item.
fn with_outline(items: &[String]) -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R /Outlines << /First 4 0 R >> >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>".to_owned(),
    ];
    objects.extend(items.iter().cloned());
    assemble(&objects)
}

#[test]
fn outline_beyond_the_limit_is_cut_and_said_to_be() {
    let most = ipc::limits::MAX_OUTLINE_ENTRIES;
    let items: Vec<String> = (0..most + 500)
        .map(|item| format!("<< /Title ({item}) /Next {} 0 R >>", item + 5))
        .collect();
    let told = info(&with_outline(&items));
    assert_eq!(told["outline"].as_array().unwrap().len(), most);
    assert_eq!(told["outline"][most - 1]["title"], (most - 1).to_string());
}

#[test]
fn outline_of_ten_million_entries_is_cut_and_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outline.pdf");
    let made = Command::new("python3")
        .arg(tests::file("outline.py"))
        .arg("10000000")
        .arg(&path)
        .status();
    if made.is_err() {
        eprintln!("skipped: python3 is not installed");
        return;
    }
    assert!(made.unwrap().success());
    let done = pellucid(&["info".as_ref(), "--json".as_ref(), path.as_os_str()]);
    assert_eq!(done.status.code(), Some(0));
    let told: Value = serde_json::from_slice(&done.stdout).unwrap();
    let told_entries = told["outline"].as_array().unwrap().len();
    assert_eq!(told_entries, ipc::limits::MAX_OUTLINE_ENTRIES);
    assert_eq!(told["cut"], serde_json::json!(["outline"]));
    let done = pellucid(&["info".as_ref(), path.as_os_str()]);
    let note = String::from_utf8(done.stderr).unwrap();
    assert!(
        note.contains("too long to be told whole: outline"),
        "{note}"
    );
}

#[test]
fn outline_that_is_tied_into_knots_is_told_once() {
    // Each item has the whole list below it: 2000 to the power of 32 entries.
    let knots: Vec<String> = (0..2000)
        .map(|item| {
            format!(
                "<< /Title ({item}) /First 4 0 R /Next {} 0 R >>",
                (item + 1) % 2000 + 4
            )
        })
        .collect();
    let told = info(&with_outline(&knots));
    let told = told["outline"].as_array().unwrap();
    assert_eq!(told.len(), 2000);
    let itself = ["<< /Title (a) /First 4 0 R /Next 4 0 R >>".to_owned()];
    assert_eq!(
        info(&with_outline(&itself))["outline"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    // Deeper than anybody reads.
    let deep: Vec<String> = (0..100)
        .map(|item| format!("<< /Title (x) /First {} 0 R >>", item + 5))
        .collect();
    let told = info(&with_outline(&deep));
    let deepest = told["outline"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["depth"].as_u64())
        .max();
    assert_eq!(deepest, Some(u64::from(ipc::limits::MAX_OUTLINE_DEPTH) - 1));
}

#[test]
fn titles_and_labels_cannot_change_what_stands_around_them() {
    // UTF-16: an escape, a right-to-left override, an isolate, a line separator, a null.
    let title = "<FEFF 0041 001B 005B 0033 0031 006D 202E 0067 0070 006A 2066 2028 0000 0042>";
    let item = [format!("<< /Title {title} >>")];
    let told = info(&with_outline(&item));
    let seen = told["outline"][0]["title"].as_str().unwrap();
    assert!(seen.starts_with('A') && seen.ends_with('B'), "{seen:?}");
    assert!(!seen.contains(is_dangerous), "{seen:?}");
    let made = assemble(&[
        format!("<< /Type /Catalog /Pages 2 0 R /PageLabels << /Nums [0 << /P {title} >>] >> >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>".to_owned(),
    ]);
    let told = info(&made);
    let label = told["pages"][0]["label"].as_str().unwrap();
    assert!(
        label.starts_with('A') && !label.contains(is_dangerous),
        "{label:?}"
    );
    let (code, told, _) = run(&["info"], &with_outline(&item));
    assert!(code == 0 && !told.contains(is_dangerous), "{told:?}");
}

#[test]
fn words_that_a_font_calls_controls_are_never_printed_raw() {
    let map = "1 begincodespacerange <00> <FF> endcodespacerange\n\
        4 beginbfchar <41> <001B> <42> <202E> <43> <2028> <44> <0058> endbfchar";
    let draw = "BT /F 12 Tf 10 50 Td (DABCD) Tj ET";
    let made = assemble(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R \
         /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 5 0 R >> >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{draw}\nendstream", draw.len()),
        format!("<< /Length {} >>\nstream\n{map}\nendstream", map.len()),
    ]);
    let (code, told, errors) = run(&["text"], &made);
    assert_eq!(code, 0, "{errors}");
    assert!(
        told.starts_with('X') && !told.contains(is_dangerous),
        "{told:?}"
    );
    let (_, told, _) = run(&["text", "--grep", "X"], &made);
    assert!(
        told.contains('X') && !told.contains(is_dangerous),
        "{told:?}"
    );
}

#[test]
fn flood_of_words_ends_at_the_limit_with_a_sentence() {
    let mut draw = "BT /F 1 Tf 1 0 0 1 9 9 Tm ".to_owned();
    for line in 0..40_000 {
        let _ = write!(
            draw,
            "0 {} Td (a b c d e f g h i j k l m n o p q r s t u v w x y z) Tj ",
            line % 3
        );
    }
    draw.push_str("ET");
    let (code, told, errors) = run(&["text"], &document(&[draw], &[], ""));
    assert!(told.split_whitespace().count() > 100_000, "{}", told.len());
    // Exit code 6 is a limit.
    assert!(
        code == 0 || (code == 6 && errors.contains("limit")),
        "{code}: {errors}"
    );
}

#[test]
fn actions_lead_to_pages_of_this_document_alone() {
    let link = |action: &str| format!("<< /Subtype /Link /Rect [0 0 9 9] /A << {action} >> >>");
    let annotations = [
        link("/S /Named /N /LastPage"),
        link("/S /Named /N /NextPage"),
        link("/S /Named /N /PrevPage"),
        link("/S /Named /N /Print"),
        link("/S /GoToR /F (other.pdf) /D [0 /Fit]"),
        link("/S /URI /URI (notes/one.html)"),
        link("/S /URI /URI (mailto:a@example.org)"),
    ];
    let made = assemble(&[
        "<< /Type /Catalog /Pages 2 0 R /URI << /Base (https://example.org/) >> \
         /Outlines << /First 6 0 R >> >>"
            .to_owned(),
        "<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Annots [{}] >>",
            annotations.join(" ")
        ),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>".to_owned(),
        "<< /Title (a) /A << /S /GoToR /F (x.pdf) /D [1 /Fit] >> /Next 7 0 R >>".to_owned(),
        "<< /Title (b) /A << /S /Named /N /LastPage >> >>".to_owned(),
    ]);
    let told = info(&made);
    let links = &told["links"];
    assert_eq!(links["pages"], serde_json::json!([[1, 3], [1, 2]]));
    let addresses = ["https://example.org/notes/one.html", "mailto:a@example.org"];
    assert_eq!(links["addresses"], serde_json::json!(addresses));
    // Before the first page there is none; printing and other documents are refused.
    let refused = serde_json::json!({ "other": 2, "other_document": 1 });
    assert_eq!(links["refused"], refused);
    let pages: Vec<_> = told["outline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["page"].as_u64())
        .collect();
    assert_eq!(pages, [None, Some(3)]);
}
