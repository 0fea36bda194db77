//! Doing what a key, a button or the palette asks for.

use super::browse::To;
use super::listen::is_about_pages;
use super::marks::Awaited;
use super::{Blank, Overlay, Presentation, Shell, ThemePreference};
use crate::window::canvas::{Canvas, Tone};
use crate::window::chrome::Side;
use crate::window::chrome::chooser::Chooser;
use crate::window::document::player::Player;
use crate::window::document::view::Zoom;
use crate::window::keys::Action;
use crate::window::tab::{State, Tab};
use egui::Context;

/// How far an arrow key scrolls, in points.
const STEP: f64 = 60.0;

/// Said in full screen, and not any more after it.
const LEAVE: &str = "Press Esc to leave full screen";

impl Shell {
    /// Does an action.
    pub(crate) fn act(
        &mut self,
        action: Action,
        count: Option<u32>,
        ctx: &Context,
        canvas: &mut dyn Canvas,
    ) {
        match action {
            _ if self.hears() && is_about_pages(action) => {}
            Action::Open => self.ask_for_files(),
            Action::CloseTab if self.tabs.is_empty() => self.wishes.quit = true,
            Action::CloseTab => {
                self.close(self.current, canvas);
                self.wishes.quit = self.tabs.is_empty();
            }
            Action::Quit => self.wishes.quit = true,
            Action::ReopenTab => self.reopen(),
            Action::NextTab => self.show_next(1),
            Action::PreviousTab => self.show_next(-1),
            Action::Palette => self.toggle(Overlay::Palette(String::new(), 0)),
            Action::Help => self.toggle(Overlay::Help(String::new())),
            Action::Information => self.toggle(Overlay::Information),
            Action::Security => self.toggle(Overlay::Security),
            Action::Menu => self.toggle(Overlay::Menu(ctx.cumulative_frame_nr())),
            Action::SidePanel => self.side_panel = !self.side_panel,
            Action::FullScreen => self.set_full_screen(!self.full_screen),
            Action::Present => self.present(self.presenting.is_none()),
            Action::BlackScreen => self.blank(Blank::Black),
            Action::WhiteScreen => self.blank(Blank::White),
            Action::Tab => self.show_number(count),
            Action::Contrast => self.next_contrast(),
            Action::LargerInterface => self.resize_interface(1),
            Action::SmallerInterface => self.resize_interface(-1),
            Action::NormalInterface => self.resize_interface(0),
            Action::NextPane => self.pane = Some(true),
            Action::PreviousPane => self.pane = Some(false),
            Action::Reload => self.reload(self.current, canvas),
            Action::CopySelection => self.copy_shown(),
            Action::Copy => self.copy_flowing_or_path(ctx),
            Action::SaveCopy => self.ask_for_copy(false),
            Action::Print => self.ask_for_copy(true),
            Action::Find => self.begin_find(),
            Action::SetMark => self.wait_for(Awaited::SetMark),
            Action::GoToMark => self.wait_for(Awaited::GoToMark),
            Action::Hints => self.wait_for(Awaited::Hint),
            Action::AddBookmark => self.mark(None),
            Action::Bookmarks => self.show_side(Side::Marks),
            Action::Outline => self.show_side(Side::Outline),
            Action::FindNext => self.show_match(true),
            Action::FindPrevious => self.show_match(false),
            Action::SelectAll => self.select_all(),
            Action::Theme => self.next_theme(),
            Action::DarkPages => self.change_tone(|tone| match tone {
                Tone::Plain => Tone::Inverted,
                _ => Tone::Plain,
            }),
            Action::NextTone => {
                let colors = self.store.settings().colors;
                self.change_tone(|tone| tone.next(colors));
            }
            Action::PageColors => self.ask_for_colors(),
            Action::PlayPause => {
                if !self.pause_slides()
                    && !self.with_player(Player::toggle)
                    && !self.browse(To::By(1), canvas)
                {
                    self.act(Action::ScreenDown, count, ctx, canvas);
                }
            }
            Action::Strip => self.strip = !self.strip,
            Action::Grid => {
                self.grid = !self.grid;
                self.grid_opened = self.grid;
            }
            Action::Inspect => self.inspects = !self.inspects,
            Action::Compare => self.compare(canvas),
            Action::CompareInPlace => self.compare_in_place(canvas),
            Action::Exchange => self.exchange_compared(),
            Action::KeepView => {
                self.keeps_view = !self.keeps_view;
                self.toast(match self.keeps_view {
                    true => "The next picture is shown at the same size and place",
                    false => "Each picture is shown whole",
                });
            }
            Action::MirrorAcross => self.mirror(|mirrored| mirrored.0 = !mirrored.0),
            Action::MirrorDown => self.mirror(|mirrored| mirrored.1 = !mirrored.1),
            Action::Slides => self.show_slides(self.slides.is_none()),
            Action::Shuffle => self.shuffle(),
            Action::LongerSlides => self.change_slide_time(true),
            Action::ShorterSlides => self.change_slide_time(false),
            Action::Trash => self.trash(),
            Action::Delete => self.ask_to_delete(),
            Action::Undo => self.undo_trash(),
            Action::Rename => self.ask_to_rename(),
            Action::NextImage => drop(self.browse(To::By(times(count)), canvas)),
            Action::PreviousImage => drop(self.browse(To::By(-times(count)), canvas)),
            Action::FirstImage => drop(self.browse(To::First, canvas)),
            Action::LastImage => drop(self.browse(To::Last, canvas)),
            Action::ScrollLeft if self.is_all_seen() => drop(self.browse(To::By(-1), canvas)),
            Action::ScrollRight if self.is_all_seen() => drop(self.browse(To::By(1), canvas)),
            Action::NextFrame => drop(self.with_player(|player| player.step(1))),
            Action::PreviousFrame => drop(self.with_player(|player| player.step(-1))),
            Action::SoundPart => {
                if let (Some(listening), Some(tenths)) = (self.listening(), count) {
                    listening.seek_to_part(tenths as f32 / 10.0);
                }
            }
            _ if self.act_on_sound(action, canvas) => {}
            _ if self.leaves_last_page(action) => drop(self.browse(To::By(1), canvas)),
            _ if self.leaves_first_page(action) => drop(self.browse(To::By(-1), canvas)),
            Action::Escape => self.escape(ctx, canvas),
            Action::GoToPage => self.ask_page_entry = true,
            _ => {
                let points = f64::from(ctx.pixels_per_point());
                let has_pages = |tab: &&mut Tab| tab.summary().is_some() && !tab.is_sound();
                if let Some(tab) = self.tab_mut().filter(has_pages) {
                    move_in(tab, action, count, points, canvas);
                }
            }
        }
        ctx.request_repaint();
    }

