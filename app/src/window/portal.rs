//! The desktop's own dialogs for opening and saving files, where there is a desktop.

use super::opening::Origin;
use super::shell::Saved;
use super::tab::TabId;
use crossbeam_channel::Sender;
use std::path::{Path, PathBuf};
use std::thread;
use winit::window::Window;

/// Whether there is a session bus, without which there is no portal. Asking the
/// portal itself takes long where nobody answers.
pub(crate) fn is_there() -> bool {
    let by_name = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some();
    let in_place = || {
        let folder = std::env::var_os("XDG_RUNTIME_DIR")?;
        Path::new(&folder).join("bus").exists().then_some(())
    };
    (by_name || in_place().is_some()) && std::env::var_os("XDG_CURRENT_DESKTOP").is_some()
}

/// Shows it over the window, from a thread of its own; what is chosen is sent, then
/// `done` called.
pub(crate) fn ask(
    window: &Window,
    chosen: Sender<Vec<Origin>>,
    done: impl FnOnce() + Send + 'static,
) {
    let dialog = rfd::FileDialog::new().set_parent(window);
    let ask = move || {
        let files = dialog.set_title("Open a file").pick_files();
        // Nobody listens any more when the window is gone.
        let origins = files.unwrap_or_default().into_iter().map(Origin::Path);
        let _ = chosen.send(origins.collect());
        done();
    };
    let _ = thread::Builder::new().name("portal".to_owned()).spawn(ask);
}

/// A place that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) title: &'static str,
    /// A PDF is to be saved.
    pub(crate) pdf: bool,
    /// What is proposed.
    pub(crate) folder: Option<PathBuf>,
    pub(crate) name: String,
    /// What is to be saved, and of which document.
    pub(crate) tab: TabId,
    pub(crate) what: Saved,
}

/// Asks where something is to be saved, over the window; `chosen` is called with the
/// place, and not at all when the user wants none.
pub(crate) fn ask_where(
    window: &Window,
    wanted: Wanted,
    chosen: impl FnOnce(PathBuf) + Send + 'static,
) {
    let dialog = rfd::FileDialog::new().set_parent(window);
    let ask = move || {
        let dialog = dialog.set_title(wanted.title).set_file_name(wanted.name);
        let dialog = match wanted.pdf {
            true => dialog.add_filter("PDF", &["pdf"]),
            false => dialog,
        };
        let dialog = match wanted.folder {
            Some(folder) => dialog.set_directory(folder),
            None => dialog,
        };
        if let Some(path) = dialog.save_file() {
            chosen(path);
        }
    };
    let _ = thread::Builder::new().name("portal".to_owned()).spawn(ask);
}
