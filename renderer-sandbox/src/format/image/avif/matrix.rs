//! Luma and chroma → RGB of 16 bits, by the code points of ITU-T H.273, 8.3.

use super::frame::{Frame, Plane};
use super::told::CodePoints;
use super::{DocumentError, unsupported};

/// Values of `matrix_coefficients`.
const IDENTITY: u16 = 0;
const BT_709: u16 = 1;
const NOT_SAID: u16 = 2;
const FCC: u16 = 4;
const BT_601: [u16; 2] = [5, 6];
const SMPTE_240: u16 = 7;
const YCGCO: u16 = 8;
const BT_2020: u16 = 9;
const BY_PRIMARIES: u16 = 12;

/// What makes colours of samples.
enum Rule {
    /// Weights of red and blue in luma.
    Weights(f32, f32),
    /// Green, blue, red as they are.
    Identity,
    YCgCo,
    /// Luma alone.
    Grey,
}

/// Makes the rows of one picture.
pub(super) struct Converter<'f> {
    rule: Rule,
    luma: Plane<'f>,
    chroma: Option<(Plane<'f>, Plane<'f>)>,
    /// Whether chroma has half the columns, and half the rows.
    halved: (bool, bool),
    /// Largest sample, black and the range of luma, and the range of chroma.
    most: f32,
    black: f32,
    luma_range: f32,
    chroma_range: f32,
}

impl<'f> Converter<'f> {
    pub(super) fn new(
        points: Option<CodePoints>,
        frame: &'f Frame,
        channels: usize,
    ) -> Result<Self, DocumentError> {
        let halved = frame.halved();
        let grey = halved.is_none() || channels == 1;
        let (stored_matrix, stored_full) = frame.matrix();
        let matrix = points.map_or(stored_matrix, |points| points.matrix);
        let primaries = points.map_or(NOT_SAID, |points| points.primaries);
        // Alpha has no code points of its own: its stream says its range.
        let full = points
            .filter(|_| channels > 1)
            .map_or(stored_full, |points| points.full);
        let bits = frame.bits();
        let most = ((1_u32 << bits) - 1) as f32;
        let step = (1_u32 << bits.saturating_sub(8)) as f32;
        Ok(Self {
            rule: if grey {
                Rule::Grey
            } else {
                rule(matrix, primaries)?
            },
            luma: frame.plane(0),
            chroma: (!grey).then(|| (frame.plane(1), frame.plane(2))),
            halved: halved.unwrap_or_default(),
            most,
            black: if full { 0.0 } else { 16.0 * step },
            luma_range: if full { most } else { 219.0 * step },
            chroma_range: if full { most } else { 224.0 * step },
        })
    }

    /// Makes a row; grey is in the first value of each pixel.
    pub(super) fn row(&self, y: usize, out: &mut [[u16; 3]]) {
        let luma = self.luma.row(y, out.len());
        let pixels = out.iter_mut().zip(&luma);
        let Some(planes) = &self.chroma else {
            pixels.for_each(|(pixel, luma)| *pixel = [word(self.unit(*luma)); 3]);
            return;
        };
        let first = chroma(&planes.0, y, self.halved, luma.len());
        let second = chroma(&planes.1, y, self.halved, luma.len());
        for ((pixel, luma), (first, second)) in pixels.zip(first.iter().zip(&second)) {
            let rgb = self.colour(self.unit(*luma), [*first, *second]);
            *pixel = rgb.map(word);
        }
    }

    /// Luma between 0 and 1.
    fn unit(&self, sample: f32) -> f32 {
        (sample - self.black) / self.luma_range
    }

    fn colour(&self, luma: f32, [first, second]: [f32; 2]) -> [f32; 3] {
        // Between -1/2 and 1/2.
        let middle = (self.most + 1.0) / 2.0;
        let (cb, cr) = (
            (first - middle) / self.chroma_range,
            (second - middle) / self.chroma_range,
        );
        match self.rule {
            Rule::Weights(red, blue) => {
                let (r, b) = (
                    luma + 2.0 * (1.0 - red) * cr,
                    luma + 2.0 * (1.0 - blue) * cb,
                );
                let g = (luma - red * r - blue * b) / (1.0 - red - blue);
                [r, g, b]
            }
            Rule::Identity => [self.unit(second), luma, self.unit(first)],
            Rule::YCgCo => {
                let (cg, co) = (cb, cr);
                [luma - cg + co, luma + cg, luma - cg - co]
            }
            Rule::Grey => [luma; 3],
        }
    }
}

/// Samples of chroma for each of so many pixels of a row, where chroma has half the
/// columns, and half the rows: nearer ones count three times as much.
fn chroma(plane: &Plane<'_>, y: usize, halved: (bool, bool), columns: usize) -> Vec<f32> {
    let stored = if halved.0 {
        columns.div_ceil(2)
    } else {
        columns
    };
    let (near, far) = neighbours(y, halved.1);
    // One more, which the last pixels look at.
    let mut sums = plane.row(near, stored + 1);
    if halved.1 {
        for (near, far) in sums.iter_mut().zip(plane.row(far, stored + 1)) {
            *near = blend(*near, far);
        }
    }
    if !halved.0 {
        sums.truncate(columns);
        return sums;
    }
    let mut samples = Vec::with_capacity(2 * stored);
    let mut before = sums.first().copied().unwrap_or_default();
    for [near, after] in sums.array_windows::<2>() {
        samples.extend([blend(*near, before), blend(*near, *after)]);
        before = *near;
    }
    samples.truncate(columns);
    samples
}

fn blend(near: f32, far: f32) -> f32 {
    (3.0 * near + far) / 4.0
}

/// A value between 0 and 1 as 16 bits.
fn word(value: f32) -> u16 {
    (value.clamp(0.0, 1.0) * 65_535.0 + 0.5) as u16
}

/// The sample that a pixel lies in, and the next one on its side.
fn neighbours(position: usize, halved: bool) -> (usize, usize) {
    if !halved {
        return (position, position);
    }
    let near = position / 2;
    if position.is_multiple_of(2) {
        (near, near.saturating_sub(1))
    } else {
        (near, near + 1)
    }
}

fn rule(matrix: u16, primaries: u16) -> Result<Rule, DocumentError> {
    Ok(match matrix {
        IDENTITY => Rule::Identity,
        BT_709 => Rule::Weights(0.2126, 0.0722),
        FCC => Rule::Weights(0.3, 0.11),
        SMPTE_240 => Rule::Weights(0.212, 0.087),
        YCGCO => Rule::YCgCo,
        BT_2020 => Rule::Weights(0.2627, 0.0593),
        BY_PRIMARIES if primaries == 9 => Rule::Weights(0.2627, 0.0593),
        BY_PRIMARIES => Rule::Weights(0.2126, 0.0722),
        // What is not said is BT.601, as everybody reads it.
        matrix if matrix == NOT_SAID || BT_601.contains(&matrix) => Rule::Weights(0.299, 0.114),
        other => return Err(unsupported(&format!("matrix coefficients {other}"))),
    })
}
