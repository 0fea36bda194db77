//! What is asked of a sound beside its tags: its chapters, and its waveform, coarse
//! at once and then of every frame.

use super::Asked;
use crate::broker::{BrokerError, Session, Ticket};
use crate::window::listening::BUCKETS;
use ipc::{Buckets, Sound, Summary};
use std::collections::HashMap;

/// Buckets of one exact question: of an hour they are 72 seconds of sound, which
/// are decoded within a second.
const AT_ONCE: u16 = 12;

/// Longest sound of which every frame is looked at, in seconds: of a longer one a
/// bucket is over half a minute, and a glance says as much.
const MAX_EXACT_SECONDS: u64 = 6 * 3600;

/// How far the questions are.
pub(super) struct Heard {
    chapters: bool,
    coarse: bool,
    /// The first bucket that was not looked at exactly.
    exact: u16,
}

impl Heard {
    pub(super) fn of(summary: Summary) -> Self {
        let length = |sound: Sound| Some(sound.frames? / u64::from(sound.rate.max(1)));
        let length = summary.sound.and_then(length);
        let is_short = length.is_some_and(|seconds| seconds <= MAX_EXACT_SECONDS);
        Self {
            chapters: summary.sound.is_some(),
            coarse: length.is_some(),
            exact: if is_short { 0 } else { BUCKETS },
        }
    }

    /// Asks the next question, when the one before has been answered.
    pub(super) fn ask(
        &mut self,
        session: &mut Session,
        asked: &mut HashMap<Ticket, Asked>,
    ) -> Result<(), BrokerError> {
        if self.chapters
            && let Some(ticket) = session.ask_chapters()?
        {
            asked.insert(ticket, Asked::Chapters);
            self.chapters = false;
        }
        let is_busy = asked.values().any(|it| matches!(it, Asked::Peaks { .. }));
        let (first, count) = match self.coarse {
            true => (0, BUCKETS),
            false => (self.exact, AT_ONCE.min(BUCKETS - self.exact)),
        };
        let Some(buckets) = Buckets::new(BUCKETS, first, count, !self.coarse).filter(|_| !is_busy)
        else {
            return Ok(());
        };
        if let Some(ticket) = session.ask_waveform(buckets)? {
            asked.insert(ticket, Asked::Peaks { next: first });
            match self.coarse {
                true => self.coarse = false,
                false => self.exact += count,
            }
        }
        Ok(())
    }
}
