//! seccomp: which system calls a process may make, and with which arguments.
//!
//! Three filters, each inherited and none removable: the launcher's, which
//! holds for everything it starts; *start*, with which a renderer receives its
//! document and makes its threads; *serve*, with which it parses and draws.
//! Where several hold, the strictest answer wins.
//!
//! | file | holds |
//! |---|---|
//! | `policy` | the table: one row a permission, with its reason |
//! | `compile` | the table as a BPF program |
//! | `interpret` | BPF as the kernel runs it, for tests |
//! | `asked` | which permission a call needs, for tests |

#[cfg(feature = "test-support")]
pub mod asked;
mod compile;
#[cfg(test)]
mod interpret;
pub(crate) mod policy;

pub(crate) use policy::Stage;

use std::io;

/// `SECCOMP_FILTER_FLAG_TSYNC`: every thread, or none.
const ALL_THREADS: libc::c_ulong = 1;

/// Puts the filter of `stage` on every thread of this process, for good.
///
/// # Errors
///
/// The `errno` of `seccomp(2)`; `ESRCH` when a thread has another filter.
pub(crate) fn install(stage: Stage) -> io::Result<()> {
    let program = compile::compile(stage, std::process::id());
    let header = libc::sock_fprog {
        len: u16::try_from(program.len()).map_err(io::Error::other)?,
        filter: program.as_ptr().cast_mut(),
    };
    // SAFETY: seccomp reads the header and `len` instructions, which live until
    // the call returns; it writes neither.
    let result = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::c_ulong::from(libc::SECCOMP_SET_MODE_FILTER),
            ALL_THREADS,
            &raw const header,
        )
    };
    match super::check(result)? {
        0 => Ok(()),
        // The number of a thread that could not be synchronised.
        _ => Err(io::Error::from_raw_os_error(libc::ESRCH)),
    }
}
