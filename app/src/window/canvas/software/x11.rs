//! Pixels into a window of X11, over a connection of our own.
//!
//! softbuffer can do this, too, but brings a library that loads Xlib before
//! `main` begins: 0.8 ms of every command, most of which open no window. Here
//! nothing is loaded, and the protocol is spoken in safe code.
//!
//! Trust: the X server is the user's. It reads memory that we made; where it
//! cannot (another machine), the pixels are sent.

use nix::sys::memfd::{MFdFlags, memfd_create};
use std::fs::File;
use std::os::unix::fs::FileExt;
use x11rb::connection::{Connection, RequestConnection};
use x11rb::cookie::Cookie;
use x11rb::protocol::shm::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    ConnectionExt as _, CreateGCAux, GetInputFocusReply, ImageFormat, ImageOrder, VisualClass,
};
use x11rb::rust_connection::RustConnection;

/// Where each colour stands in a pixel, `0x00RRGGBB`.
const MASKS: [u32; 3] = [0x00ff_0000, 0x0000_ff00, 0x0000_00ff];

/// Bytes of a request before its pixels, and some to spare.
const REQUEST_BYTES: usize = 64;

/// First version that takes memory by descriptor.
const SHARED_SINCE: (u16, u16) = (1, 2);

/// A window, and how pixels get into it.
pub(super) struct X11 {
    connection: RustConnection,
    window: u32,
    context: u32,
    depth: u8,
    shared: Option<Shared>,
    /// The question behind the last picture: once it is answered, the server has
    /// read all of it.
    asked: Option<u64>,
}

/// Memory that the server reads.
struct Shared {
    segment: shm::Seg,
    memory: File,
    bytes: usize,
}

impl X11 {
    /// Connects to the server of the environment, which is the window's.
    ///
    /// # Errors
    ///
    /// What the server says, or that it shows pixels in a way that is not known here.
    pub(super) fn new(window: u32) -> Result<Self, String> {
        let (connection, _) = RustConnection::connect(None).map_err(words)?;
        let geometry = connection.get_geometry(window).map_err(words)?;
        let depth = geometry.reply().map_err(words)?.depth;
        let attributes = connection.get_window_attributes(window).map_err(words)?;
        let visual = attributes.reply().map_err(words)?.visual;
        if !shows_pixels(&connection, visual) {
            return Err("the window's colours are in an order that is not known here".to_owned());
        }
        let context = connection.generate_id().map_err(words)?;
        let created = connection.create_gc(context, window, &CreateGCAux::new());
        created.map_err(words)?.check().map_err(words)?;
        let mut x11 = Self {
            connection,
            window,
            context,
            depth,
            shared: None,
            asked: None,
        };
        if x11.can_share() {
            x11.shared = Shared::new(&x11.connection, 1).ok();
        }
        Ok(x11)
    }

    fn can_share(&self) -> bool {
        let version = || {
            let asked = self.connection.shm_query_version().ok()?;
            let reply = asked.reply().ok()?;
            Some((reply.major_version, reply.minor_version))
        };
        // Asking for an extension that is not there is an error of the connection.
        let known = self
            .connection
            .extension_information(shm::X11_EXTENSION_NAME);
        matches!(known, Ok(Some(_))) && version().is_some_and(|version| version >= SHARED_SINCE)
    }

    /// Shows a picture: rows of `0x00RRGGBB`, the first one first.
    ///
    /// # Errors
    ///
    /// What the connection says.
    pub(super) fn show(&mut self, size: (u16, u16), pixels: &[u32]) -> Result<(), String> {
        self.wait_for_last()?;
        let bytes: &[u8] = bytemuck::cast_slice(pixels);
        match &mut self.shared {
            Some(shared) => {
                shared.hold(&self.connection, bytes)?;
                let segment = shared.segment;
                self.show_shared(size, segment)?;
            }
            None => self.send(size, bytes)?,
        }
        let asked = self.connection.get_input_focus().map_err(words)?;
        self.asked = Some(asked.sequence_number());
        // Its answer is asked for before the next picture.
        std::mem::forget(asked);
        self.connection.flush().map_err(words)
    }

