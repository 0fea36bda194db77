//! What the content is, whatever the file is called.
//!
//! Magic numbers are facts of the formats' specifications. TGA has none at its
//! start; it is recognised by a header that makes sense, and last. Content that
//! is known but cannot be shown is named, so that the user knows why.

mod mpeg;

use super::{DocumentError, image, svg};
use ipc::Format;

/// A PDF header may stand anywhere in here (ISO 32000-2:2020, annex I.3.2).
const PDF_HEADER_BYTES: usize = 1024;

/// Finds the format.
pub(super) fn sniff(bytes: &[u8]) -> Result<Format, DocumentError> {
    if bytes.is_empty() {
        return Err(DocumentError::Unsupported("the file is empty".to_owned()));
    }
    let head = bytes.get(..PDF_HEADER_BYTES).unwrap_or(bytes);
    // Behind a tag of MP3 stands what the content is; some of it looks like another
    // format further on.
    if let Some(what) = mpeg::behind_tags(bytes).and_then(other_sound) {
        return Err(unsupported(what));
    }
    match known(bytes, head) {
        Some(format) => Ok(format),
        None => match named(bytes, head) {
            Some(what) => Err(unsupported(what)),
            None => last_resort(bytes, head),
        },
    }
}

fn known(bytes: &[u8], head: &[u8]) -> Option<Format> {
    match KNOWN.iter().find(|(magic, _)| matches_at(bytes, magic)) {
        Some((_, Format::Tiff)) if image::is_raw(bytes) => return Some(Format::Raw),
        // These brands say nothing of the coding; the others that are named do.
        Some((_, Format::Avif)) if is_heic(bytes) => return Some(Format::Heic),
        Some((_, format)) => return Some(*format),
        None => {}
    }
    if memchr::memmem::find(head, b"%PDF-").is_some() || is_postscript_pdf(head) {
        return Some(Format::Pdf);
    }
    if is_bitmap(bytes) || is_clipboard_bitmap(bytes) {
        return Some(Format::Bmp);
    }
    if is_pnm(bytes) {
        return Some(Format::Pnm);
    }
    if is_icon(bytes) {
        return Some(Format::Ico);
    }
    if is_svg(bytes, head) {
        return Some(Format::Svg);
    }
    let text = head.trim_ascii_start();
    if text.starts_with(b"#define") && memchr::memmem::find(head, b"_width").is_some() {
        return Some(Format::Xbm);
    }
    if archive(head) == Some(PLAIN_ARCHIVE) {
        return Some(Format::Comic);
    }
    sound(bytes)
}

/// Sound whose mark is a few bits, or which shares its container with films: of
/// those the sound is played.
fn sound(bytes: &[u8]) -> Option<Format> {
    match *bytes {
        // Syncword, and a layer that there is (ISO/IEC 11172-3, 2.4.2.3). The first
        // layer with a checksum looks like a mark of UTF-16.
        [
            0xFF,
            0xE2 | 0xE3 | 0xF2..=0xF5 | 0xFA..=0xFD | 0xFF,
            rates,
            ..,
        ] => {
            let makes_sense = rates >> 4 != 0xF && rates & 0x0C != 0x0C;
            makes_sense.then_some(Format::Mp3)
        }
        [
            _,
            _,
            _,
            _,
            b'f',
            b't',
            b'y',
            b'p',
            b'h',
            b'e',
            b'i' | b'v',
            ..,
        ] => None,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] | [_, _, _, _, b'm', b'o', b'o', b'v', ..] => {
            Some(Format::Mp4)
        }
        _ => None,
    }
}

/// Whether a file of the brands `mif1` and `msf1` names HEIC among those that it is
/// compatible with, and not AVIF (ISO/IEC 23008-12, 10.2 and annex B.4).
fn is_heic(bytes: &[u8]) -> bool {
    let Some(len) = bytes.first_chunk::<4>().map(|len| u32::from_be_bytes(*len)) else {
        return false;
    };
    let names = bytes.get(16..len as usize).unwrap_or_default();
    let (brands, _) = names.as_chunks::<4>();
    let of_heic = |brand: &[u8; 4]| brand.starts_with(b"hei") || brand.starts_with(b"hev");
    let of_avif = |brand: &[u8; 4]| brand.starts_with(b"avi");
    brands.iter().any(of_heic)
        && !brands.iter().any(of_avif)
        && !matches_at(bytes, &[(4, b"ftypavi")])
}

