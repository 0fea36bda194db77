//! What stays possible in capability mode, tried and told: calls that take the
//! number of another process, or reach kernel code that drawing does not need.
//!
//! A document cannot be read or changed by any of them. `sigqueue(2)`, which
//! FreeBSD-SA-26:28 closed, is a layer of its own (`Layer::SignalScope`).

use super::attempts::{ANONYMOUS, RW, attempt, call, map, parent};
use super::check;
use crate::probe::Attempt;
use std::mem::MaybeUninit;
use std::ptr::null_mut;

/// `UMTX_OP_SHM` and `UMTX_SHM_CREAT` (`sys/umtx.h`).
const SHARED_LOCK: libc::c_int = 25;
const CREATE: libc::c_ulong = 1;
/// `PROT_MAX` (`sys/mman.h`) of everything.
const MOST: libc::c_int = (libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC) << 16;

pub(crate) const ALL: &[Attempt] = &[
    attempt(
        "priority-of-parent",
        "set the priority of the launcher to what it is",
        |_| {
            // SAFETY: takes numbers.
            let now = unsafe { libc::getpriority(libc::PRIO_PROCESS, parent()) };
            // SAFETY: takes numbers.
            check(unsafe { libc::setpriority(libc::PRIO_PROCESS, parent(), now) }).map(drop)
        },
    ),
    call!(
        "realtime-of-parent",
        "ask for the real-time priority of the launcher",
        |_| {
            let mut found = MaybeUninit::<libc::rtprio>::zeroed();
            libc::rtprio(libc::RTP_LOOKUP, parent(), found.as_mut_ptr())
        }
    ),
    call!(
        "scheduling-of-parent",
        "ask how the launcher is scheduled",
        |_| {
            let mut found = MaybeUninit::<libc::sched_param>::zeroed();
            libc::sched_getparam(parent(), found.as_mut_ptr())
        }
    ),
    call!(
        "group-of-parent",
        "ask for the group of the launcher",
        |_| libc::getpgid(parent())
    ),
    call!(
        "session-of-parent",
        "ask for the session of the launcher",
        |_| libc::getsid(parent())
    ),
    attempt("make-thread", "make a thread", |_| {
        std::thread::Builder::new().spawn(|| {}).map(drop)
    }),
    call!("make-kqueue", "make an event queue", |_| libc::kqueue()),
    call!("make-pipe-pair", "make a pipe", |_| {
        let mut ends = [0; 2];
        libc::pipe(ends.as_mut_ptr())
    }),
    call!(
        "make-shared-memory",
        "make shared memory without a name",
        |_| libc::shm_open(libc::SHM_ANON, libc::O_RDWR, 0o600)
    ),
    call!("seek-document", "move in its document", |held| {
        if libc::lseek(held.document, 1, libc::SEEK_SET) < 0 {
            -1
        } else {
            0
        }
    }),
    call!("read-later", "read its document while it goes on", |held| {
        let mut byte = 0_u8;
        let mut request = std::mem::zeroed::<libc::aiocb>();
        request.aio_fildes = held.document;
        request.aio_buf = (&raw mut byte).cast();
        request.aio_nbytes = 1;
        let asked = libc::aio_read(&raw mut request);
        // It is over before its memory is.
        while asked == 0 && libc::aio_error(&raw const request) == libc::EINPROGRESS {}
        asked
    }),
    attempt("make-shared-lock", "make a lock to share", |_| {
        let start = map(RW, ANONYMOUS, -1)?;
        // SAFETY: names a page that was mapped for this.
        check(unsafe { libc::_umtx_op(null_mut(), SHARED_LOCK, CREATE, start, null_mut()) })
            .map(drop)
    }),
    attempt(
        "executable-in-two-steps",
        "make memory executable that asked to become so",
        |_| {
            let start = map(RW | MOST, ANONYMOUS, -1)?;
            let wanted = libc::PROT_READ | libc::PROT_EXEC;
            // SAFETY: changes only the page that was mapped for this.
            check(unsafe { libc::mprotect(start, 4096, wanted) }).map(drop)
        },
    ),
];
