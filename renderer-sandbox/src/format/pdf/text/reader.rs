//! The operators of a page that move the pen (ISO 32000-2:2020, 8.4, 9.3, 9.4, 14.6),
//! and no others: what is drawn is hayro's work, and four times as much of it.
//!
//! Where hayro decides what a broken page means, the same is decided here.

mod fonts;
mod string;

pub(super) use string::Shown;

use super::Words;
use super::faces::{Face, Faces};
use super::hidden::Hidden;
use fonts::Fonts;
use hayro::hayro_interpret::util::RectExt;
use hayro::hayro_syntax::content::TypedIter;
use hayro::hayro_syntax::content::ops::TypedInstruction;
use hayro::hayro_syntax::object::{
    Array, Dict, Name, Number, Object, Rect as PdfRect, Stream, dict_or_stream,
};
use hayro::hayro_syntax::page::{Page, Resources};
use hayro::kurbo::{Affine, Rect};
use std::rc::Rc;

/// Deepest form in a form.
const MAX_DEPTH: u32 = 50;
/// Most states that are saved at a time; what is saved beyond is not brought back.
const MAX_SAVED: usize = 16_384;
/// Most forms of one page: each may draw others, and those others again.
const MAX_FORMS: usize = 100_000;
const HIDDEN: u32 = 1 << 1;
const NO_VIEW: u32 = 1 << 5;

/// What `q` saves of it.
#[derive(Clone)]
struct State<'a> {
    ctm: Affine,
    face: Option<Rc<Face<'a>>>,
    size: f64,
    char_space: f64,
    word_space: f64,
    /// Across; 1 is as wide as high.
    scaling: f64,
    leading: f64,
    rise: f64,
    matrix: Affine,
    line_matrix: Affine,
}

/// Reads pages.
pub(super) struct Reader<'a, 'r, 'w> {
    faces: &'r Faces<'a>,
    words: &'w mut Words,
    hidden: Hidden,
    state: State<'a>,
    saved: Vec<State<'a>>,
    /// States that were not saved because there were too many.
    unsaved: usize,
    depth: u32,
    forms: usize,
    shown: Vec<Shown>,
    /// How far the string has come.
    pen: f64,
}

impl<'a, 'r, 'w> Reader<'a, 'r, 'w> {
    pub(super) fn new(faces: &'r Faces<'a>, to_page: Affine, words: &'w mut Words) -> Self {
        Self {
            faces,
            words,
            hidden: Hidden::new(Rc::clone(&faces.hidden)),
            state: State {
                ctm: to_page,
                face: None,
                size: 1.0,
                char_space: 0.0,
                word_space: 0.0,
                scaling: 1.0,
                leading: 0.0,
                rise: 0.0,
                matrix: Affine::IDENTITY,
                line_matrix: Affine::IDENTITY,
            },
            saved: Vec::new(),
            unsaved: 0,
            depth: 0,
            forms: MAX_FORMS,
            shown: Vec::new(),
            pen: 0.0,
        }
    }

