//! Our own file chooser, where the system offers none.

mod folder;

pub(crate) use folder::{Answer, Chooser};

use super::parts;
use super::shortened::shortened;
use crate::cli::printable;
use crate::window::opening::Origin;
use crate::window::shell::{Overlay, Shell};
use egui::{Key, Label, ScrollArea, TextEdit, Ui};
use folder::{Kind, Why};
use std::path::PathBuf;
use std::time::Duration;

/// A folder that takes no longer than this to answer is not told of.
const PATIENCE: Duration = Duration::from_millis(300);

pub(super) fn show(shell: &mut Shell, ui: &Ui) {
    let Overlay::Chooser(chooser) = &mut shell.overlay else {
        return;
    };
    let mut opened = None;
    let left = parts::dialog(ui, "Open a file", 560.0, |ui| {
        place(chooser, ui);
        let edit = TextEdit::singleline(&mut chooser.typed)
            .hint_text("Find, or type a path")
            .desired_width(f32::INFINITY);
        let response = ui.add(edit);
        parts::name_field(ui, &response, "Find, or type a path");
        if response.changed() {
            chooser.follow();
        }
        if !response.has_focus() {
            response.request_focus();
        }
        opened = entries(chooser, ui);
    });
    if let Some(path) = opened {
        shell.overlay = Overlay::None;
        shell.open([Origin::Path(path)]);
    } else if left {
        shell.overlay = Overlay::None;
    } else {
        send(shell);
    }
}

/// Has the file system asked what the chooser wants to know.
fn send(shell: &mut Shell) {
    let Overlay::Chooser(chooser) = &mut shell.overlay else {
        return;
    };
    if let Some((number, path)) = chooser.next_question() {
        shell.off_window("folder", move |tell| {
            folder::look(number, &path, tell);
        });
    }
}

/// The folder that is shown, and the way up.
fn place(chooser: &mut Chooser, ui: &mut Ui) {
    ui.horizontal(|ui| {
        if ui.button("Up").clicked()
            && let Some(up) = chooser.folder.parent()
        {
            chooser.ask(up.to_owned(), Why::Enter);
        }
        if let Some(since) = chooser.waits_since() {
            let left = PATIENCE.saturating_sub(since.elapsed());
            if left > Duration::ZERO {
                ui.ctx().request_repaint_after(left);
            } else {
                ui.weak("This place does not answer yet.");
            }
        }
        ui.add(Label::new(printable(&chooser.folder.to_string_lossy())).truncate());
    });
}

/// What is in the folder; what is to be opened of it.
fn entries(chooser: &mut Chooser, ui: &mut Ui) -> Option<PathBuf> {
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let (enter, down, up) = (
        pressed(Key::Enter),
        pressed(Key::ArrowDown),
        pressed(Key::ArrowUp),
    );
    let count = chooser.found().len();
    if down {
        chooser.chosen = (chooser.chosen + 1).min(count.saturating_sub(1));
    }
    if up {
        chooser.chosen = chooser.chosen.saturating_sub(1);
    }
    if enter && count == 0 && !chooser.typed.is_empty() {
        // What is not listed, a hidden file, may be there all the same.
        chooser.ask(chooser.folder.join(&chooser.typed), Why::Open);
    }
    let mut done = None;
    ScrollArea::vertical()
        .max_height(380.0)
        .auto_shrink([false, false])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            for (index, entry) in chooser.found().into_iter().enumerate() {
                let chosen = index == chooser.chosen;
                let name = match entry.kind {
                    Kind::Folder => format!("{}/", entry.name),
                    Kind::File | Kind::Link => entry.name.clone(),
                };
                let padding = 2.0 * ui.spacing().button_padding.x;
                let width = ui.available_width() - padding;
                let name = shortened(ui, &name, &egui::TextStyle::Button, width);
                // The empty words on the right keep the name on the left.
                let button = egui::Button::selectable(chosen, name)
                    .right_text("")
                    .truncate();
                let size = [ui.available_width(), 28.0];
                let response = ui.add_sized(size, button);
                if chosen && (down || up) {
                    response.scroll_to_me(None);
                }
                if response.clicked() || (chosen && enter && done.is_none()) {
                    done = Some((entry.path.clone(), entry.kind));
                }
            }
        });
    match done? {
        (path, Kind::File) => return Some(path),
        (path, Kind::Folder) => chooser.ask(path, Why::Enter),
        (path, Kind::Link) => chooser.ask(path, Why::Open),
    }
    None
}
