//! Links of a page (ISO 32000-2:2020, 12.5.6.5, 12.6).

use super::{PdfDocument, destination, names};
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Rect as PdfRect};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, Rect};
use ipc::limits::MAX_LINKS;
use ipc::{Link, LinkTarget, PageBox, RefusedAction, Text};

/// The links of a page, the lowest first.
pub(super) fn read(document: &PdfDocument, page: &Page<'_>) -> Vec<Link> {
    let Some(annotations) = page.raw().get::<Array<'_>>("Annots") else {
        return Vec::new();
    };
    annotations
        .iter::<Dict<'_>>()
        .filter(is_link)
        .filter_map(|annotation| link(document, page, &annotation))
        .take(MAX_LINKS)
        .collect()
}

fn is_link(annotation: &Dict<'_>) -> bool {
    let kind = annotation.get::<Name<'_>>("Subtype");
    kind.is_some_and(|kind| kind.as_str() == "Link")
}

fn link(document: &PdfDocument, page: &Page<'_>, annotation: &Dict<'_>) -> Option<Link> {
    let place = place(page, annotation.get::<PdfRect>("Rect")?)?;
    let target = match annotation.get::<Object<'_>>("Dest") {
        Some(place) => LinkTarget::Inside(document.destinations().resolve(&document.pdf, place)?),
        None => action(document, page, &annotation.get::<Dict<'_>>("A")?)?,
    };
    Some(Link { place, target })
}

fn action(document: &PdfDocument, page: &Page<'_>, action: &Dict<'_>) -> Option<LinkTarget> {
    let kind = action.get::<Name<'_>>("S")?;
    match kind.as_str() {
        "GoTo" | "Named" => {
            let destinations = document.destinations();
            let here = destinations.number_of(page);
            let found = destinations.of_action(&document.pdf, action, here);
            match (found, kind.as_str()) {
                (None, "Named") => Some(LinkTarget::Refused(RefusedAction::Other)),
                (found, _) => Some(LinkTarget::Inside(found?)),
            }
        }
        "URI" => {
            let address = destination::words(action, "URI")?;
            // One that is too long is no address that anybody has written.
            let address = Text::new(whole_address(document, address.trim()));
            Some(address.map_or(
                LinkTarget::Refused(RefusedAction::Other),
                LinkTarget::Address,
            ))
        }
        kind => Some(LinkTarget::Refused(refused(kind))),
    }
}

/// An address as it is opened: one without a scheme stands behind the base of the
/// document, where that has one (12.6.4.8).
fn whole_address(document: &PdfDocument, address: &str) -> String {
    let scheme = address
        .split([':', '/', '?', '#'])
        .next()
        .unwrap_or_default();
    if address
        .strip_prefix(scheme)
        .is_some_and(|rest| rest.starts_with(':'))
    {
        return address.to_owned();
    }
    let base = names::catalog(&document.pdf)
        .get::<Dict<'_>>("URI")
        .and_then(|uri| destination::words(&uri, "Base"));
    format!("{}{address}", base.unwrap_or_default().trim())
}

/// What an action is that is never done, by its name.
pub(super) fn refused(kind: &str) -> RefusedAction {
    match kind {
        "Launch" => RefusedAction::Launch,
        "JavaScript" => RefusedAction::JavaScript,
        "SubmitForm" | "ImportData" | "ResetForm" => RefusedAction::Form,
        "GoToR" | "GoToE" => RefusedAction::OtherDocument,
        "Sound" | "Movie" | "Rendition" | "RichMediaExecute" => RefusedAction::Media,
        _ => RefusedAction::Other,
    }
}

/// A rectangle of the page's own space as it is shown.
pub(super) fn place(page: &Page<'_>, rect: PdfRect) -> Option<PageBox> {
    let unit = f64::from(super::user_unit(page));
    let transform = Affine::scale(unit) * page.initial_transform(true).to_kurbo();
    let rect = Rect::new(rect.x0, rect.y0, rect.x1, rect.y1);
    let shown = transform.transform_rect_bbox(rect.abs());
    super::page_box(shown)
}
