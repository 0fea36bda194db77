//! What a renderer that was taken over would try, on FreeBSD.
//!
//! None has a lasting effect, should it work: signals are 0, what is set is set
//! to what it was, and a child ends at once.

use super::check;
use crate::confine::CHANNEL_FD;
use crate::probe::{Attempt, Held};
use std::io;
use std::os::fd::RawFd;
use std::ptr::{null, null_mut};

pub(super) const RW: libc::c_int = libc::PROT_READ | libc::PROT_WRITE;
pub(super) const ANONYMOUS: libc::c_int = libc::MAP_PRIVATE | libc::MAP_ANON;
/// `PT_ATTACH` (`sys/ptrace.h`).
const ATTACH: libc::c_int = 10;

pub(super) const fn attempt(
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
            // SAFETY: numbers, C strings that live for ever, null, and memory of
            // this expression; the process ends after this one attempt.
            check(unsafe { $call }).map(drop)
        })
    };
}
pub(super) use call;

/// What `pellucid check` tries.
pub(crate) const ALL: &[Attempt] = &[
    call!("open-file", "open /etc/passwd", |_| libc::open(
        c"/etc/passwd".as_ptr(),
        0
    )),
    call!("open-at", "open a file below its directory", |_| {
        libc::openat(libc::AT_FDCWD, c".".as_ptr(), 0)
    }),
    call!("create-file", "create a file", |_| libc::open(
        c"/tmp/pellucid-escape".as_ptr(),
        libc::O_CREAT | libc::O_EXCL | libc::O_RDWR,
        0o600
    )),
    call!(
        "reopen-document",
        "open its document again",
        |_| libc::open(c"/dev/fd/4".as_ptr(), libc::O_RDWR)
    ),
    call!("open-above", "open what is above its document", |held| {
        libc::openat(held.document, c"..".as_ptr(), 0)
    }),
    call!("stat-file", "ask whether /etc/passwd exists", |_| {
        libc::access(c"/etc/passwd".as_ptr(), 0)
    }),
    call!("change-directory", "change its directory", |_| libc::chdir(
        c"/".as_ptr()
    )),
    call!("change-root", "change its root directory", |_| {
        libc::chroot(c"/".as_ptr())
    }),
    call!("signal-parent", "signal the launcher", |_| {
        libc::kill(parent(), 0)
    }),
    call!("signal-all", "signal every process", |_| libc::kill(-1, 0)),
    call!("trace", "trace the launcher", |_| {
        libc::ptrace(ATTACH, parent(), null_mut(), 0)
    }),
    call!("traceable", "make itself traceable again", |_| {
        let mut enable = libc::PROC_TRACE_CTL_ENABLE;
        let this = libc::id_t::from(std::process::id());
        libc::procctl(
            libc::P_PID,
            this,
            libc::PROC_TRACE_CTL,
            (&raw mut enable).cast(),
        )
    }),
    attempt("start-process", "start a process", |_| child(fork())),
    attempt("start-descriptor", "start a process by descriptor", |_| {
        child(pdfork())
    }),
    call!("exec-shell", "run a shell", |_| {
        let arguments = [c"sh".as_ptr(), null()];
        libc::execve(c"/bin/sh".as_ptr(), arguments.as_ptr(), [null()].as_ptr())
    }),
    call!("exec-document", "run its document as a program", |held| {
        let arguments = [c"x".as_ptr(), null()];
        libc::fexecve(held.document, arguments.as_ptr(), [null()].as_ptr())
    }),
    attempt("socket-internet", "connect to the network", |_| {
        connect_internet()
    }),
    attempt("socket-name", "take a name for a socket", |_| bind_name()),
    call!("shared-name", "open shared memory by name", |_| {
        libc::shm_open(c"/pellucid-escape".as_ptr(), libc::O_RDWR, 0o600)
    }),
    call!("make-pipe", "make a named pipe", |_| libc::mkfifo(
        c"/tmp/pellucid-escape".as_ptr(),
        0o600
    )),
    call!("become-root", "become root", |_| libc::setuid(0)),
    attempt("raise-limit", "raise its own limits", |_| raise_limit()),
    attempt("see-processes", "list the processes of the system", |_| {
        sysctl(&[libc::CTL_KERN, libc::KERN_PROC, libc::KERN_PROC_ALL])
    }),
    call!("load-module", "load a kernel module", |_| kldload(
        c"pellucid-escape".as_ptr()
    )),
    attempt(
        "make-executable",
        "make memory that it wrote executable",
        |_| {
            map(RW, ANONYMOUS, -1).and_then(|start| {
                // SAFETY: changes only the page that was mapped for this.
                check(unsafe { libc::mprotect(start, 4096, libc::PROT_READ | libc::PROT_EXEC) })
                    .map(drop)
            })
        },
    ),
    attempt(
        "map-write-execute",
        "map memory to write and execute",
        |_| map(RW | libc::PROT_EXEC, ANONYMOUS, -1).map(drop),
    ),
    attempt(
        "map-document-writable",
        "map its document to write",
        |held| map(RW, libc::MAP_SHARED, held.document).map(drop),
    ),
    call!("write-document", "write to its document", |held| {
        check_written(libc::write(held.document, c"x".as_ptr().cast(), 1))
    }),
    call!(
        "chmod-document",
        "change the mode of its document",
        |held| libc::fchmod(held.document, 0o600)
    ),
    call!("lock-document", "lock its document", |held| libc::flock(
        held.document,
        libc::LOCK_SH
    )),
    call!("ioctl-document", "control its document", |held| {
        let mut waiting: libc::c_int = 0;
        libc::ioctl(held.document, libc::FIONREAD, &raw mut waiting)
    }),
    attempt(
        "widen-document",
        "widen the rights of its document",
        |held| super::rights::limit(borrow(held.document), super::rights::EVERYTHING),
    ),
    call!(
        "shrink-pixels",
        "shrink its pixel memory under the reader",
        |held| libc::ftruncate(held.pixels, 0)
    ),
    call!("grow-pixels", "grow its pixel memory", |held| {
        libc::ftruncate(held.pixels, 1 << 33)
    }),
    call!("exec-pixels", "run its pixel memory as a program", |held| {
        let arguments = [c"x".as_ptr(), null()];
        libc::fexecve(held.pixels, arguments.as_ptr(), [null()].as_ptr())
    }),
    call!("channel-address", "send to an address", |_| {
        let to = internet();
        let len = size_of::<libc::sockaddr_in>() as libc::socklen_t;
        check_written(libc::sendto(
            CHANNEL_FD,
            c"x".as_ptr().cast(),
            1,
            0,
            (&raw const to).cast(),
            len,
        ))
    }),
    attempt(
        "hold-more",
        "find a descriptor that it was not given",
        find_more,
    ),
];

