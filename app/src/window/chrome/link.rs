//! A link to outside: shown in full, and opened only when the user wants it.

use super::parts;
use crate::window::shell::{Overlay, Shell};
use egui::{RichText, Ui};
use std::process::{Command, Stdio};

/// Schemes that may be opened at all.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// Whether an address may be offered to the user.
pub(super) fn may_open(address: &str) -> bool {
    let scheme = address
        .split_once(':')
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| SCHEMES.contains(&scheme.as_str()))
}

pub(super) fn show(shell: &mut Shell, ui: &Ui) {
    let Overlay::Link(address) = &shell.overlay else {
        return;
    };
    let (mut open, mut copy, mut cancel) = (false, false, false);
    let left = parts::dialog(ui, "Open this address?", 520.0, |ui| {
        ui.label("The document has a link to outside. It leads to:");
        ui.add_space(4.0);
        ui.add(egui::Label::new(RichText::new(address).monospace()).wrap());
        ui.add_space(12.0);
        ui.horizontal(|ui| {
            open = parts::main_button(ui, "Open").clicked();
            copy = ui.button("Copy").clicked();
            cancel = ui.button("Cancel").clicked();
        });
    });
    let address = address.clone();
    if copy {
        ui.ctx().copy_text(address.clone());
    }
    if open && let Err(error) = start(&address) {
        shell.toast(format!("It cannot be opened: {error}"));
    }
    if left || open || copy || cancel {
        shell.overlay = Overlay::None;
    }
}

/// Hands an address to the desktop, as one argument and through no shell.
fn start(address: &str) -> std::io::Result<()> {
    if !may_open(address) {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    let mut child = Command::new("xdg-open")
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // It is waited for, so that nothing of it is left.
    std::thread::Builder::new()
        .name("link".to_owned())
        .spawn(move || child.wait())
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::may_open;

    #[test]
    fn only_the_web_and_mail_are_offered() {
        for good in [
            "https://example.org/a?b",
            "HTTP://example.org",
            "mailto:a@example.org",
        ] {
            assert!(may_open(good), "{good}");
        }
        for bad in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "/bin/sh",
            "smb://x",
            "-x",
            "",
        ] {
            assert!(!may_open(bad), "{bad}");
        }
    }
}
