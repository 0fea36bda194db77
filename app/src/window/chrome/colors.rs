//! The colours that letters and paper are to have.

use super::{parts, theme};
use crate::window::shell::{Overlay, Shell, colors};
use egui::{Color32, Frame, Grid, Key, RichText, TextEdit, Ui};

pub(super) fn show(shell: &mut Shell, ui: &Ui) {
    let Overlay::Colors(wanted) = &mut shell.overlay else {
        return;
    };
    let (mut done, mut cancel) = (false, false);
    let left = parts::dialog(ui, "Colours of letters and paper", 440.0, |ui| {
        let words = "Pages are shown in these two and what lies between them; photographs stay.";
        ui.add(egui::Label::new(words).wrap());
        ui.add_space(8.0);
        Grid::new("colors")
            .num_columns(3)
            .spacing([16.0, 8.0])
            .show(ui, |ui| {
                row("Letters", &mut wanted.letters, ui);
                row("Paper", &mut wanted.paper, ui);
            });
        if let Some(shown) = wanted.colors() {
            let color = |[red, green, blue]: [u8; 3]| Color32::from_rgb(red, green, blue);
            ui.add_space(8.0);
            let frame = Frame::new().fill(color(shown.paper)).inner_margin(12.0);
            frame.show(ui, |ui| {
                ui.label(RichText::new("So are pages shown.").color(color(shown.letters)));
            });
        }
        if let Some(why) = &wanted.error {
            ui.add_space(4.0);
            ui.colored_label(theme::red(ui), why);
        }
        ui.add_space(12.0);
        ui.horizontal(|ui| {
            done = parts::main_button(ui, "Show pages so").clicked();
            cancel = ui.button("Cancel").clicked();
        });
    });
    if done || (ui.input(|input| input.key_pressed(Key::Enter)) && !cancel) {
        shell.take_colors();
    } else if left || cancel {
        shell.overlay = Overlay::None;
    }
}

/// A colour to pick and to type.
fn row(name: &str, typed: &mut String, ui: &mut Ui) {
    ui.label(name);
    let mut picked = colors::read(typed).unwrap_or_default();
    let button = ui.color_edit_button_srgb(&mut picked);
    parts::name_field(ui, &button, &format!("Pick: {name}"));
    if button.changed() {
        *typed = colors::written(picked);
    }
    let field = ui.add(TextEdit::singleline(typed).desired_width(120.0));
    parts::name_field(ui, &field, name);
    if ui.memory(|memory| memory.focused()).is_none() && name == "Letters" {
        field.request_focus();
    }
    ui.end_row();
}
