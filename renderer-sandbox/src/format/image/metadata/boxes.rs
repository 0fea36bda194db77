//! Where they stand in files of boxes, also in Canon's raw files.

use super::packets::Packets;
use super::xmp;
use crate::format::image::heif::{Bytes, Heif, Kind, boxes};
use crate::format::image::tiff::directory::File;
use std::borrow::Cow;

/// Boxes of JPEG 2000 for what has no box of its own: XMP (ISO 16684-3), IPTC and EXIF
/// (as Adobe and JpgTiffExif->JP2 have named them).
const XMP: [u8; 16] = *b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";
const IPTC: [u8; 16] = *b"\x33\xc7\xa4\xd2\xb8\x1d\x47\x23\xa0\xba\xf1\xa3\xe0\x97\xad\x38";
const EXIF: [u8; 16] = *b"JpgTiffExif->JP2";

/// Canon's box in a raw file, which holds structures of TIFF: the first directory, and
/// those of EXIF and of the place by themselves. Each has the tag that leads to it.
const CANON: [u8; 16] = *b"\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48";
const PARTS: [(Kind, u16); 2] = [(*b"CMT2", 0x8769), (*b"CMT4", 0x8825)];
const FIRST_PART: Kind = *b"CMT1";

/// Largest of these that is read, in bytes.
const MAX_PART_BYTES: usize = 1 << 20;

/// Most boxes that are looked at.
const MOST: usize = 10_000;

pub(super) fn of_jp2<'d>(file: &'d [u8], found: &mut Packets<'d>) {
    for (kind, Bytes(body)) in boxes(Bytes(file)).take(MOST) {
        match &kind {
            b"xml " => found.xmp.push(Cow::Borrowed(body)),
            b"uuid" => match body.split_first_chunk::<16>() {
                Some((&XMP, data)) => found.xmp.push(Cow::Borrowed(data)),
                Some((&IPTC, data)) => found.iptc = Some(Cow::Borrowed(data)),
                Some((&EXIF, data)) => found.exif = Some(Cow::Borrowed(data)),
                _ => {}
            },
            _ => {}
        }
    }
}

/// Items of HEIF (ISO/IEC 23008-12, annex A).
pub(super) fn of_heif<'d>(file: &'d [u8], found: &mut Packets<'d>) {
    let Ok(heif) = Heif::read(file) else {
        return;
    };
    if let Some(Ok(block)) = heif.of_kind(b"Exif").map(|item| heif.bytes(item)).next() {
        // How far from here the structure begins, after the name of the JPEG segment.
        let mut rest = Bytes(&block);
        let start = rest.size(4).and_then(|skip| skip.checked_add(4));
        let structure = start.and_then(|start| block.get(start..));
        found.exif = structure.map(|structure| Cow::Owned(structure.to_vec()));
    }
    let items = heif
        .of_kind(b"mime")
        .filter_map(|item| heif.bytes(item).ok());
    // What kind of words they are is said by themselves.
    let packets = items.filter(|bytes| xmp::within(bytes, bytes.len()).is_some());
    found.xmp.extend(packets);
}

/// Blocks of EXIF in Canon's raw files, and the packet of XMP.
pub(super) fn of_canon<'d>(file: &'d [u8], found: &mut Packets<'d>) -> Vec<Vec<u8>> {
    let mut blocks = Vec::new();
    for (kind, Bytes(body)) in boxes(Bytes(file)).take(MOST) {
        match (&kind, body.split_first_chunk::<16>()) {
            (b"uuid", Some((&XMP, data))) => found.xmp.push(Cow::Borrowed(data)),
            (b"moov", _) => blocks.extend(canon_parts(body)),
            _ => {}
        }
    }
    blocks
}

fn canon_parts(movie: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let all = boxes(Bytes(movie)).take(MOST);
    let all = all.filter(|(kind, _)| kind == b"uuid");
    let all = all.filter_map(|(_, Bytes(body))| body.strip_prefix(&CANON));
    let parts = all.flat_map(|body| boxes(Bytes(body)).take(MOST));
    let parts = parts.filter(|(_, Bytes(block))| block.len() <= MAX_PART_BYTES);
    parts.filter_map(|(kind, Bytes(block))| match kind {
        FIRST_PART => Some(block.to_vec()),
        kind => {
            let (_, tag) = PARTS.iter().find(|(part, _)| *part == kind)?;
            led_to(block, *tag)
        }
    })
}

/// A structure whose only directory is one that another leads to: such a one is put
/// behind it, and comes first.
fn led_to(block: &[u8], tag: u16) -> Option<Vec<u8>> {
    let file = File::new(block)?;
    let numbers = |short: bool, number: u32| match (file.is_little(), short) {
        (true, true) => (number as u16).to_le_bytes().to_vec(),
        (false, true) => (number as u16).to_be_bytes().to_vec(),
        (true, false) => number.to_le_bytes().to_vec(),
        (false, false) => number.to_be_bytes().to_vec(),
    };
    let first = block.get(4..8)?.to_vec();
    let mut out = block.to_vec();
    let place = u32::try_from(out.len()).ok()?;
    // One tag of one number of four bytes, and no other directory.
    let entry = [
        numbers(true, 1),
        numbers(true, tag.into()),
        numbers(true, 4),
        numbers(false, 1),
        first,
        numbers(false, 0),
    ];
    out.extend(entry.concat());
    out.get_mut(4..8)?.copy_from_slice(&numbers(false, place));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::image::metadata;
    use ipc::InfoKey;

    fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
        let body = parts.concat();
        let len = (body.len() as u32 + 8).to_be_bytes();
        [&len[..], kind, &body].concat()
    }

    /// A structure of one tag, whose value is behind it.
    fn block(tag: u16, kind: u16, count: u32, value: &[u8]) -> Vec<u8> {
        let head = [
            &b"II*\0\x08\0\0\0\x01\0"[..],
            &tag.to_le_bytes(),
            &kind.to_le_bytes(),
        ];
        let tail = [
            &count.to_le_bytes()[..],
            &26_u32.to_le_bytes(),
            &[0; 4],
            value,
        ];
        [head.concat(), tail.concat()].concat()
    }

    #[test]
    fn what_canon_writes_into_raw_files_is_told() {
        let time = [1_u32.to_le_bytes(), 250_u32.to_le_bytes()].concat();
        let parts = [
            boxed(b"CMT1", &[&block(0x0110, 2, 9, b"Camera R\0")]),
            boxed(b"CMT2", &[&block(0x829a, 5, 1, &time)]),
            boxed(b"CMT2", &[b"no TIFF"]),
            boxed(b"CMT4", &[b"II*\0"]),
        ]
        .concat();
        let movie = boxed(b"moov", &[&boxed(b"uuid", &[&CANON, &parts])]);
        let file = [boxed(b"ftyp", &[b"crx \0\0\0\x01"]), movie].concat();
        let told = metadata::of_raw(&file);
        let value = |key| {
            let field = told.iter().find(|field| field.key == key);
            field.map(|field| field.value.as_str().to_owned())
        };
        assert_eq!(value(InfoKey::Camera).as_deref(), Some("Camera R"));
        assert!(
            value(InfoKey::Exposure).is_some_and(|told| told.contains("1/250")),
            "{told:?}"
        );
        for end in 0..file.len() {
            let _ = metadata::of_raw(&file[..end]);
        }
    }
}
