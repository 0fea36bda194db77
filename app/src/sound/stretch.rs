//! Speed without a change of pitch: pieces of the sound are laid over each other
//! closer or wider than they were, each moved a little to where it fits the one
//! before best (WSOLA: Verhelst and Roelands, 1993). There is no crate for it that
//! is in Rust and kept.

use super::mix::Stereo;

/// The slowest speed: below it the pieces are heard.
pub const MIN_SPEED: f32 = 0.25;

/// The fastest speed that words can be followed at.
pub const MAX_SPEED: f32 = 4.0;

/// Pieces a second: half of one is long enough for the deepest voice.
const PIECES_A_SECOND: u32 = 30;

/// How far a piece is moved to fit, in either direction, as a part of a second.
const SEARCH_A_SECOND: u32 = 100;

/// Every how manieth frame is compared; the pitch of voices is far below.
const STEP: usize = 4;

/// Stretches one sound.
pub(super) struct Stretch {
    /// Half of a piece.
    hop: usize,
    search: usize,
    input: Vec<Stereo>,
    /// Where in `input` the next piece would begin.
    at: f64,
    /// How the last piece goes on.
    tail: Vec<Stereo>,
}

impl Stretch {
    /// For a sound of this rate.
    pub(super) fn new(rate: u32) -> Self {
        Self {
            hop: (rate / PIECES_A_SECOND / 2).max(8) as usize,
            search: (rate / SEARCH_A_SECOND).max(1) as usize,
            input: Vec::new(),
            at: 0.0,
            tail: Vec::new(),
        }
    }

    /// Takes frames, and gives those that are ready.
    pub(super) fn process(&mut self, frames: &[Stereo], speed: f32, out: &mut Vec<Stereo>) {
        self.input.extend_from_slice(frames);
        loop {
            let from = self.at as usize;
            let need = from + 2 * self.search + 2 * self.hop;
            if self.input.len() < need {
                break;
            }
            let from = match self.tail.is_empty() {
                true => from,
                false => from + self.best(from),
            };
            let (piece, next) = (from..from + self.hop, from + self.hop..from + 2 * self.hop);
            let piece = self.input.get(piece).unwrap_or_default();
            if self.tail.is_empty() {
                out.extend_from_slice(piece);
            } else {
                out.extend(cross(&self.tail, piece));
            }
            self.tail = self.input.get(next).unwrap_or_default().to_vec();
            self.at += self.hop as f64 * f64::from(speed);
        }
        // What no piece can begin in any more.
        let done = (self.at as usize).min(self.input.len());
        self.input.drain(..done);
        self.at -= done as f64;
    }

    /// What is left of the sound, without stretching it.
    pub(super) fn flush(&mut self, out: &mut Vec<Stereo>) {
        if self.tail.is_empty() {
            out.append(&mut self.input);
        } else {
            // The tail is how the sound goes on; it fades into what is left.
            let from = (self.at as usize).min(self.input.len());
            let rest = self.input.split_off(from);
            let (over, behind) = rest.split_at(rest.len().min(self.hop));
            out.extend(cross(&self.tail, over));
            out.extend_from_slice(self.tail.get(over.len()..).unwrap_or_default());
            out.extend_from_slice(behind);
        }
        self.input.clear();
        self.tail.clear();
        self.at = 0.0;
    }

    /// How far behind `from` the piece begins that goes on best from the last one.
    fn best(&self, from: usize) -> usize {
        let mut best = (f32::MIN, 0);
        for offset in (0..2 * self.search).step_by(2) {
            let start = from + offset;
            let piece = self.input.get(start..start + self.hop).unwrap_or_default();
            let pairs = self.tail.iter().zip(piece).step_by(STEP);
            let (mut same, mut power) = (0.0_f32, 1e-9_f32);
            for (tail, piece) in pairs {
                let (tail, piece) = (tail[0] + tail[1], piece[0] + piece[1]);
                same += tail * piece;
                power += piece * piece;
            }
            let fit = same / power.sqrt();
            if fit > best.0 {
                best = (fit, offset);
            }
        }
        best.1
    }
}

/// From one into the other, in equal steps.
fn cross<'f>(from: &'f [Stereo], to: &'f [Stereo]) -> impl Iterator<Item = Stereo> + 'f {
    let len = to.len().max(1) as f32;
    from.iter().zip(to).enumerate().map(move |(place, (a, b))| {
        let part = place as f32 / len;
        [0, 1].map(|side| a[side] * (1.0 - part) + b[side] * part)
    })
}

#[cfg(test)]
mod tests {
    use super::{Stereo, Stretch};

    fn tone(seconds: f32) -> Vec<Stereo> {
        let frames = (48_000.0 * seconds) as usize;
        let sample = |i: usize| (i as f32 * 440.0 * std::f32::consts::TAU / 48_000.0).sin() * 0.5;
        (0..frames).map(|i| [sample(i); 2]).collect()
    }

    /// Crossings of zero upwards: periods of the tone.
    fn periods(frames: &[Stereo]) -> usize {
        frames
            .windows(2)
            .filter(|pair| pair[0][0] < 0.0 && pair[1][0] >= 0.0)
            .count()
    }

    #[test]
    fn pitch_stays_and_length_changes() {
        for speed in [0.5, 0.8, 1.25, 2.0, 3.0] {
            let mut stretch = Stretch::new(48_000);
            let (input, mut out) = (tone(4.0), Vec::new());
            for part in input.chunks(1000) {
                stretch.process(part, speed, &mut out);
            }
            stretch.flush(&mut out);
            let seconds = out.len() as f32 / 48_000.0;
            assert!((seconds - 4.0 / speed).abs() < 0.15, "{speed}: {seconds} s");
            let pitch = periods(&out) as f32 / seconds;
            assert!((pitch - 440.0).abs() < 6.0, "{speed}: {pitch} Hz");
            let loud = out
                .iter()
                .fold(0.0_f32, |loud, frame| loud.max(frame[0].abs()));
            assert!((0.4..=0.51).contains(&loud), "{speed}: {loud}");
        }
    }

    #[test]
    fn short_sound_comes_out_whole() {
        let mut stretch = Stretch::new(48_000);
        let (input, mut out) = (tone(0.01), Vec::new());
        stretch.process(&input, 2.0, &mut out);
        stretch.flush(&mut out);
        assert_eq!(out, input);
    }
}
