//! A tab: a document, and where the user is in it.

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
use crate::window::store::Remembered;
use crate::window::watch::{self, Opened, Watched};
use ipc::{
    Destination, Format, ImageKind, InfoField, Link, OutlineEntry, PageBox, PageImage, Summary,
};
use std::collections::{HashMap, HashSet};
use std::time::Instant;

/// A picture over this share of a page is a scan of the page.
const SCAN: f64 = 0.85;

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
        let title = self
            .info
            .iter()
            .find(|field| field.key == ipc::InfoKey::Title)
            .map(|field| field.value.as_str().trim())
            .filter(|title| !title.is_empty());
        title.map_or_else(|| self.origin.name(), ToOwned::to_owned)
    }

    pub(crate) fn summary(&self) -> Option<Summary> {
        match self.state {
            State::Open(summary) => Some(summary),
            _ => None,
        }
    }

    pub(crate) fn is_picture(&self) -> bool {
        self.summary()
            .is_some_and(|summary| summary.format != Format::Pdf && summary.sound.is_none())
    }

    pub(crate) fn is_sound(&self) -> bool {
        self.summary()
            .is_some_and(|summary| summary.sound.is_some())
    }

    /// The frame that is shown of a picture that moves.
    pub(crate) fn frame(&self) -> u32 {
        self.player.as_ref().map_or(0, Player::frame)
    }

    /// Asks for a pixel, of a page at its own size.
    pub(crate) fn inspect(&mut self, page: u32, (x, y): (f32, f32)) {
        let (width, height) = self.layout.upright(page);
        let page_px = (
            width.round().max(1.0) as u32,
            height.round().max(1.0) as u32,
        );
        self.inspected = Some(TileKey {
            page,
            page_px,
            origin_px: ((x as u32).min(page_px.0 - 1), (y as u32).min(page_px.1 - 1)),
            size_px: (1, 1),
            frame: self.frame(),
        });
    }

    /// Takes a pixel that was asked for, premultiplied; tells whether it was one.
    pub(crate) fn learn_pixel(&mut self, key: TileKey, rgba: &[u8]) -> bool {
        let is_one = key.size_px == (1, 1) && !key.is_whole();
        if let Some([r, g, b, a]) = rgba.first_chunk().filter(|_| is_one) {
            let straight = |c: &u8| match a {
                0 => 0,
                a => ((u16::from(*c) * 255 + u16::from(*a) / 2) / u16::from(*a)).min(255) as u8,
            };
            self.pixel = Some((key, [straight(r), straight(g), straight(b), *a]));
        }
        is_one
    }

    /// Looks at it as at another picture before.
    pub(crate) fn keep_view(&mut self) {
        if self.layout.is_known(0)
            && self.view.viewport().0 > 0.0
            && let Some((looks, middle)) = self.kept_view.take()
        {
            self.view.look(&mut self.layout, looks);
            self.view.show_middle(&self.layout, middle);
        }
    }

    /// What a page is called: its label, else its number.
    pub(crate) fn label(&self, page: u32) -> String {
        let label = self
            .labels
            .get(page as usize)
            .filter(|label| !label.is_empty());
        label
            .cloned()
            .unwrap_or_else(|| page.saturating_add(1).to_string())
    }

    /// Asks once where pictures stand on a page.
    pub(crate) fn want_pictures(&mut self, page: u32) {
        if let Some(worker) = &self.worker
            && self.pictures_asked.insert(page)
        {
            worker.want_images(&[page]);
        }
    }

    /// Takes where pictures stand. One that fills its page is a scan of it, which
    /// is darkened like any page.
    pub(crate) fn learn_pictures(&mut self, page: u32, images: &[PageImage]) {
        let (width, height) = self.layout.upright(page);
        let is_scan = |place: &PageBox| {
            let [l, t, r, b] = place.edges().map(f64::from);
            (r - l) * (b - t) > SCAN * width * height
        };
        let photos = images.iter().filter(|image| image.kind == ImageKind::Photo);
        let places = photos
            .map(|image| image.place)
            .filter(|place| !is_scan(place));
        self.pictures.entry(page).or_default().extend(places);
    }

    /// What the place that is shown is called: the outline's entry, and the page.
    pub(crate) fn name_of_place(&self) -> String {
        let page = self.view.current_page(&self.layout);
        let before = |entry: &&OutlineEntry| entry.leads_to.is_some_and(|to| to.page.get() <= page);
        let entry = self
            .outline
            .iter()
            .filter(before)
            .max_by_key(|entry| entry.leads_to.map(|to| to.page));
        let label = self.label(page);
        match entry {
            Some(entry) => format!("{} · page {label}", entry.title),
            None => format!("Page {label}"),
        }
    }

    /// The page that a label or a number names.
    pub(crate) fn page_named(&self, name: &str) -> Option<u32> {
        let name = name.trim();
        let labelled = self.labels.iter().position(|label| label == name);
        let numbered = || {
            let number: u32 = name.parse().ok()?;
            (1..=self.layout.pages())
                .contains(&number)
                .then(|| number - 1)
        };
        labelled
            .and_then(|page| u32::try_from(page).ok())
            .or_else(numbered)
    }

    /// Private memory that its renderer may use, where others may use this much.
    pub(crate) fn memory_bytes(&self, usual: u64) -> u64 {
        let times = if self.generous { GENEROUS } else { 1 };
        usual.saturating_mul(times)
    }

    /// Where it is and how it is looked at, once that is known.
    pub(crate) fn remembered(&self) -> Option<Remembered> {
        // A sound has no page to go back to.
        let place = match self.state {
            State::Open(summary) if summary.sound.is_none() => self.view.place(&self.layout),
            // It rests, or was never shown.
            State::Waiting => self.resume?,
            _ => return None,
        };
        let looks = self.looks.unwrap_or_else(|| self.view.looks());
        Some(Remembered { place, looks })
    }

    /// Is to be looked at as it was.
    pub(crate) fn recall(&mut self, remembered: Option<Remembered>) {
        self.resume = remembered.map(|remembered| remembered.place);
        self.looks = remembered.map(|remembered| remembered.looks);
    }

    /// Remembers this place before a jump.
    pub(crate) fn leave(&mut self) {
        let place = self.view.place(&self.layout);
        if self.back.last() != Some(&place) {
            self.back.push(place);
        }
        self.back.drain(..self.back.len().saturating_sub(200));
        self.forward.clear();
    }

    /// Jumps to the top of a page.
    pub(crate) fn jump(&mut self, page: u32) {
        self.leave();
        self.view.go_to_page(&self.layout, page);
    }

    /// Jumps to where a link or an outline entry leads.
    pub(crate) fn follow(&mut self, to: Destination) {
        self.leave();
        let (_, height) = self.layout.upright(to.page.get());
        let down = to.top.map_or(-1.0, |top| f64::from(top) / height.max(1.0));
        let place = Place {
            page: to.page.get(),
            // A place that is off the page is its end or its top.
            down: if down > 0.0 { down.min(1.0) } else { -1.0 },
        };
        self.view.go(&self.layout, place);
    }

    /// Shows a part of a page (left, top, right, bottom in the page's units), if it is not seen.
    pub(crate) fn reveal(&mut self, page: u32, edges: [f32; 4]) {
        let upright = self.layout.upright(page);
        let part = turned(edges, upright, self.view.arrangement.turn);
        self.view.reveal(&self.layout, page, part);
    }

    /// Goes back (or forward again) in the history.
    pub(crate) fn travel(&mut self, backwards: bool) {
        let here = self.view.place(&self.layout);
        let (from, to) = if backwards {
            (&mut self.back, &mut self.forward)
        } else {
            (&mut self.forward, &mut self.back)
        };
        if let Some(place) = from.pop() {
            to.push(here);
            self.view.go(&self.layout, place);
        }
    }
}

