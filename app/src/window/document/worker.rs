//! The thread that drives a document's session: it opens, asks for what is
//! wanted most, and tells the window what came. The window never waits for it.

mod carried;
mod heard;

use super::copy_work::{CopyOrder, CopyWork};
use super::unpack::{Unpack, Unpacked, Unpacking};
use super::wanted::TileKey;
use crate::broker::{BrokerError, Renderers, Reply, Session, Source, Standing, Ticket};
use crate::cli::Output;
use crate::window::browse::named::Named;
use crate::window::chrome::chooser::Answer;
use crate::window::listening::ear::Ear;
use crate::window::shell::{Moved, Saved};
use capmode::Measured;
use carried::List;
use crossbeam_channel::{Receiver, Sender, bounded, select};
use heard::Heard;
use ipc::{
    Attachment, Chapter, Format, Frames, InfoField, Items, Layer, LayerSet, Link, Match,
    OutlineEntry, PageEntry, PageImage, PageIndex, Peak, Query, Secret, Signature, Summary,
    TextRun, Wish,
};
use std::collections::{HashMap, VecDeque};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::SystemTime;

/// Pages whose sizes are asked for at once: enough for the first screen in one
/// message or few, small enough that a tile need not wait behind them.
const PAGES_AT_ONCE: u32 = 512;

/// Pages that are searched at the same time.
const SEARCHED_AT_ONCE: usize = 4;

/// Pages whose words are asked for at the same time: tiles are to come in between.
const READ_AT_ONCE: usize = 8;

/// What is told of a copy that the user has stopped.
pub(crate) const STOPPED: &str = "stopped";

/// What a worker tells.
#[derive(Debug)]
pub(crate) enum News {
    /// The document is open.
    Opened(Summary, Option<Standing>, Option<i32>),
    /// It needs a password, or another one.
    PasswordNeeded {
        /// Whether one was tried.
        wrong: bool,
    },
    /// Sizes and labels of pages.
    Pages(u32, Vec<PageEntry>),
    /// What the document says about itself.
    Info(Vec<InfoField>),
    /// How its process is doing, seen from outside.
    Measured(Measured),
    /// How long the frames of a picture are shown, where it moves.
    Frames(Frames),
    /// Pictures of the folder that a picture is in, and when that was changed last.
    Siblings(Vec<PathBuf>, Option<SystemTime>),
    /// A picture for the clipboard, or why there is none.
    Picture(Result<Vec<u8>, String>),
    /// What became of a file that the user has moved.
    Moved(Moved),
    /// What the user has named, and which of it are folders.
    Named(Vec<Named>),
    /// What was taken for a file is a folder, and these pictures are in it.
    Folder(PathBuf, Vec<PathBuf>),
    /// The outline.
    Outline(Vec<OutlineEntry>),
    /// Files inside the document.
    Attachments(Vec<Attachment>),
    /// All layers, as they are shown now.
    Layers(Vec<Layer>),
    /// Signatures, none of them verified.
    Signatures(Vec<Signature>),
    /// What the document wants to be done and is not.
    Refused(Vec<Wish>),
    /// How many bytes of an attachment are out, by its number.
    Unpacking(u32, u64),
    /// An attachment is where it was wanted, or why it is not.
    Unpacked(Unpacked),
    /// Links of a page.
    Links(u32, Vec<Link>),
    /// Where pictures stand on a page.
    Images(u32, Vec<PageImage>),
    /// Words of a page, and whether those are all.
    Text(u32, Vec<TextRun>, bool),
    /// What a search has found on a page, and whether that is all of it.
    Found(Search, u32, Result<Vec<Match>, String>, bool),
    /// A tile: premultiplied RGBA8, rows packed; and of a whole page the part that
    /// is drawn on.
    Tile(TileKey, Vec<u8>, Option<[f32; 4]>),
    /// A tile cannot be drawn; why.
    TileFailed(TileKey, String),
    /// A safe copy: pages that are written, and pages in all.
    Copying(usize, usize),
    /// A safe copy is whole, or why there is none.
    Copied(Result<(), String>),
    /// Peaks of a sound, from a bucket on.
    Peaks(u16, Vec<Peak>),
    /// Chapters of a sound.
    Chapters(Vec<Chapter>),
    /// The session that the player plays, or why there is none.
    Ear(Result<Box<Ear>, BrokerError>),
    /// The same for the sound that follows.
    NextEar(PathBuf, Result<Box<Ear>, BrokerError>),
    /// The cover of a sound: its size, and premultiplied RGBA8.
    Cover((u16, u16), Vec<u8>),
    /// Something to tell the user.
    Say(String),
    /// Where something is to go, as the user has said in the system's dialog.
    SaveTo(Saved, PathBuf),
    /// A name that no file has, for what is to be saved.
    Proposed(PathBuf),
    /// A file to write to, or why there is none.
    Place(Saved, PathBuf, Result<Output, String>),
    /// What the chooser has asked.
    Listed(Answer),
    /// Printers that the system has.
    Printers(Vec<String>),
    /// The renderer is gone, or never was. The last news.
    Ended(BrokerError),
}