/// SVG as it is, or compressed.
fn is_svg(bytes: &[u8], head: &[u8]) -> bool {
    if bytes.starts_with(b"\x1f\x8b") {
        return markup(&svg::unpacked_head(bytes)) == Some(SVG);
    }
    markup(head) == Some(SVG)
}

/// What the content is, with its article, where it cannot be shown.
fn named(bytes: &[u8], head: &[u8]) -> Option<&'static str> {
    let found = OTHERS.iter().find(|(magic, _)| matches_at(bytes, magic));
    other_sound(bytes)
        .or(found.map(|(_, what)| *what))
        .or_else(|| archive(head))
        .or_else(|| markup(head))
}

fn other_sound(bytes: &[u8]) -> Option<&'static str> {
    let found = OTHER_SOUNDS.iter();
    let found = found.filter(|(magic, _)| matches_at(bytes, magic));
    found.map(|(_, what)| *what).next()
}

/// What has no magic number.
fn last_resort(bytes: &[u8], head: &[u8]) -> Result<Format, DocumentError> {
    if is_tga(bytes) {
        Ok(Format::Tga)
    } else if looks_like_pdf(bytes) {
        Ok(Format::Pdf)
    } else if mpeg::has_frames(bytes) {
        Ok(Format::Mp3)
    } else if is_text(head) {
        Err(unsupported("a plain text file"))
    } else {
        Err(DocumentError::Unsupported(
            "the content is of no kind that is known here".to_owned(),
        ))
    }
}

fn unsupported(what: &str) -> DocumentError {
    DocumentError::Unsupported(format!("this is {what}, which Pellucid cannot show yet"))
}

/// Bytes at an offset; all of them must be there.
type Magic = &'static [(usize, &'static [u8])];

fn matches_at(bytes: &[u8], magic: Magic) -> bool {
    magic.iter().all(|(at, wanted)| {
        bytes
            .get(*at..)
            .is_some_and(|rest| rest.starts_with(wanted))
    })
}

