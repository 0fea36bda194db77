//! Taking in what renderers said.

use super::places::Saved;
use super::{Shell, free, listen, upload};
use crate::broker::BrokerError;
use crate::window::canvas::Canvas;
use crate::window::document::carried::Carried;
use crate::window::document::find::Find;
use crate::window::document::layout::Layout;
use crate::window::document::player::Player;
use crate::window::document::selection::Selection;
use crate::window::document::view::{Looks, View};
use crate::window::document::worker::News;
use crate::window::listening::Listening;
use crate::window::tab::{State, Tab, TabId};
use crate::window::watch::Change;
use ipc::{Format, PageEntry, Summary};
use std::time::{Duration, Instant};

/// How long one frame may take tiles in.
const LONGEST: Duration = Duration::from_millis(6);

impl Shell {
    /// Takes everything that came since the last frame.
    pub(super) fn take_news(&mut self, canvas: &mut dyn Canvas) {
        let begun = Instant::now();
        while let Ok((id, news)) = self.news.try_recv() {
            self.take(id, news, canvas);
            // The rest waits for the next frame: one that comes late is seen.
            if begun.elapsed() > LONGEST {
                self.waker.wake();
                break;
            }
        }
        self.follow_changes(canvas);
    }

    fn take(&mut self, id: TabId, news: News, canvas: &mut dyn Canvas) {
        // Some of it is of no tab; a file that was moved may have been the last one.
        let news = match news {
            News::Moved(moved) => return self.moved(moved, canvas),
            News::Named(named) => return self.open_sorted(named),
            News::Folder(path, inside) => return self.take_folder(&path, inside, canvas),
            News::Listed(answer) => return self.take_listed(answer),
            news => news,
        };
        // News of a document that was reloaded or closed meanwhile are nobody's.
        let Some(tab) = super::browse::find(&mut self.tabs, id) else {
            return;
        };
        match news {
            News::Opened(summary, standing, pid) => {
                free(canvas, tab.tiles.clear());
                let goes_on = super::follow::recall_sound(tab, summary, &self.store);
                opened(tab, summary, self.first_looks);
                (tab.standing, tab.pid) = (standing, pid);
                if let Some(path) = tab.origin.path().filter(|_| !tab.is_passed_by) {
                    self.store.keep_recent(path);
                }
                goes_on.into_iter().for_each(|words| self.toast(words));
                self.begin_listening(id);
                self.list_siblings(id);
            }
            News::Picture(Ok(png)) => {
                self.wishes.picture = Some(png);
                self.toast("Picture copied");
            }
            News::Picture(Err(why)) => self.toast(format!("The picture {why}")),
            News::Moved(_) | News::Named(_) | News::Folder(..) | News::Listed(_) => {}
            News::Siblings(paths, changed) => self.siblings(id, paths, changed),
            News::PasswordNeeded { wrong } => tab.state = State::Locked { wrong },
            News::Pages(first, pages) => learn(tab, first, pages),
            News::Measured(measured) => tab.measured = Some(measured),
            News::Info(fields) => tab.info = fields,
            News::Tile(key, rgba, ..) if tab.learn_pixel(key, &rgba) => {}
            News::Tile(key, rgba, drawn_on, is_whole) => {
                if let Some(part) = drawn_on.filter(|_| !tab.is_picture()) {
                    tab.layout.learn_content(key.page, part);
                }
                let texture = upload(canvas, key.size_px, rgba, tab.squares);
                if let Some(old) = tab.tiles.insert(key, texture) {
                    canvas.remove(old);
                }
                if !is_whole {
                    tab.tiles.outdate_one(&key);
                }
            }
            News::Frames(frames) => {
                let still = self.store.settings().still.unwrap_or(self.desktop.still);
                tab.player = Player::new(&frames, !still);
            }
            News::Outline(entries) => tab.outline.extend(entries),
            News::Attachments(list) => {
                tab.carried.attachments.extend(list);
                listen::ask_cover(tab);
            }
            News::Layers(layers) => {
                // What a document shows by itself is on its pages already.
                if !tab.carried.layers.is_empty() {
                    tab.tiles.outdate();
                }
                tab.carried.layers = layers;
            }
            News::Signatures(list) => tab.carried.signatures.extend(list),
            News::Refused(list) => tab.carried.refused.extend(list),
            News::Notes(list) => tab.carried.notes.extend(list),
            News::Unpacking(number, bytes) => tab.learn_unpacked(number, bytes),
            News::Unpacked(unpacked) => self.unpacked(id, unpacked),
            News::Peaks(first, peaks) => {
                if let Some(listening) = &mut tab.listening {
                    listening.learn_peaks(first, &peaks);
                }
            }
            News::Chapters(list) => {
                if let Some(listening) = &mut tab.listening {
                    listening.chapters.extend(list);
                }
            }
            News::Ear(opened) => self.take_ear(id, opened),
            News::NextEar(path, opened) => {
                if let Some(listening) = &mut tab.listening {
                    listening.take_next(&path, opened.ok().map(|ear| *ear));
                }
            }
            News::Cover(size, rgba) => self.take_cover(id, size, rgba, canvas),
            News::Links(page, links) => tab.links.entry(page).or_default().extend(links),
            News::Images(page, images) => tab.learn_pictures(page, &images),
            News::Text(page, runs, last) => {
                tab.selection.learn(page, runs, last);
                self.copy_when_known(id);
            }
            News::Found(search, page, found, last) if search == tab.find.search => {
                tab.find.take(page, found, last);
                if tab.find.current.is_none() {
                    self.show_match(true);
                }
            }
            News::Found(..) => {}
            News::Copying(done, total) => {
                if let Some(copy) = &mut tab.copy {
                    (copy.done, copy.total) = (done, total);
                }
            }
            News::Copied(result) => self.copied(id, result),
            News::Say(words) => self.toast(words),
            News::SaveTo(Saved::Copy, path) => self.save_copy(id, &path),
            News::SaveTo(Saved::Attachment(number), path) => {
                self.save_attachment_to(id, number, path);
            }
            News::Proposed(path) => self.proposed(&path),
            News::Place(Saved::Copy, path, place) => self.copy_to(id, path, place),
            News::Place(Saved::Attachment(number), path, place) => {
                self.attachment_to(id, number, path, place);
            }
            News::Printers(printers) => self.learn_printers(printers),
            News::TileFailed(key, why) => tab.tiles.fail(key, why),
            News::Ended(error) => {
                let is_gone = super::browse::is_gone(&error);
                ended(tab, error, canvas);
                match is_gone {
                    true => self.pass_over(id, canvas),
                    false => self.list_siblings(id),
                }
            }
        }
    }

