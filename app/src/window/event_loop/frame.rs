//! A frame: the interface runs once, and what it wishes for is done.

use super::App;
use crate::window::canvas::Frame;
use crate::window::chrome::theme;
use crate::window::drops::Drops;
use crate::window::portal;
use crate::window::shell::Wishes;
use egui::ViewportId;
use std::time::{Duration, Instant};
use winit::event_loop::ActiveEventLoop;
use winit::window::Fullscreen;

/// A window that has nothing of its document to show after this long shows itself anyway.
const FIRST_FRAME: Duration = Duration::from_millis(400);

/// How long the first frame waits for the desktop to say whether it is dark.
const DESKTOP: Duration = Duration::from_millis(100);

impl App {
    /// Runs the interface once, and shows it unless it has nothing to show yet.
    pub(super) fn frame(&mut self, event_loop: &ActiveEventLoop) {
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
            portal::ask(&opened.window, self.chosen.clone(), self.waker.bell());
        }
    }

    /// A window that is made an icon is not always told so.
    pub(super) fn notice_minimized(&mut self) {
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
    pub(super) fn listen_unseen(&mut self, event_loop: &ActiveEventLoop) {
        if let Some(opened) = &mut self.opened {
            self.shell.look_at = None;
            self.shell.listen(Instant::now(), opened.canvas.as_mut());
            self.repaint_at = self.shell.look_at;
            self.follow_wishes(event_loop);
        }
    }
}
