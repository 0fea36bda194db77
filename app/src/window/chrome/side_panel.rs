//! The panel on the left: small pages to go to.

mod attachments;
mod layers;
mod marks;
mod notes;
mod outline;
mod signatures;

use super::document_area::paper;
use crate::window::canvas::Canvas;
use crate::window::document::wanted::TileKey;
use crate::window::shell::{Overlay, Shell};
use crate::window::tab::Tab;
use attachments::Wish;
pub(super) use attachments::size;
use egui::{
    Color32, Id, Rect, Response, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

/// Width of a small page, in points.
const WIDTH: f32 = 120.0;

/// Height of the row of a small page with its label, in points.
const ROW: f32 = 190.0;

/// What the panel shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Side {
    #[default]
    Pages,
    Outline,
    Marks,
    Found,
    Attachments,
    Layers,
    Signatures,
    Notes,
}

/// Whether there is anything to show.
pub(super) fn has_something(shell: &Shell) -> bool {
    shell
        .tab()
        .filter(|tab| !tab.is_sound())
        .is_some_and(|tab| {
            let lists = !tab.outline.is_empty() || !tab.marks.is_empty();
            let carried = !tab.carried.is_empty();
            tab.layout.pages() > 1 || lists || carried || tab.find.count() > 0
        })
}

pub(super) fn show(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    shell.thumbnails.clear();
    if !shell.side_panel || !has_something(shell) {
        return;
    }
    let mut wanted = Vec::new();
    let (mut side, mut pane) = (shell.side, None);
    let (mut changed, mut wish, mut note) = (false, None, None);
    let panel = egui::Panel::left("side")
        .default_size(210.0)
        .size_range(160.0..=420.0);
    panel.show(ui, |ui| {
        let Some(tab) = shell.tab_mut().filter(|tab| tab.summary().is_some()) else {
            ui.weak("No pages yet");
            return;
        };
        chooser(tab, &mut side, ui);
        match side {
            Side::Outline if !tab.outline.is_empty() => outline::show(tab, ui),
            Side::Marks if !tab.marks.is_empty() => changed = marks::show(tab, ui),
            Side::Found if tab.find.count() > 0 => found(tab, ui),
            Side::Attachments if !tab.carried.attachments.is_empty() => {
                wish = attachments::show(tab, ui);
            }
            Side::Layers if !tab.carried.layers.is_empty() => layers::show(tab, ui),
            Side::Signatures if !tab.carried.signatures.is_empty() => signatures::show(tab, ui),
            Side::Notes if !tab.carried.notes.is_empty() => note = notes::show(tab, ui),
            _ => pane = pages(tab, ui, canvas, &mut wanted),
        }
    });
    shell.side = side;
    shell.panes.extend(pane);
    if let Some(number) = note {
        shell.overlay = Overlay::Note(number);
    }
    shell.thumbnails = wanted;
    if changed {
        shell.keep_marks();
    }
    match wish {
        Some(Wish::Save(number)) => shell.ask_to_save(number),
        Some(Wish::Open(number)) => shell.open_attachment(number),
        None => {}
    }
}

/// Only what has something to show can be chosen.
fn chooser(tab: &Tab, side: &mut Side, ui: &mut Ui) {
    let choices = [
        (Side::Pages, "Pages", true),
        (Side::Outline, "Outline", !tab.outline.is_empty()),
        (Side::Marks, "Bookmarks", !tab.marks.is_empty()),
        (Side::Notes, "Notes", !tab.carried.notes.is_empty()),
        (Side::Found, "Found", tab.find.count() > 0),
        (
            Side::Attachments,
            "Attachments",
            !tab.carried.attachments.is_empty(),
        ),
        (Side::Layers, "Layers", !tab.carried.layers.is_empty()),
        (
            Side::Signatures,
            "Signatures",
            !tab.carried.signatures.is_empty(),
        ),
    ];
    if choices.iter().filter(|choice| choice.2).count() < 2 {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for (choice, name, _) in choices.into_iter().filter(|choice| choice.2) {
            if ui.selectable_label(*side == choice, name).clicked() {
                *side = choice;
            }
        }
    });
    ui.separator();
}

/// Height of a line of a list, in points.
const LINE: f32 = 28.0;