/// The window's end of a worker. Dropping it ends the renderer.
pub(crate) struct Worker {
    shared: Arc<Shared>,
    bell: UnixStream,
    /// Goes with it, which ends the wait for a file that does not come.
    _wanted: Sender<()>,
}

/// What the window asks, and the worker looks at whenever it is woken.
struct Shared {
    orders: Mutex<Orders>,
    /// Ends an opening that takes long.
    closed: Arc<AtomicBool>,
}

#[derive(Default)]
struct Orders {
    wanted: Vec<TileKey>,
    password: Option<Secret>,
    measure: bool,
    links: Vec<u32>,
    images: Vec<u32>,
    text: Vec<u32>,
    search: Option<Looking>,
    copy: Option<CopyOrder>,
    stop_copy: bool,
    layers: Option<LayerSet>,
    unpack: Vec<Unpack>,
    stop_unpacking: bool,
}

/// Number of a search, never used twice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Search(pub(crate) u64);

/// A search that is under way: page after page, from where the user is.
struct Looking {
    search: Search,
    query: Query,
    first: u32,
    /// Pages that have been asked.
    asked: u32,
}

impl Shared {
    fn orders(&self) -> MutexGuard<'_, Orders> {
        // Nothing is left half done in it.
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }
}

impl Worker {
    /// Starts a thread that opens a document. `tell` is called on that thread.
    ///
    /// # Errors
    ///
    /// The `errno` of making a thread.
    pub(crate) fn start(
        renderers: Renderers,
        source: impl FnOnce() -> Result<Source, BrokerError> + Send + 'static,
        tell: impl Fn(News) + Send + 'static,
    ) -> io::Result<Self> {
        let (bell, woken) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        woken.set_nonblocking(true)?;
        let shared = Arc::new(Shared {
            orders: Mutex::default(),
            closed: Arc::default(),
        });
        let (wanted, gone) = bounded(0);
        let work = Work {
            gone,
            shared: Arc::clone(&shared),
            bell: bell.try_clone()?,
            woken,
            tell: Box::new(tell),
        };
        thread::Builder::new()
            .name("document".to_owned())
            .spawn(move || work.run(&renderers, source))?;
        Ok(Self {
            shared,
            bell,
            _wanted: wanted,
        })
    }

    /// What is wanted, the most urgent first, in place of what was wanted before.
    pub(crate) fn want(&self, wanted: Vec<TileKey>) {
        let mut orders = self.shared.orders();
        if orders.wanted != wanted {
            orders.wanted = wanted;
            drop(orders);
            self.ring();
        }
    }

    /// Tries a password.
    pub(crate) fn unlock(&self, password: Secret) {
        self.shared.orders().password = Some(password);
        self.ring();
    }

    /// Asks for the links of these pages.
    pub(crate) fn want_links(&self, pages: &[u32]) {
        self.shared.orders().links.extend(pages);
        self.ring();
    }

    /// Asks where pictures stand on these pages.
    pub(crate) fn want_images(&self, pages: &[u32]) {
        self.shared.orders().images.extend(pages);
        self.ring();
    }

    /// Asks for the words of these pages.
    pub(crate) fn want_text(&self, pages: &[u32]) {
        self.shared.orders().text.extend(pages);
        self.ring();
    }

    /// Searches the document from a page on, in place of what was searched before;
    /// `None` stops.
    pub(crate) fn search(&self, search: Search, query: Option<Query>, first: u32) {
        self.shared.orders().search = query.map(|query| Looking {
            search,
            query,
            first,
            asked: 0,
        });
        self.ring();
    }

    /// Makes a safe copy; told by [`News::Copying`] and [`News::Copied`].
    pub(crate) fn copy(&self, order: CopyOrder) {
        self.shared.orders().copy = Some(order);
        self.ring();
    }

