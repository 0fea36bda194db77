//! Form fields: what has been filled in, where no appearance shows it.

use super::canvas::{Blend, Canvas, Font};
use super::marks::{TextStyle, alignment, wrapped};
use super::{border, numbers};
use crate::format::pdf::{PdfDocument, destination, names, strings};
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Rect as PdfRect};

/// How many fields up something is inherited from.
const MAX_PARENTS: usize = 16;
/// Longest value that is drawn, in characters.
const MAX_VALUE: usize = 20_000;
/// Most choices of a list that are drawn.
const MAX_CHOICES: usize = 200;
/// Text that is as large as fits is at most so large, in points.
const MAX_AUTO_SIZE: f64 = 12.0;

const MULTILINE: u32 = 1 << 12;
const PASSWORD: u32 = 1 << 13;
const RADIO: u32 = 1 << 15;
const PUSH_BUTTON: u32 = 1 << 16;
const COMBO: u32 = 1 << 17;
const COMB: u32 = 1 << 24;

/// Draws a field; of one that looks like something already its words alone.
pub(super) fn draw(
    document: &PdfDocument,
    widget: &Dict<'_>,
    (rect, whole): (PdfRect, bool),
    canvas: &mut Canvas,
) {
    let blend = Blend {
        opacity: 1.0,
        multiply: false,
    };
    let field = Field {
        chain: chain(widget),
        form: names::catalog(&document.pdf)
            .get::<Dict<'_>>("AcroForm")
            .unwrap_or_default(),
        rect,
    };
    canvas.apart(blend, |canvas| {
        if whole {
            field.frame(widget, canvas);
        }
        let kind = field.find(|dict| dict.get::<Name<'_>>("FT"));
        match kind.as_ref().map_or("", |kind| kind.as_str()) {
            "Tx" => field.text(canvas),
            "Ch" => field.choice(canvas),
            "Btn" if whole => field.button(widget, canvas),
            _ => {}
        }
    });
}

/// A field and those it inherits from, the field first.
fn chain<'a>(widget: &Dict<'a>) -> Vec<Dict<'a>> {
    let mut chain = vec![widget.clone()];
    while chain.len() < MAX_PARENTS {
        let parent = chain.last().and_then(|last| last.get::<Dict<'a>>("Parent"));
        match parent {
            Some(parent) => chain.push(parent),
            None => break,
        }
    }
    chain
}

struct Field<'a> {
    chain: Vec<Dict<'a>>,
    form: Dict<'a>,
    rect: PdfRect,
}

