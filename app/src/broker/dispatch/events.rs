//! What comes back, held against what was asked.

use super::{Answer, Dispatch, ListKind, Meaning, Waiting};
use ipc::limits::{CREDIT_WINDOW, MAX_FONTS, MAX_PARTS};
use ipc::{Event, Failure, FontId, FontWanted, Items, ProtocolError, Request, RequestId};

/// Credit is given again when this much of it is left.
const CREDIT_LOW: u16 = CREDIT_WINDOW / 2;

impl Dispatch {
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
                self.sound = summary.sound;
                Meaning::Opened(summary)
            }
            Event::PasswordNeeded { wrong } => Meaning::PasswordNeeded { wrong },
            Event::Refused(failure) => Meaning::Refused(failure),
            Event::Painted { id, whole } => return Ok((self.painted(id, whole)?, None)),
            Event::Part(part) => return self.part(part),
            Event::Failed { id, failure } => return Ok((self.failed(id, failure)?, None)),
            Event::Panicked { place, message } => Meaning::Panicked { place, message },
            Event::Copied { id, bytes, last } => {
                return Ok((self.copied(id, bytes, last)?, None));
            }
            Event::Sound {
                id,
                frames,
                last,
                met,
            } => return Ok((self.heard(id, (frames, last), met)?, None)),
            Event::FontWanted { font, wanted } => self.font_wanted(font, wanted)?,
        };
        Ok((meaning, None))
    }

    fn painted(&mut self, id: RequestId, whole: bool) -> Result<Meaning, ProtocolError> {
        let Some(Waiting {
            answer: Answer::Tile { slot, early },
            cancelled,
        }) = self.waiting.remove(&id)
        else {
            return Err(ProtocolError::UnknownRequest(id.0));
        };
        if !whole && !early {
            return Err(ProtocolError::Malformed("less than the tile"));
        }
        if cancelled {
            self.release(slot);
            return Ok(Meaning::Dropped);
        }
        Ok(Meaning::Painted { id, slot, whole })
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

    fn heard(
        &mut self,
        id: RequestId,
        (frames, last): (u32, bool),
        met: u8,
    ) -> Result<Meaning, ProtocolError> {
        let Some(Waiting {
            answer: Answer::Sound { slot, most },
            cancelled,
        }) = self.waiting.remove(&id)
        else {
            return Err(ProtocolError::UnknownRequest(id.0));
        };
        if frames > most {
            return Err(ProtocolError::Malformed("more frames than were asked for"));
        }
        if frames == 0 && !last {
            return Err(ProtocolError::Malformed("a sound without an end"));
        }
        if cancelled {
            self.release(slot);
            return Ok(Meaning::Dropped);
        }
        Ok(Meaning::Sound {
            id,
            slot,
            frames,
            last,
            met,
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
        if let Answer::Tile { slot, .. } | Answer::Copy { slot } | Answer::Sound { slot, .. } =
            waiting.answer
        {
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
            ListKind::Info
                | ListKind::Text
                | ListKind::Outline
                | ListKind::Links
                | ListKind::Matches
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
        Items::Peaks(list) => (ListKind::Peaks, list.len()),
        Items::Chapters(list) => (ListKind::Chapters, list.len()),
        Items::Notes(list) => (ListKind::Notes, list.len()),
    };
    (kind, u32::try_from(count).unwrap_or(u32::MAX))
}
