//! Camera raw files: the largest JPEG that the camera has put beside its raw data.
//!
//! Most are TIFF files whose directories say where previews are; Fujifilm has a
//! header of its own, Canon's newer ones are MPEG-4 boxes. Raw data itself is not
//! developed: what is shown is the camera's own picture.

use super::jpeg;
use super::tiff::directory::{Directory, File};
use image::metadata::Orientation;
use std::ops::Range;

/// `JPEGInterchangeFormat` and its length (TIFF 6.0), strips and their lengths,
/// compression, directories below this one (TIFF Technical Note 1).
const JPEG_START: u16 = 513;
const JPEG_BYTES: u16 = 514;
const STRIPS: u16 = 273;
const STRIP_BYTES: u16 = 279;
const COMPRESSION: u16 = 259;
const SUB_DIRECTORIES: u16 = 330;
const PHOTOMETRIC: u16 = 262;
const ORIENTATION: u16 = 274;
/// Panasonic keeps its preview in a tag.
const PANASONIC_JPEG: u16 = 46;

/// The box of Canon's in which the first directory stands.
const CANON_FIRST: &[u8] = b"CMT1";

/// What a raw file has and other TIFF files have not: a mosaic of colours
/// (TIFF/EP), linear raw data (DNG), a version of DNG, a maker's own compression.
const MOSAIC: u64 = 32_803;
const LINEAR_RAW: u64 = 34_892;
const DNG_VERSION: u16 = 50_706;
const NIKON: u64 = 34_713;
const SONY: u64 = 32_767;
const PENTAX: u64 = 65_535;

/// JPEG as one strip (TIFF 6.0; Technical Note 2).
const JPEG_COMPRESSIONS: [u64; 2] = [6, 7];

/// Most directories that are looked at, in all and below one.
const MAX_DIRECTORIES: usize = 64;

/// Whether a TIFF holds raw data of a camera.
pub(in crate::format) fn is_raw(document: &[u8]) -> bool {
    directories(document).iter().any(|directory| {
        let compression = directory.number(COMPRESSION);
        matches!(directory.number(PHOTOMETRIC), Some(MOSAIC | LINEAR_RAW))
            || matches!(compression, Some(NIKON | SONY | PENTAX))
            || directory.number(DNG_VERSION).is_some()
    })
}

/// Where the largest preview is, in pixels.
pub(super) fn preview(document: &[u8]) -> Option<Range<usize>> {
    let found = candidates(document).into_iter().filter_map(|range| {
        let header = jpeg::header(document.get(range.clone())?).ok()?;
        Some((u64::from(header.width) * u64::from(header.height), range))
    });
    found
        .max_by_key(|(pixels, _)| *pixels)
        .map(|(_, range)| range)
}

/// How the camera was held, for a preview that does not tell it.
pub(super) fn orientation(document: &[u8]) -> Option<Orientation> {
    let number = match is_canon(document) {
        true => {
            let first = memchr::memmem::find(document, CANON_FIRST)? + CANON_FIRST.len();
            Directory::first(document.get(first..)?)?.number(ORIENTATION)?
        }
        false => Directory::first(document)?.number(ORIENTATION)?,
    };
    Orientation::from_exif(u8::try_from(number).ok()?)
}

fn is_canon(document: &[u8]) -> bool {
    document.get(4..12) == Some(b"ftypcrx ")
}

fn candidates(document: &[u8]) -> Vec<Range<usize>> {
    if document.starts_with(b"FUJIFILMCCD-RAW") {
        return fujifilm(document).into_iter().collect();
    }
    if is_canon(document) {
        return canon(document);
    }
    let all = directories(document);
    all.iter()
        .flat_map(|directory| in_directory(document, *directory))
        .collect()
}

fn in_directory(document: &[u8], directory: Directory<'_>) -> Vec<Range<usize>> {
    let range = |start: Option<u64>, bytes: Option<u64>| {
        let start = usize::try_from(start?).ok()?;
        let end = start.checked_add(usize::try_from(bytes?).ok()?)?;
        is_jpeg(document, start).then_some(start..end.min(document.len()))
    };
    let strip = || {
        let packed = JPEG_COMPRESSIONS.contains(&directory.number(COMPRESSION)?);
        let one = directory.numbers(STRIPS, 2).len() == 1;
        let (start, bytes) = (directory.number(STRIPS), directory.number(STRIP_BYTES));
        range(start, bytes).filter(|_| packed && one)
    };
    let panasonic = || {
        let at = directory.value_offset(PANASONIC_JPEG)?;
        range(Some(at as u64), Some(document.len() as u64))
    };
    let (start, bytes) = (directory.number(JPEG_START), directory.number(JPEG_BYTES));
    [range(start, bytes), strip(), panasonic()]
        .into_iter()
        .flatten()
        .collect()
}

fn is_jpeg(document: &[u8], start: usize) -> bool {
    let bytes = document.get(start..);
    bytes.is_some_and(|bytes| bytes.starts_with(b"\xff\xd8\xff"))
}

/// All directories: the first ones, and those below them.
fn directories(document: &[u8]) -> Vec<Directory<'_>> {
    let mut all: Vec<Directory<'_>> = Vec::new();
    let Some(file) = File::new(document) else {
        return all;
    };
    let mut waiting: Vec<Directory<'_>> = Directory::first(document).into_iter().collect();
    while let Some(directory) = waiting.pop() {
        if all.len() >= MAX_DIRECTORIES || all.iter().any(|seen| seen.start == directory.start) {
            continue;
        }
        all.push(directory);
        let below = directory.numbers(SUB_DIRECTORIES, MAX_DIRECTORIES);
        let below = below
            .into_iter()
            .filter_map(|start| usize::try_from(start).ok());
        waiting.extend(below.filter_map(|start| Directory::at(file, start)));
        waiting.extend(directory.next());
    }
    all
}

/// Start and length of the preview stand at bytes 84 and 88, big-endian.
fn fujifilm(document: &[u8]) -> Option<Range<usize>> {
    let number = |at: usize| {
        let bytes = document.get(at..)?.first_chunk::<4>()?;
        usize::try_from(u32::from_be_bytes(*bytes)).ok()
    };
    let start = number(84)?;
    let end = start.checked_add(number(88)?)?.min(document.len());
    is_jpeg(document, start).then_some(start..end)
}

/// A preview in a box named `PRVW`, and the whole picture at the start of the data.
fn canon(document: &[u8]) -> Vec<Range<usize>> {
    let after = |name: &[u8], within: usize| {
        let at = memchr::memmem::find(document, name)? + name.len();
        let near = document.get(at..at.checked_add(within)?)?;
        let start = at + memchr::memmem::find(near, b"\xff\xd8\xff")?;
        Some(start..document.len())
    };
    [after(b"PRVW", 32), after(b"mdat", 16)]
        .into_iter()
        .flatten()
        .collect()
}
