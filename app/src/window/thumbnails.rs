//! Small pictures of files that are looked through: each is drawn by a renderer of
//! its own, one after the other, on a thread that has nothing else to do.

use super::renderers;
use super::waker::Waker;
use super::within::within;
use crate::broker::{BrokerError, Renderers, Reply, Session, Source};
use crossbeam_channel::{Receiver, Sender, unbounded};
use egui::TextureId;
use ipc::{PageIndex, Tile, TileSize};
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Longest side of a small picture, in device pixels.
const SIDE_PX: f32 = 256.0;

/// Most small pictures that are kept: 256 KiB each are 64 MiB.
const MOST: usize = 256;

/// How long a file may take to be opened, and how many threads may wait for longer.
const PATIENCE: Duration = Duration::from_secs(2);
const MOST_WAITING: usize = 8;

/// A small picture, or that there is none.
struct Made {
    path: PathBuf,
    pixels: Option<((u16, u16), Vec<u8>)>,
}

/// A small picture that is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Small {
    /// `None` for a file that cannot be shown.
    pub(crate) texture: Option<TextureId>,
    pub(crate) size: (u16, u16),
    used: u64,
}

/// Those that are there, and those that are wanted.
pub(crate) struct Thumbnails {
    there: HashMap<PathBuf, Small>,
    wanted: Vec<PathBuf>,
    clock: u64,
    shared: Arc<Mutex<Vec<PathBuf>>>,
    /// `None` until one was wanted.
    bell: Option<Sender<()>>,
    made: (Sender<Made>, Receiver<Made>),
    closed: Arc<AtomicBool>,
}

impl Default for Thumbnails {
    fn default() -> Self {
        Self {
            there: HashMap::new(),
            wanted: Vec::new(),
            clock: 0,
            shared: Arc::default(),
            bell: None,
            made: unbounded(),
            closed: Arc::default(),
        }
    }
}

impl Thumbnails {
    /// The small picture of a file that is going to be seen; it is drawn if it is not there.
    pub(crate) fn get(&mut self, path: &Path) -> Option<Small> {
        if let Some(small) = self.there.get_mut(path) {
            small.used = self.clock;
            return Some(*small);
        }
        self.wanted.push(path.to_owned());
        None
    }

    /// Takes what was drawn; `upload` makes textures of it. Gives back those that are
    /// not wanted any more.
    pub(crate) fn take(
        &mut self,
        mut upload: impl FnMut((u16, u16), Vec<u8>) -> TextureId,
    ) -> Vec<TextureId> {
        while let Ok(Made { path, pixels }) = self.made.1.try_recv() {
            let size = pixels.as_ref().map_or((1, 1), |(size, _)| *size);
            let small = Small {
                texture: pixels.map(|(size, rgba)| upload(size, rgba)),
                size,
                used: self.clock,
            };
            self.there.insert(path, small);
        }
        let mut freed = Vec::new();
        while self.there.len() > MOST {
            let oldest = self.there.iter().min_by_key(|(_, small)| small.used);
            let Some(path) = oldest.map(|(path, _)| path.clone()) else {
                break;
            };
            freed.extend(self.there.remove(&path).and_then(|small| small.texture));
        }
        freed
    }

    /// A frame has said what it wants to see: that is drawn, and nothing else.
    pub(crate) fn ask(&mut self, renderers: &Renderers, waker: &Waker) {
        self.clock += 1;
        let wanted = std::mem::take(&mut self.wanted);
        let mut shared = lock(&self.shared);
        let same = *shared == wanted;
        *shared = wanted;
        let is_idle = shared.is_empty();
        drop(shared);
        if same || is_idle {
            return;
        }
        if self.bell.is_none() {
            self.bell = self
                .start(renderers::small(renderers, usize::MAX), waker.clone())
                .ok();
        }
        if let Some(bell) = &self.bell {
            // A worker that is gone is told by what does not come.
            let _ = bell.send(());
        }
    }

