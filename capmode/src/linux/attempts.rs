//! What a renderer that was taken over would try, on Linux.

use crate::confine::CHANNEL_FD;
use crate::probe::{Attempt, Held};
use std::ffi::CStr;
use std::io;

/// One system call with up to six arguments; what it returns does not matter.
pub(super) fn call<const N: usize>(number: libc::c_long, arguments: [i64; N]) -> io::Result<()> {
    let at = |index: usize| arguments.get(index).copied().unwrap_or(0);
    // SAFETY: the attempts in this file pass numbers, pointers to C strings
    // that live for ever, and null. What a call that works does to this
    // process does not matter: it ends after this one attempt, and changes no
    // memory that Rust knows (new mappings lie where the kernel finds room).
    let result = unsafe { libc::syscall(number, at(0), at(1), at(2), at(3), at(4), at(5)) };
    super::check(result).map(drop)
}

pub(super) fn text(text: &'static CStr) -> i64 {
    text.as_ptr().expose_provenance() as i64
}

/// Maps a page; the four arguments that an attempt varies.
pub(super) fn map(protection: i32, flags: i32, descriptor: i32) -> io::Result<()> {
    call(
        libc::SYS_mmap,
        [
            0,
            4096,
            protection.into(),
            flags.into(),
            descriptor.into(),
            0,
        ],
    )
}

const fn attempt(
    name: &'static str,
    tries: &'static str,
    run: fn(&Held) -> io::Result<()>,
) -> Attempt {
    Attempt { name, tries, run }
}

const HERE: i64 = libc::AT_FDCWD as i64;
const RX: i32 = libc::PROT_READ | libc::PROT_EXEC;
const RW: i32 = libc::PROT_READ | libc::PROT_WRITE;
const ANONYMOUS: i32 = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;

