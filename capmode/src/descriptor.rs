//! Descriptors that this program was started with.

use nix::fcntl::{FcntlArg, fcntl};
use std::io;
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// A duplicate of a descriptor that a person named by its number, closed on exec.
///
/// # Errors
///
/// The `errno` of `fcntl(2)`; `EBADF` for a number that is not open.
pub fn duplicate_inherited(number: RawFd) -> io::Result<OwnedFd> {
    if number < 0 {
        return Err(nix::errno::Errno::EBADF.into());
    }
    // SAFETY: the number is not -1, and is only used for this one call, which
    // refuses it if it is not open.
    let inherited = unsafe { BorrowedFd::borrow_raw(number) };
    let duplicate = fcntl(inherited, FcntlArg::F_DUPFD_CLOEXEC(3))?;
    // SAFETY: fcntl has just made this descriptor for us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(duplicate) })
}
