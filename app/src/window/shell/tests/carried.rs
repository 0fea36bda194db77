//! What a document carries beside its pages: by label, as a screen reader has it.

use super::labels::{SETTLED, Window, key, press, until_told, window};
use super::{Stage, stage, text};
use crate::window::document::unpack::Unpacked;
use crate::window::document::worker::{News, STOPPED};
use crate::window::opening::Origin;
use crate::window::shell::Overlay;
use egui::Key;
use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::{NodeT, Queryable};
use ipc::{
    Attachment, Coverage, Layer, Note, NoteKind, PageBox, PageIndex, RefusedAction, Signature, Wish,
};
use std::time::{Duration, Instant};

fn attachment(name: &str, media_type: &str, bytes: u64) -> Attachment {
    Attachment {
        name: text(name),
        description: text(""),
        media_type: text(media_type),
        bytes: Some(bytes),
        page: None,
    }
}

fn layer(name: &str, shown: bool, locked: bool) -> Layer {
    Layer {
        depth: 0,
        name: text(name),
        shown,
        locked,
    }
}

fn signature(signer: &str, coverage: Coverage) -> Signature {
    Signature {
        field: text("Signature 1"),
        signer: text(signer),
        reason: text("approved"),
        date: text("2024-01-02T03:04:05Z"),
        kind: text("adbe.pkcs7.detached"),
        coverage,
    }
}

/// A document of one page that carries what `news` tell.
fn carrying(news: Vec<News>) -> Window {
    let mut stage = stage();
    stage.open("report.pdf", 1);
    // The dialog of the desktop is not there in tests.
    stage.shell.portal = false;
    stage.shell.side_panel = true;
    let id = stage.shell.tabs[0].id;
    for news in news {
        stage.tell(id, news);
    }
    window(stage)
}

fn stage_of(window: &Window) -> &Stage {
    window.state()
}

fn attachments() -> News {
    News::Attachments(vec![
        attachment("../plan.pdf", "application/pdf", 5000),
        attachment("invoice.pdf.exe", "application/pdf", 1 << 20),
        attachment("data.csv", "text/csv", 12),
    ])
}

#[test]
fn panels_are_offered_only_where_the_document_has_something_for_them() {
    let plain = carrying(Vec::new());
    assert!(plain.query_by_label("Side panel (F9)").is_none());
    let mut window = carrying(vec![attachments()]);
    window.get_by_label("Side panel (F9)");
    press(&mut window, "Attachments");
    for missing in ["Layers", "Signatures", "Outline"] {
        assert!(window.query_by_label(missing).is_none(), "{missing}");
    }
}

#[test]
fn attachments_tell_type_and_size_and_warn_of_programs() {
    let mut window = carrying(vec![attachments()]);
    press(&mut window, "Attachments");
    window.get_by_label("application/pdf · 4.9 KiB");
    window.get_by_label("text/csv · 12 bytes");
    let warnings = window.query_all_by_label_contains("Program or script");
    assert_eq!(warnings.count(), 1, "the one that ends in .exe");
    assert!(window.query_by_label("Open data.csv").is_none());
    window.get_by_label("Open ../plan.pdf");
}

#[test]
fn attachment_is_saved_only_through_a_dialog_and_over_nothing() {
    let mut window = carrying(vec![attachments()]);
    press(&mut window, "Attachments");
    press(&mut window, "Save ../plan.pdf");
    window.get_by_label("Save an attachment");
    let Overlay::SaveAttachment(wanted) = stage_of(&window).shell.overlay.clone() else {
        panic!("no dialog");
    };
    assert_eq!(wanted.path, "/home/user/papers/plan.pdf");
    for (path, why) in [
        ("plan.pdf", "a whole path is needed"),
        ("/dev/null", "there is something of that name"),
    ] {
        let mut typed = wanted.clone();
        path.clone_into(&mut typed.path);
        typed.is_asked = false;
        window.state_mut().shell.overlay = Overlay::SaveAttachment(typed);
        window.run_steps(SETTLED);
        press(&mut window, "Save");
        until_told(&mut window, why);
    }
    press(&mut window, "Cancel");
    assert!(stage_of(&window).shell.overlay == Overlay::None);
}

