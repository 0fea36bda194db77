//! The bar that tells where one is, with what was found beside it.

use crate::window::chrome::theme;
use crate::window::tab::Tab;
use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Width of the bar that shows where one is, in points.
const BAR: f32 = 12.0;

/// The bar on the right: where one is, and a way to go far.
pub(super) fn show(tab: &mut Tab, ui: &Ui, area: Rect) {
    let reach = tab.view.reach(&tab.layout).1;
    if reach <= 0.0 {
        return;
    }
    let track = Rect::from_min_max(pos2(area.right() - BAR, area.top()), area.max);
    let share = tab.view.viewport().1 / (tab.view.viewport().1 + reach);
    let length = (track.height() * share as f32).max(36.0);
    let room = (track.height() - length).max(1.0);
    let response = ui.interact(
        track,
        ui.scope_id().with("scroll bar"),
        // For the pointer: the keyboard moves the pages themselves.
        Sense::CLICK | Sense::DRAG,
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Place in the document"));
    if let Some(at) = response.interact_pointer_pos() {
        let wanted = f64::from((at.y - track.top() - length / 2.0) / room) * reach;
        let by = (0.0, wanted - tab.view.scroll().1);
        tab.view.pan_by(&tab.layout, by);
    }
    matches(tab, ui, track);
    let top = track.top() + room * (tab.view.scroll().1 / reach) as f32;
    let lively = response.hovered() || response.dragged();
    let width = if lively { 8.0 } else { 5.0 };
    let thumb = Rect::from_min_size(
        pos2(track.right() - width - 2.0, top + 2.0),
        vec2(width, length - 4.0),
    );
    let color = ui
        .visuals()
        .text_color()
        .gamma_multiply(if lively { 0.7 } else { 0.4 });
    ui.painter().rect_filled(thumb, width / 2.0, color);
    if response.dragged() {
        let label = tab.label(tab.view.current_page(&tab.layout));
        let at = pos2(thumb.left() - 10.0, thumb.center().y);
        let font = egui::TextStyle::Body.resolve(ui.style());
        let color = ui.visuals().text_color();
        let galley = ui.painter().layout_no_wrap(label, font, color);
        let rect = Align2::RIGHT_CENTER.anchor_size(at, galley.size() + vec2(16.0, 8.0));
        ui.painter().rect_filled(rect, 8.0, ui.visuals().panel_fill);
        ui.painter()
            .galley(rect.min + vec2(8.0, 4.0), galley, color);
    }
}

/// Most marks on the bar: more than there are pixels say nothing.
const MOST_MARKS: usize = 1000;

/// Where matches are in the document.
fn matches(tab: &Tab, ui: &Ui, track: Rect) {
    let pages = f64::from(tab.layout.pages().max(1));
    for (page, _, found) in tab.find.all().take(MOST_MARKS) {
        let height = tab.layout.upright(page).1.max(1.0);
        let down = found
            .places
            .first()
            .map_or(0.0, |place| f64::from(place.edges()[1]) / height);
        let share = (f64::from(page) + down.clamp(0.0, 1.0)) / pages;
        let y = track.top() + track.height() * share as f32;
        let mark = Rect::from_min_size(pos2(track.left(), y), vec2(track.width(), 2.0));
        ui.painter().rect_filled(mark, 1.0, theme::amber(ui));
    }
}
