//! What a track says of AAC (ISO/IEC 14496-3, 1.6.2.1), and how much of it there is a
//! decoder for.

use bitstream_io::{BigEndian, BitRead, BitReader};
use std::borrow::Cow;
use std::io;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_AAC;

/// Low complexity: what there is a decoder for.
const LOW_COMPLEXITY: u8 = 2;

/// What doubles the frequencies of another kind, and what makes two channels of one.
const SPECTRAL_BANDS: u8 = 5;
const PARAMETRIC_STEREO: u8 = 29;

/// The index of a rate that is written out instead.
const OTHER_RATE: u8 = 15;

/// What a track says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Config {
    /// The kind of object that is named first.
    kind: u8,
    /// The kind that is in it, which is the same unless `kind` adds to another one.
    core: u8,
    rate: u8,
    channels: u8,
    /// Whether a frame has 960 samples and not 1024.
    is_short: bool,
}

impl Config {
    fn read(bytes: &[u8]) -> Option<Self> {
        Self::read_bits(&mut BitReader::endian(bytes, BigEndian)).ok()
    }

    fn read_bits(bits: &mut impl BitRead) -> io::Result<Self> {
        let kind = kind(bits)?;
        let rate = rate(bits)?;
        let channels = bits.read::<4, u8>()?;
        let core = match kind {
            SPECTRAL_BANDS | PARAMETRIC_STEREO => {
                // The rate with what was added, which is told by the file's own clock, too.
                self::rate(bits)?;
                self::kind(bits)?
            }
            kind => kind,
        };
        Ok(Self {
            kind,
            core,
            rate,
            channels,
            is_short: bits.read_bit()?,
        })
    }

    /// The same without what was added.
    fn core(self) -> Option<[u8; 2]> {
        let is_plain = self.rate != OTHER_RATE && self.core < 31;
        let word = u16::from(self.core) << 11
            | u16::from(self.rate) << 7
            | u16::from(self.channels) << 3
            | u16::from(self.is_short) << 2;
        is_plain.then_some(word.to_be_bytes())
    }
}

/// Five bits, of which the last value announces six more.
fn kind(bits: &mut impl BitRead) -> io::Result<u8> {
    Ok(match bits.read::<5, u8>()? {
        31 => 32 + bits.read::<6, u8>()?,
        kind => kind,
    })
}

fn rate(bits: &mut impl BitRead) -> io::Result<u8> {
    let rate = bits.read::<4, u8>()?;
    if rate == OTHER_RATE {
        bits.skip(24)?;
    }
    Ok(rate)
}

/// What a track says, as far as there is a decoder for it: without what is added to the
/// lower half of its frequencies, and without what cannot be meant.
pub(super) fn playable(parameters: &AudioCodecParameters) -> Cow<'_, AudioCodecParameters> {
    let Some(bytes) = parameters.extra_data.as_deref() else {
        return Cow::Borrowed(parameters);
    };
    if parameters.codec != CODEC_ID_AAC {
        return Cow::Borrowed(parameters);
    }
    let mended: Option<Box<[u8]>> = match bytes {
        // Fewer than two bytes say nothing.
        [] | [_] => None,
        // Two bytes have no room for the delay of a core coder or for an extension,
        // which their last two bits announce.
        [first, second] if first >> 3 == LOW_COMPLEXITY && second & 0b11 != 0 => {
            Some(Box::from([*first, second & !0b11]))
        }
        _ => match Config::read(bytes).filter(|config| config.kind != config.core) {
            Some(config) => config.core().map(Into::into),
            None => return Cow::Borrowed(parameters),
        },
    };
    let mut parameters = parameters.clone();
    parameters.extra_data = mended;
    Cow::Owned(parameters)
}

/// Whether half of its frequencies, or its second channel, is told in a way that there
/// is no decoder for.
pub(super) fn is_high_efficiency(parameters: &AudioCodecParameters) -> bool {
    let bytes = parameters.extra_data.as_deref().unwrap_or_default();
    let is_added = Config::read(bytes).is_some_and(|config| config.kind != config.core);
    parameters.codec == CODEC_ID_AAC && (is_added || is_added_behind(bytes))
}

