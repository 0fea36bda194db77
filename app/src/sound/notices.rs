//! What a listener should know of a sound, as its renderer meets it on the way: that
//! parts of it are damaged, that it ends early.
//!
//! Every stretch of sound tells how many such things were met by then. Only where
//! there are more than before is the renderer asked which: 255 times in its life at
//! most, whatever it says.

use crate::broker::{BrokerError, Session, Ticket};
use ipc::{InfoField, InfoKey};

/// Most notices that are taken from one sound; ours have six at most.
const MAX_NOTICES: usize = 8;

/// What was met in a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// [`super::Track::id`].
    pub track: u64,
    /// All notices of it, also those that were there when it was opened.
    pub notices: Vec<InfoField>,
}

/// Asks one session what it has met.
#[derive(Default)]
pub(super) struct Notices {
    /// How many things its renderer has said that it met.
    met: u8,
    /// Of how many it was asked.
    known: u8,
    asked: Option<Ticket>,
    coming: Vec<InfoField>,
}

impl Notices {
    /// Learns how many things were met by now, and asks where they are more than is
    /// known.
    pub(super) fn learn(&mut self, session: &mut Session, met: u8) -> Result<(), BrokerError> {
        self.met = self.met.max(met);
        if self.met > self.known && self.asked.is_none() {
            self.asked = session.ask_info()?;
            if self.asked.is_some() {
                self.known = self.met;
            }
        }
        Ok(())
    }

    /// Whether an answer is on its way.
    pub(super) fn are_asked(&self) -> bool {
        self.asked.is_some()
    }

    /// Takes a part of an answer; the notices, when it was the last.
    pub(super) fn take(
        &mut self,
        ticket: Ticket,
        fields: Vec<InfoField>,
        last: bool,
    ) -> Option<Vec<InfoField>> {
        self.asked.filter(|asked| *asked == ticket)?;
        let room = MAX_NOTICES.saturating_sub(self.coming.len());
        let notices = fields.into_iter().filter(|it| it.key == InfoKey::Notice);
        self.coming.extend(notices.take(room));
        last.then(|| {
            self.asked = None;
            std::mem::take(&mut self.coming)
        })
    }

    /// The question is not answered; the sound goes on.
    pub(super) fn give_up(&mut self, ticket: Ticket) {
        if self.asked.take_if(|asked| *asked == ticket).is_some() {
            self.coming.clear();
        }
    }
}
