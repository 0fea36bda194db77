//! The canvas that needs no GPU and no driver: our own rasteriser into memory
//! that the window system shows (softbuffer).

mod raster;

use super::{Canvas, Filter, Frame, Pixels};
use egui::epaint::{ImageData, ImageDelta, Primitive};
use egui::{ClippedPrimitive, TextureId};
use raster::{Clip, Target, Texture};
use softbuffer::{Context, Surface};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use winit::event_loop::OwnedDisplayHandle;
use winit::window::Window;

/// Longest side of a texture: no hardware says less.
const MAX_SIDE: usize = 16 * 1024;

/// A window's memory, and the textures.
pub(super) struct Software {
    surface: Surface<OwnedDisplayHandle, Arc<Window>>,
    textures: HashMap<TextureId, Texture>,
    next: u64,
}

impl Software {
    /// Connects to the window system.
    ///
    /// # Errors
    ///
    /// What the window system says.
    pub(super) fn new(display: OwnedDisplayHandle, window: Arc<Window>) -> Result<Self, String> {
        let words = |error: softbuffer::SoftBufferError| error.to_string();
        let context = Context::new(display).map_err(words)?;
        Ok(Self {
            surface: Surface::new(&context, window).map_err(words)?,
            textures: HashMap::new(),
            next: 0,
        })
    }
}

impl Canvas for Software {
    fn name(&self) -> String {
        "CPU".to_owned()
    }

    fn max_texture_side(&self) -> usize {
        MAX_SIDE
    }

    fn upload(&mut self, pixels: Pixels, filter: Filter) -> TextureId {
        let id = TextureId::User(self.next);
        self.next += 1;
        self.textures.insert(id, texture(&pixels, filter));
        id
    }

    fn remove(&mut self, texture: TextureId) {
        self.textures.remove(&texture);
    }

    fn show(&mut self, size: (u32, u32), frame: &Frame<'_>) -> Result<(), String> {
        for (id, deltas) in &frame.textures.set {
            for delta in deltas {
                change(&mut self.textures, *id, delta);
            }
        }
        let words = |error: softbuffer::SoftBufferError| error.to_string();
        if let (Some(width), Some(height)) = (NonZeroU32::new(size.0), NonZeroU32::new(size.1)) {
            self.surface.resize(width, height).map_err(words)?;
            let mut buffer = self.surface.buffer_mut().map_err(words)?;
            draw(&mut buffer, size, frame, &self.textures);
            buffer.present().map_err(words)?;
        }
        for id in &frame.textures.free {
            self.textures.remove(id);
        }
        Ok(())
    }
}

fn texture(pixels: &Pixels, filter: Filter) -> Texture {
    let (rgba, _) = pixels.rgba.as_chunks::<4>();
    let (mut texels, mut least) = (Vec::with_capacity(rgba.len()), u32::MAX);
    texels.extend(rgba.iter().map(|pixel| {
        let texel = u32::from_be_bytes(*pixel).rotate_right(8);
        least &= texel;
        texel
    }));
    Texture {
        width: pixels.width as usize,
        height: pixels.height as usize,
        opaque: least >> 24 == 255,
        texels,
        linear: filter == Filter::Linear,
    }
}

fn draw(
    pixels: &mut [u32],
    (width, height): (u32, u32),
    frame: &Frame<'_>,
    textures: &HashMap<TextureId, Texture>,
) {
    pixels.fill(raster::pack(frame.background));
    let side = |v: u32| i32::try_from(v).unwrap_or(0);
    let mut target = Target {
        pixels,
        width: side(width),
        height: side(height),
    };
    for ClippedPrimitive {
        clip_rect,
        primitive,
    } in frame.primitives
    {
        let Primitive::Mesh(mesh) = primitive else {
            continue;
        };
        let Some(texture) = textures.get(&mesh.texture_id) else {
            continue;
        };
        let edge = |v: f32| (v * frame.pixels_per_point).round() as i32;
        let clip = Clip {
            left: edge(clip_rect.min.x),
            top: edge(clip_rect.min.y),
            right: edge(clip_rect.max.x),
            bottom: edge(clip_rect.max.y),
        };
        raster::mesh(&mut target, clip, frame.pixels_per_point, mesh, texture);
    }
}

/// Applies a change of one of egui's own textures (its letters).
fn change(textures: &mut HashMap<TextureId, Texture>, id: TextureId, delta: &ImageDelta) {
    let ImageData::Color(image) = &delta.image;
    let [width, height] = image.size;
    let texels = || image.pixels.iter().copied().map(raster::pack);
    let Some([left, top]) = delta.pos else {
        let texture = Texture {
            width,
            height,
            texels: texels().collect(),
            opaque: false,
            linear: false,
        };
        textures.insert(id, texture);
        return;
    };
    let Some(texture) = textures.get_mut(&id) else {
        return;
    };
    let patch: Vec<u32> = texels().collect();
    for (y, line) in (top..texture.height).zip(patch.chunks_exact(width.max(1))) {
        let start = y * texture.width + left;
        if let Some(row) = texture.texels.get_mut(start..start + width) {
            row.copy_from_slice(line);
        }
    }
}

/// The same without a window, for tests of what is drawn.
#[cfg(test)]
#[derive(Default)]
pub(crate) struct Memory {
    textures: HashMap<TextureId, Texture>,
    next: u64,
    /// The last frame, `0x00RRGGBB`.
    pub(crate) pixels: Vec<u32>,
}

#[cfg(test)]
impl Canvas for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn max_texture_side(&self) -> usize {
        MAX_SIDE
    }

    fn upload(&mut self, pixels: Pixels, filter: Filter) -> TextureId {
        let id = TextureId::User(self.next);
        self.next += 1;
        self.textures.insert(id, texture(&pixels, filter));
        id
    }

    fn remove(&mut self, texture: TextureId) {
        self.textures.remove(&texture);
    }

    fn show(&mut self, size: (u32, u32), frame: &Frame<'_>) -> Result<(), String> {
        for (id, deltas) in &frame.textures.set {
            for delta in deltas {
                change(&mut self.textures, *id, delta);
            }
        }
        self.pixels.resize((size.0 * size.1) as usize, 0);
        draw(&mut self.pixels, size, frame, &self.textures);
        for id in &frame.textures.free {
            self.textures.remove(id);
        }
        Ok(())
    }
}
