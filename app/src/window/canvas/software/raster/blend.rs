//! Colours over and between each other, all premultiplied, `0xAARRGGBB`.

use egui::Color32;

/// `(r, g, b, a)` as a texel.
pub(crate) fn pack(color: Color32) -> u32 {
    let [r, g, b, a] = color.to_array();
    u32::from_be_bytes([a, r, g, b])
}

/// `a` to `b` by `t` of 256, each channel by itself.
pub(super) fn mix(a: u32, b: u32, t: u32) -> u32 {
    const EVEN: u32 = 0x00ff_00ff;
    let blend = |a: u32, b: u32| ((a * (256 - t) + b * t) >> 8) & EVEN;
    blend(a & EVEN, b & EVEN) | (blend((a >> 8) & EVEN, (b >> 8) & EVEN) << 8)
}

/// Product of two colours, 255 being 1.
pub(super) fn tint(texel: u32, color: u32) -> u32 {
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
pub(super) fn over(source: u32, below: u32) -> u32 {
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

/// Lays one colour over pixels.
pub(super) fn fill(row: &mut [u32], source: u32) {
    if source >> 24 == 255 {
        row.fill(source);
    } else if source != 0 {
        for below in row {
            *below = over(source, *below);
        }
    }
}
