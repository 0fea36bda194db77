//! A renderer with its document: asking, and waiting for answers.
//!
//! One thread drives a session. It never waits in a send, so a renderer that
//! does not read cannot hold it; and it waits for answers no longer than the
//! deadline, so one that does not answer cannot either.

mod extract;
mod lists;
mod outgoing;
mod sound;
mod talk;

use super::dispatch::{Dispatch, Meaning};
use super::error::{BrokerError, RendererEnd};
use super::fonts::Fonts;
use super::limits::CONFINE;
use super::renderer::{Renderer, Standing};
use super::source::Source;
use capmode::{ProcessDescriptor, Sent, SharedMemory};
use ipc::codec::encode_request;
use ipc::{Failure, Items, Open, ProtocolError, RequestId, Secret, Summary, Tile};
use outgoing::Outgoing;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use talk::{Deadline, is_gone, violation};

pub use sound::SoundPiece;

/// An open document in its renderer.
pub struct Session {
    renderer: Renderer,
    dispatch: Dispatch,
    pixels: SharedMemory,
    fonts: Fonts,
    source: Source,
    standing: Option<Standing>,
    outgoing: Outgoing,
    deadline: Deadline,
    interrupted: Arc<AtomicBool>,
    cut: bool,
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
    /// A stretch of sound is there. It must be read, which gives the slot back.
    Sound(Ticket, SoundPiece),
    /// A part of a list.
    Items(Ticket, Items, bool),
    /// It cannot be answered.
    Failed(Ticket, Failure),
}

/// A tile that waits to be read.
#[derive(Debug)]
pub struct PaintedTile {
    slot: u8,
    whole: bool,
}

impl PaintedTile {
    /// Whether it is all of the tile; it is, unless it was asked for early.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }
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
            outgoing: Outgoing::default(),
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

    /// Asks for what there is of a tile after a moment, where it takes long; `None` as
    /// for [`Self::paint`]. It can be asked for again.
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn paint_early(&mut self, tile: Tile) -> Result<Option<Ticket>, BrokerError> {
        let asked = self.dispatch.paint_early(tile).map_err(violation)?;
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

    /// What says that the user has stopped it, for work that outlives the session.
    #[must_use]
    pub fn interruption(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.interrupted)
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
            Meaning::Painted { id, slot, whole } => Ok(Some(Reply::Painted(
                Ticket(id),
                PaintedTile { slot, whole },
            ))),
            Meaning::Copied {
                id,
                slot,
                bytes,
                last,
            } => Ok(Some(Reply::Copied(
                Ticket(id),
                CopiedPiece { slot, bytes, last },
            ))),
            Meaning::Sound {
                id,
                slot,
                frames,
                last,
                met,
            } => Ok(Some(Reply::Sound(
                Ticket(id),
                SoundPiece::new(slot, (frames, last), met),
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

    /// Reads the first bytes of a tile's slot, and gives the slot back.
    ///
    /// # Errors
    ///
    /// The `errno` of reading.
    pub fn read(&mut self, tile: PaintedTile, out: &mut [u8]) -> Result<(), BrokerError> {
        let read = self.read_part(&tile, 0, out);
        self.release(tile);
        read
    }

    /// Reads bytes of a tile's slot from `offset` on. The slot is given back by
    /// [`Self::release`].
    ///
    /// # Errors
    ///
    /// The `errno` of reading; [`std::io::ErrorKind::InvalidInput`] beyond the slot.
    pub fn read_part(
        &self,
        tile: &PaintedTile,
        offset: usize,
        out: &mut [u8],
    ) -> Result<(), BrokerError> {
        let slot_bytes = u64::from(self.renderer.limits.slot_bytes());
        let (offset, length) = (offset as u64, out.len() as u64);
        if offset.saturating_add(length) > slot_bytes {
            return Err(std::io::Error::from(std::io::ErrorKind::InvalidInput).into());
        }
        let start = u64::from(tile.slot) * slot_bytes;
        Ok(self.pixels.read_at(start + offset, out)?)
    }

    fn read_slot(&mut self, slot: u8, out: &mut [u8]) -> Result<(), BrokerError> {
        self.read(PaintedTile { slot, whole: true }, out)
    }

    /// Gives the slot of a tile back.
    pub fn release(&mut self, tile: PaintedTile) {
        self.dispatch.release(tile.slot);
    }

    /// Reads a piece of an attachment, and gives the slot back.
    ///
    /// # Errors
    ///
    /// The `errno` of reading.
    pub fn read_piece(&mut self, piece: &CopiedPiece) -> Result<Vec<u8>, BrokerError> {
        let mut bytes = vec![0; piece.bytes as usize];
        self.read_slot(piece.slot, &mut bytes)?;
        Ok(bytes)
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
}
