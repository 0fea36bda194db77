//! How large a page is drawn, and in which tiles.

use crate::cli::arguments;
use ipc::limits::{MAX_PAGE_SIDE_PX, MAX_SLOT_BYTES, MAX_TILE_SIDE_PX};
use ipc::{Format, PageIndex, PageSize, Tile, TileSize};

/// Most pixels of one page: 2^30, 4 GiB as they are drawn. A0 at 600 dpi is half
/// of that; a page of 4 km, which a document may claim, would be drawn for hours.
const MAX_PAGE_PX: u64 = 1 << 30;

/// Bytes of a tile that are copied and encoded at a time, about: from 128 KiB on
/// the allocator asks the kernel for new pages each time, and gives them back.
const PIECE_BYTES: usize = 96 * 1024;

const POINTS_PER_INCH: f32 = 72.0;
const BYTES_PER_PIXEL: u32 = 4;

/// A page that would be larger than is drawn.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "would be {width:.0} × {height:.0} pixels, beyond the limit of {MAX_PAGE_SIDE_PX} a side and \
     {MAX_PAGE_PX} in all; choose a smaller --dpi or a --size"
)]
pub(crate) struct TooLarge {
    width: f64,
    height: f64,
}

/// How sizes of pages become pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scaling {
    /// Points, at so many dots per inch.
    Dots(f32),
    /// Pixels as they are.
    Pixels,
    /// Into this size; enlarged only if it may be.
    Fit { into: (u32, u32), enlarge: bool },
}

impl Scaling {
    pub(crate) fn new(render: &arguments::Render, format: Format) -> Self {
        let picture = format != Format::Pdf;
        match render.size {
            Some(into) => Self::Fit {
                into,
                // A drawing is sharp at any size.
                enlarge: !picture || format == Format::Svg,
            },
            None if picture => Self::Pixels,
            None => Self::Dots(render.dpi),
        }
    }

    /// Width and height in pixels.
    fn apply(self, size: PageSize) -> Result<(u32, u32), TooLarge> {
        let scale = match self {
            Self::Dots(dpi) => dpi / POINTS_PER_INCH,
            Self::Pixels => 1.0,
            Self::Fit {
                into: (width, height),
                enlarge,
            } => {
                let scale = (width as f32 / size.width()).min(height as f32 / size.height());
                if enlarge { scale } else { scale.min(1.0) }
            }
        };
        let side = |length: f32| (f64::from(length) * f64::from(scale)).round().max(1.0);
        let (width, height) = (side(size.width()), side(size.height()));
        let fits = width.max(height) <= f64::from(MAX_PAGE_SIDE_PX)
            && width * height <= MAX_PAGE_PX as f64;
        if fits {
            Ok((width as u32, height as u32))
        } else {
            Err(TooLarge { width, height })
        }
    }

    fn dpi(self) -> Option<f32> {
        match self {
            Self::Dots(dpi) => Some(dpi),
            Self::Pixels | Self::Fit { .. } => None,
        }
    }
}

/// A page, its size in pixels, and its tiles: bands from the top, each cut into
/// columns where the page is wider than a tile may be.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) page: PageIndex,
    /// The frame of the page, from 0; `None` when it is not about frames.
    pub(crate) frame: Option<u32>,
    pub(crate) px: (u32, u32),
    pub(crate) dpi: Option<f32>,
    /// It could not be drawn; no more of it is asked for.
    pub(crate) given_up: bool,
    band_px: u32,
    column_px: u32,
}

impl Plan {
    pub(crate) fn new(page: PageIndex, size: PageSize, scaling: Scaling) -> Result<Self, TooLarge> {
        let px = scaling.apply(size)?;
        let side = u32::from(MAX_TILE_SIDE_PX);
        let slot_px = u32::try_from(MAX_SLOT_BYTES).unwrap_or(u32::MAX) / BYTES_PER_PIXEL;
        // A band is held whole while it is written: no larger than a slot.
        let band_px = (slot_px / px.0).clamp(1, side).min(px.1);
        Ok(Self {
            page,
            frame: None,
            px,
            dpi: scaling.dpi(),
            given_up: false,
            band_px,
            column_px: px.0.min(side),
        })
    }

