//! Files of chunks, WAVE and AIFF: what is in them, and how they are read where some of
//! it is broken.

use super::container::Patch;
use std::ops::Range;

/// Chunks that are looked at.
const MAX_CHUNKS: usize = 256;

/// Where the first chunk is: behind a mark, a size, and what the file is.
const FIRST_CHUNK: usize = 12;

/// Bytes of a kind and of a size.
const HEADER_BYTES: usize = 8;

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Wave,
    Aiff,
}

impl Kind {
    pub(super) fn of(document: &[u8]) -> Option<Self> {
        let [a, b, c, d, _, _, _, _, form @ ..] = document.first_chunk::<FIRST_CHUNK>()?;
        match ([*a, *b, *c, *d], form) {
            ([b'R', b'I', b'F', b'F'] | [b'R', b'F', b'6', b'4'], b"WAVE") => Some(Self::Wave),
            ([b'F', b'O', b'R', b'M'], b"AIFF" | b"AIFC") => Some(Self::Aiff),
            _ => None,
        }
    }

    fn size(self, bytes: [u8; 4]) -> usize {
        match self {
            Self::Wave => u32::from_le_bytes(bytes) as usize,
            Self::Aiff => u32::from_be_bytes(bytes) as usize,
        }
    }

    fn sized(self, size: usize) -> Vec<u8> {
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        match self {
            Self::Wave => size.to_le_bytes().to_vec(),
            Self::Aiff => size.to_be_bytes().to_vec(),
        }
    }

    /// The chunks without which there is no sound.
    fn needed(self) -> &'static [&'static [u8; 4]] {
        match self {
            Self::Wave => &[b"fmt ", b"data"],
            Self::Aiff => &[b"FVER", b"COMM", b"SSND"],
        }
    }
}

/// A chunk.
pub(super) struct Chunk {
    pub(super) kind: [u8; 4],
    /// Where its content is, as far as there is any.
    pub(super) place: Range<usize>,
    /// Bytes that it says it has.
    pub(super) told_bytes: usize,
}

impl Chunk {
    /// Whether it goes on behind the end of the file.
    pub(super) fn is_cut(&self) -> bool {
        self.told_bytes > self.place.len()
    }
}

/// The chunks of a file.
pub(super) fn of(document: &[u8], kind: Kind) -> impl Iterator<Item = Chunk> {
    let mut at = FIRST_CHUNK;
    let next = move || {
        let header = document.get(at..)?.first_chunk::<HEADER_BYTES>()?;
        let [a, b, c, d, size @ ..] = *header;
        let start = at + HEADER_BYTES;
        let end = start.saturating_add(kind.size(size));
        at = end.saturating_add(end % 2);
        Some(Chunk {
            kind: [a, b, c, d],
            place: start..end.min(document.len()),
            told_bytes: kind.size(size),
        })
    };
    std::iter::from_fn(next).take(MAX_CHUNKS)
}

/// Whether the samples of an AIFF go on behind the end of the file, which says how many
/// there are.
pub(super) fn ends_early(document: &[u8]) -> bool {
    /// What is written for a length that is not known yet, and above.
    const UNKNOWN_BYTES: usize = 0x7FFF_F000;
    let kind = Kind::of(document).filter(|kind| *kind == Kind::Aiff);
    let chunks = kind.into_iter().flat_map(|kind| of(document, kind));
    let samples = chunks.filter(|chunk| &chunk.kind == b"SSND").take(1);
    samples
        .filter(|chunk| chunk.told_bytes < UNKNOWN_BYTES)
        .any(|chunk| chunk.is_cut())
}

/// What is read differently so that only that is left of a file without which there is
/// no sound, and that as far as it goes; `None` for other files.
pub(super) fn bare(document: &[u8]) -> Option<Vec<Patch>> {
    let kind = Kind::of(document)?;
    let mut patches = Vec::new();
    let mut found: Vec<[u8; 4]> = Vec::new();
    let mut end = FIRST_CHUNK;
    for chunk in of(document, kind) {
        let at = chunk.place.start - HEADER_BYTES;
        let is_needed = kind.needed().contains(&&chunk.kind) && !found.contains(&chunk.kind);
        match (is_needed, chunk.is_cut()) {
            (true, false) => {
                found.push(chunk.kind);
                patches.extend(shortened(document, kind, &chunk));
            }
            (true, true) => {
                found.push(chunk.kind);
                patches.push((at + 4, kind.sized(chunk.place.len())));
            }
            (false, false) => patches.push((at, b"JUNK".to_vec())),
            (false, true) => break,
        }
        end = chunk.place.end;
    }
    patches.push((4, kind.sized(end.saturating_sub(HEADER_BYTES))));
    Some(patches)
}

/// The description of an AIFF without what may stand behind it, which becomes a chunk of
/// its own: the library goes on where it stops reading.
fn shortened(document: &[u8], kind: Kind, chunk: &Chunk) -> Vec<Patch> {
    /// Channels, frames, bits, and a rate of ten bytes; then what the samples are
    /// coded with, and its name behind a byte that counts it.
    const PLAIN_BYTES: usize = 18;
    const NAME_AT: usize = 22;
    let content = document.get(chunk.place.clone()).unwrap_or_default();
    let is_plain = document.get(8..FIRST_CHUNK) == Some(b"AIFF");
    let read = match content.get(NAME_AT) {
        _ if is_plain => PLAIN_BYTES,
        Some(name) => (NAME_AT + 1 + usize::from(*name)).next_multiple_of(2),
        None => return Vec::new(),
    };
    let rest = content.len().checked_sub(read + HEADER_BYTES);
    let (true, Some(rest)) = (chunk.kind == *b"COMM", rest) else {
        return Vec::new();
    };
    let header = [b"JUNK".to_vec(), kind.sized(rest)].concat();
    let at = chunk.place.start;
    vec![(at - 4, kind.sized(read)), (at + read, header)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(document: &[u8]) -> Vec<u8> {
        let mut patched = document.to_vec();
        for (at, bytes) in bare(document).unwrap() {
            patched[at..at + bytes.len()].copy_from_slice(&bytes);
        }
        patched
    }

    #[test]
    fn what_is_not_needed_is_passed_over_and_what_is_too_long_is_cut() {
        let file =
            b"FORM\0\0\0\x09AIFFMARK\0\0\0\x02abCOMM\0\0\0\x03cde\0COMM\0\0\0\0SSND\0\0\x99\0fgh";
        let read =
            b"FORM\0\0\0\x2DAIFFJUNK\0\0\0\x02abCOMM\0\0\0\x03cde\0JUNK\0\0\0\0SSND\0\0\0\x03fgh";
        assert_eq!(patched(file), read);
        let file = b"RIFF\xFF\xFF\xFF\xFFWAVEfmt \x01\0\0\0a\0data\x02\0\0\0bcLIST\xFF\xFF\0\0de";
        let read = b"RIFF\x18\0\0\0WAVEfmt \x01\0\0\0a\0data\x02\0\0\0bcLIST\xFF\xFF\0\0de";
        assert_eq!(patched(file), read);
        assert_eq!(bare(b"RIFF\0\0\0\0WEBPdata"), None);
    }

    #[test]
    fn every_patch_of_every_cut_lies_inside() {
        let whole = b"FORM\0\0\0\x09AIFCMARK\0\0\0\x02abCOMM\0\0\0\x03cde\0SSND\0\0\x99\0fgh";
        for end in 12..whole.len() {
            assert_eq!(patched(&whole[..end]).len(), end);
        }
    }
}
