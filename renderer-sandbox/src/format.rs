//! Formats: one [`Document`] for each, found by content.
//!
//! A document is opened once and stays until the process ends (a renderer never
//! serves two), so it is leaked and everything may borrow from it for ever.
//! Each worker thread has a [`Painter`] of its own, which holds its caches.

use crate::surface::Surface;
use capmode::{Confined, DocumentMemory};
use ipc::{
    Failure, FailureKind, InfoField, PageEntry, PageIndex, Secret, Summary, Text, TextRun, Tile,
};

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
    fn text(&self, confined: &Confined, page: PageIndex) -> Result<Vec<TextRun>, DocumentError>;

    /// A painter for one thread.
    fn painter(&'static self) -> Box<dyn Painter>;
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
}
