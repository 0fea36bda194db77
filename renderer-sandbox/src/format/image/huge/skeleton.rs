//! What stands around the rows of a picture: a file that is read in their place by
//! everything that looks at a header, a profile or what programs have written into it.

use crate::format::image::Picture;
use capmode::DocumentFile;
use ipc::Format;

/// Largest skeleton, in bytes. Profiles take some MB, in the worst case.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Parts of a PNG that are walked over. Those of 8 KiB, which is what libpng writes,
/// hold 8 GiB together. What is written behind more of them is not told.
const MOST_CHUNKS: usize = 1 << 20;

/// A PNG without what is packed in it, or a JPEG up to its scan; `None` of other files,
/// and of those where that is too much.
pub(in crate::format::image) struct Skeleton {
    pub(in crate::format::image) bytes: Vec<u8>,
    format: Format,
}

impl Skeleton {
    pub(in crate::format::image) fn read(file: &DocumentFile) -> Option<Self> {
        match at::<8>(file, 0)? {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'] => Some(Self {
                bytes: png(file)?,
                format: Format::Png,
            }),
            [0xff, 0xd8, 0xff, ..] => Some(Self {
                bytes: jpeg(file)?,
                format: Format::Jpeg,
            }),
            _ => None,
        }
    }

    pub(in crate::format::image) fn picture(&self) -> Picture<'_> {
        Picture {
            file: &self.bytes,
            format: self.format,
            part: 0,
        }
    }
}

fn png(file: &DocumentFile) -> Option<Vec<u8>> {
    /// A part with nothing in it, and its sum.
    const NOTHING: [u8; 12] = *b"\0\0\0\0IDAT\x35\xaf\x06\x1e";
    let mut skeleton = at::<8>(file, 0)?.to_vec();
    let (mut place, mut has_rows) = (8, false);
    for _ in 0..MOST_CHUNKS {
        let Some([a, b, c, d, kind @ ..]) = at::<8>(file, place) else {
            break;
        };
        let bytes = 12 + u64::from(u32::from_be_bytes([a, b, c, d]));
        match &kind {
            b"IDAT" if has_rows => {}
            b"IDAT" => {
                skeleton.extend(NOTHING);
                has_rows = true;
            }
            _ => add(file, place, bytes, &mut skeleton)?,
        }
        place += bytes;
        if &kind == b"IEND" {
            break;
        }
    }
    has_rows.then_some(skeleton)
}

fn jpeg(file: &DocumentFile) -> Option<Vec<u8>> {
    let mut place = 2;
    while place < MOST_BYTES as u64 {
        let [0xff, marker, high, low] = at::<4>(file, place)? else {
            return None;
        };
        // Fill bytes stand before a marker (ITU-T T.81, B.1.1.2).
        place += match marker {
            0xff => 1,
            _ => 2 + u64::from(u16::from_be_bytes([high, low])),
        };
        if marker == 0xda {
            let mut skeleton = Vec::new();
            add(file, 0, place, &mut skeleton)?;
            return Some(skeleton);
        }
    }
    None
}

/// Adds bytes of the file, as far as it goes.
fn add(file: &DocumentFile, place: u64, bytes: u64, skeleton: &mut Vec<u8>) -> Option<()> {
    let before = skeleton.len();
    let bytes = bytes.min(file.bytes().saturating_sub(place));
    let end = before.checked_add(usize::try_from(bytes).ok()?)?;
    if end > MOST_BYTES {
        return None;
    }
    skeleton.resize(end, 0);
    let read = file.read_at(place, skeleton.get_mut(before..)?).ok()?;
    skeleton.truncate(before + read);
    Some(())
}

fn at<const N: usize>(file: &DocumentFile, place: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    (file.read_at(place, &mut bytes).ok()? == N).then_some(bytes)
}
