//! Finding and selecting text in the document that is shown.

use super::Shell;
use crate::window::document::find::Find;
use crate::window::document::worker::Search;
use crate::window::tab::{State, TabId};
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{Format, Query, Text};

impl Shell {
    /// Shows the field to type into.
    pub(super) fn begin_find(&mut self) {
        let Some(tab) = self.tab_mut() else {
            return;
        };
        if !matches!(tab.state, State::Open(summary) if summary.format == Format::Pdf) {
            return self.toast("There is no text in this");
        }
        tab.finding = true;
        self.ask_find = true;
    }

    /// Takes the field away, and what was found with it.
    pub(crate) fn end_find(&mut self) {
        let search = self.fresh_search();
        if let Some(tab) = self.tab_mut() {
            tab.finding = false;
            tab.find = Find::new(search, None);
            if let Some(worker) = &tab.worker {
                worker.search(search, None, 0);
            }
        }
    }

    fn fresh_search(&mut self) -> Search {
        Search(self.fresh_id().0)
    }

    /// Searches for something else, from the page that is shown on.
    pub(crate) fn look_for(&mut self, pattern: &str, change: impl FnOnce(&mut Query)) {
        let search = self.fresh_search();
        let Some(tab) = self.tab_mut() else {
            return;
        };
        let mut query = tab.find.query.take().unwrap_or(Query {
            pattern: Text::cleaned("", 0),
            match_case: false,
            match_accents: false,
            whole_word: false,
            regex: false,
        });
        query.pattern = Text::cleaned(pattern, MAX_TEXT_BYTES);
        change(&mut query);
        let first = tab.view.current_page(&tab.layout);
        let asks = !pattern.trim().is_empty();
        tab.find = Find::new(search, Some(query.clone()));
        if let Some(worker) = &tab.worker {
            worker.search(search, asks.then_some(query), first);
        }
    }

    /// Goes to the next match, or the one before.
    pub(crate) fn show_match(&mut self, forwards: bool) {
        let Some(tab) = self.tab_mut() else {
            return;
        };
        let page = tab.view.current_page(&tab.layout);
        let Some((page, number, wrapped)) = tab.find.go(forwards, page) else {
            return;
        };
        let place = tab
            .find
            .on(page)
            .get(number)
            .and_then(|found| found.places.first());
        if let Some(place) = place.map(|place| place.edges()) {
            tab.reveal(page, place);
        }
        if wrapped && tab.find.count() > 1 {
            let words = if forwards {
                "On from the start"
            } else {
                "On from the end"
            };
            self.toast(words);
        }
    }

    /// Selects all text; the words come page by page.
    pub(super) fn select_all(&mut self) {
        let Some(tab) = self.tab_mut() else {
            return;
        };
        let pages = tab.layout.pages();
        let unknown = tab.selection.unknown(0..pages);
        if let Some(worker) = &tab.worker {
            worker.want_text(&unknown);
        }
        tab.selection.all(pages);
    }

    /// Copies what is selected, as soon as all of it has come: as it stands, or flowing.
    pub(super) fn copy_selection(&mut self, flowing: bool) {
        let Some(tab) = self.tab_mut().filter(|tab| !tab.selection.is_empty()) else {
            return;
        };
        tab.copy_text = Some(flowing);
        let id = tab.id;
        self.copy_when_known(id);
    }

    /// Copies what was asked for when its last words have come.
    pub(super) fn copy_when_known(&mut self, id: TabId) {
        let Some(tab) = self.tabs.iter_mut().find(|tab| tab.id == id) else {
            return;
        };
        let Some(flowing) = tab.copy_text else {
            return;
        };
        if tab.selection.missing(tab.layout.pages()).0 > 0 {
            return;
        }
        tab.copy_text = None;
        let text = match flowing {
            true => tab.selection.flowing_text(),
            false => tab.selection.text(),
        };
        if !text.is_empty() {
            self.wishes.copy = Some(text);
            self.toast("Copied");
        }
    }

    /// Offers what is selected to other programs, which take it by the middle button.
    pub(crate) fn offer_selection(&mut self) {
        let text = self.tab().map(|tab| tab.selection.text());
        self.wishes.offer = text.filter(|text| !text.is_empty());
    }
}
