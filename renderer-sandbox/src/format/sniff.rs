//! What the content is, whatever the file is called.
//!
//! Magic numbers are facts of the formats' specifications. TGA has none at its
//! start; it is recognised by a header that makes sense, and last. Content that
//! is known but cannot be shown is named, so that the user knows why.

mod documents;
mod mpeg;
mod pictures;
mod sound;

use super::{DocumentError, image};
use documents::PLAIN_ARCHIVE;
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
    if let Some(what) = mpeg::behind_tags(bytes).and_then(sound::other) {
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
    let mut marked = pictures::KNOWN.iter().chain(sound::KNOWN);
    match marked.find(|(magic, _)| matches_at(bytes, magic)) {
        Some((_, Format::Tiff)) if image::is_raw(bytes) => return Some(Format::Raw),
        // These brands say nothing of the coding; the others that are named do.
        Some((_, Format::Avif)) if pictures::is_heic(bytes) => return Some(Format::Heic),
        Some((_, format)) => return Some(*format),
        None => {}
    }
    if documents::is_pdf(head) {
        return Some(Format::Pdf);
    }
    if let Some(picture) = pictures::by_header(bytes, head) {
        return Some(picture);
    }
    if documents::archive(head) == Some(PLAIN_ARCHIVE) {
        return Some(Format::Comic);
    }
    sound::of_few_bits(bytes)
}

/// What the content is, with its article, where it cannot be shown.
fn named(bytes: &[u8], head: &[u8]) -> Option<&'static str> {
    let mut marked = pictures::OTHERS.iter().chain(documents::OTHERS);
    let found = marked.find(|(magic, _)| matches_at(bytes, magic));
    sound::other(bytes)
        .or(found.map(|(_, what)| *what))
        .or_else(|| documents::archive(head))
        .or_else(|| documents::markup(head))
}

/// What has no magic number.
fn last_resort(bytes: &[u8], head: &[u8]) -> Result<Format, DocumentError> {
    if pictures::is_tga(bytes) {
        Ok(Format::Tga)
    } else if documents::looks_like_pdf(bytes) {
        Ok(Format::Pdf)
    } else if mpeg::has_frames(bytes) {
        Ok(Format::Mp3)
    } else if documents::is_text(head) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        for (magic, format) in pictures::KNOWN.iter().chain(sound::KNOWN) {
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
            (b"\0\0\0\x18ftypmif2\0\0\0\0mif2mif1", Format::Heic),
            (b"\0\0\0\x18ftypmiaf\0\0\0\0miafheic", Format::Heic),
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
        let others = sound::OTHERS.iter().chain(pictures::OTHERS);
        for (magic, what) in others.chain(documents::OTHERS) {
            let mut bytes = vec![1; 512];
            for (at, part) in *magic {
                bytes[*at..at + part.len()].copy_from_slice(part);
            }
            let refusal = sniff(&bytes).unwrap_err().to_string();
            assert!(refusal.contains(what), "{what}: {refusal}");
        }
    }
}
