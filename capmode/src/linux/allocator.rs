//! The C library's allocator under a filter.
//!
//! When glibc gives the end of a heap back, it first reads
//! `/proc/sys/vm/overcommit_memory`, and opening a file kills. So it never gives
//! back the end of a heap; whole heaps and large blocks it still does.
//!
//! The heap of every thread but the first is 64 MiB of reserved addresses that
//! glibc opens as they are needed: 4096 bytes at a time, each with a call and,
//! when they are touched, an exception. 10,000 pages of a document were 1651 calls
//! and as many exceptions, half the time of opening it. So a worker opens more at
//! once, and its heap is made of huge pages but for the first, which small documents
//! do not leave.

/// Blocks from here on are mapped on their own and given back when freed: the
/// largest value glibc takes, half of a heap of 64 MiB. Buffers of a page's
/// pixels stay below and are used again without new pages being touched.
const MAP_FROM_BYTES: libc::c_int = 32 * 1024 * 1024;

/// What a worker opens of its heap ahead of each job: most pages of the corpora
/// need less. What is not touched takes no memory.
pub(super) const ROOM_BYTES: usize = 16 * 1024 * 1024;

/// A heap of glibc, aligned to its size (`HEAP_MAX_SIZE`: twice the largest
/// threshold for mapping).
#[cfg(target_env = "gnu")]
const HEAP_BYTES: usize = 64 * 1024 * 1024;

/// A huge page.
#[cfg(target_env = "gnu")]
const HUGE_BYTES: usize = 2 * 1024 * 1024;

/// Settings that keep the allocator within the policy.
pub(super) fn stay_within_policy() {
    #[cfg(target_env = "gnu")]
    {
        // SAFETY: mallopt takes numbers; it is called before there is a second thread.
        let kept = unsafe { libc::mallopt(libc::M_TRIM_THRESHOLD, -1) };
        // SAFETY: as above.
        let mapped = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, MAP_FROM_BYTES) };
        debug_assert!(kept == 1 && mapped == 1, "glibc knows both settings");
    }
}

/// Asks for huge pages in the heap of this thread, which is not the first one.
pub(crate) fn prepare_heap() {
    #[cfg(target_env = "gnu")]
    with_room(|block| {
        let heap = block.map_addr(|address| address & !(HEAP_BYTES - 1));
        // Not where a block of this size ends: glibc writes there, and a whole huge
        // page would be cleared for that.
        // SAFETY: this advice changes no content and no protection, and what of the
        // range is not mapped is left out.
        let _ = unsafe { libc::madvise(heap, ROOM_BYTES - HUGE_BYTES, libc::MADV_HUGEPAGE) };
    });
}

/// Opens more of this thread's heap, if there is less than [`ROOM_BYTES`] free.
pub(crate) fn make_room() {
    #[cfg(target_env = "gnu")]
    with_room(|_| {});
}

/// A block that is taken and given back at once: what was opened for it stays open.
#[cfg(target_env = "gnu")]
fn with_room(look: impl FnOnce(*mut libc::c_void)) {
    // SAFETY: malloc takes a number.
    let block = unsafe { libc::malloc(ROOM_BYTES) };
    // Seen by others as far as the compiler knows, so that it does not leave both out.
    let block = std::hint::black_box(block);
    if !block.is_null() {
        look(block);
    }
    // SAFETY: malloc has just given it, or null; nothing has kept it.
    unsafe { libc::free(block) };
}
