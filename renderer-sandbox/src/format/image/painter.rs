//! Tiles of a picture, resampled to the size that is asked for.
//!
//! Each pixel of a tile is computed from the whole picture, so tiles join
//! without a seam. Smaller: every source pixel counts by how much of it is
//! covered (Hamming window, no ringing). Larger: Catmull–Rom. One to one: a
//! copy. Resampling works on encoded values, as browsers do.

use super::ImageDocument;
use super::pixels::Pixels;
use crate::format::{DocumentError, Painter};
use crate::surface::Surface;
use capmode::Confined;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use ipc::Tile;

pub(super) struct ImagePainter {
    document: &'static ImageDocument,
    resizer: Resizer,
}

impl ImagePainter {
    pub(super) fn new(document: &'static ImageDocument) -> Self {
        Self {
            document,
            resizer: Resizer::new(),
        }
    }
}

impl Painter for ImagePainter {
    fn paint(
        &mut self,
        _: &Confined,
        tile: Tile,
        surface: &mut Surface<'_>,
    ) -> Result<(), DocumentError> {
        let pixels = self.document.pixels()?;
        if tile.page_px() == (pixels.width, pixels.height) {
            return copy(pixels, tile, surface).ok_or_else(broken);
        }
        resample(&mut self.resizer, pixels, tile, surface).ok_or_else(broken)
    }
}

fn broken() -> DocumentError {
    DocumentError::Limit("the tile does not fit the picture".to_owned())
}

fn copy(pixels: &Pixels, tile: Tile, surface: &mut Surface<'_>) -> Option<()> {
    let row_bytes = tile.size().row_bytes();
    let stride = usize::try_from(pixels.width).ok()?.checked_mul(4)?;
    let (left, top) = tile.origin_px();
    let (left, top) = (usize::try_from(left).ok()? * 4, usize::try_from(top).ok()?);
    for (row, target) in surface.bytes_mut().chunks_exact_mut(row_bytes).enumerate() {
        let start = (top + row).checked_mul(stride)?.checked_add(left)?;
        target.copy_from_slice(pixels.rgba.get(start..start + row_bytes)?);
    }
    Some(())
}

fn resample(
    resizer: &mut Resizer,
    pixels: &Pixels,
    tile: Tile,
    surface: &mut Surface<'_>,
) -> Option<()> {
    let source = ImageRef::new(pixels.width, pixels.height, &pixels.rgba, PixelType::U8x4).ok()?;
    let (width, height) = (tile.size().width_px(), tile.size().height_px());
    let (wide, high) = (u32::from(width), u32::from(height));
    let x = f64::from(pixels.width) / f64::from(tile.page_px().0);
    let y = f64::from(pixels.height) / f64::from(tile.page_px().1);
    let (left, top) = (
        f64::from(tile.origin_px().0) * x,
        f64::from(tile.origin_px().1) * y,
    );
    let grows = x < 1.0 && y < 1.0;
    let filter = if grows {
        FilterType::CatmullRom
    } else {
        FilterType::Hamming
    };
    // Rounding must not reach past the edge of the source.
    let right_most = (f64::from(pixels.width) - left).min(f64::from(width) * x);
    let bottom_most = (f64::from(pixels.height) - top).min(f64::from(height) * y);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter))
        .use_alpha(false)
        .crop(left, top, right_most, bottom_most);
    let mut target = Image::from_slice_u8(wide, high, surface.bytes_mut(), PixelType::U8x4).ok()?;
    resizer.resize(&source, &mut target, &options).ok()?;
    if grows {
        keep_premultiplied(target.buffer_mut());
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
