//! Frames in a file: where they begin, where they end, and which samples they hold.

use super::blocks::Blocks;
use super::large;
use flac_codec::metadata::Streaminfo;
use flac_codec::stream::{Frame as WholeFrame, FrameHeader};
use symphonia::core::checksum::Crc16Ansi;
use symphonia::core::io::Monitor;

/// The least a frame has: five bytes of header, its sum, a subframe, the sum of all.
const MIN_FRAME_BYTES: usize = 10;

/// Most bytes of a header: 4, a number of 7, a size and a rate of 2 each, the sum.
const MAX_HEADER_BYTES: usize = 16;

/// A frame that is larger than its samples are gains nothing; encoders write twice
/// that at the most.
const MAX_GROWTH: usize = 2;

/// Headers behind a frame that are tried as its end, before it is taken to be damaged.
const MAX_ENDS: usize = 64;

/// The header of a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// Where in the file.
    pub(super) at: usize,
    /// Samples of each channel.
    pub(super) samples: u32,
    /// In samples a second.
    pub(super) rate: u32,
    pub(super) channels: u8,
    /// Of a sample.
    pub(super) bits: u32,
    number: u64,
    varies: bool,
}

/// How the frames of a file are numbered, and where they begin.
#[derive(Debug)]
pub(super) struct Frames {
    info: Option<Streaminfo>,
    first: usize,
    /// Samples before the first frame: a file may begin in the middle of a stream.
    before: u64,
    /// Samples of each frame that is numbered; `None` where samples are numbered.
    each: Option<u32>,
}

/// Where a frame ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Its sum is right.
    Whole(usize),
    /// Its sum is wrong, or there is none.
    Broken(usize),
}

impl End {
    pub(super) fn place(self) -> usize {
        match self {
            Self::Whole(end) | Self::Broken(end) => end,
        }
    }
}

/// Whether a file begins with a frame that is whole.
pub(super) fn begins_with_one(document: &[u8]) -> bool {
    let frames = Frames {
        info: None,
        first: 0,
        before: 0,
        each: None,
    };
    let first = frames.at(document, 0);
    first.is_some_and(|frame| matches!(frames.end(document, &frame), End::Whole(_)))
}

impl Frames {
    /// Finds the first frame that is whole, and how its like are numbered.
    pub(super) fn find(document: &[u8], blocks: &Blocks) -> Option<(Self, Frame)> {
        let info = blocks.info().and_then(|info| super::info(info));
        let mut frames = Self {
            info,
            first: blocks.end,
            before: 0,
            each: None,
        };
        let expected = frames.at(document, blocks.end);
        let first =
            expected.or_else(|| frames.whole_from(document, blocks.behind_info, document.len()))?;
        frames.first = first.at;
        if !first.varies {
            // Long ago files of varying sizes had numbers of samples and did not say so.
            let second = frames.at(document, frames.end(document, &first).place());
            let behind = first.number.checked_add(first.samples.into());
            let counts_samples =
                second.is_some_and(|second| first.samples > 1 && Some(second.number) == behind);
            frames.each = (!counts_samples).then_some(first.samples);
        }
        // A recording of a stream begins anywhere; frames that are broken leave a gap.
        if first.at == blocks.end || frames.info.is_none() {
            frames.before = frames.number_of(&first);
        }
        Some((frames, first))
    }

    pub(super) fn first_at(&self) -> usize {
        self.first
    }

    /// The sample of the file that a frame begins with.
    pub(super) fn sample_of(&self, frame: &Frame) -> u64 {
        self.number_of(frame).saturating_sub(self.before)
    }

    fn number_of(&self, frame: &Frame) -> u64 {
        match self.each {
            Some(each) if !frame.varies => frame.number.saturating_mul(each.into()),
            _ => frame.number,
        }
    }

