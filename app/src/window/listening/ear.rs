//! What is opened beside the tab of a sound, on threads of their own: a session for
//! the player, and a renderer that draws the cover.

use crate::broker::{BrokerError, Renderers, Session, Source};
use crate::sound::Track;
use crate::window::document::worker::News;
use crate::window::opening::Origin;
use crate::window::renderers;
use crate::window::thumbnails;
use ipc::Sound;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

/// Longest side of a cover, in device pixels: twice the points it has on the page.
const COVER_PX: f32 = 480.0;

/// A session that is the player's alone.
pub(crate) struct Ear {
    pub(super) session: Session,
    pub(super) sound: Sound,
}

impl Ear {
    /// As the player takes it, under this number.
    pub(super) fn track(self, id: u64) -> Track {
        Track {
            id,
            session: self.session,
            sound: self.sound,
        }
    }
}

impl fmt::Debug for Ear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ear").field("sound", &self.sound).finish()
    }
}

/// Opens the file once more for the player, on a thread of its own; what came of it is
/// `told`.
pub(crate) fn open(
    renderers: Renderers,
    origin: Origin,
    closed: Arc<AtomicBool>,
    told: impl FnOnce(Result<Box<Ear>, BrokerError>) + Send + 'static,
) -> io::Result<()> {
    let work = move || {
        let opened = origin.source().and_then(|source| {
            let mut session = Session::new(renderers.take()?, source, closed)?;
            let summary = session.open()?;
            let none = || io::Error::other("the file has changed and is no sound any more");
            let sound = summary.sound.ok_or_else(none)?;
            Ok(Ear { session, sound })
        });
        told(opened.map(Box::new));
    };
    let thread = thread::Builder::new().name("ear".to_owned());
    thread.spawn(work).map(drop)
}

/// Draws a cover from its bytes, in a renderer that holds nothing else; told by
/// [`News::Cover`]. One that cannot be drawn is left out.
pub(crate) fn draw_cover(
    renderers: Renderers,
    bytes: Vec<u8>,
    closed: Arc<AtomicBool>,
    tell: impl Fn(News) + Send + 'static,
) -> io::Result<()> {
    let work = move || {
        let source = Source::from_bytes(&bytes).map_err(BrokerError::from);
        let drawn = source.and_then(|source| {
            thumbnails::draw(&renderers::small(&renderers, 1), source, COVER_PX, &closed)
        });
        if let Ok((size, rgba)) = drawn {
            tell(News::Cover(size, rgba));
        }
    };
    let thread = thread::Builder::new().name("cover".to_owned());
    thread.spawn(work).map(drop)
}
