//! The order of events, and the loop that receives requests.
//!
//! Whatever the broker says out of turn ends this process: a renderer that
//! cannot trust its broker has nobody to work for.

use crate::pool::{self, Job, Opened, Refusal, Shared};
use capmode::confine::ConfineError;
use capmode::{Channel, Confined, DocumentMemory, MappedPixels, Received, Slot};
use crossbeam_channel::{Sender, bounded, unbounded};
use ipc::codec::{decode_request, encode_event};
use ipc::limits::{MAX_IN_FLIGHT, MAX_MESSAGE_BYTES};
use ipc::{
    DocumentSource, Event, FailureKind, Open, Phase, RendererExit, Request, RequestId, Secret,
};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use zeroize::Zeroize;

/// Why serving ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End(pub RendererExit);

const DONE: End = End(RendererExit::Done);
const PROTOCOL: End = End(RendererExit::Protocol);

/// Puts up the last wall; another one in tests, which must go on afterwards.
pub type Lock = fn(&Confined) -> Result<(), ConfineError>;

/// Serves one document, until the broker closes the channel.
///
/// # Errors
///
/// [`End`] with the reason, for every other end.
pub fn serve(
    confined: &'static Confined,
    channel: &'static Channel,
    lock: Lock,
) -> Result<End, End> {
    let (open, descriptors) = receive_open(channel)?;
    let phase = Phase::Confined
        .after_request(&Request::Open(open))
        .map_err(|_| PROTOCOL)?;
    let (memory, slots) = match map(open, descriptors) {
        Ok(mapped) => mapped,
        Err(error) => return refuse(channel, &error),
    };
    let shared = Arc::new(Shared::new(confined, channel, slots));
    let (jobs, queue) = unbounded();
    pool::start(open.workers, &queue, &shared).map_err(|_| End(RendererExit::OutOfMemory))?;
    lock(confined).map_err(|_| End(RendererExit::NotConfined))?;
    let mut session = Session {
        shared,
        jobs,
        memory: Arc::new(memory),
        slot_bytes: open.slot_bytes as usize,
        phase,
    };
    session.say(&Event::Locked)?;
    session.open(None)?;
    session.run()
}

/// Sends an event and waits until it is on its way.
///
/// # Errors
///
/// [`RendererExit::Done`] when the broker is gone.
pub fn send(channel: &Channel, event: &Event) -> Result<(), End> {
    let message = encode_event(event).map_err(|_| PROTOCOL)?;
    channel.send(message.bytes()).map_err(|_| DONE)
}

fn receive_open(channel: &Channel) -> Result<(Open, [OwnedFd; 2]), End> {
    let mut buffer = [0; MAX_MESSAGE_BYTES + 1];
    let (received, descriptors) = channel.receive_with(&mut buffer).map_err(|_| PROTOCOL)?;
    let request = match received {
        Received::Message(bytes) => decode_request(bytes).map_err(|_| PROTOCOL)?,
        // A warm spare that was not needed.
        Received::Closed => return Err(DONE),
        Received::Nothing | Received::TooLong => return Err(PROTOCOL),
    };
    let descriptors = <[OwnedFd; 2]>::try_from(descriptors).map_err(|_| PROTOCOL)?;
    match request {
        Request::Open(open) => Ok((open, descriptors)),
        _ => Err(PROTOCOL),
    }
}

/// Maps document and pixels, and closes both descriptors.
fn map(open: Open, [document, pixels]: [OwnedFd; 2]) -> io::Result<(DocumentMemory, Vec<Slot>)> {
    let slots = MappedPixels::map(&pixels, open.slots, open.slot_bytes)?;
    let memory = match open.source {
        DocumentSource::Snapshot => DocumentMemory::map_snapshot(&document, open.document_bytes),
        DocumentSource::File => DocumentMemory::read_file(&document, open.document_bytes),
    };
    Ok((memory?, slots))
}

