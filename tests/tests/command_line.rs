//! The command line as a user meets it: files, standard input, passwords,
//! every exit code, and systems that lack a layer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use pdf::object::{Catalog, Counter, PageLabel, Resolve};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tests::{file, pellucid, program, sample};

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs with arguments that are paths and words.
fn run(arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> Output {
    let arguments: Vec<_> = arguments.iter().map(|argument| argument.as_ref()).collect();
    pellucid(&arguments)
}

/// Fails with this code, one line on standard error, and the words in it.
fn fails(output: &Output, expected: i32, parts: &[&str]) {
    let told = words(&output.stderr);
    assert_eq!(code(output), expected, "{told}");
    assert!(
        told.starts_with("pellucid: ") && told.lines().count() == 1,
        "{told}"
    );
    for part in parts {
        assert!(told.contains(part), "{part:?} is not in {told}");
    }
}

/// Width, height, channels and samples of a PNG of ours.
fn decode(path: &Path) -> (u32, u32, usize, Vec<u8>) {
    let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(path).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut samples).unwrap();
    (info.width, info.height, info.color_type.samples(), samples)
}

#[test]
fn pages_become_files() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("page-%02d.png");
    let done = run(&[
        &"render",
        &sample("sample.pdf"),
        &"-p",
        &"3,1-2",
        &"--dpi",
        &"72",
        &"-o",
        &template,
    ]);
    assert_eq!(code(&done), 0, "{}", words(&done.stderr));
    assert_eq!(words(&done.stderr), "");
    for page in ["page-01.png", "page-02.png", "page-03.png"] {
        let (width, height, channels, samples) = decode(&folder.path().join(page));
        assert_eq!((width, height, channels), (595, 842, 3));
        assert!(
            samples.iter().any(|sample| *sample != 255),
            "{page} is blank"
        );
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

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

#[test]
fn picture_keeps_its_size_and_its_transparency() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.png");
    let done = run(&[&"render", &sample("sample.png"), &"-o", &out]);
    assert_eq!(code(&done), 0, "{}", words(&done.stderr));
    let (ours, theirs) = (decode(&out), decode(&sample("sample.png")));
    assert_eq!((ours.0, ours.1, ours.2), (theirs.0, theirs.1, 4));
    let (ours, _) = ours.3.as_chunks::<4>();
    let (theirs, _) = theirs.3.as_chunks::<4>();
    for (our, their) in ours.iter().zip(theirs) {
        assert_eq!(our[3], their[3]);
        // Multiplying alpha in and dividing it out again rounds twice.
        let close = (0..3).all(|c| our[c].abs_diff(their[c]) <= 2);
        assert!(close || their[3] == 0, "{our:?} {their:?}");
    }
    let small = run(&[
        &"render",
        &sample("sample.png"),
        &"--size",
        &"100x100",
        &"-o",
        &out,
    ]);
    assert_eq!(code(&small), 0);
    assert_eq!((decode(&out).0, decode(&out).1), (100, 75));
    let large = run(&[
        &"render",
        &sample("sample.png"),
        &"--size",
        &"4000x4000",
        &"-o",
        &out,
    ]);
    assert_eq!(code(&large), 0);
    assert_eq!(
        (decode(&out).0, decode(&out).1),
        (240, 180),
        "pictures are not enlarged"
    );
}

