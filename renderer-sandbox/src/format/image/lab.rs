//! Colours of CIE Lab.

/// CIE Lab with the white of D50 → sRGB between 0 and 1 (ICC.1:2022; Bradford to D65).
pub(super) fn srgb([l, a, b]: [f32; 3]) -> [f32; 3] {
    let fy = (l + 16.0) / 116.0;
    let (fx, fz) = (fy + a / 500.0, fy - b / 200.0);
    let light = |f: f32| {
        if f > 6.0 / 29.0 {
            f * f * f
        } else {
            (f - 16.0 / 116.0) * 3.0 * (6.0_f32 / 29.0).powi(2)
        }
    };
    let (x, y, z) = (light(fx) * 0.9642, light(fy), light(fz) * 0.8249);
    let linear = [
        3.1339 * x - 1.6169 * y - 0.4906 * z,
        -0.9788 * x + 1.9161 * y + 0.0335 * z,
        0.0719 * x - 0.2290 * y + 1.4052 * z,
    ];
    linear.map(|light| {
        let light = light.clamp(0.0, 1.0);
        if light <= 0.003_130_8 {
            light * 12.92
        } else {
            1.055 * light.powf(1.0 / 2.4) - 0.055
        }
    })
}
