//! Marks that readers make: highlights, lines, shapes, ink, notes.

use super::canvas::{Blend, Canvas, Font};
use super::{border, numbers, stamps};
use crate::format::pdf::destination;
use hayro::hayro_syntax::object::{Array, Dict, Name, Rect as PdfRect};

/// Most numbers of one mark: points of a line, corners of a highlight.
const MAX_NUMBERS: usize = 16_384;
/// Most strokes of ink.
const MAX_STROKES: usize = 2048;
/// Most lines of a text.
const MAX_LINES: usize = 500;
/// Side of the sign for a note, in points.
const NOTE_SIDE: f64 = 18.0;

const BLACK: [f64; 1] = [0.0];
const YELLOW: [f64; 3] = [1.0, 0.92, 0.2];

/// Draws a mark of this kind.
pub(super) fn draw(kind: &str, mark: &Dict<'_>, rect: PdfRect, canvas: &mut Canvas) {
    let opacity = mark.get::<f32>("CA").map_or(1.0, f64::from);
    let blend = Blend {
        opacity,
        multiply: kind == "Highlight",
    };
    let draw: fn(&Dict<'_>, PdfRect, &mut Canvas) = match kind {
        "Highlight" => highlight,
        "Underline" => |mark, _, canvas| lines(mark, canvas, 0.06, false),
        "Squiggly" => |mark, _, canvas| lines(mark, canvas, 0.06, true),
        "StrikeOut" => |mark, _, canvas| lines(mark, canvas, 0.45, false),
        "Square" | "Circle" => shape,
        "Line" => line,
        "Ink" => ink,
        "Polygon" | "PolyLine" => polygon,
        "FreeText" => free_text,
        "Text" | "FileAttachment" => note,
        "Link" => link,
        "Stamp" => stamps::draw,
        _ => return,
    };
    canvas.apart(blend, |canvas| draw(mark, rect, canvas));
}

/// The colour of a mark; an empty list means none.
pub(super) fn color(mark: &Dict<'_>, key: &str, otherwise: &[f64]) -> Vec<f64> {
    numbers(mark, key, 4).unwrap_or_else(|| otherwise.to_vec())
}

fn points(numbers: &[f64]) -> Vec<(f64, f64)> {
    let (pairs, _) = numbers.as_chunks::<2>();
    pairs.iter().map(|[x, y]| (*x, *y)).collect()
}

/// The corners of marked words: upper left, upper right, lower left, lower
/// right, as producers write them.
fn quads(mark: &Dict<'_>) -> Vec<[(f64, f64); 4]> {
    let numbers = numbers(mark, "QuadPoints", MAX_NUMBERS).unwrap_or_default();
    let (quads, _) = numbers.as_chunks::<8>();
    let corners = |[a, b, c, d, e, f, g, h]: &[f64; 8]| [(*a, *b), (*c, *d), (*e, *f), (*g, *h)];
    quads.iter().map(corners).collect()
}

fn highlight(mark: &Dict<'_>, _: PdfRect, canvas: &mut Canvas) {
    if !canvas.color(&color(mark, "C", &YELLOW), true) {
        return;
    }
    for [upper_left, upper_right, lower_left, lower_right] in quads(mark) {
        canvas.path(&[upper_left, upper_right, lower_right, lower_left]);
        canvas.op(&[], "h f");
    }
}

/// Lines at a share of the height of marked words.
fn lines(mark: &Dict<'_>, canvas: &mut Canvas, share: f64, wavy: bool) {
    if !canvas.color(&color(mark, "C", &BLACK), false) {
        return;
    }
    let between = |low: (f64, f64), high: (f64, f64)| {
        (
            low.0 + (high.0 - low.0) * share,
            low.1 + (high.1 - low.1) * share,
        )
    };
    for [upper_left, upper_right, lower_left, lower_right] in quads(mark) {
        let from = between(lower_left, upper_left);
        let to = between(lower_right, upper_right);
        let height = (upper_left.0 - lower_left.0).hypot(upper_left.1 - lower_left.1);
        canvas.line_style((height / 16.0).clamp(0.3, 3.0), &[]);
        match wavy {
            true => canvas.path(&wave(from, to, height / 12.0)),
            false => canvas.path(&[from, to]),
        }
        canvas.op(&[], "S");
    }
}

