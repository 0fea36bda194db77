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

/// What has a label on a page, the links first.
fn targets(tab: &Tab, page: u32) -> impl Iterator<Item = (PageBox, Target)> {
    let links = tab.links.get(&page).into_iter().flatten();
    let links = links.map(|link| (link.place, Target::Link(link.target.clone())));
    let notes = tab.carried.signs(page);
    links.chain(notes.map(|(number, note)| (note.place, Target::Note(number))))
}

/// How many labels there are on a page.
pub(crate) fn count(tab: &Tab, page: u32) -> usize {
    targets(tab, page).count()
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
    let visible = tab.view.visible(&tab.layout, 0.0);
    let mut all = visible.iter().flat_map(|placed| targets(tab, placed.page));
    let target = chosen.and_then(|number| all.nth(number));
    drop(all);
    let led = match target.map(|(_, target)| target) {
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

/// Draws the labels on a page; `first` is the number of its first one.
pub(super) fn show(
    tab: &Tab,
    painter: &Painter,
    ground: Ground,
    placed: &Placed,
    first: usize,
) -> usize {
    let Some(hints) = &tab.hints else {
        return 0;
    };
    let (upright, turn) = (tab.layout.upright(placed.page), tab.view.arrangement.turn);
    let mut count = 0;
    for (number, (place, _)) in (first..).zip(targets(tab, placed.page)) {
        count += 1;
        if !hints.fits(number) {
            continue;
        }
        let rect = ground.rect(placed, turned(place.edges(), upright, turn));
        let label = hints.label(number).to_uppercase();
        let galley = painter.layout_no_wrap(label, FontId::monospace(13.0), Color32::BLACK);
        let place =
            Align2::LEFT_CENTER.anchor_size(rect.left_center(), galley.size() + vec2(8.0, 2.0));
        painter.rect_filled(place, 4.0, Color32::from_rgb(0xff, 0xd8, 0x4d));
        painter.galley(place.min + vec2(4.0, 1.0), galley, Color32::BLACK);
    }
    count
}
