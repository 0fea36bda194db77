//! The broker: files, policy and output. It parses nothing of a document.
//!
//! | module | holds |
//! |---|---|
//! | [`broker`] | starting renderers, giving them documents, asking for tiles and lists |
//! | [`cli`] | the command line on top of it |
//! | `config` | what the user has written into `pellucid.toml`, for both |
//! | `safe_copy` | a document as a PDF of our own, for both |
//! | [`sound`] | playing: from sessions to the sound device, for both |
//! | `window` | the window on top of it |
//!
//! The life of a request: `cli` asks a [`broker::Session`] → `dispatch` gives
//! it a number and a slot → one message → the renderer draws → one message back
//! → `dispatch` checks phase, number and credit → `read_at` copies the slot once.
//! A failure leaves that path as a [`broker::BrokerError`], whatever its cause.

pub mod broker;
pub mod cli;
mod config;
mod safe_copy;
pub mod sound;
#[cfg(feature = "window")]
mod window;
