//! How much of this process's memory pictures may take: what it was granted is the
//! user's to raise, and this follows.

use ipc::limits::LIMIT_OF_MEMORY;
use std::sync::atomic::{AtomicU64, Ordering};

/// Of the 1 GiB that a renderer gets by default, in bytes.
const PICTURES: u64 = 768 * 1024 * 1024;

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

/// The same as words, behind "more than".
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