    /// Whether a picture is shown that has nothing beside what is seen of it.
    fn is_all_seen(&self) -> bool {
        self.tab().is_some_and(|tab| {
            let is_one = tab.layout.pages() <= 1 && tab.browsing.is_some();
            // Nothing is seen of one that cannot be shown.
            let is_shown = matches!(tab.state, State::Open(_));
            is_one && (!is_shown || tab.view.reach(&tab.layout).0 == 0.0)
        })
    }

    /// Whether it leads on from the end of a picture of several pages: to the next picture.
    fn leaves_last_page(&self, action: Action) -> bool {
        let is_end = |tab: &Tab| tab.view.is_at_end(&tab.layout);
        match action {
            Action::NextPage | Action::ScreenDown => self.is_at(is_end),
            Action::ScrollRight => self.is_at(|tab| is_end(tab) && has_nothing_beside(tab)),
            _ => false,
        }
    }

    /// Whether it leads back from its start: to the picture before.
    fn leaves_first_page(&self, action: Action) -> bool {
        let is_start = |tab: &Tab| tab.view.is_at_start();
        match action {
            Action::PreviousPage | Action::ScreenUp => self.is_at(is_start),
            Action::ScrollLeft => self.is_at(|tab| is_start(tab) && has_nothing_beside(tab)),
            _ => false,
        }
    }

    /// Whether a picture of several pages, one of those that are looked through, is so.
    fn is_at(&self, place: impl Fn(&Tab) -> bool) -> bool {
        let is_looked_through = |tab: &&Tab| tab.is_picture() && tab.browsing.is_some();
        let tab = self.tab().filter(is_looked_through);
        tab.is_some_and(|tab| tab.layout.pages() > 1 && self.presenting.is_none() && place(tab))
    }

    fn ask_for_files(&mut self) {
        if self.portal {
            self.wishes.ask_for_files = true;
        } else {
            self.overlay = Overlay::Chooser(Chooser::start());
        }
    }

    fn reopen(&mut self) {
        if let Some((origin, remembered)) = self.closed.pop() {
            self.open([origin]);
            if let Some(tab) = self.tab_mut().filter(|tab| tab.summary().is_none()) {
                tab.recall(remembered);
                // Only what is opened by its name plays by itself.
                tab.plays_by_itself = false;
            }
        }
    }

    fn show_next(&mut self, by: isize) {
        let count = self.tabs.len() as isize;
        if count > 0 {
            self.show((self.current as isize + by).rem_euclid(count) as usize);
        }
    }

    fn toggle(&mut self, overlay: Overlay) {
        let same = std::mem::discriminant(&self.overlay) == std::mem::discriminant(&overlay);
        self.overlay = if same { Overlay::None } else { overlay };
    }

