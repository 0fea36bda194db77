//! winit: events in, frames out. Nothing is drawn unless something has happened.

mod display;
mod frame;
mod opened;

use super::canvas::Choice;
use super::chrome::Banner;
use super::desktop::Desktop;
use super::drops::Drops;
use super::keys::KeyMap;
use super::opening::Origin;
use super::remote::Remote;
use super::shell::Shell;
use super::store::{Settings, Store};
use super::waker::Waker;
use super::{clipboard, configured, desktop, instance, renderers};
use crate::config::Config;
use crossbeam_channel::{Receiver, Sender, unbounded};
use opened::Opened;
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Instant;
use winit::application::ApplicationHandler;
use winit::event::{StartCause, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoopProxy};
use winit::window::WindowId;

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
    let wants = desktop::listen(waker.bell());
    let mut shell = Shell::new(renderers, keys, store, waker.clone());
    shell.remote = Some(Remote::new(waker.bell()));
    configured::apply(config, &mut shell);
    shell
        .banners
        .extend(mistakes.into_iter().map(Banner::warning));
    shell.open_at_start(origins);
    let event_loop = display::event_loop()?;
    let proxy = event_loop.create_proxy();
    let ring = proxy.clone();
    // The loop that is gone needs no waking.
    waker.leads_to(move || drop(ring.send_event(Wake::News)));
    let (chosen, files) = unbounded();
    let _listening = match alone {
        true => None,
        false => instance::listen(chosen.clone(), waker.bell()),
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

impl App {
    fn redraw(&mut self, event_loop: &ActiveEventLoop) {
        // A hidden window is sent no request to draw.
        match &self.opened {
            Some(opened) if opened.is_shown => opened.window.request_redraw(),
            _ => self.frame(event_loop),
        }
    }
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
