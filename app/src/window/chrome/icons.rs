//! Our own icons: strokes on a grid of 16 by 16, crisp at every scale.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke};

/// A picture on a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    SidePanel,
    Menu,
    Plus,
    Minus,
    Fit,
    Close,
    Up,
    Down,
    Left,
    Right,
    Play,
    Pause,
    Before,
    Next,
    Loud,
    Mute,
    Note,
    Search,
    Lock,
    Warning,
    Shield,
    ShieldNotched,
    ShieldCrossed,
}

impl Icon {
    /// Draws it into the middle of a place, 16 points wide times `scale`.
    pub(crate) fn paint(self, painter: &Painter, middle: Pos2, scale: f32, color: Color32) {
        let corner = middle - egui::vec2(8.0, 8.0) * scale;
        let pen = Pen {
            painter,
            corner,
            scale,
            stroke: Stroke::new(1.5 * scale, color),
        };
        match self {
            Self::SidePanel => {
                pen.frame(1.5, 2.5, 14.5, 13.5);
                pen.line(&[(6.0, 2.5), (6.0, 13.5)]);
            }
            Self::Menu => [4.0, 8.0, 12.0]
                .into_iter()
                .for_each(|y| pen.line(&[(2.5, y), (13.5, y)])),
            Self::Plus => {
                pen.line(&[(8.0, 3.0), (8.0, 13.0)]);
                pen.line(&[(3.0, 8.0), (13.0, 8.0)]);
            }
            Self::Minus => pen.line(&[(3.0, 8.0), (13.0, 8.0)]),
            Self::Fit => {
                pen.line(&[(2.5, 6.0), (2.5, 2.5), (6.0, 2.5)]);
                pen.line(&[(10.0, 2.5), (13.5, 2.5), (13.5, 6.0)]);
                pen.line(&[(13.5, 10.0), (13.5, 13.5), (10.0, 13.5)]);
                pen.line(&[(6.0, 13.5), (2.5, 13.5), (2.5, 10.0)]);
            }
            Self::Close => {
                pen.line(&[(4.0, 4.0), (12.0, 12.0)]);
                pen.line(&[(12.0, 4.0), (4.0, 12.0)]);
            }
            Self::Up => pen.line(&[(3.5, 10.5), (8.0, 6.0), (12.5, 10.5)]),
            Self::Down => pen.line(&[(3.5, 6.0), (8.0, 10.5), (12.5, 6.0)]),
            Self::Left => pen.line(&[(10.0, 3.5), (5.5, 8.0), (10.0, 12.5)]),
            Self::Right => pen.line(&[(6.0, 3.5), (10.5, 8.0), (6.0, 12.5)]),
            Self::Play => pen.solid(&[(5.0, 3.0), (13.0, 8.0), (5.0, 13.0)]),
            Self::Pause => {
                pen.line(&[(5.5, 3.5), (5.5, 12.5)]);
                pen.line(&[(10.5, 3.5), (10.5, 12.5)]);
            }
            Self::Before => {
                pen.solid(&[(12.5, 3.5), (5.5, 8.0), (12.5, 12.5)]);
                pen.line(&[(4.0, 3.5), (4.0, 12.5)]);
            }
            Self::Next => {
                pen.solid(&[(3.5, 3.5), (10.5, 8.0), (3.5, 12.5)]);
                pen.line(&[(12.0, 3.5), (12.0, 12.5)]);
            }
            Self::Loud | Self::Mute => {
                pen.closed(&[
                    (1.5, 6.0),
                    (4.0, 6.0),
                    (7.5, 3.0),
                    (7.5, 13.0),
                    (4.0, 10.0),
                    (1.5, 10.0),
                ]);
                if self == Self::Loud {
                    pen.line(&[(10.0, 5.5), (11.0, 8.0), (10.0, 10.5)]);
                    pen.line(&[(12.5, 3.5), (14.3, 8.0), (12.5, 12.5)]);
                } else {
                    pen.line(&[(10.0, 6.0), (14.0, 10.0)]);
                    pen.line(&[(14.0, 6.0), (10.0, 10.0)]);
                }
            }
            Self::Note => {
                pen.line(&[(6.0, 12.0), (6.0, 3.5), (13.0, 2.0), (13.0, 10.5)]);
                painter.circle_filled(corner + egui::vec2(4.2, 12.2) * scale, 2.2 * scale, color);
                painter.circle_filled(corner + egui::vec2(11.2, 10.7) * scale, 2.2 * scale, color);
            }
            Self::Search => {
                let middle = corner + egui::vec2(6.8, 6.8) * scale;
                painter.circle_stroke(middle, 4.3 * scale, pen.stroke);
                pen.line(&[(10.0, 10.0), (14.0, 14.0)]);
            }
            Self::Lock => {
                pen.frame(3.0, 7.0, 13.0, 14.0);
                pen.line(&[
                    (5.0, 7.0),
                    (5.0, 4.5),
                    (6.5, 2.5),
                    (9.5, 2.5),
                    (11.0, 4.5),
                    (11.0, 7.0),
                ]);
                pen.line(&[(8.0, 9.5), (8.0, 11.5)]);
            }
            Self::Warning => {
                pen.closed(&[(8.0, 1.5), (15.0, 14.0), (1.0, 14.0)]);
                pen.line(&[(8.0, 6.0), (8.0, 9.5)]);
                pen.line(&[(8.0, 11.2), (8.0, 12.2)]);
            }
            Self::Shield => pen.filled(&SHIELD),
            Self::ShieldNotched => {
                pen.closed(&SHIELD);
                pen.line(&[(8.0, 4.5), (8.0, 8.5)]);
                pen.line(&[(8.0, 10.2), (8.0, 11.2)]);
            }
            Self::ShieldCrossed => {
                pen.closed(&SHIELD);
                pen.line(&[(5.8, 5.5), (10.2, 9.9)]);
                pen.line(&[(10.2, 5.5), (5.8, 9.9)]);
            }
        }
    }
}

