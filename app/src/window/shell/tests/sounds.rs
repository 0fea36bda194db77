//! Sounds: the player's page by its labels, and what keys do to it. No device is
//! opened: there is no session for one.

use super::labels::{SETTLED, Window, key, press, window};
use super::{Stage, stage, text};
use crate::sound::Met;
use crate::window::browse::named::Sorting;
use crate::window::document::worker::News;
use crate::window::keys::Action;
use crate::window::opening::Origin;
use crate::window::tab::{Tab, TabId};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use ipc::{Chapter, Coding, Format, InfoField, InfoKey, Loudness, Peak, Sound, Summary};
use std::time::Duration;

const RATE: u32 = 48_000;

impl Stage {
    /// Opens a sound of 100 seconds, as its renderer would.
    pub(super) fn open_sound(&mut self, name: &str) -> TabId {
        let id = self.shell.fresh_id();
        let path = self.file(name);
        self.shell.tabs.push(Tab::new(id, Origin::Path(path)));
        self.shell.current = self.shell.tabs.len() - 1;
        let sound = Sound {
            rate: RATE,
            channels: 2,
            layout: 3,
            frames: Some(100 * u64::from(RATE)),
            coding: Coding::Lossless(24),
            loudness: Loudness::default(),
        };
        let summary = Summary {
            format: Format::Flac,
            pages: 0,
            encrypted: false,
            sound: Some(sound),
        };
        self.tell(id, News::Opened(summary, None, None));
        let field = |key, value| InfoField {
            key,
            value: text(value),
        };
        let info = vec![
            field(InfoKey::Title, "The Third Movement"),
            field(InfoKey::Artist, "A Quartet"),
            field(InfoKey::Album, "Late Works"),
            field(InfoKey::Date, "1979"),
        ];
        self.tell(id, News::Info(info));
        let peaks = (0..600_i32).map(|bucket| {
            let high = (20 + (bucket * 37 % 90) * (600 - bucket) / 600) as i8;
            let low = -high;
            Peak { low, high, rms: 60 }
        });
        self.tell(id, News::Peaks(0, peaks.collect()));
        id
    }

    pub(super) fn chapters(&self, id: TabId) {
        let chapter = |(number, title)| Chapter {
            start: number * 30 * u64::from(RATE),
            title: text(title),
        };
        let titles = [(0_u64, "Allegro"), (1, "Adagio"), (2, "Presto")];
        self.tell(id, News::Chapters(titles.map(chapter).to_vec()));
    }
}

fn opened() -> Window {
    let mut stage = stage();
    stage.open_sound("third.flac");
    window(stage)
}

fn seconds(window: &Window) -> u64 {
    let tab = &window.state().shell.tabs[0];
    tab.listening.as_ref().unwrap().position() / u64::from(RATE)
}

fn held(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run_steps(SETTLED);
}

#[test]
fn page_names_what_is_heard() {
    let window = opened();
    for label in [
        "A Quartet",
        "Late Works · 1979",
        "FLAC · 24 bits · 48 kHz · stereo",
    ] {
        window.get_by_label(label);
    }
    assert_eq!(window.query_all_by_label("The Third Movement").count(), 2);
    window.get_by_label("No cover");
    window.get_by_label("0:00");
    window.get_by_label("1:40");
    let bar = window.get_by_role_and_label(Role::Slider, "Position");
    let node = bar.accesskit_node();
    assert_eq!(node.numeric_value(), Some(0.0));
    assert_eq!(node.max_numeric_value(), Some(100.0));
    window.get_by_role_and_label(Role::Slider, "Volume");
}

#[test]
fn every_button_and_slider_of_it_has_a_name() {
    let mut stage = stage();
    let id = stage.open_sound("third.flac");
    stage.chapters(id);
    let window = window(stage);
    for role in [Role::Button, Role::Slider, Role::Image] {
        for node in window.query_all_by_role(role) {
            let label = node.accesskit_node().label().unwrap_or_default();
            assert!(!label.is_empty(), "a {role:?} has no name");
        }
    }
}

#[test]
fn keys_and_buttons_play_and_pause() {
    let mut window = opened();
    press(&mut window, "Pause (P)");
    window.get_by_label("Play (P)");
    key(&mut window, Key::Space);
    window.get_by_label("Pause (P)");
    key(&mut window, Key::P);
    window.get_by_label("Play (P)");
}

#[test]
fn keys_move_through_it() {
    let mut window = opened();
    key(&mut window, Key::P);
    key(&mut window, Key::ArrowRight);
    key(&mut window, Key::ArrowRight);
    assert_eq!(seconds(&window), 10);
    held(&mut window, Modifiers::CTRL, Key::ArrowRight);
    assert_eq!(seconds(&window), 70);
    held(&mut window, Modifiers::SHIFT, Key::ArrowLeft);
    assert_eq!(seconds(&window), 69);
    window.get_by_label("1:09");
    key(&mut window, Key::Home);
    assert_eq!(seconds(&window), 0);
    let bar = window.get_by_label("Position").rect();
    window.drag_at(bar.center());
    window.drop_at(bar.center());
    window.run_steps(SETTLED);
    assert_eq!(seconds(&window), 50);
}

