//! Asking for a password, in place of the page.

use super::icons::Icon;
use super::{error_page, parts, theme};
use crate::window::shell::Shell;
use crate::window::tab::State;
use egui::{Key, RichText, TextEdit, Ui, vec2};
use ipc::Secret;
use std::time::Instant;
use zeroize::Zeroize;

pub(super) fn show(shell: &mut Shell, ui: &mut Ui) {
    let Some(tab) = shell.tab_mut() else {
        return;
    };
    let State::Locked { wrong } = tab.state else {
        return;
    };
    let name = tab.origin.name();
    let mut entered = false;
    error_page::middle(ui, 240.0, |ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(64.0, 64.0), egui::Sense::hover());
        Icon::Lock.paint(ui.painter(), rect.center(), 3.5, ui.visuals().text_color());
        ui.add_space(8.0);
        ui.label(RichText::new("This file is locked").heading().strong());
        ui.label(&name);
        ui.add_space(8.0);
        let edit = TextEdit::singleline(&mut *tab.password)
            .password(true)
            .hint_text("Password")
            .desired_width(260.0)
            .margin(vec2(10.0, 8.0));
        let response = ui.add(edit);
        parts::name_field(ui, &response, &format!("Password for {name}"));
        if ui.memory(|memory| memory.focused()).is_none() && !response.lost_focus() {
            response.request_focus();
        }
        if wrong {
            ui.colored_label(theme::red(ui), "That password is wrong");
        }
        let enter = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        ui.add_space(4.0);
        entered = parts::main_button(ui, "Unlock").clicked() || enter;
        if enter {
            response.request_focus();
        }
    });
    if entered {
        // One that no document can have is wrong like any other.
        let password = Secret::new(tab.password.to_string()).unwrap_or_else(Secret::none);
        tab.password.zeroize();
        if let Some(worker) = &tab.worker {
            worker.unlock(password);
            tab.state = State::Opening;
            tab.since = Instant::now();
        }
    }
}
