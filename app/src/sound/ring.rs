//! Sound that waits to be played: filled by the feeder, emptied by the output.

use super::player;
use ipc::Sound;
use std::collections::VecDeque;
use std::os::unix::net::UnixStream;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How much is asked for ahead, in seconds: longer than a machine is busy with
/// something else. Eight channels at 768 kHz take 49 MB, stereo of a disc 0.7.
pub(super) const AHEAD_SECONDS: f64 = 2.0;

/// How much there must be before it is played, in seconds of listening, at the
/// beginning, after a jump and after a lack: one piece alone would be played before
/// the next is here.
const ENOUGH_SECONDS: f64 = 0.35;

/// A piece of one sound.
#[derive(Debug)]
pub(super) struct Piece {
    /// Whose it is.
    pub(super) track: u64,
    pub(super) sound: Sound,
    /// Its first frame.
    pub(super) from: u64,
    /// Interleaved.
    pub(super) samples: Vec<f32>,
}

impl Piece {
    pub(super) fn frames(&self) -> u64 {
        (self.samples.len() / usize::from(self.sound.channels).max(1)) as u64
    }

    fn seconds(&self) -> f64 {
        self.frames() as f64 / f64::from(self.sound.rate.max(1))
    }
}

/// What the output does next.
#[derive(Debug)]
pub(super) enum Next {
    /// Play this.
    Piece(Piece),
    /// It should be here by now.
    Missing,
    /// It is on its way, for the first time.
    Soon,
    /// Nothing more comes.
    Ended,
    /// There is nothing to play.
    Nothing,
    /// Forget what was given to the device, and look again.
    Silence,
    /// The player is gone.
    Closed,
}

#[derive(Default)]
struct Waiting {
    pieces: VecDeque<Piece>,
    seconds: f64,
    /// Whether something is being played: then an empty ring is a lack.
    active: bool,
    /// Whether there is enough to go on.
    flows: bool,
    /// Whether something of it has been played.
    started: bool,
    ended: bool,
    silence: bool,
    closed: bool,
    /// How often something has changed, and how much of that the output has seen.
    changes: u64,
    seen: u64,
}

impl Waiting {
    fn pop(&mut self) -> Option<Piece> {
        if !self.flows {
            return None;
        }
        let piece = self.pieces.pop_front()?;
        self.started = true;
        self.seconds = match self.pieces.is_empty() {
            true => 0.0,
            false => self.seconds - piece.seconds(),
        };
        Some(piece)
    }
}

/// The ring.
pub(super) struct Ring {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    bell: UnixStream,
}

impl Ring {
    /// `bell` is rung when there is room.
    pub(super) fn new(bell: UnixStream) -> Self {
        Self {
            waiting: Mutex::default(),
            changed: Condvar::new(),
            bell,
        }
    }

    /// Whether more should be asked for.
    pub(super) fn has_room(&self) -> bool {
        self.waiting().seconds < AHEAD_SECONDS
    }

    /// Puts a piece at the end.
    pub(super) fn push(&self, piece: Piece) {
        let mut waiting = self.waiting();
        waiting.seconds += piece.seconds();
        waiting.pieces.push_back(piece);
        waiting.ended = false;
        self.tell(waiting);
    }

    /// Forgets everything, also what the device holds. `active` says whether
    /// something else follows.
    pub(super) fn clear(&self, active: bool) {
        let mut waiting = self.waiting();
        *waiting = Waiting {
            active,
            silence: true,
            closed: waiting.closed,
            changes: waiting.changes,
            seen: waiting.seen,
            ..Waiting::default()
        };
        self.tell(waiting);
    }

    /// Forgets what is there of a track.
    pub(super) fn forget(&self, track: u64) {
        let mut waiting = self.waiting();
        waiting.pieces.retain(|piece| piece.track != track);
        waiting.seconds = waiting.pieces.iter().map(Piece::seconds).sum();
        self.tell(waiting);
    }

    /// Nothing follows what is there.
    pub(super) fn end(&self) {
        let mut waiting = self.waiting();
        waiting.ended = true;
        self.tell(waiting);
    }

    /// Something follows after all.
    pub(super) fn go_on(&self) {
        let mut waiting = self.waiting();
        (waiting.active, waiting.ended) = (true, false);
        self.tell(waiting);
    }

