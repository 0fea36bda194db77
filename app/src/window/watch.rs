//! Noticing that an open file has changed, also when another one took its name.
//!
//! Nothing here asks a file system on the window's thread: one that does not answer
//! holds whoever asks it. The `desk` has a thread that asks nobody either; it sends
//! out threads that look at files, and has a `keeper` for every device watch the folders.

mod desk;
mod keeper;

use super::waker::Waker;
use crossbeam_channel::{Receiver, Sender, unbounded};
use desk::Desk;
pub(crate) use desk::Order;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread;

/// What differs when a file is another one, or was written: device, number,
/// size, and time of the last change in seconds and nanoseconds.
pub(crate) type Stamp = (u64, u64, u64, i64, i64);

/// A file as it was when it was opened, once that is known; `None` when it was not there.
pub(crate) type Opened = Arc<OnceLock<Option<Stamp>>>;

/// An open file to which something has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) path: PathBuf,
    /// As it is now; `None` when it is not there any more.
    pub(crate) stamp: Option<Stamp>,
}

/// Watches the folders of open files.
pub(crate) struct Watch {
    orders: Sender<Order>,
    changes: Receiver<Change>,
}

impl Watch {
    pub(crate) fn new(waker: Waker) -> Self {
        let (orders, ordered) = unbounded();
        let (told, changes) = unbounded();
        let desk = Desk::new(orders.clone(), told, waker);
        let named = thread::Builder::new().name("watch".to_owned());
        // Without a thread nothing is reloaded by itself.
        let _ = named.spawn(move || desk.serve(&ordered));
        Self { orders, changes }
    }

    /// One that watches nothing, and what it is asked.
    #[cfg(test)]
    pub(crate) fn idle() -> (Self, Receiver<Order>) {
        let ((orders, ordered), (_, changes)) = (unbounded(), unbounded());
        (Self { orders, changes }, ordered)
    }

    /// Watches a file until what is given back goes. It was or is being opened as `opened`
    /// says: if it is another one by the time it is watched, that is a change.
    pub(crate) fn add(&self, path: &Path, opened: &Opened) -> Watched {
        let path = path.to_owned();
        let order = Order::Add(path.clone(), Arc::clone(opened));
        // Nobody listens where there is no thread.
        let _ = self.orders.send(order);
        let orders = self.orders.clone();
        Watched { orders, path }
    }

    /// What has happened since the last time, the latest of each file.
    pub(crate) fn changes(&mut self) -> Vec<Change> {
        let mut latest: Vec<Change> = Vec::new();
        for change in self.changes.try_iter() {
            latest.retain(|other| other.path != change.path);
            latest.push(change);
        }
        latest
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::End);
    }
}

/// A file that is watched.
pub(crate) struct Watched {
    orders: Sender<Order>,
    path: PathBuf,
}

impl Watched {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self
            .orders
            .send(Order::Remove(std::mem::take(&mut self.path)));
    }
}

/// A file as it is now; `None` when there is none. May wait for ever.
pub(crate) fn stamp(path: &Path) -> Option<Stamp> {
    let file = std::fs::metadata(path).ok()?;
    file.is_file().then(|| {
        (
            file.dev(),
            file.ino(),
            file.len(),
            file.mtime(),
            file.mtime_nsec(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::time::{Duration, Instant};

    /// The next change; whether the file is there then.
    fn next(watch: &mut Watch) -> Option<(PathBuf, bool)> {
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            if let Some(change) = watch.changes().pop() {
                return Some((change.path, change.stamp.is_some()));
            }
            thread::sleep(Duration::from_millis(20));
        }
        None
    }

    fn opened(path: &Path) -> Opened {
        let opened = Opened::default();
        opened.set(stamp(path)).unwrap();
        opened
    }

    #[test]
    fn file_that_is_written_replaced_or_removed_is_noticed_and_its_neighbours_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.pdf");
        fs::write(&file, "1").unwrap();
        let mut watch = Watch::new(Waker::default());
        let _watched = watch.add(&file, &opened(&file));
        // Whether it is watched by now or not, none of this is missed.
        fs::write(folder.path().join("other"), "1").unwrap();
        fs::write(&file, "22").unwrap();
        assert_eq!(next(&mut watch), Some((file.clone(), true)));
        let new = folder.path().join("new");
        fs::write(&new, "333").unwrap();
        fs::rename(&new, &file).unwrap();
        assert_eq!(next(&mut watch), Some((file.clone(), true)));
        fs::remove_file(&file).unwrap();
        assert_eq!(next(&mut watch), Some((file, false)));
    }

    #[test]
    fn file_that_was_written_before_it_was_watched_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.pdf");
        fs::write(&file, "1").unwrap();
        let as_before = opened(&file);
        fs::write(&file, "22").unwrap();
        let mut watch = Watch::new(Waker::default());
        let _watched = watch.add(&file, &as_before);
        assert_eq!(next(&mut watch), Some((file, true)));
    }
}
