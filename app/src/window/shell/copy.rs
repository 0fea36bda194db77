//! Safe copies of documents: saved, or printed.

use super::carried::folder_of;
use super::places::{Saved, numbered};
use super::{Overlay, Shell};
use crate::cli::{Output, Pages};
use crate::safe_copy::READING_DPI;
use crate::window::document::copy_work::CopyOrder;
use crate::window::document::worker::{News, STOPPED};
use crate::window::print::Way;
use crate::window::tab::{State, Tab, TabId};
use crate::window::{portal, print};
use std::fs::File;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// Dots per inch that are usual on paper.
const PRINTING_DPI: f32 = 300.0;

/// How long the end of the window waits for copies to be gone.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// How a copy is wanted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wanted {
    /// For the printer; else for a file.
    pub(crate) print: bool,
    /// The file that is typed.
    pub(crate) path: String,
    /// The file system is asked about it, or asked for a name that is free.
    pub(crate) is_asked: bool,
    /// Printers that the system has, and the one that is chosen.
    pub(crate) printers: Vec<String>,
    pub(crate) printer: Option<String>,
    /// Pages as people write them; empty for all.
    pub(crate) pages: String,
    pub(crate) dpi: f32,
    pub(crate) with_words: bool,
    /// What is wrong with what is wanted.
    pub(crate) error: Option<String>,
}

// Nothing in it is not a number.
impl Eq for Wanted {}

/// A copy that is being made.
pub(crate) struct CopyState {
    pub(crate) done: usize,
    pub(crate) total: usize,
    goal: Goal,
}

enum Goal {
    File(PathBuf),
    /// What is printed when it is whole, and by which printer.
    Printer(File, Way),
}

impl CopyState {
    /// What is being done, for people.
    pub(crate) fn words(&self) -> &'static str {
        match self.goal {
            Goal::File(_) => "Saving a safe copy",
            Goal::Printer(..) => "Preparing to print",
        }
    }
}

impl Shell {
    /// Shows the dialog for a copy.
    pub(super) fn ask_for_copy(&mut self, print: bool) {
        let Some(tab) = self.tab().filter(|tab| matches!(tab.state, State::Open(_))) else {
            return;
        };
        if tab.is_sound() {
            return self.toast("A sound has no pages: pellucid convert writes it as WAV");
        }
        if tab.copy.is_some() {
            return self.toast("A copy of this is being made already");
        }
        let (id, name) = (tab.id, tab.origin.name());
        let (folder, names) = (folder_of(tab), names(&name));
        let first = folder.join(names.first().map_or("", String::as_str));
        let wanted = Wanted {
            print,
            path: first.to_string_lossy().into_owned(),
            is_asked: !print,
            printers: Vec::new(),
            printer: None,
            pages: String::new(),
            dpi: if print { PRINTING_DPI } else { READING_DPI },
            with_words: !print,
            error: None,
        };
        self.overlay = Overlay::Copy(wanted);
        if !print {
            self.propose(id, folder, names);
        } else if !self.portal {
            // The desktop's dialog asks for the printer itself.
            let tell = self.teller(id, None);
            let list = move || tell(News::Printers(print::printers()));
            let named = thread::Builder::new().name("printers".to_owned());
            // Without a thread there is the usual one.
            let _ = named.spawn(list);
        }
    }

    /// Takes the printers that there are.
    pub(super) fn learn_printers(&mut self, printers: Vec<String>) {
        if let Overlay::Copy(wanted) = &mut self.overlay {
            wanted.printers = printers;
        }
    }

