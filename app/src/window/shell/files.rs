//! What is done to the file of a picture: into the trash and back, deleted, renamed.
//! The broker does it by the name that the user opened; no renderer has a say in it.

use super::{Overlay, Shell};
use crate::broker::words;
use crate::cli::printable;
use crate::window::canvas::Canvas;
use crate::window::document::worker::News;
use crate::window::opening::Origin;
use crate::window::picture_copy;
use crate::window::tab::{Tab, TabId};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

/// A new name for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rename {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    /// It is being given that name.
    pub(crate) is_asked: bool,
    /// Why it cannot be called so.
    pub(crate) error: Option<String>,
}

/// What became of a file.
#[derive(Debug)]
pub(crate) enum Moved {
    /// It is in the trash, or why not.
    Away(PathBuf, Result<(), String>),
    /// It is back from there, or why not.
    Back(PathBuf, Result<(), String>),
    /// It is deleted, or why not.
    Deleted(PathBuf, Result<(), String>),
    /// What it is called now, or why it is called as before.
    Renamed(PathBuf, Result<PathBuf, String>),
}

impl Shell {
    /// The file of the picture that is shown, also of one that cannot be: it is in the way.
    fn picture_file(&self) -> Option<PathBuf> {
        let is_looked_through = |tab: &Tab| {
            let set = tab.browsing.as_ref();
            tab.summary().is_none() && set.is_some_and(|set| !set.is_heard)
        };
        let is_picture = |tab: &&Tab| tab.is_picture() || is_looked_through(tab);
        let tab = self.tab().filter(is_picture)?;
        tab.origin.path().map(Path::to_owned)
    }

    /// Moves the picture that is shown to the trash, on a thread of its own.
    pub(super) fn trash(&mut self) {
        if let (Some(path), Some(tab)) = (self.picture_file(), self.tab()) {
            let work = move || {
                let done = trash::delete(&path).map_err(|error| reason(&error));
                Moved::Away(path, done)
            };
            self.off_thread(tab.id, work);
        }
    }

    /// Takes the picture back that was moved there last.
    pub(super) fn undo_trash(&mut self) {
        match self.trashed.last().cloned() {
            Some(path) => self.take_back(path),
            None => self.toast("Nothing was moved to the trash from here"),
        }
    }

    /// Takes a picture out of the trash again.
    pub(crate) fn take_back(&mut self, path: PathBuf) {
        self.trashed.retain(|other| *other != path);
        self.toasts.retain(|toast| toast.undo() != Some(&path));
        let id = self.tab().map_or(TabId(0), |tab| tab.id);
        let work = move || {
            let done = restore(&path);
            Moved::Back(path, done)
        };
        self.off_thread(id, work);
    }

    fn off_thread(&self, id: TabId, work: impl FnOnce() -> Moved + Send + 'static) {
        let tell = self.teller(id, None);
        let named = thread::Builder::new().name("file".to_owned());
        // Without a thread nothing happens to the file, and that is seen.
        let _ = named.spawn(move || tell(News::Moved(work())));
    }

    /// Copies the picture that is shown, as it would be drawn at its own size.
    pub(super) fn copy_picture(&mut self) {
        let Some(tab) = self.tab().filter(|tab| tab.is_picture()) else {
            return;
        };
        let place = (tab.view.current_page(&tab.layout), tab.frame());
        let (origin, renderers) = (tab.origin.clone(), self.renderers.clone());
        let tell = self.teller(tab.id, None);
        let work = move || tell(News::Picture(picture_copy::png(&renderers, &origin, place)));
        let named = thread::Builder::new().name("picture".to_owned());
        // Without a thread there is no picture, and that is seen.
        let _ = named.spawn(work);
    }

