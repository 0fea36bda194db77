//! Light as logarithms, "`LogLuv`" (G. Ward Larson, "The LogLuv Encoding for Full Gamut,
//! High Dynamic Range Images", 1998): luminance of 16 bits, and with it colours of 2 × 8.
//!
//! Each row is cut into planes of bytes, the highest first, and these into runs. What
//! comes out are floats: linear light in the primaries of sRGB, 1 for white.

/// Steps of the logarithm to a doubling of the light, and the exponent of the first.
const STEPS: f32 = 256.0;
const FIRST: f32 = -64.0;

/// Steps of u′ and v′ (CIE 1976) to 1.
const CHROMA_STEPS: f32 = 410.0;

/// The lowest byte that begins a run, and what is added to it to count.
const RUN: u8 = 128;
const SHORTEST_RUN: usize = 2;

/// From XYZ to red, green and blue of ITU-R BT.709, where white is that of equal energy,
/// as the format has it.
const RGB_FROM_XYZ: [[f32; 3]; 3] = [
    [2.689_655, -1.275_862, -0.413_793],
    [-1.022_108, 1.978_287, 0.043_822],
    [0.061_225, -0.224_49, 1.163_265],
];

/// What is stored of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format::image::tiff::odd) enum Light {
    /// Luminance alone, 2 bytes.
    Grey,
    /// And u′ and v′, 4 bytes.
    Colours,
}

impl Light {
    /// Samples that come out of a pixel.
    pub(in crate::format::image::tiff::odd) fn samples(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Colours => 3,
        }
    }

    /// In words.
    pub(in crate::format::image::tiff::odd) fn name(self) -> &'static str {
        match self {
            Self::Grey => "LogL, 16 bits",
            Self::Colours => "LogLuv, 32 bits",
        }
    }

    /// Bytes that were filled, of floats in the order of the file.
    pub(super) fn unpack(
        self,
        mut data: &[u8],
        out: &mut [u8],
        columns: usize,
        little: bool,
    ) -> usize {
        let row_bytes = columns * self.samples() * size_of::<f32>();
        let planes = match self {
            Self::Grey => 2,
            Self::Colours => 4,
        };
        let mut filled = 0;
        let mut stored = vec![0_u32; columns];
        for row in out.chunks_exact_mut(row_bytes.max(1)) {
            stored.fill(0);
            for plane in (0..planes).rev() {
                match runs(data, &mut stored, 8 * plane) {
                    Some(rest) => data = rest,
                    None => return filled,
                }
            }
            let (floats, _) = row.as_chunks_mut::<4>();
            for (to, pixel) in floats.chunks_exact_mut(self.samples()).zip(&stored) {
                for (to, value) in to.iter_mut().zip(self.light(*pixel)) {
                    *to = match little {
                        true => value.to_le_bytes(),
                        false => value.to_be_bytes(),
                    };
                }
            }
            filled += row_bytes;
        }
        filled
    }

    fn light(self, pixel: u32) -> [f32; 3] {
        match self {
            Self::Grey => [luminance(pixel); 3],
            Self::Colours => {
                let part = |shift: u32| ((pixel >> shift & 0xFF) as f32 + 0.5) / CHROMA_STEPS;
                rgb(luminance(pixel >> 16), part(8), part(0))
            }
        }
    }
}

/// One plane of a row; what follows it, if it is whole.
fn runs<'d>(mut data: &'d [u8], row: &mut [u32], shift: u32) -> Option<&'d [u8]> {
    let mut places = row.iter_mut();
    while places.len() > 0 {
        let (count, rest) = data.split_first()?;
        if *count >= RUN {
            let (byte, rest) = rest.split_first()?;
            let run = places
                .by_ref()
                .take(usize::from(count - RUN) + SHORTEST_RUN);
            run.for_each(|to| *to |= u32::from(*byte) << shift);
            data = rest;
        } else {
            let (bytes, rest) = rest.split_at_checked(usize::from(*count))?;
            // In this order: the places are not all used.
            for (byte, to) in bytes.iter().zip(places.by_ref()) {
                *to |= u32::from(*byte) << shift;
            }
            data = rest;
        }
    }
    Some(data)
}

/// The luminance that a logarithm of 15 bits and a sign stands for.
fn luminance(stored: u32) -> f32 {
    let logarithm = stored & 0x7FFF;
    if logarithm == 0 || stored & 0x8000 != 0 {
        // Light below zero is none.
        return 0.0;
    }
    ((logarithm as f32 + 0.5) / STEPS + FIRST).exp2()
}

/// Colours of a luminance, u′ and v′.
fn rgb(luminance: f32, u: f32, v: f32) -> [f32; 3] {
    let below = 6.0 * u - 16.0 * v + 12.0;
    let (x, y) = (9.0 * u / below, 4.0 * v / below);
    let xyz = [luminance * x / y, luminance, luminance * (1.0 - x - y) / y];
    RGB_FROM_XYZ.map(|row| row.iter().zip(xyz).map(|(a, b)| a * b).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The code of luminance 1: 64 doublings above the first.
    const ONE: u32 = 64 * 256;

    fn unpacked(light: Light, data: &[u8], columns: usize, floats: usize) -> (usize, Vec<f32>) {
        let mut out = vec![0; 4 * floats];
        let filled = light.unpack(data, &mut out, columns, false);
        let (values, _) = out.as_chunks::<4>();
        (
            filled,
            values
                .iter()
                .map(|four| f32::from_be_bytes(*four))
                .collect(),
        )
    }

    #[test]
    fn luminance_is_two_to_the_power_of_its_logarithm() {
        assert!((luminance(ONE) - 1.0).abs() < 0.002);
        assert!((luminance(ONE + 256) - 2.0).abs() < 0.004);
        assert!(luminance(0) == 0.0 && luminance(0x8000 | ONE) == 0.0);
        assert!(luminance(0x7FFF).is_finite());
    }

    #[test]
    fn colours_of_equal_energy_are_white() {
        // u′ of 4/19, v′ of 9/19.
        for value in rgb(1.0, 4.0 / 19.0, 9.0 / 19.0) {
            assert!((value - 1.0).abs() < 1e-4, "{value}");
        }
        let [r, g, b] = rgb(1.0, 0.45, 0.52);
        assert!(r > 2.0 && g < r && b < r, "{r} {g} {b}");
    }

    #[test]
    fn rows_are_planes_of_runs() {
        // Two pixels of luminance 1, as a run and as bytes; the next row is cut.
        let data = [128, 0x40, 1, 0, 1, 0, 128];
        let (filled, light) = unpacked(Light::Grey, &data, 2, 4);
        assert_eq!(filled, 8);
        assert!((light[0] - 1.0).abs() < 0.002 && light[0] == light[1]);
        assert_eq!(light[2..], [0.0, 0.0]);
        // u′ and v′ of white are 86 and 194 of 410.
        let data = [1, 0x40, 1, 0, 1, 86, 1, 194];
        let (filled, light) = unpacked(Light::Colours, &data, 1, 3);
        assert_eq!(filled, 12);
        assert!(
            light.iter().all(|value| (value - 1.0).abs() < 0.02),
            "{light:?}"
        );
    }
}
