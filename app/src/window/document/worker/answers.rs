//! What came from the renderer, told to the window.

use super::{Asked, News, Work};
use crate::broker::{BrokerError, PaintedTile, Reply, Session, Ticket};
use crate::window::document::{content, wanted::TileKey};
use ipc::Items;
use std::collections::HashMap;

impl Work {
    pub(super) fn take(
        &self,
        session: &mut Session,
        asked: &mut HashMap<Ticket, Asked>,
        reply: Reply,
    ) -> Result<(), BrokerError> {
        match reply {
            Reply::Painted(ticket, painted) => {
                if !painted.is_whole() {
                    self.unfinished.set(self.unfinished.get().saturating_add(1));
                }
                self.take_tile(session, asked.remove(&ticket), painted)?;
            }
            Reply::Copied(ticket, piece) => {
                session.read_piece(&piece)?;
                asked.remove(&ticket);
            }
            Reply::Sound(ticket, piece) => {
                session.drop_sound(&piece);
                asked.remove(&ticket);
            }
            Reply::Failed(ticket, failure) => {
                let why = BrokerError::Failure(failure).to_string();
                match asked.remove(&ticket) {
                    Some(Asked::Tile(key)) => {
                        self.done(key);
                        (self.tell)(News::TileFailed(key, why));
                    }
                    Some(Asked::Search(search, page)) => {
                        (self.tell)(News::Found(search, page, Err(why), true));
                    }
                    Some(Asked::Layers(_)) => {
                        (self.tell)(News::Say(format!("The layers stay as they are: {why}")));
                    }
                    // A page whose words cannot be had has none.
                    Some(Asked::Text(page)) => (self.tell)(News::Text(page, Vec::new(), true)),
                    _ => {}
                }
            }
            Reply::Items(ticket, items, last) => {
                self.take_items(asked, ticket, items, last);
                if last {
                    asked.remove(&ticket);
                }
            }
        }
        Ok(())
    }

    /// Takes a tile. Of a whole page the user sees what there is; a part that is not
    /// there is asked for again.
    fn take_tile(
        &self,
        session: &mut Session,
        asked: Option<Asked>,
        painted: PaintedTile,
    ) -> Result<(), BrokerError> {
        let is_whole = painted.is_whole();
        match asked {
            Some(Asked::Tile(key)) if is_whole || key.is_whole() => {
                let mut pixels = vec![0; key.bytes()];
                session.read(painted, &mut pixels)?;
                if is_whole {
                    self.done(key);
                }
                let drawn_on = match key.is_whole() {
                    true => content::edges(&pixels, key.size_px.0.into()),
                    false => None,
                };
                (self.tell)(News::Tile(key, pixels, drawn_on, is_whole));
            }
            _ => session.release(painted),
        }
        Ok(())
    }

    /// It is not asked for again, even before the window has looked.
    fn done(&self, key: TileKey) {
        self.shared.orders().wanted.retain(|other| *other != key);
    }

    fn take_items(
        &self,
        asked: &mut HashMap<Ticket, Asked>,
        ticket: Ticket,
        items: Items,
        last: bool,
    ) {
        match (asked.get_mut(&ticket), items) {
            (Some(Asked::Pages { first, got }), Items::Pages(pages)) => {
                let from = first.saturating_add(*got);
                *got = got.saturating_add(u32::try_from(pages.len()).unwrap_or(u32::MAX));
                (self.tell)(News::Pages(from, pages));
            }
            (Some(Asked::Info(known)), Items::Info(fields)) => {
                known.extend(fields);
                if last {
                    (self.tell)(News::Info(std::mem::take(known)));
                }
            }
            (Some(Asked::List), Items::Attachments(list)) => (self.tell)(News::Attachments(list)),
            (Some(Asked::List), Items::Signatures(list)) => (self.tell)(News::Signatures(list)),
            (Some(Asked::List), Items::Wishes(list)) => (self.tell)(News::Refused(list)),
            (Some(Asked::List), Items::Notes(list)) => (self.tell)(News::Notes(list)),
            (Some(Asked::Layers(known)), Items::Layers(list)) => {
                known.extend(list);
                // They are about to be switched again: what was pressed meanwhile stays.
                if last && self.shared.orders().layers.is_none() {
                    (self.tell)(News::Layers(std::mem::take(known)));
                }
            }
            (Some(Asked::Frames(known)), Items::Frames(more)) => {
                known.plays = more.plays;
                known.durations_ms.extend(more.durations_ms);
                if last {
                    (self.tell)(News::Frames(std::mem::take(known)));
                }
            }
            (Some(Asked::Outline), Items::Outline(entries)) => (self.tell)(News::Outline(entries)),
            (Some(Asked::Links(page)), Items::Links(links)) => {
                (self.tell)(News::Links(*page, links));
            }
            (Some(Asked::Images(page)), Items::Images(images)) => {
                (self.tell)(News::Images(*page, images));
            }
            (Some(Asked::Text(page)), Items::Text(runs)) => {
                (self.tell)(News::Text(*page, runs, last));
            }
            (Some(Asked::Peaks { next }), Items::Peaks(peaks)) => {
                let first = *next;
                let count = u16::try_from(peaks.len()).unwrap_or(u16::MAX);
                *next = first.saturating_add(count);
                (self.tell)(News::Peaks(first, peaks));
            }
            (Some(Asked::Chapters), Items::Chapters(list)) => (self.tell)(News::Chapters(list)),
            (Some(Asked::Search(search, page)), Items::Matches(matches)) => {
                (self.tell)(News::Found(*search, *page, Ok(matches), last));
            }
            _ => {}
        }
    }
}
