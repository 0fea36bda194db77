//! The pixel under the pointer: where it is in the picture, and its colour.

use crate::window::document::layout::Placed;
use crate::window::shell::Shell;
use crate::window::tab::unturned;
use egui::{Align2, Area, Color32, Frame, Id, RichText, Sense, Ui, vec2};

/// Notes which pixel the pointer is on, to be asked for.
pub(super) fn follow(shell: &mut Shell, ui: &Ui, corner: (f32, f32), points: f32) {
    let on = shell.inspects;
    let at = ui.input(|input| input.pointer.hover_pos());
    let Some(tab) = shell.tab_mut().filter(|tab| tab.is_picture()) else {
        return;
    };
    tab.inspected = None;
    let Some(at) = at.filter(|_| on) else {
        return;
    };
    let x = f64::from(at.x * points - corner.0);
    let y = f64::from(at.y * points - corner.1);
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
    let Some(key) = shell.tab().and_then(|tab| tab.inspected) else {
        return;
    };
    let known = shell.tab().and_then(|tab| tab.pixel);
    let pixel = known.filter(|(of, _)| *of == key).map(|(_, pixel)| pixel);
    let place = shell.page_area.left_top() + vec2(16.0, 16.0);
    let area = Area::new(Id::unique("pixel"))
        .pivot(Align2::LEFT_TOP)
        .fixed_pos(place)
        .interactable(false);
    area.show(ui.ctx(), |ui| {
        Frame::popup(ui.style())
            .corner_radius(10.0)
            .inner_margin(8.0)
            .show(ui, |ui| {
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
            });
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
