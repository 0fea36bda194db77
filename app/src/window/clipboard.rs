//! Text to and from other programs, and files from a file manager. Pictures are never taken: reading one would
//! decode it in this process. Pictures of ours are given (`pictures`).

mod pictures;

use egui::{OutputCommand, PlatformOutput};
use std::path::PathBuf;
use winit::event::{ElementState, KeyEvent, WindowEvent};
use winit::keyboard::{Key, ModifiersState, NamedKey};

/// Whether these keys mean that something is to be inserted.
pub(super) fn is_paste(event: &WindowEvent, held: ModifiersState) -> bool {
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
        return false;
    };
    match logical_key {
        Key::Character(letter) => held.control_key() && letter.eq_ignore_ascii_case("v"),
        Key::Named(NamedKey::Insert) => held.shift_key(),
        Key::Named(NamedKey::Paste) => true,
        _ => false,
    }
}

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

    /// The text that is to be inserted.
    pub(super) fn text(&mut self) -> Option<String> {
        self.system()?.get_text().ok()
    }

    /// Files that were copied in a file manager.
    pub(super) fn files(&mut self) -> Vec<PathBuf> {
        let system = self.system();
        let files = system.and_then(|system| system.get().file_list().ok());
        files.unwrap_or_default()
    }

    /// Gives a PNG of ours to other programs.
    ///
    /// # Errors
    ///
    /// Why there is no clipboard for it.
    pub(super) fn give_picture(&mut self, png: Vec<u8>) -> std::io::Result<()> {
        // Our own text is not to take the clipboard back.
        pictures::offer(png)
    }

    /// Gives text to other programs: to the clipboard, and to the middle button.
    pub(super) fn hand_out(&mut self, copy: Option<String>, offer: Option<String>) {
        if let Some(text) = copy
            && let Some(system) = self.system()
        {
            // Where it does not work, there is nobody to give it to.
            let _ = system.set_text(text);
        }
        #[cfg(any(target_os = "linux", target_os = "freebsd"))]
        if let Some(text) = offer
            && let Some(system) = self.system()
        {
            use arboard::{LinuxClipboardKind, SetExtLinux};
            let _ = system
                .set()
                .clipboard(LinuxClipboardKind::Primary)
                .text(text);
        }
    }

    fn system(&mut self) -> Option<&mut arboard::Clipboard> {
        if self.system.is_none() {
            self.system = arboard::Clipboard::new().ok();
        }
        self.system.as_mut()
    }
}