    /// Begins what the dialog says, or tells in it why not.
    pub(crate) fn begin_copy(&mut self) {
        let Overlay::Copy(wanted) = &self.overlay else {
            return;
        };
        if wanted.is_asked {
            return;
        }
        let wanted = wanted.clone();
        let begun = self
            .tab()
            .map_or(Ok(()), |tab| pages(tab, &wanted).map(drop));
        let begun = begun.and_then(|()| match wanted.print {
            true => self.begin_print(&wanted),
            false => self.ask_for_place(&wanted),
        });
        if let (Err(why), Overlay::Copy(wanted)) = (begun, &mut self.overlay) {
            wanted.error = Some(why);
        }
    }

    fn begin_print(&mut self, wanted: &Wanted) -> Result<(), String> {
        let way = match self.portal {
            true => Way::Dialog,
            false => Way::Printer(wanted.printer.clone()),
        };
        let file = tempfile::tempfile().map_err(|error| error.to_string())?;
        let copy = file.try_clone().map_err(|error| error.to_string())?;
        self.start_copy(wanted, Output::Special(copy), Goal::Printer(file, way))
    }

    /// Has the file opened that the copy is to be.
    fn ask_for_place(&mut self, wanted: &Wanted) -> Result<(), String> {
        let path = PathBuf::from(&wanted.path);
        if !path.is_absolute() {
            return Err("a whole path is needed, from / on".to_owned());
        }
        if let Some(tab) = self.tab() {
            self.open_place(tab, Saved::Copy, path, true);
        }
        if let Overlay::Copy(wanted) = &mut self.overlay {
            (wanted.is_asked, wanted.error) = (true, None);
        }
        Ok(())
    }

    /// Takes the file that the copy is to be, or why there is none.
    pub(super) fn copy_to(&mut self, id: TabId, path: PathBuf, place: Result<Output, String>) {
        let is_shown = self.tab().is_some_and(|tab| tab.id == id);
        let wanted = match &self.overlay {
            // Another one may have been typed meanwhile, or none is wanted any more.
            Overlay::Copy(wanted) if is_shown && Path::new(&wanted.path) == path => wanted.clone(),
            _ => return,
        };
        let begun = place.and_then(|output| self.start_copy(&wanted, output, Goal::File(path)));
        if let (Err(why), Overlay::Copy(wanted)) = (begun, &mut self.overlay) {
            (wanted.is_asked, wanted.error) = (false, Some(why));
        }
    }

    fn start_copy(&mut self, wanted: &Wanted, output: Output, goal: Goal) -> Result<(), String> {
        let Some(tab) = self.tabs.get_mut(self.current) else {
            return Ok(());
        };
        let order = CopyOrder {
            output,
            pages: pages(tab, wanted)?,
            dpi: wanted.dpi,
            with_words: wanted.with_words && !tab.is_picture(),
        };
        if let Some(worker) = &tab.worker {
            worker.copy(order);
            tab.copy = Some(CopyState {
                done: 0,
                total: 0,
                goal,
            });
        }
        self.overlay = Overlay::None;
        Ok(())
    }

    /// Lets the system's dialog ask where the copy is to go.
    pub(crate) fn ask_where(&mut self) {
        let (Overlay::Copy(wanted), Some(tab)) = (&self.overlay, self.tab()) else {
            return;
        };
        let path = Path::new(&wanted.path);
        let name = path.file_name().unwrap_or_default();
        let asked = portal::Wanted {
            title: "Save a safe copy",
            pdf: true,
            folder: path.parent().map(Path::to_owned),
            name: name.to_string_lossy().into_owned(),
            tab: tab.id,
            what: Saved::Copy,
        };
        self.ask_desktop(asked);
    }

    /// Takes the place that the system's dialog has given.
    pub(super) fn save_copy(&mut self, id: TabId, path: &Path) {
        let shown = self.tab().is_some_and(|tab| tab.id == id);
        if let Overlay::Copy(wanted) = &mut self.overlay
            && shown
        {
            wanted.path = path.to_string_lossy().into_owned();
            wanted.is_asked = false;
            self.begin_copy();
        }
    }

