//! Fonts for documents that do not carry their own.
//!
//! Trust: what a renderer asks for is an attacker's word. It is reduced to
//! letters and digits and compared with the names of files that were found in
//! the folders for fonts; it never becomes a path. No font is parsed here: a
//! file is known by its name alone, and copied as it is into memory that the
//! renderer can only read.

mod index;

use capmode::FontMemory;
use index::FontIndex;
use ipc::limits::{FONT_MEMORY_BYTES, MAX_FONT_BYTES};
use ipc::{FontPlace, FontWanted};
use nix::fcntl::OFlag;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Fonts of one session.
#[derive(Debug)]
pub(super) struct Fonts {
    memory: FontMemory,
    /// What was copied already, or cannot be.
    given: HashMap<PathBuf, Option<FontPlace>>,
}

impl Fonts {
    /// Memory without a font in it.
    ///
    /// # Errors
    ///
    /// The `errno` of making it.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            memory: FontMemory::create(FONT_MEMORY_BYTES)?,
            given: HashMap::new(),
        })
    }

    /// A descriptor of the memory for the renderer.
    ///
    /// # Errors
    ///
    /// The `errno` of making it.
    pub(super) fn for_renderer(&self) -> io::Result<OwnedFd> {
        self.memory.for_renderer()
    }

    /// Finds a font and copies it; `None` when there is none or no room for it.
    pub(super) fn give(&mut self, wanted: &FontWanted) -> Option<FontPlace> {
        let path = installed().find(wanted)?;
        if let Some(given) = self.given.get(path) {
            return *given;
        }
        let place = open(path).ok().and_then(|file| self.copy(file));
        self.given.insert(path.to_owned(), place);
        place
    }

    fn copy(&mut self, file: File) -> Option<FontPlace> {
        let (offset, bytes) = self.memory.append(file, MAX_FONT_BYTES.into()).ok()?;
        FontPlace::new(u32::try_from(offset).ok()?, u32::try_from(bytes).ok()?)
    }
}

/// The fonts of this machine, looked for once.
fn installed() -> &'static FontIndex {
    static INDEX: OnceLock<FontIndex> = OnceLock::new();
    INDEX.get_or_init(|| FontIndex::of(&index::folders()))
}

/// A font for words that the broker itself shows, as its file has it; `None`
/// when there is none, or it is one of those that are `given` already.
#[cfg(feature = "window")]
pub(crate) fn system_font(
    wanted: &FontWanted,
    given: &std::collections::HashSet<PathBuf>,
) -> Option<(PathBuf, Vec<u8>)> {
    use std::io::Read;
    let path = installed().find(wanted)?;
    if given.contains(path) {
        return None;
    }
    let mut bytes = Vec::new();
    let file = open(path).ok()?;
    file.take(MAX_FONT_BYTES.into())
        .read_to_end(&mut bytes)
        .ok()?;
    Some((path.to_owned(), bytes))
}

/// Opens a regular file that is not too large, without blocking.
fn open(path: &Path) -> io::Result<File> {
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits())
        .open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.len() <= MAX_FONT_BYTES.into() {
        Ok(file)
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}
