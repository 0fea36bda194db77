//! Budgets and deadlines, with their arithmetic.

use capmode::Budget;
use ipc::limits::{FONT_MEMORY_BYTES, MAX_SLOT_BYTES, MAX_SLOTS, MAX_SNAPSHOT_BYTES, MAX_WORKERS};
use std::time::Duration;

/// Private memory of a renderer, in bytes. The largest need seen over 1325 PDFs
/// was 540 MB resident; pictures are refused above 768 MiB.
pub const MEMORY_BYTES: u64 = 1024 * 1024 * 1024;

/// CPU time of each worker over the life of a renderer, in seconds, as a backstop
/// behind the deadlines: every page of a long document counts.
const CPU_SECONDS: u32 = 4 * 3600;

/// Largest attachment that is saved, in bytes: four times what a renderer may hold.
pub const MAX_ATTACHMENT_BYTES: u64 = 4 << 30;

/// How long a renderer may take to confine itself. It takes under 1 ms; on a
/// machine that swaps it may take long.
pub const CONFINE: Duration = Duration::from_secs(10);

/// How long opening, one tile or one list may take. The slowest page of the
/// corpora takes 7 s.
pub const ANSWER: Duration = Duration::from_secs(60);

/// What a session may use and how long it waits.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Private memory, in bytes.
    pub memory_bytes: u64,
    /// How long an answer may take; `None` for ever.
    pub answer: Option<Duration>,
    /// Worker threads.
    pub workers: u8,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            memory_bytes: MEMORY_BYTES,
            answer: Some(ANSWER),
            workers: u8::try_from(cores).unwrap_or(u8::MAX).clamp(1, MAX_WORKERS),
        }
    }
}

impl Limits {
    /// Slots of pixel memory: one for each worker to draw into, and one to be
    /// read meanwhile.
    #[must_use]
    pub fn slots(&self) -> u8 {
        self.workers.saturating_add(1).min(MAX_SLOTS)
    }

    /// Bytes of a slot. Memory files are sparse: what is not drawn costs nothing.
    #[must_use]
    pub fn slot_bytes(&self) -> u32 {
        u32::try_from(MAX_SLOT_BYTES).unwrap_or(u32::MAX)
    }

    /// The budget for the launcher. A document that is read instead of mapped
    /// is counted as private memory.
    #[must_use]
    pub fn budget(&self) -> Budget {
        let pixels = u64::from(self.slots()).saturating_mul(u64::from(self.slot_bytes()));
        Budget {
            memory_bytes: self.memory_bytes,
            shared_bytes: pixels
                .saturating_add(MAX_SNAPSHOT_BYTES)
                .saturating_add(FONT_MEMORY_BYTES),
            cpu_seconds: CPU_SECONDS.saturating_mul(self.workers.into()),
            workers: self.workers,
        }
    }
}
