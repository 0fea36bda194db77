//! What a document carries: attachments that are saved or opened, layers.

use super::{Overlay, Shell};
use crate::cli::{Output, is_same_file, printable};
use crate::window::document::carried::{file_name, is_readable};
use crate::window::document::unpack::{self, Target, Unpack};
use crate::window::document::worker::{News, STOPPED};
use crate::window::opening::Origin;
use crate::window::portal;
use crate::window::tab::{Tab, TabId};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// An attachment that is to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SaveAttachment {
    tab: TabId,
    /// Its number in the list.
    number: u32,
    /// What the document calls it.
    pub(crate) name: String,
    /// The file that is typed.
    pub(crate) path: String,
    /// What is wrong with it.
    pub(crate) error: Option<String>,
}

/// An attachment that is being taken out, as far as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unpacked {
    /// Its number in the list.
    number: u32,
    /// Its name, for people.
    pub(crate) name: String,
    pub(crate) bytes: u64,
    /// How many it has, where the document says so.
    pub(crate) total: Option<u64>,
    pub(crate) since: Instant,
}

impl Tab {
    /// Notes how far an attachment is.
    pub(super) fn learn_unpacked(&mut self, number: u32, bytes: u64) {
        let since = self.unpacked.take().filter(|one| one.number == number);
        let since = since.map_or_else(Instant::now, |one| one.since);
        let attachment = self.carried.attachments.get(number as usize);
        self.unpacked = attachment.map(|attachment| Unpacked {
            number,
            name: file_name(attachment),
            bytes,
            total: attachment.bytes,
            since,
        });
    }
}

impl Shell {
    /// Asks where an attachment of the shown document is to be saved.
    pub(crate) fn ask_to_save(&mut self, number: u32) {
        let Some(tab) = self.tab() else {
            return;
        };
        let Some(attachment) = tab.carried.attachments.get(number as usize) else {
            return;
        };
        let (id, name) = (tab.id, file_name(attachment));
        let folder = folder_of(tab);
        if !self.portal {
            self.overlay = Overlay::SaveAttachment(SaveAttachment {
                tab: id,
                number,
                name: attachment.name.to_string(),
                path: free_name(&folder, &name).to_string_lossy().into_owned(),
                error: None,
            });
            return;
        }
        let (teller, waker) = (self.teller.clone(), Arc::clone(&self.waker));
        let title = "Save an attachment";
        portal::ask_where(title, false, Some(folder), name, move |path| {
            // Nobody listens any more when the window is gone.
            let _ = teller.send((id, News::SaveAttachmentTo(number, path)));
            if let Some(wake) = waker.get() {
                wake();
            }
        });
    }

    /// Saves as the dialog says, or tells in it why not.
    pub(crate) fn save_attachment(&mut self) {
        let Overlay::SaveAttachment(wanted) = &self.overlay else {
            return;
        };
        let wanted = wanted.clone();
        let path = PathBuf::from(&wanted.path);
        let saved = match std::fs::symlink_metadata(&path) {
            _ if !path.is_absolute() => Err("a whole path is needed, from / on".to_owned()),
            Ok(_) => Err("there is something of that name; choose another".to_owned()),
            Err(_) => self.try_to_save(wanted.tab, wanted.number, &path),
        };
        self.overlay = match saved {
            Ok(()) => Overlay::None,
            Err(why) => Overlay::SaveAttachment(SaveAttachment {
                error: Some(why),
                ..wanted
            }),
        };
    }

    /// Takes the place that the system's dialog has given.
    pub(super) fn save_attachment_to(&mut self, id: TabId, number: u32, path: &Path) {
        if let Err(why) = self.try_to_save(id, number, path) {
            self.toast(format!("The attachment is not saved: {why}"));
        }
    }

    fn try_to_save(&mut self, id: TabId, number: u32, path: &Path) -> Result<(), String> {
        let gone = || "the document is closed".to_owned();
        let tab = self.tabs.iter_mut().find(|tab| tab.id == id);
        let tab = tab.ok_or_else(gone)?;
        let origin = tab.origin.path();
        if origin.is_some_and(|origin| is_same_file(origin, path)) {
            return Err("that is the document itself; choose another name".to_owned());
        }
        let worker = tab.worker.as_ref().ok_or_else(gone)?;
        let output = Output::create(path).map_err(|error| error.to_string())?;
        worker.unpack(Unpack {
            attachment: number,
            to: Target::File(output, path.to_owned()),
        });
        tab.unpacking += 1;
        Ok(())
    }

    /// Opens a PDF or a picture that is inside the shown document in a tab and a
    /// renderer of its own. It is never written to a disk.
    pub(crate) fn open_attachment(&mut self, number: u32) {
        let Some(tab) = self.tab_mut() else {
            return;
        };
        let attachment = tab.carried.attachments.get(number as usize);
        let Some(attachment) = attachment.filter(|attachment| is_readable(attachment)) else {
            return;
        };
        let target = Target::Tab(file_name(attachment), Vec::new());
        if let Some(worker) = &tab.worker {
            worker.unpack(Unpack {
                attachment: number,
                to: target,
            });
            tab.unpacking += 1;
        }
    }

    /// An attachment is where it was wanted, or is not.
    pub(super) fn unpacked(&mut self, id: TabId, unpacked: unpack::Unpacked) {
        use unpack::Unpacked;
        let unpacked = match unpacked {
            Unpacked::Cover(bytes) => return self.draw_cover(id, bytes),
            unpacked => unpacked,
        };
        if let Some(tab) = self.tabs.iter_mut().find(|tab| tab.id == id) {
            tab.unpacking = tab.unpacking.saturating_sub(1);
            tab.unpacked = None;
        }
        match unpacked {
            Unpacked::Saved(path) => {
                self.toast(format!("Saved as {}", printable(&path.to_string_lossy())));
            }
            Unpacked::ForTab(name, bytes) => self.open([Origin::Inner(Arc::new(bytes), name)]),
            // Taken above.
            Unpacked::Cover(_) => {}
            Unpacked::Failed(why) if why == STOPPED => self.toast("Stopped; nothing is left of it"),
            Unpacked::Failed(why) => self.toast(format!("The attachment is not there: {why}")),
        }
    }
}

/// The document's own folder, else the user's.
fn folder_of(tab: &Tab) -> PathBuf {
    let home = || std::env::var_os("HOME").map_or_else(|| PathBuf::from("/"), PathBuf::from);
    let folder = tab.origin.path().and_then(Path::parent);
    folder.map_or_else(home, Path::to_owned)
}

/// The name, or one like it that no file has.
fn free_name(folder: &Path, name: &str) -> PathBuf {
    let path = Path::new(name);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map_or_else(String::new, |ending| {
        format!(".{}", ending.to_string_lossy())
    });
    let numbered = (2..1000).map(|number| format!("{stem} ({number}){ending}"));
    let names = std::iter::once(name.to_owned()).chain(numbered);
    let mut free = names
        .map(|name| folder.join(name))
        .skip_while(|path| path.exists());
    free.next().unwrap_or_else(|| folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::free_name;

    #[test]
    fn attachment_is_proposed_under_a_name_that_no_file_has() {
        let folder = tempfile::tempdir().unwrap();
        let first = free_name(folder.path(), "data.csv");
        assert_eq!(first, folder.path().join("data.csv"));
        std::fs::write(&first, "").unwrap();
        let second = free_name(folder.path(), "data.csv");
        assert_eq!(second, folder.path().join("data (2).csv"));
    }
}
