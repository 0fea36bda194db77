//! winit: events in, frames out. Nothing is drawn unless something has happened.

use super::canvas::{self, Canvas, Choice, Frame};
use super::chrome::{Banner, letters, theme};
use super::clipboard::{self, Clipboard};
use super::desktop::Desktop;
use super::drops::Drops;
use super::keys::KeyMap;
use super::opening::Origin;
use super::remote::Remote;
use super::renderers;
use super::shell::{Shell, Waker, Wishes};
use super::store::Settings;
use super::store::Store;
use super::{configured, desktop, instance, portal};
use crate::config::Config;
use crossbeam_channel::{Receiver, Sender, unbounded};
use egui::{Context, ViewportId};
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use winit::application::ApplicationHandler;
use winit::dpi::LogicalSize;
use winit::event::{StartCause, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop, EventLoopProxy};
use winit::keyboard::ModifiersState;
use winit::window::{Fullscreen, Window, WindowId};

/// A window that has nothing of its document to show after this long shows itself anyway.
const FIRST_FRAME: Duration = Duration::from_millis(400);

/// How long the first frame waits for the desktop to say whether it is dark.
const DESKTOP: Duration = Duration::from_millis(100);

/// Size of a window that nobody has resized, in points.
const SIZE: (f64, f64) = (1100.0, 860.0);

/// What wakes the loop beside the window system.
#[derive(Debug)]
pub(super) enum Wake {
    /// There is news, or files were chosen.
    News,
    /// The system asks for the end.
    Quit,
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
    config: (&Config, Vec<String>),
    alone: bool,
) -> Result<(), String> {
    // The sandbox and the document start before there is a window.
    let waker = Waker::default();
    let (config, mistakes) = config;
    let renderers = renderers::start(config.renderer.limits());
    let listener = Arc::clone(&waker);
    let wants = desktop::listen(move || {
        if let Some(wake) = listener.get() {
            wake();
        }
    });
    let mut shell = Shell::new(renderers, keys, store, Arc::clone(&waker));
    let listener = Arc::clone(&waker);
    shell.remote = Some(Remote::new(move || {
        if let Some(wake) = listener.get() {
            wake();
        }
    }));
    configured::apply(config, &mut shell);
    shell
        .banners
        .extend(mistakes.into_iter().map(Banner::warning));
    shell.open_at_start(origins);
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
        wants,
        told: false,
        looks: None,
        opened: None,
        error: None,
        started: Instant::now(),
        repaint_at: None,
        occluded: false,
        dropped: Vec::new(),
    };
    quit_at_signals(app.proxy.clone());
    let ended = event_loop.run_app(&mut app);
    // What is left to do may take a moment, and a thread that waits for a file system may
    // outlive everything else: the window does not stay for them.
    if let Some(opened) = app.opened.take() {
        // The thread would keep the connection, and with it what was not told to the server.
        opened.window.set_visible(false);
    }
    // Also when the display has gone away under the window.
    app.shell.stop_all_copies();
    app.shell.remember_all();
    ended.map_err(|error| error.to_string())?;
    app.error.map_or(Ok(()), Err)
}

/// Ends the window as its close button does when the system asks for the end.
fn quit_at_signals(proxy: EventLoopProxy<Wake>) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let Ok((mut heard, said)) = UnixStream::pair() else {
        return;
    };
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        // Where it cannot be caught it ends the process, as it always did.
        let end = said.try_clone();
        let _ = end.and_then(|end| signal_hook::low_level::pipe::register(signal, end));
    }
    let wait = move || {
        if heard.read_exact(&mut [0]).is_ok() {
            let _ = proxy.send_event(Wake::Quit);
        }
    };
    let _ = thread::Builder::new()
        .name("signals".to_owned())
        .spawn(wait);
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
    UnixStream::connect(PathBuf::from(folder).join(name)).is_ok()
}

