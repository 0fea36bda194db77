//! Words that readers have put on pages (ISO 32000-2:2020, 12.5.6.2, 12.5.6.4):
//! notes, and what stands beside marked words, drawings and pinned files. Those of
//! the document itself (links, fields, text that is drawn on the page) are none.

use super::{PdfDocument, destination, info, links};
use hayro::hayro_syntax::object::{Array, Dict, Name, ObjectIdentifier, Rect as PdfRect};
use hayro::hayro_syntax::page::Page;
use ipc::limits::{MAX_AUTHOR_BYTES, MAX_NOTE_BYTES, MAX_NOTE_LINES, MAX_NOTES, MAX_TEXT_BYTES};
use ipc::{Note, NoteKind, PageIndex, Text};
use roxmltree::{Document, Node, ParsingOptions};

/// Pages that are looked at, and annotations of one of them.
const MAX_PAGES_SEARCHED: usize = 5000;
const MAX_ANNOTATIONS: usize = 10_000;

/// Flags of annotations that nobody sees: hidden, and not shown (12.5.3).
const UNSEEN: u32 = 0b10_0010;

/// How deep answers to answers are followed.
const MAX_THREAD: usize = 32;

/// Elements of words with a look of their own.
const MAX_NODES: u32 = 10_000;

/// A note, which object it is, and which one it answers.
struct Found {
    note: Note,
    itself: Option<ObjectIdentifier>,
    answers: Option<ObjectIdentifier>,
}

/// All notes, page by page, answers behind what they answer.
pub(super) fn read(document: &PdfDocument) -> Vec<Note> {
    let mut notes = Vec::new();
    let pages = document.pdf.pages().iter().take(MAX_PAGES_SEARCHED);
    for (page, index) in pages.zip((0..).filter_map(PageIndex::new)) {
        notes.extend(threads(on_page(page, index)));
        if notes.len() >= MAX_NOTES {
            notes.truncate(MAX_NOTES);
            break;
        }
    }
    notes
}

fn on_page(page: &Page<'_>, index: PageIndex) -> Vec<Found> {
    let Some(annotations) = page.raw().get::<Array<'_>>("Annots") else {
        return Vec::new();
    };
    let all = annotations.iter::<Dict<'_>>().take(MAX_ANNOTATIONS);
    all.filter_map(|annotation| {
        Some(Found {
            note: note(page, index, &annotation)?,
            itself: annotation.obj_id(),
            answers: annotation.get_ref("IRT").map(ObjectIdentifier::from),
        })
    })
    .take(MAX_NOTES)
    .collect()
}

fn note(page: &Page<'_>, index: PageIndex, annotation: &Dict<'_>) -> Option<Note> {
    let flags = annotation.get::<u32>("F").unwrap_or(0);
    // What a reader has marked as done is said by notes, too, and is no words.
    if flags & UNSEEN != 0 || annotation.contains_key("StateModel") {
        return None;
    }
    let kind = kind(annotation.get::<Name<'_>>("Subtype")?.as_str())?;
    let lines = lines(&words(annotation, kind)?);
    if lines.is_empty() {
        return None;
    }
    let date = info::date(annotation, "M").or_else(|| info::date(annotation, "CreationDate"));
    let author = destination::words(annotation, "T").unwrap_or_default();
    Some(Note {
        page: index,
        place: links::place(page, annotation.get::<PdfRect>("Rect")?)?,
        kind,
        is_reply: false,
        author: Text::cleaned(author.trim(), MAX_AUTHOR_BYTES),
        date: Text::cleaned(date.unwrap_or_default().trim(), MAX_AUTHOR_BYTES),
        lines,
    })
}

fn kind(subtype: &str) -> Option<NoteKind> {
    Some(match subtype {
        "Text" => NoteKind::Note,
        "Highlight" => NoteKind::Highlight,
        "Underline" | "Squiggly" => NoteKind::Underline,
        "StrikeOut" | "Redact" => NoteKind::StrikeOut,
        "Caret" => NoteKind::Insertion,
        "Line" | "Square" | "Circle" | "Polygon" | "PolyLine" | "Ink" => NoteKind::Drawing,
        "Stamp" => NoteKind::Stamp,
        "FileAttachment" => NoteKind::File,
        _ => return None,
    })
}

/// What it says; of a file, what its specification says, too.
fn words(annotation: &Dict<'_>, kind: NoteKind) -> Option<String> {
    let plain = |dict: &Dict<'_>, key| {
        destination::words(dict, key).filter(|words| !words.trim().is_empty())
    };
    let written = plain(annotation, "Contents").or_else(|| {
        let rich = destination::words(annotation, "RC")?;
        without_looks(&rich)
    });
    let file = annotation.get::<Dict<'_>>("FS");
    let file = file.filter(|_| kind == NoteKind::File);
    written.or_else(|| file.and_then(|file| plain(&file, "Desc")))
}

