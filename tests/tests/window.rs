//! The window as a user has it: the real programs under Xvfb, keys from xdotool,
//! and what is on the screen.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;
use tests::desktop;
use tests::screen::{Color, Screen, Viewer, colored_pages, is_installed, readable_pages};
use tests::wayland::Compositor;
use tests::{eventually, file, program};

const RED: Color = [200, 30, 40];
const GREEN: Color = [20, 160, 60];
const BLUE: Color = [30, 60, 210];

/// A document of these pages, in the screen's folder.
fn document(screen: &Screen, name: &str, pages: &[Color]) -> PathBuf {
    let path = screen.folder().join(name);
    fs::write(&path, colored_pages(pages)).unwrap();
    path
}

/// A window that shows a document whose first page has a colour.
fn opened(screen: &Screen, pages: &[Color]) -> (Viewer, PathBuf) {
    let path = document(screen, "document.pdf", pages);
    let viewer = screen.pellucid(&[&path], &[]);
    assert!(screen.shows(pages[0]), "the first page is not shown");
    (viewer, path)
}

fn signal_all(pids: &[i32], signal: Signal) {
    assert!(!pids.is_empty(), "there is no renderer to signal");
    for pid in pids {
        // One that has just ended needs no signal.
        let _ = kill(Pid::from_raw(*pid), signal);
    }
}

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
    let before = screen.count(RED);
    screen.press(&["minus", "minus", "minus"]);
    assert!(
        eventually(Duration::from_secs(10), || screen.count(RED) < before / 2),
        "zoom out"
    );
    screen.press(&["2"]);
    assert!(screen.hides(GREEN) && screen.shows(RED), "fit width");
    screen.click(400, 500, 5, 12);
    assert!(screen.shows(GREEN), "the wheel does not scroll");
}

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
    let followed = eventually(Duration::from_secs(10), || {
        // The links come a moment after the page.
        screen.click(400, 120, 1, 1);
        screen.count(BLUE) > 10_000
    });
    assert!(followed, "a click on the link does not follow it");
    screen.press(&["alt+Left"]);
    assert!(screen.shows(RED), "there is no way back");
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
    sleep(Duration::from_secs(1));
    screen.press(&["ctrl+c"]);
    let copied = eventually(Duration::from_secs(10), || {
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
    let offered = |words: &str| {
        eventually(Duration::from_secs(10), || {
            screen.selection("primary").trim() == words
        })
    };
    let word = eventually(Duration::from_secs(20), || {
        // The words come a moment after the page.
        screen.click(400, 395, 1, 2);
        sleep(Duration::from_millis(600));
        screen.selection("primary").trim() == "words"
    });
    assert!(word, "selected: {:?}", screen.selection("primary"));
    screen.press(&["ctrl+c"]);
    let copied = eventually(Duration::from_secs(10), || screen.clipboard() == "words");
    assert!(copied, "copied: {:?}", screen.clipboard());
    screen.shift_click(730, 395);
    assert!(
        offered("words to take"),
        "selected: {:?}",
        screen.selection("primary")
    );
}

#[test]
fn link_is_followed_by_its_label() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let _viewer = readable(&screen);
    let followed = eventually(Duration::from_secs(20), || {
        // The links come a moment after the page.
        screen.press(&["shift+f", "f"]);
        sleep(Duration::from_millis(500));
        screen.count(BLUE) > 10_000
    });
    assert!(followed, "the label of the link does not follow it");
}

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
    sleep(Duration::from_millis(500));
    screen.press(&["Return"]);
    let text = |file: &Path| {
        let output = tests::pellucid(&[Path::new("text"), file]);
        String::from_utf8(output.stdout).unwrap()
    };
    let saved = eventually(Duration::from_secs(30), || copy.exists());
    assert!(saved, "no copy is saved");
    assert!(text(&copy).contains("a needle in the hay"));
    screen.press(&["ctrl+p"]);
    sleep(Duration::from_millis(800));
    screen.press(&["Return"]);
    let whole = || fs::read(&printed).is_ok_and(|bytes| bytes.ends_with(b"%%EOF\n"));
    assert!(
        eventually(Duration::from_secs(30), whole),
        "nothing is printed"
    );
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
    sleep(Duration::from_millis(800));
    screen.press(&["Return"]);
    let whole = || fs::read(&printed).is_ok_and(|bytes| bytes.ends_with(b"%%EOF\n"));
    let is_printed = eventually(Duration::from_secs(30), whole);
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
    sleep(Duration::from_millis(500));
    screen.press(&["Return"]);
    sleep(Duration::from_millis(300));
    let begun = fs::read_dir(screen.folder()).unwrap().flatten();
    let is_half = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(".pellucid-");
    let begun = begun.filter(|entry| is_half(&entry.file_name())).count();
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
    let left = fs::read_dir(screen.folder()).unwrap().flatten();
    let left = left.filter(|entry| is_half(&entry.file_name())).count();
    assert_eq!((begun, left), (1, 0), "half files while copying, and after");
}

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
        eventually(Duration::from_secs(5), || screen.count(RED) < whole / 2),
        "the window hangs"
    );
    screen.press(&["Escape", "ctrl+q"]);
    let mut viewer = viewer;
    assert!(viewer.ends().unwrap().success());
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
    sleep(Duration::from_millis(500));
    assert!(
        !alone.renderers().is_empty(),
        "a new instance has renderers of its own"
    );
    screen.press(&["ctrl+q"]);
    let _ = alone.ends();
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
        eventually(Duration::from_secs(10), || started.iter().all(gone)),
        "{started:?}"
    );
}

