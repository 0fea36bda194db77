//! A document as pixels: a PDF of our own that holds a picture of each page and,
//! under it, its words. No byte of the document is in it.
//!
//! | file | holds |
//! |---|---|
//! | `copying` | what is asked of the session, and in which order |
//! | `pipeline` | threads that encode, and the one that writes |
//! | `image` | a band of pixels, small: Flate or JPEG, by content |
//! | `words` | the invisible words, and the font they are set in |
//! | `font` | that font: two glyphs without an outline |
//! | `file` | objects of a PDF, one after the other, and where they are |
//!
//! Trust: pixels and words come from a renderer that may be hostile. Pixels are
//! only encoded, words are only numbers of letters in a content stream.

mod copying;
mod file;
mod font;
mod image;
mod pipeline;
mod words;

pub(crate) use copying::{CopyError, Copying, Sheet};

/// Dots per inch that are usual for a copy to be read.
pub(crate) const READING_DPI: f32 = 150.0;
