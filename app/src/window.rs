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
//! | `configured` | what `pellucid.toml` says, put into a window |
//! | `listening` | a sound in the window: where it is, and what is known of it |
//! | `remote` | media keys and panels of the desktop; no sleep while a sound plays |
//! | `clipboard` | text to and from other programs, and pictures to them |
//! | `waker` | how other threads wake the window |
//! | `within` | what may never be answered is asked by a thread |
//! | `drops` | files dropped on the window under Wayland |
//! | `picture_copy` | a picture for other programs |

mod browse;
mod canvas;
mod chrome;
mod clipboard;
mod configured;
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
mod remote;
mod renderers;
mod shell;
mod store;
mod tab;
mod thumbnails;
mod waker;
mod watch;
mod within;

pub(crate) use canvas::Choice;

use crate::config::{self, Config};
use opening::Origin;
use std::path::{Path, PathBuf};
use store::Store;

/// What the command line says about the window.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) files: Vec<PathBuf>,
    /// `None` is as `pellucid.toml` says.
    pub(crate) gpu: Option<Choice>,
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
    let (config, mistake) = config();
    let mut mistakes: Vec<String> = mistake.into_iter().collect();
    let private = options.private || config.window.private == Some(true);
    let new_instance = options.new_instance || config.window.new_instance == Some(true);
    let alone = new_instance || private;
    if !alone && instance::hand_over(&options.files) {
        return Ok(());
    }
    let (keys, mistake) = store::keys_file().map_or_else(usual_keys, |file| keys(&file));
    mistakes.extend(mistake);
    let store = match store::file() {
        Some(file) if !private => Store::open(file),
        _ => Store::none(),
    };
    let origins = options.files.into_iter().map(Origin::named).collect();
    let gpu = options.gpu.or(config.window.gpu.map(Choice::from));
    let gpu = gpu.unwrap_or_default();
    event_loop::run(origins, gpu, keys, store, (&config, mistakes), alone)
}

/// What the user's configuration says, or nothing; and what is wrong with it, if
/// something is: a window opens in any case.
fn config() -> (Config, Option<String>) {
    Config::load().map_or_else(
        |error| (Config::default(), Some(told(&error, "settings"))),
        |config| (config, None),
    )
}

fn usual_keys() -> (keys::KeyMap, Option<String>) {
    (keys::KeyMap::default(), None)
}

/// The user's keys, or the default ones where there is no file; and what is wrong
/// with the file, if something is.
fn keys(file: &Path) -> (keys::KeyMap, Option<String>) {
    let mistake = match config::text(file) {
        Ok(None) => return usual_keys(),
        Ok(Some(text)) => match keys::KeyMap::parse(&text) {
            Ok(keys) => return (keys, None),
            Err(error) => {
                let name = crate::cli::printable(&file.to_string_lossy());
                told(&format!("{name}, {error}"), "keys")
            }
        },
        Err(error) => told(&error, "keys"),
    };
    (keys::KeyMap::default(), Some(mistake))
}

fn told(mistake: &impl std::fmt::Display, what: &str) -> String {
    let mistake = format!("{mistake}. The usual {what} are in force.");
    eprintln!("pellucid: {mistake}");
    mistake
}
