//! A content stream that is being written, and the PDF around it.

use super::written::{self, Written};
use crate::fonts::Fonts;
use std::fmt::Write;
use std::sync::Arc;

/// Most bytes that are written for one page.
const MAX_CONTENT_BYTES: usize = 4 * 1024 * 1024;
/// Catalog, pages, the page and its content.
const FIXED_OBJECTS: usize = 4;
/// Farthest coordinate.
const MAX_COORDINATE: f64 = 1.0e6;

/// The fonts of the small PDF; all are among the 14 that every reader has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Font {
    Sans,
    SansBold,
    Serif,
    Mono,
    Symbols,
}

impl Font {
    const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Sans, "F0", "Helvetica"),
        (Self::SansBold, "F1", "Helvetica-Bold"),
        (Self::Serif, "F2", "Times-Roman"),
        (Self::Mono, "F3", "Courier"),
        (Self::Symbols, "F4", "ZapfDingbats"),
    ];

    fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(font, ..)| *font == self);
        found.map_or("F0", |(_, name, _)| name)
    }

    /// Width of a text in sizes of the font; near enough to break lines.
    pub(super) fn width(self, text: &str) -> f64 {
        match self {
            Self::Mono => 0.6 * text.chars().count() as f64,
            _ => text.chars().map(letter_width).sum(),
        }
    }
}

/// Widths of Helvetica, roughly.
fn letter_width(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '\'' | '|' => 0.22,
        ' ' | '!' | ',' | '.' | '/' | ':' | ';' | 'I' | '[' | ']' | 'f' | 't' => 0.28,
        '(' | ')' | '-' | 'r' | '`' => 0.33,
        'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | 'J' => 0.5,
        'w' | 'A' | 'B' | 'E' | 'K' | 'P' | 'S' | 'V' | 'X' | 'Y' => 0.68,
        'C' | 'D' | 'H' | 'N' | 'R' | 'U' => 0.73,
        'G' | 'O' | 'Q' => 0.78,
        'm' | 'M' => 0.84,
        'W' => 0.95,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{ffef}' => 1.0,
        '%' => 0.89,
        '@' => 1.02,
        _ => 0.56,
    }
}

/// How opaque something is, and whether it darkens what is below it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Blend {
    pub(super) opacity: f64,
    pub(super) multiply: bool,
}

/// Operators, one after the other.
pub(super) struct Canvas {
    content: String,
    blends: Vec<Blend>,
    system: Option<Arc<Fonts>>,
    /// Fonts of the system that are used.
    written: Vec<Written>,
}

impl Canvas {
    /// Without anything on it; `system` has fonts for what the 14 cannot draw.
    pub(super) fn new(system: Option<Arc<Fonts>>) -> Self {
        Self {
            content: String::new(),
            blends: Vec::new(),
            system,
            written: Vec::new(),
        }
    }

    /// Draws something by itself.
    pub(super) fn apart(&mut self, blend: Blend, draw: impl FnOnce(&mut Self)) {
        if self.content.len() >= MAX_CONTENT_BYTES {
            return;
        }
        let known = self.blends.iter().position(|other| *other == blend);
        let number = known.unwrap_or(self.blends.len());
        if known.is_none() {
            self.blends.push(blend);
        }
        self.op(&[], &format!("q /G{number} gs"));
        draw(self);
        self.op(&[], "Q");
    }

    /// Numbers and their operator.
    pub(super) fn op(&mut self, numbers: &[f64], operator: &str) {
        for number in numbers {
            let number = number.clamp(-MAX_COORDINATE, MAX_COORDINATE);
            // Writing to a string cannot fail.
            let _ = write!(self.content, "{number:.3} ");
        }
        self.content.push_str(operator);
        self.content.push('\n');
    }

    /// Colour for filling or for lines: grey, RGB or CMYK by its count; `false` for none.
    pub(super) fn color(&mut self, color: &[f64], fills: bool) -> bool {
        let operator = match (color.len(), fills) {
            (1, true) => "g",
            (1, false) => "G",
            (3, true) => "rg",
            (3, false) => "RG",
            (4, true) => "k",
            (4, false) => "K",
            _ => return false,
        };
        self.op(color, operator);
        true
    }

    /// Width and dashes of lines.
    pub(super) fn line_style(&mut self, width: f64, dashes: &[f64]) {
        self.op(&[width.clamp(0.0, 1000.0)], "w 1 j 1 J");
        let sound = !dashes.is_empty() && dashes.iter().all(|dash| (0.1..1.0e4).contains(dash));
        if sound {
            self.content.push('[');
            self.op(dashes, "] 0 d 0 J");
        }
    }

    /// A line through points.
    pub(super) fn path(&mut self, points: &[(f64, f64)]) {
        for (number, (x, y)) in points.iter().enumerate() {
            self.op(&[*x, *y], if number == 0 { "m" } else { "l" });
        }
    }

