//! What is known of a sound once its first packet is decoded: the rest of this
//! folder asks here, and believes the container no further.

use super::super::DocumentError;
use super::aac;
use super::chunks;
use super::codec::{self, Spec};
use super::container::Demuxer;
use super::matroska::Matroska;
use super::met;
use super::mpeg4::{self, Edit};
use super::opus::Head;
use super::tags::Told;
use ipc::limits::{MAX_SOUND_CHANNELS, MAX_SOUND_FRAMES, MAX_SOUND_RATE};
use ipc::{Coding, Format, Loudness, Sound};
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_OPUS, CODEC_ID_VORBIS};
use symphonia::core::formats::{Track, TrackType};
use symphonia::core::units::{TimeBase, Timestamp};

/// What is known of a sound.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    /// The track that is heard.
    pub(super) track: u32,
    pub(super) parameters: AudioCodecParameters,
    pub(super) spec: Spec,
    pub(super) coding: Coding,
    /// What the coding is called.
    pub(super) codec: &'static str,
    /// How the container counts.
    clock: Clock,
    /// Where in its counting the sound begins, in frames.
    offset: i64,
    /// Where the sound ends for certain.
    pub(super) end: Option<u64>,
    /// How long it is as far as is known.
    pub(super) frames: Option<u64>,
    /// The packet whose end is none of the sound, and how many frames that is.
    pub(super) padding: Option<(i64, u64)>,
    /// Whether what a packet says of its own end is more than an estimate.
    pub(super) trims: bool,
    /// Where the very first packet begins, if the container does not say it exactly.
    pub(super) first: First,
    /// What the listener should know.
    pub(super) notices: Vec<&'static str>,
}

/// How a container counts time.
#[derive(Debug, Clone, Copy)]
struct Clock {
    numerator: i128,
    denominator: i128,
    rate: i128,
}

/// Where the very first packet begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    /// Where the container says.
    AsTold,
    /// So many frames before the sound.
    Before(i64),
    /// Its own length before the sound, as it is only there to overlap.
    Overlap,
}

impl Clock {
    fn frames(self, ticks: i128) -> i128 {
        let scaled = ticks * self.numerator * self.rate;
        // Rounded, for ticks that are coarser than frames.
        (scaled + self.denominator / 2).div_euclid(self.denominator)
    }

    fn ticks(self, frames: i128) -> i128 {
        (frames * self.denominator).div_euclid(self.numerator * self.rate)
    }

    fn is_exact(self) -> bool {
        self.numerator * self.rate == self.denominator
    }
}

impl Facts {
    /// Puts together what a track, its tags and its first packet say.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Unsupported`] for more channels or a higher rate than are played.
    pub(super) fn new(
        demuxer: &Demuxer,
        track: &Track,
        parameters: &AudioCodecParameters,
        spec: Spec,
        (format, told, document): (Format, &Told, &[u8]),
    ) -> Result<Self, DocumentError> {
        check(spec)?;
        let clock = Clock::of(track.time_base, spec.rate);
        let total = total(demuxer, track, clock);
        let opus = Head::read(parameters.extra_data.as_deref().unwrap_or_default())
            .filter(|_| parameters.codec == CODEC_ID_OPUS);
        let mut facts = Self {
            track: track.id,
            parameters: parameters.clone(),
            spec,
            coding: codec::coding(parameters),
            codec: match is_half(track, parameters, spec) {
                true => "HE-AAC",
                false => codec::name(parameters),
            },
            clock,
            offset: 0,
            end: None,
            frames: total,
            padding: None,
            trims: true,
            first: First::AsTold,
            notices: notices(demuxer, (track, parameters), spec),
        };
        if chunks::ends_early(document) {
            facts.notices.push(met::ENDS_EARLY);
        }
        match format {
            Format::Mp4 => {
                let edit = told.gap().or_else(|| mpeg4::edit(document, track.id));
                facts.cut(edit, total);
            }
            Format::Ogg => {
                // Opus counts from before what is skipped, everything else from behind it.
                let skip = opus.map_or(0, |head| u64::from(head.skip));
                // What was cut out of a stream goes on counting as the stream does.
                let start = clock.frames(track.start_ts.get().max(0).into());
                let before = u64::try_from(start).unwrap_or(0).saturating_add(skip);
                facts.offset = i64::try_from(before).unwrap_or(0);
                facts.frames = total.map(|total| total.saturating_sub(before));
            }
            Format::Mp3 | Format::Caf => {
                // Without a tag that counts them, their number is an estimate.
                facts.trims = track.padding.is_some();
                facts.end = total.filter(|_| facts.trims);
            }
            Format::Matroska => {
                let padding = Matroska::read(document).padding;
                let own = padding.filter(|padding| padding.track == track.id.into());
                facts.padding = own.map(|padding| {
                    let frames = u128::from(padding.nanoseconds) * u128::from(spec.rate);
                    let frames = (frames + 500_000_000) / 1_000_000_000;
                    (padding.at, u64::try_from(frames).unwrap_or(u64::MAX))
                });
                facts.first = match opus {
                    Some(head) => First::Before(head.skip.into()),
                    None if parameters.codec == CODEC_ID_VORBIS => First::Overlap,
                    None => First::AsTold,
                };
            }
            _ => {}
        }
        Ok(facts)
    }

