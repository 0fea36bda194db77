//! Sound: what it is, and how it is asked for.
//!
//! There is no ring whose indices a renderer writes. The broker names a frame, a
//! count and a slot; the answer is how many frames lie there. Where in the sound
//! it is, how far ahead it has asked and when a slot is free again are numbers of
//! the broker alone, so that there is nothing in shared memory to lie with.
//!
//! Units: a *frame* is one sample of every channel, counted from 0 after what an
//! encoder put before the sound has been taken away. Samples in slots are
//! interleaved in the order of [`Sound::layout`], little endian, 4 bytes each.

use crate::codec::{Decode, Encode, Invalid, checked};
use crate::limits::{
    MAX_GAIN_DB, MAX_PEAK, MAX_PEAKS, MAX_SLOT_BYTES, MAX_SOUND_CHANNELS, MAX_SOUND_FRAMES,
    MAX_SOUND_RATE,
};
use crate::text::Text;

/// Bytes of one sample of one channel.
pub const BYTES_PER_SAMPLE: usize = 4;

/// Bits of [`Sound::layout`] that name a speaker: front left to top back right
/// (`dwChannelMask` of WAVEFORMATEXTENSIBLE).
const SPEAKERS: u32 = (1 << 18) - 1;

/// What a sound is, as soon as it is open.
#[derive(Debug, Clone, Copy, PartialEq, Encode)]
pub struct Sound {
    /// Frames a second, 1..=[`MAX_SOUND_RATE`].
    pub rate: u32,
    /// Channels, 1..=[`MAX_SOUND_CHANNELS`].
    pub channels: u8,
    /// A bit for each channel, as WAVE has them: the lowest is the first channel.
    /// 0 where the file does not say which is which.
    pub layout: u32,
    /// How many frames there are, below [`MAX_SOUND_FRAMES`], as the file has it;
    /// `None` where it does not say. What comes may be fewer or more.
    pub frames: Option<u64>,
    /// How its samples are kept.
    pub coding: Coding,
    /// How loud the file says it is.
    pub loudness: Loudness,
}

impl Sound {
    /// Checks the fields against their limits.
    #[must_use]
    pub fn check(self) -> Option<Self> {
        let layout = self.layout == 0
            || (self.layout & !SPEAKERS == 0
                && self.layout.count_ones() == u32::from(self.channels));
        let fits = (1..=MAX_SOUND_RATE).contains(&self.rate)
            && (1..=MAX_SOUND_CHANNELS).contains(&self.channels)
            && layout
            && self.frames.is_none_or(|frames| frames < MAX_SOUND_FRAMES);
        fits.then_some(self)
    }

    /// Bytes of one frame in a slot.
    #[must_use]
    pub fn frame_bytes(self) -> usize {
        usize::from(self.channels).saturating_mul(BYTES_PER_SAMPLE)
    }

    /// Frames that fit in a slot of this size.
    #[must_use]
    pub fn frames_in(self, slot_bytes: u32) -> u32 {
        let frame = u32::from(self.channels).saturating_mul(4).max(1);
        slot_bytes.checked_div(frame).unwrap_or(0)
    }
}

checked!(Sound, (u32, u8, u32, Option<u64>, Coding, Loudness), |(
    rate,
    channels,
    layout,
    frames,
    coding,
    loudness,
)| {
    Sound {
        rate,
        channels,
        layout,
        frames,
        coding,
        loudness,
    }
    .check()
    .ok_or(Invalid("a field of Sound is out of its range"))
});

/// How the samples of a sound are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode)]
pub enum Coding {
    /// Whole numbers of this many bits, 1..=32, which come out as they went in.
    Lossless(u8),
    /// Floating point, as it is.
    Float,
    /// What an ear should not miss.
    Lossy,
}

impl Coding {
    /// Whether [`Samples::Int32`] are exactly what was encoded.
    #[must_use]
    pub fn bits(self) -> Option<u8> {
        match self {
            Self::Lossless(bits) => Some(bits),
            Self::Float | Self::Lossy => None,
        }
    }
}