    /// Takes what became of a file.
    pub(super) fn moved(&mut self, moved: Moved, canvas: &mut dyn Canvas) {
        match moved {
            Moved::Away(path, Ok(())) => {
                let words = format!("Moved to the trash: {}", name_of(&path));
                self.leave_file(&path, canvas);
                self.trashed.push(path.clone());
                self.toast(words);
                if let Some(toast) = self.toasts.last_mut() {
                    toast.offer_undo(path);
                }
            }
            Moved::Away(path, Err(why)) => {
                self.toast(format!("{} stays where it is: {why}", name_of(&path)));
            }
            Moved::Back(path, Ok(())) => {
                self.toast(format!("{} is back", name_of(&path)));
                self.come_back(path, canvas);
            }
            Moved::Back(path, Err(why)) => {
                self.toast(format!("{} stays in the trash: {why}", name_of(&path)));
            }
            Moved::Deleted(path, Ok(())) => {
                self.leave_file(&path, canvas);
                self.toast(format!("{} is deleted", name_of(&path)));
            }
            Moved::Deleted(path, Err(why)) => {
                self.toast(format!("{} stays: {why}", name_of(&path)));
            }
            Moved::Renamed(old, named) => self.renamed(&old, named),
        }
    }

    /// Shows a file again that is back where it was.
    fn come_back(&mut self, path: PathBuf, canvas: &mut dyn Canvas) {
        let folder = path.parent().map(Path::to_owned);
        let browsing = self.tab_mut().and_then(|tab| tab.browsing.as_mut());
        match browsing {
            Some(browsing) if browsing.folder == folder || browsing.folder.is_none() => {
                browsing.add(path.clone());
                self.end_compare(canvas);
                self.browse_to(&path, canvas);
            }
            _ => self.open([Origin::Path(path)]),
        }
    }

    /// A file is no more: the picture behind it is shown, or its tab is closed.
    fn leave_file(&mut self, path: &Path, canvas: &mut dyn Canvas) {
        let shows = |tab: &Tab| tab.origin.path() == Some(path);
        let Some(index) = self.tabs.iter().position(shows) else {
            return;
        };
        if index == self.current {
            self.end_compare(canvas);
        }
        let next = self.tabs.get_mut(index).and_then(|tab| {
            let browsing = tab.browsing.as_mut()?;
            browsing.replace(path, None);
            browsing.shown()
        });
        match next {
            Some(next) if index == self.current => self.browse_to(&next, canvas),
            _ => self.close(index, canvas),
        }
    }

    /// Asks whether the picture is to be deleted for ever.
    pub(super) fn ask_to_delete(&mut self) {
        if let Some(path) = self.picture_file() {
            self.overlay = Overlay::Delete(path);
        }
    }

    /// Deletes a file, which the user has said twice.
    pub(crate) fn delete(&mut self, path: PathBuf) {
        self.overlay = Overlay::None;
        let id = self.tab().map_or(TabId(0), |tab| tab.id);
        let work = move || {
            let done = fs::remove_file(&path).map_err(|error| words(&error).to_string());
            Moved::Deleted(path, done)
        };
        self.off_thread(id, work);
    }

    /// Asks for another name.
    pub(super) fn ask_to_rename(&mut self) {
        if let Some(path) = self.picture_file()
            && let Some(name) = path.file_name().and_then(OsStr::to_str)
        {
            let name = name.to_owned();
            self.overlay = Overlay::Rename(Rename {
                path,
                name,
                is_asked: false,
                error: None,
            });
        }
    }

    /// Gives the file the name that was typed, unless another one has it.
    pub(crate) fn rename(&mut self) {
        let id = self.tab().map_or(TabId(0), |tab| tab.id);
        let Overlay::Rename(wanted) = &mut self.overlay else {
            return;
        };
        if std::mem::replace(&mut wanted.is_asked, true) {
            return;
        }
        let (old, name) = (wanted.path.clone(), wanted.name.clone());
        let work = move || {
            let named = renamed(&old, &name);
            Moved::Renamed(old, named)
        };
        self.off_thread(id, work);
    }

