//! Noticing that an open file has changed, also when another one took its name.
//!
//! Folders are watched. Where the system tells names (Linux), that is all. A
//! kqueue tells of a folder only that something in it came or went, and of a file
//! only as long as it is the same one: there files are watched as well, and looked
//! at whenever something happens to them or to their folder.

use super::shell::Waker;
use crossbeam_channel::{Receiver, Sender, unbounded};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// Programs write a file in pieces: it is looked at when it has been quiet for so long.
const QUIET: Duration = Duration::from_millis(200);

/// Whether the system tells which file of a folder something happened to.
const TELLS_NAMES: bool = cfg!(target_os = "linux");

/// What differs when a file is another one, or was written: device, number,
/// size, and time of the last change in seconds and nanoseconds.
pub(crate) type Stamp = (u64, u64, u64, i64, i64);

/// An open file.
#[derive(Debug, Default)]
struct Open {
    /// Tabs that show it.
    tabs: usize,
    /// As it was when it was last looked at; `None` when it was not there.
    stamp: Option<Stamp>,
}

/// Watches the folders of open files.
pub(crate) struct Watch {
    /// `None` where the system cannot tell; then nothing is reloaded by itself.
    watcher: Option<RecommendedWatcher>,
    changed: Receiver<PathBuf>,
    files: HashMap<PathBuf, Open>,
}

impl Watch {
    pub(crate) fn new(waker: Waker) -> Self {
        let (touched, settle) = unbounded();
        let (settled, changed) = unbounded();
        let tell = move |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            if matches!(
                event.kind,
                EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_)
            ) {
                // Nobody listens any more when the window is gone.
                event
                    .paths
                    .into_iter()
                    .for_each(|path| drop(touched.send(path)));
            }
        };
        let watcher = notify::recommended_watcher(tell).ok();
        let waiting = thread::Builder::new().name("watch".to_owned());
        let started = waiting.spawn(move || wait_until_quiet(&settle, &settled, &waker));
        Self {
            watcher: watcher.filter(|_| started.is_ok()),
            changed,
            files: HashMap::new(),
        }
    }

    pub(crate) fn add(&mut self, path: &Path) {
        let open = self.files.entry(path.to_owned()).or_default();
        open.tabs += 1;
        open.stamp = stamp(path);
        if let (Some(watcher), Some(folder)) = (&mut self.watcher, path.parent()) {
            // A folder that cannot be watched is not: reloading is by hand then.
            let _ = watcher.watch(folder, RecursiveMode::NonRecursive);
            if !TELLS_NAMES {
                let _ = watcher.watch(path, RecursiveMode::NonRecursive);
            }
        }
    }

    pub(crate) fn remove(&mut self, path: &Path) {
        if let Some(open) = self.files.get_mut(path) {
            open.tabs -= 1;
            if open.tabs == 0 {
                self.files.remove(path);
                if let Some(watcher) = self.watcher.as_mut().filter(|_| !TELLS_NAMES) {
                    let _ = watcher.unwatch(path);
                }
            }
        }
        let folder = path.parent();
        if !self.files.keys().any(|other| other.parent() == folder)
            && let (Some(watcher), Some(folder)) = (&mut self.watcher, folder)
        {
            let _ = watcher.unwatch(folder);
        }
    }

    /// The name may be another file's by now.
    fn watch_again(&mut self, files: &[PathBuf]) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        for path in files {
            // One that is gone cannot be watched; its folder tells when it is back.
            let _ = watcher.unwatch(path);
            let _ = watcher.watch(path, RecursiveMode::NonRecursive);
        }
    }

    /// Open files to which something has happened since the last time, and whether
    /// they are still there.
    pub(crate) fn changed(&mut self) -> Vec<(PathBuf, bool)> {
        let mut changed: Vec<PathBuf> = self.changed.try_iter().collect();
        if TELLS_NAMES {
            changed.retain(|path| self.files.contains_key(path));
        } else {
            changed = differing(&mut self.files, &changed);
            self.watch_again(&changed);
        }
        changed.sort();
        changed.dedup();
        let with_presence = |path: PathBuf| {
            let there = path.is_file();
            (path, there)
        };
        changed.into_iter().map(with_presence).collect()
    }
}