const KNOWN: &[(Magic, Format)] = &[
    (&[(0, b"%PDF-")], Format::Pdf),
    (&[(0, b"\x89PNG\r\n\x1a\n")], Format::Png),
    (&[(0, b"\xff\xd8\xff")], Format::Jpeg),
    (&[(0, b"GIF87a")], Format::Gif),
    (&[(0, b"GIF89a")], Format::Gif),
    (&[(0, b"RIFF"), (8, b"WEBP")], Format::WebP),
    (&[(0, b"II*\0")], Format::Tiff),
    (&[(0, b"MM\0*")], Format::Tiff),
    (&[(0, b"II+\0")], Format::Tiff),
    (&[(0, b"MM\0+")], Format::Tiff),
    (&[(0, b"qoif")], Format::Qoi),
    (&[(0, b"DDS ")], Format::Dds),
    (&[(0, b"#?RADIANCE")], Format::Hdr),
    (&[(0, b"#?RGBE")], Format::Hdr),
    (&[(0, b"\x76\x2f\x31\x01")], Format::Exr),
    (&[(0, b"farbfeld")], Format::Farbfeld),
    (&[(0, b"\0\0\0\x0cJXL \r\n\x87\n")], Format::JpegXl),
    (&[(0, b"\xff\x0a")], Format::JpegXl),
    (&[(0, b"\0\0\0\x0cjP  \r\n\x87\n")], Format::Jpeg2000),
    (&[(0, b"\xff\x4f\xff\x51")], Format::Jpeg2000),
    (&[(4, b"ftypavif")], Format::Avif),
    (&[(4, b"ftypavis")], Format::Avif),
    (&[(4, b"ftypmif1")], Format::Avif),
    (&[(4, b"ftypmsf1")], Format::Avif),
    (&[(4, b"ftyphei")], Format::Heic),
    (&[(4, b"ftyphev")], Format::Heic),
    (&[(0, b"8BPS\0\x01")], Format::Psd),
    (&[(0, b"8BPS\0\x02")], Format::Psd),
    (&[(0, b"icns")], Format::Icns),
    (&[(0, b"\x0a\x02\x01")], Format::Pcx),
    (&[(0, b"\x0a\x03\x01")], Format::Pcx),
    (&[(0, b"\x0a\x05\x01")], Format::Pcx),
    (&[(0, b"\x01\xda\x00")], Format::Sgi),
    (&[(0, b"\x01\xda\x01")], Format::Sgi),
    (&[(0, b"/* XPM */")], Format::Xpm),
    (&[(0, b"FUJIFILMCCD-RAW")], Format::Raw),
    (&[(4, b"ftypcrx ")], Format::Raw),
    (&[(0, b"fLaC")], Format::Flac),
    (&[(0, b"OggS")], Format::Ogg),
    // Other formats may stand behind it.
    (&[(0, b"ID3")], Format::Mp3),
    (&[(0, b"\xff\xf0")], Format::Aac),
    (&[(0, b"\xff\xf1")], Format::Aac),
    (&[(0, b"\xff\xf8")], Format::Aac),
    (&[(0, b"\xff\xf9")], Format::Aac),
    (&[(0, b"RIFF"), (8, b"WAVE")], Format::Wav),
    (&[(0, b"RF64"), (8, b"WAVE")], Format::Wav),
    (&[(0, b"FORM"), (8, b"AIFF")], Format::Aiff),
    (&[(0, b"FORM"), (8, b"AIFC")], Format::Aiff),
    (&[(0, b"caff")], Format::Caf),
    (&[(0, b"\x1a\x45\xdf\xa3")], Format::Matroska),
    (&[(0, b"IIU\0")], Format::Raw),
    (&[(0, b"IIRO")], Format::Raw),
    (&[(0, b"IIRS")], Format::Raw),
    (&[(0, b"MMOR")], Format::Raw),
];

const OTHER_SOUNDS: &[(Magic, &str)] = &[
    (&[(0, b".snd")], "an AU audio file"),
    (&[(0, b"MThd")], "a MIDI file"),
    (&[(0, b"wvpk")], "a WavPack audio file"),
    (&[(0, b"MAC ")], "a Monkey's Audio file"),
    (&[(0, b"#!AMR")], "an AMR audio file"),
    (&[(0, b"TTA1")], "a True Audio file"),
    (&[(0, b"MPCK")], "a Musepack audio file"),
    (&[(0, b"MP+")], "a Musepack audio file"),
    (&[(0, b"\x0b\x77")], "an AC-3 audio file"),
    (&[(0, b"OFR ")], "an OptimFROG audio file"),
    (&[(0, b"DSD "), (28, b"fmt ")], "a DSD audio file"),
    (&[(0, b"FRM8"), (12, b"DSD ")], "a DSD audio file"),
];

