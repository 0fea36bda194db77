//! Buttons and boxes that the chrome is made of.

use super::icons::Icon;
use super::theme;
use crate::window::keys::{Action, KeyMap};
use egui::{Response, RichText, Role, Sense, TextEdit, Ui, WidgetInfo, vec2};

/// A round button with an icon; its name is its tooltip and what is read aloud.
pub(super) fn icon_button(ui: &mut Ui, icon: Icon, name: &str) -> Response {
    let color = ui.visuals().text_color();
    colored_icon_button(ui, icon, name, color)
}

/// The same in a colour of its own.
pub(super) fn colored_icon_button(
    ui: &mut Ui,
    icon: Icon,
    name: &str,
    color: egui::Color32,
) -> Response {
    let (rect, response) =
        ui.allocate_exact_size(vec2(theme::BUTTON, theme::BUTTON), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    let visuals = ui.style().interact(&response);
    let painter = ui.painter();
    if response.hovered() || response.has_focus() || response.is_pointer_button_down_on() {
        painter.rect_filled(rect, theme::BUTTON / 2.0, visuals.bg_fill);
    }
    focus_ring(ui, &response, theme::BUTTON / 2.0);
    let color = if ui.is_enabled() {
        color
    } else {
        color.gamma_multiply(0.4)
    };
    icon.paint(painter, rect.center(), 1.0, color);
    response.on_hover_text(name)
}

/// Names a field that is typed into, for who cannot see what stands beside it.
pub(super) fn name_field(ui: &Ui, field: &Response, name: &str) {
    ui.ctx()
        .accesskit_node_builder(field.id, |node| node.set_label(name));
}

/// A field for the file to write to. What `is_asked` about one name is nobody's
/// question any more once another is typed.
pub(super) fn file_field(ui: &mut Ui, path: &mut String, is_asked: &mut bool, width: f32) {
    ui.label("File");
    let response = ui.add(TextEdit::singleline(path).desired_width(width));
    response.widget_info(|| WidgetInfo::text_edit(true, "", "", "File"));
    if response.changed() {
        *is_asked = false;
    }
    if ui.memory(|memory| memory.focused()).is_none() {
        response.request_focus();
    }
}

/// A ring around what has the keyboard.
pub(super) fn focus_ring(ui: &Ui, response: &Response, radius: f32) {
    if response.has_focus() {
        let stroke = egui::Stroke::new(2.0, theme::accent(ui));
        ui.painter()
            .rect_stroke(response.rect, radius, stroke, egui::StrokeKind::Inside);
    }
}

/// A name with its key, for tooltips and menus.
pub(super) fn with_keys(keys: &KeyMap, action: Action) -> String {
    let words = action.described().words;
    match keys.words(action).first() {
        Some(key) => format!("{words} ({key})"),
        None => words.to_owned(),
    }
}

/// The key of an action in brackets, after a name.
pub(super) fn key(keys: &KeyMap, action: Action) -> String {
    let words = keys.words(action);
    words
        .first()
        .map_or_else(String::new, |key| format!(" ({key})"))
}

/// A box over the document, at most so wide. Tells whether it was left by a click beside it.
pub(super) fn dialog(ui: &Ui, name: &str, width: f32, content: impl FnOnce(&mut Ui)) -> bool {
    let frame = egui::Frame::popup(ui.style())
        .corner_radius(12.0)
        .inner_margin(18.0);
    let modal = egui::Modal::new(egui::Id::unique(name)).frame(frame);
    let response = modal.show(ui.ctx(), |ui| {
        ui.set_width(width.min(ui.ctx().content_rect().width() - 72.0));
        ui.add(egui::Label::new(RichText::new(name).heading().strong()));
        ui.add_space(8.0);
        content(ui);
    });
    response.backdrop_response.clicked()
}

/// A line of a table: what, and what it is.
pub(super) fn fact(ui: &mut Ui, what: &str, value: &str) {
    ui.label(RichText::new(what).weak());
    ui.add(egui::Label::new(value).wrap());
    ui.end_row();
}

/// A button that is what one most likely wants.
pub(super) fn main_button(ui: &mut Ui, name: &str) -> Response {
    let text = RichText::new(name).strong().color(egui::Color32::WHITE);
    let fill = if ui.visuals().dark_mode {
        egui::Color32::from_rgb(0x26, 0x62, 0xb0)
    } else {
        theme::accent(ui)
    };
    ui.add(
        egui::Button::new(text)
            .fill(fill)
            .corner_radius(16.0)
            .min_size(vec2(120.0, 36.0)),
    )
}
