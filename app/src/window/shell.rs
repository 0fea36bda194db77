//! Everything the window shows and does, without the window: tabs, what came
//! from their renderers, and what keys and buttons ask for. `chrome` draws it,
//! `event_loop` puts it on a screen, tests drive it without either.

mod act;
mod animation;
mod browse;
mod carried;
pub(crate) mod colors;
pub(crate) mod compare;
mod copy;
mod files;
mod find;
mod follow;
mod heed;
mod listen;
mod marks;
mod news;
mod pages;
mod places;
mod rest;
mod slides;
#[cfg(test)]
mod tests;

pub(crate) use carried::{SaveAttachment, Unpacked};
pub(crate) use colors::Colouring;
pub(crate) use compare::Compared;
pub(crate) use copy::{CopyState, Wanted};
pub(crate) use files::{Moved, Rename};
pub(crate) use pages::scene;
pub(crate) use places::Saved;

use super::canvas::{Canvas, Filter, Pixels};
use super::chrome::{self, Banner, Toast};
use super::desktop::Desktop;
use super::document::view::{Looks, View};
use super::document::worker::News;
use super::keys::{Action, KeyMap, Place, Pressed, number};
use super::listening::Loudspeaker;
use super::opening::Origin;
use super::remote::Remote;
use super::store::{Remembered, Store};
use super::tab::{State, Tab, TabId};
use super::thumbnails::Thumbnails;
use super::watch::{Watch, Watched};
use crate::broker::Renderers;
use crossbeam_channel::{Receiver, Sender, unbounded};
use egui::{Context, TextureId};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// Called on any thread when there is news; the window then looks.
pub(crate) type Waker = Arc<OnceLock<Box<dyn Fn() + Send + Sync>>>;

/// What the window should do after a frame.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    pub(crate) quit: bool,
    pub(crate) full_screen: Option<bool>,
    /// Show the system's own dialog.
    pub(crate) ask_for_files: bool,
    /// Show the system's dialog for a place to save something at.
    pub(crate) ask_where: Option<super::portal::Wanted>,
    /// Text for the clipboard.
    pub(crate) copy: Option<String>,
    /// A PNG of ours for the clipboard.
    pub(crate) picture: Option<Vec<u8>>,
    /// Text that is selected, for the middle button.
    pub(crate) offer: Option<String>,
    /// The window is to be seen.
    pub(crate) raise: bool,
}

/// A panel over the document, one at a time.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) enum Overlay {
    #[default]
    None,
    Help(String),
    Palette(String, usize),
    Information,
    Security,
    /// The menu, and in which frame it was opened.
    Menu(u64),
    /// What is often wanted, at the pointer, and in which frame it was opened.
    ContextMenu(u64, egui::Pos2),
    Chooser(chrome::chooser::Chooser),
    /// A safe copy, and how it is wanted.
    Copy(Wanted),
    /// An attachment, and where it is to be saved.
    SaveAttachment(SaveAttachment),
    /// Another name for a file.
    Rename(Rename),
    /// A file that is to be deleted for ever, when the user says so.
    Delete(PathBuf),
    /// The colours that letters and paper are to have.
    Colors(Colouring),
    /// A link to outside, which is only opened when the user wants it.
    Link(String),
}

/// Light, dark, or as the system is.
pub(crate) use egui::ThemePreference;

/// A document that is presented.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Presentation {
    tab: TabId,
    /// How it was looked at before.
    before: Looks,
    pub(crate) blank: Blank,
}

/// What is shown instead of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blank {
    No,
    Black,
    White,
}

