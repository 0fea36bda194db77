//! The workers: threads that are made before the last wall goes up and stay.
//!
//! Each owns a painter with its caches. A panic in a request ends that request;
//! the worker then makes its painter anew.

use crate::format::{self, Document, DocumentError, Painter};
use crate::outbox::{self, Listed, Outbox};
use crate::surface::Surface;
use crate::{panic, serve};
use capmode::{Channel, Confined, DocumentMemory, Slot, WORKER_STACK_BYTES};
use crossbeam_channel::{Receiver, Sender};
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{Event, Failure, FailureKind, PageIndex, RequestId, Secret, Text, Tile};
use std::collections::HashSet;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Barrier, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

/// What a worker is asked to do.
pub(crate) enum Job {
    /// Parse the document; the answer goes to whoever asked.
    Open(Arc<DocumentMemory>, Option<Secret>, Sender<Opened>),
    Paint(RequestId, Tile, Slot, u8),
    Pages(RequestId, PageIndex, u32),
    Info(RequestId),
    Text(RequestId, PageIndex),
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
    document: OnceLock<&'static dyn Document>,
    /// Requests that have not been answered.
    open: Mutex<HashSet<RequestId>>,
    cancelled: Mutex<HashSet<RequestId>>,
    outbox: Mutex<Outbox>,
    slots: Vec<Mutex<Option<Slot>>>,
}

impl Shared {
    pub(crate) fn new(
        confined: &'static Confined,
        channel: &'static Channel,
        slots: Vec<Slot>,
    ) -> Self {
        Self {
            confined,
            channel,
            document: OnceLock::new(),
            open: Mutex::default(),
            cancelled: Mutex::default(),
            outbox: Mutex::default(),
            slots: slots
                .into_iter()
                .map(|slot| Mutex::new(Some(slot)))
                .collect(),
        }
    }

    pub(crate) fn document(&self) -> Option<&'static dyn Document> {
        self.document.get().copied()
    }

    /// Requests that have not been answered.
    pub(crate) fn open(&self) -> MutexGuard<'_, HashSet<RequestId>> {
        lock(&self.open)
    }

    /// Takes a slot out, until it is given back; `None` while it is out.
    pub(crate) fn take_slot(&self, slot: u8) -> Option<Slot> {
        lock(self.slots.get(usize::from(slot))?).take()
    }

    fn give_back(&self, number: u8, slot: Slot) {
        if let Some(place) = self.slots.get(usize::from(number)) {
            *lock(place) = Some(slot);
        }
    }

    /// Grants a list more parts.
    pub(crate) fn credit(&self, id: RequestId, parts: u16) {
        let granted = lock(&self.outbox).credit(id, parts);
        self.send_parts(granted);
    }

    /// Forgets a request: a list that waits for credit, or a job that waits for
    /// a worker. One that runs is answered as if nothing had been said.
    pub(crate) fn cancel(&self, id: RequestId) {
        if lock(&self.outbox).cancel(id) {
            self.answer(id, &cancelled(id));
        } else if self.open().contains(&id) {
            lock(&self.cancelled).insert(id);
        }
    }

    fn was_cancelled(&self, id: RequestId) -> bool {
        lock(&self.cancelled).remove(&id)
    }

    fn send_list<T: Listed>(&self, id: RequestId, list: Vec<T>) {
        let parts = lock(&self.outbox).add(outbox::cut(id, list));
        self.send_parts(parts);
    }

    fn send_parts(&self, parts: Vec<ipc::Part>) {
        for part in parts {
            let (id, last) = (part.id, part.last);
            let event = Event::Part(part);
            if last {
                self.answer(id, &event);
            } else {
                self.send(&event);
            }
        }
    }

    /// Sends the final answer to a request.
    fn answer(&self, id: RequestId, event: &Event) {
        self.open().remove(&id);
        lock(&self.cancelled).remove(&id);
        self.send(event);
    }

    fn send(&self, event: &Event) {
        if serve::send(self.channel, event).is_err() {
            // The broker is gone, and with it every reason to be here.
            std::process::exit(0);
        }
    }
}

/// A lock whose holder panicked guards nothing that is half done: every guard
/// in this file is held for one operation of a collection.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts `workers` threads, and returns when every one of them runs: a thread
/// that is still starting makes calls that the last wall forbids.
pub(crate) fn start(workers: u8, jobs: &Receiver<Job>, shared: &Arc<Shared>) -> io::Result<()> {
    let running = Arc::new(Barrier::new(usize::from(workers) + 1));
    for number in 0..workers {
        let (jobs, shared, running) = (jobs.clone(), Arc::clone(shared), Arc::clone(&running));
        thread::Builder::new()
            .name(format!("worker-{number}"))
            .stack_size(WORKER_STACK_BYTES)
            .spawn(move || {
                running.wait();
                work(&jobs, &shared);
            })?;
    }
    running.wait();
    Ok(())
}

