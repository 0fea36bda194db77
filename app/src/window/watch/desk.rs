//! Which files are open, who looks at them, and who watches their folders.
//!
//! A folder is asked by one thread at a time, so that one on a mount that does not
//! answer costs one thread, and holds no other folder.

use super::keeper::Keeper;
use super::{Change, Opened, Stamp, stamp};
use crate::window::waker::Waker;
use crossbeam_channel::{Receiver, Sender};
use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// Programs write a file in pieces: it is looked at when it has been quiet for so long.
const QUIET: Duration = Duration::from_millis(200);

/// Most folders that are asked at the same time. Where so many do not answer, files
/// of others are not watched until one does.
const MOST_ASKED: usize = 64;

/// Most devices whose folders are watched: each costs one of the 128 inotify instances
/// that a user has by default, and two threads.
const MOST_KEEPERS: usize = 16;

/// Whether the system tells which file of a folder something happened to.
///
/// A kqueue tells of a folder only that something in it came or went, and of a file only
/// as long as it is the same one: there files are watched as well, and all of them
/// looked at whenever something happens to one or to their folder.
pub(super) const TELLS_NAMES: bool = cfg!(target_os = "linux");

/// What the desk is told.
pub(crate) enum Order {
    /// A tab shows this file, and opened it as it was then.
    Add(PathBuf, Opened),
    /// A tab shows it no more.
    Remove(PathBuf),
    /// Something has happened to it, or to its folder.
    Touched(PathBuf),
    /// A folder and files of it were looked at.
    Looked(PathBuf, Option<u64>, Vec<Look>),
    /// A folder is watched from now on.
    Kept(PathBuf),
    /// The window is gone.
    End,
}

/// A file that is to be looked at, or was.
pub(crate) struct Look {
    path: PathBuf,
    /// As who has just opened it saw it.
    opened: Option<Opened>,
    stamp: Option<Stamp>,
}

/// An open file.
#[derive(Default)]
struct File {
    /// Tabs that show it.
    tabs: usize,
    /// As it was when it was last looked at.
    known: Option<Option<Stamp>>,
}

/// A folder with open files.
#[derive(Default)]
struct Folder {
    is_asked: bool,
    /// Files that are looked at next.
    next: Vec<Look>,
    /// The device whose keeper watches it.
    device: Option<u64>,
}

pub(super) struct Desk {
    files: HashMap<PathBuf, File>,
    folders: HashMap<PathBuf, Folder>,
    keepers: HashMap<u64, Keeper>,
    /// Open files that something has happened to, and when they have been quiet.
    touched: Vec<PathBuf>,
    quiet_at: Instant,
    orders: Sender<Order>,
    told: Sender<Change>,
    waker: Waker,
}

impl Desk {
    pub(super) fn new(orders: Sender<Order>, told: Sender<Change>, waker: Waker) -> Self {
        Self {
            files: HashMap::new(),
            folders: HashMap::new(),
            keepers: HashMap::new(),
            touched: Vec::new(),
            quiet_at: Instant::now(),
            orders,
            told,
            waker,
        }
    }

    /// Serves until the window is gone.
    pub(super) fn serve(mut self, ordered: &Receiver<Order>) {
        loop {
            let order = match self.touched.is_empty() {
                true => ordered.recv().ok(),
                false => ordered.recv_deadline(self.quiet_at).ok(),
            };
            match order {
                Some(Order::Add(path, opened)) => self.add(path, opened),
                Some(Order::Remove(path)) => self.remove(&path),
                Some(Order::Touched(path)) => self.touch(&path),
                Some(Order::Looked(folder, device, looks)) => self.take(&folder, device, looks),
                Some(Order::Kept(folder)) => self.look_through(&folder),
                Some(Order::End) => return,
                None => {
                    for path in std::mem::take(&mut self.touched) {
                        self.ask(path, None);
                    }
                }
            }
        }
    }

    fn add(&mut self, path: PathBuf, opened: Opened) {
        self.files.entry(path.clone()).or_default().tabs += 1;
        self.ask(path, Some(opened));
    }

    fn remove(&mut self, path: &Path) {
        let Some(file) = self.files.get_mut(path) else {
            return;
        };
        file.tabs = file.tabs.saturating_sub(1);
        if file.tabs > 0 {
            return;
        }
        self.files.remove(path);
        let Some(folder) = path.parent() else {
            return;
        };
        let device = self.folders.get(folder).and_then(|folder| folder.device);
        let keeper = device.and_then(|device| self.keepers.get(&device));
        if let Some(keeper) = keeper.filter(|_| !TELLS_NAMES) {
            keeper.forget(path);
        }
        if let Some(known) = self.folders.get_mut(folder) {
            known.next.retain(|look| look.path != path);
        }
        if !self.has_files(folder) {
            if let Some(keeper) = keeper {
                keeper.forget(folder);
            }
            // One that is being asked goes when it has answered.
            self.folders
                .retain(|path, known| path != folder || known.is_asked);
        }
    }