#[test]
fn attachment_that_takes_long_tells_how_far_it_is_and_can_be_stopped() {
    let mut window = carrying(vec![attachments()]);
    let id = stage_of(&window).shell.tabs[0].id;
    window.state_mut().shell.tabs[0].unpacking = 1;
    stage_of(&window).tell(id, News::Unpacking(1, 0));
    window.run_steps(SETTLED);
    assert!(
        window.query_by_label_contains("Taking out").is_none(),
        "what is quick is not told"
    );
    let long_ago = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
    let out = window.state_mut().shell.tabs[0].unpacked.as_mut();
    out.unwrap().since = long_ago;
    stage_of(&window).tell(id, News::Unpacking(1, 1 << 19));
    window.run_steps(SETTLED);
    window.get_by_label("Taking out invoice.pdf.exe");
    window.get_by_label_contains("512.0 KiB of 1.0 MiB");
    press(&mut window, "Stop");
    let stopped = Unpacked::Failed(STOPPED.to_owned());
    stage_of(&window).tell(id, News::Unpacked(stopped));
    window.run_steps(SETTLED);
    assert!(window.query_by_label_contains("Taking out").is_none());
    window.get_by_label("Stopped; nothing is left of it");
    assert_eq!(stage_of(&window).shell.tabs[0].unpacking, 0);
}

#[test]
fn inner_document_has_a_tab_of_its_own_and_no_file() {
    let mut window = carrying(vec![attachments()]);
    let id = stage_of(&window).shell.tabs[0].id;
    let unpacked = Unpacked::ForTab("plan.pdf".to_owned(), b"%PDF-1.4".to_vec());
    stage_of(&window).tell(id, News::Unpacked(unpacked));
    window.run_steps(SETTLED);
    window.get_by_role_and_label(Role::Tab, "plan.pdf");
    let inner = &stage_of(&window).shell.tabs[1];
    assert!(matches!(&inner.origin, Origin::Inner(bytes, _) if bytes.as_slice() == b"%PDF-1.4"));
    assert_eq!(inner.origin.path(), None);
    assert_eq!(inner.origin.source().unwrap().bytes(), 8);
}

#[test]
fn layers_are_check_boxes_and_locked_ones_stay() {
    let mut window = carrying(vec![News::Layers(vec![
        layer("Walls", true, false),
        layer("Pipes", false, true),
    ])]);
    press(&mut window, "Layers");
    let is_on = |window: &Window, name| {
        let node = window.get_by_role_and_label(Role::CheckBox, name);
        node.accesskit_node().toggled() == Some(Toggled::True)
    };
    assert!(is_on(&window, "Walls") && !is_on(&window, "Pipes"));
    press(&mut window, "Walls");
    press(&mut window, "Pipes");
    assert!(!is_on(&window, "Walls") && !is_on(&window, "Pipes"));
    let shown = stage_of(&window).shell.tabs[0].carried.shown();
    assert!(!shown.contains(0) && !shown.contains(1));
}

#[test]
fn pages_are_drawn_anew_when_layers_were_switched() {
    let mut window = carrying(vec![News::Layers(vec![layer("Walls", true, false)])]);
    window.state_mut().draw();
    window.run_steps(SETTLED);
    let wanted = |window: &Window| {
        let tab = &stage_of(window).shell.tabs[0];
        let tiles = crate::window::shell::pages::tiles_wanted(tab);
        let open = tiles.iter().filter(|key| !tab.tiles.is_done(key));
        open.count()
    };
    assert_eq!(wanted(&window), 0);
    let id = stage_of(&window).shell.tabs[0].id;
    let layers = vec![layer("Walls", false, false)];
    stage_of(&window).tell(id, News::Layers(layers));
    window.run_steps(SETTLED);
    assert!(wanted(&window) > 0);
}

#[test]
fn signatures_say_what_they_cover_and_that_trust_is_not_checked() {
    let mut window = carrying(vec![News::Signatures(vec![
        signature("Ada", Coverage::Whole),
        signature("", Coverage::Added(700)),
    ])]);
    press(&mut window, "Signatures");
    window.get_by_label_contains("Trust is not checked");
    window.get_by_label_contains("Ada");
    window.get_by_label("It covers the whole file");
    window.get_by_label("Signed without a name");
    window.get_by_label("700 bytes were added after it");
}

