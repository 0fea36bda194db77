//! Pictures that are looked at one after another in one tab: those of a folder, or
//! those that the user named. The broker lists; no renderer sees a folder.
//!
//! | file | holds |
//! |---|---|
//! | `listing` | the pictures of a folder |
//! | `named` | which names are folders |
//! | `natural` | the order of names that people expect. Pure |

pub(crate) mod listing;
pub(crate) mod named;
mod natural;

use super::tab::Tab;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Pictures around the one that is shown, and what was opened of them beforehand.
pub(crate) struct Browsing {
    /// In order; the one that is shown is among them.
    paths: Arc<Vec<PathBuf>>,
    /// Their order, while they are shuffled.
    ordered: Option<Arc<Vec<PathBuf>>>,
    at: usize,
    /// The folder they are in; `None` for those that the user named.
    pub(crate) folder: Option<PathBuf>,
    /// They are sounds: nothing is opened beforehand, and they end with the last.
    pub(crate) is_heard: bool,
    /// When the folder was changed last, as far as it is known here.
    pub(crate) changed: Option<SystemTime>,
    /// The pictures before and after, opened beforehand.
    pub(crate) neighbours: Vec<Tab>,
    /// Who looks through them goes towards the first one.
    pub(crate) backwards: bool,
    /// Held by every thread that serves one of them.
    pub(crate) running: Arc<()>,
}

impl Browsing {
    /// Those that the user named.
    pub(crate) fn of(paths: Vec<PathBuf>) -> Self {
        Self {
            paths: Arc::new(paths),
            ordered: None,
            at: 0,
            folder: None,
            is_heard: false,
            changed: None,
            neighbours: Vec::new(),
            backwards: false,
            running: Arc::default(),
        }
    }

    /// Takes what a folder holds now; the one that is shown stays among it.
    pub(crate) fn relist(&mut self, mut paths: Vec<PathBuf>, shown: &Path) {
        let place = paths.binary_search_by(|path| listing::order(path, shown));
        self.at = place.unwrap_or_else(|place| {
            paths.insert(place, shown.to_owned());
            place
        });
        self.ordered = None;
        self.paths = Arc::new(paths);
    }

    /// Mixes them, the one that is shown first, or brings them in order again; tells
    /// whether they are mixed now.
    pub(crate) fn shuffle(&mut self) -> bool {
        let shown = self.shown();
        let mixed = match self.ordered.take() {
            Some(ordered) => {
                // Some may be gone, and some new.
                let is_there = |path: &PathBuf| self.paths.contains(path);
                let is_new = |path: &PathBuf| !ordered.contains(path);
                let known = ordered.iter().filter(|path| is_there(path));
                let new = self.paths.iter().filter(|path| is_new(path));
                self.paths = Arc::new(known.chain(new).cloned().collect());
                false
            }
            None => {
                self.ordered = Some(Arc::clone(&self.paths));
                // Keyed anew each time.
                let order = RandomState::new();
                let key = |path: &PathBuf| (Some(path) != shown.as_ref(), order.hash_one(path));
                Arc::make_mut(&mut self.paths).sort_by_cached_key(key);
                true
            }
        };
        if let Some(shown) = shown {
            self.go(&shown);
        }
        mixed
    }

    /// Which one is shown, from 0, and how many there are.
    pub(crate) fn position(&self) -> (usize, usize) {
        (self.at, self.paths.len())
    }

    /// All of them, in order.
    pub(crate) fn paths(&self) -> Arc<Vec<PathBuf>> {
        Arc::clone(&self.paths)
    }

    /// The one that is shown.
    pub(crate) fn shown(&self) -> Option<PathBuf> {
        self.paths.get(self.at).cloned()
    }

    /// The one that is so many further on, and whether the way there leads over the end.
    pub(crate) fn further(&self, by: i64) -> Option<(&Path, bool)> {
        let count = i64::try_from(self.paths.len())
            .ok()
            .filter(|count| *count > 1)?;
        let at = i64::try_from(self.at).ok()?.saturating_add(by);
        let index = usize::try_from(at.rem_euclid(count)).ok()?;
        let path = self.paths.get(index)?;
        Some((path, !(0..count).contains(&at)))
    }

    /// The pictures that may be wanted next, the likelier one first.
    pub(crate) fn next_to(&self) -> Vec<PathBuf> {
        let steps = if self.backwards { [-1, 1] } else { [1, -1] };
        let mut next: Vec<PathBuf> = Vec::new();
        for (path, wraps) in steps.into_iter().filter_map(|by| self.further(by)) {
            if !wraps && !next.iter().any(|known| known == path) {
                next.push(path.to_owned());
            }
        }
        next
    }

