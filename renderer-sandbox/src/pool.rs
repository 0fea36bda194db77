//! The workers: threads that are made before the last wall goes up and stay.
//!
//! Each owns a painter with its caches; what they share is in [`Shared`]. Tiles
//! and lists wait in one queue for whichever worker is free first.

use crate::fonts::Fonts;
use crate::format::{Document, Opener};
use crate::outbox::{self, Listed};
use crate::queue::Queue;
use crate::requests::{Requests, Turn, cancelled};
use crate::search::Compiled;
use crate::surface::Coming;
use crate::texts::Texts;
use crate::threads::Threads;
use crate::{panic, serve, work};
use capmode::{Channel, Confined, DocumentMemory, Slot};
use ipc::{Buckets, Event, Failure, LayerSet, PageIndex, Query, RequestId, Secret, Stretch, Tile};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Barrier, Mutex, MutexGuard, OnceLock, PoisonError};

/// What a worker is asked to do.
pub(crate) enum Job {
    /// Parse the document; what became of it goes to [`Shared::opened`].
    Open(Arc<DocumentMemory>, Option<Secret>),
    /// Draw a tile, or early what there is of it, into a slot of this number.
    Paint(RequestId, Tile, bool, Coming, u8),
    Pages(RequestId, PageIndex, u32),
    Info(RequestId),
    Text(RequestId, PageIndex),
    Outline(RequestId),
    Links(RequestId, PageIndex),
    Search(RequestId, PageIndex, Query),
    Frames(RequestId, PageIndex),
    Attachments(RequestId),
    /// Copy an attachment from an offset on into a slot of this number.
    Extract(RequestId, u32, u64, Slot, u8),
    Layers(RequestId),
    ShowLayers(RequestId, LayerSet),
    Signatures(RequestId),
    Wishes(RequestId),
    Notes(RequestId),
    Images(RequestId, PageIndex),
    /// Put a stretch of sound into a slot of this number.
    Sound(RequestId, Stretch, Slot, u8),
    Waveform(RequestId, Buckets),
    Chapters(RequestId),
}

impl Job {
    fn id(&self) -> Option<RequestId> {
        match self {
            Self::Open(..) => None,
            Self::Paint(id, ..)
            | Self::Pages(id, ..)
            | Self::Info(id)
            | Self::Text(id, _)
            | Self::Outline(id)
            | Self::Links(id, _)
            | Self::Frames(id, _)
            | Self::Search(id, ..)
            | Self::Attachments(id)
            | Self::Extract(id, ..)
            | Self::Layers(id)
            | Self::ShowLayers(id, _)
            | Self::Signatures(id)
            | Self::Wishes(id)
            | Self::Notes(id)
            | Self::Images(id, _)
            | Self::Sound(id, ..)
            | Self::Waveform(id, _)
            | Self::Chapters(id) => Some(*id),
        }
    }
}

/// What became of opening: done, or why not.
pub(crate) type Opened = Result<(), Refusal>;

/// Why a document is not open.
pub(crate) enum Refusal {
    Password { wrong: bool },
    Failed(Failure),
}

/// What all workers and the receiving thread share.
pub(crate) struct Shared {
    pub(crate) confined: &'static Confined,
    pub(crate) channel: &'static Channel,
    pub(crate) opener: Opener,
    pub(crate) document: OnceLock<&'static dyn Document>,
    pub(crate) jobs: Queue<Job>,
    pub(crate) opened: Queue<Opened>,
    pub(crate) fonts: Arc<Fonts>,
    pub(crate) texts: Texts,
    requests: Mutex<Requests>,
    expression: Mutex<Compiled>,
    slots: Vec<Mutex<Option<Slot>>>,
}

