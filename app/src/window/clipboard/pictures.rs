//! Pictures of ours for other programs. The usual library for clipboards would bring
//! decoders into this process for them, so they are offered here: on Wayland by the
//! same data-control protocol that it uses, on X11 as the owner of a selection.

use std::io;
use std::thread;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, CreateWindowAux, EventMask,
    PropMode, Property, SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent,
    Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Most bytes that are put into one property: a quarter of what servers take at least.
const CHUNK: usize = 64 * 1024;

/// Most programs that are given the picture piece by piece at the same time.
const MOST_TAKERS: usize = 16;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

x11rb::atom_manager! {
    Atoms: AtomsCookie { CLIPBOARD, TARGETS, INCR, PNG: b"image/png", PELLUCID_TIME, }
}

/// Gives a PNG to other programs, until somebody copies something else.
///
/// # Errors
///
/// Why there is no clipboard for it.
pub(super) fn offer(png: Vec<u8>) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use wl_clipboard_rs::copy::{MimeType, Options, Source};
        let source = Source::Bytes(png.clone().into());
        if Options::new()
            .copy(source, MimeType::Specific("image/png".to_owned()))
            .is_ok()
        {
            return Ok(());
        }
    }
    let owner = Owner::new(png).map_err(|error| io::Error::other(error.to_string()))?;
    thread::Builder::new()
        .name("clipboard".to_owned())
        .spawn(move || owner.serve())
        .map(drop)
}

/// The owner of the clipboard on X11.
struct Owner {
    server: RustConnection,
    atoms: Atoms,
    window: Window,
    png: Vec<u8>,
    takers: Vec<Taker>,
}

/// Who takes it in pieces: where they go, and how many bytes are there.
struct Taker {
    window: Window,
    property: Atom,
    given: usize,
}

impl Owner {
    fn new(png: Vec<u8>) -> Outcome<Self> {
        let (server, screen) = x11rb::connect(None)?;
        let atoms = Atoms::new(&server)?.reply()?;
        let root = server.setup().roots.get(screen).ok_or("no screen")?.root;
        let window = server.generate_id()?;
        let aux = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        server.create_window(
            x11rb::COPY_DEPTH_FROM_PARENT,
            window,
            root,
            0,
            0,
            1,
            1,
            0,
            WindowClass::INPUT_OUTPUT,
            x11rb::COPY_FROM_PARENT,
            &aux,
        )?;
        let mut owner = Self {
            server,
            atoms,
            window,
            png,
            takers: Vec::new(),
        };
        owner.take_selection()?;
        Ok(owner)
    }

    /// Becomes the owner, with the server's own time (ICCCM, 2.1).
    fn take_selection(&mut self) -> Outcome<()> {
        let property = self.atoms.PELLUCID_TIME;
        let kind: Atom = AtomEnum::STRING.into();
        self.server
            .change_property8(PropMode::APPEND, self.window, property, kind, &[])?;
        self.server.flush()?;
        let time = loop {
            if let Event::PropertyNotify(event) = self.server.wait_for_event()? {
                break event.time;
            }
        };
        let selection = self.atoms.CLIPBOARD;
        self.server
            .set_selection_owner(self.window, selection, time)?;
        let owner = self.server.get_selection_owner(selection)?.reply()?.owner;
        match owner == self.window {
            true => Ok(()),
            false => Err("another program has the clipboard".into()),
        }
    }

    /// Answers who asks, until another program copies something or the server is gone.
    fn serve(mut self) {
        while let Ok(event) = self.server.wait_for_event() {
            let done = match event {
                Event::SelectionRequest(asked) => self.answer(&asked),
                Event::PropertyNotify(event) if event.state == Property::DELETE => {
                    self.give_more(event.window, event.atom)
                }
                Event::SelectionClear(_) => return,
                _ => Ok(()),
            };
            // One that is gone while it asks is no reason to stop.
            let _ = done.and_then(|()| Ok(self.server.flush()?));
        }
    }

    fn answer(&mut self, asked: &SelectionRequestEvent) -> Outcome<()> {
        let property = match asked.property {
            0 => asked.target,
            property => property,
        };
        let (to, atoms) = (asked.requestor, self.atoms);
        let mut given = property;
        if asked.target == atoms.TARGETS {
            let kinds = [atoms.TARGETS, atoms.PNG];
            self.server.change_property32(
                PropMode::REPLACE,
                to,
                property,
                AtomEnum::ATOM,
                &kinds,
            )?;
        } else if asked.target != atoms.PNG {
            given = x11rb::NONE;
        } else if self.png.len() <= CHUNK {
            self.server
                .change_property8(PropMode::REPLACE, to, property, atoms.PNG, &self.png)?;
        } else {
            self.begin(to, property)?;
        }
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: asked.time,
            requestor: to,
            selection: asked.selection,
            target: asked.target,
            property: given,
        };
        self.server
            .send_event(false, to, EventMask::NO_EVENT, answer)?;
        Ok(())
    }

    /// Begins to give it piece by piece (ICCCM, 2.7.2).
    fn begin(&mut self, window: Window, property: Atom) -> Outcome<()> {
        let watch = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        self.server.change_window_attributes(window, &watch)?;
        let bytes = u32::try_from(self.png.len())?;
        self.server.change_property32(
            PropMode::REPLACE,
            window,
            property,
            self.atoms.INCR,
            &[bytes],
        )?;
        let more = (self.takers.len() + 1).saturating_sub(MOST_TAKERS);
        self.takers.drain(..more);
        self.takers.push(Taker {
            window,
            property,
            given: 0,
        });
        Ok(())
    }

    /// The next piece; one without bytes is the end.
    fn give_more(&mut self, window: Window, property: Atom) -> Outcome<()> {
        let is_it = |taker: &Taker| (taker.window, taker.property) == (window, property);
        let Some(place) = self.takers.iter().position(is_it) else {
            return Ok(());
        };
        let from = self.takers[place].given;
        let to = from.saturating_add(CHUNK).min(self.png.len());
        let piece = self.png.get(from..to).unwrap_or_default();
        self.server
            .change_property8(PropMode::REPLACE, window, property, self.atoms.PNG, piece)?;
        if piece.is_empty() {
            self.takers.remove(place);
        } else {
            self.takers[place].given = to;
        }
        Ok(())
    }
}
