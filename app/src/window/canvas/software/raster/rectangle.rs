//! Upright rectangles: text and pictures.

use super::blend::{fill, over, pack, tint};
use super::{Clip, Target, Texture};
use egui::epaint::Vertex;
use egui::{Color32, Pos2};

/// An upright rectangle of one colour, with the texture's places on it.
pub(super) struct Quad {
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
    /// Texture at the top left, and how it changes by a pixel right and down.
    uv: Pos2,
    across: Pos2,
    down: Pos2,
    color: Color32,
}

impl Quad {
    /// From two triangles `a b c` and `c b d`; `None` when it is not upright, or shaded.
    pub(super) fn of([a, mut b, mut c, d]: [Vertex; 4]) -> Option<Self> {
        if a.pos.x == b.pos.x {
            std::mem::swap(&mut b, &mut c);
        }
        let flat = a.color == b.color && a.color == c.color && a.color == d.color;
        let upright = a.pos.y == b.pos.y
            && a.pos.x == c.pos.x
            && d.pos == Pos2::new(b.pos.x, c.pos.y)
            && a.pos.x != b.pos.x
            && a.pos.y != c.pos.y;
        // A parallelogram of the texture: turned by quarters, or as it is.
        let even = (b.uv - a.uv) == (d.uv - c.uv);
        if !(flat && upright && even) {
            return None;
        }
        let across = (b.uv - a.uv) / (b.pos.x - a.pos.x);
        let down = (c.uv - a.uv) / (c.pos.y - a.pos.y);
        let (left, top) = (a.pos.x.min(b.pos.x), a.pos.y.min(c.pos.y));
        Some(Self {
            left,
            top,
            right: a.pos.x.max(b.pos.x),
            bottom: a.pos.y.max(c.pos.y),
            uv: a.uv + across * (left - a.pos.x) + down * (top - a.pos.y),
            across: across.to_pos2(),
            down: down.to_pos2(),
            color: a.color,
        })
    }

    /// Pixels whose middle is inside.
    fn cover(&self) -> Clip {
        let first = |edge: f32| (edge - 0.5).ceil() as i32;
        Clip {
            left: first(self.left),
            top: first(self.top),
            right: first(self.right),
            bottom: first(self.bottom),
        }
    }

    pub(super) fn fill(&self, target: &mut Target<'_>, clip: Clip, with: &Texture) {
        let area = self.cover().and(clip);
        if area.is_empty() {
            return;
        }
        let color = pack(self.color);
        if self.across == Pos2::ZERO && self.down == Pos2::ZERO {
            let source = tint(with.nearest(self.uv.x, self.uv.y), color);
            for y in area.top..area.bottom {
                fill(target.row(y, area.left, area.right), source);
            }
            return;
        }
        if color == u32::MAX && self.copies(with) {
            return self.copy(target, area, with);
        }
        for y in area.top..area.bottom {
            let dy = y as f32 + 0.5 - self.top;
            let row = target.row(y, area.left, area.right);
            for (x, below) in (area.left..).zip(row) {
                let dx = x as f32 + 0.5 - self.left;
                let u = self.uv.x + self.across.x * dx + self.down.x * dy;
                let v = self.uv.y + self.across.y * dx + self.down.y * dy;
                *below = over(tint(with.sample(u, v), color), *below);
            }
        }
    }

    /// Whether every texel meets exactly one pixel, upright.
    fn copies(&self, with: &Texture) -> bool {
        let one = |step: f32, side: usize| (step * side as f32 - 1.0).abs() < 1e-4;
        let whole = |edge: f32| (edge - edge.round()).abs() < 1e-2;
        self.across.y == 0.0
            && self.down.x == 0.0
            && one(self.across.x, with.width)
            && one(self.down.y, with.height)
            && whole(self.left)
            && whole(self.top)
    }

    fn copy(&self, target: &mut Target<'_>, area: Clip, with: &Texture) {
        let start = |uv: f32, side: usize, edge: f32, first: i32| {
            let texel = (uv * side as f32).round() + (first as f32 - edge.round());
            texel.max(0.0) as usize
        };
        let x = start(self.uv.x, with.width, self.left, area.left);
        let y = start(self.uv.y, with.height, self.top, area.top);
        for (row, line) in (area.top..area.bottom).zip(y..with.height) {
            let texels = &with.texels[line * with.width..(line + 1) * with.width];
            let texels = texels.get(x..).unwrap_or_default();
            let row = target.row(row, area.left, area.right);
            let width = row.len().min(texels.len());
            if with.opaque {
                row[..width].copy_from_slice(&texels[..width]);
            } else {
                for (below, texel) in row.iter_mut().zip(texels) {
                    *below = over(*texel, *below);
                }
            }
        }
    }
}
