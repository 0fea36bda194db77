//! Noticing that an open file has changed, also when another one took its name.

use super::shell::Waker;
use crossbeam_channel::{Receiver, Sender, unbounded};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// Programs write a file in pieces: it is looked at when it has been quiet for so long.
const QUIET: Duration = Duration::from_millis(200);

/// Watches the folders of open files.
pub(crate) struct Watch {
    /// `None` where the system cannot tell; then nothing is reloaded by itself.
    watcher: Option<RecommendedWatcher>,
    changed: Receiver<PathBuf>,
    files: HashMap<PathBuf, usize>,
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
        *self.files.entry(path.to_owned()).or_insert(0) += 1;
        if let (Some(watcher), Some(folder)) = (&mut self.watcher, path.parent()) {
            // A folder that cannot be watched is not: reloading is by hand then.
            let _ = watcher.watch(folder, RecursiveMode::NonRecursive);
        }
    }

    pub(crate) fn remove(&mut self, path: &Path) {
        if let Some(count) = self.files.get_mut(path) {
            *count -= 1;
            if *count == 0 {
                self.files.remove(path);
            }
        }
        let folder = path.parent();
        if !self.files.keys().any(|other| other.parent() == folder)
            && let (Some(watcher), Some(folder)) = (&mut self.watcher, folder)
        {
            let _ = watcher.unwatch(folder);
        }
    }

    /// Open files to which something has happened since the last time, and whether
    /// they are still there.
    pub(crate) fn changed(&mut self) -> Vec<(PathBuf, bool)> {
        let mut changed: Vec<PathBuf> = self.changed.try_iter().collect();
        changed.retain(|path| self.files.contains_key(path));
        changed.sort();
        changed.dedup();
        let with_presence = |path: PathBuf| {
            let there = path.is_file();
            (path, there)
        };
        changed.into_iter().map(with_presence).collect()
    }
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
}
