//! HEIF (ISO/IEC 23008-12): the items of a file, how they belong together, and what
//! is said of them. What an item's data means is no matter here.
//!
//! Trust: none. Boxes lie inside their parents, counts are bounded by the bytes
//! that are there, and nothing is copied but what an item's extents add up to.

use super::DocumentError;
use super::decode::damaged;
use image::metadata::Orientation;
use std::borrow::Cow;

/// Most items and properties; a grid of 8-megapixel tiles has some hundred.
const MAX_ITEMS: usize = 4096;

/// Most pieces of all items together, 16 B each: a piece may take no bytes in the file,
/// so that 24 kB could ask for 4 GiB of them. Items are in one piece, nearly always.
const MAX_PIECES: usize = 1 << 16;

/// Four letters that say what something is.
pub(super) type Kind = [u8; 4];

/// The `meta` box of a file.
#[derive(Default)]
pub(super) struct Heif<'d> {
    file: &'d [u8],
    data: &'d [u8],
    pub(super) primary: u32,
    items: Vec<(u32, Kind)>,
    places: Vec<(u32, Place)>,
    references: Vec<(Kind, u32, Vec<u32>)>,
    properties: Vec<(Kind, &'d [u8])>,
    associated: Vec<(u32, Vec<usize>)>,
}

/// Where the data of an item is: in the file, or in the box `idat`.
struct Place {
    in_data: bool,
    extents: Vec<(usize, usize)>,
}

/// Reads bytes from front to back.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Bytes<'d>(pub(super) &'d [u8]);

impl<'d> Bytes<'d> {
    pub(super) fn take(&mut self, len: usize) -> Option<&'d [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    /// An unsigned number of up to 8 bytes.
    pub(super) fn number(&mut self, len: usize) -> Option<u64> {
        let taken = self.take(len)?;
        Some(
            taken
                .iter()
                .fold(0, |sum, byte| (sum << 8) | u64::from(*byte)),
        )
    }

    pub(super) fn int(&mut self, len: usize) -> Option<u32> {
        u32::try_from(self.number(len)?).ok()
    }

    pub(super) fn size(&mut self, len: usize) -> Option<usize> {
        usize::try_from(self.number(len)?).ok()
    }
}

/// Boxes, one after another, as far as they are whole.
pub(super) fn boxes(mut rest: Bytes<'_>) -> impl Iterator<Item = (Kind, Bytes<'_>)> {
    std::iter::from_fn(move || {
        let whole = rest.0;
        let mut len = rest.size(4)?;
        let kind = *rest.take(4)?.first_chunk()?;
        let mut header = 8;
        if len == 1 {
            (len, header) = (rest.size(8)?, 16);
        } else if len == 0 {
            len = whole.len();
        }
        let (this, after) = whole.split_at_checked(len)?;
        rest = Bytes(after);
        Some((kind, Bytes(this.get(header..)?)))
    })
}

/// Version and flags of a full box.
pub(super) fn version(body: &mut Bytes<'_>) -> Option<(u8, u32)> {
    let word = body.int(4)?;
    Some(((word >> 24) as u8, word & 0x00ff_ffff))
}

impl<'d> Heif<'d> {
    pub(super) fn read(file: &'d [u8]) -> Result<Self, DocumentError> {
        let meta = boxes(Bytes(file)).find(|(kind, _)| kind == b"meta");
        let mut heif = Self {
            file,
            ..Self::default()
        };
        let read = meta.and_then(|(_, body)| heif.read_meta(body));
        read.map(|()| heif)
            .ok_or_else(|| damaged("its list of pictures is broken"))
    }

    fn read_meta(&mut self, mut meta: Bytes<'d>) -> Option<()> {
        version(&mut meta)?;
        for (kind, mut body) in boxes(meta) {
            match &kind {
                b"pitm" => {
                    let (version, _) = version(&mut body)?;
                    self.primary = body.int(if version == 0 { 2 } else { 4 })?;
                }
                b"iinf" => self.read_items(body)?,
                b"iloc" => self.read_places(body)?,
                b"iref" => self.read_references(body)?,
                b"iprp" => self.read_properties(body)?,
                b"idat" => self.data = body.0,
                _ => {}
            }
        }
        Some(())
    }

    fn read_items(&mut self, mut body: Bytes<'d>) -> Option<()> {
        let (first, _) = version(&mut body)?;
        body.number(if first == 0 { 2 } else { 4 })?;
        for (kind, mut entry) in boxes(body).take(MAX_ITEMS) {
            let (version, _) = version(&mut entry)?;
            if &kind == b"infe" && version >= 2 {
                let id = entry.int(if version == 2 { 2 } else { 4 })?;
                entry.number(2)?;
                self.items.push((id, *entry.take(4)?.first_chunk()?));
            }
        }
        Some(())
    }

