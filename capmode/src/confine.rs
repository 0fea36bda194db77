//! Confining this process, for good.
//!
//! Order of events in a renderer: [`confine`] while single-threaded and before
//! anything is received → send `Confined` → receive the document and the pixel
//! memory, map them, start the workers → [`Confined::lock`] → parse.

use crate::channel::Channel;
use crate::posture::{Layer, Layers};
use crate::sys;
use std::io;

/// Number of the descriptor that is a renderer's channel; 0, 1 and 2 are
/// `/dev/null`, and there is no other.
pub const CHANNEL_FD: i32 = 3;

/// Proof that this process is confined. Only [`confine`] makes one, and every
/// function that parses document bytes takes one by reference.
#[derive(Debug)]
pub struct Confined {
    layers: Layers,
    /// Hard limit of private memory, stacks of workers with it, in bytes; `None` where
    /// there is none.
    private_bytes: Option<u64>,
}

/// Why this process is not confined. It must end without receiving anything.
#[derive(Debug, thiserror::Error)]
#[error("{layer}: {source}")]
pub struct ConfineError {
    /// The layer that could not be put up.
    pub layer: Layer,
    /// What the system said.
    pub source: io::Error,
}

/// Gives up everything but the channel, and takes the channel.
///
/// # Errors
///
/// [`ConfineError`] for a layer that is required where it exists. A layer the
/// system does not have is left out and missing from [`Confined::layers`].
pub fn confine() -> Result<(Confined, Channel), ConfineError> {
    let private_bytes = sys::limits::private_bytes();
    let (layers, channel) = sys::confine::confine()?;
    let confined = Confined {
        layers,
        private_bytes,
    };
    Ok((confined, channel))
}

/// As [`confine`], but leaves layers out: the hostile renderer shows what the
/// others then hold.
///
/// # Errors
///
/// As [`confine`].
#[cfg(all(
    feature = "test-support",
    any(target_os = "linux", target_os = "freebsd")
))]
pub fn confine_without(without: Layers) -> Result<(Confined, Channel), ConfineError> {
    let private_bytes = sys::limits::private_bytes();
    let (layers, channel) = sys::confine::confine_without(without)?;
    let confined = Confined {
        layers,
        private_bytes,
    };
    Ok((confined, channel))
}

impl Confined {
    /// The layers that are in force.
    #[must_use]
    pub fn layers(&self) -> Layers {
        self.layers
    }

    /// Private memory that this process may have beside what so many workers take
    /// for themselves, in bytes; `None` where it has no limit.
    #[must_use]
    pub fn memory_bytes(&self, workers: u8) -> Option<u64> {
        let own = sys::limits::own_bytes(workers.into());
        self.private_bytes.map(|bytes| bytes.saturating_sub(own))
    }

    /// Puts up the last wall: from here on no descriptor can be received, no
    /// thread made and no shared memory mapped. Every worker must be running.
    ///
    /// # Errors
    ///
    /// [`ConfineError`]; the caller must end.
    pub fn lock(&self) -> Result<(), ConfineError> {
        sys::confine::lock()
    }

    /// A token without confinement, for benches and fuzz targets that parse in
    /// their own process.
    #[cfg(feature = "test-support")]
    #[must_use]
    pub fn pretended() -> Self {
        Self {
            layers: Layers::default(),
            private_bytes: None,
        }
    }
}
