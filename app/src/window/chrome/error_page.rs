//! What stands in place of a document that is not shown, or not yet.

use super::icons::Icon;
use super::{parts, theme};
use crate::broker::{BrokerError, RendererEnd};
use crate::window::canvas::Canvas;
use crate::window::shell::Shell;
use crate::window::tab::State;
use egui::{RichText, Ui, vec2};
use ipc::FailureKind;
use std::time::Duration;

/// Opening that takes longer is told, and longer still can be stopped.
const SPINNER: Duration = Duration::from_millis(500);
const STOP: Duration = Duration::from_secs(3);

/// A document that is being opened: nothing at first, so that nothing flashes.
pub(super) fn opening(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    let Some(tab) = shell.tab() else {
        return;
    };
    let waited = tab.since.elapsed();
    if waited < SPINNER {
        ui.ctx()
            .request_repaint_after(SPINNER.saturating_sub(waited));
        return;
    }
    let name = tab.origin.name();
    let is_awaited = tab.origin.path().is_some() && tab.stamp.get().is_none();
    let mut stop = false;
    middle(ui, 120.0, |ui| {
        ui.spinner();
        ui.label(format!("Opening {name}"));
        if waited >= STOP && is_awaited {
            ui.weak("Its file system does not answer yet.");
        }
        if waited >= STOP {
            stop = ui.button("Stop").clicked();
        }
    });
    if stop {
        shell.close(shell.current, canvas);
    }
}

/// What the user can do about an error.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Help {
    Reload,
    AllowOnce,
    Nothing,
}

/// A document that cannot be shown, or no more.
pub(super) fn show(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    let Some(State::Failed(error)) = shell.tab().map(|tab| &tab.state) else {
        return;
    };
    let (headline, help) = words(error);
    let name = shell.tab().map(|tab| tab.origin.name()).unwrap_or_default();
    let (mut pressed, mut close) = (None, false);
    middle(ui, 260.0, |ui| {
        let color = theme::amber(ui);
        let (rect, _) = ui.allocate_exact_size(vec2(72.0, 72.0), egui::Sense::hover());
        Icon::Warning.paint(ui.painter(), rect.center(), 4.0, color);
        ui.add_space(12.0);
        ui.label(RichText::new(headline).heading().strong());
        ui.add(egui::Label::new(about(&name, error)).wrap());
        ui.add_space(12.0);
        let label = match help {
            Help::Reload => Some("Reload"),
            Help::AllowOnce => Some("Allow more, once"),
            Help::Nothing => None,
        };
        if let Some(label) = label
            && parts::main_button(ui, label).clicked()
        {
            pressed = Some(help);
        }
        close = ui.button("Close").clicked();
    });
    if close {
        shell.close(shell.current, canvas);
    } else if let Some(help) = pressed {
        if let Some(tab) = shell.tab_mut() {
            tab.generous = help == Help::AllowOnce;
        }
        shell.reload(shell.current, canvas);
    }
}

/// An error as a sentence about something.
fn about(what: &str, error: &BrokerError) -> String {
    let colon = if begins_with_verb(error) { "" } else { ":" };
    format!("{what}{colon} {error}")
}

/// Whether the words go on where the name of the file ends: "is empty".
pub(super) fn begins_with_verb(error: &BrokerError) -> bool {
    match error {
        BrokerError::Source(_) => true,
        BrokerError::Failure(failure) => !matches!(
            failure.kind,
            FailureKind::Unreadable | FailureKind::Cancelled
        ),
        _ => false,
    }
}

fn words(error: &BrokerError) -> (&'static str, Help) {
    match error {
        BrokerError::Source(_) => ("This file cannot be opened", Help::Reload),
        BrokerError::Launch(_) | BrokerError::NotConfined(_) => {
            ("No sandbox, so nothing is opened", Help::Reload)
        }
        BrokerError::Password { .. } => ("This file needs a password", Help::Reload),
        BrokerError::Failure(failure) => match failure.kind {
            FailureKind::Unsupported => ("This kind of file is not supported", Help::Nothing),
            FailureKind::Damaged => ("This file is damaged", Help::Reload),
            FailureKind::Limit => ("This file is too large", Help::AllowOnce),
            _ => ("This file cannot be shown", Help::Reload),
        },
        BrokerError::Ended(end) => match end {
            RendererEnd::Violation | RendererEnd::BadMessage(_) => {
                ("The file tried something forbidden", Help::Reload)
            }
            RendererEnd::OutOfMemory => ("This file needs too much memory", Help::AllowOnce),
            RendererEnd::Hung(_) | RendererEnd::CpuLimit => {
                ("This file takes too long", Help::AllowOnce)
            }
            _ => ("The renderer stopped", Help::Reload),
        },
        BrokerError::Interrupted => ("Stopped", Help::Reload),
        BrokerError::Io(_) => ("The system refused something", Help::Reload),
    }
}

/// A column in the middle of the window, so high.
pub(super) fn middle(ui: &mut Ui, height: f32, content: impl FnOnce(&mut Ui)) {
    let above = ((ui.available_height() - height) / 2.0).max(16.0);
    ui.add_space(above);
    ui.vertical_centered(|ui| {
        ui.set_max_width(460.0);
        content(ui);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_a_file_is_a_sentence_about_it() {
        let missing = std::fs::File::open("/nonexistent/file").unwrap_err();
        let missing = crate::broker::SourceError::Open(missing);
        assert_eq!(
            about("a.pdf", &BrokerError::Source(missing)),
            "a.pdf cannot be opened: no such file or directory"
        );
        assert_eq!(
            about("a.pdf", &BrokerError::Interrupted),
            "a.pdf: interrupted"
        );
    }
}
