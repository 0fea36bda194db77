//! A slot as rows of pixels. Its size comes from the request, never from the file.

use capmode::Slot;
use ipc::TileSize;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Smallest page of memory on any system that is supported.
const MEMORY_PAGE_BYTES: usize = 4096;

/// Premultiplied RGBA8 pixels of one tile, packed rows, the first one first.
#[derive(Debug)]
pub struct Surface<'s> {
    size: TileSize,
    memory: Memory<'s>,
}

#[derive(Debug)]
enum Memory<'s> {
    There(&'s mut [u8]),
    Coming(&'s mut Coming),
}

impl<'s> Surface<'s> {
    /// The start of `slot` as a surface of `size`; `None` when it is too short.
    #[must_use]
    pub fn new(slot: &'s mut [u8], size: TileSize) -> Option<Self> {
        let memory = Memory::There(slot.get_mut(..size.bytes())?);
        Some(Self { size, memory })
    }

    /// The start of a slot that is being made ready.
    pub(crate) fn coming(slot: &'s mut Coming, size: TileSize) -> Self {
        let memory = Memory::Coming(slot);
        Self { size, memory }
    }

    /// Width and height in pixels.
    #[must_use]
    pub fn size(&self) -> TileSize {
        self.size
    }

    /// All bytes, rows top to bottom. Waits until they are there, so that it is
    /// best asked for when they are needed; none if they never come.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        match &mut self.memory {
            Memory::There(bytes) => bytes,
            Memory::Coming(slot) => {
                let bytes = slot.wait().map(Slot::bytes_mut);
                let bytes = bytes.and_then(|bytes| bytes.get_mut(..self.size.bytes()));
                bytes.unwrap_or_default()
            }
        }
    }
}

/// A slot that another thread makes ready: memory that was never written to
/// costs a fault a page, which it takes while the page is read.
#[derive(Debug)]
pub(crate) struct Coming {
    receiver: Receiver<Slot>,
    slot: Option<Slot>,
}

impl Coming {
    /// What is waited for, and where to put it.
    pub(crate) fn new() -> (SyncSender<Slot>, Self) {
        let (sender, receiver) = sync_channel(1);
        let slot = None;
        (sender, Self { receiver, slot })
    }

    /// `None` when nobody is left who could bring it.
    fn wait(&mut self) -> Option<&mut Slot> {
        if self.slot.is_none() {
            self.slot = self.receiver.recv().ok();
        }
        self.slot.as_mut()
    }

    /// The slot, when it is done with.
    pub(crate) fn into_slot(mut self) -> Option<Slot> {
        self.wait();
        self.slot
    }
}

/// Writes to memory that was never written to, so that it is there.
pub(crate) fn touch(bytes: &mut [u8]) {
    for page in bytes.chunks_mut(MEMORY_PAGE_BYTES) {
        if let Some(first) = page.first_mut() {
            *first = 0;
        }
    }
}
