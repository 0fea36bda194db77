//! Fonts that a document does not carry.
//!
//! A renderer asks by family, style and script; the broker looks into its own
//! index of files and copies one into the memory that it gave with
//! [`crate::Request::Open`]. What a document says is compared with names that
//! the broker knows, and never becomes a path.

use crate::codec::{Decode, Encode, Invalid, checked};
use crate::limits::{FONT_MEMORY_BYTES, MAX_FONT_BYTES};
use crate::text::Text;

/// Number of a font that was asked for, from 0 without a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct FontId(pub u32);

/// What a font should be like.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Encode, Decode)]
pub struct FontWanted {
    /// The name in the document, without style; may be empty.
    pub family: Text,
    /// What it will be used to write.
    pub script: Script,
    /// With serifs.
    pub serif: bool,
    /// Heavier than usual.
    pub bold: bool,
    /// Slanted.
    pub italic: bool,
}

/// What a font can write. The collections of characters of ISO 32000-2:2020, 9.7.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub enum Script {
    /// Nothing is known of it.
    Other,
    /// Japanese (Adobe-Japan1).
    Japanese,
    /// Korean (Adobe-Korea1, Adobe-KR).
    Korean,
    /// Simplified Chinese (Adobe-GB1).
    SimplifiedChinese,
    /// Traditional Chinese (Adobe-CNS1).
    TraditionalChinese,
}

/// Where a font lies in the memory for fonts; nobody writes there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode)]
pub struct FontPlace {
    /// First byte.
    pub offset: u32,
    /// Bytes, 1..=[`MAX_FONT_BYTES`].
    pub bytes: u32,
}

impl FontPlace {
    /// Checks a place: inside [`FONT_MEMORY_BYTES`].
    #[must_use]
    pub fn new(offset: u32, bytes: u32) -> Option<Self> {
        let end = u64::from(offset).saturating_add(u64::from(bytes));
        let fits = (1..=MAX_FONT_BYTES).contains(&bytes) && end <= FONT_MEMORY_BYTES;
        fits.then_some(Self { offset, bytes })
    }
}

checked!(FontPlace, (u32, u32), |(offset, bytes)| FontPlace::new(
    offset, bytes
)
.ok_or(Invalid("a font outside its memory")));
