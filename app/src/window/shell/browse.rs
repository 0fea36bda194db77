//! Looking through the pictures of a folder, or those that were named: in one tab,
//! the one before and the one after opened beforehand in renderers of their own.

use super::{Overlay, Shell, free, scene};
use crate::broker::{BrokerError, SourceError};
use crate::window::browse::{Browsing, listing};
use crate::window::canvas::Canvas;
use crate::window::document::wanted::TileKey;
use crate::window::document::worker::News;
use crate::window::opening::Origin;
use crate::window::tab::{State, Tab, TabId};
use egui::TextureId;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// Most holders of a set: the set itself, and the threads of its pictures, those that
/// are just ending with them: the one that is shown, the one that it is compared with,
/// two beside it, two passed by.
const MOST_HOLDERS: usize = 7;

/// How soon to look again whether one of them has ended.
const AGAIN: Duration = Duration::from_millis(15);

/// A picture to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    /// So many further on.
    By(i64),
    First,
    Last,
}

impl Shell {
    /// Lists what stands beside a picture in its folder, or what has changed there.
    pub(super) fn list_siblings(&mut self, id: TabId) {
        let Some(tab) = self
            .tabs
            .iter()
            .find(|tab| tab.id == id && (tab.is_picture() || tab.is_sound() || was_to_be(tab)))
        else {
            return;
        };
        let is_heard = tab.is_sound();
        let known = match &tab.browsing {
            Some(browsing) if browsing.folder.is_none() => return,
            Some(browsing) => browsing.changed,
            None => None,
        };
        let Some(folder) = tab.origin.path().and_then(Path::parent).map(Path::to_owned) else {
            return;
        };
        let tell = self.teller(id, None);
        let list = move || {
            let changed = listing::changed(&folder);
            if (known.is_none() || changed != known)
                && let Ok(paths) = match is_heard {
                    true => listing::sounds(&folder),
                    false => listing::pictures(&folder),
                }
            {
                tell(News::Siblings(paths, changed));
            }
        };
        // Where no thread can be made, there are no siblings.
        let _ = thread::Builder::new().name("folder".to_owned()).spawn(list);
    }

    /// Takes what a folder holds.
    pub(super) fn siblings(&mut self, id: TabId, paths: Vec<PathBuf>, changed: Option<SystemTime>) {
        let Some(tab) = self.tabs.iter_mut().find(|tab| tab.id == id) else {
            return;
        };
        let Some(shown) = tab.origin.path().map(Path::to_owned) else {
            return;
        };
        let is_heard = tab.is_sound();
        let empty = || Box::new(Browsing::of(Vec::new()));
        let browsing = tab.browsing.get_or_insert_with(empty);
        browsing.folder = shown.parent().map(Path::to_owned);
        browsing.is_heard = is_heard;
        browsing.changed = changed;
        browsing.relist(paths, &shown);
    }

    /// Shows another picture in this tab; tells whether there is one.
    pub(super) fn browse(&mut self, to: To, canvas: &mut dyn Canvas) -> bool {
        if self.leaf_compared(to, canvas) {
            return true;
        }
        let Some(browsing) = self.tab_mut().and_then(|tab| tab.browsing.as_mut()) else {
            return false;
        };
        let (at, count) = browsing.position();
        let by = match to {
            To::By(by) => by,
            To::First => -(at as i64),
            To::Last => count as i64 - 1 - at as i64,
        };
        let Some((path, wraps)) = browsing.further(by) else {
            return false;
        };
        let path = path.to_owned();
        browsing.backwards = by < 0;
        if by != 0 {
            self.browse_to(&path, canvas);
        }
        if wraps {
            self.toast(match by < 0 {
                true => "This is the last picture: there is none before the first",
                false => "This is the first picture again",
            });
        }
        true
    }

