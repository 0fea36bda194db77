//! Pictures among others: of several pages, compared, and such as cannot be shown.

use super::labels::{SETTLED, Window, key, until, window};
use super::pictures::{has_failed, name, open_compared, siblings};
use super::{Stage, stage, text};
use crate::broker::{BrokerError, RendererEnd};
use crate::window::document::view::Zoom;
use crate::window::document::wanted::TileKey;
use crate::window::document::worker::News;
use crate::window::opening::Origin;
use crate::window::shell::Overlay;
use crate::window::tab::Tab;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use ipc::{Format, InfoField, InfoKey, PageEntry, PageSize, Summary};

impl Stage {
    /// Opens a picture of pages of these sizes, as its renderer would.
    fn open_pages(&mut self, name: &str, format: Format, sizes: &[(f32, f32)]) {
        let id = self.shell.fresh_id();
        let path = self.file(name);
        self.shell.tabs.push(Tab::new(id, Origin::Path(path)));
        self.shell.current = self.shell.tabs.len() - 1;
        let summary = Summary {
            format,
            pages: u32::try_from(sizes.len()).unwrap(),
            encrypted: false,
            sound: None,
        };
        self.tell(id, News::Opened(summary, None, None));
        let entry = |(width, height): &(f32, f32)| PageEntry {
            size: PageSize::new(*width, *height).unwrap(),
            label: text(""),
        };
        self.tell(id, News::Pages(0, sizes.iter().map(entry).collect()));
    }
}

/// A TIFF of two pages between two other pictures.
fn between() -> Window {
    let mut stage = stage();
    let sizes = [(400.0, 300.0), (3000.0, 300.0)];
    stage.open_pages("b.tif", Format::Tiff, &sizes);
    siblings(&stage, &["a.gif", "b.tif", "c.gif"]);
    window(stage)
}

#[test]
fn pages_of_a_picture_are_turned_and_its_ends_lead_to_the_pictures_beside() {
    for (forwards, back) in [
        (Key::ArrowRight, Key::ArrowLeft),
        (Key::N, Key::P),
        (Key::PageDown, Key::PageUp),
    ] {
        let mut window = between();
        let page = |window: &Window| {
            let tab = &window.state().shell.tabs[0];
            tab.view.current_page(&tab.layout)
        };
        key(&mut window, forwards);
        assert_eq!((name(&window), page(&window)), ("b.tif".to_owned(), 1));
        key(&mut window, back);
        assert_eq!((name(&window), page(&window)), ("b.tif".to_owned(), 0));
        key(&mut window, forwards);
        key(&mut window, forwards);
        assert_eq!(name(&window), "c.gif");
        let mut window = between();
        key(&mut window, back);
        assert_eq!(name(&window), "a.gif");
    }
}

#[test]
fn sizes_of_an_icon_are_seen_together() {
    let mut stage = stage();
    let sizes = [(256.0, 256.0), (32.0, 32.0)];
    stage.open_pages("a.ico", Format::Ico, &sizes);
    let window = window(stage);
    let tab = &window.state().shell.tabs[0];
    assert_eq!(tab.view.visible(&tab.layout, 0.0).len(), 2);
}

#[test]
fn file_of_a_picture_of_several_pages_has_the_keys_of_files() {
    let mut window = between();
    key(&mut window, Key::F2);
    assert!(matches!(window.state().shell.overlay, Overlay::Rename(_)));
    key(&mut window, Key::Escape);
    window.key_press_modifiers(Modifiers::SHIFT, Key::Delete);
    window.run_steps(SETTLED);
    assert!(matches!(window.state().shell.overlay, Overlay::Delete(_)));
    key(&mut window, Key::Escape);
    key(&mut window, Key::Enter);
    assert!(window.state().shell.grid);
    key(&mut window, Key::Escape);
    // It begins two keys here.
    key(&mut window, Key::G);
    assert!(!window.state().shell.grid);
}

#[test]
fn file_that_cannot_be_shown_can_be_deleted() {
    let mut stage = stage();
    stage.open_picture("a.gif");
    siblings(&stage, &["a.gif", "b.gif"]);
    let mut window = window(stage);
    key(&mut window, Key::N);
    until(&mut window, |window| {
        has_failed(&window.state().shell.tabs[0])
    });
    window.key_press_modifiers(Modifiers::SHIFT, Key::Delete);
    window.run_steps(SETTLED);
    let Overlay::Delete(path) = &window.state().shell.overlay else {
        panic!("{:?}", window.state().shell.overlay);
    };
    assert!(path.ends_with("b.gif"));
}

