//! What a renderer that was taken over would try, on FreeBSD.

use super::check;
use crate::probe::{Attempt, Held};
use std::io;

const fn attempt(
    name: &'static str,
    tries: &'static str,
    run: fn(&Held) -> io::Result<()>,
) -> Attempt {
    Attempt { name, tries, run }
}

/// An attempt that is one call with numbers and C strings.
macro_rules! call {
    ($name:literal, $tries:literal, |$held:pat_param| $call:expr) => {
        attempt($name, $tries, |$held| {
            // SAFETY: numbers, C strings that live for ever, and null; the
            // process ends after this one attempt.
            check(unsafe { $call }).map(drop)
        })
    };
}

/// Every attempt. None has a lasting effect, should it work.
pub(crate) const ALL: &[Attempt] = &[
    call!("open-file", "open /etc/passwd", |_| libc::open(
        c"/etc/passwd".as_ptr(),
        0
    )),
    call!("open-at", "open a file below its directory", |_| {
        libc::openat(libc::AT_FDCWD, c".".as_ptr(), 0)
    }),
    call!(
        "reopen-document",
        "open its document again",
        |_| libc::open(c"/dev/fd/4".as_ptr(), libc::O_RDWR)
    ),
    call!("stat-file", "ask whether /etc/passwd exists", |_| {
        libc::access(c"/etc/passwd".as_ptr(), 0)
    }),
    call!("change-directory", "change its directory", |_| libc::chdir(
        c"/".as_ptr()
    )),
    call!(
        "change-root",
        "change its root directory",
        |_| libc::chroot(c"/".as_ptr())
    ),
    call!("signal-parent", "signal the launcher", |_| libc::kill(
        libc::getppid(),
        0
    )),
    call!("signal-all", "signal every process", |_| libc::kill(-1, 0)),
    call!("shared-name", "open shared memory by name", |_| {
        libc::shm_open(c"/x".as_ptr(), libc::O_RDWR | libc::O_CREAT, 0o600)
    }),
    call!("make-pipe", "make a named pipe", |_| libc::mkfifo(
        c"/tmp/x".as_ptr(),
        0o600
    )),
    call!("become-root", "become root", |_| libc::setuid(0)),
    call!(
        "chmod-document",
        "change the mode of its document",
        |held| libc::fchmod(held.document, 0o600)
    ),
    call!("lock-document", "lock its document", |held| libc::flock(
        held.document,
        libc::LOCK_SH
    )),
    call!(
        "flags-document",
        "ask for the flags of its document",
        |held| libc::fcntl(held.document, libc::F_GETFL)
    ),
    call!(
        "ioctl-document",
        "control its document",
        |held| libc::ioctl(
            held.document,
            libc::FIONREAD,
            std::ptr::null_mut::<libc::c_int>()
        )
    ),
    call!(
        "shrink-pixels",
        "shrink its pixel memory under the reader",
        |held| libc::ftruncate(held.pixels, 0)
    ),
    call!("grow-pixels", "grow its pixel memory", |held| {
        libc::ftruncate(held.pixels, 1 << 33)
    }),
    call!(
        "chmod-pixels",
        "change the mode of its pixel memory",
        |held| libc::fchmod(held.pixels, 0o600)
    ),
    call!("exec-document", "run its document as a program", |held| {
        libc::fexecve(held.document, std::ptr::null(), std::ptr::null())
    }),
    call!("traceable", "make itself traceable again", |_| {
        libc::procctl(libc::P_PID, 0, libc::PROC_TRACE_CTL, std::ptr::null_mut())
    }),
];
