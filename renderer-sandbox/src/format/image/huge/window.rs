//! Bytes of a document as rows need them: all in memory, or a part of a file at a time.

use capmode::DocumentFile;
use std::borrow::Cow;

/// What is read of a file after a jump, in bytes: a block of a strip ends soon.
const FIRST: usize = 16 * 1024;

/// What is read at once when reading goes on, in bytes.
const MOST: usize = 256 * 1024;

/// Where the bytes are.
#[derive(Clone, Copy)]
pub(in crate::format::image) enum Content<'d> {
    /// In memory.
    Held(&'d [u8]),
    /// In a file, which may change and end early.
    File(&'d DocumentFile),
}

/// The bytes that are looked at.
pub(super) struct Window<'d> {
    content: Content<'d>,
    /// Most bytes that are read at once.
    most: usize,
    /// Where in the document they begin.
    start: usize,
    bytes: Cow<'d, [u8]>,
    /// Nothing follows them.
    is_last: bool,
}

impl<'d> Window<'d> {
    pub(super) fn new(content: Content<'d>) -> Self {
        Self::one_of(content, 1)
    }

    /// One of several that are read from at the same time: together they take little
    /// more than one alone.
    pub(super) fn one_of(content: Content<'d>, count: usize) -> Self {
        Self {
            content,
            most: (MOST / count.max(1)).max(FIRST),
            start: 0,
            bytes: match content {
                Content::Held(bytes) => bytes.into(),
                Content::File(_) => Cow::default(),
            },
            is_last: matches!(content, Content::Held(_)),
        }
    }

    /// Bytes from this place on, at least so many where there are so many.
    #[inline]
    pub(super) fn from(&mut self, at: usize, least: usize) -> &[u8] {
        let place = at.wrapping_sub(self.start);
        if place.saturating_add(least) > self.bytes.len() {
            self.read(at, least);
        }
        let place = at.wrapping_sub(self.start);
        self.bytes.get(place..).unwrap_or_default()
    }

    #[cold]
    fn read(&mut self, at: usize, least: usize) {
        let Content::File(file) = self.content else {
            return;
        };
        let end = self.start + self.bytes.len();
        if self.is_last && at >= self.start {
            return;
        }
        let goes_on = !self.bytes.is_empty() && (self.start..=end).contains(&at);
        let wanted = match goes_on {
            true => (self.bytes.len() * 2).min(self.most),
            false => FIRST,
        };
        let wanted = wanted.max(least);
        let left = file.bytes().saturating_sub(at as u64);
        let wanted = usize::try_from(left).unwrap_or(wanted).min(wanted);
        let bytes = self.bytes.to_mut();
        bytes.resize(wanted, 0);
        // What cannot be read is as if the file ended there.
        let read = file.read_at(at as u64, bytes).unwrap_or(0);
        bytes.truncate(read);
        self.start = at;
        self.is_last = read < wanted || read as u64 == left;
    }
}
