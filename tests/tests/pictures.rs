//! Pictures in the window: the real programs under Xvfb, and what is on the screen.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use tests::pictures::{moving, solid};
use tests::screen::{Color, Screen, is_installed};
use tests::{eventually, settled};

const RED: Color = [200, 30, 40];
const GREEN: Color = [20, 160, 60];
const BLUE: Color = [30, 60, 210];

/// Longest wait for what is to stay as it is.
const PATIENCE: Duration = Duration::from_secs(30);

/// Most renderers of a window that shows pictures: the one that is shown, those
/// before and after, two that end, and the spare one; and as many that are killed, as
/// a busy machine takes its time with them.
const MOST_RENDERERS: usize = 12;

/// A folder of pictures whose names are in another order as letters than as numbers.
fn folder(screen: &Screen) -> PathBuf {
    let folder = screen.folder().join("pictures");
    fs::create_dir(&folder).unwrap();
    for (name, color) in [
        ("img2.ppm", RED),
        ("img10.ppm", GREEN),
        ("img100.ppm", BLUE),
    ] {
        fs::write(folder.join(name), solid(color, 400, 300)).unwrap();
    }
    fs::write(folder.join("notes.txt"), "no picture").unwrap();
    folder
}

/// Whether a large part of the screen has this colour.
fn is_shown(screen: &Screen, color: Color) -> bool {
    screen.count(color) > 20_000
}

#[test]
fn pictures_of_a_folder_are_looked_through_in_their_order() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let folder = folder(&screen);
    let _viewer = screen.pellucid(&[&folder.join("img2.ppm")], &[]);
    assert!(screen.shows(RED));
    // The folder is listed a moment after the picture is shown.
    let leads_on = screen.press_until(&["Right"], || is_shown(&screen, GREEN));
    assert!(leads_on && screen.hides(RED), "img10 follows img2");
    screen.press(&["n"]);
    assert!(screen.shows(BLUE), "img100 is the last");
    screen.press(&["Next"]);
    assert!(screen.shows(RED), "and the first one again");
    screen.press(&["End"]);
    assert!(screen.shows(BLUE));
    screen.press(&["Left"]);
    assert!(screen.shows(GREEN));
    screen.press(&["Home"]);
    assert!(screen.shows(RED));
}

#[test]
fn folder_and_several_pictures_are_one_set() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let folder = folder(&screen);
    let [one, two] = ["img100.ppm", "img2.ppm"].map(|name| folder.join(name));
    let mut viewer = screen.pellucid(&[&one, &two], &[]);
    assert!(screen.shows(BLUE), "the first that was named");
    assert!(screen.press_until(&["n"], || is_shown(&screen, RED)));
    screen.press(&["n"]);
    assert!(screen.shows(BLUE), "what was not named is not looked at");
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
    let _viewer = screen.pellucid(&[&folder], &[]);
    assert!(screen.shows(RED), "the first of the folder");
    assert!(screen.press_until(&["n"], || is_shown(&screen, GREEN)));
}

#[test]
fn picture_that_has_gone_is_passed_over_and_one_that_came_is_found() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let folder = folder(&screen);
    let _viewer = screen.pellucid(&[&folder.join("img2.ppm")], &[]);
    assert!(screen.shows(RED));
    // It knows what is in the folder, and has opened what stands beside it.
    assert!(screen.press_until(&["Right"], || is_shown(&screen, GREEN)));
    screen.press(&["Left"]);
    assert!(screen.shows(RED));
    fs::remove_file(folder.join("img100.ppm")).unwrap();
    screen.press(&["Left"]);
    assert!(screen.shows(GREEN), "the one before the one that is gone");
    let yellow = [230, 220, 40];
    fs::write(folder.join("img11.ppm"), solid(yellow, 400, 300)).unwrap();
    screen.press(&["Left"]);
    assert!(screen.shows(RED));
    let is_found = screen.press_until(&["End"], || is_shown(&screen, yellow));
    assert!(is_found, "the new one is the last");
}

#[test]
fn who_leafs_fast_leaves_no_renderers_behind() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let folder = screen.folder().join("many");
    fs::create_dir(&folder).unwrap();
    for number in 0..60 {
        let path = folder.join(format!("{number}.ppm"));
        let color = if number == 1 { GREEN } else { RED };
        fs::write(path, solid(color, 300, 200)).unwrap();
    }
    fs::write(folder.join("99.ppm"), solid(BLUE, 300, 200)).unwrap();
    let viewer = screen.pellucid(&[&folder.join("0.ppm")], &[]);
    assert!(screen.shows(RED));
    // It knows what is in the folder.
    assert!(screen.press_until(&["n"], || is_shown(&screen, GREEN)));
    let mut most = 0;
    for count in [9, 10, 10, 10, 10, 10] {
        screen.press(&["n"; 10][..count]);
        most = most.max(viewer.renderers().len());
    }
    assert!(screen.shows(BLUE), "sixty pictures further on");
    assert!((1..=MOST_RENDERERS).contains(&most), "{most} renderers");
    // The one that is shown, the one before, and a spare one.
    let is_calm = eventually(PATIENCE, || viewer.renderers().len() == 3);
    assert!(is_calm, "{} renderers stay", viewer.renderers().len());
}

