//! FreeBSD: process descriptors and Capsicum.
//!
//! One stage: rights on each descriptor do what the second filter does on
//! Linux. What stays callable in capability mode is tried and told (`residual`).
//!
//! | module | holds |
//! |---|---|
//! | `attempts` | what a renderer that was taken over would try |
//! | `attempts_more` | the same, for tests alone |
//! | `residual` | what stays possible |
//! | `launcher` | the launcher's loop: `pdfork` and `fexecve` |
//! | `limits` | the budget as resource limits |
//! | `confine` | the order in which a renderer gives everything up |
//! | `rights` | what each descriptor may do, and why |
//! | `memory` | memory files, their seals and their rights |
//! | `process` | process descriptors and how a renderer ended |
//! | `sound` | OSS (a feature) |
//! | `posture` | what `sysctl` shows of a renderer from outside |

pub(crate) mod attempts;
#[cfg(feature = "test-support")]
pub(crate) mod attempts_more;
pub(crate) mod confine;
pub(crate) mod launcher;
pub(crate) mod limits;
pub(crate) mod memory;
pub(crate) mod posture;
pub(crate) mod process;
pub(crate) mod residual;
mod rights;
#[cfg(feature = "sound")]
pub(crate) mod sound;

use std::io;

/// Allocators of other systems need no such help.
pub(crate) mod allocator {
    pub(crate) fn prepare_heap() {}

    pub(crate) fn make_room() {}
}

/// Turns the result of a call into a value or an error.
fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}
