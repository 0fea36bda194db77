//! What is done with the words and links of a page.

use crate::{BLUE, GREEN, PATIENCE, RED};
use std::fs;
use std::thread::sleep;
use std::time::Duration;
use tests::eventually;
use tests::screen::{Screen, Viewer, is_installed, readable_pages};

/// A window that shows pages with words on them, the first as wide as it is.
fn readable(screen: &Screen) -> Viewer {
    let path = screen.folder().join("readable.pdf");
    fs::write(&path, readable_pages([RED, GREEN, BLUE])).unwrap();
    let viewer = screen.pellucid(&[&path], &[]);
    assert!(screen.shows(RED), "the first page is not shown");
    viewer
}

#[test]
fn search_leads_to_what_it_finds() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let _viewer = readable(&screen);
    screen.press(&["ctrl+f"]);
    screen.write("NEEDLE");
    screen.press(&["Return"]);
    assert!(screen.shows(GREEN), "the page with the word is not shown");
    screen.press(&["ctrl+a"]);
    screen.write("last");
    screen.press(&["Return"]);
    assert!(screen.shows(BLUE), "another search does not lead on");
}

#[test]
fn link_leads_to_its_page_and_back() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let _viewer = readable(&screen);
    let followed = eventually(PATIENCE, || {
        // The links come a moment after the page.
        screen.click(400, 120, 1, 1);
        screen.count(BLUE) > 10_000
    });
    assert!(followed, "a click on the link does not follow it");
    screen.press(&["alt+Left"]);
    assert!(screen.shows(RED), "there is no way back");
}

#[test]
fn link_is_followed_by_its_label() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let _viewer = readable(&screen);
    // The links come a moment after the page.
    let keys = ["shift+f", "f"];
    let followed = screen.press_until(&keys, || screen.count(BLUE) > 10_000);
    assert!(followed, "the label of the link does not follow it");
}

#[test]
fn words_are_selected_and_copied() {
    let Some(screen) = Screen::start() else {
        return;
    };
    if !is_installed("xclip") {
        eprintln!("skipped: xclip is not installed");
        return;
    }
    let _viewer = readable(&screen);
    screen.press(&["ctrl+a"]);
    // Its words come a moment after the page.
    let copied = screen.press_until(&["ctrl+c"], || {
        let all = screen.clipboard();
        all.contains("Some words to take along") && all.contains("the last page")
    });
    assert!(copied, "the clipboard holds {:?}", screen.clipboard());
}

#[test]
fn double_click_offers_a_word_and_shift_click_more() {
    let Some(screen) = Screen::start() else {
        return;
    };
    if !is_installed("xclip") {
        eprintln!("skipped: xclip is not installed");
        return;
    }
    let _viewer = readable(&screen);
    let offered =
        |words: &str| eventually(PATIENCE, || screen.selection("primary").trim() == words);
    let word = eventually(PATIENCE, || {
        // The words come a moment after the page.
        screen.click(400, 395, 1, 2);
        sleep(Duration::from_millis(600));
        screen.selection("primary").trim() == "words"
    });
    assert!(word, "selected: {:?}", screen.selection("primary"));
    screen.press(&["ctrl+c"]);
    let copied = eventually(PATIENCE, || screen.clipboard() == "words");
    assert!(copied, "copied: {:?}", screen.clipboard());
    screen.shift_click(730, 395);
    assert!(
        offered("words to take"),
        "selected: {:?}",
        screen.selection("primary")
    );
}
