//! Pages in another tone, made on the GPU from what is there already.

use crate::window::canvas::tone::{Formula, Tone};
use egui_wgpu::wgpu;
use wgpu::util::DeviceExt;

/// The format of pages.
pub(super) const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// What draws a page in another tone.
pub(super) struct Toner {
    pipeline: wgpu::RenderPipeline,
}

impl Toner {
    pub(super) fn new(device: &wgpu::Device) -> Self {
        let shader = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("tone"),
            source: wgpu::ShaderSource::Wgsl(include_str!("../tone.wgsl").into()),
        });
        let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("tone"),
            layout: None,
            vertex: wgpu::VertexState {
                module: &shader,
                entry_point: Some("corner"),
                compilation_options: Default::default(),
                buffers: &[],
            },
            fragment: Some(wgpu::FragmentState {
                module: &shader,
                entry_point: Some("color"),
                compilation_options: Default::default(),
                targets: &[Some(FORMAT.into())],
            }),
            primitive: Default::default(),
            depth_stencil: None,
            multisample: Default::default(),
            multiview_mask: None,
            cache: None,
        });
        Self { pipeline }
    }

    /// A texture that shows `page` in this tone; `None` when that is as it is.
    pub(super) fn tone(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        page: &wgpu::Texture,
        tone: Tone,
    ) -> Option<wgpu::Texture> {
        let numbers = uniform(tone.formula()?);
        let toned = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("toned page"),
            size: page.size(),
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: FORMAT,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::RENDER_ATTACHMENT,
            view_formats: &[],
        });
        let buffer = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
            label: Some("tone"),
            contents: &numbers,
            usage: wgpu::BufferUsages::UNIFORM,
        });
        let (from, to) = (
            page.create_view(&Default::default()),
            toned.create_view(&Default::default()),
        );
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("tone"),
            layout: &self.pipeline.get_bind_group_layout(0),
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(&from),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: buffer.as_entire_binding(),
                },
            ],
        });
        let mut encoder = device.create_command_encoder(&Default::default());
        let attachment = wgpu::RenderPassColorAttachment {
            view: &to,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations {
                load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
                store: wgpu::StoreOp::Store,
            },
        };
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[Some(attachment)],
            ..Default::default()
        });
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &group, &[]);
        pass.draw(0..3, 0..1);
        drop(pass);
        queue.submit([encoder.finish()]);
        Some(toned)
    }
}

/// The formula as `tone.wgsl` takes it.
fn uniform(formula: Formula) -> Vec<u8> {
    let ((dark, light), number) = match formula {
        Formula::Turned => (([0; 3], [0; 3]), 0.0_f32),
        Formula::Channels(ends) => (ends, 1.0),
        Formula::Lightness(ends) => (ends, 2.0),
    };
    let share = |channel: u8| f32::from(channel) / 255.0;
    let dark = dark.map(share).into_iter().chain([0.0]);
    let light = light.map(share).into_iter().chain([number]);
    dark.chain(light).flat_map(f32::to_ne_bytes).collect()
}
