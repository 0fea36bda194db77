//! A picture that is too large to be held: band after band of a tile.

use super::resample::{Scaling, resample};
use super::{BAND_BYTES, copy};
use crate::format::DocumentError;
use crate::format::image::huge::{Huge, Part};
use crate::surface::Surface;
use fast_image_resize::Resizer;
use ipc::{Tile, TileSize};

/// From a picture that is too large to be held: band after band, so that no more than
/// [`BAND_BYTES`] of it are taken together at a time.
pub(super) fn draw_in_bands(
    resizer: &mut Resizer,
    huge: &Huge,
    tile: Tile,
    surface: &mut Surface<'_>,
) -> Result<Option<()>, DocumentError> {
    let rows = u16::try_from(huge.rows_within(tile, BAND_BYTES)).unwrap_or(u16::MAX);
    let bytes = surface.bytes_mut();
    let bands = bytes.chunks_mut(tile.size().row_bytes() * usize::from(rows.max(1)));
    for (place, band) in bands.enumerate() {
        let Some(part) = band_of(tile, place, rows.max(1)) else {
            return Ok(None);
        };
        let Some(mut target) = Surface::new(band, part.size()) else {
            return Ok(None);
        };
        if draw_part(resizer, &huge.part(part)?, part, &mut target).is_none() {
            return Ok(None);
        }
    }
    Ok(Some(()))
}

/// Some rows of a tile as a tile.
fn band_of(tile: Tile, place: usize, rows: u16) -> Option<Tile> {
    let above = u32::try_from(place).ok()?.checked_mul(rows.into())?;
    let left = u32::from(tile.size().height_px()).checked_sub(above)?;
    let size = TileSize::new(
        tile.size().width_px(),
        rows.min(u16::try_from(left).unwrap_or(u16::MAX)),
    )?;
    let (x, y) = tile.origin_px();
    Tile::new(
        tile.page(),
        tile.page_px(),
        (x, y.checked_add(above)?),
        size,
    )
}

/// From the part of a picture that is too large to be held.
pub(super) fn draw_part(
    resizer: &mut Resizer,
    part: &Part,
    tile: Tile,
    surface: &mut Surface<'_>,
) -> Option<()> {
    let page = tile.page_px();
    if (f64::from(page.0), f64::from(page.1)) == part.whole {
        let (left, top) = tile.origin_px();
        let origin = (
            left.checked_sub(part.origin.0)?,
            top.checked_sub(part.origin.1)?,
        );
        return copy(&part.pixels, origin, tile, surface);
    }
    resample(
        resizer,
        &part.pixels,
        &Scaling::of(part, tile),
        tile,
        surface,
    )
}
