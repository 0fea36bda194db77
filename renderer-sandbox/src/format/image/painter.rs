//! Tiles of a picture, resampled to the size that is asked for.
//!
//! Each pixel of a tile is computed from the whole picture, so tiles join
//! without a seam; large ones are drawn in bands of rows, for the same reason
//! without a seam, and with little memory. Smaller: every source pixel counts by how much of it is
//! covered (Hamming window, no ringing). Larger: Catmull–Rom. One to one: a
//! copy. Resampling works on encoded values, as browsers do.

use super::ImageDocument;
use super::huge::{Huge, Part};
use super::pixels::Pixels;
use crate::format::{DocumentError, Painter};
use crate::surface::Surface;
use capmode::Confined;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use ipc::{Tile, TileSize};

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

/// From a picture that is too large to be held: band after band, so that no more than
/// [`BAND_BYTES`] of it are taken together at a time.
fn draw_in_bands(
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
fn draw_part(
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

/// How a whole picture becomes a whole page, and which part of it is drawn.
struct Scaling {
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
    fn new(pixels: &Pixels, tile: Tile) -> Self {
        let whole = (f64::from(pixels.width), f64::from(pixels.height));
        Self::from(whole, (0, 0), (pixels.width, pixels.height), tile)
    }

    fn of(part: &Part, tile: Tile) -> Self {
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
    fn band_rows(&self) -> usize {
        ((BAND_BYTES as f64 / self.bytes_between()) as usize).max(1)
    }

    /// Bytes of a row between the two passes: as wide as the tile is in the
    /// picture, and as far beyond as the filter reaches, two pixels of the picture
    /// or of the page on each side.
    fn bytes_between(&self) -> f64 {
        (self.width + 4.0 * self.x.max(1.0)) * 4.0
    }
}

fn resample(
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

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::{PageIndex, TileSize};

    /// Noise that is the same every time.
    fn noise(width: u32, height: u32) -> Pixels {
        let mut state = 1_u32;
        let opaque = (0..width * height).flat_map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [r, g, b, _] = state.to_be_bytes();
            [r, g, b, 255]
        });
        Pixels::new(width, height, opaque.collect()).unwrap()
    }

    fn drawn(pixels: &Pixels, page: (u32, u32), at: (u32, u32), size: (u16, u16)) -> Vec<u8> {
        let size = TileSize::new(size.0, size.1).unwrap();
        let tile = Tile::new(PageIndex::new(0).unwrap(), page, at, size).unwrap();
        let mut slot = vec![7; size.bytes()];
        let mut surface = Surface::new(&mut slot, size).unwrap();
        draw(&mut Resizer::new(), pixels, tile, &mut surface).unwrap();
        slot
    }

    /// The page drawn in tiles of a size that does not divide it.
    fn tiled(pixels: &Pixels, page: (u32, u32), side: u32) -> Vec<u8> {
        let mut whole = vec![0; (page.0 * page.1 * 4) as usize];
        for top in (0..page.1).step_by(side as usize) {
            for left in (0..page.0).step_by(side as usize) {
                let (wide, high) = (side.min(page.0 - left), side.min(page.1 - top));
                let tile = drawn(pixels, page, (left, top), (wide as u16, high as u16));
                for (row, bytes) in tile.chunks((wide * 4) as usize).enumerate() {
                    let start = (((top + row as u32) * page.0 + left) * 4) as usize;
                    whole[start..start + bytes.len()].copy_from_slice(bytes);
                }
            }
        }
        whole
    }

    #[test]
    fn tiles_join_as_if_the_page_were_drawn_at_once() {
        let pixels = noise(301, 203);
        for page in [
            (301, 203),
            (150, 101),
            (97, 33),
            (613, 407),
            (1999, 1349),
            (500, 60),
        ] {
            let whole = drawn(&pixels, page, (0, 0), (page.0 as u16, page.1 as u16));
            let tiles = tiled(&pixels, page, 37);
            // The filter's weights are whole numbers, rounded for each tile by
            // itself, across and down: one step each, on noise.
            let furthest = whole.iter().zip(&tiles).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(furthest <= Some(2), "{page:?}: {furthest:?}");
        }
    }

    #[test]
    fn one_to_one_is_the_picture_itself() {
        let pixels = noise(40, 30);
        assert_eq!(drawn(&pixels, (40, 30), (0, 0), (40, 30)), pixels.rgba);
        let part = drawn(&pixels, (40, 30), (3, 5), (2, 1));
        let start = (5 * 40 + 3) * 4;
        assert_eq!(part, pixels.rgba[start..start + 8]);
    }

    #[test]
    fn smaller_is_the_mean_and_no_pixel_is_left_out() {
        // One white pixel in 16 × 16 black ones.
        let mut rgba = [0, 0, 0, 255].repeat(256);
        rgba[(7 * 16 + 9) * 4..][..3].fill(255);
        let pixels = Pixels::new(16, 16, rgba).unwrap();
        let small = drawn(&pixels, (4, 4), (0, 0), (4, 4));
        let light: u32 = small.chunks(4).map(|p| u32::from(p[0])).sum();
        assert!(
            (14..=18).contains(&light),
            "{light}, a sixteenth of 255 is 16"
        );
    }

    #[test]
    fn larger_keeps_colours_below_their_alpha() {
        let rgba = [[255; 4], [0; 4], [0, 0, 0, 255], [128; 4]].concat();
        let pixels = Pixels::new(2, 2, rgba).unwrap();
        let large = drawn(&pixels, (90, 90), (0, 0), (90, 90));
        assert!(large.chunks(4).all(|p| p[0] <= p[3] && p[1] <= p[3]));
    }

    #[test]
    fn extreme_pages_are_drawn() {
        let pixels = noise(3, 2);
        assert_eq!(drawn(&pixels, (1, 1), (0, 0), (1, 1)).len(), 4);
        let far = (ipc::limits::MAX_PAGE_SIDE_PX, 3);
        drawn(&pixels, far, (far.0 - 64, 0), (64, 3));
        let tall = noise(1, 5000);
        drawn(&tall, (8000, 2), (0, 0), (8000, 2));
    }

    #[test]
    fn bands_bound_the_memory_between_the_two_passes() {
        let size = TileSize::new(64, 64).unwrap();
        let tile = Tile::new(PageIndex::new(0).unwrap(), (64, 64), (0, 0), size).unwrap();
        for width in [1, 64, 30_000, 2_000_000] {
            let scaling = Scaling::new(&noise(width, 1), tile);
            let rows = scaling.band_rows();
            let between = scaling.bytes_between() * rows as f64;
            assert!(
                rows == 1 || between <= BAND_BYTES as f64,
                "{width}: {between}"
            );
        }
    }

    #[test]
    fn picture_that_is_one_row_is_drawn_band_by_band() {
        let pixels = noise(2_000_000, 1);
        let drawn = drawn(&pixels, (64, 64), (0, 0), (64, 64));
        let (first, rest) = drawn.split_at(64 * 4);
        assert!(
            rest.chunks(64 * 4).all(|row| row == first),
            "every row is the one row"
        );
    }
}
