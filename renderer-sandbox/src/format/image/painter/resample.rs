//! From one size to another.

use super::BAND_BYTES;
use crate::format::image::huge::Part;
use crate::format::image::pixels::Pixels;
use crate::surface::Surface;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use ipc::Tile;

/// How a whole picture becomes a whole page, and which part of it is drawn.
pub(super) struct Scaling {
    /// Pixels of the picture to one of the page, across and down.
    x: f64,
    y: f64,
    /// Left edge of the tile in the picture, and its width there.
    left: f64,
    width: f64,
    /// Rows of the picture that are missing above, and rows that are there.
    above: f64,
    height: f64,
    filter: FilterType,
}

impl Scaling {
    pub(super) fn new(pixels: &Pixels, tile: Tile) -> Self {
        let whole = (f64::from(pixels.width), f64::from(pixels.height));
        Self::from(whole, (0, 0), (pixels.width, pixels.height), tile)
    }

    pub(super) fn of(part: &Part, tile: Tile) -> Self {
        let size = (part.pixels.width, part.pixels.height);
        Self::from(part.whole, part.origin, size, tile)
    }

    fn from(
        whole: (f64, f64),
        origin: (u32, u32),
        (width, height): (u32, u32),
        tile: Tile,
    ) -> Self {
        let (page_width, page_height) = tile.page_px();
        let x = whole.0 / f64::from(page_width);
        let y = whole.1 / f64::from(page_height);
        let left = f64::from(tile.origin_px().0) * x - f64::from(origin.0);
        let left = left.clamp(0.0, f64::from(width));
        let tile_width = f64::from(tile.size().width_px()) * x;
        Self {
            x,
            y,
            left,
            above: f64::from(origin.1),
            height: f64::from(height),
            // Rounding must not reach past the edge of the picture.
            width: tile_width.min(f64::from(width) - left),
            filter: if x < 1.0 && y < 1.0 {
                FilterType::CatmullRom
            } else {
                FilterType::Hamming
            },
        }
    }

    fn grows(&self) -> bool {
        self.x < 1.0 && self.y < 1.0
    }

    /// Rows of a band: as many as fit in [`BAND_BYTES`] when they have been scaled
    /// down and not yet across, which is the order of the resizer for bytes.
    pub(super) fn band_rows(&self) -> usize {
        ((BAND_BYTES as f64 / self.bytes_between()) as usize).max(1)
    }

    /// Bytes of a row between the two passes: as wide as the tile is in the
    /// picture, and as far beyond as the filter reaches, two pixels of the picture
    /// or of the page on each side.
    pub(super) fn bytes_between(&self) -> f64 {
        (self.width + 4.0 * self.x.max(1.0)) * 4.0
    }
}

pub(super) fn resample(
    resizer: &mut Resizer,
    pixels: &Pixels,
    scaling: &Scaling,
    tile: Tile,
    surface: &mut Surface<'_>,
) -> Option<()> {
    let source = ImageRef::new(pixels.width, pixels.height, &pixels.rgba, PixelType::U8x4).ok()?;
    let row_bytes = tile.size().row_bytes();
    let band_rows = scaling.band_rows();
    let width = u32::from(tile.size().width_px());
    let bands = surface.bytes_mut().chunks_mut(row_bytes * band_rows);
    for (index, band) in bands.enumerate() {
        let rows = u32::try_from(band.len() / row_bytes).ok()?;
        let first = u32::try_from(index * band_rows).ok()?;
        let top = f64::from(tile.origin_px().1.checked_add(first)?) * scaling.y - scaling.above;
        let top = top.clamp(0.0, scaling.height);
        let height = (f64::from(rows) * scaling.y).min(scaling.height - top);
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(scaling.filter))
            .use_alpha(false)
            .crop(scaling.left, top, scaling.width, height);
        let mut target = Image::from_slice_u8(width, rows, band, PixelType::U8x4).ok()?;
        resizer.resize(&source, &mut target, &options).ok()?;
        if scaling.grows() {
            keep_premultiplied(target.buffer_mut());
        }
    }
    Some(())
}

/// Catmull–Rom overshoots; a colour above its alpha is no colour.
fn keep_premultiplied(rgba: &mut [u8]) {
    let (pixels, _) = rgba.as_chunks_mut::<4>();
    for [r, g, b, a] in pixels {
        (*r, *g, *b) = ((*r).min(*a), (*g).min(*a), (*b).min(*a));
    }
}
