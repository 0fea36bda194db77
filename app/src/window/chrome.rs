//! What is drawn: header, side panel, the document, and what lies over it.

pub(crate) mod chooser;
mod copy;
mod document_area;
mod error_page;
mod find_bar;
mod header;
mod icons;
mod information;
mod keys_help;
mod link;
mod menu;
mod palette;
mod parts;
mod password;
mod reading;
mod security;
mod side_panel;
mod start_page;
mod tab_bar;
pub(crate) mod theme;
mod toasts;
mod zoom_cluster;

pub(crate) use side_panel::Side;
pub(crate) use toasts::Toast;

use super::canvas::Canvas;
use super::shell::{Overlay, Shell};
use super::tab::State;
use egui::Ui;

/// Draws the window.
pub(crate) fn window(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    if ui.input(|input| input.pointer.delta().length() > 0.0) {
        shell.pointer_moved = std::time::Instant::now();
    }
    if !shell.full_screen {
        header::show(shell, ui, canvas);
        tab_bar::show(shell, ui, canvas);
        find_bar::show(shell, ui);
        side_panel::show(shell, ui);
    }
    let frame = egui::Frame::new().fill(theme::desk(ui));
    egui::CentralPanel::default().frame(frame).show(ui, |ui| {
        shell.page_area = ui.max_rect();
        middle(shell, ui, canvas);
    });
    copy::progress(shell, ui);
    toasts::show(shell, ui);
    overlay(shell, ui, canvas);
}

fn middle(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    match shell.tab().map(|tab| &tab.state) {
        None => start_page::show(shell, ui, canvas),
        Some(State::Waiting | State::Opening) => error_page::opening(shell, ui, canvas),
        Some(State::Locked { .. }) => password::show(shell, ui),
        Some(State::Open(_)) => {
            document_area::show(shell, ui, canvas);
            zoom_cluster::show(shell, ui, canvas);
        }
        Some(State::Failed(_)) => error_page::show(shell, ui, canvas),
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
        Overlay::Chooser(_) => chooser::show(shell, ui),
        Overlay::Link(_) => link::show(shell, ui),
        Overlay::Copy(_) => copy::show(shell, ui),
    }
}
