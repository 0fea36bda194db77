//! The place of a packet in frames: what of it is heard, and the silence before it
//! where something is missing.

use super::{Fresh, Reader, bytes};
use crate::format::audio::facts::First;
use symphonia::core::packet::Packet;

/// Longest gap that is filled with silence, in seconds. A longer one is a leap of
/// the container's clock, not of the sound.
const MAX_GAP_SECONDS: i64 = 10;

impl Reader {
    /// Cuts what was decoded to what is to be heard, and puts silence before it
    /// where something is missing.
    pub(super) fn place(&mut self, packet: &Packet, frames: i64) {
        let start = self.start_of(packet, frames);
        self.fresh = Fresh::No;
        self.last = Some(packet.pts);
        let trimmed = match self.facts.trims {
            true => self.facts.frames_of(packet.trim_end.get()),
            false => 0,
        };
        let trimmed = trimmed.saturating_add(self.facts.padding_of(packet.pts));
        let mut stop = start.saturating_add(frames);
        self.next = stop;
        stop = stop.saturating_sub(i64::try_from(trimmed).unwrap_or(i64::MAX));
        if let Some(end) = self.facts.end {
            stop = stop.min(end.cast_signed());
        }
        let position = self.position.cast_signed();
        if stop <= position.max(start) || frames == 0 {
            self.ready.clear();
            return;
        }
        let frame_bytes = self.facts.frame_bytes();
        let keep = bytes(stop - start, frame_bytes);
        self.ready.truncate(keep);
        if start < position {
            self.ready_at = bytes(position - start, frame_bytes);
        } else if start > position {
            let gap = start - position;
            if gap <= MAX_GAP_SECONDS * i64::from(self.facts.spec.rate) {
                let silence = bytes(gap, frame_bytes);
                self.ready.splice(0..0, std::iter::repeat_n(0, silence));
                self.met.damage = true;
            } else {
                self.leap += gap;
                self.next -= gap;
            }
        }
    }

    /// The frame that a packet begins with.
    fn start_of(&self, packet: &Packet, frames: i64) -> i64 {
        let told = self.facts.frame_of(packet.pts).saturating_sub(self.leap);
        match (self.fresh, self.facts.first) {
            (Fresh::VeryFirst, First::Before(skip)) => -skip,
            (Fresh::VeryFirst, First::Overlap) => -frames,
            (Fresh::VeryFirst | Fresh::Jumped, _) => told,
            (Fresh::No, _) if self.facts.is_exact() => told,
            // Several packets with one time, as Matroska has them, follow each other.
            (Fresh::No, _) if self.last == Some(packet.pts) => self.next,
            // Coarser than frames: packets follow each other unless they are far apart.
            (Fresh::No, _) => {
                let near = i64::from(self.facts.spec.rate) / 20;
                match told.abs_diff(self.next) > near.unsigned_abs() {
                    true => told,
                    false => self.next,
                }
            }
        }
    }
}
