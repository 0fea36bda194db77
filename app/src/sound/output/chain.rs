//! What one sound goes through on its way to the device.

use crate::sound::mix::{Mix, Stereo};
use crate::sound::resample::Resample;
use crate::sound::ring::Piece;
use crate::sound::stretch::Stretch;
use ipc::Sound;

/// What one sound goes through.
pub(super) struct Chain {
    track: u64,
    pub(super) sound: Sound,
    mix: Mix,
    stretch: Stretch,
    is_stretching: bool,
    resample: Option<Resample>,
    to: u32,
}

impl Chain {
    pub(super) fn new(piece: &Piece, to: u32, old: Option<Self>) -> Self {
        let rate = piece.sound.rate;
        let (stretch, is_stretching, resample) = match old {
            Some(old) => (old.stretch, old.is_stretching, old.resample),
            None => (Stretch::new(rate), false, Resample::new(rate, to)),
        };
        Self {
            track: piece.track,
            sound: piece.sound,
            mix: Mix::new(&piece.sound),
            stretch,
            is_stretching,
            resample,
            to,
        }
    }

    pub(super) fn continues(&self, piece: &Piece) -> bool {
        self.track == piece.track && self.sound == piece.sound
    }

    pub(super) fn process(&mut self, samples: &[f32], speed: f32, out: &mut Vec<Stereo>) {
        let mut mixed = Vec::new();
        self.mix.apply(samples, &mut mixed);
        let stretches = speed != 1.0;
        let mut stretched = Vec::new();
        if stretches || self.is_stretching {
            if stretches {
                self.stretch.process(&mixed, speed, &mut stretched);
            } else {
                self.stretch.flush(&mut stretched);
                stretched.append(&mut mixed);
            }
            self.is_stretching = stretches;
        } else {
            stretched = mixed;
        }
        match &mut self.resample {
            Some(resample) => resample.process(&stretched, out),
            None => out.append(&mut stretched),
        }
    }

    pub(super) fn flush(&mut self, out: &mut Vec<Stereo>) {
        let mut rest = Vec::new();
        if self.is_stretching {
            self.stretch.flush(&mut rest);
        }
        match &mut self.resample {
            Some(resample) => {
                resample.process(&rest, out);
                resample.flush(out);
            }
            None => out.append(&mut rest),
        }
        debug_assert!(self.to > 0, "a device has a rate");
    }
}
