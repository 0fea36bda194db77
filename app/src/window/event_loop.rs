//! winit: events in, frames out. Nothing is drawn unless something has happened.

use super::canvas::{self, Canvas, Choice, Frame};
use super::chrome::theme;
use super::clipboard::Clipboard;
use super::keys::KeyMap;
use super::opening::Origin;
use super::renderers::Renderers;
use super::shell::{Shell, Waker, Wishes};
use super::store::Store;
use super::{instance, portal, tab};
use crate::broker::limits::Limits;
use crossbeam_channel::{Receiver, Sender, unbounded};
use egui::{Context, ViewportId};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use winit::application::ApplicationHandler;
use winit::dpi::LogicalSize;
use winit::event::{StartCause, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop, EventLoopProxy};
use winit::keyboard::ModifiersState;
use winit::window::{Fullscreen, Window, WindowId};

/// A window that has nothing of its document to show after this long shows itself anyway.
const FIRST_FRAME: Duration = Duration::from_millis(400);

/// Size of a window that nobody has resized, in points.
const SIZE: (f64, f64) = (1100.0, 860.0);

/// What wakes the loop beside the window system.
#[derive(Debug)]
pub(super) enum Wake {
    /// There is news, or files were chosen.
    News,
    /// A screen reader asks.
    Access(Box<egui_winit::accesskit_winit::Event>),
}

impl From<egui_winit::accesskit_winit::Event> for Wake {
    fn from(event: egui_winit::accesskit_winit::Event) -> Self {
        Self::Access(Box::new(event))
    }
}

/// Runs until the window is closed.
///
/// # Errors
///
/// A sentence that says why there is no window.
pub(super) fn run(
    origins: Vec<Origin>,
    gpu: Choice,
    keys: KeyMap,
    store: Store,
    alone: bool,
) -> Result<(), String> {
    // The sandbox and the document start before there is a window.
    let waker = Waker::default();
    let renderers = Renderers::start(Limits::default());
    let mut shell = Shell::new(renderers, keys, store, Arc::clone(&waker));
    shell.open(origins);
    let event_loop = event_loop()?;
    let proxy = event_loop.create_proxy();
    let ring = proxy.clone();
    // The loop that is gone needs no waking.
    let wake = move || drop(ring.send_event(Wake::News));
    let _ = waker.set(Box::new(wake));
    let (chosen, files) = unbounded();
    let ring = proxy.clone();
    let _listening = match alone {
        true => None,
        false => instance::listen(chosen.clone(), move || drop(ring.send_event(Wake::News))),
    };
    let mut app = App {
        shell,
        gpu,
        proxy,
        chosen,
        files,
        waker,
        opened: None,
        error: None,
        started: Instant::now(),
        repaint_at: None,
    };
    event_loop
        .run_app(&mut app)
        .map_err(|error| error.to_string())?;
    app.shell.remember_all();
    app.error.map_or(Ok(()), Err)
}

