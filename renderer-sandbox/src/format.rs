//! Formats: one [`Document`] for each, found by content.
//!
//! A document is opened once and stays until the process ends (a renderer never
//! serves two), so it is leaked and everything may borrow from it for ever.
//! Each worker thread has a [`Painter`] of its own, which holds its caches.

mod audio;
pub(crate) mod held;
mod image;
mod mean;
mod pdf;
mod sniff;
mod svg;

use crate::fonts::Fonts;
use crate::surface::Surface;
use capmode::{Confined, DocumentMemory};
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{
    Attachment, Buckets, Chapter, Failure, FailureKind, Format, InfoField, Layer, LayerSet, Link,
    Note, OutlineEntry, PageEntry, PageImage, PageIndex, Peak, Secret, Signature, Stretch, Summary,
    Text, TextRun, Tile, Wish,
};
use std::sync::Arc;

/// Opens a document: [`open`], or another in tests of serving.
pub type Opener =
    fn(&Confined, Arc<DocumentMemory>, Option<&Secret>) -> Result<Box<dyn Document>, DocumentError>;

/// Opens a document by its content.
///
/// # Errors
///
/// [`DocumentError`].
pub fn open(
    confined: &Confined,
    memory: Arc<DocumentMemory>,
    password: Option<&Secret>,
) -> Result<Box<dyn Document>, DocumentError> {
    match sniff::sniff((*memory).as_ref())? {
        Format::Pdf => pdf::open(confined, memory, password),
        Format::Svg => svg::open(confined, &memory),
        sound if sound.is_sound() => audio::open(confined, memory, sound),
        picture => image::open(confined, memory, picture),
    }
}

/// Why a document, or a part of it, cannot be shown.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DocumentError {
    /// The document needs a password, or another one.
    #[error("a password is needed")]
    Password {
        /// Whether one was tried.
        wrong: bool,
    },
    /// A format or feature that is not known here; the sentence says which.
    #[error("{0}")]
    Unsupported(String),
    /// Broken beyond what can be shown; the sentence says how.
    #[error("{0}")]
    Damaged(String),
    /// A limit would be exceeded; the sentence names it and its value.
    #[error("{0}")]
    Limit(String),
    /// The file could not be read to its end.
    #[error("{0}")]
    Unreadable(String),
}

impl DocumentError {
    /// The error as the broker is told; `None` for a password, which is asked for.
    #[must_use]
    pub fn to_failure(&self) -> Option<Failure> {
        let kind = match self {
            Self::Password { .. } => return None,
            Self::Unsupported(_) => FailureKind::Unsupported,
            Self::Damaged(_) => FailureKind::Damaged,
            Self::Limit(_) => FailureKind::Limit,
            Self::Unreadable(_) => FailureKind::Unreadable,
        };
        Some(Failure {
            kind,
            detail: Text::cleaned(&self.to_string(), MAX_TEXT_BYTES),
        })
    }
}

/// An open document.
pub trait Document: Send + Sync {
    /// Format, page count, encryption.
    fn summary(&self) -> Summary;

    /// Size and label of a page below [`Summary::pages`].
    fn page(&self, page: PageIndex) -> PageEntry;

    /// What the document says about itself.
    fn info(&self, confined: &Confined) -> Vec<InfoField>;

    /// The words of a page in reading order; none for a picture.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when the page cannot be read.
    fn text(
        &'static self,
        confined: &Confined,
        page: PageIndex,
    ) -> Result<Vec<TextRun>, DocumentError>;

    /// The outline in reading order; none for a picture.
    fn outline(&self, _: &Confined) -> Vec<OutlineEntry> {
        Vec::new()
    }

    /// The links of a page; none for a picture.
    fn links(&self, _: &Confined, _: PageIndex) -> Vec<Link> {
        Vec::new()
    }