    /// Reads a page, then its annotations.
    pub(super) fn page(&mut self, page: &Page<'a>) {
        let resources = page.resources();
        self.run(page.typed_operations(), resources);
        let Some(annotations) = page.raw().get::<Array<'_>>("Annots") else {
            return;
        };
        for annotation in annotations.iter::<Dict<'_>>() {
            self.annotation(&annotation, resources);
        }
    }

    /// The appearance of an annotation, fitted into its rectangle (12.5.5).
    fn annotation(&mut self, annotation: &Dict<'a>, resources: &Resources<'a>) {
        if annotation.get::<u32>("F").unwrap_or(0) & (HIDDEN | NO_VIEW) != 0 {
            return;
        }
        let normal = annotation
            .get::<Dict<'_>>("AP")
            .and_then(|looks| looks.get::<Object<'_>>("N"));
        let form = match normal {
            Some(Object::Stream(form)) => Some(form),
            Some(Object::Dict(states)) => annotation
                .get::<Name<'_>>("AS")
                .and_then(|state| states.get::<Stream<'_>>(state))
                .or_else(|| states.get::<Stream<'_>>("Off")),
            _ => None,
        };
        let (Some(form), Some(rect)) = (form, annotation.get::<PdfRect>("Rect")) else {
            return;
        };
        let Some([x0, y0, x1, y1]) = form.dict().get::<[f32; 4]>("BBox") else {
            return;
        };
        let bounds = Rect::new(x0.into(), y0.into(), x1.into(), y1.into());
        let bounds = matrix_of(form.dict()).transform_rect_bbox(bounds);
        let rect = rect.to_kurbo();
        let (sx, sy) = (
            rect.width() / bounds.width(),
            rect.height() / bounds.height(),
        );
        let fitted = [
            sx,
            0.0,
            0.0,
            sy,
            rect.x0 - sx * bounds.x0,
            rect.y0 - sy * bounds.y0,
        ];
        self.save();
        self.state.ctm *= Affine::new(fitted);
        self.form(&form, resources);
        self.restore();
    }

    fn save(&mut self) {
        if self.saved.len() < MAX_SAVED {
            self.saved.push(self.state.clone());
        } else {
            self.unsaved += 1;
        }
    }

    fn restore(&mut self) {
        if let Some(unsaved) = self.unsaved.checked_sub(1) {
            self.unsaved = unsaved;
        } else if let Some(state) = self.saved.pop() {
            self.state = state;
        }
    }

    fn form(&mut self, form: &Stream<'a>, resources: &Resources<'a>) {
        let dict = form.dict();
        if !self.hidden.is_shown() || self.depth >= MAX_DEPTH || !dict.contains_key("BBox") {
            return;
        }
        let Some(forms) = self.forms.checked_sub(1) else {
            return;
        };
        self.forms = forms;
        let group = dict.get::<Dict<'_>>("OC");
        if let Some(group) = &group {
            self.hidden
                .begin_of(group, dict.get_ref("OC").map(Into::into));
        }
        if self.hidden.is_shown()
            && let Ok(content) = form.decoded_data()
        {
            let own = dict.get::<Dict<'_>>("Resources").map(Resources::new);
            self.depth += 1;
            self.save();
            self.state.ctm *= matrix_of(dict);
            self.run(TypedIter::new(&content), own.as_ref().unwrap_or(resources));
            self.restore();
            self.depth -= 1;
        }
        if group.is_some() {
            self.hidden.end();
        }
    }

    fn run(&mut self, mut operators: TypedIter<'_>, resources: &Resources<'a>) {
        let outside = (self.saved.len(), self.unsaved);
        self.save();
        let mut fonts = Fonts::default();
        while let Some(operator) = operators.next() {
            match operator {
                TypedInstruction::SaveState(_) => self.save(),
                TypedInstruction::RestoreState(_) => {
                    // A form cannot bring back what was saved outside of it.
                    if self.unsaved > outside.1 || self.saved.len() > outside.0 {
                        self.restore();
                    }
                }
                TypedInstruction::Transform(m) => {
                    self.state.ctm *= affine([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5]);
                }
                TypedInstruction::SetGraphicsState(name) => {
                    let state = resources.get_ext_g_state(name.0);
                    if let Some(font) = state.and_then(|state| state.get::<Array<'_>>("Font")) {
                        self.font_of_state(&font);
                    }
                }
                TypedInstruction::XObject(name) => {
                    let form = resources.get_x_object(name.0);
                    let is_form = |form: &Stream<'_>| {
                        let kind = form.dict().get::<Name<'_>>("Subtype");
                        kind.is_some_and(|kind| kind.as_str() == "Form")
                    };
                    if let Some(form) = form.filter(is_form) {
                        self.form(&form, resources);
                    }
                }
                TypedInstruction::BeginMarkedContent(_) => {
                    self.hidden.begin();
                    self.words.begin_marked(None);
                }
                TypedInstruction::BeginMarkedContentWithProperties(marked) => {
                    self.begin_marked(marked.1, resources);
                }
                TypedInstruction::EndMarkedContent(_) => {
                    self.hidden.end();
                    self.words.end_marked();
                }
                TypedInstruction::TextFont(font) => {
                    self.state.size = font.1.as_f64();
                    self.state.face = fonts.named(font.0, resources, self.faces);
                }
                operator => self.text_operator(operator),
            }
        }
        while self.unsaved > outside.1 || self.saved.len() > outside.0 {
            self.restore();
        }
    }

    /// Operators that set text or show it.
    fn text_operator(&mut self, operator: TypedInstruction<'_, '_>) {
        let state = &mut self.state;
        match operator {
            TypedInstruction::BeginText(_) => {
                (state.matrix, state.line_matrix) = (Affine::IDENTITY, Affine::IDENTITY);
            }
            TypedInstruction::SetTextMatrix(m) => {
                state.line_matrix = affine([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5]);
                state.matrix = state.line_matrix;
            }
            TypedInstruction::HorizontalScaling(number) => {
                state.scaling = number.0.as_f64() / 100.0;
            }
            TypedInstruction::TextLeading(number) => state.leading = number.0.as_f64(),
            TypedInstruction::CharacterSpacing(number) => state.char_space = number.0.as_f64(),
            TypedInstruction::WordSpacing(number) => state.word_space = number.0.as_f64(),
            TypedInstruction::TextRise(number) => state.rise = number.0.as_f64(),
            TypedInstruction::NextLine(by) => self.next_line(by.0.as_f64(), by.1.as_f64()),
            TypedInstruction::NextLineUsingLeading(_) => self.next_line(0.0, -self.state.leading),
            TypedInstruction::NextLineAndSetLeading(by) => {
                state.leading = -by.1.as_f64();
                self.next_line(by.0.as_f64(), by.1.as_f64());
            }
            TypedInstruction::ShowText(text) => self.show(text.0.as_bytes()),
            TypedInstruction::NextLineAndShowText(text) => {
                self.next_line(0.0, -self.state.leading);
                self.show(text.0.as_bytes());
            }
            TypedInstruction::ShowTextWithParameters(text) => {
                (state.word_space, state.char_space) = (text.0.as_f64(), text.1.as_f64());
                self.next_line(0.0, -self.state.leading);
                self.show(text.2.as_bytes());
            }
            TypedInstruction::ShowTexts(texts) => {
                self.begin();
                for part in texts.0.iter::<Object<'_>>() {
                    match part {
                        Object::Number(by) => self.adjust(by.as_f64()),
                        Object::String(text) => self.append(text.as_bytes()),
                        _ => {}
                    }
                }
                self.end();
            }
            _ => {}
        }
    }

    fn begin_marked(&mut self, properties: &Object<'_>, resources: &Resources<'a>) {
        let name = properties.clone().into_name();
        let named = name.as_ref().and_then(|name| {
            let group = resources.properties.get::<Dict<'_>>(name);
            Some((group?, resources.properties.get_ref(name)))
        });
        let (direct, _) = dict_or_stream(properties).unzip();
        let group = match (&named, direct) {
            (Some((group, Some(id))), _) => Some((group.clone(), *id)),
            (_, Some(direct)) => direct
                .get_ref("OC")
                .map(|id| (direct.get::<Dict<'_>>("OC").unwrap_or_default(), id)),
            _ => None,
        };
        match group {
            Some((group, id)) => self.hidden.begin_of(&group, Some(id.into())),
            None => self.hidden.begin(),
        }
        let properties = named.as_ref().map(|(dict, _)| dict).or(direct);
        self.words.begin_marked(properties);
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.state.line_matrix *= Affine::translate((x, y));
        self.state.matrix = self.state.line_matrix;
    }
}

fn affine(numbers: [&Number; 6]) -> Affine {
    Affine::new(numbers.map(|number| number.as_f64()))
}

fn matrix_of(form: &Dict<'_>) -> Affine {
    form.get::<[f64; 6]>("Matrix")
        .map_or(Affine::IDENTITY, Affine::new)
}