    fn has_files(&self, folder: &Path) -> bool {
        self.files.keys().any(|path| path.parent() == Some(folder))
    }

    fn touch(&mut self, touched: &Path) {
        let is_meant = |path: &Path| {
            path == touched
                || !TELLS_NAMES
                    && (path.parent() == Some(touched) || path.parent() == touched.parent())
        };
        let meant = self.files.keys().filter(|path| is_meant(path));
        let mut is_known = false;
        for path in meant {
            is_known = true;
            if !self.touched.contains(path) {
                self.touched.push(path.clone());
            }
        }
        if is_known {
            self.quiet_at = Instant::now() + QUIET;
        }
    }

    /// What was written before its folder was watched is seen now.
    fn look_through(&mut self, folder: &Path) {
        let inside = |path: &&PathBuf| path.parent() == Some(folder);
        let files: Vec<PathBuf> = self.files.keys().filter(inside).cloned().collect();
        for path in files {
            self.ask(path, None);
        }
    }

    /// Has a file looked at.
    fn ask(&mut self, path: PathBuf, opened: Option<Opened>) {
        let Some(folder) = path.parent().map(Path::to_owned) else {
            return;
        };
        let known = self.folders.entry(folder.clone()).or_default();
        let is_new = known.next.iter().all(|look| look.path != path);
        if opened.is_some() || is_new {
            known.next.push(Look {
                path,
                opened,
                stamp: None,
            });
        }
        self.send_out(&folder);
    }

    /// Sends a thread to a folder, unless one is there.
    fn send_out(&mut self, folder: &Path) {
        let asked = self.folders.values().filter(|known| known.is_asked).count();
        let Some(known) = self.folders.get_mut(folder) else {
            return;
        };
        if known.is_asked || known.next.is_empty() || asked >= MOST_ASKED {
            return;
        }
        let mut looks = std::mem::take(&mut known.next);
        let (orders, folder) = (self.orders.clone(), folder.to_owned());
        let look = move || {
            let device = std::fs::metadata(&folder).ok().map(|found| found.dev());
            for look in &mut looks {
                look.stamp = stamp(&look.path);
            }
            // The desk that is gone needs no answer.
            let _ = orders.send(Order::Looked(folder, device, looks));
        };
        let named = thread::Builder::new().name("look".to_owned());
        // Without a thread these files are not looked at.
        known.is_asked = named.spawn(look).is_ok();
    }

    fn take(&mut self, folder: &Path, device: Option<u64>, looks: Vec<Look>) {
        if let Some(known) = self.folders.get_mut(folder) {
            known.is_asked = false;
        }
        for look in looks {
            self.learn(&look);
        }
        if self.has_files(folder) {
            self.keep(folder, device);
        } else {
            self.folders.remove(folder);
        }
        // Some may have waited until there are fewer.
        let waiting = self.folders.iter().filter(|(_, known)| !known.is_asked);
        let waiting: Vec<PathBuf> = waiting
            .filter(|(_, known)| !known.next.is_empty())
            .map(|(folder, _)| folder.clone())
            .collect();
        for folder in waiting {
            self.send_out(&folder);
        }
    }

    /// Takes what a file is like, and tells if it was otherwise.
    fn learn(&mut self, look: &Look) {
        let Some(file) = self.files.get_mut(&look.path) else {
            return;
        };
        let before = file.known.replace(look.stamp);
        // One that is read only now is read as it is now.
        let opened = look.opened.as_ref().and_then(|opened| opened.get());
        let differs = |was: &Option<Stamp>| *was != look.stamp;
        if before.as_ref().is_some_and(differs) || opened.is_some_and(differs) {
            let _ = self.told.send(Change {
                path: look.path.clone(),
                stamp: look.stamp,
            });
            self.waker.wake();
            // A kqueue watched the file that had this name before.
            self.keep_file(&look.path);
        }
    }

    /// Has a folder watched, by who watches those of its device.
    fn keep(&mut self, folder: &Path, device: Option<u64>) {
        let Some(known) = self.folders.get_mut(folder) else {
            return;
        };
        let Some(device) = device.filter(|device| known.device != Some(*device)) else {
            return;
        };
        if !self.keepers.contains_key(&device) {
            if self.keepers.len() >= MOST_KEEPERS {
                return;
            }
            let orders = self.orders.clone();
            let Ok(keeper) = Keeper::start(orders) else {
                return;
            };
            self.keepers.insert(device, keeper);
        }
        known.device = Some(device);
        if let Some(keeper) = self.keepers.get(&device) {
            keeper.watch(folder);
        }
        let inside = |path: &&PathBuf| path.parent() == Some(folder);
        let files: Vec<PathBuf> = self.files.keys().filter(inside).cloned().collect();
        files.iter().for_each(|path| self.keep_file(path));
    }