/// The event loop of the window system that answers.
fn event_loop() -> Result<EventLoop<Wake>, String> {
    let mut builder = EventLoop::<Wake>::with_user_event();
    #[cfg(any(target_os = "linux", target_os = "freebsd"))]
    if is_set("DISPLAY") && !wayland_answers() {
        // A Wayland socket without a compositor is no reason to have no window.
        winit::platform::x11::EventLoopBuilderExtX11::with_x11(&mut builder);
    } else if !is_set("DISPLAY") && !wayland_answers() {
        return Err(
            "there is no display: neither WAYLAND_DISPLAY nor DISPLAY leads to one".to_owned(),
        );
    }
    // winit panics where a library of the window system is missing.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let built = catch_unwind(AssertUnwindSafe(|| builder.build()));
    std::panic::set_hook(hook);
    match built {
        Ok(built) => built.map_err(|error| format!("the display cannot be used: {error}")),
        Err(cause) => {
            let words = cause.downcast_ref::<String>().map_or("", String::as_str);
            Err(format!(
                "a library of the window system is missing: {words}"
            ))
        }
    }
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// Whether somebody listens where Wayland should be.
fn wayland_answers() -> bool {
    let Some(name) = std::env::var_os("WAYLAND_DISPLAY").filter(|name| !name.is_empty()) else {
        return is_set("WAYLAND_SOCKET");
    };
    let folder = std::env::var_os("XDG_RUNTIME_DIR").unwrap_or_default();
    std::os::unix::net::UnixStream::connect(PathBuf::from(folder).join(name)).is_ok()
}

struct App {
    shell: Shell,
    gpu: Choice,
    proxy: EventLoopProxy<Wake>,
    chosen: Sender<Vec<Origin>>,
    files: Receiver<Vec<Origin>>,
    waker: Waker,
    opened: Option<Opened>,
    error: Option<String>,
    started: Instant,
    repaint_at: Option<Instant>,
}

/// What there is once there is a window. The canvas goes before its window.
struct Opened {
    canvas: Box<dyn Canvas>,
    input: egui_winit::State,
    window: Arc<Window>,
    clipboard: Clipboard,
    held: ModifiersState,
    is_shown: bool,
    title: String,
}

impl App {
    fn open_window(&mut self, event_loop: &ActiveEventLoop) -> Result<Opened, String> {
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
        theme::apply(&context);
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
        Ok(Opened {
            canvas,
            input,
            window,
            clipboard: Clipboard::default(),
            held: ModifiersState::default(),
            is_shown: false,
            title,
        })
    }

    /// Runs the interface once, and shows it unless it has nothing to show yet.
    fn frame(&mut self, event_loop: &ActiveEventLoop) {
        while let Ok(files) = self.files.try_recv() {
            self.shell.open(files);
            if let Some(opened) = &self.opened {
                opened.window.focus_window();
            }
        }
        let Some(opened) = &mut self.opened else {
            return;
        };
        let raw = opened.input.take_egui_input(&opened.window);
        let context = opened.input.egui_ctx().clone();
        let shell = &mut self.shell;
        let canvas = opened.canvas.as_mut();
        let output = context.run_ui(raw, |ui| shell.ui(ui, canvas));
        opened.clipboard.take(&output.platform_output);
        opened
            .input
            .handle_platform_output(&opened.window, output.platform_output);
        let (pixels_per_point, mut textures) = (output.pixels_per_point, output.textures_delta);
        let primitives = context.tessellate(output.shapes, pixels_per_point);
        let frame = Frame {
            primitives: &primitives,
            textures: &textures,
            pixels_per_point,
            background: context.style_of(context.theme()).visuals.panel_fill,
        };
        // Nobody sees what is drawn before the window is shown.
        let size = match opened.is_shown {
            true => opened.window.inner_size(),
            false => winit::dpi::PhysicalSize::default(),
        };
        let shown = opened.canvas.show((size.width, size.height), &frame);
        textures.clear();
        if let Err(error) = shown {
            self.error = Some(format!(
                "drawing failed: {error}; --gpu cpu draws without a driver"
            ));
            return event_loop.exit();
        }
        let wait = output
            .viewport_output
            .get(&ViewportId::ROOT)
            .map_or(Duration::MAX, |viewport| viewport.repaint_delay);
        self.repaint_at = Instant::now().checked_add(wait);
        self.show_window();
        self.follow_wishes(event_loop);
    }

    /// The first frame that is seen has the page on it, unless that takes long.
    fn show_window(&mut self) {
        let Some(opened) = &mut self.opened else {
            return;
        };
        let title = match self.shell.tab() {
            Some(tab) => format!("{} — Pellucid", tab::Tab::title(tab)),
            None => "Pellucid".to_owned(),
        };
        if opened.title != title {
            opened.window.set_title(&title);
            opened.title = title;
        }
        if opened.is_shown {
            return;
        }
        if self.shell.is_worth_showing() || self.started.elapsed() >= FIRST_FRAME {
            opened.is_shown = true;
            opened.window.set_visible(true);
            opened.window.request_redraw();
        } else {
            let late = self.started + FIRST_FRAME;
            self.repaint_at = Some(self.repaint_at.map_or(late, |at| at.min(late)));
        }
    }

    fn follow_wishes(&mut self, event_loop: &ActiveEventLoop) {
        let Wishes {
            quit,
            full_screen,
            ask_for_files,
        } = std::mem::take(&mut self.shell.wishes);
        if quit {
            event_loop.exit();
        }
        if let (Some(on), Some(opened)) = (full_screen, &self.opened) {
            opened
                .window
                .set_fullscreen(on.then_some(Fullscreen::Borderless(None)));
        }
        if ask_for_files {
            let waker = Arc::clone(&self.waker);
            portal::ask(self.chosen.clone(), move || {
                if let Some(wake) = waker.get() {
                    wake();
                }
            });
        }
    }

    fn redraw(&mut self, event_loop: &ActiveEventLoop) {
        // A hidden window is sent no request to draw.
        match &self.opened {
            Some(opened) if opened.is_shown => opened.window.request_redraw(),
            _ => self.frame(event_loop),
        }
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

impl ApplicationHandler<Wake> for App {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        if self.opened.is_some() {
            return;
        }
        match self.open_window(event_loop) {
            Ok(opened) => {
                self.opened = Some(opened);
                self.frame(event_loop);
            }
            Err(error) => {
                self.error = Some(error);
                event_loop.exit();
            }
        }
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        let Some(opened) = &mut self.opened else {
            return;
        };
        match &event {
            WindowEvent::RedrawRequested => return self.frame(event_loop),
            WindowEvent::CloseRequested => return event_loop.exit(),
            WindowEvent::DroppedFile(path) => {
                self.shell.open([Origin::named(path.clone())]);
            }
            _ => {}
        }
        if let WindowEvent::ModifiersChanged(held) = &event {
            opened.held = held.state();
        }
        if let Some(text) = opened.clipboard.pasted(&event, opened.held) {
            opened.input.set_clipboard_text(text);
        }
        let response = opened.input.on_window_event(&opened.window, &event);
        let resized = matches!(
            event,
            WindowEvent::Resized(_) | WindowEvent::ScaleFactorChanged { .. }
        );
        if response.repaint || resized || matches!(event, WindowEvent::DroppedFile(_)) {
            self.redraw(event_loop);
        }
    }

    fn user_event(&mut self, event_loop: &ActiveEventLoop, wake: Wake) {
        if let (Wake::Access(event), Some(opened)) = (wake, &mut self.opened) {
            use egui_winit::accesskit_winit::WindowEvent as Asked;
            match event.window_event {
                Asked::InitialTreeRequested => opened.input.egui_ctx().enable_accesskit(),
                Asked::ActionRequested(request) => {
                    opened.input.on_accesskit_action_request(request)
                }
                Asked::AccessibilityDeactivated => opened.input.egui_ctx().disable_accesskit(),
            }
        }
        self.redraw(event_loop);
    }

    fn new_events(&mut self, event_loop: &ActiveEventLoop, cause: StartCause) {
        if matches!(cause, StartCause::ResumeTimeReached { .. }) {
            self.repaint_at = None;
            self.redraw(event_loop);
        }
    }

    fn about_to_wait(&mut self, event_loop: &ActiveEventLoop) {
        let flow = match self.repaint_at {
            Some(at) => ControlFlow::WaitUntil(at),
            None => ControlFlow::Wait,
        };
        event_loop.set_control_flow(flow);
    }
}
