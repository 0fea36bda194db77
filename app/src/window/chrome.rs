//! What is drawn: header, side panel, the document, and what lies over it.

mod banner;
pub(crate) mod chooser;
mod colors;
mod compare;
mod copy;
mod document_area;
mod error_page;
mod file_dialogs;
mod find_bar;
mod frames;
mod gallery;
mod header;
mod held_files;
mod hints;
mod icons;
mod information;
mod inspector;
mod keys_help;
pub(crate) mod letters;
mod link;
mod menu;
mod neighbours;
mod note;
mod palette;
mod parts;
mod password;
mod player_page;
mod preview;
mod reading;
mod save_attachment;
mod security;
mod shortened;
mod side_panel;
mod small_page;
mod start_page;
mod tab_bar;
pub(crate) mod theme;
mod toasts;
mod waveform;
mod zoom_cluster;

pub(crate) use banner::Banner;
pub(crate) use hints::{count as count_hints, press as press_hint};
pub(crate) use preview::Preview;
pub(crate) use side_panel::Side;
pub(crate) use toasts::Toast;

use super::canvas::Canvas;
use super::shell::{Blank, Overlay, Shell};
use super::tab::State;
use egui::Ui;

/// Draws the window.
pub(crate) fn window(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    if ui.input(|input| input.pointer.delta().length() > 0.0) {
        shell.pointer_moved = std::time::Instant::now();
    }
    shell.panes.clear();
    shell.document_id = None;
    if !shell.full_screen {
        header::show(shell, ui, canvas);
        tab_bar::show(shell, ui, canvas);
    }
    if shell.presenting.is_none() {
        banner::show(shell, ui, canvas);
        find_bar::show(shell, ui);
        side_panel::show(shell, ui, canvas);
        gallery::strip(shell, ui, canvas);
    }
    let desk = match shell.presenting {
        Some(_) => egui::Color32::BLACK,
        None => theme::desk(ui),
    };
    let frame = egui::Frame::new().fill(desk);
    egui::CentralPanel::default().frame(frame).show(ui, |ui| {
        shell.page_area = ui.max_rect();
        middle(shell, ui, canvas);
    });
    copy::progress(shell, ui);
    if shell.full_screen {
        header::show_floating(shell, ui, canvas);
    }
    // A screen that is black or white is so.
    if shell
        .presenting
        .is_none_or(|shown| shown.blank == Blank::No)
    {
        toasts::show(shell, ui);
    }
    overlay(shell, ui, canvas);
    held_files::show(ui);
    change_pane(shell, ui);
}

/// Moves the keyboard from one part of the window to another.
fn change_pane(shell: &mut Shell, ui: &Ui) {
    let Some(forwards) = shell.pane.take() else {
        return;
    };
    let focused = ui.memory(|memory| memory.focused());
    // A part is where its first widget is; the keyboard may be on another one.
    let last = ui.data(|data| data.get_temp::<egui::Id>(egui::Id::unique("pane")));
    let here = [focused, last].into_iter().flatten();
    let here = here
        .filter_map(|id| shell.panes.iter().position(|pane| *pane == id))
        .next();
    let count = shell.panes.len();
    let next = match (here, forwards) {
        (None, true) => 0,
        (None, false) => count.saturating_sub(1),
        (Some(here), true) => (here + 1) % count.max(1),
        (Some(here), false) => (here + count - 1) % count.max(1),
    };
    if let Some(pane) = shell.panes.get(next).copied() {
        ui.memory_mut(|memory| memory.request_focus(pane));
        ui.data_mut(|data| data.insert_temp(egui::Id::unique("pane"), pane));
        ui.ctx().request_repaint();
    }
}

fn middle(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    if gallery::grid(shell, ui, canvas) {
        return;
    }
    match shell.tab().map(|tab| &tab.state) {
        None => start_page::show(shell, ui, canvas),
        Some(State::Waiting | State::Opening) => error_page::opening(shell, ui, canvas),
        Some(State::Locked { .. }) => password::show(shell, ui),
        Some(State::Open(summary)) if summary.sound.is_some() => {
            return player_page::show(shell, ui, canvas);
        }
        Some(State::Open(_)) => {
            if !compare::show(shell, ui, canvas) {
                document_area::show(shell, ui, canvas);
            }
            if shell.presenting.is_none() {
                zoom_cluster::show(shell, ui, canvas);
                frames::show(shell, ui, canvas);
            }
        }
        Some(State::Failed(_)) => error_page::show(shell, ui, canvas),
    }
    inspector::show(shell, ui);
    if shell.presenting.is_none() {
        neighbours::show(shell, ui, canvas);
    }
}

fn overlay(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    match &shell.overlay {
        Overlay::None => {}
        Overlay::Help(_) => keys_help::show(shell, ui),
        Overlay::Palette(..) => palette::show(shell, ui, canvas),
        Overlay::Information => information::show(shell, ui),
        Overlay::Security => security::show(shell, ui, canvas),
        Overlay::Menu(_) => menu::show(shell, ui, canvas),
        Overlay::ContextMenu(_, at) => menu::show_at(*at, shell, ui, canvas),
        Overlay::Chooser(_) => chooser::show(shell, ui),
        Overlay::Rename(_) => file_dialogs::rename(shell, ui),
        Overlay::Delete(_) => file_dialogs::delete(shell, ui),
        Overlay::Link(_) => link::show(shell, ui),
        // Where it is on its page.
        Overlay::Note(_) => {}
        Overlay::Copy(_) => copy::show(shell, ui),
        Overlay::Colors(_) => colors::show(shell, ui),
        Overlay::SaveAttachment(_) => save_attachment::show(shell, ui),
    }
}
