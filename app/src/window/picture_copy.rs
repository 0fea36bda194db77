//! A picture for other programs: drawn once more in a renderer of its own, at its own
//! size, and made a PNG here. Nothing of the file itself goes to the clipboard.

use super::opening::Origin;
use crate::broker::{BrokerError, Renderers, Reply, Session};
use crate::cli::plan::{Plan, Scaling};
use crate::cli::{PngHeader, has_alpha, write_png};
use ipc::PageIndex;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Largest picture that is copied, in pixels: 256 MiB while it is made a PNG.
const MAX_PX: u64 = 64 * 1024 * 1024;

const ROW: &str = "a row is missing";

/// A picture of a document as PNG.
///
/// # Errors
///
/// A sentence that says why there is none.
pub(super) fn png(
    renderers: &Renderers,
    origin: &Origin,
    (page, frame): (u32, u32),
) -> Result<Vec<u8>, String> {
    let plan = |error: BrokerError| error.to_string();
    let mut session = opened(renderers, origin).map_err(plan)?;
    let index = PageIndex::new(page).ok_or(ROW)?;
    let pages = session.pages(index, 1).map_err(plan)?;
    let size = pages.first().ok_or(ROW)?.size;
    let plan = Plan::new(index, size, Scaling::Pixels).map_err(|error| error.to_string())?;
    let plan = plan.at_frame(frame);
    if u64::from(plan.px.0) * u64::from(plan.px.1) > MAX_PX {
        return Err(format!(
            "has more than {} million pixels, the limit for the clipboard",
            MAX_PX >> 20
        ));
    }
    let rgba = drawn(&mut session, &plan).map_err(|error| error.to_string())?;
    drop(session);
    let header = PngHeader {
        width: plan.px.0,
        height: plan.px.1,
        alpha: has_alpha(&rgba),
        dpi: None,
    };
    let mut file = Vec::new();
    let written = write_png(&mut file, header, std::iter::once(Ok(rgba)));
    written.map(|()| file).map_err(|error| error.to_string())
}

fn opened(renderers: &Renderers, origin: &Origin) -> Result<Session, BrokerError> {
    let source = origin.source()?;
    let closed = Arc::new(AtomicBool::new(false));
    let mut session = Session::new(renderers.take()?, source, closed)?;
    session.open()?;
    Ok(session)
}

/// All of it: premultiplied RGBA8, rows packed.
fn drawn(session: &mut Session, plan: &Plan) -> Result<Vec<u8>, BrokerError> {
    let row_bytes = plan.px.0 as usize * 4;
    let mut rgba = vec![0; row_bytes * plan.px.1 as usize];
    let (mut next, mut asked) = (0, HashMap::new());
    loop {
        while let Some(tile) = plan.tile(next) {
            let Some(ticket) = session.paint(tile)? else {
                break;
            };
            asked.insert(ticket, tile);
            next += 1;
        }
        if asked.is_empty() {
            return Ok(rgba);
        }
        match session.wait()? {
            Reply::Painted(ticket, painted) => {
                let Some(tile) = asked.remove(&ticket) else {
                    continue;
                };
                let size = tile.size();
                let mut pixels = vec![0; size.bytes()];
                session.read(painted, &mut pixels)?;
                let (left, top) = tile.origin_px();
                let rows = rgba.chunks_exact_mut(row_bytes).skip(top as usize);
                for (row, part) in rows.zip(pixels.chunks_exact(size.row_bytes())) {
                    let from = left as usize * 4;
                    if let Some(place) = row.get_mut(from..from + part.len()) {
                        place.copy_from_slice(part);
                    }
                }
            }
            Reply::Failed(_, failure) => return Err(BrokerError::Failure(failure)),
            Reply::Items(..) | Reply::Copied(..) | Reply::Sound(..) => {}
        }
    }
}
