//! Where the user is in a document: zoom, place, turn. In device pixels,
//! without any drawing.

mod moving;
#[cfg(test)]
mod tests;
mod zooming;

pub(crate) use zooming::{ZOOMS, Zoom};

use super::layout::{Arrangement, GAP, Layout, Placed};
use serde::{Deserialize, Serialize};

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

    /// Size of the content in pixels; never smaller than the view.
    fn content(&self, layout: &Layout) -> (f64, f64) {
        let gap = self.gap();
        let height = if self.continuous {
            layout.height_px(self.scale, gap)
        } else {
            let (_, height, _) = layout.row_size(self.row);
            (height * self.scale).round() + 2.0 * gap
        };
        // A row that is shown alone has nothing beside it but the other half of a book.
        let width = if self.continuous || self.arrangement.dual {
            layout.width_px(self.scale, gap)
        } else {
            layout.row_size(self.row).0 * self.scale + 2.0 * gap
        };
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

    /// Where the top of the view is.
    pub(crate) fn place(&self, layout: &Layout) -> Place {
        let row = self.current_row(layout);
        let page = layout.pages_of(row).next().unwrap_or(0);
        let height = layout.size(page).1 * self.scale;
        let down = (self.scroll.1 - self.top(layout, row)) / height.max(1.0);
        Place { page, down }
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
