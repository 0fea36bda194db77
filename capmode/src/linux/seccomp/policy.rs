//! The policy: one row a permission, with its reason.
//!
//! A renderer is linked statically, so what it calls is decided when it is
//! built and no update of a library changes it. A call that is known and has no
//! row kills; a number that is not known does not exist (`ENOSYS`), so that a
//! C library that tries a newer call falls back to an older one.
//!
//! Arguments that the kernel declares as `int` are compared in 32 bits, as the
//! kernel sees them; `long` and pointers in 64.

use Argument::{Is, IsLong, Null, Only, OnlyLong, OwnPid};
use Stage::{Launch, Serve, Start};

/// From when on a filter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The launcher, and everything it starts.
    Launch,
    /// A confined renderer that has received nothing.
    Start,
    /// A renderer that parses its document.
    Serve,
}

impl Stage {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 3] = [Launch, Start, Serve];
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is made.
    Allow,
    /// The whole process dies.
    Kill,
    /// It fails with this `errno`.
    Fail(i32),
}

/// What an argument must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument {
    /// One of these; an `int`.
    Is(&'static [u32]),
    /// No other bits than these; an `int`.
    Only(u32),
    /// One of these; a `long`.
    IsLong(&'static [u32]),
    /// No other bits than these; a `long`.
    OnlyLong(u32),
    /// A null pointer.
    Null,
    /// The number of this process; an `int`.
    OwnPid,
}

impl Argument {
    /// Whether the kernel looks at both words.
    pub(crate) fn is_64_bit(self) -> bool {
        matches!(self, IsLong(_) | OnlyLong(_) | Null)
    }
}

/// A permission.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) number: i64,
    pub(crate) stages: &'static [Stage],
    /// Position and condition; all must hold.
    pub(crate) arguments: &'static [(u8, Argument)],
    pub(crate) verdict: Verdict,
    /// Who calls it, for what.
    #[cfg_attr(
        not(feature = "test-support"),
        expect(dead_code, reason = "the reason is for readers; tests print it")
    )]
    pub(crate) why: &'static str,
    /// Why nothing may need it on the system where the tests run.
    #[cfg_attr(
        not(feature = "test-support"),
        expect(dead_code, reason = "the reason is for readers; tests ask for it")
    )]
    pub(crate) elsewhere: Option<&'static str>,
}

impl Row {
    /// The same for a system that the tests may not be running on: tests fail on
    /// a row that nothing needs unless it says who else does.
    const fn elsewhere(self, why: &'static str) -> Self {
        Self {
            elsewhere: Some(why),
            ..self
        }
    }
}

/// Numbers from here on belong to the x32 ABI (`asm/unistd.h`).
pub(crate) const X32_BIT: u32 = 0x4000_0000;

/// Highest number that was known when this was written: `listns`, Linux 6.19.
pub(crate) const LAST_KNOWN: u32 = 470;

const CHANNEL: u32 = 3;
/// The first descriptor that arrives. Those of pixels and fonts, which arrive with it,
/// are closed before the last wall; so is this one unless it is read by offset.
const DOCUMENT: u32 = 4;
const STDERR: u32 = 2;

// What `mmap`, `mprotect` and `madvise` take (`mman.h`); never PROT_EXEC.
const READ: u32 = libc::PROT_READ as u32;
const READ_WRITE: u32 = (libc::PROT_READ | libc::PROT_WRITE) as u32;
const PRIVATE: u32 = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as u32;
const PRIVATE_RESERVE: u32 = PRIVATE | libc::MAP_NORESERVE as u32;
const PRIVATE_STACK: u32 = PRIVATE | libc::MAP_STACK as u32;
const SHARED: u32 = libc::MAP_SHARED as u32;
const FILE_COPY: u32 = libc::MAP_PRIVATE as u32;
/// `MADV_GUARD_INSTALL` (Linux 6.13): how newer C libraries guard a stack.
const GUARD_INSTALL: u32 = 102;
const HUGE_PAGE: u32 = libc::MADV_HUGEPAGE as u32;
#[cfg(target_arch = "x86_64")]
const MOVE_OVER: u32 = (libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED) as u32;
#[cfg(target_arch = "x86_64")]
const POPULATE_WRITE: u32 = libc::MADV_POPULATE_WRITE as u32;

const NO_SIGNAL: u32 = libc::MSG_NOSIGNAL as u32;
const CLOSE_ON_EXEC: u32 = libc::MSG_CMSG_CLOEXEC as u32;

