//! Attachments that a document's thread takes out of it, piece by piece, beside
//! showing its pages.

use super::worker::{News, STOPPED};
use crate::broker::limits::MAX_ATTACHMENT_BYTES;
use crate::broker::{BrokerError, Reply, Session, Ticket};
use crate::cli::Output;
use ipc::limits::MAX_SNAPSHOT_BYTES;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::PathBuf;

/// Most bytes of a cover: the largest that shops sell are a tenth of it.
const MAX_COVER_BYTES: u64 = 64 * 1024 * 1024;

/// An attachment that is wanted, by its number in the list.
pub(crate) struct Unpack {
    pub(crate) attachment: u32,
    pub(crate) to: Target,
}

impl Unpack {
    /// Tells how much of it is out. A cover comes by itself: nobody waits for it.
    fn tell(&self, bytes: u64, tell: &dyn Fn(News)) {
        if !matches!(self.to, Target::Cover(_)) {
            tell(News::Unpacking(self.attachment, bytes));
        }
    }
}

/// Where an attachment goes.
pub(crate) enum Target {
    /// To the file that the user has chosen.
    File(Output, PathBuf),
    /// To a renderer of its own; the name is for its tab.
    Tab(String, Vec<u8>),
    /// To a renderer that draws the cover of a sound.
    Cover(Vec<u8>),
}

/// What became of one.
#[derive(Debug)]
pub(crate) enum Unpacked {
    /// It is in this file.
    Saved(PathBuf),
    /// Its name, and all of it.
    ForTab(String, Vec<u8>),
    /// All of a cover.
    Cover(Vec<u8>),
    /// Nothing is left of it; why.
    Failed(String),
}

/// What is being taken out of one document: one after the other.
#[derive(Default)]
pub(super) struct Unpacking {
    waiting: VecDeque<Unpack>,
    running: Option<Running>,
}

struct Running {
    order: Unpack,
    offset: u64,
    ticket: Option<Ticket>,
}

impl Unpacking {
    pub(super) fn order(&mut self, orders: Vec<Unpack>) {
        self.waiting.extend(orders);
    }

    /// Asks for the next piece.
    pub(super) fn go_on(
        &mut self,
        session: &mut Session,
        tell: &dyn Fn(News),
    ) -> Result<(), BrokerError> {
        if self.running.is_none() {
            self.running = self.waiting.pop_front().map(|order| Running {
                order,
                offset: 0,
                ticket: None,
            });
            if let Some(running) = &self.running {
                running.order.tell(0, tell);
            }
        }
        if let Some(running) = &mut self.running
            && running.ticket.is_none()
        {
            running.ticket = session.ask_extract(running.order.attachment, running.offset)?;
        }
        Ok(())
    }

    /// Takes an answer that is for it, and gives back one that is not.
    pub(super) fn take(
        &mut self,
        session: &mut Session,
        reply: Reply,
        tell: &dyn Fn(News),
    ) -> Result<Option<Reply>, BrokerError> {
        let Some(mut running) = self.running.take() else {
            return Ok(Some(reply));
        };
        match reply {
            Reply::Copied(ticket, piece) if running.ticket == Some(ticket) => {
                running.ticket = None;
                let bytes = session.read_piece(&piece)?;
                running.offset = running.offset.saturating_add(u64::from(piece.bytes));
                match running.order.to.write(&bytes, running.offset) {
                    Err(error) => {
                        let why = BrokerError::Io(error).to_string();
                        tell(News::Unpacked(Unpacked::Failed(why)));
                    }
                    Ok(()) if piece.last => {
                        tell(News::Unpacked(running.order.to.finish()));
                    }
                    Ok(()) => {
                        running.order.tell(running.offset, tell);
                        self.running = Some(running);
                    }
                }
                Ok(None)
            }
            Reply::Failed(ticket, failure) if running.ticket == Some(ticket) => {
                let why = BrokerError::Failure(failure).to_string();
                tell(News::Unpacked(Unpacked::Failed(why)));
                Ok(None)
            }
            other => {
                self.running = Some(running);
                Ok(Some(other))
            }
        }
    }

    /// Gives all of them up; nothing of them is left.
    pub(super) fn stop(
        &mut self,
        session: &mut Session,
        tell: &dyn Fn(News),
    ) -> Result<(), BrokerError> {
        let running = self.running.take();
        if let Some(ticket) = running.as_ref().and_then(|running| running.ticket) {
            session.cancel(ticket)?;
        }
        let given_up = self.waiting.len() + usize::from(running.is_some());
        self.waiting.clear();
        // Their files are gone before it is told.
        drop(running);
        for _ in 0..given_up {
            tell(News::Unpacked(Unpacked::Failed(STOPPED.to_owned())));
        }
        Ok(())
    }
}

impl Target {
    /// Takes a piece, after which there are `so_far` bytes.
    fn write(&mut self, bytes: &[u8], so_far: u64) -> io::Result<()> {
        let most = match self {
            Self::File(..) => MAX_ATTACHMENT_BYTES,
            Self::Tab(..) => MAX_SNAPSHOT_BYTES,
            Self::Cover(_) => MAX_COVER_BYTES,
        };
        if so_far > most {
            let words = format!("it has more than the limit of {most} bytes");
            return Err(io::Error::other(words));
        }
        match self {
            Self::File(output, _) => output.write_all(bytes),
            Self::Tab(_, held) | Self::Cover(held) => {
                held.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    fn finish(self) -> Unpacked {
        match self {
            Self::File(output, path) => match output.finish() {
                Ok(()) => Unpacked::Saved(path),
                Err(error) => Unpacked::Failed(BrokerError::Io(error).to_string()),
            },
            Self::Tab(name, bytes) => Unpacked::ForTab(name, bytes),
            Self::Cover(bytes) => Unpacked::Cover(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attachment_that_is_too_large_for_a_tab_is_refused_with_its_limit() {
        let mut target = Target::Tab("plan.pdf".to_owned(), Vec::new());
        target.write(b"%PDF", 4).unwrap();
        let refused = target.write(b"x", MAX_SNAPSHOT_BYTES + 1).unwrap_err();
        assert!(refused.to_string().contains("268435456"), "{refused}");
        assert!(matches!(target.finish(), Unpacked::ForTab(_, held) if held == b"%PDF"));
    }

    #[test]
    fn file_appears_only_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.csv");
        let output = Output::create(&path).unwrap();
        let mut target = Target::File(output, path.clone());
        target.write(b"1,2", 3).unwrap();
        assert!(!path.exists());
        assert!(matches!(target.finish(), Unpacked::Saved(_)));
        assert_eq!(std::fs::read(&path).unwrap(), b"1,2");
    }
}
