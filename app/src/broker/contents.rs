//! Asking for what a document carries beside its pages.

use super::error::BrokerError;
use super::session::{Reply, Session, Ticket, violation};
use ipc::{
    Attachment, Items, Layer, LayerSet, PageImage, PageIndex, ProtocolError, Signature, Wish,
};

/// Both ways of asking for a list: waiting for it, and as [`Reply::Items`].
macro_rules! lists {
    ($($(#[$doc:meta])* $wait:ident $ask:ident ($($name:ident: $type:ty),*) -> $items:ident($item:ty);)*) => {
        impl Session {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                ///
                /// [`BrokerError`].
                pub fn $wait(&mut self $(, $name: $type)*) -> Result<Vec<$item>, BrokerError> {
                    let asked = self.dispatch.$wait($($name),*).map_err(violation)?;
                    self.collect(asked, |items| match items {
                        Items::$items(list) => Some(list),
                        _ => None,
                    })
                }

                $(#[$doc])*
                ///
                /// They come as [`Reply::Items`]; `None` when too much is asked already.
                ///
                /// # Errors
                ///
                /// [`BrokerError`].
                pub fn $ask(&mut self $(, $name: $type)*) -> Result<Option<Ticket>, BrokerError> {
                    let asked = self.dispatch.$wait($($name),*).map_err(violation)?;
                    self.ask(asked)
                }
            )*
        }
    };
}

lists! {
    /// The attached files.
    attachments ask_attachments() -> Attachments(Attachment);
    /// The layers as they are shown now.
    layers ask_layers() -> Layers(Layer);
    /// Shows these layers and hides the others in what is asked for from now on;
    /// tells them as they are then.
    show_layers ask_show_layers(shown: LayerSet) -> Layers(Layer);
    /// The signatures. Nothing of them is verified.
    signatures ask_signatures() -> Signatures(Signature);
    /// What the document wants to be done and is not.
    wishes ask_wishes() -> Wishes(Wish);
    /// Where pictures stand on a page.
    images ask_images(page: PageIndex) -> Images(PageImage);
}

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
                Reply::Items(..) | Reply::Painted(..) => {
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