/// The state of a window.
pub(crate) struct Shell {
    pub(crate) tabs: Vec<Tab>,
    pub(crate) current: usize,
    pub(crate) keys: KeyMap,
    pub(crate) overlay: Overlay,
    pub(crate) side_panel: bool,
    pub(crate) full_screen: bool,
    pub(crate) presenting: Option<Presentation>,
    pub(crate) toasts: Vec<Toast>,
    /// Files that were moved to the trash from here.
    trashed: Vec<PathBuf>,
    pub(crate) wishes: Wishes,
    pub(crate) store: Store,
    /// Where the document is drawn, in points; its clicks are the document's.
    pub(crate) page_area: egui::Rect,
    /// Pictures that follow each other by themselves.
    pub(crate) slides: Option<slides::Slides>,
    /// Small pictures of those that are looked through, in a strip, or in place of the
    /// one that is shown.
    pub(crate) small: Thumbnails,
    pub(crate) strip: bool,
    pub(crate) grid: bool,
    pub(crate) grid_opened: bool,
    /// How pages that are seen for the first time are looked at.
    pub(crate) first_looks: Looks,
    /// Private memory that a renderer may use.
    pub(crate) memory_bytes: u64,
    /// How every sound is played.
    pub(crate) loudspeaker: Loudspeaker,
    /// Which sound was heard last: media keys mean it.
    heard: Option<TabId>,
    /// Where the desktop asks for what.
    pub(crate) remote: Option<Remote>,
    /// The pixel under the pointer is told.
    pub(crate) inspects: bool,
    /// The next picture is looked at as this one is.
    pub(crate) keeps_view: bool,
    /// Nobody can see the window: nothing moves and nothing is drawn ahead.
    pub(crate) hidden: bool,
    /// When the window is to look again, to the millisecond.
    pub(crate) look_at: Option<Instant>,
    /// When the pointer was last moved.
    pub(crate) pointer_moved: Instant,
    pub(crate) canvas_name: String,
    pub(crate) ask_page_entry: bool,
    pub(crate) ask_find: bool,
    /// What the next letter is for.
    pub(crate) awaited: Option<marks::Awaited>,
    pub(crate) side: chrome::Side,
    /// Small pages that the side panel shows.
    pub(crate) thumbnails: Vec<super::document::wanted::TileKey>,
    /// What the desktop wants: dark, contrast, motion, size of letters.
    pub(crate) desktop: Desktop,
    /// The keyboard is to go to the next part of the window, or to the one before.
    pub(crate) pane: Option<bool>,
    pub(crate) banners: Vec<Banner>,
    /// The user was told that the sandbox is weaker here than it could be.
    pub(crate) knows_weakness: bool,
    /// Where the keyboard can go from part to part.
    pub(crate) panes: Vec<egui::Id>,
    /// The pages, when they can have the keyboard.
    pub(crate) document_id: Option<egui::Id>,
    closed: Vec<(Origin, Option<Remembered>)>,
    renderers: Renderers,
    next_id: u64,
    news: Receiver<(TabId, News)>,
    teller: Sender<(TabId, News)>,
    waker: Waker,
    watch: Watch,
    pub(crate) portal: bool,
}

impl Shell {
    /// A window without documents.
    pub(crate) fn new(renderers: Renderers, keys: KeyMap, store: Store, waker: Waker) -> Self {
        let (teller, news) = unbounded();
        let loudspeaker = store.loudspeaker();
        Self {
            tabs: Vec::new(),
            current: 0,
            keys,
            overlay: Overlay::None,
            side_panel: false,
            full_screen: false,
            presenting: None,
            toasts: Vec::new(),
            trashed: Vec::new(),
            wishes: Wishes::default(),
            store,
            page_area: egui::Rect::NOTHING,
            slides: None,
            small: Thumbnails::default(),
            strip: false,
            grid: false,
            grid_opened: false,
            memory_bytes: crate::broker::limits::MEMORY_BYTES,
            first_looks: View::new(false).looks(),
            loudspeaker,
            heard: None,
            remote: None,
            inspects: false,
            keeps_view: false,
            hidden: false,
            look_at: None,
            pointer_moved: Instant::now(),
            canvas_name: String::new(),
            ask_page_entry: false,
            ask_find: false,
            awaited: None,
            side: chrome::Side::default(),
            thumbnails: Vec::new(),
            desktop: Desktop::default(),
            pane: None,
            banners: Vec::new(),
            knows_weakness: false,
            panes: Vec::new(),
            document_id: None,
            closed: Vec::new(),
            renderers,
            next_id: 0,
            news,
            teller,
            watch: Watch::new(Arc::clone(&waker)),
            waker,
            portal: super::portal::is_there(),
        }
    }

