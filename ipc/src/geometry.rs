//! Pages and tiles.
//!
//! Trust: either side builds these values from bytes that its peer sent, so
//! every constructor checks and none panics.

use crate::codec::{Encode, Invalid, checked};
use crate::limits::{
    MAX_FRAMES, MAX_PAGE_SIDE, MAX_PAGE_SIDE_PX, MAX_PAGES, MAX_SLOT_BYTES, MAX_TILE_SIDE_PX,
};

/// Bytes of one pixel: premultiplied RGBA8.
pub const BYTES_PER_PIXEL: usize = 4;

/// Position of a page in its document, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode)]
pub struct PageIndex(u32);

impl PageIndex {
    /// Checks an index: below [`MAX_PAGES`].
    #[must_use]
    pub fn new(index: u32) -> Option<Self> {
        (index < MAX_PAGES).then_some(Self(index))
    }

    /// The index, from 0.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }

    /// The index for use with a slice.
    #[must_use]
    pub fn as_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// The number people count with, from 1.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0.saturating_add(1)
    }
}

checked!(PageIndex, u32, |raw| PageIndex::new(raw)
    .ok_or(Invalid("page index beyond the limit")));

/// Width and height of a page as it is shown (rotation applied), in points or
/// image pixels; finite, above zero, at most [`MAX_PAGE_SIDE`].
#[derive(Debug, Clone, Copy, PartialEq, Encode)]
pub struct PageSize {
    width: f32,
    height: f32,
}

impl PageSize {
    /// The smallest that is seen.
    pub const ONE: Self = Self {
        width: 1.0,
        height: 1.0,
    };

    /// Checks a size.
    #[must_use]
    pub fn new(width: f32, height: f32) -> Option<Self> {
        let fits = |side: f32| side.is_finite() && side > 0.0 && side <= MAX_PAGE_SIDE;
        (fits(width) && fits(height)).then_some(Self { width, height })
    }

    /// Width in points or image pixels.
    #[must_use]
    pub fn width(self) -> f32 {
        self.width
    }

    /// Height in points or image pixels.
    #[must_use]
    pub fn height(self) -> f32 {
        self.height
    }
}

checked!(PageSize, (f32, f32), |(w, h)| PageSize::new(w, h)
    .ok_or(Invalid("page size out of range")));

/// A rectangle on a page: left, top, right, bottom, in the page's units with
/// the origin at the top left. Finite and ordered; it may reach past the page.
#[derive(Debug, Clone, Copy, PartialEq, Encode)]
pub struct PageBox {
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

impl PageBox {
    /// Checks a rectangle: finite, within ± [`MAX_PAGE_SIDE`], ordered.
    #[must_use]
    pub fn new(left: f32, top: f32, right: f32, bottom: f32) -> Option<Self> {
        let fits = |v: f32| v.is_finite() && v.abs() <= MAX_PAGE_SIDE;
        let ordered = left <= right && top <= bottom;
        let finite = fits(left) && fits(top) && fits(right) && fits(bottom);
        (ordered && finite).then_some(Self {
            left,
            top,
            right,
            bottom,
        })
    }

    /// `[left, top, right, bottom]`.
    #[must_use]
    pub fn edges(self) -> [f32; 4] {
        [self.left, self.top, self.right, self.bottom]
    }
}

checked!(PageBox, (f32, f32, f32, f32), |(l, t, r, b)| {
    PageBox::new(l, t, r, b).ok_or(Invalid("rectangle out of range"))
});

/// Width and height of a tile in pixels: each 1..=[`MAX_TILE_SIDE_PX`], and
/// together no more than one slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode)]
pub struct TileSize {
    width_px: u16,
    height_px: u16,
}

impl TileSize {
    /// Checks a size in pixels.
    #[must_use]
    pub fn new(width_px: u16, height_px: u16) -> Option<Self> {
        let side = 1..=MAX_TILE_SIDE_PX;
        let size = Self {
            width_px,
            height_px,
        };
        (side.contains(&width_px) && side.contains(&height_px) && size.bytes() <= MAX_SLOT_BYTES)
            .then_some(size)
    }

    /// Width in pixels.
    #[must_use]
    pub fn width_px(self) -> u16 {
        self.width_px
    }

    /// Height in pixels.
    #[must_use]
    pub fn height_px(self) -> u16 {
        self.height_px
    }

    /// Bytes of one row.
    #[must_use]
    pub fn row_bytes(self) -> usize {
        usize::from(self.width_px).saturating_mul(BYTES_PER_PIXEL)
    }

