//! Renderers as process descriptors (`procdesc(4)`). The last one that is
//! closed kills the process; `EVFILT_PROCDESC` tells how it ended.

use super::check;
use crate::process::Exit;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(crate) struct Descriptor {
    process: OwnedFd,
    /// A kqueue that waits for the end alone.
    queue: OwnedFd,
    exit: OnceLock<Exit>,
}

impl Descriptor {
    pub(crate) fn from_launcher(descriptors: Vec<OwnedFd>) -> io::Result<Self> {
        let [process] =
            <[OwnedFd; 1]>::try_from(descriptors).map_err(|_| io::Error::from(Errno::EPROTO))?;
        // SAFETY: kqueue takes nothing.
        let raw = check(unsafe { libc::kqueue() })?;
        // SAFETY: kqueue has just made this descriptor for us alone.
        let queue = unsafe { OwnedFd::from_raw_fd(raw) };
        fcntl(&queue, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
        let this = Self {
            process,
            queue,
            exit: OnceLock::new(),
        };
        this.watch()?;
        Ok(this)
    }

    fn watch(&self) -> io::Result<()> {
        let change = event(&self.process);
        // SAFETY: kevent reads one change that lives on this stack, and writes none.
        check(unsafe {
            libc::kevent(
                self.queue.as_raw_fd(),
                &raw const change,
                1,
                std::ptr::null_mut(),
                0,
                std::ptr::null(),
            )
        })
        .map(drop)
    }

    pub(crate) fn kill(&self) -> io::Result<()> {
        // SAFETY: pdkill takes numbers; the descriptor is ours.
        match check(unsafe { libc::pdkill(self.process.as_raw_fd(), libc::SIGKILL) }) {
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
            other => other.map(drop),
        }
    }

    pub(crate) fn try_exit(&self) -> io::Result<Option<Exit>> {
        self.wait(Duration::ZERO)
    }

    pub(crate) fn is_alive(&self) -> bool {
        matches!(self.try_exit(), Ok(None))
    }

    pub(crate) fn wait(&self, limit: Duration) -> io::Result<Option<Exit>> {
        if let Some(exit) = self.exit.get() {
            return Ok(Some(*exit));
        }
        let end = Instant::now().checked_add(limit);
        loop {
            let left = end.map_or(limit, |end| end.saturating_duration_since(Instant::now()));
            match self.next_event(left) {
                Ok(event) => {
                    let exit = event.map(|event| decode(event.data));
                    return Ok(exit.map(|exit| *self.exit.get_or_init(|| exit)));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn next_event(&self, limit: Duration) -> io::Result<Option<libc::kevent>> {
        let timeout = libc::timespec {
            tv_sec: i64::try_from(limit.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: limit.subsec_nanos().into(),
        };
        let mut found = event(&self.process);
        // SAFETY: kevent writes at most one event, and reads the timeout; both
        // live on this stack.
        let count = check(unsafe {
            libc::kevent(
                self.queue.as_raw_fd(),
                std::ptr::null(),
                0,
                &raw mut found,
                1,
                &raw const timeout,
            )
        })?;
        Ok((count > 0).then_some(found))
    }

    pub(crate) fn pid(&self) -> Option<i32> {
        let mut pid: libc::pid_t = 0;
        // SAFETY: pdgetpid writes the number it is given a place for.
        check(unsafe { libc::pdgetpid(self.process.as_raw_fd(), &raw mut pid) }).ok()?;
        Some(pid)
    }

    pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
        self.queue.as_fd()
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // Closing the last descriptor kills too; one that has ended is what we want.
        let _ = self.kill();
    }
}

fn event(process: &OwnedFd) -> libc::kevent {
    libc::kevent {
        ident: usize::try_from(process.as_raw_fd()).unwrap_or(usize::MAX),
        filter: libc::EVFILT_PROCDESC,
        flags: libc::EV_ADD,
        fflags: libc::NOTE_EXIT,
        data: 0,
        udata: std::ptr::null_mut(),
        ext: [0; 4],
    }
}

/// The status as `wait(2)` has it.
fn decode(status: i64) -> Exit {
    let Ok(status) = i32::try_from(status) else {
        return Exit::Lost;
    };
    if libc::WIFEXITED(status) {
        return Exit::Code(libc::WEXITSTATUS(status));
    }
    match libc::WTERMSIG(status) {
        // What `PROC_TRAPCAP_CTL` sends.
        libc::SIGTRAP => Exit::Violation,
        signal => Exit::Signal(signal),
    }
}
