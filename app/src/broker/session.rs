//! A renderer with its document: asking, and waiting for answers.
//!
//! One thread drives a session. It never waits in a send, so a renderer that
//! does not read cannot hold it; and it waits for answers no longer than the
//! deadline, so one that does not answer cannot either.

use super::dispatch::{Dispatch, Meaning};
use super::error::{BrokerError, RendererEnd};
use super::fonts::Fonts;
use super::limits::CONFINE;
use super::renderer::{Renderer, Standing};
use super::source::Source;
use capmode::{ProcessDescriptor, Received, Sent, SharedMemory};
use ipc::codec::{Encoded, decode_event, encode_request};
use ipc::limits::MAX_MESSAGE_BYTES;
use ipc::{
    Failure, Frames, InfoField, Items, Link, Match, Open, OutlineEntry, PageEntry, PageIndex,
    ProtocolError, Query, Request, RequestId, Secret, Summary, TextRun, Tile,
};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long a renderer that has stopped talking may take to be gone.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Longest wait between two looks at whether the user has interrupted: a signal
/// may come just before the wait, or to another thread.
const LOOK: Duration = Duration::from_millis(100);

/// An open document in its renderer.
pub struct Session {
    renderer: Renderer,
    pub(super) dispatch: Dispatch,
    pixels: SharedMemory,
    fonts: Fonts,
    source: Source,
    standing: Option<Standing>,
    outgoing: VecDeque<Encoded>,
    deadline: Deadline,
    interrupted: Arc<AtomicBool>,
    cut: bool,
}

/// When an answer is due, and how long it may take in all; the first is `None`
/// when it may take for ever.
#[derive(Debug, Clone, Copy)]
struct Deadline {
    due: Option<Instant>,
    limit: Duration,
}

impl Deadline {
    fn after(limit: Option<Duration>) -> Self {
        Self {
            due: limit.and_then(|limit| Instant::now().checked_add(limit)),
            limit: limit.unwrap_or_default(),
        }
    }

    fn left(self) -> Option<Duration> {
        let now = Instant::now();
        self.due.map(|due| due.saturating_duration_since(now))
    }
}

/// A request that will be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket(RequestId);

/// An answer to a request.
#[derive(Debug)]
pub enum Reply {
    /// The tile is drawn. It must be read, which gives the slot back.
    Painted(Ticket, PaintedTile),
    /// A piece of an attachment is there. It must be read, which gives the slot
    /// back.
    Copied(Ticket, CopiedPiece),
    /// A part of a list.
    Items(Ticket, Items, bool),
    /// It cannot be answered.
    Failed(Ticket, Failure),
}

/// A tile that waits to be read.
#[derive(Debug)]
pub struct PaintedTile {
    slot: u8,
}

/// A piece of an attachment that waits to be read.
#[derive(Debug)]
pub struct CopiedPiece {
    slot: u8,
    /// Bytes of the piece.
    pub bytes: u32,
    /// Whether the attachment ends there.
    pub last: bool,
}

impl Session {
    /// Gives a document to a renderer, and waits until it is open or says that
    /// it needs a password ([`BrokerError::Password`], then [`Self::unlock`]).
    ///
    /// # Errors
    ///
    /// [`BrokerError`]; the renderer is gone unless it is about a password.
    pub fn new(
        renderer: Renderer,
        source: Source,
        interrupted: Arc<AtomicBool>,
    ) -> Result<Self, BrokerError> {
        let limits = renderer.limits;
        let bytes = u64::from(limits.slots()) * u64::from(limits.slot_bytes());
        Ok(Self {
            dispatch: Dispatch::new(limits.slots()),
            pixels: SharedMemory::create(bytes)?,
            fonts: Fonts::new()?,
            renderer,
            source,
            standing: None,
            outgoing: VecDeque::new(),
            deadline: Deadline::after(Some(CONFINE)),
            interrupted,
            cut: false,
        })
    }

    /// Waits until the renderer is confined, looks at it, and gives it the
    /// document.
    ///
    /// # Errors
    ///
    /// [`BrokerError`]. After [`BrokerError::Password`], try [`Self::unlock`].
    pub fn open(&mut self) -> Result<Summary, BrokerError> {
        let Meaning::Confined(claim) = self.next()? else {
            return Err(self.fail(RendererEnd::BadMessage(ProtocolError::Claim)));
        };
        let mut standing = self.renderer.judge(claim)?;
        self.give_document()?;
        self.set_deadline();
        match self.next()? {
            Meaning::Locked => {}
            Meaning::Refused(failure) => return Err(BrokerError::Failure(failure)),
            other => return Err(self.unexpected(&other)),
        }
        self.pixels.seal_mappings()?;
        self.renderer.check_locked(&mut standing)?;
        self.standing = Some(standing);
        self.opened()
    }

