//! Pages much smaller than paper (small pictures of pages, a page seen from afar) are
//! drawn larger and made smaller: a line that is thinner than a pixel is drawn a pixel
//! wide, as the standard asks for, so that fine drawings would come out black.

use crate::format::DocumentError;
use crate::format::image::samples::zeroed;
use crate::format::mean::Mean;
use crate::surface::Surface;
use hayro::vello_cpu::{PixmapMut, RenderContext, Resources};
use ipc::Tile;

/// Pixels for a point of paper from which on a tile is drawn as it is: then lines of
/// ordinary drawings (half a point and more) are about as heavy as they should be.
const FINE: f64 = 0.75;

/// By how much a tile is drawn larger at most.
const MAX_TIMES: u16 = 4;

/// Bytes of the larger drawing at most: as many as a tile of the window has.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// By how much a tile is drawn larger, where a page of so many points across and down
/// is as large as its tile says.
pub(super) fn times(tile: Tile, (width_pt, height_pt): (f32, f32)) -> u16 {
    let (width_px, height_px) = tile.page_px();
    let across = f64::from(width_px) / f64::from(width_pt.max(1.0));
    let down = f64::from(height_px) / f64::from(height_pt.max(1.0));
    let scale = across.max(down);
    let size = tile.size();
    let fits = |times: &u16| {
        let side = |side: u16| side.checked_mul(*times).is_some();
        let bytes = size.bytes().saturating_mul(usize::from(*times).pow(2));
        side(size.width_px()) && side(size.height_px()) && bytes <= MAX_BYTES
    };
    let enough = |times: &u16| *times == 1 || f64::from(times - 1) * scale < FINE;
    let fitting = (1..=MAX_TIMES).take_while(enough).filter(fits);
    fitting.last().unwrap_or(1)
}

/// Draws what the context has, which is larger so many times, into a tile.
pub(super) fn render(
    context: &mut RenderContext,
    times: u16,
    surface: &mut Surface<'_>,
) -> Result<(), DocumentError> {
    let (width, height) = (context.width(), context.height());
    let mut larger = zeroed(u64::from(width) * u64::from(height) * 4)?;
    let target = PixmapMut::new(width, height, &mut larger).ok_or_else(super::wrong_slot)?;
    context.render_with(target, &mut Resources::default(), super::on_white_paper());
    let mut mean = Mean::new((width.into(), height.into()), 4, times.into())?;
    mean.add(&larger);
    let (bytes, smaller) = (surface.bytes_mut(), mean.done());
    if bytes.len() != smaller.len() {
        return Err(super::wrong_slot());
    }
    bytes.copy_from_slice(&smaller);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::times;
    use ipc::{PageIndex, Tile, TileSize};

    fn tile(page: (u32, u32)) -> Tile {
        let size = TileSize::new(page.0 as u16, page.1 as u16).unwrap();
        Tile::new(PageIndex::new(0).unwrap(), page, (0, 0), size).unwrap()
    }

    #[test]
    fn small_pages_are_drawn_as_much_larger_as_paper_asks_for() {
        let a4 = (595.0, 842.0);
        assert_eq!(times(tile((595, 842)), a4), 1, "as large as paper");
        assert_eq!(times(tile((447, 632)), a4), 1, "three quarters");
        assert_eq!(times(tile((400, 566)), a4), 2);
        assert_eq!(times(tile((119, 168)), a4), 4);
        assert_eq!(times(tile((2, 3)), a4), 4, "no more than that");
    }

    #[test]
    fn drawing_larger_stays_within_its_memory() {
        // 64 MB twice as large.
        let plan = (9000.0, 9000.0);
        assert_eq!(times(tile((2000, 2000)), plan), 1);
        assert_eq!(times(tile((1400, 1400)), plan), 2);
    }
}