#[test]
fn what_stands_beside_a_picture_that_cannot_be_shown_is_looked_at() {
    let mut stage = stage();
    for name in ["a.gif", "b.gif", "c.gif"] {
        std::fs::write(stage.folder.path().join(name), "").unwrap();
    }
    let id = stage.shell.fresh_id();
    let path = stage.folder.path().join("b.gif");
    stage.shell.tabs.push(Tab::new(id, Origin::Path(path)));
    stage.tell(
        id,
        News::Ended(BrokerError::Ended(RendererEnd::OutOfMemory)),
    );
    let mut window = window(stage);
    until(&mut window, |window| {
        window.state().shell.tabs[0].browsing.is_some()
    });
    key(&mut window, Key::ArrowRight);
    assert_eq!(name(&window), "c.gif");
    until(&mut window, |window| {
        has_failed(&window.state().shell.tabs[0])
    });
    key(&mut window, Key::ArrowLeft);
    key(&mut window, Key::ArrowLeft);
    assert_eq!(name(&window), "a.gif");
}

#[test]
fn picture_is_called_as_its_file_is() {
    let mut stage = stage();
    stage.open_picture("a.gif");
    let id = stage.shell.tabs[0].id;
    let written = InfoField {
        key: InfoKey::Title,
        value: text("OLYMPUS DIGITAL CAMERA"),
    };
    stage.tell(id, News::Info(vec![written]));
    let window = window(stage);
    assert_eq!(window.state().shell.tabs[0].title(), "a.gif");
}

#[test]
fn picture_is_seen_whole_the_next_time() {
    let mut stage = stage();
    stage.open_picture("a.gif");
    let mut window = window(stage);
    let tab = &mut window.state_mut().shell.tabs[0];
    tab.view.zoom_to(&tab.layout, 6.0, (700.0, 500.0));
    assert_eq!(tab.remembered().unwrap().looks.zoom, Zoom::Times(6.0));
    assert_eq!(tab.for_next_time().unwrap().looks.zoom, Zoom::Page);
}

#[test]
fn size_of_the_file_is_told() {
    let mut stage = stage();
    stage.open_picture("a.gif");
    let stamp = Some((1, 2, 3 << 20, 0, 0));
    stage.shell.tabs[0].stamp.set(stamp).unwrap();
    let mut window = window(stage);
    key(&mut window, Key::I);
    window.get_by_label("3.0 MiB");
}

#[test]
fn pixels_of_both_pictures_that_are_compared_are_told_wherever_the_pointer_is() {
    let mut stage = stage();
    stage.open_picture("a.gif");
    siblings(&stage, &["a.gif", "b.gif"]);
    let mut window = window(stage);
    key(&mut window, Key::C);
    open_compared(&mut window, (800.0, 600.0));
    window.key_press_modifiers(Modifiers::SHIFT, Key::I);
    let inspected = |window: &Window| -> [Option<TileKey>; 2] {
        let tab = &window.state().shell.tabs[0];
        [tab.inspected, tab.compared.as_ref().unwrap().tab.inspected]
    };
    let area = window.state().shell.page_area;
    for side in [area.left_center(), area.right_center()] {
        // The middle of a half.
        let at = side.lerp(area.center(), 0.5);
        window.event(egui::Event::PointerMoved(at));
        window.run_steps(SETTLED);
        let [one, other] = inspected(&window).map(|key| key.unwrap().origin_px);
        assert!(
            one.0.abs_diff(200) <= 2 && one.1.abs_diff(150) <= 2,
            "{one:?}"
        );
        assert!(
            other.0.abs_diff(400) <= 4 && other.1.abs_diff(300) <= 4,
            "{other:?}"
        );
    }
    // In one place only one of them is seen.
    window.key_press_modifiers(Modifiers::SHIFT, Key::X);
    window.event(egui::Event::PointerMoved(area.center()));
    window.run_steps(SETTLED);
    assert!(matches!(inspected(&window), [None, Some(_)]));
    key(&mut window, Key::X);
    assert!(matches!(inspected(&window), [Some(_), None]));
}
