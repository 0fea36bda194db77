//! Opus (RFC 6716) as it is in Ogg, Matroska and MPEG-4.

use ipc::limits::MAX_SOUND_CHANNELS;
use opus_pure::{ChannelLayout, OpusMSDecoder};

/// What the decoder puts out: it always runs at the full rate.
pub(super) const RATE: u32 = 48_000;

/// Most frames of a packet: 120 ms.
const MAX_PACKET_FRAMES: usize = 5760;

/// Where each channel of a WAVE layout stands in the order of Vorbis (RFC 7845,
/// 5.1.1.2), by the number of channels.
const FROM_VORBIS: [&[usize]; 9] = [
    &[],
    &[0],
    &[0, 1],
    &[0, 2, 1],
    &[0, 1, 2, 3],
    &[0, 2, 1, 3, 4],
    &[0, 2, 1, 5, 3, 4],
    &[0, 2, 1, 6, 5, 3, 4],
    &[0, 2, 1, 7, 5, 6, 3, 4],
];

/// Which channels those are (`dwChannelMask`).
const LAYOUTS: [u32; 9] = [0, 0x4, 0x3, 0x7, 0x33, 0x37, 0x3F, 0x70F, 0x63F];

/// The identification header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) channels: u8,
    /// Frames at the beginning that are not heard.
    pub(super) skip: u16,
    /// Gain in 1/256 dB.
    gain: i16,
    /// 0 for one or two channels, 1 for speakers in the order of Vorbis.
    family: u8,
}

impl Head {
    /// Reads a header with its mark: of Ogg and Matroska (RFC 7845, 5.1), or that of
    /// MPEG-4, which has version 0 and the other order of bytes.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(b"OpusHead")?;
        let (fixed, rest) = bytes.split_first_chunk::<11>()?;
        let [version, channels, s0, s1, _, _, _, _, g0, g1, family] = *fixed;
        let (skip, gain) = match version {
            0 => (u16::from_be_bytes([s0, s1]), i16::from_be_bytes([g0, g1])),
            _ => (u16::from_le_bytes([s0, s1]), i16::from_le_bytes([g0, g1])),
        };
        let layout = ChannelLayout::surround(channels.into(), family).ok()?;
        // Families beyond these have no speakers. The mapping of the first is not
        // written, and that of the second is the same in every file that there is.
        let usual = match family {
            0 => true,
            1 => {
                let (counts, mapping) = rest.split_first_chunk::<2>()?;
                let counts = counts.map(usize::from);
                counts == [layout.nb_streams, layout.nb_coupled_streams]
                    && mapping.get(..layout.mapping.len()) == Some(layout.mapping.as_slice())
            }
            _ => false,
        };
        let fits = (1..=MAX_SOUND_CHANNELS).contains(&channels);
        (usual && fits).then_some(Self {
            channels,
            skip,
            gain,
            family,
        })
    }
}

/// A decoder.
pub(super) struct Opus {
    head: Head,
    decoder: OpusMSDecoder,
    gain: f32,
    /// As they are decoded, and in the order of WAVE.
    decoded: Vec<f32>,
    samples: Vec<f32>,
}

impl Opus {
    /// A decoder for what a header says; `None` when it makes no sense.
    pub(super) fn new(head: Head) -> Option<Self> {
        let channels = usize::from(head.channels);
        Some(Self {
            decoder: decoder(&head)?,
            gain: 10_f32.powf(f32::from(head.gain) / (20.0 * 256.0)),
            decoded: vec![0.0; MAX_PACKET_FRAMES * channels],
            samples: Vec::new(),
            head,
        })
    }

    pub(super) fn channels(&self) -> usize {
        usize::from(self.head.channels)
    }

    /// A bit for each speaker.
    pub(super) fn layout(&self) -> u32 {
        LAYOUTS.get(self.channels()).copied().unwrap_or(0)
    }

    /// Decodes a packet into interleaved samples; `None` for one that is broken.
    pub(super) fn decode(&mut self, packet: &[u8]) -> Option<&[f32]> {
        // An empty one would be taken for one that is lost, and made up.
        if packet.is_empty() {
            return None;
        }
        let channels = self.channels();
        let frames = self
            .decoder
            .decode(packet, MAX_PACKET_FRAMES, &mut self.decoded)
            .ok()?;
        let order = FROM_VORBIS.get(channels).copied().unwrap_or_default();
        let decoded = self.decoded.get(..frames * channels)?;
        self.samples.clear();
        for frame in decoded.chunks_exact(channels.max(1)) {
            let channels = order.iter().filter_map(|place| frame.get(*place));
            self.samples
                .extend(channels.map(|sample| sample * self.gain));
        }
        Some(&self.samples)
    }

    /// Forgets what came before, as after a jump.
    pub(super) fn reset(&mut self) {
        if let Some(decoder) = decoder(&self.head) {
            self.decoder = decoder;
        }
    }
}

fn decoder(head: &Head) -> Option<OpusMSDecoder> {
    let rate = i32::try_from(RATE).ok()?;
    OpusMSDecoder::new(rate, head.channels.into(), head.family).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_is_read_in_both_orders_of_bytes() {
        let ogg = b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\x01\0";
        let mp4 = b"OpusHead\x00\x02\x01\x38\0\0\xbb\x80\x01\0\0";
        for bytes in [ogg, mp4] {
            let head = Head::read(bytes).unwrap();
            assert_eq!((head.channels, head.skip, head.gain), (2, 312, 256));
            assert!(Opus::new(head).is_some());
        }
    }

    #[test]
    fn channels_of_five_one_are_those_of_wave() {
        let bytes = b"OpusHead\x01\x06\0\0\x80\xbb\0\0\0\0\x01\x04\x02\x00\x04\x01\x02\x03\x05";
        let opus = Opus::new(Head::read(bytes).unwrap()).unwrap();
        assert_eq!((opus.channels(), opus.layout()), (6, 0x3F));
    }

    #[test]
    fn headers_that_make_no_sense_are_refused() {
        for bytes in [
            &b"OpusHead\x01\x00\0\0\x80\xbb\0\0\0\0\0"[..],
            b"OpusHead\x01\x03\0\0\x80\xbb\0\0\0\0\0",
            b"OpusHead\x01\xff\0\0\x80\xbb\0\0\0\0\x01\x01\0",
            b"OpusHead\x01\x06\0\0\x80\xbb\0\0\0\0\x01\x04\x02\x00",
            b"OpusHead\x01\x02\0\0\x80\xbb\0\0\0\0\x01\x01\x01\x00\x09",
            b"OpusHead\x01\x04\0\0\x80\xbb\0\0\0\0\xff\x04\x00\x00\x01\x02\x03",
            b"OpusHead",
        ] {
            assert_eq!(Head::read(bytes), None, "{bytes:?}");
        }
    }
}
