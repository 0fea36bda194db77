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
mod keyboard;
mod listen;
mod marks;
mod named;
mod news;
mod pages;
mod places;
mod rest;
mod slides;
mod tabs;
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
use super::keys::KeyMap;
use super::listening::Loudspeaker;
use super::opening::Origin;
use super::remote::Remote;
use super::store::{Remembered, Store};
use super::tab::{State, Tab, TabId};
use super::thumbnails::Thumbnails;
use super::waker::Waker;
use super::watch::Watch;
use crate::broker::Renderers;
use crossbeam_channel::{Receiver, Sender, unbounded};
use egui::TextureId;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

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
    /// A note that is read, by its number.
    Note(usize),
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
            watch: Watch::new(waker.clone()),
            waker,
            portal: super::portal::is_there(),
        }
    }

    /// Looks at a document as before it was presented.
    fn end_presentation(&mut self, presentation: Presentation) {
        if let Some(tab) = self.tabs.iter_mut().find(|tab| tab.id == presentation.tab) {
            tab.view.look(&mut tab.layout, presentation.before);
        }
    }

    /// What the window is called.
    pub(crate) fn title(&self) -> String {
        match self.tab() {
            Some(tab) => format!("{} — Pellucid", tab.title()),
            None => "Pellucid".to_owned(),
        }
    }

    /// Tells the window what comes of a tab. Who holds it is counted by `running`.
    fn teller(&self, id: TabId, running: Option<Arc<()>>) -> impl Fn(News) + Send + use<> {
        let (teller, waker) = (self.teller.clone(), self.waker.clone());
        move |news| {
            let _ = &running;
            // Nobody listens any more when the window is gone.
            let _ = teller.send((id, news));
            waker.wake();
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
