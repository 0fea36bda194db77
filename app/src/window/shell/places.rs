//! Places where something is to be saved. They are looked at and opened on threads of
//! their own: a folder on a mount that does not answer holds a dialog, and no window.

use super::{Overlay, Shell};
use crate::cli::{Output, is_same_file};
use crate::window::document::worker::News;
use crate::window::portal;
use crate::window::tab::{Tab, TabId};
use std::path::{Path, PathBuf};
use std::thread;

/// Most names that are tried until one is free.
const MOST_TRIED: u32 = 1000;

/// What is to be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Saved {
    /// A safe copy.
    Copy,
    /// An attachment, by its number.
    Attachment(u32),
}

impl Shell {
    /// Proposes a name in a folder that no file has; told by [`News::Proposed`].
    pub(super) fn propose(&self, id: TabId, folder: PathBuf, names: Vec<String>) {
        let tell = self.teller(id, None);
        let look = move || tell(News::Proposed(free(&folder, &names)));
        // Without a thread the first name stays, and is looked at when it is opened.
        let _ = thread::Builder::new().name("place".to_owned()).spawn(look);
    }

    /// Takes a name that nobody has, unless another one was typed.
    pub(super) fn proposed(&mut self, proposed: &Path) {
        let (path, is_asked) = match &mut self.overlay {
            Overlay::Copy(wanted) => (&mut wanted.path, &mut wanted.is_asked),
            Overlay::SaveAttachment(wanted) => (&mut wanted.path, &mut wanted.is_asked),
            _ => return,
        };
        if std::mem::take(is_asked) {
            *path = proposed.to_string_lossy().into_owned();
        }
    }

    /// Opens a place to write to, on a thread; told by [`News::Place`]. Where nothing is
    /// to be replaced, nothing may be there.
    pub(super) fn open_place(&self, tab: &Tab, what: Saved, path: PathBuf, replaces: bool) {
        let tell = self.teller(tab.id, None);
        let origin = tab.origin.path().map(Path::to_owned);
        let open = move || {
            let place = place(origin.as_deref(), &path, replaces);
            tell(News::Place(what, path, place));
        };
        // Without a thread the dialog stays as it is.
        let _ = thread::Builder::new().name("place".to_owned()).spawn(open);
    }

    /// Lets the system's dialog ask where something is to go; told by [`News::SaveTo`].
    pub(super) fn ask_desktop(&mut self, wanted: portal::Wanted) {
        self.wishes.ask_where = Some(wanted);
    }

    /// Tells the window what the system's dialog has said.
    pub(crate) fn place_teller(
        &self,
        wanted: &portal::Wanted,
    ) -> impl FnOnce(PathBuf) + Send + use<> {
        let (tell, what) = (self.teller(wanted.tab, None), wanted.what);
        move |path| tell(News::SaveTo(what, path))
    }
}

/// The first of these names that no file in the folder has.
fn free(folder: &Path, names: &[String]) -> PathBuf {
    let mut paths = names.iter().map(|name| folder.join(name));
    let first = paths.clone().next();
    let free = paths.find(|path| std::fs::symlink_metadata(path).is_err());
    free.or(first).unwrap_or_else(|| folder.to_owned())
}

/// `stem` and `end`, and the same with numbers: `with` makes a name of a stem and a number.
pub(super) fn numbered(with: impl Fn(Option<u32>) -> String) -> Vec<String> {
    let more = (2..MOST_TRIED).map(|number| with(Some(number)));
    std::iter::once(with(None)).chain(more).collect()
}

/// Opens a file beside the one that it is to be.
fn place(origin: Option<&Path>, path: &Path, replaces: bool) -> Result<Output, String> {
    if origin.is_some_and(|origin| is_same_file(origin, path)) {
        return Err("that is the document itself; choose another name".to_owned());
    }
    if !replaces && std::fs::symlink_metadata(path).is_ok() {
        return Err("there is something of that name; choose another".to_owned());
    }
    Output::create(path).map_err(|error| crate::broker::words(&error).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_that_is_proposed_is_one_that_no_file_has() {
        let folder = tempfile::tempdir().unwrap();
        let names = numbered(|number| match number {
            None => "data.csv".to_owned(),
            Some(number) => format!("data ({number}).csv"),
        });
        let first = free(folder.path(), &names);
        assert_eq!(first, folder.path().join("data.csv"));
        std::fs::write(&first, "").unwrap();
        let second = free(folder.path(), &names);
        assert_eq!(second, folder.path().join("data (2).csv"));
        // What leads nowhere is there all the same.
        std::os::unix::fs::symlink("/none", &second).unwrap();
        let third = free(folder.path(), &names);
        assert_eq!(third, folder.path().join("data (3).csv"));
    }

    #[test]
    fn document_itself_is_never_written_and_others_only_where_that_is_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let [document, other] = ["a.pdf", "b.pdf"].map(|name| folder.path().join(name));
        std::fs::write(&document, "a").unwrap();
        std::fs::write(&other, "b").unwrap();
        let place = |path: &Path, replaces| place(Some(&document), path, replaces);
        assert!(place(&document, true).is_err());
        assert!(place(&other, false).is_err());
        assert!(place(&other, true).is_ok());
        assert!(place(&folder.path().join("c.pdf"), false).is_ok());
        assert!(place(&folder.path().join("none/c.pdf"), true).is_err());
        assert_eq!(std::fs::read(&other).unwrap(), b"b");
    }
}
