//! What a PDF says about itself, and what it wanted and will not get.

use super::{PdfDocument, strings};
use hayro::hayro_syntax::PdfVersion;
use hayro::hayro_syntax::object::{Array, DateTime, Dict};
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
        fields.push(field(InfoKey::Encryption, "the content is encrypted"));
    }
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
