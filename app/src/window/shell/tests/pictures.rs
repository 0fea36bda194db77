//! Pictures: what moves, and what is beside it.

use super::labels::{SETTLED, Window, key, press, until, until_told, window};
use super::{Stage, stage, text};
use crate::window::desktop::Desktop;
use crate::window::document::worker::News;
use crate::window::opening::Origin;
use crate::window::shell::Overlay;
use crate::window::tab::Tab;
use egui::Key;
use egui_kittest::kittest::Queryable;
use ipc::{Format, Frames, PageEntry, PageSize, Summary};
use std::path::PathBuf;

impl Stage {
    /// A file that is there: one that is not would be passed over.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, "x").unwrap();
        path
    }

    /// Opens a picture of 400 by 300 pixels, as its renderer would.
    pub(super) fn open_picture(&mut self, name: &str) {
        let id = self.shell.fresh_id();
        let path = self.file(name);
        self.shell.tabs.push(Tab::new(id, Origin::Path(path)));
        self.shell.current = self.shell.tabs.len() - 1;
        let summary = Summary {
            format: Format::Gif,
            pages: 1,
            encrypted: false,
            sound: None,
        };
        self.tell(id, News::Opened(summary, None, None));
        let size = PageSize::new(400.0, 300.0).unwrap();
        let label = text("");
        self.tell(id, News::Pages(0, vec![PageEntry { size, label }]));
    }

    /// It moves.
    fn moves(&self, frames: usize) {
        let frames = Frames {
            plays: 0,
            durations_ms: vec![40; frames],
        };
        let id = self.shell.tabs[self.shell.current].id;
        self.tell(id, News::Frames(frames));
    }
}

fn frame(window: &Window) -> u32 {
    window.state().shell.tabs[0].frame()
}

#[test]
fn animation_plays_pauses_and_steps() {
    let mut stage = stage();
    stage.open_picture("cat.gif");
    stage.moves(12);
    let mut window = window(stage);
    window.get_by_label("Frame");
    key(&mut window, Key::Space);
    let stopped_at = frame(&window);
    window.get_by_label("Play (Space)");
    key(&mut window, Key::Period);
    let next = (stopped_at + 1) % 12;
    assert_eq!(frame(&window), next);
    window.get_by_label(&format!("{} / 12", next + 1));
    key(&mut window, Key::Comma);
    key(&mut window, Key::Comma);
    assert_eq!(frame(&window), (stopped_at + 11) % 12);
    press(&mut window, "Play (Space)");
    window.get_by_label("Pause (Space)");
}

#[test]
fn nothing_moves_by_itself_where_that_is_not_wanted() {
    let mut stage = stage();
    stage.shell.desktop = Desktop {
        still: true,
        ..Desktop::default()
    };
    stage.open_picture("cat.gif");
    stage.moves(3);
    let window = window(stage);
    window.get_by_label("Play (Space)");
    assert!(window.state().shell.look_at.is_none());
}

#[test]
fn only_as_many_frames_as_can_wait_are_asked_for_and_none_of_a_hidden_window() {
    let mut stage = stage();
    stage.open_picture("cat.gif");
    stage.moves(1000);
    let mut window = window(stage);
    let ahead = |window: &Window| {
        let tab = &window.state().shell.tabs[0];
        crate::window::shell::animation::frames_ahead(tab).len()
    };
    assert_eq!(ahead(&window), 8);
    window.state_mut().shell.hidden = true;
    window.run_steps(SETTLED);
    let before = frame(&window);
    std::thread::sleep(std::time::Duration::from_millis(100));
    window.run_steps(SETTLED);
    assert_eq!(frame(&window), before);
    assert!(window.state().shell.look_at.is_none());
}

#[test]
fn picture_that_stands_still_has_no_strip_and_its_frames_no_effect() {
    let mut stage = stage();
    stage.open_picture("photo.jpg");
    stage.moves(1);
    let mut window = window(stage);
    assert!(window.query_by_label("Frame").is_none());
    key(&mut window, Key::Period);
    assert_eq!(frame(&window), 0);
}

