//! What the broker and the renderer say to each other.
//!
//! Trust: neither side believes the other. The broker decodes [`Event`]s that a
//! taken-over renderer may have written, so every type here is checked while it
//! is decoded and nothing after [`codec`] checks again. Pure data: no I/O, no
//! platform, no policy.
//!
//! Units: lengths on a page are points (1/72 inch) for PDF and pixels for
//! images, origin at the top left, y down; `_px` are physical pixels; `_bytes`
//! are bytes. Pixels in slots are premultiplied RGBA8, sRGB, rows top to bottom;
//! samples of sound are interleaved, 4 bytes each.
//!
//! | module | holds |
//! |---|---|
//! | [`message`] | `Request` (broker → renderer) and `Event` (renderer → broker) |
//! | [`phase`] | which message may be said when |
//! | [`geometry`] | page indices, page sizes, tiles |
//! | [`contents`] | attachments, layers, signatures, refused wishes, notes, pictures |
//! | [`font`] | fonts that a document does not carry |
//! | [`reading`] | outline, links, what is searched for and found |
//! | [`sound`] | sound: frames, stretches, waveforms, chapters |
//! | [`text`] | bounded strings without control characters |
//! | `secret` | a password on its way to the renderer |
//! | [`codec`] | bytes ↔ messages: bounded, total, never panics |
//! | [`limits`] | every `MAX_` with its arithmetic |
//! | [`exit`] | with which code a renderer ends |
//! | [`error`] | why a message was refused |

#![deny(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]

pub mod codec;
pub mod contents;
pub mod error;
pub mod exit;
pub mod font;
pub mod geometry;
pub mod limits;
pub mod message;
pub mod phase;
pub mod reading;
pub mod secret;
pub mod sound;
pub mod text;

pub use contents::{
    Attachment, Coverage, ImageKind, Layer, LayerSet, Note, NoteKind, PageImage, Signature, Wish,
};
pub use error::ProtocolError;
pub use exit::RendererExit;
pub use font::{FontId, FontPlace, FontWanted, Script};
pub use geometry::{PageBox, PageIndex, PageSize, Tile, TileSize};
pub use message::{
    Claim, DocumentSource, Event, EventKind, Failure, FailureKind, Format, Frames, InfoField,
    InfoKey, Items, Open, PageEntry, Part, Request, RequestId, RequestKind, Separator, Summary,
    TextRun,
};
pub use phase::Phase;
pub use reading::{Destination, Link, LinkTarget, Match, OutlineEntry, Query, RefusedAction};
pub use secret::Secret;
pub use sound::{Buckets, Chapter, Coding, Gain, Loudness, Peak, Samples, Sound, Stretch};
pub use text::Text;
