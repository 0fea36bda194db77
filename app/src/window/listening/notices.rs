//! What was met of a sound while it was played, that a listener should know.

use super::Listening;
use crate::cli::printable;
use crate::sound::Met;
use ipc::InfoField;

/// Most that are kept of one sound.
const MAX_NOTICES: usize = 8;

/// Longest that one of them is under the header, in letters: the renderer chose them.
const MAX_LETTERS: usize = 160;

/// Notices of a sound, and of the one that follows it.
#[derive(Default)]
pub(super) struct Notices {
    met: Vec<InfoField>,
    /// So many of them the user has seen and put away.
    dismissed: usize,
    /// What is read ahead is not heard yet.
    next: Vec<InfoField>,
}

impl Listening {
    /// What was met while it was played, as far as it was not told before.
    pub(crate) fn met<'a>(
        &'a self,
        told: &'a [InfoField],
    ) -> impl Iterator<Item = &'a InfoField> + 'a {
        self.notices.met.iter().filter(|met| !told.contains(met))
    }

    /// The same as sentences, until they are put away.
    pub(crate) fn news(&self, told: &[InfoField]) -> Option<String> {
        let fresh = self.notices.met.iter().skip(self.notices.dismissed);
        let fresh = fresh.filter(|met| !told.contains(met));
        let sentences: Vec<String> = fresh.map(|met| sentence(met.value.as_str())).collect();
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    /// The user has seen what was met.
    pub(crate) fn dismiss_news(&mut self) {
        self.notices.dismissed = self.notices.met.len();
    }

    /// Takes what the player has met, of this sound and of the next one.
    pub(crate) fn learn_met(&mut self, all: Vec<Met>) {
        for met in all {
            let known = match met.track {
                track if track == self.track => &mut self.notices.met,
                track if Some(track) == self.track.checked_add(1) => &mut self.notices.next,
                // It is no longer shown.
                _ => continue,
            };
            for notice in met.notices {
                if known.len() < MAX_NOTICES && !known.contains(&notice) {
                    known.push(notice);
                }
            }
        }
    }

    /// What was met of the next sound is its own, once it is heard.
    pub(super) fn hand_over_met(&mut self) -> Notices {
        Notices {
            met: std::mem::take(&mut self.notices.next),
            ..Notices::default()
        }
    }
}

/// A notice as one: it begins in small letters, and without a full stop.
fn sentence(notice: &str) -> String {
    let notice = printable(notice);
    let mut letters = notice.chars().take(MAX_LETTERS);
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}
