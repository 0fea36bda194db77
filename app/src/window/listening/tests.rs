//! A sound that nobody plays.

use super::*;
use crate::sound::Met;
use ipc::{Coding, InfoField, InfoKey, Loudness, Text};
use std::path::{Path, PathBuf};

/// Ten seconds.
fn listening() -> Listening {
    let sound = Sound {
        rate: 1000,
        channels: 2,
        layout: 3,
        frames: Some(10_000),
        coding: Coding::Lossless(16),
        loudness: Loudness::default(),
    };
    Listening::new(sound, false, 0)
}

#[test]
fn jumps_end_at_both_ends_and_add_up() {
    let mut it = listening();
    it.seek_by(-5);
    assert_eq!(it.position(), 0);
    it.seek_by(5);
    it.seek_by(1);
    assert_eq!(it.position(), 6_000);
    it.seek_by(60);
    assert_eq!(it.position(), 9_999);
    it.seek_to_part(0.25);
    assert_eq!((it.position(), it.part()), (2_500, 0.25));
    it.seek_by(i64::MIN);
    assert_eq!(it.position(), 0);
}

#[test]
fn place_in_a_long_sound_is_remembered_and_none_at_its_ends() {
    let mut it = listening();
    it.seek_by(5);
    assert_eq!(it.place(), None, "it is short");
    it.sound.frames = Some(3_600_000);
    for (second, place) in [(5, None), (1_800, Some(1_800)), (3_595, None)] {
        it.seek(second * 1000);
        assert_eq!(it.place(), place);
    }
}

#[test]
fn sound_of_unknown_length_has_no_parts() {
    let mut it = listening();
    it.sound.frames = None;
    it.seek_to_part(0.5);
    assert_eq!((it.position(), it.part()), (0, 0.0));
    it.seek_by(30);
    assert_eq!(it.position(), 30_000);
}

#[test]
fn chapters_are_turned_and_the_one_that_is_heard_is_known() {
    let mut it = listening();
    assert!(!it.turn_chapter(true));
    let chapter = |start| Chapter {
        start,
        title: Text::new(String::new()).unwrap(),
    };
    it.chapters = vec![chapter(1_000), chapter(4_000)];
    assert_eq!(it.chapter(), None);
    assert!(it.turn_chapter(true) && it.chapter() == Some(0));
    assert!(it.turn_chapter(true) && it.position() == 4_000);
    assert!(!it.turn_chapter(true) && it.chapter() == Some(1));
    assert!(it.turn_chapter(false) && it.position() == 1_000);
}

#[test]
fn what_is_repeated_ends_behind_its_start() {
    let mut it = listening();
    it.seek_by(3);
    it.next_between();
    it.next_between();
    assert_eq!(it.between, Between::Nothing, "it would be empty");
    it.next_between();
    it.seek_by(2);
    it.next_between();
    assert_eq!(it.between, Between::Both(3_000, 5_000));
    it.next_between();
    assert_eq!(it.between, Between::Nothing);
}

#[test]
fn failure_stops_it_and_playing_again_opens_anew() {
    let mut it = listening();
    assert!(it.wants_ear() && !it.wants_ear());
    it.play();
    it.fail("no".to_owned());
    assert!(!it.is_playing());
    it.play();
    assert!(it.failure.is_none() && it.is_playing() && it.wants_ear());
}

#[test]
fn peaks_beyond_the_last_bucket_are_dropped() {
    let mut it = listening();
    let loud = Peak {
        low: -100,
        high: 100,
        rms: 200,
    };
    it.learn_peaks(BUCKETS - 1, &[loud; 5]);
    assert_eq!(it.peaks.len(), usize::from(BUCKETS));
    assert_eq!(it.peaks.last(), Some(&loud));
    assert_eq!(it.peaks.first(), Some(&Peak::default()));
}

#[test]
fn times_are_told_in_whole_seconds_that_have_passed() {
    assert_eq!(time(65_999, 1000), "1:05");
    assert_eq!(time(3_723_000, 1000), "1:02:03");
}

fn notice(words: &str) -> InfoField {
    InfoField {
        key: InfoKey::Notice,
        value: Text::new(words.to_owned()).unwrap(),
    }
}

fn met(track: u64, words: &[&str]) -> Vec<Met> {
    let notices = words.iter().map(|words| notice(words)).collect();
    vec![Met { track, notices }]
}

#[test]
fn what_is_met_is_told_once_and_not_what_was_told_when_it_was_opened() {
    let mut it = listening();
    let told = [notice("only its lower half is played")];
    assert_eq!(it.news(&told), None);
    it.learn_met(met(0, &["only its lower half is played", "it is damaged"]));
    it.learn_met(met(0, &["only its lower half is played", "it is damaged"]));
    assert_eq!(it.news(&told).as_deref(), Some("It is damaged."));
    it.dismiss_news();
    assert_eq!(it.news(&told), None);
    it.learn_met(met(0, &["it is damaged", "it ends early"]));
    assert_eq!(it.news(&told).as_deref(), Some("It ends early."));
    let all: Vec<&str> = it.met(&told).map(|met| met.value.as_str()).collect();
    assert_eq!(all, ["it is damaged", "it ends early"]);
}

#[test]
fn what_is_met_of_the_next_sound_waits_until_that_is_heard() {
    let mut it = listening();
    it.learn_met(met(1, &["it is damaged"]));
    it.learn_met(met(7, &["it is another"]));
    assert_eq!(it.news(&[]), None);
    let sound = it.sound;
    it.next = Next::Queued(PathBuf::from("next.flac"), next::Closing::none(), sound);
    let (path, next) = it.hand_over().unwrap();
    assert_eq!(path, Path::new("next.flac"));
    assert_eq!(next.news(&[]).as_deref(), Some("It is damaged."));
    assert_eq!(it.news(&[]), None);
}

#[test]
fn what_a_renderer_says_without_end_is_bounded() {
    let mut it = listening();
    for number in 0..1000 {
        it.learn_met(met(0, &[&format!("{number} {}", "long ".repeat(100))]));
    }
    assert_eq!(it.met(&[]).count(), 8);
    assert!(it.news(&[]).unwrap().chars().count() < 8 * 163);
}
