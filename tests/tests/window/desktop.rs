//! The desktop around the window: its manager, its screen reader, its displays.

use crate::{BLUE, GREEN, PATIENCE, RED, document, opened};
use std::path::Path;
use std::process::Command;
use tests::screen::{Screen, is_installed};
use tests::{desktop, eventually, file, program};

#[test]
fn window_works_under_a_window_manager() {
    let Some(screen) = Screen::start() else {
        return;
    };
    if !is_installed("openbox") {
        eprintln!("skipped: openbox is not installed");
        return;
    }
    let mut manager = screen.command(Path::new("openbox")).spawn().unwrap();
    // A window that is mapped while a manager starts is lost to both.
    let managed = eventually(PATIENCE, || screen.is_managed());
    assert!(managed, "openbox does not start");
    let (mut viewer, _) = opened(&screen, &[RED, GREEN]);
    screen.press(&["End"]);
    assert!(screen.shows(GREEN));
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
    manager.kill().unwrap();
    manager.wait().unwrap();
}

#[test]
fn screen_reader_sees_the_window_and_presses_its_buttons() {
    let Some(screen) = Screen::start() else {
        return;
    };
    if !desktop::has_session("import pyatspi") {
        return;
    }
    let path = document(&screen, "document.pdf", &[RED, GREEN, BLUE]);
    let output = screen
        .command(Path::new("dbus-run-session"))
        .args(["--", "/usr/bin/python3"])
        .args([&file("reader.py"), &program("pellucid"), &path])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn dead_wayland_display_leads_to_the_other_one() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let path = document(&screen, "document.pdf", &[RED]);
    let _viewer = screen.pellucid(&[&path], &[("WAYLAND_DISPLAY", "wayland-nobody")]);
    assert!(screen.shows(RED));
}

#[test]
fn no_display_is_said_and_is_no_panic() {
    let output = Command::new(program("pellucid"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(9));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("display") && !said.contains("panic"),
        "{said}"
    );
}
