//! What a document carries beside its pages: lists of it, layers that are
//! switched, attachments that are taken out.

use super::{Asked, Work};
use crate::broker::{BrokerError, Session, Ticket};
use crate::window::document::unpack::Unpacking;
use std::collections::HashMap;

/// Lists of what a document carries beside its pages.
#[derive(Clone, Copy)]
pub(super) enum List {
    Attachments,
    Layers,
    Signatures,
    Wishes,
    Notes,
}

impl List {
    /// The last one is asked for first; wishes take longest, as they stand on every page.
    pub(super) const ALL: [Self; 5] = [
        Self::Wishes,
        Self::Notes,
        Self::Signatures,
        Self::Layers,
        Self::Attachments,
    ];
}

impl Work {
    /// Goes on with what is taken out of the document.
    pub(super) fn unpack_on(
        &self,
        session: &mut Session,
        unpacking: &mut Unpacking,
    ) -> Result<(), BrokerError> {
        let (orders, stop) = {
            let mut orders = self.shared.orders();
            let stop = std::mem::take(&mut orders.stop_unpacking);
            (std::mem::take(&mut orders.unpack), stop)
        };
        unpacking.order(orders);
        if stop {
            unpacking.stop(session, &self.tell)?;
        }
        unpacking.go_on(session, &self.tell)
    }

    /// Switches layers. What is being drawn shows the old ones, so it is given up.
    pub(super) fn switch_layers(
        &self,
        session: &mut Session,
        asked: &mut HashMap<Ticket, Asked>,
    ) -> Result<(), BrokerError> {
        if asked.values().any(|what| matches!(what, Asked::Layers(_))) {
            return Ok(());
        }
        let Some(shown) = self.shared.orders().layers.take() else {
            return Ok(());
        };
        let is_tile = |what: &Asked| matches!(what, Asked::Tile(_));
        let drawn = asked.iter().filter(|(_, what)| is_tile(what));
        let drawn: Vec<Ticket> = drawn.map(|(ticket, _)| *ticket).collect();
        for ticket in drawn {
            session.cancel(ticket)?;
            asked.remove(&ticket);
        }
        match session.ask_show_layers(shown.clone())? {
            Some(ticket) => drop(asked.insert(ticket, Asked::Layers(Vec::new()))),
            None => {
                self.shared.orders().layers.get_or_insert(shown);
            }
        }
        Ok(())
    }

    /// Asks for what the document carries beside its pages, one list after the
    /// other, once what is seen is drawn.
    pub(super) fn ask_carried(
        &self,
        session: &mut Session,
        asked: &mut HashMap<Ticket, Asked>,
        lists: &mut Vec<List>,
    ) -> Result<(), BrokerError> {
        let busy = |what: &Asked| matches!(what, Asked::Tile(_) | Asked::List | Asked::Layers(_));
        if asked.values().any(busy) {
            return Ok(());
        }
        let Some(list) = lists.last() else {
            return Ok(());
        };
        let (ticket, what) = match list {
            List::Attachments => (session.ask_attachments()?, Asked::List),
            List::Layers => (session.ask_layers()?, Asked::Layers(Vec::new())),
            List::Signatures => (session.ask_signatures()?, Asked::List),
            List::Wishes => (session.ask_wishes()?, Asked::List),
            List::Notes => (session.ask_notes()?, Asked::List),
        };
        if let Some(ticket) = ticket {
            asked.insert(ticket, what);
            lists.pop();
        }
        Ok(())
    }
}