/// Private futexes without priority inheritance: wake, and wait with a bit set.
const FUTEX: &[u32] = &[129, 137];
/// Private too: wait.
const FUTEX_WAIT: u32 = 128;
/// Wait and wake across processes.
const FUTEX_SHARED: &[u32] = &[0, 1];

const CLOCKS: &[u32] = &[libc::CLOCK_REALTIME as u32, libc::CLOCK_MONOTONIC as u32];

/// What the C library asks of `clone` for a thread.
const THREAD: u32 = (libc::CLONE_VM
    | libc::CLONE_FS
    | libc::CLONE_FILES
    | libc::CLONE_SIGHAND
    | libc::CLONE_THREAD
    | libc::CLONE_SYSVSEM
    | libc::CLONE_SETTLS
    | libc::CLONE_PARENT_SETTID
    | libc::CLONE_CHILD_CLEARTID) as u32;

/// From the launcher's start to the end of a renderer.
const ALWAYS: &[Stage] = &[Launch, Start, Serve];
/// A confined renderer, to its end.
const CONFINED: &[Stage] = &[Start, Serve];
/// Until the last wall is up.
const STARTING: &[Stage] = &[Launch, Start];
/// The launcher, and a renderer before it is confined.
const LAUNCHING: &[Stage] = &[Launch];

const fn allow(
    number: i64,
    stages: &'static [Stage],
    arguments: &'static [(u8, Argument)],
    why: &'static str,
) -> Row {
    Row {
        number,
        stages,
        arguments,
        verdict: Verdict::Allow,
        why,
        elsewhere: None,
    }
}