unsafe extern "C" {
    fn kldload(file: *const libc::c_char) -> libc::c_int;
}

/// The launcher.
pub(super) fn parent() -> libc::pid_t {
    nix::unistd::getppid().as_raw()
}

pub(super) fn borrow(descriptor: RawFd) -> std::os::fd::BorrowedFd<'static> {
    // SAFETY: a probe holds its descriptors until it ends.
    unsafe { std::os::fd::BorrowedFd::borrow_raw(descriptor) }
}

pub(super) fn check_written(written: libc::ssize_t) -> libc::c_int {
    if written < 0 { -1 } else { 0 }
}

/// 0 is the child, which must end at once.
pub(super) fn child(made: io::Result<libc::pid_t>) -> io::Result<()> {
    match made? {
        // SAFETY: _exit takes a number and runs nothing of this process's.
        0 => unsafe { libc::_exit(0) },
        _ => Ok(()),
    }
}

fn fork() -> io::Result<libc::pid_t> {
    // SAFETY: the child calls nothing but _exit.
    check(unsafe { libc::fork() })
}

fn pdfork() -> io::Result<libc::pid_t> {
    let mut process = -1;
    // SAFETY: as for fork; the descriptor is written to this stack.
    check(unsafe { libc::pdfork(&raw mut process, libc::PD_CLOEXEC) })
}

