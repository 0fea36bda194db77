//! A line under the header about something that lasts: one at a time, until it is
//! dismissed or no longer so.

use super::icons::Icon;
use super::{parts, theme};
use crate::window::canvas::Canvas;
use crate::window::keys::Action;
use crate::window::shell::Shell;
use crate::window::tab::{State, Tab};
use capmode::Posture;
use egui::{Align, Layout, RichText, Ui};
use ipc::InfoKey;

/// Something to be told about the window itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Banner {
    words: String,
}

impl Banner {
    /// Something is not as the user wants it.
    pub(crate) fn warning(words: String) -> Self {
        Self { words }
    }
}

/// What a banner is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Window,
    Gone,
    Damaged,
    Silent,
    Met,
    Weak,
}

/// How a renderer begins to say that a picture is shown in part.
const DAMAGED: &str = "the picture is damaged";

pub(super) fn show(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    let Some((about, words)) = first(shell) else {
        return;
    };
    let (mut dismissed, mut details) = (false, false);
    let frame = egui::Frame::new()
        .fill(theme::amber_ground(ui))
        .inner_margin(egui::Margin::symmetric(12, 4));
    egui::Panel::top("banner").frame(frame).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            dismissed = parts::icon_button(ui, Icon::Close, "Dismiss this message").clicked();
            details = about == About::Weak && ui.button("Details").clicked();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let (rect, _) =
                    ui.allocate_exact_size(egui::vec2(20.0, 20.0), egui::Sense::hover());
                Icon::Warning.paint(ui.painter(), rect.center(), 1.0, theme::amber(ui));
                ui.add(egui::Label::new(RichText::new(words)).wrap());
            });
        });
    });
    if details {
        shell.act(Action::Security, None, ui.ctx(), canvas);
    }
    if dismissed {
        dismiss(shell, about);
    }
}

/// What is most worth knowing.
fn first(shell: &Shell) -> Option<(About, String)> {
    if let Some(banner) = shell.banners.first() {
        return Some((About::Window, banner.words.clone()));
    }
    let tab = shell.tab()?;
    if tab.gone && matches!(tab.state, State::Open(_)) {
        let words = "This file is no longer where it was; what you see is what it held.";
        return Some((About::Gone, words.to_owned()));
    }
    if let Some(why) = tab.listening.as_ref().and_then(|it| it.failure.as_ref()) {
        return Some((About::Silent, format!("Nothing is heard: {why}")));
    }
    if let Some(words) = tab.listening.as_ref().and_then(|it| it.news(&tab.info)) {
        return Some((About::Met, words));
    }
    if let Some(words) = damage(tab) {
        return Some((About::Damaged, words));
    }
    if let Some(words) = weakness(tab).filter(|_| !shell.knows_weakness) {
        return Some((About::Weak, words));
    }
    None
}

/// That a picture is shown in part, as its renderer says it, or that a document
/// was repaired.
fn damage(tab: &Tab) -> Option<String> {
    let mut fields = tab.info.iter();
    let repaired = fields.find(|field| field.key == InfoKey::Repaired);
    if let Some(what) = repaired.filter(|_| !tab.knows_damage) {
        let what = what.value.as_str();
        return Some(format!(
            "This file is damaged and was repaired: {what}. Something may be missing."
        ));
    }
    let notices = tab.info.iter().filter(|field| field.key == InfoKey::Notice);
    let mut words = notices.map(|field| field.value.as_str());
    let words = words.find(|words| words.starts_with(DAMAGED) && !tab.knows_damage)?;
    Some(format!("T{}.", words.trim_start_matches('t')))
}

fn weakness(tab: &Tab) -> Option<String> {
    match &tab.standing.as_ref()?.posture {
        Posture::Reduced(missing) => {
            let names: Vec<String> = missing
                .iter()
                .map(|layer| layer.name().replace('-', " "))
                .collect();
            Some(format!(
                "Isolated, but more weakly than it could be: this system does not give {}.",
                names.join(", ")
            ))
        }
        _ => None,
    }
}

fn dismiss(shell: &mut Shell, about: About) {
    match about {
        About::Window => drop(shell.banners.remove(0)),
        About::Gone => {
            if let Some(tab) = shell.tab_mut() {
                tab.gone = false;
            }
        }
        About::Damaged => {
            if let Some(tab) = shell.tab_mut() {
                tab.knows_damage = true;
            }
        }
        About::Silent => {
            if let Some(listening) = shell.tab_mut().and_then(|tab| tab.listening.as_mut()) {
                listening.failure = None;
            }
        }
        About::Met => {
            if let Some(listening) = shell.tab_mut().and_then(|tab| tab.listening.as_mut()) {
                listening.dismiss_news();
            }
        }
        About::Weak => shell.knows_weakness = true,
    }
}
