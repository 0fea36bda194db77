//! What the two say before a document is open.

use crate::codec::{Decode, Encode, Invalid, checked};
use crate::limits::{MAX_DOCUMENT_BYTES, MAX_SLOT_BYTES, MAX_SLOTS, MAX_WORKERS};

/// What the descriptors of [`Request::Open`](super::Request::Open) are, and what to do with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode)]
pub struct Open {
    /// How the document may be read.
    pub source: DocumentSource,
    /// Bytes of the document, 1..=[`MAX_DOCUMENT_BYTES`].
    pub document_bytes: u64,
    /// Slots in the pixel memory, 1..=[`MAX_SLOTS`].
    pub slots: u8,
    /// Bytes of each slot, 1..=[`MAX_SLOT_BYTES`], a multiple of 4096.
    pub slot_bytes: u32,
    /// Worker threads to make, 1..=[`MAX_WORKERS`].
    pub workers: u8,
}

impl Open {
    /// Checks the fields against their limits.
    #[must_use]
    pub fn check(self) -> Option<Self> {
        let slot_bytes = usize::try_from(self.slot_bytes).unwrap_or(usize::MAX);
        let fits = (1..=MAX_DOCUMENT_BYTES).contains(&self.document_bytes)
            && (1..=MAX_SLOTS).contains(&self.slots)
            && (1..=MAX_SLOT_BYTES).contains(&slot_bytes)
            && slot_bytes.is_multiple_of(4096)
            && (1..=MAX_WORKERS).contains(&self.workers);
        fits.then_some(self)
    }

    /// Bytes of the whole pixel memory.
    #[must_use]
    pub fn pixel_bytes(self) -> u64 {
        u64::from(self.slots).saturating_mul(u64::from(self.slot_bytes))
    }
}

checked!(Open, (DocumentSource, u64, u8, u32, u8), |raw| {
    let (source, document_bytes, slots, slot_bytes, workers) = raw;
    Open {
        source,
        document_bytes,
        slots,
        slot_bytes,
        workers,
    }
    .check()
    .ok_or(Invalid("a field of Open is out of its range"))
});

/// How a renderer may read its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum DocumentSource {
    /// Sealed memory that nobody can change: it may be mapped.
    Snapshot,
    /// The file itself: it may shrink or change, so it is read, never mapped.
    File,
}

/// What a renderer says about itself. The broker believes none of it before it
/// has looked from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Claim {
    /// [`BUILD`] of the renderer.
    pub build: u64,
    /// Bits of `capmode::Layers`.
    pub layers: u32,
    /// Landlock ABI in force, 0 for none.
    pub landlock_abi: u8,
}

/// Number of the source both programs are built from: FNV-1a over the version
/// and the number of this protocol.
pub const BUILD: u64 = fnv1a(concat!(env!("CARGO_PKG_VERSION"), "/8").as_bytes());

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler; the index is below the length"
)]
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
}
