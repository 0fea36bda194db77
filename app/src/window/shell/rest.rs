//! Documents that nobody has looked at for long give their renderers back, and get
//! new ones when they are shown again.

use super::Shell;
use crate::window::canvas::Canvas;
use crate::window::tab::{State, Tab};
use std::time::Instant;

/// Most documents that have a renderer at the same time, beside those that cannot
/// do without: at 10 to 20 MiB each well under 1 GiB, and far from the 400 that the
/// launcher has at most.
const MOST_AWAKE: usize = 32;

impl Shell {
    /// Ends the renderers that are too many, of what was not looked at for longest.
    pub(super) fn rest(&mut self, canvas: &mut dyn Canvas) {
        if let Some(tab) = self.tab_mut() {
            tab.seen = Instant::now();
        }
        let awake = self.tabs.iter().filter(|tab| tab.worker.is_some()).count();
        for _ in MOST_AWAKE..awake {
            let others = self.tabs.iter().enumerate();
            let others = others.filter(|(index, tab)| *index != self.current && can_rest(tab));
            let Some((index, _)) = others.min_by_key(|(_, tab)| tab.seen) else {
                return;
            };
            self.reload(index, canvas);
        }
    }
}

/// Whether a document can be opened again without anybody noticing: what was typed or
/// piped in is there once, and what is being done is not to be cut off.
fn can_rest(tab: &Tab) -> bool {
    let State::Open(summary) = tab.state else {
        return false;
    };
    let is_idle = tab.copy.is_none() && tab.unpacking == 0 && tab.copy_text.is_none();
    let is_plain = !summary.encrypted && summary.sound.is_none() && !tab.finding;
    let is_there = tab.origin.path().is_some() && !tab.gone && tab.browsing.is_none();
    tab.worker.is_some() && is_idle && is_plain && is_there
}
