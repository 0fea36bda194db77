//! Text and links on the pages: what the pointer does to them, and how what is
//! found and selected is marked.

use super::{link, note, preview};
use crate::window::document::layout::Placed;
use crate::window::document::selection::{Grain, Selecting};
use crate::window::shell::Overlay;
use crate::window::tab::{Tab, turned, unturned};
use egui::{
    Color32, CursorIcon, Modifiers, Painter, PointerButton, Pos2, Rect, Response, Shape, Stroke,
    Ui, pos2,
};
use ipc::{Link, LinkTarget, RefusedAction};
use std::time::{Duration, Instant};

/// What a click on a link leads to, beyond this document.
pub(super) enum Led {
    /// Ask the user about an address.
    Ask(Overlay),
    /// Say why nothing happens.
    Say(&'static str),
    /// Something was selected.
    Selected,
}

/// Where pages are on the screen, in device pixels from this corner.
#[derive(Clone, Copy)]
pub(super) struct Ground {
    pub(super) corner: (f32, f32),
    pub(super) points: f32,
}

impl Ground {
    fn pixels(&self, at: Pos2) -> (f64, f64) {
        let x = f64::from(at.x * self.points) - f64::from(self.corner.0);
        let y = f64::from(at.y * self.points) - f64::from(self.corner.1);
        (x, y)
    }

