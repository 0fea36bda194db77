//! What `sysctl(3)` shows of a renderer from outside.

use super::check;
use super::process::Descriptor;
use crate::posture::{Expected, Layer, Layers, Measured};
use std::io;

/// `KI_CRF_CAPABILITY_MODE` (`sys/user.h`): the process is in capability mode.
const IN_CAPABILITY_MODE: u32 = libc::KI_CRF_CAPABILITY_MODE as u32;

/// `SZOMB` (`sys/proc.h`).
#[cfg(feature = "test-support")]
const ZOMBIE: libc::c_char = 5;

/// A page on both architectures that are built.
const PAGE_BYTES: u64 = 4096;

pub(crate) fn expected() -> Expected {
    let required = [
        Layer::Descriptors,
        Layer::ResourceLimits,
        Layer::NoCapabilities,
        Layer::NoNewPrivileges,
        Layer::CapabilityMode,
        Layer::DescriptorRights,
    ];
    let more = [
        Layer::NotDumpable,
        Layer::ParentDeath,
        Layer::TrapViolations,
        Layer::SignalScope,
    ];
    let required: Layers = required.into_iter().collect();
    Expected {
        required,
        full: required.union(more.into_iter().collect()),
    }
}

pub(crate) fn measure(process: &Descriptor) -> io::Result<Measured> {
    let gone = || io::Error::from_raw_os_error(libc::ESRCH);
    let info = info(process.pid().ok_or_else(gone)?)?;
    let mut measured = Measured {
        threads: u32::try_from(info.ki_numthreads).unwrap_or(0),
        resident_bytes: u64::try_from(info.ki_rssize).unwrap_or(0) * PAGE_BYTES,
        cpu_ms: info.ki_runtime / 1000,
        ..Measured::default()
    };
    let ids = [info.ki_uid, info.ki_ruid, info.ki_svuid];
    for (layer, holds) in [
        (
            Layer::CapabilityMode,
            info.ki_cr_flags & IN_CAPABILITY_MODE != 0,
        ),
        (Layer::NoCapabilities, !ids.contains(&0)),
    ] {
        if holds {
            measured.seen.insert(layer);
        } else {
            measured.absent.insert(layer);
        }
    }
    Ok(measured)
}

/// Whether a process has ended; its parent need not have asked how.
#[cfg(feature = "test-support")]
pub(crate) fn has_ended(pid: i32) -> bool {
    info(pid).map_or(true, |info| info.ki_stat == ZOMBIE)
}

fn info(pid: i32) -> io::Result<libc::kinfo_proc> {
    let name = [libc::CTL_KERN, libc::KERN_PROC, libc::KERN_PROC_PID, pid];
    let mut found = std::mem::MaybeUninit::<libc::kinfo_proc>::zeroed();
    let mut len = size_of::<libc::kinfo_proc>();
    // SAFETY: sysctl reads four numbers and writes at most `len` bytes into the struct.
    check(unsafe {
        libc::sysctl(
            name.as_ptr(),
            4,
            found.as_mut_ptr().cast(),
            &raw mut len,
            std::ptr::null(),
            0,
        )
    })?;
    if len == 0 {
        return Err(io::Error::from_raw_os_error(libc::ESRCH));
    }
    // SAFETY: the struct was zeroed, which is a value of it, and the kernel
    // has written a whole one.
    Ok(unsafe { found.assume_init() })
}
