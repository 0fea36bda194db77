//! What a document wants to be done and is never done (ISO 32000-2:2020, 12.6).

use super::{PdfDocument, destination, links, names, signatures, strings};
use hayro::hayro_syntax::object::{Array, Dict, Name, Object};
use ipc::limits::{MAX_TEXT_BYTES, MAX_WISHES};
use ipc::{PageIndex, RefusedAction, Text, Wish};

/// Pages that are looked at.
const MAX_PAGES_SEARCHED: usize = 5000;
/// Actions that follow each other.
const MAX_CHAIN: usize = 16;
/// Longest piece of a script or an address that is told, in bytes.
const MAX_DETAIL_BYTES: usize = MAX_TEXT_BYTES / 4;

pub(super) fn read(document: &PdfDocument) -> Vec<Wish> {
    let mut wishes = Wishes(Vec::new());
    let catalog = names::catalog(&document.pdf);
    if let Some(action) = catalog.get::<Dict<'_>>("OpenAction") {
        wishes.action(&action, "when the document is opened", None);
    }
    wishes.events(&catalog, None);
    let tree = catalog
        .get::<Dict<'_>>("Names")
        .and_then(|names| names.get::<Dict<'_>>("JavaScript"));
    if let Some(tree) = tree {
        let xref = document.pdf.xref();
        names::walk(&tree, |_, value| {
            let action = match value {
                hayro::hayro_syntax::object::MaybeRef::Ref(id) => xref.get::<Dict<'_>>(id.into()),
                hayro::hayro_syntax::object::MaybeRef::NotRef(object) => object.into_dict(),
            };
            if let Some(action) = action {
                wishes.action(&action, "when the document is opened", None);
            }
            !wishes.is_full()
        });
    }
    let form = catalog.get::<Dict<'_>>("AcroForm").unwrap_or_default();
    if form.contains_key("XFA") {
        let detail = "a form in XFA, which is a program of its own";
        wishes.add(RefusedAction::Form, "as a form", detail, None);
    }
    signatures::each_field(document, |field| {
        wishes.events(&field.dict, None);
        !wishes.is_full()
    });
    let pages = document.pdf.pages().iter().take(MAX_PAGES_SEARCHED);
    for (page, index) in pages.zip((0..).map(PageIndex::new)) {
        if wishes.is_full() {
            break;
        }
        wishes.events(page.raw(), index);
        let annotations = page.raw().get::<Array<'_>>("Annots");
        for annotation in annotations.iter().flat_map(|all| all.iter::<Dict<'_>>()) {
            wishes.annotation(&annotation, index);
        }
    }
    wishes.0
}

struct Wishes(Vec<Wish>);

impl Wishes {
    fn is_full(&self) -> bool {
        self.0.len() >= MAX_WISHES
    }

    fn add(
        &mut self,
        action: RefusedAction,
        occasion: &str,
        detail: &str,
        page: Option<PageIndex>,
    ) {
        if self.is_full() {
            return;
        }
        self.0.push(Wish {
            action,
            occasion: Text::cleaned(occasion, MAX_DETAIL_BYTES),
            detail: Text::cleaned(detail.trim(), MAX_DETAIL_BYTES),
            page,
        });
    }

    fn annotation(&mut self, annotation: &Dict<'_>, page: Option<PageIndex>) {
        let kind = annotation.get::<Name<'_>>("Subtype");
        let kind = kind.as_ref().map_or("", |kind| kind.as_str());
        if matches!(kind, "RichMedia" | "Movie" | "Screen" | "Sound" | "3D") {
            self.add(RefusedAction::Media, "on the page", kind, page);
        }
        if let Some(action) = annotation.get::<Dict<'_>>("A") {
            self.action(&action, "on a click", page);
        }
        self.events(annotation, page);
    }

    /// Actions that events set off (12.6.3).
    fn events(&mut self, of: &Dict<'_>, page: Option<PageIndex>) {
        let Some(events) = of.get::<Dict<'_>>("AA") else {
            return;
        };
        for event in events.keys().take(MAX_CHAIN) {
            if let Some(action) = events.get::<Dict<'_>>(event.as_ref()) {
                self.action(&action, occasion(event.as_str()), page);
            }
        }
    }

    /// An action and those that follow it. What can be done after a click of
    /// the user's own is no wish, unless nobody clicks.
    fn action(&mut self, action: &Dict<'_>, occasion: &str, page: Option<PageIndex>) {
        let mut next = Some(action.clone());
        for _ in 0..MAX_CHAIN {
            let Some(action) = next.take() else {
                return;
            };
            let kind = action.get::<Name<'_>>("S");
            let kind = kind.as_ref().map_or("", |kind| kind.as_str());
            let is_click = occasion == "on a click";
            match kind {
                "GoTo" | "" => {}
                "URI" | "Named" if is_click => {}
                kind => self.add(links::refused(kind), occasion, &detail(&action, kind), page),
            }
            next = action.get::<Dict<'_>>("Next");
        }
    }
}

/// What an action is about.
fn detail(action: &Dict<'_>, kind: &str) -> String {
    match kind {
        "JavaScript" => script(action).unwrap_or_default(),
        "URI" => destination::words(action, "URI").unwrap_or_default(),
        "Launch" | "SubmitForm" | "GoToR" | "GoToE" | "ImportData" => {
            file(action).unwrap_or_default()
        }
        kind => kind.to_owned(),
    }
}

/// The beginning of a script, which stands in a string or a stream.
fn script(action: &Dict<'_>) -> Option<String> {
    let bytes = match action.get::<Object<'_>>("JS")? {
        Object::String(text) => text.as_bytes().to_vec(),
        Object::Stream(stream) => stream.decoded_data().ok()?.into_owned(),
        _ => return None,
    };
    let beginning = bytes.get(..2 * MAX_DETAIL_BYTES).unwrap_or(&bytes);
    let text = strings::decode(beginning);
    let words: Vec<&str> = text.split_whitespace().collect();
    Some(words.join(" "))
}

/// A file or address: a string, or a specification that holds one.
fn file(action: &Dict<'_>) -> Option<String> {
    let specification = match action.get::<Object<'_>>("F") {
        Some(Object::String(name)) => return Some(strings::decode(name.as_bytes())),
        Some(Object::Dict(specification)) => specification,
        _ => action.get::<Dict<'_>>("Win")?,
    };
    destination::words(&specification, "UF").or_else(|| destination::words(&specification, "F"))
}

fn occasion(event: &str) -> &'static str {
    match event {
        "O" | "PO" => "when the page is shown",
        "C" | "PC" | "WC" => "when it is closed",
        "WS" | "DS" => "when the document is saved",
        "WP" | "DP" => "when the document is printed",
        "K" | "F" | "V" => "when something is typed",
        "E" | "X" => "when the pointer is moved",
        "D" | "U" | "Fo" | "Bl" => "when something is pressed",
        _ => "on an event",
    }
}
