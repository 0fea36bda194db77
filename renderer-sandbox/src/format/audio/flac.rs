//! FLAC as a file of its own (RFC 9639): packets are found by their own checksums,
//! whatever the blocks before them say, so that a wrong comment, cue sheet, length
//! or number costs nothing of the sound.

mod blocks;
mod frames;
mod large;
mod rare;
#[cfg(test)]
mod tests;

pub(super) use rare::Rare;

use super::container::Bytes;
use blocks::{Blocks, INFO_BYTES};
use flac_codec::metadata::{Streaminfo, read_info};
use frames::{End, Frame, Frames};
use std::io::{Cursor, Error as IoError, ErrorKind};
use std::sync::OnceLock;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_FLAC;
use symphonia::core::errors::{Error, Result, SeekErrorKind, decode_error, seek_error};
use symphonia::core::formats::prelude::*;
use symphonia::core::formats::well_known::FORMAT_ID_FLAC;
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::{Metadata, MetadataLog};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, TimeBase, Timestamp};

const FORMAT: FormatInfo = FormatInfo {
    format: FORMAT_ID_FLAC,
    short_name: "flac",
    long_name: "Free Lossless Audio Codec",
};

/// The only track.
const TRACK: u32 = 0;

/// Bytes between the ends of a search, below which it goes on from frame to frame.
const NEAR_BYTES: usize = 32 * 1024;

/// Whether it is a sound that [`Flac`] reads, also behind a tag of MP3.
pub(super) fn is_one(document: &[u8]) -> bool {
    blocks::start(document).is_some() || frames::begins_with_one(document)
}

/// Gives out the frames of a file.
pub(super) struct Flac {
    document: Bytes,
    frames: Frames,
    track: Track,
    media: MediaInfo,
    blocks: Blocks,
    /// Tags, pictures and chapters: read when they are asked for, as a jump to the
    /// beginning opens the file again.
    metadata: Option<MetadataLog>,
    chapters: OnceLock<Option<ChapterGroup>>,
    /// Samples of a channel, as the file says.
    total: Option<u64>,
    /// Where the next frame is looked for.
    at: usize,
    /// The sample behind the last frame.
    next: u64,
}

impl Flac {
    /// Reads what is before the first frame; `None` when there is no frame.
    pub(super) fn open(document: Bytes) -> Option<Self> {
        let bytes = document.as_ref();
        let blocks = Blocks::read(bytes);
        let (frames, first) = Frames::find(bytes, &blocks)?;
        let rate = first.rate;
        let mut parameters = AudioCodecParameters::new();
        let info = blocks.info_for(&first);
        parameters
            .for_codec(CODEC_ID_FLAC)
            .with_sample_rate(rate)
            .with_bits_per_sample(first.bits)
            .with_channels(blocks::channels(first.channels))
            .with_extra_data(Box::new(info) as Box<[u8]>);
        let mut track = Track::new(TRACK);
        track.with_codec_params(CodecParameters::Audio(parameters));
        if let Some(base) = TimeBase::try_from_recip(rate) {
            track.with_time_base(base);
        }
        let total = blocks.total();
        if let Some(total) = total {
            track.with_num_frames(total);
            track.with_duration(Duration::from(total));
        }
        let at = frames.first_at();
        Some(Self {
            media: MediaInfo::from_track(&track),
            frames,
            track,
            blocks,
            metadata: None,
            chapters: OnceLock::new(),
            total,
            at,
            next: 0,
            document,
        })
    }

    /// The frame at a place or behind it.
    fn frame_from(&self, at: usize) -> Option<Frame> {
        self.frames.from(self.document.as_ref(), at)
    }

    /// A place at or before the frame that has a sample.
    fn near(&self, sample: u64) -> usize {
        let bytes = self.document.as_ref();
        let (mut low, mut high) = (self.frames.first_at(), bytes.len());
        while high.saturating_sub(low) > NEAR_BYTES {
            let middle = low + (high - low) / 2;
            match self.frames.whole_from(bytes, middle, high) {
                Some(frame) if self.frames.sample_of(&frame) <= sample => low = frame.at,
                _ => high = middle,
            }
        }
        low
    }
}

impl FormatReader for Flac {
    fn format_info(&self) -> &FormatInfo {
        &FORMAT
    }

    fn media_info(&self) -> &MediaInfo {
        &self.media
    }

    fn chapters(&self) -> Option<&ChapterGroup> {
        let (bytes, base) = (self.document.as_ref(), self.track.time_base);
        let read = || self.blocks.chapters(bytes, base?);
        self.chapters.get_or_init(read).as_ref()
    }

    fn metadata(&mut self) -> Metadata<'_> {
        let (bytes, blocks) = (self.document.as_ref(), &self.blocks);
        let read = || blocks.tags(bytes);
        self.metadata.get_or_insert_with(read).metadata()
    }

    fn tracks(&self) -> &[Track] {
        std::slice::from_ref(&self.track)
    }

    fn seek(&mut self, _: SeekMode, to: SeekTo) -> Result<SeekedTo> {
        let SeekTo::Timestamp { ts: required, .. } = to else {
            return seek_error(SeekErrorKind::Unseekable);
        };
        let sample = u64::try_from(required.get())
            .map_err(|_| Error::SeekError(SeekErrorKind::OutOfRange))?;
        let mut at = self.near(sample);
        while let Some(frame) = self.frame_from(at) {
            let start = self.frames.sample_of(&frame);
            if start.saturating_add(frame.samples.into()) > sample {
                self.at = frame.at;
                self.next = start;
                let actual_ts = timestamp(start);
                return Ok(SeekedTo {
                    track_id: TRACK,
                    required_ts: required,
                    actual_ts,
                });
            }
            at = self.frames.end(self.document.as_ref(), &frame).place();
        }
        seek_error(SeekErrorKind::OutOfRange)
    }

    fn next_packet(&mut self) -> Result<Option<Packet>> {
        let Some(frame) = self.frame_from(self.at) else {
            self.at = self.document.as_ref().len();
            return match self.total.is_some_and(|total| self.next < total) {
                true => Err(Error::IoError(IoError::from(ErrorKind::UnexpectedEof))),
                false => Ok(None),
            };
        };
        let bytes = self.document.as_ref();
        let end = self.frames.end(bytes, &frame);
        self.at = end.place();
        if matches!(end, End::Broken(_)) {
            return decode_error("flac: the sum of a frame is wrong");
        }
        let data = bytes.get(frame.at..self.at).unwrap_or_default();
        let start = self.frames.sample_of(&frame);
        let length = Duration::from(u64::from(frame.samples));
        let packet = Packet::new(TRACK, timestamp(start), length, data);
        self.next = start.saturating_add(frame.samples.into());
        Ok(Some(packet))
    }

    fn into_inner<'s>(self: Box<Self>) -> MediaSourceStream<'s>
    where
        Self: 's,
    {
        MediaSourceStream::new(Box::new(Cursor::new(self.document)), Default::default())
    }
}

fn timestamp(sample: u64) -> Timestamp {
    Timestamp::new(i64::try_from(sample).unwrap_or(i64::MAX))
}

/// What the decoder is told of a stream: the block of it, without what may be wrong.
type Info = [u8; INFO_BYTES];

/// The block as the library reads it.
fn info(bytes: &[u8]) -> Option<Streaminfo> {
    /// The mark, and the header of a block of its kind and length.
    const BEFORE: &[u8] = b"fLaC\x80\0\0\x22";
    let whole = [BEFORE, bytes.get(..INFO_BYTES)?].concat();
    read_info(whole.as_slice()).ok()
}
