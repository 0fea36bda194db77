//! The order in which a renderer gives everything up.

use super::rights::{self, Rights};
use super::{check, limits};
use crate::channel::Channel;
use crate::confine::{CHANNEL_FD, ConfineError};
use crate::posture::{Layer, Layers};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::time::{ClockId, clock_gettime};
use nix::unistd::{geteuid, getuid};
use std::io;
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// What puts a layer up.
type Step = fn() -> io::Result<()>;

/// In this order: `procctl(2)` is refused in capability mode, and a violation
/// kills from the moment that it is entered.
const STEPS: [(Layer, Step); 9] = [
    (Layer::Descriptors, close_the_rest),
    (Layer::ResourceLimits, limits_in_force),
    (Layer::NoCapabilities, not_the_super_user),
    (Layer::NoNewPrivileges, || {
        control(libc::PROC_NO_NEW_PRIVS_CTL, libc::PROC_NO_NEW_PRIVS_ENABLE)
    }),
    (Layer::NotDumpable, || {
        control(libc::PROC_TRACE_CTL, libc::PROC_TRACE_CTL_DISABLE_EXEC)
    }),
    (Layer::ParentDeath, || {
        control(libc::PROC_PDEATHSIG_CTL, libc::SIGKILL)
    }),
    (Layer::TrapViolations, || {
        control(libc::PROC_TRAPCAP_CTL, libc::PROC_TRAPCAP_CTL_ENABLE)
    }),
    (Layer::DescriptorRights, limit_descriptors),
    (Layer::CapabilityMode, enter),
];

pub(crate) fn confine() -> Result<(Layers, Channel), ConfineError> {
    confine_without(Layers::default())
}

/// Leaves layers out, for tests.
pub(crate) fn confine_without(without: Layers) -> Result<(Layers, Channel), ConfineError> {
    let mut layers = Layers::default();
    for (layer, step) in STEPS {
        if without.contains(layer) {
            continue;
        }
        step().map_err(|source| ConfineError { layer, source })?;
        layers.insert(layer);
    }
    let layer = Layer::SignalScope;
    match signals_nobody() {
        Ok(true) => layers.insert(layer),
        Ok(false) => {}
        Err(source) => return Err(ConfineError { layer, source }),
    }
    Ok((layers, take_channel()))
}

/// One stage: what arrives later carries no more rights than it needs, and a
/// thread cannot be made in capability mode anyway. Asks once more.
pub(crate) fn lock() -> Result<(), ConfineError> {
    in_capability_mode().map_err(|source| ConfineError {
        layer: Layer::CapabilityMode,
        source,
    })
}

/// Sets an attribute of this process (`procctl(2)`). Async-signal-safe.
pub(super) fn control(command: libc::c_int, value: libc::c_int) -> io::Result<()> {
    let mut value = value;
    let this = libc::id_t::from(std::process::id());
    // SAFETY: every command used reads one int, which lives on this stack.
    check(unsafe { libc::procctl(libc::P_PID, this, command, (&raw mut value).cast()) }).map(drop)
}

fn close_the_rest() -> io::Result<()> {
    // SAFETY: closefrom takes a number; nothing above the channel is in use.
    unsafe { libc::closefrom(CHANNEL_FD + 1) };
    Ok(())
}

fn limits_in_force() -> io::Result<()> {
    if limits::in_force() {
        Ok(())
    } else {
        Err(io::Error::other("the launcher has set no limits"))
    }
}

fn not_the_super_user() -> io::Result<()> {
    if getuid().is_root() || geteuid().is_root() {
        Err(io::Error::other("the launcher has left it the super-user"))
    } else {
        Ok(())
    }
}

fn limit_descriptors() -> io::Result<()> {
    let table: [(RawFd, Rights); 4] = [
        (0, rights::NOTHING),
        (1, rights::NOTHING),
        (2, rights::LAST_WORDS),
        (CHANNEL_FD, rights::CHANNEL),
    ];
    for (number, wanted) in table {
        // SAFETY: the launcher has put descriptors at these four numbers; they
        // are only asked about here.
        rights::limit(unsafe { BorrowedFd::borrow_raw(number) }, wanted)?;
    }
    Ok(())
}

fn enter() -> io::Result<()> {
    // The C library maps what its clock reads (`/dev/hpet0` in some virtual
    // machines) when a clock is first asked for, which is too late afterwards.
    for clock in [ClockId::CLOCK_MONOTONIC, ClockId::CLOCK_REALTIME] {
        clock_gettime(clock)?;
    }
    // SAFETY: cap_enter takes nothing and changes only kernel state of this process.
    check(unsafe { libc::cap_enter() })?;
    in_capability_mode()
}

fn in_capability_mode() -> io::Result<()> {
    let mut mode: libc::c_uint = 0;
    // SAFETY: cap_getmode writes the number it is given a place for.
    check(unsafe { libc::cap_getmode(&raw mut mode) })?;
    match mode {
        1 => Ok(()),
        _ => Err(io::Error::other("the process is not in capability mode")),
    }
}

/// Whether `sigqueue(2)` is refused too, asked with signal 0, which reaches
/// nobody. Kernels before FreeBSD-SA-26:28 answer something else than `ECAPMODE`.
fn signals_nobody() -> io::Result<bool> {
    extern "C" fn go_on(_: libc::c_int) {}
    let survive = SigHandler::Handler(go_on);
    let set = |handler| {
        let action = SigAction::new(handler, SaFlags::empty(), SigSet::empty());
        // SAFETY: the handler does nothing, which is async-signal-safe.
        unsafe { sigaction(Signal::SIGTRAP, &action) }
    };
    // A violation kills; this one is to be told.
    set(survive)?;
    let value = libc::sigval {
        sival_ptr: std::ptr::null_mut(),
    };
    // SAFETY: getppid takes nothing.
    let parent = unsafe { libc::getppid() };
    // SAFETY: sigqueue takes numbers, and a value that is not delivered.
    let asked = check(unsafe { libc::sigqueue(parent, 0, value) });
    set(SigHandler::SigDfl)?;
    Ok(asked.is_err_and(|error| error.raw_os_error() == Some(libc::ECAPMODE)))
}

fn take_channel() -> Channel {
    // SAFETY: `role()` has seen a channel at this number, which the launcher
    // put there for this process; nothing else takes it.
    Channel::from(unsafe { OwnedFd::from_raw_fd(CHANNEL_FD) })
}
