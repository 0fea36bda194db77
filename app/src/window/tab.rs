//! A tab: a document, and where the user is in it.

mod pictures;
mod places;

pub(crate) use places::{turned, unturned};

use crate::broker::{BrokerError, Renderers, Standing};
use crate::window::browse::Browsing;
use crate::window::canvas::Tone;
use crate::window::chrome::Preview;
use crate::window::document::carried::Carried;
use crate::window::document::find::Find;
use crate::window::document::hints::Hints;
use crate::window::document::layout::{Arrangement, Layout};
use crate::window::document::marks::Marks;
use crate::window::document::player::Player;
use crate::window::document::selection::{Selecting, Selection};
use crate::window::document::tiles::Tiles;
use crate::window::document::view::{Looks, Place, View};
use crate::window::document::wanted::TileKey;
use crate::window::document::worker::{News, Worker};
use crate::window::listening::Listening;
use crate::window::opening::Origin;
use crate::window::renderers::{self, GENEROUS};
use crate::window::shell::{Compared, CopyState, Unpacked};
use crate::window::watch::{self, Opened, Watched};
use ipc::{InfoField, Link, OutlineEntry, PageBox, Summary};
use std::collections::{HashMap, HashSet};
use std::time::Instant;

/// Number of a tab, never used twice, with the number of its reload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TabId(pub(crate) u64);

/// How far a document is.
pub(crate) enum State {
    /// Not shown yet: nothing was started for it.
    Waiting,
    /// Being opened.
    Opening,
    /// Waits for a password.
    Locked {
        /// Whether one was tried.
        wrong: bool,
    },
    /// Open.
    Open(Summary),
    /// It cannot be shown, or no more.
    Failed(BrokerError),
}

/// One tab.
pub(crate) struct Tab {
    pub(crate) id: TabId,
    pub(crate) origin: Origin,
    pub(crate) state: State,
    pub(crate) worker: Option<Worker>,
    pub(crate) since: Instant,
    /// When it was shown last.
    pub(crate) seen: Instant,
    pub(crate) standing: Option<Standing>,
    pub(crate) pid: Option<i32>,
    pub(crate) measured: Option<capmode::Measured>,
    pub(crate) info: Vec<InfoField>,
    pub(crate) labels: Vec<String>,
    pub(crate) outline: Vec<OutlineEntry>,
    /// What it carries beside its pages.
    pub(crate) carried: Carried,
    /// Attachments that are being taken out of it.
    pub(crate) unpacking: usize,
    /// How far the one is that is being taken out, and since when.
    pub(crate) unpacked: Option<Unpacked>,
    /// Links of pages that were seen.
    pub(crate) links: HashMap<u32, Vec<Link>>,
    /// Photographs of pages that were seen, which dark pages leave as they are.
    pub(crate) pictures: HashMap<u32, Vec<PageBox>>,
    /// Pages whose photographs were asked for.
    pub(crate) pictures_asked: HashSet<u32>,
    pub(crate) find: Find,
    /// The field to type into is there.
    pub(crate) finding: bool,
    pub(crate) selection: Selection,
    pub(crate) marks: Marks,
    /// The note that the pointer rests on, and since when.
    pub(crate) note_over: Option<(usize, Instant)>,
    /// Labels on links, while one is chosen by them.
    pub(crate) hints: Option<Hints>,
    /// The link inside the document that the pointer is on.
    pub(crate) preview: Option<Preview>,
    /// What has to be drawn to show where it leads.
    pub(crate) preview_tile: Option<TileKey>,
    /// What is typed to find something in the outline.
    pub(crate) outline_filter: String,
    /// Plays it, where it is a picture that moves.
    pub(crate) player: Option<Player>,
    /// What is heard of it, where it is sound.
    pub(crate) listening: Option<Listening>,
    /// Where a sound goes on, and whether it plays by itself once it is open.
    pub(crate) sound_from: u64,
    pub(crate) plays_by_itself: bool,
    /// What the pointer is selecting.
    pub(crate) selecting: Option<Selecting>,
    /// Presses of the pointer that follow each other: when, where, how many.
    pub(crate) presses: Option<(Instant, egui::Pos2, u8)>,
    /// What is to be copied as soon as all of it has come: as flowing text?
    pub(crate) copy_text: Option<bool>,
    /// A safe copy that is being made.
    pub(crate) copy: Option<CopyState>,
    pub(crate) layout: Layout,
    pub(crate) view: View,
    pub(crate) tiles: Tiles,
    pub(crate) back: Vec<Place>,
    pub(crate) forward: Vec<Place>,
    /// Where to go as soon as enough pages are known.
    pub(crate) resume: Option<Place>,
    /// How it was looked at the last time.
    pub(crate) looks: Option<Looks>,
    /// How its pages are shown.
    pub(crate) tone: Tone,
    /// Left and right, top and bottom are exchanged.
    pub(crate) mirrored: (bool, bool),
    /// The pixel under the pointer as it is asked for, and what was told of one.
    pub(crate) inspected: Option<TileKey>,
    pub(crate) pixel: Option<(TileKey, [u8; 4])>,
    /// How it is to be looked at once its size is known, and which part is in the middle.
    pub(crate) kept_view: Option<(Looks, (f64, f64))>,
    /// Squares instead of smoothed pixels.
    pub(crate) squares: bool,
    /// What is typed into the page entry, while it is.
    pub(crate) page_entry: Option<String>,
    pub(crate) password: zeroize::Zeroizing<String>,
    /// Its file was taken away while it was open.
    pub(crate) gone: bool,
    /// The user was told that it is shown in part, or was repaired.
    pub(crate) knows_damage: bool,
    /// Larger limits, which the user has allowed for this once.
    pub(crate) generous: bool,
    /// The pictures that this one is among.
    pub(crate) browsing: Option<Box<Browsing>>,
    /// The picture that it is compared with.
    pub(crate) compared: Option<Box<Compared>>,
    /// It was not opened for itself, but by looking through others.
    pub(crate) is_passed_by: bool,
    /// The file as it was when it was opened.
    pub(crate) stamp: Opened,
    /// Its file is watched.
    pub(crate) watched: Option<Watched>,
}

