//! Pages, their frames and their words.

use crate::codec::{Decode, Encode, Invalid, checked};
use crate::geometry::{PageBox, PageSize};
use crate::limits::MAX_LABEL_BYTES;
use crate::text::Text;

/// What is known of a page without drawing it.
#[derive(Debug, Clone, PartialEq, Encode)]
pub struct PageEntry {
    /// Its size as it is shown.
    pub size: PageSize,
    /// Its label where the document gives one (at most
    /// [`crate::limits::MAX_LABEL_BYTES`]), else empty.
    pub label: Text,
}

checked!(PageEntry, (PageSize, Text), |(size, label)| {
    (label.as_str().len() <= MAX_LABEL_BYTES)
        .then_some(PageEntry { size, label })
        .ok_or(Invalid("page label too long"))
});

/// Frames of a page that moves, one after another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Frames {
    /// How often they are shown in all, 0 for ever. The same in every part.
    pub plays: u32,
    /// How long each is shown, in milliseconds.
    pub durations_ms: Vec<u32>,
}

/// A word of a page.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct TextRun {
    /// Its characters in reading order.
    pub text: Text,
    /// Where it stands.
    pub place: PageBox,
    /// What follows it.
    pub then: Separator,
}

/// What follows a [`TextRun`] in reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Separator {
    /// Nothing: the word goes on.
    None,
    /// A space.
    Space,
    /// The end of a line.
    Line,
    /// The end of a block of lines.
    Block,
}