fn wave(from: (f64, f64), to: (f64, f64), height: f64) -> Vec<(f64, f64)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy).max(0.001);
    let step = height.max(0.5);
    let count = (length / step).clamp(1.0, 500.0) as u32;
    let point = |number: u32| {
        let along = f64::from(number) / f64::from(count);
        let across = if number.is_multiple_of(2) {
            0.0
        } else {
            height
        };
        (
            from.0 + dx * along - dy / length * across,
            from.1 + dy * along + dx / length * across,
        )
    };
    (0..=count).map(point).collect()
}

/// Fills and strokes the current path with the colours of a mark.
fn paint(mark: &Dict<'_>, canvas: &mut Canvas, path: impl FnOnce(&mut Canvas), closed: bool) {
    let (width, dashes) = border(mark);
    let fills = closed && canvas.color(&color(mark, "IC", &[]), true);
    let strokes = width > 0.0 && canvas.color(&color(mark, "C", &BLACK), false);
    canvas.line_style(width, &dashes);
    path(canvas);
    canvas.op(
        &[],
        match (fills, strokes, closed) {
            (true, true, _) => "B",
            (true, false, _) => "f",
            (false, true, true) => "s",
            (false, true, false) => "S",
            (false, false, _) => "n",
        },
    );
}

fn shape(mark: &Dict<'_>, rect: PdfRect, canvas: &mut Canvas) {
    let (width, _) = border(mark);
    let differences = numbers(mark, "RD", 4).filter(|numbers| numbers.len() == 4);
    let inset = differences.unwrap_or_else(|| vec![0.0; 4]);
    let inset = |side: usize| inset.get(side).copied().unwrap_or(0.0) + width / 2.0;
    let area = [
        rect.x0 + inset(0),
        rect.y0 + inset(1),
        rect.x1 - inset(2),
        rect.y1 - inset(3),
    ];
    let kind = mark.get::<Name<'_>>("Subtype");
    let is_circle = kind.is_some_and(|kind| kind.as_str() == "Circle");
    let [x0, y0, x1, y1] = area;
    let path = |canvas: &mut Canvas| match is_circle {
        true => canvas.ellipse(area),
        false => canvas.op(&[x0, y0, x1 - x0, y1 - y0], "re"),
    };
    paint(mark, canvas, path, true);
}

fn line(mark: &Dict<'_>, _: PdfRect, canvas: &mut Canvas) {
    let ends = points(&numbers(mark, "L", 4).unwrap_or_default());
    let [from, to] = ends[..] else {
        return;
    };
    paint(mark, canvas, |canvas| canvas.path(&[from, to]), false);
    let endings = mark.get::<Array<'_>>("LE");
    let endings = endings
        .iter()
        .flat_map(|endings| endings.iter::<Name<'_>>());
    let (width, _) = border(mark);
    for (ending, (tip, other)) in endings.zip([(from, to), (to, from)]) {
        if ending.as_str().contains("Arrow") {
            let arrow = arrow(tip, other, 3.0 + 3.0 * width);
            let closed = ending.as_str().contains("Closed");
            paint(mark, canvas, |canvas| canvas.path(&arrow), closed);
        }
    }
}

fn arrow(tip: (f64, f64), other: (f64, f64), size: f64) -> [(f64, f64); 3] {
    let (dx, dy) = (other.0 - tip.0, other.1 - tip.1);
    let length = dx.hypot(dy).max(0.001);
    let (x, y) = (dx / length * size, dy / length * size);
    let side = |turn: f64| (tip.0 + x - y * turn, tip.1 + y + x * turn);
    [side(0.5), tip, side(-0.5)]
}

fn ink(mark: &Dict<'_>, _: PdfRect, canvas: &mut Canvas) {
    let Some(strokes) = mark.get::<Array<'_>>("InkList") else {
        return;
    };
    let mut left = MAX_NUMBERS;
    for stroke in strokes.iter::<Array<'_>>().take(MAX_STROKES) {
        let numbers: Vec<f64> = stroke.iter::<f32>().take(left).map(f64::from).collect();
        left = left.saturating_sub(numbers.len());
        let points = points(&numbers);
        paint(mark, canvas, |canvas| canvas.path(&points), false);
    }
}