    /// Bytes that a tile is taken by: whole, or whole rows where each can be
    /// written as soon as it is there. A picture may be transparent, which the
    /// header says before its rows, so that it is looked at first.
    pub(super) fn piece_bytes(&self) -> usize {
        if self.dpi.is_none() || self.columns() > 1 {
            return usize::MAX;
        }
        let row_bytes = self.px.0 as usize * BYTES_PER_PIXEL as usize;
        row_bytes * (PIECE_BYTES / row_bytes).max(1)
    }

    /// The same page at a frame.
    pub(crate) fn at_frame(&self, frame: u32) -> Self {
        Self {
            frame: Some(frame),
            ..self.clone()
        }
    }

    /// The number that stands in names of files and in messages.
    pub(crate) fn number(&self) -> u32 {
        let frame = self.frame.map(|frame| frame.saturating_add(1));
        frame.unwrap_or(self.page.number())
    }

    /// What it is, in words.
    pub(crate) fn words(&self) -> String {
        let what = if self.frame.is_some() {
            "frame"
        } else {
            "page"
        };
        format!("{what} {}", self.number())
    }

    /// Columns of a band.
    pub(crate) fn columns(&self) -> usize {
        self.px.0.div_ceil(self.column_px) as usize
    }

    /// Tiles in all.
    pub(crate) fn tiles(&self) -> usize {
        self.columns() * self.px.1.div_ceil(self.band_px) as usize
    }

    /// A tile by its number; `None` behind the last.
    pub(crate) fn tile(&self, number: usize) -> Option<Tile> {
        if self.given_up || number >= self.tiles() {
            return None;
        }
        let columns = self.columns();
        let left = u32::try_from(number % columns).ok()? * self.column_px;
        let top = u32::try_from(number / columns).ok()? * self.band_px;
        let width = u16::try_from(self.column_px.min(self.px.0 - left)).ok()?;
        let height = u16::try_from(self.band_px.min(self.px.1 - top)).ok()?;
        Tile::new(
            self.page,
            self.px,
            (left, top),
            TileSize::new(width, height)?,
        )?
        .of_frame(self.frame.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(width: f32, height: f32, scaling: Scaling) -> Result<Plan, TooLarge> {
        let size = PageSize::new(width, height).unwrap();
        Plan::new(PageIndex::new(0).unwrap(), size, scaling)
    }

    #[test]
    fn tiles_cover_the_page_once() {
        for (width, height) in [
            (1, 1),
            (1240, 1754),
            (20_000, 300),
            (9000, 20_001),
            (300_000, 2),
        ] {
            let plan = plan(width as f32, height as f32, Scaling::Pixels).unwrap();
            let tiles = (0..).map_while(|number| plan.tile(number));
            let area: u64 = tiles
                .map(|tile| u64::from(tile.size().width_px()) * u64::from(tile.size().height_px()))
                .sum();
            assert_eq!(
                area,
                u64::from(plan.px.0) * u64::from(plan.px.1),
                "{width}×{height}"
            );
        }
    }

    #[test]
    fn page_of_usual_size_is_one_tile() {
        let plan = plan(595.0, 842.0, Scaling::Dots(150.0)).unwrap();
        assert_eq!((plan.px, plan.tiles()), ((1240, 1754), 1));
    }

    #[test]
    fn pictures_are_fitted_but_not_enlarged() {
        let fit = |enlarge| Scaling::Fit {
            into: (200, 200),
            enlarge,
        };
        assert_eq!(plan(400.0, 100.0, fit(false)).unwrap().px, (200, 50));
        assert_eq!(plan(40.0, 10.0, fit(false)).unwrap().px, (40, 10));
        assert_eq!(plan(40.0, 10.0, fit(true)).unwrap().px, (200, 50));
    }

    #[test]
    fn page_beyond_the_limit_is_refused() {
        assert!(plan(1e6, 10.0, Scaling::Dots(9600.0)).is_err());
        assert!(plan(32_768.0, 32_768.0, Scaling::Pixels).is_ok());
        let refused = plan(32_769.0, 32_768.0, Scaling::Pixels).unwrap_err();
        assert!(refused.to_string().contains("32769 × 32768"), "{refused}");
    }
}
