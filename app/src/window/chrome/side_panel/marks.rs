//! Places that the user has marked.

use super::LINE;
use crate::window::chrome::icons::Icon;
use crate::window::chrome::parts;
use crate::window::tab::Tab;
use egui::{Button, ScrollArea, Ui, vec2};

/// Shows them; tells whether one was taken away.
pub(super) fn show(tab: &mut Tab, ui: &mut Ui) -> bool {
    let (mut chosen, mut removed) = (None, None);
    let area = ScrollArea::vertical().auto_shrink([false, false]);
    area.show_rows(ui, LINE, tab.marks.all().len(), |ui, rows| {
        let marks = (0..).zip(tab.marks.all());
        for (number, mark) in marks.skip(rows.start).take(rows.len()) {
            ui.horizontal(|ui| {
                let name = match mark.key {
                    Some(key) => format!("{key}  {}", mark.name),
                    None => mark.name.clone(),
                };
                let size = vec2(ui.available_width() - 40.0, LINE);
                let button = Button::selectable(false, name.as_str())
                    .truncate()
                    .shortcut_text("");
                if ui.add_sized(size, button).clicked() {
                    chosen = Some(mark.place());
                }
                let forget = format!("Forget {}", mark.name);
                if parts::icon_button(ui, Icon::Close, &forget).clicked() {
                    removed = Some(number);
                }
            });
        }
    });
    if let Some(place) = chosen {
        tab.leave();
        tab.view.go(&tab.layout, place);
    }
    if let Some(number) = removed {
        tab.marks.remove(number);
    }
    removed.is_some()
}
