//! What is not shown: marked content of layers that the document's own configuration
//! hides (ISO 32000-2:2020, 8.11.3), as hayro draws it.

use crate::format::pdf::names;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, Name, ObjectIdentifier};
use std::collections::HashSet;
use std::rc::Rc;

/// Most layers that are looked at.
const MAX_LAYERS: usize = 65_536;
/// Deepest nesting of marked content that is told apart; what is deeper is like it.
const MAX_DEPTH: usize = 4096;

/// Layers that are hidden.
pub(super) type HiddenLayers = Rc<HashSet<ObjectIdentifier>>;

/// The layers that a document hides.
pub(super) fn layers(pdf: &Pdf) -> HiddenLayers {
    let properties = names::catalog(pdf).get::<Dict<'_>>("OCProperties");
    let config = properties
        .as_ref()
        .and_then(|properties| properties.get::<Dict<'_>>("D"));
    let (Some(properties), Some(config)) = (properties, config) else {
        return HiddenLayers::default();
    };
    let base = config.get::<Name<'_>>("BaseState");
    let mut hidden = HashSet::new();
    if base.is_some_and(|base| base.as_str() == "OFF") {
        hidden.extend(identifiers(&properties, "OCGs"));
    }
    for shown in identifiers(&config, "ON") {
        hidden.remove(&shown);
    }
    hidden.extend(identifiers(&config, "OFF"));
    Rc::new(hidden)
}

fn identifiers(dict: &Dict<'_>, key: &str) -> Vec<ObjectIdentifier> {
    let array = dict.get::<Array<'_>>(key).unwrap_or_default();
    let references = array.raw_iter().filter_map(|item| item.as_obj_ref());
    references.take(MAX_LAYERS).map(Into::into).collect()
}

/// Which of the pieces of marked content that are open are shown.
pub(super) struct Hidden {
    layers: HiddenLayers,
    open: Vec<bool>,
    /// Pieces that are open beyond [`MAX_DEPTH`].
    beyond: usize,
}

impl Hidden {
    pub(super) fn new(layers: HiddenLayers) -> Self {
        Self {
            layers,
            open: Vec::new(),
            beyond: 0,
        }
    }

    pub(super) fn is_shown(&self) -> bool {
        self.open.last().copied().unwrap_or(true)
    }

    /// A piece begins that belongs to no layer.
    pub(super) fn begin(&mut self) {
        self.push(true);
    }

    /// A piece begins that belongs to a layer, or to several by a rule.
    pub(super) fn begin_of(&mut self, group: &Dict<'_>, id: Option<ObjectIdentifier>) {
        let kind = group.get::<Name<'_>>("Type");
        let by_rule = id.is_none() || kind.is_some_and(|kind| kind.as_str() == "OCMD");
        let shown = match id.filter(|_| !by_rule) {
            Some(id) => !self.layers.contains(&id),
            None => self.rule(group),
        };
        self.push(shown);
    }

    pub(super) fn end(&mut self) {
        match self.beyond.checked_sub(1) {
            Some(beyond) => self.beyond = beyond,
            None => drop(self.open.pop()),
        }
    }

    fn push(&mut self, shown: bool) {
        if self.open.len() < MAX_DEPTH {
            self.open.push(shown && self.is_shown());
        } else {
            self.beyond += 1;
        }
    }

    /// What a membership dictionary says of its layers.
    fn rule(&self, rule: &Dict<'_>) -> bool {
        let mut groups = identifiers(rule, "OCGs");
        groups.extend(
            rule.get_ref("OCGs")
                .map(ObjectIdentifier::from)
                .filter(|_| groups.is_empty()),
        );
        let is_hidden = |id: &ObjectIdentifier| self.layers.contains(id);
        let policy = rule.get::<Name<'_>>("P");
        match policy.as_ref().map_or("AnyOn", |policy| policy.as_str()) {
            _ if groups.is_empty() => true,
            "AllOn" => !groups.iter().any(is_hidden),
            "AnyOff" => groups.iter().any(is_hidden),
            "AllOff" => groups.iter().all(is_hidden),
            _ => !groups.iter().all(is_hidden),
        }
    }
}
