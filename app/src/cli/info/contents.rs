//! What a document carries beside the words of its pages, in words and as JSON.

use super::action_name;
use crate::broker::{BrokerError, Session};
use ipc::{Attachment, Coverage, Layer, Note, NoteKind, Signature, Wish};
use serde_json::{Map, Value, json};

/// Lines of one kind that are printed; JSON has all.
const MOST_LINES: usize = 20;

/// Attachments, layers, signatures, wishes and notes.
pub(super) struct Contents {
    attachments: Vec<Attachment>,
    layers: Vec<Layer>,
    signatures: Vec<Signature>,
    wishes: Vec<Wish>,
    notes: Vec<Note>,
}

impl Contents {
    pub(super) fn read(session: &mut Session) -> Result<Self, BrokerError> {
        Ok(Self {
            attachments: session.attachments()?,
            layers: session.layers()?,
            signatures: session.signatures()?,
            wishes: session.wishes()?,
            notes: session.notes()?,
        })
    }

    pub(super) fn add_json(&self, to: &mut Value) {
        to["attachments"] = self.attachments.iter().map(attachment_json).collect();
        to["layers"] = self.layers.iter().map(layer_json).collect();
        to["signatures"] = self.signatures.iter().map(signature_json).collect();
        to["refused"] = self.wishes.iter().map(wish_json).collect();
        to["notes"] = self.notes.iter().map(note_json).collect();
    }

    /// Titles and values of lines.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = Vec::new();
        add(&mut lines, "Attachment", &self.attachments, attachment);
        add(&mut lines, "Layer", &self.layers, layer);
        add(&mut lines, "Signature", &self.signatures, signature);
        add(&mut lines, "Refused", &self.wishes, wish);
        add(&mut lines, "Note", &self.notes, note);
        lines
    }
}

fn add<T>(
    lines: &mut Vec<(&'static str, String)>,
    title: &'static str,
    all: &[T],
    words: fn(&T) -> String,
) {
    lines.extend(all.iter().take(MOST_LINES).map(|one| (title, words(one))));
    if let Some(more @ 1..) = all.len().checked_sub(MOST_LINES) {
        lines.push((title, format!("and {more} more")));
    }
}

fn attachment(attachment: &Attachment) -> String {
    let mut words = attachment.name.to_string();
    let details = [
        attachment.bytes.map(|bytes| format!("{bytes} bytes")),
        Some(attachment.media_type.to_string()).filter(|kind| !kind.is_empty()),
        attachment
            .page
            .map(|page| format!("on page {}", page.number())),
    ];
    let details: Vec<String> = details.into_iter().flatten().collect();
    if !details.is_empty() {
        words.push_str(&format!(" ({})", details.join(", ")));
    }
    words
}

fn layer(layer: &Layer) -> String {
    let indent = "  ".repeat(usize::from(layer.depth));
    let state = if layer.shown { "shown" } else { "hidden" };
    format!("{indent}{} ({state})", layer.name)
}

/// How much of the file a signature is about, in words.
pub(crate) fn coverage(coverage: Coverage) -> String {
    match coverage {
        Coverage::Whole => "covers the whole file".to_owned(),
        Coverage::Added(bytes) => format!("{bytes} bytes were added after it"),
        Coverage::Broken => "does not say what it covers in a way that makes sense".to_owned(),
    }
}

fn signature(signature: &Signature) -> String {
    let signer = match signature.signer.as_str() {
        "" => "no name is given",
        signer => signer,
    };
    let coverage = coverage(signature.coverage);
    let date = match signature.date.as_str() {
        "" => String::new(),
        date => format!(", {date}"),
    };
    format!("{signer}{date}: {coverage}; trust was not checked")
}

/// What the document wanted, in words.
pub(crate) fn wish(wish: &Wish) -> String {
    let what = match action_name(wish.action) {
        "launch" => "start a program or open a file",
        "javascript" => "run a script",
        "form" => "send or fetch a form",
        "other_document" => "open another document",
        "media" => "play something",
        _ => "do something else",
    };
    let place = wish.page.map(|page| format!(" of page {}", page.number()));
    let detail = match wish.detail.as_str() {
        "" => String::new(),
        detail => format!(": {detail}"),
    };
    format!(
        "{what} {}{}{detail}",
        wish.occasion,
        place.unwrap_or_default()
    )
}

/// What a note is put on a page as, in words.
pub(crate) fn note_kind(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Note => "note",
        NoteKind::Highlight => "highlight",
        NoteKind::Underline => "underline",
        NoteKind::StrikeOut => "strike-out",
        NoteKind::Insertion => "insertion",
        NoteKind::Drawing => "drawing",
        NoteKind::Stamp => "stamp",
        NoteKind::File => "file",
    }
}

fn note(note: &Note) -> String {
    let answer = if note.is_reply { "answer to " } else { "" };
    let mut words = format!(
        "page {}, {answer}{}",
        note.page.number(),
        note_kind(note.kind)
    );
    for part in [&note.author, &note.date] {
        if !part.as_str().is_empty() {
            words.push_str(&format!(", {part}"));
        }
    }
    let lines = note.lines.iter().map(ipc::Text::as_str);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    format!("{words}: {}", lines.join(" / "))
}

fn note_json(note: &Note) -> Value {
    let lines: Vec<&str> = note.lines.iter().map(ipc::Text::as_str).collect();
    json!({
        "page": note.page.number(),
        "kind": note_kind(note.kind),
        "reply": note.is_reply,
        "author": note.author.as_str(),
        "date": note.date.as_str(),
        "text": lines.join("\n"),
        "place": note.place.edges(),
    })
}

fn attachment_json(attachment: &Attachment) -> Value {
    let mut value = Map::new();
    value.insert("name".to_owned(), json!(attachment.name.as_str()));
    value.insert("bytes".to_owned(), json!(attachment.bytes));
    value.insert(
        "media_type".to_owned(),
        json!(attachment.media_type.as_str()),
    );
    value.insert(
        "description".to_owned(),
        json!(attachment.description.as_str()),
    );
    value.insert(
        "page".to_owned(),
        json!(attachment.page.map(ipc::PageIndex::number)),
    );
    Value::Object(value)
}

fn layer_json(layer: &Layer) -> Value {
    json!({
        "name": layer.name.as_str(),
        "depth": layer.depth,
        "shown": layer.shown,
        "locked": layer.locked,
    })
}

fn signature_json(signature: &Signature) -> Value {
    let (coverage, added) = match signature.coverage {
        Coverage::Whole => ("whole", 0),
        Coverage::Added(bytes) => ("added", bytes),
        Coverage::Broken => ("broken", 0),
    };
    json!({
        "field": signature.field.as_str(),
        "signer": signature.signer.as_str(),
        "reason": signature.reason.as_str(),
        "date": signature.date.as_str(),
        "kind": signature.kind.as_str(),
        "coverage": coverage,
        "bytes_added": added,
        "trust": "not checked",
    })
}

fn wish_json(wish: &Wish) -> Value {
    json!({
        "action": action_name(wish.action),
        "occasion": wish.occasion.as_str(),
        "detail": wish.detail.as_str(),
        "page": wish.page.map(ipc::PageIndex::number),
    })
}
