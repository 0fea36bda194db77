//! Getting a frame onto the screen: triangles of the chrome, and pages as
//! textures.
//!
//! Two ways that look the same: `gpu` (wgpu) and `software` (no driver at all).
//! Colours are premultiplied and blended as they are stored, on both.

mod choose;
mod gpu;
mod software;
mod tone;

pub(crate) use choose::{Choice, open};
#[cfg(test)]
pub(crate) use software::Memory;
pub(crate) use tone::{Colors, Tone};

use egui::{ClippedPrimitive, Color32, TextureId, TexturesDelta};
use std::collections::HashMap;

/// Pixels for a texture: premultiplied RGBA8 rows, top to bottom, packed.
pub(crate) struct Pixels {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rgba: Vec<u8>,
}

/// How a texture is enlarged or made smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    /// The nearest pixel: squares stay squares.
    Nearest,
    /// Between the four nearest.
    Linear,
}

/// What is to be shown: one frame of the chrome with its pages.
pub(crate) struct Frame<'a> {
    pub(crate) primitives: &'a [ClippedPrimitive],
    pub(crate) textures: &'a TexturesDelta,
    pub(crate) pixels_per_point: f32,
    pub(crate) background: Color32,
}

/// A window's surface.
pub(crate) trait Canvas {
    /// Name of what draws, for people.
    fn name(&self) -> String;

    /// Longest side of a texture.
    fn max_texture_side(&self) -> usize;

    /// Bytes of textures that one window keeps: five screens of 4K, where they are on a GPU.
    fn texture_bytes(&self) -> usize {
        192 * 1024 * 1024
    }

    /// Takes a page's pixels as a texture.
    fn upload(&mut self, pixels: Pixels, filter: Filter) -> TextureId;

    /// The texture that shows another one in a tone. Made when it is first asked
    /// for, and gone when a frame is shown without it.
    fn toned(&mut self, texture: TextureId, tone: Tone) -> TextureId;

    /// A texture that is drawn no more.
    fn remove(&mut self, texture: TextureId);

    /// Draws a frame and shows it; `size` is the window's inside, in pixels.
    ///
    /// # Errors
    ///
    /// A sentence; another canvas may still work.
    fn show(&mut self, size: (u32, u32), frame: &Frame<'_>) -> Result<(), String>;
}

/// Textures that show others in a tone, as long as every frame asks for them.
struct Toned<T> {
    made: HashMap<(TextureId, Tone), (T, bool)>,
}

impl<T> Default for Toned<T> {
    fn default() -> Self {
        Self {
            made: HashMap::new(),
        }
    }
}

impl<T: Copy> Toned<T> {
    /// The one that is there, which is kept for another frame.
    fn get(&mut self, texture: TextureId, tone: Tone) -> Option<T> {
        let (made, used) = self.made.get_mut(&(texture, tone))?;
        *used = true;
        Some(*made)
    }

    fn insert(&mut self, texture: TextureId, tone: Tone, made: T) {
        self.made.insert((texture, tone), (made, true));
    }

    /// Those that the last frame did not ask for, which are given up.
    fn unused(&mut self) -> Vec<T> {
        let mut unused = Vec::new();
        self.made.retain(|_, (made, used)| {
            if !*used {
                unused.push(*made);
            }
            std::mem::take(used)
        });
        unused
    }

    /// Those that show a texture which is gone.
    fn remove(&mut self, texture: TextureId) -> Vec<T> {
        let gone = self.made.extract_if(|(of, _), _| *of == texture);
        gone.map(|(_, (made, _))| made).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toned_textures_live_as_long_as_frames_ask_for_them() {
        let mut toned = Toned::default();
        let page = TextureId::User(1);
        toned.insert(page, Tone::Sepia, 7);
        assert!(toned.unused().is_empty());
        assert_eq!(toned.get(page, Tone::Sepia), Some(7));
        assert!(toned.unused().is_empty());
        assert_eq!(toned.unused(), [7]);
        assert_eq!(toned.get(page, Tone::Sepia), None);
        toned.insert(page, Tone::Gray, 8);
        assert_eq!(toned.remove(page), [8]);
    }
}