/// Words of XHTML (12.7.4.4), a paragraph on a line.
fn without_looks(rich: &str) -> Option<String> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(rich.trim(), options).ok()?;
    let mut words = String::new();
    for node in document.descendants() {
        let is_line = |node: &Node<'_, '_>| matches!(node.tag_name().name(), "p" | "br" | "li");
        if is_line(&node) && !words.is_empty() {
            words.push('\n');
        }
        if node.is_text() {
            words.push_str(node.text().unwrap_or_default());
        }
    }
    (!words.trim().is_empty()).then_some(words)
}

/// Lines as they are written, as many as a message has room for.
fn lines(words: &str) -> Vec<Text> {
    let words = words.replace("\r\n", "\n").replace('\r', "\n");
    let (mut lines, mut room) = (Vec::new(), MAX_NOTE_BYTES);
    for line in words.trim().split('\n') {
        let mut rest = line.trim_end();
        loop {
            if lines.len() >= MAX_NOTE_LINES || room == 0 {
                return lines;
            }
            // Tabs are no more than space here.
            let piece = piece(rest, MAX_TEXT_BYTES - 2);
            let text = Text::cleaned(&piece.replace('\t', " "), room.min(MAX_TEXT_BYTES));
            room = room.saturating_sub(text.as_str().len());
            lines.push(text);
            rest = rest.get(piece.len()..).unwrap_or_default().trim_start();
            if rest.is_empty() {
                break;
            }
        }
    }
    if lines.iter().all(|line| line.as_str().is_empty()) {
        lines.clear();
    }
    lines
}

/// The beginning of a long line, up to a space.
fn piece(line: &str, most: usize) -> &str {
    if line.len() <= most {
        return line;
    }
    let whole = line.get(..line.floor_char_boundary(most)).unwrap_or(line);
    let end = whole.rfind(' ').filter(|end| *end > 0);
    end.and_then(|end| whole.get(..end)).unwrap_or(whole)
}

/// Answers stand behind what they answer, at its place; those whose note is not there
/// are notes of their own.
fn threads(found: Vec<Found>) -> Vec<Note> {
    let answered = |one: &Found| {
        let answers = one.answers?;
        found.iter().position(|it| it.itself == Some(answers))
    };
    let parents: Vec<Option<usize>> = found.iter().map(answered).collect();
    // Whose thread each belongs to. A ring of answers has no beginning: none of it is
    // an answer.
    let root = |start: usize| {
        let chain = std::iter::successors(Some(start), |at| *parents.get(*at)?);
        let (mut root, mut steps) = (start, 0);
        for at in chain.take(MAX_THREAD) {
            (root, steps) = (at, steps + 1);
        }
        if steps < MAX_THREAD { root } else { start }
    };
    let roots: Vec<usize> = (0..found.len()).map(root).collect();
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|at| (roots.get(*at).copied(), *at));
    let places: Vec<_> = found.iter().map(|it| it.note.place).collect();
    let mut notes: Vec<Option<Note>> = found.into_iter().map(|it| Some(it.note)).collect();
    let mut threads = Vec::new();
    for at in order {
        let Some(mut note) = notes.get_mut(at).and_then(Option::take) else {
            continue;
        };
        let root = roots.get(at).copied().filter(|root| *root != at);
        if let Some(place) = root.and_then(|root| places.get(root)) {
            (note.is_reply, note.place) = (true, *place);
        }
        threads.push(note);
    }
    threads
}
