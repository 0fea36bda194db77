//! Our own file chooser, where the system offers none.

use super::parts;
use crate::cli::printable;
use crate::window::opening::Origin;
use crate::window::shell::{Overlay, Shell};
use egui::{Key, ScrollArea, TextEdit, Ui};
use std::path::{Path, PathBuf};

/// Most names of a folder that are listed.
const MOST: usize = 5000;

/// A folder, and what is typed to find something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chooser {
    folder: PathBuf,
    typed: String,
    entries: Vec<Entry>,
    chosen: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    name: String,
    path: PathBuf,
    is_folder: bool,
}

impl Chooser {
    /// Starts in the working directory.
    pub(crate) fn start() -> Self {
        Self::of(std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/")))
    }

    fn of(folder: PathBuf) -> Self {
        let entries = list(&folder);
        Self {
            folder,
            typed: String::new(),
            entries,
            chosen: 0,
        }
    }

    /// A typed path leads into its folder, and what stands behind is looked for there; the
    /// entry that is called so, or begins so, is chosen.
    fn follow(&mut self) {
        let (before, behind) = match self.typed.rfind('/') {
            Some(slash) => self.typed.split_at(slash + 1),
            None => ("", self.typed.as_str()),
        };
        let folder = match (before.strip_prefix("~/"), std::env::var_os("HOME")) {
            (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
            _ => self.folder.join(before),
        };
        if !before.is_empty() && folder.is_dir() {
            let behind = behind.to_owned();
            *self = Self::of(folder.canonicalize().unwrap_or(folder));
            self.typed = behind;
        }
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

    fn found(&self) -> Vec<&Entry> {
        let typed = self.typed.to_lowercase();
        let fits = |entry: &&Entry| entry.name.to_lowercase().contains(&typed);
        self.entries.iter().filter(fits).collect()
    }
}

/// Folders first, then files; hidden ones are left out.
fn list(folder: &Path) -> Vec<Entry> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut entries: Vec<Entry> = entries
        .take(MOST)
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .map(|entry| Entry {
            name: printable(&entry.file_name().to_string_lossy()),
            is_folder: entry.path().is_dir(),
            path: entry.path(),
        })
        .collect();
    entries.sort_by_key(|entry| (!entry.is_folder, entry.name.to_lowercase()));
    entries
}

pub(super) fn show(shell: &mut Shell, ui: &Ui) {
    let Overlay::Chooser(chooser) = &mut shell.overlay else {
        return;
    };
    let mut done = None;
    let left = parts::dialog(ui, "Open a file", 560.0, |ui| {
        ui.horizontal(|ui| {
            if ui.button("Up").clicked()
                && let Some(up) = chooser.folder.parent()
            {
                *chooser = Chooser::of(up.to_owned());
            }
            ui.add(egui::Label::new(printable(&chooser.folder.to_string_lossy())).truncate());
        });
        let edit = TextEdit::singleline(&mut chooser.typed)
            .hint_text("Find, or type a path")
            .desired_width(f32::INFINITY);
        let response = ui.add(edit);
        parts::name_field(ui, &response, "Find, or type a path");
        if response.changed() {
            chooser.follow();
        }
        if !response.has_focus() {
            response.request_focus();
        }
        let enter = ui.input(|input| input.key_pressed(Key::Enter));
        let count = chooser.found().len();
        let pressed = |key| ui.input(|input| input.key_pressed(key));
        let moved = pressed(Key::ArrowDown) || pressed(Key::ArrowUp);
        if ui.input(|input| input.key_pressed(Key::ArrowDown)) {
            chooser.chosen = (chooser.chosen + 1).min(count.saturating_sub(1));
        }
        if ui.input(|input| input.key_pressed(Key::ArrowUp)) {
            chooser.chosen = chooser.chosen.saturating_sub(1);
        }
        if enter && count == 0 && !chooser.typed.is_empty() {
            // What is not listed, a hidden file, may be there all the same.
            done = Some(chooser.folder.join(&chooser.typed));
        }
        ScrollArea::vertical()
            .max_height(380.0)
            .auto_shrink([false, false])
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                for (index, entry) in chooser.found().into_iter().enumerate() {
                    let chosen = index == chooser.chosen;
                    let name = if entry.is_folder {
                        format!("{}/", entry.name)
                    } else {
                        entry.name.clone()
                    };
                    // The empty words on the right keep the name on the left.
                    let button = egui::Button::selectable(chosen, name)
                        .right_text("")
                        .truncate();
                    let size = [ui.available_width(), 28.0];
                    let response = ui.add_sized(size, button);
                    if chosen && moved {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() || (chosen && enter && done.is_none()) {
                        done = Some(entry.path.clone());
                    }
                }
            });
    });
    match done {
        Some(path) if path.is_dir() => *chooser = Chooser::of(path),
        Some(path) => {
            shell.overlay = Overlay::None;
            shell.open([Origin::Path(path)]);
        }
        None if left => shell.overlay = Overlay::None,
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_path_leads_into_its_folder_and_chooses_what_is_called_so() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().canonicalize().unwrap().join("papers");
        std::fs::create_dir(&folder).unwrap();
        for name in ["a thesis.pdf", "thesis.pdf", "other.pdf", ".hidden.pdf"] {
            std::fs::write(folder.join(name), b"").unwrap();
        }
        let mut chooser = Chooser::of(top.path().to_owned());
        chooser.typed = format!("{}/thesis.pdf", folder.display());
        chooser.follow();
        assert_eq!(chooser.folder, folder);
        assert_eq!(chooser.typed, "thesis.pdf");
        assert_eq!(chooser.found().len(), 2);
        assert_eq!(chooser.found()[chooser.chosen].name, "thesis.pdf");
        chooser.typed = "../papers/oth".to_owned();
        chooser.follow();
        assert_eq!(chooser.found()[chooser.chosen].name, "other.pdf");
        assert_eq!(chooser.folder, folder);
        chooser.typed = "/no such folder/x.pdf".to_owned();
        chooser.follow();
        assert!(chooser.found().is_empty(), "and Enter tries the path");
    }
}
