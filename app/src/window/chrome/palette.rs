//! Everything that can be done, by its name; tabs, chapters and recent files, too.

use super::parts;
use crate::window::canvas::Canvas;
use crate::window::keys::{ACTIONS, Action};
use crate::window::opening::Origin;
use crate::window::shell::{Overlay, Shell};
use egui::{Key, ScrollArea, TextEdit, Ui};
use ipc::Destination;
use std::path::PathBuf;

/// Most places of a kind that are listed beside the actions.
const MOST: usize = 20;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq)]
enum Choice {
    Do(Action),
    Tab(usize),
    Chapter(Destination),
    Recent(PathBuf),
}

/// A line of the list.
struct Entry {
    words: String,
    beside: String,
    choice: Choice,
}

pub(super) fn show(shell: &mut Shell, ui: &Ui, canvas: &mut dyn Canvas) {
    let Overlay::Palette(mut typed, mut chosen) = shell.overlay.clone() else {
        return;
    };
    let mut done = None;
    let left = parts::dialog(ui, "Do", 460.0, |ui| {
        let edit = TextEdit::singleline(&mut typed)
            .hint_text("Type what you want")
            .desired_width(f32::INFINITY);
        let response = ui.add(edit);
        parts::name_field(ui, &response, "What do you want to do?");
        if response.changed() {
            chosen = 0;
        }
        let found = entries(shell, &typed);
        let pressed = |key| ui.input(|input| input.key_pressed(key));
        let moved = pressed(Key::ArrowDown) || pressed(Key::ArrowUp);
        if pressed(Key::ArrowDown) {
            chosen = (chosen + 1).min(found.len().saturating_sub(1));
        }
        if pressed(Key::ArrowUp) {
            chosen = chosen.saturating_sub(1);
        }
        if pressed(Key::Enter) {
            done = found.get(chosen).map(|entry| entry.choice.clone());
        }
        if !response.has_focus() {
            response.request_focus();
        }
        if found.is_empty() {
            ui.weak("Nothing is called so");
        }
        ScrollArea::vertical()
            .max_height(360.0)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                for (index, entry) in found.iter().enumerate() {
                    let button = egui::Button::selectable(index == chosen, &entry.words)
                        .shortcut_text(&entry.beside)
                        .truncate();
                    let response = ui.add_sized([ui.available_width(), 28.0], button);
                    if index == chosen && moved {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() {
                        done = Some(entry.choice.clone());
                    }
                }
            });
    });
    shell.overlay = match left || done.is_some() {
        true => Overlay::None,
        false => Overlay::Palette(typed, chosen),
    };
    match done {
        Some(Choice::Do(action)) => shell.act(action, None, ui.ctx(), canvas),
        Some(Choice::Tab(index)) => shell.show(index),
        Some(Choice::Recent(path)) => shell.open([Origin::Path(path)]),
        Some(Choice::Chapter(to)) => {
            if let Some(tab) = shell.tab_mut() {
                tab.follow(to);
            }
        }
        None => {}
    }
}

/// Actions first, then where one may want to go.
fn entries(shell: &Shell, typed: &str) -> Vec<Entry> {
    let actions = matching(typed).into_iter().map(|action| Entry {
        words: action.described().words.to_owned(),
        beside: shell
            .keys
            .words(action)
            .first()
            .cloned()
            .unwrap_or_default(),
        choice: Choice::Do(action),
    });
    let mut entries: Vec<Entry> = actions.collect();
    if typed.trim().is_empty() {
        return entries;
    }
    let entry = |words: String, beside: &str, choice| Entry {
        words,
        beside: beside.to_owned(),
        choice,
    };
    let tabs = shell.tabs.iter().enumerate();
    let tabs = tabs.map(|(index, tab)| entry(tab.title(), "tab", Choice::Tab(index)));
    entries.extend(tabs.filter(|entry| fits(&entry.words, typed)).take(MOST));
    let outline = shell.tab().map_or(&[][..], |tab| &tab.outline);
    let chapters = outline.iter().filter_map(|chapter| {
        let to = Choice::Chapter(chapter.leads_to?);
        Some(entry(chapter.title.as_str().to_owned(), "chapter", to))
    });
    entries.extend(
        chapters
            .filter(|entry| fits(&entry.words, typed))
            .take(MOST),
    );
    let recent = shell.store.recent().into_iter().map(|path| {
        let words = Origin::Path(path.clone()).name();
        entry(words, "recent file", Choice::Recent(path))
    });
    entries.extend(recent.filter(|entry| fits(&entry.words, typed)).take(MOST));
    entries
}

/// Whether every typed word is in it.
fn fits(words: &str, typed: &str) -> bool {
    let words = words.to_lowercase();
    let typed = typed.to_lowercase();
    typed.split_whitespace().all(|word| words.contains(word))
}

/// Actions that have every typed word in them, those first that begin so.
fn matching(typed: &str) -> Vec<Action> {
    let start = typed.to_lowercase();
    let mut found: Vec<(bool, Action)> = ACTIONS
        .iter()
        .filter(|row| {
            let needs_more = matches!(row.action, Action::Tab | Action::SoundPart);
            !needs_more && !matches!(row.action, Action::Palette | Action::Escape)
        })
        .filter(|row| fits(row.words, typed))
        .map(|row| (!row.words.to_lowercase().starts_with(&start), row.action))
        .collect();
    found.sort_by_key(|(later, _)| *later);
    found.into_iter().map(|(_, action)| action).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_as_typed_comes_first() {
        assert_eq!(matching("zoom")[..2], [Action::ZoomIn, Action::ZoomOut]);
        assert_eq!(matching("page go")[0], Action::GoToPage);
        assert!(matching("no such thing").is_empty());
        assert!(matching("").len() > 30);
    }
}
