//! Everything that can be done, by its name.

use super::parts;
use crate::window::canvas::Canvas;
use crate::window::keys::{ACTIONS, Action};
use crate::window::shell::{Overlay, Shell};
use egui::{Key, ScrollArea, TextEdit, Ui};

pub(super) fn show(shell: &mut Shell, ui: &Ui, canvas: &mut dyn Canvas) {
    let Overlay::Palette(typed, chosen) = &mut shell.overlay else {
        return;
    };
    let keys = &shell.keys;
    let mut done = None;
    let left = parts::dialog(ui, "Do", 460.0, |ui| {
        let edit = TextEdit::singleline(typed)
            .hint_text("Type what you want")
            .desired_width(f32::INFINITY);
        let response = ui.add(edit);
        response
            .widget_info(|| egui::WidgetInfo::text_edit(true, "", "", "What do you want to do?"));
        if response.changed() {
            *chosen = 0;
        }
        let found = matching(typed);
        let pressed = |key| ui.input(|input| input.key_pressed(key));
        if pressed(Key::ArrowDown) {
            *chosen = (*chosen + 1).min(found.len().saturating_sub(1));
        }
        if pressed(Key::ArrowUp) {
            *chosen = chosen.saturating_sub(1);
        }
        if pressed(Key::Enter) {
            done = found.get(*chosen).copied();
        }
        if !response.has_focus() {
            response.request_focus();
        }
        ScrollArea::vertical()
            .max_height(360.0)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                for (index, action) in found.iter().enumerate() {
                    let text = action.described().words;
                    let shortcut = keys.words(*action).first().cloned().unwrap_or_default();
                    let button =
                        egui::Button::selectable(index == *chosen, text).shortcut_text(shortcut);
                    let response = ui.add_sized([ui.available_width(), 28.0], button);
                    if index == *chosen {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() {
                        done = Some(*action);
                    }
                }
            });
    });
    if left || done.is_some() {
        shell.overlay = Overlay::None;
    }
    if let Some(action) = done {
        shell.act(action, None, ui.ctx(), canvas);
    }
}

/// Actions that have every typed word in them, those first that begin so.
fn matching(typed: &str) -> Vec<Action> {
    let typed = typed.to_lowercase();
    let words: Vec<&str> = typed.split_whitespace().collect();
    let mut found: Vec<(bool, Action)> = ACTIONS
        .iter()
        .filter(|row| !matches!(row.action, Action::Palette | Action::Escape))
        .map(|row| (row.words.to_lowercase(), row))
        .filter(|(text, _)| words.iter().all(|word| text.contains(word)))
        .map(|(text, row)| (!text.starts_with(&typed), row.action))
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
