//! What a document says about itself.

use super::icons::Icon;
use super::{parts, side_panel, theme};
use crate::cli::{curated, info_name, printable};
use crate::window::shell::{Overlay, Shell};
use crate::window::tab::Tab;
use egui::{Grid, Ui};
use ipc::InfoKey;

/// What stands above and below the facts: heading, margins and the window around.
const OTHERS: f32 = 160.0;

pub(super) fn show(shell: &mut Shell, ui: &Ui) {
    let left = parts::dialog(ui, "About this document", 480.0, |ui| {
        let Some(tab) = shell.tab() else {
            ui.label("Nothing is open.");
            return;
        };
        let height = (ui.ctx().content_rect().height() - OTHERS).max(80.0);
        egui::ScrollArea::vertical()
            .max_height(height)
            .min_scrolled_height(height)
            .show(ui, |ui| {
                facts(tab, ui);
                rest(tab, ui);
            });
    });
    if left {
        shell.overlay = Overlay::None;
    }
}

/// Who gets the file, gets the place with it.
fn warn_of_place(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(16.0, 16.0), egui::Sense::hover());
    Icon::Warning.paint(ui.painter(), rect.center(), 1.0, theme::amber(ui));
    let words =
        "The file tells where it was made. Its copies by Save a safe copy and convert do not.";
    ui.add(egui::Label::new(words).wrap());
    ui.end_row();
}

fn facts(tab: &Tab, ui: &mut Ui) {
    Grid::new("information")
        .num_columns(2)
        .spacing([16.0, 4.0])
        .show(ui, |ui| {
            parts::fact(ui, "Name", &tab.origin.name());
            if let Some(folder) = tab.origin.path().and_then(|path| path.parent()) {
                parts::fact(ui, "Folder", &printable(&folder.to_string_lossy()));
            }
            if let Some((_, _, bytes, ..)) = tab.stamp.get().copied().flatten() {
                parts::fact(ui, "File size", &side_panel::size(bytes));
            }
            if let Some(summary) = tab.summary() {
                parts::fact(ui, "Content", summary.format.name());
            }
            if let Some(summary) = tab.summary().filter(|_| !tab.is_sound()) {
                parts::fact(ui, "Pages", &summary.pages.to_string());
                let (width, height) = tab.layout.upright(tab.view.current_page(&tab.layout));
                let size = if tab.is_picture() {
                    format!("{width:.0} × {height:.0} pixels")
                } else {
                    let mm = |points: f64| points * 25.4 / 72.0;
                    format!("{:.0} × {:.0} mm", mm(width), mm(height))
                };
                parts::fact(ui, "Size", &size);
            }
            let mut warned = false;
            for field in curated(tab.all_info()).0 {
                if field.key == InfoKey::Location && !warned {
                    warn_of_place(ui);
                    warned = true;
                }
                parts::fact(ui, info_name(field.key), field.value.as_str());
            }
        });
}

/// What programs have written into the file for each other, behind a heading.
fn rest(tab: &Tab, ui: &mut Ui) {
    let rest = curated(&tab.info).1;
    if rest.is_empty() {
        return;
    }
    ui.add_space(8.0);
    let heading = format!("All that is written in it ({})", rest.len());
    egui::CollapsingHeader::new(heading)
        .id_salt("all that is written")
        .show(ui, |ui| {
            for field in rest {
                ui.add(egui::Label::new(egui::RichText::new(field.value.as_str()).small()).wrap());
            }
        });
}