struct App {
    shell: Shell,
    gpu: Choice,
    proxy: EventLoopProxy<Wake>,
    chosen: Sender<Vec<Origin>>,
    files: Receiver<Vec<Origin>>,
    waker: Waker,
    /// What the desktop wants.
    wants: Receiver<Desktop>,
    /// Whether the desktop has answered.
    told: bool,
    /// What the chrome looks like after.
    looks: Option<(Desktop, Settings)>,
    opened: Option<Opened>,
    error: Option<String>,
    started: Instant,
    repaint_at: Option<Instant>,
    /// The system has said that nothing of the window is seen.
    occluded: bool,
    /// Files that were dropped and are not opened yet.
    dropped: Vec<Origin>,
}

/// What there is once there is a window. The canvas goes before its window.
struct Opened {
    canvas: Box<dyn Canvas>,
    input: egui_winit::State,
    window: Arc<Window>,
    clipboard: Clipboard,
    held: ModifiersState,
    /// Files dropped on it, where winit does not tell.
    drops: Option<Drops>,
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
        letters::install(&context);
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
        let (chosen, ring) = (self.chosen.clone(), self.proxy.clone());
        let wake = move || drop(ring.send_event(Wake::News));
        let drops = Drops::listen(event_loop.owned_display_handle(), chosen, wake);
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

    /// Runs the interface once, and shows it unless it has nothing to show yet.
    fn frame(&mut self, event_loop: &ActiveEventLoop) {
        while let Ok(files) = self.files.try_recv() {
            self.shell.open_named(files);
            if let Some(opened) = &self.opened {
                opened.window.focus_window();
            }
        }
        self.follow_desktop();
        let Some(opened) = &mut self.opened else {
            return;
        };
        let mut raw = opened.input.take_egui_input(&opened.window);
        if opened.drops.as_ref().is_some_and(Drops::is_over) {
            raw.hovered_files.push(egui::HoveredFile::default());
        }
        raw.system_theme = self.shell.desktop.theme.or(raw.system_theme);
        let context = opened.input.egui_ctx().clone();
        let shell = &mut self.shell;
        let canvas = opened.canvas.as_mut();
        let title = shell.title();
        let output = context.run_ui(raw, |ui| {
            let root = egui::accesskit_root_id();
            ui.ctx()
                .accesskit_node_builder(root, |node| node.set_label(title.as_str()));
            shell.ui(ui, canvas);
        });
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
        let repaint_at = Instant::now().checked_add(wait);
        // egui looks a little early, which for a frame is too early.
        self.repaint_at = repaint_at.into_iter().chain(self.shell.look_at).min();
        self.show_window();
        self.follow_wishes(event_loop);
    }

    /// Makes the chrome look as the desktop and the user want it.
    fn follow_desktop(&mut self) {
        if let Some(desktop) = self.wants.try_iter().last() {
            self.shell.desktop = desktop;
            self.told = true;
        }
        let looks = (self.shell.desktop, self.shell.store.settings());
        if let Some(opened) = &self.opened
            && self.looks != Some(looks)
        {
            theme::apply(opened.input.egui_ctx(), looks.0, looks.1);
            self.looks = Some(looks);
        }
    }

    /// The first frame that is seen has the page on it, unless that takes long.
    fn show_window(&mut self) {
        let Some(opened) = &mut self.opened else {
            return;
        };
        let title = self.shell.title();
        if opened.title != title {
            opened.window.set_title(&title);
            opened.title = title;
        }
        if opened.is_shown {
            return;
        }
        let waited = self.started.elapsed();
        let has_looks = self.told || waited >= DESKTOP;
        if (self.shell.is_worth_showing() && has_looks) || waited >= FIRST_FRAME {
            opened.is_shown = true;
            opened.window.set_visible(true);
            opened.window.request_redraw();
        } else {
            let late = self.started + if has_looks { FIRST_FRAME } else { DESKTOP };
            self.repaint_at = Some(self.repaint_at.map_or(late, |at| at.min(late)));
        }
    }

