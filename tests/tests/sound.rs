//! Sound as a user meets it: played through ALSA into a file, told, and written
//! as WAV.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::process::Output;
use tests::card::{Card, RATE, tone, write_wav};
use tests::{flac, pellucid, sample};

/// How often a test listens again because the machine was too busy to play.
const TRIES: usize = 5;

/// Plays until nothing is missing that the files have; an interruption must be told.
fn played_whole(card: &Card, arguments: &[&dyn AsRef<OsStr>]) -> Vec<[i32; 2]> {
    succeeded(&uninterrupted(card, arguments));
    card.played()
}

/// What is said of playing that was not interrupted.
fn uninterrupted(card: &Card, arguments: &[&dyn AsRef<OsStr>]) -> Output {
    for _ in 0..TRIES {
        let output = card.play(arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        if !told.contains("the sound was interrupted") {
            return output;
        }
        eprintln!("again: {told}");
    }
    panic!("the sound was interrupted {TRIES} times out of {TRIES}");
}

fn succeeded(output: &Output) {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn two_files_of_an_album_are_played_bit_by_bit_without_a_gap() {
    let Some(card) = Card::new() else {
        return;
    };
    let (one, two) = (card.path("one.wav"), card.path("two.wav"));
    // The second is opened while the first is heard: long enough for any machine.
    write_wav(&one, &tone(0..150_000));
    write_wav(&two, &tone(150_000..200_000));
    let played = played_whole(&card, &[&one, &two]);
    let expected: Vec<[i32; 2]> = tone(0..200_000)
        .into_iter()
        .map(|sample| [i32::from(sample) << 16; 2])
        .collect();
    let wrong = played.iter().zip(&expected).position(|(a, b)| a != b);
    assert_eq!((played.len(), wrong), (expected.len(), None));
}

#[test]
fn volume_speed_and_another_rate_are_heard() {
    let Some(card) = Card::new() else {
        return;
    };
    let file = card.path("tone.wav");
    write_wav(&file, &tone(0..88_200));
    let arguments: [&dyn AsRef<OsStr>; 5] = [&"--speed", &"2", &"--volume", &"50", &file];
    let played = played_whole(&card, &arguments);
    // Twice as fast takes half as long, at the same pitch.
    assert!(
        (40_000..48_000).contains(&played.len()),
        "{} frames",
        played.len()
    );
    let rising = played
        .windows(2)
        .filter(|pair| pair[0][0] < 0 && pair[1][0] >= 0);
    let hertz = rising.count() as f32 * RATE as f32 / played.len() as f32;
    assert!((430.0..450.0).contains(&hertz), "{hertz} Hz");
    // Half of the way down is an eighth of the amplitude.
    let loudest = played
        .iter()
        .map(|frame| frame[0].unsigned_abs())
        .max()
        .unwrap();
    let expected = (1_u32 << 30) / 8;
    assert!(loudest.abs_diff(expected) < expected / 20, "{loudest}");
}

#[test]
fn a_file_that_is_no_sound_is_told_and_the_next_one_is_played() {
    let Some(card) = Card::new() else {
        return;
    };
    let file = card.path("tone.wav");
    write_wav(&file, &tone(0..10_000));
    let arguments: [&dyn AsRef<OsStr>; 3] =
        [&sample("sample.pdf"), &card.path("missing.wav"), &file];
    let output = uninterrupted(&card, &arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("is no sound but PDF"), "{told}");
    assert!(told.contains("missing.wav: cannot be opened"), "{told}");
    assert_eq!(card.played().len(), 10_000);
}

#[test]
fn without_a_device_it_ends_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tone.wav");
    write_wav(&file, &tone(0..10_000));
    let output = pellucid(&[
        OsStr::new("play"),
        OsStr::new("--device"),
        OsStr::new("no-such-device"),
        file.as_os_str(),
    ]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(9), "{told}");
    assert!(
        told.contains("pellucid: no-such-device: the sound device"),
        "{told}"
    );
}

#[test]
fn sound_is_told_and_becomes_a_wav_of_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let (file, copy) = (
        folder.path().join("tone.wav"),
        folder.path().join("copy.wav"),
    );
    write_wav(&file, &tone(0..10_000));
    let arguments = [OsStr::new("info"), OsStr::new("--json"), file.as_os_str()];
    let told = pellucid(&arguments);
    let json: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(json["format"], "WAV");
    assert_eq!(json["page_count"], 0);
    assert_eq!(json["sound"]["frames"], 10_000);
    assert_eq!(json["sound"]["bits"], 16);
    assert_eq!(json["info"]["sample_rate"][0], "44100 Hz");
    succeeded(&pellucid(&[
        OsStr::new("convert"),
        file.as_os_str(),
        copy.as_os_str(),
    ]));
    let (source, copied) = (fs::read(&file).unwrap(), fs::read(&copy).unwrap());
    assert_eq!(copied[68..], source[44..]);
    // Nothing else is made of sound, and pages are not drawn of it.
    for target in ["out.pdf", "out.png", "out.flac"] {
        let target = folder.path().join(target);
        let output = pellucid(&[OsStr::new("convert"), file.as_os_str(), target.as_os_str()]);
        assert!(
            !output.status.success() && !target.exists(),
            "{}",
            target.display()
        );
    }
}

#[test]
fn damage_is_told_once_while_it_is_played_and_an_early_end_at_the_end() {
    let Some(card) = Card::new() else {
        return;
    };
    let (broken, cut) = (card.path("broken.flac"), card.path("cut.flac"));
    fs::write(&broken, flac::file(20, &[5, 9])).unwrap();
    let whole = flac::file(20, &[]);
    fs::write(&cut, &whole[..whole.len() - 30]).unwrap();
    let output = card.play(&[&broken, &cut]);
    succeeded(&output);
    let told = String::from_utf8_lossy(&output.stderr);
    let notes = told.lines().filter_map(|line| line.rsplit_once('/'));
    let notes: Vec<&str> = notes.map(|(_, note)| note).collect();
    let expected = [
        "broken.flac: note: parts of it are damaged: there is silence instead",
        "cut.flac: note: the file ends before its sound does: the rest is missing",
    ];
    assert_eq!(notes, expected, "{told}");
}

#[test]
fn a_copy_of_damaged_sound_is_whole_and_what_is_missing_is_told() {
    let flac = include_bytes!("../../fuzz/seeds/render_document/tone.flac");
    let folder = tempfile::tempdir().unwrap();
    let copied = |name: &str, bytes: &[u8]| {
        let (file, copy) = (folder.path().join(name), folder.path().join("copy.wav"));
        fs::write(&file, bytes).unwrap();
        let convert = OsStr::new("convert");
        let output = pellucid(&[convert, file.as_os_str(), copy.as_os_str()]);
        succeeded(&output);
        // 400 samples of 16 bits.
        assert_eq!(fs::read(copy).unwrap().len(), 68 + 800);
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert_eq!(copied("whole.flac", flac), "");
    let mut broken = flac.to_vec();
    let at = flac.len() - 250;
    broken[at] ^= 0x55;
    let told = copied("broken.flac", &broken);
    let expected = "broken.flac: note: parts of it are damaged: there is silence instead";
    assert!(told.contains(expected), "{told}");
    let mut other = flac.to_vec();
    other[8 + 18] ^= 1;
    let told = copied("other.flac", &other);
    assert!(told.contains("other.flac: note: its checksum"), "{told}");
}