#[test]
fn keys_change_volume_and_speed() {
    let mut window = opened();
    key(&mut window, Key::ArrowDown);
    key(&mut window, Key::Num9);
    window.get_by_label("90 %");
    key(&mut window, Key::M);
    window.get_by_label("muted");
    press(&mut window, "Unmute (M)");
    key(&mut window, Key::CloseBracket);
    press(&mut window, "Play faster (])");
    window.get_by_label_contains("it is 1.2 now");
    key(&mut window, Key::Backspace);
    window.get_by_label_contains("it is 1.0 now");
}

#[test]
fn chapters_are_listed_and_lead_there() {
    let mut stage = stage();
    let id = stage.open_sound("third.flac");
    stage.chapters(id);
    let mut window = window(stage);
    press(&mut window, "0:30  Adagio");
    assert_eq!(seconds(&window), 30);
    key(&mut window, Key::PageDown);
    assert_eq!(seconds(&window), 60);
    key(&mut window, Key::PageUp);
    assert_eq!(seconds(&window), 30);
}

#[test]
fn one_sound_at_a_time_is_played() {
    let mut stage = stage();
    stage.open_sound("one.flac");
    let mut window = window(stage);
    window.state_mut().open_sound("two.flac");
    window.run_steps(SETTLED);
    let plays = |window: &Window, index: usize| {
        let tab = &window.state().shell.tabs[index];
        tab.listening.as_ref().unwrap().is_playing()
    };
    assert!(!plays(&window, 0) && plays(&window, 1));
    window.state_mut().shell.show(0);
    window.run_steps(SETTLED);
    key(&mut window, Key::Space);
    assert!(plays(&window, 0) && !plays(&window, 1));
}

#[test]
fn reloaded_sound_waits_where_it_was() {
    let mut window = opened();
    held(&mut window, Modifiers::CTRL, Key::ArrowRight);
    let stage = window.state_mut();
    stage.shell.reload(0, &mut stage.canvas);
    let tab = &stage.shell.tabs[0];
    assert!(tab.listening.is_none() && !tab.plays_by_itself);
    assert_eq!(tab.sound_from, 60 * u64::from(RATE));
}

#[test]
fn what_keeps_it_silent_is_told() {
    let mut window = opened();
    let listening = window.state_mut().shell.listening().unwrap();
    listening.fail("there is no device".to_owned());
    window.run_steps(SETTLED);
    window.get_by_label("Nothing is heard: there is no device");
    window.get_by_label("Play (P)");
    press(&mut window, "Dismiss this message");
    assert!(window.query_by_label_contains("Nothing is heard").is_none());
}

#[test]
fn what_is_met_while_it_plays_is_told_on_its_page() {
    let mut window = opened();
    let words = "parts of it are damaged: there is silence instead";
    let met = |words: &[&str]| {
        let notice = |words: &&str| InfoField {
            key: InfoKey::Notice,
            value: text(words),
        };
        let notices = words.iter().map(notice).collect();
        vec![Met { track: 0, notices }]
    };
    let listening = window.state_mut().shell.listening().unwrap();
    listening.learn_met(met(&[words]));
    window.run_steps(SETTLED);
    window.get_by_label("Parts of it are damaged: there is silence instead.");
    window.get_by_label("Pause (P)");
    press(&mut window, "Dismiss this message");
    assert!(window.query_by_label_contains("silence").is_none());
    let listening = window.state_mut().shell.listening().unwrap();
    listening.learn_met(met(&[words, "the file ends early"]));
    window.run_steps(SETTLED);
    window.get_by_label("The file ends early.");
    key(&mut window, Key::I);
    window.get_by_label(words);
}

#[test]
fn keys_of_sounds_mean_pages_in_a_document() {
    let mut stage = stage();
    stage.open_sound("third.flac");
    stage.open("paper.pdf", 3);
    let mut window = window(stage);
    let before = window.state().shell.loudspeaker;
    key(&mut window, Key::ArrowDown);
    key(&mut window, Key::CloseBracket);
    assert_eq!(window.state().shell.loudspeaker, before);
    assert_eq!(window.state().shell.tabs[1].view.arrangement.turn, 1);
    let stage = window.state_mut();
    let context = egui::Context::default();
    stage
        .shell
        .act(Action::Louder, None, &context, &mut stage.canvas);
    assert_eq!(stage.shell.loudspeaker, before, "no sound is shown");
}

#[test]
fn paused_sound_wants_no_frames() {
    let mut window = opened();
    assert!(window.state().shell.look_at.is_some());
    key(&mut window, Key::P);
    assert_eq!(window.state().shell.look_at, None);
}

#[test]
fn sounds_that_are_named_together_are_one_queue() {
    let mut stage = stage();
    let paths = ["b.flac", "a.mp3", "notes.pdf"].map(|name| stage.file(name));
    let origins = paths.iter().cloned().map(Origin::Path).collect();
    let mut sorting = Sorting::begin(origins);
    assert!(sorting.wait(Duration::from_secs(60)));
    stage.shell.open_sorted(sorting.known());
    assert_eq!(stage.shell.tabs.len(), 2, "the document has its own tab");
    let tab = stage.shell.tab().unwrap();
    assert_eq!(tab.origin.path(), Some(paths[0].as_path()));
    let set = tab.browsing.as_ref().unwrap();
    assert!(set.is_heard && set.position() == (0, 2));
    assert_eq!(set.further(1), Some((paths[1].as_path(), false)));
}