fn polygon(mark: &Dict<'_>, _: PdfRect, canvas: &mut Canvas) {
    let points = points(&numbers(mark, "Vertices", MAX_NUMBERS).unwrap_or_default());
    let kind = mark.get::<Name<'_>>("Subtype");
    let closed = kind.is_some_and(|kind| kind.as_str() == "Polygon");
    paint(mark, canvas, |canvas| canvas.path(&points), closed);
}

/// The sign for a note: a sheet of paper at the upper left corner.
fn note(mark: &Dict<'_>, rect: PdfRect, canvas: &mut Canvas) {
    let side = NOTE_SIDE
        .min(rect.x1 - rect.x0)
        .min(rect.y1 - rect.y0)
        .max(8.0);
    let (left, top) = (rect.x0, rect.y1);
    canvas.color(&color(mark, "C", &YELLOW), true);
    canvas.color(&[0.25], false);
    canvas.line_style(0.8, &[]);
    canvas.op(&[left, top - side, side, side], "re B");
    for row in [0.3, 0.5, 0.7] {
        let y = top - side * row;
        canvas.path(&[(left + side * 0.2, y), (left + side * 0.8, y)]);
        canvas.op(&[], "S");
    }
}

/// The frame that LaTeX draws around links, where it asks for one in so many words.
fn link(mark: &Dict<'_>, rect: PdfRect, canvas: &mut Canvas) {
    let asked = mark.contains_key("Border") || mark.contains_key("BS");
    let color = color(mark, "C", &BLACK);
    let (width, dashes) = border(mark);
    if !asked || width <= 0.0 || !canvas.color(&color, false) {
        return;
    }
    canvas.line_style(width, &dashes);
    let style = mark.get::<Dict<'_>>("BS");
    let style = style.and_then(|style| style.get::<Name<'_>>("S"));
    if style.is_some_and(|style| style.as_str() == "U") {
        let y = rect.y0 + width / 2.0;
        canvas.path(&[(rect.x0, y), (rect.x1, y)]);
        return canvas.op(&[], "S");
    }
    // Inside of its rectangle (12.5.4).
    let half = width / 2.0;
    let (across, down) = (rect.x1 - rect.x0 - width, rect.y1 - rect.y0 - width);
    canvas.op(&[rect.x0 + half, rect.y0 + half, across, down], "re S");
}

fn free_text(mark: &Dict<'_>, rect: PdfRect, canvas: &mut Canvas) {
    let text = destination::words(mark, "Contents").unwrap_or_default();
    let style = TextStyle::read(&destination::words(mark, "DA").unwrap_or_default());
    let (width, dashes) = border(mark);
    if canvas.color(&color(mark, "C", &[]), true) {
        let (width, height) = (rect.x1 - rect.x0, rect.y1 - rect.y0);
        canvas.op(&[rect.x0, rect.y0, width, height], "re f");
    }
    // A box, unless it is words alone, as typed on the page (12.5.6.6).
    let intent = mark.get::<Name<'_>>("IT");
    let bare = intent.is_some_and(|intent| intent.as_str().starts_with("FreeTextTypeWriter"));
    if !bare && width > 0.0 && canvas.color(&style.color, false) {
        canvas.line_style(width, &dashes);
        let (across, down) = (rect.x1 - rect.x0 - width, rect.y1 - rect.y0 - width);
        let corner = (rect.x0 + width / 2.0, rect.y0 + width / 2.0);
        canvas.op(&[corner.0, corner.1, across, down], "re S");
    }
    let size = if style.size > 0.0 { style.size } else { 12.0 };
    canvas.color(&style.color, true);
    let inset = width + 2.0;
    let room = rect.x1 - rect.x0 - 2.0 * inset;
    let mut y = rect.y1 - inset - size * 0.8;
    for line in wrapped(&text, style.font, room / size) {
        let free = room - style.font.width(&line) * size;
        let x = rect.x0 + inset + free * alignment(mark.get::<i32>("Q"));
        canvas.text(style.font, size, (x, y), &line);
        y -= size * 1.2;
    }
}

/// The share of free room that is left of a text.
pub(super) fn alignment(quadding: Option<i32>) -> f64 {
    match quadding {
        Some(1) => 0.5,
        Some(2) => 1.0,
        _ => 0.0,
    }
}

/// What a default appearance (12.7.4.3) asks for.
pub(super) struct TextStyle {
    pub(super) font: Font,
    /// Points; 0 for what fits.
    pub(super) size: f64,
    pub(super) color: Vec<f64>,
}

impl TextStyle {
    pub(super) fn read(appearance: &str) -> Self {
        let mut style = Self {
            font: Font::Sans,
            size: 0.0,
            color: BLACK.to_vec(),
        };
        let mut numbers: Vec<f64> = Vec::new();
        let mut name = "";
        for word in appearance.split_ascii_whitespace().take(64) {
            match word {
                "Tf" => {
                    style.size = numbers.last().copied().unwrap_or(0.0).clamp(0.0, 1000.0);
                    style.font = font(name);
                }
                "g" | "rg" | "k" => style.color.clone_from(&numbers),
                word if word.starts_with('/') => name = word,
                word => match word.parse::<f64>() {
                    Ok(number) if number.is_finite() => {
                        numbers.push(number);
                        continue;
                    }
                    _ => {}
                },
            }
            numbers.clear();
        }
        style
    }
}

/// The nearest of the fonts that are always there. Forms call them by four letters:
/// Helv and HeBo, TiRo, Cour and CoBo, ZaDb.
fn font(name: &str) -> Font {
    let name = name.to_ascii_lowercase();
    if name.contains("zadb") || name.contains("dingbat") {
        Font::Symbols
    } else if name.starts_with("/co") || name.contains("mono") {
        Font::Mono
    } else if name.starts_with("/ti") || name.contains("serif") {
        Font::Serif
    } else if name.contains("bo") {
        Font::SansBold
    } else {
        Font::Sans
    }
}

/// Chinese, Japanese, Korean.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{ffef}')
}

