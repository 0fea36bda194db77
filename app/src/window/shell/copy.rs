//! Safe copies of documents: saved, or printed.

use super::{Overlay, Shell};
use crate::cli::{Output, Pages};
use crate::safe_copy::READING_DPI;
use crate::window::document::copy_work::CopyOrder;
use crate::window::document::worker::{News, STOPPED};
use crate::window::print::Way;
use crate::window::tab::{State, TabId};
use crate::window::{portal, print};
use std::fs::File;
use std::path::{Path, PathBuf};
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
        // The desktop's dialog asks for the printer itself.
        let printers = match print && !self.portal {
            true => print::printers(),
            false => Vec::new(),
        };
        let wanted = Wanted {
            print,
            path: proposed(tab.origin.path(), &tab.origin.name())
                .to_string_lossy()
                .into_owned(),
            printers,
            printer: None,
            pages: String::new(),
            dpi: if print { PRINTING_DPI } else { READING_DPI },
            with_words: !print,
            error: None,
        };
        self.overlay = Overlay::Copy(wanted);
    }

    /// Begins what the dialog says, or tells in it why not.
    pub(crate) fn begin_copy(&mut self) {
        let Overlay::Copy(wanted) = &self.overlay else {
            return;
        };
        let wanted = wanted.clone();
        match self.try_copy(&wanted) {
            Ok(()) => self.overlay = Overlay::None,
            Err(why) => {
                self.overlay = Overlay::Copy(Wanted {
                    error: Some(why),
                    ..wanted
                })
            }
        }
    }

    fn try_copy(&mut self, wanted: &Wanted) -> Result<(), String> {
        let way = match self.portal {
            true => Way::Dialog,
            false => Way::Printer(wanted.printer.clone()),
        };
        let Some(tab) = self.tabs.get_mut(self.current) else {
            return Ok(());
        };
        let (output, goal) = if wanted.print {
            let file = tempfile::tempfile().map_err(|error| error.to_string())?;
            let copy = file.try_clone().map_err(|error| error.to_string())?;
            (Output::Special(copy), Goal::Printer(file, way))
        } else {
            let path = PathBuf::from(&wanted.path);
            if !path.is_absolute() {
                return Err("a whole path is needed, from / on".to_owned());
            }
            if tab
                .origin
                .path()
                .is_some_and(|origin| crate::cli::is_same_file(origin, &path))
            {
                return Err("that is the document itself; choose another name".to_owned());
            }
            let output = Output::create(&path).map_err(|error| error.to_string())?;
            (output, Goal::File(path))
        };
        let count = tab.layout.pages();
        let pages = match wanted.pages.trim() {
            "" => vec![0..=count.saturating_sub(1)],
            list => {
                let pages: Pages = list.parse()?;
                let labels: Vec<&str> = tab.labels.iter().map(String::as_str).collect();
                let pages = pages.of(count, &labels);
                let pages = pages.map_err(|error| format!("the document {error}"))?;
                pages
                    .into_iter()
                    .map(|page| page.get()..=page.get())
                    .collect()
            }
        };
        let order = CopyOrder {
            output,
            pages,
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
        Ok(())
    }

    /// Lets the system's dialog ask where the copy is to go.
    pub(crate) fn ask_where(&mut self) {
        let Overlay::Copy(wanted) = &self.overlay else {
            return;
        };
        let path = PathBuf::from(&wanted.path);
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let Some(id) = self.tab().map(|tab| tab.id) else {
            return;
        };
        let (teller, waker) = (self.teller.clone(), self.waker.clone());
        let folder = path.parent().map(Path::to_owned);
        portal::ask_where("Save a safe copy", true, folder, name, move |path| {
            // Nobody listens any more when the window is gone.
            let _ = teller.send((id, News::SaveTo(path)));
            if let Some(wake) = waker.get() {
                wake();
            }
        });
    }

    /// Takes the place that the system's dialog has given.
    pub(super) fn save_copy(&mut self, id: TabId, path: PathBuf) {
        let shown = self.tab().is_some_and(|tab| tab.id == id);
        if let Overlay::Copy(wanted) = &mut self.overlay
            && shown
        {
            wanted.path = path.to_string_lossy().into_owned();
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
        let (teller, waker) = (self.teller.clone(), self.waker.clone());
        let send = move || {
            let told = match print::send(file, &way) {
                Ok(told) => told.to_owned(),
                Err(error) => format!("It cannot be printed: {error}"),
            };
            // Nobody listens any more when the window is gone.
            let _ = teller.send((id, News::Say(told)));
            if let Some(wake) = waker.get() {
                wake();
            }
        };
        let thread = std::thread::Builder::new().name("printing".to_owned());
        if let Err(error) = thread.spawn(send) {
            self.toast(format!("It cannot be printed: {error}"));
        }
    }
}

/// The document's own name beside it, so that no file is replaced.
fn proposed(path: Option<&Path>, name: &str) -> PathBuf {
    let home = || std::env::var_os("HOME").map_or_else(|| PathBuf::from("/"), PathBuf::from);
    let folder = path
        .and_then(Path::parent)
        .map_or_else(home, Path::to_owned);
    let stem = Path::new(name)
        .file_stem()
        .map_or(name.into(), |stem| stem.to_string_lossy());
    let names = (1..1000).map(|number| match number {
        1 => format!("{stem} (safe copy).pdf"),
        number => format!("{stem} (safe copy {number}).pdf"),
    });
    let mut free = names
        .map(|name| folder.join(name))
        .skip_while(|path| path.exists());
    free.next().unwrap_or_else(|| folder.join("safe copy.pdf"))
}

#[cfg(test)]
mod tests {
    use super::proposed;
    use std::path::Path;

    #[test]
    fn copy_stands_beside_its_document_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let document = folder.path().join("paper.v2.pdf");
        let first = proposed(Some(&document), "paper.v2.pdf");
        assert_eq!(first, folder.path().join("paper.v2 (safe copy).pdf"));
        std::fs::write(&first, "").unwrap();
        let second = proposed(Some(&document), "paper.v2.pdf");
        assert_eq!(second, folder.path().join("paper.v2 (safe copy 2).pdf"));
        assert!(
            proposed(None, "standard input").ends_with(Path::new("standard input (safe copy).pdf"))
        );
    }
}