checked!(Coding, RawCoding, |raw| match raw {
    RawCoding::Lossless(bits) if (1..=32).contains(&bits) => Ok(Coding::Lossless(bits)),
    RawCoding::Lossless(_) => Err(Invalid("bits of a sample out of range")),
    RawCoding::Float => Ok(Coding::Float),
    RawCoding::Lossy => Ok(Coding::Lossy),
});

/// [`Coding`] before it is checked.
#[derive(Decode)]
enum RawCoding {
    Lossless(u8),
    Float,
    Lossy,
}

/// How loud a sound is, where its file says so.
#[derive(Debug, Clone, Copy, PartialEq, Default, Encode, Decode)]
pub struct Loudness {
    /// Of this sound.
    pub track: Option<Gain>,
    /// Of all sounds of its album together.
    pub album: Option<Gain>,
}

/// What makes a sound as loud as others (ReplayGain 2.0: −18 LUFS).
#[derive(Debug, Clone, Copy, PartialEq, Encode)]
pub struct Gain {
    db: f32,
    peak: Option<f32>,
}

impl Gain {
    /// Checks a gain: `db` in decibels within ±[`MAX_GAIN_DB`]; `peak`, the
    /// largest sample, where 1 is full scale, above 0 and at most [`MAX_PEAK`].
    #[must_use]
    pub fn new(db: f32, peak: Option<f32>) -> Option<Self> {
        let peak_fits = peak.is_none_or(|peak| peak > 0.0 && peak <= MAX_PEAK);
        (db.abs() <= MAX_GAIN_DB && peak_fits).then_some(Self { db, peak })
    }

    /// Decibels to add.
    #[must_use]
    pub fn db(self) -> f32 {
        self.db
    }

    /// The largest sample, where 1 is full scale.
    #[must_use]
    pub fn peak(self) -> Option<f32> {
        self.peak
    }
}

checked!(Gain, (f32, Option<f32>), |(db, peak)| Gain::new(db, peak)
    .ok_or(Invalid("a gain out of its range")));

/// How samples are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub enum Samples {
    /// Floating point, finite, where ±1 is full scale.
    Float32,
    /// Whole numbers, where ±2³¹ is full scale: those of fewer bits are moved to
    /// the top, so that no bit of [`Coding::Lossless`] is lost.
    Int32,
}

/// A stretch of sound to be put into a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode)]
pub struct Stretch {
    from: u64,
    frames: u32,
    samples: Samples,
}

impl Stretch {
    /// Checks a stretch: it begins below [`MAX_SOUND_FRAMES`] and has at least
    /// one frame and no more than the largest slot holds of one channel.
    #[must_use]
    pub fn new(from: u64, frames: u32, samples: Samples) -> Option<Self> {
        let most = MAX_SLOT_BYTES.checked_div(BYTES_PER_SAMPLE).unwrap_or(0);
        let count = usize::try_from(frames).unwrap_or(usize::MAX);
        (from < MAX_SOUND_FRAMES && (1..=most).contains(&count)).then_some(Self {
            from,
            frames,
            samples,
        })
    }

    /// The first frame.
    #[must_use]
    pub fn from(self) -> u64 {
        self.from
    }

    /// The most frames that are wanted.
    #[must_use]
    pub fn frames(self) -> u32 {
        self.frames
    }

    /// How they are wanted.
    #[must_use]
    pub fn samples(self) -> Samples {
        self.samples
    }
}

checked!(Stretch, (u64, u32, Samples), |(from, frames, samples)| {
    Stretch::new(from, frames, samples).ok_or(Invalid("a stretch of sound out of its range"))
});

/// A part of a waveform: the sound is cut into buckets of the same length, and
/// the peaks of some of them are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode)]
pub struct Buckets {
    all: u16,
    first: u16,
    count: u16,
    exact: bool,
}

impl Buckets {
    /// Checks a part: `count` buckets from `first` on, at least one, of `all`,
    /// at most [`MAX_PEAKS`]. `exact` looks at every frame; otherwise a short
    /// piece of each bucket stands for it, which takes a hundredth of the time.
    #[must_use]
    pub fn new(all: u16, first: u16, count: u16, exact: bool) -> Option<Self> {
        let end = first.checked_add(count)?;
        let fits = usize::from(all) <= MAX_PEAKS && count > 0 && end <= all;
        fits.then_some(Self {
            all,
            first,
            count,
            exact,
        })
    }