    /// Shows this picture of those that are looked through.
    pub(crate) fn browse_to(&mut self, path: &Path, canvas: &mut dyn Canvas) {
        let browsing = self.tab().and_then(|tab| tab.browsing.as_ref());
        if browsing.is_some_and(|set| set.is_heard) {
            return self.listen_to(path, canvas);
        }
        if self.compares() {
            return self.compare_with(path, canvas);
        }
        let id = self.fresh_id();
        let Some(tab) = self.tabs.get_mut(self.current) else {
            return;
        };
        if tab.copy.is_some() {
            return self.toast("A safe copy of this picture is being made");
        }
        let Some(mut browsing) = tab.browsing.take() else {
            return;
        };
        browsing.go(path);
        let is_it = |other: &Tab| other.origin.path() == Some(path);
        let ready = browsing.neighbours.iter().position(is_it);
        let mut next = match ready.map(|ready| browsing.neighbours.swap_remove(ready)) {
            Some(ready) => ready,
            None => Tab::new(id, Origin::Path(path.to_owned())),
        };
        if self.keeps_view && tab.summary().is_some() {
            next.kept_view = Some((tab.view.looks(), tab.view.middle(&tab.layout)));
            let (viewport, points) = (tab.view.viewport(), tab.view.pixels_per_point());
            next.view.resize(&next.layout, viewport, points);
            next.keep_view();
        }
        next.is_passed_by = true;
        next.since = Instant::now();
        next.squares = tab.squares;
        next.tone = self.store.tone(path);
        next.browsing = Some(browsing);
        let (old, new) = (tab.id, next.id);
        let mut left = std::mem::replace(tab, next);
        if let Some(player) = &mut left.player {
            player.rest();
        }
        left.watched = None;
        if let Some(presentation) = self.presenting.as_mut().filter(|it| it.tab == old) {
            presentation.tab = new;
        }
        if let Some(browsing) = &mut tab.browsing {
            browsing.neighbours.push(left);
        }
        let is_open = tab.worker.is_some();
        self.overlay = Overlay::None;
        if is_open {
            // What was written since it was opened beforehand is a change.
            self.watch_shown();
        }
        self.release_neighbours(canvas);
        self.start_waiting();
        self.list_siblings(new);
    }

    /// Starts the picture that is shown, unless too many are ending still.
    fn start_waiting(&mut self) {
        let Some(tab) = self.tab() else {
            return;
        };
        let waits = matches!(tab.state, State::Waiting);
        let Some(browsing) = tab.browsing.as_ref().filter(|_| waits) else {
            return;
        };
        if Arc::strong_count(&browsing.running) >= MOST_HOLDERS {
            return self.look_again();
        }
        self.start();
    }

    /// Opens what may be wanted next, once what is shown is there.
    pub(super) fn look_ahead(&mut self, canvas: &mut dyn Canvas) {
        self.start_waiting();
        self.release_neighbours(canvas);
        let Some(tab) = self.tab().filter(|tab| !self.hidden && is_drawn(tab)) else {
            return;
        };
        let Some(browsing) = &tab.browsing else {
            return;
        };
        let is_there = |path: &PathBuf| {
            let mut others = browsing.neighbours.iter();
            others.any(|other| other.origin.path() == Some(path))
        };
        // One after the other: the first has all the processor.
        let is_busy = !browsing.neighbours.iter().all(is_settled);
        let missing = browsing.next_to().into_iter().find(|path| !is_there(path));
        let Some(path) = missing.filter(|_| !is_busy) else {
            return;
        };
        if Arc::strong_count(&browsing.running) >= MOST_HOLDERS {
            return self.look_again();
        }
        let running = Arc::clone(&browsing.running);
        let mut beside = Tab::new(self.fresh_id(), Origin::Path(path));
        beside.is_passed_by = true;
        let tell = self.teller(beside.id, Some(running));
        beside.start(self.renderers.clone(), tell);
        if let Some(browsing) = self.tab_mut().and_then(|tab| tab.browsing.as_mut()) {
            browsing.neighbours.push(beside);
        }
    }

    fn look_again(&mut self) {
        let again = Instant::now() + AGAIN;
        self.look_at = Some(self.look_at.map_or(again, |at| at.min(again)));
    }

    /// Ends the renderers of pictures that are not next to one that is shown.
    fn release_neighbours(&mut self, canvas: &mut dyn Canvas) {
        for (index, tab) in self.tabs.iter_mut().enumerate() {
            let Some(browsing) = &mut tab.browsing else {
                continue;
            };
            let mut wanted = browsing.next_to();
            if index != self.current {
                wanted.clear();
            }
            let stays = |other: &Tab| {
                let path = other.origin.path();
                let is_wanted = wanted.iter().any(|wanted| Some(wanted.as_path()) == path);
                let is_held = is_huge(other) && other.tiles.bytes() > 0;
                is_wanted && !is_held && !matches!(other.state, State::Waiting)
            };
            for mut gone in browsing.neighbours.extract_if(.., |other| !stays(other)) {
                free(canvas, gone.tiles.clear());
            }
        }
    }

