//! The pages: where they are drawn, and what wheel and pointer do to them.

use super::reading::{self, Ground, Led};
use super::{hints, preview};
use crate::window::canvas::{Canvas, Tone};
use crate::window::document::layout::Placed;
use crate::window::keys::Action;
use crate::window::shell::{Blank, Overlay, Shell, scene};
use crate::window::tab::Tab;
use egui::epaint::{Mesh, Vertex};
use egui::{
    Align2, Color32, FontId, MouseWheelUnit, Painter, PointerButton, Pos2, Rect, Response, Role,
    Sense, Shape, Stroke, TextureId, Ui, WidgetInfo, pos2, vec2,
};
use ipc::Format;
use std::time::Duration;

/// A page that is not drawn after this long shows its number.
const PATIENCE: Duration = Duration::from_millis(200);

/// In full screen the pointer goes when it was not moved for so long.
const REST: Duration = Duration::from_secs(3);

/// Side of the squares behind what is see-through, in points.
const CHECK: f32 = 10.0;

/// Width of the bar that shows where one is, in points.
const BAR: f32 = 12.0;

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
    let (mut drawn, mut labels) = (true, 0);
    for placed in &visible {
        drawn &= desk.page(tab, placed, ui, canvas);
        reading::marks(tab, &painter, ground, placed);
        labels += hints::show(tab, &painter, ground, placed, labels);
    }
    if drawn {
        reading::prepare(tab, &visible);
    }
    preview::show(tab, ui, canvas);
    bar(tab, ui, area);
    super::inspector::follow(shell, ui, corner, points);
    if response.has_focus() {
        let stroke = Stroke::new(2.0, super::theme::accent(ui));
        painter.rect_stroke(area, 0.0, stroke, egui::StrokeKind::Inside);
    }
    present(shell, ui, &response);
    match led {
        Some(Led::Ask(overlay)) => shell.overlay = overlay,
        Some(Led::Say(words)) => shell.toast(words),
        Some(Led::Selected) => shell.offer_selection(),
        None => {}
    }
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

/// Where pages lie.
pub(super) struct Desk<'a> {
    pub(super) painter: &'a Painter,
    /// Top left in device pixels.
    pub(super) corner: (f32, f32),
    pub(super) points: f32,
}