    /// An ellipse in a box.
    pub(super) fn ellipse(&mut self, [x0, y0, x1, y1]: [f64; 4]) {
        // Control points of a quarter circle.
        const K: f64 = 0.552_284_75;
        let (cx, cy) = (f64::midpoint(x0, x1), f64::midpoint(y0, y1));
        let (kx, ky) = ((x1 - x0) / 2.0 * K, (y1 - y0) / 2.0 * K);
        self.op(&[x1, cy], "m");
        self.op(&[x1, cy + ky, cx + kx, y1, cx, y1], "c");
        self.op(&[cx - kx, y1, x0, cy + ky, x0, cy], "c");
        self.op(&[x0, cy - ky, cx - kx, y0, cx, y0], "c");
        self.op(&[cx + kx, y0, x1, cy - ky, x1, cy], "c h");
    }

    /// A line of text from a point on its baseline.
    pub(super) fn text(&mut self, font: Font, size: f64, (x, y): (f64, f64), text: &str) {
        let bytes: Vec<u8> = text.chars().map(win_ansi).collect();
        let mut hex = hex(&bytes);
        // What these fonts cannot draw is drawn by one of the system, and where there is
        // none it can still be read, found and copied.
        let lacks = |(c, byte): (char, &u8)| *byte == b'?' && c != '?';
        let mut is_lost = font != Font::Symbols && text.chars().zip(&bytes).any(lacks);
        let mut name = font.name().to_owned();
        let leftward =
            text.chars().any(is_leftward) && !text.chars().any(|c| c.is_ascii_alphanumeric());
        if is_lost {
            let seen: String = match leftward {
                true => text.chars().rev().collect(),
                false => text.to_owned(),
            };
            let codes = written::codes(&mut self.written, self.system.as_ref(), &seen);
            if let Some(codes) = codes {
                name = format!("S{}", codes.font);
                hex = codes.hex;
                is_lost = leftward;
            }
        }
        if is_lost {
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let actual = self::hex(&units);
            self.op(&[], &format!("/Span << /ActualText <FEFF{actual}> >> BDC"));
        }
        self.op(&[], &format!("BT /{name}"));
        self.op(&[size], "Tf");
        self.op(&[x, y], "Td");
        self.op(&[], &format!("<{hex}> Tj ET"));
        if is_lost {
            self.op(&[], "EMC");
        }
    }

    /// The PDF with a page of these boxes; `None` when nothing was drawn.
    pub(super) fn finish(self, boxes: &str) -> Option<Vec<u8>> {
        if self.content.is_empty() {
            return None;
        }
        let fonts = Font::ALL.map(|(font, name, base)| {
            let encoding = match font {
                Font::Symbols => "",
                _ => "/Encoding /WinAnsiEncoding",
            };
            format!("/{name} << /Type /Font /Subtype /Type1 /BaseFont /{base} {encoding} >>")
        });
        // Two objects for each, behind the four that are always there.
        let mut more = Vec::new();
        let mut named = String::new();
        for (number, written) in self.written.iter().enumerate() {
            let font = FIXED_OBJECTS + more.len() + 1;
            let (dictionary, characters) = written.objects(font + 1);
            more.extend([dictionary, characters]);
            // Writing to a string cannot fail.
            let _ = write!(named, "/S{number} {font} 0 R ");
        }
        let blends = self.blends.iter().enumerate().map(|(number, blend)| {
            let mode = if blend.multiply { "Multiply" } else { "Normal" };
            let opacity = blend.opacity.clamp(0.0, 1.0);
            format!("/G{number} << /ca {opacity:.3} /CA {opacity:.3} /BM /{mode} >>")
        });
        let blends: String = blends.collect();
        let mut objects = vec![
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            format!(
                "<< /Type /Page /Parent 2 0 R {boxes} /Contents 4 0 R /Resources << \
                 /Font << {} {named} >> /ExtGState << {blends} >> >> >>",
                fonts.concat()
            ),
            format!(
                "<< /Length {} >>\nstream\n{}endstream",
                self.content.len(),
                self.content
            ),
        ];
        objects.extend(more);
        Some(assemble(&objects))
    }
}

/// A file of these objects, the first of them the catalog.
fn assemble(objects: &[String]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = String::new();
    for (number, object) in (1..).zip(objects) {
        // Writing to a string cannot fail.
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        file.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
    }
    let (start, size) = (file.len(), objects.len() + 1);
    let head = format!("xref\n0 {size}\n0000000000 65535 f \n{table}");
    let tail = format!("trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.extend(head.bytes().chain(tail.bytes()));
    file
}

/// Hebrew, Arabic and their neighbours.
fn is_leftward(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// Bytes as a string of a PDF has them.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02X}");
    }
    hex
}

/// WinAnsiEncoding (annex D.2); what it lacks is a question mark.
fn win_ansi(c: char) -> u8 {
    const HIGH: [char; 32] = [
        '€', '?', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '?', 'Ž', '?', '?', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '?', 'ž', 'Ÿ',
    ];
    match u8::try_from(u32::from(c)) {
        Ok(byte @ (0x20..=0x7E | 0xA0..)) => byte,
        _ => (0x80..=0x9F)
            .zip(HIGH)
            .find(|(_, high)| *high == c)
            .map_or(b'?', |(byte, _)| byte),
    }
}
