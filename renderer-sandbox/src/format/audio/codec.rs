//! From a packet to samples, and what codecs are called.

use super::super::DocumentError;
use super::aac;
use super::container::told;
use super::flac::Rare;
use super::opus::{Head, Opus, RATE};
use super::{little_endian_f32, little_endian_i32};
use ipc::{Coding, Samples};
use std::panic::{AssertUnwindSafe, catch_unwind};
use symphonia::core::audio::{Channels, GenericAudioBufferRef};
use symphonia::core::codecs::audio::well_known as id;
use symphonia::core::codecs::audio::{
    AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions,
};
use symphonia::core::packet::Packet;

/// Most frames of a packet, for which decoders take memory at once: 8 channels of them
/// have 32 MiB, and the largest blocks of FLAC a sixteenth.
const MAX_PACKET_FRAMES: u64 = 1 << 20;

/// A decoder of one sound.
pub(super) enum Decoder {
    Library(Box<dyn AudioDecoder>),
    Opus(Box<Opus>),
    /// FLAC, and what decodes the frames that the library has no room for.
    Flac(Box<dyn AudioDecoder>, Box<Rare>),
}

/// What the samples of a packet turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spec {
    pub(super) rate: u32,
    pub(super) channels: usize,
    /// As [`ipc::Sound::layout`].
    pub(super) layout: u32,
}

/// The samples of a packet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decoded {
    pub(super) spec: Spec,
    pub(super) frames: usize,
}

impl Decoder {
    /// A decoder for what a track says of itself.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Unsupported`] with the name of a codec that there is no decoder for.
    pub(super) fn new(parameters: &AudioCodecParameters) -> Result<Self, DocumentError> {
        if parameters.codec == id::CODEC_ID_OPUS {
            let head = Head::read(parameters.extra_data.as_deref().unwrap_or_default());
            let opus = head.and_then(Opus::new).map(Box::new).map(Self::Opus);
            return opus.ok_or_else(|| {
                DocumentError::Damaged(
                    "the header of the Opus sound makes no sense, or names no speakers".to_owned(),
                )
            });
        }
        let most = parameters.max_frames_per_packet.unwrap_or(0);
        if most > MAX_PACKET_FRAMES {
            return Err(DocumentError::Damaged(format!(
                "it has packets of up to {most} frames; {MAX_PACKET_FRAMES} are the most that are read"
            )));
        }
        // What was put before and behind the sound is taken away by `reader`, which
        // knows more than the decoders do.
        let options = AudioDecoderOptions::default().gapless(false);
        let playable = &*aac::playable(parameters);
        match symphonia::default::get_codecs().make_audio_decoder(playable, &options) {
            Ok(decoder) if parameters.codec == id::CODEC_ID_FLAC => {
                let layout = parameters.channels.as_ref().map_or(0, layout);
                Ok(match Rare::new(parameters, layout) {
                    Some(rare) => Self::Flac(decoder, Box::new(rare)),
                    None => Self::Library(decoder),
                })
            }
            Ok(decoder) => Ok(Self::Library(decoder)),
            Err(_) if aac::has_many_channels(parameters) => Err(DocumentError::Unsupported(
                "the sound is coded with AAC of more than two channels, which Pellucid cannot play"
                    .to_owned(),
            )),
            Err(_)
                if parameters.codec == id::CODEC_ID_AAC
                    && parameters.channels.is_none()
                    && aac::name(parameters).is_none() =>
            {
                Err(DocumentError::Damaged(
                    "the file does not say how its AAC sound is coded".to_owned(),
                ))
            }
            Err(error)
                if matches!(error, symphonia::core::errors::Error::Unsupported(_))
                    || aac::name(parameters).is_some() =>
            {
                Err(DocumentError::Unsupported(format!(
                    "the sound is coded with {}, which Pellucid cannot play",
                    name(parameters)
                )))
            }
            Err(error) => Err(told(&error)),
        }
    }

    /// Decodes a packet and appends its samples to `out`; `None` for one that is
    /// broken. A decoder that panics over it is the same to the listener, and must
    /// be made anew.
    pub(super) fn decode(
        &mut self,
        packet: &Packet,
        samples: Samples,
        out: &mut Vec<u8>,
    ) -> Result<Option<Decoded>, Panicked> {
        let before = out.len();
        let decoded = catch_unwind(AssertUnwindSafe(|| self.samples(packet, samples, out)));
        decoded.map_err(|_| {
            out.truncate(before);
            Panicked
        })
    }

