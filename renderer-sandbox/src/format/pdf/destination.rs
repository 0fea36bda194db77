//! Places that a document names (ISO 32000-2:2020, 12.3.2).

use super::strings;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{
    Array, Dict, Name, Number, Object, ObjectIdentifier, String as PdfString,
};
use hayro::hayro_syntax::page::Page;
use ipc::limits::MAX_PAGE_SIDE;
use ipc::{Destination, PageIndex};
use std::collections::HashMap;

/// Most nodes of the tree of names that are looked at.
const MAX_NODES: usize = 16_384;
/// Deepest node that is looked at; also ends a cycle.
const MAX_DEPTH: usize = 16;
/// Most names; a reference work of a thousand pages has some ten thousand.
const MAX_NAMES: usize = 200_000;

/// Which page an object is, and what names stand for.
pub(super) struct Destinations {
    pages: HashMap<ObjectIdentifier, u32>,
    names: HashMap<Vec<u8>, Option<Destination>>,
}

impl Destinations {
    pub(super) fn read(pdf: &Pdf) -> Self {
        let numbered = (0..).zip(pdf.pages().iter());
        let pages = numbered
            .filter_map(|(index, page)| Some((page.raw().obj_id()?, index)))
            .collect();
        let mut destinations = Self {
            pages,
            names: HashMap::new(),
        };
        destinations.read_names(pdf);
        destinations
    }

    fn read_names(&mut self, pdf: &Pdf) {
        let xref = pdf.xref();
        let Some(catalog) = xref.get::<Dict<'_>>(xref.root_id()) else {
            return;
        };
        if let Some(old) = catalog.get::<Dict<'_>>("Dests") {
            let keys: Vec<Vec<u8>> = old.keys().take(MAX_NAMES).map(|key| key.to_vec()).collect();
            for key in keys {
                if let Some(value) = old.get::<Object<'_>>(&key) {
                    let found = self.explicit(pdf, value);
                    self.names.insert(key, found);
                }
            }
        }
        let names = catalog.get::<Dict<'_>>("Names");
        if let Some(tree) = names.and_then(|names| names.get::<Dict<'_>>("Dests")) {
            let mut nodes = MAX_NODES;
            self.node(pdf, &tree, 0, &mut nodes);
        }
    }

    fn node(&mut self, pdf: &Pdf, node: &Dict<'_>, depth: usize, nodes: &mut usize) {
        if depth >= MAX_DEPTH || *nodes == 0 {
            return;
        }
        *nodes -= 1;
        if let Some(entries) = node.get::<Array<'_>>("Names") {
            let mut entries = entries.iter::<Object<'_>>();
            while let (Some(key), Some(value)) = (entries.next(), entries.next()) {
                if self.names.len() >= MAX_NAMES {
                    return;
                }
                if let Some(key) = key.into_string() {
                    let found = self.explicit(pdf, value);
                    self.names.insert(key.as_bytes().to_vec(), found);
                }
            }
        }
        if let Some(kids) = node.get::<Array<'_>>("Kids") {
            for kid in kids.iter::<Dict<'_>>() {
                self.node(pdf, &kid, depth + 1, nodes);
            }
        }
    }

    /// What stands behind `Dest` or `D`: a name, or the place itself.
    pub(super) fn resolve(&self, pdf: &Pdf, place: Object<'_>) -> Option<Destination> {
        match place {
            Object::Name(name) => *self.names.get(name.as_ref())?,
            Object::String(name) => *self.names.get(name.as_bytes())?,
            other => self.explicit(pdf, other),
        }
    }

    /// Where an action leads to in this document (12.6.4.2, 12.6.4.12); `here` is the
    /// page it stands on, where it stands on one.
    pub(super) fn of_action(
        &self,
        pdf: &Pdf,
        action: &Dict<'_>,
        here: Option<u32>,
    ) -> Option<Destination> {
        let kind = action.get::<Name<'_>>("S");
        match kind.as_ref().map(Name::as_str) {
            // One without a kind is meant like this.
            None | Some("GoTo") => self.resolve(pdf, action.get::<Object<'_>>("D")?),
            Some("Named") => {
                let last = u32::try_from(pdf.pages().len()).ok()?.checked_sub(1)?;
                let page = match action.get::<Name<'_>>("N")?.as_str() {
                    "FirstPage" => 0,
                    "LastPage" => last,
                    "NextPage" => here?.checked_add(1)?,
                    "PrevPage" => here?.checked_sub(1)?,
                    _ => return None,
                };
                let page = PageIndex::new(page).filter(|page| page.get() <= last)?;
                Some(Destination { page, top: None })
            }
            Some(_) => None,
        }
    }

    /// Which page this is, from 0.
    pub(super) fn number_of(&self, page: &Page<'_>) -> Option<u32> {
        self.pages.get(&page.raw().obj_id()?).copied()
    }

    /// `[page /XYZ left top zoom]` and its kin, or a dictionary around it.
    fn explicit(&self, pdf: &Pdf, place: Object<'_>) -> Option<Destination> {
        let array = match place {
            Object::Array(array) => array,
            Object::Dict(dict) => dict.get::<Array<'_>>("D")?,
            _ => return None,
        };
        let first = array.raw_iter().next()?;
        let index = match first.as_obj_ref() {
            Some(page) => *self.pages.get(&page.into())?,
            // A number is meant for another document, and used for this one.
            None => u32::try_from(array.iter::<i32>().next()?).ok()?,
        };
        let page = pdf.pages().get(usize::try_from(index).ok()?)?;
        let mut rest = array.iter::<Object<'_>>().skip(1);
        let kind = rest.next().and_then(Object::into_name);
        let top = kind.and_then(|kind| top_of(&kind, rest));
        Some(Destination {
            page: PageIndex::new(index)?,
            top: top.and_then(|y| below_top(page, y)),
        })
    }
}

/// The coordinate of the upper edge, where this kind of place has one.
fn top_of<'a>(kind: &Name<'_>, mut numbers: impl Iterator<Item = Object<'a>>) -> Option<f64> {
    let number = |object: Object<'_>| object.into_number().map(|number: Number| number.as_f64());
    match kind.as_str() {
        "XYZ" => number(numbers.nth(1)?),
        "FitH" | "FitBH" => number(numbers.next()?),
        "FitR" => number(numbers.nth(3)?),
        _ => None,
    }
}

/// A height in the page's own space as a distance from the top as it is shown.
fn below_top(page: &Page<'_>, y: f64) -> Option<f32> {
    use hayro::hayro_interpret::util::TransformExt;
    use hayro::kurbo::Point;
    let unit = f64::from(super::user_unit(page));
    let crop = page.intersected_crop_box();
    let point = Point::new(crop.x0, y);
    let shown = page.initial_transform(true).to_kurbo() * point;
    let top = (shown.y * unit) as f32;
    (top.is_finite() && top.abs() <= MAX_PAGE_SIDE).then_some(top)
}

/// A text string as it is shown.
pub(super) fn words(dict: &Dict<'_>, key: &str) -> Option<String> {
    let text = dict.get::<PdfString<'_>>(key)?;
    Some(strings::decode(text.as_bytes()))
}
