//! Links of a page (ISO 32000-2:2020, 12.5.6.5, 12.6).

use super::{PdfDocument, destination};
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Rect as PdfRect};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, Rect};
use ipc::limits::{MAX_LINKS, MAX_PAGE_SIDE};
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
        None => action(document, &annotation.get::<Dict<'_>>("A")?)?,
    };
    Some(Link { place, target })
}

fn action(document: &PdfDocument, action: &Dict<'_>) -> Option<LinkTarget> {
    let kind = action.get::<Name<'_>>("S")?;
    let refused = match kind.as_str() {
        "GoTo" => {
            let place = action.get::<Object<'_>>("D")?;
            let found = document.destinations().resolve(&document.pdf, place)?;
            return Some(LinkTarget::Inside(found));
        }
        "URI" => {
            let address = destination::words(action, "URI")?;
            // One that is too long is no address that anybody has written.
            let address = Text::new(address.trim().to_owned());
            return Some(address.map_or(
                LinkTarget::Refused(RefusedAction::Other),
                LinkTarget::Address,
            ));
        }
        "Launch" => RefusedAction::Launch,
        "JavaScript" => RefusedAction::JavaScript,
        "SubmitForm" | "ImportData" | "ResetForm" => RefusedAction::Form,
        "GoToR" | "GoToE" => RefusedAction::OtherDocument,
        "Sound" | "Movie" | "Rendition" | "RichMediaExecute" => RefusedAction::Media,
        _ => RefusedAction::Other,
    };
    Some(LinkTarget::Refused(refused))
}

/// A rectangle of the page's own space as it is shown.
fn place(page: &Page<'_>, rect: PdfRect) -> Option<PageBox> {
    let unit = f64::from(super::user_unit(page));
    let transform = Affine::scale(unit) * page.initial_transform(true).to_kurbo();
    let rect = Rect::new(rect.x0, rect.y0, rect.x1, rect.y1);
    let shown = transform.transform_rect_bbox(rect.abs());
    let limit = f64::from(MAX_PAGE_SIDE);
    let edge = |value: f64| value.clamp(-limit, limit) as f32;
    PageBox::new(
        edge(shown.x0),
        edge(shown.y0),
        edge(shown.x1),
        edge(shown.y1),
    )
}
