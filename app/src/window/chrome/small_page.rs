//! A page that is shown small, or a part of one: in the panel of pages, and where a
//! link leads.

use super::document_area::paper;
use crate::window::canvas::Canvas;
use crate::window::tab::Tab;
use egui::{Color32, Painter, Rect, TextureId, pos2};
use ipc::PageBox;

/// Shows a part of a page (0 to 1, as it stands in its texture) in a place on the
/// screen, in the tone of its document, photographs as they are.
pub(super) fn show(
    tab: &mut Tab,
    (page, texture): (u32, TextureId),
    (place, part): (Rect, Rect),
    painter: &Painter,
    canvas: &mut dyn Canvas,
) {
    let toned = canvas.toned(texture, tab.tone);
    painter.rect_filled(place, 0.0, paper(tab.tone));
    painter.image(toned, place, part, Color32::WHITE);
    if !tab.tone.spares_pictures() {
        return;
    }
    tab.want_pictures(page);
    let (width, height) = tab.layout.upright(page);
    for photo in tab.pictures.get(&page).into_iter().flatten() {
        let photo = share(photo, (width, height)).intersect(part);
        if photo.is_positive() {
            painter.image(texture, within(place, part, photo), photo, Color32::WHITE);
        }
    }
}

/// A box on a page as a part of it, 0 to 1.
fn share(place: &PageBox, (width, height): (f64, f64)) -> Rect {
    let [left, top, right, bottom] = place.edges().map(f64::from);
    let across = |x: f64| (x / width.max(1.0)) as f32;
    let down = |y: f64| (y / height.max(1.0)) as f32;
    Rect::from_min_max(
        pos2(across(left), down(top)),
        pos2(across(right), down(bottom)),
    )
}

/// Where `photo` is seen when `part` is shown in `place`.
fn within(place: Rect, part: Rect, photo: Rect) -> Rect {
    let at = |x: f32, y: f32| {
        let across = (x - part.left()) / part.width();
        let down = (y - part.top()) / part.height();
        place.lerp_inside(egui::vec2(across, down))
    };
    Rect::from_min_max(
        at(photo.left(), photo.top()),
        at(photo.right(), photo.bottom()),
    )
}

#[cfg(test)]
mod tests {
    use super::{share, within};
    use egui::{Rect, pos2};
    use ipc::PageBox;

    #[test]
    fn photograph_stands_where_it_is_on_the_part_that_is_shown() {
        let rect = |l, t, r, b| Rect::from_min_max(pos2(l, t), pos2(r, b));
        let photo = share(
            &PageBox::new(100.0, 400.0, 300.0, 600.0).unwrap(),
            (400.0, 800.0),
        );
        assert_eq!(photo, rect(0.25, 0.5, 0.75, 0.75));
        // The lower half of the page, twice as large as it is.
        let place = rect(10.0, 20.0, 810.0, 820.0);
        let seen = within(place, rect(0.0, 0.5, 1.0, 1.0), photo);
        assert_eq!(seen, rect(210.0, 20.0, 610.0, 420.0));
    }
}