impl<'a> Field<'a> {
    /// The nearest of what is inherited.
    fn find<T>(&self, get: impl Fn(&Dict<'a>) -> Option<T>) -> Option<T> {
        self.chain.iter().find_map(get)
    }

    fn flags(&self) -> u32 {
        self.find(|dict| dict.get::<u32>("Ff")).unwrap_or(0)
    }

    fn value(&self) -> Option<Object<'a>> {
        self.find(|dict| dict.get::<Object<'a>>("V"))
    }

    fn style(&self) -> TextStyle {
        let own = self.find(|dict| destination::words(dict, "DA"));
        let appearance = own.or_else(|| destination::words(&self.form, "DA"));
        TextStyle::read(&appearance.unwrap_or_default())
    }

    fn height(&self) -> f64 {
        self.rect.y1 - self.rect.y0
    }

    /// Background and border (12.5.6.19).
    fn frame(&self, widget: &Dict<'_>, canvas: &mut Canvas) {
        let look = widget.get::<Dict<'_>>("MK").unwrap_or_default();
        let (width, dashes) = border(widget);
        let (x, y) = (self.rect.x0, self.rect.y0);
        let area = [x, y, self.rect.x1 - x, self.height()];
        if canvas.color(&numbers(&look, "BG", 4).unwrap_or_default(), true) {
            canvas.op(&area, "re f");
        }
        let has_line = canvas.color(&numbers(&look, "BC", 4).unwrap_or_default(), false);
        if has_line && width > 0.0 {
            let half = width / 2.0;
            let [x, y, w, h] = area;
            canvas.line_style(width, &dashes);
            canvas.op(&[x + half, y + half, w - width, h - width], "re S");
        }
    }

    fn text(&self, canvas: &mut Canvas) {
        let flags = self.flags();
        let mut value = self.value().and_then(words).unwrap_or_default();
        if flags & PASSWORD != 0 {
            value = "*".repeat(value.chars().count());
        }
        if flags & MULTILINE != 0 {
            let style = self.style();
            let size = if style.size > 0.0 { style.size } else { 10.0 };
            let room = (self.rect.x1 - self.rect.x0 - 4.0) / size;
            let lines = wrapped(&value, style.font, room);
            return self.lines(canvas, &style, size, &lines);
        }
        let most = self.find(|dict| dict.get::<u32>("MaxLen"));
        match most {
            Some(most @ 1..=1000) if flags & COMB != 0 => self.comb(canvas, &value, most),
            _ => self.one_line(canvas, &value),
        }
    }

    fn size(&self, style: &TextStyle) -> f64 {
        match style.size > 0.0 {
            true => style.size,
            false => (self.height() * 0.7).clamp(4.0, MAX_AUTO_SIZE),
        }
    }

    fn baseline(&self, size: f64) -> f64 {
        f64::midpoint(self.rect.y0, self.rect.y1) - size * 0.35
    }

    fn one_line(&self, canvas: &mut Canvas, value: &str) {
        if value.is_empty() {
            return;
        }
        let style = self.style();
        let size = self.size(&style);
        let room = self.rect.x1 - self.rect.x0 - 4.0;
        let free = (room - style.font.width(value) * size).max(0.0);
        let quadding = self.find(|dict| dict.get::<i32>("Q"));
        let x = self.rect.x0 + 2.0 + free * alignment(quadding);
        canvas.color(&style.color, true);
        canvas.text(style.font, size, (x, self.baseline(size)), value);
    }

    /// Each character in a cell of its own.
    fn comb(&self, canvas: &mut Canvas, value: &str, most: u32) {
        let style = self.style();
        let size = self.size(&style);
        let cell = (self.rect.x1 - self.rect.x0) / f64::from(most);
        canvas.color(&style.color, true);
        for (number, c) in (0..most).zip(value.chars()) {
            let letter = c.to_string();
            let free = cell - style.font.width(&letter) * size;
            let x = self.rect.x0 + cell * f64::from(number) + free / 2.0;
            canvas.text(style.font, size, (x, self.baseline(size)), &letter);
        }
    }

    fn lines(&self, canvas: &mut Canvas, style: &TextStyle, size: f64, lines: &[String]) {
        canvas.color(&style.color, true);
        let mut y = self.rect.y1 - 2.0 - size * 0.8;
        for line in lines {
            if y < self.rect.y0 - size {
                return;
            }
            canvas.text(style.font, size, (self.rect.x0 + 2.0, y), line);
            y -= size * 1.15;
        }
    }

    fn choice(&self, canvas: &mut Canvas) {
        let options = self.find(|dict| dict.get::<Array<'a>>("Opt"));
        let options: Vec<(String, String)> = options
            .iter()
            .flat_map(|options| options.iter::<Object<'a>>())
            .take(MAX_CHOICES)
            .filter_map(option)
            .collect();
        let chosen: Vec<String> = match self.value() {
            Some(Object::Array(values)) => values.iter::<Object<'a>>().filter_map(words).collect(),
            Some(value) => words(value).into_iter().collect(),
            None => Vec::new(),
        };
        let shown = |value: &String| {
            let option = options.iter().find(|(export, _)| export == value);
            option.map_or_else(|| value.clone(), |(_, shown)| shown.clone())
        };
        if self.flags() & COMBO != 0 || options.is_empty() {
            let values: Vec<String> = chosen.iter().map(shown).collect();
            return self.one_line(canvas, &values.join(", "));
        }
        let style = self.style();
        let size = if style.size > 0.0 { style.size } else { 10.0 };
        let top = self.find(|dict| dict.get::<u32>("TI")).unwrap_or(0);
        let lines: Vec<String> = options
            .iter()
            .skip(top as usize)
            .map(
                |(export, shown)| match chosen.contains(export) || chosen.contains(shown) {
                    true => format!("• {shown}"),
                    false => format!("  {shown}"),
                },
            )
            .collect();
        self.lines(canvas, &style, size, &lines);
    }

    fn button(&self, widget: &Dict<'_>, canvas: &mut Canvas) {
        let look = widget.get::<Dict<'_>>("MK").unwrap_or_default();
        let flags = self.flags();
        if flags & PUSH_BUTTON != 0 {
            let caption = destination::words(&look, "CA").unwrap_or_default();
            return self.one_line(canvas, &caption);
        }
        let state = widget.get::<Name<'_>>("AS");
        let state = state.or_else(|| self.find(|dict| dict.get::<Name<'a>>("V")));
        if state.is_none_or(|state| state.as_str() == "Off") {
            return;
        }
        // A character of ZapfDingbats: a tick, or a dot for one of several.
        let sign = if flags & RADIO != 0 { "l" } else { "4" };
        let size = self.height().min(self.rect.x1 - self.rect.x0) * 0.8;
        let x = f64::midpoint(self.rect.x0, self.rect.x1) - size * 0.4;
        canvas.color(&[0.0], true);
        canvas.text(Font::Symbols, size, (x, self.baseline(size)), sign);
    }
}

fn words(value: Object<'_>) -> Option<String> {
    let text = match value {
        Object::String(text) => strings::decode(text.as_bytes()),
        Object::Stream(stream) => strings::decode(&stream.decoded_data().ok()?),
        Object::Name(name) => name.as_str().to_owned(),
        _ => return None,
    };
    Some(text.chars().take(MAX_VALUE).collect())
}

/// What a choice is called in the file, and what is shown for it.
fn option(option: Object<'_>) -> Option<(String, String)> {
    match option {
        Object::Array(pair) => {
            let mut pair = pair.iter::<Object<'_>>().filter_map(words);
            let export = pair.next()?;
            let shown = pair.next().unwrap_or_else(|| export.clone());
            Some((export, shown))
        }
        other => words(other).map(|words| (words.clone(), words)),
    }
}
