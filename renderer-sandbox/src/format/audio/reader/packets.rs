//! From packet to packet: what comes next, what cannot be decoded, and the end.

use super::{Fresh, Reader};
use crate::format::audio::codec::{Decoder, Panicked};
use symphonia::core::errors::Error;
use symphonia::core::packet::Packet;

/// Errors one after another, without a packet between them, after which a sound
/// is over. Readers find the next packet by themselves; one that does not get on
/// says the same for ever.
pub(super) const MAX_ERRORS: usize = 64;

impl Reader {
    /// Decodes packets until there is something to hand out; `false` at the end.
    pub(super) fn decode_next(&mut self) -> bool {
        self.ready.clear();
        self.ready_at = 0;
        while self.ready.is_empty() {
            let Some(packet) = self.packet() else {
                return false;
            };
            self.decode(&packet);
            if self
                .facts
                .end
                .is_some_and(|end| self.next >= end.cast_signed())
            {
                return !self.ready.is_empty();
            }
        }
        true
    }

    /// The next packet of the track; `None` at the end.
    pub(super) fn packet(&mut self) -> Option<Packet> {
        if let Some(packet) = self.replay.pop_front() {
            return Some(packet);
        }
        let mut errors = 0;
        while errors < MAX_ERRORS {
            match self.demuxer.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.facts.track => {
                    self.met.damage |= errors > 0;
                    return Some(packet);
                }
                Ok(Some(_)) => errors = 0,
                Ok(None) => break,
                // Another stream follows, with other properties.
                Err(Error::ResetRequired) => break,
                Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                    // Some say it of every end that is not announced.
                    errors += 1;
                    break;
                }
                Err(_) => errors += 1,
            }
        }
        self.is_over = true;
        let told = self.facts.frames.filter(|_| self.facts.trims);
        let is_early = told.is_some_and(|frames| self.next < frames.cast_signed());
        self.met.early_end |= errors > 0 && is_early && self.fresh == Fresh::No;
        None
    }

    fn decode(&mut self, packet: &Packet) {
        let mut bytes = std::mem::take(&mut self.ready);
        let decoded = self.decoder.decode(packet, self.samples, &mut bytes);
        self.ready = bytes;
        let decoded = match decoded {
            Ok(decoded) => decoded.filter(|decoded| decoded.spec == self.facts.spec),
            Err(Panicked) => {
                // The next packet begins with a new one; a sound that has none any more
                // has had one before.
                if let Ok(decoder) = Decoder::new(&self.facts.parameters) {
                    self.decoder = decoder;
                }
                None
            }
        };
        let frames = decoded.map_or(0, |decoded| decoded.frames);
        if decoded.is_none() {
            self.ready.clear();
            // A decoder may need some packets after a jump before it can do anything.
            self.met.damage |= self.fresh == Fresh::No;
        }
        self.place(packet, i64::try_from(frames).unwrap_or(0));
    }

    /// How long the sound is by the packets it has, without decoding them.
    pub(super) fn count(&mut self) -> Option<u64> {
        let mut last = None;
        while let Some(packet) = self.packet() {
            let end = packet.pts.saturating_add(packet.block_dur());
            last = last.max(Some(self.facts.frame_of(end)));
        }
        u64::try_from(last?).ok().filter(|frames| *frames > 0)
    }
}
