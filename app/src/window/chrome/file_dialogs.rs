//! Another name for a picture, and whether it is to be deleted for ever.

use super::{parts, theme};
use crate::window::shell::{Overlay, Shell};
use egui::text::{CCursor, CCursorRange};
use egui::{Key, Label, TextEdit, Ui};

pub(super) fn rename(shell: &mut Shell, ui: &Ui) {
    let Overlay::Rename(wanted) = &mut shell.overlay else {
        return;
    };
    let (mut done, mut cancel) = (false, false);
    let left = parts::dialog(ui, "Rename the picture", 440.0, |ui| {
        let edit = TextEdit::singleline(&mut wanted.name).desired_width(f32::INFINITY);
        let mut shown = edit.show(ui);
        let field = &shown.response.response;
        parts::name_field(ui, field, "New name");
        if ui.memory(|memory| memory.focused()).is_none() {
            field.request_focus();
            // What comes before the end of the name is what one wants to change.
            let stem = wanted
                .name
                .rsplit_once('.')
                .map_or(wanted.name.as_str(), |(stem, _)| stem);
            let range = CCursorRange::two(CCursor::new(0), CCursor::new(stem.chars().count()));
            shown.state.cursor.set_char_range(Some(range));
            shown.state.store(ui.ctx(), field.id);
        }
        if let Some(why) = &wanted.error {
            ui.add_space(4.0);
            ui.colored_label(theme::red(ui), why);
        }
        ui.add_space(12.0);
        ui.horizontal(|ui| {
            done = parts::main_button(ui, "Rename").clicked();
            cancel = ui.button("Cancel").clicked();
            if wanted.is_asked {
                ui.spinner();
            }
        });
    });
    if done || (ui.input(|input| input.key_pressed(Key::Enter)) && !cancel) {
        shell.rename();
    } else if left || cancel {
        shell.overlay = Overlay::None;
    }
}

pub(super) fn delete(shell: &mut Shell, ui: &Ui) {
    let Overlay::Delete(path) = &shell.overlay else {
        return;
    };
    let path = path.clone();
    let (mut delete, mut cancel) = (false, false);
    let left = parts::dialog(ui, "Delete for ever?", 440.0, |ui| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let words = format!(
            "{} is deleted and not moved to the trash. It cannot be had again.",
            crate::cli::printable(&name)
        );
        ui.add(Label::new(words).wrap());
        ui.add_space(12.0);
        ui.horizontal(|ui| {
            delete = parts::main_button(ui, "Delete").clicked();
            let keep = ui.button("Keep it");
            if ui.memory(|memory| memory.focused()).is_none() {
                keep.request_focus();
            }
            cancel = keep.clicked();
        });
    });
    if delete {
        shell.delete(path);
    } else if left || cancel {
        shell.overlay = Overlay::None;
    }
}
