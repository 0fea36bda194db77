//! The canvas that needs no GPU and no driver: our own rasteriser into memory
//! that the window system shows (`x11`, and softbuffer on Wayland).

mod raster;
mod x11;

use super::{Canvas, Filter, Frame, Pixels, Tone, Toned};
use egui::epaint::{ImageData, ImageDelta, Primitive};
use egui::{ClippedPrimitive, TextureId};
use raster::{Clip, Target, Texture};
use softbuffer::{Context, Surface};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use winit::event_loop::OwnedDisplayHandle;
use winit::raw_window_handle::{HasWindowHandle, RawWindowHandle};
use winit::window::Window;
use x11::X11;

/// Bytes of textures, which are memory of this process: three screens of 4K.
const TEXTURE_BYTES: usize = 96 * 1024 * 1024;

/// Longest side of a texture: no hardware says less.
const MAX_SIDE: usize = 16 * 1024;

/// A window's memory, and the textures.
pub(super) struct Software {
    shown: Shown,
    textures: Textures,
}

/// Where pixels go.
enum Shown {
    X11(Box<X11>, Vec<u32>),
    Wayland(Surface<OwnedDisplayHandle, Arc<Window>>),
}

impl Software {
    /// Connects to the window system.
    ///
    /// # Errors
    ///
    /// What the window system says.
    pub(super) fn new(display: OwnedDisplayHandle, window: Arc<Window>) -> Result<Self, String> {
        let words = |error: softbuffer::SoftBufferError| error.to_string();
        let shown = match x11_window(&window) {
            Some(number) => Shown::X11(Box::new(X11::new(number)?), Vec::new()),
            None => {
                let context = Context::new(display).map_err(words)?;
                Shown::Wayland(Surface::new(&context, window).map_err(words)?)
            }
        };
        Ok(Self {
            shown,
            textures: Textures::default(),
        })
    }
}

/// The number of the window where the window system is X11.
fn x11_window(window: &Window) -> Option<u32> {
    match window.window_handle().ok()?.as_raw() {
        RawWindowHandle::Xlib(handle) => u32::try_from(handle.window).ok(),
        RawWindowHandle::Xcb(handle) => Some(handle.window.get()),
        _ => None,
    }
}

impl Canvas for Software {
    fn name(&self) -> String {
        "CPU".to_owned()
    }

    fn texture_bytes(&self) -> usize {
        TEXTURE_BYTES
    }

    fn max_texture_side(&self) -> usize {
        MAX_SIDE
    }

    fn upload(&mut self, pixels: Pixels, filter: Filter) -> TextureId {
        self.textures.insert(texture(&pixels, filter))
    }

    fn toned(&mut self, texture: TextureId, tone: Tone) -> TextureId {
        self.textures.toned(texture, tone)
    }

    fn remove(&mut self, texture: TextureId) {
        self.textures.remove(texture);
    }

    fn show(&mut self, size: (u32, u32), frame: &Frame<'_>) -> Result<(), String> {
        self.textures.change(frame);
        let words = |error: softbuffer::SoftBufferError| error.to_string();
        if let (Some(width), Some(height)) = (NonZeroU32::new(size.0), NonZeroU32::new(size.1)) {
            match &mut self.shown {
                Shown::X11(x11, pixels) => {
                    let side = |side: NonZeroU32| u16::try_from(side.get());
                    let too_large = |_| "a window is at most 65,535 pixels wide and high";
                    let sides = (
                        side(width).map_err(too_large)?,
                        side(height).map_err(too_large)?,
                    );
                    pixels.resize(usize::from(sides.0) * usize::from(sides.1), 0);
                    draw(pixels, size, frame, &self.textures.all);
                    x11.show(sides, pixels)?;
                }
                Shown::Wayland(surface) => {
                    surface.resize(width, height).map_err(words)?;
                    let mut buffer = surface.buffer_mut().map_err(words)?;
                    draw(&mut buffer, size, frame, &self.textures.all);
                    buffer.present().map_err(words)?;
                }
            }
        }
        self.textures.end(frame);
        Ok(())
    }
}

/// All textures: pages, pages in other tones, and egui's own.
#[derive(Default)]
struct Textures {
    all: HashMap<TextureId, Texture>,
    toned: Toned<TextureId>,
    next: u64,
}

impl Textures {
    fn insert(&mut self, texture: Texture) -> TextureId {
        let id = TextureId::User(self.next);
        self.next += 1;
        self.all.insert(id, texture);
        id
    }

    fn toned(&mut self, texture: TextureId, tone: Tone) -> TextureId {
        if let Some(toned) = self.toned.get(texture, tone) {
            return toned;
        }
        let page = self.all.get(&texture);
        let Some((page, formula)) = page.zip(tone.formula()) else {
            return texture;
        };
        let toned = page.toned(|texel| formula.apply(texel));
        let id = self.insert(toned);
        self.toned.insert(texture, tone, id);
        id
    }

    fn remove(&mut self, texture: TextureId) {
        for texture in self.toned.remove(texture).into_iter().chain([texture]) {
            self.all.remove(&texture);
        }
    }

    /// Takes what a frame changes before it is drawn.
    fn change(&mut self, frame: &Frame<'_>) {
        for (id, deltas) in &frame.textures.set {
            for delta in deltas {
                change(&mut self.all, *id, delta);
            }
        }
    }

    /// Gives up what no frame needs any more.
    fn end(&mut self, frame: &Frame<'_>) {
        for id in &frame.textures.free {
            self.all.remove(id);
        }
        for toned in self.toned.unused() {
            self.remove(toned);
        }
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
    textures: Textures,
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
        self.textures.insert(texture(&pixels, filter))
    }

    fn toned(&mut self, texture: TextureId, tone: Tone) -> TextureId {
        self.textures.toned(texture, tone)
    }

    fn remove(&mut self, texture: TextureId) {
        self.textures.remove(texture);
    }

    fn show(&mut self, size: (u32, u32), frame: &Frame<'_>) -> Result<(), String> {
        self.textures.change(frame);
        self.pixels.resize((size.0 * size.1) as usize, 0);
        draw(&mut self.pixels, size, frame, &self.textures.all);
        self.textures.end(frame);
        Ok(())
    }
}
