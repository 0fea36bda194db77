//! Where pages stand, at the scale of one: rows of one or two pages. The gaps
//! between rows are device pixels, whatever the zoom is.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// From so many pixels on a picture is decoded in parts, and its tiles, the slots they
/// are drawn to and their textures should be small, too. No paper is as large in points.
const HUGE_PX: f64 = 64e6;

/// Space between pages and around them, in device pixels at scale factor 1.
pub(crate) const GAP: f64 = 8.0;

/// US Letter, until the first size is known.
const UNKNOWN: (f32, f32) = (612.0, 792.0);

/// How pages are put side by side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Arrangement {
    /// Two pages in a row.
    pub(crate) dual: bool,
    /// The first page has a row of its own, as a cover has.
    pub(crate) cover: bool,
    /// The first page of a row stands on the right.
    pub(crate) right_to_left: bool,
    /// Quarters that every page is turned by, clockwise.
    pub(crate) turn: u8,
}

/// A page where it stands, in pixels from the top left of the content.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Placed {
    pub(crate) page: u32,
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// Rows of pages in their own units.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    arrangement: Arrangement,
    /// As the document says; `None` where it has not said yet.
    sizes: Vec<Option<(f32, f32)>>,
    /// The part of a page that is drawn on: left, top, right, bottom, 0 to 1,
    /// before it is turned.
    drawn_on: HashMap<u32, [f32; 4]>,
    /// Height of all rows above each row, and of all rows at last.
    above: Vec<f64>,
    /// Widest row.
    width: f64,
}

impl Layout {
    /// A document of so many pages, none of which is known.
    pub(crate) fn new(pages: u32, arrangement: Arrangement) -> Self {
        let mut layout = Self {
            arrangement,
            sizes: vec![None; pages as usize],
            drawn_on: HashMap::new(),
            above: Vec::new(),
            width: 0.0,
        };
        layout.arrange(arrangement);
        layout
    }

    pub(crate) fn pages(&self) -> u32 {
        u32::try_from(self.sizes.len()).unwrap_or(u32::MAX)
    }

    /// Whether the size of a page has been told.
    pub(crate) fn is_known(&self, page: u32) -> bool {
        self.sizes.get(page as usize).is_some_and(Option::is_some)
    }

    /// Takes sizes of pages from `first` on. Sizes come in a hundred parts where there
    /// are 10,000 pages, and arranging looks at every page: where they are what was
    /// expected, all stays where it is.
    pub(crate) fn learn(&mut self, first: u32, sizes: impl Iterator<Item = (f32, f32)>) {
        let expected = self.expected();
        let mut is_other = false;
        for (known, size) in self.sizes.iter_mut().skip(first as usize).zip(sizes) {
            is_other |= known.replace(size).unwrap_or(expected) != size;
        }
        if is_other {
            self.arrange(self.arrangement);
        }
    }

    /// The size of a page that has not been told: that of the first.
    fn expected(&self) -> (f32, f32) {
        self.sizes.first().copied().flatten().unwrap_or(UNKNOWN)
    }

    /// Takes the part of a page that is drawn on.
    pub(crate) fn learn_content(&mut self, page: u32, part: [f32; 4]) {
        self.drawn_on.insert(page, part);
    }

    /// Where what is drawn on a row begins and ends from left to right, in its own
    /// units without gaps.
    pub(crate) fn content(&self, row: u32) -> (f64, f64) {
        let mut pages: Vec<u32> = self.pages_of(row).collect();
        if self.arrangement.right_to_left {
            pages.reverse();
        }
        let (mut left, mut right, mut start) = (f64::MAX, 0.0_f64, 0.0);
        for page in pages {
            let (width, _) = self.size(page);
            let part = self.drawn_on.get(&page).copied();
            let [l, t, r, b] = part.unwrap_or([0.0, 0.0, 1.0, 1.0]).map(f64::from);
            let (l, r) = match self.arrangement.turn % 4 {
                0 => (l, r),
                1 => (1.0 - b, 1.0 - t),
                2 => (1.0 - r, 1.0 - l),
                _ => (t, b),
            };
            left = left.min(start + l * width);
            right = right.max(start + r * width);
            start += width;
        }
        (left.min(right), right)
    }

    /// Puts the pages in other rows.
    pub(crate) fn arrange(&mut self, arrangement: Arrangement) {
        self.arrangement = arrangement;
        let (mut above, mut width) = (vec![0.0], 0.0_f64);
        let mut sum = 0.0;
        for row in 0..self.rows() {
            let (row_width, row_height, _) = self.row_size(row);
            sum += row_height;
            width = width.max(row_width);
            above.push(sum);
        }
        (self.above, self.width) = (above, width);
    }

