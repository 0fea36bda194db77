//! Layers: optional content groups (ISO 32000-2:2020, 8.11).
//!
//! hayro draws a document as its own configuration says. To show other layers
//! the document is opened once more, with an update behind it (7.5.6) in which
//! the configuration is another one; the original stays as it is.

use super::{names, strings};
use crate::format::DocumentError;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{
    Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, String as PdfString,
};
use ipc::limits::{MAX_LAYERS, MAX_OUTLINE_DEPTH, MAX_TEXT_BYTES};
use ipc::{Layer, LayerSet, Text};
use std::collections::HashSet;
use std::fmt::Write;
use std::sync::{Arc, PoisonError, RwLock};

/// Largest document that is copied to switch layers, in bytes.
const MAX_BYTES: usize = 256 * 1024 * 1024;
/// Bytes at the end of a file in which its trailer is looked for.
const TRAILER_BYTES: usize = 64 * 1024;
/// More objects than a document has (annex C.2), for a trailer that need not count.
const MOST_OBJECTS: u32 = 8_388_607;
/// Most entries of the list of layers that are looked at.
const MAX_ENTRIES: usize = 16 * MAX_LAYERS;

/// The layers of a document, and which of them are shown.
pub(super) struct Layers {
    layers: Vec<(ObjectIdentifier, Layer)>,
    switched: RwLock<Option<Switched>>,
}

/// Another choice of layers than the document's own.
struct Switched {
    shown: LayerSet,
    pdf: Arc<Pdf>,
}

impl Layers {
    pub(super) fn read(pdf: &Pdf) -> Self {
        let properties = names::catalog(pdf).get::<Dict<'_>>("OCProperties");
        let layers = properties.map_or_else(Vec::new, |properties| read(pdf, &properties));
        Self {
            layers,
            switched: RwLock::default(),
        }
    }

    /// The layers as they are shown now.
    pub(super) fn told(&self) -> Vec<Layer> {
        let switched = self.switched.read().unwrap_or_else(PoisonError::into_inner);
        let layers = self.layers.iter().enumerate();
        layers
            .map(|(number, (_, layer))| {
                let mut layer = layer.clone();
                if let Some(switched) = &*switched {
                    layer.shown = switched.shown.contains(number);
                }
                layer
            })
            .collect()
    }

    /// The document to draw instead, when layers were switched.
    pub(super) fn switched(&self) -> Option<Arc<Pdf>> {
        let switched = self.switched.read().unwrap_or_else(PoisonError::into_inner);
        switched.as_ref().map(|switched| Arc::clone(&switched.pdf))
    }

    /// Shows these layers from now on.
    pub(super) fn show(
        &self,
        pdf: &Pdf,
        password: &str,
        shown: &LayerSet,
    ) -> Result<(), DocumentError> {
        if self.layers.is_empty() {
            return Err(DocumentError::Unsupported("it has no layers".to_owned()));
        }
        let mut layers = self.layers.iter().enumerate();
        let is_own = layers.all(|(number, (_, layer))| layer.shown == shown.contains(number));
        let switched = match is_own {
            true => None,
            false => Some(Switched {
                shown: shown.clone(),
                pdf: Arc::new(self.reopen(pdf, password, shown)?),
            }),
        };
        *self
            .switched
            .write()
            .unwrap_or_else(PoisonError::into_inner) = switched;
        Ok(())
    }

    fn reopen(&self, pdf: &Pdf, password: &str, shown: &LayerSet) -> Result<Pdf, DocumentError> {
        let failed = || DocumentError::Unsupported("its layers cannot be switched".to_owned());
        let original: &[u8] = pdf.data().as_ref();
        if original.len() > MAX_BYTES {
            let limit = format!("layers are switched in documents of at most {MAX_BYTES} bytes");
            return Err(DocumentError::Limit(limit));
        }
        let update = self.update(pdf, original, shown).ok_or_else(failed)?;
        let mut bytes = Vec::new();
        bytes
            .try_reserve_exact(original.len() + update.len())
            .map_err(|_| DocumentError::Limit("there is no memory for a copy of it".to_owned()))?;
        bytes.extend_from_slice(original);
        bytes.extend_from_slice(&update);
        let reopened = Pdf::new_with_password(bytes, password).map_err(|_| failed())?;
        // An update that was not understood, or only after a repair.
        let same = reopened.pages().len() == pdf.pages().len();
        same.then_some(reopened).ok_or_else(failed)
    }

