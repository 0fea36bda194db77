//! What may be said now: phases, numbers of requests, slots and credit.
//!
//! Trust: events come from a renderer that may be hostile. This module has no
//! I/O and no clock, so that any sequence of events can be tried on it: none
//! panics, none makes it grow, and what does not fit ends the session.
//! `requests` makes what is said, `events` checks what is answered.

mod events;
mod requests;
#[cfg(test)]
mod tests;

use ipc::{
    Claim, Failure, FontId, FontWanted, Items, Phase, ProtocolError, Request, RequestId, Sound,
    Summary, Text,
};
use std::collections::HashMap;

/// One session's state of the protocol.
#[derive(Debug)]
pub struct Dispatch {
    phase: Phase,
    next: u32,
    waiting: HashMap<RequestId, Waiting>,
    free_slots: Vec<u8>,
    slot_bytes: u32,
    pages: u32,
    sound: Option<Sound>,
    /// Fonts that were asked for.
    fonts: u32,
}

/// A request that has not been answered.
#[derive(Debug)]
struct Waiting {
    answer: Answer,
    cancelled: bool,
}

#[derive(Debug)]
enum Answer {
    Tile {
        slot: u8,
        early: bool,
    },
    Copy {
        slot: u8,
    },
    Sound {
        slot: u8,
        /// The most frames that may come.
        most: u32,
    },
    List {
        kind: ListKind,
        due: u32,
        credit: u16,
        most: u32,
    },
}

/// Lists that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// Sizes and labels of pages.
    Pages,
    /// What the document says about itself.
    Info,
    /// Words of a page.
    Text,
    /// The outline.
    Outline,
    /// Links of a page.
    Links,
    /// What was found on a page.
    Matches,
    /// How long the frames of a page are shown.
    Frames,
    /// Attached files.
    Attachments,
    /// Layers.
    Layers,
    /// Signatures.
    Signatures,
    /// What the document wants to be done.
    Wishes,
    /// Pictures on a page.
    Images,
    /// Peaks of a sound.
    Peaks,
    /// Chapters of a sound.
    Chapters,
    /// Notes on the pages.
    Notes,
}

/// What an event means, after it has been checked.
#[derive(Debug, PartialEq)]
pub enum Meaning {
    /// The renderer says that it is confined.
    Confined(Claim),
    /// The last wall is up.
    Locked,
    /// The document is open.
    Opened(Summary),
    /// It needs a password.
    PasswordNeeded {
        /// Whether one was tried.
        wrong: bool,
    },
    /// It cannot be opened.
    Refused(Failure),
    /// A tile is in its slot, which is leased until [`Dispatch::release`].
    Painted {
        /// The request.
        id: RequestId,
        /// The slot.
        slot: u8,
        /// Whether that is all of the tile; it is unless it was asked for early.
        whole: bool,
    },
    /// A piece of an attachment is in its slot, which is leased until
    /// [`Dispatch::release`].
    Copied {
        /// The request.
        id: RequestId,
        /// The slot.
        slot: u8,
        /// Bytes of the piece, at most those of a slot.
        bytes: u32,
        /// Whether the attachment ends there.
        last: bool,
    },
    /// A stretch of sound is in its slot, which is leased until
    /// [`Dispatch::release`].
    Sound {
        /// The request.
        id: RequestId,
        /// The slot.
        slot: u8,
        /// Frames of it, at most those that were asked for.
        frames: u32,
        /// Whether the sound ends there.
        last: bool,
        /// How many things a listener should know were met by now.
        met: u8,
    },
    /// The renderer needs a font, and waits for [`Dispatch::font`].
    FontWanted {
        /// Its number.
        font: FontId,
        /// What it should be like.
        wanted: FontWanted,
    },
    /// A part of a list.
    Items {
        /// The request.
        id: RequestId,
        /// What came.
        items: Items,
        /// Whether the list ends here.
        last: bool,
        /// Whether it ends because it may not be longer. Nobody asks the renderer:
        /// a list that fills its limit is taken for one that goes on.
        cut: bool,
    },
    /// A request cannot be answered.
    Failed {
        /// The request.
        id: RequestId,
        /// Why.
        failure: Failure,
    },
    /// The renderer has a defect and ends.
    Panicked {
        /// Where.
        place: Text,
        /// What it said.
        message: Text,
    },
    /// The answer to a request that was cancelled.
    Dropped,
}

impl Dispatch {
    /// A session with a renderer that has just been started.
    #[must_use]
    pub fn new(slots: u8) -> Self {
        Self {
            phase: Phase::Starting,
            next: 0,
            waiting: HashMap::new(),
            free_slots: (0..slots).rev().collect(),
            slot_bytes: 0,
            pages: 0,
            sound: None,
            fonts: 0,
        }
    }

    /// How far the session is.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Requests that have not been answered.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.waiting.len()
    }

    /// Slots that a tile could be asked into.
    #[must_use]
    pub fn free_slots(&self) -> usize {
        self.free_slots.len()
    }
    /// The message that nobody waits for an answer any more; `None` when it has
    /// come already.
    pub fn cancel(&mut self, id: RequestId) -> Option<Request> {
        let waiting = self.waiting.get_mut(&id)?;
        if std::mem::replace(&mut waiting.cancelled, true) {
            return None;
        }
        self.say(Request::Cancel { id }).ok()
    }

    /// A slot has been read and can be drawn into again.
    pub fn release(&mut self, slot: u8) {
        debug_assert!(
            !self.free_slots.contains(&slot),
            "slot {slot} was not leased"
        );
        self.free_slots.push(slot);
    }

    fn say(&mut self, request: Request) -> Result<Request, ProtocolError> {
        self.phase = self.phase.after_request(&request)?;
        Ok(request)
    }

    fn number(&mut self) -> RequestId {
        let id = RequestId(self.next);
        // Four thousand million requests are more than a session lives for, and
        // a number that is still waiting would be refused by the renderer.
        self.next = self.next.wrapping_add(1);
        id
    }

    fn wait(&mut self, id: RequestId, answer: Answer) {
        let waiting = Waiting {
            answer,
            cancelled: false,
        };
        self.waiting.insert(id, waiting);
    }
}
