//! The window, on the same broker as the command line.
//!
//! | folder or file | holds |
//! |---|---|
//! | `event_loop` | winit: events in, frames out |
//! | `shell` | everything that is shown and done, without a window |
//! | `chrome` | how it is drawn |
//! | `document` | layout, view, tiles, and the thread of a document's session |
//! | `canvas` | pixels onto the screen: GPU or CPU |
//! | `browse` | pictures that are looked through |
//! | `keys` | actions and their keys |
//! | `tab`, `opening`, `renderers` | a document in the window, where it is from, who draws it |
//! | `thumbnails` | small pictures of files that are looked through |
//! | `store`, `watch` | what is remembered, files that change |
//! | `instance`, `portal` | files from a second start, from the desktop's dialog |
//! | `print` | our own copies to the system's printer |
//! | `desktop` | what the desktop wants: dark, contrast, motion, size of letters |
//! | `clipboard` | text to and from other programs, and pictures to them |
//! | `drops` | files dropped on the window under Wayland |
//! | `picture_copy` | a picture for other programs |

mod browse;
mod canvas;
mod chrome;
mod clipboard;
mod desktop;
mod document;
mod drops;
mod event_loop;
mod instance;
mod keys;
mod listening;
mod opening;
mod picture_copy;
mod portal;
mod print;
mod renderers;
mod shell;
mod store;
mod tab;
mod thumbnails;
mod watch;

pub(crate) use canvas::Choice;

use opening::Origin;
use std::path::PathBuf;
use store::Store;

/// What the command line says about the window.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) gpu: Choice,
    /// Remember nothing.
    pub(crate) private: bool,
    /// Do not hand the files to a window that runs already.
    pub(crate) new_instance: bool,
}

/// Shows the window until it is closed.
///
/// # Errors
///
/// A sentence that says why there is no window.
pub(crate) fn run(options: Options) -> Result<(), String> {
    let alone = options.new_instance || options.private;
    if !alone && instance::hand_over(&options.files) {
        return Ok(());
    }
    let keys = keys(store::keys_file());
    let store = match store::file() {
        Some(file) if !options.private => Store::open(file),
        _ => Store::none(),
    };
    let origins = options.files.into_iter().map(Origin::named).collect();
    event_loop::run(origins, options.gpu, keys, store, alone)
}

/// The user's keys, or the default ones where there is no file; and what is wrong
/// with the file, if something is.
fn keys(file: Option<PathBuf>) -> (keys::KeyMap, Option<String>) {
    let usual = keys::KeyMap::default;
    let Some(file) = file else {
        return (usual(), None);
    };
    let parsed = match std::fs::read_to_string(&file) {
        Ok(text) => keys::KeyMap::parse(&text).map_err(|error| error.to_string()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return (usual(), None),
        Err(error) => Err(error.to_string()),
    };
    match parsed {
        Ok(keys) => (keys, None),
        Err(error) => {
            let name = crate::cli::printable(&file.to_string_lossy());
            let mistake = format!("{name}, {error}. The usual keys are in force.");
            eprintln!("pellucid: {mistake}");
            (usual(), Some(mistake))
        }
    }
}
