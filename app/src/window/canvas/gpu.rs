//! The canvas on a GPU: wgpu over Vulkan or OpenGL.

mod tone;

use super::{Canvas, Filter, Frame, Pixels, Tone, Toned};
use egui::TextureId;
use egui_wgpu::{Renderer, RendererOptions, ScreenDescriptor, wgpu};
use std::collections::HashMap;
use std::sync::Arc;
use tone::Toner;
use wgpu::{CurrentSurfaceTexture, DeviceType};
use winit::event_loop::OwnedDisplayHandle;
use winit::window::Window;

/// A window's surface on a device.
pub(super) struct Gpu {
    surface: wgpu::Surface<'static>,
    device: wgpu::Device,
    queue: wgpu::Queue,
    config: wgpu::SurfaceConfiguration,
    renderer: Renderer,
    /// Textures of pages; dropping one gives its memory back.
    pages: HashMap<TextureId, (wgpu::Texture, wgpu::FilterMode)>,
    /// Made when a page is first shown in another tone.
    toner: Option<Toner>,
    toned: Toned<TextureId>,
    info: wgpu::AdapterInfo,
}

impl Gpu {
    /// Takes the first adapter of these backends that can draw on the window.
    ///
    /// # Errors
    ///
    /// A sentence that says what is missing.
    pub(super) fn new(
        display: OwnedDisplayHandle,
        window: Arc<Window>,
        backends: wgpu::Backends,
    ) -> Result<Self, String> {
        let size = window.inner_size();
        let descriptor = wgpu::InstanceDescriptor {
            backends,
            display: Some(Box::new(display)),
            ..wgpu::InstanceDescriptor::new_without_display_handle()
        };
        let instance = wgpu::Instance::new(descriptor);
        let surface = instance
            .create_surface(window)
            .map_err(|error| error.to_string())?;
        let options = wgpu::RequestAdapterOptions {
            compatible_surface: Some(&surface),
            ..Default::default()
        };
        let adapter = pollster::block_on(instance.request_adapter(&options))
            .map_err(|error| error.to_string())?;
        let limits = wgpu::Limits::downlevel_webgl2_defaults().using_resolution(adapter.limits());
        let wanted = wgpu::DeviceDescriptor {
            required_limits: limits,
            ..Default::default()
        };
        let (device, queue) = pollster::block_on(adapter.request_device(&wanted))
            .map_err(|error| error.to_string())?;
        let formats = surface.get_capabilities(&adapter).formats;
        let format =
            egui_wgpu::preferred_framebuffer_format(&formats).map_err(|error| error.to_string())?;
        let mut config = surface
            .get_default_config(&adapter, size.width.max(1), size.height.max(1))
            .ok_or("the adapter cannot show on this window")?;
        config.format = format;
        config.present_mode = wgpu::PresentMode::AutoVsync;
        config.desired_maximum_frame_latency = 1;
        surface.configure(&device, &config);
        let renderer = Renderer::new(
            &device,
            format,
            RendererOptions {
                // Pages are shown bit by bit.
                dithering: false,
                ..Default::default()
            },
        );
        Ok(Self {
            surface,
            device,
            queue,
            config,
            renderer,
            pages: HashMap::new(),
            toner: None,
            toned: Toned::default(),
            info: adapter.get_info(),
        })
    }

    /// Whether a driver only pretends that there is a GPU.
    pub(super) fn is_software(&self) -> bool {
        self.info.device_type == DeviceType::Cpu || self.info.name.contains("llvmpipe")
    }

    fn resize(&mut self, (width, height): (u32, u32)) {
        if (self.config.width, self.config.height) != (width, height) {
            (self.config.width, self.config.height) = (width, height);
            self.surface.configure(&self.device, &self.config);
        }
    }

    /// The picture to draw into; `None` when nothing can be shown just now.
    fn next_picture(&mut self) -> Result<Option<wgpu::SurfaceTexture>, String> {
        for _ in 0..2 {
            match self.surface.get_current_texture() {
                CurrentSurfaceTexture::Success(texture)
                | CurrentSurfaceTexture::Suboptimal(texture) => return Ok(Some(texture)),
                CurrentSurfaceTexture::Timeout | CurrentSurfaceTexture::Occluded => {
                    return Ok(None);
                }
                CurrentSurfaceTexture::Outdated => {
                    self.surface.configure(&self.device, &self.config);
                }
                CurrentSurfaceTexture::Lost | CurrentSurfaceTexture::Validation => {
                    return Err("the GPU's surface is lost".to_owned());
                }
            }
        }
        Ok(None)
    }
}

