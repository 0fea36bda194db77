//! Keys that are pressed: who has them, and what they do.

use super::{Overlay, Shell};
use crate::window::canvas::Canvas;
use crate::window::keys::{Action, Place, Pressed, number};
use crate::window::tab::{State, Tab};
use egui::Context;

impl Shell {
    pub(super) fn take_keys(&mut self, ctx: &Context, canvas: &mut dyn Canvas) {
        // A field that is typed into has its keys for itself.
        let typing = ctx.text_edit_focused();
        // A button that has the keyboard takes the keys that press it or lead on.
        let focused = ctx.memory(|memory| memory.focused());
        let on_button = focused.is_some() && focused != self.document_id;
        let events = ctx.input(|input| input.events.clone());
        for event in events {
            if matches!(event, egui::Event::Copy) && !typing {
                self.copy_shown();
            }
            let egui::Event::Key {
                key,
                pressed: true,
                modifiers,
                ..
            } = event
            else {
                continue;
            };
            if !typing && !modifiers.ctrl && !modifiers.alt && self.take_awaited(key) {
                ctx.input_mut(|input| input.consume_key(modifiers, key));
                ctx.request_repaint();
                continue;
            }
            let is_text = !modifiers.ctrl && !modifiers.alt && !is_function_key(key);
            if (typing || self.overlay_takes(key)) && is_text && key != egui::Key::Escape {
                continue;
            }
            if on_button && is_text && moves(key) {
                continue;
            }
            if typing && edits(key, modifiers) {
                continue;
            }
            let place = self.place();
            let meant = self.keys.press_in(place, key, modifiers);
            if let Some(action) = meant.or_else(|| self.of_file(key, modifiers)) {
                ctx.input_mut(|input| input.consume_key(modifiers, key));
                let tenths = number(key).filter(|_| action == Action::SoundPart);
                self.act(action, tenths, ctx, canvas);
                continue;
            }
            if let Pressed::Do(action, count) = self.keys.press(key, modifiers) {
                ctx.input_mut(|input| input.consume_key(modifiers, key));
                self.act(action, count, ctx, canvas);
            }
        }
    }

    /// Where keys are pressed.
    fn place(&self) -> Place {
        // What one leafs to is taken for a picture before it is there.
        let is_picture = |tab: &Tab| match tab.summary() {
            Some(_) => tab.is_picture() && tab.layout.pages() == 1,
            None => {
                let set = tab.browsing.as_ref().filter(|set| !set.is_heard);
                set.is_some() && !matches!(tab.state, State::Locked { .. })
            }
        };
        if self.presenting.is_some() {
            Place::Presentation
        } else if self.overlay == Overlay::None && self.hears() {
            Place::Sound
        } else if self.overlay == Overlay::None && self.tab().is_some_and(is_picture) {
            Place::Picture
        } else {
            Place::Anywhere
        }
    }

    /// What a key means to the file of a picture of several pages, whose other keys
    /// turn pages. One that begins two keys keeps that.
    fn of_file(&self, key: egui::Key, held: egui::Modifiers) -> Option<Action> {
        let is_picture = self.tab().is_some_and(Tab::is_picture);
        if self.place() != Place::Anywhere || self.overlay != Overlay::None || !is_picture {
            return None;
        }
        let action = self.keys.press_in(Place::Picture, key, held)?;
        let is_about_file = matches!(
            action,
            Action::Trash
                | Action::Undo
                | Action::Delete
                | Action::Rename
                | Action::Strip
                | Action::Grid
                | Action::Inspect
        );
        (is_about_file && !self.keys.begins(key, held)).then_some(action)
    }

    /// Whether what lies over the document is moved through by this key.
    fn overlay_takes(&self, key: egui::Key) -> bool {
        moves(key) && self.overlay != Overlay::None
    }
}

/// Keys that press what has the keyboard, or lead to something else.
fn moves(key: egui::Key) -> bool {
    use egui::Key;
    matches!(
        key,
        Key::ArrowDown
            | Key::ArrowUp
            | Key::ArrowLeft
            | Key::ArrowRight
            | Key::Enter
            | Key::Tab
            | Key::Space
    )
}

/// Chords that a field understands itself: select all, cut, copy, paste, undo,
/// and moving or deleting by words.
fn edits(key: egui::Key, modifiers: egui::Modifiers) -> bool {
    use egui::Key;
    modifiers.ctrl
        && matches!(
            key,
            Key::A
                | Key::C
                | Key::V
                | Key::X
                | Key::Y
                | Key::Z
                | Key::ArrowLeft
                | Key::ArrowRight
                | Key::Backspace
                | Key::Delete
                | Key::Home
                | Key::End
        )
}

/// Keys that write nothing.
fn is_function_key(key: egui::Key) -> bool {
    let number = key.name().strip_prefix('F');
    number.is_some_and(|number| number.parse::<u8>().is_ok())
}
