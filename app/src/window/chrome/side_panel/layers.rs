//! Layers of the document, each shown or hidden.

use super::LINE;
use crate::window::tab::Tab;
use egui::{Checkbox, ScrollArea, Ui};

/// How far a layer stands to the right of the one it belongs to, in points.
const STEP: f32 = 14.0;

pub(super) fn show(tab: &mut Tab, ui: &mut Ui) {
    let mut changed = false;
    let count = tab.carried.layers.len();
    let area = ScrollArea::vertical().auto_shrink([false, false]);
    area.show_rows(ui, LINE, count, |ui, rows| {
        for layer in tab.carried.layers.get_mut(rows).unwrap_or_default() {
            ui.horizontal(|ui| {
                ui.set_min_height(LINE);
                ui.add_space(f32::from(layer.depth.min(8)) * STEP);
                let name = match layer.name.as_str() {
                    "" => "without a name",
                    name => name,
                };
                let switch = Checkbox::new(&mut layer.shown, name);
                let response = ui.add_enabled(!layer.locked, switch);
                changed |= response
                    .on_disabled_hover_text("The document asks to leave this layer as it is")
                    .changed();
            });
        }
    });
    // The renderer answers with what is shown then, and pages are drawn anew.
    if changed && let Some(worker) = &tab.worker {
        worker.show_layers(tab.carried.shown());
    }
}