const SHIELD: [(f32, f32); 9] = [
    (8.0, 1.5),
    (13.5, 3.5),
    (13.5, 8.0),
    (12.3, 11.2),
    (10.3, 13.3),
    (8.0, 14.8),
    (5.7, 13.3),
    (3.7, 11.2),
    (2.5, 8.0),
];

struct Pen<'a> {
    painter: &'a Painter,
    corner: Pos2,
    scale: f32,
    stroke: Stroke,
}

impl Pen<'_> {
    fn points(&self, points: &[(f32, f32)]) -> Vec<Pos2> {
        let place = |(x, y): &(f32, f32)| self.corner + egui::vec2(*x, *y) * self.scale;
        points.iter().map(place).collect()
    }

    fn line(&self, points: &[(f32, f32)]) {
        self.painter
            .add(Shape::line(self.points(points), self.stroke));
    }

    fn closed(&self, points: &[(f32, f32)]) {
        let closing = if points == SHIELD {
            &[(2.5, 3.5)][..]
        } else {
            &[]
        };
        let points = [points, closing].concat();
        self.painter
            .add(Shape::closed_line(self.points(&points), self.stroke));
    }

    fn filled(&self, points: &[(f32, f32)]) {
        let points = [points, &[(2.5, 3.5)]].concat();
        let shape = Shape::convex_polygon(self.points(&points), self.stroke.color, Stroke::NONE);
        self.painter.add(shape);
    }

    fn solid(&self, points: &[(f32, f32)]) {
        let points = self.points(points);
        let shape = Shape::convex_polygon(points, self.stroke.color, Stroke::NONE);
        self.painter.add(shape);
    }

    fn frame(&self, left: f32, top: f32, right: f32, bottom: f32) {
        let place = |x, y| self.corner + egui::vec2(x, y) * self.scale;
        let rect = Rect::from_min_max(place(left, top), place(right, bottom));
        let rounding = 2.0 * self.scale;
        self.painter
            .rect_stroke(rect, rounding, self.stroke, egui::StrokeKind::Middle);
    }
}
