//! Where the pen goes, and what that says of what stands between two glyphs:
//! on along the line → the same word, a gap → a space, another line → a line
//! break, far away → a new block. All distances are in sizes of the font.

use hayro::kurbo::{Affine, Point, Rect, Vec2};
use ipc::Separator;

/// Units of a glyph's own space to one size of its font.
const UNITS_PER_EM: f64 = 1000.0;
/// A gap from here on is a space. A space is a quarter of the size in most
/// fonts, kerning stays below a tenth.
const SPACE_GAP: f64 = 0.16;
/// The same between two strings of several letters each that are placed one by one:
/// kerning is within strings, and spaces of a narrow line are narrow.
const WORD_GAP: f64 = 0.1;
/// A step across the line from here on is another line; super- and subscripts
/// stay below.
pub(super) const LINE_STEP: f64 = 0.6;
/// A step across the line from here on is another block: two and a half lines.
pub(super) const BLOCK_STEP: f64 = 2.5;
/// A step back along the line from here on is another line or column.
const BACK_STEP: f64 = 1.0;
/// A gap along the line from here on is another column or table cell.
const COLUMN_GAP: f64 = 6.0;
/// How far a box reaches above and below the baseline.
const ASCENT: f64 = 0.75;
const DESCENT: f64 = 0.22;

/// Where a glyph begins and ends, and how it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pen {
    pub(super) start: Point,
    pub(super) end: Point,
    pub(super) along: Vec2,
    pub(super) size: f64,
}

impl Pen {
    /// The pen at a glyph of this width, in its own space; `None` for one that
    /// stands nowhere.
    pub(super) fn new(width: f64, transform: Affine, vertical: bool) -> Option<Self> {
        let advance = if vertical {
            Point::new(0.0, -UNITS_PER_EM)
        } else {
            Point::new(width, 0.0)
        };
        let start = transform * Point::ORIGIN;
        let along = (transform * Point::new(1.0, 0.0) - start).normalize();
        let down = (transform * Point::new(0.0, -1.0) - start).normalize();
        let size = (transform * Point::new(0.0, UNITS_PER_EM) - start).hypot();
        let pen = Self {
            start,
            end: transform * advance,
            along: if vertical { down } else { along },
            size,
        };
        let finite = pen.start.is_finite() && pen.end.is_finite() && pen.along.is_finite();
        (finite && size.is_finite() && size > 0.0).then_some(pen)
    }

    /// The box around the glyph, from its baseline.
    pub(super) fn area(&self) -> Rect {
        let up = Vec2::new(self.along.y, -self.along.x) * self.size;
        [self.start, self.end]
            .into_iter()
            .flat_map(|point| [point + up * ASCENT, point - up * DESCENT])
            .fold(Rect::from_points(self.start, self.end), |area, point| {
                area.union_pt(point)
            })
    }
}

/// The line along which one string is set, in the space of its text: `x` grows the
/// way the pen goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Baseline {
    to_page: Affine,
    rise: f64,
    along: Vec2,
    size: f64,
    /// Sizes of the font to one unit of `x`.
    per_size: f64,
}

impl Baseline {
    /// A line from the origin of `to_page` on; `None` for one that stands nowhere.
    /// `scaling` is across, 1 being as wide as high.
    pub(super) fn new(to_page: Affine, font_size: f64, scaling: f64, rise: f64) -> Option<Self> {
        let origin = to_page * Point::ORIGIN;
        let across = to_page * Point::new(font_size * scaling, 0.0) - origin;
        let unit = (to_page * Point::new(1.0, 0.0) - origin).hypot();
        let size = (to_page * Point::new(0.0, font_size) - origin).hypot();
        let baseline = Self {
            to_page,
            rise,
            along: across.normalize(),
            size,
            per_size: unit * (font_size * scaling).signum() / size,
        };
        let finite = origin.is_finite() && baseline.along.is_finite() && rise.is_finite();
        let sized = size.is_finite() && size > 0.0 && baseline.per_size.is_finite();
        (finite && sized).then_some(baseline)
    }

    /// The pen from one place of the line to another.
    pub(super) fn pen(&self, from: f64, to: f64) -> Pen {
        Pen {
            start: self.to_page * Point::new(from, self.rise),
            end: self.to_page * Point::new(to, self.rise),
            along: self.along,
            size: self.size,
        }
    }

    /// What stands between two glyphs of it that are so far apart.
    pub(super) fn gap(&self, units: f64) -> Separator {
        along_line(units * self.per_size, SPACE_GAP)
    }
}

/// What a gap along the line parts, in sizes of the font.
fn along_line(gap: f64, space: f64) -> Separator {
    if gap <= -BACK_STEP {
        Separator::Line
    } else if gap >= COLUMN_GAP {
        Separator::Block
    } else if gap >= space {
        Separator::Space
    } else {
        Separator::None
    }
}

/// What stands between two glyphs.
pub(super) fn between(before: &Pen, after: &Pen) -> Separator {
    parted(before, after, SPACE_GAP)
}

/// What stands between the last glyph of a string and the first of another, both of
/// several letters.
pub(super) fn between_strings(before: &Pen, after: &Pen) -> Separator {
    parted(before, after, WORD_GAP)
}

fn parted(before: &Pen, after: &Pen, space: f64) -> Separator {
    let size = before.size.max(after.size);
    let step = after.start - before.end;
    let along = step.dot(before.along) / size;
    let across = step.cross(before.along).abs() / size;
    let turned = before.along.dot(after.along) < 0.9;
    if across >= BLOCK_STEP || turned {
        Separator::Block
    } else if across >= LINE_STEP {
        Separator::Line
    } else {
        along_line(along, space)
    }
}

/// How much two separators part, to compare them.
pub(super) fn strength(separator: Separator) -> u8 {
    match separator {
        Separator::None => 0,
        Separator::Space => 1,
        Separator::Line => 2,
        Separator::Block => 3,
    }
}
