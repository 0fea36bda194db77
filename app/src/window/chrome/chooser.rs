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
            chooser.chosen = 0;
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
        let typed = Path::new(&chooser.typed);
        if enter && typed.is_absolute() {
            done = Some(typed.to_owned());
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
                    let button = egui::Button::selectable(chosen, name).truncate();
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