/// Whether it is told behind the rest, where programs that do not know it do not look:
/// eleven bits of a mark, the kind, and whether it is there.
fn is_added_behind(bytes: &[u8]) -> bool {
    matches!(bytes, [_, _, 0x56, 0xE5, there, ..] if there & 0x80 != 0)
}

/// What the kind of object is called, where it is not simply AAC.
pub(super) fn name(parameters: &AudioCodecParameters) -> Option<&'static str> {
    let bytes = parameters.extra_data.as_deref().unwrap_or_default();
    if parameters.codec != CODEC_ID_AAC {
        return None;
    }
    if is_high_efficiency(parameters) {
        return Some("HE-AAC");
    }
    Some(match Config::read(bytes)?.kind {
        1 => "AAC Main",
        3 => "AAC with scalable sampling rate",
        4 => "AAC with long term prediction",
        6 | 20 => "scalable AAC",
        7 | 21 => "TwinVQ",
        8 | 24 => "CELP",
        9 | 25 => "HVXC",
        12 => "text to speech",
        13..=16 => "structured audio",
        17 | 19 => "error resilient AAC",
        22 => "BSAC",
        23 => "AAC-LD",
        26 | 27 => "parametric audio",
        28 => "sinusoidal coding",
        30 => "MPEG Surround",
        32 => "MPEG audio layer 1",
        33 => "MPEG audio layer 2",
        34 => "MP3",
        35 => "DST",
        36 => "MPEG-4 ALS",
        37 | 38 => "MPEG-4 SLS",
        39 => "AAC-ELD",
        40 | 41 => "symbolic music",
        42 => "USAC",
        43 => "SAOC",
        _ => return None,
    })
}

/// Whether it is of a kind that there is a decoder for, with more channels than that
/// has room for.
pub(super) fn has_many_channels(parameters: &AudioCodecParameters) -> bool {
    let bytes = parameters.extra_data.as_deref().unwrap_or_default();
    let config = Config::read(bytes);
    parameters.codec == CODEC_ID_AAC
        && match config {
            Some(config) => config.core == LOW_COMPLEXITY && config.channels > 2,
            None => parameters
                .channels
                .as_ref()
                .is_some_and(|channels| channels.count() > 2),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(bytes: &[u8]) -> AudioCodecParameters {
        let mut parameters = AudioCodecParameters::new();
        parameters
            .for_codec(CODEC_ID_AAC)
            .with_extra_data(bytes.into());
        parameters
    }

    #[test]
    fn kinds_of_objects_are_named() {
        for (bytes, named) in [
            // Low complexity, 44 100 samples a second, two channels.
            (&[0x12, 0x10][..], None),
            // The same, with what is added told before it, or behind.
            (&[0x2B, 0x92, 0x08, 0x00], Some("HE-AAC")),
            (&[0xEB, 0x8A, 0x08, 0x00], Some("HE-AAC")),
            (&[0x13, 0x90, 0x56, 0xE5, 0xA0], Some("HE-AAC")),
            (&[0x12, 0x10, 0x56, 0xE5, 0x00], None),
            // 31, and four more.
            (&[0xF8, 0x88, 0x40, 0x00], Some("MPEG-4 ALS")),
            (&[0xF9, 0x48, 0x40, 0x00], Some("USAC")),
            (&[0x0A, 0x10], Some("AAC Main")),
            (&[], None),
            (&[0xFF], None),
        ] {
            assert_eq!(name(&track(bytes)), named, "{bytes:x?}");
        }
    }

    #[test]
    fn what_is_added_is_left_out_for_the_decoder() {
        // 22 050 samples a second and two channels, of which 44 100 are to be made.
        for told in [[0x2B, 0x92, 0x08, 0x00], [0xEB, 0x92, 0x08, 0x00]] {
            let told = track(&told);
            let played = playable(&told);
            assert_eq!(played.extra_data.as_deref(), Some(&[0x13, 0x90][..]));
        }
        let plain = track(&[0x12, 0x10]);
        assert!(matches!(playable(&plain), Cow::Borrowed(_)));
    }

    #[test]
    fn every_cut_is_read_or_refused() {
        let whole = [0xEB, 0x92, 0x08, 0x56, 0xE5, 0xA5, 0x48, 0x80];
        for end in 0..whole.len() {
            let told = track(&whole[..end]);
            drop(playable(&told));
            let _ = (name(&told), has_many_channels(&told));
        }
    }
}