    /// A file has another name, or why not is told where it was asked for.
    fn renamed(&mut self, old: &Path, named: Result<PathBuf, String>) {
        let asking = match &mut self.overlay {
            Overlay::Rename(wanted) if wanted.path == old => Some(wanted),
            _ => None,
        };
        let new = match (named, asking) {
            (Ok(new), asking) => {
                if asking.is_some() {
                    self.overlay = Overlay::None;
                }
                new
            }
            (Err(why), Some(wanted)) => {
                (wanted.is_asked, wanted.error) = (false, Some(why));
                return;
            }
            (Err(why), None) => {
                return self.toast(format!("{} keeps its name: {why}", name_of(old)));
            }
        };
        for tab in &mut self.tabs {
            if tab.origin.path() == Some(old) {
                tab.origin = Origin::Path(new.clone());
                tab.watched = Some(self.watch.add(&new, &tab.stamp));
            }
            if let Some(browsing) = &mut tab.browsing {
                browsing.replace(old, Some(new.clone()));
            }
        }
        self.store.forget(old);
        self.toast(format!("Now called {}", name_of(&new)));
    }
}

fn name_of(path: &Path) -> String {
    printable(&path.file_name().unwrap_or_default().to_string_lossy())
}

/// Renames a file in its folder; nothing that is there is replaced.
fn renamed(old: &Path, name: &str) -> Result<PathBuf, String> {
    let name = name.trim();
    if name.is_empty() || name == "." || name == ".." {
        return Err("it needs a name".to_owned());
    }
    if name.contains(['/', '\0']) {
        return Err("a name has no / in it".to_owned());
    }
    let new = old.with_file_name(name);
    if new == *old {
        return Ok(new);
    }
    // A second name is refused where there is one; not every file system has them.
    let linked = fs::hard_link(old, &new).and_then(|()| fs::remove_file(old));
    match linked {
        Ok(()) => return Ok(new),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(_) if fs::symlink_metadata(&new).is_err() => {
            return fs::rename(old, &new)
                .map(|()| new)
                .map_err(|error| words(&error).to_string());
        }
        Err(_) => {}
    }
    Err("there is a file of that name already".to_owned())
}

/// Takes the file that was moved from `path` last out of the trash.
fn restore(path: &Path) -> Result<(), String> {
    if fs::symlink_metadata(path).is_ok() {
        return Err("there is another file of its name".to_owned());
    }
    let items = trash::os_limited::list().map_err(|error| reason(&error))?;
    let of_path = items
        .into_iter()
        .filter(|item| item.original_path() == path);
    let last = of_path.max_by_key(|item| item.time_deleted);
    let item = last.ok_or_else(|| "it is not there any more".to_owned())?;
    trash::os_limited::restore_all([item]).map_err(|error| reason(&error))
}

/// Why the trash does not do it, in a sentence of ours.
fn reason(error: &trash::Error) -> String {
    match error {
        trash::Error::FileSystem { source, .. } => words(source).to_string(),
        trash::Error::CouldNotAccess { .. } => "it may not be moved".to_owned(),
        trash::Error::RestoreCollision { .. } => "there is another file of its name".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::renamed;
    use std::fs;

    #[test]
    fn file_is_renamed_and_nothing_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let [a, b] = ["a.png", "b.png"].map(|name| folder.path().join(name));
        fs::write(&a, "a").unwrap();
        fs::write(&b, "b").unwrap();
        assert!(renamed(&a, "b.png").is_err());
        assert_eq!(fs::read_to_string(&b).unwrap(), "b");
        for bad in ["", " ", ".", "..", "x/y", "../c.png"] {
            assert!(renamed(&a, bad).is_err(), "{bad:?}");
        }
        let new = renamed(&a, "c.png").unwrap();
        assert_eq!(fs::read_to_string(new).unwrap(), "a");
        assert!(!a.exists());
    }
}