    /// Gives the copy up that is being made.
    pub(crate) fn stop_copy(&self) {
        self.shared.orders().stop_copy = true;
        self.ring();
    }

    /// Shows these layers and hides the others; told by [`News::Layers`].
    pub(crate) fn show_layers(&self, shown: LayerSet) {
        self.shared.orders().layers = Some(shown);
        self.ring();
    }

    /// Takes an attachment out of the document; told by [`News::Unpacked`].
    pub(crate) fn unpack(&self, order: Unpack) {
        self.shared.orders().unpack.push(order);
        self.ring();
    }

    /// Gives up every attachment that is being taken out.
    pub(crate) fn stop_unpacking(&self) {
        self.shared.orders().stop_unpacking = true;
        self.ring();
    }

    /// Looks at the renderer from outside.
    pub(crate) fn measure(&self) {
        self.shared.orders().measure = true;
        self.ring();
    }

    fn ring(&self) {
        // A full bell has been rung already; a closed one has nobody to hear it.
        let _ = (&self.bell).write(&[1]);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Relaxed);
        self.ring();
    }
}

struct Work {
    /// Ends when nobody wants the document any more.
    gone: Receiver<()>,
    shared: Arc<Shared>,
    bell: UnixStream,
    woken: UnixStream,
    tell: Box<dyn Fn(News) + Send>,
}

/// What an answer will be about.
enum Asked {
    Tile(TileKey),
    Pages { first: u32, got: u32 },
    Info(Vec<InfoField>),
    Outline,
    Frames(Frames),
    List,
    Layers(Vec<Layer>),
    Links(u32),
    Images(u32),
    Text(u32),
    Search(Search, u32),
    Peaks { next: u16 },
    Chapters,
}

impl Work {
    fn run(
        self,
        renderers: &Renderers,
        source: impl FnOnce() -> Result<Source, BrokerError> + Send + 'static,
    ) {
        match self
            .open(renderers, source)
            .and_then(|(mut session, summary)| self.serve(&mut session, summary))
        {
            Ok(()) | Err(BrokerError::Interrupted) => {}
            Err(error) => (self.tell)(News::Ended(error)),
        }
    }

