//! The other side of a session: what a broker says and hears, without a process.

use capmode::{Channel, Confined, FontMemory, Received, SharedMemory, Snapshot};
use ipc::codec::{decode_event, encode_request};
use ipc::limits::{FONT_MEMORY_BYTES, MAX_MESSAGE_BYTES};
use ipc::{
    DocumentSource, Event, FailureKind, Open, PageIndex, Part, Request, RequestId, Tile, TileSize,
};
use renderer_sandbox::serve::{self, End};
use renderer_sandbox::threads::Threads;
use std::io::Cursor;
use std::os::fd::{AsFd, OwnedFd};
use std::thread::{self, JoinHandle};

pub(crate) const SLOTS: u8 = 4;
pub(crate) const SLOT_BYTES: u32 = 4096;
pub(crate) const WORKERS: u8 = 2;

pub(crate) struct Session {
    pub(crate) channel: Channel,
    pub(crate) pixels: SharedMemory,
    pub(crate) fonts: FontMemory,
    served: JoinHandle<Result<End, End>>,
}

/// A session in which nothing has been said.
pub(crate) fn start() -> Session {
    let (broker, renderer) = Channel::pair().unwrap();
    let served = thread::spawn(|| {
        let confined = Box::leak(Box::new(Confined::pretended()));
        serve::serve(
            confined,
            Box::leak(Box::new(renderer)),
            Threads::default(),
            |_| Ok(()),
            crate::fake::open,
        )
    });
    Session {
        channel: broker,
        pixels: SharedMemory::create(u64::from(SLOTS) * u64::from(SLOT_BYTES)).unwrap(),
        fonts: FontMemory::create(FONT_MEMORY_BYTES).unwrap(),
        served,
    }
}

/// A session with this document, up to its first event after `Locked`.
pub(crate) fn open(document: &str) -> (Session, Event) {
    let session = start();
    let snapshot = Snapshot::copy_of(Cursor::new(document), 4096).unwrap();
    let request = open_request(DocumentSource::Snapshot, snapshot.bytes());
    session.give(request, &[snapshot.for_renderer().unwrap()], true);
    assert_eq!(session.hear(), Event::Locked);
    let event = session.hear();
    (session, event)
}

/// A session with an open document.
pub(crate) fn opened(document: &str) -> Session {
    let (session, event) = open(document);
    assert!(matches!(event, Event::Opened(_)), "{event:?}");
    session
}

pub(crate) fn open_request(source: DocumentSource, document_bytes: u64) -> Request {
    Request::Open(Open {
        source,
        document_bytes,
        slots: SLOTS,
        slot_bytes: SLOT_BYTES,
        workers: WORKERS,
    })
}

pub(crate) fn page(page: u32) -> PageIndex {
    PageIndex::new(page).unwrap()
}

/// A request for 8 × 8 pixels of a page.
pub(crate) fn paint(id: u32, number: u32, slot: u8) -> Request {
    let size = TileSize::new(8, 8).unwrap();
    Request::Paint {
        id: RequestId(id),
        tile: Tile::new(page(number), (8, 8), (0, 0), size).unwrap(),
        slot,
        early: false,
    }
}

pub(crate) fn info(id: u32) -> Request {
    Request::Info { id: RequestId(id) }
}

pub(crate) fn text(id: u32, number: u32) -> Request {
    Request::Text {
        id: RequestId(id),
        page: page(number),
    }
}

pub(crate) fn cancel(id: u32) -> Request {
    Request::Cancel { id: RequestId(id) }
}

impl Session {
    pub(crate) fn say(&self, request: &Request) {
        let message = encode_request(request).unwrap();
        self.channel.send(message.bytes()).unwrap();
    }

    /// Says something with a document, and with pixels and fonts or without.
    pub(crate) fn give(&self, request: Request, documents: &[OwnedFd], memories: bool) {
        let message = encode_request(&request).unwrap();
        let memory = self.pixels.for_renderer().unwrap();
        let mut descriptors: Vec<_> = documents.iter().map(AsFd::as_fd).collect();
        let fonts = self.fonts.for_renderer().unwrap();
        if memories {
            descriptors.extend([memory.as_fd(), fonts.as_fd()]);
        }
        self.channel
            .send_with(message.bytes(), &descriptors)
            .unwrap();
    }

    pub(crate) fn hear(&self) -> Event {
        let mut buffer = [0; MAX_MESSAGE_BYTES + 1];
        match self.channel.receive(&mut buffer).unwrap() {
            Received::Message(bytes) => decode_event(bytes).unwrap(),
            other => panic!("no message but {other:?}"),
        }
    }

    pub(crate) fn hear_part(&self) -> Part {
        match self.hear() {
            Event::Part(part) => part,
            other => panic!("no part but {other:?}"),
        }
    }

    /// Hears that a request failed, and says of which kind and with which words.
    pub(crate) fn hear_failure(&self, of: u32) -> (FailureKind, String) {
        match self.hear() {
            Event::Failed { id, failure } if id == RequestId(of) => {
                (failure.kind, failure.detail.as_str().to_owned())
            }
            other => panic!("no failure of {of} but {other:?}"),
        }
    }

    pub(crate) fn hear_painted(&self, of: u32) {
        let id = RequestId(of);
        assert_eq!(self.hear(), Event::Painted { id, whole: true });
    }

    pub(crate) fn hears_nothing(&self) -> bool {
        let mut buffer = [0; MAX_MESSAGE_BYTES + 1];
        self.channel.try_receive(&mut buffer).unwrap() == Received::Nothing
    }

    /// The first pixel of a slot.
    pub(crate) fn pixel(&self, slot: u8) -> [u8; 4] {
        let mut pixel = [0; 4];
        let offset = u64::from(slot) * u64::from(SLOT_BYTES);
        self.pixels.read_at(offset, &mut pixel).unwrap();
        pixel
    }

    /// How the renderer ends by itself, while the channel stays open.
    pub(crate) fn end(self) -> End {
        self.served.join().unwrap().unwrap_or_else(|end| end)
    }

    /// How the renderer ends when the broker goes.
    pub(crate) fn close(self) -> End {
        drop(self.channel);
        self.served.join().unwrap().unwrap_or_else(|end| end)
    }
}
