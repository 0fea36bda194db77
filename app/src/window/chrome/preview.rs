//! Where a link leads inside the document, shown while the pointer rests on it.

use super::small_page;
use crate::window::canvas::Canvas;
use crate::window::document::wanted::TileKey;
use crate::window::tab::Tab;
use egui::{Area, Frame, Id, Order, Rect, Ui, pos2, vec2};
use ipc::Destination;
use std::time::{Duration, Instant};

/// How long the pointer rests before anything is shown.
const REST: Duration = Duration::from_millis(350);

/// Width and height of what is shown, in points.
const SIZE: (f32, f32) = (440.0, 240.0);

/// A link that the pointer is on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Preview {
    to: Destination,
    since: Instant,
}

/// Notes what link the pointer is on, if any.
pub(super) fn over(tab: &mut Tab, to: Option<Destination>) {
    tab.preview = to.map(|to| match tab.preview {
        Some(preview) if preview.to == to => preview,
        _ => Preview {
            to,
            since: Instant::now(),
        },
    });
}

/// Shows it; what has to be drawn for that is put into `tab.preview_tile`.
pub(super) fn show(tab: &mut Tab, ui: &Ui, canvas: &mut dyn Canvas) {
    tab.preview_tile = None;
    let Some(preview) = tab.preview else {
        return;
    };
    let rested = preview.since.elapsed();
    if rested < REST {
        return ui.ctx().request_repaint_after(REST - rested);
    }
    let page = preview.to.page.get();
    let (width, height) = tab.layout.upright(page);
    let points = f64::from(ui.pixels_per_point());
    let wide = (f64::from(SIZE.0) * points).round().max(1.0);
    let high = (wide * height / width.max(1.0)).round().clamp(1.0, 8000.0);
    tab.preview_tile = TileKey::whole(page, (wide as u32, high as u32));
    let Some(texture) = tab.tiles.stand_in(page, 0, wide) else {
        return;
    };
    let Some(at) = ui.input(|input| input.pointer.hover_pos()) else {
        return;
    };
    // A little above the place, so that it is seen what it belongs to.
    let shown = (f64::from(SIZE.1) / (high / points)).min(1.0);
    let top = preview
        .to
        .top
        .map_or(0.0, |top| f64::from(top) / height.max(1.0) - shown * 0.1);
    let top = top.clamp(0.0, 1.0 - shown);
    let uv = Rect::from_min_max(pos2(0.0, top as f32), pos2(1.0, (top + shown) as f32));
    let size = vec2(SIZE.0, SIZE.1.min((high / points) as f32));
    let area = Area::new(Id::unique("preview"))
        .order(Order::Tooltip)
        .interactable(false);
    area.fixed_pos(at + vec2(16.0, 20.0))
        .constrain(true)
        .show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).inner_margin(4.0).show(ui, |ui| {
                let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
                small_page::show(tab, (page, texture), (rect, uv), ui.painter(), canvas);
                ui.label(egui::RichText::new(format!("Page {}", tab.label(page))).small());
            });
        });
}
