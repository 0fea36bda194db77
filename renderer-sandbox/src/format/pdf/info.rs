//! What a PDF says about itself, and what it wanted and will not get.

use super::owner::Locks;
use super::{PdfDocument, damage, strings};
use hayro::hayro_syntax::PdfVersion;
use hayro::hayro_syntax::object::{Array, DateTime, Dict, String as PdfString};
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{InfoField, InfoKey, Text};

pub(super) fn read(document: &PdfDocument) -> Vec<InfoField> {
    let metadata = document.pdf.metadata();
    let mut fields = vec![field(InfoKey::Version, version(document.pdf.version()))];
    let texts = [
        (InfoKey::Title, &metadata.title),
        (InfoKey::Author, &metadata.author),
        (InfoKey::Subject, &metadata.subject),
        (InfoKey::Keywords, &metadata.keywords),
        (InfoKey::Creator, &metadata.creator),
        (InfoKey::Producer, &metadata.producer),
    ];
    for (key, bytes) in texts {
        let text = bytes.as_deref().map(strings::decode).unwrap_or_default();
        if !text.trim().is_empty() {
            fields.push(field(key, text.trim()));
        }
    }
    let dates = [
        (InfoKey::Created, metadata.creation_date.as_ref()),
        (InfoKey::Modified, metadata.modification_date.as_ref()),
    ];
    for (key, date) in dates {
        fields.extend(date.map(|date| field(key, &rfc3339(date))));
    }
    if document.encrypted {
        fields.push(field(InfoKey::Encryption, encryption(document)));
        if let Some(refused) = permissions(document) {
            fields.push(field(InfoKey::Permissions, &refused));
        }
    }
    let damage = damage::found(&document.pdf, document.encrypted);
    fields.extend(damage.map(|what| field(InfoKey::Repaired, what)));
    fields.extend(
        notices(document)
            .into_iter()
            .map(|what| field(InfoKey::Notice, what)),
    );
    fields
}

fn field(key: InfoKey, value: &str) -> InfoField {
    InfoField {
        key,
        value: Text::cleaned(value, MAX_TEXT_BYTES),
    }
}

fn version(version: PdfVersion) -> &'static str {
    match version {
        PdfVersion::Pdf10 => "1.0",
        PdfVersion::Pdf11 => "1.1",
        PdfVersion::Pdf12 => "1.2",
        PdfVersion::Pdf13 => "1.3",
        PdfVersion::Pdf14 => "1.4",
        PdfVersion::Pdf15 => "1.5",
        PdfVersion::Pdf16 => "1.6",
        PdfVersion::Pdf17 => "1.7",
        PdfVersion::Pdf20 => "2.0",
    }
}

/// A date of a dictionary (7.9.4) as it is told: RFC 3339 where it can be read,
/// else as it is written.
pub(super) fn date(dict: &Dict<'_>, key: &str) -> Option<String> {
    let text = dict.get::<PdfString<'_>>(key)?;
    let text = strings::decode(text.as_bytes());
    Some(as_rfc3339(text.trim()).unwrap_or(text))
}

fn as_rfc3339(text: &str) -> Option<String> {
    let text = text.strip_prefix("D:").unwrap_or(text);
    let (time, zone) = text.split_at_checked(14)?;
    let is_time = time.bytes().all(|byte| byte.is_ascii_digit());
    let part = |from: usize| time.get(from..from + 2).filter(|_| is_time);
    let (month, day) = (part(4)?, part(6)?);
    let (hour, minute, second) = (part(8)?, part(10)?, part(12)?);
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let zone = match (zone.chars().next(), digits.get(..2), digits.get(2..4)) {
        (Some(sign @ ('+' | '-')), Some(hours), minutes) => {
            format!("{sign}{hours}:{}", minutes.unwrap_or("00"))
        }
        _ => "Z".to_owned(),
    };
    let year = time.get(..4)?;
    Some(format!(
        "{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"
    ))
}

