//! Which font a name or a graphics state means.

use super::Reader;
use crate::format::pdf::text::faces::{Face, Faces};
use hayro::hayro_syntax::object::{Array, Name, Object};
use hayro::hayro_syntax::page::Resources;
use std::rc::Rc;

/// Fonts of one content stream by their names.
#[derive(Default)]
pub(super) struct Fonts<'a>(Vec<(Vec<u8>, Option<Rc<Face<'a>>>)>);

impl<'a> Fonts<'a> {
    /// Most names that are kept: they are looked for one by one.
    const MOST: usize = 64;

    pub(super) fn named(
        &mut self,
        name: &Name<'_>,
        resources: &Resources<'a>,
        faces: &Faces<'a>,
    ) -> Option<Rc<Face<'a>>> {
        let key: &[u8] = name.as_ref();
        if let Some((_, face)) = self.0.iter().find(|(known, _)| known == key) {
            return face.clone();
        }
        let face = match resources.get_font(name) {
            Some(dict) => faces.of(&dict, resources.fonts.get_ref(name).map(Into::into)),
            None => faces.stand_in(),
        };
        if self.0.len() >= Self::MOST {
            self.0.clear();
        }
        self.0.push((key.to_vec(), face.clone()));
        face
    }
}

impl<'a> Reader<'a, '_, '_> {
    /// A font that a graphics state names (8.4.5).
    pub(super) fn font_of_state(&mut self, font: &Array<'a>) {
        let mut parts = font.iter::<Object<'_>>();
        let dict = parts.next().and_then(Object::into_dict);
        let size = parts.next().and_then(Object::into_number);
        if let (Some(dict), Some(size)) = (dict, size) {
            self.state.size = size.as_f64();
            let id = font.raw_iter().next().and_then(|font| font.as_obj_ref());
            self.state.face = self.faces.of(&dict, id.map(Into::into));
        }
    }
}
