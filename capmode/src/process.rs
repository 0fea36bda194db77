//! Process descriptors: a process one can watch and kill without its number,
//! which another process may have by then (`pidfd_open(2)`, `procdesc(4)`).

use crate::sys;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// It returned this code.
    Code(i32),
    /// This signal killed it.
    Signal(i32),
    /// The kernel killed it because it broke its policy.
    Violation,
    /// Nobody can say: the launcher that watched it is gone too.
    Lost,
}

/// A renderer. Dropping it kills it.
#[derive(Debug)]
pub struct ProcessDescriptor(pub(crate) sys::process::Descriptor);

impl ProcessDescriptor {
    /// Kills the process at once. One that has ended already is no error.
    ///
    /// # Errors
    ///
    /// The `errno` of `pidfd_send_signal(2)` or `pdkill(2)`.
    pub fn kill(&self) -> io::Result<()> {
        self.0.kill()
    }

    /// How the process ended, or `None` while it runs.
    ///
    /// # Errors
    ///
    /// The `errno` of the call that asks.
    pub fn try_exit(&self) -> io::Result<Option<Exit>> {
        self.0.try_exit()
    }

    /// Whether the process runs still. Known a moment before it is known how it
    /// ended; `false` when it cannot be asked.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.0.is_alive()
    }

    /// Waits until the process has ended, at most `limit`.
    ///
    /// # Errors
    ///
    /// The `errno` of the call that waits.
    pub fn wait(&self, limit: Duration) -> io::Result<Option<Exit>> {
        self.0.wait(limit)
    }

    /// Number of the process as this process sees it, for reports only.
    #[must_use]
    pub fn pid(&self) -> Option<i32> {
        self.0.pid()
    }
}

/// Becomes readable when the process has ended.
impl AsFd for ProcessDescriptor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
