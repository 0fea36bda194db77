//! What had to be repaired before a document could be opened. hayro repairs
//! without a word; the same is looked for here, in the table of objects (ISO
//! 32000-2:2020, 7.5.4, 7.5.5).

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Name, ObjectIdentifier, Stream};

/// Most entries of a table that are looked at.
const MAX_ENTRIES: usize = 200_000;
/// Most digits of a number in a table.
const MAX_DIGITS: usize = 20;

/// What is damaged, as a sentence; `None` where nothing was found.
///
/// A table that is a stream is never encrypted, but hayro decrypts what it is asked for
/// by number, so that of an `encrypted` document it is not looked at.
pub(super) fn found(pdf: &Pdf, encrypted: bool) -> Option<&'static str> {
    let bytes = pdf.data().as_ref();
    let cut = || {
        (!encrypted && stream_is_cut(pdf, bytes)?)
            .then_some("the table of its objects ends too early")
    };
    in_bytes(bytes).or_else(cut)
}

/// Whether a table that is a stream has less in it than it says (7.5.8).
fn stream_is_cut(pdf: &Pdf, bytes: &[u8]) -> Option<bool> {
    let at = memchr::memmem::rfind(bytes, b"startxref")?;
    let start = number(&mut bytes.get(at + 9..)?)?;
    let mut table = bytes.get(start..)?;
    let number = u32::try_from(number(&mut table)?).ok()?;
    let table = pdf
        .xref()
        .get::<Stream<'_>>(ObjectIdentifier::new(number, 0))?;
    let dict = table.dict();
    if dict.get::<Name<'_>>("Type")?.as_str() != "XRef" {
        return None;
    }
    let widths = dict.get::<Array<'_>>("W")?;
    let entry: usize = widths
        .iter::<u32>()
        .take(3)
        .map(|width| width as usize)
        .sum();
    let entries = match dict.get::<Array<'_>>("Index") {
        Some(index) => index
            .iter::<u32>()
            .skip(1)
            .step_by(2)
            .map(|count| count as usize)
            .sum(),
        None => dict.get::<u32>("Size")? as usize,
    };
    let whole = entry.checked_mul(entries)?;
    Some(table.decoded_data().map_or(true, |data| data.len() < whole))
}

/// What is wrong with the table where it is written out.
fn in_bytes(bytes: &[u8]) -> Option<&'static str> {
    const GONE: &str =
        "the table of its objects is missing, so that it was made anew; it may be cut";
    const WRONG: &str = "the table of its objects is wrong, so that it was made anew";
    let at = memchr::memmem::rfind(bytes, b"startxref");
    let Some(mut rest) = at.and_then(|at| bytes.get(at + 9..)) else {
        return Some(GONE);
    };
    let start = number(&mut rest).and_then(|start| bytes.get(start..));
    let Some(mut table) = start.map(<[u8]>::trim_ascii_start) else {
        return Some(GONE);
    };
    match table.strip_prefix(b"xref") {
        // A table that is a stream is decoded by hayro, or made anew with a reason.
        None => is_object(table, None).is_none().then_some(WRONG),
        Some(entries) => {
            table = entries;
            (!leads_to_objects(bytes, table)).then_some(WRONG)
        }
    }
}

/// Whether every entry in use of a table leads to an object of its number.
fn leads_to_objects(bytes: &[u8], mut table: &[u8]) -> bool {
    let mut left = MAX_ENTRIES;
    while let Some(first) = number(&mut table) {
        let Some(count) = number(&mut table) else {
            return false;
        };
        for object in (first..).take(count) {
            let (Some(place), Some(_)) = (number(&mut table), number(&mut table)) else {
                return false;
            };
            let Some((kind, rest)) = table.trim_ascii_start().split_first() else {
                return false;
            };
            table = rest;
            let Some(next) = left.checked_sub(1) else {
                return true;
            };
            left = next;
            // Some write entries that lead to the start of the file for what is free.
            let is_used = *kind == b'n' && place != 0;
            let there = bytes.get(place..).map(<[u8]>::trim_ascii_start);
            if is_used
                && there
                    .and_then(|there| is_object(there, Some(object)))
                    .is_none()
            {
                return false;
            }
        }
    }
    table.trim_ascii_start().starts_with(b"trailer")
}

/// `12 0 obj`, of this number if one is given.
fn is_object(mut bytes: &[u8], wanted: Option<usize>) -> Option<()> {
    let object = number(&mut bytes)?;
    number(&mut bytes)?;
    let is_one = bytes.trim_ascii_start().starts_with(b"obj");
    (is_one && wanted.is_none_or(|wanted| wanted == object)).then_some(())
}

/// Takes a number and what is white before it.
fn number(bytes: &mut &[u8]) -> Option<usize> {
    let rest = bytes.trim_ascii_start();
    let digits = rest
        .iter()
        .take(MAX_DIGITS)
        .take_while(|byte| byte.is_ascii_digit());
    let (digits, rest) = rest.split_at_checked(digits.count())?;
    let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
    *bytes = rest;
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::in_bytes as found;

    /// A file of two objects, with what its table says of the second.
    fn file(second: &str, start: &str) -> Vec<u8> {
        let body = "%PDF-1.4\n1 0 obj\n<< >>\nendobj\n2 0 obj\n<< >>\nendobj\n";
        let table = "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n2 1\n";
        format!("{body}{table}{second} 00000 n \ntrailer << >>\nstartxref\n{start}\n%%EOF")
            .into_bytes()
    }

    #[test]
    fn table_is_whole_or_said_to_be_made_anew() {
        let start = "51";
        assert_eq!(
            file("0000000030", start).get(51..55),
            Some(b"xref".as_slice())
        );
        assert_eq!(found(&file("0000000030", start)), None);
        for (second, start, word) in [
            ("0000000009", "51", "wrong"),
            ("0000000031", "51", "wrong"),
            ("9999999999", "51", "wrong"),
            ("0000000030", "40", "wrong"),
            ("0000000030", "9999", "missing"),
            ("0000000030", "", "missing"),
        ] {
            let told = found(&file(second, start));
            assert!(
                told.is_some_and(|told| told.contains(word)),
                "{second} {start}: {told:?}"
            );
        }
        let whole = file("0000000030", start);
        assert!(found(&whole[..100]).is_some_and(|told| told.contains("missing")));
        assert!(found(b"").is_some());
        // Leads to an object that is a table in a stream.
        assert_eq!(found(b"7 0 obj << >> stream\nstartxref 0"), None);
    }
}
