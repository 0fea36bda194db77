//! Samples as a decoder gives them, before their colours are known.

use super::DocumentError;
use image::ColorType;
use ipc::limits::LIMIT_OF_MEMORY;

/// Samples of a whole picture: packed rows, the first one first, native bytes.
pub(super) struct Samples {
    pub(super) bytes: Vec<u8>,
    pub(super) kind: Kind,
}

/// What the samples of one pixel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) channels: Channels,
    pub(super) depth: Depth,
    /// Whether alpha has been multiplied into the colours already.
    pub(super) associated: bool,
}

/// Which colours, in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channels {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
    /// Ink: 0 is none.
    Cmyk,
}

/// Bits of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    Eight,
    Sixteen,
    /// 32-bit floating point, linear light unless a profile says otherwise.
    Float,
}

impl Kind {
    pub(super) const fn new(channels: Channels, depth: Depth) -> Self {
        Self {
            channels,
            depth,
            associated: false,
        }
    }

    /// Bytes of one pixel.
    pub(super) fn pixel_bytes(self) -> usize {
        self.channels.count() * self.depth.bytes()
    }
}

impl Channels {
    pub(super) fn count(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::GreyAlpha => "grey and alpha",
            Self::Rgb => "RGB",
            Self::Rgba => "RGB and alpha",
            Self::Cmyk => "CMYK",
        }
    }
}

impl Depth {
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Eight => 1,
            Self::Sixteen => 2,
            Self::Float => 4,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Eight => "8 bits",
            Self::Sixteen => "16 bits",
            Self::Float => "32-bit floating point",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, {}", self.channels.name(), self.depth.name())
    }
}

impl TryFrom<ColorType> for Kind {
    type Error = DocumentError;

    fn try_from(colours: ColorType) -> Result<Self, DocumentError> {
        let (channels, depth) = match colours {
            ColorType::L8 => (Channels::Grey, Depth::Eight),
            ColorType::La8 => (Channels::GreyAlpha, Depth::Eight),
            ColorType::Rgb8 => (Channels::Rgb, Depth::Eight),
            ColorType::Rgba8 => (Channels::Rgba, Depth::Eight),
            ColorType::L16 => (Channels::Grey, Depth::Sixteen),
            ColorType::La16 => (Channels::GreyAlpha, Depth::Sixteen),
            ColorType::Rgb16 => (Channels::Rgb, Depth::Sixteen),
            ColorType::Rgba16 => (Channels::Rgba, Depth::Sixteen),
            ColorType::Rgb32F => (Channels::Rgb, Depth::Float),
            ColorType::Rgba32F => (Channels::Rgba, Depth::Float),
            other => {
                return Err(DocumentError::Unsupported(format!(
                    "its samples are of the kind {other:?}, which is not known here"
                )));
            }
        };
        Ok(Self::new(channels, depth))
    }
}

/// Zeroed memory of `len` bytes, or the limit that it is beyond.
pub(in crate::format) fn zeroed(len: u64) -> Result<Vec<u8>, DocumentError> {
    zeros(len)
}

/// The same of so many numbers.
pub(super) fn zeros<T: Clone + Default>(count: u64) -> Result<Vec<T>, DocumentError> {
    let no_memory = || {
        DocumentError::Limit(format!(
            "its picture needs {} MiB at once, which there is not {LIMIT_OF_MEMORY}",
            count
                .saturating_mul(size_of::<T>() as u64)
                .div_ceil(1 << 20)
        ))
    };
    let count = usize::try_from(count).map_err(|_| no_memory())?;
    let mut numbers = Vec::new();
    numbers.try_reserve_exact(count).map_err(|_| no_memory())?;
    numbers.resize(count, T::default());
    Ok(numbers)
}

/// A float with so many bits of exponent and mantissa, behind the bit of its sign.
pub(super) fn small_float(value: u32, exponent_bits: u32, mantissa_bits: u32) -> f32 {
    let mantissa = value & ((1 << mantissa_bits) - 1);
    let exponent = (value >> mantissa_bits) & ((1 << exponent_bits) - 1);
    let sign = if value >> (exponent_bits + mantissa_bits) & 1 == 1 {
        -1.0
    } else {
        1.0
    };
    let bias = (1_i32 << (exponent_bits - 1)) - 1;
    let fraction = mantissa as f32 / (1_u32 << mantissa_bits) as f32;
    let size = match exponent {
        0 => fraction * 2_f32.powi(1 - bias),
        // Not a number, or without end: the most that there is of light.
        all if all == (1 << exponent_bits) - 1 => f32::MAX,
        _ => (1.0 + fraction) * 2_f32.powi(exponent.cast_signed() - bias),
    };
    sign * size
}
