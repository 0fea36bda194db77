//! What the window remembers from one start to the next, and how its keys
//! are configured.

use crate::{BLUE, GREEN, PATIENCE, RED, document, opened, signal_all, whole};
use nix::sys::signal::Signal;
use std::fs;
use std::io::Read;
use std::process::Stdio;
use tests::screen::Screen;
use tests::{eventually, program};

#[test]
fn marked_place_is_found_again() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (mut viewer, path) = opened(&screen, &[RED, GREEN, BLUE]);
    screen.press(&["End"]);
    assert!(screen.shows(BLUE));
    screen.press(&["m", "a", "Home"]);
    assert!(screen.shows(RED) && screen.hides(BLUE));
    screen.press(&["apostrophe", "a"]);
    assert!(screen.shows(BLUE), "the mark does not lead back");
    screen.press(&["Home", "ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
    let _viewer = screen.pellucid(&[&path], &[]);
    assert!(screen.shows(RED));
    screen.press(&["apostrophe", "a"]);
    assert!(screen.shows(BLUE), "the mark is not remembered");
}

#[test]
fn dark_pages_come_and_go_without_the_renderer_and_are_remembered() {
    let Some(screen) = Screen::start() else {
        return;
    };
    // The same hue, as light as the other is dark.
    let turned = [225, 55, 65];
    let (mut viewer, path) = opened(&screen, &[RED]);
    signal_all(&viewer.renderers(), Signal::SIGSTOP);
    screen.press(&["ctrl+i"]);
    assert!(screen.shows(turned) && screen.hides(RED));
    screen.press(&["ctrl+i"]);
    assert!(screen.shows(RED) && screen.hides(turned));
    screen.press(&["ctrl+i"]);
    assert!(screen.shows(turned));
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
    let _viewer = screen.pellucid(&[&path], &[]);
    assert!(screen.shows(turned), "the tone is not remembered");
}

#[test]
fn document_is_looked_at_the_next_time_as_it_was() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (mut viewer, path) = opened(&screen, &[RED, GREEN, BLUE]);
    let wide = whole(&screen, RED);
    screen.press(&["End", "0"]);
    assert!(screen.shows(BLUE));
    let fitted = whole(&screen, BLUE);
    assert!(
        fitted < wide,
        "a page that fits is smaller: {fitted} of {wide}"
    );
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
    let _viewer = screen.pellucid(&[&path], &[]);
    assert!(
        screen.shows(BLUE) && screen.hides(RED),
        "the place is remembered"
    );
    let same = eventually(PATIENCE, || {
        screen.count(BLUE).abs_diff(fitted) < fitted / 20
    });
    assert!(
        same,
        "the zoom is remembered: {} for {fitted}",
        screen.count(BLUE)
    );
}

#[test]
fn broken_keys_are_told_and_the_window_opens_all_the_same() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let config = screen.folder().join(".config/pellucid");
    fs::create_dir_all(&config).unwrap();
    fs::write(
        config.join("keys.toml"),
        "preset = \"vi\"\n[keys]\nfly = [\"f\"]\n",
    )
    .unwrap();
    let path = document(&screen, "document.pdf", &[RED]);
    let mut command = screen.command(&program("pellucid"));
    let mut viewer = command.arg(&path).stderr(Stdio::piped()).spawn().unwrap();
    assert!(screen.shows(RED));
    screen.press(&["ctrl+q"]);
    assert!(viewer.wait().unwrap().success());
    let mut said = String::new();
    viewer
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert!(said.contains("line 3") && said.contains("fly"), "{said}");
}
