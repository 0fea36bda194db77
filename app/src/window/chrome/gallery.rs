//! The pictures that are looked through, small: a strip below the one that is shown,
//! or all of them in its place.

use super::parts;
use super::shortened::shortened;
use crate::window::canvas::Canvas;
use crate::window::shell::Shell;
use egui::{Color32, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Side of a small picture in the strip and in the grid, in points.
const STRIP: f32 = 72.0;
const GRID: f32 = 150.0;

/// Room around one, and for its name in the grid.
const GAP: f32 = 8.0;
const NAME: f32 = 20.0;

/// The pictures, and which of them is shown.
fn pictures(shell: &Shell) -> Option<(Arc<Vec<PathBuf>>, usize)> {
    let browsing = shell.tab()?.browsing.as_ref()?;
    if browsing.is_heard {
        return None;
    }
    let (at, count) = browsing.position();
    (count > 1).then(|| (browsing.paths(), at))
}

pub(super) fn strip(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    let Some((paths, at)) = pictures(shell).filter(|_| shell.strip && !shell.grid) else {
        return;
    };
    let mut chosen = None;
    // The one that it is compared with is marked too.
    let compared = shell.tab().and_then(|tab| tab.compared.as_ref());
    let other = compared.and_then(|compared| compared.tab.origin.path().map(Path::to_owned));
    egui::Panel::bottom("strip")
        .exact_size(STRIP + 3.0 * GAP)
        .show(ui, |ui| {
            ui.add_space(GAP);
            let step = STRIP + GAP;
            let width = ui.available_width();
            let mut area = egui::ScrollArea::horizontal().auto_shrink(false);
            let id = ui.scope_id().with("strip is at");
            let before = ui.data(|data| data.get_temp::<usize>(id));
            if before != Some(at) {
                // The one that is shown stands in the middle.
                let middle = (at as f32 + 0.5) * step - width / 2.0;
                area = area.horizontal_scroll_offset(middle.max(0.0));
                ui.data_mut(|data| data.insert_temp(id, at));
            }
            area.show_viewport(ui, |ui, seen| {
                ui.set_width(step * paths.len() as f32);
                ui.set_height(STRIP);
                let first = (seen.left() / step).floor().max(0.0) as usize;
                let last = (seen.right() / step).ceil().max(0.0) as usize;
                let corner = ui.min_rect().left_top();
                for (index, path) in paths.iter().enumerate().take(last).skip(first) {
                    let left = corner.x + index as f32 * step;
                    let rect = Rect::from_min_size(pos2(left, corner.y), vec2(STRIP, STRIP));
                    let is_shown = index == at || other.as_ref() == Some(path);
                    if cell(shell, ui, rect, path, is_shown).clicked() {
                        chosen = Some(path.clone());
                    }
                }
            });
        });
    if let Some(path) = chosen {
        shell.browse_to(&path, canvas);
    }
}

/// Tells whether it is shown.
pub(super) fn grid(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) -> bool {
    let Some((paths, at)) = pictures(shell).filter(|_| shell.grid) else {
        return false;
    };
    let mut chosen = None;
    let step = vec2(GRID + 2.0 * GAP, GRID + NAME + 2.0 * GAP);
    let columns = ((ui.available_width() - GAP) / step.x).floor().max(1.0) as usize;
    let rows = paths.len().div_ceil(columns);
    let id = ui.scope_id().with("grid was opened");
    let opened = ui.data_mut(|data| data.get_temp::<bool>(id).is_none());
    ui.data_mut(|data| data.insert_temp(id, true));
    let mut area = egui::ScrollArea::vertical().auto_shrink(false);
    if opened || std::mem::take(&mut shell.grid_opened) {
        let middle = (at / columns) as f32 * step.y - ui.available_height() / 2.0 + step.y / 2.0;
        area = area.vertical_scroll_offset(middle.max(0.0));
    }
    area.show_viewport(ui, |ui, seen| {
        ui.set_width(ui.available_width());
        ui.set_height(step.y * rows as f32);
        let aside = (ui.available_width() - step.x * columns as f32).max(0.0) / 2.0;
        let first = (seen.top() / step.y).floor().max(0.0) as usize * columns;
        let last = (seen.bottom() / step.y).ceil().max(0.0) as usize * columns;
        let corner = ui.min_rect().left_top() + vec2(aside + GAP, GAP);
        for (index, path) in paths.iter().enumerate().take(last).skip(first) {
            let place = vec2((index % columns) as f32, (index / columns) as f32) * step;
            let rect = Rect::from_min_size(corner + place, vec2(GRID, GRID));
            let response = cell(shell, ui, rect, path, index == at);
            if response.gained_focus() {
                ui.scroll_to_rect(rect.expand(NAME + GAP), None);
            }
            if index == at && ui.memory(|memory| memory.focused()).is_none() {
                response.request_focus();
            }
            if response.clicked() {
                chosen = Some(path.clone());
            }
            name(ui, rect, path);
        }
    });
    if let Some(path) = chosen {
        shell.grid = false;
        if let Some(focused) = ui.memory(|memory| memory.focused()) {
            ui.memory_mut(|memory| memory.surrender_focus(focused));
        }
        shell.browse_to(&path, canvas);
    }
    true
}

/// The name below a small picture, shorter where it is too long. What is read aloud is
/// the picture's own.
fn name(ui: &Ui, rect: Rect, path: &Path) {
    let style = egui::TextStyle::Body;
    let words = shortened(ui, &named(path), &style, rect.width());
    let color = ui.visuals().text_color();
    let galley = ui
        .painter()
        .layout_no_wrap(words, style.resolve(ui.style()), color);
    let left = rect.center().x - galley.size().x / 2.0;
    let place = pos2(left, rect.bottom() + 2.0);
    ui.painter().galley(place, galley, color);
}

fn named(path: &Path) -> String {
    crate::cli::printable(&path.file_name().unwrap_or_default().to_string_lossy())
}

/// A small picture that can be pressed.
fn cell(shell: &mut Shell, ui: &mut Ui, rect: Rect, path: &Path, is_shown: bool) -> Response {
    let id = ui.scope_id().with(path);
    let response = ui.interact(rect, id, Sense::click());
    let words = named(path);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_shown, &words));
    let painter = ui.painter_at(rect.expand(4.0));
    let visuals = ui.visuals();
    if is_shown || response.hovered() {
        let fill = match is_shown {
            true => visuals.selection.bg_fill,
            false => visuals.widgets.hovered.bg_fill,
        };
        painter.rect_filled(rect.expand(4.0), 6.0, fill);
    }
    match shell.small.get(path) {
        Some(small) => {
            let (width, height) = (f32::from(small.size.0), f32::from(small.size.1));
            let scale = (rect.width() / width).min(rect.height() / height);
            let points = ui.pixels_per_point();
            // A small picture is not blown up.
            let scale = scale.min(1.0 / points);
            let place = Rect::from_center_size(rect.center(), vec2(width, height) * scale);
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            match small.texture {
                Some(texture) => {
                    painter.image(texture, place, whole, Color32::WHITE);
                }
                None => {
                    let color = visuals.weak_text_color();
                    super::icons::Icon::Warning.paint(&painter, rect.center(), 1.5, color);
                }
            }
        }
        None => {
            painter.rect_filled(rect.shrink(6.0), 4.0, visuals.faint_bg_color);
        }
    }
    parts::focus_ring(ui, &response, 6.0);
    response.on_hover_text(words)
}
