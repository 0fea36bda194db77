//! The budget of a renderer as resource limits (`setrlimit(2)`).
//!
//! Set by the launcher between clone and exec: a limit that is there before the
//! program starts cannot be forgotten by it.

use super::allocator::ROOM_BYTES;
use crate::launcher::WORKER_STACK_BYTES;
use crate::launcher::wire::Request;
use std::io;

/// Address space one worker thread reserves: its stack, and the arena of the C
/// library's allocator (64 MiB, aligned by reserving twice as much).
const THREAD_BYTES: u64 = 136 * 1024 * 1024;

/// Address space of the program itself, its read-only data and its first stack.
const PROGRAM_BYTES: u64 = 256 * 1024 * 1024;

/// Stack of the first thread; the workers have their own.
const STACK_BYTES: u64 = 8 * 1024 * 1024;

/// Descriptors: 0–3, document, pixels and fonts, and one spare. `poll(2)` refuses more
/// entries than this limit, so it cannot be 0.
const DESCRIPTORS: u64 = 8;

/// One resource and its limit, soft and hard alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    resource: libc::__rlimit_resource_t,
    value: u64,
}

/// Number of limits in a [`table`].
pub(crate) const LIMITS: usize = 11;

/// The limits for a request. `own_user_ns` says whether processes are counted
/// for this renderer alone.
pub(crate) fn table(request: &Request, own_user_ns: bool) -> [Limit; LIMITS] {
    let workers = u64::from(request.workers);
    // Stacks are private memory too, and counted whole, as is what workers have
    // opened of their heaps and not touched.
    let own = own_bytes(request.workers);
    let data = request.memory_bytes.saturating_add(own);
    let address_space = request
        .memory_bytes
        .saturating_add(request.shared_bytes)
        .saturating_add(workers.saturating_mul(THREAD_BYTES))
        .saturating_add(PROGRAM_BYTES);
    // In a user namespace of its own the count starts at 0 and threads count:
    // the first thread and the workers. Elsewhere it would count the user's
    // other processes, and the filter alone keeps it from forking.
    let processes = if own_user_ns {
        workers.saturating_add(1)
    } else {
        libc::RLIM_INFINITY
    };
    let limit = |resource, value| Limit { resource, value };
    [
        limit(libc::RLIMIT_AS, address_space),
        limit(libc::RLIMIT_DATA, data),
        limit(libc::RLIMIT_STACK, STACK_BYTES),
        limit(libc::RLIMIT_CPU, u64::from(request.cpu_seconds)),
        limit(libc::RLIMIT_NPROC, processes),
        limit(libc::RLIMIT_NOFILE, DESCRIPTORS),
        // Not even memory files may be written to; pixels are mapped.
        limit(libc::RLIMIT_FSIZE, 0),
        limit(libc::RLIMIT_CORE, 0),
        limit(libc::RLIMIT_MEMLOCK, 0),
        limit(libc::RLIMIT_MSGQUEUE, 0),
        limit(libc::RLIMIT_SIGPENDING, 16),
    ]
}

/// What workers take of private memory before they do anything.
pub(crate) fn own_bytes(workers: u32) -> u64 {
    u64::from(workers).saturating_mul((WORKER_STACK_BYTES + ROOM_BYTES) as u64)
}

/// Sets one limit of this process. Async-signal-safe.
pub(crate) fn set(limit: &Limit) -> io::Result<()> {
    let wanted = libc::rlimit {
        rlim_cur: limit.value,
        rlim_max: limit.value,
    };
    // SAFETY: setrlimit reads the struct it is given, which lives on this stack.
    let result = unsafe { libc::setrlimit(limit.resource, &raw const wanted) };
    if result == 0 || !lowers(limit) {
        return Ok(());
    }
    Err(io::Error::last_os_error())
}

/// Whether setting the limit would lower the hard limit that is in force; one
/// that is lower already must not, and cannot, be raised.
fn lowers(limit: &Limit) -> bool {
    current(limit.resource).is_none_or(|(_, hard)| hard > limit.value)
}

/// Soft and hard limit in force.
pub(crate) fn current(resource: libc::__rlimit_resource_t) -> Option<(u64, u64)> {
    let mut found = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: getrlimit writes the struct it is given, which lives on this stack.
    let result = unsafe { libc::getrlimit(resource, &raw mut found) };
    (result == 0).then_some((found.rlim_cur, found.rlim_max))
}

/// Private memory that this process may have, in bytes; `None` where there is no limit.
pub(crate) fn private_bytes() -> Option<u64> {
    let (_, hard) = current(libc::RLIMIT_DATA)?;
    (hard != libc::RLIM_INFINITY).then_some(hard)
}

/// Whether this process has the limits that every renderer has.
pub(crate) fn in_force() -> bool {
    let zero = [libc::RLIMIT_CORE, libc::RLIMIT_FSIZE];
    let bounded = [
        libc::RLIMIT_AS,
        libc::RLIMIT_DATA,
        libc::RLIMIT_CPU,
        libc::RLIMIT_NOFILE,
    ];
    zero.iter().all(|r| current(*r) == Some((0, 0)))
        && bounded
            .iter()
            .all(|r| current(*r).is_some_and(|(_, hard)| hard != libc::RLIM_INFINITY))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: Request = Request {
        memory_bytes: 1 << 30,
        shared_bytes: 1 << 28,
        cpu_seconds: 3600,
        workers: 2,
        role: 0,
    };

    fn value(table: &[Limit], resource: libc::__rlimit_resource_t) -> u64 {
        table.iter().find(|l| l.resource == resource).unwrap().value
    }

    #[test]
    fn threads_are_counted_only_where_they_are_counted_alone() {
        assert_eq!(value(&table(&REQUEST, true), libc::RLIMIT_NPROC), 3);
        let shared = table(&REQUEST, false);
        assert_eq!(value(&shared, libc::RLIMIT_NPROC), libc::RLIM_INFINITY);
    }

    #[test]
    fn an_absurd_request_saturates() {
        let request = Request {
            memory_bytes: u64::MAX,
            ..REQUEST
        };
        assert_eq!(value(&table(&request, true), libc::RLIMIT_AS), u64::MAX);
    }
}
