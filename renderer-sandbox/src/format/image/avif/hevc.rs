//! Pictures coded with H.265, by `heic-rs`: what is said of them beside their data
//! (ISO/IEC 14496-15, 8.3.3), and the data itself.
//!
//! Trust: none. The size that a stream claims is checked before it is decoded. Streams
//! that are made of several pictures are refused by the library.

use super::frame::{Frame, SCRATCH};
use super::told::CodePoints;
use super::vui;
use super::{DocumentError, damaged, unsupported};
use crate::budget;
use crate::format::image::heif::Bytes;
use crate::format::image::words::undecodable;
use heic_rs::hevc::{self, ChromaFormat};

/// `nal_unit_type` (ITU-T H.265, table 7-1): coded slices are below the first of these.
const PARAMETERS: std::ops::RangeInclusive<u8> = 32..=34;
const SEQUENCE: u8 = 33;

/// Most parts of one picture: slices and parameters.
const MAX_PARTS: usize = 65_536;

/// The box `hvcC`.
pub(super) struct Config<'d> {
    parameters: Vec<&'d [u8]>,
    /// Bytes of the length before each part of the data.
    length_bytes: usize,
    pub(super) grey: bool,
    pub(super) bits: u8,
}

impl<'d> Config<'d> {
    pub(super) fn read(mut body: Bytes<'d>) -> Option<Self> {
        // Version, profile and level; parallelism.
        body.number(8)?;
        body.number(8)?;
        let grey = body.number(1)? & 3 == 0;
        let bits = (body.number(1)? & 7) as u8 + 8;
        // Bits of chroma, and frames a second.
        body.number(3)?;
        let length_bytes = (body.size(1)? & 3) + 1;
        let mut parameters = Vec::new();
        for _ in 0..body.number(1)? {
            body.number(1)?;
            for _ in 0..body.number(2)? {
                let len = body.size(2)?;
                parameters.push(body.take(len)?);
            }
        }
        Some(Self {
            parameters,
            length_bytes,
            grey,
            bits,
        })
    }

    /// What its stream says of colours.
    pub(super) fn points(&self) -> CodePoints {
        points(&self.parameters)
    }

    /// Decodes the picture.
    pub(super) fn decode(&self, data: &[u8]) -> Result<Frame, DocumentError> {
        let mut parameters = self.parameters.clone();
        let mut slices = Vec::new();
        let mut rest = Bytes(data);
        for _ in 0..MAX_PARTS {
            let Some(part) = rest.size(self.length_bytes).and_then(|len| rest.take(len)) else {
                break;
            };
            match *part {
                // Other layers are other views, or alpha.
                [first, second, ..] if layer(first, second) == 0 => match first >> 1 & 0x3f {
                    kind if kind < *PARAMETERS.start() => slices.push(part),
                    kind if PARAMETERS.contains(&kind) => parameters.push(part),
                    _ => {}
                },
                _ => {}
            }
        }
        parameters.retain(|part| !matches!(**part, [a, b, ..] if layer(a, b) != 0));
        check_size(&parameters)?;
        let frame = hevc::decode_still(&parameters, &slices);
        let frame = frame.map_err(|error| refusal(&error))?;
        frame.validate().map_err(|error| refusal(&error))?;
        if frame.chroma != ChromaFormat::Monochrome && self.grey {
            return Err(damaged("its picture has colours that it does not tell of"));
        }
        Ok(Frame::Hevc(Box::new(frame), points(&parameters)))
    }
}

/// What the first sequence says of colours; nothing where there is none.
fn points(parameters: &[&[u8]]) -> CodePoints {
    let sequence = parameters.iter().find(|part| is_sequence(part));
    vui::colours(sequence.copied().unwrap_or_default())
}

fn is_sequence(part: &[u8]) -> bool {
    part.first()
        .is_some_and(|byte| byte >> 1 & 0x3f == SEQUENCE)
}

/// `nuh_layer_id`.
fn layer(first: u8, second: u8) -> u8 {
    (first & 1) << 5 | second >> 3
}

/// Refuses what would not fit, before it is decoded.
fn check_size(parameters: &[&[u8]]) -> Result<(), DocumentError> {
    for sequence in parameters.iter().filter(|part| is_sequence(part)) {
        let Ok(info) = hevc::probe(&[*sequence]) else {
            continue;
        };
        let pixels = u64::from(info.width) * u64::from(info.height);
        if pixels.saturating_mul(SCRATCH) > budget::pictures() {
            return Err(DocumentError::Limit(format!(
                "its picture of {} × {} pixels would take more memory than {}",
                info.width,
                info.height,
                budget::limit_of_pictures()
            )));
        }
    }
    Ok(())
}

fn refusal(error: &heic_rs::Error) -> DocumentError {
    match error {
        heic_rs::Error::Unsupported(what) => unsupported(what),
        other => damaged(&undecodable(&other.to_string())),
    }
}
