//! A slot as rows of pixels. Its size comes from the request, never from the file.

use ipc::TileSize;

/// Premultiplied RGBA8 pixels of one tile, packed rows, the first one first.
#[derive(Debug)]
pub struct Surface<'s> {
    size: TileSize,
    bytes: &'s mut [u8],
}

impl<'s> Surface<'s> {
    /// The start of `slot` as a surface of `size`; `None` when it is too short.
    #[must_use]
    pub fn new(slot: &'s mut [u8], size: TileSize) -> Option<Self> {
        let bytes = slot.get_mut(..size.bytes())?;
        Some(Self { size, bytes })
    }

    /// Width and height in pixels.
    #[must_use]
    pub fn size(&self) -> TileSize {
        self.size
    }

    /// All bytes, rows top to bottom.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        self.bytes
    }
}
