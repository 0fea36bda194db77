//! Pages as pixels, straight into a slot.

mod finer;

use super::{PdfDocument, no_such_page};
use crate::format::{DocumentError, Painter};
use crate::surface::Surface;
use capmode::Confined;
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{PixmapMut, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, render_into};
use ipc::Tile;

/// Tiles after which the caches are made anew. hayro only ever adds to them:
/// fonts, glyph outlines, colour spaces, and nothing is dropped before all is.
/// 64 pages of text add about 64 × 200 KiB; making them anew costs a few ms.
const TILES_PER_CACHE: u32 = 64;

pub(super) struct PdfPainter {
    document: &'static PdfDocument,
    cache: RenderCache<'static>,
    painted: u32,
}

impl PdfPainter {
    pub(super) fn new(document: &'static PdfDocument) -> Self {
        Self {
            document,
            cache: RenderCache::new(),
            painted: 0,
        }
    }

    fn cache(&mut self) -> &RenderCache<'static> {
        if self.painted >= TILES_PER_CACHE {
            self.cache = RenderCache::new();
            self.painted = 0;
        }
        self.painted += 1;
        &self.cache
    }
}

impl Painter for PdfPainter {
    fn paint(
        &mut self,
        _: &Confined,
        tile: Tile,
        surface: &mut Surface<'_>,
    ) -> Result<(), DocumentError> {
        let document = self.document;
        let page = document.hayro_page(tile.page()).ok_or_else(no_such_page)?;
        document.look_at_fonts(page);
        let (width, height) = (tile.size().width_px(), tile.size().height_px());
        let times = finer::times(tile, page.render_dimensions());
        // Sides that are too long for the factor leave it at 1.
        let side = |side: u16| side.saturating_mul(times);
        let mut context = RenderContext::new(side(width), side(height));
        match document.layers().switched() {
            // With other layers than its own it is another document for a while,
            // and nothing that is kept of it outlives this tile.
            Some(pdf) => {
                let page = pdf.pages().get(tile.page().as_usize());
                let page = page.ok_or_else(no_such_page)?;
                draw(
                    document,
                    page,
                    &RenderCache::new(),
                    (tile, times),
                    &mut context,
                );
            }
            None => draw(document, page, self.cache(), (tile, times), &mut context),
        }
        // What brings no appearance of its own lies over the page.
        if let Some(pdf) = document.overlays.of(document, tile.page())
            && let Some(page) = pdf.pages().first()
        {
            draw(
                document,
                page,
                &RenderCache::new(),
                (tile, times),
                &mut context,
            );
        }
        context.flush();
        if times > 1 {
            return finer::render(&mut context, times, surface);
        }
        let bytes = surface.bytes_mut();
        let target = PixmapMut::new(width, height, bytes).ok_or_else(wrong_slot)?;
        context.render_with(target, &mut Resources::default(), on_white_paper());
        Ok(())
    }
}

/// Draws a page into a tile that is larger so many times.
fn draw<'a>(
    document: &PdfDocument,
    page: &'a Page<'a>,
    cache: &RenderCache<'a>,
    (tile, times): (Tile, u16),
    context: &mut RenderContext,
) {
    let rendering = RenderSettings::default();
    let transform = Affine::scale(times.into()) * tile_from_page(page, tile);
    render_into(
        page,
        cache,
        &document.settings,
        &rendering,
        context,
        transform,
    );
}

fn wrong_slot() -> DocumentError {
    DocumentError::Limit("the slot is not of the tile's size".to_owned())
}

fn on_white_paper() -> RasterizerSettings {
    RasterizerSettings {
        target_init: TargetInit::Clear(WHITE),
        ..RasterizerSettings::default()
    }
}

/// From the page's own units, y up, to pixels of the tile, y down.
fn tile_from_page(page: &Page<'_>, tile: Tile) -> Affine {
    let (width, height) = page.render_dimensions();
    let (page_width_px, page_height_px) = tile.page_px();
    let (left_px, top_px) = tile.origin_px();
    let scale = Affine::scale_non_uniform(
        f64::from(page_width_px) / f64::from(width),
        f64::from(page_height_px) / f64::from(height),
    );
    Affine::translate((-f64::from(left_px), -f64::from(top_px)))
        * scale
        * page.initial_transform(true).to_kurbo()
}
