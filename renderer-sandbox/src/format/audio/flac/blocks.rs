//! What stands before the first frame. Each block is read by itself: one that makes
//! no sense is as if it were not there.

use super::Info;
use super::frames::Frame;
use std::ops::Range;
use symphonia::core::audio::{Channels, Position};
use symphonia::core::io::BufReader;
use symphonia::core::meta::{ChapterGroup, MetadataBuilder, MetadataLog};
use symphonia::core::units::TimeBase;
use symphonia::default::meta::embedded::flac::{
    FLAC_METADATA_INFO, read_flac_comment_block, read_flac_cuesheet_block, read_flac_picture_block,
};

/// Length of the block that says what the stream is (RFC 9639, 8.2).
pub(super) const INFO_BYTES: usize = 34;

/// Where the sum of all samples stands in it.
const SUM_AT: usize = 18;

const MARK: &[u8] = b"fLaC";

/// Most blocks that are read: files have a handful, and a test suite a thousand.
const MAX_BLOCKS: usize = 4096;

/// The blocks of a file, and what is behind them.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    info: Option<Info>,
    /// Kinds and places of those that say something about the sound.
    others: Vec<(u8, Range<usize>)>,
    /// Where the first frame should be.
    pub(super) end: usize,
    /// Where it is looked for when it is not there: behind what is needed.
    pub(super) behind_info: usize,
}

/// Where the blocks begin: behind the mark, which may stand behind a tag of MP3.
pub(super) fn start(document: &[u8]) -> Option<usize> {
    let tag = match document.get(..10) {
        // Each of the four bytes of its length has seven bits; its own header is ten bytes.
        Some([b'I', b'D', b'3', _, _, _, a, b, c, d]) => {
            let length = [a, b, c, d]
                .iter()
                .fold(0, |length, byte| length << 7 | usize::from(**byte & 0x7F));
            length + 10
        }
        _ => 0,
    };
    document
        .get(tag..)?
        .starts_with(MARK)
        .then_some(tag + MARK.len())
}

impl Blocks {
    pub(super) fn read(document: &[u8]) -> Self {
        let Some(mut at) = start(document) else {
            return Self::default();
        };
        let mut blocks = Self {
            behind_info: at,
            ..Self::default()
        };
        for _ in 0..MAX_BLOCKS {
            let Some([kind, a, b, c]) = document.get(at..).and_then(|rest| rest.first_chunk())
            else {
                break;
            };
            let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
            let place = at + 4..at + 4 + length;
            let Some(content) = document.get(place.clone()) else {
                break;
            };
            at = place.end;
            match kind & 0x7F {
                0 if blocks.info.is_none() => {
                    blocks.info = content.first_chunk().copied();
                    blocks.behind_info = at;
                }
                kind @ 4..=6 => blocks.others.push((kind, place)),
                _ => {}
            }
            if kind & 0x80 != 0 {
                break;
            }
        }
        blocks.end = at;
        blocks
    }

    /// Samples of a channel; `None` where the file does not say.
    pub(super) fn total(&self) -> Option<u64> {
        let tail = *self.info.as_ref()?.get(10..)?.first_chunk::<8>()?;
        // The lower 36 bits.
        Some(u64::from_be_bytes(tail) & 0xF_FFFF_FFFF).filter(|total| *total > 0)
    }

    /// The block as it says of itself, for what frames leave to it.
    pub(super) fn info(&self) -> Option<&Info> {
        self.info.as_ref()
    }

    /// What a decoder is told: what the first frame says, which is what is decoded, and
    /// the sum of all samples. Sizes are left out.
    pub(super) fn info_for(&self, frame: &Frame) -> Info {
        let mut info = [0; INFO_BYTES];
        let (least, most) = (16_u16.to_be_bytes(), u16::MAX.to_be_bytes());
        // 20 bits of rate, 3 of channels less one, 5 of bits less one, 36 of samples.
        let packed = u64::from(frame.rate) << 44
            | u64::from(frame.channels.saturating_sub(1) & 7) << 41
            | u64::from(frame.bits.saturating_sub(1) & 31) << 36;
        let sizes = [0; 6];
        let sum = self.info.as_ref().and_then(|info| info.get(SUM_AT..));
        let sum = sum.unwrap_or_default();
        let parts = least
            .into_iter()
            .chain(most)
            .chain(sizes)
            .chain(packed.to_be_bytes())
            .chain(sum.iter().copied());
        for (to, from) in info.iter_mut().zip(parts) {
            *to = from;
        }
        info
    }

    /// Tags and pictures.
    pub(super) fn tags(&self, document: &[u8]) -> MetadataLog {
        let mut builder = MetadataBuilder::new(FLAC_METADATA_INFO);
        for (kind, place) in &self.others {
            let content = document.get(place.clone()).unwrap_or_default();
            let mut reader = BufReader::new(content);
            match kind {
                // What was read of a broken one stays.
                4 => drop(read_flac_comment_block(&mut reader, &mut builder)),
                6 => {
                    if let Ok(picture) = read_flac_picture_block(&mut reader) {
                        builder.add_visual(picture);
                    }
                }
                _ => {}
            }
        }
        let mut log = MetadataLog::default();
        log.push(builder.build());
        log
    }

    /// Chapters of the first cue sheet.
    pub(super) fn chapters(&self, document: &[u8], base: TimeBase) -> Option<ChapterGroup> {
        let sheets = self.others.iter().filter(|(kind, _)| *kind == 5);
        let mut contents = sheets.filter_map(|(_, place)| document.get(place.clone()));
        contents.find_map(|content| {
            let mut reader = BufReader::new(content);
            read_flac_cuesheet_block(&mut reader, base).ok()
        })
    }
}

/// Which speakers so many channels are for (RFC 9639, 9.1.3).
pub(super) fn channels(count: u8) -> Channels {
    let front = Position::FRONT_LEFT | Position::FRONT_RIGHT;
    let middle = front | Position::FRONT_CENTER;
    let rear = Position::REAR_LEFT | Position::REAR_RIGHT;
    let side = Position::SIDE_LEFT | Position::SIDE_RIGHT;
    Channels::Positioned(match count {
        1 => Position::FRONT_LEFT,
        2 => front,
        3 => middle,
        4 => front | rear,
        5 => middle | rear,
        6 => middle | Position::LFE1 | rear,
        7 => middle | Position::LFE1 | Position::REAR_CENTER | side,
        _ => middle | Position::LFE1 | rear | side,
    })
}
