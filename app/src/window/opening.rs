//! What a tab is opened from.

use crate::broker::{BrokerError, Source};
use crate::cli::printable;
use std::fs::File;
use std::io::{Read, Seek};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Where a document comes from.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// A file by its path.
    Path(PathBuf),
    /// Standard input or another stream, which can be read once: the copy is kept.
    Stream(Arc<Mutex<Stream>>),
    /// A file that was inside another document: its bytes, and its name. They are on no disk.
    Inner(Arc<Vec<u8>>, String),
    /// A file that another process handed over, and the name it gave.
    Handed(Arc<File>, PathBuf),
}

/// What there is of a stream.
#[derive(Debug)]
pub(crate) enum Stream {
    /// Nobody has read it yet.
    Unread(File),
    /// Everything it held.
    Read(Vec<u8>),
    /// It could not be opened or read.
    Broken,
}

impl Origin {
    /// As the command line names it.
    pub(crate) fn named(name: PathBuf) -> Self {
        if name.as_os_str() == "-" {
            let input = std::io::stdin().as_fd().try_clone_to_owned();
            let stream = input.map_or(Stream::Broken, |input| Stream::Unread(File::from(input)));
            Self::Stream(Arc::new(Mutex::new(stream)))
        } else {
            // Tabs outlive a change of the working directory by nobody, but
            // names are kept for the next start.
            Self::Path(std::path::absolute(&name).unwrap_or(name))
        }
    }

    /// A stream that another process handed over.
    pub(crate) fn stream(file: File) -> Self {
        Self::Stream(Arc::new(Mutex::new(Stream::Unread(file))))
    }

    /// Name for the user.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Stream(_) => "standard input".to_owned(),
            Self::Inner(_, name) => printable(name),
            Self::Path(path) | Self::Handed(_, path) => printable(
                &path
                    .file_name()
                    .unwrap_or(path.as_os_str())
                    .to_string_lossy(),
            ),
        }
    }

    /// Its path, where it has one that can be opened again.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Stream(_) | Self::Inner(..) | Self::Handed(..) => None,
        }
    }

    /// Opens it.
    ///
    /// # Errors
    ///
    /// [`BrokerError::Source`].
    pub(crate) fn source(&self) -> Result<Source, BrokerError> {
        let source = match self {
            Self::Path(path) => Source::open(path),
            Self::Inner(bytes, _) => Source::from_bytes(bytes),
            Self::Handed(file, name) => {
                let mut again = file.try_clone()?;
                again.rewind()?;
                Source::from_file(again, name)
            }
            Self::Stream(stream) => {
                let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                stream.read()?;
                match &*stream {
                    Stream::Read(bytes) => Source::from_bytes(bytes),
                    _ => return Err(broken()),
                }
            }
        };
        Ok(source?)
    }
}

impl Stream {
    /// Reads it, once.
    fn read(&mut self) -> Result<(), BrokerError> {
        use ipc::limits::MAX_SNAPSHOT_BYTES;
        if let Self::Read(_) = self {
            return Ok(());
        }
        let Self::Unread(file) = std::mem::replace(self, Self::Broken) else {
            return Err(broken());
        };
        let mut bytes = Vec::new();
        // One byte more tells that it is too long.
        file.take(MAX_SNAPSHOT_BYTES + 1).read_to_end(&mut bytes)?;
        *self = Self::Read(bytes);
        Ok(())
    }
}

fn broken() -> BrokerError {
    std::io::Error::other("it could not be read, and a stream can be read only once").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn stream_can_be_opened_again_after_it_was_read() {
        let (read, mut write) = std::io::pipe().unwrap();
        write.write_all(b"%PDF-1.4").unwrap();
        drop(write);
        let origin = Origin::stream(File::from(std::os::fd::OwnedFd::from(read)));
        assert!(origin.source().is_ok());
        assert!(origin.source().is_ok(), "what was read is kept");
        assert_eq!(
            (origin.name().as_str(), origin.path()),
            ("standard input", None)
        );
    }
}