    /// Tries a password.
    ///
    /// # Errors
    ///
    /// [`BrokerError::Password`] when it is wrong; otherwise [`BrokerError`].
    pub fn unlock(&mut self, password: Secret) -> Result<Summary, BrokerError> {
        let request = self.dispatch.unlock(password).map_err(violation)?;
        self.set_deadline();
        self.say(&request)?;
        self.opened()
    }

    /// How the renderer stands, once it has been looked at.
    #[must_use]
    pub fn standing(&self) -> Option<&Standing> {
        self.standing.as_ref()
    }

    /// Asks for a tile; `None` when every slot is in use.
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn paint(&mut self, tile: Tile) -> Result<Option<Ticket>, BrokerError> {
        let asked = self.dispatch.paint(tile).map_err(violation)?;
        self.ask(asked)
    }

    /// Requests that have not been answered.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.dispatch.in_flight()
    }

    /// Waits for the next answer.
    ///
    /// # Errors
    ///
    /// [`BrokerError`]: the renderer is gone.
    pub fn wait(&mut self) -> Result<Reply, BrokerError> {
        self.set_deadline();
        self.reply()
    }

    /// Waits for the next answer, or until `wake` can be read, or until an answer
    /// comes that nobody wants any more: that makes room to ask (`None`). While
    /// nothing is asked it waits for ever: a renderer that ends is noticed at once.
    /// The deadline is for the oldest question since the last answer.
    ///
    /// # Errors
    ///
    /// [`BrokerError`]: the renderer is gone.
    pub fn wait_or_wake(&mut self, wake: BorrowedFd<'_>) -> Result<Option<Reply>, BrokerError> {
        if self.in_flight() == 0 {
            self.deadline = Deadline::after(None);
        }
        let Some(meaning) = self.next_or_wake(Some(wake))? else {
            return Ok(None);
        };
        // Parts that drip in do not move the deadline of their list.
        if !matches!(meaning, Meaning::Items { last: false, .. }) {
            self.set_deadline();
        }
        self.as_reply(meaning)
    }

    /// Whether the user has stopped it, for loops that wait for something else.
    ///
    /// # Errors
    ///
    /// [`BrokerError::Interrupted`].
    pub fn check_interrupted(&self) -> Result<(), BrokerError> {
        match self.interrupted.load(Ordering::Relaxed) {
            true => Err(BrokerError::Interrupted),
            false => Ok(()),
        }
    }

    fn reply(&mut self) -> Result<Reply, BrokerError> {
        loop {
            let meaning = self.next()?;
            if let Some(reply) = self.as_reply(meaning)? {
                return Ok(reply);
            }
        }
    }

    /// `None` for an answer that nobody waits for any more.
    fn as_reply(&mut self, meaning: Meaning) -> Result<Option<Reply>, BrokerError> {
        match meaning {
            Meaning::Painted { id, slot } => {
                Ok(Some(Reply::Painted(Ticket(id), PaintedTile { slot })))
            }
            Meaning::Copied {
                id,
                slot,
                bytes,
                last,
            } => Ok(Some(Reply::Copied(
                Ticket(id),
                CopiedPiece { slot, bytes, last },
            ))),
            Meaning::Items {
                id,
                items,
                last,
                cut,
            } => {
                self.cut = cut;
                Ok(Some(Reply::Items(Ticket(id), items, last)))
            }
            Meaning::Failed { id, failure } => Ok(Some(Reply::Failed(Ticket(id), failure))),
            Meaning::Dropped => Ok(None),
            other => Err(self.unexpected(&other)),
        }
    }

    /// Nobody waits for this any more; its answer is not told.
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn cancel(&mut self, ticket: Ticket) -> Result<(), BrokerError> {
        match self.dispatch.cancel(ticket.0) {
            Some(request) => self.say(&request),
            None => Ok(()),
        }
    }

    /// Whether the list that came last ends at a limit on lists, not at its own end.
    #[must_use]
    pub fn was_cut(&self) -> bool {
        self.cut
    }

    /// The process, for looking at from outside.
    #[must_use]
    pub fn process(&self) -> &ProcessDescriptor {
        &self.renderer.process
    }

    /// Asks for sizes and labels of pages, which come as [`Reply::Items`].
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn ask_pages(
        &mut self,
        first: PageIndex,
        count: u32,
    ) -> Result<Option<Ticket>, BrokerError> {
        let asked = self.dispatch.pages(first, count).map_err(violation)?;
        self.ask(asked)
    }

    /// Asks what the document says about itself; it comes as [`Reply::Items`].
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn ask_info(&mut self) -> Result<Option<Ticket>, BrokerError> {
        let asked = self.dispatch.info().map_err(violation)?;
        self.ask(asked)
    }

    /// Reads the first bytes of a tile's slot, and gives the slot back.
    ///
    /// # Errors
    ///
    /// The `errno` of reading.
    pub fn read(&mut self, tile: PaintedTile, out: &mut [u8]) -> Result<(), BrokerError> {
        let slot_bytes = u64::from(self.renderer.limits.slot_bytes());
        let read = self.pixels.read_at(u64::from(tile.slot) * slot_bytes, out);
        self.dispatch.release(tile.slot);
        Ok(read?)
    }

    /// Reads a piece of an attachment, and gives the slot back.
    ///
    /// # Errors
    ///
    /// The `errno` of reading.
    pub fn read_piece(&mut self, piece: &CopiedPiece) -> Result<Vec<u8>, BrokerError> {
        let mut bytes = vec![0; piece.bytes as usize];
        self.read(PaintedTile { slot: piece.slot }, &mut bytes)?;
        Ok(bytes)
    }

    /// Sizes and labels of pages.
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn pages(&mut self, first: PageIndex, count: u32) -> Result<Vec<PageEntry>, BrokerError> {
        let asked = self.dispatch.pages(first, count).map_err(violation)?;
        let pages = self.collect(asked, |items| match items {
            Items::Pages(pages) => Some(pages),
            _ => None,
        })?;
        if pages.len() as u64 == u64::from(self.dispatch.pages_from(first).min(count)) {
            return Ok(pages);
        }
        let fewer = ProtocolError::Malformed("fewer pages than were asked for");
        Err(self.fail(RendererEnd::BadMessage(fewer)))
    }

    /// What the document says about itself.
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn info(&mut self) -> Result<Vec<InfoField>, BrokerError> {
        let asked = self.dispatch.info().map_err(violation)?;
        self.collect(asked, |items| match items {
            Items::Info(fields) => Some(fields),
            _ => None,
        })
    }

    /// The words of a page.
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn text(&mut self, page: PageIndex) -> Result<Vec<TextRun>, BrokerError> {
        let asked = self.dispatch.text(page).map_err(violation)?;
        self.collect(asked, |items| match items {
            Items::Text(runs) => Some(runs),
            _ => None,
        })
    }

    /// The outline; empty where there is none.
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn outline(&mut self) -> Result<Vec<OutlineEntry>, BrokerError> {
        let asked = self.dispatch.outline().map_err(violation)?;
        self.collect(asked, |items| match items {
            Items::Outline(entries) => Some(entries),
            _ => None,
        })
    }

    /// The links of a page.
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn links(&mut self, page: PageIndex) -> Result<Vec<Link>, BrokerError> {
        let asked = self.dispatch.links(page).map_err(violation)?;
        self.collect(asked, |items| match items {
            Items::Links(links) => Some(links),
            _ => None,
        })
    }

    /// What is found on a page.
    ///
    /// # Errors
    ///
    /// [`BrokerError`]; [`BrokerError::Failure`] for an expression that is none.
    pub fn search(&mut self, page: PageIndex, query: Query) -> Result<Vec<Match>, BrokerError> {
        let asked = self.dispatch.search(page, query).map_err(violation)?;
        self.collect(asked, |items| match items {
            Items::Matches(matches) => Some(matches),
            _ => None,
        })
    }

    /// How long the frames of a page are shown; none where it does not move.
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn frames(&mut self, page: PageIndex) -> Result<Frames, BrokerError> {
        let asked = self.dispatch.frames(page).map_err(violation)?;
        let mut plays = 0;
        let durations_ms = self.collect(asked, |items| match items {
            Items::Frames(frames) => {
                plays = frames.plays;
                Some(frames.durations_ms)
            }
            _ => None,
        })?;
        Ok(Frames {
            plays,
            durations_ms,
        })
    }

    /// Asks how long the frames of a page are shown, which comes as
    /// [`Reply::Items`].
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn ask_frames(&mut self, page: PageIndex) -> Result<Option<Ticket>, BrokerError> {
        let asked = self.dispatch.frames(page).map_err(violation)?;
        self.ask(asked)
    }

    /// Asks for the outline, which comes as [`Reply::Items`].
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn ask_outline(&mut self) -> Result<Option<Ticket>, BrokerError> {
        let asked = self.dispatch.outline().map_err(violation)?;
        self.ask(asked)
    }

    /// Asks for the links of a page, which come as [`Reply::Items`].
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn ask_links(&mut self, page: PageIndex) -> Result<Option<Ticket>, BrokerError> {
        let asked = self.dispatch.links(page).map_err(violation)?;
        self.ask(asked)
    }

    /// Asks for the words of a page, which come as [`Reply::Items`].
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn ask_text(&mut self, page: PageIndex) -> Result<Option<Ticket>, BrokerError> {
        let asked = self.dispatch.text(page).map_err(violation)?;
        self.ask(asked)
    }

    /// Searches a page; what is found comes as [`Reply::Items`].
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn ask_search(
        &mut self,
        page: PageIndex,
        query: Query,
    ) -> Result<Option<Ticket>, BrokerError> {
        let asked = self.dispatch.search(page, query).map_err(violation)?;
        self.ask(asked)
    }

    /// Waits for all parts of the only request that is in flight. The deadline is
    /// for the whole list: parts that drip in do not move it.
    pub(super) fn collect<T>(
        &mut self,
        asked: Option<(RequestId, Request)>,
        mut pick: impl FnMut(Items) -> Option<Vec<T>>,
    ) -> Result<Vec<T>, BrokerError> {
        self.set_deadline();
        self.ask(asked)?;
        let mut list = Vec::new();
        loop {
            match self.reply()? {
                Reply::Items(_, items, last) => {
                    list.extend(pick(items).unwrap_or_default());
                    if last {
                        return Ok(list);
                    }
                }
                Reply::Failed(_, failure) => return Err(BrokerError::Failure(failure)),
                Reply::Painted(_, tile) => self.dispatch.release(tile.slot),
                Reply::Copied(_, piece) => self.dispatch.release(piece.slot),
            }
        }
    }

    pub(super) fn ask(
        &mut self,
        asked: Option<(RequestId, Request)>,
    ) -> Result<Option<Ticket>, BrokerError> {
        let Some((id, request)) = asked else {
            return Ok(None);
        };
        if self.in_flight() == 1 {
            self.set_deadline();
        }
        self.say(&request)?;
        Ok(Some(Ticket(id)))
    }

    fn give_document(&mut self) -> Result<(), BrokerError> {
        let limits = self.renderer.limits;
        let open = Open {
            source: self.source.kind(),
            document_bytes: self.source.bytes(),
            slots: limits.slots(),
            slot_bytes: limits.slot_bytes(),
            workers: limits.workers,
        };
        let request = self.dispatch.open(open).map_err(violation)?;
        let message = encode_request(&request).map_err(violation)?;
        let (document, pixels) = (self.source.for_renderer()?, self.pixels.for_renderer()?);
        let fonts = self.fonts.for_renderer()?;
        let descriptors = [document.as_fd(), pixels.as_fd(), fonts.as_fd()];
        match self
            .renderer
            .channel
            .send_with(message.bytes(), &descriptors)
        {
            Ok(Sent::Done) => Ok(()),
            Ok(Sent::Full) => Err(self.fail(RendererEnd::Hung(Duration::ZERO))),
            // Its last words are still to be received.
            Err(error) if is_gone(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn opened(&mut self) -> Result<Summary, BrokerError> {
        match self.next()? {
            Meaning::Opened(summary) => Ok(summary),
            Meaning::PasswordNeeded { wrong } => Err(BrokerError::Password { wrong }),
            Meaning::Refused(failure) => Err(BrokerError::Failure(failure)),
            other => Err(self.unexpected(&other)),
        }
    }

    fn set_deadline(&mut self) {
        self.deadline = Deadline::after(self.renderer.limits.answer);
    }

    fn say(&mut self, request: &Request) -> Result<(), BrokerError> {
        let message = encode_request(request).map_err(violation)?;
        self.outgoing.push_back(message);
        self.flush()
    }

    /// Sends what can be sent without waiting. What waits here is bounded: no
    /// more is asked than may be in flight, and credit is given once for many parts.
    fn flush(&mut self) -> Result<(), BrokerError> {
        while let Some(message) = self.outgoing.front() {
            match self.renderer.channel.try_send(message.bytes()) {
                Ok(Sent::Done) => drop(self.outgoing.pop_front()),
                Ok(Sent::Full) => return Ok(()),
                // Its last words are still to be received.
                Err(error) if is_gone(&error) => self.outgoing.clear(),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Waits for the next event and checks it.
    fn next(&mut self) -> Result<Meaning, BrokerError> {
        loop {
            if let Some(meaning) = self.next_or_wake(None)? {
                return Ok(meaning);
            }
        }
    }

    /// The same, or `None` as soon as `wake` can be read.
    fn next_or_wake(
        &mut self,
        wake: Option<BorrowedFd<'_>>,
    ) -> Result<Option<Meaning>, BrokerError> {
        let mut buffer = [0; MAX_MESSAGE_BYTES + 1];
        loop {
            self.flush()?;
            let received = self.renderer.channel.try_receive(&mut buffer);
            let event = match received {
                Ok(Received::Message(bytes)) => decode_event(bytes),
                Ok(Received::TooLong) => Err(ProtocolError::TooLong),
                Ok(Received::Nothing) => {
                    if self.sleep(wake)? {
                        return Ok(None);
                    }
                    continue;
                }
                Ok(Received::Closed) | Err(_) => return Err(self.ended()),
            };
            let checked = event.and_then(|event| self.dispatch.event(event));
            let (meaning, more) =
                checked.map_err(|error| self.fail(RendererEnd::BadMessage(error)))?;
            if let Some(request) = more {
                self.say(&request)?;
            }
            match meaning {
                Meaning::Panicked { place, message } => {
                    return Err(self.fail(RendererEnd::Panic { place, message }));
                }
                Meaning::FontWanted { font, wanted } => {
                    let place = self.fonts.give(&wanted);
                    let request = self.dispatch.font(font, place).map_err(violation)?;
                    self.say(&request)?;
                }
                meaning => return Ok(Some(meaning)),
            }
        }
    }

    /// Waits until there is something to receive, or room to send, or no time
    /// left; tells whether `wake` can be read.
    fn sleep(&mut self, wake: Option<BorrowedFd<'_>>) -> Result<bool, BrokerError> {
        self.check_interrupted()?;
        let left = self.deadline.left();
        if left == Some(Duration::ZERO) {
            return Err(self.fail(RendererEnd::Hung(self.deadline.limit)));
        }
        let mut events = PollFlags::POLLIN;
        if !self.outgoing.is_empty() {
            events |= PollFlags::POLLOUT;
        }
        let mut wanted = vec![PollFd::new(self.renderer.channel.as_fd(), events)];
        // Who can be woken need not look, and sleeps as long as it may.
        let longest = match wake {
            Some(wake) => {
                wanted.push(PollFd::new(wake, PollFlags::POLLIN));
                left.map_or(PollTimeout::NONE, timeout)
            }
            None => timeout(left.unwrap_or(LOOK).min(LOOK)),
        };
        match poll(&mut wanted, longest) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(std::io::Error::from(errno).into()),
        }
        Ok(wanted.get(1).is_some_and(|wake| wake.any().unwrap_or(true)))
    }

    fn unexpected(&self, meaning: &Meaning) -> BrokerError {
        debug_assert!(false, "the phase table permits {meaning:?} here");
        self.fail(RendererEnd::BadMessage(ProtocolError::Claim))
    }

    /// The one place where a renderer that failed is given up.
    fn fail(&self, end: RendererEnd) -> BrokerError {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.renderer.process.kill();
        BrokerError::Ended(end)
    }

    /// The renderer has closed its channel: says why.
    fn ended(&self) -> BrokerError {
        let exit = self.renderer.process.wait(LAST_WORDS);
        match exit {
            Ok(Some(exit)) => BrokerError::Ended(RendererEnd::from_exit(exit)),
            Ok(None) => self.fail(RendererEnd::Hung(LAST_WORDS)),
            Err(error) => error.into(),
        }
    }
}

/// What the broker's own side refuses is a defect of ours, told as such.
pub(super) fn violation(error: ProtocolError) -> BrokerError {
    BrokerError::Io(std::io::Error::other(error))
}

/// Whether sending failed because nobody is there to receive.
fn is_gone(error: &std::io::Error) -> bool {
    let gone = [Errno::EPIPE, Errno::ECONNRESET].map(|errno| errno as i32);
    error
        .raw_os_error()
        .is_some_and(|errno| gone.contains(&errno))
}

/// Rounded up to whole milliseconds, so that the last wait does not spin.
fn timeout(left: Duration) -> PollTimeout {
    let millis = left.as_micros().div_ceil(1000);
    PollTimeout::try_from(millis).unwrap_or(PollTimeout::MAX)
}
