//! A window without documents.

use super::parts;
use crate::window::canvas::Canvas;
use crate::window::keys::Action;
use crate::window::opening::Origin;
use crate::window::shell::Shell;
use egui::{RichText, Sense, Ui, vec2};
use std::path::Path;

pub(super) fn show(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    let recent = shell.store.recent();
    let height = 220.0 + 44.0 * recent.len().min(8) as f32;
    let (mut open, mut chosen, mut forgotten) = (false, None, None);
    super::error_page::middle(ui, height, |ui| {
        ui.label(RichText::new("Pellucid").size(30.0).strong());
        ui.label(
            "Every file opens in a sandbox of its own:\nit cannot reach your files or the network.",
        );
        ui.add_space(12.0);
        open = parts::main_button(ui, "Open…").clicked();
        ui.label(RichText::new("or drop files here").weak());
        ui.add_space(16.0);
        for path in recent.iter().take(8) {
            match entry(path, ui) {
                Pressed::Open => chosen = Some(path.clone()),
                Pressed::Forget => forgotten = Some(path.clone()),
                Pressed::Nothing => {}
            }
        }
    });
    if open {
        shell.act(Action::Open, None, ui.ctx(), canvas);
    }
    if let Some(path) = chosen {
        shell.open([Origin::Path(path)]);
    }
    if let Some(path) = forgotten {
        shell.store.forget(&path);
    }
}

enum Pressed {
    Open,
    Forget,
    Nothing,
}

fn entry(path: &Path, ui: &mut Ui) -> Pressed {
    let origin = Origin::Path(path.to_owned());
    let folder = path
        .parent()
        .map(|folder| crate::cli::printable(&folder.to_string_lossy()));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::click());
    let name = origin.name();
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Open {name}"))
    });
    if response.hovered() {
        ui.painter()
            .rect_filled(rect, 8.0, ui.visuals().widgets.hovered.bg_fill);
    }
    parts::focus_ring(ui, &response, 8.0);
    let inner = rect.shrink2(vec2(12.0, 3.0));
    let builder = egui::UiBuilder::new()
        .max_rect(inner.with_max_x(inner.right() - 36.0))
        .layout(egui::Layout::top_down(egui::Align::Min));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add(
            egui::Label::new(RichText::new(&name).strong())
                .truncate()
                .selectable(false),
        );
        let folder = RichText::new(folder.unwrap_or_default()).weak().small();
        ui.add(egui::Label::new(folder).truncate().selectable(false));
    });
    let place = egui::Rect::from_center_size(
        egui::pos2(rect.right() - 20.0, rect.center().y),
        vec2(32.0, 32.0),
    );
    let builder = egui::UiBuilder::new().max_rect(place);
    let forget = ui.scope_builder(builder, |ui| {
        parts::icon_button(ui, super::icons::Icon::Close, &format!("Forget {name}")).clicked()
    });
    if forget.inner {
        Pressed::Forget
    } else if response.clicked() {
        Pressed::Open
    } else {
        Pressed::Nothing
    }
}