    fn samples(&mut self, packet: &Packet, wanted: Samples, out: &mut Vec<u8>) -> Option<Decoded> {
        match self {
            Self::Flac(_, rare) if rare.takes(&packet.data) => {
                let (decoded, spec) = rare.decode(&packet.data)?;
                match wanted {
                    Samples::Float32 => {
                        let parts: Vec<f32> = decoded.iter().map(|s| part(*s)).collect();
                        little_endian_f32(&parts, out);
                    }
                    Samples::Int32 => little_endian_i32(&decoded, out),
                }
                let frames = decoded.len() / spec.channels.max(1);
                Some(Decoded { spec, frames })
            }
            Self::Library(decoder) | Self::Flac(decoder, _) => {
                let buffer = decoder.decode(packet).ok()?;
                let spec = Spec {
                    rate: buffer.spec().rate(),
                    channels: buffer.spec().channels().count(),
                    layout: layout(buffer.spec().channels()),
                };
                append(&buffer, wanted, out);
                let frames = buffer.frames();
                Some(Decoded { spec, frames })
            }
            Self::Opus(decoder) => {
                let spec = decoder.spec();
                let decoded = decoder.decode(&packet.data)?;
                match wanted {
                    Samples::Float32 => little_endian_f32(decoded, out),
                    Samples::Int32 => {
                        let whole: Vec<i32> = decoded.iter().map(|s| whole(*s)).collect();
                        little_endian_i32(&whole, out);
                    }
                }
                let frames = decoded.len() / spec.channels.max(1);
                Some(Decoded { spec, frames })
            }
        }
    }

    /// Forgets what came before, as after a jump.
    pub(super) fn reset(&mut self) {
        match self {
            Self::Library(decoder) | Self::Flac(decoder, _) => decoder.reset(),
            Self::Opus(decoder) => decoder.reset(),
        }
    }
}

/// A decoder came upon a defect of its own.
pub(super) struct Panicked;

fn append(buffer: &GenericAudioBufferRef<'_>, wanted: Samples, out: &mut Vec<u8>) {
    match wanted {
        Samples::Float32 => {
            let mut samples: Vec<f32> = Vec::new();
            buffer.copy_to_vec_interleaved(&mut samples);
            little_endian_f32(&samples, out);
        }
        Samples::Int32 => {
            let mut samples: Vec<i32> = Vec::new();
            buffer.copy_to_vec_interleaved(&mut samples);
            little_endian_i32(&samples, out);
        }
    }
}

/// A sample as a whole number of 32 bits; what is no number is silence.
fn whole(sample: f32) -> i32 {
    // The conversion saturates, and 2³¹ is exact in either type.
    (sample * 2_147_483_648.0) as i32
}

/// A whole number of 32 bits as a part of one.
fn part(sample: i32) -> f32 {
    (f64::from(sample) / 2_147_483_648.0) as f32
}

impl Opus {
    fn spec(&self) -> Spec {
        Spec {
            rate: RATE,
            channels: self.channels(),
            layout: self.layout(),
        }
    }
}

/// As [`ipc::Sound::layout`].
fn layout(channels: &Channels) -> u32 {
    match channels {
        // The library has the bits of WAVE, and more.
        Channels::Positioned(positions) => u32::try_from(positions.bits())
            .ok()
            .filter(|bits| bits >> 18 == 0)
            .unwrap_or(0),
        _ => 0,
    }
}