    /// Reloads what has changed on the disk.
    fn follow_changes(&mut self, canvas: &mut dyn Canvas) {
        for Change { path, stamp } in self.watch.changes() {
            free(canvas, self.small.forget(&path).into_iter().collect());
            let changed: Vec<usize> = self
                .tabs
                .iter()
                .enumerate()
                .filter(|(_, tab)| tab.origin.path() == Some(path.as_path()))
                .filter(|(_, tab)| !matches!(tab.state, State::Waiting))
                .map(|(index, _)| index)
                .collect();
            for index in changed {
                let Some(tab) = self.tabs.get_mut(index) else {
                    continue;
                };
                tab.gone = stamp.is_none();
                // One that came back as it was is the one that is shown, and one that is
                // being opened is read as it is now.
                let is_shown = tab.stamp.get().is_none_or(|shown| *shown == stamp);
                if tab.gone || is_shown {
                    continue;
                }
                self.reload(index, canvas);
                self.toast("The file has changed and was reloaded");
            }
        }
    }
}

/// Shows it as before, or as pages that are seen for the first time are to be shown.
fn opened(tab: &mut Tab, summary: Summary, first_looks: Looks) {
    let is_picture = summary.format != Format::Pdf && summary.sound.is_none();
    // A reload keeps how the document is looked at.
    let was_shown = tab.layout.pages() > 0 && tab.view.is_picture == is_picture;
    if !was_shown {
        tab.view = View::new(is_picture);
        // The sizes of an icon are seen together.
        let is_icon = matches!(summary.format, Format::Ico | Format::Icns);
        tab.view.continuous = !is_picture || summary.pages == 1 || is_icon;
    }
    let first = (!was_shown && !is_picture).then_some(first_looks);
    if let Some(looks) = tab.looks.take().or(first) {
        tab.view.look(&mut tab.layout, looks);
    }
    tab.layout = Layout::new(summary.pages, tab.view.arrangement);
    tab.labels = vec![String::new(); summary.pages as usize];
    tab.info.clear();
    tab.outline.clear();
    tab.carried = Carried::default();
    tab.player = None;
    // One that follows without a gap is heard already.
    let heard = tab.listening.take();
    tab.listening = summary.sound.map(|sound| {
        let new = || Listening::new(sound, tab.plays_by_itself, tab.sound_from);
        heard
            .filter(|heard| heard.sound == sound)
            .unwrap_or_else(new)
    });
    tab.links.clear();
    tab.pictures.clear();
    tab.pictures_asked.clear();
    tab.selection = Selection::default();
    tab.find = Find::default();
    tab.state = State::Open(summary);
}

fn learn(tab: &mut Tab, first: u32, pages: Vec<PageEntry>) {
    let end = first as usize + pages.len();
    if end > tab.labels.len() {
        return;
    }
    for (label, entry) in tab.labels[first as usize..end].iter_mut().zip(&pages) {
        entry.label.as_str().clone_into(label);
    }
    let sizes = pages
        .iter()
        .map(|entry| (entry.size.width(), entry.size.height()));
    let sizes: Vec<(f32, f32)> = sizes.collect();
    tab.view.change(&mut tab.layout, |_, layout| {
        layout.learn(first, sizes.into_iter())
    });
    // The place of last time is found once its page is known.
    if let Some(place) = tab.resume
        && (place.page as usize) < end
    {
        tab.view.go(&tab.layout, place);
        tab.resume = None;
    }
}

fn ended(tab: &mut Tab, error: BrokerError, canvas: &mut dyn Canvas) {
    if let Some(remembered) = tab.remembered() {
        tab.resume = Some(remembered.place);
    }
    free(canvas, tab.tiles.clear());
    listen::rest(tab, canvas);
    (tab.worker, tab.pid, tab.copy) = (None, None, None);
    (tab.unpacking, tab.unpacked) = (0, None);
    tab.state = State::Failed(error);
}
