//! What the compositor says about files that are dragged (`wl_data_device`).

use std::os::fd::{AsFd, OwnedFd};
use wayland_client::protocol::wl_data_device::{self, WlDataDevice};
use wayland_client::protocol::wl_data_device_manager::{DndAction, WlDataDeviceManager};
use wayland_client::protocol::wl_data_offer::{self, WlDataOffer};
use wayland_client::protocol::wl_registry::{self, WlRegistry};
use wayland_client::protocol::wl_seat::WlSeat;
use wayland_client::{
    Connection, Dispatch, Proxy, QueueHandle, WEnum, delegate_noop, event_created_child,
};

/// What file managers offer.
const LIST: &str = "text/uri-list";

/// Since this version both sides say what a drop does.
const WITH_ACTIONS: u32 = 3;

/// Since this version a device can be given back.
const WITH_RELEASE: u32 = 2;

/// Most seats that are listened to.
const MAX_SEATS: usize = 16;

/// What was heard.
#[derive(Default)]
pub(super) struct Listener {
    manager: Option<WlDataDeviceManager>,
    seats: Vec<Seat>,
    /// The newest offer, before it is said what it is for.
    offered: Option<Offer>,
    over: Option<Offer>,
    dropped: Option<Offer>,
}

/// Hands that can hold something.
struct Seat {
    name: u32,
    seat: WlSeat,
    device: Option<WlDataDevice>,
}

/// Something that can be had from another program.
struct Offer {
    offer: WlDataOffer,
    /// It is files.
    is_files: bool,
    /// Both sides agree on what the drop does.
    is_agreed: bool,
}

/// Files that were dropped, and are to be received.
pub(super) struct Dropped(Offer);

impl Dropped {
    /// Asks for the list of files.
    pub(super) fn receive(&self, into: &OwnedFd) {
        self.0.offer.receive(LIST.to_owned(), into.as_fd());
    }

    /// Tells the other program that it has been read.
    pub(super) fn finish(self) {
        let Offer {
            offer, is_agreed, ..
        } = self.0;
        // To finish what was not agreed on is a mistake that ends the connection.
        if is_agreed && offer.version() >= WITH_ACTIONS {
            offer.finish();
        }
        offer.destroy();
    }
}

impl Listener {
    /// Whether files are held over a window of ours.
    pub(super) fn is_over(&self) -> bool {
        self.over.as_ref().is_some_and(|over| over.is_files)
    }

    /// What was dropped since the last time.
    pub(super) fn take_dropped(&mut self) -> Option<Dropped> {
        self.dropped.take().map(Dropped)
    }

    /// Listens to seats that nobody listens to yet.
    fn listen(&mut self, queue: &QueueHandle<Self>) {
        let Some(manager) = &self.manager else {
            return;
        };
        for seat in self.seats.iter_mut().filter(|seat| seat.device.is_none()) {
            seat.device = Some(manager.get_data_device(&seat.seat, queue, ()));
        }
    }

    /// Takes what is held over a window, when it is files.
    fn enter(&mut self, serial: u32, offer: Option<&WlDataOffer>) {
        forget(self.over.take());
        let offered = self.offered.take();
        let Some(offered) = offered.filter(|offered| Some(&offered.offer) == offer) else {
            return;
        };
        let kind = offered.is_files.then(|| LIST.to_owned());
        offered.offer.accept(serial, kind);
        if offered.is_files && offered.offer.version() >= WITH_ACTIONS {
            offered.offer.set_actions(DndAction::Copy, DndAction::Copy);
        }
        self.over = Some(offered);
    }

    fn drop(&mut self) {
        let (files, other) = match self.over.take() {
            Some(over) if over.is_files => (Some(over), None),
            over => (None, over),
        };
        forget(other);
        forget(std::mem::replace(&mut self.dropped, files));
    }
}

fn forget(offer: Option<Offer>) {
    if let Some(offer) = offer {
        offer.offer.destroy();
    }
}

impl Dispatch<WlRegistry, ()> for Listener {
    fn event(
        listener: &mut Self,
        registry: &WlRegistry,
        event: wl_registry::Event,
        (): &(),
        _: &Connection,
        queue: &QueueHandle<Self>,
    ) {
        match event {
            wl_registry::Event::Global {
                name,
                interface,
                version,
            } => {
                if interface == WlDataDeviceManager::interface().name {
                    let version = version.min(WITH_ACTIONS);
                    listener.manager = Some(registry.bind(name, version, queue, ()));
                } else if interface == WlSeat::interface().name && listener.seats.len() < MAX_SEATS
                {
                    let seat = registry.bind(name, 1, queue, ());
                    listener.seats.push(Seat {
                        name,
                        seat,
                        device: None,
                    });
                }
                listener.listen(queue);
            }
            wl_registry::Event::GlobalRemove { name } => {
                for gone in listener.seats.extract_if(.., |seat| seat.name == name) {
                    let device = gone
                        .device
                        .filter(|device| device.version() >= WITH_RELEASE);
                    if let Some(device) = device {
                        device.release();
                    }
                }
            }
            _ => {}
        }
    }
}

impl Dispatch<WlDataDevice, ()> for Listener {
    fn event(
        listener: &mut Self,
        _: &WlDataDevice,
        event: wl_data_device::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            wl_data_device::Event::DataOffer { id } => {
                let offer = Offer {
                    offer: id,
                    is_files: false,
                    is_agreed: false,
                };
                forget(listener.offered.replace(offer));
            }
            wl_data_device::Event::Enter { serial, id, .. } => listener.enter(serial, id.as_ref()),
            wl_data_device::Event::Leave => forget(listener.over.take()),
            wl_data_device::Event::Drop => listener.drop(),
            // What was copied is not for us.
            wl_data_device::Event::Selection { .. } => forget(listener.offered.take()),
            _ => {}
        }
    }

    event_created_child!(Listener, WlDataDevice, [
        wl_data_device::EVT_DATA_OFFER_OPCODE => (WlDataOffer, ()),
    ]);
}

impl Dispatch<WlDataOffer, ()> for Listener {
    fn event(
        listener: &mut Self,
        offer: &WlDataOffer,
        event: wl_data_offer::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        let known = [
            &mut listener.offered,
            &mut listener.over,
            &mut listener.dropped,
        ];
        let mut known = known.into_iter().flatten();
        let Some(known) = known.find(|known| known.offer == *offer) else {
            return;
        };
        match event {
            wl_data_offer::Event::Offer { mime_type } => known.is_files |= mime_type == LIST,
            wl_data_offer::Event::Action { dnd_action } => {
                known.is_agreed = matches!(dnd_action, WEnum::Value(action) if !action.is_empty());
            }
            _ => {}
        }
    }
}

delegate_noop!(Listener: ignore WlSeat);
delegate_noop!(Listener: WlDataDeviceManager);