/// Pictures of the folder, as they were listed.
pub(super) fn siblings(stage: &Stage, names: &[&str]) {
    let paths = names.iter().map(|name| stage.file(name)).collect();
    let id = stage.shell.tabs[stage.shell.current].id;
    stage.tell(id, News::Siblings(paths, None));
}

pub(super) fn name(window: &Window) -> String {
    window.state().shell.tabs[0].origin.name()
}

#[test]
fn buttons_lead_to_the_pictures_beside_and_over_the_end_with_a_word() {
    let mut stage = stage();
    stage.open_picture("b.gif");
    siblings(&stage, &["a.gif", "b.gif", "c.gif"]);
    let mut window = window(stage);
    window.get_by_label("2 of 3");
    press(&mut window, "Next picture (N)");
    assert_eq!(name(&window), "c.gif");
    window.get_by_label("3 of 3");
    press(&mut window, "Next picture (N)");
    assert_eq!(name(&window), "a.gif");
    window.get_by_label("This is the first picture again");
    press(&mut window, "Previous picture (P)");
    assert_eq!(name(&window), "c.gif");
    assert_eq!(window.state().shell.tabs.len(), 1, "all in one tab");
}

#[test]
fn picture_without_others_has_no_buttons() {
    let mut stage = stage();
    stage.open_picture("only.gif");
    siblings(&stage, &["only.gif"]);
    let mut window = window(stage);
    assert!(window.query_by_label("Next picture (N)").is_none());
    key(&mut window, Key::N);
    assert_eq!(name(&window), "only.gif");
}

#[test]
fn picture_that_is_not_there_any_more_is_passed_over() {
    let mut stage = stage();
    stage.open_picture("a.gif");
    siblings(&stage, &["a.gif", "b.gif", "c.gif"]);
    let mut window = window(stage);
    key(&mut window, Key::N);
    let id = window.state().shell.tabs[0].id;
    let gone = crate::broker::SourceError::Open(std::io::ErrorKind::NotFound.into());
    window.state_mut().tell(id, News::Ended(gone.into()));
    window.run_steps(SETTLED);
    assert_eq!(name(&window), "c.gif");
    window.get_by_label("2 of 2");
}

#[test]
fn arrows_move_in_a_picture_that_is_larger_than_the_window_and_leaf_otherwise() {
    let mut stage = stage();
    stage.open_picture("a.gif");
    siblings(&stage, &["a.gif", "b.gif"]);
    let mut window = window(stage);
    let tab = &mut window.state_mut().shell.tabs[0];
    tab.view.set_zoom(
        &mut tab.layout,
        crate::window::document::view::Zoom::Times(8.0),
    );
    key(&mut window, Key::ArrowRight);
    assert_eq!(name(&window), "a.gif");
    assert!(window.state().shell.tabs[0].view.scroll().0 > 0.0);
    let tab = &mut window.state_mut().shell.tabs[0];
    tab.view
        .set_zoom(&mut tab.layout, crate::window::document::view::Zoom::Page);
    key(&mut window, Key::ArrowRight);
    assert_eq!(name(&window), "b.gif");
}

#[test]
fn strip_and_grid_show_the_others_by_their_names_and_lead_to_them() {
    let mut stage = stage();
    stage.open_picture("a.gif");
    siblings(&stage, &["a.gif", "b.gif", "c.gif"]);
    let mut window = window(stage);
    key(&mut window, Key::T);
    press(&mut window, "b.gif");
    assert_eq!(name(&window), "b.gif");
    key(&mut window, Key::T);
    assert!(window.query_by_label("c.gif").is_none());
    key(&mut window, Key::G);
    press(&mut window, "c.gif");
    assert_eq!(name(&window), "c.gif");
    assert!(!window.state().shell.grid);
    key(&mut window, Key::G);
    key(&mut window, Key::Escape);
    assert!(!window.state().shell.grid);
}

