//! What is on the chrome by its label, and what pressing it does. A screen reader
//! sees and presses the same.

use super::{Stage, stage};
use crate::broker::{BrokerError, RendererEnd};
use crate::window::canvas::{Colors, Tone};
use crate::window::document::view::Zoom;
use crate::window::document::worker::News;
use crate::window::shell::{Blank, Overlay};
use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::time::{Duration, Instant};

pub(super) type Window = Harness<'static, Stage>;

/// Frames after which what was pressed is on the screen.
pub(super) const SETTLED: usize = 4;

pub(super) fn window(stage: Stage) -> Window {
    let harness = Harness::builder().with_size(vec2(1100.0, 800.0));
    let mut window = harness.build_ui_state(
        |ui, stage: &mut Stage| {
            let Stage { shell, canvas, .. } = stage;
            shell.ui(ui, canvas);
        },
        stage,
    );
    window.run_steps(SETTLED);
    window
}

fn opened(pages: u32) -> Window {
    let mut stage = stage();
    stage.open("report.pdf", pages);
    window(stage)
}

pub(super) fn press(window: &mut Window, label: &str) {
    window.get_by_label(label).click();
    window.run_steps(SETTLED);
}

pub(super) fn key(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run_steps(SETTLED);
}

/// Waits for something that is found out on another thread.
pub(super) fn until(window: &mut Window, holds: impl Fn(&Window) -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds(window) && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
        window.run_steps(1);
    }
    assert!(holds(window), "it does not come");
    window.run_steps(SETTLED);
}

/// Waits until this is told.
pub(super) fn until_told(window: &mut Window, words: &str) {
    until(window, |window| {
        window.query_by_label_contains(words).is_some()
    });
}

#[test]
fn start_page_offers_to_open_a_file() {
    let mut window = window(stage());
    press(&mut window, "Open…");
    window.get_by_label("Open a file");
    key(&mut window, Key::Escape);
    assert!(window.query_by_label("Open a file").is_none());
}

#[test]
fn shield_tells_what_holds_the_document_and_stops_it() {
    let mut window = opened(3);
    press(
        &mut window,
        "Isolated: this file cannot reach your files or the network (F8)",
    );
    window.get_by_label("Isolated. It cannot reach your files, the network or other programs.");
    window.get_by_label("4711, with this document alone");
    press(&mut window, "Restart renderer");
    assert!(window.state().shell.overlay == Overlay::None);
}

#[test]
fn every_button_and_field_has_a_name() {
    let mut stage = stage();
    stage.open("one.pdf", 30);
    stage.open("two.pdf", 30);
    stage.outline(&[0, 3, 7]);
    stage.shell.side_panel = true;
    let mut window = window(stage);
    let unnamed = |window: &Window, when: &str| {
        let roles = [
            Role::Button,
            Role::TextInput,
            Role::Tab,
            Role::Slider,
            Role::Image,
            Role::ListBoxOption,
            Role::CheckBox,
        ];
        for role in roles {
            for node in window.query_all_by_role(role) {
                let node = node.accesskit_node();
                let label = node.label().unwrap_or_default();
                assert!(!label.is_empty(), "{when}: a {role:?} has no name");
            }
        }
    };
    unnamed(&window, "tabs and outline");
    for (open, when) in [
        (Key::F1, "keys"),
        (Key::F8, "shield"),
        (Key::F10, "menu"),
        (Key::I, "information"),
        (Key::O, "chooser"),
        (Key::Colon, "palette"),
        (Key::Slash, "find"),
    ] {
        key(&mut window, open);
        unnamed(&window, when);
        key(&mut window, Key::Escape);
    }
}

#[test]
fn pages_take_the_colours_that_are_typed_and_keep_them() {
    let mut window = opened(3);
    let keys = Modifiers::CTRL | Modifiers::ALT;
    window.key_press_modifiers(keys, Key::I);
    window.run_steps(SETTLED);
    let typed = |window: &mut Window, letters: &str, paper: &str| {
        let Overlay::Colors(wanted) = &mut window.state_mut().shell.overlay else {
            panic!("no dialog");
        };
        letters.clone_into(&mut wanted.letters);
        paper.clone_into(&mut wanted.paper);
        window.run_steps(SETTLED);
        press(window, "Show pages so");
    };
    typed(&mut window, "#102030", "white");
    window.get_by_label_contains("a colour is written like");
    typed(&mut window, "#102030", "f0e0d0");
    let colors = Colors {
        letters: [0x10, 0x20, 0x30],
        paper: [0xf0, 0xe0, 0xd0],
    };
    let shell = &window.state().shell;
    assert!(shell.overlay == Overlay::None);
    assert_eq!(shell.store.settings().colors, colors);
    assert_eq!(shell.tabs[0].tone, Tone::Chosen(colors));
}

#[test]
fn menu_holds_what_keys_do_with_their_names() {
    let mut window = opened(3);
    key(&mut window, Key::F10);
    let entry = window.get_by_label_contains("Fit what is drawn");
    entry.click();
    window.run_steps(SETTLED);
    let tab = &window.state().shell.tabs[0];
    assert_eq!(tab.view.zoom, Zoom::Content);
}

