//! The thread that drives a document's session: it opens, asks for what is
//! wanted most, and tells the window what came. The window never waits for it.

mod answers;
mod carried;
mod heard;
mod news;
mod questions;

pub(crate) use news::{News, Search};

use super::copy_work::{CopyOrder, CopyWork};
use super::unpack::{Unpack, Unpacking};
use super::wanted::TileKey;
use crate::broker::{BrokerError, Renderers, Reply, Session, Source};
use carried::List;
use crossbeam_channel::{Receiver, Sender, bounded, select};
use heard::Heard;
use ipc::{Format, Frames, InfoField, Items, Layer, LayerSet, Query, Secret, Summary};
use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What is told of a copy that the user has stopped.
pub(crate) const STOPPED: &str = "stopped";

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
            unfinished: Cell::default(),
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
    /// Tiles that came and were not whole.
    unfinished: Cell<u32>,
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
                questions::ask_pages(session, &mut asked, &mut pages)?;
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
                    questions::ask_frames(session, &mut asked, summary)?;
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
                is_drawn |= matches!(&reply, Reply::Painted(_, painted) if painted.is_whole());
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
}