    /// Goes to one of them.
    pub(crate) fn go(&mut self, path: &Path) -> bool {
        let found = self.paths.iter().position(|other| other == path);
        self.at = found.unwrap_or(self.at);
        found.is_some()
    }

    /// Takes one in, where it belongs.
    pub(crate) fn add(&mut self, path: PathBuf) {
        if self.paths.contains(&path) {
            return;
        }
        let place = match self.folder {
            Some(_) => self
                .paths
                .partition_point(|other| listing::order(other, &path).is_lt()),
            None => self.at,
        };
        let place = place.min(self.paths.len());
        Arc::make_mut(&mut self.paths).insert(place, path);
        if place < self.at {
            self.at += 1;
        }
    }

    /// One is there no more, or is called otherwise. The one that followed takes its place.
    pub(crate) fn replace(&mut self, path: &Path, by: Option<PathBuf>) {
        let Some(index) = self.paths.iter().position(|other| other == path) else {
            return;
        };
        match by {
            Some(new) => {
                if let Some(path) = Arc::make_mut(&mut self.paths).get_mut(index) {
                    *path = new;
                }
            }
            None => {
                Arc::make_mut(&mut self.paths).remove(index);
                if index < self.at || self.at >= self.paths.len() {
                    self.at = self.at.saturating_sub(1);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browsing(names: &[&str]) -> Browsing {
        Browsing::of(names.iter().map(PathBuf::from).collect())
    }

    #[test]
    fn both_ends_lead_to_the_other_one_and_say_so() {
        let mut set = browsing(&["a", "b", "c"]);
        assert_eq!(set.further(1), Some((Path::new("b"), false)));
        assert_eq!(set.further(-1), Some((Path::new("c"), true)));
        assert!(set.go(Path::new("c")));
        assert_eq!(set.further(1), Some((Path::new("a"), true)));
        assert_eq!(set.further(-1), Some((Path::new("b"), false)));
        assert_eq!(browsing(&["a"]).further(1), None);
        assert!(!set.go(Path::new("z")) && set.position() == (2, 3));
    }

    #[test]
    fn what_comes_next_depends_on_the_way() {
        let mut set = browsing(&["a", "b", "c"]);
        assert_eq!(set.next_to(), [PathBuf::from("b")]);
        set.go(Path::new("b"));
        assert_eq!(set.next_to(), ["c", "a"].map(PathBuf::from));
        set.backwards = true;
        assert_eq!(set.next_to(), ["a", "c"].map(PathBuf::from));
    }

    #[test]
    fn picture_that_is_shown_keeps_its_place_when_others_come_and_go() {
        let mut set = browsing(&["1.png", "2.png", "3.png"]);
        set.go(Path::new("2.png"));
        let listed = |names: &[&str]| names.iter().map(PathBuf::from).collect();
        set.relist(listed(&["0.png", "1.png", "2.png"]), Path::new("2.png"));
        assert_eq!(set.position(), (2, 3));
        // It is gone from the folder and still on the screen.
        set.relist(listed(&["1.png", "3.png"]), Path::new("2.png"));
        assert_eq!(set.position(), (1, 3));
        set.replace(Path::new("2.png"), None);
        assert_eq!(
            (set.position(), set.paths[1].as_path()),
            ((1, 2), Path::new("3.png"))
        );
        set.replace(Path::new("3.png"), None);
        assert_eq!(set.position(), (0, 1));
        set.replace(Path::new("1.png"), Some(PathBuf::from("9.png")));
        assert_eq!(*set.paths, ["9.png"].map(PathBuf::from));
    }

    #[test]
    fn mixed_pictures_are_the_same_ones_and_come_in_order_again() {
        let names: Vec<String> = (0..40).map(|number| number.to_string()).collect();
        let mut set = Browsing::of(names.iter().map(PathBuf::from).collect());
        set.go(Path::new("7"));
        assert!(set.shuffle());
        assert_eq!((set.position(), set.shown()), ((0, 40), Some("7".into())));
        let mut mixed: Vec<PathBuf> = set.paths().to_vec();
        let as_mixed = mixed.clone();
        mixed.sort_by_key(|path| names.iter().position(|name| Path::new(name) == path));
        let seven = mixed.remove(7);
        mixed.insert(0, seven);
        assert_ne!(mixed, as_mixed, "one in 39! times it is in order");
        let seven = mixed.remove(0);
        mixed.insert(7, seven);
        set.replace(Path::new("9"), None);
        assert!(!set.shuffle());
        assert_eq!(set.shown(), Some("7".into()));
        mixed.remove(9);
        assert_eq!(*set.paths(), mixed);
    }
}
