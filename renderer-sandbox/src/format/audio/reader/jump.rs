//! Going to a frame.

use super::{Fresh, Reader, sum};
use crate::format::DocumentError;
use crate::format::audio::PLAYED;
use crate::format::audio::codec::{self, Decoder, Panicked};
use crate::format::audio::container;
use ipc::Samples;
use symphonia::core::errors::{Error, SeekErrorKind};
use symphonia::core::formats::{SeekMode, SeekTo};

impl Reader {
    /// Goes to a frame. What is decoded from there is what is decoded without the
    /// jump, as far as the codec forgets.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when it cannot even start again.
    pub(in crate::format::audio) fn jump(
        &mut self,
        frame: u64,
        samples: Samples,
    ) -> Result<(), DocumentError> {
        self.samples = samples;
        let run_up = codec::run_up(self.facts.parameters.codec);
        self.go(frame, frame.saturating_sub(run_up))
    }

    /// Goes to somewhere near a frame, without a run-up: enough to see how loud it is.
    ///
    /// # Errors
    ///
    /// As [`Self::jump`].
    pub(in crate::format::audio) fn glance(
        &mut self,
        frame: u64,
        out: &mut Vec<u8>,
    ) -> Result<(), DocumentError> {
        /// The first packet after a jump has lost what it overlaps with.
        const PACKETS: usize = 2;
        self.go(frame, frame)?;
        for _ in 0..PACKETS {
            let Some(packet) = self.packet() else {
                break;
            };
            out.clear();
            if let Err(Panicked) = self.decoder.decode(&packet, PLAYED, out) {
                self.decoder = Decoder::new(&self.facts.parameters)?;
            }
        }
        // It stands nowhere now.
        self.position = u64::MAX;
        Ok(())
    }

    fn go(&mut self, frame: u64, from: u64) -> Result<(), DocumentError> {
        self.replay.clear();
        self.ready.clear();
        self.ready_at = 0;
        self.leap = 0;
        self.sum = match frame {
            0 => sum(&self.facts, self.samples),
            _ => None,
        };
        self.ended = self.facts.end.is_some_and(|end| frame >= end);
        if from == 0 || !codec::is_found(self.facts.parameters.codec) {
            self.rewind()?;
        } else {
            // From its end a container may not find the way back, as MPEG-4 does not.
            if std::mem::take(&mut self.is_over) {
                self.demuxer = container::open(&self.memory)?;
            }
            let (ts, track_id) = (self.facts.time_of(from), self.facts.track);
            let to = SeekTo::Timestamp { ts, track_id };
            match self.demuxer.seek(SeekMode::Accurate, to) {
                Ok(found) if self.facts.frame_of(found.actual_ts) <= frame.cast_signed() => {
                    self.decoder.reset();
                    self.fresh = Fresh::Jumped;
                }
                Err(Error::SeekError(SeekErrorKind::OutOfRange))
                    if self.facts.frames.is_none_or(|all| frame >= all) =>
                {
                    self.ended = true;
                }
                // Slower, and always possible.
                Ok(_) | Err(_) => self.rewind()?,
            }
        }
        self.position = frame;
        Ok(())
    }

    fn rewind(&mut self) -> Result<(), DocumentError> {
        self.demuxer = container::open(&self.memory)?;
        self.decoder = Decoder::new(&self.facts.parameters)?;
        self.fresh = Fresh::VeryFirst;
        (self.next, self.is_over) = (0, false);
        Ok(())
    }
}