    pub(super) fn close(&self) {
        let mut waiting = self.waiting();
        waiting.closed = true;
        self.tell(waiting);
    }

    /// Something has changed that the output should look at.
    pub(super) fn nudge(&self) {
        self.tell(self.waiting());
    }

    fn tell(&self, mut waiting: MutexGuard<'_, Waiting>) {
        waiting.changes += 1;
        self.changed.notify_all();
    }

    /// What to do next, at this speed; does not wait.
    pub(super) fn next(&self, speed: f32) -> Next {
        let mut waiting = self.waiting();
        if waiting.closed {
            return Next::Closed;
        }
        if std::mem::take(&mut waiting.silence) {
            return Next::Silence;
        }
        let enough = ENOUGH_SECONDS * f64::from(speed);
        waiting.flows |= waiting.ended || waiting.seconds >= enough;
        if let Some(piece) = waiting.pop() {
            drop(waiting);
            player::ring(&self.bell);
            return Next::Piece(piece);
        }
        if waiting.ended {
            (waiting.active, waiting.ended) = (false, false);
            (waiting.started, waiting.flows) = (false, false);
            return Next::Ended;
        }
        match (waiting.active, waiting.started) {
            (true, true) => {
                waiting.flows = false;
                Next::Missing
            }
            (true, false) => Next::Soon,
            (false, _) => Next::Nothing,
        }
    }

    /// Whether what was taken out is not to be played any more.
    pub(super) fn is_stale(&self) -> bool {
        let waiting = self.waiting();
        waiting.silence || waiting.closed
    }

    /// Waits until something has changed since the last wait, or for this long.
    pub(super) fn wait(&self, longest: Duration) {
        let mut waiting = self.waiting();
        if waiting.changes == waiting.seen {
            let waited = self.changed.wait_timeout(waiting, longest);
            waiting = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        waiting.seen = waiting.changes;
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // Held for a few operations, none of which is left half done.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Next, Piece, Ring};
    use ipc::{Coding, Loudness, Sound};
    use std::os::unix::net::UnixStream;

    fn ring() -> Ring {
        Ring::new(UnixStream::pair().unwrap().0)
    }

    /// A quarter of a second.
    fn piece(from: u64) -> Piece {
        let sound = Sound {
            rate: 1000,
            channels: 1,
            layout: 4,
            frames: None,
            coding: Coding::Lossy,
            loudness: Loudness::default(),
        };
        Piece {
            track: 1,
            sound,
            from,
            samples: vec![0.5; 250],
        }
    }

    #[test]
    fn nothing_is_played_before_there_is_enough_or_the_end() {
        let ring = ring();
        assert!(matches!(ring.next(1.0), Next::Nothing));
        ring.clear(true);
        assert!(matches!(ring.next(1.0), Next::Silence));
        ring.push(piece(0));
        assert!(matches!(ring.next(1.0), Next::Soon));
        ring.push(piece(200));
        for from in [0, 200] {
            assert!(matches!(ring.next(1.0), Next::Piece(piece) if piece.from == from));
        }
        // A lack is silence until there is enough again.
        assert!(matches!(ring.next(1.0), Next::Missing));
        ring.push(piece(400));
        assert!(matches!(ring.next(1.0), Next::Missing));
        ring.end();
        assert!(matches!(ring.next(1.0), Next::Piece(_)));
        assert!(matches!(ring.next(1.0), Next::Ended));
        assert!(matches!(ring.next(1.0), Next::Nothing));
    }

    #[test]
    fn at_twice_the_speed_twice_as_much_is_enough() {
        let ring = ring();
        ring.clear(true);
        assert!(matches!(ring.next(2.0), Next::Silence));
        for from in [0, 250] {
            ring.push(piece(from));
            assert!(matches!(ring.next(2.0), Next::Soon));
        }
        ring.push(piece(500));
        assert!(matches!(ring.next(2.0), Next::Piece(_)));
    }

    #[test]
    fn no_more_is_asked_for_than_is_played_soon() {
        let ring = ring();
        ring.clear(true);
        let asked = (0..100)
            .take_while(|_| ring.has_room())
            .map(|number| ring.push(piece(number)));
        assert_eq!(asked.count(), 8);
        ring.clear(false);
        assert!(ring.has_room() && ring.is_stale());
    }
}
