//! Where an attachment is to be saved, where the system has no dialog for it.

use super::{parts, theme};
use crate::window::shell::{Overlay, Shell};
use egui::{Key, Label, Ui};

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
            parts::file_field(ui, &mut wanted.path, &mut wanted.is_asked, 400.0);
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
