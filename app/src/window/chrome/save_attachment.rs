//! Where an attachment is to be saved, where the system has no dialog for it.

use super::{parts, theme};
use crate::window::shell::{Overlay, Shell};
use egui::{Key, Label, TextEdit, Ui};

pub(super) fn show(shell: &mut Shell, ui: &Ui) {
    let Overlay::SaveAttachment(wanted) = &mut shell.overlay else {
        return;
    };
    let (mut save, mut cancel) = (false, false);
    let left = parts::dialog(ui, "Save an attachment", 520.0, |ui| {
        let words = format!(
            "{} is saved byte by byte as it is in the document. Nothing in it is made safe.",
            wanted.name
        );
        ui.add(Label::new(words).wrap());
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            ui.label("File");
            let edit = TextEdit::singleline(&mut wanted.path).desired_width(400.0);
            let response = ui.add(edit);
            response.widget_info(|| egui::WidgetInfo::text_edit(true, "", "", "File"));
            if response.changed() {
                // What was asked about another name is nobody's question any more.
                wanted.is_asked = false;
            }
            if ui.memory(|memory| memory.focused()).is_none() {
                response.request_focus();
            }
        });
        if let Some(why) = &wanted.error {
            ui.add_space(4.0);
            ui.colored_label(theme::red(ui), why);
        }
        ui.add_space(12.0);
        ui.horizontal(|ui| {
            save = parts::main_button(ui, "Save").clicked();
            cancel = ui.button("Cancel").clicked();
            if wanted.is_asked {
                ui.spinner();
            }
        });
    });
    if save || ui.input(|input| input.key_pressed(Key::Enter)) && !cancel {
        shell.save_attachment();
    } else if left || cancel {
        shell.overlay = Overlay::None;
    }
}
