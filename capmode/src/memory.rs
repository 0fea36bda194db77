//! Sealed memory that crosses the process boundary: documents and fonts one way,
//! pixels the other.
//!
//! The broker makes both and maps neither: it reads pixels with `pread`, so
//! memory that a hostile renderer rewrites meanwhile can neither fault nor be
//! seen through a Rust reference. Sizes are fixed before the renderer gets the
//! descriptor.

use crate::sys;
use std::fs::File;
use std::io::{self, Read};
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::OnceLock;

/// Pixels: memory the broker makes and reads, and a renderer writes.
#[derive(Debug)]
pub struct SharedMemory {
    file: File,
    bytes: u64,
}

impl SharedMemory {
    /// Makes zeroed memory of a size that nobody can change any more.
    ///
    /// # Errors
    ///
    /// The `errno` of `memfd_create(2)` or `shm_open(2)`, of setting the size,
    /// or of sealing it.
    pub fn create(bytes: u64) -> io::Result<Self> {
        let file = sys::memory::create_pixels(bytes)?;
        Ok(Self { file, bytes })
    }

    /// Size in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The descriptor a renderer is given, with no more rights than drawing needs.
    ///
    /// # Errors
    ///
    /// The `errno` of duplicating or limiting it.
    pub fn for_renderer(&self) -> io::Result<OwnedFd> {
        sys::memory::pixels_for_renderer(&self.file)
    }

    /// Forbids every writable mapping that does not exist yet. Called when the
    /// renderer has said `Locked`, and has mapped what it needs.
    ///
    /// # Errors
    ///
    /// The `errno` of sealing.
    pub fn seal_mappings(&self) -> io::Result<()> {
        sys::memory::seal_pixels(&self.file)
    }

    /// Copies bytes out of the memory, whoever writes to it meanwhile.
    ///
    /// # Errors
    ///
    /// The `errno` of `pread(2)`; [`io::ErrorKind::UnexpectedEof`] beyond the end.
    pub fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, out, offset)
    }
}

/// Memory for fonts: the broker fills it piece by piece, a renderer reads what
/// has been filled. Sparse: what is not filled costs nothing.
#[derive(Debug)]
pub struct FontMemory {
    file: File,
    bytes: u64,
    filled: u64,
}

impl FontMemory {
    /// Makes empty memory of a size that nobody can change any more.
    ///
    /// # Errors
    ///
    /// The `errno` of making it, of setting the size, or of sealing it.
    pub fn create(bytes: u64) -> io::Result<Self> {
        let file = sys::memory::create_fonts(bytes)?;
        Ok(Self {
            file,
            bytes,
            filled: 0,
        })
    }

    /// A descriptor of the memory for a renderer, which can be mapped for reading.
    ///
    /// # Errors
    ///
    /// The `errno` of opening or limiting it.
    pub fn for_renderer(&self) -> io::Result<OwnedFd> {
        sys::memory::fonts_for_renderer(&self.file)
    }

    /// Copies all of `source` behind what is there, and tells where: offset and
    /// length. What has been written once is never written again.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::FileTooLarge`] for more than `most` bytes or more than is left;
    /// the `errno` of reading or writing.
    pub fn append(&mut self, source: impl Read, most: u64) -> io::Result<(u64, u64)> {
        let offset = self.filled;
        let room = most.min(self.bytes.saturating_sub(offset));
        let mut place = Appending {
            file: &self.file,
            at: offset,
        };
        let mut source = source.take(room);
        let copied = io::copy(&mut source, &mut place);
        // What was written of a font that failed stays unused.
        self.filled = place.at.next_multiple_of(FONT_ALIGN_BYTES).min(self.bytes);
        let copied = copied?;
        source.set_limit(1);
        match source.read(&mut [0])? {
            0 => Ok((offset, copied)),
            _ => Err(io::ErrorKind::FileTooLarge.into()),
        }
    }
}

/// Fonts begin at pages, so that a piece that is read ahead is of one font.
const FONT_ALIGN_BYTES: u64 = 4096;

/// Writes by offset.
struct Appending<'f> {
    file: &'f File,
    at: u64,
}

impl io::Write for Appending<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = std::os::unix::fs::FileExt::write_at(self.file, bytes, self.at)?;
        self.at = self.at.saturating_add(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A copy of a document that nobody can change any more.
#[derive(Debug)]
pub struct Snapshot {
    file: File,
    bytes: u64,
}

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// There is more than the limit.
    #[error("more than {0} bytes")]
    TooLarge(u64),
    /// Reading or copying failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Snapshot {
    /// Copies what `source` still holds, at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`].
    pub fn copy_of(source: impl Read, limit: u64) -> Result<Self, SnapshotError> {
        let mut file = sys::memory::create_snapshot()?;
        let bytes = io::copy(&mut source.take(limit.saturating_add(1)), &mut file)?;
        if bytes > limit {
            return Err(SnapshotError::TooLarge(limit));
        }
        sys::memory::seal_snapshot(&file)?;
        Ok(Self { file, bytes })
    }

    /// Size in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// A new read-only descriptor of the copy for a renderer.
    ///
    /// # Errors
    ///
    /// The `errno` of opening or limiting it.
    pub fn for_renderer(&self) -> io::Result<OwnedFd> {
        sys::memory::snapshot_for_renderer(&self.file)
    }
}