    /// How long each frame of a page is shown; none where it does not move.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when the page cannot be read.
    fn frames(&self, _: &Confined, _: PageIndex) -> Result<Vec<FrameTime>, DocumentError> {
        Ok(Vec::new())
    }

    /// The files inside the document; none in a picture.
    fn attachments(&self, _: &Confined) -> Vec<Attachment> {
        Vec::new()
    }

    /// The bytes of a file inside the document, by its number in the list.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when there is none or it cannot be unpacked.
    fn attachment(&self, _: &Confined, _: u32) -> Result<Arc<Vec<u8>>, DocumentError> {
        Err(DocumentError::Damaged(
            "there is no such attachment".to_owned(),
        ))
    }

    /// The layers as they are shown now; none in a picture.
    fn layers(&self, _: &Confined) -> Vec<Layer> {
        Vec::new()
    }

    /// Shows these layers and hides the others in what is drawn from now on.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when they cannot be switched.
    fn show_layers(&self, _: &Confined, _: &LayerSet) -> Result<(), DocumentError> {
        Err(DocumentError::Unsupported("it has no layers".to_owned()))
    }

    /// The signatures; none in a picture.
    fn signatures(&self, _: &Confined) -> Vec<Signature> {
        Vec::new()
    }

    /// What the document wants to be done and is not; nothing of a picture.
    fn wishes(&self, _: &Confined) -> Vec<Wish> {
        Vec::new()
    }

    /// What readers have noted on the pages; nothing on a picture.
    fn notes(&self, _: &Confined) -> Vec<Note> {
        Vec::new()
    }

    /// Where pictures stand on a page.
    fn images(&self, _: &Confined, _: PageIndex) -> Vec<PageImage> {
        Vec::new()
    }

    /// Fills `out`, which begins with room for the whole stretch, with sound; tells
    /// how many frames came, and whether the sound ends there.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when there is no sound, or none can be read from there on.
    fn sound(&self, _: &Confined, _: Stretch, _: &mut [u8]) -> Result<(u32, bool), DocumentError> {
        Err(no_sound())
    }

    /// How many things a listener should know were met in the sound by now, of which
    /// [`Self::info`] tells.
    fn met(&self) -> u8 {
        0
    }

    /// One peak for each of the buckets.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when there is no sound, or it cannot be read.
    fn waveform(&self, _: &Confined, _: Buckets) -> Result<Vec<Peak>, DocumentError> {
        Err(no_sound())
    }

    /// The chapters of a sound.
    fn chapters(&self, _: &Confined) -> Vec<Chapter> {
        Vec::new()
    }

    /// Where to get fonts that the document does not carry. Called once, before
    /// anything is drawn.
    fn use_fonts(&mut self, _: Arc<Fonts>) {}

    /// A painter for one thread.
    fn painter(&'static self) -> Box<dyn Painter>;
}

fn no_sound() -> DocumentError {
    DocumentError::Unsupported("it has no sound".to_owned())
}

/// A frame of a page that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameTime {
    /// How often all frames are shown, 0 for ever; the same in each.
    pub plays: u32,
    /// How long this one is shown, in milliseconds.
    pub shown_ms: u32,
}

/// Draws tiles; used by one thread.
pub trait Painter {
    /// Draws a tile into a surface of the tile's size, every pixel of it.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when the page cannot be drawn at all; what can be
    /// drawn of a damaged page is drawn.
    fn paint(
        &mut self,
        confined: &Confined,
        tile: Tile,
        surface: &mut Surface<'_>,
    ) -> Result<(), DocumentError>;

    /// Draws what there is of a tile after a moment, and tells whether that is all of
    /// it: of what takes long.
    ///
    /// # Errors
    ///
    /// As [`Self::paint`].
    fn paint_early(
        &mut self,
        confined: &Confined,
        tile: Tile,
        surface: &mut Surface<'_>,
    ) -> Result<bool, DocumentError> {
        self.paint(confined, tile, surface).map(|()| true)
    }
}