fn refuse(channel: &Channel, error: &io::Error) -> Result<End, End> {
    let failure = match error.kind() {
        io::ErrorKind::UnexpectedEof => pool::failure(
            FailureKind::Unreadable,
            "it became shorter while it was read",
        ),
        io::ErrorKind::OutOfMemory => {
            pool::failure(FailureKind::Limit, "it does not fit in the memory budget")
        }
        _ => pool::failure(
            FailureKind::Unreadable,
            &format!("it cannot be read: {error}"),
        ),
    };
    send(channel, &Event::Refused(failure))?;
    Ok(DONE)
}

struct Session {
    shared: Arc<Shared>,
    jobs: Sender<Job>,
    memory: Arc<DocumentMemory>,
    slot_bytes: usize,
    phase: Phase,
}

impl Session {
    fn run(&mut self) -> Result<End, End> {
        let mut buffer = [0; MAX_MESSAGE_BYTES + 1];
        loop {
            if self.phase == Phase::Closed {
                return Ok(DONE);
            }
            let received = self.shared.channel.receive(&mut buffer).map_err(|_| DONE)?;
            let request = match received {
                Received::Message(bytes) => decode_request(bytes).map_err(|_| PROTOCOL)?,
                Received::Closed => return Ok(DONE),
                Received::Nothing => continue,
                Received::TooLong => return Err(PROTOCOL),
            };
            // It may have been a password.
            buffer.zeroize();
            self.phase = self.phase.after_request(&request).map_err(|_| PROTOCOL)?;
            self.answer(request)?;
        }
    }

    fn answer(&mut self, request: Request) -> Result<(), End> {
        match request {
            Request::Open(_) => Err(PROTOCOL),
            Request::Unlock(password) => self.open(Some(password)),
            Request::Paint { id, tile, slot } => {
                self.begin(id)?;
                if tile.size().bytes() > self.slot_bytes {
                    return Err(PROTOCOL);
                }
                let memory = self.shared.take_slot(slot).ok_or(PROTOCOL)?;
                self.queue(Job::Paint(id, tile, memory, slot))
            }
            Request::Pages { id, first, count } => {
                self.begin(id)?;
                self.queue(Job::Pages(id, first, count))
            }
            Request::Info { id } => {
                self.begin(id)?;
                self.queue(Job::Info(id))
            }
            Request::Text { id, page } => {
                self.begin(id)?;
                self.queue(Job::Text(id, page))
            }
            Request::Credit { id, parts } => {
                self.shared.credit(id, parts);
                Ok(())
            }
            Request::Cancel { id } => {
                self.shared.cancel(id);
                Ok(())
            }
        }
    }

    /// Notes a request that will be answered once.
    fn begin(&self, id: RequestId) -> Result<(), End> {
        let mut open = self.shared.open();
        if open.len() < MAX_IN_FLIGHT && open.insert(id) {
            Ok(())
        } else {
            Err(PROTOCOL)
        }
    }

    fn queue(&self, job: Job) -> Result<(), End> {
        self.jobs.send(job).map_err(|_| End(RendererExit::Panic))
    }

    /// Parses on a worker, which has the larger stack, and says how it went.
    fn open(&mut self, password: Option<Secret>) -> Result<(), End> {
        let (answer, opened) = bounded::<Opened>(1);
        self.queue(Job::Open(Arc::clone(&self.memory), password, answer))?;
        let opened = opened.recv().map_err(|_| End(RendererExit::Panic))?;
        let event = match (opened, self.shared.document()) {
            (Ok(()), Some(document)) => Event::Opened(document.summary()),
            (Err(Refusal::Password { wrong }), _) => Event::PasswordNeeded { wrong },
            (Err(Refusal::Failed(failure)), _) => Event::Refused(failure),
            (Ok(()), None) => return Err(End(RendererExit::Panic)),
        };
        self.say(&event)
    }

    fn say(&mut self, event: &Event) -> Result<(), End> {
        self.phase = self.phase.after_event(event).map_err(|_| PROTOCOL)?;
        send(self.shared.channel, event)
    }
}
