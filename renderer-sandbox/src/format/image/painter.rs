//! Tiles of a picture, resampled to the size that is asked for.
//!
//! Each pixel of a tile is computed from the whole picture, so tiles join
//! without a seam; large ones are drawn in bands of rows, for the same reason
//! without a seam, and with little memory. Smaller: every source pixel counts by how much of it is
//! covered (Hamming window, no ringing). Larger: Catmull–Rom. One to one: a
//! copy. Resampling works on encoded values, as browsers do.
//!
//! | file | holds |
//! |---|---|
//! | `resample` | from one size to another, in bands |
//! | `bands` | a picture that is too large to be held, band after band |

mod bands;
mod resample;
#[cfg(test)]
mod tests;

use super::ImageDocument;
use super::huge::Part;
use super::pixels::Pixels;
use crate::format::{DocumentError, Painter};
use crate::surface::Surface;
use bands::{draw_in_bands, draw_part};
use capmode::Confined;
use fast_image_resize::Resizer;
use ipc::Tile;
use resample::{Scaling, resample};

/// Memory that a painter takes between the passes down and across, in bytes. Of a
/// picture 30,000 px wide, 69 rows of the tile fit at a time. Of a picture that is not
/// held, as much is taken out of it at a time.
const BAND_BYTES: usize = 8 * 1024 * 1024;

/// Draws tiles of one picture.
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
        let resizer = &mut self.resizer;
        let drawn = match self.document.huge(tile.page())? {
            Some(huge) => draw_in_bands(resizer, huge, tile, surface)?,
            None => {
                let pixels = self.document.pixels(tile.page(), tile.frame())?;
                draw(resizer, &pixels, tile, surface)
            }
        };
        drawn.ok_or_else(does_not_fit)
    }

    fn paint_early(
        &mut self,
        confined: &Confined,
        tile: Tile,
        surface: &mut Surface<'_>,
    ) -> Result<bool, DocumentError> {
        let resizer = &mut self.resizer;
        match self.document.huge(tile.page())? {
            Some(huge) if !huge.is_found() || !huge.is_far(tile) && !huge.is_near(tile) => {
                surface.bytes_mut().fill(0);
                Ok(false)
            }
            Some(huge) if huge.is_far(tile) => {
                let draw = |part: &Part| draw_part(resizer, part, tile, surface);
                let (drawn, is_whole) = huge.early(draw)?;
                drawn.map(|()| is_whole).ok_or_else(does_not_fit)
            }
            _ => self.paint(confined, tile, surface).map(|()| true),
        }
    }
}

fn does_not_fit() -> DocumentError {
    DocumentError::Limit("the tile does not fit the picture".to_owned())
}

fn draw(
    resizer: &mut Resizer,
    pixels: &Pixels,
    tile: Tile,
    surface: &mut Surface<'_>,
) -> Option<()> {
    if tile.page_px() == (pixels.width, pixels.height) {
        return copy(pixels, tile.origin_px(), tile, surface);
    }
    let scaling = Scaling::new(pixels, tile);
    resample(resizer, pixels, &scaling, tile, surface)
}

fn copy(
    pixels: &Pixels,
    (left, top): (u32, u32),
    tile: Tile,
    surface: &mut Surface<'_>,
) -> Option<()> {
    let row_bytes = tile.size().row_bytes();
    let stride = usize::try_from(pixels.width).ok()?.checked_mul(4)?;
    let (left, top) = (usize::try_from(left).ok()? * 4, usize::try_from(top).ok()?);
    for (row, target) in surface.bytes_mut().chunks_exact_mut(row_bytes).enumerate() {
        let start = (top + row).checked_mul(stride)?.checked_add(left)?;
        target.copy_from_slice(pixels.rgba.get(start..start + row_bytes)?);
    }
    Some(())
}
