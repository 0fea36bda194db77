//! Layers: optional content groups (ISO 32000-2:2020, 8.11).
//!
//! hayro draws a document as its own configuration says. To show other layers
//! the document is opened once more with an [`update`] in which the
//! configuration is another one; the original stays as it is.

use super::update::{self, MAX_BYTES};
use super::{names, strings};
use crate::format::DocumentError;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{
    Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, String as PdfString,
};
use ipc::limits::{MAX_LAYERS, MAX_OUTLINE_DEPTH, MAX_TEXT_BYTES};
use ipc::{Layer, LayerSet, Text};
use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

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
        let original: &[u8] = pdf.data().as_ref();
        if original.len() > MAX_BYTES {
            let limit = format!("layers are switched in documents of at most {MAX_BYTES} bytes");
            return Err(DocumentError::Limit(limit));
        }
        let choice = (
            pdf.xref().root_id(),
            names::catalog(pdf),
            self.choice(shown),
        );
        update::reopened(pdf, password, &[choice])
            .ok_or_else(|| DocumentError::Unsupported("its layers cannot be switched".to_owned()))
    }

    /// What the catalog says to show these layers.
    fn choice(&self, shown: &LayerSet) -> String {
        let mut all = String::new();
        let mut off = String::new();
        for (number, (id, _)) in self.layers.iter().enumerate() {
            let reference = format!("{} {} R ", id.obj_number, id.gen_number);
            all.push_str(&reference);
            if !shown.contains(number) {
                off.push_str(&reference);
            }
        }
        let choice = format!("/D << /BaseState /ON /OFF [{off}] >>");
        format!("/OCProperties << /OCGs [{all}] {choice} >>")
    }
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