/// Takes the rights off a file's descriptor that a renderer does not need.
///
/// # Errors
///
/// The `errno` of limiting them.
pub fn limit_document(file: &File) -> io::Result<()> {
    sys::memory::limit_document(file.as_fd())
}

/// A document in the renderer: its bytes, which do not change.
#[derive(Debug)]
pub enum DocumentMemory {
    /// A mapping of a sealed [`Snapshot`].
    Mapped(Mapping),
    /// A copy.
    Copied(Vec<u8>),
    /// A file that may change, and what is held of it.
    File(DocumentFile),
}

impl DocumentMemory {
    /// Maps a snapshot; it must be sealed against writing and hold `bytes`.
    ///
    /// # Errors
    ///
    /// `EINVAL` for memory that is not sealed or is shorter; the `errno` of `mmap(2)`.
    pub fn map_snapshot(document: &OwnedFd, bytes: u64) -> io::Result<Self> {
        sys::memory::check_snapshot(document.as_fd(), bytes)?;
        Mapping::new(document.as_fd(), bytes, Access::Read).map(Self::Mapped)
    }

    /// The file, where not all of it is held.
    #[must_use]
    pub fn beyond(&self) -> Option<&DocumentFile> {
        match self {
            Self::File(file) if self.as_ref().len() as u64 != file.bytes => Some(file),
            _ => None,
        }
    }
}

impl AsRef<[u8]> for DocumentMemory {
    /// What is held: everything, unless there is more [`beyond`](Self::beyond).
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Mapped(mapping) => mapping.bytes(),
            Self::Copied(copy) => copy,
            Self::File(file) => file.held.get().map_or(&[], Vec::as_slice),
        }
    }
}

/// A document that is not copied: its file, which is read by offset for as long as
/// the process lives. It may change meanwhile, and end earlier than it did.
#[derive(Debug)]
pub struct DocumentFile {
    /// Never closed: after the last wall nothing can be.
    descriptor: ManuallyDrop<OwnedFd>,
    bytes: u64,
    held: OnceLock<Vec<u8>>,
}

impl DocumentFile {
    /// A file that had `bytes` when it was opened. Nothing of it is read.
    #[must_use]
    pub fn new(descriptor: OwnedFd, bytes: u64) -> Self {
        Self {
            descriptor: ManuallyDrop::new(descriptor),
            bytes,
            held: OnceLock::new(),
        }
    }

