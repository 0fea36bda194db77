//! How far long work is, on standard error when that is a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Work that is done before this is not worth a line.
const PATIENCE: Duration = Duration::from_millis(500);
/// Time between two lines.
const STEP: Duration = Duration::from_millis(100);

pub(crate) struct Progress {
    what: &'static str,
    total: usize,
    due: Option<Instant>,
    shown: bool,
}

impl Progress {
    /// `what` is counted, `total` in all.
    pub(crate) fn new(what: &'static str, total: usize) -> Self {
        let terminal = io::stderr().is_terminal();
        Self {
            what,
            total,
            due: terminal.then(|| Instant::now() + PATIENCE),
            shown: false,
        }
    }

    /// The same, or nothing at all.
    pub(crate) fn unless(silent: bool, what: &'static str, total: usize) -> Self {
        let mut progress = Self::new(what, total);
        progress.due = progress.due.filter(|_| !silent);
        progress
    }

    /// `done` of them are done.
    pub(crate) fn at(&mut self, done: usize) {
        let now = Instant::now();
        if self.due.is_some_and(|due| now >= due) {
            self.due = Some(now + STEP);
            self.shown = true;
            // A terminal that is gone needs no progress.
            let _ = write!(
                io::stderr(),
                "\r{} {done} of {}\x1b[K",
                self.what,
                self.total
            );
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
