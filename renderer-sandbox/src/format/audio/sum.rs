//! The sum that a FLAC has of its samples (RFC 9639, 8.2): whether what comes out is
//! what went in, over a sound that was read from its beginning to its end.

use ipc::Coding;
use md5::{Digest, Md5};
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_FLAC;

/// Where it stands in the block that says what the stream is, and its length in bytes.
const AT: usize = 18;
const SUM_BYTES: usize = 16;

/// The sum over the samples so far.
pub(super) struct Sum {
    told: [u8; SUM_BYTES],
    /// Of a sample.
    bits: u8,
    own: Md5,
}

impl Sum {
    /// Over nothing yet; `None` where there is no sum to compare it with.
    pub(super) fn of(parameters: &AudioCodecParameters, coding: Coding) -> Option<Self> {
        let info = parameters.extra_data.as_deref()?;
        let told = *info.get(AT..)?.first_chunk::<SUM_BYTES>()?;
        // Encoders that did not make one have written zeros.
        let is_told = parameters.codec == CODEC_ID_FLAC && told != [0; SUM_BYTES];
        is_told.then_some(Self {
            told,
            bits: coding.bits()?,
            own: Md5::new(),
        })
    }

    /// Goes on with samples of 32 bits, of which the upper ones count.
    pub(super) fn add(&mut self, samples: &[u8]) {
        let unused = 32_u32.saturating_sub(self.bits.into());
        let samples = samples.as_chunks::<4>().0;
        match self.bits.div_ceil(8) {
            1 => self.add_of::<1>(samples, unused),
            2 => self.add_of::<2>(samples, unused),
            3 => self.add_of::<3>(samples, unused),
            _ => self.add_of::<4>(samples, unused),
        }
    }

    /// The same for samples of which so many bytes are summed up.
    fn add_of<const KEPT: usize>(&mut self, samples: &[[u8; 4]], unused: u32) {
        /// Samples that are summed up at once.
        const PIECE: usize = 4 * 1024;
        let mut piece = [[0; KEPT]; PIECE];
        for samples in samples.chunks(PIECE) {
            for (to, sample) in piece.iter_mut().zip(samples) {
                let sample = i32::from_le_bytes(*sample).unbounded_shr(unused);
                if let Some(kept) = sample.to_le_bytes().first_chunk() {
                    *to = *kept;
                }
            }
            let filled = piece.get(..samples.len()).unwrap_or_default();
            self.own.update(filled.as_flattened());
        }
    }

    /// Whether it is another one than the file has.
    pub(super) fn differs(self) -> bool {
        self.own.finalize().as_slice() != self.told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(told: [u8; 16], bits: u8) -> Option<Sum> {
        let mut parameters = AudioCodecParameters::new();
        let info = [&[0; AT][..], &told].concat();
        parameters
            .for_codec(CODEC_ID_FLAC)
            .with_extra_data(info.into());
        Sum::of(&parameters, Coding::Lossless(bits))
    }

    #[test]
    fn samples_are_summed_in_as_many_bytes_as_they_have() {
        let samples: Vec<u8> = [-2_i32, 0x0102]
            .iter()
            .flat_map(|sample| (sample << 12).to_le_bytes())
            .collect();
        // 20 bits are three bytes, with their sign.
        let told = Md5::digest(b"\xfe\xff\xff\x02\x01\0").into();
        let mut right = sum(told, 20).unwrap();
        right.add(&samples[..4]);
        right.add(&samples[4..]);
        assert!(!right.differs());
        let mut wrong = sum(told, 20).unwrap();
        wrong.add(&samples[..4]);
        assert!(wrong.differs());
    }

    #[test]
    fn zeros_are_no_sum() {
        assert!(sum([0; 16], 16).is_none());
    }
}