    /// Buckets of the whole sound.
    #[must_use]
    pub fn all(self) -> u16 {
        self.all
    }

    /// The first that is wanted.
    #[must_use]
    pub fn first(self) -> u16 {
        self.first
    }

    /// How many are wanted.
    #[must_use]
    pub fn count(self) -> u16 {
        self.count
    }

    /// Whether every frame is looked at.
    #[must_use]
    pub fn is_exact(self) -> bool {
        self.exact
    }
}

checked!(Buckets, (u16, u16, u16, bool), |(
    all,
    first,
    count,
    exact,
)| {
    Buckets::new(all, first, count, exact).ok_or(Invalid("buckets of a waveform out of range"))
});

/// How far a sound goes in one bucket of its waveform, over all channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Peak {
    /// The lowest sample, where −127 is full scale.
    pub low: i8,
    /// The highest.
    pub high: i8,
    /// Root of the mean square, where 255 is full scale.
    pub rms: u8,
}

/// A part of a sound with a name of its own.
#[derive(Debug, Clone, PartialEq, Eq, Encode)]
pub struct Chapter {
    /// Its first frame.
    pub start: u64,
    /// The file's own words; may be empty.
    pub title: Text,
}

checked!(Chapter, (u64, Text), |(start, title)| {
    (start < MAX_SOUND_FRAMES)
        .then_some(Chapter { start, title })
        .ok_or(Invalid("a chapter beyond the longest sound"))
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;

    fn sound() -> Sound {
        Sound {
            rate: 48_000,
            channels: 2,
            layout: 3,
            frames: Some(10),
            coding: Coding::Lossless(16),
            loudness: Loudness::default(),
        }
    }

    #[test]
    fn wild_rates_channels_and_lengths_are_refused() {
        assert_eq!(sound().check(), Some(sound()));
        for wild in [
            Sound { rate: 0, ..sound() },
            Sound {
                rate: u32::MAX,
                ..sound()
            },
            Sound {
                channels: 0,
                ..sound()
            },
            Sound {
                channels: 255,
                ..sound()
            },
            Sound {
                layout: 7,
                ..sound()
            },
            Sound {
                layout: 3 << 30,
                ..sound()
            },
            Sound {
                frames: Some(MAX_SOUND_FRAMES),
                ..sound()
            },
        ] {
            assert_eq!(wild.check(), None, "{wild:?}");
        }
    }

    #[test]
    fn gain_that_is_no_number_or_deafens_is_refused() {
        assert!(Gain::new(-7.5, Some(0.99)).is_some());
        for (db, peak) in [
            (f32::NAN, None),
            (f32::INFINITY, None),
            (200.0, None),
            (0.0, Some(f32::NAN)),
            (0.0, Some(0.0)),
            (0.0, Some(-1.0)),
            (0.0, Some(1e9)),
        ] {
            assert_eq!(Gain::new(db, peak), None, "{db} {peak:?}");
        }
    }

    #[test]
    fn stretch_and_buckets_outside_the_sound_are_refused() {
        assert!(Stretch::new(0, 1, Samples::Float32).is_some());
        assert!(Stretch::new(0, 16 << 20, Samples::Float32).is_some());
        assert_eq!(Stretch::new(0, 0, Samples::Float32), None);
        assert_eq!(Stretch::new(0, (16 << 20) + 1, Samples::Float32), None);
        assert_eq!(Stretch::new(u64::MAX, 1, Samples::Float32), None);
        assert!(Buckets::new(4096, 4095, 1, true).is_some());
        for (all, first, count) in [(0, 0, 0), (4096, 4095, 2), (4097, 0, 1), (9, u16::MAX, 2)] {
            assert_eq!(Buckets::new(all, first, count, true), None);
        }
    }

    #[test]
    fn slot_holds_whole_frames() {
        let six = Sound {
            channels: 6,
            ..sound()
        };
        assert_eq!((six.frame_bytes(), six.frames_in(100)), (24, 4));
    }
}
