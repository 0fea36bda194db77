//! The directories of a TIFF, classic and big: where they are, and their numbers.
//!
//! Trust: none. Every offset is checked, and every walk is bounded: directories
//! may form a ring.

/// `NewSubfileType` (TIFF 6.0): bits for a smaller copy and for a mask.
const SUBFILE_TYPE: u16 = 254;
const NO_PAGE: u64 = 0b101;

/// The type of a value that is two numbers of 4 bytes, one above the other.
const FRACTION: u16 = 5;

/// Numbers of one file.
#[derive(Clone, Copy)]
pub(in crate::format::image) struct File<'d> {
    pub(in crate::format::image) document: &'d [u8],
    little: bool,
    /// Whether offsets have 64 bits (`BigTIFF`).
    big: bool,
}

impl<'d> File<'d> {
    pub(in crate::format::image) fn new(document: &'d [u8]) -> Option<Self> {
        let (little, big) = match document.first_chunk::<4>()? {
            b"II*\0" => (true, false),
            b"MM\0*" => (false, false),
            b"II+\0" => (true, true),
            b"MM\0+" => (false, true),
            // Panasonic, Olympus: the same with another magic number.
            b"IIU\0" | b"IIRO" | b"IIRS" => (true, false),
            b"MMOR" => (false, false),
            _ => return None,
        };
        Some(Self {
            document,
            little,
            big,
        })
    }

    /// Whether the least significant byte of a number is the first.
    pub(in crate::format::image) fn is_little(self) -> bool {
        self.little
    }

    /// An unsigned number of `bytes` bytes, at most 8.
    fn number(self, at: usize, bytes: usize) -> Option<u64> {
        let stored = self.document.get(at..at.checked_add(bytes)?)?;
        let add = |sum: u64, byte: &u8| (sum << 8) | u64::from(*byte);
        Some(if self.little {
            stored.iter().rev().fold(0, add)
        } else {
            stored.iter().fold(0, add)
        })
    }

    pub(in crate::format::image) fn short(self, at: usize) -> Option<u16> {
        self.number(at, 2)
            .and_then(|number| u16::try_from(number).ok())
    }

    fn offset_bytes(self) -> usize {
        if self.big { 8 } else { 4 }
    }

    fn offset(self, at: usize) -> Option<usize> {
        let offset = self.number(at, self.offset_bytes())?;
        usize::try_from(offset).ok().filter(|offset| *offset > 0)
    }

    /// Where the offset of the first directory stands.
    fn first_at(self) -> usize {
        if self.big { 8 } else { 4 }
    }

    /// The bytes that make a directory the first one, and where they belong.
    pub(in crate::format::image) fn first_is(self, start: usize) -> (usize, Vec<u8>) {
        let mut bytes = (start as u64).to_le_bytes().to_vec();
        bytes.truncate(self.offset_bytes());
        if !self.little {
            bytes.reverse();
        }
        (self.first_at(), bytes)
    }

    pub(in crate::format::image) fn bytes_of(self, number: u16) -> [u8; 2] {
        if self.little {
            number.to_le_bytes()
        } else {
            number.to_be_bytes()
        }
    }
}

/// A tag as it is stored.
pub(in crate::format::image) struct Entry<'d> {
    pub(in crate::format::image) tag: u16,
    /// The type of its values (TIFF 6.0, 2).
    pub(in crate::format::image) kind: u16,
    pub(in crate::format::image) count: u32,
    pub(in crate::format::image) bytes: &'d [u8],
}

/// A directory: a count, tags of 12 or 20 bytes, and where the next one is.
#[derive(Clone, Copy)]
pub(in crate::format::image) struct Directory<'d> {
    pub(in crate::format::image) file: File<'d>,
    pub(in crate::format::image) start: usize,
    tags: usize,
}

impl<'d> Directory<'d> {
    pub(in crate::format::image) fn first(document: &'d [u8]) -> Option<Self> {
        let file = File::new(document)?;
        Self::at(file, file.offset(file.first_at())?)
    }

