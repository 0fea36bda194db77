//! Labels on links while one is chosen by the keyboard.

use super::reading::{Ground, Led, follow};
use crate::window::document::layout::Placed;
use crate::window::shell::Shell;
use crate::window::tab::{Tab, turned};
use egui::{Align2, Color32, FontId, Painter, vec2};

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
    let mut links = visible
        .iter()
        .flat_map(|placed| tab.links.get(&placed.page).into_iter().flatten());
    let target = chosen
        .and_then(|number| links.nth(number))
        .map(|link| link.target.clone());
    match target.and_then(|target| follow(tab, target)) {
        Some(Led::Ask(overlay)) => shell.overlay = overlay,
        Some(Led::Say(words)) => shell.toast(words),
        Some(Led::Selected) | None => {}
    }
    false
}

/// Draws the labels on a page; `first` is the number of its first link.
pub(super) fn show(
    tab: &Tab,
    painter: &Painter,
    ground: Ground,
    placed: &Placed,
    first: usize,
) -> usize {
    let links = tab.links.get(&placed.page).map_or(&[][..], Vec::as_slice);
    let Some(hints) = &tab.hints else {
        return 0;
    };
    let (upright, turn) = (tab.layout.upright(placed.page), tab.view.arrangement.turn);
    for (number, link) in (first..)
        .zip(links)
        .filter(|(number, _)| hints.fits(*number))
    {
        let rect = ground.rect(placed, turned(link.place.edges(), upright, turn));
        let label = hints.label(number).to_uppercase();
        let galley = painter.layout_no_wrap(label, FontId::monospace(13.0), Color32::BLACK);
        let place =
            Align2::LEFT_CENTER.anchor_size(rect.left_center(), galley.size() + vec2(8.0, 2.0));
        painter.rect_filled(place, 4.0, Color32::from_rgb(0xff, 0xd8, 0x4d));
        painter.galley(place.min + vec2(4.0, 1.0), galley, Color32::BLACK);
    }
    links.len()
}