    /// A part of a page as it is turned (0 to 1), in points of the screen.
    pub(super) fn rect(&self, placed: &Placed, [l, t, r, b]: [f64; 4]) -> Rect {
        let at = |x: f64, y: f64| {
            let x = f64::from(self.corner.0) + placed.left + x * placed.width;
            let y = f64::from(self.corner.1) + placed.top + y * placed.height;
            pos2(x as f32 / self.points, y as f32 / self.points)
        };
        Rect::from_min_max(at(l, t), at(r, b))
    }
}

/// A place on a page, in the page's own units.
type OnPage = (u32, (f32, f32));

/// Asks for words and links of the pages that are seen, once they are drawn.
pub(super) fn prepare(tab: &mut Tab, visible: &[Placed]) {
    if tab.is_picture() {
        return;
    }
    for placed in visible {
        tab.want_pictures(placed.page);
    }
    let unknown = tab
        .selection
        .unknown(visible.iter().map(|placed| placed.page));
    if let Some(worker) = tab.worker.as_ref().filter(|_| !unknown.is_empty()) {
        worker.want_links(&unknown);
        worker.want_text(&unknown);
    }
}

/// Selecting and following links; tells what has to be asked or said. `false`
/// when the pointer means something else.
pub(super) fn pointer(
    tab: &mut Tab,
    ui: &Ui,
    response: &Response,
    ground: Ground,
    visible: &[Placed],
) -> (bool, Option<Led>) {
    if tab.is_picture() {
        return (false, None);
    }
    let (hovered, pressed) =
        ui.input(|input| (input.pointer.hover_pos(), input.pointer.press_origin()));
    let over = hovered.filter(|_| response.contains_pointer());
    let over = over.and_then(|at| inside(tab, visible, ground.pixels(at)));
    show_cursor(tab, ui, over);
    let inside_link = over.and_then(|(page, at)| match link_at(tab, page, at)?.target {
        LinkTarget::Inside(to) => Some(to),
        _ => None,
    });
    preview::over(tab, inside_link);
    let noted = over.and_then(|(page, at)| note_at(tab, page, at));
    note::over(tab, noted);
    count_presses(tab, ui);
    let held = ui.input(|input| input.modifiers);
    if response.drag_started_by(PointerButton::Primary) {
        let origin = pressed.and_then(|at| inside(tab, visible, ground.pixels(at)));
        tab.selecting = origin.and_then(|(page, at)| begin(tab, held, page, at));
    }
    if response.dragged_by(PointerButton::Primary)
        && let Some(selecting) = tab.selecting
    {
        if let Some(at) = ui.input(|input| input.pointer.interact_pos()) {
            select(tab, selecting, visible, ground.pixels(at));
            scroll_along(tab, ui, ground.pixels(at));
        }
        return (true, None);
    }
    if tab.selecting.is_some() && response.drag_stopped() {
        tab.selecting = None;
        return (true, Some(Led::Selected));
    }
    let Some((page, at)) = over else {
        return (false, None);
    };
    let over_text = tab.selection.is_over_text(page, at);
    if response.triple_clicked() && over_text {
        tab.selection.begin(page, at, Grain::Line);
        (true, Some(Led::Selected))
    } else if response.double_clicked() && over_text {
        tab.selection.begin(page, at, Grain::Word);
        (true, Some(Led::Selected))
    } else if response.clicked() && held.shift {
        tab.selection.extend(page, at);
        (true, Some(Led::Selected))
    } else if response.clicked() {
        let target = link_at(tab, page, at).map(|link| link.target.clone());
        // Nothing is selected, but something may be from here on.
        tab.selection.begin(page, at, Grain::Letter);
        let followed = target.is_some() || noted.is_some();
        let note = noted.map(|number| Led::Ask(Overlay::Note(number)));
        (followed, target.map_or(note, |target| follow(tab, target)))
    } else {
        (false, None)
    }
}

/// Where a press lies near the one before in time and place, it is counted with it.
fn count_presses(tab: &mut Tab, ui: &Ui) {
    const PAUSE: Duration = Duration::from_millis(400);
    const NEAR: f32 = 5.0;
    if !ui.input(|input| input.pointer.primary_pressed()) {
        return;
    }
    let Some(at) = ui.input(|input| input.pointer.interact_pos()) else {
        return;
    };
    let before = tab
        .presses
        .filter(|(when, place, _)| when.elapsed() < PAUSE && place.distance(at) < NEAR);
    let count = before.map_or(1, |(_, _, count)| count % 3 + 1);
    tab.presses = Some((Instant::now(), at, count));
}

/// What a press with these keys held selects, when it becomes a drag.
fn begin(tab: &mut Tab, held: Modifiers, page: u32, at: (f32, f32)) -> Option<Selecting> {
    if held.ctrl || held.alt {
        return Some(Selecting::Area(page, at));
    }
    if held.shift && !tab.selection.is_empty() {
        return Some(Selecting::Text);
    }
    if !tab.selection.is_over_text(page, at) {
        return None;
    }
    let grain = match tab.presses {
        Some((_, _, 2)) => Grain::Word,
        Some((_, _, 3)) => Grain::Line,
        _ => Grain::Letter,
    };
    tab.selection.begin(page, at, grain);
    Some(Selecting::Text)
}

/// Moves the end of what is selected to a place of the view.
fn select(tab: &mut Tab, selecting: Selecting, visible: &[Placed], at: (f64, f64)) {
    match selecting {
        Selecting::Text => {
            if let Some((page, at)) = nearest(tab, visible, at) {
                tab.selection.extend(page, at);
            }
        }
        Selecting::Area(page, from) => {
            if let Some(placed) = visible.iter().find(|placed| placed.page == page) {
                let (_, to) = on_page(tab, placed, at);
                tab.selection.select_area(page, from, to);
            }
        }
    }
}

fn show_cursor(tab: &Tab, ui: &Ui, over: Option<OnPage>) {
    let Some((page, at)) = over else {
        return;
    };
    if link_at(tab, page, at).is_some() || note_at(tab, page, at).is_some() {
        ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
    } else if tab.selection.is_over_text(page, at) {
        ui.ctx().set_cursor_icon(CursorIcon::Text);
    }
}

/// Scrolls while something is selected beyond the edge of the view.
fn scroll_along(tab: &mut Tab, ui: &Ui, (_, y): (f64, f64)) {
    let height = tab.view.viewport().1;
    let beyond = if y < 0.0 { y } else { (y - height).max(0.0) };
    if beyond != 0.0
        && tab
            .view
            .scroll_by(&tab.layout, (0.0, beyond.clamp(-40.0, 40.0)))
    {
        ui.ctx().request_repaint();
    }
}

fn link_at(tab: &Tab, page: u32, (x, y): (f32, f32)) -> Option<&Link> {
    // The last one lies on top.
    tab.links.get(&page)?.iter().rev().find(|link| {
        let [left, top, right, bottom] = link.place.edges();
        (left..=right).contains(&x) && (top..=bottom).contains(&y)
    })
}

/// The note under a place that is no link.
fn note_at(tab: &Tab, page: u32, at: (f32, f32)) -> Option<usize> {
    match link_at(tab, page, at) {
        Some(_) => None,
        None => note::at(tab, page, at),
    }
}

pub(super) fn follow(tab: &mut Tab, target: LinkTarget) -> Option<Led> {
    match target {
        LinkTarget::Inside(to) => {
            tab.follow(to);
            None
        }
        LinkTarget::Address(address) if link::may_open(address.as_str()) => {
            Some(Led::Ask(Overlay::Link(address.as_str().to_owned())))
        }
        LinkTarget::Address(_) => Some(Led::Say(
            "This link leads to something that is never opened from a document",
        )),
        LinkTarget::Refused(action) => Some(Led::Say(refusal(action))),
    }
}

fn refusal(action: RefusedAction) -> &'static str {
    match action {
        RefusedAction::Launch => "This link wants to start a program or open a file: never done",
        RefusedAction::JavaScript => "This link wants to run a script: never done",
        RefusedAction::Form => "This link wants to send a form: never done",
        RefusedAction::OtherDocument => "This link leads to another file: open that by yourself",
        RefusedAction::Media => "This link wants to play something: never done",
        RefusedAction::Other => "This link wants something that is not known here",
    }
}

