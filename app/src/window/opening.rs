//! What a tab is opened from.

use crate::broker::{BrokerError, Source};
use crate::cli::printable;
use std::fs::File;
use std::io::Seek;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Where a document comes from.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// A file by its path.
    Path(PathBuf),
    /// Standard input, which can be read once: the copy is kept.
    StandardInput(Arc<Mutex<Option<Vec<u8>>>>),
    /// A file that another process handed over, and the name it gave.
    Handed(Arc<File>, PathBuf),
}

impl Origin {
    /// As the command line names it.
    pub(crate) fn named(name: PathBuf) -> Self {
        if name.as_os_str() == "-" {
            Self::StandardInput(Arc::default())
        } else {
            // Tabs outlive a change of the working directory by nobody, but
            // names are kept for the next start.
            Self::Path(std::path::absolute(&name).unwrap_or(name))
        }
    }

    /// Name for the user.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::StandardInput(_) => "standard input".to_owned(),
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
            Self::StandardInput(_) | Self::Handed(..) => None,
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
            Self::Handed(file, _) => {
                let mut again = file.try_clone()?;
                again.rewind()?;
                Source::from_file(again)
            }
            Self::StandardInput(kept) => {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                match &*kept {
                    Some(bytes) => Source::from_bytes(bytes),
                    None => {
                        let bytes = read_standard_input()?;
                        Source::from_bytes(kept.insert(bytes))
                    }
                }
            }
        };
        Ok(source?)
    }
}

fn read_standard_input() -> Result<Vec<u8>, BrokerError> {
    use ipc::limits::MAX_SNAPSHOT_BYTES;
    use std::io::Read;
    let mut bytes = Vec::new();
    // One byte more tells that it is too long.
    std::io::stdin()
        .lock()
        .take(MAX_SNAPSHOT_BYTES + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
