//! Pages of a document one after the other, several asked for at a time: the
//! renderer reads on all its threads, and what it finds is told in order.

use super::exit::Failed;
use crate::broker::{BrokerError, Reply, Session, Ticket};
use ipc::{Failure, Items, Match, PageIndex, Query, TextRun};
use std::collections::{HashMap, VecDeque};

/// Pages that are asked for at the same time.
const AT_ONCE: usize = 32;

/// What was read of a page.
pub(super) struct ReadPage {
    pub(super) page: PageIndex,
    /// What was found, when something was searched for.
    pub(super) matches: Vec<Match>,
    /// Its words; of a page on which nothing was found they are not asked for.
    pub(super) words: Vec<TextRun>,
    /// Why it cannot be read.
    pub(super) failure: Option<Failure>,
    /// Whether its words end at a limit.
    pub(super) cut: bool,
    stage: Stage,
}

/// What is asked about a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Searched,
    Read,
    Done,
}

/// Why reading ended early.
pub(super) enum Ended {
    /// The session is over.
    Broker(BrokerError),
    /// What a page was given to could go no further.
    Taker(Failed),
}

impl From<BrokerError> for Ended {
    fn from(error: BrokerError) -> Self {
        Self::Broker(error)
    }
}

/// Reads pages, or only those on which something is found, and gives each to `take`
/// in order.
///
/// # Errors
///
/// [`Ended`].
pub(super) fn read(
    session: &mut Session,
    pages: &[PageIndex],
    query: Option<&Query>,
    mut take: impl FnMut(ReadPage) -> Result<(), Failed>,
) -> Result<(), Ended> {
    let mut pages = pages.iter();
    // Pages that are not taken yet, and how many have been.
    let (mut window, mut taken) = (VecDeque::<ReadPage>::new(), 0_usize);
    let mut asked = HashMap::<Ticket, usize>::new();
    loop {
        while window.len() < AT_ONCE
            && let Some(page) = pages.next()
        {
            let (ticket, stage) = match query {
                Some(query) => (session.ask_search(*page, query.clone())?, Stage::Searched),
                None => (session.ask_text(*page)?, Stage::Read),
            };
            asked.extend(ticket.map(|ticket| (ticket, taken.saturating_add(window.len()))));
            window.push_back(ReadPage {
                page: *page,
                matches: Vec::new(),
                words: Vec::new(),
                failure: None,
                cut: false,
                stage: ticket.map_or(Stage::Done, |_| stage),
            });
        }
        while window.front().is_some_and(|page| page.stage == Stage::Done)
            && let Some(page) = window.pop_front()
        {
            taken = taken.saturating_add(1);
            take(page).map_err(Ended::Taker)?;
        }
        // A page that was taken made room for another one.
        if window.len() < AT_ONCE && pages.len() > 0 {
            continue;
        }
        if window.is_empty() {
            return Ok(());
        }
        let (ticket, last) = {
            let reply = session.wait()?;
            let Some((ticket, number)) = asked.get_key_value(&ticket_of(&reply)) else {
                continue;
            };
            let Some(page) = window.get_mut(number.saturating_sub(taken)) else {
                continue;
            };
            (*ticket, page.hear(session, reply)?)
        };
        if last
            && let Some(number) = asked.remove(&ticket)
            && let Some(page) = window.get_mut(number.saturating_sub(taken))
        {
            let next = page.goes_on(session)?;
            asked.extend(next.map(|next| (next, number)));
        }
    }
}

fn ticket_of(reply: &Reply) -> Ticket {
    match reply {
        Reply::Items(ticket, ..)
        | Reply::Failed(ticket, _)
        | Reply::Painted(ticket, _)
        | Reply::Copied(ticket, _)
        | Reply::Sound(ticket, _) => *ticket,
    }
}

impl ReadPage {
    /// Takes a part of an answer; tells whether it was the last.
    fn hear(&mut self, session: &mut Session, reply: Reply) -> Result<bool, BrokerError> {
        match reply {
            Reply::Items(_, items, last) => {
                match items {
                    Items::Matches(matches) => self.matches.extend(matches),
                    Items::Text(words) => self.words.extend(words),
                    _ => {}
                }
                self.cut |= last && self.stage == Stage::Read && session.was_cut();
                return Ok(last);
            }
            Reply::Failed(_, failure) => self.failure = Some(failure),
            Reply::Painted(_, tile) => session.read(tile, &mut [])?,
            Reply::Copied(_, piece) => drop(session.read_piece(&piece)?),
            Reply::Sound(_, piece) => session.drop_sound(&piece),
        }
        Ok(true)
    }

    /// Asks for the words of a page on which something was found; else it is done.
    fn goes_on(&mut self, session: &mut Session) -> Result<Option<Ticket>, BrokerError> {
        let found = self.stage == Stage::Searched && !self.matches.is_empty();
        let next = match self.failure {
            None if found => session.ask_text(self.page)?,
            _ => None,
        };
        self.stage = next.map_or(Stage::Done, |_| Stage::Read);
        Ok(next)
    }
}
