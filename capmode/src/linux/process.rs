//! Renderers as pidfds.
//!
//! A renderer is the launcher's child, so only the launcher can reap it. Its
//! pidfd is for killing; how it ended comes through a pipe that the launcher
//! holds open until it knows. A pipe that closes without a word means that the
//! launcher is gone.

use crate::process::Exit;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Bytes of a report: what happened, and the code or signal.
pub(crate) const REPORT_BYTES: usize = 8;

#[derive(Debug)]
pub(crate) struct Descriptor {
    pidfd: OwnedFd,
    report: OwnedFd,
    exit: OnceLock<Exit>,
}

impl Descriptor {
    pub(crate) fn from_launcher(descriptors: Vec<OwnedFd>) -> io::Result<Self> {
        let [pidfd, report] =
            <[OwnedFd; 2]>::try_from(descriptors).map_err(|_| io::Error::from(Errno::EPROTO))?;
        Ok(Self {
            pidfd,
            report,
            exit: OnceLock::new(),
        })
    }

    pub(crate) fn kill(&self) -> io::Result<()> {
        match send_signal(self.pidfd.as_fd(), libc::SIGKILL) {
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
            other => other,
        }
    }

    pub(crate) fn try_exit(&self) -> io::Result<Option<Exit>> {
        self.wait(Duration::ZERO)
    }

    /// A pidfd can be read as soon as its process has ended, reaped or not.
    pub(crate) fn is_alive(&self) -> bool {
        let input = PollFlags::POLLIN;
        let mut asked = [
            PollFd::new(self.pidfd.as_fd(), input),
            PollFd::new(self.report.as_fd(), input),
        ];
        loop {
            match poll(&mut asked, PollTimeout::ZERO) {
                Ok(ready) => return ready == 0,
                Err(Errno::EINTR) => {}
                Err(_) => return false,
            }
        }
    }

    pub(crate) fn wait(&self, limit: Duration) -> io::Result<Option<Exit>> {
        if let Some(exit) = self.exit.get() {
            return Ok(Some(*exit));
        }
        let end = Instant::now() + limit;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            // Rounded up, so that the last round does not spin.
            let millis = left.as_micros().div_ceil(1000);
            let timeout = PollTimeout::from(u16::try_from(millis).unwrap_or(u16::MAX));
            let mut wanted = [PollFd::new(self.report.as_fd(), PollFlags::POLLIN)];
            match poll(&mut wanted, timeout) {
                Ok(0) if left.is_zero() => return Ok(None),
                Ok(0) | Err(Errno::EINTR) => {}
                Ok(_) => return self.read_report().map(Some),
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// The number in this process's own pid namespace.
    pub(crate) fn pid(&self) -> Option<i32> {
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", self.pidfd.as_raw_fd()));
        let info = info.ok()?;
        let line = info.lines().find_map(|line| line.strip_prefix("Pid:"))?;
        line.trim().parse().ok().filter(|pid| *pid > 0)
    }

    pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
        self.report.as_fd()
    }

    fn read_report(&self) -> io::Result<Exit> {
        let mut report = [0; REPORT_BYTES];
        let exit = match nix::unistd::read(self.report.as_fd(), &mut report)? {
            REPORT_BYTES => decode(report),
            _ => Exit::Lost,
        };
        Ok(*self.exit.get_or_init(|| exit))
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // One that has ended already is what we want.
        let _ = self.kill();
    }
}

/// What the launcher writes when a renderer has ended.
pub(crate) fn encode(exit: Exit) -> [u8; REPORT_BYTES] {
    let (kind, value) = match exit {
        Exit::Code(code) => (0_i32, code),
        Exit::Signal(signal) => (1, signal),
        Exit::Violation => (2, 0),
        Exit::Lost => (3, 0),
    };
    let mut report = [0; REPORT_BYTES];
    let (first, second) = report.split_at_mut(4);
    first.copy_from_slice(&kind.to_le_bytes());
    second.copy_from_slice(&value.to_le_bytes());
    report
}

fn decode(report: [u8; REPORT_BYTES]) -> Exit {
    let [a, b, c, d, e, f, g, h] = report;
    let value = i32::from_le_bytes([e, f, g, h]);
    match i32::from_le_bytes([a, b, c, d]) {
        0 => Exit::Code(value),
        1 => Exit::Signal(value),
        2 => Exit::Violation,
        _ => Exit::Lost,
    }
}

fn send_signal(pidfd: BorrowedFd<'_>, signal: i32) -> io::Result<()> {
    // SAFETY: pidfd_send_signal reads no memory when the siginfo pointer is
    // null; the descriptor is open for the length of the borrow.
    let result = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            pidfd.as_raw_fd(),
            signal,
            std::ptr::null::<libc::siginfo_t>(),
            0_u32,
        )
    };
    super::check(result).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_of_an_exit_survives_the_pipe() {
        for exit in [
            Exit::Code(0),
            Exit::Code(101),
            Exit::Signal(9),
            Exit::Violation,
            Exit::Lost,
        ] {
            assert_eq!(decode(encode(exit)), exit);
        }
    }
}
