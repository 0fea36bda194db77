//! The order of events, and the loop that receives requests.
//!
//! Whatever the broker says out of turn ends this process: a renderer that
//! cannot trust its broker has nobody to work for.

use crate::budget;
use crate::fonts::Fonts;
use crate::format::Opener;
use crate::pool::{self, Job, Opened, Refusal, Shared};
use crate::surface::{self, Coming};
use crate::threads::Threads;
use capmode::confine::ConfineError;
use capmode::{
    Channel, Confined, DocumentFile, DocumentMemory, MappedFonts, MappedPixels, Received, Slot,
};
use ipc::codec::{decode_request, encode_event};
use ipc::limits::{FONT_MEMORY_BYTES, MAX_MESSAGE_BYTES, MAX_TEXT_BYTES};
use ipc::{
    DocumentSource, Event, Failure, FailureKind, Open, PageIndex, Phase, RendererExit, Request,
    RequestId, Secret, Sound, Stretch, Text, Tile,
};
use std::collections::HashMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use zeroize::Zeroize;

/// Why serving ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End(pub RendererExit);

const DONE: End = End(RendererExit::Done);
const PROTOCOL: End = End(RendererExit::Protocol);

/// A byte more than the longest message, so that a longer one is seen.
type Buffer = [u8; MAX_MESSAGE_BYTES + 1];

/// Puts up the last wall; another one in tests, which must go on afterwards.
pub type Lock = fn(&Confined) -> Result<(), ConfineError>;

/// Serves one document, until the broker closes the channel. Its workers are
/// taken from `threads` first.
///
/// # Errors
///
/// [`End`] with the reason, for every other end.
pub fn serve(
    confined: &'static Confined,
    channel: &'static Channel,
    threads: Threads,
    lock: Lock,
    opener: Opener,
) -> Result<End, End> {
    let granted = receive_open(channel)?;
    serve_granted(confined, channel, threads, granted, lock, opener)
}