    /// A file is another one by now.
    pub(crate) fn forget(&mut self, path: &Path) -> Option<TextureId> {
        self.there.remove(path)?.texture
    }

    fn start(&self, renderers: Renderers, waker: Waker) -> std::io::Result<Sender<()>> {
        let (bell, rung) = unbounded();
        let shared = Arc::clone(&self.shared);
        let made = self.made.0.clone();
        let closed = Arc::clone(&self.closed);
        let work = move || {
            let (mut done, waiting) = (HashSet::new(), Arc::new(()));
            while rung.recv().is_ok() {
                done.clear();
                while let Some(path) = next(&shared, &done) {
                    let source = open(&path, &waiting);
                    let drawn =
                        source.and_then(|source| draw(&renderers, source, SIDE_PX, &closed));
                    let pixels = drawn.ok();
                    done.insert(path.clone());
                    if made.send(Made { path, pixels }).is_err() {
                        return;
                    }
                    waker.wake();
                }
            }
        };
        thread::Builder::new()
            .name("thumbnails".to_owned())
            .spawn(work)?;
        Ok(bell)
    }
}

/// Opens a file, on a thread that may wait for ever: one that does not answer is left out,
/// and holds up none of the others for long. Who `waits` is counted.
fn open(path: &Path, waits: &Arc<()>) -> Result<Source, BrokerError> {
    let late = || io::Error::other("its file system does not answer");
    if Arc::strong_count(waits) > MOST_WAITING {
        return Err(late().into());
    }
    let (path, waits) = (path.to_owned(), Arc::clone(waits));
    let opened = within(PATIENCE, move || {
        let opened = Source::open(&path);
        drop(waits);
        opened
    });
    Ok(opened.ok_or_else(late)??)
}

impl Drop for Thumbnails {
    fn drop(&mut self) {
        self.closed
            .store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

/// The first that is wanted still and not drawn yet.
fn next(shared: &Mutex<Vec<PathBuf>>, done: &HashSet<PathBuf>) -> Option<PathBuf> {
    let wanted = lock(shared);
    wanted.iter().find(|path| !done.contains(*path)).cloned()
}

fn lock(shared: &Mutex<Vec<PathBuf>>) -> MutexGuard<'_, Vec<PathBuf>> {
    // Nothing is left half done in it.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has a picture drawn small, its longest side at most so many pixels, in a renderer
/// that ends with it.
pub(crate) fn draw(
    renderers: &Renderers,
    source: Source,
    side_px: f32,
    closed: &Arc<AtomicBool>,
) -> Result<((u16, u16), Vec<u8>), BrokerError> {
    let none = || std::io::Error::other("nothing was drawn");
    let mut session = Session::new(renderers.take()?, source, Arc::clone(closed))?;
    session.open()?;
    let first = PageIndex::new(0).ok_or_else(none)?;
    let pages = session.pages(first, 1)?;
    let page = pages.first().ok_or_else(none)?;
    let (width, height) = (page.size.width(), page.size.height());
    let scale = (side_px / width.max(height)).min(1.0);
    let side = |side: f32| (side * scale).round().clamp(1.0, side_px) as u16;
    let (width, height) = (side(width), side(height));
    let size = TileSize::new(width, height).ok_or_else(none)?;
    let tile = Tile::new(first, (width.into(), height.into()), (0, 0), size).ok_or_else(none)?;
    session.paint(tile)?;
    loop {
        match session.wait()? {
            Reply::Painted(_, painted) => {
                let mut pixels = vec![0; size.bytes()];
                session.read(painted, &mut pixels)?;
                return Ok(((width, height), pixels));
            }
            Reply::Failed(_, failure) => return Err(BrokerError::Failure(failure)),
            Reply::Items(..) | Reply::Copied(..) | Reply::Sound(..) => {}
        }
    }
}