    /// Opens documents in tabs of their own; the last of them is shown. One that is
    /// open already is not opened twice.
    pub(crate) fn open(&mut self, origins: impl IntoIterator<Item = Origin>) {
        let mut last = self.current;
        for origin in origins {
            let path = origin.path();
            let open = |tab: &Tab| path.is_some() && tab.origin.path() == path;
            if let Some(index) = self.tabs.iter().position(open) {
                last = index;
                continue;
            }
            let id = self.fresh_id();
            let mut tab = Tab::new(id, origin);
            tab.recall(tab.origin.path().and_then(|path| self.store.place(path)));
            if let Some(path) = tab.origin.path() {
                tab.tone = self.store.tone(path);
                tab.marks = self.marks_of(path);
            }
            last = self.tabs.len();
            self.tabs.push(tab);
        }
        self.show(last);
    }

    fn fresh_id(&mut self) -> TabId {
        self.next_id += 1;
        TabId(self.next_id)
    }

    /// Looks at a document as before it was presented.
    fn end_presentation(&mut self, presentation: Presentation) {
        if let Some(tab) = self.tabs.iter_mut().find(|tab| tab.id == presentation.tab) {
            tab.view.look(&mut tab.layout, presentation.before);
        }
    }

    /// The tab that is shown.
    pub(crate) fn tab(&self) -> Option<&Tab> {
        self.tabs.get(self.current)
    }

    /// What the window is called.
    pub(crate) fn title(&self) -> String {
        match self.tab() {
            Some(tab) => format!("{} — Pellucid", tab.title()),
            None => "Pellucid".to_owned(),
        }
    }

    pub(crate) fn tab_mut(&mut self) -> Option<&mut Tab> {
        self.tabs.get_mut(self.current)
    }

    /// Shows a tab; a document's renderer is started when it is first shown.
    pub(crate) fn show(&mut self, index: usize) {
        self.current = index.min(self.tabs.len().saturating_sub(1));
        if self
            .tab()
            .is_some_and(|tab| matches!(tab.state, State::Waiting))
        {
            self.start();
        }
    }

    /// Tells the window what comes of a tab. Who holds it is counted by `running`.
    fn teller(&self, id: TabId, running: Option<Arc<()>>) -> impl Fn(News) + Send + use<> {
        let (teller, waker) = (self.teller.clone(), Arc::clone(&self.waker));
        move |news| {
            let _ = &running;
            // Nobody listens any more when the window is gone.
            let _ = teller.send((id, news));
            if let Some(wake) = waker.get() {
                wake();
            }
        }
    }

    /// Starts the renderer of the tab that is shown.
    fn start(&mut self) {
        let Some(tab) = self.tabs.get(self.current) else {
            return;
        };
        let running = tab.browsing.as_ref().map(|set| Arc::clone(&set.running));
        let tell = self.teller(tab.id, running);
        let renderers = self.renderers.clone();
        let Some(tab) = self.tabs.get_mut(self.current) else {
            return;
        };
        tab.start(renderers, tell);
        self.watch_shown();
    }

    /// Watches the file of the tab that is shown, once.
    fn watch_shown(&mut self) {
        let Some(tab) = self.tabs.get_mut(self.current) else {
            return;
        };
        let Some(path) = tab.origin.path() else {
            return;
        };
        let watched = tab.watched.as_ref().map(Watched::path);
        if watched != Some(path) {
            tab.watched = Some(self.watch.add(path, &tab.stamp));
        }
    }

    /// Opens the document of a tab anew, at the same place.
    pub(crate) fn reload(&mut self, index: usize, canvas: &mut dyn Canvas) {
        let id = self.fresh_id();
        let Some(tab) = self.tabs.get_mut(index) else {
            return;
        };
        if tab.summary().is_some() {
            tab.resume = Some(tab.view.place(&tab.layout));
        }
        // What is on the screen stays until there is something new.
        tab.id = id;
        tab.worker = None;
        (tab.unpacking, tab.unpacked) = (0, None);
        listen::rest(tab, canvas);
        if !matches!(tab.state, State::Open(_)) {
            free(canvas, tab.tiles.clear());
        }
        tab.state = State::Waiting;
        tab.gone = false;
        if index == self.current {
            self.start();
        }
    }

    /// Closes a tab and ends its renderer.
    pub(crate) fn close(&mut self, index: usize, canvas: &mut dyn Canvas) {
        if index >= self.tabs.len() {
            return;
        }
        let mut tab = self.tabs.remove(index);
        self.remember(&tab);
        free(canvas, browse::all_textures(&mut tab));
        let remembered = tab.remembered();
        self.closed.push((tab.origin, remembered));
        self.closed.drain(..self.closed.len().saturating_sub(20));
        if index < self.current {
            self.current -= 1;
        }
        self.show(self.current);
    }

