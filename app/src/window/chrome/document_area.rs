//! The pages: where they are drawn, and what wheel and pointer do to them.

mod bar;
mod desk;

pub(super) use desk::Desk;

use super::reading::{self, Ground, Led};
use super::{hints, note, preview};
use crate::window::canvas::{Canvas, Tone};
use crate::window::keys::Action;
use crate::window::shell::{Blank, Overlay, Shell};
use crate::window::tab::Tab;
use egui::{
    Color32, MouseWheelUnit, PointerButton, Pos2, Response, Role, Sense, Stroke, Ui, WidgetInfo,
};
use std::time::Duration;

/// In full screen the pointer goes when it was not moved for so long.
const REST: Duration = Duration::from_secs(3);

pub(super) fn show(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    let area = ui.max_rect();
    let response = ui.allocate_rect(area, Sense::click_and_drag());
    take_keyboard(shell, ui, &response);
    let points = ui.pixels_per_point();
    let Some(tab) = shell.tab_mut() else {
        return;
    };
    // Pages stand on whole pixels, so the area does too.
    let corner = ((area.min.x * points).round(), (area.min.y * points).round());
    let size = (
        (area.width() * points).floor(),
        (area.height() * points).floor(),
    );
    let viewport = (f64::from(size.0), f64::from(size.1));
    // The user's size of the chrome is not the size of documents.
    let native = ui.ctx().native_pixels_per_point().unwrap_or(points);
    tab.view.resize(&tab.layout, viewport, f64::from(native));
    tab.keep_view();
    let ground = Ground { corner, points };
    let visible = tab.view.visible(&tab.layout, 0.0);
    let (taken, led) = reading::pointer(tab, ui, &response, ground, &visible);
    follow_pointer(tab, ui, &response, corner);
    let page = tab.view.current_page(&tab.layout);
    let name = format!("Page {} of {}", tab.label(page), tab.layout.pages());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    let painter = ui.painter_at(area);
    let desk = Desk {
        painter: &painter,
        corner,
        points,
    };
    let visible = tab.view.visible(&tab.layout, 0.0);
    let mut drawn = true;
    for placed in &visible {
        drawn &= desk.page(tab, placed, ui, canvas);
        reading::marks(tab, &painter, ground, placed);
    }
    hints::show(tab, &painter, ground);
    if drawn {
        reading::prepare(tab, &visible);
    }
    preview::show(tab, ui, canvas);
    bar::show(tab, ui, area);
    super::inspector::follow(shell, ui, corner, points);
    if response.has_focus() {
        let stroke = Stroke::new(2.0, super::theme::accent(ui));
        painter.rect_stroke(area, 0.0, stroke, egui::StrokeKind::Inside);
    }
    present(shell, ui, &response);
    if response.clicked() && matches!(shell.overlay, Overlay::Note(_)) {
        shell.overlay = Overlay::None;
    }
    match led {
        Some(Led::Ask(overlay)) => shell.overlay = overlay,
        Some(Led::Say(words)) => shell.toast(words),
        Some(Led::Selected) => shell.offer_selection(),
        None => {}
    }
    note::show(shell, ui, ground, &visible);
    buttons(shell, ui, &response, taken, canvas);
}

/// Keys mean the document while nothing else has the keyboard, and when it has it.
pub(super) fn take_keyboard(shell: &mut Shell, ui: &Ui, response: &Response) {
    shell.panes.push(response.id);
    shell.document_id = Some(response.id);
    if response.has_focus() {
        let filter = egui::EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..Default::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    }
}

/// What a presentation adds: a blank screen, a click for the next page, and no
/// pointer while it rests.
fn present(shell: &mut Shell, ui: &Ui, response: &Response) {
    let rested = shell.pointer_moved.elapsed();
    if shell.full_screen && rested >= REST {
        ui.ctx().set_cursor_icon(egui::CursorIcon::None);
    } else if shell.full_screen {
        ui.ctx().request_repaint_after(REST.saturating_sub(rested));
    }
    let Some(presentation) = shell.presenting else {
        return;
    };
    let color = match presentation.blank {
        Blank::No => None,
        Blank::Black => Some(Color32::BLACK),
        Blank::White => Some(Color32::WHITE),
    };
    if let Some(color) = color {
        ui.painter().rect_filled(ui.max_rect(), 0.0, color);
    }
    if response.clicked()
        && let Some(tab) = shell.tab_mut()
    {
        tab.view.turn_page(&tab.layout, 1);
    }
}

/// Wheel, pinch and drag.
pub(super) fn follow_pointer(tab: &mut Tab, ui: &Ui, response: &Response, corner: (f32, f32)) {
    let points = f64::from(ui.pixels_per_point());
    let (zoom, scroll, pointer) = ui.input(|input| {
        (
            input.zoom_delta(),
            input.smooth_scroll_delta(),
            input.pointer.hover_pos(),
        )
    });
    // Fingers on a touchpad move a picture, a wheel enlarges it.
    let glides = ui.input(|input| {
        let mut wheels = input.raw.events.iter();
        wheels.any(|event| {
            let unit = MouseWheelUnit::Point;
            matches!(event, egui::Event::MouseWheel { unit: this, .. } if *this == unit)
        })
    });
    let anchor = |at: Pos2| {
        let x = f64::from(at.x) * points - f64::from(corner.0);
        let y = f64::from(at.y) * points - f64::from(corner.1);
        (x, y)
    };
    if response.contains_pointer()
        && let Some(at) = pointer
    {
        let wheel = f64::from(scroll.y);
        if zoom != 1.0 {
            let times = tab.view.times() * f64::from(zoom);
            tab.view.zoom_to(&tab.layout, times, anchor(at));
        } else if tab.is_picture() && wheel != 0.0 && tab.layout.pages() == 1 && !glides {
            let times = tab.view.times() * (wheel / 400.0).exp();
            tab.view.zoom_to(&tab.layout, times, anchor(at));
        } else if scroll != egui::Vec2::ZERO {
            let by = (-f64::from(scroll.x) * points, -wheel * points);
            tab.view.wheel_by(&tab.layout, by);
        }
    }
    let pulled = (response.dragged_by(PointerButton::Primary) && tab.selecting.is_none())
        || response.dragged_by(PointerButton::Middle);
    if pulled {
        let by = response.drag_delta();
        let by = (-f64::from(by.x) * points, -f64::from(by.y) * points);
        tab.view.pan_by(&tab.layout, by);
        ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
    }
}

/// Clicks that do something.
fn buttons(shell: &mut Shell, ui: &Ui, response: &Response, taken: bool, canvas: &mut dyn Canvas) {
    let pressed = |button| ui.input(|input| input.pointer.button_pressed(button));
    if response.double_clicked() && !taken && shell.presenting.is_none() {
        shell.act(Action::FullScreen, None, ui.ctx(), canvas);
    }
    if response.hovered() && pressed(PointerButton::Extra1) {
        shell.act(Action::Back, None, ui.ctx(), canvas);
    }
    if response.hovered() && pressed(PointerButton::Extra2) {
        shell.act(Action::Forward, None, ui.ctx(), canvas);
    }
    if let Some(at) = response.interact_pointer_pos()
        && response.secondary_clicked()
    {
        shell.overlay = Overlay::ContextMenu(ui.ctx().cumulative_frame_nr(), at);
    }
}

/// The colour of a page before anything is drawn on it.
pub(super) fn paper(tone: Tone) -> Color32 {
    let [r, g, b, _] = tone.apply([255; 4]);
    Color32::from_rgb(r, g, b)
}