/// The place of a page that is under a place of the view.
fn inside(tab: &Tab, visible: &[Placed], (x, y): (f64, f64)) -> Option<OnPage> {
    let placed = visible.iter().find(|placed| {
        (placed.left..placed.left + placed.width).contains(&x)
            && (placed.top..placed.top + placed.height).contains(&y)
    })?;
    Some(on_page(tab, placed, (x, y)))
}

/// The same, or the nearest place where there is none.
fn nearest(tab: &Tab, visible: &[Placed], (x, y): (f64, f64)) -> Option<OnPage> {
    let away = |placed: &&Placed| {
        let aside = (placed.left - x)
            .max(x - placed.left - placed.width)
            .max(0.0);
        let above = (placed.top - y)
            .max(y - placed.top - placed.height)
            .max(0.0);
        aside + above
    };
    let placed = visible.iter().min_by(|a, b| away(a).total_cmp(&away(b)))?;
    Some(on_page(tab, placed, (x, y)))
}

fn on_page(tab: &Tab, placed: &Placed, (x, y): (f64, f64)) -> OnPage {
    let share = (
        (x - placed.left) / placed.width,
        (y - placed.top) / placed.height,
    );
    let turn = tab.view.arrangement.turn;
    (
        placed.page,
        unturned(share, tab.layout.upright(placed.page), turn),
    )
}

/// Marks what is found and what is selected on a page.
pub(super) fn marks(tab: &Tab, painter: &Painter, ground: Ground, placed: &Placed) {
    let upright = tab.layout.upright(placed.page);
    let turn = tab.view.arrangement.turn;
    let mark = |edges: [f32; 4], color: Color32| {
        let rect = ground.rect(placed, turned(edges, upright, turn));
        painter.add(Shape::rect_filled(rect.expand(0.5), 1.0, color));
    };
    for (number, found) in tab.find.on(placed.page).iter().enumerate() {
        let current = tab.find.current == Some((placed.page, number));
        let color = if current {
            Color32::from_rgba_unmultiplied(0xff, 0x8c, 0x00, 0x80)
        } else {
            Color32::from_rgba_unmultiplied(0xff, 0xe0, 0x00, 0x60)
        };
        found
            .places
            .iter()
            .for_each(|place| mark(place.edges(), color));
    }
    let color = Color32::from_rgba_unmultiplied(0x35, 0x84, 0xe4, 0x60);
    for place in tab.selection.places(placed.page) {
        mark(place.edges(), color);
    }
    if let Some(area) = tab.selection.area(placed.page) {
        let rect = ground.rect(placed, turned(area, upright, turn));
        let line = Stroke::new(1.0, color.to_opaque());
        painter.rect_stroke(rect, 0.0, line, egui::StrokeKind::Inside);
    }
}
