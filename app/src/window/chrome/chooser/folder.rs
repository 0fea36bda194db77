//! The folder that the chooser shows. It asks the file system on threads that may wait
//! for ever, and shows what it has until there is an answer.

use crate::cli::printable;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Most names of a folder that are listed.
const MOST: usize = 5000;

/// A folder, and what is typed to find something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chooser {
    pub(super) folder: PathBuf,
    pub(super) typed: String,
    entries: Vec<Entry>,
    pub(super) chosen: usize,
    question: Option<Question>,
    /// How many questions there were.
    asked: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Folder,
    File,
    /// Where it leads is not known.
    Link,
}

/// What is being asked about a path.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Question {
    path: PathBuf,
    why: Why,
    is_sent: bool,
    since: Instant,
}

/// What is to be done with a folder; and what with something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// It is shown; nothing is done.
    Enter,
    /// It is shown, and what is typed behind it looked for; nothing is done.
    Typed,
    /// It is shown; it is opened.
    Open,
}

/// What a path is.
#[derive(Debug)]
pub(crate) struct Answer {
    number: u64,
    path: PathBuf,
    /// What is in it, if it is a folder.
    entries: Option<Vec<Entry>>,
}

impl Chooser {
    /// Starts in the working directory.
    pub(crate) fn start() -> Self {
        Self::of(std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/")))
    }

    pub(super) fn of(folder: PathBuf) -> Self {
        let mut chooser = Self {
            folder: folder.clone(),
            typed: String::new(),
            entries: Vec::new(),
            chosen: 0,
            question: None,
            asked: 0,
        };
        chooser.ask(folder, Why::Enter);
        chooser
    }

    /// Asks about a path, in place of what was asked before.
    pub(super) fn ask(&mut self, path: PathBuf, why: Why) {
        let is_asked = |asked: &Question| asked.path == path && asked.why == why;
        if self.question.as_ref().is_some_and(is_asked) {
            return;
        }
        self.asked += 1;
        self.question = Some(Question {
            path,
            why,
            is_sent: false,
            since: Instant::now(),
        });
    }

    /// Since when there has been no answer.
    pub(super) fn waits_since(&self) -> Option<Instant> {
        self.question.as_ref().map(|question| question.since)
    }

    /// A question that nobody was given yet: its number and the path.
    pub(super) fn next_question(&mut self) -> Option<(u64, PathBuf)> {
        let number = self.asked;
        let question = self.question.as_mut().filter(|asked| !asked.is_sent)?;
        question.is_sent = true;
        Some((number, question.path.clone()))
    }

    /// Takes an answer; what is to be opened.
    pub(crate) fn take(&mut self, answer: Answer) -> Option<PathBuf> {
        if answer.number != self.asked {
            return None;
        }
        let Some(question) = self.question.take() else {
            // Where links lead is known only now.
            if let Some(entries) = answer.entries.filter(|_| self.folder == answer.path) {
                self.entries = entries;
            }
            return None;
        };
        let Some(entries) = answer.entries else {
            return (question.why == Why::Open).then_some(question.path);
        };
        if question.why != Why::Typed {
            self.typed.clear();
        } else if let Some((_, behind)) = self.typed.rsplit_once('/') {
            self.typed = behind.to_owned();
        }
        (self.folder, self.entries) = (answer.path, entries);
        self.choose();
        None
    }

    /// A typed path leads into its folder, and what stands behind is looked for there; the
    /// entry that is called so, or begins so, is chosen.
    pub(super) fn follow(&mut self) {
        if let Some((before, _)) = self.typed.rsplit_once('/') {
            let home = std::env::var_os("HOME").map(PathBuf::from);
            let folder = match (before.strip_prefix('~'), home) {
                (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
                    home.join(rest.trim_start_matches('/'))
                }
                _ => self.folder.join(format!("{before}/")),
            };
            self.ask(folder, Why::Typed);
        }
        self.choose();
    }

    fn choose(&mut self) {
        let typed = self.typed.to_lowercase();
        let found = self.found();
        let first = |fits: &dyn Fn(&str) -> bool| {
            let mut names = found.iter().map(|entry| entry.name.to_lowercase());
            names.position(|name| fits(&name))
        };
        self.chosen = first(&|name| name == typed)
            .or_else(|| first(&|name| name.starts_with(&typed)))
            .unwrap_or(0);
    }

    pub(super) fn found(&self) -> Vec<&Entry> {
        let typed = self.typed.to_lowercase();
        let fits = |entry: &&Entry| entry.name.to_lowercase().contains(&typed);
        self.entries.iter().filter(fits).collect()
    }
}

/// Looks what a path is, and calls `tell` with it: once more where there are links, whose
/// ends may be on mounts that do not answer. May wait for ever.
pub(super) fn look(number: u64, path: &Path, tell: impl Fn(Answer)) {
    let folder = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let answer = |entries| Answer {
        number,
        path: folder.clone(),
        entries,
    };
    let Some(mut entries) = list(&folder) else {
        return tell(answer(None));
    };
    tell(answer(Some(entries.clone())));
    if entries.iter().all(|entry| entry.kind != Kind::Link) {
        return;
    }
    for entry in &mut entries {
        entry.kind = match entry.kind {
            Kind::Link if entry.path.is_dir() => Kind::Folder,
            Kind::Link => Kind::File,
            known => known,
        };
    }
    sort(&mut entries);
    tell(answer(Some(entries)));
}

/// What is in a folder; hidden files are left out. `None` for something else.
fn list(folder: &Path) -> Option<Vec<Entry>> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let mut entries: Vec<Entry> = entries
        .take(MOST)
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .map(|entry| Entry {
            name: printable(&entry.file_name().to_string_lossy()),
            kind: match entry.file_type() {
                Ok(kind) if kind.is_dir() => Kind::Folder,
                Ok(kind) if kind.is_symlink() => Kind::Link,
                _ => Kind::File,
            },
            path: entry.path(),
        })
        .collect();
    sort(&mut entries);
    Some(entries)
}