    fn read_places(&mut self, mut body: Bytes<'d>) -> Option<()> {
        let (version, _) = version(&mut body)?;
        let sizes = body.number(2)?;
        let width = |shift: u32| ((sizes >> shift) & 15) as usize;
        let (offset, length, base) = (width(12), width(8), width(4));
        let index = if version == 0 { 0 } else { width(0) };
        if [offset, length, base, index].iter().any(|width| *width > 8) {
            return None;
        }
        let id_bytes = if version < 2 { 2 } else { 4 };
        let mut pieces = 0;
        for _ in 0..body.size(id_bytes)?.min(MAX_ITEMS) {
            let id = body.int(id_bytes)?;
            let method = if version == 0 {
                0
            } else {
                body.number(2)? & 15
            };
            body.number(2)?;
            let start = body.size(base)?;
            let mut extents = Vec::new();
            let count = body.size(2)?;
            pieces += count;
            if pieces > MAX_PIECES {
                return None;
            }
            for _ in 0..count {
                body.number(index)?;
                let at = start.checked_add(body.size(offset)?)?;
                extents.push((at, body.size(length)?));
            }
            let in_data = method == 1;
            self.places.push((id, Place { in_data, extents }));
        }
        Some(())
    }

    fn read_references(&mut self, mut body: Bytes<'d>) -> Option<()> {
        let (version, _) = version(&mut body)?;
        let id_bytes = if version == 0 { 2 } else { 4 };
        for (kind, mut list) in boxes(body).take(MAX_ITEMS) {
            let from = list.int(id_bytes)?;
            let count = list.number(2)?;
            let to = (0..count).map(|_| list.int(id_bytes));
            self.references
                .push((kind, from, to.collect::<Option<_>>()?));
        }
        Some(())
    }

    fn read_properties(&mut self, body: Bytes<'d>) -> Option<()> {
        for (kind, mut body) in boxes(body) {
            if &kind == b"ipco" {
                let properties = boxes(body).take(MAX_ITEMS);
                self.properties = properties.map(|(kind, body)| (kind, body.0)).collect();
            } else if &kind == b"ipma" {
                let (version, flags) = version(&mut body)?;
                for _ in 0..body.size(4)?.min(MAX_ITEMS) {
                    let id = body.int(if version == 0 { 2 } else { 4 })?;
                    let count = body.number(1)?;
                    let wide = flags & 1 == 1;
                    // The highest bit says whether a reader must know it.
                    let indices = (0..count).map(|_| {
                        let index = body.size(if wide { 2 } else { 1 })?;
                        Some(index & if wide { 0x7fff } else { 0x7f })
                    });
                    self.associated.push((id, indices.collect::<Option<_>>()?));
                }
            }
        }
        Some(())
    }

    /// Items of a kind.
    pub(super) fn of_kind(&self, kind: &Kind) -> impl Iterator<Item = u32> {
        let found = self.items.iter().filter(move |(_, other)| other == kind);
        found.map(|(item, _)| *item)
    }

    /// What an item is.
    pub(super) fn kind(&self, item: u32) -> Option<Kind> {
        let found = self.items.iter().find(|(id, _)| *id == item)?;
        Some(found.1)
    }

