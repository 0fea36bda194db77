//! Triangles: edges in 1/256 of a pixel, so that neighbours share every pixel
//! exactly once.

use super::blend::{fill, over, pack, tint};
use super::{Clip, Target, Texture};
use egui::Pos2;
use egui::epaint::Vertex;

/// Units of a pixel in which edges are held.
const SUBPIXEL: f32 = 256.0;

/// Fills the pixels whose middle is inside, an edge on a middle belonging to
/// the triangle to its right or below.
pub(super) fn triangle(target: &mut Target<'_>, clip: Clip, with: &Texture, corners: [Vertex; 3]) {
    let [a, mut b, mut c] = corners;
    let cross = |p: (i64, i64), q: (i64, i64), r: (i64, i64)| {
        (q.0 - p.0) * (r.1 - p.1) - (q.1 - p.1) * (r.0 - p.0)
    };
    let (pa, mut pb, mut pc) = (fixed(a.pos), fixed(b.pos), fixed(c.pos));
    let mut area = cross(pa, pb, pc);
    if area == 0 {
        return;
    }
    if area < 0 {
        std::mem::swap(&mut b, &mut c);
        std::mem::swap(&mut pb, &mut pc);
        area = -area;
    }
    let least = |i: fn(&(i64, i64)) -> i64| [pa, pb, pc].iter().map(i).min().unwrap_or(0);
    let most = |i: fn(&(i64, i64)) -> i64| [pa, pb, pc].iter().map(i).max().unwrap_or(0);
    let pixel = |v: i64| i32::try_from(v >> 8).unwrap_or(0);
    let bounds = Clip {
        left: pixel(least(|p| p.0)),
        top: pixel(least(|p| p.1)),
        right: pixel(most(|p| p.0)) + 1,
        bottom: pixel(most(|p| p.1)) + 1,
    }
    .and(clip);
    if bounds.is_empty() {
        return;
    }
    let edges = [Edge::new(pb, pc), Edge::new(pc, pa), Edge::new(pa, pb)];
    let shade = Shade::new([a, b, c], area, with);
    for y in bounds.top..bounds.bottom {
        let [first, second, third] = edges;
        let inside = [first, second, third].map(|edge| edge.inside(bounds.left, y));
        let left = inside[0].0.max(inside[1].0).max(inside[2].0);
        let right = inside[0].1.min(inside[1].1).min(inside[2].1);
        let left = left.max(bounds.left.into());
        let right = right.min(i64::from(bounds.right) - 1);
        let (Ok(left), Ok(right)) = (i32::try_from(left), i32::try_from(right)) else {
            continue;
        };
        if left > right {
            continue;
        }
        let row = target.row(y, left, right + 1);
        if let Some(flat) = shade.flat {
            fill(row, flat);
            continue;
        }
        let mut at = [first.at(left, y), second.at(left, y), third.at(left, y)];
        for below in row {
            *below = over(shade.color(at), *below);
            at[0] += first.across;
            at[1] += second.across;
            at[2] += third.across;
        }
    }
}

/// A place in units of [`SUBPIXEL`].
fn fixed(pos: Pos2) -> (i64, i64) {
    // Far outside is clamped: the clip is smaller, and products stay below 2^63.
    let unit = |v: f32| (v.clamp(-1e6, 1e6) * SUBPIXEL).round() as i64;
    (unit(pos.x), unit(pos.y))
}

/// A side of a triangle: not negative on the inner side.
#[derive(Clone, Copy)]
struct Edge {
    from: (i64, i64),
    by: (i64, i64),
    /// Change from a pixel to the next on its right.
    across: i64,
    /// -1 where a pixel's middle on the edge belongs to the neighbour.
    bias: i64,
}

impl Edge {
    fn new(from: (i64, i64), to: (i64, i64)) -> Self {
        let by = (to.0 - from.0, to.1 - from.1);
        let owns = by.1 < 0 || (by.1 == 0 && by.0 > 0);
        Self {
            from,
            by,
            across: -by.1 * SUBPIXEL as i64,
            bias: if owns { 0 } else { -1 },
        }
    }

    /// The first and the last pixel of a row on the inner side, looking from `x`.
    fn inside(&self, x: i32, y: i32) -> (i64, i64) {
        let (here, x) = (self.at(x, y), i64::from(x));
        match self.across {
            0 if here >= 0 => (i64::MIN, i64::MAX),
            0 => (i64::MAX, i64::MIN),
            // here + n * across >= 0
            1.. => (x - here.div_euclid(self.across), i64::MAX),
            _ => (i64::MIN, x + here.div_euclid(-self.across)),
        }
    }

    fn at(&self, x: i32, y: i32) -> i64 {
        let middle = |v: i32| i64::from(v) * 256 + 128;
        let (dx, dy) = (middle(x) - self.from.0, middle(y) - self.from.1);
        self.by.0 * dy - self.by.1 * dx + self.bias
    }
}

/// Colour inside a triangle.
struct Shade<'a> {
    corners: [Vertex; 3],
    per_area: f32,
    with: &'a Texture,
    /// The same everywhere.
    flat: Option<u32>,
}

impl<'a> Shade<'a> {
    fn new(corners: [Vertex; 3], area: i64, with: &'a Texture) -> Self {
        let [a, b, c] = corners;
        let one_texel = a.uv == b.uv && a.uv == c.uv;
        let one_color = a.color == b.color && a.color == c.color;
        Self {
            corners,
            per_area: 1.0 / area as f32,
            with,
            flat: (one_texel && one_color)
                .then(|| tint(with.nearest(a.uv.x, a.uv.y), pack(a.color))),
        }
    }

    fn color(&self, weights: [i64; 3]) -> u32 {
        let weights = weights.map(|weight| weight as f32 * self.per_area);
        let (mut u, mut v, mut channels) = (0.0, 0.0, [0.0_f32; 4]);
        for (corner, weight) in self.corners.iter().zip(weights) {
            u += corner.uv.x * weight;
            v += corner.uv.y * weight;
            for (sum, channel) in channels.iter_mut().zip(corner.color.to_array()) {
                *sum += f32::from(channel) * weight;
            }
        }
        let [r, g, b, a] = channels.map(|sum| (sum + 0.5) as u8);
        tint(self.with.sample(u, v), u32::from_be_bytes([a, r, g, b]))
    }
}
