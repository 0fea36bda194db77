//! What the usual decoder has no room for: samples of 32 bits, as the difference of
//! two has 33, and blocks of 65,536 samples.

use super::super::codec::Spec;
use super::large;
use flac_codec::decode::FlacStreamReader;
use flac_codec::metadata::Streaminfo;
use symphonia::core::codecs::audio::AudioCodecParameters;

/// Bits of a sample that the usual decoder has no room for.
const WIDE_BITS: u32 = 32;

/// Decodes such frames.
pub(in super::super) struct Rare {
    info: Streaminfo,
    bits: u32,
    layout: u32,
}

impl Rare {
    /// For what a track says of itself; `layout` as in [`Spec`].
    pub(in super::super) fn new(parameters: &AudioCodecParameters, layout: u32) -> Option<Self> {
        let info = super::info(parameters.extra_data.as_deref()?)?;
        let bits = parameters
            .bits_per_sample
            .unwrap_or(info.bits_per_sample.into());
        Some(Self { info, bits, layout })
    }

    /// Whether a frame is one of them.
    pub(in super::super) fn takes(&self, frame: &[u8]) -> bool {
        self.bits == WIDE_BITS || large::is_one(frame)
    }

    /// Samples of one frame, channel after channel of each, moved to the top of their
    /// 32 bits; `None` for a broken one.
    pub(in super::super) fn decode(&self, frame: &[u8]) -> Option<(Vec<i32>, Spec)> {
        let (samples, rate, channels) = match large::is_one(frame) {
            true => large::decode(frame, Some(&self.info))?,
            false => wide(frame)?,
        };
        let layout = match self.layout.count_ones() as usize == channels {
            true => self.layout,
            false => 0,
        };
        let spec = Spec {
            rate,
            channels,
            layout,
        };
        Some((samples, spec))
    }
}

/// Samples, their rate, and how many channels they have.
pub(super) type Decoded = (Vec<i32>, u32, usize);

fn wide(frame: &[u8]) -> Option<Decoded> {
    let mut reader = FlacStreamReader::new(frame);
    let decoded = reader
        .read()
        .ok()
        .filter(|decoded| decoded.bits_per_sample == WIDE_BITS)?;
    let samples = decoded.samples.to_vec();
    Some((samples, decoded.sample_rate, decoded.channels.into()))
}
