//! `Request` (broker → renderer) and `Event` (renderer → broker).
//!
//! Every request with an id gets exactly one final answer with that id:
//! [`Event::Painted`], [`Event::Copied`], [`Event::Sound`], the last
//! [`Event::Part`], or [`Event::Failed`]. An answer carries nothing that the broker could know by
//! itself. The one thing that a renderer asks for is a font
//! ([`Event::FontWanted`]), which is answered once ([`Request::Font`]).
//!
//! | file | holds |
//! |---|---|
//! | `start` | what the two say before a document is open |
//! | `format` | what the content of a document is |
//! | `about` | what a document is, and what it says about itself |
//! | `page` | pages, their frames and their words |
//! | `kind` | which message it is |

mod about;
mod format;
mod kind;
mod page;
mod start;

pub use about::{InfoField, InfoKey, Summary};
pub use format::Format;
pub use kind::{EventKind, RequestKind};
pub use page::{Frames, PageEntry, Separator, TextRun};
pub use start::{BUILD, Claim, DocumentSource, Open};

use crate::codec::{Decode, Encode};
use crate::contents::{Attachment, Layer, LayerSet, Note, PageImage, Signature, Wish};
use crate::font::{FontId, FontPlace, FontWanted};
use crate::geometry::{PageIndex, Tile};
use crate::reading::{Link, Match, OutlineEntry, Query};
use crate::secret::Secret;
use crate::sound::{Buckets, Chapter, Peak, Stretch};
use crate::text::Text;

/// Number of a request, chosen by the broker, never used twice in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct RequestId(pub u32);

/// What the broker says.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum Request {
    /// Here is the document, the memory for pixels and the memory for fonts
    /// (three descriptors travel with this message, in this order). The only
    /// message with descriptors.
    Open(Open),
    /// Try this password on the document that needs one.
    Unlock(Secret),
    /// Paint a tile into a slot; rows are packed, the first one first.
    Paint {
        /// Answered by [`Event::Painted`].
        id: RequestId,
        /// What to paint.
        tile: Tile,
        /// The slot to paint into, below [`Open::slots`].
        slot: u8,
        /// Whether it may be answered with what there is after a moment, of a tile
        /// that takes long.
        early: bool,
    },
    /// Tell the sizes and labels of pages; answered in parts.
    Pages {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// The first page.
        first: PageIndex,
        /// How many; what lies beyond the last page is left out.
        count: u32,
    },
    /// Tell what the document says about itself; answered in parts.
    Info {
        /// Answered by [`Event::Part`].
        id: RequestId,
    },
    /// Tell the text of a page; answered in parts.
    Text {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// The page.
        page: PageIndex,
    },
    /// Tell the outline; answered in parts.
    Outline {
        /// Answered by [`Event::Part`].
        id: RequestId,
    },
    /// Tell the links of a page; answered in parts.
    Links {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// The page.
        page: PageIndex,
    },
    /// Tell where something stands on a page; answered in parts.
    Search {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// The page.
        page: PageIndex,
        /// What is searched for.
        query: Query,
    },
    /// Tell how long each frame of a page is shown; answered in parts. A page that
    /// does not move has none.
    Frames {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// The page.
        page: PageIndex,
    },
    /// So many more parts of a list may be sent.
    Credit {
        /// The list.
        id: RequestId,
        /// Parts, beyond those granted before.
        parts: u16,
    },
    /// Nobody waits for this any more; it is still answered once.
    Cancel {
        /// The request.
        id: RequestId,
    },
    /// Tell the attached files; answered in parts.
    Attachments {
        /// Answered by [`Event::Part`].
        id: RequestId,
    },
    /// Copy as much of an attached file as fits into a slot.
    Extract {
        /// Answered by [`Event::Copied`].
        id: RequestId,
        /// Its number in the list of attachments.
        attachment: u32,
        /// The first byte.
        offset: u64,
        /// The slot to copy into, below [`Open::slots`].
        slot: u8,
    },
    /// Tell the layers; answered in parts.
    Layers {
        /// Answered by [`Event::Part`].
        id: RequestId,
    },
    /// Show these layers and hide the others from now on; answered with the
    /// layers as they are then, in parts.
    ShowLayers {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// Those to show.
        shown: LayerSet,
    },
    /// Tell the signatures; answered in parts.
    Signatures {
        /// Answered by [`Event::Part`].
        id: RequestId,
    },
    /// Tell what the document wants to be done; answered in parts.
    Wishes {
        /// Answered by [`Event::Part`].
        id: RequestId,
    },
    /// Tell where pictures stand on a page; answered in parts.
    Images {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// The page.
        page: PageIndex,
    },
    /// The answer to [`Event::FontWanted`].
    Font {
        /// The font that was asked for.
        font: FontId,
        /// Where it lies now; `None` when there is none.
        place: Option<FontPlace>,
    },
    /// Put a stretch of sound into a slot.
    Sound {
        /// Answered by [`Event::Sound`].
        id: RequestId,
        /// Which frames; those that fit in the slot.
        stretch: Stretch,
        /// The slot, below [`Open::slots`].
        slot: u8,
    },
    /// Tell peaks of the sound; answered in parts, one peak for each bucket.
    Waveform {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// Which buckets.
        buckets: Buckets,
    },
    /// Tell the chapters of the sound; answered in parts.
    Chapters {
        /// Answered by [`Event::Part`].
        id: RequestId,
    },
    /// Tell the notes on all pages; answered in parts.
    Notes {
        /// Answered by [`Event::Part`].
        id: RequestId,
    },
}

