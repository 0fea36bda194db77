//! How much of this process's memory pictures may take: what it was granted is the
//! user's to raise, and this follows.

use ipc::limits::LIMIT_OF_MEMORY;
use std::sync::atomic::{AtomicU64, Ordering};

/// Of the 1 GiB that a renderer gets by default, in bytes.
const PICTURES: u64 = 768 * 1024 * 1024;

/// What a picture must take to be decoded strip by strip, in bytes, where its format allows
/// that: below that it is decoded at once, and everything after is faster.
const HELD: u64 = 256 * 1024 * 1024;

static HELD_BYTES: AtomicU64 = AtomicU64::new(HELD);

static BYTES: AtomicU64 = AtomicU64::new(PICTURES);

/// This process may have so much private memory beside its stacks, in bytes.
pub(crate) fn grant(memory: u64) {
    BYTES.store(of(memory), Ordering::Relaxed);
}

/// Memory that the pictures of a document may take while they are decoded, in bytes:
/// what a decoder gives (up to 16 B a pixel) and takes beside it, or the RGBA8 that is
/// kept (4 B), and the document where it is a copy.
pub(crate) fn pictures() -> u64 {
    BYTES.load(Ordering::Relaxed)
}

/// What a picture may take to be decoded at once, in bytes.
pub(crate) fn held() -> u64 {
    HELD_BYTES.load(Ordering::Relaxed).min(pictures())
}

/// Lets pictures that take more than this be decoded strip by strip: no fuzzer makes large
/// ones.
#[cfg(feature = "test-support")]
pub fn hold_at_most(bytes: u64) {
    HELD_BYTES.store(bytes, Ordering::Relaxed);
}

/// What pictures may take as words, behind "more than".
pub(crate) fn limit_of_pictures() -> String {
    format!(
        "the limit of {} MiB, three quarters {LIMIT_OF_MEMORY}",
        pictures() >> 20
    )
}

/// Leaves a quarter for tables, painters (8 MiB each) and the program.
fn of(memory: u64) -> u64 {
    memory / 4 * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_is_that_of_the_default_budget() {
        assert_eq!(of(1 << 30), PICTURES);
        assert_eq!(of(4 << 30), 4 * PICTURES);
    }
}
