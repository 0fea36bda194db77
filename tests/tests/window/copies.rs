//! Copies that are saved and printed.

use crate::{BLUE, GREEN, RED, opened};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tests::screen::{Screen, readable_pages};
use tests::{desktop, file, program};

#[test]
fn safe_copy_is_saved_and_another_one_printed() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let programs = screen.folder().join("bin");
    fs::create_dir(&programs).unwrap();
    let printed = screen.folder().join("printed.pdf");
    let lp = programs.join("lp");
    // A print command that keeps what it is given.
    fs::write(&lp, format!("#!/bin/sh\ncat > '{}'\n", printed.display())).unwrap();
    fs::set_permissions(&lp, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let document = screen.folder().join("readable.pdf");
    fs::write(&document, readable_pages([RED, GREEN, BLUE])).unwrap();
    let _viewer = screen.pellucid(&[&document], &[("PATH", &path)]);
    assert!(screen.shows(RED));
    let copy = screen.folder().join("readable (safe copy).pdf");
    screen.press(&["ctrl+s"]);
    // Where it is to go is proposed a moment later.
    let saved = screen.press_until(&["Return"], || copy.exists());
    assert!(saved, "no copy is saved");
    let text = |file: &Path| {
        let output = tests::pellucid(&[Path::new("text"), file]);
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(text(&copy).contains("a needle in the hay"));
    screen.press(&["ctrl+p"]);
    let whole = || fs::read(&printed).is_ok_and(|bytes| bytes.ends_with(b"%%EOF\n"));
    let is_printed = screen.press_until(&["Return"], whole);
    assert!(is_printed, "nothing is printed");
    assert_eq!(text(&printed).trim(), "", "words are not for the printer");
    assert!(
        !fs::read(&printed)
            .unwrap()
            .windows(6)
            .any(|part| part == b"needle")
    );
}

#[test]
fn desktop_asks_how_to_print_and_gets_the_copy_alone() {
    let Some(screen) = Screen::start() else {
        return;
    };
    if !desktop::has_session("from gi.repository import Gio") {
        return;
    }
    let document = screen.folder().join("readable.pdf");
    fs::write(&document, readable_pages([RED, GREEN, BLUE])).unwrap();
    let printed = screen.folder().join("printed.pdf");
    let mut viewer = screen
        .command(Path::new("dbus-run-session"))
        .args(["--", "/usr/bin/python3"])
        .arg(file("portal.py"))
        .args([printed.as_os_str(), "0".as_ref()])
        .args([&program("pellucid"), &document])
        .env("XDG_CURRENT_DESKTOP", "test")
        .spawn()
        .unwrap();
    assert!(screen.shows(RED));
    screen.press(&["ctrl+p"]);
    let whole = || fs::read(&printed).is_ok_and(|bytes| bytes.ends_with(b"%%EOF\n"));
    let is_printed = screen.press_until(&["Return"], whole);
    screen.press(&["ctrl+q"]);
    assert!(viewer.wait().unwrap().success());
    assert!(is_printed, "the desktop is not asked");
    let bytes = fs::read(&printed).unwrap();
    assert!(
        bytes.starts_with(b"Pellucid\n%PDF-"),
        "the copy is not its own"
    );
    assert!(!bytes.windows(6).any(|part| part == b"needle"));
}

#[test]
fn copy_that_is_stopped_leaves_nothing() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (mut viewer, _) = opened(&screen, &[RED; 400]);
    screen.press(&["ctrl+s"]);
    let halves = || {
        let entries = fs::read_dir(screen.folder()).unwrap().flatten();
        let names = entries.map(|entry| entry.file_name());
        let is_half = |name: &OsString| name.to_string_lossy().starts_with(".pellucid-");
        names.filter(is_half).count()
    };
    let is_begun = screen.press_until(&["Return"], || halves() == 1);
    assert!(is_begun, "no half of a file while copying");
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
    assert_eq!(halves(), 0, "a half of a file stays");
    let whole = screen.folder().join("document (safe copy).pdf");
    assert!(!whole.exists(), "it was whole before it was stopped");
}
