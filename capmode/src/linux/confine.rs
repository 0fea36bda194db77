//! The order in which a renderer gives everything up.
//!
//! The launcher has done its part before exec: limits, namespaces, an empty
//! root, `no_new_privs`, the parent-death signal. What exec undoes is done
//! again, what survives is checked, and only what is in force is claimed.

use super::seccomp::{self, Stage};
use super::{allocator, landlock, launcher, limits, prctl};
use crate::channel::Channel;
use crate::confine::{CHANNEL_FD, ConfineError};
use crate::posture::{Layer, Layers};
use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};

pub(crate) fn confine() -> Result<(Layers, Channel), ConfineError> {
    confine_without(Layers::default())
}

/// As [`confine`], but leaves out the layers in `without` (for tests only).
pub(crate) fn confine_without(without: Layers) -> Result<(Layers, Channel), ConfineError> {
    allocator::stay_within_policy();
    let mut layers = Layers::default();
    let mut put_up = |layer: Layer, step: fn() -> io::Result<()>| {
        if without.contains(layer) {
            return Ok(());
        }
        step().map_err(|source| ConfineError { layer, source })?;
        layers.insert(layer);
        Ok(())
    };
    put_up(Layer::Descriptors, || {
        launcher::close_range(CHANNEL_FD + 1, RawFd::MAX)
    })?;
    put_up(Layer::ResourceLimits, limits_in_force)?;
    put_up(Layer::NoNewPrivileges, prctl::set_no_new_privs)?;
    put_up(Layer::NotDumpable, prctl::set_not_dumpable)?;
    put_up(Layer::ParentDeath, prctl::set_parent_death)?;
    put_up(Layer::NoCapabilities, drop_capabilities)?;
    if prctl::set_no_exec_gain() {
        layers.insert(Layer::NoExecGain);
    }
    if prctl::set_no_speculation() {
        layers.insert(Layer::Speculation);
    }
    if !without.contains(Layer::Landlock) {
        landlock::deny_everything(&mut layers).map_err(|source| ConfineError {
            layer: Layer::Landlock,
            source,
        })?;
    }
    if !without.contains(Layer::SeccompStart) {
        install(Stage::Start, Layer::SeccompStart)?;
        layers.insert(Layer::SeccompStart);
    }
    Ok((layers, take_channel()))
}

pub(crate) fn lock() -> Result<(), ConfineError> {
    install(Stage::Serve, Layer::SeccompServe)
}

fn install(stage: Stage, layer: Layer) -> Result<(), ConfineError> {
    seccomp::install(stage).map_err(|source| ConfineError { layer, source })
}

fn limits_in_force() -> io::Result<()> {
    if limits::in_force() {
        Ok(())
    } else {
        Err(io::Error::other("the launcher has set no limits"))
    }
}

/// Gives up every capability. After exec as nobody there is none left; asking
/// for the empty set says so on every kernel.
fn drop_capabilities() -> io::Result<()> {
    /// `_LINUX_CAPABILITY_VERSION_3`: two words a set.
    const VERSION: u32 = 0x2008_0522;
    let header: [u32; 2] = [VERSION, 0];
    let none = [0_u32; 6];
    // SAFETY: capset reads the header and two times three words, which both
    // live on this stack.
    let result = unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), none.as_ptr()) };
    super::check(result).map(drop)
}

fn take_channel() -> Channel {
    // SAFETY: `role()` has seen a channel at this number, which the launcher
    // put there for this process; nothing else takes it.
    Channel::from(unsafe { OwnedFd::from_raw_fd(CHANNEL_FD) })
}