#[test]
fn deleting_for_ever_is_asked_for_and_a_name_can_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = ["one.gif", "two.gif"].map(|name| folder.path().join(name));
    std::fs::write(&one, "1").unwrap();
    std::fs::write(&two, "2").unwrap();
    let mut stage = stage();
    stage.open_picture("one.gif");
    stage.shell.tabs[0].origin = Origin::Path(one.clone());
    let id = stage.shell.tabs[0].id;
    stage.tell(id, News::Siblings(vec![one.clone(), two.clone()], None));
    let mut window = window(stage);
    key(&mut window, Key::F2);
    assert!(matches!(&window.state().shell.overlay, Overlay::Rename(_)));
    if let Overlay::Rename(wanted) = &mut window.state_mut().shell.overlay {
        "two.gif".clone_into(&mut wanted.name);
    }
    press(&mut window, "Rename");
    until_told(&mut window, "there is a file of that name already");
    if let Overlay::Rename(wanted) = &mut window.state_mut().shell.overlay {
        "three.gif".clone_into(&mut wanted.name);
    }
    press(&mut window, "Rename");
    until(&mut window, |window| name(window) == "three.gif");
    assert!(!one.exists() && folder.path().join("three.gif").exists());
    window.key_press_modifiers(egui::Modifiers::SHIFT, Key::Delete);
    window.run_steps(SETTLED);
    press(&mut window, "Keep it");
    assert!(folder.path().join("three.gif").exists());
    window.key_press_modifiers(egui::Modifiers::SHIFT, Key::Delete);
    window.run_steps(SETTLED);
    press(&mut window, "Delete");
    until(&mut window, |window| name(window) == "two.gif");
    assert!(!folder.path().join("three.gif").exists() && two.exists());
}

#[test]
fn mirrored_picture_is_drawn_from_the_other_side() {
    let mut stage = stage();
    stage.open_picture("a.gif");
    let mut window = window(stage);
    let tab = &mut window.state_mut().shell.tabs[0];
    tab.view.set_zoom(
        &mut tab.layout,
        crate::window::document::view::Zoom::Times(20.0),
    );
    // At its upper left corner.
    tab.view.scroll_by(&tab.layout, (-8000.0, -6000.0));
    window.run_steps(SETTLED);
    let seen = |window: &Window| {
        let tab = &window.state().shell.tabs[0];
        let placed = tab.view.visible(&tab.layout, 0.0);
        let tiles = crate::window::shell::scene(tab).tiles(&placed);
        let parts = tiles.iter().filter(|key| !key.is_whole());
        parts.map(|key| key.origin_px).min().unwrap()
    };
    let left = seen(&window);
    window.key_press_modifiers(egui::Modifiers::SHIFT, Key::H);
    window.run_steps(SETTLED);
    assert_eq!(left.0, 0);
    assert!(seen(&window).0 > 400 * 20 / 2, "{:?}", seen(&window));
}

#[test]
fn pixel_under_the_pointer_is_told_and_is_no_texture() {
    let mut stage = stage();
    stage.open_picture("a.gif");
    let mut window = window(stage);
    window.key_press_modifiers(egui::Modifiers::SHIFT, Key::I);
    let middle = window.state().shell.page_area.center();
    window.event(egui::Event::PointerMoved(middle));
    window.run_steps(SETTLED);
    let key = window.state().shell.tabs[0].inspected.unwrap();
    assert_eq!((key.page_px, key.size_px), ((400, 300), (1, 1)));
    assert!(key.origin_px.0.abs_diff(200) <= 1 && key.origin_px.1.abs_diff(150) <= 1);
    let id = window.state().shell.tabs[0].id;
    let before = window.state().shell.tabs[0].tiles.bytes();
    window
        .state_mut()
        .tell(id, News::Tile(key, vec![64, 0, 128, 128], None, true));
    window.run_steps(SETTLED);
    window.get_by_label_contains("#8000ff80");
    assert_eq!(window.state().shell.tabs[0].tiles.bytes(), before);
}

