//! Where a part of a picture is as it is stored, and as it stands upright.

use super::Huge;
use image::metadata::Orientation;

impl Huge {
    pub(super) fn upright_size(&self) -> (u32, u32) {
        match self.is_sideways() {
            true => (self.height, self.width),
            false => (self.width, self.height),
        }
    }

    fn is_sideways(&self) -> bool {
        use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
        matches!(
            self.orientation,
            Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH
        )
    }

    /// Where a part of the upright picture is in the one that is stored.
    pub(super) fn stored(
        &self,
        (left, top, right, bottom): (u32, u32, u32, u32),
    ) -> (u32, u32, u32, u32) {
        let (w, h) = (self.width, self.height);
        match self.orientation {
            Orientation::NoTransforms => (left, top, right, bottom),
            Orientation::FlipHorizontal => (w - right, top, w - left, bottom),
            Orientation::FlipVertical => (left, h - bottom, right, h - top),
            Orientation::Rotate180 => (w - right, h - bottom, w - left, h - top),
            Orientation::Rotate90 => (top, h - right, bottom, h - left),
            Orientation::Rotate270 => (w - bottom, left, w - top, right),
            Orientation::Rotate90FlipH => (top, left, bottom, right),
            Orientation::Rotate270FlipH => (w - bottom, h - right, w - top, h - left),
        }
    }

    /// Where a part of the stored picture begins once it is upright, in pixels of the part.
    pub(super) fn placed(
        &self,
        (left, top, right, bottom): (u32, u32, u32, u32),
        times: u32,
    ) -> (u32, u32) {
        let (w, h) = (self.width.div_ceil(times), self.height.div_ceil(times));
        match self.orientation {
            Orientation::NoTransforms => (left, top),
            Orientation::FlipHorizontal => (w - right, top),
            Orientation::FlipVertical => (left, h - bottom),
            Orientation::Rotate180 => (w - right, h - bottom),
            Orientation::Rotate90 => (h - bottom, left),
            Orientation::Rotate270 => (top, w - right),
            Orientation::Rotate90FlipH => (top, left),
            Orientation::Rotate270FlipH => (h - bottom, w - right),
        }
    }
}