pub(super) fn map(
    protection: libc::c_int,
    flags: libc::c_int,
    descriptor: RawFd,
) -> io::Result<*mut libc::c_void> {
    // SAFETY: a new mapping at an address of the kernel's choice.
    let start = unsafe { libc::mmap(null_mut(), 4096, protection, flags, descriptor, 0) };
    if start == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    Ok(start)
}

/// Reads what a name of the kernel's holds, or begins to: for its size alone the
/// kernel answers in capability mode too.
pub(super) fn sysctl(name: &[libc::c_int]) -> io::Result<()> {
    let mut held = [0_u8; 64];
    let mut len = held.len();
    let parts = libc::c_uint::try_from(name.len()).unwrap_or(0);
    let out = held.as_mut_ptr().cast();
    // SAFETY: sysctl reads as many numbers as it is told, and writes one length and
    // at most that many bytes.
    check(unsafe { libc::sysctl(name.as_ptr(), parts, out, &raw mut len, null(), 0) }).map(drop)
}

/// Port 9 of this machine, where nobody listens.
pub(super) fn internet() -> libc::sockaddr_in {
    libc::sockaddr_in {
        sin_len: 16,
        sin_family: libc::AF_INET as u8,
        sin_port: 9_u16.to_be(),
        sin_addr: libc::in_addr {
            s_addr: 0x7f00_0001_u32.to_be(),
        },
        sin_zero: [0; 8],
    }
}

fn connect_internet() -> io::Result<()> {
    // SAFETY: takes numbers.
    let socket = check(unsafe { libc::socket(libc::AF_INET, libc::SOCK_STREAM, 0) })?;
    let to = internet();
    let len = size_of::<libc::sockaddr_in>() as libc::socklen_t;
    // SAFETY: connect reads an address of this stack.
    check(unsafe { libc::connect(socket, (&raw const to).cast(), len) }).map(drop)
}

fn bind_name() -> io::Result<()> {
    // SAFETY: takes numbers.
    let socket = check(unsafe { libc::socket(libc::AF_UNIX, libc::SOCK_STREAM, 0) })?;
    let mut name = [0; 104];
    for (place, byte) in name.iter_mut().zip(b"/tmp/pellucid-escape") {
        *place = *byte as libc::c_char;
    }
    let address = libc::sockaddr_un {
        sun_len: 106,
        sun_family: libc::AF_UNIX as u8,
        sun_path: name,
    };
    let len = size_of::<libc::sockaddr_un>() as libc::socklen_t;
    // SAFETY: bind reads an address of this stack.
    check(unsafe { libc::bind(socket, (&raw const address).cast(), len) }).map(drop)
}

fn raise_limit() -> io::Result<()> {
    let wanted = libc::rlimit {
        rlim_cur: 4096,
        rlim_max: 4096,
    };
    // SAFETY: setrlimit reads the struct, which lives on this stack.
    check(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const wanted) }).map(drop)
}

/// Anything open besides `/dev/null`, the channel and what the probe was given.
fn find_more(held: &Held) -> io::Result<()> {
    let known = [0, 1, 2, CHANNEL_FD, held.document, held.pixels];
    let is_open = |number: &RawFd| {
        // SAFETY: takes numbers; one that is not open gives EBADF.
        unsafe { libc::fcntl(*number, libc::F_GETFD) >= 0 }
    };
    let found = (0..4096)
        .filter(|number| !known.contains(number))
        .any(|number| is_open(&number));
    if found {
        Ok(())
    } else {
        Err(io::Error::from_raw_os_error(libc::EBADF))
    }
}
