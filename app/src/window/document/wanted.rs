//! Which tiles are to be drawn, the most urgent first: what is seen before what
//! will be, whole pages as long as they are not too large, and of larger ones a
//! coarse whole and then the part that is seen.

use super::layout::{Layout, Placed, side_px};
use ipc::limits::MAX_PAGE_SIDE_PX;
use ipc::{PageIndex, Tile, TileSize};

/// Largest page that is drawn as a whole, in pixels: A4 at 250 dpi is 6 million.
const WHOLE_PX: f64 = 8e6;

/// Pixels of the coarse whole of a larger page.
const COARSE_PX: f64 = 2e6;

/// Side of a tile of a larger page.
const TILE_PX: u32 = 1024;

/// Largest frame of a picture that moves as it is drawn while it does, in pixels.
const MOVING_PX: f64 = 4e6;

/// A tile by its place: the page, its size as a whole, and the part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TileKey {
    pub(crate) page: u32,
    pub(crate) page_px: (u32, u32),
    pub(crate) origin_px: (u32, u32),
    pub(crate) size_px: (u16, u16),
    /// Of a picture that moves, from 0.
    pub(crate) frame: u32,
}

impl TileKey {
    pub(crate) fn whole(page: u32, page_px: (u32, u32)) -> Option<Self> {
        let size_px = (page_px.0.try_into().ok()?, page_px.1.try_into().ok()?);
        Some(Self {
            page,
            page_px,
            origin_px: (0, 0),
            size_px,
            frame: 0,
        })
    }

    /// The same place of another frame.
    pub(crate) fn of_frame(self, frame: u32) -> Self {
        Self { frame, ..self }
    }

    /// As it is asked for; `None` when the protocol has no such tile.
    pub(crate) fn tile(&self) -> Option<Tile> {
        let size = TileSize::new(self.size_px.0, self.size_px.1)?;
        Tile::new(
            PageIndex::new(self.page)?,
            self.page_px,
            self.origin_px,
            size,
        )?
        .of_frame(self.frame)
    }

    pub(crate) fn bytes(&self) -> usize {
        usize::from(self.size_px.0) * usize::from(self.size_px.1) * 4
    }

    /// Whether it is all of its page.
    pub(crate) fn is_whole(&self) -> bool {
        let (width, height) = self.size_px;
        self.page_px == (width.into(), height.into())
    }
}

/// How tiles of a document are chosen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) scale: f64,
    pub(crate) viewport: (f64, f64),
    /// Quarters that pages are turned by.
    pub(crate) turn: u8,
    /// Pixels of a picture are shown as squares: nothing is enlarged beforehand.
    pub(crate) squares: bool,
    /// Left and right, top and bottom of what is seen are exchanged.
    pub(crate) mirrored: (bool, bool),
    /// The frame of a picture that moves.
    pub(crate) frame: u32,
    /// It moves now: each frame is one tile, drawn at its own size at most.
    pub(crate) moves: bool,
}

