//! High dynamic range: samples of PQ and HLG → linear light in the primaries of
//! sRGB, where 1 is the white of a page (203 cd/m², ITU-R BT.2408). The tone map
//! for floats then makes it visible.

use super::samples::{Channels, Depth, Kind, Samples, zeroed};
use crate::format::DocumentError;

/// Luminance of a white page, in cd/m² (ITU-R BT.2408).
const WHITE: f32 = 203.0;

/// Code points of ITU-T H.273.
const BT_2020: u16 = 9;
const DISPLAY_P3: u16 = 12;
const PQ: u16 = 16;
const HLG: u16 = 18;

/// How samples stand for light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Light {
    primaries: u16,
    hybrid: bool,
}

impl Light {
    /// For the code points of a picture; `None` where the range is the usual one.
    pub(super) fn new(primaries: u16, transfer: u16) -> Option<Self> {
        matches!(transfer, PQ | HLG).then_some(Self {
            primaries,
            hybrid: transfer == HLG,
        })
    }

    /// In words.
    pub(super) fn name(self) -> &'static str {
        if self.hybrid {
            "high dynamic range (HLG), tone-mapped"
        } else {
            "high dynamic range (PQ), tone-mapped"
        }
    }

    /// The kind of the light that a kind of samples becomes.
    pub(super) fn kind(kind: Kind) -> Kind {
        let alpha = matches!(kind.channels, Channels::Rgba | Channels::GreyAlpha);
        let channels = if alpha { Channels::Rgba } else { Channels::Rgb };
        Kind::new(channels, Depth::Float)
    }

    /// Turns samples of 8 or 16 bits into light.
    pub(super) fn of(self, samples: &Samples) -> Result<Samples, DocumentError> {
        let from = samples.kind;
        let kind = Self::kind(from);
        let pixels = samples.bytes.len() / from.pixel_bytes();
        let mut bytes = zeroed(pixels as u64 * kind.pixel_bytes() as u64)?;
        let matrix = self.matrix();
        let table = self.table();
        let targets = bytes.chunks_exact_mut(kind.pixel_bytes());
        for (pixel, to) in samples.bytes.chunks_exact(from.pixel_bytes()).zip(targets) {
            let value = |index: usize| value(pixel, index, from.depth);
            let light = |index: usize| {
                let index = (value(index) * (TABLE - 1) as f32).round() as usize;
                table.get(index).copied().unwrap_or(0.0)
            };
            let grey = matches!(from.channels, Channels::Grey | Channels::GreyAlpha);
            let rgb = if grey {
                [light(0); 3]
            } else {
                [light(0), light(1), light(2)]
            };
            let [r, g, b] = self.displayed(rgb);
            let (to, _) = to.as_chunks_mut::<4>();
            let shown = matrix.map(|[x, y, z]| x * r + y * g + z * b);
            for (to, shown) in to.iter_mut().zip(shown) {
                *to = shown.to_ne_bytes();
            }
            if let Some(to) = to.get_mut(3) {
                *to = value(from.channels.count() - 1).to_ne_bytes();
            }
        }
        Ok(Samples { bytes, kind })
    }

    /// From these primaries to those of sRGB (ITU-R BT.2087; SMPTE EG 432-1).
    fn matrix(self) -> [[f32; 3]; 3] {
        match self.primaries {
            BT_2020 => [
                [1.660_5, -0.587_6, -0.072_8],
                [-0.124_6, 1.132_9, -0.008_3],
                [-0.018_2, -0.100_6, 1.118_7],
            ],
            DISPLAY_P3 => [
                [1.224_9, -0.224_9, 0.0],
                [-0.042_1, 1.042_1, 0.0],
                [-0.019_6, -0.078_6, 1.098_3],
            ],
            _ => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        }
    }

    fn table(self) -> Vec<f32> {
        let values = (0..TABLE).map(|index| index as f32 / (TABLE - 1) as f32);
        if self.hybrid {
            values.map(scene_of_hlg).collect()
        } else {
            values.map(light_of_pq).collect()
        }
    }

    /// HLG is light of the scene; a display of 1000 cd/m² adds a gamma of 1.2 on the
    /// luminance (ITU-R BT.2100-2, table 5).
    fn displayed(self, rgb: [f32; 3]) -> [f32; 3] {
        if !self.hybrid {
            return rgb;
        }
        let [r, g, b] = rgb;
        let luminance = 0.2627 * r + 0.678 * g + 0.0593 * b;
        let gain = luminance.max(0.0).powf(0.2) * 1000.0 / WHITE;
        rgb.map(|light| light * gain)
    }
}

/// Entries of the table: one for each value of 12 bits, and between.
const TABLE: usize = 1 << 14;

/// ITU-R BT.2100-2, table 4.
fn light_of_pq(value: f32) -> f32 {
    let (m1, m2) = (2610.0 / 16384.0, 2523.0 / 32.0);
    let (c1, c2, c3) = (3424.0 / 4096.0, 2413.0 / 128.0, 2392.0 / 128.0);
    let power = value.powf(1.0 / m2);
    let light = ((power - c1).max(0.0) / (c2 - c3 * power)).powf(1.0 / m1);
    light * 10_000.0 / WHITE
}

/// ITU-R BT.2100-2, table 5, inverted: light of the scene from 0 to 1.
fn scene_of_hlg(value: f32) -> f32 {
    let (a, b, c) = (0.178_832_77, 0.284_668_92, 0.559_910_7);
    if value <= 0.5 {
        value * value / 3.0
    } else {
        (((value - c) / a).exp() + b) / 12.0
    }
}

/// A sample between 0 and 1.
fn value(pixel: &[u8], index: usize, depth: Depth) -> f32 {
    let at = index * depth.bytes();
    match (depth, pixel.get(at..)) {
        (Depth::Eight, Some([byte, ..])) => f32::from(*byte) / 255.0,
        (Depth::Sixteen, Some([a, b, ..])) => f32::from(u16::from_ne_bytes([*a, *b])) / 65_535.0,
        (Depth::Float, Some([a, b, c, d, ..])) => {
            f32::from_ne_bytes([*a, *b, *c, *d]).clamp(0.0, 1.0)
        }
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_of_a_page_is_one() {
        // ITU-R BT.2408, table 1: 58 % of PQ, 75 % of HLG.
        assert!((light_of_pq(0.5807) - 1.0).abs() < 0.01);
        let hlg = Light::new(BT_2020, HLG).unwrap();
        let scene = scene_of_hlg(0.75);
        let [r, ..] = hlg.displayed([scene; 3]);
        assert!((r - 1.0).abs() < 0.02, "{r}");
        assert!((light_of_pq(1.0) - 10_000.0 / WHITE).abs() < 0.1);
    }

    #[test]
    fn grey_stays_grey_in_other_primaries() {
        for primaries in [1, BT_2020, DISPLAY_P3] {
            let light = Light::new(primaries, PQ).unwrap();
            let kind = Kind::new(Channels::Rgba, Depth::Eight);
            let bytes = vec![148, 148, 148, 51];
            let shown = light.of(&Samples { bytes, kind }).unwrap();
            let (values, _) = shown.bytes.as_chunks::<4>();
            let values: Vec<f32> = values.iter().map(|v| f32::from_ne_bytes(*v)).collect();
            assert!((values[0] - values[2]).abs() < 0.01, "{values:?}");
            assert!((values[3] - 0.2).abs() < 1e-6);
        }
        assert_eq!(Light::new(1, 13), None);
    }
}