#[test]
fn pictures_are_compared_at_one_size_and_place() {
    let mut stage = stage();
    stage.open_picture("a.gif");
    siblings(&stage, &["a.gif", "b.gif"]);
    let mut window = window(stage);
    let tab = &mut window.state_mut().shell.tabs[0];
    tab.view.zoom_to(&tab.layout, 6.0, (700.0, 500.0));
    let middle = tab.view.middle(&tab.layout);
    window.key_press_modifiers(egui::Modifiers::SHIFT, Key::C);
    window.run_steps(SETTLED);
    key(&mut window, Key::N);
    assert_eq!(name(&window), "b.gif");
    // What is in the file is no picture; what is told after that is what counts.
    until(&mut window, |window| {
        has_failed(&window.state().shell.tabs[0])
    });
    let id = window.state().shell.tabs[0].id;
    let summary = Summary {
        format: Format::Gif,
        pages: 1,
        encrypted: false,
        sound: None,
    };
    window
        .state_mut()
        .tell(id, News::Opened(summary, None, None));
    let size = PageSize::new(800.0, 300.0).unwrap();
    let label = text("");
    let page = PageEntry { size, label };
    window.state_mut().tell(id, News::Pages(0, vec![page]));
    window.run_steps(SETTLED);
    let tab = &window.state().shell.tabs[0];
    let after = tab.view.middle(&tab.layout);
    assert_eq!(tab.view.times(), 6.0);
    assert!((after.0 - middle.0).abs() < 0.01 && (after.1 - middle.1).abs() < 0.01);
}

pub(super) fn has_failed(tab: &Tab) -> bool {
    matches!(tab.state, crate::window::tab::State::Failed(_))
}

/// The picture that another one is compared with is open, of this size.
pub(super) fn open_compared(window: &mut Window, (width, height): (f32, f32)) {
    until(window, |window| {
        let compared = window.state().shell.tabs[0].compared.as_ref();
        compared.is_none_or(|compared| has_failed(&compared.tab))
    });
    let id = window.state().shell.tabs[0]
        .compared
        .as_ref()
        .unwrap()
        .tab
        .id;
    let summary = Summary {
        format: Format::Gif,
        pages: 1,
        encrypted: false,
        sound: None,
    };
    let (size, label) = (PageSize::new(width, height).unwrap(), text(""));
    let page = PageEntry { size, label };
    let stage = window.state_mut();
    stage.tell(id, News::Opened(summary, None, None));
    stage.tell(id, News::Pages(0, vec![page]));
    window.run_steps(SETTLED);
}

/// How large both are, and which part of them is in the middle.
fn both(window: &Window) -> [(f64, (f64, f64)); 2] {
    let tab = &window.state().shell.tabs[0];
    let other = &tab.compared.as_ref().unwrap().tab;
    [tab, other].map(|tab| (tab.view.times(), tab.view.middle(&tab.layout)))
}

fn compared(window: &Window) -> Option<String> {
    let compared = window.state().shell.tabs[0].compared.as_ref();
    compared.map(|compared| compared.tab.origin.name())
}

#[test]
fn pictures_side_by_side_show_the_same_part_equally_large() {
    let mut stage = stage();
    stage.open_picture("a.gif");
    siblings(&stage, &["a.gif", "b.gif", "c.gif"]);
    let mut window = window(stage);
    key(&mut window, Key::C);
    window.get_by_label("Left: a.gif");
    window.get_by_label("Right: b.gif");
    // Twice as many pixels, shown half as large.
    open_compared(&mut window, (800.0, 600.0));
    key(&mut window, Key::Plus);
    key(&mut window, Key::Plus);
    key(&mut window, Key::Plus);
    key(&mut window, Key::Plus);
    key(&mut window, Key::ArrowRight);
    let [one, other] = both(&window);
    assert!(one.0 > 2.0, "{one:?}");
    assert!((one.0 - 2.0 * other.0).abs() < 1e-9, "{one:?} {other:?}");
    let near = |a: f64, b: f64| (a - b).abs() < 0.01;
    assert!(near(one.1.0, other.1.0) && near(one.1.1, other.1.1));
    // The other one leads as well.
    let area = window.state().shell.page_area;
    let right = egui::pos2(area.right() - 100.0, area.center().y);
    window.event(egui::Event::PointerMoved(right));
    window.event(egui::Event::Zoom(2.0));
    window.run_steps(SETTLED);
    let after = both(&window);
    assert!(after[1].0 > 1.9 * other.0, "{after:?}");
    assert!((after[0].0 - 2.0 * after[1].0).abs() < 1e-9, "{after:?}");
    key(&mut window, Key::Escape);
    assert_eq!(compared(&window), None);
    assert_eq!(name(&window), "a.gif");
}