impl Desk<'_> {
    /// A place on the screen in points, from device pixels.
    fn at(&self, x: f64, y: f64) -> Pos2 {
        let x = (f64::from(self.corner.0) + x) / f64::from(self.points);
        let y = (f64::from(self.corner.1) + y) / f64::from(self.points);
        pos2(x as f32, y as f32)
    }

    /// Draws a page; tells whether all of it is as it should be.
    pub(super) fn page(
        &self,
        tab: &mut Tab,
        placed: &Placed,
        ui: &Ui,
        canvas: &mut dyn Canvas,
    ) -> bool {
        let end = (placed.left + placed.width, placed.top + placed.height);
        let rect = Rect::from_min_max(self.at(placed.left, placed.top), self.at(end.0, end.1));
        let format = tab.summary().map(|summary| summary.format);
        match format {
            Some(Format::Pdf) => {
                self.painter.rect_filled(rect, 0.0, paper(tab.tone));
            }
            Some(Format::Jpeg) => {}
            _ => self.checks(rect.intersect(self.painter.clip_rect()), ui),
        }
        let tiles = scene(tab).tiles(std::slice::from_ref(placed));
        let frame = tab.frame();
        let is_drawn = |tab: &Tab, key| tab.tiles.is_drawn(key);
        let complete = tiles.iter().all(|key| is_drawn(tab, key)) && tiles.len() == 1;
        let mut blank = true;
        if !complete && let Some(texture) = tab.tiles.stand_in(placed.page, frame, placed.width) {
            self.toned(tab, placed, texture, [0.0, 0.0, 1.0, 1.0], canvas);
            blank = false;
        }
        for key in &tiles {
            if let Some(texture) = tab.tiles.get(key).filter(|_| complete || !key.is_whole()) {
                let (w, h) = (f64::from(key.page_px.0), f64::from(key.page_px.1));
                let (x, y) = (f64::from(key.origin_px.0), f64::from(key.origin_px.1));
                let (right, bottom) = (x + f64::from(key.size_px.0), y + f64::from(key.size_px.1));
                let part = [x / w, y / h, right / w, bottom / h];
                self.toned(tab, placed, texture, part, canvas);
                blank = false;
            }
        }
        // A frame that is missing between others is told where they are counted.
        if let Some(why) = tab.tiles.failure(placed.page, frame).filter(|_| blank) {
            self.note(rect, &format!("Page {} {why}", tab.label(placed.page)));
        } else if blank {
            self.placeholder(tab, placed.page, rect, ui);
        }
        if format == Some(Format::Pdf) {
            let line = Stroke::new(1.0 / self.points, Color32::from_black_alpha(60));
            self.painter
                .rect_stroke(rect, 0.0, line, egui::StrokeKind::Outside);
        }
        tiles.iter().all(|key| tab.tiles.is_done(key))
    }

    /// A part of a page in the tone of its document, photographs as they are.
    fn toned(
        &self,
        tab: &Tab,
        placed: &Placed,
        texture: TextureId,
        whole: [f64; 4],
        canvas: &mut dyn Canvas,
    ) {
        let turn = tab.view.arrangement.turn;
        let toned = canvas.toned(texture, tab.tone);
        let mirrored = tab.mirrored;
        self.part(placed, toned, (whole, whole), turn, mirrored);
        if !tab.tone.spares_pictures() {
            return;
        }
        let (width, height) = tab.layout.upright(placed.page);
        let sides = [width, height, width, height];
        for place in tab.pictures.get(&placed.page).into_iter().flatten() {
            let edges = place.edges().map(f64::from);
            let share = |i: usize| edges[i] / sides[i].max(1.0);
            let inside = [
                share(0).max(whole[0]),
                share(1).max(whole[1]),
                share(2).min(whole[2]),
                share(3).min(whole[3]),
            ];
            if inside[0] < inside[2] && inside[1] < inside[3] {
                self.part(placed, texture, (whole, inside), turn, mirrored);
            }
        }
    }

    /// A part of a page out of a texture that shows more of it (both left, top, right,
    /// bottom of the page before it is turned, 0 to 1).
    fn part(
        &self,
        placed: &Placed,
        texture: TextureId,
        (whole, [l, t, r, b]): ([f64; 4], [f64; 4]),
        turn: u8,
        mirrored: (bool, bool),
    ) {
        // Where the part lies on the page as it is turned.
        let [left, top, right, bottom] = match turn % 4 {
            0 => [l, t, r, b],
            1 => [1.0 - b, l, 1.0 - t, r],
            2 => [1.0 - r, 1.0 - b, 1.0 - l, 1.0 - t],
            _ => [t, 1.0 - r, b, 1.0 - l],
        };
        let exchanged = |a: f64, b: f64, is: bool| if is { (1.0 - b, 1.0 - a) } else { (a, b) };
        let (left, right) = exchanged(left, right, mirrored.0);
        let (top, bottom) = exchanged(top, bottom, mirrored.1);
        let x = |v: f64| (placed.left + v * placed.width).round();
        let y = |v: f64| (placed.top + v * placed.height).round();
        let corners = [
            self.at(x(left), y(top)),
            self.at(x(right), y(top)),
            self.at(x(left), y(bottom)),
            self.at(x(right), y(bottom)),
        ];
        let u = |v: f64| ((v - whole[0]) / (whole[2] - whole[0])) as f32;
        let v = |v: f64| ((v - whole[1]) / (whole[3] - whole[1])) as f32;
        let (u0, v0, u1, v1) = (u(l), v(t), u(r), v(b));
        let mut uv: [(f32, f32); 4] = match turn % 4 {
            0 => [(u0, v0), (u1, v0), (u0, v1), (u1, v1)],
            1 => [(u0, v1), (u0, v0), (u1, v1), (u1, v0)],
            2 => [(u1, v1), (u0, v1), (u1, v0), (u0, v0)],
            _ => [(u1, v0), (u1, v1), (u0, v0), (u0, v1)],
        };
        if mirrored.0 {
            uv = [uv[1], uv[0], uv[3], uv[2]];
        }
        if mirrored.1 {
            uv = [uv[2], uv[3], uv[0], uv[1]];
        }
        let mut mesh = Mesh::with_texture(texture);
        for (pos, uv) in corners.into_iter().zip(uv) {
            mesh.vertices.push(Vertex {
                pos,
                uv: uv.into(),
                color: Color32::WHITE,
            });
        }
        mesh.add_triangle(0, 1, 2);
        mesh.add_triangle(2, 1, 3);
        self.painter.add(Shape::mesh(mesh));
    }

    /// Squares behind a picture that may be see-through.
    fn checks(&self, rect: Rect, ui: &Ui) {
        let (light, dark) = if ui.visuals().dark_mode {
            (Color32::from_gray(0x4a), Color32::from_gray(0x3c))
        } else {
            (Color32::from_gray(0xff), Color32::from_gray(0xe2))
        };
        self.painter.rect_filled(rect, 0.0, light);
        let mut mesh = Mesh::default();
        let rows = (rect.height() / CHECK).ceil() as i32;
        let columns = (rect.width() / CHECK).ceil() as i32;
        for row in 0..rows.min(1000) {
            for column in (row % 2..columns.min(1000)).step_by(2) {
                let corner = rect.min + vec2(column as f32, row as f32) * CHECK;
                let square = Rect::from_min_size(corner, vec2(CHECK, CHECK)).intersect(rect);
                mesh.add_colored_rect(square, dark);
            }
        }
        self.painter.add(Shape::mesh(mesh));
    }

    /// A page that is still being drawn.
    fn placeholder(&self, tab: &Tab, page: u32, rect: Rect, ui: &Ui) {
        if tab.since.elapsed() < PATIENCE {
            ui.ctx().request_repaint_after(PATIENCE);
            return;
        }
        let seen = rect.intersect(self.painter.clip_rect());
        let color = Color32::from_gray(0xa0);
        let font = FontId::proportional(20.0);
        self.painter.text(
            seen.center(),
            Align2::CENTER_CENTER,
            tab.label(page),
            font,
            color,
        );
    }

    pub(super) fn note(&self, rect: Rect, words: &str) {
        let seen = rect.intersect(self.painter.clip_rect()).shrink(16.0);
        let color = Color32::from_rgb(0xb0, 0x30, 0x30);
        let font = FontId::proportional(14.0);
        let width = seen.width().clamp(50.0, 420.0);
        let galley = self.painter.layout(words.to_owned(), font, color, width);
        let place = seen.center() - galley.size() / 2.0;
        let behind = Rect::from_min_size(place, galley.size()).expand(10.0);
        self.painter
            .rect_filled(behind, 6.0, Color32::from_rgb(0xff, 0xf0, 0xee));
        self.painter.galley(place, galley, color);
    }
}

/// The bar on the right: where one is, and a way to go far.
fn bar(tab: &mut Tab, ui: &Ui, area: Rect) {
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
        ui.painter().rect_filled(mark, 1.0, super::theme::amber(ui));
    }
}
