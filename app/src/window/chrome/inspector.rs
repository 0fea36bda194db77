//! The pixel under the pointer: where it is in the picture, and its colour; of two
//! pictures that are compared that of both.

use crate::window::document::layout::Placed;
use crate::window::document::wanted::TileKey;
use crate::window::shell::Shell;
use crate::window::tab::{Tab, unturned};
use egui::{Align2, Area, Color32, Frame, Id, RichText, Sense, Ui, vec2};

/// How much lower it stands where two pictures are compared, which have their names there.
const BELOW_NAMES: f32 = 36.0;

/// Where the pointer is in what begins at this corner, in device pixels.
pub(super) fn pointer(ui: &Ui, corner: (f32, f32), points: f32) -> Option<(f64, f64)> {
    let at = ui.input(|input| input.pointer.hover_pos())?;
    let x = f64::from(at.x * points - corner.0);
    let y = f64::from(at.y * points - corner.1);
    Some((x, y))
}

/// Notes which pixel the pointer is on, to be asked for.
pub(super) fn follow(shell: &mut Shell, ui: &Ui, corner: (f32, f32), points: f32) {
    let at = pointer(ui, corner, points).filter(|_| shell.inspects);
    if let Some(tab) = shell.tab_mut().filter(|tab| tab.is_picture()) {
        note(tab, at);
    }
}

/// Notes which pixel of a picture stands at a place of its view.
pub(super) fn note(tab: &mut Tab, at: Option<(f64, f64)>) {
    tab.inspected = None;
    let Some((x, y)) = at else {
        return;
    };
    let is_in = |page: &&Placed| {
        (page.left..page.left + page.width).contains(&x)
            && (page.top..page.top + page.height).contains(&y)
    };
    let seen = tab.view.visible(&tab.layout, 0.0);
    let Some(page) = seen.iter().find(is_in) else {
        return;
    };
    let exchanged = |share: f64, is: bool| if is { 1.0 - share } else { share };
    let across = exchanged((x - page.left) / page.width, tab.mirrored.0);
    let down = exchanged((y - page.top) / page.height, tab.mirrored.1);
    let upright = tab.layout.upright(page.page);
    let (x, y) = unturned((across, down), upright, tab.view.arrangement.turn);
    tab.inspect(page.page, (x, y));
}

pub(super) fn show(shell: &Shell, ui: &Ui) {
    let Some(tab) = shell.tab() else {
        return;
    };
    let compared = tab.compared.as_ref().map(|compared| &compared.tab);
    let both = [Some(tab), compared].into_iter().flatten();
    let told: Vec<(TileKey, Option<[u8; 4]>)> = both
        .filter_map(|tab| Some((tab.inspected?, pixel(tab))))
        .collect();
    if told.is_empty() {
        return;
    }
    let lower = if compared.is_some() { BELOW_NAMES } else { 0.0 };
    let place = shell.page_area.left_top() + vec2(16.0, 16.0 + lower);
    let area = Area::new(Id::unique("pixel"))
        .pivot(Align2::LEFT_TOP)
        .fixed_pos(place)
        .interactable(false);
    area.show(ui.ctx(), |ui| {
        Frame::popup(ui.style())
            .corner_radius(10.0)
            .inner_margin(8.0)
            .show(ui, |ui| {
                for (key, pixel) in told {
                    line(ui, key, pixel);
                }
            });
    });
}

/// The pixel that is asked for, once it is known.
fn pixel(tab: &Tab) -> Option<[u8; 4]> {
    let (of, pixel) = tab.pixel?;
    (Some(of) == tab.inspected).then_some(pixel)
}

fn line(ui: &mut Ui, key: TileKey, pixel: Option<[u8; 4]>) {
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::hover());
        let [r, g, b, a] = pixel.unwrap_or_default();
        let color = Color32::from_rgba_unmultiplied(r, g, b, a);
        ui.painter().rect_filled(rect, 4.0, color);
        let line = ui.visuals().widgets.noninteractive.bg_stroke;
        let inside = egui::StrokeKind::Inside;
        ui.painter().rect_stroke(rect, 4.0, line, inside);
        ui.label(RichText::new(words(key.origin_px, pixel)).monospace());
    });
}

fn words((x, y): (u32, u32), pixel: Option<[u8; 4]>) -> String {
    match pixel {
        None => format!("{x}, {y}"),
        Some([r, g, b, 255]) => format!("{x}, {y}   #{r:02x}{g:02x}{b:02x}   {r} {g} {b}"),
        Some([r, g, b, a]) => {
            format!("{x}, {y}   #{r:02x}{g:02x}{b:02x}{a:02x}   {r} {g} {b}, alpha {a}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn place_and_colour_are_told() {
        assert_eq!(words((3, 4), None), "3, 4");
        let opaque = words((3, 4), Some([1, 20, 255, 255]));
        assert_eq!(opaque, "3, 4   #0114ff   1 20 255");
        let clear = words((0, 0), Some([1, 2, 3, 4]));
        assert_eq!(clear, "0, 0   #01020304   1 2 3, alpha 4");
    }
}