impl Shared {
    /// The expression that was searched for last.
    pub(crate) fn expression(&self) -> MutexGuard<'_, Compiled> {
        self.expression
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn new(
        confined: &'static Confined,
        channel: &'static Channel,
        opener: Opener,
        slots: Vec<Slot>,
        fonts: Arc<Fonts>,
    ) -> Self {
        Self {
            confined,
            channel,
            opener,
            document: OnceLock::new(),
            jobs: Queue::default(),
            opened: Queue::default(),
            fonts,
            texts: Texts::default(),
            requests: Mutex::default(),
            expression: Mutex::default(),
            slots: slots
                .into_iter()
                .map(|slot| Mutex::new(Some(slot)))
                .collect(),
        }
    }

    /// The requests that have not been answered.
    pub(crate) fn requests(&self) -> MutexGuard<'_, Requests> {
        lock(&self.requests)
    }

    /// Takes a slot out, until it is given back; `None` while it is out.
    pub(crate) fn take_slot(&self, slot: u8) -> Option<Slot> {
        lock(self.slots.get(usize::from(slot))?).take()
    }

    pub(crate) fn give_back(&self, number: u8, slot: Slot) {
        if let Some(place) = self.slots.get(usize::from(number)) {
            *lock(place) = Some(slot);
        }
    }

    pub(crate) fn give_back_coming(&self, number: u8, coming: Coming) {
        if let Some(slot) = coming.into_slot() {
            self.give_back(number, slot);
        }
    }

    /// Forgets a request. A job that waits for a worker is answered at once, and
    /// its slot is free; a list ends where it is; what runs is finished first.
    pub(crate) fn cancel(&self, id: RequestId) {
        if let Some(job) = self.jobs.take(|job| job.id() == Some(id)) {
            match job {
                Job::Extract(_, _, _, slot, number) | Job::Sound(_, _, slot, number) => {
                    self.give_back(number, slot);
                }
                Job::Paint(_, _, _, coming, number) => self.give_back_coming(number, coming),
                _ => {}
            }
            return self.answer(id, &cancelled(id));
        }
        let turn = self.requests().cancel(id);
        self.send_parts(id, turn);
    }

    /// Grants a list more parts.
    pub(crate) fn credit(&self, id: RequestId, parts: u16) {
        let turn = self.requests().credit(id, parts);
        self.send_parts(id, turn);
    }

    /// Answers with a list.
    pub(crate) fn answer_list<T: Listed>(&self, id: RequestId, list: Vec<T>) {
        let parts = outbox::cut(id, list);
        let turn = self.requests().list(id, parts);
        self.send_parts(id, turn);
    }

    fn send_parts(&self, id: RequestId, turn: Turn) {
        if turn == Turn::Leave {
            return;
        }
        loop {
            // Not held while sending, which waits for the broker.
            let next = self.requests().next(id);
            let Some(event) = next else {
                return;
            };
            self.send(&event);
        }
    }

    /// Sends the whole answer to a request.
    pub(crate) fn answer(&self, id: RequestId, event: &Event) {
        self.requests().finish(id);
        self.send(event);
    }

    fn send(&self, event: &Event) {
        // Without a broker there is nobody to tell: the receiving thread sees
        // that the channel is closed and ends the process.
        let _ = serve::send(self.channel, event);
    }
}

/// A lock whose holder panicked guards nothing that is half done: every guard
/// in this file is held for one operation of a collection.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts `workers` workers, and returns when every one of them runs: a thread
/// that is still starting makes calls that the last wall forbids.
pub(crate) fn start(workers: u8, shared: &Arc<Shared>, mut threads: Threads) -> io::Result<()> {
    let running = Arc::new(Barrier::new(usize::from(workers) + 1));
    for _ in 0..workers {
        let (shared, running) = (Arc::clone(shared), Arc::clone(&running));
        threads.run(move || {
            capmode::heap::prepare();
            running.wait();
            run(&shared);
        })?;
    }
    running.wait();
    Ok(())
}

/// Works until the process ends. A panic that no job has caught is one that
/// leaves a request unanswered, so it ends the process.
fn run(shared: &Shared) {
    // Nothing is used after the unwinding but the channel.
    let ended = catch_unwind(AssertUnwindSafe(|| work::run(shared)));
    if ended.is_err() {
        let end = panic::report(shared.channel);
        capmode::abort::exit_now(end.0.code());
    }
}