const OTHERS: &[(Magic, &str)] = &[
    // Pictures.
    (&[(0, b"II\xbc\x01")], "a JPEG XR image"),
    (&[(0, b"gimp xcf")], "a GIMP image"),
    (&[(0, b"\x8aMNG\r\n\x1a\n")], "an MNG animation"),
    (&[(0, b"\x8bJNG\r\n\x1a\n")], "a JNG image"),
    (&[(0, b"FLIF")], "a FLIF image"),
    (&[(0, b"BPG\xfb")], "a BPG image"),
    (&[(0, b"\x59\xa6\x6a\x95")], "a Sun raster image"),
    (&[(0, b"\xd7\xcd\xc6\x9a")], "a Windows metafile"),
    (&[(0, b"\x01\0\0\0"), (40, b" EMF")], "a Windows metafile"),
    (&[(128, b"DICM")], "a DICOM image"),
    (&[(0, b"SIMPLE  =")], "a FITS image"),
    (&[(0, b"\xabKTX ")], "a KTX texture"),
    // Moving pictures.
    (&[(0, b"RIFF"), (8, b"AVI ")], "an AVI video"),
    (&[(0, b"\0\0\x01\xba")], "an MPEG video"),
    (&[(0, b"\0\0\x01\xb3")], "an MPEG video"),
    (&[(0, b"FLV\x01")], "a Flash video"),
    (&[(0, b"\x30\x26\xb2\x75")], "a Windows Media file"),
    // Documents.
    (&[(0, b"AT&TFORM")], "a DjVu document"),
    (&[(0, b"%!PS")], "a PostScript document"),
    (&[(0, b"\xc5\xd0\xd3\xc6")], "a PostScript document"),
    (&[(0, b"\xf7\x02")], "a DVI document"),
    (&[(0, b"\xd0\xcf\x11\xe0")], "an old office document"),
    (&[(0, b"{\\rtf")], "an RTF document"),
    (&[(60, b"BOOKMOBI")], "a Mobipocket book"),
    (&[(0, b"ITSF")], "a Windows help file"),
    // Archives.
    (&[(0, b"\x1f\x8b")], "a gzip-compressed file"),
    (&[(0, b"BZh")], "a bzip2-compressed file"),
    (&[(0, b"\xfd7zXZ\0")], "an xz-compressed file"),
    (&[(0, b"\x28\xb5\x2f\xfd")], "a Zstandard-compressed file"),
    (&[(0, b"7z\xbc\xaf")], "a 7-Zip archive"),
    (&[(0, b"Rar!")], "a RAR archive"),
    (&[(257, b"ustar")], "a tar archive"),
    // Programs and what belongs to them.
    (&[(0, b"\x7fELF")], "a program"),
    (&[(0, b"MZ")], "a Windows program"),
    (&[(0, b"\xcf\xfa\xed\xfe")], "a macOS program"),
    (&[(0, b"#!/")], "a script"),
    (&[(0, b"SQLite format 3\0")], "a SQLite database"),
    (&[(0, b"OTTO")], "a font"),
    (&[(0, b"\0\x01\0\0\0")], "a font"),
    (&[(0, b"ttcf")], "a font collection"),
    (&[(0, b"wOF")], "a web font"),
];

/// What an archive is called that says nothing else of itself: pictures in it are
/// the pages of a comic book.
const PLAIN_ARCHIVE: &str = "a ZIP archive";

/// What markup is called that can be drawn.
const SVG: &str = "an SVG image";

/// A ZIP archive says what it holds in its first entry, or in the names of
/// those that follow soon.
fn archive(head: &[u8]) -> Option<&'static str> {
    if !head.starts_with(b"PK\x03\x04") {
        return None;
    }
    let kinds: [(&[u8], &str); 6] = [
        (b"application/epub+zip", "an EPUB book"),
        (b"application/vnd.oasis", "an OpenDocument file"),
        (b"word/", "a Word document"),
        (b"xl/", "an Excel workbook"),
        (b"ppt/", "a PowerPoint presentation"),
        (b"[Content_Types].xml", "an Office document"),
    ];
    let found = kinds
        .iter()
        .find(|(mark, _)| memchr::memmem::find(head, mark).is_some());
    Some(found.map_or(PLAIN_ARCHIVE, |(_, what)| what))
}

/// SVG, HTML or other XML, by the first element that is named.
fn markup(head: &[u8]) -> Option<&'static str> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = text.trim_ascii_start();
    if !text.starts_with(b"<") {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let place = |mark: &[u8]| memchr::memmem::find(&lower, mark);
    match (place(b"<svg"), place(b"<html").or(place(b"<!doctype html"))) {
        (Some(svg), Some(html)) if svg > html => Some("a web page"),
        (Some(_), _) => Some(SVG),
        (None, Some(_)) => Some("a web page"),
        (None, None) => lower.starts_with(b"<?xml").then_some("an XML document"),
    }
}

/// The other header that a PDF may have: `%!PS-Adobe-3.0 PDF-1.4` (annex I.3.2).
fn is_postscript_pdf(head: &[u8]) -> bool {
    let line = head.split(|byte| matches!(byte, b'\r' | b'\n')).next();
    line.is_some_and(|line| {
        line.starts_with(b"%!PS-") && memchr::memmem::find(line, b" PDF-").is_some()
    })
}

