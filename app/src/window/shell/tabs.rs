//! Tabs: opened, shown, started, reloaded, closed, remembered.

use super::{Shell, browse, free, listen};
use crate::window::canvas::Canvas;
use crate::window::opening::Origin;
use crate::window::tab::{State, Tab, TabId};
use crate::window::watch::Watched;
use std::sync::Arc;

impl Shell {
    /// Opens documents in tabs of their own; the last of them is shown. One that is
    /// open already is not opened twice.
    pub(crate) fn open(&mut self, origins: impl IntoIterator<Item = Origin>) {
        let mut last = self.current;
        for origin in origins {
            let path = origin.path();
            let open = |tab: &Tab| path.is_some() && tab.origin.path() == path;
            if let Some(index) = self.tabs.iter().position(open) {
                last = index;
                continue;
            }
            let id = self.fresh_id();
            let mut tab = Tab::new(id, origin);
            tab.recall(tab.origin.path().and_then(|path| self.store.place(path)));
            if let Some(path) = tab.origin.path() {
                tab.tone = self.store.tone(path);
                tab.marks = self.marks_of(path);
            }
            last = self.tabs.len();
            self.tabs.push(tab);
        }
        self.show(last);
    }

    pub(super) fn fresh_id(&mut self) -> TabId {
        self.next_id += 1;
        TabId(self.next_id)
    }

    /// The tab that is shown.
    pub(crate) fn tab(&self) -> Option<&Tab> {
        self.tabs.get(self.current)
    }

    pub(crate) fn tab_mut(&mut self) -> Option<&mut Tab> {
        self.tabs.get_mut(self.current)
    }

    /// Shows a tab; a document's renderer is started when it is first shown.
    pub(crate) fn show(&mut self, index: usize) {
        self.current = index.min(self.tabs.len().saturating_sub(1));
        if self
            .tab()
            .is_some_and(|tab| matches!(tab.state, State::Waiting))
        {
            self.start();
        }
    }

    /// Starts the renderer of the tab that is shown.
    pub(super) fn start(&mut self) {
        let Some(tab) = self.tabs.get(self.current) else {
            return;
        };
        let running = tab.browsing.as_ref().map(|set| Arc::clone(&set.running));
        let tell = self.teller(tab.id, running);
        let renderers = self.renderers.clone();
        let Some(tab) = self.tabs.get_mut(self.current) else {
            return;
        };
        tab.start(renderers, tell);
        self.watch_shown();
    }

    /// Watches the file of the tab that is shown, once.
    pub(super) fn watch_shown(&mut self) {
        let Some(tab) = self.tabs.get_mut(self.current) else {
            return;
        };
        let Some(path) = tab.origin.path() else {
            return;
        };
        let watched = tab.watched.as_ref().map(Watched::path);
        if watched != Some(path) {
            tab.watched = Some(self.watch.add(path, &tab.stamp));
        }
    }

    /// Opens the document of a tab anew, at the same place.
    pub(crate) fn reload(&mut self, index: usize, canvas: &mut dyn Canvas) {
        let id = self.fresh_id();
        let Some(tab) = self.tabs.get_mut(index) else {
            return;
        };
        if tab.summary().is_some() {
            tab.resume = Some(tab.view.place(&tab.layout));
        }
        // What is on the screen stays until there is something new.
        tab.id = id;
        tab.worker = None;
        (tab.unpacking, tab.unpacked) = (0, None);
        listen::rest(tab, canvas);
        if !matches!(tab.state, State::Open(_)) {
            free(canvas, tab.tiles.clear());
        }
        tab.state = State::Waiting;
        tab.gone = false;
        if index == self.current {
            self.start();
        }
    }

    /// Closes a tab and ends its renderer.
    pub(crate) fn close(&mut self, index: usize, canvas: &mut dyn Canvas) {
        if index >= self.tabs.len() {
            return;
        }
        let mut tab = self.tabs.remove(index);
        self.remember(&tab);
        free(canvas, browse::all_textures(&mut tab));
        let remembered = tab.remembered();
        self.closed.push((tab.origin, remembered));
        self.closed.drain(..self.closed.len().saturating_sub(20));
        if index < self.current {
            self.current -= 1;
        }
        self.show(self.current);
    }

    /// Keeps the places of all tabs for the next time.
    pub(crate) fn remember_all(&mut self) {
        if let Some(presentation) = self.presenting.take() {
            self.end_presentation(presentation);
        }
        for tab in std::mem::take(&mut self.tabs) {
            self.remember(&tab);
            self.tabs.push(tab);
        }
        self.store.keep_loudspeaker(self.loudspeaker);
        self.store.save();
        self.store.settle();
    }

    pub(super) fn remember(&mut self, tab: &Tab) {
        let Some(path) = tab.origin.path() else {
            return;
        };
        if let Some(remembered) = tab.for_next_time() {
            self.store.keep_place(path, remembered);
        }
        if let Some(listening) = &tab.listening {
            self.store.keep_heard(path, listening.place());
        }
    }
}