    fn wait_for_last(&mut self) -> Result<(), String> {
        if let Some(number) = self.asked.take() {
            let asked: Cookie<'_, _, GetInputFocusReply> = Cookie::new(&self.connection, number);
            asked.reply().map_err(words)?;
        }
        // A window that is closing makes errors, which would pile up.
        while let Some(_told) = self.connection.poll_for_event().map_err(words)? {}
        Ok(())
    }

    fn show_shared(&self, (width, height): (u16, u16), segment: shm::Seg) -> Result<(), String> {
        let shown = self.connection.shm_put_image(
            self.window,
            self.context,
            width,
            height,
            0,
            0,
            width,
            height,
            0,
            0,
            self.depth,
            u8::from(ImageFormat::Z_PIXMAP),
            false,
            segment,
            0,
        );
        shown.map(drop).map_err(words)
    }

    /// Sends rows, as many at a time as the server takes.
    fn send(&self, (width, height): (u16, u16), bytes: &[u8]) -> Result<(), String> {
        let row = usize::from(width) * 4;
        let most = self.connection.maximum_request_bytes();
        let rows = (most.saturating_sub(REQUEST_BYTES) / row.max(1)).max(1);
        let starts = (0..height).step_by(rows);
        for (top, part) in starts.zip(bytes.chunks((rows * row).max(1))) {
            let count = u16::try_from(part.len() / row.max(1)).unwrap_or(height);
            let top = i16::try_from(top).unwrap_or(i16::MAX);
            let sent = self.connection.put_image(
                ImageFormat::Z_PIXMAP,
                self.window,
                self.context,
                width,
                count,
                0,
                top,
                0,
                self.depth,
                part,
            );
            sent.map_err(words)?;
        }
        Ok(())
    }
}

impl Shared {
    fn new(connection: &RustConnection, bytes: usize) -> Result<Self, String> {
        let memory = memfd_create(c"pellucid-window", MFdFlags::MFD_CLOEXEC).map_err(words)?;
        let memory = File::from(memory);
        memory.set_len(bytes as u64).map_err(words)?;
        let segment = connection.generate_id().map_err(words)?;
        let theirs = memory.try_clone().map_err(words)?;
        let attached = connection.shm_attach_fd(segment, theirs, true);
        attached.map_err(words)?.check().map_err(words)?;
        Ok(Self {
            segment,
            memory,
            bytes,
        })
    }

    /// Copies pixels to where the server reads them; into new memory when they
    /// are more than before, as what the server has mapped keeps its size.
    fn hold(&mut self, connection: &RustConnection, pixels: &[u8]) -> Result<(), String> {
        if pixels.len() > self.bytes {
            let larger = Self::new(connection, pixels.len())?;
            let smaller = std::mem::replace(self, larger);
            connection.shm_detach(smaller.segment).map_err(words)?;
        }
        self.memory.write_all_at(pixels, 0).map_err(words)
    }
}

/// Whether pixels of this visual are as we make them.
fn shows_pixels(connection: &RustConnection, visual: u32) -> bool {
    let setup = connection.setup();
    let mut visuals = (setup.roots.iter())
        .flat_map(|screen| &screen.allowed_depths)
        .flat_map(|depth| &depth.visuals);
    let found = visuals.find(|known| known.visual_id == visual);
    let order = if cfg!(target_endian = "little") {
        ImageOrder::LSB_FIRST
    } else {
        ImageOrder::MSB_FIRST
    };
    setup.image_byte_order == order
        && found.is_some_and(|visual| {
            visual.class == VisualClass::TRUE_COLOR
                && [visual.red_mask, visual.green_mask, visual.blue_mask] == MASKS
        })
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