/// Folders first, then files.
fn sort(entries: &mut [Entry]) {
    entries.sort_by_cached_key(|entry| (entry.kind != Kind::Folder, entry.name.to_lowercase()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    /// Has its questions answered; what is to be opened.
    fn settle(chooser: &mut Chooser) -> Option<PathBuf> {
        let mut opened = None;
        while let Some((number, path)) = chooser.next_question() {
            let answers = RefCell::new(Vec::new());
            look(number, &path, |answer| answers.borrow_mut().push(answer));
            for answer in answers.into_inner() {
                opened = opened.or(chooser.take(answer));
            }
        }
        opened
    }

    fn typed(chooser: &mut Chooser, text: String) {
        chooser.typed = text;
        chooser.follow();
        assert_eq!(settle(chooser), None);
    }

    #[test]
    fn a_typed_path_leads_into_its_folder_and_chooses_what_is_called_so() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().canonicalize().unwrap().join("papers");
        std::fs::create_dir(&folder).unwrap();
        for name in ["a thesis.pdf", "thesis.pdf", "other.pdf", ".hidden.pdf"] {
            std::fs::write(folder.join(name), b"").unwrap();
        }
        let mut chooser = Chooser::of(top.path().to_owned());
        typed(&mut chooser, format!("{}/thesis.pdf", folder.display()));
        assert_eq!(chooser.folder, folder);
        assert_eq!(chooser.typed, "thesis.pdf");
        assert_eq!(chooser.found().len(), 2);
        assert_eq!(chooser.found()[chooser.chosen].name, "thesis.pdf");
        typed(&mut chooser, "../papers/oth".to_owned());
        assert_eq!(chooser.found()[chooser.chosen].name, "other.pdf");
        assert_eq!(chooser.folder, folder);
        typed(&mut chooser, "/no such folder/x.pdf".to_owned());
        assert!(chooser.found().is_empty(), "and Enter tries the path");
        chooser.ask(folder.join(".hidden.pdf"), Why::Open);
        assert_eq!(settle(&mut chooser), Some(folder.join(".hidden.pdf")));
        chooser.ask(top.path().to_owned(), Why::Open);
        assert_eq!(settle(&mut chooser), None, "a folder is shown");
        assert_eq!(chooser.found()[0].name, "papers");
    }

    #[test]
    fn folder_that_does_not_answer_leaves_the_chooser_as_it_is() {
        let top = tempfile::tempdir().unwrap();
        std::fs::write(top.path().join("a.pdf"), b"").unwrap();
        let mut chooser = Chooser::of(top.path().to_owned());
        settle(&mut chooser);
        chooser.typed = "/dead/mount".to_owned();
        chooser.follow();
        assert!(chooser.next_question().is_some());
        chooser.typed = "/dead/mounted".to_owned();
        chooser.follow();
        assert_eq!(chooser.next_question(), None, "it is not asked twice");
        assert_eq!(chooser.entries.len(), 1);
        // Something else is wanted before it answers.
        typed(&mut chooser, format!("{}/a", top.path().display()));
        let late = Answer {
            number: 2,
            path: "/dead".into(),
            entries: Some(Vec::new()),
        };
        assert_eq!(chooser.take(late), None);
        assert_eq!(chooser.found()[0].name, "a.pdf");
    }

    #[test]
    fn links_are_what_they_lead_to() {
        let top = tempfile::tempdir().unwrap();
        std::fs::create_dir(top.path().join("z")).unwrap();
        std::os::unix::fs::symlink(top.path().join("z"), top.path().join("y")).unwrap();
        std::os::unix::fs::symlink("/none", top.path().join("a")).unwrap();
        let mut chooser = Chooser::of(top.path().to_owned());
        settle(&mut chooser);
        let found: Vec<_> = chooser
            .found()
            .iter()
            .map(|entry| (entry.name.clone(), entry.kind))
            .collect();
        let expected = [("y", Kind::Folder), ("z", Kind::Folder), ("a", Kind::File)];
        assert_eq!(found, expected.map(|(name, kind)| (name.to_owned(), kind)));
    }
}
