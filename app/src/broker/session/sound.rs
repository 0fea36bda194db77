//! Asking for sound.
//!
//! Where in a sound it is, how much is asked ahead and which slot is read are the
//! broker's own numbers: a renderer tells how many frames it has put into the slot
//! it was given, and that it is at the end. What it puts there may be any bytes,
//! so samples are made finite and bounded here, where nobody can change them any
//! more.

use super::talk::violation;
use super::{Reply, Session, Ticket};
use crate::broker::error::BrokerError;
use ipc::limits::MAX_PEAK;
use ipc::{Buckets, Items, Peak, ProtocolError, Sound, Stretch};

/// A stretch of sound that waits to be read.
#[derive(Debug)]
pub struct SoundPiece {
    slot: u8,
    /// Its frames, at most those that were asked for.
    pub frames: u32,
    /// Whether the sound ends there.
    pub last: bool,
    /// How many things a listener should know the renderer has met by now, as it says:
    /// where there are more than before, [`Session::ask_info`] has news.
    pub met: u8,
}

impl SoundPiece {
    pub(super) fn new(slot: u8, (frames, last): (u32, bool), met: u8) -> Self {
        Self {
            slot,
            frames,
            last,
            met,
        }
    }

    pub(super) fn slot(&self) -> u8 {
        self.slot
    }
}

impl Session {
    /// Asks for a stretch of sound; it comes as [`Reply::Sound`]. No more is asked
    /// for than fits in a slot, and fewer frames may come: the next question begins
    /// behind those that came. Several may be in flight. `None` when every slot is
    /// in use, or where there is no sound.
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn ask_sound(&mut self, stretch: Stretch) -> Result<Option<Ticket>, BrokerError> {
        let asked = self.dispatch.sound(stretch).map_err(violation)?;
        self.ask(asked)
    }

    /// Reads a stretch that was asked for as [`ipc::Samples::Float32`], appends its
    /// samples to `out`, and gives the slot back. They are finite and within
    /// ±[`MAX_PEAK`]: lossy sound goes a little above 1, and only the last step to
    /// the device may cut it there.
    ///
    /// # Errors
    ///
    /// The `errno` of reading.
    pub fn read_sound(
        &mut self,
        sound: &Sound,
        piece: &SoundPiece,
        out: &mut Vec<f32>,
    ) -> Result<(), BrokerError> {
        let bytes = self.read_frames(sound, piece)?;
        let samples = bytes.as_chunks::<4>().0.iter();
        out.extend(samples.map(|bytes| bounded(f32::from_le_bytes(*bytes))));
        Ok(())
    }

    /// Reads a stretch that was asked for as [`ipc::Samples::Int32`]: interleaved
    /// samples of 4 bytes, little endian, as they are; and gives the slot back.
    ///
    /// # Errors
    ///
    /// The `errno` of reading.
    pub fn read_exact_sound(
        &mut self,
        sound: &Sound,
        piece: &SoundPiece,
    ) -> Result<Vec<u8>, BrokerError> {
        self.read_frames(sound, piece)
    }

    fn read_frames(&mut self, sound: &Sound, piece: &SoundPiece) -> Result<Vec<u8>, BrokerError> {
        let frames = usize::try_from(piece.frames).unwrap_or(0);
        let mut bytes = vec![0; frames.saturating_mul(sound.frame_bytes())];
        self.read_slot(piece.slot, &mut bytes)?;
        Ok(bytes)
    }

    /// Gives the slot of a stretch back unread: after a jump nobody wants it.
    pub fn drop_sound(&mut self, piece: &SoundPiece) {
        self.dispatch.release(piece.slot);
    }

    /// Waits for a stretch of sound; nothing else may be in flight.
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn sound(&mut self, stretch: Stretch) -> Result<SoundPiece, BrokerError> {
        if self.ask_sound(stretch)?.is_none() {
            return Err(std::io::Error::from(std::io::ErrorKind::ResourceBusy).into());
        }
        match self.wait()? {
            Reply::Sound(_, piece) => Ok(piece),
            Reply::Failed(_, failure) => Err(BrokerError::Failure(failure)),
            Reply::Items(..) | Reply::Painted(..) | Reply::Copied(..) => Err(violation(
                ProtocolError::Malformed("another answer than was asked for"),
            )),
        }
    }

    /// Peaks of a part of the waveform, one for each bucket; none where there is no
    /// sound.
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn waveform(&mut self, buckets: Buckets) -> Result<Vec<Peak>, BrokerError> {
        let asked = self.dispatch.waveform(buckets).map_err(violation)?;
        if asked.is_none() {
            return Ok(Vec::new());
        }
        self.collect(asked, |items| match items {
            Items::Peaks(peaks) => Some(peaks),
            _ => None,
        })
    }

    /// Asks for peaks of a part of the waveform, which come as [`Reply::Items`]: in
    /// order, and never more than were asked for.
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn ask_waveform(&mut self, buckets: Buckets) -> Result<Option<Ticket>, BrokerError> {
        let asked = self.dispatch.waveform(buckets).map_err(violation)?;
        self.ask(asked)
    }
}

/// A sample as it may be played: what is no number is silence, and so is what is
/// too small to be heard and would slow every filter down (denormals).
fn bounded(sample: f32) -> f32 {
    if sample.is_normal() {
        sample.clamp(-MAX_PEAK, MAX_PEAK)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::bounded;

    #[test]
    fn any_bytes_are_samples_that_can_be_played() {
        for (sample, played) in [
            (f32::NAN, 0.0),
            (f32::INFINITY, 0.0),
            (f32::NEG_INFINITY, 0.0),
            (1e30, 16.0),
            (-1e30, -16.0),
            (f32::MIN_POSITIVE / 2.0, 0.0),
            (-0.0, 0.0),
            (0.25, 0.25),
            (-1.0, -1.0),
        ] {
            assert_eq!(bounded(sample), played, "{sample}");
        }
    }
}
