//! What the renderer is asked: tiles, sizes, words, links and searches, a few at a time.

use super::{Asked, Work};
use crate::broker::{BrokerError, Session, Ticket};
use ipc::{Format, Frames, PageIndex, Summary};
use std::collections::{HashMap, VecDeque};

/// Pages whose sizes are asked for at once: enough for the first screen in one
/// message or few, small enough that a tile need not wait behind them.
const PAGES_AT_ONCE: u32 = 512;

/// Pages that are searched at the same time.
const SEARCHED_AT_ONCE: usize = 4;

/// Pages whose words are asked for at the same time: tiles are to come in between.
const READ_AT_ONCE: usize = 8;

/// Most tiles that are looked at before they are whole; the next ones have to be. At four
/// a second they last a quarter of an hour, of a file that comes over a slow network.
const MAX_UNFINISHED: u32 = 4000;

impl Work {
    pub(super) fn ask_lists(
        &self,
        session: &mut Session,
        asked: &mut HashMap<Ticket, Asked>,
    ) -> Result<(), BrokerError> {
        let (links, text) = {
            let mut orders = self.shared.orders();
            (
                std::mem::take(&mut orders.links),
                std::mem::take(&mut orders.text),
            )
        };
        let images = std::mem::take(&mut self.shared.orders().images);
        for page in images {
            let Some(index) = PageIndex::new(page) else {
                continue;
            };
            match session.ask_images(index)? {
                Some(ticket) => drop(asked.insert(ticket, Asked::Images(page))),
                None => self.shared.orders().images.push(page),
            }
        }
        for page in links {
            let Some(index) = PageIndex::new(page) else {
                continue;
            };
            match session.ask_links(index)? {
                Some(ticket) => drop(asked.insert(ticket, Asked::Links(page))),
                None => self.shared.orders().links.push(page),
            }
        }
        let running = asked.values().filter(|what| matches!(what, Asked::Text(_)));
        let room = READ_AT_ONCE.saturating_sub(running.count());
        let mut text = VecDeque::from(text);
        for _ in 0..room {
            let Some(page) = text.pop_front() else {
                break;
            };
            let Some(index) = PageIndex::new(page) else {
                continue;
            };
            match session.ask_text(index)? {
                Some(ticket) => drop(asked.insert(ticket, Asked::Text(page))),
                None => text.push_front(page),
            }
        }
        // What is asked for meanwhile comes before the rest of a long selection.
        self.shared.orders().text.extend(text);
        Ok(())
    }

    /// Searches on, a few pages at a time: tiles are to come in between.
    pub(super) fn look(
        &self,
        session: &mut Session,
        asked: &mut HashMap<Ticket, Asked>,
        pages: u32,
    ) -> Result<(), BrokerError> {
        let current = self
            .shared
            .orders()
            .search
            .as_ref()
            .map(|looking| looking.search);
        let is_stale =
            |what: &Asked| matches!(what, Asked::Search(search, _) if Some(*search) != current);
        let stale: Vec<Ticket> = asked
            .iter()
            .filter(|(_, what)| is_stale(what))
            .map(|(ticket, _)| *ticket)
            .collect();
        for ticket in stale {
            session.cancel(ticket)?;
            asked.remove(&ticket);
        }
        loop {
            let running = asked
                .values()
                .filter(|what| matches!(what, Asked::Search(..)));
            if running.count() >= SEARCHED_AT_ONCE {
                return Ok(());
            }
            let next = {
                let mut orders = self.shared.orders();
                let looking = orders
                    .search
                    .as_mut()
                    .filter(|looking| looking.asked < pages);
                looking.map(|looking| {
                    let page = looking.first.wrapping_add(looking.asked) % pages.max(1);
                    looking.asked += 1;
                    (looking.search, looking.query.clone(), page)
                })
            };
            let Some((search, query, page)) = next else {
                return Ok(());
            };
            if let Some(index) = PageIndex::new(page)
                && let Some(ticket) = session.ask_search(index, query)?
            {
                asked.insert(ticket, Asked::Search(search, page));
            }
        }
    }

    /// What is asked and no longer wanted is given up.
    pub(super) fn drop_unwanted(
        &self,
        session: &mut Session,
        asked: &mut HashMap<Ticket, Asked>,
    ) -> Result<(), BrokerError> {
        let orders = self.shared.orders();
        let unwanted =
            |what: &Asked| matches!(what, Asked::Tile(key) if !orders.wanted.contains(key));
        let stale: Vec<Ticket> = asked
            .iter()
            .filter(|(_, what)| unwanted(what))
            .map(|(ticket, _)| *ticket)
            .collect();
        drop(orders);
        for ticket in stale {
            session.cancel(ticket)?;
            asked.remove(&ticket);
        }
        Ok(())
    }

    pub(super) fn ask_tiles(
        &self,
        session: &mut Session,
        asked: &mut HashMap<Ticket, Asked>,
    ) -> Result<(), BrokerError> {
        let wanted = self.shared.orders().wanted.clone();
        for key in wanted {
            let is_asked = |what: &Asked| matches!(what, Asked::Tile(other) if *other == key);
            if asked.values().any(is_asked) {
                continue;
            }
            // Out of their order frames would be decoded from the first one again.
            let is_other_frame = |what: &Asked| matches!(what, Asked::Tile(other) if other.page == key.page && other.frame != key.frame);
            if asked.values().any(is_other_frame) {
                break;
            }
            let Some(tile) = key.tile() else {
                continue;
            };
            let sent = match self.unfinished.get() < MAX_UNFINISHED {
                true => session.paint_early(tile)?,
                false => session.paint(tile)?,
            };
            let Some(ticket) = sent else {
                break;
            };
            asked.insert(ticket, Asked::Tile(key));
        }
        Ok(())
    }
}

/// A picture may move; one with several pages does not.
pub(super) fn ask_frames(
    session: &mut Session,
    asked: &mut HashMap<Ticket, Asked>,
    summary: Summary,
) -> Result<(), BrokerError> {
    if summary.format == Format::Pdf || summary.pages != 1 {
        return Ok(());
    }
    if let Some(page) = PageIndex::new(0)
        && let Some(ticket) = session.ask_frames(page)?
    {
        asked.insert(ticket, Asked::Frames(Frames::default()));
    }
    Ok(())
}

pub(super) fn ask_pages(
    session: &mut Session,
    asked: &mut HashMap<Ticket, Asked>,
    pages: &mut u32,
) -> Result<(), BrokerError> {
    let first = *pages;
    // The first screen is not to wait for the rest.
    let count = if first == 0 { 16 } else { PAGES_AT_ONCE };
    let Some(index) = PageIndex::new(first) else {
        return Ok(());
    };
    if let Some(ticket) = session.ask_pages(index, count)? {
        asked.insert(ticket, Asked::Pages { first, got: 0 });
        *pages = first.saturating_add(count);
    }
    Ok(())
}
