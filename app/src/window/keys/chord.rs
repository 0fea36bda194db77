//! One key with its modifiers, and its name.

use egui::{Key, Modifiers};

/// A key that is pressed, with what is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Chord {
    pub(super) key: Key,
    pub(super) ctrl: bool,
    pub(super) alt: bool,
    pub(super) shift: bool,
}

impl Chord {
    /// As it was pressed.
    pub(super) fn pressed(key: Key, held: Modifiers) -> Self {
        Self {
            key,
            ctrl: held.ctrl || held.command,
            alt: held.alt,
            // Where the sign itself needs shift on some keyboards, it says nothing more.
            shift: held.shift && !is_sign(key),
        }
    }

    /// From its name, such as `ctrl+shift+t`.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let mut chord = Self {
            key: Key::Space,
            ctrl: false,
            alt: false,
            shift: false,
        };
        let mut rest = name;
        loop {
            let held = rest
                .split_once('+')
                .filter(|(first, after)| !first.is_empty() && !after.is_empty());
            let Some((held, after)) = held else {
                break;
            };
            match held {
                "ctrl" => chord.ctrl = true,
                "alt" => chord.alt = true,
                "shift" => chord.shift = true,
                _ => return None,
            }
            rest = after;
        }
        chord.key = key(rest)?;
        Some(chord)
    }

    /// For people: "Ctrl+Shift+T".
    pub(super) fn words(self) -> String {
        let mut words = String::new();
        for (held, name) in [
            (self.ctrl, "Ctrl+"),
            (self.alt, "Alt+"),
            (self.shift, "Shift+"),
        ] {
            if held {
                words.push_str(name);
            }
        }
        words.push_str(match self.key {
            Key::ArrowDown => "Down",
            Key::ArrowUp => "Up",
            Key::ArrowLeft => "Left",
            Key::ArrowRight => "Right",
            Key::PageDown => "Page Down",
            Key::PageUp => "Page Up",
            Key::Plus => "+",
            Key::Minus => "\u{2212}",
            Key::Escape => "Esc",
            key => key.symbol_or_name(),
        });
        words
    }
}

fn key(name: &str) -> Option<Key> {
    let key = match name {
        "down" => Key::ArrowDown,
        "up" => Key::ArrowUp,
        "left" => Key::ArrowLeft,
        "right" => Key::ArrowRight,
        "pagedown" => Key::PageDown,
        "pageup" => Key::PageUp,
        "plus" => Key::Plus,
        "space" => Key::Space,
        "escape" => Key::Escape,
        "enter" => Key::Enter,
        "tab" => Key::Tab,
        "home" => Key::Home,
        "end" => Key::End,
        "delete" => Key::Delete,
        "backspace" => Key::Backspace,
        _ => Key::from_name(&name.to_uppercase())?,
    };
    Some(key)
}

/// Signs that some keyboards have on a key of their own and others on a shifted one.
fn is_sign(key: Key) -> bool {
    matches!(
        key,
        Key::Plus
            | Key::Minus
            | Key::Equals
            | Key::Slash
            | Key::Questionmark
            | Key::Colon
            | Key::OpenBracket
            | Key::CloseBracket
            | Key::Exclamationmark
            | Key::Pipe
            | Key::Quote
    )
}
