//! Words that go by themselves.

use crate::window::shell::Shell;
use egui::{Align2, Area, Frame, Id, Ui, vec2};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long a toast stays.
const LIFE: Duration = Duration::from_secs(5);

/// Toasts that come within this time come of one thing, and are shown together.
const TOGETHER: Duration = Duration::from_millis(500);

/// A sentence at the bottom of the window.
#[derive(Debug)]
pub(crate) struct Toast {
    text: String,
    until: Instant,
    /// A file that was moved to the trash and can be had back.
    undo: Option<PathBuf>,
}

impl Toast {
    pub(crate) fn new(text: String) -> Self {
        Self {
            text,
            until: Instant::now() + LIFE,
            undo: None,
        }
    }

    /// It is of a file in the trash, which can be had back from there.
    pub(crate) fn offer_undo(&mut self, file: PathBuf) {
        self.undo = Some(file);
        self.until = Instant::now() + 2 * LIFE;
    }

    pub(crate) fn undo(&self) -> Option<&PathBuf> {
        self.undo.as_ref()
    }

    /// Whether one that comes now takes its place.
    pub(crate) fn gives_way(&self, now: Instant) -> bool {
        self.undo.is_none() && now + LIFE > self.until + TOGETHER
    }

    /// Whether it says just this.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.text == text
    }
}

pub(super) fn show(shell: &mut Shell, ui: &Ui) {
    let mut undone = None;
    let now = Instant::now();
    shell.toasts.retain(|toast| toast.until > now);
    let Some(next) = shell.toasts.iter().map(|toast| toast.until).min() else {
        return;
    };
    ui.ctx().request_repaint_after(next - now);
    // Above the strip of a picture that moves.
    let moves = shell.tab().is_some_and(|tab| tab.player.is_some());
    let above = if moves { 84.0 } else { 24.0 };
    let area = Area::new(Id::unique("toasts")).anchor(Align2::CENTER_BOTTOM, vec2(0.0, -above));
    let response = area.show(ui.ctx(), |ui| {
        for toast in &shell.toasts {
            Frame::popup(ui.style())
                .corner_radius(16.0)
                .inner_margin(10.0)
                .show(ui, |ui| {
                    ui.horizontal(|ui| {
                        ui.add(egui::Label::new(&toast.text).extend());
                        if let Some(file) = &toast.undo
                            && ui.button("Undo").clicked()
                        {
                            undone = Some(file.clone());
                        }
                    });
                });
        }
    });
    if response.response.contains_pointer() {
        // It stays as long as it is looked at.
        shell
            .toasts
            .iter_mut()
            .for_each(|toast| toast.until = now + LIFE);
    }
    if let Some(file) = undone {
        shell.take_back(file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toast_gives_way_to_what_comes_later_unless_it_can_be_undone() {
        let mut toast = Toast::new("Copied".to_owned());
        let now = Instant::now();
        assert!(!toast.gives_way(now));
        assert!(toast.gives_way(now + TOGETHER * 2));
        toast.offer_undo(PathBuf::from("a.png"));
        assert!(!toast.gives_way(now + TOGETHER * 2));
    }
}
