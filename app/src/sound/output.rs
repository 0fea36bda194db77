//! The thread that plays: it takes pieces out of the ring, makes of them what the
//! device takes, and waits for the device alone.
//!
//! | file | holds |
//! |---|---|
//! | `device` | what sound is given to |
//! | `chain` | what one sound goes through: channels, speed, rate |
//! | `samples` | how loud, and cut at full scale |

mod chain;
mod device;
mod samples;
#[cfg(test)]
mod tests;

pub(super) use device::{Open, Output, device};

use super::mix::Stereo;
use super::player::{Phase, Shared};
use super::ring::{Next, Piece, Ring};
use chain::Chain;
use samples::{fade, level, whole};
use std::time::Duration;

/// Blocks a second that are given to the device: how soon a setting is heard.
const BLOCKS_A_SECOND: u32 = 50;

/// Longest wait without anything to do. What happens nudges.
const IDLE: Duration = Duration::from_secs(3600);

/// How long a device that could not be opened is left alone.
const RETRY: Duration = Duration::from_millis(200);

/// Works until the player is gone.
pub(super) fn run(open: Open, ring: &Ring, shared: &Shared) {
    let mut playing = Playing {
        open,
        output: None,
        chain: None,
        level: 1.0,
        ring,
        shared,
        is_lacking: false,
    };
    loop {
        if shared.settings().paused && !ring.is_stale() {
            // What the device holds is still heard; nothing is lost.
            ring.wait(IDLE);
            continue;
        }
        match ring.next(shared.settings().speed) {
            Next::Piece(piece) => playing.play(&piece),
            Next::Missing => playing.missing(),
            Next::Ended => playing.ended(),
            Next::Nothing => ring.wait(IDLE),
            Next::Soon => ring.wait(RETRY),
            Next::Silence => playing.silence(),
            Next::Closed => return playing.silence(),
        }
    }
}

struct Playing<'a> {
    open: Open,
    output: Option<Box<dyn Output>>,
    chain: Option<Chain>,
    /// How loud the last block ended.
    level: f32,
    ring: &'a Ring,
    shared: &'a Shared,
    /// Whether it is silent because nothing is there.
    is_lacking: bool,
}

impl Playing<'_> {
    fn play(&mut self, piece: &Piece) {
        self.is_lacking = false;
        if self.output.is_none() {
            match (self.open)(piece.sound.rate) {
                Ok(output) => self.output = Some(output),
                Err(words) => return self.fail(words),
            }
        }
        if !self
            .chain
            .as_ref()
            .is_some_and(|chain| chain.continues(piece))
        {
            self.change(piece);
        }
        let block = (piece.sound.rate / BLOCKS_A_SECOND).max(1) as usize;
        let block = block * usize::from(piece.sound.channels);
        let mut at = piece.from;
        for samples in piece.samples.chunks(block.max(1)) {
            // A pause or a jump does not wait for the whole piece.
            while self.shared.settings().paused && !self.ring.is_stale() {
                self.ring.wait(IDLE);
            }
            if self.ring.is_stale() {
                return;
            }
            at += (samples.len() / usize::from(piece.sound.channels).max(1)) as u64;
            self.block(piece, samples, at);
        }
    }

    /// Another sound follows: the filters of the last one are emptied first, unless
    /// it goes on as it was.
    fn change(&mut self, piece: &Piece) {
        let rate = self
            .output
            .as_ref()
            .map_or(piece.sound.rate, |output| output.rate());
        let same = self
            .chain
            .as_ref()
            .is_some_and(|chain| chain.sound.rate == piece.sound.rate);
        if !same {
            let mut rest = Vec::new();
            if let Some(chain) = &mut self.chain {
                chain.flush(&mut rest);
            }
            self.give_rest(rest);
        }
        let old = self.chain.take().filter(|_| same);
        self.chain = Some(Chain::new(piece, rate, old));
        self.shared.tell(|state| {
            state.track = Some(piece.track);
            state.position = piece.from;
            if state.phase != Phase::Paused {
                state.phase = Phase::Playing;
            }
        });
    }

    /// Plays a block that ends before frame `at` of its sound.
    fn block(&mut self, piece: &Piece, samples: &[f32], at: u64) {
        let settings = self.shared.settings();
        let mut out = Vec::new();
        if let Some(chain) = &mut self.chain {
            chain.process(samples, settings.speed, &mut out);
        }
        let wanted = level(&settings, &piece.sound);
        fade(&mut out, self.level, wanted);
        self.level = wanted;
        self.give(&out);
        if let Some(output) = &mut self.output {
            let held = f64::from(output.delay()) / f64::from(output.rate().max(1));
            let held = held * f64::from(piece.sound.rate) * f64::from(settings.speed);
            self.shared
                .tell(|state| state.position = at.saturating_sub(held as u64));
        }
    }

    /// The renderer is too slow.
    fn missing(&mut self) {
        let frames = self
            .output
            .as_ref()
            .map_or(0, |output| output.rate() / BLOCKS_A_SECOND);
        if !std::mem::replace(&mut self.is_lacking, true) {
            self.shared.tell(|state| state.underruns += 1);
        }
        self.give(&vec![[0.0; 2]; frames as usize]);
    }

    fn ended(&mut self) {
        let mut rest = Vec::new();
        if let Some(mut chain) = self.chain.take() {
            chain.flush(&mut rest);
        }
        self.give_rest(rest);
        if let Some(output) = &mut self.output {
            output.drain();
        }
        // The device is for others now.
        self.output = None;
        if !self.ring.is_stale() {
            self.shared.tell(|state| state.phase = Phase::Ended);
        }
    }

    fn silence(&mut self) {
        self.chain = None;
        if let Some(output) = &mut self.output {
            output.stop();
        }
    }

    /// What was left in the filters, as loud as what came before it.
    fn give_rest(&mut self, mut rest: Vec<Stereo>) {
        fade(&mut rest, self.level, self.level);
        self.give(&rest);
    }

    fn give(&mut self, frames: &[Stereo]) {
        let Some(output) = &mut self.output else {
            return;
        };
        let samples: Vec<i32> = frames
            .iter()
            .flatten()
            .map(|sample| whole(*sample))
            .collect();
        if let Err(error) = output.write(&samples) {
            let words = format!("the sound device is gone: {error}");
            self.fail(words);
        }
    }

    /// There is no device: it is told, and the player is paused.
    fn fail(&mut self, words: String) {
        (self.output, self.chain) = (None, None);
        self.shared.no_device(words);
        self.ring.wait(RETRY);
    }
}