    /// Stops what is being copied or taken out of the document that is shown.
    pub(crate) fn stop_copy(&mut self) {
        let Some(tab) = self.tab_mut() else {
            return;
        };
        tab.copy_text = None;
        if let Some(worker) = tab.worker.as_ref().filter(|_| tab.unpacking > 0) {
            worker.stop_unpacking();
        }
        if let Some(worker) = tab.worker.as_ref().filter(|_| tab.copy.is_some()) {
            worker.stop_copy();
        }
    }

    /// Stops every copy before the window goes, so that nothing half written is left.
    pub(crate) fn stop_all_copies(&mut self) {
        let begun = Instant::now();
        let mut running = 0_usize;
        for tab in &self.tabs {
            let Some(worker) = &tab.worker else {
                continue;
            };
            if tab.copy.is_some() {
                worker.stop_copy();
                running += 1;
            }
            if tab.unpacking > 0 {
                worker.stop_unpacking();
                running += tab.unpacking;
            }
        }
        while running > 0 {
            let left = LAST_WAIT.saturating_sub(begun.elapsed());
            match self.news.recv_timeout(left) {
                Ok((_, News::Copied(_) | News::Unpacked(_) | News::Ended(_))) => running -= 1,
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }

    /// A copy is whole, or there is none.
    pub(super) fn copied(&mut self, id: TabId, result: Result<(), String>) {
        let tab = self.tabs.iter_mut().find(|tab| tab.id == id);
        let Some(copy) = tab.and_then(|tab| tab.copy.take()) else {
            return;
        };
        let told = match (result, copy.goal) {
            (Err(why), _) if why == STOPPED => "Stopped; nothing was written".to_owned(),
            (Err(why), _) => format!("There is no copy: {why}"),
            (Ok(()), Goal::File(path)) => {
                format!(
                    "Saved as {}",
                    crate::cli::printable(&path.to_string_lossy())
                )
            }
            (Ok(()), Goal::Printer(file, way)) => {
                return self.send_to_printer(id, file, way);
            }
        };
        self.toast(told);
    }
}

impl Shell {
    /// Hands a copy to the system, which may take long.
    fn send_to_printer(&mut self, id: TabId, file: File, way: Way) {
        let tell = self.teller(id, None);
        let send = move || {
            let told = match print::send(file, &way) {
                Ok(told) => told.to_owned(),
                Err(error) => format!("It cannot be printed: {error}"),
            };
            tell(News::Say(told));
        };
        let thread = thread::Builder::new().name("printing".to_owned());
        if let Err(error) = thread.spawn(send) {
            self.toast(format!("It cannot be printed: {error}"));
        }
    }
}

/// The pages that are wanted, by position.
fn pages(tab: &Tab, wanted: &Wanted) -> Result<Vec<RangeInclusive<u32>>, String> {
    let count = tab.layout.pages();
    let list = match wanted.pages.trim() {
        "" => return Ok(vec![0..=count.saturating_sub(1)]),
        list => list,
    };
    let pages: Pages = list.parse()?;
    let labels: Vec<&str> = tab.labels.iter().map(String::as_str).collect();
    let pages = pages.of(count, &labels);
    let pages = pages.map_err(|error| format!("the document {error}"))?;
    Ok(pages
        .into_iter()
        .map(|page| page.get()..=page.get())
        .collect())
}

/// What a copy may be called, so that no file is replaced.
fn names(name: &str) -> Vec<String> {
    let stem = Path::new(name)
        .file_stem()
        .map_or(name.into(), |stem| stem.to_string_lossy());
    numbered(|number| match number {
        None => format!("{stem} (safe copy).pdf"),
        Some(number) => format!("{stem} (safe copy {number}).pdf"),
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn copy_is_called_as_its_document() {
        let names = names("paper.v2.pdf");
        let first = ["paper.v2 (safe copy).pdf", "paper.v2 (safe copy 2).pdf"];
        assert_eq!(names[..2], first);
    }
}
