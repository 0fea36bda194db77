//! What each descriptor in a renderer may do (`rights(4)`), and why.

use super::check;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// Rights of one descriptor: those of the first and of the second word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rights {
    first: u64,
    second: u64,
}

/// The channel: requests come, events go, and it can be waited for.
pub(crate) const CHANNEL: Rights = Rights {
    first: libc::CAP_SEND | libc::CAP_RECV,
    second: libc::CAP_EVENT,
};
/// A snapshot: mapped for reading, and its size is asked.
pub(crate) const SNAPSHOT: Rights = only(libc::CAP_MMAP_R | libc::CAP_FSTAT);
/// A document that is too large for a snapshot: read by offset, never mapped.
pub(crate) const DOCUMENT: Rights = only(libc::CAP_PREAD | libc::CAP_FSTAT);
/// Pixels: mapped for drawing; the size cannot be changed.
pub(crate) const PIXELS: Rights = only(libc::CAP_MMAP_RW);
/// Fonts: mapped for reading; what the broker puts there later is seen.
pub(crate) const FONTS: Rights = only(libc::CAP_MMAP_R);
/// `/dev/null` as standard error: last words of the standard library.
pub(crate) const LAST_WORDS: Rights = only(libc::CAP_WRITE);
/// `/dev/null` as standard input and output: nothing at all.
pub(crate) const NOTHING: Rights = only(0);

/// What a descriptor has that nobody has limited; only for trying to get it back.
pub(crate) const EVERYTHING: Rights = only(libc::CAP_READ | libc::CAP_WRITE | libc::CAP_FTRUNCATE);

#[cfg(feature = "test-support")]
impl Rights {
    /// As the kernel keeps them.
    pub(crate) fn words(self) -> [u64; 2] {
        [self.first, self.second]
    }
}

const fn only(first: u64) -> Rights {
    Rights { first, second: 0 }
}

/// Takes every other right off a descriptor, and every fcntl and ioctl.
pub(crate) fn limit(descriptor: BorrowedFd<'_>, rights: Rights) -> io::Result<()> {
    let raw = descriptor.as_raw_fd();
    // SAFETY: cap_ioctls_limit reads no command when there are none.
    check(unsafe { libc::cap_ioctls_limit(raw, std::ptr::null(), 0) })?;
    // SAFETY: cap_fcntls_limit takes numbers.
    check(unsafe { libc::cap_fcntls_limit(raw, 0) })?;
    let mut wanted = std::mem::MaybeUninit::<libc::cap_rights_t>::uninit();
    // SAFETY: __cap_rights_init fills the struct it is given; the list of
    // rights is ended by 0, and a second word of 0 ends it earlier.
    unsafe {
        libc::__cap_rights_init(
            libc::CAP_RIGHTS_VERSION,
            wanted.as_mut_ptr(),
            rights.first,
            rights.second,
            0_u64,
        )
    };
    // SAFETY: cap_rights_limit reads the struct that has just been filled.
    check(unsafe { libc::cap_rights_limit(raw, wanted.as_ptr()) }).map(drop)
}
