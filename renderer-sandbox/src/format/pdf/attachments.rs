//! Files inside a document (ISO 32000-2:2020, 7.11.4, 12.5.6.15).

use super::{PdfDocument, destination, names, strings};
use crate::format::DocumentError;
use hayro::hayro_syntax::object::{Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream};
use ipc::limits::{MAX_ATTACHMENTS, MAX_TEXT_BYTES};
use ipc::{Attachment, PageIndex, Text};
use std::collections::HashSet;
use std::sync::Arc;

/// Pages whose pinned files are looked for.
const MAX_PAGES_SEARCHED: usize = 5000;
/// Longest name, in bytes: a file system takes no longer one.
const MAX_NAME_BYTES: usize = 255;

/// A file, and the object that holds its bytes.
pub(super) struct Found {
    pub(super) told: Attachment,
    stream: ObjectIdentifier,
}

/// Every file, each once: first those of the whole document, then those on pages.
pub(super) fn read(document: &PdfDocument) -> Vec<Found> {
    let mut list = List::default();
    let names = names::catalog(&document.pdf).get::<Dict<'_>>("Names");
    if let Some(tree) = names.and_then(|names| names.get::<Dict<'_>>("EmbeddedFiles")) {
        let xref = document.pdf.xref();
        names::walk(&tree, |key, value| {
            let file = match value {
                MaybeRef::Ref(reference) => xref.get::<Dict<'_>>(reference.into()),
                MaybeRef::NotRef(object) => object.into_dict(),
            };
            file.is_none_or(|file| list.add(&file, Some(key), None))
        });
    }
    let pages = (0..).zip(document.pdf.pages().iter().take(MAX_PAGES_SEARCHED));
    for (index, page) in pages {
        let annotations = page.raw().get::<Array<'_>>("Annots");
        let annotations = annotations.iter().flat_map(|all| all.iter::<Dict<'_>>());
        for annotation in annotations {
            let kind = annotation.get::<Name<'_>>("Subtype");
            if kind.is_some_and(|kind| kind.as_str() == "FileAttachment")
                && let Some(file) = annotation.get::<Dict<'_>>("FS")
                && !list.add(&file, None, PageIndex::new(index))
            {
                return list.found;
            }
        }
    }
    list.found
}

#[derive(Default)]
struct List {
    found: Vec<Found>,
    seen: HashSet<ObjectIdentifier>,
}

impl List {
    /// Adds a file by its specification; `false` when there are enough.
    fn add(&mut self, file: &Dict<'_>, key: Option<&[u8]>, page: Option<PageIndex>) -> bool {
        let embedded = file.get::<Dict<'_>>("EF").unwrap_or_default();
        let reference = embedded.get_ref("UF").or_else(|| embedded.get_ref("F"));
        let Some(stream) = reference.map(ObjectIdentifier::from) else {
            return true;
        };
        if !self.seen.insert(stream) {
            return true;
        }
        let content = embedded
            .get::<Stream<'_>>("UF")
            .or_else(|| embedded.get::<Stream<'_>>("F"));
        let about = content.map(|content| content.dict().clone());
        let about = about.unwrap_or_default();
        let parameters = about.get::<Dict<'_>>("Params").unwrap_or_default();
        let name = destination::words(file, "UF")
            .or_else(|| destination::words(file, "F"))
            .or_else(|| key.map(strings::decode))
            .unwrap_or_default();
        let media_type = about.get::<Name<'_>>("Subtype");
        let description = destination::words(file, "Desc").unwrap_or_default();
        let told = Attachment {
            name: Text::cleaned(name.trim(), MAX_NAME_BYTES),
            description: Text::cleaned(description.trim(), MAX_TEXT_BYTES / 2),
            media_type: media_type.map_or_else(Text::default, |kind| {
                Text::cleaned(kind.as_str(), MAX_NAME_BYTES)
            }),
            bytes: parameters
                .get::<i32>("Size")
                .and_then(|size| u64::try_from(size).ok()),
            page,
        };
        self.found.push(Found { told, stream });
        self.found.len() < MAX_ATTACHMENTS
    }
}

/// The unpacked bytes of a file.
pub(super) fn content(
    document: &PdfDocument,
    found: &Found,
) -> Result<Arc<Vec<u8>>, DocumentError> {
    let damaged = || DocumentError::Damaged("the attachment cannot be unpacked".to_owned());
    let object = document.pdf.xref().get::<Object<'_>>(found.stream);
    let stream = object.and_then(Object::into_stream).ok_or_else(damaged)?;
    let bytes = stream.decoded_data().map_err(|_| damaged())?;
    Ok(Arc::new(bytes.into_owned()))
}