/// `BM`, and a header of a size that there is: 12 to 124 bytes (OS/2 1 to
/// Windows 5).
fn is_bitmap(bytes: &[u8]) -> bool {
    let size = bytes.get(14..).and_then(|rest| rest.first_chunk::<4>());
    bytes.starts_with(b"BM") && size.is_some_and(|s| (12..=124).contains(&u32::from_le_bytes(*s)))
}

/// A bitmap as it lies on the clipboard: a header of a size that there is, one plane, bits
/// that there are, and no compression but masks.
fn is_clipboard_bitmap(bytes: &[u8]) -> bool {
    let Some((header, _)) = bytes.split_first_chunk::<20>() else {
        return false;
    };
    let size = matches!(header, [40 | 108 | 124, 0, 0, 0, ..]);
    let sides = matches!(header[4..12], [_, _, 0, 0, _, _, high, higher] if high == higher);
    let layout = matches!(header[12..16], [1, 0, 1 | 4 | 8 | 16 | 24 | 32, 0]);
    size && sides && layout && matches!(header[16..20], [0..=3, 0, 0, 0])
}

/// PBM to PAM: `P1` to `P7` and white space (netpbm).
fn is_pnm(bytes: &[u8]) -> bool {
    matches!(bytes, [b'P', b'1'..=b'7', space, ..] if space.is_ascii_whitespace())
}

/// An icon or a cursor, which counts its pictures; a TGA that starts in the same
/// way has no colour map, and zeros there.
fn is_icon(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0, 1 | 2, 0, low, high, ..] if (*low, *high) != (0, 0))
}

/// A TGA header that makes sense (Truevision TGA 2.0, 1991), or the mark at the
/// end of a newer file.
fn is_tga(bytes: &[u8]) -> bool {
    bytes.ends_with(b"TRUEVISION-XFILE.\0") || has_tga_header(bytes)
}

/// Kind of colour map, kind of image, depth, and a size.
fn has_tga_header(bytes: &[u8]) -> bool {
    let [
        _,
        map,
        kind,
        _,
        _,
        _,
        _,
        map_bits,
        _,
        _,
        _,
        _,
        w0,
        w1,
        h0,
        h1,
        depth,
        descriptor,
        ..,
    ] = *bytes
    else {
        return false;
    };
    let kinds = match map {
        0 => matches!(kind, 2 | 3 | 10 | 11),
        1 => matches!(kind, 1 | 2 | 9 | 10) && matches!(map_bits, 15 | 16 | 24 | 32),
        _ => false,
    };
    let sized = (w0, w1) != (0, 0) && (h0, h1) != (0, 0);
    kinds && sized && matches!(depth, 8 | 15 | 16 | 24 | 32) && descriptor & 0xC0 == 0
}

/// A PDF whose header is lost: objects and a page tree.
fn looks_like_pdf(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b" obj").is_some()
        && memchr::memmem::find(bytes, b"/Page").is_some()
}

