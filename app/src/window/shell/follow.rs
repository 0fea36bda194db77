//! What follows a sound: the next one of its folder without a gap, and where one was
//! in a long one.

use super::{Shell, free};
use crate::window::canvas::Canvas;
use crate::window::document::worker::News;
use crate::window::listening::{Happened, Listening, ear, time};
use crate::window::opening::Origin;
use crate::window::store::Store;
use crate::window::tab::Tab;
use ipc::Summary;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Time between two looks at a sound that plays in the tab that is shown, and at
/// one that only must not end unnoticed.
const LOOK: Duration = Duration::from_millis(100);
const LISTEN: Duration = Duration::from_millis(500);

/// Going to the one before leads to the start first, when so much has been heard.
const RESTART_SECONDS: u64 = 3;

impl Shell {
    /// Looks at all sounds, goes on to the next one where one has ended, and says
    /// when to look again. Nothing is to be done while none plays.
    pub(crate) fn listen(&mut self, now: Instant, canvas: &mut dyn Canvas) {
        self.heed(canvas);
        let mut happened = (0, Happened::Nothing);
        let mut again: Option<Duration> = None;
        for (index, tab) in self.tabs.iter_mut().enumerate() {
            let Some(listening) = &mut tab.listening else {
                continue;
            };
            match listening.look() {
                Happened::Nothing => {}
                other => happened = (index, other),
            }
            if listening.is_playing() {
                self.heard = Some(tab.id);
                let is_seen = index == self.current && !self.hidden;
                let look = if is_seen { LOOK } else { LISTEN };
                again = Some(again.map_or(look, |again| again.min(look)));
            }
        }
        match happened {
            (index, Happened::Followed) => self.hand_over(index, canvas),
            (index, Happened::Ended) => self.follow(index, canvas),
            (_, Happened::Nothing) => self.open_next(),
        }
        self.tell_desktop();
        let again = again.map(|again| now + again);
        self.look_at = self.look_at.into_iter().chain(again).min();
    }

    /// The path of what comes after the sound of a tab, unless it was the last.
    fn next_path(tab: &Tab) -> Option<PathBuf> {
        let (path, wraps) = tab.browsing.as_ref()?.further(1)?;
        (!wraps).then(|| path.to_owned())
    }

    /// Plays what comes after the sound of a tab.
    fn follow(&mut self, index: usize, canvas: &mut dyn Canvas) {
        if let Some(path) = self.tabs.get(index).and_then(Self::next_path) {
            self.listen_in(index, &path, canvas);
        }
    }

    /// Opens what follows a sound that ends soon, so that there is no gap.
    fn open_next(&mut self) {
        let speed = self.loudspeaker.speed;
        for index in 0..self.tabs.len() {
            let wants = |tab: &Tab| {
                let listening = tab.listening.as_ref()?;
                let path = listening
                    .wants_next(speed)
                    .then(|| Self::next_path(tab))??;
                Some((tab.id, path))
            };
            let Some((id, path)) = self.tabs.get(index).and_then(wants) else {
                continue;
            };
            let (tell, renderers) = (self.teller(id, None), self.renderers.clone());
            let tab = self.tabs.get_mut(index);
            let Some(listening) = tab.and_then(|tab| tab.listening.as_mut()) else {
                continue;
            };
            let closed = listening.begin_next(path.clone());
            let (origin, named) = (Origin::Path(path.clone()), path.clone());
            let told = move |opened| tell(News::NextEar(named, opened));
            if ear::open(renderers, origin, closed, told).is_err() {
                listening.take_next(&path, None);
            }
        }
    }

    /// What follows is heard already: its tab takes the place of the one that ended.
    fn hand_over(&mut self, index: usize, canvas: &mut dyn Canvas) {
        let tab = self.tabs.get_mut(index);
        let listening = tab.and_then(|tab| tab.listening.as_mut());
        if let Some((path, next)) = listening.and_then(Listening::hand_over) {
            self.listen_in(index, &path, canvas);
            if let Some(tab) = self.tabs.get_mut(index) {
                tab.listening = Some(next);
            }
        }
    }

    /// Plays this sound of those of the folder.
    pub(crate) fn listen_to(&mut self, path: &Path, canvas: &mut dyn Canvas) {
        self.listen_in(self.current, path, canvas);
    }

    fn listen_in(&mut self, index: usize, path: &Path, canvas: &mut dyn Canvas) {
        let id = self.fresh_id();
        let Some(tab) = self.tabs.get_mut(index) else {
            return;
        };
        let Some(mut browsing) = tab.browsing.take() else {
            return;
        };
        browsing.go(path);
        let mut next = Tab::new(id, Origin::Path(path.to_owned()));
        next.is_passed_by = true;
        next.browsing = Some(browsing);
        let mut left = std::mem::replace(tab, next);
        if self.heard == Some(left.id) {
            self.heard = Some(id);
        }
        self.remember(&left);
        free(canvas, super::browse::all_textures(&mut left));
        let shown = std::mem::replace(&mut self.current, index);
        self.start();
        self.current = shown;
    }

    /// Plays the next sound, or the one before; what has been heard for a while
    /// begins anew first.
    pub(super) fn next_sound(&mut self, index: usize, by: i64, canvas: &mut dyn Canvas) {
        let Some(tab) = self.tabs.get_mut(index) else {
            return;
        };
        if let Some(listening) = tab.listening.as_mut().filter(|_| by < 0) {
            let heard = listening.position() / u64::from(listening.sound.rate.max(1));
            if heard >= RESTART_SECONDS {
                return listening.seek(0);
            }
        }
        let set = tab.browsing.as_ref();
        let Some((path, wraps)) = set.and_then(|set| set.further(by)) else {
            return self.toast("There is no other sound in this folder");
        };
        match wraps {
            true if by < 0 => self.toast("This is the first sound of the folder"),
            true => self.toast("This is the last sound of the folder"),
            false => {
                let path = path.to_owned();
                self.listen_in(index, &path, canvas);
            }
        }
    }
}

/// Where a long sound goes on that was left in its middle; what the user is told.
pub(super) fn recall_sound(tab: &mut Tab, summary: Summary, store: &Store) -> Option<String> {
    let (sound, path) = (summary.sound?, tab.origin.path()?);
    if tab.sound_from > 0 || tab.listening.is_some() {
        return None;
    }
    let seconds = store.heard(path)?;
    let frames = seconds.saturating_mul(sound.rate.into());
    tab.sound_from = frames;
    let at = time(frames, sound.rate);
    Some(format!("Goes on at {at}, where it was left"))
}