    /// Shows a page of the side panel, or hides the panel that shows it.
    fn show_side(&mut self, side: Side) {
        self.side_panel = !(self.side_panel && self.side == side);
        self.side = side;
    }

    /// Shows a picture as in a mirror.
    fn mirror(&mut self, change: impl FnOnce(&mut (bool, bool))) {
        if let Some(tab) = self.tab_mut().filter(|tab| tab.is_picture()) {
            change(&mut tab.mirrored);
        }
    }

    pub(super) fn set_full_screen(&mut self, on: bool) {
        self.full_screen = on;
        self.wishes.full_screen = Some(on);
        self.toasts.retain(|toast| !toast.says(LEAVE));
        if on {
            self.toast(LEAVE);
        }
    }

    /// One page at a time on the whole screen, and back to how it was.
    pub(super) fn present(&mut self, on: bool) {
        let is_shown = |tab: &&mut Tab| tab.summary().is_some() && !tab.is_sound();
        let Some(tab) = self.tab_mut().filter(is_shown) else {
            self.presenting = None;
            return self.set_full_screen(false);
        };
        let id = tab.id;
        let before = tab.view.looks();
        if on {
            tab.view.change(&mut tab.layout, |view, _| {
                (view.continuous, view.zoom) = (false, Zoom::Page);
            });
            self.presenting = Some(Presentation {
                tab: id,
                before,
                blank: Blank::No,
            });
        } else if let Some(presentation) = self.presenting.take() {
            self.end_presentation(presentation);
        }
        self.set_full_screen(on);
    }

    fn blank(&mut self, blank: Blank) {
        if let Some(presentation) = &mut self.presenting {
            let same = presentation.blank == blank;
            presentation.blank = if same { Blank::No } else { blank };
        }
    }

    fn show_number(&mut self, number: Option<u32>) {
        // The last one has all numbers that nobody else has.
        if let Some(number) = number.filter(|number| *number > 0) {
            self.show(number as usize - 1);
        }
    }

    fn next_contrast(&mut self) {
        let settings = &mut self.store.settings();
        settings.high_contrast = match settings.high_contrast {
            None => Some(!self.desktop.high_contrast),
            Some(_) => None,
        };
        let on = settings.high_contrast.unwrap_or(self.desktop.high_contrast);
        self.store.keep_settings(*settings);
        self.toast(if on {
            "High contrast"
        } else {
            "Usual contrast"
        });
    }

    /// Makes the chrome larger or smaller by a step, or as large as usual.
    fn resize_interface(&mut self, steps: i32) {
        let mut settings = self.store.settings();
        let percent = if steps == 0 {
            100
        } else {
            i32::from(settings.scale_percent) + 10 * steps
        };
        settings.scale_percent = u16::try_from(percent).unwrap_or(100);
        self.store.keep_settings(settings);
        let percent = self.store.settings().scale_percent;
        self.toast(format!("Buttons and letters: {percent}%"));
    }

    /// The picture, or what is selected.
    pub(super) fn copy_shown(&mut self) {
        match self.tab().is_some_and(Tab::is_picture) {
            true => self.copy_picture(),
            false => self.copy_selection(false),
        }
    }

    /// What is selected as flowing text; the file's path where nothing is.
    fn copy_flowing_or_path(&mut self, ctx: &Context) {
        if self.tab().is_some_and(|tab| !tab.selection.is_empty()) {
            return self.copy_selection(true);
        }
        if let Some(path) = self.tab().and_then(|tab| tab.origin.path()) {
            ctx.copy_text(crate::cli::printable(&path.to_string_lossy()));
            self.toast("Path copied");
        }
    }

    fn next_theme(&mut self) {
        let mut settings = self.store.settings();
        let (next, words) = match settings.theme {
            ThemePreference::System => (ThemePreference::Dark, "Dark"),
            ThemePreference::Dark => (ThemePreference::Light, "Light"),
            ThemePreference::Light => (ThemePreference::System, "As the system is"),
        };
        settings.theme = next;
        self.store.keep_settings(settings);
        self.toast(words);
    }

    /// Shows the pages of this document in another tone, and remembers that.
    pub(super) fn change_tone(&mut self, change: impl FnOnce(Tone) -> Tone) {
        let Some(tab) = self.tabs.get_mut(self.current) else {
            return;
        };
        tab.tone = change(tab.tone);
        let words = tab.tone.words();
        if let Some(path) = tab.origin.path() {
            self.store.keep_tone(path, tab.tone);
        }
        self.toast(words);
    }

