//! The player's page as a user has it: the real programs under Xvfb, on a machine
//! without a sound card.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;
use tests::card::{self, Card};
use tests::desktop;
use tests::screen::{Color, Screen};
use tests::{eventually, file, flac, program};

const RATE: u32 = 8_000;

/// What has been heard, and the ground of a banner, in the dark and in the light.
const HEARD: [Color; 2] = [[0x62, 0xa0, 0xea], [0x1c, 0x66, 0xc4]];
const BANNER: [Color; 2] = [[0x45, 0x38, 0x10], [0xff, 0xf0, 0xc8]];

/// A WAV file of one channel: a loud tone of so many seconds.
fn write_tone(path: &Path, seconds: u32) {
    let frames = RATE * seconds;
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + 2 * frames).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    wav.extend([1, 0, 1, 0]);
    wav.extend(RATE.to_le_bytes());
    wav.extend((2 * RATE).to_le_bytes());
    wav.extend([2, 0, 16, 0]);
    wav.extend(b"data");
    wav.extend((2 * frames).to_le_bytes());
    for frame in 0..frames {
        let sample: i16 = if frame / 10 % 2 == 0 { 30_000 } else { -30_000 };
        wav.extend(sample.to_le_bytes());
    }
    fs::write(path, wav).unwrap();
}

fn count(screen: &Screen, colors: [Color; 2]) -> usize {
    colors.iter().map(|color| screen.count(*color)).sum()
}

#[test]
fn sound_has_a_page_that_tells_where_it_is() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let path = screen.folder().join("tone.wav");
    write_tone(&path, 90);
    let nothing = screen.folder().join("asound.conf");
    fs::write(&nothing, "").unwrap();
    let config = nothing.to_string_lossy().into_owned();
    let mut viewer = screen.pellucid(&[&path], &[("ALSA_CONFIG_PATH", &config)]);
    let patience = Duration::from_secs(30);
    assert!(
        eventually(patience, || count(&screen, BANNER) > 10_000),
        "nobody is told that there is no device"
    );
    screen.press(&["ctrl+Right"]);
    assert!(
        eventually(patience, || count(&screen, HEARD) > 15_000),
        "two thirds of the waveform are not shown as heard"
    );
    screen.press(&["Home"]);
    assert!(
        eventually(patience, || count(&screen, HEARD) < 5_000),
        "Home does not lead to the start"
    );
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
}

/// What a window plays, until so many frames have been.
fn played_in_a_window(screen: &Screen, card: &Card, files: &[&Path], frames: u64) -> Vec<[i32; 2]> {
    let raw = card.path("played.raw");
    let _ = fs::remove_file(&raw);
    let config = card.path("asound.conf").to_string_lossy().into_owned();
    let mut viewer = screen.pellucid(files, &[("ALSA_CONFIG_PATH", &config)]);
    let whole = frames * 8;
    let len = || fs::metadata(&raw).map_or(0, |metadata| metadata.len());
    let patience = Duration::from_secs(60);
    assert!(eventually(patience, || len() >= whole), "{} bytes", len());
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
    card.played()
}

#[test]
fn damage_that_is_met_while_a_sound_plays_is_told_then() {
    let (Some(screen), Some(card)) = (Screen::start(), Card::new()) else {
        return;
    };
    // A minute and a half, and a tenth of a second at its ninth second that is none.
    let (path, frames) = (card.path("broken.flac"), 1000);
    fs::write(&path, flac::file(frames, &[100])).unwrap();
    let config = card.path("asound.conf").to_string_lossy().into_owned();
    let mut viewer = screen.pellucid(&[&path], &[("ALSA_CONFIG_PATH", &config)]);
    let raw = card.path("played.raw");
    let played = || fs::metadata(&raw).map_or(0, |metadata| metadata.len() / 8);
    let patience = Duration::from_secs(60);
    assert!(
        eventually(patience, || played() > u64::from(card::RATE)),
        "it is not played"
    );
    if count(&screen, BANNER) > 0 {
        eprintln!("skipped: this machine's isolation has a banner of its own");
        return;
    }
    assert!(
        eventually(patience, || count(&screen, BANNER) > 10_000),
        "nobody is told of the damage"
    );
    let whole = u64::from(frames * flac::FRAME_SAMPLES);
    assert!(played() < whole, "it is told when all is over");
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
}

