//! Watches folders of one device. Beginning to watch asks the file system, which may
//! not answer: then this thread waits, and only for its own device.

use super::desk::Order;
use crossbeam_channel::{Receiver, Sender, unbounded};
use notify::{Event, EventKind, RecursiveMode, Watcher};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

enum Keep {
    Watch(PathBuf),
    Forget(PathBuf),
}

/// The desk's end of the thread. Dropping it ends the watching.
pub(super) struct Keeper(Sender<Keep>);

impl Keeper {
    /// Starts one that tells the desk.
    ///
    /// # Errors
    ///
    /// The `errno` of making a thread.
    pub(super) fn start(desk: Sender<Order>) -> io::Result<Self> {
        let (orders, ordered) = unbounded();
        let named = thread::Builder::new().name("keeper".to_owned());
        named.spawn(move || keep(&ordered, &desk))?;
        Ok(Self(orders))
    }

    /// Watches a folder or a file.
    pub(super) fn watch(&self, path: &Path) {
        // Where the system has no watcher, nobody listens.
        let _ = self.0.send(Keep::Watch(path.to_owned()));
    }

    /// Watches it no more.
    pub(super) fn forget(&self, path: &Path) {
        let _ = self.0.send(Keep::Forget(path.to_owned()));
    }
}

fn keep(ordered: &Receiver<Keep>, desk: &Sender<Order>) {
    let teller = desk.clone();
    let tell = move |event: notify::Result<Event>| {
        let Ok(event) = event else { return };
        if matches!(
            event.kind,
            EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_)
        ) {
            // Nobody listens any more when the window is gone.
            let touched = event.paths.into_iter().map(Order::Touched);
            touched.for_each(|touched| drop(teller.send(touched)));
        }
    };
    // Where the system cannot tell, reloading is by hand.
    let Ok(mut watcher) = notify::recommended_watcher(tell) else {
        return;
    };
    while let Ok(order) = ordered.recv() {
        match order {
            Keep::Watch(path) => {
                // The same for a folder that cannot be watched. A file that is gone cannot:
                // its folder tells when it is back.
                if watcher.watch(&path, RecursiveMode::NonRecursive).is_ok() {
                    let _ = desk.send(Order::Kept(path));
                }
            }
            Keep::Forget(path) => drop(watcher.unwatch(&path)),
        }
    }
}