    fn cut(&mut self, edit: Option<Edit>, total: Option<u64>) {
        let Some(edit) = edit else {
            self.end = total;
            return;
        };
        let skip = self.clock.frames(edit.skip.into()).max(0);
        self.offset = i64::try_from(skip).unwrap_or(0);
        let skip = u64::try_from(skip).unwrap_or(0);
        let rest = total.map(|total| total.saturating_sub(skip));
        let length = edit.length.map(|length| self.clock.frames(length.into()));
        let length = length.and_then(|length| u64::try_from(length).ok());
        // Lengths are counted in milliseconds by many, packets are not.
        let coarse = u64::from(self.spec.rate) / 500;
        self.end = match (length, rest) {
            (Some(length), Some(rest)) if rest.abs_diff(length) <= coarse => Some(rest),
            (Some(length), Some(rest)) => Some(length.min(rest)),
            (length, rest) => length.or(rest),
        };
        self.frames = self.end;
    }

    /// As the broker is told.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Limit`] for what the protocol does not allow.
    pub(super) fn sound(&self, loudness: Loudness) -> Result<Sound, DocumentError> {
        let sound = Sound {
            rate: self.spec.rate,
            channels: u8::try_from(self.spec.channels).unwrap_or(u8::MAX),
            layout: match self.spec.layout.count_ones() as usize == self.spec.channels {
                true => self.spec.layout,
                false => 0,
            },
            frames: self.frames.filter(|frames| *frames < MAX_SOUND_FRAMES),
            coding: self.coding,
            loudness,
        };
        sound
            .check()
            .ok_or_else(|| DocumentError::Limit("the sound is beyond every limit".to_owned()))
    }

    /// The frame at which something begins that the container puts at `at`.
    pub(super) fn frame_of(&self, at: Timestamp) -> i64 {
        let frames = self.clock.frames(at.get().into()) - i128::from(self.offset);
        i64::try_from(frames).unwrap_or(i64::MAX)
    }

    /// Frames at the end of a packet at this time that are none of the sound.
    pub(super) fn padding_of(&self, at: Timestamp) -> u64 {
        let padding = self
            .padding
            .filter(|(last, _)| last.abs_diff(at.get()) <= 1);
        padding.map_or(0, |(_, frames)| frames)
    }

    /// Where the container puts a frame.
    pub(super) fn time_of(&self, frame: u64) -> Timestamp {
        let ticks = self
            .clock
            .ticks(i128::from(frame) + i128::from(self.offset));
        Timestamp::new(i64::try_from(ticks).unwrap_or(i64::MAX))
    }

    /// Ticks of the container as frames.
    pub(super) fn frames_of(&self, ticks: u64) -> u64 {
        u64::try_from(self.clock.frames(ticks.into())).unwrap_or(u64::MAX)
    }

    /// Whether the container counts frames, and not something coarser.
    pub(super) fn is_exact(&self) -> bool {
        self.clock.is_exact()
    }

    /// Bytes of one frame in a slot.
    pub(super) fn frame_bytes(&self) -> usize {
        self.spec.channels * ipc::sound::BYTES_PER_SAMPLE
    }
}

impl Clock {
    fn of(base: Option<TimeBase>, rate: u32) -> Self {
        let (numerator, denominator) =
            base.map_or((1, rate), |base| (base.numer.get(), base.denom.get()));
        Self {
            numerator: i128::from(numerator).max(1),
            denominator: i128::from(denominator).max(1),
            rate: rate.into(),
        }
    }
}

fn check(spec: Spec) -> Result<(), DocumentError> {
    if !(1..=MAX_SOUND_RATE).contains(&spec.rate) {
        return Err(DocumentError::Unsupported(format!(
            "the sound has {} samples a second; {MAX_SOUND_RATE} are the most that are played",
            spec.rate
        )));
    }
    if !(1..=usize::from(MAX_SOUND_CHANNELS)).contains(&spec.channels) {
        return Err(DocumentError::Unsupported(format!(
            "the sound has {} channels; {MAX_SOUND_CHANNELS} are the most that are played",
            spec.channels
        )));
    }
    Ok(())
}

/// Length of the track in frames, as the container has it.
fn total(demuxer: &Demuxer, track: &Track, clock: Clock) -> Option<u64> {
    let of_track = track.duration.map(|duration| (duration, clock));
    let media = demuxer.media_info();
    let base = media.time_base.or(track.time_base);
    let rate = u32::try_from(clock.rate).unwrap_or(0);
    let of_media = media
        .duration
        .map(|duration| (duration, Clock::of(base, rate)));
    let (duration, clock) = of_track.or(of_media)?;
    u64::try_from(clock.frames(duration.get().into()))
        .ok()
        .filter(|frames| (1..MAX_SOUND_FRAMES).contains(frames))
}

fn notices(
    demuxer: &Demuxer,
    (track, parameters): (&Track, &AudioCodecParameters),
    spec: Spec,
) -> Vec<&'static str> {
    let mut notices = Vec::new();
    let kinds = || demuxer.tracks().iter().map(Track::track_type);
    if kinds().any(|kind| kind == Some(TrackType::Video)) {
        notices.push("this is a video; its sound is played, its pictures are not shown");
    }
    if kinds()
        .filter(|kind| *kind == Some(TrackType::Audio))
        .count()
        > 1
    {
        notices.push("it has several tracks of sound; one of them is played");
    }
    if parameters.codec == CODEC_ID_AAC {
        if aac::is_high_efficiency(parameters) || is_half(track, parameters, spec) {
            notices.push("this is HE-AAC, of which the lower half of the frequencies is played");
        } else if spec.rate <= 24_000 {
            notices.push("if this is HE-AAC, only the lower half of its frequencies is played");
        }
    }
    notices
}

/// Whether a track counts twice as many samples as are decoded: the others are told in
/// a way that its description does not announce.
fn is_half(track: &Track, parameters: &AudioCodecParameters, spec: Spec) -> bool {
    let base = track.time_base.filter(|_| parameters.codec == CODEC_ID_AAC);
    base.is_some_and(|base| {
        base.numer.get() == 1 && base.denom.get() == spec.rate.saturating_mul(2)
    })
}
