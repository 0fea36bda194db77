//! The chrome without a window: what is on it by its label, and what it looks like.

mod carried;
mod labels;
mod looks;
mod pictures;
mod several;
mod sounds;
mod watched;

use super::Shell;
use crate::broker::Standing;
use crate::broker::limits::Limits;
use crate::window::canvas::Memory;
use crate::window::document::worker::News;
use crate::window::keys::KeyMap;
use crate::window::opening::Origin;
use crate::window::renderers;
use crate::window::store::Store;
use crate::window::tab::{Tab, TabId};
use crate::window::waker::Waker;
use capmode::posture::Layer;
use capmode::{Layers, Posture};
use ipc::{Destination, Format, OutlineEntry, PageEntry, PageIndex, PageSize, Summary, Text};
use std::path::PathBuf;

/// A window with its canvas.
struct Stage {
    shell: Shell,
    canvas: Memory,
    /// For files that must be there.
    folder: tempfile::TempDir,
}

/// A window without documents. Nothing in it starts a renderer that would answer.
fn stage() -> Stage {
    let renderers = renderers::start(Limits::default());
    let waker = Waker::default();
    Stage {
        shell: Shell::new(renderers, KeyMap::default(), Store::none(), waker),
        canvas: Memory::default(),
        folder: tempfile::tempdir().unwrap(),
    }
}

impl Stage {
    /// Opens a document of white pages with grey lines, as its renderer would.
    fn open(&mut self, name: &str, pages: u32) {
        let id = self.shell.fresh_id();
        let path = PathBuf::from("/home/user/papers").join(name);
        self.shell.tabs.push(Tab::new(id, Origin::Path(path)));
        self.shell.current = self.shell.tabs.len() - 1;
        let summary = Summary {
            format: Format::Pdf,
            pages,
            encrypted: false,
            sound: None,
        };
        let layers: Layers = Layer::ALL.into_iter().collect();
        let standing = Standing {
            layers,
            seen: [Layer::SeccompStart, Layer::NoNewPrivileges]
                .into_iter()
                .collect(),
            posture: Posture::Full,
        };
        self.tell(id, News::Opened(summary, Some(standing), Some(4711)));
        let entry = |page| PageEntry {
            size: PageSize::new(595.0, 842.0).unwrap(),
            label: text(if page == 0 { "i" } else { "" }),
        };
        self.tell(id, News::Pages(0, (0..pages).map(entry).collect()));
    }

    fn tell(&self, id: TabId, news: News) {
        self.shell.teller.send((id, news)).unwrap();
    }

    /// Gives it an outline of one entry for each of these pages.
    fn outline(&self, pages: &[u32]) {
        let id = self.shell.tabs[self.shell.current].id;
        let entries = pages.iter().map(|page| OutlineEntry {
            depth: u8::from(page % 2 == 1),
            title: text(&format!("Chapter about page {}", page + 1)),
            leads_to: Some(Destination {
                page: PageIndex::new(*page).unwrap(),
                top: None,
            }),
        });
        self.tell(id, News::Outline(entries.collect()));
    }

    /// Draws every tile that is wanted.
    fn draw(&mut self) {
        let Some(tab) = self.shell.tab() else {
            return;
        };
        let mut wanted = super::pages::tiles_wanted(tab);
        wanted.extend(&self.shell.thumbnails);
        let id = tab.id;
        for key in wanted {
            let (width, height) = (usize::from(key.size_px.0), usize::from(key.size_px.1));
            let mut rgba = vec![255; width * height * 4];
            for line in (1..20).filter(|line| line % 5 != 0) {
                let top = height * line / 20;
                for y in top..(top + height / 80).min(height) {
                    let (from, to) = (width / 8, width - width / (7 - line % 5));
                    rgba[(y * width + from) * 4..(y * width + to) * 4].fill(0x70);
                }
            }
            rgba.as_chunks_mut::<4>()
                .0
                .iter_mut()
                .for_each(|pixel| pixel[3] = 255);
            self.tell(id, News::Tile(key, rgba, None, true));
        }
    }
}

fn text(words: &str) -> Text {
    Text::new(words.to_owned()).unwrap()
}
