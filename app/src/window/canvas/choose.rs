//! Which canvas a window gets.

use super::Canvas;
use super::gpu::Gpu;
use super::software::Software;
use egui_wgpu::wgpu::Backends;
use std::sync::Arc;
use winit::event_loop::OwnedDisplayHandle;
use winit::window::Window;

/// What the user wants to draw with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Choice {
    /// A real GPU where there is one, else the CPU
    #[default]
    Auto,
    /// Vulkan, a software driver too
    Vulkan,
    /// OpenGL, a software driver too
    Gl,
    /// Our own drawing, without any driver
    Cpu,
}

/// Opens the canvas that was chosen. Drivers that only pretend to be a GPU take
/// longer for a frame than our own drawing, so `auto` passes them over.
///
/// # Errors
///
/// A sentence that says what was tried and what it said.
pub(crate) fn open(
    choice: Choice,
    display: &OwnedDisplayHandle,
    window: &Arc<Window>,
) -> Result<Box<dyn Canvas>, String> {
    let gpu = |backends| Gpu::new(display.clone(), Arc::clone(window), backends);
    let cpu = || -> Result<Box<dyn Canvas>, String> {
        Ok(Box::new(Software::new(
            display.clone(),
            Arc::clone(window),
        )?))
    };
    match choice {
        Choice::Cpu => cpu(),
        Choice::Vulkan => Ok(Box::new(gpu(Backends::VULKAN)?)),
        Choice::Gl => Ok(Box::new(gpu(Backends::GL)?)),
        Choice::Auto if !may_have_gpu() => cpu(),
        Choice::Auto => match gpu(Backends::VULKAN | Backends::GL) {
            Ok(gpu) if !gpu.is_software() => Ok(Box::new(gpu)),
            _ => cpu(),
        },
    }
}

/// Whether the system has a device that a driver could drive; looking costs
/// nothing, and starting a driver that then only pretends costs a tenth of a second.
fn may_have_gpu() -> bool {
    let is_device = |name: &std::ffi::OsStr| {
        let name = name.to_string_lossy();
        name.starts_with("renderD") || name.starts_with("nvidia") || name.starts_with("card")
    };
    ["/dev/dri", "/dev/drm", "/dev"].iter().any(|folder| {
        std::fs::read_dir(folder)
            .is_ok_and(|entries| entries.flatten().any(|entry| is_device(&entry.file_name())))
    })
}
