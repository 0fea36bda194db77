//! Where the user is in a document: zoom, place, turn. In device pixels,
//! without any drawing.

use super::layout::{Arrangement, GAP, Layout, Placed};
use serde::{Deserialize, Serialize};

/// Least and largest zoom, 1 being 100 %.
pub(crate) const ZOOMS: (f64, f64) = (0.08, 64.0);

/// What "+" steps through.
const STEPS: [f64; 19] = [
    0.08, 0.125, 0.25, 0.333, 0.5, 0.667, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 16.0,
    32.0, 64.0,
];

/// How far the wheel is turned over the end of a page before the next one comes,
/// and what one notch of it counts, in points.
const TURN: (f64, f64) = (30.0, 40.0);

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

/// A place in a document that survives zooming and new sizes of pages.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The page at the top of the view.
    pub(crate) page: u32,
    /// How far down the page, 0 to 1; below 0 in the gap above.
    pub(crate) down: f64,
}

/// How a document is looked at, whatever the place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Looks {
    pub(crate) zoom: Zoom,
    pub(crate) arrangement: Arrangement,
    pub(crate) continuous: bool,
}

impl Looks {
    /// As one may ask for it; what was read from a file may be anything.
    pub(crate) fn checked(mut self) -> Self {
        if let Zoom::Times(times) = &mut self.zoom {
            let sound = times.is_finite();
            *times = if sound { *times } else { 1.0 }.clamp(ZOOMS.0, ZOOMS.1);
        }
        self.arrangement.turn %= 4;
        self
    }
}

/// A view of a document.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) zoom: Zoom,
    pub(crate) arrangement: Arrangement,
    /// All rows under each other, or one at a time.
    pub(crate) continuous: bool,
    /// A picture: never enlarged to fit, no gap around it.
    pub(crate) is_picture: bool,
    /// Device pixels of one page unit at 100 %.
    unit: f64,
    /// Device pixels of a point of the chrome.
    pixels_per_point: f64,
    viewport: (f64, f64),
    /// Top left of the viewport in the content.
    scroll: (f64, f64),
    /// What the pointer has scrolled of the next whole pixel.
    rest: (f64, f64),
    /// How far the wheel was turned over the end of the row, in pixels.
    over: f64,
    /// The row that is shown when they are shown one at a time.
    row: u32,
    scale: f64,
}

impl View {
    pub(crate) fn new(is_picture: bool) -> Self {
        Self {
            zoom: if is_picture { Zoom::Page } else { Zoom::Width },
            arrangement: Arrangement::default(),
            continuous: true,
            is_picture,
            unit: 1.0,
            pixels_per_point: 1.0,
            viewport: (0.0, 0.0),
            scroll: (0.0, 0.0),
            rest: (0.0, 0.0),
            over: 0.0,
            row: 0,
            scale: 1.0,
        }
    }

    pub(crate) fn looks(&self) -> Looks {
        Looks {
            zoom: self.zoom,
            arrangement: self.arrangement,
            continuous: self.continuous,
        }
    }

    /// Takes how a document was looked at before, keeping the place.
    pub(crate) fn look(&mut self, layout: &mut Layout, looks: Looks) {
        let looks = looks.checked();
        self.change(layout, |view, layout| {
            (view.zoom, view.continuous) = (looks.zoom, looks.continuous);
            view.arrangement = looks.arrangement;
            layout.arrange(looks.arrangement);
        });
    }

    /// Device pixels of one page unit.
    pub(crate) fn scale(&self) -> f64 {
        self.scale
    }

    /// 1 is 100 %.
    pub(crate) fn times(&self) -> f64 {
        self.scale / self.unit
    }

    pub(crate) fn scroll(&self) -> (f64, f64) {
        self.scroll
    }

    pub(crate) fn pixels_per_point(&self) -> f64 {
        self.pixels_per_point
    }

    pub(crate) fn viewport(&self) -> (f64, f64) {
        self.viewport
    }

    fn gap(&self) -> f64 {
        if self.is_picture {
            0.0
        } else {
            (GAP * self.pixels_per_point).round()
        }
    }