    /// Has a file watched where its folder does not tell of it.
    fn keep_file(&self, path: &Path) {
        let folder = path.parent().and_then(|folder| self.folders.get(folder));
        let device = folder.and_then(|folder| folder.device);
        let keeper = device.and_then(|device| self.keepers.get(&device));
        if let Some(keeper) = keeper.filter(|_| !TELLS_NAMES) {
            keeper.forget(path);
            keeper.watch(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossbeam_channel::unbounded;

    /// A desk with an open file, and what it tells.
    fn desk(path: &Path) -> (Desk, Receiver<Order>, Receiver<Change>) {
        let ((orders, ordered), (told, changes)) = (unbounded(), unbounded());
        let mut desk = Desk::new(orders, told, Waker::default());
        desk.files.entry(path.to_owned()).or_default().tabs = 1;
        (desk, ordered, changes)
    }

    fn look(path: &Path, size: Option<u64>, opened: Option<u64>) -> Look {
        let stamp = |size| (1, 2, size, 3, 4);
        let opened = opened.map(|size| {
            let opened = Opened::default();
            opened.set(Some(stamp(size))).unwrap();
            opened
        });
        Look {
            path: path.to_owned(),
            opened,
            stamp: size.map(stamp),
        }
    }

    #[test]
    fn only_what_differs_is_told() {
        let path = Path::new("/papers/a.pdf");
        let (mut desk, _ordered, changes) = desk(path);
        let told = |desk: &mut Desk, look: Look| {
            desk.learn(&look);
            changes.try_iter().count()
        };
        assert_eq!(told(&mut desk, look(path, Some(1), Some(1))), 0);
        assert_eq!(told(&mut desk, look(path, Some(1), None)), 0);
        assert_eq!(told(&mut desk, look(path, Some(2), None)), 1);
        assert_eq!(told(&mut desk, look(path, None, None)), 1);
        assert_eq!(told(&mut desk, look(path, None, None)), 0);
        // Another tab opened it before it was gone.
        assert_eq!(told(&mut desk, look(path, None, Some(2))), 1);
        let elsewhere = Path::new("/papers/b.pdf");
        assert_eq!(told(&mut desk, look(elsewhere, Some(1), Some(2))), 0);
    }

    #[test]
    fn folder_that_does_not_answer_is_asked_once_and_holds_no_other() {
        let path = Path::new("/papers/a.pdf");
        let (mut desk, ordered, _changes) = desk(path);
        let folder = desk.folders.entry("/papers".into()).or_default();
        // Somebody is there, and waits.
        folder.is_asked = true;
        for _ in 0..10 {
            desk.ask(path.to_owned(), None);
        }
        assert_eq!(desk.folders[Path::new("/papers")].next.len(), 1);
        assert!(ordered.try_recv().is_err(), "nobody else is sent there");
        desk.add("/other/b.pdf".into(), Opened::default());
        let answer = ordered.recv_timeout(Duration::from_secs(10)).unwrap();
        let Order::Looked(folder, ..) = answer else {
            panic!("it was looked at");
        };
        assert_eq!(folder, Path::new("/other"));
        desk.remove(path);
        assert!(desk.folders[Path::new("/papers")].next.is_empty());
        desk.take(Path::new("/papers"), None, Vec::new());
        assert!(!desk.folders.contains_key(Path::new("/papers")));
    }

    #[test]
    fn file_is_watched_as_long_as_a_tab_shows_it() {
        let path = Path::new("/papers/a.pdf");
        let (mut desk, _ordered, _changes) = desk(path);
        desk.add(path.to_owned(), Opened::default());
        desk.remove(path);
        desk.touch(path);
        assert_eq!(desk.touched, [path]);
        desk.remove(path);
        assert!(desk.files.is_empty());
        desk.touched.clear();
        desk.touch(path);
        assert!(desk.touched.is_empty());
    }

    #[test]
    fn no_more_folders_are_asked_than_said_and_the_others_follow() {
        let (mut desk, _ordered, _changes) = desk(Path::new("/papers/a.pdf"));
        for number in 0..MOST_ASKED {
            let folder = desk.folders.entry(format!("/{number}").into()).or_default();
            folder.is_asked = true;
        }
        desk.add("/other/b.pdf".into(), Opened::default());
        assert!(!desk.folders[Path::new("/other")].is_asked);
        desk.take(Path::new("/7"), None, Vec::new());
        assert!(desk.folders[Path::new("/other")].is_asked);
    }
}
