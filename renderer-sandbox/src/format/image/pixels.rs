//! Pixels of a whole picture: premultiplied RGBA8 in sRGB, packed rows, the
//! first one first.

use image::RgbaImage;
use image::metadata::Orientation;

/// A decoded picture, ready to be painted.
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) rgba: Vec<u8>,
    /// What the user should know about them.
    pub(super) notices: Vec<String>,
}

impl Pixels {
    /// No picture at all.
    pub(super) const fn none() -> Self {
        Self {
            width: 0,
            height: 0,
            rgba: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// `None` when there are not `width × height × 4` bytes.
    pub(super) fn new(width: u32, height: u32, rgba: Vec<u8>) -> Option<Self> {
        let expected = u64::from(width) * u64::from(height) * 4;
        (rgba.len() as u64 == expected).then_some(Self {
            width,
            height,
            rgba,
            notices: Vec::new(),
        })
    }

    /// Turns the picture the way its orientation says.
    pub(super) fn upright(mut self, orientation: Orientation) -> Self {
        if orientation == Orientation::NoTransforms {
            return self;
        }
        // `new` has checked that there are enough pixels.
        if let Some(buffer) = RgbaImage::from_raw(self.width, self.height, self.rgba) {
            let mut image = image::DynamicImage::ImageRgba8(buffer);
            image.apply_orientation(orientation);
            (self.width, self.height) = (image.width(), image.height());
            self.rgba = image.into_bytes();
        } else {
            self.rgba = Vec::new();
        }
        self
    }
}
