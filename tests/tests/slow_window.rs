//! The window beside a file system that does not answer: what is on others is opened,
//! moved through, reloaded and closed.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tests::eventually;
use tests::fuse::{Call, Mounted, Reading};
use tests::screen::{Color, Screen, Viewer, colored_pages};

/// Long enough for every machine.
const PATIENCE: Duration = Duration::from_secs(20);

const RED: Color = [200, 30, 40];
const GREEN: Color = [20, 160, 60];
const BLUE: Color = [30, 60, 210];
const VIOLET: Color = [150, 40, 170];

/// A file whose page is violet; `None`, which is said, where this user may mount nothing.
fn mounted(reading: Reading) -> Option<Mounted> {
    let bytes = colored_pages(&[VIOLET]);
    let size = bytes.len() as u64;
    Mounted::new(bytes, size, reading)
        .inspect_err(|error| eprintln!("skipped: FUSE is not to be had here: {error}"))
        .ok()
}

fn other(screen: &Screen) -> PathBuf {
    let path = screen.folder().join("other.pdf");
    fs::write(&path, colored_pages(&[RED, GREEN])).unwrap();
    path
}

/// A second start, which hands its file to the window.
fn hand_over(screen: &Screen, file: &Path) {
    let socket = screen.folder().join("pellucid-window");
    assert!(eventually(PATIENCE, || socket.exists()), "nobody listens");
    let mut second = screen.pellucid(&[file], &[]);
    assert!(second.ends().unwrap().success(), "it is not handed over");
}

/// Opens another file, moves through it, has it reloaded, and closes it.
fn use_other(screen: &Screen, when: &str) {
    let other = other(screen);
    hand_over(screen, &other);
    assert!(screen.shows(RED), "{when}: another file is not opened");
    screen.press(&["End"]);
    assert!(screen.shows(GREEN), "{when}: it does not move");
    screen.press(&["Home"]);
    assert!(screen.shows(RED), "{when}: it does not move back");
    fs::write(&other, colored_pages(&[BLUE])).unwrap();
    assert!(screen.shows(BLUE), "{when}: it is not reloaded");
    screen.press(&["ctrl+w"]);
    assert!(screen.hides(BLUE), "{when}: it is not closed");
}

/// Closes the tab that waits, and the window after it.
fn leave(screen: &Screen, mut viewer: Viewer, mounted: &Mounted, when: &str) {
    let others = other(screen);
    hand_over(screen, &others);
    assert!(screen.shows(RED), "{when}: another file is not opened");
    screen.press(&["alt+1"]);
    assert!(screen.hides(RED), "{when}: the tab that waits is not shown");
    screen.press(&["ctrl+w"]);
    assert!(
        screen.shows(RED),
        "{when}: the tab that waits is not closed"
    );
    // That of the other one, and the one that waits for the next.
    let gone = eventually(PATIENCE, || viewer.renderers().len() <= 2);
    assert!(gone, "{when}: {:?}", viewer.renderers());
    screen.press(&["ctrl+q"]);
    assert!(screen.hides(RED), "{when}: the window does not go");
    mounted.answer();
    assert!(viewer.ends().unwrap().success(), "{when}");
}

#[test]
fn window_lives_while_a_file_system_answers_nothing() {
    let Some(screen) = Screen::start() else {
        return;
    };
    for call in [Call::Name, Call::Attributes, Call::Open, Call::Read] {
        let Some(mounted) = mounted(Reading::Held(call)) else {
            return;
        };
        let when = format!("{call:?} is not answered");
        let viewer = screen.pellucid(&[&mounted.file()], &[]);
        assert!(eventually(PATIENCE, || mounted.waiting() > 0), "{when}");
        use_other(&screen, &when);
        assert!(mounted.waiting() > 0, "{when}: it is answered");
        leave(&screen, viewer, &mounted, &when);
    }
}

#[test]
fn window_lives_while_a_folder_is_not_listed() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let Some(mounted) = mounted(Reading::Held(Call::List)) else {
        return;
    };
    let when = "the folder is not listed";
    let viewer = screen.pellucid(&[mounted.folder()], &[]);
    assert!(eventually(PATIENCE, || mounted.waiting() > 0), "{when}");
    use_other(&screen, when);
    assert!(mounted.waiting() > 0, "{when}: it is answered");
    leave(&screen, viewer, &mounted, when);
}

#[test]
fn window_lives_when_a_file_system_goes_away_under_a_document() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let Some(mounted) = mounted(Reading::Answered) else {
        return;
    };
    let viewer = screen.pellucid(&[&mounted.file()], &[]);
    assert!(screen.shows(VIOLET), "it is not shown");
    mounted.fall_silent();
    let when = "it went away";
    use_other(&screen, when);
    assert!(screen.shows(VIOLET), "what is shown of it is not lost");
    // Where a copy of it may go is asked, and it is opened once more.
    screen.press(&["ctrl+s"]);
    assert!(eventually(PATIENCE, || mounted.waiting() > 0), "{when}");
    screen.press(&["Escape", "shift+r"]);
    use_other(&screen, when);
    leave(&screen, viewer, &mounted, when);
}

#[test]
fn file_that_answers_late_is_shown() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let Some(mounted) = mounted(Reading::Held(Call::Name)) else {
        return;
    };
    let mut viewer = screen.pellucid(&[&mounted.file()], &[]);
    assert!(eventually(PATIENCE, || mounted.waiting() > 0));
    use_other(&screen, "it waits");
    mounted.answer();
    assert!(screen.shows(VIOLET), "it is not shown when it answers");
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
}
