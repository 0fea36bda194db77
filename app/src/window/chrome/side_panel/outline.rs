//! The outline: where one is in it, and a field to find an entry.

use super::LINE;
use crate::window::tab::Tab;
use egui::{Button, Role, ScrollArea, TextEdit, Ui, WidgetInfo, vec2};

/// How far an entry stands to the right of the one it belongs to, in points.
const STEP: f32 = 14.0;

pub(super) fn show(tab: &mut Tab, ui: &mut Ui) {
    let edit = TextEdit::singleline(&mut tab.outline_filter)
        .hint_text("Find in the outline")
        .desired_width(f32::INFINITY);
    let response = ui.add(edit);
    response.widget_info(|| egui::WidgetInfo::text_edit(true, "", "", "Find in the outline"));
    let here = tab.view.current_page(&tab.layout);
    let leads_here =
        |entry: &ipc::OutlineEntry| entry.leads_to.is_some_and(|to| to.page.get() <= here);
    let current = tab.outline.iter().rposition(leads_here);
    let found = matching(tab);
    if found.is_empty() {
        ui.weak("Nothing found");
        return;
    }
    let mut area = ScrollArea::vertical().auto_shrink([false, false]);
    let row = current.and_then(|current| found.binary_search(&current).ok());
    let followed = ui.data(|data| data.get_temp::<Option<usize>>(ui.scope_id()));
    if followed != Some(current)
        && let Some(row) = row
    {
        // The panel follows the document.
        let middle = ui.available_height() / 2.0;
        let top = row as f32 * (LINE + ui.spacing().item_spacing.y) - middle;
        area = area.vertical_scroll_offset(top.max(0.0));
    }
    ui.data_mut(|data| data.insert_temp(ui.scope_id(), current));
    let mut chosen = None;
    area.show_rows(ui, LINE, found.len(), |ui, rows| {
        for number in found.get(rows).unwrap_or_default() {
            if entry(tab, *number, Some(*number) == current, ui) {
                chosen = tab.outline.get(*number).and_then(|entry| entry.leads_to);
            }
        }
    });
    if let Some(to) = chosen {
        tab.follow(to);
    }
}

/// Numbers of the entries that have what is typed in them.
fn matching(tab: &Tab) -> Vec<usize> {
    let typed = tab.outline_filter.trim().to_lowercase();
    let fits = |title: &str| typed.is_empty() || title.to_lowercase().contains(&typed);
    let entries = tab.outline.iter().enumerate();
    let found = entries.filter(|(_, entry)| fits(entry.title.as_str()));
    found.map(|(number, _)| number).collect()
}

/// Draws an entry with the page it leads to; tells whether it was pressed.
fn entry(tab: &Tab, number: usize, current: bool, ui: &mut Ui) -> bool {
    let Some(entry) = tab.outline.get(number) else {
        return false;
    };
    let label = entry.leads_to.map(|to| tab.label(to.page.get()));
    let indent = f32::from(entry.depth.min(8)) * STEP;
    ui.horizontal(|ui| {
        ui.add_space(indent);
        let button = Button::selectable(current, entry.title.as_str())
            .truncate()
            .shortcut_text(label.unwrap_or_default());
        let size = vec2(ui.available_width(), LINE);
        let leads = entry.leads_to.is_some();
        let response = ui
            .add_enabled_ui(leads, |ui| ui.add_sized(size, button))
            .inner;
        let title = entry.title.as_str();
        response.widget_info(|| WidgetInfo::selected(Role::Button, leads, current, title));
        response.clicked()
    })
    .inner
}
