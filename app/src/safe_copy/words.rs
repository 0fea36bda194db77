//! The words of a page as text that is not seen, over the picture of it: it can
//! be selected, copied and found.
//!
//! All letters of all pages are in one font (`font`), numbered as they come; a
//! table says which letter each number is.

use super::file::File;
use super::font::{self, ADVANCE, ASCENT, DESCENT, UNITS_PER_EM};
use super::image::deflate;
use ipc::{Separator, TextRun};
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, TextRenderingMode, UnicodeCmap};
use pdf_writer::{Chunk, Content, Filter, Name, Rect, Ref, Str};
use std::collections::HashMap;
use std::io::{self, Write};

/// The font in a page's resources.
pub(super) const FONT: Name<'static> = Name(b"T");

const FONT_NAME: Name<'static> = Name(b"PELLUC+Invisible");
const SYSTEM: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// A box so many times higher than wide holds a word that is turned.
const TURNED: f32 = 2.0;

/// Letters of all pages.
#[derive(Default)]
pub(super) struct Letters {
    numbers: HashMap<char, u16>,
    letters: Vec<char>,
}

impl Letters {
    /// The number of a letter, from 1. When there are no more, letters are U+FFFD.
    fn number(&mut self, letter: char) -> u16 {
        if let Some(number) = self.numbers.get(&letter) {
            return *number;
        }
        // The last number is kept for the letter that stands for all others.
        let next = u16::try_from(self.letters.len() + 1).unwrap_or(u16::MAX);
        if next == u16::MAX && letter != char::REPLACEMENT_CHARACTER {
            return self.number(char::REPLACEMENT_CHARACTER);
        }
        self.numbers.insert(letter, next);
        self.letters.push(letter);
        next
    }

    /// The content that sets words on a page so high; `unit` points are one unit of the page.
    pub(super) fn set(&mut self, content: &mut Content, runs: &[TextRun], height: f32, unit: f32) {
        content.begin_text();
        content.set_text_rendering_mode(TextRenderingMode::Invisible);
        let mut last = (0.0, 0.0);
        for run in runs {
            let letters: Vec<char> = visual_order(run.text.as_str());
            let Some(setting) = Setting::of(run, &letters, height, unit) else {
                continue;
            };
            if setting.size != last.0 {
                content.set_font(FONT, setting.size);
            }
            if setting.stretch != last.1 {
                content.set_horizontal_scaling(setting.stretch);
            }
            last = (setting.size, setting.stretch);
            content.set_text_matrix(setting.matrix);
            let space = (run.then == Separator::Space).then_some(' ');
            let letters = letters.into_iter().chain(space);
            let codes: Vec<u8> = letters
                .flat_map(|letter| self.number(letter).to_be_bytes())
                .collect();
            content.show(Str(&codes));
        }
        content.end_text();
    }

    /// Writes the font with all letters that were set.
    pub(super) fn write<W: Write>(&self, file: &mut File<W>, font: Ref) -> io::Result<()> {
        let [descendant, descriptor, program, glyphs, unicode] =
            std::array::from_fn(|_| file.number());
        let mut chunk = Chunk::new();
        chunk
            .type0_font(font)
            .base_font(FONT_NAME)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(descendant)
            .to_unicode(unicode);
        file.write(&chunk)?;
        let mut chunk = Chunk::new();
        chunk
            .cid_font(descendant)
            .subtype(CidFontType::Type2)
            .base_font(FONT_NAME)
            .system_info(SYSTEM)
            .font_descriptor(descriptor)
            .default_width(f32::from(ADVANCE))
            .cid_to_gid_map_stream(glyphs);
        file.write(&chunk)?;
        let (ascent, descent) = (f32::from(ASCENT), f32::from(DESCENT));
        let mut chunk = Chunk::new();
        chunk
            .font_descriptor(descriptor)
            .name(FONT_NAME)
            .flags(FontFlags::SYMBOLIC | FontFlags::FIXED_PITCH)
            .bbox(Rect::new(0.0, descent, f32::from(ADVANCE), ascent))
            .italic_angle(0.0)
            .ascent(ascent)
            .descent(descent)
            .cap_height(ascent)
            .stem_v(80.0)
            .font_file2(program);
        file.write(&chunk)?;
        let bytes = font::bytes();
        let packed = deflate(&bytes)?;
        let mut chunk = Chunk::new();
        let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
        chunk
            .stream(program, &packed)
            .filter(Filter::FlateDecode)
            .pair(Name(b"Length1"), length);
        file.write(&chunk)?;
        // Every letter is glyph 1; number 0 is no letter.
        let map: Vec<u8> = (0..=self.letters.len())
            .flat_map(|number| [0, u8::from(number > 0)])
            .collect();
        put(file, glyphs, &map)?;
        let mut cmap = UnicodeCmap::new(Name(b"Adobe-Identity-UCS"), SYSTEM);
        for (number, letter) in (1..=u16::MAX).zip(&self.letters) {
            cmap.pair(number, *letter);
        }
        put(file, unicode, cmap.finish().as_slice())
    }
}

