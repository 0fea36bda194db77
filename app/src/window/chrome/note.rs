//! Words that a reader has put on a page, shown beside their sign: while the pointer
//! rests on it, or until they are left.

use super::reading::Ground;
use crate::cli::note_kind;
use crate::window::document::layout::Placed;
use crate::window::shell::{Overlay, Shell};
use crate::window::tab::{Tab, turned};
use egui::{Area, Frame, Id, Label, Order, Rect, RichText, ScrollArea, Ui, vec2};
use ipc::Note;
use std::time::{Duration, Instant};

/// How long the pointer rests before anything is shown.
const REST: Duration = Duration::from_millis(250);

/// Largest width and height of what is shown, in points.
const SIZE: (f32, f32) = (340.0, 300.0);

/// How far beside a sign it can still be clicked, in the page's units.
const BESIDE: f32 = 2.0;

/// The note whose sign is at a place of a page; the last one lies on top.
pub(super) fn at(tab: &Tab, page: u32, (x, y): (f32, f32)) -> Option<usize> {
    let hit = |(_, note): &(usize, &Note)| {
        let [left, top, right, bottom] = note.place.edges();
        (left - BESIDE..=right + BESIDE).contains(&x)
            && (top - BESIDE..=bottom + BESIDE).contains(&y)
    };
    let mut signs = tab.carried.signs(page);
    signs.rfind(hit).map(|(number, _)| number)
}

/// Notes what note the pointer is on, if any.
pub(super) fn over(tab: &mut Tab, number: Option<usize>) {
    tab.note_over = number.map(|number| match tab.note_over {
        Some(over) if over.0 == number => over,
        _ => (number, Instant::now()),
    });
}

pub(super) fn show(shell: &mut Shell, ui: &Ui, ground: Ground, visible: &[Placed]) {
    let open = match shell.overlay {
        Overlay::Note(number) => Some(number),
        _ => None,
    };
    let Some(tab) = shell.tab() else {
        return;
    };
    if let Some(number) = open {
        // It is left with its page.
        if !show_one(tab, ui, (ground, visible), number, true) {
            shell.overlay = Overlay::None;
        }
        return;
    }
    let Some((number, since)) = tab.note_over.filter(|_| shell.overlay == Overlay::None) else {
        return;
    };
    match REST.checked_sub(since.elapsed()) {
        Some(left) if !left.is_zero() => ui.ctx().request_repaint_after(left),
        _ => drop(show_one(tab, ui, (ground, visible), number, false)),
    }
}

/// Shows a note and the answers to it; `false` where its page is not seen.
fn show_one(
    tab: &Tab,
    ui: &Ui,
    (ground, visible): (Ground, &[Placed]),
    number: usize,
    stays: bool,
) -> bool {
    let thread = tab.carried.thread(number);
    let Some(first) = thread.first() else {
        return false;
    };
    let mut pages = visible.iter();
    let Some(placed) = pages.find(|placed| placed.page == first.page.get()) else {
        return false;
    };
    let (upright, turn) = (tab.layout.upright(placed.page), tab.view.arrangement.turn);
    let sign: Rect = ground.rect(placed, turned(first.place.edges(), upright, turn));
    let area = Area::new(Id::unique("note").with(number))
        .order(if stays {
            Order::Foreground
        } else {
            Order::Tooltip
        })
        .interactable(stays)
        .fixed_pos(sign.left_bottom() + vec2(8.0, 6.0))
        .constrain_to(ui.max_rect().shrink(8.0));
    area.show(ui.ctx(), |ui| {
        let frame = Frame::popup(ui.style()).corner_radius(10.0);
        frame.inner_margin(12.0).show(ui, |ui| {
            ui.set_max_width(SIZE.0);
            let area = ScrollArea::vertical().max_height(SIZE.1);
            area.min_scrolled_height(SIZE.1).show(ui, |ui| {
                for (place, note) in thread.iter().enumerate() {
                    if place > 0 {
                        ui.separator();
                    }
                    words(note, ui);
                }
            });
        });
    });
    true
}

fn words(note: &Note, ui: &mut Ui) {
    let kind = note_kind(note.kind);
    let (heading, kind) = match note.author.as_str() {
        "" if note.is_reply => ("answer", ""),
        "" => (kind, ""),
        author if note.is_reply => (author, ""),
        author => (author, kind),
    };
    ui.add(Label::new(RichText::new(heading).strong()).wrap());
    let parts = [kind.to_owned(), day_and_time(note.date.as_str())];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if !parts.is_empty() {
        ui.add(Label::new(RichText::new(parts.join(" · ")).small().weak()).wrap());
    }
    let lines: Vec<&str> = note.lines.iter().map(ipc::Text::as_str).collect();
    ui.add(Label::new(lines.join("\n")).wrap());
}

/// A date of RFC 3339 to the minute; any other as it is written.
fn day_and_time(date: &str) -> String {
    match (date.get(..10), date.get(10..11), date.get(11..16)) {
        (Some(day), Some("T"), Some(time)) => format!("{day} {time}"),
        _ => date.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::day_and_time;

    #[test]
    fn dates_are_told_to_the_minute_where_they_are_some() {
        assert_eq!(day_and_time("2024-01-02T03:04:05Z"), "2024-01-02 03:04");
        assert_eq!(
            day_and_time("yesterday, in the evening"),
            "yesterday, in the evening"
        );
        assert_eq!(day_and_time("ä"), "ä");
    }
}
