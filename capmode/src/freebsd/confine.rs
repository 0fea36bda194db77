//! The order in which a renderer gives everything up.

use super::rights::{self, Rights};
use super::{check, limits};
use crate::channel::Channel;
use crate::confine::{CHANNEL_FD, ConfineError};
use crate::posture::{Layer, Layers};
use std::io;
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// What puts a layer up.
type Step = fn() -> io::Result<()>;

pub(crate) fn confine() -> Result<(Layers, Channel), ConfineError> {
    let mut layers = Layers::default();
    let steps: [(Layer, Step); 8] = [
        (Layer::Descriptors, close_the_rest),
        (Layer::ResourceLimits, limits_in_force),
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
    for (layer, step) in steps {
        step().map_err(|source| ConfineError { layer, source })?;
        layers.insert(layer);
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
    // SAFETY: every command used reads one int, which lives on this stack; id 0
    // with P_PID is this process.
    check(unsafe { libc::procctl(libc::P_PID, 0, command, (&raw mut value).cast()) }).map(drop)
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

fn take_channel() -> Channel {
    // SAFETY: `role()` has seen a channel at this number, which the launcher
    // put there for this process; nothing else takes it.
    Channel::from(unsafe { OwnedFd::from_raw_fd(CHANNEL_FD) })
}