fn work(jobs: &Receiver<Job>, shared: &Shared) {
    let mut painter = None;
    for job in jobs {
        match job {
            Job::Open(memory, password, answer) => {
                let opened = open(shared, memory, password.as_ref());
                // The receiving thread waits for it as long as it lives.
                let _ = answer.send(opened);
            }
            Job::Paint(id, tile, slot, number) => {
                paint(shared, &mut painter, id, tile, (slot, number));
            }
            Job::Pages(id, first, count) => {
                list(shared, id, |document| Ok(pages(document, first, count)));
            }
            Job::Info(id) => list(shared, id, |document| Ok(document.info(shared.confined))),
            Job::Text(id, page) => {
                list(shared, id, |document| document.text(shared.confined, page));
            }
        }
    }
}

fn open(shared: &Shared, memory: Arc<DocumentMemory>, password: Option<&Secret>) -> Opened {
    let opened = catch_unwind(AssertUnwindSafe(|| {
        format::open(shared.confined, memory, password)
    }));
    match opened {
        Ok(Ok(document)) => {
            // Leaked: a renderer never serves two documents.
            let _ = shared.document.set(Box::leak(document));
            Ok(())
        }
        Ok(Err(DocumentError::Password { wrong })) => Err(Refusal::Password { wrong }),
        Ok(Err(error)) => Err(Refusal::Failed(error.to_failure().unwrap_or_else(internal))),
        Err(_) => Err(Refusal::Failed(panic::failure())),
    }
}

fn paint(
    shared: &Shared,
    painter: &mut Option<Box<dyn Painter>>,
    id: RequestId,
    tile: Tile,
    (mut slot, number): (Slot, u8),
) {
    let result = if shared.was_cancelled(id) {
        Err(cancelled_failure())
    } else {
        // A painter that panicked may be half changed; it is dropped below.
        catch_unwind(AssertUnwindSafe(|| draw(shared, painter, tile, &mut slot))).unwrap_or_else(
            |_| {
                *painter = None;
                Err(panic::failure())
            },
        )
    };
    shared.give_back(number, slot);
    match result {
        Ok(()) => shared.answer(id, &Event::Painted { id }),
        Err(failure) => shared.answer(id, &Event::Failed { id, failure }),
    }
}

fn draw(
    shared: &Shared,
    painter: &mut Option<Box<dyn Painter>>,
    tile: Tile,
    slot: &mut Slot,
) -> Result<(), Failure> {
    let document = shared.document().ok_or_else(internal)?;
    let painter = painter.get_or_insert_with(|| document.painter());
    let mut surface = Surface::new(slot.bytes_mut(), tile.size()).ok_or_else(internal)?;
    painter
        .paint(shared.confined, tile, &mut surface)
        .map_err(|error| error.to_failure().unwrap_or_else(internal))
}

fn list<T: Listed>(
    shared: &Shared,
    id: RequestId,
    make: impl FnOnce(&'static dyn Document) -> Result<Vec<T>, DocumentError>,
) {
    if shared.was_cancelled(id) {
        return shared.answer(id, &cancelled(id));
    }
    let made = catch_unwind(AssertUnwindSafe(|| {
        let document = shared.document().ok_or_else(internal)?;
        make(document).map_err(|error| error.to_failure().unwrap_or_else(internal))
    }));
    match made.unwrap_or_else(|_| Err(panic::failure())) {
        Ok(list) => shared.send_list(id, list),
        Err(failure) => shared.answer(id, &Event::Failed { id, failure }),
    }
}

fn pages(document: &dyn Document, first: PageIndex, count: u32) -> Vec<ipc::PageEntry> {
    let end = first
        .get()
        .saturating_add(count)
        .min(document.summary().pages);
    (first.get()..end)
        .filter_map(PageIndex::new)
        .map(|page| document.page(page))
        .collect()
}

fn cancelled(id: RequestId) -> Event {
    Event::Failed {
        id,
        failure: cancelled_failure(),
    }
}

fn cancelled_failure() -> Failure {
    failure(FailureKind::Cancelled, "nobody waited for it any more")
}

fn internal() -> Failure {
    failure(FailureKind::Internal, "the renderer lost its document")
}

pub(crate) fn failure(kind: FailureKind, detail: &str) -> Failure {
    Failure {
        kind,
        detail: Text::cleaned(detail, MAX_TEXT_BYTES),
    }
}