#[test]
fn idle_window_uses_no_cpu() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (viewer, _) = opened(&screen, &[RED]);
    // The zoom buttons go after three seconds.
    sleep(Duration::from_secs(5));
    let before = viewer.ticks();
    sleep(Duration::from_secs(5));
    assert!(
        viewer.ticks() - before <= 1,
        "{} ticks in 5 s",
        viewer.ticks() - before
    );
}

#[test]
fn password_is_typed_in_place_of_the_page() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let locked = file("encrypted.pdf");
    let _viewer = screen.pellucid(&[&locked], &[]);
    // The page is white; the window is not.
    let white = [255, 255, 255];
    screen.press(&["Shift_L"]);
    assert!(screen.hides(white), "nothing of a locked document is shown");
    screen.write("wrong");
    screen.press(&["Return"]);
    sleep(Duration::from_secs(1));
    assert!(screen.hides(white), "a wrong password opens nothing");
    screen.write("open sesame");
    screen.press(&["Return"]);
    assert!(screen.shows(white), "the right password does not open it");
}

#[test]
fn checkerboard_of_single_pixels_stays_one_at_every_scale() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let path = screen.folder().join("checks.png");
    checkerboard(&path, 200);
    for scale in ["1", "1.25", "1.5", "1.75", "2"] {
        let arguments = [Path::new("--new-instance"), path.as_path()];
        let mut viewer = screen.pellucid(&arguments, &[("WINIT_X11_SCALE_FACTOR", scale)]);
        let crisp = || largest_checkerboard(&screen.pixels(), Screen::width());
        let found = eventually(Duration::from_secs(20), || crisp() >= 200);
        assert!(
            found,
            "at scale {scale} only {} rows are as they were",
            crisp()
        );
        screen.press(&["ctrl+q"]);
        let _ = viewer.ends();
    }
}

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
    let managed = eventually(Duration::from_secs(10), || screen.is_managed());
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
    assert!(
        eventually(Duration::from_secs(10), few),
        "{count} renderers"
    );
    screen.press(&["ctrl+Page_Down"]);
    assert!(screen.shows(GREEN), "it is back at its place");
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

#[test]
fn document_is_looked_at_the_next_time_as_it_was() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (mut viewer, path) = opened(&screen, &[RED, GREEN, BLUE]);
    let wide = screen.count(RED);
    screen.press(&["End", "0"]);
    assert!(screen.shows(BLUE));
    let fitted = screen.count(BLUE);
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
    let same = eventually(Duration::from_secs(10), || {
        screen.count(BLUE).abs_diff(fitted) < fitted / 20
    });
    assert!(
        same,
        "the zoom is remembered: {} for {fitted}",
        screen.count(BLUE)
    );
}