    pub(in crate::format::image) fn at(file: File<'d>, start: usize) -> Option<Self> {
        let count_bytes = if file.big { 8 } else { 2 };
        // As many as a classic directory can have: a larger count is hostile.
        let tags = file.number(start, count_bytes)?;
        let tags = usize::from(u16::try_from(tags).ok()?);
        Some(Self { file, start, tags })
    }

    fn tag_bytes(self) -> usize {
        if self.file.big { 20 } else { 12 }
    }

    fn tags_at(self) -> usize {
        self.start.saturating_add(if self.file.big { 8 } else { 2 })
    }

    pub(in crate::format::image) fn next(self) -> Option<Self> {
        let end = self.tags_at().checked_add(self.tags * self.tag_bytes())?;
        Self::at(self.file, self.file.offset(end)?)
    }

    /// Whether all tags are in the file, whatever becomes of their values.
    pub(in crate::format::image) fn is_whole(self) -> bool {
        let end = self.tags_at().checked_add(self.tags * self.tag_bytes());
        end.is_some_and(|end| end <= self.file.document.len())
    }

    /// Whether a tag stands there, whatever it says.
    pub(in crate::format::image) fn has(self, tag: u16) -> bool {
        self.tag(tag).is_some()
    }

    /// All tags whose values are in the file, in their order.
    pub(in crate::format::image) fn entries(self) -> impl Iterator<Item = Entry<'d>> {
        (0..self.tags).filter_map(move |index| {
            let at = self.tags_at().checked_add(index * self.tag_bytes())?;
            self.entry(at)
        })
    }

    fn entry(self, at: usize) -> Option<Entry<'d>> {
        let kind = self.file.short(at.checked_add(2)?)?;
        let unit = match kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 | 16..=18 => 8,
            _ => return None,
        };
        let offset_bytes = self.file.offset_bytes();
        let count = self.file.number(at.checked_add(4)?, offset_bytes)?;
        let length = usize::try_from(count).ok()?.checked_mul(unit)?;
        let mut start = at.checked_add(4 + offset_bytes)?;
        if length > offset_bytes {
            start = self.file.offset(start)?;
        }
        Some(Entry {
            tag: self.file.short(at)?,
            kind,
            count: u32::try_from(count).ok()?,
            bytes: self.file.document.get(start..start.checked_add(length)?)?,
        })
    }

    /// The bytes of a tag.
    pub(in crate::format::image) fn bytes(self, tag: u16) -> Option<&'d [u8]> {
        self.entry(self.tag(tag)?).map(|entry| entry.bytes)
    }

    /// Where a tag starts.
    fn tag(self, tag: u16) -> Option<usize> {
        (0..self.tags)
            .map(|index| self.tags_at().saturating_add(index * self.tag_bytes()))
            .find(|at| self.file.short(*at) == Some(tag))
    }

    /// Where the value of a tag starts, when it fits in the tag.
    pub(in crate::format::image) fn value_at(self, tag: u16) -> Option<usize> {
        self.tag(tag)?
            .checked_add(if self.file.big { 12 } else { 8 })
    }

    /// The unsigned numbers of a tag, as far as `most`.
    pub(in crate::format::image) fn numbers(self, tag: u16, most: usize) -> Vec<u64> {
        self.read_numbers(tag, most).unwrap_or_default()
    }

    fn read_numbers(self, tag: u16, most: usize) -> Option<Vec<u64>> {
        let at = self.tag(tag)?;
        let bytes = match self.file.short(at.checked_add(2)?)? {
            1 | 7 => 1,
            3 => 2,
            4 | 13 => 4,
            16 | 18 => 8,
            _ => return None,
        };
        let count = self
            .file
            .number(at.checked_add(4)?, self.file.offset_bytes())?;
        let count = usize::try_from(count).ok()?;
        let mut start = self.value_at(tag)?;
        if count.checked_mul(bytes)? > self.file.offset_bytes() {
            start = self.file.offset(start)?;
        }
        (0..count.min(most))
            .map(|index| self.file.number(start.checked_add(index * bytes)?, bytes))
            .collect()
    }

    /// The fractions of a tag, as far as `most`.
    pub(in crate::format::image) fn fractions(self, tag: u16, most: usize) -> Option<Vec<f32>> {
        let at = self.tag(tag)?;
        if self.file.short(at.checked_add(2)?)? != FRACTION {
            return None;
        }
        let count = self
            .file
            .number(at.checked_add(4)?, self.file.offset_bytes())?;
        let count = usize::try_from(count).ok()?.min(most);
        let start = match count {
            1 if self.file.big => self.value_at(tag)?,
            _ => self.value_offset(tag)?,
        };
        let fractions = (0..count).map(|index| {
            let at = start.checked_add(8 * index)?;
            let above = self.file.number(at, 4)?;
            let below = self.file.number(at.checked_add(4)?, 4)?;
            Some(above as f32 / below as f32)
        });
        fractions.collect()
    }

    /// Where the bytes of a tag start that do not fit in it.
    pub(in crate::format::image) fn value_offset(self, tag: u16) -> Option<usize> {
        self.file.offset(self.value_at(tag)?)
    }

    /// The only or first number of a tag.
    pub(in crate::format::image) fn number(self, tag: u16) -> Option<u64> {
        self.numbers(tag, 1).first().copied()
    }

    /// Whether it is a page, and no smaller copy or mask of one.
    fn is_page(self) -> bool {
        self.number(SUBFILE_TYPE).unwrap_or(0) & NO_PAGE == 0
    }
}

