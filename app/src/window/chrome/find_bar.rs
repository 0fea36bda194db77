//! The field to find something, under the header.

use super::icons::Icon;
use super::{parts, theme};
use crate::window::keys::Action;
use crate::window::shell::Shell;
use egui::{Key, TextEdit, Ui, vec2};
use ipc::Query;

/// Narrower than this, the bar has two lines, in points.
const NARROW: f32 = 560.0;

/// Height of a line, in points.
const LINE: f32 = 42.0;

/// Width of the field where there is room, and of what stands beside it in its line.
const FIELD: (f32, f32) = (260.0, 150.0);

/// A change of what is searched for.
type Change = fn(&mut Query);

/// What was done in the bar.
#[derive(Default)]
struct Done {
    typed: Option<String>,
    option: Option<Change>,
    type_on: bool,
    go: Option<bool>,
    close: bool,
}

pub(super) fn show(shell: &mut Shell, ui: &mut Ui) {
    if !shell.tab().is_some_and(|tab| tab.finding) {
        return;
    }
    let mut done = Done::default();
    let ask = std::mem::take(&mut shell.ask_find);
    let narrow = ui.available_width() < NARROW;
    let height = if narrow { 2.0 * LINE - 8.0 } else { LINE };
    egui::Panel::top("find").exact_size(height).show(ui, |ui| {
        if narrow {
            let line = vec2(ui.available_width(), LINE - 6.0);
            let layout = egui::Layout::left_to_right(egui::Align::Center);
            ui.allocate_ui_with_layout(line, layout, |ui| {
                field(shell, ask, ui, &mut done);
                close(ui, &mut done);
            });
            ui.horizontal(|ui| options(shell, ui, &mut done));
        } else {
            ui.horizontal_centered(|ui| {
                field(shell, ask, ui, &mut done);
                ui.scope(|ui| {
                    // What is long leaves the button its place.
                    ui.set_max_width(ui.available_width() - theme::BUTTON - 12.0);
                    options(shell, ui, &mut done);
                });
                close(ui, &mut done);
            });
        }
    });
    if let Some(change) = done.option {
        let pattern = pattern(shell);
        shell.look_for(&pattern, change);
        shell.ask_find = done.type_on;
    } else if let Some(typed) = done.typed {
        shell.look_for(&typed, |_| {});
    }
    if let Some(forwards) = done.go {
        shell.show_match(forwards);
    }
    if done.close {
        shell.end_find();
    }
}

fn pattern(shell: &Shell) -> String {
    let query = shell.tab().and_then(|tab| tab.find.query.as_ref());
    query
        .map(|query| query.pattern.as_str().to_owned())
        .unwrap_or_default()
}

/// What is searched for, and the way from match to match.
fn field(shell: &Shell, ask: bool, ui: &mut Ui, done: &mut Done) {
    let mut text = pattern(shell);
    let edit = TextEdit::singleline(&mut text)
        .hint_text("Find in this document")
        .desired_width(FIELD.0.min(ui.available_width() - FIELD.1))
        // Return goes on to the next match; the field keeps the keyboard.
        .return_key(None)
        .align(egui::Align2::LEFT_CENTER)
        .margin(vec2(8.0, 4.0));
    let response = ui.add(edit);
    parts::name_field(ui, &response, "Find in this document");
    if ask {
        response.request_focus();
    }
    if response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        done.go = Some(!ui.input(|input| input.modifiers.shift));
    }
    if response.changed() {
        done.typed = Some(text);
    }
    let keys = &shell.keys;
    for (icon, action, forwards) in [
        (Icon::Up, Action::FindPrevious, false),
        (Icon::Down, Action::FindNext, true),
    ] {
        if parts::icon_button(ui, icon, &parts::with_keys(keys, action)).clicked() {
            done.go = Some(forwards);
        }
    }
}

fn close(ui: &mut Ui, done: &mut Done) {
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        done.close = parts::icon_button(ui, Icon::Close, "Stop finding (Esc)").clicked();
    });
}

/// How it is searched for, and what was found.
fn options(shell: &Shell, ui: &mut Ui, done: &mut Done) {
    let Some(tab) = shell.tab() else {
        return;
    };
    let is = |get: fn(&Query) -> bool| tab.find.query.as_ref().is_some_and(get);
    let options: [(&str, &str, bool, Change); 4] = [
        ("Aa", "Capitals matter", is(|q| q.match_case), |q| {
            q.match_case = !q.match_case
        }),
        ("ab", "Whole words", is(|q| q.whole_word), |q| {
            q.whole_word = !q.whole_word
        }),
        ("é", "Accents matter", is(|q| q.match_accents), |q| {
            q.match_accents = !q.match_accents
        }),
        (".*", "Regular expression", is(|q| q.regex), |q| {
            q.regex = !q.regex
        }),
    ];
    for (label, words, on, change) in options {
        let button = ui.selectable_label(on, label).on_hover_text(words);
        if button.clicked() {
            done.option = Some(change);
            // After the mouse one goes on typing, not into the keys of the window.
            done.type_on = !button.has_focus();
        }
    }
    state(tab, ui);
}

/// "3 of 57", and how far the search is.
fn state(tab: &crate::window::tab::Tab, ui: &mut Ui) {
    if let Some(why) = &tab.find.error {
        let text = egui::RichText::new(why).color(theme::red(ui));
        ui.add(egui::Label::new(text).truncate());
        return;
    }
    let pages = tab.layout.pages();
    let asks = tab
        .find
        .query
        .as_ref()
        .is_some_and(|query| !query.pattern.as_str().trim().is_empty());
    if !asks {
        return;
    }
    let count = tab.find.count();
    let searching = tab.find.searched < pages;
    ui.label(match (tab.find.position(), count) {
        (Some(position), _) => format!("{position} of {count}"),
        (None, 0) if searching => String::new(),
        (None, 0) => "Nothing found".to_owned(),
        (None, _) => format!("{count} found"),
    });
    if searching {
        let text = egui::RichText::new(format!("page {} of {pages}", tab.find.searched)).weak();
        ui.add(egui::Label::new(text).truncate());
    }
}