/// Where a line has to be broken that is wider than its room, behind its first letter.
fn too_wide(line: &str, font: Font, room: f64) -> Option<usize> {
    let mut width = 0.0;
    let mut letters = line.char_indices().map(|(at, c)| {
        width += font.width(c.encode_utf8(&mut [0; 4]));
        (at, width)
    });
    letters
        .find(|(at, width)| *at > 0 && *width > room)
        .map(|(at, _)| at)
}

/// Lines of a text that are at most `room` sizes of the font wide.
pub(super) fn wrapped(text: &str, font: Font, room: f64) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split(['\r', '\n']).take(MAX_LINES) {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let longer = match line.as_str() {
                "" => word.to_owned(),
                line => format!("{line} {word}"),
            };
            if line.is_empty() || font.width(&longer) <= room {
                line = longer;
            } else {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            }
            // Scripts without spaces are broken anywhere.
            while lines.len() < MAX_LINES
                && line.contains(is_wide)
                && let Some(rest) = too_wide(&line, font, room)
            {
                let rest = line.split_off(rest);
                lines.push(std::mem::replace(&mut line, rest));
            }
        }
        lines.push(line);
    }
    lines.truncate(MAX_LINES);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_appearance_says_font_size_and_colour() {
        let style = TextStyle::read("0 0 1 rg /TiRo 11.5 Tf");
        assert_eq!((style.font, style.size), (Font::Serif, 11.5));
        assert_eq!(style.color, [0.0, 0.0, 1.0]);
        let odd = TextStyle::read("/ 1e999 Tf NaN g ) Q q");
        assert_eq!((odd.font, odd.size), (Font::Sans, 0.0));
    }

    #[test]
    fn text_is_broken_where_it_is_too_wide() {
        let lines = wrapped("one two three\nfour", Font::Mono, 5.0);
        assert_eq!(lines, ["one two", "three", "four"]);
        let lines = wrapped("漢字漢字漢 a", Font::Sans, 2.0);
        assert_eq!(lines, ["漢字", "漢字", "漢 a"]);
    }
}
