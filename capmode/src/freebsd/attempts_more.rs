//! The rest of what a renderer that was taken over could try: too many to tell
//! in `pellucid check`, tried by `pellucid-selftest` one by one.

use super::attempts::{attempt, borrow, call, check_written, child, map, parent, sysctl};
use super::check;
use crate::confine::CHANNEL_FD;
use crate::probe::{Attempt, Held};
use std::io;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

/// `RFPROC` (`unistd.h`).
const PROCESS: libc::c_int = 1 << 4;
/// `EXTATTR_NAMESPACE_USER` (`sys/extattr.h`).
const USER: libc::c_int = 1;
/// `ACL_TYPE_NFS4` (`sys/acl.h`).
const NFS4: libc::c_int = 4;

unsafe extern "C" {
    fn ktrace(
        file: *const libc::c_char,
        operation: libc::c_int,
        points: libc::c_int,
        pid: libc::pid_t,
    ) -> libc::c_int;
    fn __acl_get_fd(
        descriptor: libc::c_int,
        kind: libc::c_int,
        list: *mut libc::c_void,
    ) -> libc::c_int;
}

pub(crate) const LAST: &[Attempt] = super::residual::ALL;

pub(crate) const MORE: &[Attempt] = &[
    // Names.
    call!("fchdir-document", "", |held| libc::fchdir(held.document)),
    call!("unlink", "", |_| libc::unlink(
        c"/tmp/pellucid-escape".as_ptr()
    )),
    call!("rename", "", |_| libc::rename(
        c"/tmp/pellucid-escape".as_ptr(),
        c"/tmp/pellucid-escape-2".as_ptr()
    )),
    call!("make-directory", "", |_| libc::mkdir(
        c"/tmp/pellucid-escape".as_ptr(),
        0o700
    )),
    call!("read-link", "", |_| {
        let mut out = [0; 16];
        check_written(libc::readlink(
            c"/etc/malloc.conf".as_ptr(),
            out.as_mut_ptr(),
            out.len(),
        ))
    }),
    attempt("semaphore-name", "", |_| {
        // SAFETY: a C string that lives for ever, and a number.
        let semaphore = unsafe { libc::sem_open(c"/pellucid-escape".as_ptr(), 0) };
        if semaphore == libc::SEM_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(())
    }),
    // Other processes.
    call!("signal-group", "", |_| libc::kill(0, 0)),
    call!("signal-thread", "", |_| libc::thr_kill2(parent(), -1, 0)),
    call!("wait-for-any", "", |_| {
        let mut status = 0;
        libc::wait4(-1, &raw mut status, libc::WNOHANG, null_mut())
    }),
    call!("ktrace", "", |_| ktrace(null(), 1, 0, parent())),
    attempt("rfork", "", |_| {
        // SAFETY: a copy of this process, which calls nothing but _exit.
        child(check(unsafe { libc::rfork(PROCESS) }))
    }),
    call!("affinity-of-parent", "", |_| {
        // No processor at all: refused whatever else is asked.
        let set = MaybeUninit::<libc::cpuset_t>::zeroed();
        libc::cpuset_setaffinity(
            libc::CPU_LEVEL_WHICH,
            libc::CPU_WHICH_PID,
            libc::id_t::from(parent()),
            size_of::<libc::cpuset_t>(),
            set.as_ptr(),
        )
    }),
    call!("jail-attach", "", |_| libc::jail_attach(0)),
    call!("mount", "", |_| libc::nmount(null_mut(), 0, 0)),
    call!("set-clock", "", |_| libc::settimeofday(null(), null())),
    attempt("files-of-parent", "", |_| {
        let what = libc::KERN_PROC_FILEDESC;
        sysctl(&[libc::CTL_KERN, libc::KERN_PROC, what, parent()])
    }),
    attempt("arguments-of-parent", "", |_| {
        let what = libc::KERN_PROC_ARGS;
        sysctl(&[libc::CTL_KERN, libc::KERN_PROC, what, parent()])
    }),
    attempt("write-sysctl", "", |_| write_host_name()),
    call!("become-group", "", |_| libc::setgid(0)),
    // The document.
    call!("owner-document", "", |held| libc::fchown(
        held.document,
        65534,
        65534
    )),
    call!("flags-document", "", |held| libc::fchflags(
        held.document,
        0
    )),
    call!("times-document", "", |held| libc::futimes(
        held.document,
        null()
    )),
    call!("sync-document", "", |held| libc::fsync(held.document)),
    call!("shrink-document", "", |held| libc::ftruncate(
        held.document,
        0
    )),
    call!("attribute-document", "", |held| {
        check_written(libc::extattr_get_fd(
            held.document,
            USER,
            c"x".as_ptr(),
            null_mut(),
            0,
        ))
    }),
    call!("limits-document", "", |held| {
        check_written(libc::fpathconf(held.document, libc::_PC_NAME_MAX) as libc::ssize_t)
    }),
    call!("acl-document", "", |held| __acl_get_fd(
        held.document,
        NFS4,
        null_mut()
    )),
    call!("get-flags-document", "", |held| libc::fcntl(
        held.document,
        libc::F_GETFL
    )),
    call!("set-flags-document", "", |held| libc::fcntl(
        held.document,
        libc::F_SETFL,
        libc::O_NONBLOCK
    )),
    call!("owner-signals-document", "", |held| libc::fcntl(
        held.document,
        libc::F_SETOWN,
        parent()
    )),
    call!("write-at-document", "", |held| check_written(libc::pwrite(
        held.document,
        c"x".as_ptr().cast(),
        1,
        0
    ))),
    attempt("more-rights-of-document", "", find_more_rights),
    attempt("map-document-executable", "", |held| {
        let protection = libc::PROT_READ | libc::PROT_EXEC;
        map(protection, libc::MAP_PRIVATE, held.document).map(drop)
    }),
    attempt("write-duplicate", "", |held| {
        let duplicate = nix::unistd::dup(borrow(held.document))?;
        nix::unistd::write(&duplicate, b"x")?;
        Ok(())
    }),
    // The pixels.
    attempt("map-pixels-executable", "", |held| {
        let protection = libc::PROT_READ | libc::PROT_EXEC;
        map(protection, libc::MAP_SHARED, held.pixels).map(drop)
    }),
    call!("chmod-pixels", "", |held| libc::fchmod(held.pixels, 0o600)),
    call!("ioctl-pixels", "", |held| {
        let mut waiting: libc::c_int = 0;
        libc::ioctl(held.pixels, libc::FIONREAD, &raw mut waiting)
    }),
    call!("seal-pixels", "", |held| libc::fcntl(
        held.pixels,
        libc::F_ADD_SEALS,
        0
    )),
    call!("write-behind-pixels", "", |held| check_written(
        libc::pwrite(held.pixels, c"x".as_ptr().cast(), 1, 1 << 20)
    )),
    // The channel.
    call!("bind-channel", "", |_| libc::bind(CHANNEL_FD, null(), 0)),
    call!("listen-channel", "", |_| libc::listen(CHANNEL_FD, 1)),
    call!("accept-channel", "", |_| libc::accept(
        CHANNEL_FD,
        null_mut(),
        null_mut()
    )),
    call!("shutdown-channel", "", |_| libc::shutdown(
        CHANNEL_FD,
        libc::SHUT_RDWR
    )),
    call!("options-channel", "", |_| {
        let mut kind: libc::c_int = 0;
        let mut len = size_of::<libc::c_int>() as libc::socklen_t;
        let out = (&raw mut kind).cast();
        libc::getsockopt(
            CHANNEL_FD,
            libc::SOL_SOCKET,
            libc::SO_TYPE,
            out,
            &raw mut len,
        )
    }),
    call!("set-options-channel", "", |_| {
        let size: libc::c_int = 1 << 20;
        let value = (&raw const size).cast();
        libc::setsockopt(CHANNEL_FD, libc::SOL_SOCKET, libc::SO_SNDBUF, value, 4)
    }),
    call!("stat-channel", "", |_| {
        let mut status = MaybeUninit::<libc::stat>::zeroed();
        libc::fstat(CHANNEL_FD, status.as_mut_ptr())
    }),
    call!("get-flags-channel", "", |_| libc::fcntl(
        CHANNEL_FD,
        libc::F_GETFL
    )),
    call!("read-null", "", |_| {
        let mut out = [0_u8; 1];
        check_written(libc::read(0, out.as_mut_ptr().cast(), 1))
    }),
    call!("write-null", "", |_| check_written(libc::write(
        1,
        c"x".as_ptr().cast(),
        1
    ))),
    attempt("environment", "", |_| {
        let anything = std::env::vars_os().next().is_some();
        let path = std::env::args_os().any(|argument| argument.as_encoded_bytes().contains(&b'/'));
        if anything || path {
            return Ok(());
        }
        Err(io::Error::from_raw_os_error(libc::ENOENT))
    }),
];