/// Open files that are not as they were, among those that something was told of,
/// or of whose folder something was.
fn differing(files: &mut HashMap<PathBuf, Open>, told: &[PathBuf]) -> Vec<PathBuf> {
    let is_told = |path: &Path| {
        told.iter().any(|name| {
            path == name || path.parent() == Some(name) || path.parent() == name.parent()
        })
    };
    let mut differing = Vec::new();
    for (path, open) in files {
        let now = is_told(path).then(|| stamp(path));
        if let Some(now) = now.filter(|now| *now != open.stamp) {
            open.stamp = now;
            differing.push(path.clone());
        }
    }
    differing
}

pub(crate) fn stamp(path: &Path) -> Option<Stamp> {
    let file = std::fs::metadata(path).ok()?;
    Some((
        file.dev(),
        file.ino(),
        file.len(),
        file.mtime(),
        file.mtime_nsec(),
    ))
}

/// Passes names on once nothing has happened to anything for a while.
fn wait_until_quiet(touched: &Receiver<PathBuf>, settled: &Sender<PathBuf>, waker: &Waker) {
    while let Ok(first) = touched.recv() {
        let mut names = vec![first];
        while let Ok(more) = touched.recv_timeout(QUIET) {
            if !names.contains(&more) {
                names.push(more);
            }
        }
        if names
            .into_iter()
            .try_for_each(|name| settled.send(name))
            .is_err()
        {
            return;
        }
        if let Some(wake) = waker.get() {
            wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::time::Instant;

    fn wait_for(watch: &mut Watch) -> Vec<(PathBuf, bool)> {
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            let changed = watch.changed();
            if !changed.is_empty() {
                return changed;
            }
            thread::sleep(Duration::from_millis(20));
        }
        Vec::new()
    }

    #[test]
    fn file_that_is_written_replaced_or_removed_is_noticed_and_its_neighbours_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.pdf");
        fs::write(&file, "1").unwrap();
        let mut watch = Watch::new(Waker::default());
        watch.add(&file);
        fs::write(folder.path().join("other"), "1").unwrap();
        fs::write(&file, "2").unwrap();
        assert_eq!(wait_for(&mut watch), [(file.clone(), true)]);
        let new = folder.path().join("new");
        fs::write(&new, "3").unwrap();
        fs::rename(&new, &file).unwrap();
        assert_eq!(wait_for(&mut watch), [(file.clone(), true)]);
        fs::remove_file(&file).unwrap();
        assert_eq!(wait_for(&mut watch), [(file.clone(), false)]);
        watch.remove(&file);
    }

    #[test]
    fn file_is_compared_when_only_its_folder_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let [file, other] = ["a.pdf", "b.pdf"].map(|name| folder.path().join(name));
        fs::write(&file, "1").unwrap();
        let open = Open {
            tabs: 1,
            stamp: stamp(&file),
        };
        let mut files = HashMap::from([(file.clone(), open)]);
        let told = [folder.path().to_owned()];
        assert!(differing(&mut files, &told).is_empty());
        fs::write(&other, "22").unwrap();
        assert!(differing(&mut files, std::slice::from_ref(&other)).is_empty());
        fs::rename(&other, &file).unwrap();
        assert_eq!(differing(&mut files, &told), std::slice::from_ref(&file));
        assert!(differing(&mut files, &told).is_empty());
        fs::remove_file(&file).unwrap();
        assert_eq!(differing(&mut files, &told), [file]);
        let elsewhere = [PathBuf::from("/elsewhere/c.pdf")];
        assert!(differing(&mut files, &elsewhere).is_empty());
    }
}
