//! One clone and one exec: a renderer from the launcher's program descriptor.
//!
//! Between clone and exec the child works in the memory of the launcher, which
//! has one thread and sleeps meanwhile; it makes nothing but system calls.

use super::limits::{self, LIMITS, Limit};
use super::prctl;
use crate::confine::CHANNEL_FD;
use std::ffi::CStr;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// Exit code of a child that could not become the renderer.
pub(crate) const EXEC_FAILED: i32 = 250;

/// Number of the highest capability that any kernel knows so far, and room for more.
const MAX_CAPABILITY: libc::c_ulong = 63;

/// The user that owns nothing, for a launcher that runs as root without a user
/// namespace.
const NOBODY: libc::uid_t = 65534;

/// What a child needs, all of it made before the clone.
pub(crate) struct Plan<'a> {
    pub(crate) program: BorrowedFd<'a>,
    pub(crate) null: BorrowedFd<'a>,
    pub(crate) channel: BorrowedFd<'a>,
    pub(crate) limits: [Limit; LIMITS],
    /// `argv`, ended by null.
    pub(crate) arguments: [*const libc::c_char; 3],
    /// Whether it gets a user and a pid namespace.
    pub(crate) namespaces: bool,
}

/// Flags of the one clone that the launcher makes; its filter compares them.
///
/// As `vfork` does, the child uses this memory until it execs, and the launcher
/// sleeps meanwhile: nothing is copied that exec would throw away at once.
pub(crate) const CLONE_FLAGS: u64 =
    CLONE_FLAGS_PLAIN | (libc::CLONE_NEWUSER | libc::CLONE_NEWPID) as u64;
/// The same where namespaces are refused.
pub(crate) const CLONE_FLAGS_PLAIN: u64 =
    (libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD) as u64;

/// Stack of a child between clone and exec, in bytes. It calls a dozen
/// functions, none of which keeps more than a few hundred bytes.
const STACK_BYTES: usize = 64 * 1024;

/// Memory that children stand on until they exec, one after the other.
pub(crate) struct Stack(Box<[u128]>);

impl Stack {
    pub(crate) fn new() -> Self {
        Self(vec![0; STACK_BYTES / size_of::<u128>()].into_boxed_slice())
    }

    /// Where it begins: stacks grow down. Aligned to 16 bytes, as every ABI asks.
    fn top(&mut self) -> *mut libc::c_void {
        self.0.as_mut_ptr_range().end.cast()
    }
}

/// Starts a renderer and returns its pidfd.
pub(crate) fn spawn(plan: &Plan<'_>, stack: &mut Stack) -> io::Result<OwnedFd> {
    let flags = if plan.namespaces {
        CLONE_FLAGS
    } else {
        CLONE_FLAGS_PLAIN
    };
    let flags = libc::c_int::try_from(flags).map_err(io::Error::other)?;
    let mut pidfd: RawFd = -1;
    // SAFETY: the child runs `child` with a pointer to `plan` on a stack that
    // nobody else uses: this is the only thread, and with CLONE_VFORK it sleeps
    // until the child has another memory (exec) or none (exit). `plan` and the
    // stack are borrowed for that long. The child calls only functions that
    // make system calls and change nothing but its stack and `errno`. The
    // kernel writes the pidfd through the fifth argument, which points to this
    // stack.
    let result = unsafe {
        libc::clone(
            child,
            stack.top(),
            flags,
            std::ptr::from_ref(plan).cast_mut().cast(),
            &raw mut pidfd,
        )
    };
    super::check(result.into())?;
    // SAFETY: clone succeeded with CLONE_PIDFD, so the number is a new
    // descriptor that only we know.
    Ok(unsafe { OwnedFd::from_raw_fd(pidfd) })
}

/// Whether a renderer can have namespaces of its own: by making a process that
/// has, and ends at once.
pub(crate) fn can_have_namespaces(stack: &mut Stack) -> bool {
    let flags = CLONE_FLAGS & !(libc::CLONE_PIDFD as u64);
    let Ok(flags) = libc::c_int::try_from(flags) else {
        return false;
    };
    // SAFETY: as in `spawn`, with a child that takes no argument and does nothing
    // but end.
    let child = unsafe { libc::clone(nothing, stack.top(), flags, std::ptr::null_mut()) };
    child > 0 && nix::sys::wait::waitpid(nix::unistd::Pid::from_raw(child), None).is_ok()
}

