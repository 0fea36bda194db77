//! Dragging a file from a program of ours onto a window, as file managers do it
//! under Wayland: a window of its own, a pointer of its own (the wlroots protocol
//! for virtual ones), and a drag that begins where the button was pressed.

use std::fs::File;
use std::io::Write;
use std::os::fd::AsFd;
use std::path::Path;
use std::time::{Duration, Instant};
use wayland_client::globals::{GlobalListContents, registry_queue_init};
use wayland_client::protocol::wl_data_device::WlDataDevice;
use wayland_client::protocol::wl_data_device_manager::{DndAction, WlDataDeviceManager};
use wayland_client::protocol::wl_data_source::{self, WlDataSource};
use wayland_client::protocol::wl_pointer::{self, ButtonState, WlPointer};
use wayland_client::protocol::{
    wl_buffer::WlBuffer, wl_compositor::WlCompositor, wl_data_offer::WlDataOffer,
    wl_registry::WlRegistry, wl_seat::WlSeat, wl_shm, wl_shm::WlShm, wl_shm_pool::WlShmPool,
    wl_surface::WlSurface,
};
use wayland_client::{
    Connection, Dispatch, EventQueue, QueueHandle, WEnum, delegate_noop, event_created_child,
};
use wayland_protocols::xdg::shell::client::xdg_surface::{self, XdgSurface};
use wayland_protocols::xdg::shell::client::xdg_toplevel::{self, XdgToplevel};
use wayland_protocols::xdg::shell::client::xdg_wm_base::{self, XdgWmBase};
use wayland_protocols_wlr::virtual_pointer::v1::client::zwlr_virtual_pointer_manager_v1::ZwlrVirtualPointerManagerV1;
use wayland_protocols_wlr::virtual_pointer::v1::client::zwlr_virtual_pointer_v1::ZwlrVirtualPointerV1;

/// Longest wait for the other side.
const PATIENCE: Duration = Duration::from_secs(20);

/// The left button (`linux/input-event-codes.h`).
const LEFT: u32 = 0x110;

/// Side of our picture, in pixels.
const SIDE: i32 = 64;

/// What can go wrong between two programs and a compositor.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Drags a file from our own window to a place of the output, in 1000ths of its
/// width and height. Between drag and drop `look` is called.
///
/// # Errors
///
/// When nobody takes the file.
pub fn drop_file(
    socket: &Path,
    file: &Path,
    from: (u32, u32),
    to: (u32, u32),
    look: impl FnOnce(),
) -> Outcome<()> {
    let stream = std::os::unix::net::UnixStream::connect(socket)?;
    let connection = Connection::from_socket(stream)?;
    let (globals, mut queue) = registry_queue_init::<Hand>(&connection)?;
    let handle = queue.handle();
    let seat: WlSeat = globals.bind(&handle, 1..=1, ())?;
    let manager: WlDataDeviceManager = globals.bind(&handle, 3..=3, ())?;
    let pointers: ZwlrVirtualPointerManagerV1 = globals.bind(&handle, 1..=2, ())?;
    let window = Window::open(&globals, &handle)?;
    let pointer = pointers.create_virtual_pointer(Some(&seat), &handle, ());
    let device = manager.get_data_device(&seat, &handle, ());
    let mut hand = Hand {
        uri: format!("file://{}\r\n", file.display()).replace(' ', "%20"),
        ..Hand::default()
    };
    hand.wait(&mut queue, |hand| hand.is_configured)?;
    window.paint();
    // The seat has a pointer now.
    queue.roundtrip(&mut hand)?;
    let _listened = seat.get_pointer(&handle, ());
    queue.roundtrip(&mut hand)?;
    move_to(&pointer, from);
    hand.wait(&mut queue, |hand| hand.is_under)?;
    pointer.button(1, LEFT, ButtonState::Pressed);
    pointer.frame();
    let pressed = hand.wait(&mut queue, |hand| hand.pressed.is_some());
    pressed?;
    let source = manager.create_data_source(&handle, ());
    source.offer("text/uri-list".to_owned());
    source.set_actions(DndAction::Copy);
    let serial = hand.pressed.unwrap_or_default();
    device.start_drag(Some(&source), &window.surface, None, serial);
    queue.roundtrip(&mut hand)?;
    move_to(&pointer, to);
    hand.wait(&mut queue, |hand| hand.is_accepted && hand.is_agreed)?;
    look();
    pointer.button(2, LEFT, ButtonState::Released);
    pointer.frame();
    hand.wait(&mut queue, |hand| hand.is_finished)
}

fn move_to(pointer: &ZwlrVirtualPointerV1, (x, y): (u32, u32)) {
    // A jump alone is no motion to some.
    for step in [3, 0] {
        pointer.motion_absolute(0, x + step, y + step, 1000, 1000);
        pointer.frame();
    }
}

/// A window that things are dragged from.
struct Window {
    surface: WlSurface,
    buffer: WlBuffer,
}

