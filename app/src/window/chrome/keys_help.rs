//! The keys that are in force.

use super::parts;
use crate::window::keys::{ACTIONS, Described, Place};
use crate::window::shell::{Overlay, Shell};
use egui::{Grid, ScrollArea, TextEdit, Ui};

/// What an action does, and where its keys do it.
fn words(row: &Described) -> String {
    let is_said = row.words.contains("picture");
    let is_heard = row.words.contains("sound");
    match row.place {
        Place::Sound if !is_heard => format!("{} (in a sound)", row.words),
        Place::Picture if !is_said => format!("{} (in a picture)", row.words),
        Place::Picture | Place::Sound | Place::Anywhere | Place::Presentation => {
            row.words.to_owned()
        }
    }
}

pub(super) fn show(shell: &mut Shell, ui: &Ui) {
    let Overlay::Help(filter) = &mut shell.overlay else {
        return;
    };
    let keys = &shell.keys;
    let left = parts::dialog(ui, "Keys", 560.0, |ui| {
        let edit = TextEdit::singleline(filter)
            .hint_text("Find an action")
            .desired_width(f32::INFINITY);
        let response = ui.add(edit);
        parts::name_field(ui, &response, "Find an action");
        if ui.memory(|memory| memory.focused()).is_none() {
            response.request_focus();
        }
        let wanted = filter.to_lowercase();
        ScrollArea::vertical()
            .max_height(420.0)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                // In a narrow window both columns wrap.
                let half = ui.available_width() / 2.0 - 16.0;
                Grid::new("keys")
                    .num_columns(2)
                    .max_col_width(half)
                    .striped(true)
                    .spacing([24.0, 4.0])
                    .show(ui, |ui| {
                        for row in ACTIONS
                            .iter()
                            .filter(|row| row.words.to_lowercase().contains(&wanted))
                        {
                            ui.add(egui::Label::new(words(row)).wrap());
                            let pressed = listed(&keys.words(row.action));
                            let pressed = egui::RichText::new(pressed).monospace();
                            ui.add(egui::Label::new(pressed).wrap());
                            ui.end_row();
                        }
                    });
            });
    });
    if left {
        shell.overlay = Overlay::None;
    }
}

/// Keys in a line; of a long row the first and the last.
fn listed(words: &[String]) -> String {
    match words {
        [first, _, _, .., last] if words.len() > 5 => format!("{first} … {last}"),
        _ => words.join("  ·  "),
    }
}
