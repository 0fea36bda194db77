//! What is drawn, pixel by pixel.

use super::blend::{mix, over, tint};
use super::*;
use egui::{Color32, Rect, pos2, vec2};

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
fn what_is_outside_is_not_drawn() {
    let mut beside = Mesh::default();
    for corner in [
        pos2(-9.0, 0.0),
        pos2(4.0, 0.0),
        pos2(0.0, -9.0),
        pos2(0.0, 4.0),
    ] {
        beside.add_colored_rect(Rect::from_min_size(corner, vec2(4.0, 4.0)), WHITE);
        let far = [corner, corner + vec2(3.0, 0.0), corner + vec2(0.0, 3.0)];
        let first = beside.vertices.len() as u32;
        far.into_iter()
            .for_each(|place| beside.colored_vertex(place, WHITE));
        beside.add_triangle(first, first + 1, first + 2);
    }
    assert_eq!(draw(4, &beside, &one_texel()), [0; 16]);
}

#[test]
fn places_that_are_no_places_break_nothing() {
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
    // What is drawn of it nobody can say; the surface keeps its size.
    assert_eq!(draw(4, &mesh, &one_texel()).len(), 16);
}

#[test]
fn colours_are_laid_over_each_other_as_premultiplied() {
    assert_eq!(over(0xff12_3456, 0x00ff_ffff), 0xff12_3456);
    assert_eq!(over(0, 0x00ab_cdef), 0x00ab_cdef);
    assert_eq!(over(0x8040_4040, 0x0000_00ff) & 0xff_ffff, 0x40_40bf);
    assert_eq!(tint(0xff80_4020, 0xffff_ffff), 0xff80_4020);
    assert_eq!(mix(0x0000_0000, 0xff00_ff00, 128), 0x7f00_7f00);
}
