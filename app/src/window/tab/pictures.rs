//! What is known of pictures: of the document that is one, and of those on a page.

use super::Tab;
use crate::window::document::player::Player;
use crate::window::document::wanted::TileKey;
use ipc::{Format, ImageKind, PageBox, PageImage};

/// A picture over this share of a page is a scan of the page.
const SCAN: f64 = 0.85;

impl Tab {
    pub(crate) fn is_picture(&self) -> bool {
        self.summary()
            .is_some_and(|summary| summary.format != Format::Pdf && summary.sound.is_none())
    }

    /// The frame that is shown of a picture that moves.
    pub(crate) fn frame(&self) -> u32 {
        self.player.as_ref().map_or(0, Player::frame)
    }

    /// Asks for a pixel, of a page at its own size.
    pub(crate) fn inspect(&mut self, page: u32, (x, y): (f32, f32)) {
        let (width, height) = self.layout.upright(page);
        let page_px = (
            width.round().max(1.0) as u32,
            height.round().max(1.0) as u32,
        );
        self.inspected = Some(TileKey {
            page,
            page_px,
            origin_px: ((x as u32).min(page_px.0 - 1), (y as u32).min(page_px.1 - 1)),
            size_px: (1, 1),
            frame: self.frame(),
        });
    }

    /// Takes a pixel that was asked for, premultiplied; tells whether it was one.
    pub(crate) fn learn_pixel(&mut self, key: TileKey, rgba: &[u8]) -> bool {
        let is_one = key.size_px == (1, 1) && !key.is_whole();
        if let Some([r, g, b, a]) = rgba.first_chunk().filter(|_| is_one) {
            let straight = |c: &u8| match a {
                0 => 0,
                a => ((u16::from(*c) * 255 + u16::from(*a) / 2) / u16::from(*a)).min(255) as u8,
            };
            self.pixel = Some((key, [straight(r), straight(g), straight(b), *a]));
        }
        is_one
    }

    /// Asks once where pictures stand on a page.
    pub(crate) fn want_pictures(&mut self, page: u32) {
        if let Some(worker) = &self.worker
            && self.pictures_asked.insert(page)
        {
            worker.want_images(&[page]);
        }
    }

    /// Takes where pictures stand. One that fills its page is a scan of it, which
    /// is darkened like any page.
    pub(crate) fn learn_pictures(&mut self, page: u32, images: &[PageImage]) {
        let (width, height) = self.layout.upright(page);
        let is_scan = |place: &PageBox| {
            let [l, t, r, b] = place.edges().map(f64::from);
            (r - l) * (b - t) > SCAN * width * height
        };
        let photos = images.iter().filter(|image| image.kind == ImageKind::Photo);
        let places = photos
            .map(|image| image.place)
            .filter(|place| !is_scan(place));
        self.pictures.entry(page).or_default().extend(places);
    }
}