    /// The header at a place, if there is one.
    fn at(&self, document: &[u8], at: usize) -> Option<Frame> {
        let header = document.get(at..)?;
        // 15 bits that are the same in all of them.
        if !matches!(header, [0xFF, second, ..] if second & 0xFE == 0xF8) {
            return None;
        }
        let header = header.get(..MAX_HEADER_BYTES).unwrap_or(header);
        let fewer = large::with_one_fewer(header);
        let header = fewer.as_deref().unwrap_or(header);
        let read = FrameHeader::read_subset(&mut &*header);
        let read = match (&read, &self.info) {
            (Err(_), Some(info)) => FrameHeader::read(&mut &*header, info),
            _ => read,
        };
        let header = read.ok()?;
        Some(Frame {
            at,
            samples: match fewer {
                Some(_) => large::SAMPLES,
                None => u16::from(header.block_size).into(),
            },
            rate: header.sample_rate.into(),
            channels: header.channel_assignment.count(),
            bits: header.bits_per_sample.into(),
            number: header.frame_number.0,
            varies: header.blocking_strategy,
        })
        .filter(|frame| frame.rate > 0 && frame.samples > 0)
    }

    /// The first header at a place or behind it.
    pub(super) fn from(&self, document: &[u8], at: usize) -> Option<Frame> {
        self.between(document, at, document.len())
    }

    fn between(&self, document: &[u8], from: usize, until: usize) -> Option<Frame> {
        let stretch = document.get(from..until.min(document.len()))?;
        memchr::memchr_iter(0xFF, stretch).find_map(|place| self.at(document, from + place))
    }

    /// The first frame of a stretch whose sum is right.
    pub(super) fn whole_from(&self, document: &[u8], from: usize, until: usize) -> Option<Frame> {
        let mut at = from;
        loop {
            let frame = self.between(document, at, until)?;
            if matches!(self.end(document, &frame), End::Whole(_)) {
                return Some(frame);
            }
            at = frame.at + 1;
        }
    }

    /// Whether a frame can be read to its end, and has its sum there.
    fn is_whole(&self, document: &[u8], at: usize) -> bool {
        let rest = document.get(at..).unwrap_or_default();
        if large::is_one(rest) {
            return large::decode(rest, self.info.as_ref()).is_some();
        }
        let alone = WholeFrame::read_subset(&mut &*rest).is_ok();
        alone || matches!(&self.info, Some(info) if WholeFrame::read(&mut &*rest, info).is_ok())
    }

    /// Where a frame ends, or what is behind it.
    pub(super) fn end(&self, document: &[u8], frame: &Frame) -> End {
        let most =
            frame.samples as usize * usize::from(frame.channels) * (frame.bits as usize / 8 + 1);
        let most = MAX_HEADER_BYTES + most.max(MIN_FRAME_BYTES) * MAX_GROWTH;
        let limit = document.len().min(frame.at.saturating_add(most));
        let mut sum = Sum {
            document,
            crc: Crc16Ansi::new(0),
            done: frame.at,
        };
        let mut at = frame.at + MIN_FRAME_BYTES;
        let mut first = None;
        for _ in 0..MAX_ENDS {
            let Some(next) = self.between(document, at, limit) else {
                break;
            };
            if sum.is_right(next.at) {
                return End::Whole(next.at);
            }
            first.get_or_insert(next.at);
            at = next.at + 1;
        }
        // Behind the last one there may be tags of any length.
        if limit == document.len() && (sum.is_right(limit) || self.is_whole(document, frame.at)) {
            return End::Whole(limit);
        }
        End::Broken(first.unwrap_or(limit).max(frame.at + 1))
    }
}

/// The sum over the beginning of a frame (RFC 9639, 9.3).
struct Sum<'d> {
    document: &'d [u8],
    crc: Crc16Ansi,
    done: usize,
}

impl Sum<'_> {
    /// Whether the two bytes before `end` are the sum over those before them. Ends
    /// are asked for in order.
    fn is_right(&mut self, end: usize) -> bool {
        let foot = end.saturating_sub(2);
        let Some(more) = self.document.get(self.done..foot) else {
            return false;
        };
        self.crc.process_buf_bytes(more);
        self.done = foot;
        let stored = self
            .document
            .get(foot..)
            .and_then(|rest| rest.first_chunk().copied());
        stored.is_some_and(|stored| u16::from_be_bytes(stored) == self.crc.crc())
    }
}
