//! Moving through a document: keys, wheel, page numbers, a presentation.

use crate::{BLUE, GREEN, PATIENCE, RED, opened, whole};
use tests::eventually;
use tests::screen::Screen;

#[test]
fn document_is_shown_and_keys_move_through_it() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (mut viewer, _) = opened(&screen, &[RED, GREEN, BLUE]);
    screen.press(&["End"]);
    assert!(screen.shows(BLUE), "End does not lead to the last page");
    screen.press(&["Home"]);
    assert!(screen.shows(RED), "Home does not lead to the first page");
    screen.press(&["ctrl+l"]);
    screen.write("2");
    screen.press(&["Return"]);
    assert!(
        screen.shows(GREEN) && screen.hides(RED),
        "the page entry does not lead to page 2"
    );
    screen.press(&["alt+Left"]);
    assert!(screen.shows(RED), "there is no way back");
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
}

#[test]
fn wheel_scrolls_and_zooms() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (_viewer, _) = opened(&screen, &[RED, GREEN]);
    let before = whole(&screen, RED);
    screen.press(&["minus", "minus", "minus"]);
    assert!(
        eventually(PATIENCE, || screen.count(RED) < before / 2),
        "zoom out"
    );
    screen.press(&["2"]);
    assert!(screen.hides(GREEN) && screen.shows(RED), "fit width");
    screen.click(400, 500, 5, 12);
    assert!(screen.shows(GREEN), "the wheel does not scroll");
}

#[test]
fn presentation_shows_one_page_a_black_screen_and_the_next_page() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (_viewer, _) = opened(&screen, &[RED, GREEN, BLUE]);
    let header = [0x2e, 0x2e, 0x32];
    let has_header = || screen.count(header) > 20_000;
    assert!(eventually(PATIENCE, has_header));
    screen.press(&["F5"]);
    assert!(eventually(PATIENCE, || !has_header()));
    screen.press(&["space"]);
    assert!(screen.shows(GREEN) && screen.hides(RED));
    screen.press(&["b"]);
    assert!(screen.hides(GREEN), "the screen is not black");
    screen.press(&["b"]);
    assert!(screen.shows(GREEN));
    // One notch, one page.
    screen.click(600, 500, 5, 1);
    assert!(screen.shows(BLUE) && screen.hides(GREEN));
    screen.press(&["Escape"]);
    assert!(eventually(PATIENCE, has_header));
}
