//! What is asked of renderers, and what of it is kept.

use super::animation::frames_ahead;
use super::browse::want_beside;
use super::{Shell, free};
use crate::window::canvas::Canvas;
use crate::window::document::layout::Placed;
use crate::window::document::player::Player;
use crate::window::document::tiles::HUGE_BUDGET;
use crate::window::document::wanted::{Scene, TileKey};
use crate::window::tab::Tab;
use std::collections::HashSet;

impl Shell {
    /// Tells the renderer of the shown document what is wanted now.
    pub(super) fn want(&mut self) {
        for (index, tab) in self.tabs.iter_mut().enumerate() {
            let mut wanted = Vec::new();
            if index == self.current && tab.summary().is_some() {
                wanted = tiles_wanted(tab);
                if !self.hidden {
                    wanted.extend(frames_ahead(tab));
                }
                wanted.extend(tab.preview_tile);
                wanted.extend(pixel_wanted(tab));
                wanted.extend(&self.thumbnails);
                wanted.retain(|key| !tab.tiles.is_done(key));
            }
            if let Some(worker) = &tab.worker {
                worker.want(wanted);
            }
            if index == self.current && !self.hidden {
                want_beside(tab);
            }
            Self::want_compared(tab, index == self.current && !self.hidden);
        }
    }

    /// Tells the renderer of the picture that another one is compared with what is wanted.
    fn want_compared(tab: &mut Tab, is_seen: bool) {
        let Some(compared) = &mut tab.compared else {
            return;
        };
        let other = &compared.tab;
        let mut wanted = Vec::new();
        if is_seen && other.summary().is_some() {
            wanted = tiles_wanted(other);
            wanted.extend(pixel_wanted(other));
            wanted.retain(|key| !other.tiles.is_done(key));
        }
        if let Some(worker) = &other.worker {
            worker.want(wanted);
        }
    }

    /// Keeps textures within the budget of the window.
    pub(super) fn evict(&mut self, canvas: &mut dyn Canvas) {
        let others = |tabs: &[Tab], index: usize| -> usize {
            let bytes = tabs.iter().enumerate().filter(|(other, _)| *other != index);
            bytes.map(|(_, tab)| bytes_of(tab)).sum()
        };
        // Hidden tabs give way first.
        let mut order: Vec<usize> = (0..self.tabs.len())
            .filter(|i| *i != self.current)
            .collect();
        order.push(self.current);
        for index in order {
            let rest = canvas
                .texture_bytes()
                .saturating_sub(others(&self.tabs, index));
            let Some(tab) = self.tabs.get_mut(index) else {
                continue;
            };
            let rest = match tab.layout.is_huge(0) {
                true => rest.min(HUGE_BUDGET),
                false => rest,
            };
            let shown = index == self.current && tab.summary().is_some();
            let keep = if shown {
                tiles_wanted(tab).into_iter().collect()
            } else {
                HashSet::new()
            };
            free(canvas, tab.tiles.evict(rest, &keep));
            tab.tiles.tick();
            if let Some(compared) = &mut tab.compared {
                let rest = rest.saturating_sub(tab.tiles.bytes());
                let keep = match shown {
                    true => tiles_wanted(&compared.tab).into_iter().collect(),
                    false => HashSet::new(),
                };
                free(canvas, compared.tab.tiles.evict(rest, &keep));
                compared.tab.tiles.tick();
            }
        }
    }
}

/// Bytes of a tab and of what was opened beside it.
fn bytes_of(tab: &Tab) -> usize {
    let beside = tab.browsing.iter().flat_map(|set| &set.neighbours);
    let compared = tab.compared.iter().map(|compared| &compared.tab);
    let beside = beside.chain(compared).map(|tab| tab.tiles.bytes());
    beside.fold(tab.tiles.bytes(), usize::saturating_add)
}

/// The pixel that is to be told and is not known.
fn pixel_wanted(tab: &Tab) -> Option<TileKey> {
    let known = tab.pixel.map(|(key, _)| key);
    tab.inspected.filter(|key| Some(*key) != known)
}

/// Tiles for what is seen, then for a screen below and above.
pub(super) fn tiles_wanted(tab: &Tab) -> Vec<TileKey> {
    let scene = scene(tab);
    let height = tab.view.viewport().1;
    let middle = |page: &Placed| page.top + page.height / 2.0 - height / 2.0;
    let mut pages = tab.view.visible(&tab.layout, height);
    let urgency = |page: &Placed| {
        let seen = page.top < height && page.top + page.height > 0.0;
        // What comes next is looked at sooner than what was.
        let away = if middle(page) < 0.0 {
            -2.0 * middle(page)
        } else {
            middle(page)
        };
        (!seen, away)
    };
    pages.sort_by(|a, b| {
        let (a, b) = (urgency(a), urgency(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    // One row at a time, the next one is drawn before it is asked for.
    pages.extend(tab.view.beside(&tab.layout));
    scene.tiles(&pages)
}

pub(crate) fn scene(tab: &Tab) -> Scene<'_> {
    Scene {
        layout: &tab.layout,
        scale: tab.view.scale(),
        viewport: tab.view.viewport(),
        turn: tab.view.arrangement.turn,
        squares: tab.squares && tab.is_picture(),
        mirrored: tab.mirrored,
        frame: tab.frame(),
        moves: tab.player.as_ref().is_some_and(Player::is_playing),
    }
}