    fn follow_wishes(&mut self, event_loop: &ActiveEventLoop) {
        let Wishes {
            quit,
            full_screen,
            ask_for_files,
            ask_where,
            copy,
            picture,
            offer,
            raise,
        } = std::mem::take(&mut self.shell.wishes);
        if let Some(opened) = &mut self.opened {
            opened.clipboard.hand_out(copy, offer);
            if let Some(Err(error)) = picture.map(|png| opened.clipboard.give_picture(png)) {
                self.shell
                    .toast(format!("The clipboard takes no picture: {error}"));
            }
        }
        if quit {
            event_loop.exit();
        }
        if let Some(opened) = self.opened.as_ref().filter(|_| raise) {
            opened.window.set_minimized(false);
            opened.window.focus_window();
        }
        if let (Some(on), Some(opened)) = (full_screen, &self.opened) {
            opened
                .window
                .set_fullscreen(on.then_some(Fullscreen::Borderless(None)));
        }
        if let (Some(wanted), Some(opened)) = (ask_where, &self.opened) {
            let chosen = self.shell.place_teller(&wanted);
            portal::ask_where(&opened.window, wanted, chosen);
        }
        if let (true, Some(opened)) = (ask_for_files, &self.opened) {
            let waker = Arc::clone(&self.waker);
            portal::ask(&opened.window, self.chosen.clone(), move || {
                if let Some(wake) = waker.get() {
                    wake();
                }
            });
        }
    }

    /// A window that is made an icon is not always told so.
    fn notice_minimized(&mut self) {
        if let Some(opened) = self
            .opened
            .as_ref()
            .filter(|_| self.shell.look_at.is_some())
            && opened.window.is_minimized() == Some(true)
        {
            self.shell.hidden = true;
        }
    }

    /// A sound goes on where nobody sees the window, and is still paused by media keys.
    fn listen_unseen(&mut self, event_loop: &ActiveEventLoop) {
        if let Some(opened) = &mut self.opened {
            self.shell.look_at = None;
            self.shell.listen(Instant::now(), opened.canvas.as_mut());
            self.repaint_at = self.shell.look_at;
            self.follow_wishes(event_loop);
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
            WindowEvent::RedrawRequested => {
                self.shell.hidden = self.occluded;
                return self.frame(event_loop);
            }
            WindowEvent::CloseRequested => return event_loop.exit(),
            WindowEvent::Occluded(hidden) => {
                (self.occluded, self.shell.hidden) = (*hidden, *hidden);
                if !hidden {
                    self.redraw(event_loop);
                }
                return;
            }
            // Those that are dropped together come one after the other.
            WindowEvent::DroppedFile(path) => self.dropped.push(Origin::Path(path.clone())),
            _ => {}
        }
        if let WindowEvent::ModifiersChanged(held) = &event {
            opened.held = held.state();
        }
        if clipboard::is_paste(&event, opened.held) {
            if opened.input.egui_ctx().text_edit_focused() {
                if let Some(text) = opened.clipboard.text() {
                    opened.input.set_clipboard_text(text);
                }
            } else {
                let files = opened.clipboard.files();
                self.shell
                    .open_named(files.into_iter().map(Origin::Path).collect());
            }
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
        if matches!(wake, Wake::Quit) {
            return event_loop.exit();
        }
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
        if self.shell.hidden {
            self.listen_unseen(event_loop);
        }
        self.redraw(event_loop);
    }

    fn new_events(&mut self, event_loop: &ActiveEventLoop, cause: StartCause) {
        if matches!(cause, StartCause::ResumeTimeReached { .. }) {
            self.repaint_at = None;
            self.notice_minimized();
            // What moves goes on when it is seen again, which the system tells.
            if !self.shell.hidden {
                self.redraw(event_loop);
            } else {
                self.listen_unseen(event_loop);
            }
        }
    }

    fn about_to_wait(&mut self, event_loop: &ActiveEventLoop) {
        self.shell.open_named(std::mem::take(&mut self.dropped));
        let drops = self
            .opened
            .as_mut()
            .and_then(|opened| opened.drops.as_mut());
        if drops.is_some_and(Drops::look) {
            self.redraw(event_loop);
        }
        let flow = match self.repaint_at {
            Some(at) => ControlFlow::WaitUntil(at),
            None => ControlFlow::Wait,
        };
        event_loop.set_control_flow(flow);
    }
}