impl Scene<'_> {
    /// Tiles for these pages, which are ordered by urgency.
    pub(crate) fn tiles(&self, pages: &[Placed]) -> Vec<TileKey> {
        let mut wanted = Vec::new();
        for page in pages {
            self.tiles_of(page, &mut wanted);
        }
        wanted
    }

    /// Size of a page as it is asked for, before it is turned.
    fn page_px(&self, page: u32) -> (f64, f64) {
        let (width, height) = self.layout.upright(page);
        let scale = if self.squares || self.moves {
            self.scale.min(1.0)
        } else {
            self.scale
        };
        let side = |side: f64| side_px(side, scale).min(MAX_PAGE_SIDE_PX.into());
        (side(width), side(height))
    }

    fn tiles_of(&self, placed: &Placed, wanted: &mut Vec<TileKey>) {
        let (width, height) = self.page_px(placed.page);
        let largest_side = f64::from(ipc::limits::MAX_TILE_SIDE_PX);
        let (most, coarse_px) = match self.moves {
            true => (MOVING_PX, MOVING_PX),
            false if self.layout.is_huge(placed.page) => (COARSE_PX, COARSE_PX),
            false => (WHOLE_PX, COARSE_PX),
        };
        let whole = |size| TileKey::whole(placed.page, size).map(|key| key.of_frame(self.frame));
        if width * height <= most && width.max(height) <= largest_side {
            wanted.extend(whole((width as u32, height as u32)));
            return;
        }
        let shrink = (coarse_px / (width * height)).sqrt();
        let shrink = shrink.min(largest_side / width.max(height));
        let coarse = |side: f64| (side * shrink).max(1.0) as u32;
        wanted.extend(whole((coarse(width), coarse(height))));
        if !self.moves {
            self.parts(placed, (width, height), wanted);
        }
    }

    /// The tiles of a grid over the part of a page that is seen.
    fn parts(&self, placed: &Placed, (width, height): (f64, f64), wanted: &mut Vec<TileKey>) {
        let Some([left, top, right, bottom]) = self.seen(placed) else {
            return;
        };
        let cells = |from: f64, to: f64, side: f64| {
            let first = (from * side) as u32 / TILE_PX;
            let last = ((to * side).ceil() as u32).div_ceil(TILE_PX);
            first..last.min((side as u32).div_ceil(TILE_PX))
        };
        let (whole, mut parts) = ((width as u32, height as u32), Vec::new());
        for row in cells(top, bottom, height) {
            for column in cells(left, right, width) {
                let (x, y) = (column * TILE_PX, row * TILE_PX);
                let side = |whole: u32, start: u32| (whole - start).min(TILE_PX) as u16;
                parts.push(TileKey {
                    page: placed.page,
                    page_px: whole,
                    origin_px: (x, y),
                    size_px: (side(whole.0, x), side(whole.1, y)),
                    frame: self.frame,
                });
            }
        }
        // From the middle of what is seen outwards.
        let middle = ((left + right) / 2.0 * width, (top + bottom) / 2.0 * height);
        let away = |key: &TileKey| {
            let x = f64::from(key.origin_px.0) + f64::from(key.size_px.0) / 2.0 - middle.0;
            let y = f64::from(key.origin_px.1) + f64::from(key.size_px.1) / 2.0 - middle.1;
            x.hypot(y)
        };
        parts.sort_by(|a, b| away(a).total_cmp(&away(b)));
        wanted.append(&mut parts);
    }

    /// The part of a page that is seen: left, top, right, bottom of the page
    /// before it is turned, 0 to 1.
    fn seen(&self, placed: &Placed) -> Option<[f64; 4]> {
        let left = (-placed.left / placed.width).clamp(0.0, 1.0);
        let top = (-placed.top / placed.height).clamp(0.0, 1.0);
        let right = ((self.viewport.0 - placed.left) / placed.width).clamp(0.0, 1.0);
        let bottom = ((self.viewport.1 - placed.top) / placed.height).clamp(0.0, 1.0);
        if left >= right || top >= bottom {
            return None;
        }
        let turned = |from: f64, to: f64, is: bool| {
            if is {
                (1.0 - to, 1.0 - from)
            } else {
                (from, to)
            }
        };
        let (left, right) = turned(left, right, self.mirrored.0);
        let (top, bottom) = turned(top, bottom, self.mirrored.1);
        Some(match self.turn % 4 {
            0 => [left, top, right, bottom],
            1 => [top, 1.0 - right, bottom, 1.0 - left],
            2 => [1.0 - right, 1.0 - bottom, 1.0 - left, 1.0 - top],
            _ => [1.0 - bottom, left, 1.0 - top, right],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::Arrangement;
    use super::*;

    fn layout(width: f32, height: f32) -> Layout {
        let mut layout = Layout::new(1, Arrangement::default());
        layout.learn(0, [(width, height)].into_iter());
        layout
    }

    fn placed(left: f64, top: f64, width: f64, height: f64) -> Placed {
        Placed {
            page: 0,
            left,
            top,
            width,
            height,
        }
    }

    /// A page that stands still, in a window of the usual size.
    fn scene(layout: &Layout, scale: f64) -> Scene<'_> {
        Scene {
            layout,
            scale,
            viewport: (800.0, 600.0),
            turn: 0,
            squares: false,
            mirrored: (false, false),
            frame: 0,
            moves: false,
        }
    }

    #[test]
    fn every_pixel_that_is_seen_of_a_large_page_is_in_a_tile() {
        let layout = layout(600.0, 800.0);
        let (scale, viewport) = (40.0, (1000.0, 700.0));
        for turn in 0..4_u8 {
            let (w, h) = if turn % 2 == 0 {
                (600.0, 800.0)
            } else {
                (800.0, 600.0)
            };
            let page = placed(-9_000.0, -5_555.0, w * scale, h * scale);
            let scene = Scene {
                viewport,
                turn,
                ..scene(&layout, scale)
            };
            let tiles = scene.tiles(&[page]);
            assert!(tiles[0].is_whole(), "the coarse whole comes first");
            assert!(tiles.iter().all(|key| key.tile().is_some()));
            let [left, top, right, bottom] = scene.seen(&page).unwrap();
            for (u, v) in [
                (left, top),
                (right, bottom),
                (left, bottom),
                ((left + right) / 2.0, top),
            ] {
                let (x, y) = (u * 24_000.0, v * 32_000.0);
                let inside = |key: &&TileKey| {
                    let (from, size) = (key.origin_px, key.size_px);
                    let within = |at: f64, from: u32, size: u16| {
                        f64::from(from) <= at && at <= f64::from(from) + f64::from(size)
                    };
                    within(x, from.0, size.0) && within(y, from.1, size.1)
                };
                assert!(
                    tiles[1..].iter().any(|key| inside(&key)),
                    "turn {turn}: {x} {y}"
                );
            }
            assert!(
                tiles.len() < 8,
                "no more than what is seen: {}",
                tiles.len()
            );
        }
    }

    #[test]
    fn page_of_usual_size_is_one_tile() {
        let layout = layout(595.0, 842.0);
        let scene = scene(&layout, 2.0);
        let tiles = scene.tiles(&[placed(0.0, 0.0, 1190.0, 1684.0)]);
        assert_eq!(tiles.len(), 1);
        assert_eq!(tiles[0].page_px, (1190, 1684));
    }

    #[test]
    fn picture_shown_as_squares_is_not_enlarged_beforehand() {
        let layout = layout(64.0, 64.0);
        let scene = Scene {
            squares: true,
            ..scene(&layout, 50.0)
        };
        let tiles = scene.tiles(&[placed(0.0, 0.0, 3200.0, 3200.0)]);
        assert_eq!(tiles[0].page_px, (64, 64));
    }

    #[test]
    fn picture_that_moves_is_one_tile_a_frame_however_large_it_is_shown() {
        let layout = layout(4000.0, 3000.0);
        let still = Scene {
            frame: 7,
            ..scene(&layout, 3.0)
        };
        let place = placed(-100.0, -100.0, 12_000.0, 9_000.0);
        assert!(still.tiles(&[place]).len() > 1);
        let moving = Scene {
            moves: true,
            ..still
        };
        let tiles = moving.tiles(&[place]);
        assert_eq!(tiles.len(), 1);
        assert!(tiles[0].is_whole() && tiles[0].bytes() <= 16_000_000);
        assert_eq!(tiles[0].tile().unwrap().frame(), 7);
    }

    #[test]
    fn sliver_of_a_page_is_asked_for_within_the_limits() {
        let layout = layout(1e7, 0.5);
        let scene = scene(&layout, 30.0);
        let tiles = scene.tiles(&[placed(-5.0, 0.0, 3e8, 15.0)]);
        assert!(!tiles.is_empty() && tiles.iter().all(|key| key.tile().is_some()));
    }
}
