//! Filling triangles and rectangles with integers: edges in 1/256 of a pixel,
//! so that neighbours share every pixel exactly once.

use egui::epaint::{Mesh, Vertex};
use egui::{Color32, Pos2};

/// Units of a pixel in which edges are held.
const SUBPIXEL: f32 = 256.0;

/// A surface: `0x00RRGGBB`, rows top to bottom, packed.
pub(super) struct Target<'a> {
    pub(super) pixels: &'a mut [u32],
    pub(super) width: i32,
    pub(super) height: i32,
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

/// Premultiplied pixels to draw with, `0xAARRGGBB`.
pub(super) struct Texture {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) texels: Vec<u32>,
    /// Whether no texel lets anything through.
    pub(super) opaque: bool,
    /// Whether it is drawn with what lies between texels.
    pub(super) linear: bool,
}

impl Texture {
    /// The same with each texel (red, green, blue, alpha) changed.
    pub(super) fn toned(&self, change: impl Fn([u8; 4]) -> [u8; 4]) -> Self {
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
    fn nearest(&self, u: f32, v: f32) -> u32 {
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

    fn sample(&self, u: f32, v: f32) -> u32 {
        if self.linear {
            self.between(u, v)
        } else {
            self.nearest(u, v)
        }
    }
}

/// `a` to `b` by `t` of 256, each channel by itself.
fn mix(a: u32, b: u32, t: u32) -> u32 {
    const EVEN: u32 = 0x00ff_00ff;
    let blend = |a: u32, b: u32| ((a * (256 - t) + b * t) >> 8) & EVEN;
    blend(a & EVEN, b & EVEN) | (blend((a >> 8) & EVEN, (b >> 8) & EVEN) << 8)
}

/// `(r, g, b, a)` as a texel.
pub(super) fn pack(color: Color32) -> u32 {
    let [r, g, b, a] = color.to_array();
    u32::from_be_bytes([a, r, g, b])
}

/// Product of two colours, 255 being 1.
fn tint(texel: u32, color: u32) -> u32 {
    if color == u32::MAX {
        return texel;
    }
    let (t, c) = (texel.to_be_bytes(), color.to_be_bytes());
    let product = |i: usize| {
        let both = u32::from(t[i]) * u32::from(c[i]) + 128;
        ((both + (both >> 8)) >> 8) as u8
    };
    u32::from_be_bytes([product(0), product(1), product(2), product(3)])
}

/// Premultiplied `source` over `below`.
fn over(source: u32, below: u32) -> u32 {
    const EVEN: u32 = 0x00ff_00ff;
    let through = 255 - (source >> 24);
    if through == 0 {
        return source;
    }
    if source == 0 {
        return below;
    }
    let scale = |channels: u32| {
        let product = channels * through + 0x0080_0080;
        ((product + ((product >> 8) & EVEN)) >> 8) & EVEN
    };
    let kept = scale(below & EVEN) | (scale((below >> 8) & EVEN) << 8);
    // Feathered edges may be brighter than their alpha: channels saturate.
    let (s, k) = (source.to_be_bytes(), kept.to_be_bytes());
    let sum = |i: usize| s[i].saturating_add(k[i]);
    u32::from_be_bytes([sum(0), sum(1), sum(2), sum(3)])
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

/// An upright rectangle of one colour, with the texture's places on it.
struct Quad {
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
    fn of([a, mut b, mut c, d]: [Vertex; 4]) -> Option<Self> {
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

    fn fill(&self, target: &mut Target<'_>, clip: Clip, with: &Texture) {
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

impl Target<'_> {
    /// Pixels of a row; both ends lie inside the surface.
    fn row(&mut self, y: i32, left: i32, right: i32) -> &mut [u32] {
        let start = y as usize * self.width as usize;
        &mut self.pixels[start + left as usize..start + right as usize]
    }
}

/// Lays one colour over pixels.
fn fill(row: &mut [u32], source: u32) {
    if source >> 24 == 255 {
        row.fill(source);
    } else if source != 0 {
        for below in row {
            *below = over(source, *below);
        }
    }
}

/// A place in units of [`SUBPIXEL`].
fn fixed(pos: Pos2) -> (i64, i64) {
    // Far outside is clamped: the clip is smaller, and products stay below 2^63.
    let unit = |v: f32| (v.clamp(-1e6, 1e6) * SUBPIXEL).round() as i64;
    (unit(pos.x), unit(pos.y))
}

/// Fills the pixels whose middle is inside, an edge on a middle belonging to
/// the triangle to its right or below.
fn triangle(target: &mut Target<'_>, clip: Clip, with: &Texture, corners: [Vertex; 3]) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Rect, pos2, vec2};

    const WHITE: Color32 = Color32::WHITE;

    fn one_texel() -> Texture {
        Texture {
            width: 1,
            height: 1,
            texels: vec![u32::MAX],
            opaque: true,
            linear: false,
        }
    }

    fn draw(side: i32, mesh: &Mesh, with: &Texture) -> Vec<u32> {
        let mut pixels = vec![0; (side * side) as usize];
        let mut target = Target {
            pixels: &mut pixels,
            width: side,
            height: side,
        };
        let clip = Clip {
            left: 0,
            top: 0,
            right: side,
            bottom: side,
        };
        super::mesh(&mut target, clip, 1.0, mesh, with);
        pixels
    }

    #[test]
    fn neighbouring_triangles_cover_every_pixel_once() {
        // Half transparent: a pixel drawn twice is brighter, one left out is black.
        let half = Color32::from_rgba_premultiplied(100, 100, 100, 128);
        let middle = pos2(13.37, 11.21);
        let corners = [
            pos2(0.0, 0.0),
            pos2(24.0, 0.0),
            pos2(24.0, 24.0),
            pos2(0.0, 24.0),
        ];
        let mut fan = Mesh::default();
        fan.colored_vertex(middle, half);
        corners
            .iter()
            .for_each(|corner| fan.colored_vertex(*corner, half));
        for i in 0..4 {
            fan.add_triangle(0, 1 + i, 1 + (i + 1) % 4);
        }
        let pixels = draw(24, &fan, &one_texel());
        assert!(
            pixels.iter().all(|pixel| pixel & 0xff_ffff == 0x64_6464),
            "{pixels:x?}"
        );
    }

    #[test]
    fn page_at_its_own_size_is_copied_bit_by_bit() {
        let texels: Vec<u32> = (0..36).map(|i| 0xff00_0000 | (i * 7919)).collect();
        let page = Texture {
            width: 6,
            height: 6,
            texels: texels.clone(),
            opaque: true,
            linear: true,
        };
        let mut mesh = Mesh::default();
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        mesh.add_rect_with_uv(
            Rect::from_min_size(pos2(1.0, 1.0), vec2(6.0, 6.0)),
            uv,
            WHITE,
        );
        let pixels = draw(8, &mesh, &page);
        let inner: Vec<u32> = (1..7)
            .flat_map(|y| pixels[y * 8 + 1..y * 8 + 7].to_vec())
            .collect();
        assert_eq!(inner, texels);
        assert_eq!(pixels[0], 0);
    }

    #[test]
    fn page_turned_by_a_quarter_keeps_its_pixels() {
        let page = Texture {
            width: 2,
            height: 1,
            texels: vec![0xff11_1111, 0xff22_2222],
            opaque: true,
            linear: false,
        };
        // Clockwise: the left texel comes to the top.
        let mut mesh = Mesh::default();
        let at = [(0.0, 0.0), (1.0, 0.0), (0.0, 2.0), (1.0, 2.0)];
        let from = [(0.0, 1.0), (0.0, 0.0), (1.0, 1.0), (1.0, 0.0)];
        for (at, from) in at.into_iter().zip(from) {
            let (pos, uv) = (Pos2::from(at), Pos2::from(from));
            mesh.vertices.push(Vertex {
                pos,
                uv,
                color: WHITE,
            });
        }
        mesh.add_triangle(0, 1, 2);
        mesh.add_triangle(2, 1, 3);
        let pixels = draw(2, &mesh, &page);
        assert_eq!([pixels[0], pixels[2]], [0xff11_1111, 0xff22_2222]);
    }

    #[test]
    fn what_is_outside_is_not_drawn_and_nothing_breaks() {
        let mut mesh = Mesh::default();
        for far in [-1e9, 1e9, f32::INFINITY, f32::NAN] {
            mesh.colored_vertex(pos2(far, 0.0), WHITE);
            mesh.colored_vertex(pos2(3.0, far), WHITE);
            mesh.colored_vertex(pos2(-5.0, far), WHITE);
            mesh.add_colored_rect(Rect::from_min_max(pos2(far, far), pos2(far, far)), WHITE);
        }
        for i in 0..mesh.vertices.len() as u32 - 2 {
            mesh.add_triangle(i, i + 1, i + 2);
        }
        mesh.add_triangle(0, 1, 99);
        draw(4, &mesh, &one_texel());
    }

    #[test]
    fn colours_are_laid_over_each_other_as_premultiplied() {
        assert_eq!(over(0xff12_3456, 0x00ff_ffff), 0xff12_3456);
        assert_eq!(over(0, 0x00ab_cdef), 0x00ab_cdef);
        assert_eq!(over(0x8040_4040, 0x0000_00ff) & 0xff_ffff, 0x40_40bf);
        assert_eq!(tint(0xff80_4020, 0xffff_ffff), 0xff80_4020);
        assert_eq!(mix(0x0000_0000, 0xff00_ff00, 128), 0x7f00_7f00);
    }
}