/// As [`serve`], once `Open` has been received.
///
/// # Errors
///
/// As [`serve`].
pub fn serve_granted(
    confined: &'static Confined,
    channel: &'static Channel,
    threads: Threads,
    (open, descriptors): (Open, Descriptors),
    lock: Lock,
    opener: Opener,
) -> Result<End, End> {
    let phase = Phase::Confined
        .after_request(&Request::Open(open))
        .map_err(|_| PROTOCOL)?;
    if let Some(memory) = confined.memory_bytes(open.workers) {
        budget::grant(memory);
    }
    let mapped = match map(open, descriptors) {
        Ok(mapped) => mapped,
        Err(error) => return refuse(channel, &error),
    };
    let fonts = Arc::new(Fonts::new(mapped.fonts, channel));
    let shared = Shared::new(confined, channel, opener, mapped.slots, fonts);
    let shared = Arc::new(shared);
    pool::start(open.workers, &shared, threads).map_err(|_| End(RendererExit::OutOfMemory))?;
    lock(confined).map_err(|_| End(RendererExit::NotConfined))?;
    let mut session = Session {
        shared,
        memory: Arc::new(mapped.document),
        slot_bytes: usize::try_from(open.slot_bytes).unwrap_or(0),
        touched: HashMap::new(),
        pages: 0,
        sound: None,
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

/// Document, pixels and fonts.
pub type Descriptors = [OwnedFd; 3];

/// Waits for `Open`, and for document, pixels and fonts.
///
/// # Errors
///
/// [`RendererExit::Done`] when the broker closes the channel instead.
pub fn receive_open(channel: &Channel) -> Result<(Open, Descriptors), End> {
    let mut buffer: Buffer = [0; _];
    let (received, descriptors) = channel.receive_with(&mut buffer).map_err(|_| PROTOCOL)?;
    let request = match received {
        Received::Message(bytes) => decode_request(bytes).map_err(|_| PROTOCOL)?,
        // A warm spare that was not needed.
        Received::Closed => return Err(DONE),
        Received::Nothing | Received::TooLong => return Err(PROTOCOL),
    };
    let descriptors = Descriptors::try_from(descriptors).map_err(|_| PROTOCOL)?;
    match request {
        Request::Open(open) => Ok((open, descriptors)),
        _ => Err(PROTOCOL),
    }
}

struct Mapped {
    document: DocumentMemory,
    slots: Vec<Slot>,
    fonts: MappedFonts,
}

/// Maps what came with the document, and closes the descriptors but that of a file.
fn map(open: Open, [document, pixels, fonts]: Descriptors) -> io::Result<Mapped> {
    let slots = MappedPixels::map(&pixels, open.slots, open.slot_bytes)?;
    let document = match open.source {
        DocumentSource::Snapshot => DocumentMemory::map_snapshot(&document, open.document_bytes)?,
        DocumentSource::File => {
            DocumentMemory::File(DocumentFile::new(document, open.document_bytes))
        }
    };
    Ok(Mapped {
        document,
        slots,
        fonts: MappedFonts::map(&fonts, FONT_MEMORY_BYTES)?,
    })
}

/// Says that the document cannot be had at all, as the last word.
fn refuse(channel: &Channel, error: &io::Error) -> Result<End, End> {
    let (kind, detail) = match error.kind() {
        io::ErrorKind::OutOfMemory => (
            FailureKind::Limit,
            "it does not fit in the memory budget".to_owned(),
        ),
        _ => (
            FailureKind::Unreadable,
            format!("it cannot be read: {error}"),
        ),
    };
    let detail = Text::cleaned(&detail, MAX_TEXT_BYTES);
    send(channel, &Event::Refused(Failure { kind, detail }))?;
    // The broker may still want to look at this process; it ends it by closing.
    match channel.receive(&mut [0; 1]) {
        Ok(Received::Closed) => Ok(DONE),
        _ => Err(PROTOCOL),
    }
}

struct Session {
    shared: Arc<Shared>,
    memory: Arc<DocumentMemory>,
    slot_bytes: usize,
    /// Bytes of each slot that were written to.
    touched: HashMap<u8, usize>,
    /// Pages of the document, as soon as it is open.
    pages: u32,
    /// What is to be heard instead.
    sound: Option<Sound>,
    phase: Phase,
}

impl Session {
    fn run(&mut self) -> Result<End, End> {
        let mut buffer: Buffer = [0; _];
        // A renderer that has refused its document waits here for its end: the
        // broker may still want to look at it.
        loop {
            let received = self.shared.channel.receive(&mut buffer).map_err(|_| DONE)?;
            let request = match received {
                Received::Message(bytes) => decode_request(bytes).map_err(|_| PROTOCOL)?,
                Received::Closed => return Ok(DONE),
                Received::Nothing => continue,
                Received::TooLong => return Err(PROTOCOL),
            };
            if matches!(request, Request::Unlock(_)) {
                buffer.zeroize();
            }
            self.phase = self.phase.after_request(&request).map_err(|_| PROTOCOL)?;
            self.answer(request)?;
        }
    }

    fn answer(&mut self, request: Request) -> Result<(), End> {
        match request {
            Request::Open(_) => Err(PROTOCOL),
            Request::Unlock(password) => self.open(Some(password)),
            Request::Paint {
                id,
                tile,
                slot,
                early,
            } => self.paint(id, (tile, early), slot),
            Request::Pages { id, first, count } => self.queue(id, Job::Pages(id, first, count)),
            Request::Info { id } => self.queue(id, Job::Info(id)),
            Request::Text { id, page } => {
                self.check_page(page)?;
                self.queue(id, Job::Text(id, page))
            }
            Request::Outline { id } => self.queue(id, Job::Outline(id)),
            Request::Links { id, page } => {
                self.check_page(page)?;
                self.queue(id, Job::Links(id, page))
            }
            Request::Search { id, page, query } => {
                self.check_page(page)?;
                self.queue(id, Job::Search(id, page, query))
            }
            Request::Frames { id, page } => {
                self.check_page(page)?;
                self.queue(id, Job::Frames(id, page))
            }
            Request::Credit { id, parts } => {
                self.shared.credit(id, parts);
                Ok(())
            }
            Request::Cancel { id } => {
                self.shared.cancel(id);
                Ok(())
            }
            Request::Attachments { id } => self.queue(id, Job::Attachments(id)),
            Request::Extract {
                id,
                attachment,
                offset,
                slot,
            } => {
                let memory = self.shared.take_slot(slot).ok_or(PROTOCOL)?;
                self.queue(id, Job::Extract(id, attachment, offset, memory, slot))
            }
            Request::Layers { id } => self.queue(id, Job::Layers(id)),
            Request::ShowLayers { id, shown } => self.queue(id, Job::ShowLayers(id, shown)),
            Request::Signatures { id } => self.queue(id, Job::Signatures(id)),
            Request::Wishes { id } => self.queue(id, Job::Wishes(id)),
            Request::Notes { id } => self.queue(id, Job::Notes(id)),
            Request::Images { id, page } => {
                self.check_page(page)?;
                self.queue(id, Job::Images(id, page))
            }
            Request::Sound { id, stretch, slot } => self.sound(id, stretch, slot),
            Request::Waveform { id, buckets } => self.queue(id, Job::Waveform(id, buckets)),
            Request::Chapters { id } => self.queue(id, Job::Chapters(id)),
            Request::Font { font, place } => {
                let asked = self.shared.fonts.answer(font, place);
                asked.then_some(()).ok_or(PROTOCOL)
            }
        }
    }

    fn paint(&mut self, id: RequestId, (tile, early): (Tile, bool), slot: u8) -> Result<(), End> {
        self.check_page(tile.page())?;
        let bytes = tile.size().bytes();
        if bytes > self.slot_bytes {
            return Err(PROTOCOL);
        }
        // A slot that is out is being drawn into, and two painters never share one.
        let mut memory = self.shared.take_slot(slot).ok_or(PROTOCOL)?;
        let (ready, coming) = Coming::new();
        self.queue(id, Job::Paint(id, tile, early, coming, slot))?;
        let touched = self.touched.entry(slot).or_default();
        if let Some(new) = memory.bytes_mut().get_mut(*touched..bytes) {
            surface::touch(new);
            *touched = bytes;
        }
        ready.send(memory).map_err(|_| PROTOCOL)
    }

    /// The broker has been told what a frame takes.
    fn sound(&self, id: RequestId, stretch: Stretch, slot: u8) -> Result<(), End> {
        let sound = self.sound.ok_or(PROTOCOL)?;
        let slot_bytes = u32::try_from(self.slot_bytes).unwrap_or(u32::MAX);
        if stretch.frames() > sound.frames_in(slot_bytes) {
            return Err(PROTOCOL);
        }
        let memory = self.shared.take_slot(slot).ok_or(PROTOCOL)?;
        self.queue(id, Job::Sound(id, stretch, memory, slot))
    }

    /// The broker has been told how many pages there are.
    fn check_page(&self, page: PageIndex) -> Result<(), End> {
        if page.get() < self.pages {
            Ok(())
        } else {
            Err(PROTOCOL)
        }
    }

    /// Notes a request, which will be answered once, and gives it to a worker.
    fn queue(&self, id: RequestId, job: Job) -> Result<(), End> {
        if !self.shared.requests().begin(id) {
            return Err(PROTOCOL);
        }
        self.shared.jobs.push(job);
        Ok(())
    }

    /// Parses on a worker, which has the larger stack, and says how it went.
    fn open(&mut self, password: Option<Secret>) -> Result<(), End> {
        let memory = Arc::clone(&self.memory);
        self.shared.jobs.push(Job::Open(memory, password));
        let opened = self.shared.opened.pop();
        let event = self.opened(opened)?;
        self.say(&event)
    }

    fn opened(&mut self, opened: Opened) -> Result<Event, End> {
        Ok(match opened {
            Ok(()) => {
                let document = self.shared.document.get();
                let summary = document.ok_or(End(RendererExit::Panic))?.summary();
                self.pages = summary.pages;
                self.sound = summary.sound;
                Event::Opened(summary)
            }
            Err(Refusal::Password { wrong }) => Event::PasswordNeeded { wrong },
            Err(Refusal::Failed(failure)) => Event::Refused(failure),
        })
    }

    fn say(&mut self, event: &Event) -> Result<(), End> {
        self.phase = self.phase.after_event(event).map_err(|_| PROTOCOL)?;
        send(self.shared.channel, event)
    }
}
