//! The sound that follows without a gap: opened shortly before it is wanted, and then
//! the player's.

use super::ear::Ear;
use super::{Between, Listening};
use crate::sound::State;
use ipc::Sound;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many seconds before the end the next sound is opened: a renderer and two
/// seconds that are asked ahead are there within one, on a machine that is busy too.
const AHEAD_SECONDS: u64 = 10;

/// What follows.
pub(super) enum Next {
    /// Nothing that is known.
    Nothing,
    /// This is being opened.
    Opening(PathBuf, Closing),
    /// The player has it.
    Queued(PathBuf, Closing, Sound),
    /// It cannot be opened: it says so when it is there to be seen.
    Failed,
}

/// Ends the session of what follows, once nobody wants it.
pub(super) struct Closing(Option<Arc<AtomicBool>>);

#[cfg(test)]
impl Closing {
    pub(super) fn none() -> Self {
        Self(None)
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        if let Some(closed) = &self.0 {
            closed.store(true, Ordering::Relaxed);
        }
    }
}

impl Listening {
    /// Whether what follows is to be opened now.
    pub(crate) fn wants_next(&self, speed: f32) -> bool {
        let ahead = (f64::from(self.sound.rate) * f64::from(speed)) as u64 * AHEAD_SECONDS;
        let ends = self.sound.frames.unwrap_or(u64::MAX);
        let is_near = ends.saturating_sub(self.position()) <= ahead;
        let repeats = matches!(self.between, Between::Both(..));
        is_near
            && !repeats
            && self.plays
            && !self.has_ended
            && self.player.is_some()
            && matches!(self.next, Next::Nothing)
    }

    /// What follows is being opened; it is given up when this is set.
    pub(crate) fn begin_next(&mut self, path: PathBuf) -> Arc<AtomicBool> {
        let closed = Arc::new(AtomicBool::new(false));
        self.next = Next::Opening(path, Closing(Some(Arc::clone(&closed))));
        closed
    }

    /// Takes the session of what follows, or learns that there is none.
    pub(crate) fn take_next(&mut self, path: &Path, ear: Option<Ear>) {
        match std::mem::replace(&mut self.next, Next::Failed) {
            Next::Opening(wanted, closing) if wanted == path => {
                if let (Some(ear), Some(player)) = (ear, &self.player) {
                    let sound = ear.sound;
                    player.queue(ear.track(self.track.saturating_add(1)));
                    self.next = Next::Queued(wanted, closing, sound);
                }
            }
            other => self.next = other,
        }
    }

    /// Whether what follows is not known yet and may still come.
    pub(super) fn awaits_next(&self) -> bool {
        matches!(self.next, Next::Opening(..) | Next::Queued(..))
    }

    /// What follows has ended before it was heard.
    pub(super) fn lose_next(&mut self) {
        self.next = Next::Failed;
    }

    pub(super) fn is_followed(&self, state: &State) -> bool {
        let is_queued = matches!(self.next, Next::Queued(..));
        is_queued && state.track == self.track.checked_add(1)
    }

    /// What follows is heard: where it is, and the rest of the player's life.
    pub(crate) fn hand_over(&mut self) -> Option<(PathBuf, Self)> {
        match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Queued(path, mut closing, sound) => {
                let mut next = Self::new(sound, self.plays, 0);
                next.player = self.player.take();
                next.track = self.track.saturating_add(1);
                next.watched = Arc::clone(&self.watched);
                next.notices = self.hand_over_met();
                next.closed = closing.0.take().unwrap_or_default();
                Some((path, next))
            }
            other => {
                self.next = other;
                None
            }
        }
    }
}
