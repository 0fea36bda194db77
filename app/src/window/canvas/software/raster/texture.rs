//! What triangles and rectangles are filled with.

use super::blend::mix;

/// Premultiplied pixels to draw with, `0xAARRGGBB`.
pub(crate) struct Texture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) texels: Vec<u32>,
    /// Whether no texel lets anything through.
    pub(crate) opaque: bool,
    /// Whether it is drawn with what lies between texels.
    pub(crate) linear: bool,
}

impl Texture {
    /// The same with each texel (red, green, blue, alpha) changed.
    pub(crate) fn toned(&self, change: impl Fn([u8; 4]) -> [u8; 4]) -> Self {
        // Most texels are like the one before.
        let (mut last, mut toned) = (0, u32::from_be_bytes(change([0; 4])).rotate_right(8));
        let texels = self.texels.iter().map(|texel| {
            if *texel != last {
                last = *texel;
                let color = change(texel.rotate_left(8).to_be_bytes());
                toned = u32::from_be_bytes(color).rotate_right(8);
            }
            toned
        });
        Self {
            texels: texels.collect(),
            ..*self
        }
    }

    fn at(&self, x: usize, y: usize) -> u32 {
        let (x, y) = (x.min(self.width - 1), y.min(self.height - 1));
        self.texels[y * self.width + x]
    }

    /// The texel at a place, both 0 to 1.
    pub(super) fn nearest(&self, u: f32, v: f32) -> u32 {
        // A cast from float saturates: below the first and beyond the last texel is the edge.
        let x = (u * self.width as f32) as usize;
        let y = (v * self.height as f32) as usize;
        self.at(x, y)
    }

    /// Between the four texels around a place.
    fn between(&self, u: f32, v: f32) -> u32 {
        let x = (u * self.width as f32 - 0.5).max(0.0);
        let y = (v * self.height as f32 - 0.5).max(0.0);
        let (left, top) = (x as usize, y as usize);
        let (fx, fy) = ((x.fract() * 256.0) as u32, (y.fract() * 256.0) as u32);
        let upper = mix(self.at(left, top), self.at(left + 1, top), fx);
        let lower = mix(self.at(left, top + 1), self.at(left + 1, top + 1), fx);
        mix(upper, lower, fy)
    }

    pub(super) fn sample(&self, u: f32, v: f32) -> u32 {
        if self.linear {
            self.between(u, v)
        } else {
            self.nearest(u, v)
        }
    }
}
