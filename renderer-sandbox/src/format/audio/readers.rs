//! Several readers of one sound, each where it is needed: one goes on with what is
//! played while another draws the waveform.
//!
//! Questions for stretches that follow each other may be taken by several workers
//! at once; the second waits for the reader of the first, instead of finding its
//! way there with a reader of its own.

use super::super::DocumentError;
use super::facts::Facts;
use super::met::Met;
use super::reader::Reader;
use capmode::DocumentMemory;
use ipc::Samples;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Most readers: one for playing, one for the waveform, one for whoever comes.
const MAX_READERS: usize = 3;

/// The readers of one sound.
pub(super) struct Readers {
    memory: Arc<DocumentMemory>,
    facts: Arc<Facts>,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    /// Those that wait for work, the one that has waited longest first.
    idle: Vec<Reader>,
    /// The frames at which those that work will be done.
    busy: Vec<u64>,
    met: Met,
}

/// What becomes of a question now.
enum Turn {
    Reader(Box<Reader>),
    New,
    Wait,
}

impl Readers {
    /// Begins with one reader.
    pub(super) fn new(memory: Arc<DocumentMemory>, facts: Arc<Facts>, first: Reader) -> Self {
        let state = State {
            idle: vec![first],
            ..State::default()
        };
        Self {
            memory,
            facts,
            state: Mutex::new(state),
            returned: Condvar::new(),
        }
    }

    /// Lets a reader that stands at frame `from` work over `frames`.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when it cannot get there.
    pub(super) fn with<T>(
        &self,
        from: u64,
        frames: u32,
        samples: Samples,
        work: impl FnOnce(&mut Reader) -> T,
    ) -> Result<T, DocumentError> {
        self.lend(
            from,
            from.saturating_add(frames.into()),
            samples,
            |reader| {
                if !reader.is_at(from, samples) {
                    reader.jump(from, samples)?;
                }
                Ok(work(reader))
            },
        )
    }

    /// Lets a reader work that goes where it likes.
    ///
    /// # Errors
    ///
    /// Those of `work`.
    pub(super) fn with_any<T>(
        &self,
        work: impl FnOnce(&mut Reader) -> Result<T, DocumentError>,
    ) -> Result<T, DocumentError> {
        // Nobody goes on from there.
        self.lend(u64::MAX, u64::MAX, super::PLAYED, work)
    }

    /// What the readers have met so far.
    pub(super) fn met(&self) -> Met {
        let state = self.state();
        let idle = state.idle.iter().map(Reader::met);
        idle.fold(state.met, Met::and)
    }

    fn lend<T>(
        &self,
        from: u64,
        until: u64,
        samples: Samples,
        work: impl FnOnce(&mut Reader) -> Result<T, DocumentError>,
    ) -> Result<T, DocumentError> {
        let mut loan = self.take(from, until, samples)?;
        let Some(reader) = loan.reader.as_mut() else {
            return Err(DocumentError::Damaged("there is no reader".to_owned()));
        };
        let done = work(reader)?;
        loan.back = true;
        Ok(done)
    }

    fn take(&self, from: u64, until: u64, samples: Samples) -> Result<Loan<'_>, DocumentError> {
        let mut state = self.state();
        loop {
            match state.turn(from, samples) {
                Turn::Reader(reader) => {
                    state.busy.push(until);
                    return Ok(self.loan(Some(*reader), until));
                }
                Turn::New => {
                    state.busy.push(until);
                    drop(state);
                    // Given back, whatever becomes of it.
                    let mut loan = self.loan(None, until);
                    let (memory, facts) = (Arc::clone(&self.memory), Arc::clone(&self.facts));
                    loan.reader = Some(Reader::new(memory, facts, samples)?);
                    return Ok(loan);
                }
                Turn::Wait => {
                    state = self
                        .returned
                        .wait(state)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    fn loan(&self, reader: Option<Reader>, until: u64) -> Loan<'_> {
        Loan {
            readers: self,
            reader,
            until,
            back: false,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Held for a few operations of collections, none of which is left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn turn(&mut self, from: u64, samples: Samples) -> Turn {
        if let Some(place) = self.idle.iter().position(|r| r.is_at(from, samples)) {
            return Turn::Reader(Box::new(self.idle.remove(place)));
        }
        if from != u64::MAX && self.busy.contains(&from) {
            return Turn::Wait;
        }
        if self.idle.len() + self.busy.len() < MAX_READERS {
            return Turn::New;
        }
        match self.idle.is_empty() {
            true => Turn::Wait,
            false => Turn::Reader(Box::new(self.idle.remove(0))),
        }
    }
}

/// A reader at work. One that did not come to its end is dropped: a panic may
/// have left it half changed.
struct Loan<'r> {
    readers: &'r Readers,
    reader: Option<Reader>,
    until: u64,
    back: bool,
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut state = self.readers.state();
        if let Some(place) = state.busy.iter().position(|until| *until == self.until) {
            state.busy.remove(place);
        }
        if let Some(reader) = self.reader.take() {
            state.met = state.met.and(reader.met());
            if self.back {
                state.idle.push(reader);
            }
        }
        drop(state);
        self.readers.returned.notify_all();
    }
}