    /// The bytes of an item.
    pub(super) fn bytes(&self, item: u32) -> Result<Cow<'d, [u8]>, DocumentError> {
        self.find_bytes(item)
            .ok_or_else(|| damaged(super::words::ENDS_EARLY))
    }

    fn find_bytes(&self, item: u32) -> Option<Cow<'d, [u8]>> {
        let (_, place) = self.places.iter().find(|(id, _)| *id == item)?;
        let within = if place.in_data { self.data } else { self.file };
        let extent = |(start, len): &(usize, usize)| {
            // A length of 0 means all that follows.
            let rest = within.get(*start..)?;
            if *len == 0 {
                Some(rest)
            } else {
                rest.get(..*len)
            }
        };
        match place.extents.as_slice() {
            [one] => extent(one).map(Cow::Borrowed),
            several => {
                let mut all = Vec::new();
                for one in several {
                    let piece = extent(one)?;
                    // Extents may lie over each other, but add up to no more than the file.
                    if all.len() + piece.len() > self.file.len() {
                        return None;
                    }
                    all.extend_from_slice(piece);
                }
                Some(Cow::Owned(all))
            }
        }
    }

    /// The EXIF block that describes an item: before it stands how far behind it begins.
    pub(super) fn exif(&self, item: u32) -> Option<Vec<u8>> {
        let found = self.referring(item, b"cdsc");
        let block = found
            .into_iter()
            .find(|other| self.kind(*other) == Some(*b"Exif"))?;
        let block = self.find_bytes(block)?;
        let start = Bytes(&block).size(4)?.checked_add(4)?;
        block.get(start..).map(<[u8]>::to_vec)
    }

    /// Items that an item refers to in a way.
    pub(super) fn refers(&self, item: u32, way: &Kind) -> &[u32] {
        let found = self
            .references
            .iter()
            .find(|(kind, from, _)| kind == way && *from == item);
        found.map_or(&[], |(_, _, to)| to)
    }

    /// Items that refer to an item in a way.
    pub(super) fn referring(&self, item: u32, way: &Kind) -> impl Iterator<Item = u32> {
        let found = self.references.iter();
        let found = found.filter(move |(kind, _, to)| kind == way && to.contains(&item));
        found.map(|(_, from, _)| *from)
    }

    /// Properties of an item in their order.
    pub(super) fn all(&self, item: u32) -> impl Iterator<Item = (Kind, Bytes<'d>)> {
        let found = self.associated.iter().find(|(id, _)| *id == item);
        let indices = found.map_or(&[][..], |(_, indices)| indices);
        indices.iter().filter_map(|index| {
            let (kind, body) = self.properties.get(index.checked_sub(1)?)?;
            Some((*kind, Bytes(body)))
        })
    }

    /// The first property of a kind.
    pub(super) fn property(&self, item: u32, wanted: &Kind) -> Option<Bytes<'d>> {
        let mut all = self.all(item);
        all.find(|(kind, _)| kind == wanted).map(|(_, body)| body)
    }

    /// Width and height as they are stored.
    pub(super) fn size(&self, item: u32) -> Option<(u32, u32)> {
        let mut body = self.property(item, b"ispe")?;
        version(&mut body)?;
        Some((body.int(4)?, body.int(4)?))
    }

    /// How the picture is set upright: rotations and mirrorings, in their order.
    /// EXIF says the same once more and does not count.
    pub(super) fn orientation(&self, item: u32) -> Orientation {
        // Turned so often to the left by 90°, and mirrored left to right after that.
        let (mut turns, mut mirrored) = (0_u8, false);
        for (kind, mut body) in self.all(item) {
            let value = body.number(1).unwrap_or(0) as u8;
            match &kind {
                b"irot" => {
                    let more = value & 3;
                    turns += if mirrored { 4 - more } else { more };
                }
                // Top and bottom change places: half a turn, and mirrored.
                b"imir" => {
                    turns += if value & 1 == 0 { 2 } else { 0 };
                    mirrored = !mirrored;
                }
                _ => {}
            }
            turns &= 3;
        }
        match (turns, mirrored) {
            (1, false) => Orientation::Rotate270,
            (2, false) => Orientation::Rotate180,
            (3, false) => Orientation::Rotate90,
            (_, false) => Orientation::NoTransforms,
            (1, true) => Orientation::Rotate270FlipH,
            (2, true) => Orientation::FlipVertical,
            (3, true) => Orientation::Rotate90FlipH,
            (_, true) => Orientation::FlipHorizontal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A box.
    fn boxed(kind: &Kind, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(8 + content.len()).unwrap();
        [&length.to_be_bytes()[..], kind, content].concat()
    }

    /// A file of so many items, each in so many pieces of which nothing is told.
    fn file(items: u16, pieces: u16) -> Vec<u8> {
        let mut places = vec![0, 0, 0, 0, 0, 0];
        places.extend(items.to_be_bytes());
        for item in 1..=items {
            places.extend(item.to_be_bytes());
            places.extend([0, 0]);
            places.extend(pieces.to_be_bytes());
        }
        boxed(b"meta", &[&[0; 4][..], &boxed(b"iloc", &places)].concat())
    }

    #[test]
    fn pieces_that_take_no_bytes_are_bounded() {
        let read = |items, pieces| Heif::read(&file(items, pieces)).is_ok();
        assert!(read(4000, 1) && read(1, u16::MAX) && read(16, 4096));
        assert!(!read(17, 4096) && !read(4000, u16::MAX));
        // What is in one piece without a length is the whole file.
        let one = file(1, 1);
        assert_eq!(*Heif::read(&one).unwrap().bytes(1).unwrap(), one);
    }
}
