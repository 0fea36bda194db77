//! Moving through a document: to a place, to a page, by the wheel, by the pointer.

use super::{Place, View};
use crate::window::document::layout::Layout;

/// How far the wheel is turned over the end of a page before the next one comes,
/// and what one notch of it counts, in points.
const TURN: (f64, f64) = (30.0, 40.0);

impl View {
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

    /// Moves the top of the view to a place.
    pub(crate) fn go(&mut self, layout: &Layout, place: Place) {
        let page = place.page.min(layout.pages().saturating_sub(1));
        self.row = layout.row_of(page);
        if !self.continuous {
            self.fit(layout);
        }
        let height = layout.size(page).1 * self.scale;
        let above = if place.down < 0.0 { self.gap() } else { 0.0 };
        let offset = (place.down * height).max(-above);
        self.scroll.1 = self.top(layout, self.row) + offset;
        self.clamp(layout);
        self.show_all_of(layout, page);
    }

    /// Puts a page into the middle that is narrower than the view and not all in it:
    /// where others are wider, it does not stand where the content begins.
    fn show_all_of(&mut self, layout: &Layout, page: u32) {
        let seen = self.visible(layout, 0.0);
        let Some(placed) = seen.iter().find(|placed| placed.page == page) else {
            return;
        };
        let right = placed.left + placed.width;
        let fits = placed.width <= self.viewport.0;
        if fits && (placed.left < 0.0 || right > self.viewport.0) {
            self.scroll.0 += placed.left + (placed.width - self.viewport.0) / 2.0;
            self.clamp(layout);
        }
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

    /// Whether nothing of the document lies before what is seen.
    pub(crate) fn is_at_start(&self) -> bool {
        let is_first = self.continuous || self.row == 0;
        is_first && self.scroll.1 <= 0.0
    }

    /// Whether nothing of it lies behind what is seen.
    pub(crate) fn is_at_end(&self, layout: &Layout) -> bool {
        let is_last = self.continuous || self.row + 1 >= layout.rows();
        is_last && self.scroll.1 >= self.reach(layout).1
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
        if self.row != before.1 {
            self.fit(layout);
        }
        self.clamp(layout);
        (self.scroll, self.row) != before
    }
}
