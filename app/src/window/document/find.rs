//! A search as far as it is: what was found, and which of it is looked at.

use super::worker::Search;
use ipc::{Match, Query};
use std::collections::BTreeMap;

/// Most matches that are kept: a list that nobody reads to its end.
const MOST: usize = 20_000;

/// What is searched for, and what was found so far.
#[derive(Debug, Default)]
pub(crate) struct Find {
    pub(crate) search: Search,
    pub(crate) query: Option<Query>,
    /// Matches by page.
    found: BTreeMap<u32, Vec<Match>>,
    count: usize,
    /// Pages that have answered.
    pub(crate) searched: u32,
    pub(crate) error: Option<String>,
    /// The match that is looked at: page and number on it.
    pub(crate) current: Option<(u32, usize)>,
}

impl Find {
    pub(crate) fn new(search: Search, query: Option<Query>) -> Self {
        Self {
            search,
            query,
            ..Self::default()
        }
    }

    /// Takes what a page has, or a part of it when it is not the `last`.
    pub(crate) fn take(&mut self, page: u32, found: Result<Vec<Match>, String>, last: bool) {
        match found {
            Ok(found) => {
                let room = MOST.saturating_sub(self.count);
                let found: Vec<Match> = found.into_iter().take(room).collect();
                self.count += found.len();
                if !found.is_empty() {
                    // A long list comes in parts.
                    self.found.entry(page).or_default().extend(found);
                }
            }
            Err(why) => self.error = Some(why),
        }
        self.searched += u32::from(last);
    }

    /// Matches so far.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Matches of a page.
    pub(crate) fn on(&self, page: u32) -> &[Match] {
        self.found.get(&page).map_or(&[], Vec::as_slice)
    }

    /// All matches in the order of the document.
    pub(crate) fn all(&self) -> impl Iterator<Item = (u32, usize, &Match)> {
        let pages = self.found.iter();
        pages.flat_map(|(page, found)| (0..).zip(found).map(|(number, one)| (*page, number, one)))
    }

    /// Number of the match that is looked at, from 1.
    pub(crate) fn position(&self) -> Option<usize> {
        let current = self.current?;
        let position = self
            .all()
            .position(|(page, number, _)| (page, number) == current)?;
        Some(position + 1)
    }

    /// Goes to the next match, or the one before; from `page` on where none is
    /// looked at. Tells where, and whether the search went around the end.
    pub(crate) fn go(&mut self, forwards: bool, page: u32) -> Option<(u32, usize, bool)> {
        let all: Vec<(u32, usize)> = self.all().map(|(page, number, _)| (page, number)).collect();
        let here = self.current.unwrap_or((page, 0));
        let beyond = |place: &&(u32, usize)| match (forwards, self.current.is_some()) {
            (true, true) => **place > here,
            (true, false) => **place >= here,
            (false, _) => **place < here,
        };
        let next = if forwards {
            all.iter().find(beyond)
        } else {
            all.iter().rev().find(beyond)
        };
        let around = if forwards { all.first() } else { all.last() };
        let (place, wrapped) = match next {
            Some(place) => (*place, false),
            None => (*around?, true),
        };
        self.current = Some(place);
        Some((place.0, place.1, wrapped))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::{PageBox, Text};

    fn found(count: usize) -> Result<Vec<Match>, String> {
        let text = || Text::cleaned("x", 1);
        let place = PageBox::new(0.0, 0.0, 1.0, 1.0).unwrap();
        let one = Match {
            places: vec![place],
            before: text(),
            found: text(),
            after: text(),
        };
        Ok(vec![one; count])
    }

    #[test]
    fn matches_are_gone_through_in_order_and_around_the_end() {
        let mut find = Find::default();
        find.take(7, found(1), true);
        find.take(2, found(2), true);
        assert_eq!(find.go(true, 3), Some((7, 0, false)));
        assert_eq!(find.go(true, 3), Some((2, 0, true)));
        assert_eq!(find.go(true, 3), Some((2, 1, false)));
        assert_eq!(find.position(), Some(2));
        assert_eq!(find.go(false, 3), Some((2, 0, false)));
        assert_eq!(find.go(false, 3), Some((7, 0, true)));
        assert_eq!((find.count(), find.searched), (3, 2));
    }

    #[test]
    fn nothing_found_leads_nowhere_and_too_much_is_cut() {
        let mut find = Find::default();
        assert_eq!(find.go(true, 0), None);
        for page in 0..30 {
            find.take(page, found(1000), true);
        }
        assert_eq!(find.count(), MOST);
    }
}