    /// Leaves one thing after the other; never the program.
    fn escape(&mut self, ctx: &Context, canvas: &mut dyn Canvas) {
        if self.overlay != Overlay::None {
            self.overlay = Overlay::None;
        } else if self.tab().is_some_and(|tab| tab.finding) {
            self.end_find();
        } else if let Some(tab) = self.tab_mut().filter(|tab| !tab.selection.is_empty()) {
            tab.selection.clear();
            tab.copy_text = None;
        } else if self.grid {
            self.grid = false;
        } else if let Some(focused) = ctx.memory(|memory| memory.focused()) {
            ctx.memory_mut(|memory| memory.surrender_focus(focused));
            if let Some(tab) = self.tab_mut() {
                tab.page_entry = None;
            }
        } else if self.compares() {
            self.end_compare(canvas);
        } else if self.presenting.is_some() {
            self.present(false);
        } else if self.slides.is_some() {
            self.show_slides(false);
        } else if self.full_screen {
            self.set_full_screen(false);
        }
    }
}

/// Whether nothing of a picture lies beside what is seen.
fn has_nothing_beside(tab: &Tab) -> bool {
    tab.view.reach(&tab.layout).0 == 0.0
}

/// How often something is to be done.
fn times(count: Option<u32>) -> i64 {
    count.unwrap_or(1).into()
}

/// Actions on the view of a document.
fn move_in(
    tab: &mut Tab,
    action: Action,
    count: Option<u32>,
    points: f64,
    canvas: &mut dyn Canvas,
) {
    let step = STEP * points * f64::from(count.unwrap_or(1).min(1000));
    let height = tab.view.viewport().1;
    let screen = (height - 2.0 * STEP * points).max(height / 2.0);
    let (layout, view) = (&tab.layout, &mut tab.view);
    match action {
        Action::ScrollDown => drop(view.scroll_by(layout, (0.0, step))),
        Action::ScrollUp => drop(view.scroll_by(layout, (0.0, -step))),
        Action::ScrollLeft => sideways(tab, -step),
        Action::ScrollRight => sideways(tab, step),
        Action::HalfDown => drop(view.scroll_by(layout, (0.0, height / 2.0))),
        Action::HalfUp => drop(view.scroll_by(layout, (0.0, -height / 2.0))),
        Action::ScreenDown => drop(view.scroll_by(layout, (0.0, screen))),
        Action::ScreenUp => drop(view.scroll_by(layout, (0.0, -screen))),
        Action::NextPage => view.turn_page(layout, i64::from(count.unwrap_or(1))),
        Action::PreviousPage => view.turn_page(layout, -i64::from(count.unwrap_or(1))),
        Action::FirstPage => tab.jump(count.unwrap_or(1).saturating_sub(1)),
        Action::LastPage => {
            let last = tab.layout.pages();
            tab.jump(count.unwrap_or(last).saturating_sub(1));
        }
        Action::Back => tab.travel(true),
        Action::Forward => tab.travel(false),
        Action::ZoomIn => view.zoom_step(layout, true),
        Action::ZoomOut => view.zoom_step(layout, false),
        Action::FitPage => view.set_zoom(&mut tab.layout, Zoom::Page),
        Action::FitWidth => view.set_zoom(&mut tab.layout, Zoom::Width),
        Action::FitContent => view.set_zoom(&mut tab.layout, Zoom::Content),
        Action::ActualSize => view.set_zoom(&mut tab.layout, Zoom::Times(1.0)),
        Action::RotateRight => turn(tab, 1),
        Action::RotateLeft => turn(tab, 3),
        Action::Continuous => view.change(&mut tab.layout, |view, _| {
            view.continuous = !view.continuous
        }),
        Action::Dual => arrange(tab, |arrangement| {
            (arrangement.dual, arrangement.cover) = match (arrangement.dual, arrangement.cover) {
                (false, _) => (true, true),
                (true, true) => (true, false),
                (true, false) => (false, false),
            };
        }),
        Action::RightToLeft => arrange(tab, |arrangement| {
            arrangement.right_to_left = !arrangement.right_to_left;
        }),
        Action::Smoothing => {
            tab.squares = !tab.squares;
            super::free(canvas, tab.tiles.clear());
        }
        _ => {}
    }
}

/// Scrolls sideways, or turns the page when there is nothing beside it.
fn sideways(tab: &mut Tab, by: f64) {
    if !tab.view.scroll_by(&tab.layout, (by, 0.0)) && tab.view.reach(&tab.layout).0 == 0.0 {
        tab.view
            .turn_page(&tab.layout, if by > 0.0 { 1 } else { -1 });
    }
}

fn turn(tab: &mut Tab, quarters: u8) {
    arrange(tab, |arrangement| {
        arrangement.turn = (arrangement.turn + quarters) % 4
    });
}

fn arrange(tab: &mut Tab, change: impl FnOnce(&mut crate::window::document::layout::Arrangement)) {
    tab.view.change(&mut tab.layout, |view, layout| {
        change(&mut view.arrangement);
        layout.arrange(view.arrangement);
    });
}