/// Text in UTF-8, or in UTF-16 with its mark.
fn is_text(head: &[u8]) -> bool {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return true;
    }
    let readable = |byte: &u8| !byte.is_ascii_control() || byte.is_ascii_whitespace();
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        // A character that is cut by the end of the head.
        Err(error) => error.error_len().is_none(),
    };
    valid && head.iter().all(readable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        for (magic, format) in KNOWN {
            let mut bytes = vec![1; 64];
            for (at, part) in *magic {
                bytes[*at..at + part.len()].copy_from_slice(part);
            }
            assert_eq!(sniff(&bytes).unwrap(), *format, "{magic:?}");
        }
        let bitmap = b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0";
        for (content, format) in [
            (&b"junk before\n%PDF-1.4\n"[..], Format::Pdf),
            (b"1 0 obj\n<< /Type /Page >>\n", Format::Pdf),
            (b"%!PS-Adobe-3.0 PDF-1.4\r\n", Format::Pdf),
            (bitmap, Format::Bmp),
            (b"\0\0\x01\0\x01\0 \x20\0\0", Format::Ico),
            (b"\0\0\x02\0\x01\0 \x20\0\0", Format::Ico),
            (b"P6\n1 1 255\nabc", Format::Pnm),
            (b"P1 2 2 0110", Format::Pnm),
            (b"PK\x03\x04\x0a\0abc", Format::Comic),
            (
                b"\n <?xml version='1.0'?><!-- a --><svg xmlns=''/>",
                Format::Svg,
            ),
            (b"\xef\xbb\xbf<SVG>", Format::Svg),
            (b"#define a_width 16\n#define a_height 1\n", Format::Xbm),
            (b"\xff\xfb\x90\x64", Format::Mp3),
            (b"\xff\xe3\x18\xc4", Format::Mp3),
            (b"\0\0\0\x20ftypM4A \0\0\0\0", Format::Mp4),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Format::Heic),
            (b"\0\0\0\x1cftypmif1\0\0\0\0heicmiafavif", Format::Avif),
            (b"\0\0\0\x18ftypavif\0\0\0\0mif1heic", Format::Avif),
            (b"\0\0\0\x20ftypisom\0\0\0\0", Format::Mp4),
            (b"\0\0\0\x20moov\0\0\0\0", Format::Mp4),
        ] {
            assert_eq!(sniff(content).unwrap(), format, "{content:?}");
        }
    }

    #[test]
    fn what_cannot_be_shown_is_named() {
        for (content, words) in [
            (
                &b"MThd\0\0\0\x06"[..],
                "this is a MIDI file, which Pellucid cannot show yet",
            ),
            (b"AT&TFORM\0\0\0\0DJVU", "a DjVu document"),
            (b"%!PS-Adobe-3.0\n", "a PostScript document"),
            (
                b"PK\x03\x04____mimetypeapplication/epub+zip",
                "an EPUB book",
            ),
            (
                b"PK\x03\x04____[Content_Types].xml____word/document.xml",
                "a Word document",
            ),
            (b"\x7fELF\x02\x01\x01", "a program"),
            (b"#!/bin/sh\n", "a script"),
            (b"RIFF\0\0\0\0AVI LIST", "an AVI video"),
            (b"<!DOCTYPE html><p><svg>", "a web page"),
            (b"<?xml version='1.0'?><feed/>", "an XML document"),
            ("Grüße, just some words".as_bytes(), "a plain text file"),
            (
                b"BM is how this text begins, which is no bitmap",
                "a plain text file",
            ),
            (b"\x01\x02\x03\x04", "of no kind that is known here"),
            (b"", "the file is empty"),
        ] {
            let refusal = sniff(content).unwrap_err();
            assert!(matches!(refusal, DocumentError::Unsupported(_)));
            assert!(refusal.to_string().contains(words), "{refusal}");
        }
    }

    #[test]
    fn every_magic_number_can_be_reached() {
        for (magic, what) in OTHER_SOUNDS.iter().chain(OTHERS) {
            let mut bytes = vec![1; 512];
            for (at, part) in *magic {
                bytes[*at..at + part.len()].copy_from_slice(part);
            }
            let refusal = sniff(&bytes).unwrap_err().to_string();
            assert!(refusal.contains(what), "{what}: {refusal}");
        }
    }

    #[test]
    fn tga_needs_a_header_that_makes_sense() {
        let mut header = [0; 18];
        header[2] = 2;
        header[12] = 4;
        header[14] = 4;
        header[16] = 24;
        assert_eq!(sniff(&header).unwrap(), Format::Tga);
        header[16] = 23;
        assert!(sniff(&header).is_err());
        let marked = [&header[..], b"TRUEVISION-XFILE.\0"].concat();
        assert_eq!(sniff(&marked).unwrap(), Format::Tga);
    }

    #[test]
    fn text_may_be_cut_inside_a_character() {
        let text = "é".repeat(PDF_HEADER_BYTES);
        assert!(is_text(&text.as_bytes()[..PDF_HEADER_BYTES - 1]));
        assert!(!is_text(b"ab\xffcd"));
        assert!(!is_text(b"ab\0cd"));
    }
}