#[test]
fn shield_lists_what_the_document_wanted_and_was_refused() {
    let wish = Wish {
        action: RefusedAction::Launch,
        occasion: text("when a link is pressed"),
        detail: text("calc.exe"),
        page: PageIndex::new(2),
    };
    let mut window = carrying(vec![News::Refused(vec![wish; 60])]);
    key(&mut window, Key::F8);
    window.get_by_label("Wanted by the document, and refused: 60");
    let listed = window.query_all_by_label(
        "start a program or open a file when a link is pressed of page 3: calc.exe",
    );
    assert!(listed.count() > 0);
}

fn note(is_reply: bool, author: &str, lines: &[&str]) -> Note {
    Note {
        page: PageIndex::new(0).unwrap(),
        place: PageBox::new(10.0, 10.0, 30.0, 30.0).unwrap(),
        kind: NoteKind::Note,
        is_reply,
        author: text(author),
        date: text("2024-01-02T03:04:05Z"),
        lines: lines.iter().map(|line| text(line)).collect(),
    }
}

#[test]
fn notes_are_listed_and_read_with_their_answers_until_they_are_left() {
    let mut window = carrying(vec![News::Notes(vec![
        note(false, "Ada", &["Is this right?", "See page 4."]),
        note(true, "Ben", &["It is."]),
        note(false, "", &["Another one"]),
    ])]);
    press(&mut window, "Notes");
    press(&mut window, "Page i, note of Ben: It is.");
    assert!(stage_of(&window).shell.overlay == Overlay::Note(0));
    window.get_by_label("Is this right?\nSee page 4.");
    window.get_by_label("It is.");
    assert!(window.query_by_label("Another one").is_none());
    key(&mut window, Key::Escape);
    assert!(stage_of(&window).shell.overlay == Overlay::None);
    assert!(window.query_by_label("It is.").is_none());
}

#[test]
fn note_is_read_by_the_keyboard_alone() {
    let mut window = carrying(vec![News::Notes(vec![
        note(false, "Ada", &["One"]),
        note(true, "Ben", &["It is."]),
        note(false, "", &["Another one"]),
    ])]);
    window.key_press_modifiers(egui::Modifiers::SHIFT, Key::F);
    window.run_steps(SETTLED);
    // An answer has no label of its own.
    key(&mut window, Key::J);
    assert!(stage_of(&window).shell.overlay == Overlay::Note(2));
    window.get_by_label("Another one");
    key(&mut window, Key::Escape);
    assert!(window.query_by_label("Another one").is_none());
}

#[test]
fn labels_are_for_what_is_seen_alone() {
    // At the width of the window the lower half of the page is not seen.
    let far = Note {
        place: PageBox::new(10.0, 810.0, 30.0, 830.0).unwrap(),
        ..note(false, "Ada", &["Far below"])
    };
    let mut window = carrying(vec![News::Notes(vec![far, note(false, "Ben", &["Here"])])]);
    window.key_press_modifiers(egui::Modifiers::SHIFT, Key::F);
    window.run_steps(SETTLED);
    key(&mut window, Key::F);
    assert!(stage_of(&window).shell.overlay == Overlay::Note(1));
}

#[test]
fn every_button_and_box_of_the_panels_has_a_name() {
    let mut window = carrying(vec![
        attachments(),
        News::Layers(vec![layer("Walls", true, false), layer("", true, false)]),
        News::Signatures(vec![signature("Ada", Coverage::Broken)]),
    ]);
    for panel in ["Attachments", "Layers", "Signatures"] {
        press(&mut window, panel);
        for role in [Role::Button, Role::CheckBox] {
            for node in window.query_all_by_role(role) {
                let label = node.accesskit_node().label().unwrap_or_default();
                assert!(!label.is_empty(), "{panel}: a {role:?} has no name");
            }
        }
    }
}

#[test]
fn document_that_was_repaired_says_so_until_that_is_dismissed() {
    let mut stage = stage();
    stage.open("report.pdf", 1);
    let id = stage.shell.tabs[0].id;
    let field = ipc::InfoField {
        key: ipc::InfoKey::Repaired,
        value: text("the table of its objects is missing"),
    };
    stage.tell(id, News::Info(vec![field]));
    let mut window = window(stage);
    let words = "This file is damaged and was repaired: the table of its objects is missing. \
        Something may be missing.";
    window.get_by_label(words);
    press(&mut window, "Dismiss this message");
    assert!(window.query_by_label(words).is_none());
}