/// A part of a page in its own units as a part of the page as it is turned, 0 to 1.
pub(crate) fn turned(edges: [f32; 4], (width, height): (f64, f64), turn: u8) -> [f64; 4] {
    let [l, t, r, b] = edges.map(f64::from);
    let (l, t, r, b) = (l / width, t / height, r / width, b / height);
    match turn % 4 {
        0 => [l, t, r, b],
        1 => [1.0 - b, l, 1.0 - t, r],
        2 => [1.0 - r, 1.0 - b, 1.0 - l, 1.0 - t],
        _ => [t, 1.0 - r, b, 1.0 - l],
    }
}

/// A place on a page as it is turned (0 to 1) in the page's own units.
pub(crate) fn unturned((x, y): (f64, f64), (width, height): (f64, f64), turn: u8) -> (f32, f32) {
    let (u, v) = match turn % 4 {
        0 => (x, y),
        1 => (y, 1.0 - x),
        2 => (1.0 - x, 1.0 - y),
        _ => (1.0 - y, x),
    };
    ((u * width) as f32, (v * height) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_on_a_turned_page_is_found_again() {
        for turn in 0..4 {
            let [l, t, r, b] = turned([10.0, 20.0, 30.0, 60.0], (100.0, 200.0), turn);
            assert!(l < r && t < b, "turn {turn}");
            let (x, y) = unturned(((l + r) / 2.0, (t + b) / 2.0), (100.0, 200.0), turn);
            assert!(
                (x - 20.0).abs() < 1e-3 && (y - 40.0).abs() < 1e-3,
                "turn {turn}: {x} {y}"
            );
        }
    }
}