    /// Takes the size of the window's middle in device pixels, keeping the place.
    pub(crate) fn resize(&mut self, layout: &Layout, viewport: (f64, f64), pixels_per_point: f64) {
        let unit = if self.is_picture {
            1.0
        } else {
            pixels_per_point * 96.0 / 72.0
        };
        if (self.viewport, self.unit) == (viewport, unit) {
            return;
        }
        let place = self.place(layout);
        let is_seen = self.is_picture && layout.pages() == 1 && self.viewport.0 > 0.0;
        let middle = is_seen.then(|| self.middle(layout));
        self.viewport = viewport;
        self.unit = unit;
        self.pixels_per_point = pixels_per_point;
        self.fit(layout);
        self.go(layout, place);
        // Of a picture one looks at the middle, of a page at its top.
        if let Some(middle) = middle {
            self.show_middle(layout, middle);
        }
    }

    /// Follows a change of the layout or of the zoom, keeping the place.
    pub(crate) fn change(
        &mut self,
        layout: &mut Layout,
        change: impl FnOnce(&mut Self, &mut Layout),
    ) {
        let place = self.place(layout);
        change(self, layout);
        self.fit(layout);
        self.go(layout, place);
    }

    /// Works the scale out.
    fn fit(&mut self, layout: &Layout) {
        self.scale = self.scale_of(layout, self.current_row(layout));
    }