/// A child that ends at once.
extern "C" fn nothing(_: *mut libc::c_void) -> libc::c_int {
    // SAFETY: _exit takes a number and runs nothing of this process's.
    unsafe { libc::_exit(0) }
}

/// Where the child begins.
extern "C" fn child(plan: *mut libc::c_void) -> libc::c_int {
    // SAFETY: `spawn` passes a pointer to its plan, which it borrows until the
    // child is another program or gone; nobody writes to it.
    let plan = unsafe { &*plan.cast::<Plan<'_>>() };
    become_renderer(plan)
}

/// The child: descriptors, limits, exec. Never returns.
fn become_renderer(plan: &Plan<'_>) -> ! {
    let ready = place_descriptors(plan)
        .and_then(|()| plan.limits.iter().try_for_each(limits::set))
        .map(|()| drop_root(plan.namespaces))
        .and_then(|()| prctl::set_parent_death());
    if ready.is_ok() {
        exec(plan);
    }
    // SAFETY: _exit takes a number and runs nothing of this process's.
    unsafe { libc::_exit(EXEC_FAILED) }
}

/// `/dev/null` three times and the channel. Everything else closes on exec.
fn place_descriptors(plan: &Plan<'_>) -> io::Result<()> {
    for target in 0..CHANNEL_FD {
        duplicate(plan.null, target)?;
    }
    duplicate(plan.channel, CHANNEL_FD)
}

/// Puts `/dev/null` where the launcher's inherited descriptors were; errors
/// still go to the broker's standard error.
pub(crate) fn silence(null: &OwnedFd) -> io::Result<()> {
    duplicate(null.as_fd(), 0)?;
    duplicate(null.as_fd(), 1)
}

fn duplicate(from: BorrowedFd<'_>, to: RawFd) -> io::Result<()> {
    // SAFETY: dup2 takes numbers; the launcher keeps its own descriptors at 10
    // and above, so nothing that is still needed is replaced.
    let result = unsafe { libc::dup2(from.as_raw_fd(), to) };
    super::check(result.into()).map(drop)
}

/// Root without a user namespace gives up what exec could give back. Best
/// effort, where root is bounded already: the renderer itself drops what is
/// left, and the broker looks from outside.
fn drop_root(namespaces: bool) {
    // SAFETY: geteuid has no arguments and cannot fail.
    if namespaces || unsafe { libc::geteuid() } != 0 {
        return;
    }
    for capability in 0..=MAX_CAPABILITY {
        // EINVAL for one that this kernel does not know, EPERM without CAP_SETPCAP.
        let _ = prctl::drop_bounding(capability);
    }
    become_nobody();
}

/// Inside a container the user of that number may not exist.
fn become_nobody() {
    // SAFETY: setgroups reads no memory for a count of 0.
    unsafe { libc::syscall(libc::SYS_setgroups, 0, std::ptr::null::<libc::gid_t>()) };
    // SAFETY: setresgid takes numbers.
    unsafe { libc::syscall(libc::SYS_setresgid, NOBODY, NOBODY, NOBODY) };
    // SAFETY: setresuid takes numbers.
    unsafe { libc::syscall(libc::SYS_setresuid, NOBODY, NOBODY, NOBODY) };
}

fn exec(plan: &Plan<'_>) {
    const EMPTY: &CStr = c"";
    let environment: [*const libc::c_char; 1] = [std::ptr::null()];
    // SAFETY: path, arguments and environment are C strings or arrays ended by
    // null that live until the call returns, which it does only on failure.
    unsafe {
        libc::syscall(
            libc::SYS_execveat,
            plan.program.as_raw_fd(),
            EMPTY.as_ptr(),
            plan.arguments.as_ptr(),
            environment.as_ptr(),
            libc::AT_EMPTY_PATH,
        );
    }
}
