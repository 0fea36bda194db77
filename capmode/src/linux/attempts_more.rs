//! The rest of what a renderer that was taken over could try: too many to tell
//! in `pellucid check`, tried by the tests one by one.

use super::attempts::{call, map, text};
use crate::confine::CHANNEL_FD;
use crate::probe::{Attempt, Held};
use std::io;

const HERE: i64 = libc::AT_FDCWD as i64;
const RW: i32 = libc::PROT_READ | libc::PROT_WRITE;
const ANONYMOUS: i32 = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
const CHANNEL: i64 = CHANNEL_FD as i64;

/// An attempt that is one call with numbers and null pointers.
macro_rules! plain {
    ($name:literal, $number:expr $(, $argument:expr)*) => {
        Attempt {
            name: $name,
            tries: $name,
            run: |_| call($number, [$(i64::from($argument)),*]),
        }
    };
}

/// An attempt that needs what the process holds, or memory.
const fn attempt(name: &'static str, run: fn(&Held) -> io::Result<()>) -> Attempt {
    Attempt {
        name,
        tries: name,
        run,
    }
}

pub(crate) const MORE: &[Attempt] = &[
    // Names of files.
    #[cfg(target_arch = "x86_64")]
    attempt("open", |_| call(libc::SYS_open, [text(c"/etc/passwd"), 0])),
    #[cfg(target_arch = "x86_64")]
    attempt("creat", |_| call(libc::SYS_creat, [text(c"/x"), 0o600])),
    attempt("openat2", |_| {
        call(libc::SYS_openat2, [HERE, text(c"/"), 0, 24])
    }),
    plain!("open_by_handle_at", libc::SYS_open_by_handle_at, -100, 0, 0),
    attempt("name_to_handle_at", |_| {
        call(libc::SYS_name_to_handle_at, [HERE, text(c"/"), 0, 0, 0])
    }),
    #[cfg(target_arch = "x86_64")]
    attempt("stat", |_| call(libc::SYS_stat, [text(c"/x"), 0])),
    #[cfg(target_arch = "x86_64")]
    attempt("lstat", |_| call(libc::SYS_lstat, [text(c"/x"), 0])),
    attempt("newfstatat", |_| {
        call(libc::SYS_newfstatat, [HERE, text(c"/x"), 0, 0])
    }),
    attempt("statx", |_| {
        call(libc::SYS_statx, [HERE, text(c"/x"), 0, 0, 0])
    }),
    #[cfg(target_arch = "x86_64")]
    attempt("access", |_| call(libc::SYS_access, [text(c"/x"), 0])),
    #[cfg(target_arch = "x86_64")]
    attempt("readlink", |_| {
        call(libc::SYS_readlink, [text(c"/proc/self/exe"), 0, 0])
    }),
    attempt("getdents64", |held| {
        call(libc::SYS_getdents64, [held.document.into(), 0, 0])
    }),
    plain!("getcwd", libc::SYS_getcwd, 0, 0),
    attempt("fchdir", |held| {
        call(libc::SYS_fchdir, [held.document.into()])
    }),
    attempt("fstat", |held| {
        call(libc::SYS_fstat, [held.document.into(), 0])
    }),
    // Processes.
    #[cfg(target_arch = "x86_64")]
    plain!("clone-thread", libc::SYS_clone, 0x3d_0f00, 0, 0),
    plain!("setns", libc::SYS_setns, 3, 0),
    plain!("kill-group", libc::SYS_kill, 0, 0),
    plain!("kill-one", libc::SYS_kill, 1, 0),
    plain!("tkill", libc::SYS_tkill, 1, 0),
    attempt("tgkill-kill", |_| {
        call(libc::SYS_tgkill, [std::process::id().into(), 1, 0])
    }),
    plain!("rt_sigqueueinfo", libc::SYS_rt_sigqueueinfo, 1, 0, 0),
    plain!("rt_tgsigqueueinfo", libc::SYS_rt_tgsigqueueinfo, 1, 1, 0, 0),
    plain!(
        "process_vm_writev",
        libc::SYS_process_vm_writev,
        1,
        0,
        0,
        0,
        0,
        0
    ),
    plain!("kcmp", libc::SYS_kcmp, 1, 1, 0, 0, 0),
    plain!("process_madvise", libc::SYS_process_madvise, 0, 0, 0, 0, 0),
    plain!("pidfd_getfd", libc::SYS_pidfd_getfd, 3, 0, 0),
    plain!("pidfd_send_signal", libc::SYS_pidfd_send_signal, 3, 0, 0, 0),
    plain!("ioprio_set", libc::SYS_ioprio_set, 1, 0, 0),
    plain!("sched_setscheduler", libc::SYS_sched_setscheduler, 0, 0, 0),
    plain!("sched_setaffinity", libc::SYS_sched_setaffinity, 0, 0, 0),
    plain!("sched_setattr", libc::SYS_sched_setattr, 0, 0, 0),
    // Descriptors of other kinds.
    plain!("socket-packet", libc::SYS_socket, 17, 3, 0),
    plain!("socket-vsock", libc::SYS_socket, 40, 1, 0),
    plain!("socket-alg", libc::SYS_socket, 38, 5, 0),
    plain!("socket-internet-6", libc::SYS_socket, 10, 1, 0),
    plain!("pipe2", libc::SYS_pipe2, 0, 0),
    plain!("eventfd2", libc::SYS_eventfd2, 0, 0),
    plain!("timerfd_create", libc::SYS_timerfd_create, 0, 0),
    plain!("signalfd4", libc::SYS_signalfd4, -1, 0, 8, 0),
    plain!("epoll_create1", libc::SYS_epoll_create1, 0),
    plain!("inotify_init1", libc::SYS_inotify_init1, 0),
    plain!("fanotify_init", libc::SYS_fanotify_init, 0, 0),
    // The channel as a socket.
    plain!("connect", libc::SYS_connect, CHANNEL, 0, 0),
    plain!("bind", libc::SYS_bind, CHANNEL, 0, 0),
    plain!("listen", libc::SYS_listen, CHANNEL, 1),
    plain!("accept4", libc::SYS_accept4, CHANNEL, 0, 0, 0),
    plain!("shutdown", libc::SYS_shutdown, CHANNEL, 2),
    plain!("setsockopt", libc::SYS_setsockopt, CHANNEL, 1, 7, 0, 0),
    plain!("getsockopt", libc::SYS_getsockopt, CHANNEL, 1, 7, 0, 0),
    plain!("sendmmsg", libc::SYS_sendmmsg, CHANNEL, 0, 0, 0),
    plain!("recvmmsg", libc::SYS_recvmmsg, CHANNEL, 0, 0, 0, 0),
    plain!(
        "receive-urgent",
        libc::SYS_recvfrom,
        CHANNEL,
        0,
        0,
        libc::MSG_OOB,
        0,
        0
    ),
    plain!(
        "receive-peek",
        libc::SYS_recvfrom,
        CHANNEL,
        0,
        0,
        libc::MSG_PEEK,
        0,
        0
    ),
    plain!(
        "send-to-document",
        libc::SYS_sendto,
        4,
        0,
        0,
        libc::MSG_NOSIGNAL,
        0,
        0
    ),
    // The kernel's own affairs.
    plain!("io_uring_enter", libc::SYS_io_uring_enter, 3, 0, 0, 0, 0, 0),
    plain!("io_uring_register", libc::SYS_io_uring_register, 3, 0, 0, 0),
    plain!("add_key", libc::SYS_add_key, 0, 0, 0, 0, 0),
    plain!("request_key", libc::SYS_request_key, 0, 0, 0, 0),
    plain!("init_module", libc::SYS_init_module, 0, 0, 0),
    plain!("syslog", libc::SYS_syslog, 0, 0, 0),
    plain!("quotactl", libc::SYS_quotactl, 0, 0, 0, 0),
    plain!("acct", libc::SYS_acct, 0),
    plain!("swapon", libc::SYS_swapon, 0, 0),
    plain!("reboot-nothing", libc::SYS_reboot, 0, 0, 0, 0),
    plain!("umount2", libc::SYS_umount2, 0, 0),
    plain!("pivot_root", libc::SYS_pivot_root, 0, 0),
    plain!("open_tree", libc::SYS_open_tree, -1, 0, 0),
    plain!("move_mount", libc::SYS_move_mount, -1, 0, -1, 0, 0),
    plain!("fsopen", libc::SYS_fsopen, 0, 0),
    plain!("mount_setattr", libc::SYS_mount_setattr, -1, 0, 0, 0, 0),
    plain!("clock_adjtime", libc::SYS_clock_adjtime, 0, 0),
    plain!("settimeofday", libc::SYS_settimeofday, 0, 0),
    plain!("clock-of-another", libc::SYS_clock_gettime, -10, 0),
    plain!("timer_create", libc::SYS_timer_create, 0, 0, 0),
    plain!("setitimer", libc::SYS_setitimer, 0, 0, 0),
    plain!("membarrier", libc::SYS_membarrier, 0, 0, 0),
    plain!("rseq", libc::SYS_rseq, 0, 0, 0, 0),
    plain!("set_tid_address", libc::SYS_set_tid_address, 0),
    plain!("get_robust_list", libc::SYS_get_robust_list, 1, 0, 0),
    // Who it is.
    plain!("setuid", libc::SYS_setuid, 0),
    plain!("setgid", libc::SYS_setgid, 0),
    plain!("setgroups", libc::SYS_setgroups, 0, 0),
    plain!("capset", libc::SYS_capset, 0, 0),
    plain!("personality", libc::SYS_personality, -1),
    plain!("umask", libc::SYS_umask, 0),
    plain!("sethostname", libc::SYS_sethostname, 0, 0),
    #[cfg(target_arch = "x86_64")]
    plain!("arch_prctl", libc::SYS_arch_prctl, 0, 0),
    #[cfg(target_arch = "x86_64")]
    plain!("modify_ldt", libc::SYS_modify_ldt, 0, 0, 0),
    #[cfg(target_arch = "x86_64")]
    plain!("iopl", libc::SYS_iopl, 3),
    plain!(
        "prctl-parent-death",
        libc::SYS_prctl,
        libc::PR_SET_PDEATHSIG,
        0
    ),
    plain!("prctl-seccomp", libc::SYS_prctl, libc::PR_SET_SECCOMP, 2, 0),
    plain!("prctl-name", libc::SYS_prctl, libc::PR_SET_NAME, 0),
    plain!("seccomp-listener", libc::SYS_seccomp, 1, 8, 0),
    plain!("seccomp-filter", libc::SYS_seccomp, 1, 1, 0),
    plain!("landlock", libc::SYS_landlock_restrict_self, 3, 0),
    plain!("limit-read", libc::SYS_prlimit64, 0, 7, 0, 0),
    // Memory.
    plain!("memfd_secret", libc::SYS_memfd_secret, 0),
    plain!("shmget", libc::SYS_shmget, 0, 4096, 0o1600),
    plain!("semget", libc::SYS_semget, 0, 1, 0o1600),
    plain!("msgget", libc::SYS_msgget, 0, 0o1600),
    plain!("mq_open", libc::SYS_mq_open, 0, 0, 0, 0),
    plain!("pkey_alloc", libc::SYS_pkey_alloc, 0, 0),
    plain!("pkey_mprotect", libc::SYS_pkey_mprotect, 0, 0, 4, 0),
    attempt("map-huge", |_| map(RW, ANONYMOUS | libc::MAP_HUGETLB, -1)),
    attempt("map-locked", |_| map(RW, ANONYMOUS | libc::MAP_LOCKED, -1)),
    attempt("map-populated", |_| {
        map(RW, ANONYMOUS | libc::MAP_POPULATE, -1)
    }),
    attempt("map-growing", |_| {
        map(RW, ANONYMOUS | libc::MAP_GROWSDOWN, -1)
    }),
    attempt("map-fixed", |_| {
        map(RW, ANONYMOUS | libc::MAP_FIXED_NOREPLACE, -1)
    }),
    attempt("map-write-execute", |_| {
        map(RW | libc::PROT_EXEC, ANONYMOUS, -1)
    }),
    attempt("map-document", |held| {
        map(libc::PROT_READ, libc::MAP_PRIVATE, held.document)
    }),
    attempt("map-document-writable", |held| {
        map(RW, libc::MAP_SHARED, held.document)
    }),
    plain!("mlock", libc::SYS_mlock, 0, 0),
    plain!("mremap-fixed", libc::SYS_mremap, 0, 0, 0, 3, 0),
    plain!("madvise-remove", libc::SYS_madvise, 0, 0, libc::MADV_REMOVE),
    // The document and the pixels as files.
    attempt("read-document", |held| {
        call(libc::SYS_read, [held.document.into(), 0, 0])
    }),
    // Its document it may read; nothing else.
    attempt("pread-pixels", |held| {
        call(libc::SYS_pread64, [held.pixels.into(), 0, 0, 0])
    }),
    attempt("seek-document", |held| {
        call(libc::SYS_lseek, [held.document.into(), 0, 2])
    }),
    attempt("chown-document", |held| {
        call(libc::SYS_fchown, [held.document.into(), -1, -1])
    }),
    attempt("times-document", |held| {
        call(libc::SYS_utimensat, [held.document.into(), 0, 0, 0])
    }),
    attempt("xattr-document", |held| {
        call(
            libc::SYS_fgetxattr,
            [held.document.into(), text(c"user.x"), 0, 0],
        )
    }),
    attempt("set-xattr-document", |held| {
        call(
            libc::SYS_fsetxattr,
            [held.document.into(), text(c"user.x"), 0, 0, 0],
        )
    }),
    attempt("flags-document", |held| {
        call(libc::SYS_fcntl, [held.document.into(), 4, 0])
    }),
    attempt("seals-document", |held| {
        call(
            libc::SYS_fcntl,
            [held.document.into(), libc::F_GET_SEALS.into()],
        )
    }),
    attempt("write-document-file", |held| {
        call(libc::SYS_write, [held.document.into(), 0, 0])
    }),
    attempt("copy-document", |held| {
        call(
            libc::SYS_copy_file_range,
            [held.document.into(), 0, held.pixels.into(), 0, 1, 0],
        )
    }),
    attempt("sendfile", |held| {
        call(
            libc::SYS_sendfile,
            [held.pixels.into(), held.document.into(), 0, 1],
        )
    }),
    attempt("splice", |held| {
        call(
            libc::SYS_splice,
            [held.document.into(), 0, held.pixels.into(), 0, 1, 0],
        )
    }),
    attempt("ioctl-document", |held| {
        call(libc::SYS_ioctl, [held.document.into(), 0x541b, 0])
    }),
    // Other ways into the kernel.
    #[cfg(target_arch = "x86_64")]
    plain!("x32-getpid", 0x4000_0000 | libc::SYS_getpid),
    plain!("poll", libc::SYS_ppoll, 0, 0, 0, 0, 0),
    plain!("nanosleep", libc::SYS_clock_nanosleep, 0, 0, 0, 0),
];

/// A call of a number that no kernel knows: it does not exist, and nobody dies.
pub(crate) const LAST: &[Attempt] = &[plain!("unknown-number", 2000)];