    /// An update in which the catalog names this choice of layers.
    fn update(&self, pdf: &Pdf, original: &[u8], shown: &LayerSet) -> Option<Vec<u8>> {
        let root = pdf.xref().root_id();
        let catalog = names::catalog(pdf);
        let inner = catalog.data();
        let inner = inner.strip_prefix(b"<<").unwrap_or(inner);
        let inner = inner.strip_suffix(b">>").unwrap_or(inner);
        let mut all = String::new();
        let mut off = String::new();
        for (number, (id, _)) in self.layers.iter().enumerate() {
            let (object, generation) = (id.obj_number, id.gen_number);
            write!(all, "{object} {generation} R ").ok()?;
            if !shown.contains(number) {
                write!(off, "{object} {generation} R ").ok()?;
            }
        }
        let start = original.len() + 1;
        let head = format!("\n{} {} obj\n<<", root.obj_number, root.gen_number);
        let choice = format!("/D << /BaseState /ON /OFF [{off}] >>");
        let rest = format!("\n/OCProperties << /OCGs [{all}] {choice} >> >>\nendobj\n");
        let mut update = [head.as_bytes(), inner, rest.as_bytes()].concat();
        let table = original.len() + update.len();
        let tail = original.get(original.len().saturating_sub(TRAILER_BYTES)..)?;
        let previous = number_behind(tail, b"startxref")?;
        let (object, generation) = (root.obj_number, root.gen_number);
        let entry = format!("xref\n{object} 1\n{start:010} {generation:05} n \n");
        let root = format!("trailer\n<< /Size {MOST_OBJECTS} /Root {object} {generation} R ");
        update.extend(format!("{entry}{root}/Prev {previous} ").bytes());
        update.extend(encryption(original));
        update.extend(format!(">>\nstartxref\n{table}\n%%EOF\n").bytes());
        Some(update)
    }
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

/// The layers in the order in which the document lists them; without such a
/// list in that of their objects.
fn read(pdf: &Pdf, properties: &Dict<'_>) -> Vec<(ObjectIdentifier, Layer)> {
    let config = properties.get::<Dict<'_>>("D").unwrap_or_default();
    let groups = properties.get::<Array<'_>>("OCGs");
    let all = identifiers(groups.as_ref());
    let base_off = config
        .get::<Name<'_>>("BaseState")
        .is_some_and(|base| base.as_str() == "OFF");
    let list = |key: &str| -> HashSet<ObjectIdentifier> {
        let list = config.get::<Array<'_>>(key);
        identifiers(list.as_ref()).into_iter().collect()
    };
    let mut reading = Reading {
        pdf,
        base_off,
        on: list("ON"),
        off: list("OFF"),
        locked: list("Locked"),
        seen: HashSet::new(),
        left: MAX_ENTRIES,
        layers: Vec::new(),
    };
    if let Some(order) = config.get::<Array<'_>>("Order") {
        reading.order(&order, 0);
    }
    // What is not listed can still be hidden, and is.
    for id in all {
        reading.group(id, 0);
    }
    reading.layers
}

fn identifiers(list: Option<&Array<'_>>) -> Vec<ObjectIdentifier> {
    let entries = list.into_iter().flat_map(|list| list.raw_iter());
    let references = entries.filter_map(|entry| entry.as_obj_ref());
    references.take(MAX_ENTRIES).map(Into::into).collect()
}

struct Reading<'p> {
    pdf: &'p Pdf,
    base_off: bool,
    on: HashSet<ObjectIdentifier>,
    off: HashSet<ObjectIdentifier>,
    locked: HashSet<ObjectIdentifier>,
    seen: HashSet<ObjectIdentifier>,
    left: usize,
    layers: Vec<(ObjectIdentifier, Layer)>,
}

impl Reading<'_> {
    /// A list in which a list stands behind the layer that it belongs to.
    fn order(&mut self, order: &Array<'_>, depth: u8) {
        if depth >= MAX_OUTLINE_DEPTH {
            return;
        }
        for entry in order.raw_iter() {
            let Some(left) = self.left.checked_sub(1) else {
                return;
            };
            self.left = left;
            match entry {
                MaybeRef::Ref(reference) => {
                    let id = ObjectIdentifier::from(reference);
                    match self.pdf.xref().get::<Object<'_>>(id) {
                        Some(Object::Array(inner)) => self.order(&inner, depth + 1),
                        Some(_) => self.group(id, depth),
                        None => {}
                    }
                }
                MaybeRef::NotRef(Object::Array(inner)) => self.order(&inner, depth + 1),
                MaybeRef::NotRef(_) => {}
            }
        }
    }

    fn group(&mut self, id: ObjectIdentifier, depth: u8) {
        if self.layers.len() >= MAX_LAYERS || !self.seen.insert(id) {
            return;
        }
        let Some(group) = self.pdf.xref().get::<Dict<'_>>(id) else {
            return;
        };
        let name = group.get::<PdfString<'_>>("Name");
        let name = name.map(|name| strings::decode(name.as_bytes()));
        // As hayro decides it: OFF wins.
        let shown = (!self.base_off || self.on.contains(&id)) && !self.off.contains(&id);
        let layer = Layer {
            depth,
            name: Text::cleaned(name.unwrap_or_default().trim(), MAX_TEXT_BYTES / 4),
            shown,
            locked: self.locked.contains(&id),
        };
        self.layers.push((id, layer));
    }
}