/// Any right on its document besides those of the table.
fn find_more_rights(held: &Held) -> io::Result<()> {
    let mut found = [0_u64; 2];
    // SAFETY: the kernel writes two words, which is what a `cap_rights_t` is.
    check(unsafe {
        libc::__cap_rights_get(
            libc::CAP_RIGHTS_VERSION,
            held.document,
            found.as_mut_ptr().cast(),
        )
    })?;
    // The index of a word stands in its bits 57 to 61, the version in the two above.
    let rights = found.map(|word| word & ((1 << 57) - 1));
    let [first, second] = super::rights::SNAPSHOT.words();
    let wanted = [first, second].map(|word| word & ((1 << 57) - 1));
    if rights == wanted {
        return Err(io::Error::from_raw_os_error(libc::ENOENT));
    }
    Ok(())
}

/// Sets the name of the machine to what it is.
fn write_host_name() -> io::Result<()> {
    let name = [libc::CTL_KERN, libc::KERN_HOSTNAME];
    let mut host = [0_u8; 256];
    let mut len = host.len();
    // SAFETY: sysctl reads two numbers, and writes at most `len` bytes.
    check(unsafe {
        libc::sysctl(
            name.as_ptr(),
            2,
            host.as_mut_ptr().cast(),
            &raw mut len,
            null(),
            0,
        )
    })?;
    // SAFETY: sysctl reads two numbers and `len` bytes, which it has just written.
    check(unsafe {
        libc::sysctl(
            name.as_ptr(),
            2,
            null_mut(),
            null_mut(),
            host.as_ptr().cast(),
            len.saturating_sub(1),
        )
    })
    .map(drop)
}