#[test]
fn presentation_shows_one_page_a_black_screen_and_the_next_page() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let (_viewer, _) = opened(&screen, &[RED, GREEN, BLUE]);
    let header = [0x2e, 0x2e, 0x32];
    let has_header = || screen.count(header) > 20_000;
    assert!(eventually(Duration::from_secs(10), has_header));
    screen.press(&["F5"]);
    assert!(eventually(Duration::from_secs(10), || !has_header()));
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
    assert!(eventually(Duration::from_secs(10), has_header));
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
fn attachment_is_saved_and_layers_are_switched_in_their_panels() {
    let Some(screen) = Screen::start() else {
        return;
    };
    if !desktop::has_session("import pyatspi") {
        return;
    }
    let content = "/OC /A BDC 0.784 0.118 0.157 rg 0 0 300 600 re f EMC \
                   /OC /B BDC 0.118 0.824 0.824 rg 300 0 300 600 re f EMC";
    let stream = |dictionary: &str, content: &str| {
        let length = content.len();
        format!("<< /Length {length} {dictionary} >>\nstream\n{content}\nendstream")
    };
    let made = tests::pdf::assemble(&[
        "<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) 5 0 R] >> >> \
         /OCProperties << /OCGs [7 0 R 8 0 R] /D << /Order [7 0 R 8 0 R] /OFF [8 0 R] >> >> >>"
            .to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 600] /Contents 4 0 R \
         /Resources << /Properties << /A 7 0 R /B 8 0 R >> >> >>"
            .to_owned(),
        stream("", content),
        "<< /Type /Filespec /F (data.csv) /EF << /F 6 0 R >> >>".to_owned(),
        stream("/Subtype /text#2Fcsv /Params << /Size 5 >>", "1,2,3"),
        "<< /Type /OCG /Name (left) >>".to_owned(),
        "<< /Type /OCG /Name (right) >>".to_owned(),
    ]);
    let path = screen.folder().join("carrying.pdf");
    fs::write(&path, made).unwrap();
    let mut viewer = screen
        .command(Path::new("dbus-run-session"))
        .args(["--", "/usr/bin/python3"])
        .args([&file("panels.py"), &program("pellucid"), &path])
        .spawn()
        .unwrap();
    let cyan: Color = [30, 210, 210];
    let shown = screen.shows(RED) && screen.count(cyan) == 0;
    let saved = screen.folder().join("data.csv");
    let is_saved = eventually(Duration::from_secs(60), || {
        fs::read(&saved).is_ok_and(|bytes| bytes == b"1,2,3")
    });
    let switched = screen.shows(cyan) && screen.hides(RED);
    screen.press(&["ctrl+q"]);
    assert!(viewer.wait().unwrap().success());
    assert!(shown, "the document is not shown as it says");
    assert!(is_saved, "the attachment is not saved");
    assert!(switched, "the layers are not switched");
}

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

/// Black and white pixels by turns.
fn checkerboard(path: &Path, side: u32) {
    let mut encoder = png::Encoder::new(fs::File::create(path).unwrap(), side, side);
    encoder.set_color(png::ColorType::Grayscale);
    let pixels: Vec<u8> = (0..side * side)
        .map(|i| {
            if (i % side + i / side).is_multiple_of(2) {
                0
            } else {
                255
            }
        })
        .collect();
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&pixels)
        .unwrap();
}

/// Rows under each other that have 200 black and white pixels by turns, each
/// row the other way round than the one above.
fn largest_checkerboard(pixels: &[Color], width: usize) -> usize {
    let (mut best, mut rows, mut last) = (0, 0, None);
    for row in pixels.chunks_exact(width) {
        let start = (0..width - 200).find(|&x| {
            let by_turns = |i: usize| {
                let (one, next) = (row[x + i], row[x + i + 1]);
                (one == [0; 3] && next == [255; 3]) || (one == [255; 3] && next == [0; 3])
            };
            (0..199).all(by_turns)
        });
        rows = match (start, last) {
            (Some(x), Some((before, color))) if x == before && row[x] != color => rows + 1,
            (Some(_), _) => 1,
            (None, _) => 0,
        };
        last = start.map(|x| (x, row[x]));
        best = best.max(rows);
    }
    best
}
