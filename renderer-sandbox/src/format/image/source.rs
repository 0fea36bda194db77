//! The bytes of a picture as a decoder reads them: the document itself, a few
//! bytes of it replaced, and zeros after its end where that is asked for.
//!
//! A decoder that stops at the end of a file gives nothing of a picture that
//! was cut. With zeros after the end, it gives all that is there.

use std::cell::Cell;
use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// Zeros that stand ready to be read.
static ZEROS: [u8; 4096] = [0; 4096];

/// A document as a file of which parts may be different.
pub(super) struct Source<'d> {
    document: &'d [u8],
    /// Bytes of the document that are replaced, in order, each with its start.
    patches: Vec<(usize, Vec<u8>)>,
    position: usize,
    /// How many zeros follow the document.
    zeros: usize,
    /// Set when a reader has asked for more than the document holds.
    short: Option<&'d Cell<bool>>,
}

impl<'d> Source<'d> {
    pub(super) fn new(document: &'d [u8]) -> Self {
        Self {
            document,
            patches: Vec::new(),
            position: 0,
            zeros: 0,
            short: None,
        }
    }

    /// Replaces bytes from `start` on; what reaches past the end is left out.
    pub(super) fn patched(mut self, start: usize, bytes: &[u8]) -> Self {
        let room = self.document.len().saturating_sub(start);
        let bytes = bytes.get(..room).unwrap_or(bytes);
        self.patches.push((start, bytes.to_vec()));
        self.patches.sort_by_key(|(start, _)| *start);
        self
    }

    /// Adds zeros after the end.
    pub(super) fn with_zeros(mut self, zeros: usize) -> Self {
        self.zeros = zeros;
        self
    }

    /// Tells through `short` whether more was wanted than there is.
    pub(super) fn telling(mut self, short: &'d Cell<bool>) -> Self {
        self.short = Some(short);
        self
    }

    /// Whether these bytes come next.
    pub(super) fn is_at(&self, bytes: &[u8]) -> bool {
        self.piece().starts_with(bytes)
    }

    fn len(&self) -> usize {
        self.document.len().saturating_add(self.zeros)
    }

    /// What can be read at the position without a copy; empty at the end.
    fn piece(&self) -> &[u8] {
        let at = self.position;
        if at >= self.document.len() {
            let left = self.len().saturating_sub(at);
            return ZEROS.get(..left).unwrap_or(&ZEROS);
        }
        let mut end = self.document.len();
        for (start, bytes) in &self.patches {
            let patch_end = start.saturating_add(bytes.len());
            if (*start..patch_end).contains(&at) {
                return bytes.get(at - start..).unwrap_or_default();
            }
            if *start > at {
                end = end.min(*start);
            }
        }
        self.document.get(at..end).unwrap_or_default()
    }
}

impl Read for Source<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let piece = self.fill_buf()?;
        let read = piece.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..read), piece.get(..read)) {
            to.copy_from_slice(from);
        }
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Some(short) = self.short
            && self.position >= self.document.len()
        {
            short.set(true);
        }
        Ok(self.piece())
    }

    fn consume(&mut self, amount: usize) {
        self.position = self.position.saturating_add(amount);
    }
}

impl Seek for Source<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let from = |base: usize, offset: i64| (base as u64).checked_add_signed(offset);
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => from(self.len(), offset),
            SeekFrom::Current(offset) => from(self.position, offset),
        };
        let position = position.ok_or(io::ErrorKind::InvalidInput)?;
        self.position = usize::try_from(position).map_err(|_| io::ErrorKind::InvalidInput)?;
        Ok(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut source: Source<'_>) -> Vec<u8> {
        let mut read = Vec::new();
        source.read_to_end(&mut read).unwrap();
        read
    }

    #[test]
    fn patches_and_zeros_are_read_in_their_place() {
        assert_eq!(all(Source::new(b"abcdef")), b"abcdef");
        let patched = Source::new(b"abcdef").patched(4, b"XYZ").patched(1, b"-");
        assert_eq!(all(patched), b"a-cdXY");
        assert_eq!(all(Source::new(b"ab").with_zeros(2)), b"ab\0\0");
        let mut many = Source::new(b"").with_zeros(10_000);
        many.seek(SeekFrom::End(-5000)).unwrap();
        assert_eq!(all(many), [0; 5000]);
    }

    #[test]
    fn wanting_more_than_there_is_is_told() {
        let short = Cell::new(false);
        let mut source = Source::new(b"abc").telling(&short);
        let mut three = [0; 3];
        source.read_exact(&mut three).unwrap();
        assert!(!short.get());
        assert!(source.read_exact(&mut three).is_err());
        assert!(short.get());
    }

    #[test]
    fn seeking_anywhere_does_no_harm() {
        let mut source = Source::new(b"abc");
        assert!(source.seek(SeekFrom::Current(-1)).is_err());
        assert!(source.seek(SeekFrom::Start(u64::MAX)).is_ok());
        assert_eq!(source.read(&mut [0; 4]).unwrap(), 0);
        assert!(source.seek(SeekFrom::Current(1)).is_err());
    }
}
