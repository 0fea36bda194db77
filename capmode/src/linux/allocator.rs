//! The C library's allocator under a filter.
//!
//! When glibc gives the end of a heap back, it first reads
//! `/proc/sys/vm/overcommit_memory`, and opening a file kills. So it never gives
//! back the end of a heap; whole heaps and large blocks it still does.

/// Blocks from here on are mapped on their own and given back when freed: the
/// largest value glibc takes, half of a heap of 64 MiB. Buffers of a page's
/// pixels stay below and are used again without new pages being touched.
const MAP_FROM_BYTES: libc::c_int = 32 * 1024 * 1024;

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