/// Every permission. Of the rows of one call the first that fits decides.
pub(crate) const ROWS: &[Row] = &[
    // Memory. Nothing is ever executable, and nothing shared is anonymous, so
    // that the memory limit counts everything.
    allow(
        libc::SYS_mmap,
        ALWAYS,
        &[
            (2, IsLong(&[0, READ_WRITE])),
            (3, IsLong(&[PRIVATE, PRIVATE_RESERVE])),
        ],
        "allocator",
    ),
    allow(libc::SYS_munmap, ALWAYS, &[], "allocator"),
    allow(
        libc::SYS_mprotect,
        ALWAYS,
        &[(2, OnlyLong(READ_WRITE))],
        "allocator opens what it reserved",
    ),
    allow(
        libc::SYS_mremap,
        ALWAYS,
        &[(3, IsLong(&[libc::MREMAP_MAYMOVE as u32]))],
        "realloc of a large block",
    ),
    allow(libc::SYS_brk, ALWAYS, &[], "allocator of the first thread"),
    allow(
        libc::SYS_mmap,
        STARTING,
        &[(2, IsLong(&[0, READ_WRITE])), (3, IsLong(&[PRIVATE_STACK]))],
        "stacks of workers",
    ),
    allow(
        libc::SYS_mmap,
        STARTING,
        &[(2, IsLong(&[READ_WRITE])), (3, IsLong(&[SHARED]))],
        "pixel memory",
    ),
    allow(
        libc::SYS_mmap,
        STARTING,
        &[(2, IsLong(&[READ])), (3, IsLong(&[FILE_COPY]))],
        "document snapshot",
    ),
    allow(
        libc::SYS_madvise,
        STARTING,
        &[(2, Is(&[GUARD_INSTALL]))],
        "stack guards of newer C libraries",
    )
    .elsewhere("a C library from 2025 on"),
    allow(
        libc::SYS_madvise,
        STARTING,
        &[(2, Is(&[HUGE_PAGE]))],
        "heaps of workers (allocator.rs); program start (entry.rs)",
    ),
    // Threads.
    allow(
        libc::SYS_futex,
        ALWAYS,
        &[(1, Is(FUTEX))],
        "locks, queues, parking",
    ),
    allow(
        libc::SYS_futex,
        ALWAYS,
        &[(1, Is(&[FUTEX_WAIT]))],
        "locks of the C library",
    )
    .elsewhere("threads that meet in the allocator, which is chance"),
    allow(
        libc::SYS_futex,
        STARTING,
        &[(1, Is(FUTEX_SHARED))],
        "the C library starts a thread",
    )
    .elsewhere("musl, whose list of threads has such a lock"),
    allow(
        libc::SYS_clone,
        STARTING,
        &[(0, IsLong(&[THREAD]))],
        "workers",
    ),
    Row {
        number: libc::SYS_clone3,
        stages: STARTING,
        arguments: &[],
        verdict: Verdict::Fail(libc::ENOSYS),
        why: "its flags are in memory and cannot be compared; the C library falls back to clone",
        elsewhere: None,
    },
    allow(libc::SYS_set_robust_list, STARTING, &[], "thread start"),
    allow(libc::SYS_rseq, STARTING, &[], "thread start"),
    allow(
        libc::SYS_sched_getaffinity,
        STARTING,
        &[],
        "thread start: the C library finds the stack",
    ),
    allow(
        libc::SYS_prctl,
        STARTING,
        &[(0, Is(&[libc::PR_SET_NAME as u32]))],
        "names of threads",
    ),
    // The channel.
    allow(
        libc::SYS_recvfrom,
        ALWAYS,
        &[(0, Is(&[CHANNEL])), (3, Is(&[0])), (4, Null)],
        "requests",
    ),
    allow(
        libc::SYS_sendto,
        ALWAYS,
        &[(0, Is(&[CHANNEL])), (3, Is(&[NO_SIGNAL])), (4, Null)],
        "events",
    ),
    allow(
        libc::SYS_recvmsg,
        STARTING,
        &[(0, Is(&[CHANNEL])), (2, Is(&[CLOSE_ON_EXEC]))],
        "document and pixels arrive",
    ),
    // The document.
    allow(libc::SYS_lseek, STARTING, &[], "size of the snapshot"),
    allow(
        libc::SYS_fcntl,
        STARTING,
        &[(1, Is(&[libc::F_GET_SEALS as u32]))],
        "the snapshot is sealed",
    ),
    allow(
        libc::SYS_fcntl,
        STARTING,
        &[(1, Is(&[libc::F_GETFD as u32]))],
        "the standard library looks at what it closes",
    )
    .elsewhere("a debug build"),
    allow(
        libc::SYS_pread64,
        ALWAYS,
        &[(0, Is(&[DOCUMENT]))],
        "a document that is not copied is read when its bytes are needed",
    ),
    allow(
        libc::SYS_close,
        STARTING,
        &[],
        "descriptors that have been mapped",
    ),
    // Time, chance, signals, the end.
    allow(
        libc::SYS_clock_gettime,
        ALWAYS,
        &[(0, Is(CLOCKS))],
        "clocks where the vDSO has none",
    )
    .elsewhere("a machine whose clock the vDSO cannot read"),
    allow(
        libc::SYS_getrandom,
        ALWAYS,
        &[(2, Only(7))],
        "seeds of hash tables",
    ),
    allow(
        libc::SYS_restart_syscall,
        ALWAYS,
        &[],
        "the kernel, after SIGSTOP and SIGCONT",
    )
    .elsewhere("a wait with a time limit that is stopped"),
    allow(libc::SYS_rt_sigreturn, ALWAYS, &[], "return from a handler")
        .elsewhere("a fault that is no overflow: the handler returns to it"),
    allow(
        libc::SYS_rt_sigprocmask,
        ALWAYS,
        &[],
        "abort, and thread start",
    ),
    allow(
        libc::SYS_rt_sigaction,
        ALWAYS,
        &[],
        "abort, and the handler of a stack overflow gives up",
    )
    .elsewhere("a fault that is no overflow, and abort in other C libraries"),
    allow(
        libc::SYS_sigaltstack,
        ALWAYS,
        &[],
        "stack for the handler of a stack overflow",
    ),
    allow(libc::SYS_getpid, ALWAYS, &[], "abort"),
    allow(
        libc::SYS_gettid,
        ALWAYS,
        &[],
        "abort; names of threads in messages",
    ),
    allow(
        libc::SYS_tgkill,
        CONFINED,
        &[(0, OwnPid), (2, Is(&[libc::SIGABRT as u32]))],
        "abort",
    ),
    allow(
        libc::SYS_tgkill,
        LAUNCHING,
        &[(2, Is(&[libc::SIGABRT as u32]))],
        "abort of a renderer, whose number only its own filters know",
    ),
    allow(
        libc::SYS_write,
        ALWAYS,
        &[(0, Is(&[STDERR]))],
        "last words of the standard library, to /dev/null",
    ),
    allow(libc::SYS_exit, ALWAYS, &[], "a thread ends")
        .elsewhere("a worker that ends, which is a defect; it is no attack"),
    allow(libc::SYS_exit_group, ALWAYS, &[], "the process ends"),
    allow(
        libc::SYS_seccomp,
        STARTING,
        &[(0, Is(&[1])), (1, Is(&[1]))],
        "a stricter filter, on every thread",
    ),
    // The launcher.
    allow(
        libc::SYS_clone,
        LAUNCHING,
        &[(
            0,
            IsLong(&[
                super::super::spawn::CLONE_FLAGS as u32,
                super::super::spawn::CLONE_FLAGS_PLAIN as u32,
            ]),
        )],
        "a renderer",
    ),
    allow(
        libc::SYS_execveat,
        LAUNCHING,
        &[(4, Is(&[libc::AT_EMPTY_PATH as u32]))],
        "the renderer's program, by descriptor",
    ),
    allow(libc::SYS_recvmsg, LAUNCHING, &[], "requests of the broker"),
    allow(
        libc::SYS_sendmsg,
        LAUNCHING,
        &[],
        "process descriptors for the broker",
    ),
    allow(libc::SYS_pipe2, LAUNCHING, &[], "how a renderer ended"),
    allow(libc::SYS_write, LAUNCHING, &[], "how a renderer ended"),
    allow(
        libc::SYS_waitid,
        LAUNCHING,
        &[(0, Is(&[libc::P_PIDFD]))],
        "how a renderer ended",
    ),
    #[cfg(target_arch = "x86_64")]
    allow(
        libc::SYS_poll,
        LAUNCHING,
        &[],
        "requests and ends; the standard library looks at 0, 1 and 2",
    ),
    #[cfg(not(target_arch = "x86_64"))]
    allow(
        libc::SYS_ppoll,
        LAUNCHING,
        &[],
        "requests and ends; the standard library looks at 0, 1 and 2",
    ),
    allow(
        libc::SYS_fcntl,
        LAUNCHING,
        &[(1, Is(&[libc::F_DUPFD_CLOEXEC as u32]))],
        "keeping descriptors out of a child's way",
    ),
    #[cfg(target_arch = "x86_64")]
    allow(libc::SYS_dup2, LAUNCHING, &[], "descriptors of a renderer"),
    #[cfg(not(target_arch = "x86_64"))]
    allow(libc::SYS_dup3, LAUNCHING, &[], "descriptors of a renderer"),
    allow(
        libc::SYS_prlimit64,
        LAUNCHING,
        &[],
        "budget of a renderer, and whether it is there",
    ),
    allow(
        libc::SYS_geteuid,
        LAUNCHING,
        &[],
        "whether there is root to give up",
    ),
    allow(libc::SYS_setgroups, LAUNCHING, &[], "giving up root"),
    allow(libc::SYS_setresgid, LAUNCHING, &[], "giving up root"),
    allow(libc::SYS_setresuid, LAUNCHING, &[], "giving up root"),
    allow(libc::SYS_prctl, LAUNCHING, &[], "attributes of a renderer"),
    // A program starts, and confines itself.
    #[cfg(target_arch = "x86_64")]
    allow(
        libc::SYS_madvise,
        LAUNCHING,
        &[(2, Is(&[POPULATE_WRITE]))],
        "program start: tables that are relocated (entry.rs)",
    ),
    #[cfg(target_arch = "x86_64")]
    allow(
        libc::SYS_mremap,
        LAUNCHING,
        &[(3, IsLong(&[MOVE_OVER]))],
        "program start: the same tables, from a huge page",
    ),
    #[cfg(target_arch = "x86_64")]
    allow(libc::SYS_arch_prctl, LAUNCHING, &[], "program start"),
    allow(libc::SYS_set_tid_address, LAUNCHING, &[], "program start"),
    #[cfg(target_arch = "x86_64")]
    allow(
        libc::SYS_readlink,
        LAUNCHING,
        &[],
        "program start: the C library asks for its own path",
    ),
    #[cfg(not(target_arch = "x86_64"))]
    allow(
        libc::SYS_readlinkat,
        LAUNCHING,
        &[],
        "program start: the C library asks for its own path",
    ),
    allow(
        libc::SYS_getsockopt,
        LAUNCHING,
        &[],
        "whether there is a channel",
    ),
    allow(
        libc::SYS_close_range,
        LAUNCHING,
        &[],
        "nothing but the channel stays open",
    ),
    allow(libc::SYS_capset, LAUNCHING, &[], "confinement"),
    allow(
        libc::SYS_landlock_create_ruleset,
        LAUNCHING,
        &[],
        "confinement",
    ),
    allow(
        libc::SYS_landlock_restrict_self,
        LAUNCHING,
        &[],
        "confinement",
    ),
];
