//! Strings: where each glyph of them stands (ISO 32000-2:2020, 9.4.4).

use super::Reader;
use crate::format::pdf::text::faces::Face;
use crate::format::pdf::text::pen::{Baseline, Pen};
use hayro::kurbo::Affine;

/// A glyph that a string shows: from where to where, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) known: usize,
}

impl<'a> Reader<'a, '_, '_> {
    pub(super) fn show(&mut self, text: &[u8]) {
        self.begin();
        self.append(text);
        self.end();
    }

    pub(super) fn begin(&mut self) {
        self.shown.clear();
        self.pen = 0.0;
        if self.state.face.is_none() {
            self.state.face = self.faces.stand_in();
        }
        if let Some(face) = &self.state.face {
            face.make_room();
        }
    }

    /// Moves the pen between two strings.
    pub(super) fn adjust(&mut self, thousandths: f64) {
        let state = &self.state;
        let horizontal = state.face.as_ref().is_some_and(|face| face.horizontal);
        let scaling = if horizontal { state.scaling } else { 1.0 };
        self.pen -= thousandths / 1000.0 * state.size * scaling;
    }

    pub(super) fn append(&mut self, text: &[u8]) {
        let state = &self.state;
        let Some(face) = &state.face else {
            return;
        };
        let is_shown = self.hidden.is_shown() && (!face.is_stand_in || text.is_ascii());
        let (pen, shown) = (&mut self.pen, &mut self.shown);
        let scaling = if face.horizontal { state.scaling } else { 1.0 };
        face.codes(text, |code, len, known, of_code| {
            if is_shown {
                let to = *pen + of_code.advance * state.size * scaling;
                let from = *pen;
                shown.push(Shown { from, to, known });
            }
            let is_space = code == 32 && len == 1;
            let between = state.char_space + if is_space { state.word_space } else { 0.0 };
            *pen += (of_code.advance * state.size + between) * scaling;
        });
    }

    /// Hands on what was shown, and moves the pen behind it.
    pub(super) fn end(&mut self) {
        let Some(face) = self.state.face.clone() else {
            return;
        };
        let to_page = self.state.ctm * self.state.matrix;
        if face.horizontal {
            let state = &self.state;
            let line = Baseline::new(to_page, state.size * face.height, state.scaling, state.rise);
            if let Some(line) = line {
                face.with_known(|known| self.words.line(&line, &self.shown, known));
            }
        } else {
            self.column(&face, to_page);
        }
        let by = if face.horizontal {
            (self.pen, 0.0)
        } else {
            (0.0, self.pen)
        };
        self.state.matrix *= Affine::translate(by);
    }

    /// Glyphs that follow each other from top to bottom.
    fn column(&mut self, face: &Face<'a>, to_page: Affine) {
        let state = &self.state;
        let in_size = Affine::new([
            state.size * state.scaling / 1000.0,
            0.0,
            0.0,
            state.size / 1000.0,
            0.0,
            state.rise,
        ]);
        face.with_known(|known| {
            let pens = self.shown.iter().filter_map(|one| {
                let known = known.get(one.known)?;
                let place = to_page * Affine::translate((0.0, one.from)) * in_size;
                let place = place * Affine::translate(known.origin);
                Some((Pen::new(known.width, place, true)?, &known.meaning))
            });
            self.words.column(pens);
        });
    }
}