fn found(tab: &mut Tab, ui: &mut Ui) {
    let mut chosen = None;
    let area = ScrollArea::vertical().auto_shrink([false, false]);
    area.show_rows(ui, LINE * 2.0, tab.find.count(), |ui, rows| {
        let listed = tab.find.all().skip(rows.start).take(rows.len());
        for (page, number, one) in listed {
            let current = tab.find.current == Some((page, number));
            let mut text = egui::text::LayoutJob::default();
            let color = ui.visuals().text_color();
            let plain = |color| egui::TextFormat {
                color,
                ..Default::default()
            };
            let label = format!("{}  ", tab.label(page));
            text.append(&label, 0.0, plain(ui.visuals().weak_text_color()));
            let before = one.before.as_str();
            let start = before.ceil_char_boundary(before.len().saturating_sub(24));
            text.append(&before[start..], 0.0, plain(color));
            text.append(one.found.as_str(), 0.0, plain(super::theme::accent(ui)));
            text.append(one.after.as_str(), 0.0, plain(color));
            text.wrap.max_rows = 2;
            let button = egui::Button::selectable(current, text).wrap();
            if ui
                .add_sized(vec2(ui.available_width(), LINE * 2.0), button)
                .clicked()
            {
                chosen = Some((page, number, one.places.first().map(|place| place.edges())));
            }
        }
    });
    if let Some((page, number, place)) = chosen {
        tab.find.current = Some((page, number));
        if let Some(place) = place {
            tab.reveal(page, place);
        }
    }
}

/// Small pages; tells which widget the current one is.
fn pages(
    tab: &mut Tab,
    ui: &mut Ui,
    canvas: &mut dyn Canvas,
    wanted: &mut Vec<TileKey>,
) -> Option<Id> {
    let mut pane = None;
    let current = tab.view.current_page(&tab.layout);
    let count = tab.layout.pages() as usize;
    let spacing = ui.spacing().item_spacing.y;
    let followed = ui.data(|data| data.get_temp::<u32>(ui.scope_id()));
    let mut area = ScrollArea::vertical().auto_shrink([false, false]);
    if followed != Some(current) {
        // The panel follows the document.
        ui.data_mut(|data| data.insert_temp(ui.scope_id(), current));
        let middle = ui.available_height() / 2.0 - ROW / 2.0;
        let top = current as f32 * (ROW + spacing) - middle;
        area = area.vertical_scroll_offset(top.max(0.0));
    }
    let mut chosen = None;
    area.show_rows(ui, ROW, count, |ui, rows| {
        for page in rows {
            let page = u32::try_from(page).unwrap_or(u32::MAX);
            let pressed = one(tab, page, page == current, ui, canvas, wanted);
            if page == current {
                pane = Some(pressed.id);
            }
            if pressed.clicked() {
                chosen = Some(page);
            }
        }
    });
    if let Some(page) = chosen {
        tab.jump(page);
    }
    pane
}

/// Draws a small page.
fn one(
    tab: &mut Tab,
    page: u32,
    current: bool,
    ui: &mut Ui,
    canvas: &mut dyn Canvas,
    wanted: &mut Vec<TileKey>,
) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let label = tab.label(page);
    response.widget_info(|| {
        WidgetInfo::selected(Role::ListBoxOption, true, current, format!("Page {label}"))
    });
    let (width, height) = tab.layout.upright(page);
    let fits = f64::from(WIDTH) / width.max(1.0);
    let scale = fits.min(f64::from(ROW - 36.0) / height.max(1.0)) as f32;
    let size = vec2(width as f32 * scale, height as f32 * scale);
    let middle = pos2(rect.center().x, rect.top() + (ROW - 28.0) / 2.0 + 4.0);
    let place = Rect::from_center_size(middle, size);
    let points = ui.pixels_per_point();
    let side = |side: f32| (side * points).round().clamp(1.0, 1024.0) as u32;
    wanted.extend(TileKey::whole(page, (side(size.x), side(size.y))));
    if response.hovered() || current {
        let fill = if current {
            ui.visuals().widgets.inactive.bg_fill
        } else {
            ui.visuals().widgets.hovered.bg_fill
        };
        ui.painter().rect_filled(rect.shrink(2.0), 8.0, fill);
    }
    super::parts::focus_ring(ui, &response, 8.0);
    match tab.tiles.stand_in(page, 0, f64::from(size.x * points)) {
        Some(texture) => {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            super::small_page::show(tab, (page, texture), (place, uv), ui.painter(), canvas);
        }
        None => drop(ui.painter().rect_filled(place, 0.0, paper(tab.tone))),
    }
    let line = Stroke::new(1.0, Color32::from_black_alpha(60));
    ui.painter()
        .rect_stroke(place, 0.0, line, egui::StrokeKind::Outside);
    let at = pos2(rect.center().x, rect.bottom() - 14.0);
    let font = egui::TextStyle::Body.resolve(ui.style());
    let color = ui.visuals().text_color();
    ui.painter()
        .text(at, egui::Align2::CENTER_CENTER, label, font, color);
    response
}
