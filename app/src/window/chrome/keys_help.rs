//! The keys that are in force.

use super::parts;
use crate::window::keys::ACTIONS;
use crate::window::shell::{Overlay, Shell};
use egui::{Grid, ScrollArea, TextEdit, Ui};

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
                            ui.add(egui::Label::new(row.words).wrap());
                            let words = keys.words(row.action);
                            let words = egui::RichText::new(listed(&words)).monospace();
                            ui.add(egui::Label::new(words).wrap());
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