    /// Keeps the places of all tabs for the next time.
    pub(crate) fn remember_all(&mut self) {
        if let Some(presentation) = self.presenting.take() {
            self.end_presentation(presentation);
        }
        for tab in std::mem::take(&mut self.tabs) {
            self.remember(&tab);
            self.tabs.push(tab);
        }
        self.store.keep_loudspeaker(self.loudspeaker);
        self.store.save();
        self.store.settle();
    }

    fn remember(&mut self, tab: &Tab) {
        let Some(path) = tab.origin.path() else {
            return;
        };
        if let Some(remembered) = tab.remembered() {
            self.store.keep_place(path, remembered);
        }
        if let Some(listening) = &tab.listening {
            self.store.keep_heard(path, listening.place());
        }
    }

    /// One pass of the interface.
    pub(crate) fn ui(&mut self, ui: &mut egui::Ui, canvas: &mut dyn Canvas) {
        self.take_news(canvas);
        self.take_keys(ui.ctx(), canvas);
        self.play(Instant::now(), canvas);
        self.listen(Instant::now(), canvas);
        chrome::window(self, ui, canvas);
        self.draw_small(canvas);
        self.look_ahead(canvas);
        self.pass_slides(Instant::now(), canvas);
        self.want();
        self.evict(canvas);
        self.rest(canvas);
    }

    /// Whether the tab that is shown has something of its own to show: its
    /// pages, a question, or why it has none.
    pub(crate) fn is_worth_showing(&mut self) -> bool {
        let Some(tab) = self.tabs.get_mut(self.current) else {
            return true;
        };
        match tab.state {
            State::Waiting | State::Opening => false,
            State::Locked { .. } | State::Failed(_) => true,
            State::Open(_) => {
                let visible = tab.view.visible(&tab.layout, 0.0);
                visible.iter().all(|page| {
                    tab.tiles.stand_in(page.page, 0, page.width).is_some()
                        || tab.tiles.failure(page.page, 0).is_some()
                })
            }
        }
    }

    /// Takes small pictures that were drawn, and asks for those that were missing.
    fn draw_small(&mut self, canvas: &mut dyn Canvas) {
        let taken = self
            .small
            .take(|size, rgba| upload(canvas, size, rgba, false));
        free(canvas, taken);
        self.small.ask(&self.renderers, &self.waker);
    }

    /// Asks a file system on a thread that may wait for ever; `ask` is given what tells
    /// the chooser.
    pub(crate) fn off_window(
        &self,
        name: &str,
        ask: impl FnOnce(&dyn Fn(chrome::chooser::Answer)) + Send + 'static,
    ) {
        let tell = self.teller(TabId(0), None);
        let work = move || ask(&|answer| tell(News::Listed(answer)));
        let named = std::thread::Builder::new().name(name.to_owned());
        // Without a thread there is no answer, and that is seen.
        let _ = named.spawn(work);
    }

    /// Takes what the chooser has asked; a file is opened.
    fn take_listed(&mut self, answer: chrome::chooser::Answer) {
        if let Overlay::Chooser(chooser) = &mut self.overlay
            && let Some(path) = chooser.take(answer)
        {
            self.overlay = Overlay::None;
            self.open([Origin::Path(path)]);
        }
    }

    /// Asks for another frame.
    fn wake(&self) {
        if let Some(wake) = self.waker.get() {
            wake();
        }
    }

    /// Says something for a few seconds.
    pub(crate) fn toast(&mut self, text: impl Into<String>) {
        let now = Instant::now();
        self.toasts.retain(|toast| !toast.gives_way(now));
        self.toasts.push(Toast::new(text.into()));
        let more = self.toasts.len().saturating_sub(3);
        // What can be undone stays longest.
        let undone = |toast: &Toast| toast.undo().is_some();
        for _ in 0..more {
            let first = self.toasts.iter().position(|toast| !undone(toast));
            self.toasts.remove(first.unwrap_or(0));
        }
    }