    /// Size of a page as it is turned.
    pub(crate) fn size(&self, page: u32) -> (f64, f64) {
        let (width, height) = self.upright(page);
        if self.arrangement.turn % 2 == 1 {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Size of a page as the document has it; of an unknown one, as the first.
    pub(crate) fn upright(&self, page: u32) -> (f64, f64) {
        let known = self.sizes.get(page as usize).copied().flatten();
        let (width, height) = known.unwrap_or_else(|| self.expected());
        (width.into(), height.into())
    }

    /// Whether it is a picture that is too large for a renderer to hold.
    pub(crate) fn is_huge(&self, page: u32) -> bool {
        let (width, height) = self.upright(page);
        width * height >= HUGE_PX
    }

    pub(crate) fn rows(&self) -> u32 {
        let pages = self.pages();
        match self.arrangement {
            Arrangement { dual: false, .. } => pages,
            Arrangement { cover: true, .. } => pages / 2 + 1,
            Arrangement { cover: false, .. } => pages.div_ceil(2),
        }
    }

    pub(crate) fn row_of(&self, page: u32) -> u32 {
        match self.arrangement {
            Arrangement { dual: false, .. } => page,
            Arrangement { cover: true, .. } => page.div_ceil(2),
            Arrangement { cover: false, .. } => page / 2,
        }
    }

    /// Pages of a row in reading order.
    pub(crate) fn pages_of(&self, row: u32) -> impl Iterator<Item = u32> + use<> {
        let (first, end) = match self.arrangement {
            Arrangement { dual: false, .. } => (row, row + 1),
            Arrangement { cover: true, .. } => ((row * 2).saturating_sub(1), row * 2 + 1),
            Arrangement { cover: false, .. } => (row * 2, row * 2 + 2),
        };
        first..end.min(self.pages())
    }

    /// Width of the widest row, in pixels.
    pub(crate) fn width_px(&self, scale: f64, gap: f64) -> f64 {
        let columns = if self.arrangement.dual { 2.0 } else { 1.0 };
        self.width * scale + gap * (columns + 1.0)
    }

    /// Height of all rows, in pixels.
    pub(crate) fn height_px(&self, scale: f64, gap: f64) -> f64 {
        self.top_px(self.rows(), scale, gap)
    }

    /// Top of a row, in pixels.
    pub(crate) fn top_px(&self, row: u32, scale: f64, gap: f64) -> f64 {
        let above = self.above.get(row as usize).or(self.above.last());
        (above.copied().unwrap_or(0.0) * scale + gap * (f64::from(row) + 1.0)).round()
    }

    /// Size of a row without gaps around it, in its own units, and gaps inside.
    pub(crate) fn row_size(&self, row: u32) -> (f64, f64, f64) {
        let (mut width, mut height, mut gaps) = (0.0, 0.0_f64, -1.0_f64);
        for (page_width, page_height) in self.pages_of(row).map(|page| self.size(page)) {
            width += page_width;
            height = height.max(page_height);
            gaps += 1.0;
        }
        (width, height, gaps.max(0.0))
    }

    /// The row that reaches below `y`, in pixels.
    pub(crate) fn row_at(&self, y: f64, scale: f64, gap: f64) -> u32 {
        let (mut low, mut high) = (0, self.rows().saturating_sub(1));
        while low < high {
            let middle = low + (high - low) / 2;
            if self.top_px(middle + 1, scale, gap) - gap > y {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// The pages of a row where they stand in content of this width.
    pub(crate) fn place(&self, row: u32, scale: f64, gap: f64, content_width: f64) -> Vec<Placed> {
        let top = self.top_px(row, scale, gap);
        let (_, row_height, _) = self.row_size(row);
        let mut pages: Vec<(u32, f64, f64)> = self
            .pages_of(row)
            .map(|page| {
                let (width, height) = self.size(page);
                (page, side_px(width, scale), side_px(height, scale))
            })
            .collect();
        if self.arrangement.right_to_left {
            pages.reverse();
        }
        let gaps = gap * pages.len().saturating_sub(1) as f64;
        let width: f64 = pages.iter().map(|page| page.1).sum::<f64>() + gaps;
        let mut left = ((content_width - width) / 2.0).round();
        if let (
            Arrangement {
                dual: true,
                cover: true,
                right_to_left,
                ..
            },
            [single],
        ) = (self.arrangement, pages.as_slice())
        {
            // A cover lies where a book has it.
            let half = (content_width / 2.0).round();
            let away = (half - gap / 2.0 - single.1).round();
            let is_last = single.0 > 0;
            left = if right_to_left != is_last {
                away
            } else {
                half + (gap / 2.0).round()
            };
        }
        let mut placed = Vec::new();
        for (page, width, height) in pages {
            let lower = ((row_height * scale - height) / 2.0).max(0.0).round();
            placed.push(Placed {
                page,
                left,
                top: top + lower,
                width,
                height,
            });
            left += width + gap;
        }
        placed
    }
}

/// A side in whole pixels; never none.
pub(crate) fn side_px(side: f64, scale: f64) -> f64 {
    (side * scale).round().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(pages: u32, arrangement: Arrangement) -> Layout {
        let mut layout = Layout::new(pages, arrangement);
        layout.learn(0, (0..pages).map(|_| (100.0, 200.0)));
        layout
    }

    #[test]
    fn sizes_in_parts_arrange_pages_as_all_at_once() {
        let size = |page: u32| match page {
            3 | 8 => (50.0, 70.0),
            _ => (100.0, 200.0),
        };
        let mut at_once = Layout::new(10, Arrangement::default());
        at_once.learn(0, (0..10).map(size));
        for parts in [1, 2, 3, 5] {
            let mut layout = Layout::new(10, Arrangement::default());
            for first in (0..10).step_by(parts) {
                layout.learn(first, (first..10).take(parts).map(size));
            }
            assert_eq!(layout.above, at_once.above, "{parts} at a time");
            assert_eq!(layout.width, at_once.width);
        }
    }

    #[test]
    fn every_page_is_in_exactly_one_row() {
        for (dual, cover) in [(false, false), (true, false), (true, true)] {
            for pages in 1..8 {
                let layout = letters(
                    pages,
                    Arrangement {
                        dual,
                        cover,
                        ..Default::default()
                    },
                );
                let all: Vec<u32> = (0..layout.rows())
                    .flat_map(|row| layout.pages_of(row))
                    .collect();
                assert_eq!(
                    all,
                    (0..pages).collect::<Vec<_>>(),
                    "{dual} {cover} {pages}"
                );
                for page in 0..pages {
                    assert!(
                        layout
                            .pages_of(layout.row_of(page))
                            .any(|other| other == page)
                    );
                }
            }
        }
    }

    #[test]
    fn row_at_is_the_row_that_is_drawn_there() {
        let layout = letters(1000, Arrangement::default());
        for row in [0, 1, 500, 999] {
            let top = layout.top_px(row, 1.5, 8.0);
            assert_eq!(layout.row_at(top, 1.5, 8.0), row);
            assert_eq!(layout.row_at(top + 299.0, 1.5, 8.0), row);
        }
        assert_eq!(layout.row_at(1e12, 1.5, 8.0), 999);
        assert_eq!(layout.row_at(-5.0, 1.5, 8.0), 0);
    }

    #[test]
    fn pages_of_a_book_lie_on_both_sides_of_its_fold() {
        let arrangement = Arrangement {
            dual: true,
            cover: true,
            ..Default::default()
        };
        let layout = letters(4, arrangement);
        let cover = layout.place(0, 1.0, 8.0, 300.0);
        assert!(cover[0].left > 150.0);
        let spread = layout.place(1, 1.0, 8.0, 300.0);
        assert_eq!([spread[0].page, spread[1].page], [1, 2]);
        assert_eq!(spread[1].left - spread[0].left, 108.0);
        let last = layout.place(2, 1.0, 8.0, 300.0);
        assert!(last[0].left + last[0].width < 150.0);
    }

    #[test]
    fn page_that_is_turned_lies_on_its_side() {
        let layout = letters(
            2,
            Arrangement {
                turn: 1,
                ..Default::default()
            },
        );
        assert_eq!(layout.size(0), (200.0, 100.0));
        assert_eq!(layout.upright(0), (100.0, 200.0));
    }

    #[test]
    fn what_is_unknown_is_taken_to_be_like_the_first_page() {
        let mut layout = Layout::new(10_000, Arrangement::default());
        layout.learn(0, [(50.0, 70.0)].into_iter());
        assert_eq!(layout.size(9_999), (50.0, 70.0));
        assert_eq!(layout.height_px(1.0, 0.0), 700_000.0);
    }
}
