//! A file or standard input as something that a renderer can be given.
//!
//! Only regular files are opened, without blocking: a FIFO, a device or a
//! directory is refused at once. What is small enough is copied into sealed
//! memory; nothing that happens to the file afterwards reaches the renderer.
//! Of a large picture a renderer needs a few bytes at a time, and a copy would be most of
//! what both take: it gets the file. What a file is called decides that and nothing else.

use super::error::words;
use capmode::Snapshot;
use capmode::memory::{SnapshotError, limit_document};
use ipc::DocumentSource;
use ipc::limits::{MAX_DOCUMENT_BYTES, MAX_SNAPSHOT_BYTES};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::ffi::OsStr;
use std::fs::{File, FileType, OpenOptions};
use std::io::{self, IsTerminal, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Time between two looks at whether the user has interrupted, in milliseconds.
const LOOK_MS: u16 = 100;

/// Largest picture that is copied, in bytes. With the 190 MB that both processes take
/// for one that is too large to be held, it stays well within 400.
const MAX_COPIED_PICTURE_BYTES: u64 = 64 * 1024 * 1024;

/// How files are called whose rows can be decoded one by one.
const IN_ROWS: [&str; 5] = ["png", "jpg", "jpeg", "jpe", "jfif"];

/// A document, not yet given to anybody.
#[derive(Debug)]
pub enum Source {
    /// Sealed memory.
    Snapshot(Snapshot),
    /// The file itself, and its size in bytes.
    File(File, u64),
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The system says no.
    #[error("cannot be opened: {}", words(.0))]
    Open(#[source] io::Error),
    /// It is something else than a file.
    #[error("is {0}, not a file")]
    NotAFile(&'static str),
    /// There is nothing in it.
    #[error("is empty")]
    Empty,
    /// It is larger than a document may be.
    #[error("has {bytes} bytes, more than the limit of {limit}")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// Standard input holds more than can be copied.
    #[error("has more than the limit of {0} bytes; save it to a file first")]
    StreamTooLarge(u64),
    /// Reading it failed half way.
    #[error("cannot be read: {}", words(.0))]
    Read(#[source] io::Error),
}

impl Source {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(flags.bits())
            .open(path);
        Self::from_file(opened.map_err(SourceError::Open)?, path)
    }

    /// Reads standard input to its end, or until `interrupted`: who writes there
    /// may take any time.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub fn standard_input(interrupted: &AtomicBool) -> Result<Self, SourceError> {
        let stdin = io::stdin();
        if stdin.is_terminal() {
            return Err(SourceError::NotAFile("a terminal"));
        }
        let input = stdin.as_fd().try_clone_to_owned();
        Self::snapshot(Interruptible {
            input: File::from(input.map_err(SourceError::Open)?),
            interrupted,
        })
    }

    /// Takes a file of this name that somebody else opened.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub fn from_file(file: File, name: &Path) -> Result<Self, SourceError> {
        let metadata = file.metadata().map_err(SourceError::Open)?;
        if !metadata.is_file() {
            return Err(SourceError::NotAFile(kind(metadata.file_type())));
        }
        match metadata.len() {
            0 => Err(SourceError::Empty),
            bytes if bytes > MAX_DOCUMENT_BYTES => Err(SourceError::TooLarge {
                bytes,
                limit: MAX_DOCUMENT_BYTES,
            }),
            bytes if bytes > most_copied(name) => {
                limit_document(&file).map_err(SourceError::Open)?;
                Ok(Self::File(file, bytes))
            }
            _ => Self::snapshot(file),
        }
    }

    /// Takes bytes as a document.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SourceError> {
        Self::snapshot(bytes)
    }

    fn snapshot(content: impl Read) -> Result<Self, SourceError> {
        let snapshot =
            Snapshot::copy_of(content, MAX_SNAPSHOT_BYTES).map_err(|error| match error {
                SnapshotError::TooLarge(limit) => SourceError::StreamTooLarge(limit),
                SnapshotError::Io(error) => SourceError::Read(error),
            })?;
        match snapshot.bytes() {
            0 => Err(SourceError::Empty),
            _ => Ok(Self::Snapshot(snapshot)),
        }
    }

    /// Size in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Snapshot(snapshot) => snapshot.bytes(),
            Self::File(_, bytes) => *bytes,
        }
    }

    /// How a renderer may read it.
    #[must_use]
    pub fn kind(&self) -> DocumentSource {
        match self {
            Self::Snapshot(_) => DocumentSource::Snapshot,
            Self::File(..) => DocumentSource::File,
        }
    }

    /// A descriptor for a renderer.
    ///
    /// # Errors
    ///
    /// The `errno` of making it.
    pub fn for_renderer(&self) -> io::Result<OwnedFd> {
        match self {
            Self::Snapshot(snapshot) => snapshot.for_renderer(),
            Self::File(file, _) => Ok(file.try_clone()?.into()),
        }
    }
}

/// Largest file of this name that is copied, in bytes.
fn most_copied(name: &Path) -> u64 {
    let ending = name.extension().and_then(OsStr::to_str).unwrap_or_default();
    let is_in_rows = IN_ROWS.iter().any(|it| it.eq_ignore_ascii_case(ending));
    match is_in_rows {
        true => MAX_COPIED_PICTURE_BYTES,
        false => MAX_SNAPSHOT_BYTES,
    }
}

/// Standard input that stops to be waited for when the user interrupts.
struct Interruptible<'a> {
    input: File,
    interrupted: &'a AtomicBool,
}

impl Read for Interruptible<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.interrupted.load(Ordering::Relaxed) {
                return Err(io::Error::other("interrupted"));
            }
            let mut wanted = [PollFd::new(self.input.as_fd(), PollFlags::POLLIN)];
            match poll(&mut wanted, PollTimeout::from(LOOK_MS)) {
                Ok(0) | Err(Errno::EINTR) => {}
                Ok(_) => return self.input.read(buffer),
                Err(errno) => return Err(errno.into()),
            }
        }
    }
}

fn kind(file_type: FileType) -> &'static str {
    if file_type.is_dir() {
        "a directory"
    } else if file_type.is_fifo() {
        "a pipe"
    } else if file_type.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_large_pictures_and_what_is_larger_still_is_not_copied() {
        let folder = tempfile::tempdir().unwrap();
        let kind = |name: &str, bytes: u64| {
            let path = folder.path().join(name);
            File::create(&path).unwrap().set_len(bytes).unwrap();
            Source::open(&path).unwrap().kind()
        };
        let larger = MAX_COPIED_PICTURE_BYTES + 1;
        assert_eq!(kind("a.PNG", larger), DocumentSource::File);
        assert_eq!(kind("a.jpeg", larger), DocumentSource::File);
        assert_eq!(kind("a.jpg", larger - 1), DocumentSource::Snapshot);
        assert_eq!(kind("a.pdf", larger), DocumentSource::Snapshot);
        assert_eq!(kind("png", larger), DocumentSource::Snapshot);
        assert_eq!(kind("a.pdf", MAX_SNAPSHOT_BYTES + 1), DocumentSource::File);
    }
}
