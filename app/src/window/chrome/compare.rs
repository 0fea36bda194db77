//! Two pictures that are compared: beside each other or in one place, what each is
//! called, and what wheel and pointer do to both.

use super::document_area::{self, Desk};
use super::inspector;
use crate::window::canvas::Canvas;
use crate::window::shell::{Compared, Shell, compare::look_alike};
use crate::window::tab::{State, Tab};
use egui::{Align2, Color32, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Width of the line between two pictures, in points.
const LINE: f32 = 2.0;

/// A picture and where it is.
struct Half {
    area: Rect,
    /// Top left in device pixels.
    corner: (f32, f32),
    response: Response,
}

/// Tells whether two are compared.
pub(super) fn show(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) -> bool {
    let Some(mut compared) = shell.tab_mut().and_then(|tab| tab.compared.take()) else {
        return false;
    };
    let [left, right] = halves(&compared, ui);
    document_area::take_keyboard(shell, ui, &left.response);
    if let Some(tab) = shell.tab_mut() {
        follow(tab, &mut compared, ui, (&left, &right));
        let [first, second] = seen(&compared);
        if first {
            draw(tab, &left, "Left", ui, canvas);
        }
        if second {
            draw(&mut compared.tab, &right, "Right", ui, canvas);
        }
    }
    if !compared.in_place {
        let x = f32::midpoint(left.area.right(), right.area.left());
        let color = ui.visuals().widgets.noninteractive.bg_stroke.color;
        let line = egui::Stroke::new(LINE, color);
        ui.painter().vline(x, left.area.y_range(), line);
    }
    inspect(shell, &mut compared, ui, [&left, &right]);
    if left.response.has_focus() {
        let stroke = egui::Stroke::new(2.0, super::theme::accent(ui));
        let inside = egui::StrokeKind::Inside;
        ui.painter().rect_stroke(ui.max_rect(), 0.0, stroke, inside);
    }
    if let Some(tab) = shell.tab_mut() {
        tab.compared = Some(compared);
    }
    true
}

/// Notes the pixels that are to be told: both show the same part, so what the pointer is
/// on in one has its like in the other.
fn inspect(shell: &mut Shell, compared: &mut Compared, ui: &Ui, halves: [&Half; 2]) {
    let over = halves
        .into_iter()
        .find(|half| half.response.contains_pointer());
    let points = ui.pixels_per_point();
    let at = over.and_then(|half| inspector::pointer(ui, half.corner, points));
    let at = at.filter(|_| shell.inspects);
    // In one place only one of them is seen.
    let [first, second] = seen(compared);
    if let Some(tab) = shell.tab_mut() {
        inspector::note(tab, at.filter(|_| first));
    }
    inspector::note(&mut compared.tab, at.filter(|_| second));
}

/// Which of both are seen.
fn seen(compared: &Compared) -> [bool; 2] {
    match (compared.in_place, compared.is_shown) {
        (false, _) => [true, true],
        (true, other) => [!other, other],
    }
}

/// Where both are, on whole pixels.
fn halves(compared: &Compared, ui: &Ui) -> [Half; 2] {
    let area = ui.max_rect();
    let points = ui.pixels_per_point();
    let middle = area.center().x;
    let areas = match compared.in_place {
        true => [("first", area), ("second", area)],
        false => [
            ("first", area.with_max_x(middle - LINE / 2.0)),
            ("second", area.with_min_x(middle + LINE / 2.0)),
        ],
    };
    // Both have the keyboard when the first one has it.
    let sense = |name| match name {
        "first" => Sense::click_and_drag(),
        _ => Sense::CLICK | Sense::DRAG,
    };
    areas.map(|(name, area)| Half {
        area,
        corner: ((area.min.x * points).round(), (area.min.y * points).round()),
        response: ui.interact(area, ui.scope_id().with(name), sense(name)),
    })
}

/// Follows the pointer, and shows the same part of both.
fn follow(tab: &mut Tab, compared: &mut Compared, ui: &Ui, (left, right): (&Half, &Half)) {
    let points = ui.pixels_per_point();
    let native = ui.ctx().native_pixels_per_point().unwrap_or(points);
    let resize = |tab: &mut Tab, area: Rect| {
        let side = |side: f32| f64::from((side * points).floor());
        let viewport = (side(area.width()), side(area.height()));
        tab.view.resize(&tab.layout, viewport, native.into());
        tab.keep_view();
    };
    let other = &mut compared.tab;
    resize(tab, left.area);
    resize(other, right.area);
    // In one place the second lies over the first.
    let (first, second) = match compared.in_place {
        true => (&right.response, None),
        false => (&left.response, Some(&right.response)),
    };
    document_area::follow_pointer(tab, ui, first, left.corner);
    look_alike(tab, other);
    if let Some(second) = second {
        let before = (other.view.scale(), other.view.scroll());
        document_area::follow_pointer(other, ui, second, right.corner);
        if (other.view.scale(), other.view.scroll()) != before {
            look_alike(other, tab);
        }
    }
}

fn draw(tab: &mut Tab, half: &Half, side: &str, ui: &Ui, canvas: &mut dyn Canvas) {
    let painter = ui.painter_at(half.area);
    let name = tab.origin.name();
    let words = format!("{side}: {name}");
    half.response
        .widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    let desk = Desk {
        painter: &painter,
        corner: half.corner,
        points: ui.pixels_per_point(),
    };
    match &tab.state {
        State::Open(_) => {
            let visible = tab.view.visible(&tab.layout, 0.0);
            for placed in visible.iter().take(1) {
                desk.page(tab, placed, ui, canvas);
            }
            caption(tab, half.area, &name, ui);
        }
        State::Failed(error) => desk.note(half.area, &format!("{name} {error}")),
        State::Locked { .. } => desk.note(half.area, &format!("{name} needs a password")),
        State::Waiting | State::Opening => caption(tab, half.area, &name, ui),
    }
}

/// What a picture is called, how large it is, and how large it is shown.
fn caption(tab: &Tab, area: Rect, name: &str, ui: &Ui) {
    let words = match tab.layout.is_known(0) {
        true => {
            let (width, height) = tab.layout.upright(0);
            let percent = tab.view.times() * 100.0;
            format!("{name}   {width:.0} × {height:.0}   {percent:.0}%")
        }
        false => name.to_owned(),
    };
    let width = (area.width() - 48.0).max(40.0);
    let cut = Some(egui::TextWrapMode::Truncate);
    let words = egui::RichText::new(words).color(Color32::WHITE);
    let words = egui::WidgetText::from(words);
    let galley = words.into_galley(ui, cut, width, egui::TextStyle::Body);
    let size = galley.size() + vec2(20.0, 8.0);
    let top = pos2(area.center().x, area.top() + 12.0);
    let behind = Align2::CENTER_TOP.anchor_size(top, size);
    let painter = ui.painter_at(area);
    painter.rect_filled(behind, size.y / 2.0, Color32::from_black_alpha(170));
    painter.galley(behind.min + vec2(10.0, 4.0), galley, Color32::WHITE);
}
