//! Opening files that are named together: pictures in one tab, sounds in another one,
//! everything else in tabs of their own.

use super::Shell;
use crate::window::browse::Browsing;
use crate::window::browse::named::{self, Named, Sorting};
use crate::window::canvas::Canvas;
use crate::window::document::worker::News;
use crate::window::opening::Origin;
use crate::window::tab::{Tab, TabId};
use std::path::{Path, PathBuf};
use std::thread;

impl Shell {
    /// Opens files that were named together at the start, when no window waits for it:
    /// what answers at once is there with the first frame.
    pub(crate) fn open_at_start(&mut self, origins: Vec<Origin>) {
        let mut sorting = Sorting::begin(origins);
        let is_known = sorting.wait(named::AT_START);
        self.open_sorted(sorting.known());
        if !is_known {
            let tell = self.teller(TabId(0), None);
            let wait = move || {
                sorting.wait_for_late(|path, inside| tell(News::Folder(path, inside)));
            };
            // Without a thread a folder is told as what cannot be shown.
            let _ = thread::Builder::new().name("named".to_owned()).spawn(wait);
        }
    }

    /// Opens files that were named together, once it is known which are folders.
    pub(crate) fn open_named(&mut self, origins: Vec<Origin>) {
        if origins.is_empty() {
            return;
        }
        let mut sorting = Sorting::begin(origins);
        let tell = self.teller(TabId(0), None);
        let wait = move || {
            sorting.wait(named::PATIENCE);
            tell(News::Named(sorting.known()));
            sorting.wait_for_late(|path, inside| tell(News::Folder(path, inside)));
        };
        // Without a thread nothing is opened, and that is seen.
        let _ = thread::Builder::new().name("named".to_owned()).spawn(wait);
    }

    /// What was taken for a file is a folder: its tab shows the pictures in it.
    pub(super) fn take_folder(
        &mut self,
        folder: &Path,
        pictures: Vec<PathBuf>,
        canvas: &mut dyn Canvas,
    ) {
        let is_it = |tab: &Tab| tab.origin.path() == Some(folder) && tab.summary().is_none();
        let Some(index) = self.tabs.iter().position(is_it) else {
            return;
        };
        let (Some(tab), Some(first)) = (self.tabs.get_mut(index), pictures.first()) else {
            return;
        };
        tab.origin = Origin::Path(first.clone());
        let mut set = Browsing::of(pictures);
        set.folder = Some(folder.to_owned());
        tab.browsing = Some(Box::new(set));
        self.reload(index, canvas);
    }

    /// Opens what was named: pictures in one tab, and those of a folder where a folder
    /// was named; sounds in another one, to be heard one after the other.
    pub(super) fn open_sorted(&mut self, named: Vec<Named>) {
        if named.iter().filter(|named| named.is_sound()).count() < 2 {
            return self.open_pictures(named);
        }
        let (sounds, others): (Vec<Named>, Vec<Named>) =
            named.into_iter().partition(Named::is_sound);
        self.open_pictures(others);
        let sounds = sounds.iter().filter_map(|named| named.origin.path());
        let sounds: Vec<PathBuf> = sounds.map(Path::to_owned).collect();
        self.open(sounds.first().cloned().map(Origin::Path));
        if let Some(tab) = self.tab_mut() {
            let mut set = Browsing::of(sounds);
            set.is_heard = true;
            tab.browsing = Some(Box::new(set));
        }
    }

    fn open_pictures(&mut self, named: Vec<Named>) {
        let pictures: Vec<PathBuf> = named.iter().flat_map(Named::pictures).collect();
        let folder = match named.as_slice() {
            [one] => one.inside.is_some().then(|| one.origin.path()).flatten(),
            _ => None,
        };
        let folder = folder.map(Path::to_owned);
        let is_full = |named: &Named| {
            named
                .inside
                .as_ref()
                .is_some_and(|inside| !inside.is_empty())
        };
        if pictures.len() < 2 && !named.iter().any(is_full) {
            return self.open(named.into_iter().map(|named| named.origin));
        }
        let others = named.into_iter().filter(|named| {
            let path = named.origin.path();
            let is_picture = path.is_some_and(|path| pictures.iter().any(|one| one == path));
            named.inside.is_none() && !is_picture
        });
        self.open(others.map(|named| named.origin).collect::<Vec<_>>());
        self.open(pictures.first().cloned().map(Origin::Path));
        if let Some(tab) = self.tab_mut() {
            let mut set = Browsing::of(pictures);
            set.folder = folder;
            tab.browsing = Some(Box::new(set));
        }
    }
}
