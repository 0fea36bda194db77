//! Asking for lists: what a document says about itself, about its pages, and
//! what it carries beside them.

use super::talk::violation;
use super::{Reply, Session, Ticket};
use crate::broker::error::{BrokerError, RendererEnd};
use ipc::{
    Attachment, Chapter, Frames, InfoField, Items, Layer, LayerSet, Link, Match, Note,
    OutlineEntry, PageEntry, PageImage, PageIndex, ProtocolError, Query, Request, RequestId,
    Signature, TextRun, Wish,
};

/// Both ways of asking for a list: waiting for it, and as [`Reply::Items`].
macro_rules! lists {
    ($($(#[$doc:meta])* $wait:ident $ask:ident ($($name:ident: $type:ty),*) -> $items:ident($item:ty);)*) => {
        impl Session {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                ///
                /// [`BrokerError`].
                pub fn $wait(&mut self $(, $name: $type)*) -> Result<Vec<$item>, BrokerError> {
                    let asked = self.dispatch.$wait($($name),*).map_err(violation)?;
                    self.collect(asked, |items| match items {
                        Items::$items(list) => Some(list),
                        _ => None,
                    })
                }

                $(#[$doc])*
                ///
                /// They come as [`Reply::Items`]; `None` when too much is asked already.
                ///
                /// # Errors
                ///
                /// [`BrokerError`].
                pub fn $ask(&mut self $(, $name: $type)*) -> Result<Option<Ticket>, BrokerError> {
                    let asked = self.dispatch.$wait($($name),*).map_err(violation)?;
                    self.ask(asked)
                }
            )*
        }
    };
}

lists! {
    /// What the document says about itself.
    info ask_info() -> Info(InfoField);
    /// The words of a page.
    text ask_text(page: PageIndex) -> Text(TextRun);
    /// The outline; empty where there is none.
    outline ask_outline() -> Outline(OutlineEntry);
    /// The links of a page.
    links ask_links(page: PageIndex) -> Links(Link);
    /// What is found on a page; [`BrokerError::Failure`] for an expression that is none.
    search ask_search(page: PageIndex, query: Query) -> Matches(Match);
    /// The attached files.
    attachments ask_attachments() -> Attachments(Attachment);
    /// The layers as they are shown now.
    layers ask_layers() -> Layers(Layer);
    /// Shows these layers and hides the others in what is asked for from now on;
    /// tells them as they are then.
    show_layers ask_show_layers(shown: LayerSet) -> Layers(Layer);
    /// The signatures. Nothing of them is verified.
    signatures ask_signatures() -> Signatures(Signature);
    /// What the document wants to be done and is not.
    wishes ask_wishes() -> Wishes(Wish);
    /// What readers have noted on the pages.
    notes ask_notes() -> Notes(Note);
    /// Where pictures stand on a page.
    images ask_images(page: PageIndex) -> Images(PageImage);
    /// The chapters; none in most sounds.
    chapters ask_chapters() -> Chapters(Chapter);
}

impl Session {
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
                Reply::Sound(_, piece) => self.dispatch.release(piece.slot()),
            }
        }
    }
}
