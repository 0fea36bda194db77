//! Pixels of a whole picture: RGBA8, packed rows, the first one first.

use image::RgbaImage;
use image::metadata::Orientation;

/// A decoded picture. After [`Pixels::premultiplied`], ready to be painted.
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) rgba: Vec<u8>,
}

impl Pixels {
    /// `None` when there are not `width × height × 4` bytes.
    pub(super) fn new(width: u32, height: u32, rgba: Vec<u8>) -> Option<Self> {
        let expected = u64::from(width) * u64::from(height) * 4;
        (rgba.len() as u64 == expected).then_some(Self {
            width,
            height,
            rgba,
        })
    }

    /// Turns the picture the way its orientation says.
    pub(super) fn upright(self, orientation: Orientation) -> Self {
        if orientation == Orientation::NoTransforms {
            return self;
        }
        let (width, height) = (self.width, self.height);
        let Some(buffer) = RgbaImage::from_raw(width, height, self.rgba) else {
            return Self {
                width,
                height,
                rgba: Vec::new(),
            };
        };
        let mut image = image::DynamicImage::ImageRgba8(buffer);
        image.apply_orientation(orientation);
        Self {
            width: image.width(),
            height: image.height(),
            rgba: image.into_bytes(),
        }
    }

    /// Multiplies alpha into the colours, rounding to the nearest.
    pub(super) fn premultiplied(mut self) -> Self {
        let (pixels, _) = self.rgba.as_chunks_mut::<4>();
        for [r, g, b, a] in pixels {
            if *a != u8::MAX {
                let alpha = u16::from(*a);
                let scale = |c: u8| ((u16::from(c) * alpha + 127) / 255) as u8;
                (*r, *g, *b) = (scale(*r), scale(*g), scale(*b));
            }
        }
        self
    }
}