    /// Its size when it was opened, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether it has been decided what is held of it.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.held.get().is_some()
    }

    /// Holds this in memory from now on, once.
    pub fn hold(&self, bytes: Vec<u8>) {
        // Whoever comes second has read the same file.
        let _ = self.held.set(bytes);
    }

    /// Reads from `offset` on until `out` is full or the file ends; how many bytes.
    ///
    /// # Errors
    ///
    /// The `errno` of `pread(2)`.
    pub fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while let Some(rest) = out.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let Ok(place) = i64::try_from(offset.saturating_add(done as u64)) else {
                break;
            };
            match nix::sys::uio::pread(&*self.descriptor, rest, place) {
                Ok(0) => break,
                Ok(read) => done += read,
                Err(nix::errno::Errno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(done)
    }

    /// Reads all of it.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::UnexpectedEof`] when it has become shorter;
    /// [`io::ErrorKind::OutOfMemory`] when it does not fit in the budget.
    pub fn read_all(&self) -> io::Result<Vec<u8>> {
        let too_large = || io::Error::from(io::ErrorKind::OutOfMemory);
        let len = usize::try_from(self.bytes).map_err(|_| too_large())?;
        let mut copy = Vec::new();
        copy.try_reserve_exact(len).map_err(|_| too_large())?;
        copy.resize(len, 0);
        match self.read_at(0, &mut copy)? {
            read if read == len => Ok(copy),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// The memory for fonts in the renderer.
#[derive(Debug)]
pub struct MappedFonts(Mapping);

impl MappedFonts {
    /// Maps memory for fonts of this size, for reading.
    ///
    /// # Errors
    ///
    /// The `errno` of `mmap(2)`; `EINVAL` for no size.
    pub fn map(fonts: &OwnedFd, bytes: u64) -> io::Result<Self> {
        Mapping::new(fonts.as_fd(), bytes, Access::Read).map(Self)
    }

    /// A font that the broker says it has put there; `None` outside the memory.
    ///
    /// Must be asked only for what the broker has announced: it never writes
    /// there again.
    #[must_use]
    pub fn piece(&self, offset: usize, bytes: usize) -> Option<&[u8]> {
        let end = offset.checked_add(bytes)?;
        if end > self.0.bytes {
            return None;
        }
        // SAFETY: offset ≤ end, which lies inside the mapping.
        let start = unsafe { self.0.start.as_ptr().add(offset) };
        // SAFETY: start and the bytes behind it lie inside the mapping, which is
        // readable until drop. They do not change under the reference: this process
        // cannot write to the mapping, and the broker, which holds the only descriptor
        // that can be written to, has announced the piece and only ever writes
        // behind what it has announced (`FontMemory::append`).
        Some(unsafe { std::slice::from_raw_parts(start, bytes) })
    }
}

/// Pixel memory in the renderer.
#[derive(Debug)]
pub struct MappedPixels;

/// One slot: a piece of pixel memory that one job at a time draws into.
#[derive(Debug)]
pub struct Slot {
    start: std::ptr::NonNull<u8>,
    bytes: usize,
}

// SAFETY: a Slot is the only path in this process to its piece of the mapping
// (`MappedPixels::map` cuts the mapping into pieces that do not overlap, and
// leaks it), so moving it to another thread moves the exclusive access with it.
unsafe impl Send for Slot {}

impl MappedPixels {
    /// Maps pixel memory and cuts it into `slots` of `slot_bytes` each. The
    /// mapping stays until the process ends.
    ///
    /// # Errors
    ///
    /// The `errno` of `mmap(2)`; `EINVAL` for no size or one that overflows.
    pub fn map(pixels: &OwnedFd, slots: u8, slot_bytes: u32) -> io::Result<Vec<Slot>> {
        let bytes = u64::from(slots) * u64::from(slot_bytes);
        let mapping = Mapping::new(pixels.as_fd(), bytes, Access::Write)?;
        let slot_bytes = slot_bytes as usize;
        let pieces = (0..usize::from(slots)).map(|index| Slot {
            // SAFETY: index < slots, so the offset lies inside the mapping of
            // slots × slot_bytes that `Mapping::new` has just returned.
            start: unsafe { mapping.start.add(index * slot_bytes) },
            bytes: slot_bytes,
        });
        let pieces = pieces.collect();
        std::mem::forget(mapping);
        Ok(pieces)
    }
}

impl Slot {
    /// The bytes of the slot.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: the piece is mapped readable and writable until the process
        // ends, is reached in this process through this Slot alone, and the
        // broker, which holds the only other descriptor, never writes to it.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.bytes) }
    }
}

/// A mapping of whole memory.
#[derive(Debug)]
pub struct Mapping {
    start: std::ptr::NonNull<u8>,
    bytes: usize,
}

// SAFETY: a Mapping gives out shared references only, to bytes that are sealed
// against writing (`DocumentMemory::map_snapshot` has checked) or that nobody
// writes to any more (`MappedFonts::piece`), so any thread may read.
unsafe impl Send for Mapping {}
// SAFETY: as for Send.
unsafe impl Sync for Mapping {}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

impl Mapping {
    fn new(descriptor: BorrowedFd<'_>, bytes: u64, access: Access) -> io::Result<Self> {
        use nix::sys::mman::{MapFlags, ProtFlags, mmap};
        let invalid = || io::Error::from(nix::errno::Errno::EINVAL);
        let len = usize::try_from(bytes).map_err(|_| invalid())?;
        let len_nonzero = std::num::NonZeroUsize::new(len).ok_or_else(invalid)?;
        let (protection, flags) = match access {
            // Private: a mapping that can never be written needs no more, and
            // older kernels refuse a shared one of sealed memory.
            Access::Read => (ProtFlags::PROT_READ, MapFlags::MAP_PRIVATE),
            Access::Write => (
                ProtFlags::PROT_READ | ProtFlags::PROT_WRITE,
                MapFlags::MAP_SHARED,
            ),
        };
        // SAFETY: a new mapping at an address of the kernel's choice cannot
        // overlap memory that Rust knows; the result is checked by `mmap`.
        let start = unsafe { mmap(None, len_nonzero, protection, flags, descriptor, 0) }?;
        Ok(Self {
            start: start.cast(),
            bytes: len,
        })
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: mapped readable for `bytes` until drop, and sealed against
        // writing (checked by `DocumentMemory::map_snapshot`, the only maker of
        // a Mapping that is read whole), so the bytes never change under the reference.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.bytes) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: start and bytes are what `mmap` returned; every reference
        // into the mapping borrows from self and is gone.
        let result = unsafe { nix::sys::mman::munmap(self.start.cast(), self.bytes) };
        debug_assert!(result.is_ok(), "munmap of a whole mapping cannot fail");
    }
}
