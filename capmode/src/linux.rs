//! Linux: pidfds, namespaces, Landlock and seccomp.
//!
//! | module | holds |
//! |---|---|
//! | `entry` | where a static renderer begins, before the C library does |
//! | `allocator` | the C library's allocator under a filter |
//! | `attempts` | what a renderer that was taken over would try |
//! | `attempts_more` | the same, for tests alone |
//! | `launcher` | the launcher's loop |
//! | `namespaces` | what the launcher makes once for all renderers |
//! | `spawn` | one clone and one exec for a renderer |
//! | `limits` | the budget as resource limits |
//! | `confine` | the order in which a renderer gives everything up |
//! | `prctl` | process attributes |
//! | `landlock` | the rule set without rules |
//! | `seccomp` | the policy, its compiler, and its installation |
//! | `memory` | memfds and their seals |
//! | `process` | pidfds and how a renderer ended |
//! | `sound` | ALSA, loaded when it is needed (a feature) |
//! | `posture` | what `/proc` shows of a renderer from outside |

pub(crate) mod allocator;
pub(crate) mod attempts;
#[cfg(feature = "test-support")]
pub(crate) mod attempts_more;
pub(crate) mod confine;
#[cfg(all(target_arch = "x86_64", target_env = "gnu"))]
mod entry;
mod landlock;
pub(crate) mod launcher;
pub(crate) mod limits;
pub(crate) mod memory;
mod namespaces;
pub(crate) mod posture;
mod prctl;
pub(crate) mod process;
pub(crate) mod seccomp;
#[cfg(feature = "sound")]
pub(crate) mod sound;
mod spawn;

use std::io;

/// What stays possible behind the filter: nothing that is known.
pub(crate) mod residual {
    pub(crate) const ALL: &[crate::probe::Attempt] = &[];
}

/// Turns the result of a raw system call into a value or an error.
fn check(result: libc::c_long) -> io::Result<libc::c_long> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}
