//! Where pages lie, and what is drawn of them.

use super::paper;
use crate::window::canvas::Canvas;
use crate::window::document::layout::Placed;
use crate::window::shell::scene;
use crate::window::tab::Tab;
use egui::epaint::{Mesh, Vertex};
use egui::{
    Align2, Color32, FontId, Painter, Pos2, Rect, Shape, Stroke, TextureId, Ui, pos2, vec2,
};
use ipc::Format;
use std::time::Duration;

/// A page that is not drawn after this long shows its number.
const PATIENCE: Duration = Duration::from_millis(200);

/// Side of the squares behind what is see-through, in points.
const CHECK: f32 = 10.0;

/// Where pages lie.
pub(crate) struct Desk<'a> {
    pub(crate) painter: &'a Painter,
    /// Top left in device pixels.
    pub(crate) corner: (f32, f32),
    pub(crate) points: f32,
}

impl Desk<'_> {
    /// A place on the screen in points, from device pixels.
    fn at(&self, x: f64, y: f64) -> Pos2 {
        let x = (f64::from(self.corner.0) + x) / f64::from(self.points);
        let y = (f64::from(self.corner.1) + y) / f64::from(self.points);
        pos2(x as f32, y as f32)
    }

    /// Draws a page; tells whether all of it is as it should be.
    pub(crate) fn page(
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

    pub(crate) fn note(&self, rect: Rect, words: &str) {
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
