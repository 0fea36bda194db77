//! What may be said now: phases, numbers of requests, slots and credit.
//!
//! Trust: events come from a renderer that may be hostile. This module has no
//! I/O and no clock, so that any sequence of events can be tried on it: none
//! panics, none makes it grow, and what does not fit ends the session.

use ipc::limits::{
    CREDIT_WINDOW, MAX_ATTACHMENTS, MAX_FONTS, MAX_FRAMES, MAX_IN_FLIGHT, MAX_LAYERS, MAX_LINKS,
    MAX_MATCHES, MAX_OUTLINE_ENTRIES, MAX_PAGE_IMAGES, MAX_PARTS, MAX_SIGNATURES, MAX_WISHES,
};
use ipc::{
    Claim, Event, Failure, FontId, FontPlace, FontWanted, Items, LayerSet, Open, PageIndex, Phase,
    ProtocolError, Query, Request, RequestId, Secret, Summary, Text, Tile,
};
use std::collections::HashMap;

/// Credit is given again when this much of it is left.
const CREDIT_LOW: u16 = CREDIT_WINDOW / 2;

/// One session's state of the protocol.
#[derive(Debug)]
pub struct Dispatch {
    phase: Phase,
    next: u32,
    waiting: HashMap<RequestId, Waiting>,
    free_slots: Vec<u8>,
    slot_bytes: u32,
    pages: u32,
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
    },
    Copy {
        slot: u8,
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

    /// The message that gives the document.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn open(&mut self, open: Open) -> Result<Request, ProtocolError> {
        self.slot_bytes = open.slot_bytes;
        self.say(Request::Open(open))
    }

    /// The message that tries a password.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn unlock(&mut self, password: Secret) -> Result<Request, ProtocolError> {
        self.say(Request::Unlock(password))
    }

    /// The message that asks for a tile; `None` when every slot is in use or
    /// too much is in flight.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn paint(&mut self, tile: Tile) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        let request = |id, slot| Request::Paint { id, tile, slot };
        self.ask_in_slot(|slot| Answer::Tile { slot }, request)
    }

    /// The message that asks for a piece of an attachment; `None` as for
    /// [`Self::paint`].
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn extract(
        &mut self,
        attachment: u32,
        offset: u64,
    ) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        let request = |id, slot| Request::Extract {
            id,
            attachment,
            offset,
            slot,
        };
        self.ask_in_slot(|slot| Answer::Copy { slot }, request)
    }

    /// Asks for something that comes in a slot.
    fn ask_in_slot(
        &mut self,
        answer: impl FnOnce(u8) -> Answer,
        request: impl FnOnce(RequestId, u8) -> Request,
    ) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        if self.waiting.len() >= MAX_IN_FLIGHT {
            return Ok(None);
        }
        let Some(slot) = self.free_slots.pop() else {
            return Ok(None);
        };
        let id = self.number();
        match self.say(request(id, slot)) {
            Ok(request) => {
                self.wait(id, answer(slot));
                Ok(Some((id, request)))
            }
            Err(error) => {
                // Said out of turn: nothing was asked, so the slot is free.
                self.free_slots.push(slot);
                Err(error)
            }
        }
    }

    /// The message that asks for sizes and labels of `count` pages.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn pages(
        &mut self,
        first: PageIndex,
        count: u32,
    ) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        let most = self.pages_from(first).min(count);
        self.list(ListKind::Pages, most, |id| Request::Pages {
            id,
            first,
            count,
        })
    }

    /// Pages of the open document from `first` on.
    #[must_use]
    pub fn pages_from(&self, first: PageIndex) -> u32 {
        self.pages.saturating_sub(first.get())
    }

    /// The message that asks what the document says about itself.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn info(&mut self) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        self.list(ListKind::Info, u32::MAX, |id| Request::Info { id })
    }

    /// The message that asks for the words of a page.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn text(&mut self, page: PageIndex) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        self.list(ListKind::Text, u32::MAX, |id| Request::Text { id, page })
    }

    /// The message that asks for the outline.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn outline(&mut self) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        let most = limit(MAX_OUTLINE_ENTRIES);
        self.list(ListKind::Outline, most, |id| Request::Outline { id })
    }

    /// The message that asks for the links of a page.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn links(
        &mut self,
        page: PageIndex,
    ) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        let most = limit(MAX_LINKS);
        self.list(ListKind::Links, most, |id| Request::Links { id, page })
    }

    /// The message that searches a page.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn search(
        &mut self,
        page: PageIndex,
        query: Query,
    ) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        let most = limit(MAX_MATCHES);
        self.list(ListKind::Matches, most, |id| Request::Search {
            id,
            page,
            query,
        })
    }

    /// The message that asks how long the frames of a page are shown.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn frames(
        &mut self,
        page: PageIndex,
    ) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        self.list(ListKind::Frames, MAX_FRAMES, |id| Request::Frames {
            id,
            page,
        })
    }

    /// The message that asks for the attached files.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn attachments(&mut self) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        let most = limit(MAX_ATTACHMENTS);
        self.list(ListKind::Attachments, most, |id| Request::Attachments {
            id,
        })
    }

    /// The message that asks for the layers.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn layers(&mut self) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        let most = limit(MAX_LAYERS);
        self.list(ListKind::Layers, most, |id| Request::Layers { id })
    }

    /// The message that switches layers.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn show_layers(
        &mut self,
        shown: LayerSet,
    ) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        let most = limit(MAX_LAYERS);
        self.list(ListKind::Layers, most, |id| Request::ShowLayers {
            id,
            shown,
        })
    }

    /// The message that asks for the signatures.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn signatures(&mut self) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        let most = limit(MAX_SIGNATURES);
        self.list(ListKind::Signatures, most, |id| Request::Signatures { id })
    }

    /// The message that asks what the document wants to be done.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn wishes(&mut self) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        let most = limit(MAX_WISHES);
        self.list(ListKind::Wishes, most, |id| Request::Wishes { id })
    }

    /// The message that asks where pictures stand on a page.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn images(
        &mut self,
        page: PageIndex,
    ) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        let most = limit(MAX_PAGE_IMAGES);
        self.list(ListKind::Images, most, |id| Request::Images { id, page })
    }

    /// The answer to [`Meaning::FontWanted`].
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn font(
        &mut self,
        font: FontId,
        place: Option<FontPlace>,
    ) -> Result<Request, ProtocolError> {
        self.say(Request::Font { font, place })
    }

    fn list(
        &mut self,
        kind: ListKind,
        most: u32,
        request: impl FnOnce(RequestId) -> Request,
    ) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        if self.waiting.len() >= MAX_IN_FLIGHT {
            return Ok(None);
        }
        let id = self.number();
        let request = self.say(request(id))?;
        let answer = Answer::List {
            kind,
            due: 0,
            credit: CREDIT_WINDOW,
            most,
        };
        self.wait(id, answer);
        Ok(Some((id, request)))
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

    /// Checks an event; with its meaning comes a message that must be sent.
    ///
    /// # Errors
    ///
    /// [`ProtocolError`]: the renderer must be killed.
    pub fn event(&mut self, event: Event) -> Result<(Meaning, Option<Request>), ProtocolError> {
        self.phase = self.phase.after_event(&event)?;
        let meaning = match event {
            Event::Confined(claim) => Meaning::Confined(claim),
            Event::Locked => Meaning::Locked,
            Event::Opened(summary) => {
                self.pages = summary.pages;
                Meaning::Opened(summary)
            }
            Event::PasswordNeeded { wrong } => Meaning::PasswordNeeded { wrong },
            Event::Refused(failure) => Meaning::Refused(failure),
            Event::Painted { id } => return Ok((self.painted(id)?, None)),
            Event::Part(part) => return self.part(part),
            Event::Failed { id, failure } => return Ok((self.failed(id, failure)?, None)),
            Event::Panicked { place, message } => Meaning::Panicked { place, message },
            Event::Copied { id, bytes, last } => {
                return Ok((self.copied(id, bytes, last)?, None));
            }
            Event::FontWanted { font, wanted } => self.font_wanted(font, wanted)?,
        };
        Ok((meaning, None))
    }

    fn painted(&mut self, id: RequestId) -> Result<Meaning, ProtocolError> {
        let waiting = self.waiting.remove(&id);
        match waiting {
            Some(Waiting {
                answer: Answer::Tile { slot },
                cancelled: false,
            }) => Ok(Meaning::Painted { id, slot }),
            Some(Waiting {
                answer: Answer::Tile { slot },
                cancelled: true,
            }) => {
                self.release(slot);
                Ok(Meaning::Dropped)
            }
            _ => Err(ProtocolError::UnknownRequest(id.0)),
        }
    }

    fn copied(&mut self, id: RequestId, bytes: u32, last: bool) -> Result<Meaning, ProtocolError> {
        let Some(Waiting {
            answer: Answer::Copy { slot },
            cancelled,
        }) = self.waiting.remove(&id)
        else {
            return Err(ProtocolError::UnknownRequest(id.0));
        };
        if bytes > self.slot_bytes {
            return Err(ProtocolError::Malformed("more bytes than a slot has"));
        }
        if bytes == 0 && !last {
            return Err(ProtocolError::Malformed("an attachment without an end"));
        }
        if cancelled {
            self.release(slot);
            return Ok(Meaning::Dropped);
        }
        Ok(Meaning::Copied {
            id,
            slot,
            bytes,
            last,
        })
    }

    /// Each number once, in order, and no more than a document may want.
    fn font_wanted(&mut self, font: FontId, wanted: FontWanted) -> Result<Meaning, ProtocolError> {
        if font.0 != self.fonts || self.fonts >= MAX_FONTS {
            return Err(ProtocolError::Malformed("a font out of order or too many"));
        }
        self.fonts += 1;
        Ok(Meaning::FontWanted { font, wanted })
    }

    fn failed(&mut self, id: RequestId, failure: Failure) -> Result<Meaning, ProtocolError> {
        let waiting = self
            .waiting
            .remove(&id)
            .ok_or(ProtocolError::UnknownRequest(id.0))?;
        if let Answer::Tile { slot } | Answer::Copy { slot } = waiting.answer {
            self.release(slot);
        }
        if waiting.cancelled {
            return Ok(Meaning::Dropped);
        }
        Ok(Meaning::Failed { id, failure })
    }

    fn part(&mut self, part: ipc::Part) -> Result<(Meaning, Option<Request>), ProtocolError> {
        let ipc::Part {
            id,
            number,
            last,
            items,
        } = part;
        let unknown = ProtocolError::UnknownRequest(id.0);
        let waiting = self.waiting.get_mut(&id).ok_or(unknown)?;
        let Answer::List {
            kind,
            due,
            credit,
            most,
        } = &mut waiting.answer
        else {
            return Err(unknown);
        };
        if number != *due || number >= MAX_PARTS {
            return Err(ProtocolError::Part {
                got: number,
                expected: *due,
            });
        }
        let (found, count) = kind_and_count(&items);
        *most = most
            .checked_sub(count)
            .ok_or(ProtocolError::Malformed("more items than were asked for"))?;
        if found != *kind {
            return Err(ProtocolError::Malformed("items of another list"));
        }
        *credit = credit.checked_sub(1).ok_or(ProtocolError::Credit(id.0))?;
        *due = due.saturating_add(1);
        let more = (!last && *credit <= CREDIT_LOW).then(|| {
            let parts = CREDIT_WINDOW - *credit;
            *credit = CREDIT_WINDOW;
            Request::Credit { id, parts }
        });
        let counted = matches!(
            found,
            ListKind::Outline | ListKind::Links | ListKind::Matches
        );
        let cut = last && (*due >= MAX_PARTS || (counted && *most == 0));
        let cancelled = waiting.cancelled;
        if last {
            self.waiting.remove(&id);
        }
        let meaning = if cancelled {
            Meaning::Dropped
        } else {
            Meaning::Items {
                id,
                items,
                last,
                cut,
            }
        };
        Ok((meaning, more))
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

/// A limit on items as it is counted.
fn limit(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}

fn kind_and_count(items: &Items) -> (ListKind, u32) {
    let (kind, count) = match items {
        Items::Pages(list) => (ListKind::Pages, list.len()),
        Items::Info(list) => (ListKind::Info, list.len()),
        Items::Text(list) => (ListKind::Text, list.len()),
        Items::Outline(list) => (ListKind::Outline, list.len()),
        Items::Links(list) => (ListKind::Links, list.len()),
        Items::Matches(list) => (ListKind::Matches, list.len()),
        Items::Frames(frames) => (ListKind::Frames, frames.durations_ms.len()),
        Items::Attachments(list) => (ListKind::Attachments, list.len()),
        Items::Layers(list) => (ListKind::Layers, list.len()),
        Items::Signatures(list) => (ListKind::Signatures, list.len()),
        Items::Wishes(list) => (ListKind::Wishes, list.len()),
        Items::Images(list) => (ListKind::Images, list.len()),
    };
    (kind, u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::{FailureKind, Format, Part, TileSize};

    fn ready(slots: u8) -> Dispatch {
        let mut dispatch = Dispatch::new(slots);
        let claim = Claim {
            build: 0,
            layers: 0,
            landlock_abi: 0,
        };
        dispatch.event(Event::Confined(claim)).unwrap();
        let open = Open {
            source: ipc::DocumentSource::Snapshot,
            document_bytes: 1,
            slots,
            slot_bytes: 4096,
            workers: 1,
        };
        dispatch.open(open).unwrap();
        dispatch.event(Event::Locked).unwrap();
        let summary = Summary {
            format: Format::Pdf,
            pages: 3,
            encrypted: false,
        };
        dispatch.event(Event::Opened(summary)).unwrap();
        dispatch
    }

    fn tile() -> Tile {
        let size = TileSize::new(10, 10).unwrap();
        Tile::new(PageIndex::new(0).unwrap(), (10, 10), (0, 0), size).unwrap()
    }

    fn text_part(id: RequestId, number: u32, last: bool) -> Event {
        Event::Part(Part {
            id,
            number,
            last,
            items: Items::Text(Vec::new()),
        })
    }

    #[test]
    fn slot_is_leased_to_one_request_until_it_has_been_read() {
        let mut dispatch = ready(1);
        let (id, _) = dispatch.paint(tile()).unwrap().unwrap();
        assert_eq!(dispatch.paint(tile()).unwrap(), None);
        let (meaning, _) = dispatch.event(Event::Painted { id }).unwrap();
        assert_eq!(meaning, Meaning::Painted { id, slot: 0 });
        assert_eq!(dispatch.paint(tile()).unwrap(), None);
        dispatch.release(0);
        assert!(dispatch.paint(tile()).unwrap().is_some());
    }

    #[test]
    fn answer_nobody_asked_for_is_a_violation() {
        let mut dispatch = ready(2);
        let id = RequestId(99);
        let unknown = Err(ProtocolError::UnknownRequest(99));
        assert_eq!(dispatch.event(Event::Painted { id }), unknown);
        assert_eq!(dispatch.event(text_part(id, 0, true)), unknown);
        let (id, _) = dispatch.paint(tile()).unwrap().unwrap();
        assert!(dispatch.event(text_part(id, 0, true)).is_err());
        dispatch.event(Event::Painted { id }).unwrap();
        assert!(
            dispatch.event(Event::Painted { id }).is_err(),
            "answered twice"
        );
    }

    #[test]
    fn parts_come_in_order_and_within_their_credit() {
        let mut dispatch = ready(1);
        let page = PageIndex::new(0).unwrap();
        let (id, _) = dispatch.text(page).unwrap().unwrap();
        assert!(dispatch.event(text_part(id, 1, false)).is_err());
        let mut dispatch = ready(1);
        let (id, _) = dispatch.text(page).unwrap().unwrap();
        let mut granted = u32::from(CREDIT_WINDOW);
        for number in 0..1000 {
            let (_, credit) = dispatch.event(text_part(id, number, false)).unwrap();
            if let Some(Request::Credit { parts, .. }) = credit {
                granted += u32::from(parts);
            }
            assert!(granted > number, "the list would stop");
            assert!(granted <= number + 1 + u32::from(CREDIT_WINDOW));
        }
    }

    #[test]
    fn items_of_another_list_or_too_many_are_refused() {
        let mut dispatch = ready(1);
        let page = PageIndex::new(0).unwrap();
        let (id, _) = dispatch.info().unwrap().unwrap();
        assert!(dispatch.event(text_part(id, 0, true)).is_err());
        let mut dispatch = ready(1);
        let (id, _) = dispatch.pages(page, 2).unwrap().unwrap();
        let entry = ipc::PageEntry {
            size: ipc::PageSize::new(1.0, 1.0).unwrap(),
            label: Text::default(),
        };
        let items = Items::Pages(vec![entry; 3]);
        let event = Event::Part(Part {
            id,
            number: 0,
            last: true,
            items,
        });
        assert!(dispatch.event(event).is_err());
    }

    #[test]
    fn list_that_fills_its_limit_is_told_as_cut() {
        let page = PageIndex::new(0).unwrap();
        let most = MAX_LINKS;
        for (links, expected) in [(most, true), (most - 1, false)] {
            let mut dispatch = ready(1);
            let (id, _) = dispatch.links(page).unwrap().unwrap();
            let link = ipc::Link {
                place: ipc::PageBox::new(0.0, 0.0, 1.0, 1.0).unwrap(),
                target: ipc::LinkTarget::Refused(ipc::RefusedAction::Other),
            };
            let event = Event::Part(Part {
                id,
                number: 0,
                last: true,
                items: Items::Links(vec![link; links]),
            });
            let (meaning, _) = dispatch.event(event).unwrap();
            assert!(matches!(meaning, Meaning::Items { cut, .. } if cut == expected));
        }
        let mut dispatch = ready(1);
        let (id, _) = dispatch.text(page).unwrap().unwrap();
        for number in 0..MAX_PARTS {
            let last = number + 1 == MAX_PARTS;
            let (meaning, _) = dispatch.event(text_part(id, number, last)).unwrap();
            assert!(matches!(meaning, Meaning::Items { cut, .. } if cut == last));
        }
    }

    #[test]
    fn late_answer_to_a_cancelled_request_is_taken_once() {
        let mut dispatch = ready(1);
        let (id, _) = dispatch.paint(tile()).unwrap().unwrap();
        assert!(dispatch.cancel(id).is_some());
        assert!(dispatch.cancel(id).is_none());
        let (meaning, _) = dispatch.event(Event::Painted { id }).unwrap();
        assert_eq!(meaning, Meaning::Dropped);
        assert_eq!(dispatch.free_slots(), 1);
        assert!(dispatch.event(Event::Painted { id }).is_err());
    }

    #[test]
    fn failed_tile_gives_its_slot_back() {
        let mut dispatch = ready(1);
        let (id, _) = dispatch.paint(tile()).unwrap().unwrap();
        let failure = Failure {
            kind: FailureKind::Damaged,
            detail: Text::default(),
        };
        dispatch.event(Event::Failed { id, failure }).unwrap();
        assert_eq!((dispatch.free_slots(), dispatch.in_flight()), (1, 0));
    }

    #[test]
    fn nothing_may_be_asked_before_the_document_is_open() {
        let mut dispatch = Dispatch::new(1);
        assert!(dispatch.paint(tile()).is_err());
        assert_eq!(dispatch.free_slots(), 1);
        assert!(dispatch.info().is_err());
        assert_eq!(dispatch.in_flight(), 0);
    }
}