    fn take_keys(&mut self, ctx: &Context, canvas: &mut dyn Canvas) {
        // A field that is typed into has its keys for itself.
        let typing = ctx.text_edit_focused();
        // A button that has the keyboard takes the keys that press it or lead on.
        let focused = ctx.memory(|memory| memory.focused());
        let on_button = focused.is_some() && focused != self.document_id;
        let events = ctx.input(|input| input.events.clone());
        for event in events {
            if matches!(event, egui::Event::Copy) && !typing {
                self.copy_shown();
            }
            let egui::Event::Key {
                key,
                pressed: true,
                modifiers,
                ..
            } = event
            else {
                continue;
            };
            if !typing && !modifiers.ctrl && !modifiers.alt && self.take_awaited(key) {
                ctx.input_mut(|input| input.consume_key(modifiers, key));
                ctx.request_repaint();
                continue;
            }
            let is_text = !modifiers.ctrl && !modifiers.alt && !is_function_key(key);
            if (typing || self.overlay_takes(key)) && is_text && key != egui::Key::Escape {
                continue;
            }
            if on_button && is_text && moves(key) {
                continue;
            }
            if typing && edits(key, modifiers) {
                continue;
            }
            let place = self.place();
            if let Some(action) = self.keys.press_in(place, key, modifiers) {
                ctx.input_mut(|input| input.consume_key(modifiers, key));
                let tenths = number(key).filter(|_| action == Action::SoundPart);
                self.act(action, tenths, ctx, canvas);
                continue;
            }
            if let Pressed::Do(action, count) = self.keys.press(key, modifiers) {
                ctx.input_mut(|input| input.consume_key(modifiers, key));
                self.act(action, count, ctx, canvas);
            }
        }
    }

    /// Where keys are pressed.
    fn place(&self) -> Place {
        // What one leafs to is taken for a picture before it is there.
        let is_picture = |tab: &Tab| match tab.summary() {
            Some(_) => tab.is_picture() && tab.layout.pages() == 1,
            None => {
                let set = tab.browsing.as_ref().filter(|set| !set.is_heard);
                set.is_some() && !matches!(tab.state, State::Locked { .. })
            }
        };
        if self.presenting.is_some() {
            Place::Presentation
        } else if self.overlay == Overlay::None && self.hears() {
            Place::Sound
        } else if self.overlay == Overlay::None && self.tab().is_some_and(is_picture) {
            Place::Picture
        } else {
            Place::Anywhere
        }
    }

    /// Whether what lies over the document is moved through by this key.
    fn overlay_takes(&self, key: egui::Key) -> bool {
        moves(key) && self.overlay != Overlay::None
    }
}

/// Keys that press what has the keyboard, or lead to something else.
fn moves(key: egui::Key) -> bool {
    use egui::Key;
    matches!(
        key,
        Key::ArrowDown
            | Key::ArrowUp
            | Key::ArrowLeft
            | Key::ArrowRight
            | Key::Enter
            | Key::Tab
            | Key::Space
    )
}

/// Chords that a field understands itself: select all, cut, copy, paste, undo,
/// and moving or deleting by words.
fn edits(key: egui::Key, modifiers: egui::Modifiers) -> bool {
    use egui::Key;
    modifiers.ctrl
        && matches!(
            key,
            Key::A
                | Key::C
                | Key::V
                | Key::X
                | Key::Y
                | Key::Z
                | Key::ArrowLeft
                | Key::ArrowRight
                | Key::Backspace
                | Key::Delete
                | Key::Home
                | Key::End
        )
}

/// Keys that write nothing.
fn is_function_key(key: egui::Key) -> bool {
    let number = key.name().strip_prefix('F');
    number.is_some_and(|number| number.parse::<u8>().is_ok())
}

fn free(canvas: &mut dyn Canvas, textures: Vec<TextureId>) {
    textures
        .into_iter()
        .for_each(|texture| canvas.remove(texture));
}

fn upload(canvas: &mut dyn Canvas, size: (u16, u16), rgba: Vec<u8>, squares: bool) -> TextureId {
    let filter = if squares {
        Filter::Nearest
    } else {
        Filter::Linear
    };
    let (width, height) = (size.0.into(), size.1.into());
    canvas.upload(
        Pixels {
            width,
            height,
            rgba,
        },
        filter,
    )
}
