//! Dragging a file from a program of ours onto a window, as file managers do it
//! on X11 (XDND, version 5).

use std::path::Path;
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt, CreateWindowAux,
    EventMask, PropMode, SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Longest wait for the other side.
const PATIENCE: Duration = Duration::from_secs(30);

/// What can go wrong between two programs and a server.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        XdndAware, XdndEnter, XdndPosition, XdndStatus, XdndDrop, XdndFinished,
        XdndSelection, XdndActionCopy,
        LIST: b"text/uri-list",
        WM_STATE, _NET_WM_NAME,
    }
}

/// A program that holds a file over windows.
struct Hand {
    server: RustConnection,
    atoms: Atoms,
    window: Window,
    uri: String,
}

/// Drops a file at a place of the screen, on the window that is there.
///
/// # Errors
///
/// When there is no such window, or it does not take the file.
pub fn drop_file(display: &str, file: &Path, at: (i16, i16)) -> Outcome<()> {
    let (server, screen) = x11rb::connect(Some(display))?;
    let atoms = Atoms::new(&server)?.reply()?;
    let root = server.setup().roots.get(screen).ok_or("no screen")?.root;
    let window = server.generate_id()?;
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
        &CreateWindowAux::new(),
    )?;
    let hand = Hand {
        server,
        atoms,
        window,
        uri: format!("file://{}\r\n", file.display()),
    };
    hand.server
        .set_selection_owner(window, atoms.XdndSelection, x11rb::CURRENT_TIME)?;
    let target = hand.aware_window(root)?;
    hand.drop_on(target, at)
}

impl Hand {
    /// A window that takes files.
    fn aware_window(&self, parent: Window) -> Outcome<Window> {
        for child in self.server.query_tree(parent)?.reply()?.children {
            let property = self
                .server
                .get_property(false, child, self.atoms.XdndAware, AtomEnum::ATOM, 0, 1)?
                .reply()?;
            if property.length > 0 {
                return Ok(child);
            }
            if let Ok(found) = self.aware_window(child) {
                return Ok(found);
            }
        }
        Err("no window takes files".into())
    }

    fn drop_on(&self, target: Window, (x, y): (i16, i16)) -> Outcome<()> {
        let attributes = ChangeWindowAttributesAux::new().event_mask(EventMask::NO_EVENT);
        self.server
            .change_window_attributes(self.window, &attributes)?;
        let place = (u32::try_from(x)? << 16) | u32::try_from(y)?;
        let version = 5 << 24;
        self.say(
            target,
            self.atoms.XdndEnter,
            [version, self.atoms.LIST, 0, 0],
        )?;
        let copy = self.atoms.XdndActionCopy;
        self.say(
            target,
            self.atoms.XdndPosition,
            [0, place, x11rb::CURRENT_TIME, copy],
        )?;
        self.serve_until(self.atoms.XdndStatus)?;
        self.say(target, self.atoms.XdndDrop, [0, x11rb::CURRENT_TIME, 0, 0])?;
        self.serve_until(self.atoms.XdndFinished)
    }

    fn say(&self, target: Window, what: Atom, rest: [u32; 4]) -> Outcome<()> {
        let [a, b, c, d] = rest;
        let event = ClientMessageEvent::new(32, target, what, [self.window, a, b, c, d]);
        self.server
            .send_event(false, target, EventMask::NO_EVENT, event)?;
        self.server.flush()?;
        Ok(())
    }

    /// Gives the file's name to who asks, until this is said.
    fn serve_until(&self, said: Atom) -> Outcome<()> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            match self.server.poll_for_event()? {
                Some(Event::ClientMessage(message)) if message.type_ == said => return Ok(()),
                Some(Event::SelectionRequest(asked)) => {
                    self.server.change_property8(
                        PropMode::REPLACE,
                        asked.requestor,
                        asked.property,
                        asked.target,
                        self.uri.as_bytes(),
                    )?;
                    let answer = SelectionNotifyEvent {
                        response_type: SELECTION_NOTIFY_EVENT,
                        sequence: 0,
                        time: asked.time,
                        requestor: asked.requestor,
                        selection: asked.selection,
                        target: asked.target,
                        property: asked.property,
                    };
                    self.server
                        .send_event(false, asked.requestor, EventMask::NO_EVENT, answer)?;
                    self.server.flush()?;
                }
                Some(_) => {}
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        Err("the window does not answer".into())
    }
}
