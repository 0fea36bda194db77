//! The confined process: turns the bytes of one document into pixels and words.
//!
//! Trust: the document is an attacker's. What the broker says is checked as
//! well, but a renderer that refuses it can only end. This process may compute,
//! draw into its slots, and send events; see `capmode` for how that is held.
//!
//! Order of events: [`capmode::confine`] → `Confined` → `Open` with two
//! descriptors → map both, start the workers, put up the last wall → `Locked` →
//! sniff and parse → `Opened` → requests, on every core.

pub mod format;
pub mod surface;

use std::process::ExitCode;

/// Confines this process and serves one document.
#[must_use]
pub fn main() -> ExitCode {
    ExitCode::FAILURE
}
