//! Tabs, when there is more than one.

use super::icons::Icon;
use crate::window::canvas::Canvas;
use crate::window::shell::Shell;
use egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Height of the bar, in points.
const HEIGHT: f32 = 34.0;

/// What was done to a tab.
enum Done {
    Show(usize),
    Close(usize),
}

pub(super) fn show(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    if shell.tabs.len() < 2 {
        return;
    }
    let mut done = None;
    egui::Panel::top("tabs").exact_size(HEIGHT).show(ui, |ui| {
        let count = shell.tabs.len() as f32;
        let width = (ui.available_width() / count - 4.0).clamp(60.0, 240.0);
        egui::ScrollArea::horizontal().show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                for (index, tab) in shell.tabs.iter().enumerate() {
                    let chosen = index == shell.current;
                    done = one(ui, index, &tab.title(), chosen, width).or(done.take());
                }
            });
        });
    });
    match done {
        Some(Done::Show(index)) => shell.show(index),
        Some(Done::Close(index)) => shell.close(index, canvas),
        None => {}
    }
}

fn one(ui: &mut Ui, index: usize, title: &str, chosen: bool, width: f32) -> Option<Done> {
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT - 8.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, title));
    let fill = if chosen {
        ui.visuals().widgets.inactive.bg_fill
    } else if response.hovered() {
        ui.visuals().widgets.hovered.bg_fill
    } else {
        egui::Color32::TRANSPARENT
    };
    ui.painter().rect_filled(rect, 8.0, fill);
    super::parts::focus_ring(ui, &response, 8.0);
    let cross =
        Rect::from_center_size(pos2(rect.right() - 15.0, rect.center().y), vec2(20.0, 20.0));
    let text = Rect::from_min_max(
        rect.min + vec2(10.0, 0.0),
        pos2(cross.left() - 2.0, rect.bottom()),
    );
    let label = egui::Label::new(title).truncate().selectable(false);
    ui.put(text, label);
    let closing = ui.interact(cross, response.id.with("close"), Sense::click());
    closing.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Close {title}")));
    let color = ui
        .visuals()
        .text_color()
        .gamma_multiply(if closing.hovered() { 1.0 } else { 0.6 });
    if closing.hovered() || closing.has_focus() {
        ui.painter()
            .rect_filled(cross, 10.0, ui.visuals().widgets.active.bg_fill);
    }
    Icon::Close.paint(ui.painter(), cross.center(), 0.75, color);
    if closing.clicked() || response.middle_clicked() {
        return Some(Done::Close(index));
    }
    response
        .on_hover_text(title)
        .clicked()
        .then_some(Done::Show(index))
}
