//! Getting a frame onto the screen: triangles of the chrome, and pages as
//! textures.
//!
//! Two ways that look the same: `gpu` (wgpu) and `software` (no driver at all).
//! Colours are premultiplied and blended as they are stored, on both.

mod choose;
mod gpu;
mod software;

pub(crate) use choose::{Choice, open};
#[cfg(test)]
pub(crate) use software::Memory;

use egui::{ClippedPrimitive, Color32, TextureId, TexturesDelta};

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

    /// Takes a page's pixels as a texture.
    fn upload(&mut self, pixels: Pixels, filter: Filter) -> TextureId;

    /// A texture that is drawn no more.
    fn remove(&mut self, texture: TextureId);

    /// Draws a frame and shows it; `size` is the window's inside, in pixels.
    ///
    /// # Errors
    ///
    /// A sentence; another canvas may still work.
    fn show(&mut self, size: (u32, u32), frame: &Frame<'_>) -> Result<(), String>;
}