#[test]
fn animation_plays_and_costs_nothing_when_paused() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let path = screen.folder().join("moving.gif");
    let frames = [(RED, 20), (GREEN, 20), (BLUE, 20)];
    fs::write(&path, moving(&frames, 400, 300)).unwrap();
    let viewer = screen.pellucid(&[&path], &[]);
    for color in [GREEN, BLUE, RED, GREEN] {
        assert!(screen.shows(color), "{color:?} does not come");
    }
    screen.press(&["space"]);
    let shown = || [RED, GREEN, BLUE].map(|color| is_shown(&screen, color));
    let stands = settled(PATIENCE, Duration::from_secs(2), shown);
    let stands = stands.expect("it moves on");
    assert_eq!(stands.iter().filter(|is| **is).count(), 1, "{stands:?}");
    // Once its buttons have gone, and what was drawn ahead is there.
    let rests = viewer.rests(Duration::from_secs(2), 2);
    assert!(rests, "a picture that stands still costs CPU time");
    let shown = shown();
    assert_eq!(shown, stands, "it moves on");
    let at = shown.iter().position(|shown| *shown).unwrap();
    screen.press(&["period"]);
    assert!(screen.shows([RED, GREEN, BLUE][(at + 1) % 3]), "a step");
}

#[test]
fn picture_goes_to_the_trash_and_comes_back() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let folder = folder(&screen);
    let path = folder.join("img2.ppm");
    let _viewer = screen.pellucid(&[&path], &[]);
    assert!(screen.shows(RED));
    let goes = screen.press_until(&["Delete"], || !path.exists());
    assert!(goes, "it stays where it is");
    assert!(screen.shows(GREEN) && screen.hides(RED), "the next one");
    let trash = screen.folder().join(".local/share/Trash");
    assert!(trash.join("files/img2.ppm").is_file());
    let told = fs::read_to_string(trash.join("info/img2.ppm.trashinfo")).unwrap();
    assert!(told.contains("pictures/img2.ppm"), "{told}");
    screen.press(&["ctrl+z"]);
    assert!(screen.shows(RED), "it is shown again");
    assert!(path.is_file() && !trash.join("files/img2.ppm").exists());
}

#[test]
fn picture_is_copied_as_a_png_of_ours() {
    let Some(screen) = Screen::start() else {
        return;
    };
    if !is_installed("xclip") {
        eprintln!("skipped: xclip is not installed");
        return;
    }
    let path = screen.folder().join("noise.ppm");
    let (width, height) = (320, 200);
    let mut state = 7_u32;
    let mut noise = Vec::new();
    for _ in 0..width * height * 3 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        noise.push(state.to_be_bytes()[0]);
    }
    let header = format!("P6 {width} {height} 255\n").into_bytes();
    fs::write(&path, [header, noise.clone()].concat()).unwrap();
    let _viewer = screen.pellucid(&[&path], &[]);
    let mut samples = Vec::new();
    // It is shown a moment after the window is there.
    let copied = screen.press_until(&["ctrl+c"], || {
        let taken = screen
            .command(std::path::Path::new("xclip"))
            .args(["-out", "-selection", "clipboard", "-target", "image/png"])
            .output()
            .unwrap();
        let decoder = png::Decoder::new(std::io::Cursor::new(taken.stdout));
        let Ok(mut reader) = decoder.read_info() else {
            return false;
        };
        samples = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut samples).is_ok()
    });
    assert!(copied, "the clipboard has no picture");
    assert!(samples == noise, "it is another picture");
}

#[test]
fn slides_follow_each_other_until_they_are_ended() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let folder = folder(&screen);
    let _viewer = screen.pellucid(&[&folder.join("img2.ppm")], &[]);
    assert!(screen.shows(RED));
    // It knows what is in the folder.
    assert!(screen.press_until(&["Right"], || is_shown(&screen, GREEN)));
    screen.press(&["Left"]);
    assert!(screen.shows(RED) && screen.hides(GREEN));
    // From five seconds down to three.
    screen.press(&["F5", "ctrl+Down"]);
    let mut seen = vec![RED];
    while seen.len() < 4 {
        let others = [RED, GREEN, BLUE].map(|color| (color, seen.last() != Some(&color)));
        let mut next = None;
        let goes_on = eventually(PATIENCE, || {
            let shown = |(color, is_other): &(_, bool)| *is_other && screen.count(*color) > 20_000;
            next = others.iter().find(|it| shown(it)).map(|(color, _)| *color);
            next.is_some()
        });
        assert!(goes_on, "after {seen:?} nothing comes");
        seen.extend(next);
    }
    assert_eq!(seen, [RED, GREEN, BLUE, RED], "one is passed over");
    screen.press(&["Escape"]);
    let shown = || [RED, GREEN, BLUE].map(|color| is_shown(&screen, color));
    let stands = settled(PATIENCE, Duration::from_secs(5), shown);
    assert!(stands.is_some(), "they go on");
}

#[test]
fn all_pictures_of_a_folder_are_shown_small() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let folder = folder(&screen);
    let viewer = screen.pellucid(&[&folder.join("img2.ppm")], &[]);
    assert!(screen.shows(RED));
    let all = |least: usize| {
        [RED, GREEN, BLUE]
            .iter()
            .all(|color| screen.count(*color) > least)
    };
    // It knows what is in the folder.
    assert!(screen.press_until(&["Right"], || is_shown(&screen, GREEN)));
    screen.press(&["Left"]);
    assert!(screen.shows(RED) && screen.hides(GREEN));
    screen.press(&["g"]);
    assert!(eventually(PATIENCE, || all(8_000)), "small pictures");
    screen.press(&["Right", "Return"]);
    assert!(screen.shows(GREEN) && screen.hides(RED));
    screen.press(&["t"]);
    assert!(eventually(PATIENCE, || all(1_500)), "the strip");
    assert!(
        viewer.descendants().len() < 12,
        "{:?}",
        viewer.descendants()
    );
}
