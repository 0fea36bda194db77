//! Tiles that are drawn and can be shown, within a budget of bytes.

use super::wanted::TileKey;
use egui::TextureId;
use std::collections::{HashMap, HashSet};

/// Bytes of textures that are kept of a picture that is decoded in parts, whose renderer
/// needs memory, too: what is on the screen stays whatever it takes, and as much of
/// 1920 × 1080 again.
pub(crate) const HUGE_BUDGET: usize = 64 * 1024 * 1024;

/// Tiles of one document.
#[derive(Default)]
pub(crate) struct Tiles {
    drawn: HashMap<TileKey, Drawn>,
    /// Those of each page, for finding what can stand in.
    by_page: HashMap<u32, Vec<TileKey>>,
    failed: HashMap<TileKey, String>,
    bytes: usize,
    clock: u64,
}

struct Drawn {
    texture: TextureId,
    used: u64,
    /// The page looks different by now; shown until it is drawn anew.
    stale: bool,
}

impl Tiles {
    /// Takes a tile; gives back the texture that it replaces.
    pub(crate) fn insert(&mut self, key: TileKey, texture: TextureId) -> Option<TextureId> {
        let used = self.clock;
        let drawn = Drawn {
            texture,
            used,
            stale: false,
        };
        let old = self.drawn.insert(key, drawn);
        if old.is_none() {
            self.bytes += key.bytes();
            self.by_page.entry(key.page).or_default().push(key);
        }
        old.map(|old| old.texture)
    }

    /// A tile that cannot be drawn is not asked for again.
    pub(crate) fn fail(&mut self, key: TileKey, why: String) {
        self.failed.insert(key, why);
    }

    /// Why a frame of a page cannot be drawn, if it cannot.
    pub(crate) fn failure(&self, page: u32, frame: u32) -> Option<&str> {
        self.failed
            .iter()
            .find(|(key, _)| (key.page, key.frame) == (page, frame))
            .map(|(_, why)| why.as_str())
    }

    /// Whether a tile is drawn, or cannot be.
    pub(crate) fn is_done(&self, key: &TileKey) -> bool {
        let fresh = |drawn: &Drawn| !drawn.stale;
        self.drawn.get(key).is_some_and(fresh) || self.failed.contains_key(key)
    }

    /// Whether there is something to show for a tile.
    pub(crate) fn is_drawn(&self, key: &TileKey) -> bool {
        self.drawn.get(key).is_some_and(|drawn| !drawn.stale)
    }

    /// Everything is to be drawn anew; what is there stands in meanwhile.
    pub(crate) fn outdate(&mut self) {
        self.failed.clear();
        self.drawn.values_mut().for_each(|drawn| drawn.stale = true);
    }

    /// A tile that is to be drawn anew, as what is there is only a part of it.
    pub(crate) fn outdate_one(&mut self, key: &TileKey) {
        if let Some(drawn) = self.drawn.get_mut(key) {
            drawn.stale = true;
        }
    }

    /// The texture of a tile that is going to be shown.
    pub(crate) fn get(&mut self, key: &TileKey) -> Option<TextureId> {
        let drawn = self.drawn.get_mut(key)?;
        drawn.used = self.clock;
        Some(drawn.texture)
    }

    /// What stands in for a frame of a page: its whole at the nearest size, or
    /// the frame that was shown last.
    pub(crate) fn stand_in(&mut self, page: u32, frame: u32, width_px: f64) -> Option<TextureId> {
        let keys = self.by_page.get(&page)?;
        let off = |key: &TileKey| (f64::from(key.page_px.0) / width_px.max(1.0)).ln().abs();
        let wholes = || keys.iter().copied().filter(TileKey::is_whole);
        let used = |key: &TileKey| self.drawn.get(key).map(|drawn| drawn.used);
        let of_frame = wholes().filter(|key| key.frame == frame);
        let best = of_frame
            .min_by(|a, b| off(a).total_cmp(&off(b)))
            .or_else(|| wholes().max_by_key(used))?;
        self.get(&best)
    }

    /// Gives up frames that are not worth keeping; returns their textures.
    pub(crate) fn keep_frames(&mut self, keep: impl Fn(u32) -> bool) -> Vec<TextureId> {
        let gone = self.drawn.keys().copied();
        let gone: Vec<TileKey> = gone.filter(|key| !keep(key.frame)).collect();
        gone.iter().filter_map(|key| self.remove(key)).collect()
    }

    /// A new frame begins.
    pub(crate) fn tick(&mut self) {
        self.clock += 1;
    }

    /// Bytes of all textures.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Gives up the tiles that were shown longest ago until the rest fits, but
    /// none of the last frame; returns their textures.
    pub(crate) fn evict(&mut self, budget: usize, keep: &HashSet<TileKey>) -> Vec<TextureId> {
        if self.bytes <= budget {
            return Vec::new();
        }
        let mut oldest: Vec<(u64, TileKey)> = self
            .drawn
            .iter()
            .filter(|(key, drawn)| drawn.used < self.clock && !keep.contains(key))
            .map(|(key, drawn)| (drawn.used, *key))
            .collect();
        oldest.sort_by_key(|(used, _)| *used);
        let mut freed = Vec::new();
        for (_, key) in oldest {
            if self.bytes <= budget {
                break;
            }
            freed.extend(self.remove(&key));
        }
        freed
    }