/// How its samples are kept, as far as the track says.
pub(super) fn coding(parameters: &AudioCodecParameters) -> Coding {
    use id::*;
    let bits = parameters.bits_per_sample.filter(|bits| *bits > 0);
    let lossless = |bits: Option<u32>, otherwise: u8| {
        let bits = bits.and_then(|bits| u8::try_from(bits).ok());
        Coding::Lossless(bits.filter(|bits| *bits <= 32).unwrap_or(otherwise))
    };
    match parameters.codec {
        CODEC_ID_FLAC => lossless(bits, 32),
        CODEC_ID_ALAC => {
            // The sixth byte of its configuration (Apple's ALACMagicCookieDescription).
            let cookie = parameters.extra_data.as_deref().unwrap_or_default();
            lossless(cookie.get(5).copied().map(u32::from).or(bits), 32)
        }
        CODEC_ID_PCM_S8 | CODEC_ID_PCM_U8 | CODEC_ID_PCM_S8_PLANAR | CODEC_ID_PCM_U8_PLANAR => {
            lossless(bits, 8)
        }
        CODEC_ID_PCM_F32LE | CODEC_ID_PCM_F32BE | CODEC_ID_PCM_F64LE | CODEC_ID_PCM_F64BE => {
            Coding::Float
        }
        CODEC_ID_PCM_F32LE_PLANAR
        | CODEC_ID_PCM_F32BE_PLANAR
        | CODEC_ID_PCM_F64LE_PLANAR
        | CODEC_ID_PCM_F64BE_PLANAR => Coding::Float,
        // Logarithms of 8 bits, which are whole numbers of 14 and 13.
        CODEC_ID_PCM_ALAW | CODEC_ID_PCM_MULAW => Coding::Lossless(16),
        codec if is_pcm(codec) => lossless(bits, 32),
        _ => Coding::Lossy,
    }
}

fn is_pcm(codec: AudioCodecId) -> bool {
    use id::*;
    (CODEC_ID_PCM_S32LE..=CODEC_ID_PCM_U8_PLANAR).contains(&codec)
}

/// Frames that a decoder must see before those it is wanted for, until what it
/// puts out is what it would have been without the jump.
pub(super) fn run_up(codec: AudioCodecId) -> u64 {
    use id::*;
    match codec {
        // The reservoir of bits reaches back over 9 frames of 1152 at the most.
        CODEC_ID_MP3 => 12 * 1152,
        CODEC_ID_MP1 | CODEC_ID_MP2 => 2 * 1152,
        // The longest window overlaps with the one before.
        CODEC_ID_VORBIS => 2 * 8192,
        CODEC_ID_AAC => 4 * 1024,
        // 80 ms (RFC 7845, 4.6); what predicts takes longer to forget.
        CODEC_ID_OPUS => 48_000 / 2,
        _ => 0,
    }
}

/// Whether the place of a frame is found in its container. Of ADPCM in WAVE the library
/// takes frames for blocks, and goes beyond the end.
pub(super) fn is_found(codec: AudioCodecId) -> bool {
    use id::*;
    !matches!(
        codec,
        CODEC_ID_ADPCM_MS | CODEC_ID_ADPCM_IMA_WAV | CODEC_ID_ADPCM_IMA_QT
    )
}

/// What the coding of a track is called.
pub(super) fn name(parameters: &AudioCodecParameters) -> &'static str {
    use id::*;
    if let Some(name) = aac::name(parameters) {
        return name;
    }
    match parameters.codec {
        CODEC_ID_VORBIS => "Vorbis",
        CODEC_ID_OPUS => "Opus",
        CODEC_ID_FLAC => "FLAC",
        CODEC_ID_ALAC => "ALAC",
        CODEC_ID_MP1 => "MPEG audio layer 1",
        CODEC_ID_MP2 => "MPEG audio layer 2",
        CODEC_ID_MP3 => "MP3",
        CODEC_ID_AAC => "AAC",
        CODEC_ID_AC3 => "AC-3",
        CODEC_ID_EAC3 => "E-AC-3",
        CODEC_ID_AC4 => "AC-4",
        CODEC_ID_DCA => "DTS",
        CODEC_ID_TRUEHD => "TrueHD",
        CODEC_ID_SPEEX => "Speex",
        CODEC_ID_MUSEPACK => "Musepack",
        CODEC_ID_WMA => "Windows Media Audio",
        CODEC_ID_WAVPACK => "WavPack",
        CODEC_ID_TTA => "True Audio",
        CODEC_ID_PCM_ALAW => "A-law",
        CODEC_ID_PCM_MULAW => "µ-law",
        CODEC_ID_ADPCM_MS | CODEC_ID_ADPCM_IMA_WAV | CODEC_ID_ADPCM_IMA_QT => "ADPCM",
        CODEC_ID_ADPCM_G722 => "G.722",
        CODEC_ID_ADPCM_G726 | CODEC_ID_ADPCM_G726LE => "G.726",
        codec if is_pcm(codec) || coding_is_float(codec) => "PCM",
        _ => "a codec that is not known here",
    }
}

fn coding_is_float(codec: AudioCodecId) -> bool {
    (id::CODEC_ID_PCM_F32LE..=id::CODEC_ID_PCM_F64BE_PLANAR).contains(&codec)
}
