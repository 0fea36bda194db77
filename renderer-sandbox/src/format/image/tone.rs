//! Linear light → 8-bit sRGB.
//!
//! The operator is Reinhard's extended curve on the luminance (BT.709):
//! `L (1 + L / W²) / (1 + L)`. The white point `W` is what one pixel in a
//! thousand exceeds, so that a lamp in the picture does not darken everything
//! else. A picture whose `W` is at most 1 is only cut at 1, not changed.

/// Brightest light that is told apart, 2³⁰.
const MAX_LIGHT: f32 = 1_073_741_824.0;

/// Steps of the histogram to one doubling of the light.
const STEPS_PER_STOP: f32 = 8.0;

/// Steps of the histogram: from 1 to [`MAX_LIGHT`], 30 doublings.
const STEPS: usize = 30 * 8 + 1;

/// Entries of the table of the transfer function. The curve is steepest at 0,
/// 12.92 × 255 / 65536 = 0.05 of an 8-bit step to an entry.
const TABLE: usize = 1 << 16;

/// Makes pixels of one picture visible.
pub(super) struct ToneMap {
    white: f32,
    encoded: Vec<u8>,
}

/// Counts how bright the pixels of a picture are.
pub(super) struct Histogram {
    steps: [u64; STEPS],
}

impl Histogram {
    pub(super) fn new() -> Self {
        Self { steps: [0; STEPS] }
    }

    /// Adds pixels of red, green, blue and anything.
    pub(super) fn add(&mut self, rgba: &[f32]) {
        let (pixels, _) = rgba.as_chunks::<4>();
        for pixel in pixels {
            let stop = luminance(pixel.map(light)).max(1.0).log2();
            let step = ((stop * STEPS_PER_STOP).ceil() as usize).min(STEPS - 1);
            if let Some(count) = self.steps.get_mut(step) {
                *count += 1;
            }
        }
    }

    /// What at most one pixel in a thousand exceeds, at least 1.
    fn white(&self) -> f32 {
        let all: u64 = self.steps.iter().sum();
        let mut beyond = 0;
        for (step, count) in self.steps.iter().enumerate().rev() {
            beyond += count;
            if beyond > all / 1000 {
                return (step as f32 / STEPS_PER_STOP).exp2();
            }
        }
        1.0
    }
}

impl ToneMap {
    pub(super) fn new(histogram: &Histogram) -> Self {
        let entry = |index: usize| encode(index as f32 / (TABLE - 1) as f32);
        Self {
            white: histogram.white(),
            encoded: (0..TABLE).map(entry).collect(),
        }
    }

    /// A pixel of light, and of alpha as it is, in 8 bits.
    pub(super) fn pixel(&self, pixel: [f32; 4]) -> [u8; 4] {
        let [r, g, b, a] = pixel.map(light);
        let scale = self.scale(luminance([r, g, b, a]));
        [
            self.encoded(r * scale),
            self.encoded(g * scale),
            self.encoded(b * scale),
            (a.min(1.0) * 255.0).round() as u8,
        ]
    }

    fn scale(&self, luminance: f32) -> f32 {
        if self.white <= 1.0 {
            return 1.0;
        }
        (1.0 + luminance / (self.white * self.white)) / (1.0 + luminance)
    }

    fn encoded(&self, light: f32) -> u8 {
        let index = (light.min(1.0) * (TABLE - 1) as f32).round() as usize;
        self.encoded.get(index).copied().unwrap_or(u8::MAX)
    }
}

/// What is not light is none.
fn light(sample: f32) -> f32 {
    if sample.is_nan() {
        0.0
    } else {
        sample.clamp(0.0, MAX_LIGHT)
    }
}

/// Luminance of linear sRGB (ITU-R BT.709).
fn luminance([r, g, b, _]: [f32; 4]) -> f32 {
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// The transfer function of sRGB (IEC 61966-2-1).
fn encode(light: f32) -> u8 {
    let value = if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    };
    (value * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pixels: &[[f32; 4]]) -> Vec<[u8; 4]> {
        let mut histogram = Histogram::new();
        histogram.add(pixels.as_flattened());
        let tone = ToneMap::new(&histogram);
        pixels.iter().map(|pixel| tone.pixel(*pixel)).collect()
    }

    #[test]
    fn light_up_to_white_is_encoded_and_not_changed() {
        assert_eq!(map(&[[0.0, 0.5, 1.0, 0.5]]), [[0, 188, 255, 128]]);
    }

    #[test]
    fn what_is_no_light_is_dark_and_what_is_too_bright_is_white() {
        assert_eq!(map(&[[f32::NAN, -1.0, 0.0, 1.0]]), [[0, 0, 0, 255]]);
        assert_eq!(map(&[[f32::INFINITY; 4]]), [[255; 4]]);
        assert_eq!(map(&[[1e30; 4]]), [[255; 4]]);
    }

    #[test]
    fn a_lamp_does_not_darken_the_room() {
        let mut pixels = vec![[0.5, 0.5, 0.5, 1.0]; 2000];
        pixels.push([1e6; 4]);
        assert_eq!(map(&pixels)[0], [188, 188, 188, 255]);
    }

    #[test]
    fn a_bright_picture_keeps_its_differences() {
        let pixels: Vec<[f32; 4]> = (1..=100_u8).map(|l| [f32::from(l); 4]).collect();
        let shown = map(&pixels);
        assert!(shown[0][0] > 150 && shown[0][0] < 210, "{:?}", shown[0]);
        assert!(shown.is_sorted());
        assert!(shown[98][0] > 250, "{:?}", shown[98]);
    }
}
