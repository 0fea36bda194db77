//! A decoded picture, whichever of the two codings it had: its planes, and what its
//! stream says of its colours.

use super::told::CodePoints;
use super::{DocumentError, damaged};
use crate::budget;
use crate::format::image::words::undecodable;
use heic_rs::hevc::{ChromaFormat, Frame as Hevc};
use re_rav1d::{Decoder, Picture, PixelLayout, PlanarImageComponent, Settings};

/// What decoding takes beside the samples, in bytes a pixel: planes of 16 bits,
/// two of a frame, and the state of its blocks.
pub(super) const SCRATCH: u64 = 16;

/// Frames of AV1, one after another.
pub(super) struct Stream(Decoder);

impl Stream {
    pub(super) fn new() -> Result<Self, DocumentError> {
        let mut settings = Settings::new();
        settings.set_n_threads(1);
        settings.set_max_frame_delay(1);
        let most = u32::try_from(budget::pictures() / SCRATCH).unwrap_or(u32::MAX);
        settings.set_frame_size_limit(most);
        Decoder::with_settings(&settings).map(Self).map_err(refusal)
    }

    pub(super) fn next(&mut self, data: &[u8]) -> Result<Frame, DocumentError> {
        // The library frees what it never took when there is nothing.
        if data.is_empty() {
            return Err(damaged("its picture is empty"));
        }
        match self.0.send_data(data.to_vec(), None, None, None) {
            Ok(()) | Err(re_rav1d::Error::Again) => {}
            Err(error) => return Err(refusal(error)),
        }
        self.0.get_picture().map(Frame::Av1).map_err(refusal)
    }
}

fn refusal(error: re_rav1d::Error) -> DocumentError {
    damaged(&undecodable(&error.to_string()))
}

/// A decoded picture.
pub(super) enum Frame {
    Av1(Picture),
    /// With what its stream says of colours.
    Hevc(Box<Hevc>, CodePoints),
}

impl Frame {
    /// Width and height in pixels.
    pub(super) fn size(&self) -> (u32, u32) {
        match self {
            Self::Av1(picture) => (picture.width(), picture.height()),
            Self::Hevc(frame, _) => (frame.width, frame.height),
        }
    }

    pub(super) fn bits(&self) -> u32 {
        match self {
            Self::Av1(picture) => picture.bit_depth() as u32,
            Self::Hevc(frame, _) => u32::from(frame.bit_depth).clamp(8, 16),
        }
    }

    /// Whether chroma has half the columns, and half the rows; `None` without chroma.
    pub(super) fn halved(&self) -> Option<(bool, bool)> {
        match self {
            Self::Av1(picture) => match picture.pixel_layout() {
                PixelLayout::I400 => None,
                PixelLayout::I420 => Some((true, true)),
                PixelLayout::I422 => Some((true, false)),
                PixelLayout::I444 => Some((false, false)),
            },
            Self::Hevc(frame, _) => match frame.chroma {
                ChromaFormat::Monochrome => None,
                ChromaFormat::Yuv420 => Some((true, true)),
                ChromaFormat::Yuv422 => Some((true, false)),
                ChromaFormat::Yuv444 => Some((false, false)),
            },
        }
    }

    /// Matrix coefficients, and whether samples use their full range, as the stream says.
    pub(super) fn matrix(&self) -> (u16, bool) {
        match self {
            Self::Av1(picture) => {
                let full = picture.color_range() == re_rav1d::pixel::YUVRange::Full;
                (picture.matrix_coefficients() as u16, full)
            }
            Self::Hevc(_, points) => (points.matrix, points.full),
        }
    }

    /// Luma, and the first and the second plane of chroma.
    pub(super) fn plane(&self, number: usize) -> Plane<'_> {
        let (width, height) = self.size();
        let (width, height) = (width as usize, height as usize);
        let size = match self.halved().filter(|_| number > 0) {
            Some((columns, rows)) => (
                if columns { width.div_ceil(2) } else { width },
                if rows { height.div_ceil(2) } else { height },
            ),
            None => (width, height),
        };
        match self {
            Self::Av1(picture) => {
                let component = match number {
                    0 => PlanarImageComponent::Y,
                    1 => PlanarImageComponent::U,
                    _ => PlanarImageComponent::V,
                };
                let stride = picture.stride(component) as usize;
                let bytes = picture.plane(component);
                let wide = picture.bit_depth() > 8;
                Plane {
                    samples: Samples::Bytes { bytes, wide },
                    stride,
                    size,
                }
            }
            Self::Hevc(frame, _) => {
                let (words, stride) = match number {
                    0 => (&frame.y, frame.y_stride),
                    1 => (&frame.cb, frame.c_stride),
                    _ => (&frame.cr, frame.c_stride),
                };
                Plane {
                    samples: Samples::Words(words),
                    stride: stride as usize,
                    size,
                }
            }
        }
    }
}

/// A plane of samples.
pub(super) struct Plane<'f> {
    samples: Samples<'f>,
    /// From row to row, in bytes or words.
    stride: usize,
    size: (usize, usize),
}

enum Samples<'f> {
    /// Of 8 bits, or of 16.
    Bytes {
        bytes: re_rav1d::Plane,
        wide: bool,
    },
    Words(&'f [u16]),
}

impl Plane<'_> {
    /// So many samples of a row, or of the nearest one that there is; the last one again
    /// for what is beyond it.
    pub(super) fn row(&self, y: usize, count: usize) -> Vec<f32> {
        let (width, height) = self.size;
        let start = y.min(height.saturating_sub(1)) * self.stride;
        let mut row: Vec<f32> = Vec::with_capacity(count);
        let there = width.min(count);
        match &self.samples {
            Samples::Words(words) => {
                let words = words.get(start..).unwrap_or_default().iter();
                row.extend(words.take(there).map(|word| f32::from(*word)));
            }
            Samples::Bytes { bytes, wide: false } => {
                let bytes = bytes.get(start..).unwrap_or_default().iter();
                row.extend(bytes.take(there).map(|byte| f32::from(*byte)));
            }
            Samples::Bytes { bytes, wide: true } => {
                let words = bytes
                    .get(start..)
                    .unwrap_or_default()
                    .as_chunks::<2>()
                    .0
                    .iter();
                let word = |word: &[u8; 2]| f32::from(u16::from_ne_bytes(*word));
                row.extend(words.take(there).map(word));
            }
        }
        row.resize(count, row.last().copied().unwrap_or_default());
        row
    }
}
