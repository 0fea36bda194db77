//! Where EXIF, XMP, IPTC and remarks stand in a file.

use super::{boxes, remarks, skeleton, xmp};
use crate::format::image::png;
use crate::format::image::tiff::directory::Directory;
use flate2::read::ZlibDecoder;
use ipc::Format;
use std::borrow::Cow;
use std::io::Read;

/// Longest packet that is looked at, in bytes.
pub(super) const MAX_PACKET_BYTES: usize = 4 * 1024 * 1024;

/// Most bytes that are unpacked of one file.
const MAX_UNPACKED_BYTES: usize = 4 * MAX_PACKET_BYTES;

/// Most segments, chunks or resources that are looked through.
const MOST: usize = 100_000;

/// Resources of Photoshop (Adobe Photoshop file formats specification).
const IPTC: u16 = 0x0404;
const XMP: u16 = 0x0424;

/// Tags of TIFF for XMP, IPTC and the resources of Photoshop (XMP Specification, part
/// 3; TIFF/EP).
const XMP_TAG: u16 = 700;
const IPTC_TAG: u16 = 33_723;
const PHOTOSHOP_TAG: u16 = 34_377;

/// What stands before each record of IPTC.
const IPTC_MARK: u8 = 0x1c;

#[derive(Default)]
pub(super) struct Packets<'d> {
    pub(super) exif: Option<Cow<'d, [u8]>>,
    pub(super) xmp: Vec<Cow<'d, [u8]>>,
    pub(super) iptc: Option<Cow<'d, [u8]>>,
    /// Names and words: "PNG Title", "Mountain".
    pub(super) remarks: Vec<(String, String)>,
}

pub(super) fn find(file: &[u8], format: Format) -> Packets<'_> {
    let mut found = Packets::default();
    match format {
        Format::Jpeg => of_jpeg(file, &mut found),
        Format::Png => of_png(file, &mut found),
        Format::WebP => found.xmp.extend(of_webp(file).map(Cow::Borrowed)),
        Format::Psd => of_psd(file, &mut found),
        Format::Tiff => of_tiff(file, &mut found),
        Format::Avif | Format::Heic => boxes::of_heif(file, &mut found),
        Format::Jpeg2000 => boxes::of_jp2(file, &mut found),
        Format::Gif => {
            // In no blocks of their own: by its marks, which is what they are for
            // (ISO 16684-1, 7.3.2).
            let packet = xmp::within(file, MAX_PACKET_BYTES);
            found.xmp.extend(packet.map(Cow::Borrowed));
            let comments = remarks::of_gif(file).into_iter();
            found
                .remarks
                .extend(comments.map(|it| ("GIF comment".to_owned(), it)));
        }
        _ => {}
    }
    found.xmp.retain(|packet| packet.len() <= MAX_PACKET_BYTES);
    found
}

fn of_tiff<'d>(file: &'d [u8], found: &mut Packets<'d>) {
    found.exif = skeleton::of(file).map(Cow::Owned);
    let Some(directory) = Directory::first(file) else {
        return;
    };
    if let Some(resources) = directory.bytes(PHOTOSHOP_TAG) {
        of_resources(resources, found);
    }
    found
        .xmp
        .extend(directory.bytes(XMP_TAG).map(Cow::Borrowed));
    let records = directory.bytes(IPTC_TAG).map(|records| match records {
        // Written as numbers of four bytes, in the order of the file's numbers.
        [first, _, _, IPTC_MARK, ..] if *first != IPTC_MARK => {
            let (words, _) = records.as_chunks::<4>();
            Cow::Owned(
                words
                    .iter()
                    .flat_map(|word| word.iter().rev())
                    .copied()
                    .collect(),
            )
        }
        _ => Cow::Borrowed(records),
    });
    found.iptc = records.or(found.iptc.take());
}

fn of_jpeg<'d>(file: &'d [u8], found: &mut Packets<'d>) {
    let mut rest = file.get(2..).unwrap_or_default();
    let mut extended = Vec::new();
    for _ in 0..MOST {
        let [0xff, marker, high, low, ..] = *rest else {
            break;
        };
        if marker == 0xff {
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let end = 2 + usize::from(u16::from_be_bytes([high, low]));
        if marker == 0xda || end < 4 {
            break;
        }
        let Some((segment, after)) = rest.split_at_checked(end) else {
            break;
        };
        let data = segment.get(4..).unwrap_or_default();
        if marker == 0xe1 {
            let packet = data.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0");
            found.xmp.extend(packet.map(Cow::Borrowed));
            // Name, length and offset stand before each part; parts are in their order.
            let part = data.strip_prefix(b"http://ns.adobe.com/xmp/extension/\0");
            let part = part.and_then(|part| part.get(40..)).unwrap_or_default();
            if extended.len() + part.len() <= MAX_PACKET_BYTES {
                extended.extend_from_slice(part);
            }
        }
        if marker == 0xed
            && let Some(resources) = data.strip_prefix(b"Photoshop 3.0\0")
        {
            of_resources(resources, found);
        }
        if marker == 0xfe && found.remarks.len() < super::MOST {
            let words = remarks::words(data);
            found.remarks.push(("JPEG comment".to_owned(), words));
        }
        rest = after;
    }
    if !extended.is_empty() {
        found.xmp.push(Cow::Owned(extended));
    }
}

