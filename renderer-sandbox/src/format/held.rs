//! What is held in memory of a document that comes as a file: all of it, but for a
//! picture whose rows are read when they are needed.

use super::{DocumentError, image};
use capmode::DocumentMemory;
use std::io;

/// Reads what is to be held, once.
///
/// # Errors
///
/// [`DocumentError`] when it cannot be read, or does not fit.
pub(crate) fn hold(memory: &DocumentMemory) -> Result<(), DocumentError> {
    let DocumentMemory::File(file) = memory else {
        return Ok(());
    };
    // A password is tried with what was read before.
    if !file.is_held() {
        let held = match image::skeleton(file) {
            Some(skeleton) => skeleton,
            None => file.read_all().map_err(|error| unreadable(&error))?,
        };
        file.hold(held);
    }
    Ok(())
}

fn unreadable(error: &io::Error) -> DocumentError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            DocumentError::Unreadable("it became shorter while it was read".to_owned())
        }
        io::ErrorKind::OutOfMemory => {
            DocumentError::Limit("it does not fit in the memory budget".to_owned())
        }
        _ => DocumentError::Unreadable(format!("it cannot be read: {error}")),
    }
}
