//! Zoom at the lower right; it goes when the pointer rests.

use super::icons::Icon;
use super::parts;
use crate::window::canvas::Canvas;
use crate::window::document::view::Zoom;
use crate::window::keys::Action;
use crate::window::shell::Shell;
use egui::{Align2, Area, Frame, Id, Ui, vec2};
use std::time::Duration;

/// How long it stays after the pointer was moved.
const REST: Duration = Duration::from_secs(3);

/// Sizes that can be chosen, in percent.
const CHOICES: [u32; 5] = [50, 100, 150, 200, 400];

pub(super) fn show(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    let rested = shell.pointer_moved.elapsed();
    let id = Id::unique("zoom");
    let in_use =
        ui.ctx().memory(|memory| memory.focused()).is_some() || egui::Popup::is_any_open(ui.ctx());
    if rested >= REST && !in_use {
        return;
    }
    ui.ctx().request_repaint_after(REST.saturating_sub(rested));
    let area = shell.page_area;
    let place = area.max - vec2(20.0, 16.0);
    let area = Area::new(id).pivot(Align2::RIGHT_BOTTOM).fixed_pos(place);
    area.show(ui.ctx(), |ui| {
        let frame = Frame::popup(ui.style())
            .corner_radius(20.0)
            .inner_margin(4.0);
        frame.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.vertical_centered(|ui| {
                ui.set_width(52.0);
                cluster(shell, ui, canvas);
            });
        });
    });
}

fn cluster(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    for (icon, action) in [(Icon::Fit, Action::FitPage), (Icon::Plus, Action::ZoomIn)] {
        let name = parts::with_keys(&shell.keys, action);
        if parts::icon_button(ui, icon, &name).clicked() {
            shell.act(action, None, ui.ctx(), canvas);
        }
    }
    let Some(tab) = shell.tab_mut() else {
        return;
    };
    let now = format!("{:.0}%", tab.view.times() * 100.0);
    let button = ui
        .add(egui::Button::new(now).frame(false))
        .on_hover_text("Choose a size");
    let mut chosen = None;
    egui::Popup::menu(&button).show(|ui| {
        for percent in CHOICES {
            if ui.button(format!("{percent}%")).clicked() {
                chosen = Some(Zoom::Times(f64::from(percent) / 100.0));
            }
        }
        if ui.button("Fit page").clicked() {
            chosen = Some(Zoom::Page);
        }
        if ui.button("Fit width").clicked() {
            chosen = Some(Zoom::Width);
        }
        if !tab.is_picture() && ui.button("Fit content").clicked() {
            chosen = Some(Zoom::Content);
        }
    });
    if let Some(zoom) = chosen {
        tab.view.set_zoom(&mut tab.layout, zoom);
    }
    let name = parts::with_keys(&shell.keys, Action::ZoomOut);
    if parts::icon_button(ui, Icon::Minus, &name).clicked() {
        shell.act(Action::ZoomOut, None, ui.ctx(), canvas);
    }
}