impl Tab {
    pub(crate) fn new(id: TabId, origin: Origin) -> Self {
        Self {
            id,
            origin,
            state: State::Waiting,
            worker: None,
            since: Instant::now(),
            seen: Instant::now(),
            standing: None,
            pid: None,
            measured: None,
            info: Vec::new(),
            labels: Vec::new(),
            outline: Vec::new(),
            carried: Carried::default(),
            unpacking: 0,
            unpacked: None,
            links: HashMap::new(),
            pictures: HashMap::new(),
            pictures_asked: HashSet::new(),
            find: Find::default(),
            finding: false,
            selection: Selection::default(),
            marks: Marks::default(),
            hints: None,
            note_over: None,
            preview: None,
            preview_tile: None,
            outline_filter: String::new(),
            player: None,
            listening: None,
            sound_from: 0,
            plays_by_itself: true,
            selecting: None,
            presses: None,
            copy_text: None,
            copy: None,
            layout: Layout::new(0, Arrangement::default()),
            view: View::new(false),
            tiles: Tiles::default(),
            back: Vec::new(),
            forward: Vec::new(),
            resume: None,
            looks: None,
            tone: Tone::Plain,
            mirrored: (false, false),
            inspected: None,
            pixel: None,
            kept_view: None,
            squares: false,
            page_entry: None,
            password: zeroize::Zeroizing::default(),
            gone: false,
            knows_damage: false,
            generous: false,
            browsing: None,
            compared: None,
            is_passed_by: false,
            stamp: Opened::default(),
            watched: None,
        }
    }

    /// Starts its renderer; what comes of it is told on another thread.
    pub(crate) fn start(&mut self, renderers: Renderers, tell: impl Fn(News) + Send + 'static) {
        let renderers = match self.generous {
            true => renderers::generous(&renderers),
            false => renderers,
        };
        let origin = self.origin.clone();
        self.stamp = Opened::default();
        self.since = Instant::now();
        let opened = Opened::clone(&self.stamp);
        // Both may wait for ever for the file system, on the thread of the file.
        let source = move || {
            // It is set here alone.
            let _ = opened.set(origin.path().and_then(watch::stamp));
            origin.source()
        };
        match Worker::start(renderers, source, tell) {
            Ok(worker) => {
                self.worker = Some(worker);
                self.state = State::Opening;
            }
            Err(error) => self.state = State::Failed(error.into()),
        }
    }

    /// The document's title where it has one, else the file's name.
    pub(crate) fn title(&self) -> String {
        // Pictures are known by the names of their files: what else is written in them is
        // the camera's, or a program's.
        let written = if self.is_picture() {
            &[][..]
        } else {
            &self.info
        };
        let title = written
            .iter()
            .find(|field| field.key == ipc::InfoKey::Title)
            .map(|field| field.value.as_str().trim())
            .filter(|title| !title.is_empty());
        title.map_or_else(|| self.origin.name(), ToOwned::to_owned)
    }

    /// What is told of the document, with what was met while it was heard.
    pub(crate) fn all_info(&self) -> impl Iterator<Item = &InfoField> {
        let met = self.listening.iter().flat_map(|it| it.met(&self.info));
        self.info.iter().chain(met)
    }

    pub(crate) fn summary(&self) -> Option<Summary> {
        match self.state {
            State::Open(summary) => Some(summary),
            _ => None,
        }
    }

    pub(crate) fn is_sound(&self) -> bool {
        self.summary()
            .is_some_and(|summary| summary.sound.is_some())
    }

    /// Private memory that its renderer may use, where others may use this much.
    pub(crate) fn memory_bytes(&self, usual: u64) -> u64 {
        let times = if self.generous { GENEROUS } else { 1 };
        usual.saturating_mul(times)
    }
}
