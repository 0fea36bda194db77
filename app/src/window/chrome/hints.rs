//! Labels on links and notes while one is chosen by the keyboard.

use super::reading::{Ground, Led, follow};
use crate::window::document::layout::Placed;
use crate::window::shell::{Overlay, Shell};
use crate::window::tab::{Tab, turned};
use egui::{Align2, Color32, FontId, Painter, vec2};
use ipc::{LinkTarget, PageBox};

/// What a label leads to.
#[derive(Clone)]
enum Target {
    Link(LinkTarget),
    /// A note, by its number.
    Note(usize),
}

/// What has a label: the links and notes that are seen, page by page, the links first;
/// each with its page and its place on that as it is turned (0 to 1).
fn targets(tab: &Tab) -> Vec<(Placed, [f64; 4], Target)> {
    let turn = tab.view.arrangement.turn;
    let (width, height) = tab.view.viewport();
    let mut all = Vec::new();
    for placed in tab.view.visible(&tab.layout, 0.0) {
        let upright = tab.layout.upright(placed.page);
        for (place, target) in on_page(tab, placed.page) {
            let place = turned(place.edges(), upright, turn);
            let [left, top, right, bottom] = place;
            let across = (
                placed.left + right * placed.width,
                placed.left + left * placed.width,
            );
            let down = (
                placed.top + bottom * placed.height,
                placed.top + top * placed.height,
            );
            if across.0 > 0.0 && across.1 < width && down.0 > 0.0 && down.1 < height {
                all.push((placed, place, target));
            }
        }
    }
    all
}

fn on_page(tab: &Tab, page: u32) -> impl Iterator<Item = (PageBox, Target)> {
    let links = tab.links.get(&page).into_iter().flatten();
    let links = links.map(|link| (link.place, Target::Link(link.target.clone())));
    let notes = tab.carried.signs(page);
    links.chain(notes.map(|(number, note)| (note.place, Target::Note(number))))
}

/// How many labels there are.
pub(crate) fn count(tab: &Tab) -> usize {
    targets(tab).len()
}

/// Takes a letter of a label; tells whether more are waited for.
pub(crate) fn press(shell: &mut Shell, letter: char) -> bool {
    let Some(tab) = shell.tab_mut() else {
        return false;
    };
    let Some(hints) = &mut tab.hints else {
        return false;
    };
    let (chosen, more) = hints.press(letter);
    if more {
        return true;
    }
    tab.hints = None;
    let target = chosen.and_then(|number| targets(tab).into_iter().nth(number));
    let led = match target.map(|(_, _, target)| target) {
        Some(Target::Link(target)) => follow(tab, target),
        Some(Target::Note(number)) => Some(Led::Ask(Overlay::Note(number))),
        None => None,
    };
    match led {
        Some(Led::Ask(overlay)) => shell.overlay = overlay,
        Some(Led::Say(words)) => shell.toast(words),
        Some(Led::Selected) | None => {}
    }
    false
}

/// Draws the labels.
pub(super) fn show(tab: &Tab, painter: &Painter, ground: Ground) {
    let Some(hints) = &tab.hints else {
        return;
    };
    for (number, (placed, place, _)) in targets(tab).iter().enumerate() {
        if !hints.fits(number) {
            continue;
        }
        let rect = ground.rect(placed, *place);
        let label = hints.label(number).to_uppercase();
        let galley = painter.layout_no_wrap(label, FontId::monospace(13.0), Color32::BLACK);
        let place =
            Align2::LEFT_CENTER.anchor_size(rect.left_center(), galley.size() + vec2(8.0, 2.0));
        painter.rect_filled(place, 4.0, Color32::from_rgb(0xff, 0xd8, 0x4d));
        painter.galley(place.min + vec2(4.0, 1.0), galley, Color32::BLACK);
    }
}
