//! The budget of a renderer as resource limits (`setrlimit(2)`).

use super::check;
use crate::launcher::WORKER_STACK_BYTES;
use crate::launcher::wire::Request;
use std::io;

/// Address space of the program and its libraries, and what the allocator has
/// reserved and not given out. Anonymous memory is bounded by the address space
/// alone: `RLIMIT_DATA` does not count it here.
const PROGRAM_BYTES: u64 = 512 * 1024 * 1024;
/// Largest first stack: it only receives, and nothing is parsed on it.
const FIRST_STACK_BYTES: u64 = 8 * 1024 * 1024;
/// Descriptors: 0–3, document and pixels, and two spare.
const DESCRIPTORS: u64 = 8;
/// The least that limits: where the kernel counts per user, 0 means no limit
/// (`chglimit` in `kern_resource.c`).
const ONE: u64 = 1;
/// Number of limits in a [`table`].
pub(crate) const LIMITS: usize = 13;

/// One resource and its limit, soft and hard alike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    resource: libc::c_int,
    value: u64,
}

/// The limits for a request.
pub(crate) fn table(request: &Request) -> [Limit; LIMITS] {
    let data = request
        .memory_bytes
        .saturating_add(own_bytes(request.workers));
    let address_space = data
        .saturating_add(request.shared_bytes)
        .saturating_add(PROGRAM_BYTES);
    let limit = |resource, value: u64| Limit {
        resource,
        // RLIM_INFINITY is the largest signed number here.
        value: value.min(i64::MAX as u64),
    };
    [
        limit(libc::RLIMIT_AS, address_space),
        limit(libc::RLIMIT_DATA, data),
        limit(libc::RLIMIT_CPU, u64::from(request.cpu_seconds)),
        limit(libc::RLIMIT_NOFILE, DESCRIPTORS),
        limit(libc::RLIMIT_STACK, FIRST_STACK_BYTES),
        // The kernel makes 0 into 1. Threads are not counted, and this process
        // is the one, so none is left.
        limit(libc::RLIMIT_NPROC, ONE),
        limit(libc::RLIMIT_FSIZE, 0),
        limit(libc::RLIMIT_CORE, 0),
        limit(libc::RLIMIT_MEMLOCK, 0),
        // No buffer for a socket, so no socket: none is a number like others here.
        limit(libc::RLIMIT_SBSIZE, 0),
        limit(libc::RLIMIT_KQUEUES, ONE),
        limit(libc::RLIMIT_NPTS, ONE),
        limit(libc::RLIMIT_UMTXP, ONE),
    ]
}

/// What workers take of private memory before they do anything.
pub(crate) fn own_bytes(workers: u32) -> u64 {
    u64::from(workers).saturating_mul(WORKER_STACK_BYTES as u64)
}

/// Sets one limit of this process. Async-signal-safe.
pub(crate) fn set(limit: &Limit) -> io::Result<()> {
    let wanted = libc::rlimit {
        rlim_cur: limit.value as libc::rlim_t,
        rlim_max: limit.value as libc::rlim_t,
    };
    // SAFETY: setrlimit reads the struct it is given, which lives on this stack.
    check(unsafe { libc::setrlimit(limit.resource, &raw const wanted) }).map(drop)
}

/// Private memory that this process may have, in bytes; `None` where there is no limit.
pub(crate) fn private_bytes() -> Option<u64> {
    let hard = hard_limit(libc::RLIMIT_DATA).filter(|hard| *hard != libc::RLIM_INFINITY)?;
    u64::try_from(hard).ok()
}

/// Whether this process has the limits that every renderer has.
pub(crate) fn in_force() -> bool {
    let at_most = |resource, most| hard_limit(resource).is_some_and(|limit| limit <= most);
    at_most(libc::RLIMIT_CORE, 0)
        && at_most(libc::RLIMIT_FSIZE, 0)
        && at_most(libc::RLIMIT_SBSIZE, 0)
        && at_most(libc::RLIMIT_NPROC, 1)
}

fn hard_limit(resource: libc::c_int) -> Option<libc::rlim_t> {
    let mut found = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: getrlimit writes the struct it is given, which lives on this stack.
    let result = unsafe { libc::getrlimit(resource, &raw mut found) };
    (result == 0).then_some(found.rlim_max)
}