#[test]
fn page_is_gone_to_by_its_label_or_number() {
    let mut window = opened(30);
    let shown = |window: &Window| {
        let tab = &window.state().shell.tabs[0];
        tab.view.current_page(&tab.layout)
    };
    for (typed, page) in [("12", 11), ("i", 0)] {
        window.key_press_modifiers(Modifiers::CTRL, Key::L);
        window.run_steps(SETTLED);
        window
            .get_by_label("Page, by its label or number")
            .type_text(typed);
        window.run_steps(SETTLED);
        key(&mut window, Key::Enter);
        assert_eq!(shown(&window), page, "{typed}");
    }
}

#[test]
fn tabs_are_shown_and_closed_by_pressing_them() {
    let mut stage = stage();
    stage.open("one.pdf", 3);
    stage.open("two.pdf", 3);
    let mut window = window(stage);
    window.get_by_role_and_label(Role::Tab, "one.pdf").click();
    window.run_steps(SETTLED);
    assert_eq!(window.state().shell.current, 0);
    window.key_press_modifiers(Modifiers::ALT, Key::Num2);
    window.run_steps(SETTLED);
    assert_eq!(window.state().shell.current, 1);
    press(&mut window, "Close one.pdf");
    assert_eq!(window.state().shell.tabs.len(), 1);
}

#[test]
fn side_panel_is_offered_only_where_it_has_something() {
    let side_panel = |window: &Window| window.query_by_label("Side panel (F9)").is_some();
    assert!(!side_panel(&opened(1)));
    let mut stage = stage();
    stage.open("report.pdf", 30);
    stage.outline(&[0, 12]);
    let mut window = window(stage);
    press(&mut window, "Side panel (F9)");
    press(&mut window, "Outline");
    press(&mut window, "Chapter about page 13");
    let tab = &window.state().shell.tabs[0];
    assert_eq!(tab.view.current_page(&tab.layout), 12);
    assert_eq!(tab.back.len(), 1, "there is a way back");
}

#[test]
fn keyboard_goes_from_part_to_part_and_back_to_the_document() {
    let mut window = opened(30);
    key(&mut window, Key::F6);
    let focused = |window: &Window| window.ctx.memory(|memory| memory.focused());
    assert!(focused(&window).is_some());
    // The document has its keys also while a button has the keyboard.
    key(&mut window, Key::End);
    let tab = &window.state().shell.tabs[0];
    assert_eq!(tab.view.current_page(&tab.layout), 29);
    for _ in 0..window.state().shell.panes.len() - 1 {
        key(&mut window, Key::F6);
    }
    assert_eq!(focused(&window), window.state().shell.document_id);
    key(&mut window, Key::ArrowUp);
    assert_eq!(focused(&window), window.state().shell.document_id);
    key(&mut window, Key::Escape);
    assert_eq!(focused(&window), None);
}

#[test]
fn presentation_ends_as_it_began() {
    let mut window = opened(5);
    key(&mut window, Key::Num0);
    key(&mut window, Key::F5);
    key(&mut window, Key::W);
    let blank = |window: &Window| window.state().shell.presenting.map(|shown| shown.blank);
    assert_eq!(blank(&window), Some(Blank::White));
    key(&mut window, Key::W);
    key(&mut window, Key::Space);
    assert_eq!(blank(&window), Some(Blank::No));
    let tab = &window.state().shell.tabs[0];
    assert_eq!(tab.view.current_page(&tab.layout), 1);
    key(&mut window, Key::Escape);
    let shell = &window.state().shell;
    assert!(shell.presenting.is_none() && !shell.full_screen);
    let view = &shell.tabs[0].view;
    assert!(view.continuous && view.zoom == Zoom::Page);
}

#[test]
fn renderer_that_ended_has_a_page_of_its_own_for_each_reason() {
    for (end, headline, help) in [
        (
            RendererEnd::Violation,
            "The file tried something forbidden",
            "Reload",
        ),
        (RendererEnd::Crash(11), "The renderer stopped", "Reload"),
        (
            RendererEnd::OutOfMemory,
            "This file needs too much memory",
            "Allow more, once",
        ),
        (
            RendererEnd::Hung(std::time::Duration::from_secs(60)),
            "This file takes too long",
            "Allow more, once",
        ),
    ] {
        let mut window = opened(3);
        let id = window.state().shell.tabs[0].id;
        let news = News::Ended(BrokerError::Ended(end));
        window.state().tell(id, news);
        window.run_steps(SETTLED);
        window.get_by_label(headline);
        window.get_by_label(help);
        window.get_by_label("Close");
    }
}

#[test]
fn file_that_is_taken_away_is_told_until_dismissed() {
    let mut window = opened(3);
    window.state_mut().shell.tabs[0].gone = true;
    window.run_steps(SETTLED);
    window.get_by_label_contains("no longer where it was");
    press(&mut window, "Dismiss this message");
    assert!(window.query_by_label_contains("no longer where").is_none());
}

#[test]
fn mouse_alone_leaves_full_screen() {
    let mut window = opened(3);
    key(&mut window, Key::F11);
    assert!(window.query_by_label("Menu (F10)").is_none());
    window.hover_at(egui::pos2(500.0, 10.0));
    window.run_steps(SETTLED);
    press(&mut window, "Full screen (F)");
    assert!(!window.state().shell.full_screen);
}