impl Canvas for Gpu {
    fn name(&self) -> String {
        format!("{} ({})", self.info.name, self.info.backend)
    }

    fn max_texture_side(&self) -> usize {
        self.device.limits().max_texture_dimension_2d as usize
    }

    fn upload(&mut self, pixels: Pixels, filter: Filter) -> TextureId {
        let size = wgpu::Extent3d {
            width: pixels.width,
            height: pixels.height,
            depth_or_array_layers: 1,
        };
        let texture = self.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("page"),
            size,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: tone::FORMAT,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let layout = wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(pixels.width * 4),
            rows_per_image: None,
        };
        self.queue
            .write_texture(texture.as_image_copy(), &pixels.rgba, layout, size);
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let filter = match filter {
            Filter::Nearest => wgpu::FilterMode::Nearest,
            Filter::Linear => wgpu::FilterMode::Linear,
        };
        let id = self
            .renderer
            .register_native_texture(&self.device, &view, filter);
        self.pages.insert(id, (texture, filter));
        id
    }

    fn toned(&mut self, texture: TextureId, tone: Tone) -> TextureId {
        if let Some(toned) = self.toned.get(texture, tone) {
            return toned;
        }
        let Some((page, filter)) = self.pages.get(&texture) else {
            return texture;
        };
        let filter = *filter;
        let toner = self.toner.get_or_insert_with(|| Toner::new(&self.device));
        let Some(toned) = toner.tone(&self.device, &self.queue, page, tone) else {
            return texture;
        };
        let view = toned.create_view(&wgpu::TextureViewDescriptor::default());
        let id = self
            .renderer
            .register_native_texture(&self.device, &view, filter);
        self.pages.insert(id, (toned, filter));
        self.toned.insert(texture, tone, id);
        id
    }

    fn remove(&mut self, texture: TextureId) {
        for texture in self.toned.remove(texture).into_iter().chain([texture]) {
            self.renderer.free_texture(&texture);
            self.pages.remove(&texture);
        }
    }

    fn show(&mut self, size: (u32, u32), frame: &Frame<'_>) -> Result<(), String> {
        for (id, deltas) in &frame.textures.set {
            for delta in deltas {
                self.renderer
                    .update_texture(&self.device, &self.queue, *id, delta);
            }
        }
        if size.0 > 0 && size.1 > 0 {
            self.resize(size);
            if let Some(picture) = self.next_picture()? {
                self.draw(&picture, size, frame);
                self.queue.present(picture);
            }
        }
        for id in &frame.textures.free {
            self.renderer.free_texture(id);
        }
        for toned in self.toned.unused() {
            self.remove(toned);
        }
        Ok(())
    }
}

impl Gpu {
    fn draw(&mut self, picture: &wgpu::SurfaceTexture, size: (u32, u32), frame: &Frame<'_>) {
        let screen = ScreenDescriptor {
            size_in_pixels: size.into(),
            pixels_per_point: frame.pixels_per_point,
        };
        let mut encoder = self.device.create_command_encoder(&Default::default());
        let before = self.renderer.update_buffers(
            &self.device,
            &self.queue,
            &mut encoder,
            frame.primitives,
            &screen,
        );
        let view = picture.texture.create_view(&Default::default());
        let [r, g, b, a] = frame.background.to_array().map(|c| f64::from(c) / 255.0);
        let attachment = wgpu::RenderPassColorAttachment {
            view: &view,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations {
                load: wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a }),
                store: wgpu::StoreOp::Store,
            },
        };
        let pass = wgpu::RenderPassDescriptor {
            color_attachments: &[Some(attachment)],
            ..Default::default()
        };
        let mut pass = encoder.begin_render_pass(&pass).forget_lifetime();
        self.renderer.render(&mut pass, frame.primitives, &screen);
        drop(pass);
        self.queue
            .submit(before.into_iter().chain([encoder.finish()]));
    }
}
