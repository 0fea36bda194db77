//! The launcher's loop: one `pdfork` and one `fexecve` a request.
//!
//! The launcher is not in capability mode: there, a program that needs the
//! dynamic loader cannot be started (`ECAPMODE`), and every program here does.
//! It ends when its control channel closes; renderers end with their
//! descriptors, which the broker holds.

use super::check;
use super::confine::control;
use super::limits::{self, LIMITS, Limit};
use crate::channel::{Channel, Received};
use crate::confine::CHANNEL_FD;
use crate::launcher::wire::{REQUEST_BYTES, Reply, Request};
use crate::launcher::{PROBE_ARGUMENT, RENDERER_NAME, START_PROBE};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::socket::{SockType, getsockopt, sockopt};
use nix::sys::stat::Mode;
use nix::unistd::geteuid;
use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::path::Path;
use std::process::ExitCode;

/// The launcher's own descriptors start here, clear of those it gives a child.
const OWN_FDS: RawFd = 10;
static NOBODY_GROUP: libc::gid_t = NOBODY;
/// Exit code of a child that could not become the renderer.
const EXEC_FAILED: libc::c_int = 250;
/// User and group that own nothing: what a renderer of the super-user becomes.
/// In capability mode the super-user could still do to other processes what
/// only numbers are needed for, and is bound by no limit on processes.
const NOBODY: libc::uid_t = 65534;
/// What `wire::STEPS` calls making a process.
const MAKING_A_PROCESS: u8 = 2;

pub(crate) fn check_program(program: &Path) -> io::Result<()> {
    std::fs::metadata(program).map(drop)
}

/// The broker receives without room for descriptors; there is no option to refuse them.
pub(crate) fn harden_channel(_: &Channel) {}

/// Whether descriptor 3 is a channel, as a launcher would have left it.
pub(crate) fn has_channel() -> bool {
    // SAFETY: only asked about, and not kept: a number that is not open gives EBADF.
    let channel = unsafe { BorrowedFd::borrow_raw(CHANNEL_FD) };
    matches!(
        getsockopt(&channel, sockopt::SockType),
        Ok(SockType::SeqPacket)
    )
}