fn put<W: Write>(file: &mut File<W>, number: Ref, bytes: &[u8]) -> io::Result<()> {
    let packed = deflate(bytes)?;
    let mut chunk = Chunk::new();
    chunk.stream(number, &packed).filter(Filter::FlateDecode);
    file.write(&chunk)
}

/// Letters as they stand on paper, from left to right: viewers turn words of
/// scripts that are read from right to left round again.
fn visual_order(word: &str) -> Vec<char> {
    let letters = word.chars();
    if word.chars().any(is_right_to_left) {
        letters.rev().collect()
    } else {
        letters.collect()
    }
}

/// Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms.
fn is_right_to_left(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// Scripts that are also set from top to bottom.
fn is_cjk(letter: char) -> bool {
    matches!(letter, '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// How a word is set so that it fills its box.
#[derive(Debug, PartialEq)]
struct Setting {
    matrix: [f32; 6],
    size: f32,
    /// In percent of the font's own width.
    stretch: f32,
}

impl Setting {
    /// `None` for a word without an extent.
    fn of(run: &TextRun, letters: &[char], height: f32, unit: f32) -> Option<Self> {
        let [left, top, right, bottom] = run.place.edges().map(|edge| edge * unit);
        let (wide, high) = (right - left, bottom - top);
        let (count, below) = (
            letters.len() as f32,
            -f32::from(DESCENT) / f32::from(UNITS_PER_EM),
        );
        if wide <= 0.0 || high <= 0.0 || letters.is_empty() {
            return None;
        }
        let turned = letters.len() > 2 && high > TURNED * wide;
        let ([a, b, c, d], x, y, size, length) = if !turned {
            (
                [1.0, 0.0, 0.0, 1.0],
                left,
                height - bottom + below * high,
                high,
                wide,
            )
        } else if letters.iter().any(|letter| is_cjk(*letter)) {
            // Downwards.
            (
                [0.0, -1.0, 1.0, 0.0],
                left + below * wide,
                height - top,
                wide,
                high,
            )
        } else {
            // Upwards, as words beside an axis are.
            (
                [0.0, 1.0, -1.0, 0.0],
                right - below * wide,
                height - bottom,
                wide,
                high,
            )
        };
        let own = count * size * f32::from(ADVANCE) / f32::from(UNITS_PER_EM);
        let short = |value: f32| (value * 100.0).round() / 100.0;
        let setting = Self {
            matrix: [a, b, c, d, short(x), short(y)],
            size: short(size).max(0.01),
            stretch: short(100.0 * length / own),
        };
        setting.stretch.is_finite().then_some(setting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::{PageBox, Text};

    fn word(text: &str, edges: [f32; 4]) -> TextRun {
        let [left, top, right, bottom] = edges;
        TextRun {
            text: Text::new(text.to_owned()).unwrap(),
            place: PageBox::new(left, top, right, bottom).unwrap(),
            then: Separator::Space,
        }
    }

    fn setting(text: &str, edges: [f32; 4]) -> Option<Setting> {
        let letters: Vec<char> = text.chars().collect();
        Setting::of(&word(text, edges), &letters, 100.0, 1.0)
    }

    #[test]
    fn word_fills_its_box() {
        let set = setting("four", [10.0, 20.0, 30.0, 30.0]).unwrap();
        assert_eq!(set.matrix, [1.0, 0.0, 0.0, 1.0, 10.0, 72.3]);
        assert_eq!((set.size, set.stretch), (10.0, 100.0));
        assert_eq!(setting("flat", [10.0, 20.0, 30.0, 20.0]), None);
    }

    #[test]
    fn turned_words_run_along_their_boxes() {
        let up = setting("axis", [10.0, 20.0, 20.0, 60.0]).unwrap();
        assert_eq!(up.matrix, [0.0, 1.0, -1.0, 0.0, 17.7, 40.0]);
        assert_eq!((up.size, up.stretch), (10.0, 200.0));
        let down = setting("縦書き", [10.0, 20.0, 20.0, 50.0]).unwrap();
        assert_eq!(down.matrix, [0.0, -1.0, 1.0, 0.0, 12.3, 80.0]);
    }

    #[test]
    fn letters_have_numbers_of_their_own_and_the_last_stands_for_the_rest() {
        let mut letters = Letters::default();
        assert_eq!(
            [
                letters.number('a'),
                letters.number('ж'),
                letters.number('a')
            ],
            [1, 2, 1]
        );
        for letter in ('\u{10000}'..='\u{20000}').take(65_532) {
            letters.number(letter);
        }
        assert_eq!(letters.number('\u{30000}'), u16::MAX);
        assert_eq!(letters.number('\u{30001}'), u16::MAX);
        assert_eq!(letters.letters.last(), Some(&char::REPLACEMENT_CHARACTER));
    }

    #[test]
    fn words_from_right_to_left_are_set_as_they_stand() {
        assert_eq!(visual_order("אבג"), ['ג', 'ב', 'א']);
        assert_eq!(visual_order("abc"), ['a', 'b', 'c']);
    }
}
