//! Where XMP and IPTC stand in a file.

use crate::format::image::png;
use flate2::read::ZlibDecoder;
use ipc::Format;
use memchr::memmem;
use std::borrow::Cow;
use std::io::Read;

/// Longest packet that is looked at, in bytes.
const MAX_PACKET_BYTES: usize = 4 * 1024 * 1024;

/// Most segments, chunks or resources that are looked through.
const MOST: usize = 100_000;

/// Resources of Photoshop (Adobe Photoshop file formats specification).
const IPTC: u16 = 0x0404;
const XMP: u16 = 0x0424;

#[derive(Default)]
pub(super) struct Packets<'d> {
    pub(super) xmp: Vec<Cow<'d, [u8]>>,
    pub(super) iptc: Option<&'d [u8]>,
}

pub(super) fn find(file: &[u8], format: Format) -> Packets<'_> {
    let mut found = Packets::default();
    match format {
        Format::Jpeg => of_jpeg(file, &mut found),
        Format::Png => of_png(file, &mut found),
        Format::WebP => found.xmp.extend(of_webp(file).map(Cow::Borrowed)),
        Format::Psd => of_psd(file, &mut found),
        // By its marks, which is what they are for (ISO 16684-1, 7.3.2).
        Format::Gif
        | Format::Avif
        | Format::Heic
        | Format::JpegXl
        | Format::Jpeg2000
        | Format::Tiff => {
            found.xmp.extend(by_marks(file).map(Cow::Borrowed));
        }
        _ => {}
    }
    found.xmp.retain(|packet| packet.len() <= MAX_PACKET_BYTES);
    found
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
        rest = after;
    }
    if !extended.is_empty() {
        found.xmp.push(Cow::Owned(extended));
    }
}

fn of_png<'d>(file: &'d [u8], found: &mut Packets<'d>) {
    for (kind, data) in png::chunks(file).take(MOST) {
        let packet = data.strip_prefix(b"XML:com.adobe.xmp\0");
        if &kind != b"iTXt" || packet.is_none() {
            continue;
        }
        let Some([packed, _, words @ ..]) = packet else {
            continue;
        };
        // A language and a name of its own, both ended by 0.
        let mut parts = words.splitn(3, |byte| *byte == 0).skip(2);
        let Some(text) = parts.next() else {
            continue;
        };
        if *packed == 0 {
            found.xmp.push(Cow::Borrowed(text));
            continue;
        }
        let mut unpacked = Vec::new();
        let most = MAX_PACKET_BYTES as u64 + 1;
        if ZlibDecoder::new(text)
            .take(most)
            .read_to_end(&mut unpacked)
            .is_ok()
        {
            found.xmp.push(Cow::Owned(unpacked));
        }
    }
}

fn of_webp(file: &[u8]) -> Option<&[u8]> {
    let mut rest = file.get(12..)?;
    for _ in 0..MOST {
        let (kind, after) = rest.split_first_chunk::<4>()?;
        let (length, data) = after.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        if kind == b"XMP " {
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
            IPTC => found.iptc = Some(data),
            XMP => found.xmp.push(Cow::Borrowed(data)),
            _ => {}
        }
        rest = after;
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

fn by_marks(file: &[u8]) -> Option<&[u8]> {
    const END: &[u8] = b"</x:xmpmeta>";
    let start = memmem::find(file, b"<x:xmpmeta")?;
    let rest = file.get(start..)?;
    let rest = rest.get(..MAX_PACKET_BYTES).unwrap_or(rest);
    let end = memmem::find(rest, END)?;
    rest.get(..end + END.len())
}
