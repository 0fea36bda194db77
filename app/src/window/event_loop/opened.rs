//! What there is once there is a window.

use super::App;
use crate::window::canvas::{self, Canvas};
use crate::window::chrome::letters;
use crate::window::clipboard::Clipboard;
use crate::window::drops::Drops;
use egui::{Context, ViewportId};
use std::sync::Arc;
use winit::dpi::LogicalSize;
use winit::event_loop::ActiveEventLoop;
use winit::keyboard::ModifiersState;
use winit::window::Window;

/// Size of a window that nobody has resized, in points.
const SIZE: (f64, f64) = (1100.0, 860.0);

/// What there is once there is a window. The canvas goes before its window.
pub(super) struct Opened {
    pub(super) canvas: Box<dyn Canvas>,
    pub(super) input: egui_winit::State,
    pub(super) window: Arc<Window>,
    pub(super) clipboard: Clipboard,
    pub(super) held: ModifiersState,
    /// Files dropped on it, where winit does not tell.
    pub(super) drops: Option<Drops>,
    pub(super) is_shown: bool,
    pub(super) title: String,
}

impl App {
    pub(super) fn open_window(&mut self, event_loop: &ActiveEventLoop) -> Result<Opened, String> {
        let attributes = Window::default_attributes()
            .with_title("Pellucid")
            .with_visible(false)
            .with_min_inner_size(LogicalSize::new(360.0, 200.0))
            .with_inner_size(size(event_loop));
        #[cfg(any(target_os = "linux", target_os = "freebsd"))]
        let attributes = {
            use winit::platform::wayland::WindowAttributesExtWayland;
            // The desktop entry's name, on X11 the class.
            WindowAttributesExtWayland::with_name(attributes, "pellucid", "pellucid")
        };
        let window = event_loop
            .create_window(attributes)
            .map_err(|error| error.to_string())?;
        let window = Arc::new(window);
        let canvas = canvas::open(self.gpu, &event_loop.owned_display_handle(), &window)
            .map_err(|error| format!("nothing can be drawn on this display: {error}"))?;
        let context = Context::default();
        letters::install(&context, self.waker.bell());
        // Ctrl and + are the document's.
        context.options_mut(|options| options.zoom_with_keyboard = false);
        let mut input = egui_winit::State::new(
            context,
            ViewportId::ROOT,
            &*window,
            Some(window.scale_factor() as f32),
            window.theme(),
            Some(canvas.max_texture_side()),
        );
        input.init_accesskit(event_loop, &window, self.proxy.clone());
        self.shell.canvas_name = canvas.name();
        let title = String::new();
        let (chosen, bell) = (self.chosen.clone(), self.waker.bell());
        let drops = Drops::listen(event_loop.owned_display_handle(), chosen, bell);
        Ok(Opened {
            canvas,
            input,
            window,
            clipboard: Clipboard::default(),
            held: ModifiersState::default(),
            drops,
            is_shown: false,
            title,
        })
    }
}

/// The usual size, or less where the monitor is smaller.
fn size(event_loop: &ActiveEventLoop) -> LogicalSize<f64> {
    let monitor = event_loop
        .primary_monitor()
        .or_else(|| event_loop.available_monitors().next());
    let Some(monitor) = monitor else {
        return LogicalSize::new(SIZE.0, SIZE.1);
    };
    let space: LogicalSize<f64> = monitor.size().to_logical(monitor.scale_factor());
    LogicalSize::new(
        SIZE.0.min(space.width * 0.9),
        SIZE.1.min(space.height * 0.9),
    )
}