    fn open(
        &self,
        renderers: &Renderers,
        source: impl FnOnce() -> Result<Source, BrokerError> + Send + 'static,
    ) -> Result<(Session, Summary), BrokerError> {
        // The file is read while the renderer confines itself, by a thread that may wait
        // for ever.
        let (read, file) = bounded(1);
        let named = thread::Builder::new().name("file".to_owned());
        // Nobody takes it any more when the document was closed.
        named.spawn(move || drop(read.send(source())))?;
        let renderer = renderers.take();
        let source = select! {
            recv(file) -> source => source
                .unwrap_or_else(|_| Err(io::Error::other("reading the file failed").into())),
            recv(self.gone) -> _ => return Err(BrokerError::Interrupted),
        };
        let (source, renderer) = (source?, renderer?);
        let closed = Arc::clone(&self.shared.closed);
        let mut session = Session::new(renderer, source, closed)?;
        let mut opened = session.open();
        loop {
            match opened {
                Ok(summary) => {
                    let pid = session.process().pid();
                    (self.tell)(News::Opened(summary, session.standing().cloned(), pid));
                    return Ok((session, summary));
                }
                Err(BrokerError::Password { wrong }) => {
                    (self.tell)(News::PasswordNeeded { wrong });
                    let password = self.password(&mut session)?;
                    opened = session.unlock(password);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits until the user has typed one; meanwhile the renderer may end.
    fn password(&self, session: &mut Session) -> Result<Secret, BrokerError> {
        loop {
            if self.shared.is_closed() {
                return Err(BrokerError::Interrupted);
            }
            if let Some(password) = self.shared.orders().password.take() {
                return Ok(password);
            }
            session.wait_or_wake(self.woken.as_fd())?;
            self.hear();
        }
    }

    /// Takes every ring of the bell.
    fn hear(&self) {
        let mut rings = [0; 64];
        while matches!((&self.woken).read(&mut rings), Ok(1..)) {}
    }

    fn serve(&self, session: &mut Session, summary: Summary) -> Result<(), BrokerError> {
        let mut asked = HashMap::new();
        let mut pages = 0;
        let mut infos = 0;
        let is_picture = summary.format != Format::Pdf;
        let mut is_drawn = false;
        let mut copy = CopyWork::default();
        let mut unpacking = Unpacking::default();
        let mut lists = List::ALL.to_vec();
        let mut heard = Heard::of(summary);
        loop {
            self.hear();
            if self.shared.is_closed() {
                return copy.stop(session);
            }
            self.measure(session);
            self.drop_unwanted(session, &mut asked)?;
            let sizes = asked
                .values()
                .any(|what| matches!(what, Asked::Pages { .. }));
            if pages < summary.pages && !sizes {
                ask_pages(session, &mut asked, &mut pages)?;
            }
            self.ask_tiles(session, &mut asked)?;
            // What decoding has told of a picture is known once it has been drawn.
            let again = infos == 1 && is_picture && is_drawn;
            if (infos == 0 || again)
                && let Some(ticket) = session.ask_info()?
            {
                asked.insert(ticket, Asked::Info(Vec::new()));
                infos += 1;
                if !again {
                    ask_frames(session, &mut asked, summary)?;
                    if let Some(ticket) = session.ask_outline()? {
                        asked.insert(ticket, Asked::Outline);
                    }
                }
            }
            self.ask_lists(session, &mut asked)?;
            self.switch_layers(session, &mut asked)?;
            self.ask_carried(session, &mut asked, &mut lists)?;
            heard.ask(session, &mut asked)?;
            self.look(session, &mut asked, summary.pages)?;
            self.copy(session, &mut copy, summary)?;
            self.unpack_on(session, &mut unpacking)?;
            let Some(reply) = session.wait_or_wake(self.woken.as_fd())? else {
                continue;
            };
            let Some(reply) = unpacking.take(session, reply, &self.tell)? else {
                continue;
            };
            if let Some(reply) = copy.take(session, reply, &self.tell)? {
                if let Reply::Items(ticket, Items::Pages(pages), _) = &reply
                    && let Some(Asked::Pages { first, got }) = asked.get(ticket)
                {
                    copy.learn(first.saturating_add(*got), pages);
                }
                is_drawn |= matches!(reply, Reply::Painted(..));
                self.take(session, &mut asked, reply)?;
            }
        }
    }

    /// Goes on with a safe copy, as far as it leaves room for what is looked at.
    fn copy(
        &self,
        session: &mut Session,
        copy: &mut CopyWork,
        summary: Summary,
    ) -> Result<(), BrokerError> {
        let (order, stop) = {
            let mut orders = self.shared.orders();
            (orders.copy.take(), std::mem::take(&mut orders.stop_copy))
        };
        if stop {
            copy.stop(session)?;
            (self.tell)(News::Copied(Err(STOPPED.to_owned())));
        }
        if let Some(order) = order {
            copy.order(order);
        }
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let at_once = workers.saturating_sub(1).max(1);
        copy.go_on(session, summary, at_once, &self.bell, &self.tell)
    }

    fn measure(&self, session: &Session) {
        let measure = std::mem::take(&mut self.shared.orders().measure);
        // One that has ended meanwhile is told of by itself.
        if measure && let Ok(measured) = capmode::posture::measure(session.process()) {
            (self.tell)(News::Measured(measured));
        }
    }

    fn ask_lists(
        &self,
        session: &mut Session,
        asked: &mut HashMap<Ticket, Asked>,
    ) -> Result<(), BrokerError> {
        let (links, text) = {
            let mut orders = self.shared.orders();
            (
                std::mem::take(&mut orders.links),
                std::mem::take(&mut orders.text),
            )
        };
        let images = std::mem::take(&mut self.shared.orders().images);
        for page in images {
            let Some(index) = PageIndex::new(page) else {
                continue;
            };
            match session.ask_images(index)? {
                Some(ticket) => drop(asked.insert(ticket, Asked::Images(page))),
                None => self.shared.orders().images.push(page),
            }
        }
        for page in links {
            let Some(index) = PageIndex::new(page) else {
                continue;
            };
            match session.ask_links(index)? {
                Some(ticket) => drop(asked.insert(ticket, Asked::Links(page))),
                None => self.shared.orders().links.push(page),
            }
        }
        let running = asked.values().filter(|what| matches!(what, Asked::Text(_)));
        let room = READ_AT_ONCE.saturating_sub(running.count());
        let mut text = VecDeque::from(text);
        for _ in 0..room {
            let Some(page) = text.pop_front() else {
                break;
            };
            let Some(index) = PageIndex::new(page) else {
                continue;
            };
            match session.ask_text(index)? {
                Some(ticket) => drop(asked.insert(ticket, Asked::Text(page))),
                None => text.push_front(page),
            }
        }
        // What is asked for meanwhile comes before the rest of a long selection.
        self.shared.orders().text.extend(text);
        Ok(())
    }

    /// Searches on, a few pages at a time: tiles are to come in between.
    fn look(
        &self,
        session: &mut Session,
        asked: &mut HashMap<Ticket, Asked>,
        pages: u32,
    ) -> Result<(), BrokerError> {
        let current = self
            .shared
            .orders()
            .search
            .as_ref()
            .map(|looking| looking.search);
        let is_stale =
            |what: &Asked| matches!(what, Asked::Search(search, _) if Some(*search) != current);
        let stale: Vec<Ticket> = asked
            .iter()
            .filter(|(_, what)| is_stale(what))
            .map(|(ticket, _)| *ticket)
            .collect();
        for ticket in stale {
            session.cancel(ticket)?;
            asked.remove(&ticket);
        }
        loop {
            let running = asked
                .values()
                .filter(|what| matches!(what, Asked::Search(..)));
            if running.count() >= SEARCHED_AT_ONCE {
                return Ok(());
            }
            let next = {
                let mut orders = self.shared.orders();
                let looking = orders
                    .search
                    .as_mut()
                    .filter(|looking| looking.asked < pages);
                looking.map(|looking| {
                    let page = looking.first.wrapping_add(looking.asked) % pages.max(1);
                    looking.asked += 1;
                    (looking.search, looking.query.clone(), page)
                })
            };
            let Some((search, query, page)) = next else {
                return Ok(());
            };
            if let Some(index) = PageIndex::new(page)
                && let Some(ticket) = session.ask_search(index, query)?
            {
                asked.insert(ticket, Asked::Search(search, page));
            }
        }
    }

    /// What is asked and no longer wanted is given up.
    fn drop_unwanted(
        &self,
        session: &mut Session,
        asked: &mut HashMap<Ticket, Asked>,
    ) -> Result<(), BrokerError> {
        let orders = self.shared.orders();
        let unwanted =
            |what: &Asked| matches!(what, Asked::Tile(key) if !orders.wanted.contains(key));
        let stale: Vec<Ticket> = asked
            .iter()
            .filter(|(_, what)| unwanted(what))
            .map(|(ticket, _)| *ticket)
            .collect();
        drop(orders);
        for ticket in stale {
            session.cancel(ticket)?;
            asked.remove(&ticket);
        }
        Ok(())
    }

    fn ask_tiles(
        &self,
        session: &mut Session,
        asked: &mut HashMap<Ticket, Asked>,
    ) -> Result<(), BrokerError> {
        let wanted = self.shared.orders().wanted.clone();
        for key in wanted {
            let is_asked = |what: &Asked| matches!(what, Asked::Tile(other) if *other == key);
            if asked.values().any(is_asked) {
                continue;
            }
            // Out of their order frames would be decoded from the first one again.
            let is_other_frame = |what: &Asked| matches!(what, Asked::Tile(other) if other.page == key.page && other.frame != key.frame);
            if asked.values().any(is_other_frame) {
                break;
            }
            let Some(tile) = key.tile() else {
                continue;
            };
            let Some(ticket) = session.paint(tile)? else {
                break;
            };
            asked.insert(ticket, Asked::Tile(key));
        }
        Ok(())
    }

    fn take(
        &self,
        session: &mut Session,
        asked: &mut HashMap<Ticket, Asked>,
        reply: Reply,
    ) -> Result<(), BrokerError> {
        match reply {
            Reply::Painted(ticket, painted) => match asked.remove(&ticket) {
                Some(Asked::Tile(key)) => {
                    let mut pixels = vec![0; key.bytes()];
                    session.read(painted, &mut pixels)?;
                    self.done(key);
                    let drawn_on = match key.is_whole() {
                        true => super::content::edges(&pixels, key.size_px.0.into()),
                        false => None,
                    };
                    (self.tell)(News::Tile(key, pixels, drawn_on));
                }
                _ => session.read(painted, &mut [])?,
            },
            Reply::Copied(ticket, piece) => {
                session.read_piece(&piece)?;
                asked.remove(&ticket);
            }
            Reply::Sound(ticket, piece) => {
                session.drop_sound(&piece);
                asked.remove(&ticket);
            }
            Reply::Failed(ticket, failure) => {
                let why = BrokerError::Failure(failure).to_string();
                match asked.remove(&ticket) {
                    Some(Asked::Tile(key)) => {
                        self.done(key);
                        (self.tell)(News::TileFailed(key, why));
                    }
                    Some(Asked::Search(search, page)) => {
                        (self.tell)(News::Found(search, page, Err(why), true));
                    }
                    Some(Asked::Layers(_)) => {
                        (self.tell)(News::Say(format!("The layers stay as they are: {why}")));
                    }
                    // A page whose words cannot be had has none.
                    Some(Asked::Text(page)) => (self.tell)(News::Text(page, Vec::new(), true)),
                    _ => {}
                }
            }
            Reply::Items(ticket, items, last) => {
                self.take_items(asked, ticket, items, last);
                if last {
                    asked.remove(&ticket);
                }
            }
        }
        Ok(())
    }

    /// It is not asked for again, even before the window has looked.
    fn done(&self, key: TileKey) {
        self.shared.orders().wanted.retain(|other| *other != key);
    }

    fn take_items(
        &self,
        asked: &mut HashMap<Ticket, Asked>,
        ticket: Ticket,
        items: Items,
        last: bool,
    ) {
        match (asked.get_mut(&ticket), items) {
            (Some(Asked::Pages { first, got }), Items::Pages(pages)) => {
                let from = first.saturating_add(*got);
                *got = got.saturating_add(u32::try_from(pages.len()).unwrap_or(u32::MAX));
                (self.tell)(News::Pages(from, pages));
            }
            (Some(Asked::Info(known)), Items::Info(fields)) => {
                known.extend(fields);
                if last {
                    (self.tell)(News::Info(std::mem::take(known)));
                }
            }
            (Some(Asked::List), Items::Attachments(list)) => (self.tell)(News::Attachments(list)),
            (Some(Asked::List), Items::Signatures(list)) => (self.tell)(News::Signatures(list)),
            (Some(Asked::List), Items::Wishes(list)) => (self.tell)(News::Refused(list)),
            (Some(Asked::Layers(known)), Items::Layers(list)) => {
                known.extend(list);
                // They are about to be switched again: what was pressed meanwhile stays.
                if last && self.shared.orders().layers.is_none() {
                    (self.tell)(News::Layers(std::mem::take(known)));
                }
            }
            (Some(Asked::Frames(known)), Items::Frames(more)) => {
                known.plays = more.plays;
                known.durations_ms.extend(more.durations_ms);
                if last {
                    (self.tell)(News::Frames(std::mem::take(known)));
                }
            }
            (Some(Asked::Outline), Items::Outline(entries)) => (self.tell)(News::Outline(entries)),
            (Some(Asked::Links(page)), Items::Links(links)) => {
                (self.tell)(News::Links(*page, links));
            }
            (Some(Asked::Images(page)), Items::Images(images)) => {
                (self.tell)(News::Images(*page, images));
            }
            (Some(Asked::Text(page)), Items::Text(runs)) => {
                (self.tell)(News::Text(*page, runs, last));
            }
            (Some(Asked::Peaks { next }), Items::Peaks(peaks)) => {
                let first = *next;
                let count = u16::try_from(peaks.len()).unwrap_or(u16::MAX);
                *next = first.saturating_add(count);
                (self.tell)(News::Peaks(first, peaks));
            }
            (Some(Asked::Chapters), Items::Chapters(list)) => (self.tell)(News::Chapters(list)),
            (Some(Asked::Search(search, page)), Items::Matches(matches)) => {
                (self.tell)(News::Found(*search, *page, Ok(matches), last));
            }
            _ => {}
        }
    }
}

/// A picture may move; one with several pages does not.
fn ask_frames(
    session: &mut Session,
    asked: &mut HashMap<Ticket, Asked>,
    summary: Summary,
) -> Result<(), BrokerError> {
    if summary.format == Format::Pdf || summary.pages != 1 {
        return Ok(());
    }
    if let Some(page) = PageIndex::new(0)
        && let Some(ticket) = session.ask_frames(page)?
    {
        asked.insert(ticket, Asked::Frames(Frames::default()));
    }
    Ok(())
}

fn ask_pages(
    session: &mut Session,
    asked: &mut HashMap<Ticket, Asked>,
    pages: &mut u32,
) -> Result<(), BrokerError> {
    let first = *pages;
    // The first screen is not to wait for the rest.
    let count = if first == 0 { 16 } else { PAGES_AT_ONCE };
    let Some(index) = PageIndex::new(first) else {
        return Ok(());
    };
    if let Some(ticket) = session.ask_pages(index, count)? {
        asked.insert(ticket, Asked::Pages { first, got: 0 });
        *pages = first.saturating_add(count);
    }
    Ok(())
}
