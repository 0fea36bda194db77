//! Names that are too long for their place: the middle gives way, as the end says what a
//! file is and which one of a row.

use egui::{Color32, TextStyle, Ui};
use unicode_segmentation::UnicodeSegmentation;

/// Stands for what is left out.
const GAP: &str = "…";

/// Of what is kept, the part that is kept of the beginning.
const BEGINNING: f32 = 0.5;

/// As much of a name as fits into so many points, in letters of this style.
pub(super) fn shortened(ui: &Ui, name: &str, style: &TextStyle, width: f32) -> String {
    let font = style.resolve(ui.style());
    let fits = |words: &str| {
        let galley = ui
            .painter()
            .layout_no_wrap(words.to_owned(), font.clone(), Color32::WHITE);
        galley.size().x <= width
    };
    if fits(name) {
        return name.to_owned();
    }
    let letters: Vec<&str> = name.graphemes(true).collect();
    let keeping = |count: usize| {
        let beginning = (count as f32 * BEGINNING).ceil() as usize;
        let (first, rest) = letters.split_at(beginning.min(letters.len()));
        let last = rest.len().saturating_sub(count - beginning);
        let last = rest.get(last..).unwrap_or_default();
        [first.concat().as_str(), GAP, last.concat().as_str()].concat()
    };
    // The most letters that fit, by halves.
    let (mut some, mut too_many) = (0, letters.len());
    while too_many - some > 1 {
        let middle = some.midpoint(too_many);
        match fits(&keeping(middle)) {
            true => some = middle,
            false => too_many = middle,
        }
    }
    keeping(some)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a name at a width, and how wide that is.
    fn at(name: &str, width: f32) -> (String, f32) {
        let mut found = (String::new(), 0.0);
        let context = egui::Context::default();
        let mut output = context.run_ui(egui::RawInput::default(), |ui| {
            let words = shortened(ui, name, &TextStyle::Body, width);
            let font = TextStyle::Body.resolve(ui.style());
            let galley = ui
                .painter()
                .layout_no_wrap(words.clone(), font, Color32::WHITE);
            found = (words, galley.size().x);
        });
        output.textures_delta.clear();
        found
    }

    #[test]
    fn names_keep_their_beginning_and_their_end() {
        let name = "photographs of the harbour in winter 0123.jpeg";
        let (words, width) = at(name, 120.0);
        assert!((60.0..=120.0).contains(&width), "{words}: {width}");
        let (first, last) = words.split_once(GAP).unwrap();
        assert!(name.starts_with(first) && name.ends_with(last), "{words}");
        assert!(first.len() >= last.len() && last.len() > 3, "{words}");
    }

    #[test]
    fn what_fits_is_whole_and_what_never_fits_is_a_gap() {
        assert_eq!(at("a.png", 120.0).0, "a.png");
        assert_eq!(at("", 0.0).0, "");
        assert_eq!(at("photographs.jpeg", 0.0).0, GAP);
    }

    #[test]
    fn letters_are_not_cut_from_their_accents() {
        // Each letter is followed by an accent of its own.
        let name = "e\u{301}".repeat(40);
        let (words, _) = at(&name, 100.0);
        let (first, last) = words.split_once(GAP).unwrap();
        for part in [first, last] {
            assert_eq!(part.replace("e\u{301}", ""), "", "{words}");
        }
    }
}
