//! What a document can do, and what holds it: facts that the broker measured.

use super::error_page::begins_with_verb;
use super::parts;
use crate::broker::BrokerError;
use crate::cli::wish_words;
use crate::window::canvas::Canvas;
use crate::window::keys::Action;
use crate::window::shell::{Overlay, Shell};
use crate::window::tab::{State, Tab};
use capmode::Posture;
use egui::{Grid, RichText, Ui};
use ipc::InfoKey;
use std::time::Duration;

/// Refused actions that are listed; `pellucid info --json` tells all of them.
const MOST_REFUSED: usize = 50;

/// How often a renderer is measured while it is looked at.
const MEASURE: Duration = Duration::from_secs(1);

/// Height of what stands above and below the facts, in points.
const OTHERS: f32 = 220.0;

pub(super) fn show(shell: &mut Shell, ui: &Ui, canvas: &mut dyn Canvas) {
    let (mut stop, mut restart) = (false, false);
    let left = parts::dialog(ui, "What can this document do?", 460.0, |ui| {
        let Some(tab) = shell.tab() else {
            ui.label("Nothing is open.");
            return;
        };
        ui.add(egui::Label::new(headline(tab)).wrap());
        ui.add_space(8.0);
        if let Some(worker) = &tab.worker {
            worker.measure();
            ui.ctx().request_repaint_after(MEASURE);
        }
        // In a low window the buttons stay in sight.
        let height = (ui.ctx().content_rect().height() - OTHERS).max(80.0);
        egui::ScrollArea::vertical()
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                facts(tab, shell.memory_bytes, ui);
                notices(tab, ui);
                refused(tab, ui);
            });
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let running = tab.worker.is_some();
            stop = ui
                .add_enabled(running, egui::Button::new("Stop renderer"))
                .clicked();
            restart = ui.button("Restart renderer").clicked();
        });
    });
    if stop && let Some(tab) = shell.tab_mut() {
        tab.worker = None;
        tab.pid = None;
        tab.state = State::Failed(BrokerError::Interrupted);
    }
    if restart {
        shell.act(Action::Reload, None, ui.ctx(), canvas);
    }
    if left || stop || restart {
        shell.overlay = Overlay::None;
    }
}

fn headline(tab: &Tab) -> String {
    match (&tab.state, &tab.standing) {
        (State::Failed(error), _) if begins_with_verb(error) => format!("It {error}."),
        (State::Failed(error), _) => format!("It is not shown: {error}."),
        (_, Some(standing)) => match &standing.posture {
            Posture::Full => {
                "Isolated. It cannot reach your files, the network or other programs.".to_owned()
            }
            Posture::Reduced(missing) => {
                let names: Vec<&str> = missing.iter().map(|layer| layer.name()).collect();
                format!(
                    "Isolated, but this system does not give: {}.",
                    names.join(", ")
                )
            }
            Posture::None(_) => "Not isolated, so it was not opened.".to_owned(),
        },
        _ => "Its renderer is still confining itself; it has been given nothing.".to_owned(),
    }
}

fn facts(tab: &Tab, usual_bytes: u64, ui: &mut Ui) {
    Grid::new("facts")
        .num_columns(2)
        .spacing([16.0, 4.0])
        .show(ui, |ui| {
            if let Some(pid) = tab.pid {
                parts::fact(ui, "Process", &format!("{pid}, with this document alone"));
            }
            if let Some(measured) = &tab.measured {
                let mib = |bytes: u64| bytes / (1024 * 1024);
                let used = mib(measured.resident_bytes);
                let budget = mib(tab.memory_bytes(usual_bytes));
                parts::fact(
                    ui,
                    "Memory",
                    &format!("{used} MiB in use, {budget} MiB allowed"),
                );
                let seconds = measured.cpu_ms as f64 / 1000.0;
                let threads = measured.threads;
                let words = format!("{seconds:.2} s, in {threads} threads");
                parts::fact(ui, "CPU time", &words);
                if let Some(descriptors) = measured.descriptors {
                    let words = format!("{descriptors}: the channel to this window, and /dev/null");
                    parts::fact(ui, "Open descriptors", &words);
                }
            }
            let Some(standing) = &tab.standing else {
                return;
            };
            let of = |seen: bool| {
                let layers = standing.layers.iter();
                let chosen = layers.filter(|layer| standing.seen.contains(*layer) == seen);
                let names: Vec<String> =
                    chosen.map(|layer| layer.name().replace('-', " ")).collect();
                names.join(" · ")
            };
            parts::fact(ui, "Seen from outside", &of(true));
            parts::fact(ui, "Set up by us", &of(false));
        });
}

/// What the document wanted, and did not get.
fn notices(tab: &Tab, ui: &mut Ui) {
    let mut notices = tab
        .all_info()
        .filter(|field| field.key == InfoKey::Notice)
        .peekable();
    if notices.peek().is_none() {
        return;
    }
    ui.add_space(8.0);
    ui.label(RichText::new("In the document").strong());
    for notice in notices {
        ui.add(egui::Label::new(notice.value.as_str()).wrap());
    }
}

/// What the document wanted to be done, one by one; none of it ever is.
fn refused(tab: &Tab, ui: &mut Ui) {
    let all = &tab.carried.refused;
    if all.is_empty() {
        return;
    }
    ui.add_space(8.0);
    let title = format!("Wanted by the document, and refused: {}", all.len());
    ui.label(RichText::new(title).strong());
    for wish in all.iter().take(MOST_REFUSED) {
        ui.add(egui::Label::new(wish_words(wish)).wrap());
    }
    if let Some(more @ 1..) = all.len().checked_sub(MOST_REFUSED) {
        ui.label(format!("and {more} more"));
    }
}
