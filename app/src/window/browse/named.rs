//! Which of the names that the user gave are folders, and what is in those. File systems
//! are asked by threads that may wait for ever; what does not answer soon is taken for a
//! file, until it says that it is a folder.

use super::listing;
use crate::window::opening::Origin;
use crossbeam_channel::{Receiver, unbounded};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// Most folders that are asked at the same time; what lies in more is taken for files.
const MOST_ASKED: usize = 16;

/// How long a start waits for the answer before there is a window.
pub(crate) const AT_START: Duration = Duration::from_millis(50);

/// How long files wait in an open window, which does not.
pub(crate) const PATIENCE: Duration = Duration::from_millis(300);

/// Something that the user named.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) origin: Origin,
    /// The pictures in it, where it is a folder.
    pub(crate) inside: Option<Vec<PathBuf>>,
}

impl Named {
    /// Whether it is called as sounds are, and is no folder.
    pub(crate) fn is_sound(&self) -> bool {
        let path = self.origin.path();
        self.inside.is_none() && path.is_some_and(listing::is_named_as_sound)
    }

    /// The pictures that it stands for, by its name or by what is in it.
    pub(crate) fn pictures(&self) -> Vec<PathBuf> {
        match (&self.inside, self.origin.path()) {
            (Some(inside), _) => inside.clone(),
            (None, Some(path)) if listing::is_named_as_picture(path) => vec![path.to_owned()],
            (None, _) => Vec::new(),
        }
    }
}

/// Which one it is, its path, and what is in it if it is a folder.
type Answer = (usize, PathBuf, Option<Vec<PathBuf>>);

/// A question that is under way.
pub(crate) struct Sorting {
    named: Vec<Named>,
    answers: Receiver<Answer>,
    missing: usize,
}

impl Sorting {
    /// Asks, a thread for every folder that the names are in.
    pub(crate) fn begin(origins: Vec<Origin>) -> Self {
        let (teller, answers) = unbounded();
        let mut places: BTreeMap<PathBuf, Vec<(usize, PathBuf)>> = BTreeMap::new();
        for (index, origin) in origins.iter().enumerate() {
            if let Some(path) = origin.path() {
                let place = path.parent().unwrap_or(path).to_owned();
                places.entry(place).or_default().push((index, path.into()));
            }
        }
        let mut missing = 0;
        for (_, paths) in places.into_iter().take(MOST_ASKED) {
            let (teller, count) = (teller.clone(), paths.len());
            let ask = move || {
                for (index, path) in paths {
                    // Nobody waits any more when it took too long.
                    let inside = inside(&path);
                    let _ = teller.send((index, path, inside));
                }
            };
            let thread = thread::Builder::new().name("named".to_owned());
            if thread.spawn(ask).is_ok() {
                missing += count;
            }
        }
        let named = |origin| Named {
            origin,
            inside: None,
        };
        Self {
            named: origins.into_iter().map(named).collect(),
            answers,
            missing,
        }
    }

    /// Waits until all have answered, at most so long; whether they have.
    pub(crate) fn wait(&mut self, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        while self.missing > 0 {
            let Ok((index, _, inside)) = self.answers.recv_deadline(end) else {
                return false;
            };
            if let Some(named) = self.named.get_mut(index) {
                named.inside = inside;
            }
            self.missing -= 1;
        }
        true
    }

    /// What is known by now.
    pub(crate) fn known(&mut self) -> Vec<Named> {
        std::mem::take(&mut self.named)
    }

    /// Waits for those that have not answered, which may be for ever; `tell` hears of
    /// folders and what is in them.
    pub(crate) fn wait_for_late(self, tell: impl Fn(PathBuf, Vec<PathBuf>)) {
        for (_, path, inside) in self.answers.iter().take(self.missing) {
            if let Some(inside) = inside {
                tell(path, inside);
            }
        }
    }
}

/// The pictures of a folder; `None` for what is none.
fn inside(path: &Path) -> Option<Vec<PathBuf>> {
    let is_folder = path.is_dir();
    is_folder.then(|| listing::pictures(path).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_known_and_hold_their_pictures() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("album.png");
        std::fs::create_dir(&folder).unwrap();
        for name in ["10.png", "9.png", "note.txt"] {
            std::fs::write(folder.join(name), "").unwrap();
        }
        let names = [folder.clone(), folder.join("9.png"), "/none/a.flac".into()];
        let mut sorting = Sorting::begin(names.map(Origin::Path).into());
        assert!(sorting.wait(Duration::from_secs(60)));
        let named = sorting.known();
        let pictures: Vec<_> = named.iter().map(Named::pictures).collect();
        let in_order = ["9.png", "10.png"].map(|name| folder.join(name));
        assert_eq!(
            pictures,
            [in_order.to_vec(), vec![folder.join("9.png")], vec![]]
        );
        let sounds: Vec<bool> = named.iter().map(Named::is_sound).collect();
        assert_eq!(sounds, [false, false, true]);
    }

    #[test]
    fn what_does_not_answer_is_a_file() {
        let (late, answers) = unbounded();
        let origin = Origin::Path("/dead/a.png".into());
        let mut sorting = Sorting {
            named: vec![Named {
                origin,
                inside: None,
            }],
            answers,
            missing: 1,
        };
        assert!(!sorting.wait(Duration::ZERO));
        let known = sorting.known();
        assert_eq!(known[0].pictures(), [PathBuf::from("/dead/a.png")]);
        let inside = vec![PathBuf::from("/dead/a.png/b.png")];
        late.send((0, "/dead/a.png".into(), Some(inside))).unwrap();
        let told = std::cell::RefCell::new(Vec::new());
        sorting.wait_for_late(|path, inside| told.borrow_mut().push((path, inside.len())));
        assert_eq!(told.into_inner(), [(PathBuf::from("/dead/a.png"), 1)]);
    }
}
