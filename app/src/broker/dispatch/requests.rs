//! The messages of a session: what is asked, as far as its phase, its slots and
//! what is in flight allow.

use super::{Answer, Dispatch, ListKind};
use ipc::limits::{
    CREDIT_WINDOW, MAX_ATTACHMENTS, MAX_CHAPTERS, MAX_FRAMES, MAX_IN_FLIGHT, MAX_INFO_FIELDS,
    MAX_LAYERS, MAX_LINKS, MAX_MATCHES, MAX_NOTES, MAX_OUTLINE_ENTRIES, MAX_PAGE_IMAGES,
    MAX_SIGNATURES, MAX_TEXT_RUNS, MAX_WISHES,
};
use ipc::{
    Buckets, FontId, FontPlace, LayerSet, Open, PageIndex, ProtocolError, Query, Request,
    RequestId, Secret, Stretch, Tile,
};

impl Dispatch {
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
        self.tile(tile, false)
    }

    /// The message that asks for what there is of a tile after a moment; `None` as for
    /// [`Self::paint`].
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn paint_early(
        &mut self,
        tile: Tile,
    ) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        self.tile(tile, true)
    }

    fn tile(
        &mut self,
        tile: Tile,
        early: bool,
    ) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        let request = |id, slot| Request::Paint {
            id,
            tile,
            slot,
            early,
        };
        self.ask_in_slot(|slot| Answer::Tile { slot, early }, request)
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

    /// The message that asks for a stretch of sound, of which no more is asked than
    /// fits in a slot; `None` as for [`Self::paint`], and where there is no sound.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn sound(
        &mut self,
        stretch: Stretch,
    ) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        let Some(sound) = self.sound else {
            return Ok(None);
        };
        let most = stretch.frames().min(sound.frames_in(self.slot_bytes));
        let Some(stretch) = Stretch::new(stretch.from(), most, stretch.samples()) else {
            return Ok(None);
        };
        let request = |id, slot| Request::Sound { id, stretch, slot };
        self.ask_in_slot(|slot| Answer::Sound { slot, most }, request)
    }

    /// The message that asks for peaks of the sound; `None` where there is none.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn waveform(
        &mut self,
        buckets: Buckets,
    ) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        if self.sound.is_none() {
            return Ok(None);
        }
        let most = u32::from(buckets.count());
        self.list(ListKind::Peaks, most, |id| Request::Waveform {
            id,
            buckets,
        })
    }

    /// The message that asks for the chapters of the sound.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn chapters(&mut self) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        let most = limit(MAX_CHAPTERS);
        self.list(ListKind::Chapters, most, |id| Request::Chapters { id })
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
        self.list(ListKind::Info, limit(MAX_INFO_FIELDS), |id| Request::Info {
            id,
        })
    }

    /// The message that asks for the words of a page.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn text(&mut self, page: PageIndex) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        self.list(ListKind::Text, limit(MAX_TEXT_RUNS), |id| Request::Text {
            id,
            page,
        })
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

    /// The message that asks for the notes on all pages.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`].
    pub fn notes(&mut self) -> Result<Option<(RequestId, Request)>, ProtocolError> {
        self.list(ListKind::Notes, limit(MAX_NOTES), |id| Request::Notes {
            id,
        })
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

    /// The answer to [`super::Meaning::FontWanted`].
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
}

/// A limit on items as it is counted.
fn limit(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}
