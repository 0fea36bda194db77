//! Where pictures stand on a page, and whether the page is one.

use super::PdfDocument;
use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, SoftMask, interpret_page,
};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, Rect};
use ipc::limits::MAX_PAGE_IMAGES;
use ipc::{ImageKind, PageImage};

/// Share of a page that the picture of a scanned one covers.
const SCAN_SHARE: f64 = 0.85;
/// Shortest side of a picture that is told, in points: smaller ones are dots and rules.
const MIN_SIDE: f64 = 2.0;

pub(super) fn read(document: &PdfDocument, page: &Page<'_>) -> Vec<PageImage> {
    let (width, height) = page.render_dimensions();
    let unit = f64::from(super::user_unit(page));
    let area = Rect::new(0.0, 0.0, f64::from(width) * unit, f64::from(height) * unit);
    let transform = Affine::scale(unit) * page.initial_transform(true).to_kurbo();
    let cache = InterpreterCache::new();
    let settings = document.reading.clone();
    let mut context = Context::new(transform, area, &cache, page.xref(), settings);
    let mut pictures = Pictures {
        area,
        found: Vec::new(),
        has_text: false,
    };
    interpret_page(page, &mut context, &mut pictures);
    pictures.finish()
}

struct Pictures {
    area: Rect,
    found: Vec<(Rect, ImageKind)>,
    /// Letters that are seen, not those that lie under a scan.
    has_text: bool,
}

impl Pictures {
    fn finish(self) -> Vec<PageImage> {
        let whole = self.area.area() * SCAN_SHARE;
        let is_scan = |place: &Rect| !self.has_text && place.area() >= whole;
        self.found
            .iter()
            .filter_map(|(place, kind)| {
                let kind = if is_scan(place) {
                    ImageKind::Scan
                } else {
                    *kind
                };
                let place = super::page_box(*place)?;
                Some(PageImage { place, kind })
            })
            .collect()
    }
}

impl<'a> Device<'a> for Pictures {
    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let pixels = Rect::new(
            0.0,
            0.0,
            f64::from(image.width()),
            f64::from(image.height()),
        );
        let place = props
            .transform
            .transform_rect_bbox(pixels)
            .intersect(self.area);
        let seen = place.width() >= MIN_SIDE && place.height() >= MIN_SIDE;
        if !seen || !place.is_finite() || self.found.len() >= MAX_PAGE_IMAGES {
            return;
        }
        let kind = match &image {
            Image::Stencil(_) => ImageKind::LineArt,
            Image::Raster(raster) => {
                let dict = raster.stream().dict();
                let bits = dict.get::<i32>("BitsPerComponent");
                match bits.or_else(|| dict.get::<i32>("BPC")) {
                    Some(1) => ImageKind::LineArt,
                    _ => ImageKind::Photo,
                }
            }
        };
        self.found.push((place, kind));
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, _: DrawProps<'a>, mode: &DrawMode) {
        self.has_text |= !run.glyphs().is_empty() && !matches!(mode, DrawMode::Invisible);
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_clip_rect(&mut self, _: &Rect) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