/// Where the directories of the pages start, as far as `most`. The first one is a
/// page whatever it says.
pub(in crate::format::image) fn pages(document: &[u8], most: usize) -> Vec<usize> {
    let mut seen = std::collections::HashSet::new();
    let all = std::iter::successors(Directory::first(document), |page| page.next());
    let all = all.take_while(|page| seen.insert(page.start)).take(most);
    all.enumerate()
        .filter(|(index, page)| *index == 0 || page.is_page())
        .map(|(_, page)| page.start)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ring_of_directories_is_walked_once() {
        // One directory without tags, whose next is itself.
        let ring = b"II*\0\x08\0\0\0\0\0\x08\0\0\0";
        assert_eq!(pages(ring, 10_000), [8]);
    }

    #[test]
    fn smaller_copies_are_no_pages() {
        let mut file = b"MM\0*\0\0\0\x08".to_vec();
        for (next, kind) in [(26_u8, 1_u8), (44, 1), (62, 2), (0, 0)] {
            file.extend([0, 1, 0, 254, 0, 4, 0, 0, 0, 1, 0, 0, 0, kind, 0, 0, 0, next]);
        }
        assert_eq!(pages(&file, 10_000), [8, 44, 62]);
        assert_eq!(pages(&file, 3), [8, 44]);
    }

    #[test]
    fn big_directories_are_read_in_either_order_of_bytes() {
        for little in [true, false] {
            let put = |number: u64, bytes: usize| {
                let mut made = number.to_le_bytes()[..bytes].to_vec();
                if !little {
                    made.reverse();
                }
                made
            };
            let mut file = if little { b"II+\0" } else { b"MM\0+" }.to_vec();
            file.extend([put(8, 2), put(0, 2), put(16, 8)].concat());
            file.extend(
                [
                    put(1, 8),
                    put(256, 2),
                    put(16, 2),
                    put(1, 8),
                    put(70_000, 8),
                ]
                .concat(),
            );
            file.extend(put(0, 8));
            let directory = Directory::first(&file).unwrap();
            assert_eq!(directory.number(256), Some(70_000));
            assert!(directory.next().is_none());
            let (at, bytes) = directory.file.first_is(99);
            assert_eq!((at, bytes), (8, put(99, 8)));
        }
    }
}