impl Window {
    fn open(
        globals: &wayland_client::globals::GlobalList,
        handle: &QueueHandle<Hand>,
    ) -> Outcome<Self> {
        let compositor: WlCompositor = globals.bind(handle, 1..=4, ())?;
        let shell: XdgWmBase = globals.bind(handle, 1..=1, ())?;
        let shm: WlShm = globals.bind(handle, 1..=1, ())?;
        let bytes = SIDE * SIDE * 4;
        let mut memory = tempfile::tempfile()?;
        memory.write_all(&vec![0x40; usize::try_from(bytes)?])?;
        let pool = shm.create_pool(memory.as_fd(), bytes, handle, ());
        let format = wl_shm::Format::Xrgb8888;
        let buffer = pool.create_buffer(0, SIDE, SIDE, SIDE * 4, format, handle, ());
        let surface = compositor.create_surface(handle, ());
        let window = shell.get_xdg_surface(&surface, handle, ());
        window.get_toplevel(handle, ());
        surface.commit();
        Ok(Self { surface, buffer })
    }

    fn paint(&self) {
        self.surface.attach(Some(&self.buffer), 0, 0);
        self.surface.damage(0, 0, SIDE, SIDE);
        self.surface.commit();
    }
}

/// A hand that holds a file, and what it feels.
#[derive(Default)]
struct Hand {
    uri: String,
    is_configured: bool,
    is_under: bool,
    /// Serial of the button.
    pressed: Option<u32>,
    is_accepted: bool,
    is_agreed: bool,
    is_finished: bool,
}

impl Hand {
    fn wait(&mut self, queue: &mut EventQueue<Self>, what: fn(&Self) -> bool) -> Outcome<()> {
        let end = Instant::now() + PATIENCE;
        while !what(self) {
            if Instant::now() > end {
                return Err(format!("nobody takes the file: {self:?}").into());
            }
            queue.roundtrip(self)?;
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl std::fmt::Debug for Hand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let felt = [
            (self.is_configured, "a window"),
            (self.is_under, "the pointer"),
            (self.pressed.is_some(), "the button"),
            (self.is_accepted, "accepted"),
            (self.is_agreed, "agreed"),
            (self.is_finished, "finished"),
        ];
        let felt = felt.iter().filter(|(felt, _)| *felt).map(|(_, name)| name);
        f.debug_list().entries(felt).finish()
    }
}

impl Dispatch<WlDataSource, ()> for Hand {
    fn event(
        hand: &mut Self,
        _: &WlDataSource,
        event: wl_data_source::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            wl_data_source::Event::Target { mime_type } => hand.is_accepted = mime_type.is_some(),
            wl_data_source::Event::Action { dnd_action } => {
                hand.is_agreed = dnd_action == WEnum::Value(DndAction::Copy);
            }
            wl_data_source::Event::Send { fd, .. } => {
                // Who asks and goes away finds out by itself.
                let _ = File::from(fd).write_all(hand.uri.as_bytes());
            }
            wl_data_source::Event::DndFinished => hand.is_finished = true,
            _ => {}
        }
    }
}

impl Dispatch<WlPointer, ()> for Hand {
    fn event(
        hand: &mut Self,
        _: &WlPointer,
        event: wl_pointer::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            wl_pointer::Event::Enter { .. } => hand.is_under = true,
            wl_pointer::Event::Leave { .. } => hand.is_under = false,
            wl_pointer::Event::Button { serial, .. } => hand.pressed = Some(serial),
            _ => {}
        }
    }
}

impl Dispatch<XdgSurface, ()> for Hand {
    fn event(
        hand: &mut Self,
        surface: &XdgSurface,
        event: xdg_surface::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_surface::Event::Configure { serial } = event {
            surface.ack_configure(serial);
            hand.is_configured = true;
        }
    }
}

impl Dispatch<XdgWmBase, ()> for Hand {
    fn event(
        _: &mut Self,
        shell: &XdgWmBase,
        event: xdg_wm_base::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_wm_base::Event::Ping { serial } = event {
            shell.pong(serial);
        }
    }
}

impl Dispatch<WlDataDevice, ()> for Hand {
    fn event(
        _: &mut Self,
        _: &WlDataDevice,
        _: wayland_client::protocol::wl_data_device::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }

    event_created_child!(Hand, WlDataDevice, [
        wayland_client::protocol::wl_data_device::EVT_DATA_OFFER_OPCODE => (WlDataOffer, ()),
    ]);
}

impl Dispatch<XdgToplevel, ()> for Hand {
    fn event(
        _: &mut Self,
        _: &XdgToplevel,
        _: xdg_toplevel::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

impl Dispatch<WlRegistry, GlobalListContents> for Hand {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: wayland_client::protocol::wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

delegate_noop!(Hand: ignore WlSeat);
delegate_noop!(Hand: ignore WlShm);
delegate_noop!(Hand: ignore WlBuffer);
delegate_noop!(Hand: ignore WlSurface);
delegate_noop!(Hand: ignore WlDataOffer);
delegate_noop!(Hand: WlShmPool);
delegate_noop!(Hand: WlCompositor);
delegate_noop!(Hand: WlDataDeviceManager);
delegate_noop!(Hand: ZwlrVirtualPointerManagerV1);
delegate_noop!(Hand: ZwlrVirtualPointerV1);