#[test]
fn two_files_of_an_album_are_played_bit_by_bit_without_a_gap_in_the_window() {
    let (Some(screen), Some(card)) = (Screen::start(), Card::new()) else {
        return;
    };
    let (one, two) = (card.path("one.wav"), card.path("two.wav"));
    card::write_wav(&one, &card::tone(0..150_000));
    card::write_wav(&two, &card::tone(150_000..250_000));
    let mut played = Vec::new();
    for _ in 0..5 {
        played = played_in_a_window(&screen, &card, &[&one, &two], 250_000);
        // A machine that is too busy interrupts it anywhere, but for where one file follows another.
        let silent = played.iter().position(|frame| *frame == [0, 0]);
        if silent.is_none_or(|frame| frame == 150_000) {
            break;
        }
        eprintln!("interrupted at {silent:?}, once more");
    }
    let expected: Vec<[i32; 2]> = card::tone(0..250_000)
        .into_iter()
        .map(|sample| [i32::from(sample) << 16; 2])
        .collect();
    let wrong = played.iter().zip(&expected).position(|(a, b)| a != b);
    assert_eq!((played.len(), wrong), (expected.len(), None));
}

#[test]
fn part_that_is_repeated_ends_where_its_end_was_told() {
    let (Some(screen), Some(card)) = (Screen::start(), Card::new()) else {
        return;
    };
    // A staircase: each hundredth of a second is louder than the one before.
    let stairs = (0..30 * card::RATE).map(|frame| 1000 + (frame / (card::RATE / 100)) as i16);
    let path = card.path("stairs.wav");
    card::write_wav(&path, &stairs.collect::<Vec<i16>>());
    let raw = card.path("played.raw");
    let config = card.path("asound.conf").to_string_lossy().into_owned();
    let mut viewer = screen.pellucid(&[&path], &[("ALSA_CONFIG_PATH", &config)]);
    let seconds = || fs::metadata(&raw).map_or(0, |kept| kept.len()) / 8 / u64::from(card::RATE);
    let patience = Duration::from_secs(60);
    let heard = |more: u64| {
        let until = seconds() + more;
        assert!(eventually(patience, || seconds() >= until), "{}", seconds());
    };
    heard(1);
    screen.press(&["shift+l"]);
    heard(2);
    screen.press(&["shift+l"]);
    // Steps from which it went back by more than half a second.
    let ends = || -> Vec<i32> {
        let played = card.played();
        let steps = played.iter().map(|frame| frame[0] >> 16);
        let steps: Vec<i32> = steps.filter(|step| *step >= 1000).collect();
        let back = steps.windows(2).filter(|pair| pair[1] < pair[0] - 50);
        back.map(|pair| pair[0]).collect()
    };
    let repeats = eventually(patience, || {
        sleep(Duration::from_millis(500));
        ends().len() >= 2
    });
    assert!(repeats, "{:?}", ends());
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
    let ends = ends();
    let [first, second, ..] = ends[..] else {
        panic!("{ends:?}");
    };
    // What the device has already is heard to its end the first time.
    assert!((first - second).abs() < 50, "{ends:?}");
}

#[test]
fn media_keys_and_panels_of_the_desktop_mean_the_sound() {
    let (Some(screen), Some(card)) = (Screen::start(), Card::new()) else {
        return;
    };
    if !desktop::has_session("from gi.repository import Gio") {
        return;
    }
    for name in ["one.wav", "two.wav"] {
        card::write_wav(&card.path(name), &card::tone(0..40 * card::RATE));
    }
    let output = screen
        .command(Path::new("dbus-run-session"))
        .args(["--", "/usr/bin/python3"])
        .args([&file("media_keys.py"), &program("pellucid")])
        .args([card.path("one.wav"), card.path("two.wav")])
        .env("ALSA_CONFIG_PATH", card.path("asound.conf"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn volume_and_the_place_in_a_long_sound_are_there_again_the_next_time() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let path = screen.folder().join("long.wav");
    write_tone(&path, 1200);
    let nothing = screen.folder().join("asound.conf");
    fs::write(&nothing, "").unwrap();
    let config = nothing.to_string_lossy().into_owned();
    let patience = Duration::from_secs(30);
    let start = || screen.pellucid(&[&path], &[("ALSA_CONFIG_PATH", &config)]);
    let mut viewer = start();
    assert!(eventually(patience, || count(&screen, BANNER) > 10_000));
    // Two thirds of it, by key, and three steps softer.
    screen.press(&["alt+6", "Down", "Down", "Down"]);
    let is_there = || count(&screen, HEARD) > 13_000;
    assert!(eventually(patience, is_there), "Alt+6 leads to six tenths");
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
    let state = fs::read_to_string(screen.folder().join(".local/state/pellucid/state.json"));
    let state = state.unwrap();
    assert!(state.contains("\"volume\":85"), "{state}");
    let mut viewer = start();
    assert!(eventually(patience, is_there), "it does not go on there");
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
}
