//! Finding and selecting text in the document that is shown.

use super::Shell;
use crate::window::document::find::Find;
use crate::window::document::worker::Search;
use crate::window::tab::State;
use egui::Context;
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
        let unknown = tab.selection.unknown(0..pages.min(MOST_PAGES));
        if let Some(worker) = &tab.worker {
            worker.want_text(&unknown);
        }
        tab.selection.all(pages);
    }

    pub(super) fn copy_selection(&mut self, ctx: &Context) {
        let text = self
            .tab()
            .map(|tab| tab.selection.text())
            .unwrap_or_default();
        if !text.is_empty() {
            ctx.copy_text(text);
            self.toast("Copied");
        }
    }
}

/// Pages whose words are asked for at once: what may be in flight is bounded.
const MOST_PAGES: u32 = 100;