    /// A picture is there no more: the one that followed is shown instead.
    pub(super) fn pass_over(&mut self, id: TabId, canvas: &mut dyn Canvas) {
        let is_shown = self.tab().is_some_and(|tab| tab.id == id);
        for tab in &mut self.tabs {
            let own = tab.id == id;
            let path = tab.origin.path().map(Path::to_owned);
            let Some(browsing) = &mut tab.browsing else {
                continue;
            };
            if own {
                path.iter().for_each(|path| browsing.replace(path, None));
            } else if let Some(beside) = browsing.neighbours.iter().position(|tab| tab.id == id) {
                let gone = browsing.neighbours.swap_remove(beside);
                let path = gone.origin.path();
                path.iter().for_each(|path| browsing.replace(path, None));
            }
        }
        let next = self.tab().and_then(|tab| tab.browsing.as_ref()?.shown());
        if let Some(next) = next.filter(|_| is_shown) {
            self.end_compare(canvas);
            self.browse_to(&next, canvas);
        }
    }
}

/// Whether it is no picture, but called as one: what stands beside it may be looked at.
fn was_to_be(tab: &Tab) -> bool {
    let is_named = tab.origin.path().is_some_and(listing::is_named_as_picture);
    is_named && matches!(tab.state, State::Failed(_))
}

/// Whether an error says that there is no such file.
pub(super) fn is_gone(error: &BrokerError) -> bool {
    matches!(error, BrokerError::Source(SourceError::Open(error)) if error.kind() == std::io::ErrorKind::NotFound)
}

/// Whether all that is seen of a tab is drawn as it should be.
fn is_drawn(tab: &Tab) -> bool {
    let is_open = tab.summary().is_some() && tab.layout.is_known(0);
    let seen = tab.view.visible(&tab.layout, 0.0);
    let tiles = scene(tab).tiles(&seen);
    is_open && tiles.iter().all(|key| tab.tiles.is_done(key))
}

/// Whether nothing more is to come of a picture that is opened beforehand.
pub(super) fn is_settled(tab: &Tab) -> bool {
    let wanted = first_look(tab);
    match tab.state {
        State::Failed(_) | State::Locked { .. } => true,
        State::Waiting | State::Opening => false,
        State::Open(_) => tab.layout.is_known(0) && wanted.iter().all(|key| tab.tiles.is_done(key)),
    }
}

/// Whether a picture takes too much memory to be drawn before it is shown.
fn is_huge(tab: &Tab) -> bool {
    tab.layout.is_known(0) && tab.layout.is_huge(0)
}

/// The picture as a whole: what is drawn of one that is opened beforehand.
fn first_look(tab: &Tab) -> Vec<TileKey> {
    if is_huge(tab) {
        return Vec::new();
    }
    let seen = tab.view.visible(&tab.layout, 0.0);
    let mut tiles = scene(tab).tiles(seen.get(..1).unwrap_or_default());
    tiles.retain(TileKey::is_whole);
    tiles
}

/// Tells the renderers beside the picture that is shown what to draw.
pub(super) fn want_beside(tab: &mut Tab) {
    let viewport = (tab.view.viewport(), tab.view.pixels_per_point());
    for beside in tab.browsing.iter_mut().flat_map(|set| &mut set.neighbours) {
        beside.view.resize(&beside.layout, viewport.0, viewport.1);
        let mut wanted = Vec::new();
        if beside.summary().is_some() && beside.layout.is_known(0) {
            wanted = first_look(beside);
            wanted.retain(|key| !beside.tiles.is_done(key));
        }
        if let Some(worker) = &beside.worker {
            worker.want(wanted);
        }
    }
}

/// Every texture of a tab and of what was opened beside it.
pub(super) fn all_textures(tab: &mut Tab) -> Vec<TextureId> {
    let mut textures = tab.tiles.clear();
    let cover = tab.listening.as_mut().and_then(|it| it.cover.take());
    textures.extend(cover.map(|(texture, _)| texture));
    for beside in tab.browsing.iter_mut().flat_map(|set| &mut set.neighbours) {
        textures.extend(beside.tiles.clear());
    }
    let compared = tab.compared.iter_mut();
    textures.extend(compared.flat_map(|compared| compared.tab.tiles.clear()));
    textures
}

/// A tab by its number, also one that is opened beside another.
pub(super) fn find(tabs: &mut [Tab], id: TabId) -> Option<&mut Tab> {
    for tab in tabs {
        if tab.id == id {
            return Some(tab);
        }
        let beside = tab.browsing.iter_mut().flat_map(|set| &mut set.neighbours);
        let compared = tab.compared.iter_mut().map(|compared| &mut compared.tab);
        let mut beside = beside.chain(compared);
        if let Some(found) = beside.find(|tab| tab.id == id) {
            return Some(found);
        }
    }
    None
}