#[test]
fn standard_input_becomes_standard_output() {
    let mut child = Command::new(program("pellucid"))
        .args(["render", "-", "-p", "1", "-o", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let document = fs::read(sample("sample.pdf")).unwrap();
    child.stdin.take().unwrap().write_all(&document).unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!(code(&done), 0);
    assert!(done.stdout.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert!(done.stdout.ends_with(b"IEND\xaeB`\x82"));
}

#[test]
fn large_page_in_many_tiles_joins_without_a_seam() {
    let folder = tempfile::tempdir().unwrap();
    let (large, small) = (
        folder.path().join("large.png"),
        folder.path().join("small.png"),
    );
    // 4958 × 7017 px are 139 MB: three bands of at most 64 MiB.
    for (dpi, out) in [("600", &large), ("150", &small)] {
        let done = run(&[
            &"render",
            &sample("sample.pdf"),
            &"-p",
            &"1",
            &"--dpi",
            &dpi,
            &"-o",
            out,
        ]);
        assert_eq!(code(&done), 0, "{}", words(&done.stderr));
    }
    let (wide, high, _, large) = decode(&large);
    assert_eq!((wide, high), (4958, 7017));
    // No band is missing: each has ink of the page that it is of.
    let row = |y: usize| &large[y * wide as usize * 3..][..wide as usize * 3];
    assert!(row(100).iter().any(|sample| *sample != 255));
    assert!((2600..3400).any(|y| row(y).iter().any(|sample| *sample < 128)));
    assert!((6500..6600).any(|y| row(y).iter().any(|sample| *sample < 200)));
}

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
fn check_proves_the_sandbox() {
    let done = run(&[&"check", &"--json"]);
    assert_eq!(code(&done), 0, "{}", words(&done.stderr));
    let check: Value = serde_json::from_slice(&done.stdout).unwrap();
    let attempts = check["attempts"].as_array().unwrap();
    assert!(attempts.len() >= 25, "{}", attempts.len());
    assert!(attempts.iter().all(|attempt| attempt["stopped"] == true));
    let told = words(&run(&[&"check"]).stdout);
    assert!(told.contains("attempts to escape were stopped"), "{told}");
}

// Exit codes.

#[test]
fn usage_is_1() {
    assert_eq!(code(&run(&[&"render"])), 1);
    assert_eq!(code(&run(&[&"no-such-command", &"--x"])), 1);
    assert_eq!(
        code(&run(&[&"render", &sample("sample.pdf"), &"-p", &"x"])),
        1
    );
    let far = run(&[
        &"render",
        &sample("sample.pdf"),
        &"-p",
        &"4",
        &"-o",
        &"/dev/null",
    ]);
    fails(&far, 1, &["has no page 4, only 3"]);
    let many = run(&[&"render", &sample("sample.pdf"), &"-o", &"one.png"]);
    fails(&many, 1, &["%d"]);
    assert_eq!(code(&run(&[&"--help"])), 0);
    assert_eq!(code(&run(&[&"--version"])), 0);
}

#[test]
fn what_cannot_be_opened_is_2() {
    fails(
        &run(&[&"info", &"/no/such/file"]),
        2,
        &["/no/such/file: cannot be opened"],
    );
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pdf");
    fs::write(&empty, "").unwrap();
    fails(&run(&[&"info", &empty]), 2, &["is empty"]);
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&fifo, &link).unwrap();
    let socket = folder.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    for (path, what) in [
        (folder.path(), "a directory"),
        (&fifo, "a pipe"),
        (&link, "a pipe"),
        (Path::new("/dev/zero"), "a device"),
    ] {
        let start = Instant::now();
        fails(&run(&[&"info", &path]), 2, &[what]);
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "{}",
            path.display()
        );
    }
    assert_eq!(code(&run(&[&"info", &socket])), 2);
}

#[test]
fn unknown_content_is_3() {
    let folder = tempfile::tempdir().unwrap();
    // The name says PDF, the content does not.
    let liar = folder.path().join("liar.pdf");
    fs::write(&liar, b"wvpk\0\0\0\x22 and no more").unwrap();
    fails(&run(&[&"info", &liar]), 3, &["liar.pdf", "WavPack audio"]);
}

#[test]
fn damage_is_4_and_leaves_no_output() {
    let folder = tempfile::tempdir().unwrap();
    let (broken, out) = (
        folder.path().join("broken.pdf"),
        folder.path().join("out.png"),
    );
    fs::write(&broken, b"%PDF-1.7\nnothing else").unwrap();
    fails(&run(&[&"render", &broken, &"-o", &out]), 4, &["is damaged"]);
    let png = folder.path().join("broken.png");
    fs::write(&png, &fs::read(sample("sample.png")).unwrap()[..30]).unwrap();
    fails(&run(&[&"render", &png, &"-o", &out]), 4, &["is damaged"]);
    assert!(!out.exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// Opens a file with a password on descriptor 0.
fn with_password(path: &Path, password: &str) -> Output {
    let mut child = Command::new(program("pellucid"))
        .args(["info", "--json", "--password-fd", "0"])
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(password.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn password_is_5_until_it_is_right() {
    let encrypted = file("encrypted.pdf");
    fails(&run(&[&"info", &encrypted]), 5, &["a password is needed"]);
    fails(
        &with_password(&encrypted, "wrong\n"),
        5,
        &["the password is wrong"],
    );
    let right = with_password(&encrypted, "open sesame\n");
    assert_eq!(code(&right), 0, "{}", words(&right.stderr));
    let info: Value = serde_json::from_slice(&right.stdout).unwrap();
    assert_eq!(info["encrypted"], true);
    assert_eq!(info["page_count"], 3);
    assert_eq!(
        code(&with_password(&encrypted, "open sesame")),
        0,
        "no line end"
    );
    // Opens without one: only changing it needs the owner's.
    assert_eq!(code(&run(&[&"info", &file("owner-only.pdf")])), 0);
}

#[test]
fn owner_and_user_password_are_told_apart() {
    // Revision 6, where only one of them fits each lock, and 4, where the owner's
    // unlocks the user's.
    for path in [file("encrypted.pdf"), file("two-passwords.pdf")] {
        for (password, whose) in [
            ("open sesame", "user password"),
            ("owner", "owner password"),
        ] {
            let opened = with_password(&path, password);
            assert_eq!(code(&opened), 0, "{}", words(&opened.stderr));
            let info: Value = serde_json::from_slice(&opened.stdout).unwrap();
            assert_eq!(info["page_count"], 3);
            let told = info["info"]["encryption"][0].as_str().unwrap();
            assert!(told.contains(whose), "{told}");
            let limits = info["info"]["permissions"][0].as_str().unwrap();
            let none = limits.contains("everything") || limits.contains("does not apply");
            assert_eq!(
                none,
                whose.starts_with("owner") || limits.contains("everything")
            );
        }
        fails(&with_password(&path, "own"), 5, &["the password is wrong"]);
    }
    let limited = with_password(&file("two-passwords.pdf"), "owner");
    let told = words(&limited.stdout);
    assert!(
        told.contains("does not want: printing") && told.contains("does not apply"),
        "{told}"
    );
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
fn limit_is_6_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let bomb = folder.path().join("bomb.png");
    let mut header = fs::read(sample("sample.png")).unwrap();
    header[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
    let checksum = crc32(&header[12..29]);
    header[29..33].copy_from_slice(&checksum.to_be_bytes());
    fs::write(&bomb, &header).unwrap();
    let start = Instant::now();
    fails(&run(&[&"info", &bomb]), 6, &["100000 × 100000", "limit of"]);
    assert!(start.elapsed() < Duration::from_secs(5));
}

/// CRC-32 as PNG has it, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

#[test]
fn output_that_cannot_be_written_is_9() {
    let out = "/no/such/folder/out.png";
    fails(
        &run(&[&"render", &sample("sample.png"), &"-o", &out]),
        9,
        &[out],
    );
    let full = run(&[&"render", &sample("sample.png"), &"-o", &"/dev/full"]);
    fails(&full, 9, &["/dev/full"]);
    assert!(Path::new("/dev/full").exists());
    let folder = tempfile::tempdir().unwrap();
    fails(
        &run(&[&"render", &sample("sample.png"), &"-o", &folder.path()]),
        9,
        &["directory"],
    );
}

// Systems that lack a layer.

#[cfg(target_os = "linux")]
fn restricted(lacks: &str, arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> Output {
    Command::new(program("restricted"))
        .arg(lacks)
        .arg(program("pellucid"))
        .args(arguments.iter().map(|argument| argument.as_ref()))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn weaker_sandbox_opens_and_is_told() {
    let path = sample("sample.pdf");
    for (lacks, missing) in [
        ("userns", vec!["user-namespace", "pid-namespace"]),
        ("landlock", vec!["landlock"]),
        ("userns,landlock", vec!["user-namespace", "landlock"]),
    ] {
        let done = restricted(lacks, &[&"info", &path]);
        let told = words(&done.stderr);
        assert_eq!(code(&done), 0, "{lacks}: {told}");
        assert!(words(&done.stdout).contains("reduced"), "{lacks}");
        for layer in missing {
            assert!(told.contains(layer), "{lacks}: {told}");
        }
        let check = restricted(lacks, &[&"check", &"--json"]);
        assert_eq!(code(&check), 0, "{lacks}: {}", words(&check.stderr));
        let check: Value = serde_json::from_slice(&check.stdout).unwrap();
        assert_eq!(check["posture"], "reduced");
        let attempts = check["attempts"].as_array().unwrap();
        assert!(
            attempts.iter().all(|attempt| attempt["stopped"] == true),
            "{lacks}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_opens_without_seccomp() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.png");
    let path = sample("sample.png");
    assert_eq!(
        code(&restricted("seccomp", &[&"render", &path, &"-o", &out])),
        7
    );
    assert!(!out.exists());
    assert_eq!(code(&restricted("seccomp", &[&"check"])), 7);
}
