//! How large pages are.

use super::View;
use crate::window::document::layout::Layout;
use serde::{Deserialize, Serialize};

/// Least and largest zoom, 1 being 100 %.
pub(crate) const ZOOMS: (f64, f64) = (0.08, 64.0);

/// What "+" steps through.
const STEPS: [f64; 19] = [
    0.08, 0.125, 0.25, 0.333, 0.5, 0.667, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 16.0,
    32.0, 64.0,
];

/// How large pages are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Zoom {
    /// A whole row fits; pictures are not enlarged.
    Page,
    /// The widest row fits.
    Width,
    /// What is drawn on the row fits, its margins do not.
    Content,
    /// So many times the natural size.
    Times(f64),
}

impl View {
    /// The scale at which a row fits as it should.
    pub(super) fn scale_of(&self, layout: &Layout, row: u32) -> f64 {
        let (width, height) = self.viewport;
        let gap = self.gap();
        let (row_width, row_height, inner) = layout.row_size(row);
        let columns = if self.arrangement.dual { 2.0 } else { 1.0 };
        let across = (width - gap * (columns + 1.0)) / widest(layout).max(1.0);
        let scale = match self.zoom {
            Zoom::Width => across,
            Zoom::Page => {
                let across = (width - gap * (inner + 2.0)) / row_width.max(1.0);
                across.min((height - 2.0 * gap) / row_height.max(1.0))
            }
            Zoom::Content => {
                let (left, right) = layout.content(row);
                (width - gap * (inner + 2.0)) / (right - left).max(1.0)
            }
            Zoom::Times(times) => times * self.unit,
        };
        let most = if self.is_picture && !matches!(self.zoom, Zoom::Times(_)) {
            1.0
        } else {
            ZOOMS.1
        };
        // A large picture is shown whole, however small that is.
        let least = if self.is_picture { 1e-3 } else { ZOOMS.0 };
        scale.clamp(least * self.unit, most * self.unit)
    }

    /// Zooms, keeping what is at `anchor` (pixels from the view's top left) there.
    pub(crate) fn zoom_to(&mut self, layout: &Layout, times: f64, anchor: (f64, f64)) {
        let before = self.scale;
        let lead = self.lead(layout);
        let row = self.row_under(layout, anchor.1 - lead);
        let top = self.top(layout, row);
        let inside = self.scroll.1 + anchor.1 - lead - top;
        let (content, _) = self.content(layout);
        let aside = self.scroll.0 + anchor.0 - content / 2.0;
        self.zoom = Zoom::Times(times.clamp(ZOOMS.0, ZOOMS.1));
        self.fit(layout);
        let grown = self.scale / before;
        let (content, _) = self.content(layout);
        let lead = self.lead(layout);
        self.scroll.0 = content / 2.0 + aside * grown - anchor.0;
        self.scroll.1 = self.top(layout, row) + inside * grown - anchor.1 + lead;
        self.clamp(layout);
    }

    fn row_under(&self, layout: &Layout, y: f64) -> u32 {
        if self.continuous {
            layout.row_at(self.scroll.1 + y, self.scale, self.gap())
        } else {
            self.row
        }
    }

    /// Zooms by a step in or out, about the view's middle.
    pub(crate) fn zoom_step(&mut self, layout: &Layout, inwards: bool) {
        let now = self.times();
        let next = if inwards {
            STEPS.into_iter().find(|step| *step > now * 1.001)
        } else {
            STEPS.into_iter().rev().find(|step| *step < now * 0.999)
        };
        let middle = (self.viewport.0 / 2.0, self.viewport.1 / 2.0);
        self.zoom_to(layout, next.unwrap_or(now), middle);
    }

    /// Sets how pages fit. Of a picture that is seen alone the middle stays.
    pub(crate) fn set_zoom(&mut self, layout: &mut Layout, zoom: Zoom) {
        let is_alone = self.is_picture && (layout.pages() == 1 || !self.continuous);
        let middle = is_alone.then(|| self.middle(layout));
        self.change(layout, |view, _| view.zoom = zoom);
        if let Some(middle) = middle {
            self.show_middle(layout, middle);
        }
        if zoom == Zoom::Content {
            self.center_content(layout);
        }
    }

    /// Puts what is drawn on the row into the middle.
    pub(crate) fn center_content(&mut self, layout: &Layout) {
        let row = self.current_row(layout);
        let (left, right) = layout.content(row);
        let (row_width, _, _) = layout.row_size(row);
        let (content, _) = self.content(layout);
        let middle = content / 2.0 + ((left + right) / 2.0 - row_width / 2.0) * self.scale;
        self.scroll.0 = middle - self.viewport.0 / 2.0;
        self.clamp(layout);
    }
}

/// The widest row in its own units.
fn widest(layout: &Layout) -> f64 {
    layout.width_px(1.0, 0.0)
}