/// What the renderer says.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum Event {
    /// The first word of every renderer: it is confined and has received nothing.
    Confined(Claim),
    /// The last wall is up: no descriptor, thread or shared mapping can be
    /// added any more. Said before the first byte of the document is parsed.
    Locked,
    /// The document is open.
    Opened(Summary),
    /// The document needs a password, or another than the one it got.
    PasswordNeeded {
        /// Whether a password was tried.
        wrong: bool,
    },
    /// The document cannot be opened. The last word of this renderer.
    Refused(Failure),
    /// The tile is in its slot.
    Painted {
        /// The request.
        id: RequestId,
        /// Whether that is all of it. It may only be less where it was asked for early.
        whole: bool,
    },
    /// A part of a list.
    Part(Part),
    /// This request cannot be answered; the document stays open.
    Failed {
        /// The request.
        id: RequestId,
        /// Why.
        failure: Failure,
    },
    /// The renderer has met a defect of its own and ends.
    Panicked {
        /// Source file and line.
        place: Text,
        /// What it says.
        message: Text,
    },
    /// A piece of an attached file is in its slot.
    Copied {
        /// The request.
        id: RequestId,
        /// How many bytes, at most those of a slot.
        bytes: u32,
        /// Whether the file ends there.
        last: bool,
    },
    /// A page needs a font that the document does not carry. Drawing waits for
    /// the answer.
    FontWanted {
        /// Its number.
        font: FontId,
        /// What it should be like.
        wanted: FontWanted,
    },
    /// A stretch of sound is in its slot.
    Sound {
        /// The request.
        id: RequestId,
        /// How many frames, at most those that were asked for.
        frames: u32,
        /// Whether the sound ends there.
        last: bool,
        /// How many things a listener should know were met by now, of which
        /// [`Request::Info`] tells: never fewer than before.
        met: u8,
    },
}

/// One part of a list; parts are numbered from 0 and come in order.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Part {
    /// The request.
    pub id: RequestId,
    /// Number of the part.
    pub number: u32,
    /// Whether the list ends here.
    pub last: bool,
    /// What it holds.
    pub items: Items,
}

/// Items of a list, of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum Items {
    /// Answer to [`Request::Pages`].
    Pages(Vec<PageEntry>),
    /// Answer to [`Request::Info`].
    Info(Vec<InfoField>),
    /// Answer to [`Request::Text`].
    Text(Vec<TextRun>),
    /// Answer to [`Request::Outline`].
    Outline(Vec<OutlineEntry>),
    /// Answer to [`Request::Links`].
    Links(Vec<Link>),
    /// Answer to [`Request::Search`].
    Matches(Vec<Match>),
    /// Answer to [`Request::Frames`].
    Frames(Frames),
    /// Answer to [`Request::Attachments`].
    Attachments(Vec<Attachment>),
    /// Answer to [`Request::Layers`] and [`Request::ShowLayers`].
    Layers(Vec<Layer>),
    /// Answer to [`Request::Signatures`].
    Signatures(Vec<Signature>),
    /// Answer to [`Request::Wishes`].
    Wishes(Vec<Wish>),
    /// Answer to [`Request::Images`].
    Images(Vec<PageImage>),
    /// Answer to [`Request::Waveform`].
    Peaks(Vec<Peak>),
    /// Answer to [`Request::Chapters`].
    Chapters(Vec<Chapter>),
    /// Answer to [`Request::Notes`].
    Notes(Vec<Note>),
}

/// Why something cannot be done, in words for the user.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Failure {
    /// What kind of reason.
    pub kind: FailureKind,
    /// A sentence without the file's name, in lower case and without a full
    /// stop, that names the limit or the feature.
    pub detail: Text,
}

/// Kinds of [`Failure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub enum FailureKind {
    /// The content is of no format, or of a feature, that is known here.
    Unsupported,
    /// The content is broken beyond what can be shown.
    Damaged,
    /// A limit on memory, sizes or counts would be exceeded.
    Limit,
    /// The file shrank or could not be read any further.
    Unreadable,
    /// The request was cancelled.
    Cancelled,
    /// The renderer has a defect; the document stays open.
    Internal,
}
