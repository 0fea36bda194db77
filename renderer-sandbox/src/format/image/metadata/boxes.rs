//! Where they stand in files of boxes.

use super::packets::Packets;
use super::xmp;
use crate::format::image::heif::{Bytes, Heif, boxes};
use std::borrow::Cow;

/// Boxes of JPEG 2000 for what has no box of its own: XMP (ISO 16684-3), IPTC and EXIF
/// (as Adobe and JpgTiffExif->JP2 have named them).
const XMP: [u8; 16] = *b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";
const IPTC: [u8; 16] = *b"\x33\xc7\xa4\xd2\xb8\x1d\x47\x23\xa0\xba\xf1\xa3\xe0\x97\xad\x38";
const EXIF: [u8; 16] = *b"JpgTiffExif->JP2";

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