/// Every attempt. None has a lasting effect, should it work.
pub(crate) const ALL: &[Attempt] = &[
    attempt("open-file", "open /etc/passwd", |_| {
        call(
            libc::SYS_openat,
            [HERE, text(c"/etc/passwd"), libc::O_RDONLY.into()],
        )
    }),
    attempt("open-directory", "open the root directory", |_| {
        call(
            libc::SYS_openat,
            [HERE, text(c"/"), libc::O_DIRECTORY.into()],
        )
    }),
    attempt("create-file", "make a temporary file", |_| {
        let flags = libc::O_TMPFILE | libc::O_WRONLY;
        call(libc::SYS_openat, [HERE, text(c"/tmp"), flags.into(), 0o600])
    }),
    attempt(
        "reopen-document",
        "open its document again, for writing",
        |held| {
            let path = format!("/proc/self/fd/{}\0", held.document).leak();
            let path = path.as_ptr().expose_provenance() as i64;
            call(libc::SYS_openat, [HERE, path, libc::O_RDWR.into()])
        },
    ),
    attempt("stat-file", "ask whether /etc/passwd exists", |_| {
        call(libc::SYS_faccessat, [HERE, text(c"/etc/passwd"), 0])
    }),
    attempt("change-directory", "change its directory", |_| {
        call(libc::SYS_chdir, [text(c"/")])
    }),
    attempt("change-root", "change its root directory", |_| {
        call(libc::SYS_chroot, [text(c"/")])
    }),
    attempt("mount", "mount a file system", |_| {
        call(
            libc::SYS_mount,
            [text(c"none"), text(c"/"), text(c"tmpfs"), 0, 0],
        )
    }),
    attempt("exec-document", "run its document as a program", |held| {
        call(
            libc::SYS_execveat,
            [
                held.document.into(),
                text(c""),
                0,
                0,
                libc::AT_EMPTY_PATH.into(),
            ],
        )
    }),
    attempt("exec-shell", "run a shell", |_| {
        call(libc::SYS_execve, [text(c"/bin/sh"), 0, 0])
    }),
    attempt("fork", "make another process", |_| {
        // SAFETY: as `call`; the child of a clone without shared memory ends at once.
        let child = unsafe { libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) };
        if child == 0 {
            // SAFETY: _exit takes a number and runs nothing of this process's.
            unsafe { libc::_exit(0) };
        }
        super::check(child).map(drop)
    }),
    attempt("user-namespace", "become root in a new namespace", |_| {
        call(libc::SYS_unshare, [libc::CLONE_NEWUSER.into()])
    }),
    attempt("socket-internet", "open an internet socket", |_| {
        call(
            libc::SYS_socket,
            [libc::AF_INET.into(), libc::SOCK_DGRAM.into(), 0],
        )
    }),
    attempt("socket-unix", "open a socket to other programs", |_| {
        call(
            libc::SYS_socket,
            [libc::AF_UNIX.into(), libc::SOCK_STREAM.into(), 0],
        )
    }),
    attempt("socket-netlink", "open a socket to the kernel", |_| {
        call(
            libc::SYS_socket,
            [libc::AF_NETLINK.into(), libc::SOCK_RAW.into(), 0],
        )
    }),
    attempt("socket-pair", "make a pair of sockets", |_| {
        static mut PAIR: [i32; 2] = [0; 2];
        let pair = (&raw mut PAIR).expose_provenance() as i64;
        call(
            libc::SYS_socketpair,
            [libc::AF_UNIX.into(), libc::SOCK_STREAM.into(), 0, pair],
        )
    }),
    attempt(
        "send-descriptor",
        "send with sendmsg, which can carry descriptors",
        |_| call(libc::SYS_sendmsg, [CHANNEL_FD.into(), 0, 0]),
    ),
    attempt(
        "receive-descriptor",
        "receive with recvmsg, which can bring descriptors",
        |_| {
            call(
                libc::SYS_recvmsg,
                [CHANNEL_FD.into(), 0, libc::MSG_DONTWAIT.into()],
            )
        },
    ),
    attempt("urgent-data", "send out-of-band data to the broker", |_| {
        call(
            libc::SYS_sendto,
            [CHANNEL_FD.into(), text(c"x"), 1, libc::MSG_OOB.into(), 0, 0],
        )
    }),
    attempt("signal-all", "signal every process it can see", |_| {
        call(libc::SYS_kill, [-1, 0])
    }),
    attempt("signal-other", "signal another process", |_| {
        call(libc::SYS_tgkill, [2, 2, 0])
    }),
    attempt("trace", "trace another process", |_| {
        call(libc::SYS_ptrace, [libc::PTRACE_SEIZE.into(), 2, 0, 0])
    }),
    attempt("read-memory", "read the memory of a process", |_| {
        call(libc::SYS_process_vm_readv, [1, 0, 0, 0, 0, 0])
    }),
    attempt("process-descriptor", "open a process", |_| {
        call(libc::SYS_pidfd_open, [1, 0])
    }),
    attempt("io-uring", "set up io_uring", |_| {
        static mut PARAMETERS: [u8; 256] = [0; 256];
        call(
            libc::SYS_io_uring_setup,
            [1, (&raw mut PARAMETERS).expose_provenance() as i64],
        )
    }),
    attempt("bpf", "load a program into the kernel", |_| {
        call(libc::SYS_bpf, [0, 0, 0])
    }),
    attempt("performance-events", "watch the processor", |_| {
        call(libc::SYS_perf_event_open, [0, 0, -1, -1, 0])
    }),
    attempt("page-faults", "handle page faults", |_| {
        call(libc::SYS_userfaultfd, [1])
    }),
    attempt("keyring", "use the kernel's key ring", |_| {
        call(libc::SYS_keyctl, [0, -3, 0])
    }),
    attempt("executable-memory", "map executable memory", |_| {
        map(RX, ANONYMOUS, -1)
    }),
    attempt("executable-pixels", "execute what it drew", |held| {
        map(RX, libc::MAP_SHARED, held.pixels)
    }),
    attempt("make-executable", "make its own memory executable", |_| {
        static PAGE: [u8; 8192] = [0; 8192];
        let page = (PAGE.as_ptr().expose_provenance() as i64 + 4095) & !4095;
        call(libc::SYS_mprotect, [page, 4096, RX.into()])
    }),
    attempt("shared-memory", "map memory that no limit counts", |_| {
        map(RW, libc::MAP_SHARED | libc::MAP_ANONYMOUS, -1)
    }),
    attempt("memory-file", "make a memory file", |_| {
        call(libc::SYS_memfd_create, [text(c"x"), 0])
    }),
    attempt(
        "shrink-pixels",
        "shrink its pixel memory under the reader",
        |held| call(libc::SYS_ftruncate, [held.pixels.into(), 0]),
    ),
    attempt("grow-pixels", "grow its pixel memory", |held| {
        call(libc::SYS_ftruncate, [held.pixels.into(), 1 << 33])
    }),
    attempt(
        "punch-pixels",
        "punch a hole into its pixel memory",
        |held| {
            let mode = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
            call(
                libc::SYS_fallocate,
                [held.pixels.into(), mode.into(), 0, 4096],
            )
        },
    ),
    attempt(
        "seal-pixels",
        "change the seals of its pixel memory",
        |held| {
            call(
                libc::SYS_fcntl,
                [held.pixels.into(), libc::F_ADD_SEALS.into(), 0x10],
            )
        },
    ),
    attempt("map-pixels", "map its pixel memory a second time", |held| {
        map(RW, libc::MAP_SHARED, held.pixels)
    }),
    attempt("write-document", "write to its document", |held| {
        call(libc::SYS_pwrite64, [held.document.into(), text(c"x"), 1, 0])
    }),
    attempt(
        "chmod-document",
        "change the mode of its document",
        |held| call(libc::SYS_fchmod, [held.document.into(), 0o600]),
    ),
    attempt("lock-document", "lock its document", |held| {
        call(
            libc::SYS_flock,
            [held.document.into(), libc::LOCK_SH.into()],
        )
    }),
    attempt("duplicate-descriptor", "duplicate a descriptor", |held| {
        call(
            libc::SYS_fcntl,
            [held.document.into(), libc::F_DUPFD.into(), 0],
        )
    }),
    attempt("terminal", "push characters into a terminal", |_| {
        call(libc::SYS_ioctl, [0, libc::TIOCSTI as i64, text(c"x")])
    }),
    attempt("raise-limit", "raise its own limits", |_| {
        static LIMIT: [u64; 2] = [4096; 2];
        let limit = LIMIT.as_ptr().expose_provenance() as i64;
        call(
            libc::SYS_prlimit64,
            [0, libc::RLIMIT_NOFILE.into(), limit, 0],
        )
    }),
    attempt("priority", "change the priority of others", |_| {
        call(libc::SYS_setpriority, [libc::PRIO_USER.into(), 0, 1])
    }),
    attempt("dumpable", "make itself traceable again", |_| {
        call(libc::SYS_prctl, [libc::PR_SET_DUMPABLE.into(), 1, 0, 0, 0])
    }),
    attempt(
        "new-thread",
        "make a thread that the filter did not see start",
        |_| call(libc::SYS_clone3, [0, 0]),
    ),
    attempt("system-clock", "set the clock", |_| {
        call(libc::SYS_clock_settime, [0, 0])
    }),
];
