//! Copying attachments out of a document.

use super::talk::violation;
use super::{Reply, Session, Ticket};
use crate::broker::error::BrokerError;
use ipc::ProtocolError;

impl Session {
    /// Asks for a piece of an attachment by its number in the list; it comes as
    /// [`Reply::Copied`]. `None` when every slot is in use.
    ///
    /// # Errors
    ///
    /// [`BrokerError`].
    pub fn ask_extract(
        &mut self,
        attachment: u32,
        offset: u64,
    ) -> Result<Option<Ticket>, BrokerError> {
        let asked = self.dispatch.extract(attachment, offset);
        self.ask(asked.map_err(violation)?)
    }

    /// Hands all bytes of an attachment to `take`, piece by piece, at most
    /// `most`; nothing else may be in flight. Tells how many there were.
    ///
    /// # Errors
    ///
    /// [`BrokerError`], of the renderer or of `take`; [`BrokerError::Io`] with
    /// [`std::io::ErrorKind::FileTooLarge`] beyond `most`.
    pub fn extract(
        &mut self,
        attachment: u32,
        most: u64,
        mut take: impl FnMut(&[u8]) -> Result<(), BrokerError>,
    ) -> Result<u64, BrokerError> {
        let mut offset = 0;
        loop {
            if self.ask_extract(attachment, offset)?.is_none() {
                return Err(std::io::Error::from(std::io::ErrorKind::ResourceBusy).into());
            }
            let piece = match self.wait()? {
                Reply::Copied(_, piece) => piece,
                Reply::Failed(_, failure) => return Err(BrokerError::Failure(failure)),
                Reply::Items(..) | Reply::Painted(..) | Reply::Sound(..) => {
                    let other = ProtocolError::Malformed("another answer than was asked for");
                    return Err(violation(other));
                }
            };
            let bytes = self.read_piece(&piece)?;
            offset += u64::from(piece.bytes);
            if offset > most {
                return Err(std::io::Error::from(std::io::ErrorKind::FileTooLarge).into());
            }
            take(&bytes)?;
            if piece.last {
                return Ok(offset);
            }
        }
    }
}