pub(crate) fn main() -> ExitCode {
    match Launcher::prepare() {
        Ok(launcher) => launcher.serve(),
        Err(error) => {
            eprintln!("{RENDERER_NAME}: the launcher cannot prepare itself: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Launcher {
    control: Channel,
    program: OwnedFd,
    null: OwnedFd,
}

impl Launcher {
    fn prepare() -> io::Result<Self> {
        // SAFETY: closefrom takes a number; this process was given the three
        // below and has opened none itself.
        unsafe { libc::closefrom(3) };
        // SAFETY: the broker gave these two descriptors to this process for this use.
        let control = move_up(unsafe { BorrowedFd::borrow_raw(0) })?;
        // SAFETY: as above.
        let program = move_up(unsafe { BorrowedFd::borrow_raw(1) })?;
        let null = nix::fcntl::open("/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty())?;
        let null = move_up(null.as_fd())?;
        let control = Channel::from(control);
        control.send(&Reply::default().to_bytes())?;
        Ok(Self {
            control,
            program,
            null,
        })
    }

    fn serve(self) -> ExitCode {
        loop {
            let mut buffer = [0; REQUEST_BYTES + 1];
            let (request, descriptors) = match self.control.receive_with(&mut buffer) {
                Ok((Received::Message(bytes), descriptors)) => {
                    (Request::from_bytes(bytes), descriptors)
                }
                _ => return ExitCode::SUCCESS,
            };
            if self.answer(request, descriptors).is_err() {
                return ExitCode::SUCCESS;
            }
        }
    }

    fn answer(&self, request: Option<Request>, descriptors: Vec<OwnedFd>) -> io::Result<()> {
        match self.start(request, descriptors) {
            Ok(process) => {
                let reply = Reply::default().to_bytes();
                self.control.send_with(&reply, &[process.as_fd()]).map(drop)
            }
            Err(error) => {
                let reply = Reply {
                    layers: 0,
                    step: MAKING_A_PROCESS,
                    errno: error.raw_os_error().unwrap_or(libc::EIO),
                };
                self.control.send(&reply.to_bytes())
            }
        }
    }

    fn start(&self, request: Option<Request>, descriptors: Vec<OwnedFd>) -> io::Result<OwnedFd> {
        let bad_request = || io::Error::from(Errno::EBADMSG);
        let request = request.ok_or_else(bad_request)?;
        let [channel] = <[OwnedFd; 1]>::try_from(descriptors).map_err(|_| bad_request())?;
        let channel = move_up(channel.as_fd())?;
        let name = CString::new(RENDERER_NAME)?;
        let first = CString::new(match request.role {
            START_PROBE => PROBE_ARGUMENT.to_owned(),
            // See `early_workers`.
            _ => request.workers.to_string(),
        })?;
        self.fork(&Plan {
            channel: channel.as_fd(),
            limits: limits::table(&request),
            arguments: [name.as_ptr(), first.as_ptr(), std::ptr::null()],
            is_super_user: geteuid().is_root(),
        })
    }

    fn fork(&self, plan: &Plan<'_>) -> io::Result<OwnedFd> {
        let mut process: RawFd = -1;
        // SAFETY: a fork of a process with one thread; the child goes on with
        // its own copy of this memory and makes only calls that are
        // async-signal-safe. The descriptor is written to this stack.
        match check(unsafe { libc::pdfork(&raw mut process, libc::PD_CLOEXEC) })? {
            0 => self.become_renderer(plan),
            // SAFETY: pdfork has just made this descriptor for us alone.
            _ => Ok(unsafe { OwnedFd::from_raw_fd(process) }),
        }
    }

    /// The child: descriptors, attributes, limits, exec. Never returns.
    fn become_renderer(&self, plan: &Plan<'_>) -> ! {
        let ready = (0..CHANNEL_FD)
            .try_for_each(|target| duplicate(self.null.as_fd(), target))
            .and_then(|()| duplicate(plan.channel, CHANNEL_FD))
            .and_then(|()| become_nobody(plan.is_super_user))
            .and_then(|()| control(libc::PROC_NO_NEW_PRIVS_CTL, libc::PROC_NO_NEW_PRIVS_ENABLE))
            .and_then(|()| control(libc::PROC_ASLR_CTL, libc::PROC_ASLR_FORCE_ENABLE))
            .and_then(|()| control(libc::PROC_PROTMAX_CTL, libc::PROC_PROTMAX_FORCE_ENABLE))
            .and_then(|()| control(libc::PROC_WXMAP_CTL, libc::PROC_WX_MAPPINGS_DISALLOW_EXEC))
            .and_then(|()| plan.limits.iter().try_for_each(limits::set));
        if ready.is_ok() {
            let environment: [*const libc::c_char; 1] = [std::ptr::null()];
            let program = self.program.as_raw_fd();
            // SAFETY: arguments and environment are arrays of C strings ended
            // by null that live until the call returns, which it does only on failure.
            unsafe { libc::fexecve(program, plan.arguments.as_ptr(), environment.as_ptr()) };
        }
        // SAFETY: _exit takes a number and runs nothing of this process's.
        unsafe { libc::_exit(EXEC_FAILED) }
    }
}

/// What a child needs, all of it made before the fork.
struct Plan<'a> {
    channel: BorrowedFd<'a>,
    limits: [Limit; LIMITS],
    arguments: [*const libc::c_char; 3],
    is_super_user: bool,
}

/// Async-signal-safe: three calls with numbers.
fn become_nobody(is_super_user: bool) -> io::Result<()> {
    if !is_super_user {
        return Ok(());
    }
    // SAFETY: setgroups reads one number, which lives for ever.
    check(unsafe { libc::setgroups(1, &raw const NOBODY_GROUP) })?;
    // SAFETY: takes a number.
    check(unsafe { libc::setgid(NOBODY) })?;
    // SAFETY: takes a number.
    check(unsafe { libc::setuid(NOBODY) }).map(drop)
}

fn duplicate(from: BorrowedFd<'_>, to: RawFd) -> io::Result<()> {
    // SAFETY: dup2 takes numbers; the launcher keeps its own descriptors at 10
    // and above, so nothing that is still needed is replaced.
    check(unsafe { libc::dup2(from.as_raw_fd(), to) }).map(drop)
}

fn move_up(descriptor: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let raw = fcntl(descriptor, FcntlArg::F_DUPFD_CLOEXEC(OWN_FDS))?;
    // SAFETY: fcntl has just made this descriptor for us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(raw) })
}
