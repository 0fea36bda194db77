//! What the content is, whatever the file is called.
//!
//! Magic numbers are facts of the formats' specifications. Only TGA has none;
//! it is recognised by a header that makes sense, and last.

use super::DocumentError;
use ipc::Format;

/// A PDF header may stand anywhere in here (ISO 32000-2:2020, annex I.3.2).
const PDF_HEADER_BYTES: usize = 1024;

/// Finds the format.
pub(super) fn sniff(bytes: &[u8]) -> Result<Format, DocumentError> {
    if let Some((_, format)) = KNOWN.iter().find(|(magic, _)| matches_at(bytes, magic)) {
        return Ok(*format);
    }
    let head = bytes.get(..PDF_HEADER_BYTES).unwrap_or(bytes);
    if memchr::memmem::find(head, b"%PDF-").is_some() {
        return Ok(Format::Pdf);
    }
    if is_pnm(bytes) {
        return Ok(Format::Pnm);
    }
    if is_cursor(bytes) {
        return Ok(Format::Ico);
    }
    match OTHERS.iter().find(|(magic, _)| matches_at(bytes, magic)) {
        Some((_, what)) => Err(unsupported(what)),
        None if is_tga(bytes) => Ok(Format::Tga),
        None if looks_like_pdf(bytes) => Ok(Format::Pdf),
        None if is_text(head) => Err(unsupported("plain text")),
        None => Err(DocumentError::Unsupported(
            "the content is of no kind that is known here".to_owned(),
        )),
    }
}

fn unsupported(what: &str) -> DocumentError {
    DocumentError::Unsupported(format!("the content is {what}, which cannot be shown yet"))
}

/// Bytes at an offset; `?` stands for any byte.
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
    (&[(0, b"BM")], Format::Bmp),
    (&[(0, b"\0\0\x01\0")], Format::Ico),
    (&[(0, b"qoif")], Format::Qoi),
    (&[(0, b"DDS ")], Format::Dds),
    (&[(0, b"#?RADIANCE")], Format::Hdr),
    (&[(0, b"#?RGBE")], Format::Hdr),
    (&[(0, b"\x76\x2f\x31\x01")], Format::Exr),
    (&[(0, b"farbfeld")], Format::Farbfeld),
];

const OTHERS: &[(Magic, &str)] = &[
    (&[(0, b"fLaC")], "FLAC audio"),
    (&[(0, b"OggS")], "Ogg audio or video"),
    (&[(0, b"ID3")], "MP3 audio"),
    (&[(0, b"\xff\xfb")], "MP3 audio"),
    (&[(0, b"RIFF"), (8, b"WAVE")], "WAV audio"),
    (&[(0, b"RIFF"), (8, b"AVI ")], "AVI video"),
    (&[(0, b"FORM"), (8, b"AIF")], "AIFF audio"),
    (&[(0, b"\x1a\x45\xdf\xa3")], "Matroska or WebM video"),
    (&[(4, b"ftypavif")], "an AVIF image"),
    (&[(4, b"ftypavis")], "an animated AVIF image"),
    (&[(4, b"ftyphei")], "a HEIC image"),
    (&[(4, b"ftypmif1")], "a HEIF image"),
    (&[(4, b"ftyp")], "MPEG-4 audio or video"),
    (&[(0, b"\0\0\0\x0cJXL \r\n\x87\n")], "a JPEG XL image"),
    (&[(0, b"\xff\x0a")], "a JPEG XL image"),
    (&[(0, b"\0\0\0\x0cjP  \r\n\x87\n")], "a JPEG 2000 image"),
    (&[(0, b"\xff\x4f\xff\x51")], "a JPEG 2000 image"),
    (&[(0, b"8BPS")], "a Photoshop image"),
    (&[(0, b"AT&TFORM")], "a DjVu document"),
    (&[(0, b"%!PS")], "PostScript"),
    (&[(0, b"PK\x03\x04")], "a ZIP archive or an office document"),
    (&[(0, b"\xd0\xcf\x11\xe0")], "an old office document"),
    (&[(0, b"\x1f\x8b")], "gzip-compressed data"),
    (&[(0, b"7z\xbc\xaf")], "a 7-Zip archive"),
    (&[(0, b"Rar!")], "a RAR archive"),
    (&[(0, b"\x7fELF")], "a program"),
    (&[(0, b"MZ")], "a Windows program"),
    (&[(0, b"<svg")], "an SVG image"),
    (&[(0, b"<?xml")], "XML, perhaps an SVG image"),
    (&[(0, b"<!DOCTYPE")], "a web page"),
    (&[(0, b"<html")], "a web page"),
    (&[(0, b"{\\rtf")], "an RTF document"),
];

/// PBM to PAM: `P1` to `P7` and white space (netpbm).
fn is_pnm(bytes: &[u8]) -> bool {
    matches!(bytes, [b'P', b'1'..=b'7', space, ..] if space.is_ascii_whitespace())
}

/// A cursor, which counts its pictures; a TGA that starts in the same way has
/// no colour map, and zeros there.
fn is_cursor(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0, 2, 0, low, high, ..] if (*low, *high) != (0, 0))
}

/// A TGA header that makes sense (Truevision TGA 2.0, 1991): kind of colour map,
/// kind of image, depth, and a size.
fn is_tga(bytes: &[u8]) -> bool {
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

fn is_text(head: &[u8]) -> bool {
    !head.is_empty()
        && head
            .iter()
            .all(|byte| !byte.is_ascii_control() || byte.is_ascii_whitespace())
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
        assert_eq!(sniff(b"junk before\n%PDF-1.4\n").unwrap(), Format::Pdf);
        assert_eq!(sniff(b"\0\0\x02\0\x01\0 \x20\0\0").unwrap(), Format::Ico);
        assert_eq!(sniff(b"P6\n1 1 255\nabc").unwrap(), Format::Pnm);
    }

    #[test]
    fn what_cannot_be_shown_is_named() {
        for (content, word) in [
            (&b"fLaC\0\0\0\x22"[..], "FLAC"),
            (b"\0\0\0\x20ftypavif\0\0\0\0", "AVIF"),
            (b"just some words", "plain text"),
            (b"\x01\x02\x03\x04", "no kind"),
            (b"", "no kind"),
        ] {
            let refusal = sniff(content).unwrap_err();
            assert!(matches!(refusal, DocumentError::Unsupported(_)));
            assert!(refusal.to_string().contains(word), "{refusal}");
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
    }
}
