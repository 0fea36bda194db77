//! What a document carries: attachments that are saved or opened, layers.

use super::places::{Saved, numbered};
use super::{Overlay, Shell};
use crate::cli::{Output, printable};
use crate::window::document::carried::{file_name, is_readable};
use crate::window::document::unpack::{self, Target, Unpack};
use crate::window::document::worker::STOPPED;
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
    /// The file system is asked about it, or asked for a name that is free.
    pub(crate) is_asked: bool,
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
        if self.portal {
            return self.ask_desktop(portal::Wanted {
                title: "Save an attachment",
                pdf: false,
                folder: Some(folder),
                name,
                tab: id,
                what: Saved::Attachment(number),
            });
        }
        self.overlay = Overlay::SaveAttachment(SaveAttachment {
            tab: id,
            number,
            name: attachment.name.to_string(),
            path: folder.join(&name).to_string_lossy().into_owned(),
            is_asked: true,
            error: None,
        });
        self.propose(id, folder, names(&name));
    }

    /// Saves as the dialog says, or tells in it why not.
    pub(crate) fn save_attachment(&mut self) {
        let Overlay::SaveAttachment(wanted) = &mut self.overlay else {
            return;
        };
        if wanted.is_asked {
            return;
        }
        let path = PathBuf::from(&wanted.path);
        if !path.is_absolute() {
            wanted.error = Some("a whole path is needed, from / on".to_owned());
            return;
        }
        (wanted.is_asked, wanted.error) = (true, None);
        let (id, what) = (wanted.tab, Saved::Attachment(wanted.number));
        if let Some(tab) = self.tabs.iter().find(|tab| tab.id == id) {
            self.open_place(tab, what, path, false);
        }
    }

    /// Takes the place that the system's dialog has given, where it has asked whether
    /// something may be replaced.
    pub(super) fn save_attachment_to(&mut self, id: TabId, number: u32, path: PathBuf) {
        if let Some(tab) = self.tabs.iter().find(|tab| tab.id == id) {
            self.open_place(tab, Saved::Attachment(number), path, true);
        }
    }

    /// Takes the file that an attachment is to be, or why there is none.
    pub(super) fn attachment_to(
        &mut self,
        id: TabId,
        number: u32,
        path: PathBuf,
        place: Result<Output, String>,
    ) {
        let begun = place.and_then(|output| self.begin_to_save(id, number, output, path));
        let is_it = |wanted: &SaveAttachment| (wanted.tab, wanted.number) == (id, number);
        match (&mut self.overlay, begun) {
            (Overlay::SaveAttachment(wanted), begun) if is_it(wanted) => match begun {
                Ok(()) => self.overlay = Overlay::None,
                Err(why) => (wanted.is_asked, wanted.error) = (false, Some(why)),
            },
            (_, Ok(())) => {}
            (_, Err(why)) => self.toast(format!("The attachment is not saved: {why}")),
        }
    }

    fn begin_to_save(
        &mut self,
        id: TabId,
        number: u32,
        output: Output,
        path: PathBuf,
    ) -> Result<(), String> {
        let tab = self.tabs.iter_mut().find(|tab| tab.id == id);
        let tab = tab.filter(|tab| tab.worker.is_some());
        let tab = tab.ok_or_else(|| "the document is closed".to_owned())?;
        if let Some(worker) = &tab.worker {
            worker.unpack(Unpack {
                attachment: number,
                to: Target::File(output, path),
            });
            tab.unpacking += 1;
        }
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
pub(super) fn folder_of(tab: &Tab) -> PathBuf {
    let home = || std::env::var_os("HOME").map_or_else(|| PathBuf::from("/"), PathBuf::from);
    let folder = tab.origin.path().and_then(Path::parent);
    folder.map_or_else(home, Path::to_owned)
}

/// The name, and others like it.
fn names(name: &str) -> Vec<String> {
    let path = Path::new(name);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map_or_else(String::new, |ending| {
        format!(".{}", ending.to_string_lossy())
    });
    numbered(|number| match number {
        None => name.to_owned(),
        Some(number) => format!("{stem} ({number}){ending}"),
    })
}
