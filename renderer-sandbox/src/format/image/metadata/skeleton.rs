//! A small TIFF of what a large one says about itself. The library for EXIF wants the
//! whole structure in memory of its own; a scan of hundreds of megabytes is not copied
//! for the name of its camera.

use crate::format::image::tiff::directory::{Directory, Entry};

/// Directories that the first one leads to: EXIF and GPS (Exif 2.32, 4.6.3).
const BELOW: [u16; 2] = [0x8769, 0x8825];

/// Longest value that is copied, in bytes: what is longer is data.
const MAX_VALUE_BYTES: usize = 4096;

/// Most tags of a directory.
const MAX_TAGS: usize = 500;

/// `LONG` (TIFF 6.0, 2).
const LONG: u16 = 4;

pub(super) fn of(document: &[u8]) -> Option<Vec<u8>> {
    let first = Directory::first(document)?;
    let mark: &[u8] = match first.file.is_little() {
        true => b"II*\0",
        false => b"MM\0*",
    };
    let order = Order(first.file.is_little());
    let mut made = [mark, &order.long(8)].concat();
    let pointers = put(&mut made, order, first, &BELOW)?;
    for (tag, at) in pointers {
        let start = usize::try_from(first.number(tag)?).ok()?;
        let Some(below) = Directory::at(first.file, start) else {
            continue;
        };
        let end = order.long(made.len());
        made.get_mut(at..at + 4)?.copy_from_slice(&end);
        put(&mut made, order, below, &[])?;
    }
    Some(made)
}

/// Whether the least byte of a number comes first.
#[derive(Clone, Copy)]
struct Order(bool);

impl Order {
    fn short(self, number: u16) -> [u8; 2] {
        match self.0 {
            true => number.to_le_bytes(),
            false => number.to_be_bytes(),
        }
    }

    fn long(self, number: usize) -> [u8; 4] {
        // At most some 500 values of 4096 bytes in three directories.
        let number = u32::try_from(number).unwrap_or_default();
        match self.0 {
            true => number.to_le_bytes(),
            false => number.to_be_bytes(),
        }
    }
}

/// Writes a directory and its values; says where the offsets of others belong.
fn put(
    made: &mut Vec<u8>,
    order: Order,
    directory: Directory<'_>,
    pointers: &[u16],
) -> Option<Vec<(u16, usize)>> {
    let fits = |entry: &Entry<'_>| {
        // Types of 64 bits are of BigTIFF alone, offsets lead elsewhere now.
        let is_data = !matches!(entry.kind, 13 | 16..) && !BELOW.contains(&entry.tag);
        pointers.contains(&entry.tag) || (is_data && entry.bytes.len() <= MAX_VALUE_BYTES)
    };
    let entries: Vec<Entry<'_>> = directory.entries().filter(fits).take(MAX_TAGS).collect();
    made.extend(order.short(u16::try_from(entries.len()).ok()?));
    let mut behind = made.len() + entries.len() * 12 + 4;
    let (mut values, mut found) = (Vec::new(), Vec::new());
    for entry in &entries {
        let is_pointer = pointers.contains(&entry.tag);
        let (kind, count) = match is_pointer {
            true => (LONG, 1),
            false => (entry.kind, entry.count),
        };
        made.extend(order.short(entry.tag));
        made.extend(order.short(kind));
        made.extend(order.long(count as usize));
        if is_pointer {
            found.push((entry.tag, made.len()));
            made.extend([0; 4]);
        } else if entry.bytes.len() <= 4 {
            let mut value = entry.bytes.to_vec();
            value.resize(4, 0);
            made.extend(value);
        } else {
            made.extend(order.long(behind));
            behind += entry.bytes.len();
            values.extend_from_slice(entry.bytes);
        }
    }
    made.extend([0; 4]);
    made.extend(values);
    Some(found)
}