#[test]
fn compared_pictures_change_places_and_others_follow_on_the_other_side() {
    let mut stage = stage();
    stage.open_picture("a.gif");
    siblings(&stage, &["a.gif", "b.gif", "c.gif"]);
    let mut window = window(stage);
    key(&mut window, Key::C);
    open_compared(&mut window, (400.0, 300.0));
    key(&mut window, Key::N);
    assert_eq!(
        (name(&window), compared(&window)),
        ("a.gif".into(), Some("c.gif".into()))
    );
    open_compared(&mut window, (400.0, 300.0));
    key(&mut window, Key::X);
    assert_eq!(
        (name(&window), compared(&window)),
        ("c.gif".into(), Some("a.gif".into()))
    );
    window.get_by_label("Left: c.gif");
    key(&mut window, Key::N);
    assert_eq!(compared(&window), Some("b.gif".into()), "and not itself");
    assert_eq!(window.state().shell.tabs.len(), 1);
    key(&mut window, Key::C);
    assert_eq!((name(&window), compared(&window)), ("c.gif".into(), None));
}

#[test]
fn pictures_in_one_place_are_shown_one_at_a_time() {
    let mut stage = stage();
    stage.open_picture("a.gif");
    siblings(&stage, &["a.gif", "b.gif"]);
    let mut window = window(stage);
    window.key_press_modifiers(egui::Modifiers::SHIFT, Key::X);
    window.run_steps(SETTLED);
    open_compared(&mut window, (400.0, 300.0));
    window.get_by_label("Right: b.gif");
    assert!(window.query_by_label("Left: a.gif").is_none());
    key(&mut window, Key::X);
    window.get_by_label("Left: a.gif");
    assert!(window.query_by_label("Right: b.gif").is_none());
    window.key_press_modifiers(egui::Modifiers::SHIFT, Key::X);
    window.run_steps(SETTLED);
    window.get_by_label("Left: a.gif");
    window.get_by_label("Right: b.gif");
}

#[test]
fn picture_alone_is_compared_with_nothing() {
    let mut stage = stage();
    stage.open_picture("only.gif");
    siblings(&stage, &["only.gif"]);
    let mut window = window(stage);
    key(&mut window, Key::C);
    assert_eq!(compared(&window), None);
    window.get_by_label("There is no other picture to compare this one with");
}

#[test]
fn huge_picture_is_opened_beforehand_and_not_drawn() {
    use crate::window::shell::browse::is_settled;
    let mut stage = stage();
    stage.open_picture("a.gif");
    let mut beside = Tab::new(stage.shell.fresh_id(), Origin::Path("/b.gif".into()));
    let summary = Summary {
        format: Format::Gif,
        pages: 1,
        encrypted: false,
        sound: None,
    };
    for (size, is_drawn) in [((4000.0, 3000.0), false), ((30_000.0, 17_000.0), true)] {
        beside.state = crate::window::tab::State::Open(summary);
        beside.layout = crate::window::document::layout::Layout::new(1, beside.view.arrangement);
        beside.layout.learn(0, std::iter::once(size));
        beside.view.resize(&beside.layout, (800.0, 600.0), 1.0);
        assert_eq!(is_settled(&beside), is_drawn, "{size:?}");
    }
}

#[test]
fn picture_that_is_shown_in_part_says_so_until_that_is_dismissed() {
    let mut stage = stage();
    stage.open_picture("a.gif");
    let id = stage.shell.tabs[0].id;
    let notice = |words: &str| ipc::InfoField {
        key: ipc::InfoKey::Notice,
        value: text(words),
    };
    let damaged =
        "the picture is damaged and shown as far as it could be decoded: the file ends early";
    let fields = vec![notice("something else"), notice(damaged)];
    stage.tell(id, News::Info(fields));
    let mut window = window(stage);
    let words =
        "The picture is damaged and shown as far as it could be decoded: the file ends early.";
    window.get_by_label(words);
    press(&mut window, "Dismiss this message");
    assert!(window.query_by_label(words).is_none());
}
