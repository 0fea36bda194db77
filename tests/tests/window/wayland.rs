//! The same window under Wayland.

use crate::{BLUE, GREEN, RED, signal_all};
use nix::sys::signal::Signal;
use std::fs;
use tests::screen::colored_pages;
use tests::wayland::Compositor;

#[test]
fn window_works_under_wayland() {
    for scale in [1, 2] {
        let Some(compositor) = Compositor::start(scale) else {
            return;
        };
        let path = compositor.folder().join("document.pdf");
        fs::write(&path, colored_pages(&[RED, GREEN, BLUE])).unwrap();
        let mut client = compositor.pellucid(&[&path]);
        assert!(compositor.shows(RED), "the first page at scale {scale}");
        compositor.write(&["-k", "End"]);
        assert!(compositor.shows(BLUE), "End leads to the last page");
        compositor.write(&["-k", "Home"]);
        assert!(compositor.shows(RED));
        signal_all(&client.renderers(), Signal::SIGKILL);
        assert!(
            compositor.hides(RED),
            "what a dead renderer drew is still shown"
        );
        compositor.write(&["-M", "shift", "r", "-m", "shift"]);
        assert!(compositor.shows(RED), "reload brings the page back");
        compositor.write(&["-M", "ctrl", "q", "-m", "ctrl"]);
        assert!(client.ends());
    }
}

#[test]
fn file_is_dropped_on_the_window_under_wayland() {
    let Some(compositor) = Compositor::start(1) else {
        return;
    };
    let [shown, dropped] = ["document.pdf", "a file with spaces.pdf"];
    let [shown, dropped] = [shown, dropped].map(|name| compositor.folder().join(name));
    fs::write(&shown, colored_pages(&[RED])).unwrap();
    fs::write(&dropped, colored_pages(&[BLUE])).unwrap();
    let _client = compositor.pellucid(&[&shown]);
    assert!(compositor.shows(RED));
    // The window of the hand that drags has the right half.
    let looked = || assert!(compositor.hides(RED), "it is not said what a drop does");
    let (right, left) = ((750, 500), (250, 500));
    tests::drop::wayland::drop_file(compositor.socket(), &dropped, right, left, looked).unwrap();
    assert!(compositor.shows(BLUE), "the dropped file is not shown");
}