    /// Bytes of all rows.
    #[must_use]
    pub fn bytes(self) -> usize {
        self.row_bytes().saturating_mul(usize::from(self.height_px))
    }
}

checked!(TileSize, (u16, u16), |(w, h)| TileSize::new(w, h)
    .ok_or(Invalid("tile size out of range")));

/// A rectangle of a page at one size of the whole page.
///
/// The whole page, drawn `page_px` wide and high, is the coordinate system;
/// the tile's top left corner stands at `origin_px` in it. Of a page that moves,
/// it is a tile of one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode)]
pub struct Tile {
    page: PageIndex,
    page_px: (u32, u32),
    origin_px: (u32, u32),
    size: TileSize,
    frame: u32,
}

impl Tile {
    /// Checks a tile: the page at most [`MAX_PAGE_SIDE_PX`] a side, the tile
    /// inside the page.
    #[must_use]
    pub fn new(
        page: PageIndex,
        page_px: (u32, u32),
        origin_px: (u32, u32),
        size: TileSize,
    ) -> Option<Self> {
        let inside = |whole: u32, start: u32, len: u16| {
            whole <= MAX_PAGE_SIDE_PX
                && start
                    .checked_add(u32::from(len))
                    .is_some_and(|end| end <= whole)
        };
        (inside(page_px.0, origin_px.0, size.width_px)
            && inside(page_px.1, origin_px.1, size.height_px))
        .then_some(Self {
            page,
            page_px,
            origin_px,
            size,
            frame: 0,
        })
    }

    /// The same tile of another frame, counted from 0; `None` beyond
    /// [`MAX_FRAMES`].
    #[must_use]
    pub fn of_frame(self, frame: u32) -> Option<Self> {
        (frame < MAX_FRAMES).then_some(Self { frame, ..self })
    }

    /// The frame it is of, from 0.
    #[must_use]
    pub fn frame(self) -> u32 {
        self.frame
    }

    /// The page it is of.
    #[must_use]
    pub fn page(self) -> PageIndex {
        self.page
    }

    /// Width and height of the whole page in pixels.
    #[must_use]
    pub fn page_px(self) -> (u32, u32) {
        self.page_px
    }

    /// Left and top of the tile in the whole page, in pixels.
    #[must_use]
    pub fn origin_px(self) -> (u32, u32) {
        self.origin_px
    }

    /// Width and height of the tile.
    #[must_use]
    pub fn size(self) -> TileSize {
        self.size
    }
}

checked!(
    Tile,
    (PageIndex, (u32, u32), (u32, u32), TileSize, u32),
    |(page, page_px, origin, size, frame)| {
        Tile::new(page, page_px, origin, size)
            .ok_or(Invalid("tile outside its page"))?
            .of_frame(frame)
            .ok_or(Invalid("frame beyond the limit"))
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn largest_square_tile_fills_one_slot_exactly() {
        let tile = TileSize::new(4096, 4096).unwrap();
        assert_eq!(tile.bytes(), MAX_SLOT_BYTES);
        assert_eq!(TileSize::new(4096, 4097), None);
        assert_eq!(TileSize::new(8193, 1), None);
        assert_eq!(TileSize::new(0, 1), None);
    }

    #[test]
    fn page_size_refuses_what_cannot_be_laid_out() {
        for bad in [0.0, -1.0, f32::NAN, f32::INFINITY, 1e12] {
            assert_eq!(PageSize::new(bad, 100.0), None, "{bad}");
            assert_eq!(PageSize::new(100.0, bad), None, "{bad}");
        }
        assert!(PageSize::new(612.0, 792.0).is_some());
    }

    #[test]
    fn tile_must_lie_inside_its_page() {
        let page = PageIndex::new(0).unwrap();
        let size = TileSize::new(100, 100).unwrap();
        assert!(Tile::new(page, (200, 200), (100, 100), size).is_some());
        assert_eq!(Tile::new(page, (200, 200), (101, 100), size), None);
        assert_eq!(Tile::new(page, (200, 200), (u32::MAX, 0), size), None);
        assert_eq!(Tile::new(page, (u32::MAX, 200), (0, 0), size), None);
    }

    #[test]
    fn tile_is_of_the_first_frame_unless_another_is_named() {
        let size = TileSize::new(1, 1).unwrap();
        let tile = Tile::new(PageIndex::new(0).unwrap(), (1, 1), (0, 0), size).unwrap();
        assert_eq!(tile.frame(), 0);
        let last = tile.of_frame(MAX_FRAMES - 1).unwrap();
        assert_eq!((last.frame(), last.size()), (MAX_FRAMES - 1, size));
        assert_eq!(tile.of_frame(MAX_FRAMES), None);
    }
}
