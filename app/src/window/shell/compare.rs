//! Two pictures of those that are looked through, compared: side by side, or in one
//! place, one at a time. Both show the same part, equally large.

use super::browse::To;
use super::{Shell, free};
use crate::window::browse::listing;
use crate::window::canvas::Canvas;
use crate::window::opening::Origin;
use crate::window::tab::{State, Tab};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The picture that the one of the tab is compared with.
pub(crate) struct Compared {
    pub(crate) tab: Tab,
    /// Both are shown in one place, one at a time.
    pub(crate) in_place: bool,
    /// In one place: this one is shown.
    pub(crate) is_shown: bool,
}

impl Shell {
    /// Whether two pictures are compared.
    pub(crate) fn compares(&self) -> bool {
        self.tab().is_some_and(|tab| tab.compared.is_some())
    }

    /// Begins to compare the picture that is shown with the next one, or ends that.
    pub(super) fn compare(&mut self, canvas: &mut dyn Canvas) {
        if self.compares() {
            return self.end_compare(canvas);
        }
        let is_picture = |tab: &&Tab| tab.is_picture() && tab.layout.pages() == 1;
        let Some(tab) = self.tab().filter(is_picture) else {
            return;
        };
        let next = tab.browsing.as_ref().and_then(|set| set.further(1));
        let Some(path) = next.map(|(path, _)| path.to_owned()) else {
            return self.toast("There is no other picture to compare this one with");
        };
        self.compare_with(&path, canvas);
    }

    /// Compares the picture that is shown with this one.
    pub(super) fn compare_with(&mut self, path: &Path, canvas: &mut dyn Canvas) {
        let id = self.fresh_id();
        let Some(tab) = self.tabs.get_mut(self.current) else {
            return;
        };
        let Some(browsing) = tab.browsing.as_mut() else {
            return;
        };
        if tab.origin.path() == Some(path) {
            return;
        }
        let running = Arc::clone(&browsing.running);
        let is_it = |other: &Tab| {
            other.origin.path() == Some(path) && !matches!(other.state, State::Waiting)
        };
        let ready = browsing.neighbours.iter().position(is_it);
        let ready = ready.map(|ready| browsing.neighbours.swap_remove(ready));
        let before = tab.compared.take();
        let (in_place, is_shown) = before
            .as_ref()
            .map_or((false, false), |before| (before.in_place, before.is_shown));
        let origin = Origin::Path(path.to_owned());
        let is_ready = ready.is_some();
        let mut other = ready.unwrap_or_else(|| Tab::new(id, origin));
        other.is_passed_by = true;
        if !is_ready {
            let tell = self.teller(id, Some(running));
            other.start(self.renderers.clone(), tell);
        }
        if let Some(mut before) = before {
            free(canvas, before.tab.tiles.clear());
        }
        if let Some(tab) = self.tab_mut() {
            tab.compared = Some(Box::new(Compared {
                tab: other,
                in_place,
                is_shown,
            }));
        }
    }

    pub(super) fn end_compare(&mut self, canvas: &mut dyn Canvas) {
        if let Some(mut compared) = self.tab_mut().and_then(|tab| tab.compared.take()) {
            free(canvas, compared.tab.tiles.clear());
        }
    }

    /// Side by side, or in one place.
    pub(super) fn compare_in_place(&mut self, canvas: &mut dyn Canvas) {
        let begins = !self.compares();
        if begins {
            self.compare(canvas);
        }
        if let Some(compared) = self.tab_mut().and_then(|tab| tab.compared.as_mut()) {
            compared.in_place = begins || !compared.in_place;
            // What one sees first is the other one.
            compared.is_shown = compared.in_place;
        }
    }

    /// In one place the other one is shown; side by side they change places.
    pub(super) fn exchange_compared(&mut self) {
        let old = self.tab().map(|tab| tab.id);
        let Some(tab) = self.tab_mut() else {
            return;
        };
        let Some(mut compared) = tab.compared.take() else {
            return;
        };
        if compared.in_place {
            compared.is_shown = !compared.is_shown;
            tab.compared = Some(compared);
            return;
        }
        std::mem::swap(tab, &mut compared.tab);
        tab.browsing = compared.tab.browsing.take();
        compared.tab.watched = None;
        if let (Some(browsing), Some(path)) = (&mut tab.browsing, tab.origin.path()) {
            browsing.go(path);
        }
        let new = tab.id;
        tab.compared = Some(compared);
        if let Some(presentation) = self.presenting.as_mut().filter(|it| Some(it.tab) == old) {
            presentation.tab = new;
        }
        self.watch_shown();
    }

    /// Compares with another picture; tells whether two are compared.
    pub(super) fn leaf_compared(&mut self, to: To, canvas: &mut dyn Canvas) -> bool {
        let Some((path, wraps)) = self.tab().and_then(|tab| next(tab, to)) else {
            return self.compares();
        };
        self.compare_with(&path, canvas);
        if wraps {
            self.toast("This is the other end of the pictures");
        }
        true
    }
}

/// The picture that one leafs to on the other side, and whether over the end.
fn next(tab: &Tab, to: To) -> Option<(PathBuf, bool)> {
    let from = tab.compared.as_ref()?.tab.origin.path()?;
    let paths = tab.browsing.as_ref()?.paths();
    let others: Vec<&PathBuf> = paths
        .iter()
        .filter(|path| Some(path.as_path()) != tab.origin.path())
        .collect();
    let count = i64::try_from(others.len())
        .ok()
        .filter(|count| *count > 0)?;
    let at = others.iter().position(|path| *path == from);
    // One that is gone: what stood behind it is the next one.
    let behind = || others.partition_point(|path| listing::order(path, from).is_lt());
    let at = at.unwrap_or_else(behind);
    let at = i64::try_from(at).ok()?;
    let wanted = match to {
        To::By(by) => at.saturating_add(by),
        To::First => 0,
        To::Last => count - 1,
    };
    let index = usize::try_from(wanted.rem_euclid(count)).ok()?;
    let wraps = !(0..count).contains(&wanted);
    others.get(index).map(|path| ((*path).clone(), wraps))
}

/// Shows the same part of `to` as of `from`, equally large, whatever their sizes.
pub(crate) fn look_alike(from: &Tab, to: &mut Tab) {
    if !from.layout.is_known(0) || !to.layout.is_known(0) {
        return;
    }
    to.mirrored = from.mirrored;
    let turn = from.view.arrangement.turn;
    if to.view.arrangement.turn != turn {
        to.view.change(&mut to.layout, |view, layout| {
            view.arrangement.turn = turn;
            layout.arrange(view.arrangement);
        });
    }
    let (width, other) = (from.layout.upright(0).0, to.layout.upright(0).0);
    let times = from.view.times() * width / other.max(1.0);
    to.view
        .look_at(&to.layout, times, from.view.middle(&from.layout));
}