fn of_png<'d>(file: &'d [u8], found: &mut Packets<'d>) {
    const PROFILE: &str = "Raw profile type ";
    let mut left = MAX_UNPACKED_BYTES;
    for (kind, data) in png::chunks(file).take(MOST) {
        let Some((name, text)) = text_of(kind, data, &mut left) else {
            continue;
        };
        let name = remarks::latin(name);
        if name == "XML:com.adobe.xmp" {
            found.xmp.push(text);
        } else if let Some(kind) = name.strip_prefix(PROFILE) {
            // Programs that knew no chunk for it (ImageMagick).
            let Some(data) = remarks::from_hexadecimal(&text) else {
                continue;
            };
            match kind {
                "exif" | "APP1" if data.starts_with(b"Exif") => found.exif = Some(data.into()),
                "xmp" => found.xmp.push(data.into()),
                "iptc" | "8bim" => of_owned_resources(&data, found),
                _ => {}
            }
        } else if found.remarks.len() < super::MOST {
            let words = match &kind {
                b"iTXt" => String::from_utf8_lossy(&text).into_owned(),
                _ => remarks::latin(&text),
            };
            found.remarks.push((format!("PNG {name}"), words));
        }
    }
}

/// A name and what it names, unpacked (PNG, third edition, 11.3.3) where so many bytes
/// are `left` for that.
fn text_of<'d>(
    kind: [u8; 4],
    data: &'d [u8],
    left: &mut usize,
) -> Option<(&'d [u8], Cow<'d, [u8]>)> {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let (name, rest) = (parts.next()?, parts.next()?);
    let text = match (&kind, rest) {
        (b"tEXt", _) => Cow::Borrowed(rest),
        (b"zTXt", [_, packed @ ..]) => Cow::Owned(unpacked(packed, left)?),
        (b"iTXt", [is_packed, _, words @ ..]) => {
            // A language and a name of its own, both ended by 0.
            let text = words.splitn(3, |byte| *byte == 0).nth(2)?;
            match is_packed {
                0 => Cow::Borrowed(text),
                _ => Cow::Owned(unpacked(text, left)?),
            }
        }
        _ => return None,
    };
    Some((name, text))
}

fn unpacked(packed: &[u8], left: &mut usize) -> Option<Vec<u8>> {
    let most = MAX_PACKET_BYTES.min(*left);
    let mut all = Vec::new();
    let mut reader = ZlibDecoder::new(packed).take(most as u64 + 1);
    let read = reader.read_to_end(&mut all);
    *left = left.saturating_sub(all.len());
    read.ok()?;
    (all.len() <= most).then_some(all)
}

fn of_webp(file: &[u8]) -> Option<&[u8]> {
    let mut rest = file.get(12..)?;
    for _ in 0..MOST {
        let (kind, after) = rest.split_first_chunk::<4>()?;
        let (length, data) = after.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        // As it is specified, and as it has been written.
        if kind == b"XMP " || kind == b"XMP\0" {
            return data.get(..length);
        }
        rest = data.get(length.checked_next_multiple_of(2)?..)?;
    }
    None
}

fn of_psd<'d>(file: &'d [u8], found: &mut Packets<'d>) {
    let section = |rest: &'d [u8]| -> Option<(&'d [u8], &'d [u8])> {
        let (length, rest) = rest.split_first_chunk::<4>()?;
        rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
    };
    // After the header: colours, then resources.
    let after = file.get(26..).and_then(section).map(|(_, after)| after);
    if let Some((resources, _)) = after.and_then(section) {
        of_resources(resources, found);
    }
}

fn of_resources<'d>(mut rest: &'d [u8], found: &mut Packets<'d>) {
    for _ in 0..MOST {
        let Some((id, data, after)) = resource(rest) else {
            return;
        };
        match id {
            IPTC => found.iptc = Some(data.into()),
            XMP => found.xmp.push(Cow::Borrowed(data)),
            _ => {}
        }
        rest = after;
    }
}

/// The same of resources that had to be unpacked.
fn of_owned_resources(data: &[u8], found: &mut Packets<'_>) {
    let mut inside = Packets::default();
    of_resources(data, &mut inside);
    if let Some(records) = inside.iptc {
        found.iptc = Some(Cow::Owned(records.into_owned()));
    }
}

/// A resource: its number, its data, and what follows.
fn resource(rest: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (id, rest) = rest.strip_prefix(b"8BIM")?.split_first_chunk::<2>()?;
    // A name of bytes after their number, together even.
    let name = (1 + usize::from(*rest.first()?)).next_multiple_of(2);
    let (length, rest) = rest.get(name..)?.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let data = rest.get(..length)?;
    let after = rest.get(length.checked_next_multiple_of(2)?..);
    Some((u16::from_be_bytes(*id), data, after.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::write::ZlibEncoder;
    use std::io::Write;

    #[test]
    fn no_more_is_unpacked_of_a_png_than_four_of_the_largest_packets() {
        let mut packer = ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(&vec![b' '; MAX_PACKET_BYTES]).unwrap();
        let head = b"XML:com.adobe.xmp\0\x01\0\0\0";
        let text = [&head[..], &packer.finish().unwrap()].concat();
        let length = (text.len() as u32).to_be_bytes();
        let chunk = [&length[..], b"iTXt", &text, &[0; 4]].concat();
        let file = [b"\x89PNG\r\n\x1a\n", chunk.repeat(6).as_slice()].concat();
        let found = find(&file, Format::Png);
        let unpacked: Vec<usize> = found.xmp.iter().map(|packet| packet.len()).collect();
        assert_eq!(unpacked, [MAX_PACKET_BYTES; 4]);
    }
}
