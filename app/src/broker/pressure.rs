//! Whether memory runs short, as Linux tells it (`/proc/pressure/memory`): the
//! share of time in which somebody waited for memory. Where nothing tells it,
//! there is no pressure.

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::thread;

const FILE: &str = "/proc/pressure/memory";

/// From here on nothing is started that only may be needed: percent of the last 10 s.
const HIGH_PERCENT: f32 = 10.0;

/// Tells when somebody waited for 0.2 s in 2 s, which is 10 %. A window of whole
/// 2 s is what an ordinary user may ask for (Linux 6.5).
const TRIGGER: &[u8] = b"some 200000 2000000\0";

/// Less than this share of all memory must be free to be had as well: a kernel that
/// reclaims ahead of need lets programs wait, too.
const FREE_SHARE: u64 = 8;

/// Whether memory is short now.
pub(super) fn is_high() -> bool {
    is_scarce() && waits()
}

fn is_scarce() -> bool {
    fs::read_to_string("/proc/meminfo").is_ok_and(|text| {
        let total = kib(&text, "MemTotal:").unwrap_or(0);
        kib(&text, "MemAvailable:").is_some_and(|free| free < total / FREE_SHARE)
    })
}

/// A line of `/proc/meminfo`, in KiB.
fn kib(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

fn waits() -> bool {
    fs::read_to_string(FILE).is_ok_and(|text| percent(&text).is_some_and(|now| now >= HIGH_PERCENT))
}

/// The average of the last 10 s, of `some`.
fn percent(text: &str) -> Option<f32> {
    let some = text.lines().find_map(|line| line.strip_prefix("some "))?;
    let mut fields = some.split_whitespace();
    fields
        .find_map(|field| field.strip_prefix("avg10="))?
        .parse()
        .ok()
}

/// A thread that sleeps until memory runs short. It ends with this.
pub(super) struct Watch {
    _end: UnixStream,
}

impl Watch {
    /// Calls `when_high` each time it does; at most once in 2 s.
    ///
    /// # Errors
    ///
    /// The `errno` of opening, of asking, or of making a thread: nothing is watched.
    pub(super) fn start(when_high: impl Fn() + Send + 'static) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(nix::libc::O_NONBLOCK)
            .open(FILE)?;
        file.write_all(TRIGGER)?;
        let (end, ended) = UnixStream::pair()?;
        let watch = move || {
            while is_told(&file, &ended) {
                if is_scarce() {
                    when_high();
                }
            }
        };
        let thread = thread::Builder::new().name("pressure".to_owned());
        thread.spawn(watch)?;
        Ok(Self { _end: end })
    }
}

/// Waits; `false` when it is over.
fn is_told(file: &File, ended: &UnixStream) -> bool {
    loop {
        let mut wanted = [
            PollFd::new(file.as_fd(), PollFlags::POLLPRI),
            PollFd::new(ended.as_fd(), PollFlags::POLLIN),
        ];
        match poll(&mut wanted, PollTimeout::NONE) {
            Err(Errno::EINTR) => {}
            Err(_) => return false,
            Ok(_) => {
                let told = wanted
                    .first()
                    .and_then(PollFd::revents)
                    .unwrap_or(PollFlags::empty());
                let over = wanted.iter().skip(1).any(|fd| fd.any().unwrap_or(true));
                return !over
                    && told.contains(PollFlags::POLLPRI)
                    && !told.contains(PollFlags::POLLERR);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn share_of_time_is_read_from_what_the_kernel_says() {
        let text = "some avg10=12.50 avg60=3.00 avg300=0.10 total=107233450\n\
                    full avg10=1.00 avg60=0.00 avg300=0.00 total=17984551\n";
        assert_eq!(percent(text), Some(12.5));
        assert_eq!(percent(""), None);
        assert_eq!(percent("some avg10=many"), None);
        assert_eq!(percent("full avg10=99.0"), None);
    }

    #[test]
    fn free_memory_is_read_in_kib() {
        let text = "MemTotal:       24642868 kB\nMemFree:  1 kB\nMemAvailable:   2000000 kB\n";
        assert_eq!(kib(text, "MemTotal:"), Some(24_642_868));
        assert_eq!(kib(text, "MemAvailable:"), Some(2_000_000));
        assert_eq!(kib("", "MemTotal:"), None);
    }

    #[test]
    fn watch_ends_with_its_owner() {
        let Ok(watch) = Watch::start(|| {}) else {
            eprintln!("skipped: this system does not tell {FILE}");
            return;
        };
        let threads = || {
            fs::read_dir("/proc/self/task")
                .unwrap()
                .filter(|task| {
                    let name = task
                        .as_ref()
                        .map(|task| fs::read_to_string(task.path().join("comm")));
                    matches!(name, Ok(Ok(name)) if name == "pressure\n")
                })
                .count()
        };
        drop(watch);
        for _ in 0..1000 {
            if threads() == 0 {
                return;
            }
            thread::sleep(std::time::Duration::from_millis(5));
        }
        panic!("it still waits");
    }
}
