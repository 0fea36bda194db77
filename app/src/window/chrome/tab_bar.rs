//! Tabs, when there is more than one.

use super::icons::Icon;
use crate::window::canvas::Canvas;
use crate::window::shell::Shell;
use egui::{Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

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
    let (mut done, mut pane) = (None, None);
    let id = egui::Id::unique("shown tab");
    let shown = (shell.current, shell.tabs.len());
    // A tab that was not chosen by pressing it may be out of sight.
    let changed = ui.data(|data| data.get_temp(id)) != Some(shown);
    ui.data_mut(|data| data.insert_temp(id, shown));
    egui::Panel::top("tabs").exact_size(HEIGHT).show(ui, |ui| {
        let count = shell.tabs.len() as f32;
        let width = (ui.available_width() / count - 4.0).clamp(60.0, 240.0);
        egui::ScrollArea::horizontal().show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                for (index, tab) in shell.tabs.iter().enumerate() {
                    let chosen = index == shell.current;
                    let (response, pressed) = one(ui, index, &tab.title(), chosen, width);
                    done = pressed.or(done.take());
                    if chosen {
                        pane = Some(response.id);
                        if changed {
                            response.scroll_to_me(None);
                        }
                    }
                }
            });
        });
    });
    shell.panes.extend(pane);
    match done {
        Some(Done::Show(index)) => shell.show(index),
        Some(Done::Close(index)) => shell.close(index, canvas),
        None => {}
    }
}

fn one(
    ui: &mut Ui,
    index: usize,
    title: &str,
    chosen: bool,
    width: f32,
) -> (Response, Option<Done>) {
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
    if chosen {
        let line = Rect::from_min_max(
            rect.left_bottom() - vec2(-8.0, 2.0),
            rect.right_bottom() - vec2(8.0, 0.0),
        );
        ui.painter()
            .rect_filled(line, 1.0, super::theme::accent(ui));
    }
    let color = ui.visuals().text_color();
    let words = egui::WidgetText::from(title);
    let wrap = Some(egui::TextWrapMode::Truncate);
    let galley = words.into_galley(ui, wrap, text.width(), egui::TextStyle::Body);
    let at = egui::Align2::CENTER_CENTER.align_size_within_rect(galley.size(), text);
    ui.painter().galley(at.min, galley, color);
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
        return (response, Some(Done::Close(index)));
    }
    let response = response.on_hover_text(title);
    let shown = response.clicked().then_some(Done::Show(index));
    (response, shown)
}
