//! Samples of 32 bits: the difference of two has 33, which the usual decoder has no
//! room for.

use super::super::codec::Spec;
use flac_codec::decode::FlacStreamReader;

/// Bits of a sample that it is for.
pub(in super::super) const BITS: u32 = 32;

/// Decodes frames whose samples have 32 bits.
pub(in super::super) struct Wide {
    /// Which speakers, where they are known.
    pub(in super::super) layout: u32,
}

impl Wide {
    /// Samples of one frame, channel after channel of each; `None` for a broken one.
    pub(in super::super) fn decode(&self, frame: &[u8]) -> Option<(Vec<i32>, Spec)> {
        let mut reader = FlacStreamReader::new(frame);
        let decoded = reader
            .read()
            .ok()
            .filter(|decoded| decoded.bits_per_sample == BITS)?;
        let channels = usize::from(decoded.channels);
        let layout = if self.layout.count_ones() as usize == channels {
            self.layout
        } else {
            0
        };
        let spec = Spec {
            rate: decoded.sample_rate,
            channels,
            layout,
        };
        Some((decoded.samples.to_vec(), spec))
    }
}
