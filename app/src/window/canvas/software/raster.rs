//! Filling triangles and rectangles with integers.

mod blend;
mod rectangle;
#[cfg(test)]
mod tests;
mod texture;
mod triangle;

pub(super) use blend::pack;
pub(super) use texture::Texture;

use egui::Pos2;
use egui::epaint::{Mesh, Vertex};
use rectangle::Quad;
use triangle::triangle;

/// A surface: `0x00RRGGBB`, rows top to bottom, packed.
pub(super) struct Target<'a> {
    pub(super) pixels: &'a mut [u32],
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Target<'_> {
    /// Pixels of a row; both ends lie inside the surface.
    fn row(&mut self, y: i32, left: i32, right: i32) -> &mut [u32] {
        let start = y as usize * self.width as usize;
        &mut self.pixels[start + left as usize..start + right as usize]
    }
}

/// Where may be drawn, in pixels; right and bottom are outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clip {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) right: i32,
    pub(super) bottom: i32,
}

impl Clip {
    fn and(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }
}

/// Draws a mesh whose places are in points.
pub(super) fn mesh(target: &mut Target<'_>, clip: Clip, scale: f32, mesh: &Mesh, with: &Texture) {
    let clip = clip.and(Clip {
        left: 0,
        top: 0,
        right: target.width,
        bottom: target.height,
    });
    if clip.is_empty() || with.width == 0 || with.height == 0 {
        return;
    }
    let vertex = |index: u32| {
        mesh.vertices.get(index as usize).map(|vertex| Vertex {
            pos: Pos2::new(vertex.pos.x * scale, vertex.pos.y * scale),
            ..*vertex
        })
    };
    let mut rest = mesh.indices.as_slice();
    while let [a, b, c, after @ ..] = rest {
        let (Some(va), Some(vb), Some(vc)) = (vertex(*a), vertex(*b), vertex(*c)) else {
            return;
        };
        // Text and pictures come as two triangles that share a diagonal.
        if let [d, e, f, beyond @ ..] = after
            && [*d, *e] == [*c, *b]
            && let Some(vf) = vertex(*f)
            && let Some(quad) = Quad::of([va, vb, vc, vf])
        {
            quad.fill(target, clip, with);
            rest = beyond;
            continue;
        }
        triangle(target, clip, with, [va, vb, vc]);
        rest = after;
    }
}
