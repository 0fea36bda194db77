//! Rubber stamps (ISO 32000-2:2020, 12.5.6.12): a word in a frame.

use super::canvas::{Canvas, Font};
use super::marks::color;
use hayro::hayro_syntax::object::{Dict, Name, Rect as PdfRect};

/// What every viewer is to know. What others are called is no word for readers.
const NAMES: [&str; 14] = [
    "Approved",
    "Experimental",
    "NotApproved",
    "AsIs",
    "Expired",
    "NotForPublicRelease",
    "Confidential",
    "Final",
    "Sold",
    "Departmental",
    "ForComment",
    "TopSecret",
    "Draft",
    "ForPublicRelease",
];

const RED: [f64; 3] = [0.72, 0.1, 0.1];

/// A stamp in the middle of its rectangle.
pub(super) fn draw(mark: &Dict<'_>, rect: PdfRect, canvas: &mut Canvas) {
    let name = mark.get::<Name<'_>>("Name");
    let Some(words) = words(name.as_ref().map_or("Draft", |name| name.as_str())) else {
        return;
    };
    let ink = color(mark, "C", &RED);
    if !canvas.color(&ink, false) {
        return;
    }
    canvas.color(&ink, true);
    let (room, height) = (rect.x1 - rect.x0, rect.y1 - rect.y0);
    let font = Font::SansBold;
    let wide = font.width(&words).max(0.1);
    // A frame of one and a half lines, one size wider than its words.
    let size = (room / (wide + 1.2)).min(height / 1.6);
    if size < 1.0 {
        return;
    }
    let (x, y) = (
        f64::midpoint(rect.x0, rect.x1),
        f64::midpoint(rect.y0, rect.y1),
    );
    let (half_width, half_height) = ((wide + 1.0) * size / 2.0, size * 0.75);
    canvas.line_style(size / 12.0, &[]);
    let (left, low) = (x - half_width, y - half_height);
    canvas.op(&[left, low, 2.0 * half_width, 2.0 * half_height], "re S");
    canvas.text(font, size, (x - wide * size / 2.0, y - size * 0.36), &words);
}

/// `NotApproved` in words; `None` for a name that is not known.
fn words(name: &str) -> Option<String> {
    NAMES.contains(&name).then(|| {
        let mut words = String::new();
        for letter in name.chars() {
            if letter.is_ascii_uppercase() && !words.is_empty() {
                words.push(' ');
            }
            words.push(letter.to_ascii_uppercase());
        }
        words
    })
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn stamps_that_are_known_have_words() {
        assert_eq!(words("Draft").as_deref(), Some("DRAFT"));
        let long = words("NotForPublicRelease");
        assert_eq!(long.as_deref(), Some("NOT FOR PUBLIC RELEASE"));
        assert_eq!(words("#23WE:Stempel"), None);
    }
}
