//! Signatures (ISO 32000-2:2020, 12.8): what they say, and how much of the file
//! they are about. Nothing is verified.

use super::{PdfDocument, destination, info, names};
use hayro::hayro_syntax::object::{Array, Dict, Name, ObjectIdentifier};
use ipc::limits::{MAX_SIGNATURES, MAX_TEXT_BYTES};
use ipc::{Coverage, Signature, Text};
use std::collections::HashSet;

/// Most fields that are looked at.
const MAX_FIELDS: usize = 65_536;
/// Deepest field that is looked at.
const MAX_DEPTH: usize = 16;
/// Longest text that is told, in bytes: five fit in one message.
const MAX_BYTES: usize = MAX_TEXT_BYTES / 4;

pub(super) fn read(document: &PdfDocument) -> Vec<Signature> {
    let mut signatures = Vec::new();
    each_field(document, |field| {
        let is_signature = inherited_kind(field).is_some_and(|kind| kind == "Sig");
        if is_signature && let Some(value) = field.dict.get::<Dict<'_>>("V") {
            signatures.push(signature(document, field, &value));
        }
        signatures.len() < MAX_SIGNATURES
    });
    signatures
}

/// A field of a form, with what it inherits.
pub(super) struct Field<'a> {
    pub(super) dict: Dict<'a>,
    pub(super) name: String,
    kind: Option<String>,
}

fn inherited_kind<'f>(field: &'f Field<'_>) -> Option<&'f str> {
    field.kind.as_deref()
}

/// Calls `take` for every field of the form, until that says `false`.
pub(super) fn each_field<'a>(document: &'a PdfDocument, mut take: impl FnMut(&Field<'a>) -> bool) {
    let form = names::catalog(&document.pdf).get::<Dict<'a>>("AcroForm");
    let fields = form.and_then(|form| form.get::<Array<'a>>("Fields"));
    let mut seen = HashSet::new();
    let mut left = MAX_FIELDS;
    let root = Field {
        dict: Dict::empty(),
        name: String::new(),
        kind: None,
    };
    if let Some(fields) = fields {
        walk(&fields, &root, MAX_DEPTH, &mut left, &mut seen, &mut take);
    }
}

fn walk<'a>(
    fields: &Array<'a>,
    parent: &Field<'a>,
    depth: usize,
    left: &mut usize,
    seen: &mut HashSet<ObjectIdentifier>,
    take: &mut impl FnMut(&Field<'a>) -> bool,
) -> bool {
    for dict in fields.iter::<Dict<'a>>() {
        if depth == 0 || *left == 0 {
            return true;
        }
        *left -= 1;
        if !dict.obj_id().is_none_or(|id| seen.insert(id)) {
            continue;
        }
        let own = destination::words(&dict, "T");
        let name = match (parent.name.as_str(), own) {
            (outer, None) => outer.to_owned(),
            ("", Some(own)) => own,
            (outer, Some(own)) => format!("{outer}.{own}"),
        };
        let kind = dict.get::<Name<'_>>("FT");
        let kind = kind.map(|kind| kind.as_str().to_owned());
        let kids = dict.get::<Array<'a>>("Kids");
        let field = Field {
            dict,
            name: name.chars().take(MAX_BYTES).collect(),
            kind: kind.or_else(|| parent.kind.clone()),
        };
        if !take(&field) {
            return false;
        }
        if let Some(kids) = kids
            && !walk(&kids, &field, depth - 1, left, seen, take)
        {
            return false;
        }
    }
    true
}

fn signature(document: &PdfDocument, field: &Field<'_>, value: &Dict<'_>) -> Signature {
    let text = |key: &str| {
        let text = destination::words(value, key).unwrap_or_default();
        Text::cleaned(text.trim(), MAX_BYTES)
    };
    let kind = value.get::<Name<'_>>("SubFilter");
    let date = info::date(value, "M").unwrap_or_default();
    Signature {
        field: Text::cleaned(&field.name, MAX_BYTES),
        signer: text("Name"),
        reason: text("Reason"),
        date: Text::cleaned(&date, MAX_BYTES),
        kind: kind.map_or_else(Text::default, |kind| {
            Text::cleaned(kind.as_str(), MAX_BYTES)
        }),
        coverage: coverage(document.pdf.data().as_ref(), value),
    }
}

/// `ByteRange` names two pieces with the signature between them.
fn coverage(file: &[u8], value: &Dict<'_>) -> Coverage {
    let range = value.get::<Array<'_>>("ByteRange");
    let numbers: Vec<u64> = range
        .iter()
        .flat_map(|range| range.iter::<i32>())
        .filter_map(|number| u64::try_from(number).ok())
        .take(5)
        .collect();
    let &[0, first_bytes, second, second_bytes] = numbers.as_slice() else {
        return Coverage::Broken;
    };
    let end = second.saturating_add(second_bytes);
    let bytes = file.len() as u64;
    let hole = usize::try_from(first_bytes)
        .ok()
        .zip(usize::try_from(second).ok());
    let hole = hole.and_then(|(start, end)| file.get(start..end));
    match (hole.is_some_and(is_one_string), bytes.checked_sub(end)) {
        (true, Some(0)) => Coverage::Whole,
        (true, Some(added)) => Coverage::Added(added),
        _ => Coverage::Broken,
    }
}

/// Whether what a signature leaves out is the signature alone: one string of
/// hexadecimal digits. Anything else could be changed unseen.
fn is_one_string(hole: &[u8]) -> bool {
    let inner = hole
        .strip_prefix(b"<")
        .and_then(|rest| rest.strip_suffix(b">"));
    inner.is_some_and(|inner| {
        inner
            .iter()
            .all(|byte| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace())
    })
}