    /// The scale at which a row fits as it should.
    fn scale_of(&self, layout: &Layout, row: u32) -> f64 {
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

    /// Size of the content in pixels; never smaller than the view.
    fn content(&self, layout: &Layout) -> (f64, f64) {
        let gap = self.gap();
        let height = if self.continuous {
            layout.height_px(self.scale, gap)
        } else {
            let (_, height, _) = layout.row_size(self.row);
            (height * self.scale).round() + 2.0 * gap
        };
        let width = layout.width_px(self.scale, gap);
        (width.max(self.viewport.0).floor(), height)
    }

    /// How far the view can be moved.
    pub(crate) fn reach(&self, layout: &Layout) -> (f64, f64) {
        let (width, height) = self.content(layout);
        let left = |content: f64, view: f64| (content - view).max(0.0).floor();
        (left(width, self.viewport.0), left(height, self.viewport.1))
    }

    /// Content above the first row when it is shorter than the view.
    fn lead(&self, layout: &Layout) -> f64 {
        let (_, height) = self.content(layout);
        ((self.viewport.1 - height) / 2.0).max(0.0).round()
    }

    fn clamp(&mut self, layout: &Layout) {
        let reach = self.reach(layout);
        self.scroll.0 = self.scroll.0.clamp(0.0, reach.0).round();
        self.scroll.1 = self.scroll.1.clamp(0.0, reach.1).round();
    }

    /// Top of a row in the content as it is shown.
    fn top(&self, layout: &Layout, row: u32) -> f64 {
        if self.continuous {
            layout.top_px(row, self.scale, self.gap())
        } else {
            self.gap()
        }
    }

    /// The first row that is seen.
    pub(crate) fn current_row(&self, layout: &Layout) -> u32 {
        if self.continuous {
            layout.row_at(self.scroll.1, self.scale, self.gap())
        } else {
            self.row.min(layout.rows().saturating_sub(1))
        }
    }

    /// The page that most of the view's middle shows.
    pub(crate) fn current_page(&self, layout: &Layout) -> u32 {
        let row = if self.continuous {
            let middle =
                self.scroll.1 + (self.viewport.1 / 3.0).min(layout.height_px(self.scale, 0.0));
            layout.row_at(middle, self.scale, self.gap())
        } else {
            self.row
        };
        layout.pages_of(row).next().unwrap_or(0)
    }

    /// Where the top of the view is.
    pub(crate) fn place(&self, layout: &Layout) -> Place {
        let row = self.current_row(layout);
        let page = layout.pages_of(row).next().unwrap_or(0);
        let height = layout.size(page).1 * self.scale;
        let down = (self.scroll.1 - self.top(layout, row)) / height.max(1.0);
        Place { page, down }
    }

    /// Moves the top of the view to a place.
    pub(crate) fn go(&mut self, layout: &Layout, place: Place) {
        let page = place.page.min(layout.pages().saturating_sub(1));
        self.row = layout.row_of(page);
        let height = layout.size(page).1 * self.scale;
        let above = if place.down < 0.0 { self.gap() } else { 0.0 };
        let offset = (place.down * height).max(-above);
        self.scroll.1 = self.top(layout, self.row) + offset;
        self.clamp(layout);
    }

    /// Shows a part of a page as it is turned (left, top, right, bottom, 0 to 1),
    /// a third down the view, unless it is seen already.
    pub(crate) fn reveal(&mut self, layout: &Layout, page: u32, part: [f64; 4]) {
        let on_page = |view: &Self| {
            let placed = view.visible(layout, 0.0);
            placed.into_iter().find(|placed| placed.page == page)
        };
        if on_page(self).is_none() {
            self.go_to_page(layout, page);
        }
        let Some(placed) = on_page(self) else {
            return;
        };
        let (left, right) = (part[0] * placed.width, part[2] * placed.width);
        let (top, bottom) = (part[1] * placed.height, part[3] * placed.height);
        let (width, height) = self.viewport;
        if placed.top + top < 0.0 || placed.top + bottom > height {
            self.scroll.1 += placed.top + top - height / 3.0;
        }
        if placed.left + left < 0.0 || placed.left + right > width {
            self.scroll.0 += placed.left + left - width / 3.0;
        }
        self.clamp(layout);
    }

    /// Moves to the top of a page.
    pub(crate) fn go_to_page(&mut self, layout: &Layout, page: u32) {
        self.go(layout, Place { page, down: -1.0 });
    }

    /// Moves to the next or the previous row.
    pub(crate) fn turn_page(&mut self, layout: &Layout, rows: i64) {
        let last = i64::from(layout.rows().saturating_sub(1));
        let row = (i64::from(self.current_row_for_turning(layout)) + rows).clamp(0, last);
        let page = layout.pages_of(u32::try_from(row).unwrap_or(0)).next();
        self.go_to_page(layout, page.unwrap_or(0));
    }

    /// The row whose top is nearest above: a page that is half seen turns to the next one.
    fn current_row_for_turning(&self, layout: &Layout) -> u32 {
        if self.continuous {
            layout.row_at(self.scroll.1 + self.gap() + 1.0, self.scale, self.gap())
        } else {
            self.row
        }
    }

    /// Follows a pointer that moves by parts of pixels; what is left of a pixel
    /// is kept for the next time. It stays on the row when they are shown one at a time.
    pub(crate) fn pan_by(&mut self, layout: &Layout, by: (f64, f64)) -> bool {
        let before = self.scroll;
        let wanted = (
            self.scroll.0 + self.rest.0 + by.0,
            self.scroll.1 + self.rest.1 + by.1,
        );
        self.scroll = wanted;
        self.clamp(layout);
        let left = |wanted: f64, got: f64| {
            let left = wanted - got;
            if left.abs() <= 0.5 { left } else { 0.0 }
        };
        self.rest = (left(wanted.0, self.scroll.0), left(wanted.1, self.scroll.1));
        self.scroll != before
    }

    /// Follows the wheel. One row at a time, a notch over its end leads to the next.
    pub(crate) fn wheel_by(&mut self, layout: &Layout, by: (f64, f64)) {
        if self.pan_by(layout, by) || self.continuous || by.1 == 0.0 {
            self.over = 0.0;
            return;
        }
        // A notch comes in pieces: what it has left after the turn pays a debt.
        self.over += by.1;
        let (turn, notch) = (
            TURN.0 * self.pixels_per_point,
            TURN.1 * self.pixels_per_point,
        );
        if self.over.abs() >= turn {
            let way = self.over.signum();
            self.over -= way * notch;
            self.scroll_by(layout, (0.0, way));
        }
    }

    /// Moves by pixels; tells whether it moved. One row at a time, the end of a
    /// row leads to the next one.
    pub(crate) fn scroll_by(&mut self, layout: &Layout, by: (f64, f64)) -> bool {
        let before = (self.scroll, self.row);
        self.scroll.0 += by.0;
        self.scroll.1 += by.1;
        let reach = self.reach(layout).1;
        if !self.continuous && by.1 > 0.0 && before.0.1 >= reach && self.row + 1 < layout.rows() {
            self.row += 1;
            self.scroll.1 = 0.0;
        } else if !self.continuous && by.1 < 0.0 && before.0.1 <= 0.0 && self.row > 0 {
            self.row -= 1;
            self.scroll.1 = f64::MAX;
        }
        self.clamp(layout);
        (self.scroll, self.row) != before
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

    /// Sets how pages fit.
    pub(crate) fn set_zoom(&mut self, layout: &mut Layout, zoom: Zoom) {
        self.change(layout, |view, _| view.zoom = zoom);
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

    /// Which part of the only page is in the middle of the view, 0 to 1.
    pub(crate) fn middle(&self, layout: &Layout) -> (f64, f64) {
        let seen = self.visible(layout, 0.0);
        let share = |view: f64, start: f64, size: f64| (view / 2.0 - start) / size.max(1.0);
        seen.first().map_or((0.5, 0.5), |page| {
            (
                share(self.viewport.0, page.left, page.width),
                share(self.viewport.1, page.top, page.height),
            )
        })
    }

    /// Puts a part of the only page into the middle.
    pub(crate) fn show_middle(&mut self, layout: &Layout, (across, down): (f64, f64)) {
        if let Some(page) = self.visible(layout, 0.0).first() {
            self.scroll.0 += page.left + across * page.width - self.viewport.0 / 2.0;
            self.scroll.1 += page.top + down * page.height - self.viewport.1 / 2.0;
            self.clamp(layout);
        }
    }

    /// Shows the only page at a size, with a part of it in the middle.
    pub(crate) fn look_at(&mut self, layout: &Layout, times: f64, middle: (f64, f64)) {
        self.zoom = Zoom::Times(times);
        self.fit(layout);
        self.clamp(layout);
        self.show_middle(layout, middle);
    }

    /// Pages of the rows before and after the one that is shown alone. They stand
    /// where nothing of them is seen.
    pub(crate) fn beside(&self, layout: &Layout) -> Vec<Placed> {
        if self.continuous {
            return Vec::new();
        }
        let next = self.row.checked_add(1).filter(|row| *row < layout.rows());
        let rows = next.into_iter().chain(self.row.checked_sub(1));
        let placed = rows.flat_map(|row| {
            layout.place(row, self.scale_of(layout, row), self.gap(), self.viewport.0)
        });
        let away = |mut page: Placed| {
            page.top = self.viewport.1 + 1.0;
            page
        };
        placed.map(away).collect()
    }

    /// Pages that are seen, and those up to `ahead` pixels above and below, where
    /// they stand relative to the view's top left.
    pub(crate) fn visible(&self, layout: &Layout, ahead: f64) -> Vec<Placed> {
        let gap = self.gap();
        let (content, _) = self.content(layout);
        let lead = self.lead(layout);
        let (first, last) = if self.continuous {
            let bottom = self.scroll.1 + self.viewport.1 + ahead;
            (
                layout.row_at(self.scroll.1 - ahead, self.scale, gap),
                layout.row_at(bottom, self.scale, gap),
            )
        } else {
            (self.row, self.row)
        };
        let mut placed = Vec::new();
        for row in first..=last {
            let shift = self.top(layout, row) - layout.top_px(row, self.scale, gap);
            for mut page in layout.place(row, self.scale, gap, content) {
                page.left -= self.scroll.0;
                page.top += shift + lead - self.scroll.1;
                placed.push(page);
            }
        }
        placed
    }
}

/// The widest row in its own units.
fn widest(layout: &Layout) -> f64 {
    layout.width_px(1.0, 0.0)
}

#[cfg(test)]
mod tests;
