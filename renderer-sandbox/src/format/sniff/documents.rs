//! Documents, archives, programs and text.

use super::Magic;

pub(super) const OTHERS: &[(Magic, &str)] = &[
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
pub(super) const PLAIN_ARCHIVE: &str = "a ZIP archive";

/// What markup is called that can be drawn.
pub(super) const SVG: &str = "an SVG image";

/// A ZIP archive says what it holds in its first entry, or in the names of
/// those that follow soon.
pub(super) fn archive(head: &[u8]) -> Option<&'static str> {
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
pub(super) fn markup(head: &[u8]) -> Option<&'static str> {
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

/// A PDF, with anything before its header.
pub(super) fn is_pdf(head: &[u8]) -> bool {
    memchr::memmem::find(head, b"%PDF-").is_some() || is_postscript_pdf(head)
}

/// The other header that a PDF may have: `%!PS-Adobe-3.0 PDF-1.4` (annex I.3.2).
fn is_postscript_pdf(head: &[u8]) -> bool {
    let line = head.split(|byte| matches!(byte, b'\r' | b'\n')).next();
    line.is_some_and(|line| {
        line.starts_with(b"%!PS-") && memchr::memmem::find(line, b" PDF-").is_some()
    })
}

/// A PDF whose header is lost: objects and a page tree.
pub(super) fn looks_like_pdf(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b" obj").is_some()
        && memchr::memmem::find(bytes, b"/Page").is_some()
}

/// Text in UTF-8, or in UTF-16 with its mark.
pub(super) fn is_text(head: &[u8]) -> bool {
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
    use crate::format::sniff::PDF_HEADER_BYTES;

    #[test]
    fn text_may_be_cut_inside_a_character() {
        let text = "é".repeat(PDF_HEADER_BYTES);
        assert!(is_text(&text.as_bytes()[..PDF_HEADER_BYTES - 1]));
        assert!(!is_text(b"ab\xffcd"));
        assert!(!is_text(b"ab\0cd"));
    }
}
