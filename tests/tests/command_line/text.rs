//! `pellucid text`: words in reading order, and lines with a pattern in them.

use crate::{code, fails, run, words};
use serde_json::Value;
use tests::sample;

#[test]
fn text_comes_in_reading_order() {
    let done = run(&[&"text", &sample("sample.pdf"), &"-p", &"1"]);
    let text = words(&done.stdout);
    assert!(
        text.starts_with("Pellucid\nletting light through and nothing else\n"),
        "{text}"
    );
    assert!(
        text.contains(
            "mistake in it gives the author of the file what the reader has.\n\nPellucid"
        )
    );
    assert!(text.ends_with("\n\u{c}"));
    let done = run(&[&"text", &sample("sample.pdf"), &"-p", &"1", &"--json"]);
    let json: Value = serde_json::from_slice(&done.stdout).unwrap();
    let word = &json["pages"][0]["words"][0];
    assert_eq!(word["text"], "Pellucid");
    let left = word["box"][0].as_f64().unwrap();
    assert!((left - 60.0).abs() < 1.0, "{word}");
}

#[test]
fn grep_prints_lines_and_ends_as_grep_does() {
    let sample = sample("sample.pdf");
    let found = run(&[&"text", &"--grep", &"sees|signal a\\w+", &sample]);
    assert_eq!(code(&found), 0, "{}", words(&found.stderr));
    let printed = words(&found.stdout);
    let lines: Vec<&str> = printed
        .lines()
        .filter_map(|line| line.strip_prefix(&*sample.to_string_lossy()))
        .collect();
    assert_eq!(
        lines,
        [
            ":1: sees the first byte, and hands back nothing but pixels.",
            ":3: signal another process",
        ]
    );
    let none = run(&[&"text", &"--grep", &"SEES", &sample]);
    assert_eq!((code(&none), words(&none.stdout).as_str()), (1, ""));
    let capitals = run(&[&"text", &"-i", &"--grep", &"SEES", &sample]);
    assert_eq!(code(&capitals), 0);
    let fixed = run(&[&"text", &"-F", &"--grep", &"s.es", &sample]);
    assert_eq!(code(&fixed), 1);
    let some = run(&[&"text", &"--grep", &"sees", &"/nowhere.pdf", &sample]);
    assert_eq!(code(&some), 2, "an error is told by the code");
    assert!(
        words(&some.stdout).contains("sees"),
        "the other file is still searched"
    );
    fails(
        &run(&[&"text", &"--grep", &"(", &sample]),
        2,
        &["no regular expression"],
    );
}