    fn remove(&mut self, key: &TileKey) -> Option<TextureId> {
        let drawn = self.drawn.remove(key)?;
        self.bytes = self.bytes.saturating_sub(key.bytes());
        if let Some(keys) = self.by_page.get_mut(&key.page) {
            keys.retain(|other| other != key);
            if keys.is_empty() {
                self.by_page.remove(&key.page);
            }
        }
        Some(drawn.texture)
    }

    /// Forgets every tile; returns their textures.
    pub(crate) fn clear(&mut self) -> Vec<TextureId> {
        let textures = self.drawn.drain().map(|(_, drawn)| drawn.texture).collect();
        *self = Self {
            clock: self.clock,
            ..Self::default()
        };
        textures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(page: u32, side: u16) -> TileKey {
        let page_px = (side.into(), side.into());
        TileKey {
            page,
            page_px,
            origin_px: (0, 0),
            size_px: (side, side),
            frame: 0,
        }
    }

    #[test]
    fn oldest_tiles_go_first_and_those_on_screen_stay() {
        let mut tiles = Tiles::default();
        for page in 0..10 {
            tiles.tick();
            tiles.insert(key(page, 100), TextureId::User(page.into()));
        }
        tiles.tick();
        tiles.get(&key(0, 100));
        let freed = tiles.evict(5 * 40_000, &HashSet::from([key(1, 100)]));
        assert_eq!(freed, (2..7).map(TextureId::User).collect::<Vec<_>>());
        assert_eq!(tiles.bytes(), 200_000);
        assert!(tiles.get(&key(0, 100)).is_some() && tiles.get(&key(1, 100)).is_some());
    }

    #[test]
    fn nearest_size_stands_in_for_what_is_not_drawn_yet() {
        let mut tiles = Tiles::default();
        tiles.insert(key(3, 100), TextureId::User(1));
        tiles.insert(key(3, 400), TextureId::User(2));
        assert_eq!(tiles.stand_in(3, 0, 350.0), Some(TextureId::User(2)));
        assert_eq!(tiles.stand_in(3, 0, 120.0), Some(TextureId::User(1)));
        assert_eq!(tiles.stand_in(4, 0, 120.0), None);
    }

    #[test]
    fn frame_that_was_shown_last_stands_in_for_one_that_is_not_drawn_yet() {
        let mut tiles = Tiles::default();
        for frame in 0..4 {
            tiles.tick();
            tiles.insert(key(0, 10).of_frame(frame), TextureId::User(frame.into()));
        }
        tiles.tick();
        tiles.get(&key(0, 10).of_frame(1));
        assert_eq!(tiles.stand_in(0, 9, 10.0), Some(TextureId::User(1)));
        assert_eq!(tiles.stand_in(0, 2, 10.0), Some(TextureId::User(2)));
        let mut freed = tiles.keep_frames(|frame| frame == 3);
        freed.sort();
        assert_eq!(freed, (0..3).map(TextureId::User).collect::<Vec<_>>());
        assert_eq!(tiles.bytes(), 400);
    }

    #[test]
    fn outdated_tiles_stand_in_until_they_are_drawn_anew() {
        let mut tiles = Tiles::default();
        tiles.insert(key(1, 50), TextureId::User(1));
        tiles.outdate();
        assert!(!tiles.is_done(&key(1, 50)));
        assert_eq!(tiles.get(&key(1, 50)), Some(TextureId::User(1)));
        let old = tiles.insert(key(1, 50), TextureId::User(2));
        assert_eq!(old, Some(TextureId::User(1)));
        assert!(tiles.is_done(&key(1, 50)));
        assert_eq!(tiles.bytes(), 10_000);
    }

    #[test]
    fn tile_that_is_not_whole_is_shown_and_asked_for_again() {
        let mut tiles = Tiles::default();
        tiles.insert(key(1, 50), TextureId::User(1));
        tiles.insert(key(2, 50), TextureId::User(2));
        tiles.outdate_one(&key(1, 50));
        assert!(!tiles.is_done(&key(1, 50)) && tiles.is_done(&key(2, 50)));
        assert_eq!(tiles.stand_in(1, 0, 50.0), Some(TextureId::User(1)));
    }

    #[test]
    fn tile_that_failed_is_not_asked_for_again() {
        let mut tiles = Tiles::default();
        tiles.fail(key(1, 50), "is damaged".to_owned());
        assert!(tiles.is_done(&key(1, 50)) && !tiles.is_done(&key(1, 51)));
        assert_eq!(tiles.failure(1, 0), Some("is damaged"));
        assert_eq!(tiles.failure(2, 0), None);
    }
}