fn rfc3339(date: &DateTime) -> String {
    let DateTime {
        year,
        month,
        day,
        hour,
        minute,
        second,
        ..
    } = date;
    let zone = match (date.utc_offset_hour, date.utc_offset_minute) {
        (0, 0) => "Z".to_owned(),
        (hours, minutes) => format!("{hours:+03}:{minutes:02}"),
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}")
}

/// One that opens without a password was locked by its author against changes
/// alone: only an owner's password is set.
fn encryption(document: &PdfDocument) -> &'static str {
    match (&document.password, document.by_owner) {
        (Some(_), true) => "the content is encrypted; opened with the owner password",
        (Some(_), false) => "the content is encrypted; opened with the user password",
        (None, _) => {
            "the content is encrypted; no password is needed to read it, only to lift its author's limits"
        }
    }
}

/// What the author asks readers not to do (7.6.4.2). Pellucid changes nothing,
/// and whether to heed the rest is the reader's choice.
fn permissions(document: &PdfDocument) -> Option<String> {
    const BITS: [(u32, &str); 6] = [
        (3, "printing"),
        (12, "printing in full quality"),
        (4, "changing"),
        (5, "copying text"),
        (6, "adding notes"),
        (9, "filling in forms"),
    ];
    let allowed = Locks::read(document.pdf.data().as_ref())?.permissions;
    let refused = BITS.iter().filter(|(bit, _)| allowed >> (bit - 1) & 1 == 0);
    let refused: Vec<&str> = refused.map(|(_, what)| *what).collect();
    let told = match refused.as_slice() {
        [] => return Some("its author allows everything".to_owned()),
        refused => format!("its author does not want: {}", refused.join(", ")),
    };
    Some(match document.by_owner {
        true => format!("{told}; does not apply to the owner password"),
        false => told,
    })
}

/// What the catalog asks for that Pellucid never does (ISO 32000-2:2020, 7.7.2).
fn notices(document: &PdfDocument) -> Vec<&'static str> {
    let xref = document.pdf.xref();
    let Some(catalog) = xref.get::<Dict<'_>>(xref.root_id()) else {
        return vec!["its catalog is broken; the pages were found without it"];
    };
    let names = catalog.get::<Dict<'_>>("Names").unwrap_or_else(Dict::empty);
    let form = catalog
        .get::<Dict<'_>>("AcroForm")
        .unwrap_or_else(Dict::empty);
    let action = catalog.get::<Dict<'_>>("OpenAction");
    let runs_script = action.is_some_and(|action| action.contains_key("JS"));
    let fields = form.get::<Array<'_>>("Fields");
    let wishes = [
        (
            runs_script || names.contains_key("JavaScript"),
            "wants to run JavaScript; never run",
        ),
        (
            names.contains_key("EmbeddedFiles"),
            "carries attached files; none is opened",
        ),
        (
            catalog.contains_key("AA"),
            "wants actions on events; never done",
        ),
        (
            form.contains_key("XFA"),
            "has an XFA form; only its plain pages are shown",
        ),
        (
            fields.is_some_and(|fields| fields.raw_iter().next().is_some()),
            "has form fields; shown, not filled in",
        ),
        (
            form.get::<i32>("SigFlags").unwrap_or(0) & 1 == 1,
            "carries a signature; not checked",
        ),
    ];
    wishes
        .into_iter()
        .filter(|(found, _)| *found)
        .map(|(_, what)| what)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::as_rfc3339;

    #[test]
    fn date_is_read_where_it_is_one() {
        for (written, read) in [
            ("D:20240229123456+01'30'", Some("2024-02-29T12:34:56+01:30")),
            ("20240229123456Z", Some("2024-02-29T12:34:56Z")),
            ("D:20240229123456-08", Some("2024-02-29T12:34:56-08:00")),
            ("yesterday evening", None),
            ("", None),
        ] {
            assert_eq!(as_rfc3339(written).as_deref(), read);
        }
    }
}
