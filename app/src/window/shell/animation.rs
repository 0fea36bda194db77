//! Pictures that move: which frame is shown, and which are drawn before they are due.

use super::pages::scene;
use super::{Shell, free};
use crate::window::canvas::Canvas;
use crate::window::document::player::Player;
use crate::window::document::wanted::{Scene, TileKey};
use crate::window::tab::Tab;
use std::time::Instant;

/// Frames that are drawn before they are due: enough for one that takes long, few
/// enough that another one can be chosen at once.
const AHEAD: u32 = 8;

/// Bytes of frames that are drawn before they are due: three of the largest.
const AHEAD_BYTES: usize = 48 * 1024 * 1024;

/// Bytes of frames that stay for the next time round, and how many they may be:
/// each is a texture of its own.
const KEPT_BYTES: usize = 64 * 1024 * 1024;
const KEPT_FRAMES: u32 = 256;

impl Shell {
    /// Moves the picture that is shown on when its next frame is due, and says when
    /// to look again. Nothing is to be done for one that is paused or not seen.
    pub(super) fn play(&mut self, now: Instant, canvas: &mut dyn Canvas) {
        self.look_at = None;
        for (index, tab) in self.tabs.iter_mut().enumerate() {
            if (index != self.current || self.hidden)
                && let Some(player) = &mut tab.player
            {
                player.rest();
            }
        }
        let hidden = self.hidden;
        let Some(tab) = self
            .tab_mut()
            .filter(|tab| !hidden && tab.summary().is_some())
        else {
            return;
        };
        let Some(player) = &tab.player else {
            return;
        };
        let is_done = |frame| frame_key(tab, frame).is_some_and(|key| tab.tiles.is_done(&key));
        let is_seen = is_done(player.frame());
        let is_ready = player.next().is_some_and(is_done);
        let Some(player) = &mut tab.player else {
            return;
        };
        let moved = player.advance(now, is_seen, is_ready);
        let due = player.due();
        if moved {
            free(canvas, forget_frames(tab));
        }
        // One that is due and not drawn yet rings when it is.
        self.look_at = due.filter(|due| *due > now);
    }

    /// Pauses, plays on, or does a step in a picture that moves; tells whether there is one.
    pub(super) fn with_player(&mut self, change: impl FnOnce(&mut Player)) -> bool {
        let player = self.tab_mut().and_then(|tab| tab.player.as_mut());
        player.map(change).is_some()
    }
}

/// The tile that is a frame while it moves.
fn frame_key(tab: &Tab, frame: u32) -> Option<TileKey> {
    let placed = tab.view.visible(&tab.layout, 0.0);
    let frames = Scene {
        frame,
        ..scene(tab)
    };
    frames.tiles(placed.get(..1)?).first().copied()
}

/// Tiles of the frames that come next.
pub(super) fn frames_ahead(tab: &Tab) -> Vec<TileKey> {
    let Some(player) = tab.player.as_ref().filter(|player| player.is_playing()) else {
        return Vec::new();
    };
    let bytes = frame_key(tab, player.frame()).map_or(usize::MAX, |key| key.bytes());
    let fit = u32::try_from(AHEAD_BYTES / bytes.max(1)).unwrap_or(u32::MAX);
    let frames = player.ahead(fit.clamp(1, AHEAD));
    let keys = frames.into_iter().map(|frame| frame_key(tab, frame));
    keys.flatten().collect()
}

/// Gives up frames that are not shown soon, unless all of them can stay.
fn forget_frames(tab: &mut Tab) -> Vec<egui::TextureId> {
    let Some(player) = &tab.player else {
        return Vec::new();
    };
    let bytes = frame_key(tab, player.frame()).map_or(usize::MAX, |key| key.bytes());
    let all = bytes.saturating_mul(player.frames() as usize);
    if player.frames() <= KEPT_FRAMES && all <= KEPT_BYTES {
        return Vec::new();
    }
    let mut kept = player.ahead(AHEAD);
    kept.extend([player.frame(), player.frame().saturating_sub(1)]);
    tab.tiles.keep_frames(|frame| kept.contains(&frame))
}
