//! How documents come into the window: tabs, a second start, a drop, standard
//! input, a file that is written anew, a password.

use crate::{BLUE, GREEN, PATIENCE, RED, document, opened};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use tests::screen::{Color, Screen, colored_pages};
use tests::{eventually, file, program};

#[test]
fn tabs_have_documents_of_their_own() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let one = document(&screen, "one.pdf", &[RED]);
    let two = document(&screen, "two.pdf", &[BLUE]);
    let mut viewer = screen.pellucid(&[&one, &two], &[]);
    assert!(screen.shows(BLUE), "the last file is shown");
    screen.press(&["ctrl+Tab"]);
    assert!(screen.shows(RED) && screen.hides(BLUE));
    screen.press(&["ctrl+w"]);
    assert!(screen.shows(BLUE), "closing a tab shows its neighbour");
    screen.press(&["ctrl+shift+t"]);
    assert!(screen.shows(RED), "a closed tab can be had again");
    screen.press(&["ctrl+w", "ctrl+w"]);
    assert!(
        viewer.ends().unwrap().success(),
        "closing the last tab closes the window"
    );
}

#[test]
fn second_start_hands_its_file_to_the_window() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (_viewer, _) = opened(&screen, &[RED]);
    let other = document(&screen, "other.pdf", &[BLUE]);
    let second = screen
        .command(&program("pellucid"))
        .arg(&other)
        .status()
        .unwrap();
    assert!(second.success());
    assert!(screen.shows(BLUE));
    let mut alone = screen.pellucid(&[Path::new("--new-instance"), &other], &[]);
    let has_its_own = eventually(PATIENCE, || !alone.renderers().is_empty());
    assert!(has_its_own, "a new instance has renderers of its own");
    screen.press(&["ctrl+q"]);
    let _ = alone.ends();
}

#[test]
fn standard_input_is_shown_and_handed_over() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let give = |color: Color| {
        let mut command = screen.command(&program("pellucid"));
        let mut child = command.arg("-").stdin(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(&colored_pages(&[color])).unwrap();
        child
    };
    let mut first = give(RED);
    assert!(screen.shows(RED), "a document from standard input");
    let mut second = give(BLUE);
    assert!(screen.shows(BLUE), "one that a second start hands over");
    assert!(
        second.wait().unwrap().success(),
        "the second start has ended"
    );
    screen.press(&["shift+r"]);
    assert!(screen.shows(BLUE), "it can be reloaded");
    screen.press(&["ctrl+q"]);
    assert!(first.wait().unwrap().success());
}

#[test]
fn file_that_is_dropped_on_the_window_is_opened() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (_viewer, _) = opened(&screen, &[RED]);
    let other = document(&screen, "a file with spaces.pdf", &[BLUE]);
    tests::drop::x11::drop_file(screen.display(), &other, (300, 300)).unwrap();
    assert!(screen.shows(BLUE) && screen.hides(RED));
}

#[test]
fn file_that_is_replaced_is_shown_anew() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (_viewer, path) = opened(&screen, &[RED]);
    let new = document(&screen, "new", &[GREEN]);
    fs::rename(new, &path).unwrap();
    assert!(
        screen.shows(GREEN) && screen.hides(RED),
        "a file replaced by rename"
    );
    fs::write(&path, colored_pages(&[BLUE])).unwrap();
    assert!(screen.shows(BLUE), "a file that is written again");
}

#[test]
fn password_is_typed_in_place_of_the_page() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let locked = file("encrypted.pdf");
    let _viewer = screen.pellucid(&[&locked], &[]);
    // The button under the field, in the dark and in the light.
    let asks = || {
        let button: [Color; 2] = [[0x26, 0x62, 0xb0], [0x1c, 0x66, 0xc4]];
        button.iter().any(|color| screen.count(*color) > 2_000)
    };
    // The page is white; the window is not.
    let white = [255, 255, 255];
    assert!(eventually(PATIENCE, asks), "no password is asked for");
    // Gives the window the keyboard.
    screen.press(&["Shift_L"]);
    assert!(screen.hides(white), "nothing of a locked document is shown");
    screen.write("wrong");
    screen.press(&["Return"]);
    // What is told of a wrong one, in the dark and in the light.
    let is_told = || {
        let words: [Color; 2] = [[0xff, 0x7b, 0x72], [0xc0, 0x1c, 0x28]];
        words.iter().any(|color| screen.count(*color) > 20)
    };
    assert!(
        eventually(PATIENCE, is_told),
        "a wrong password is not told"
    );
    assert!(
        asks() && screen.hides(white),
        "a wrong password opens nothing"
    );
    screen.write("open sesame");
    screen.press(&["Return"]);
    assert!(screen.shows(white), "the right password does not open it");
}
