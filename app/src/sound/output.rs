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
            self.give(&rest);
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
        let level = self.level;
        fade(&mut rest, level, level);
        self.give(&rest);
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

#[cfg(test)]
mod tests {
    use super::{Open, Output, Piece, Ring, Shared, run};
    use ipc::{Coding, Loudness, Sound};
    use std::io;
    use std::os::unix::net::UnixStream;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::thread;

    const RATE: u32 = 1000;

    /// A device that says what it is given.
    struct Heard(Sender<Vec<i32>>);

    impl Output for Heard {
        fn rate(&self) -> u32 {
            RATE
        }

        fn write(&mut self, samples: &[i32]) -> io::Result<()> {
            self.0.send(samples.to_vec()).map_err(io::Error::other)
        }

        fn delay(&mut self) -> u32 {
            0
        }

        fn stop(&mut self) {}

        fn drain(&mut self) {}
    }

    /// Half a second at half of full scale.
    fn piece(from: u64) -> Piece {
        let sound = Sound {
            rate: RATE,
            channels: 2,
            layout: 3,
            frames: None,
            coding: Coding::Lossless(16),
            loudness: Loudness::default(),
        };
        let samples = vec![0.5; RATE as usize];
        Piece {
            track: 1,
            sound,
            from,
            samples,
        }
    }

    /// Listens until so many samples have been heard, or have not.
    fn listen(heard: &Receiver<Vec<i32>>, count: usize, are_heard: bool) {
        let mut rest = count;
        while rest > 0 {
            let samples = heard.recv().unwrap();
            let loud = samples.iter().filter(|sample| **sample != 0).count();
            rest = rest.saturating_sub(match are_heard {
                true => loud,
                false => samples.len() - loud,
            });
        }
    }

    #[test]
    fn what_is_late_is_one_interruption_however_long() {
        let ring = Ring::new(UnixStream::pair().unwrap().0);
        let shared = Shared::new(|| {});
        let (say, heard) = channel();
        let open: Open = Box::new(move |_| Ok(Box::new(Heard(say.clone()))));
        ring.clear(true);
        ring.push(piece(0));
        let counts = thread::scope(|scope| {
            scope.spawn(|| run(open, &ring, &shared));
            // Several blocks of silence behind each piece.
            let counts = [500, 1000].map(|next| {
                listen(&heard, RATE as usize, true);
                listen(&heard, RATE as usize / 5, false);
                let count = shared.state().underruns;
                ring.push(piece(next));
                count
            });
            ring.close();
            counts
        });
        assert_eq!(counts, [1, 2]);
    }
}
