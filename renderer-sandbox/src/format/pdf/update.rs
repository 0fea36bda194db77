//! A document once more, with an update behind it (ISO 32000-2:2020, 7.5.6) in
//! which some of its dictionaries say something else. The original stays as it
//! is.

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Dict, ObjectIdentifier};

/// Largest document that is copied for an update, in bytes.
pub(super) const MAX_BYTES: usize = 256 * 1024 * 1024;
/// Bytes at the end of a file in which its trailer is looked for.
const TRAILER_BYTES: usize = 64 * 1024;
/// More objects than a document has (annex C.2), for a trailer that need not count.
const MOST_OBJECTS: u32 = 8_388_607;

/// A dictionary, and entries of it that come instead of its own.
pub(super) type Change<'d> = (ObjectIdentifier, Dict<'d>, String);

/// The document with its changes; `None` when it is too large for a copy, or was
/// repaired when it was opened, so that an update finds nothing to stand behind.
pub(super) fn reopened(pdf: &Pdf, password: &str, changes: &[Change<'_>]) -> Option<Pdf> {
    let original: &[u8] = pdf.data().as_ref();
    if original.len() > MAX_BYTES {
        return None;
    }
    let update = update(pdf, original, changes)?;
    let mut bytes = Vec::new();
    let len = original.len() + update.len();
    bytes.try_reserve_exact(len).ok()?;
    bytes.extend_from_slice(original);
    bytes.extend_from_slice(&update);
    let reopened = Pdf::new_with_password(bytes, password).ok()?;
    // An update that was not understood, or only after a repair.
    let same = reopened.pages().len() == pdf.pages().len();
    same.then_some(reopened)
}

fn update(pdf: &Pdf, original: &[u8], changes: &[Change<'_>]) -> Option<Vec<u8>> {
    let mut update = Vec::new();
    let mut table = String::from("xref\n");
    for (id, dict, entries) in changes {
        let (object, generation) = (id.obj_number, id.gen_number);
        // An end of line before each object is part of none.
        let start = original.len() + update.len() + 1;
        table += &format!("{object} 1\n{start:010} {generation:05} n \n");
        let inner = dict.data();
        let inner = inner.strip_prefix(b"<<").unwrap_or(inner);
        let inner = inner.strip_suffix(b">>").unwrap_or(inner);
        update.extend(format!("\n{object} {generation} obj\n<<").bytes());
        update.extend_from_slice(inner);
        update.extend(format!("\n{entries} >>\nendobj\n").bytes());
    }
    let start = original.len() + update.len();
    let tail = original.get(original.len().saturating_sub(TRAILER_BYTES)..)?;
    let previous = number_behind(tail, b"startxref")?;
    let root = pdf.xref().root_id();
    let (object, generation) = (root.obj_number, root.gen_number);
    let root = format!("trailer\n<< /Size {MOST_OBJECTS} /Root {object} {generation} R ");
    update.extend(format!("{table}{root}/Prev {previous} ").bytes());
    update.extend(encryption(original));
    update.extend(format!(">>\nstartxref\n{start}\n%%EOF\n").bytes());
    Some(update)
}

/// The number behind the last occurrence of a word.
fn number_behind(bytes: &[u8], word: &[u8]) -> Option<u64> {
    let at = memchr::memmem::rfind(bytes, word)?;
    let rest = bytes.get(at + word.len()..)?.trim_ascii_start();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(rest.get(..digits)?).ok()?.parse().ok()
}

/// `/Encrypt` and `/ID` as they stand in the trailer; nothing where there are none.
fn encryption(original: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    if let Some(at) = memchr::memmem::rfind(original, b"/Encrypt")
        && let Some(rest) = original.get(at + 8..)
        && !rest.first().is_some_and(u8::is_ascii_alphabetic)
        && let Some(end) = memchr::memchr(b'R', rest.get(..32).unwrap_or(rest))
    {
        found.extend_from_slice(b"/Encrypt");
        found.extend_from_slice(rest.get(..=end).unwrap_or_default());
        found.push(b' ');
    }
    if let Some(at) = memchr::memmem::rfind(original, b"/ID")
        && let Some(rest) = original.get(at + 3..)
        && rest.trim_ascii_start().first() == Some(&b'[')
        && let Some(end) = memchr::memchr(b']', rest.get(..512).unwrap_or(rest))
    {
        found.extend_from_slice(b"/ID");
        found.extend_from_slice(rest.get(..=end).unwrap_or_default());
        found.push(b' ');
    }
    found
}
