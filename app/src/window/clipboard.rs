//! Text to and from other programs. Pictures are never taken: reading one would
//! decode it in this process.

use egui::{OutputCommand, PlatformOutput};
use winit::event::{ElementState, KeyEvent, WindowEvent};
use winit::keyboard::{Key, ModifiersState, NamedKey};

/// The system's clipboard, once it was needed.
#[derive(Default)]
pub(super) struct Clipboard {
    system: Option<arboard::Clipboard>,
}

impl Clipboard {
    /// Takes what the interface wants copied.
    pub(super) fn take(&mut self, output: &PlatformOutput) {
        for command in &output.commands {
            if let OutputCommand::CopyText(text) = command
                && let Some(system) = self.system()
            {
                // Where it does not work, the window still has it for itself.
                let _ = system.set_text(text.clone());
            }
        }
    }

    /// The text to insert when these keys mean that.
    pub(super) fn pasted(&mut self, event: &WindowEvent, held: ModifiersState) -> Option<String> {
        let WindowEvent::KeyboardInput {
            event:
                KeyEvent {
                    logical_key,
                    state: ElementState::Pressed,
                    ..
                },
            ..
        } = event
        else {
            return None;
        };
        let pastes = match logical_key {
            Key::Character(letter) => held.control_key() && letter.eq_ignore_ascii_case("v"),
            Key::Named(NamedKey::Insert) => held.shift_key(),
            Key::Named(NamedKey::Paste) => true,
            _ => false,
        };
        pastes.then(|| self.system()?.get_text().ok()).flatten()
    }

    fn system(&mut self) -> Option<&mut arboard::Clipboard> {
        if self.system.is_none() {
            self.system = arboard::Clipboard::new().ok();
        }
        self.system.as_mut()
    }
}
