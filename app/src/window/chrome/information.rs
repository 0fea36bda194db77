//! What a document says about itself.

use super::parts;
use crate::cli::{info_name, printable};
use crate::window::shell::{Overlay, Shell};
use crate::window::tab::Tab;
use egui::{Grid, Ui};

pub(super) fn show(shell: &mut Shell, ui: &Ui) {
    let left = parts::dialog(ui, "About this document", 480.0, |ui| {
        let Some(tab) = shell.tab() else {
            ui.label("Nothing is open.");
            return;
        };
        egui::ScrollArea::vertical()
            .max_height(420.0)
            .show(ui, |ui| facts(tab, ui));
    });
    if left {
        shell.overlay = Overlay::None;
    }
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
            if let Some(summary) = tab.summary() {
                parts::fact(ui, "Content", summary.format.name());
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
            for field in &tab.info {
                parts::fact(ui, info_name(field.key), field.value.as_str());
            }
        });
}
