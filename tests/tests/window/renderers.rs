//! The processes behind the window: killed, stopped, resting, gone with it.

use crate::{BLUE, GREEN, PATIENCE, RED, document, opened, signal_all};
use nix::sys::signal::Signal;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tests::eventually;
use tests::screen::Screen;

#[test]
fn killed_renderer_costs_its_pixels_and_reload_brings_them_back() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (viewer, _) = opened(&screen, &[RED]);
    for round in 0..5 {
        signal_all(&viewer.renderers(), Signal::SIGKILL);
        assert!(
            screen.hides(RED),
            "round {round}: what a dead renderer drew is still shown"
        );
        screen.press(&["shift+r"]);
        assert!(
            screen.shows(RED),
            "round {round}: reload does not bring the page back"
        );
    }
}

#[test]
fn killed_launcher_is_started_again() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (viewer, _) = opened(&screen, &[RED]);
    signal_all(&viewer.descendants(), Signal::SIGKILL);
    assert!(screen.hides(RED));
    screen.press(&["shift+r"]);
    assert!(screen.shows(RED));
}

#[test]
fn stopped_renderer_does_not_stop_the_window() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (viewer, _) = opened(&screen, &[RED, GREEN, BLUE]);
    signal_all(&viewer.renderers(), Signal::SIGSTOP);
    let whole = screen.count(RED);
    // Help greys the page.
    screen.press(&["F1"]);
    assert!(
        eventually(PATIENCE, || screen.count(RED) < whole / 2),
        "the window hangs"
    );
    screen.press(&["Escape", "ctrl+q"]);
    let mut viewer = viewer;
    assert!(viewer.ends().unwrap().success());
}

#[test]
fn documents_out_of_sight_for_long_rest_and_come_back() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let colors = [RED, BLUE];
    let documents: Vec<PathBuf> = (0..40)
        .map(|number| {
            let color = colors[number % 2];
            document(&screen, &format!("{number}.pdf"), &[color, GREEN])
        })
        .collect();
    let all: Vec<&Path> = documents.iter().map(PathBuf::as_path).collect();
    let viewer = screen.pellucid(&all, &[]);
    // The last one is shown.
    assert!(screen.shows(BLUE));
    screen.press(&["End"]);
    assert!(screen.shows(GREEN), "its last page");
    for number in 0..all.len() - 1 {
        screen.press(&["ctrl+Page_Down"]);
        assert!(screen.shows(colors[number % 2]), "document {number}");
    }
    // 32 at most, and one that waits for the next document.
    let few = || viewer.renderers().len() <= 33;
    let count = viewer.renderers().len();
    assert!(eventually(PATIENCE, few), "{count} renderers");
    screen.press(&["ctrl+Page_Down"]);
    assert!(screen.shows(GREEN), "it is back at its place");
}

#[test]
fn nothing_is_left_when_the_window_is_closed() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (mut viewer, _) = opened(&screen, &[RED]);
    let started = viewer.descendants();
    assert!(started.len() >= 2, "a launcher and a renderer: {started:?}");
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
    let gone = |pid: &i32| !Path::new(&format!("/proc/{pid}")).exists();
    assert!(
        eventually(PATIENCE, || started.iter().all(gone)),
        "{started:?}"
    );
}

#[test]
fn idle_window_uses_no_cpu() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (viewer, _) = opened(&screen, &[RED]);
    // Once the zoom buttons have gone.
    assert!(viewer.rests(Duration::from_secs(5), 1));
}
