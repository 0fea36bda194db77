//! The header: side panel, title and page, shield, menu.

use super::icons::Icon;
use super::{parts, side_panel, theme};
use crate::broker::{BrokerError, RendererEnd};
use crate::window::canvas::Canvas;
use crate::window::keys::Action;
use crate::window::shell::Shell;
use crate::window::tab::{State, Tab};
use capmode::Posture;
use egui::{Align, Key, Layout, RichText, TextEdit, Ui, vec2};

/// A title and a page in the middle need so much, in points.
const LEAST_TITLE: f32 = 240.0;

pub(super) fn show(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    let frame = egui::Frame::side_top_panel(ui.style()).inner_margin(egui::Margin::symmetric(8, 6));
    let panel = egui::Panel::top("header")
        .exact_size(theme::HEADER)
        .frame(frame);
    panel.show(ui, |ui| bar(shell, ui, canvas));
}

/// Over the document in full screen, when the pointer comes near or the page is asked for.
pub(super) fn show_floating(shell: &mut Shell, ui: &Ui, canvas: &mut dyn Canvas) {
    let near = |at: egui::Pos2| at.y < theme::HEADER + 8.0;
    let typing = shell.ask_page_entry || shell.tab().is_some_and(|tab| tab.page_entry.is_some());
    let hovered = ui
        .input(|input| input.pointer.hover_pos())
        .is_some_and(near);
    if !typing && (!hovered || shell.presenting.is_some()) {
        return;
    }
    let width = ui.ctx().content_rect().width();
    let area = egui::Area::new(egui::Id::unique("floating header"))
        .order(egui::Order::Foreground)
        .fixed_pos(egui::Pos2::ZERO);
    area.show(ui.ctx(), |ui| {
        let frame = egui::Frame::side_top_panel(ui.style());
        frame
            .inner_margin(egui::Margin::symmetric(8, 6))
            .show(ui, |ui| {
                let size = vec2(width - 16.0, theme::HEADER - 12.0);
                ui.set_min_size(size);
                ui.set_max_size(size);
                bar(shell, ui, canvas);
            });
    });
}

fn bar(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    let whole = ui.max_rect();
    let (mut left, mut right) = (whole.left(), whole.right());
    ui.horizontal_centered(|ui| {
        if side_panel::has_something(shell) {
            let name = parts::with_keys(&shell.keys, Action::SidePanel);
            let button = parts::icon_button(ui, Icon::SidePanel, &name);
            shell.panes.push(button.id);
            left = button.rect.right();
            if button.clicked() {
                shell.act(Action::SidePanel, None, ui.ctx(), canvas);
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            buttons(shell, ui, canvas);
            right = ui.min_rect().left();
        });
    });
    // The title stands in the window's middle, whatever is beside it, or where there is room.
    let width = whole.width() - 9.0 * theme::BUTTON;
    let middle = if width >= LEAST_TITLE {
        egui::Rect::from_center_size(whole.center(), vec2(width, whole.height()))
    } else {
        egui::Rect::from_x_y_ranges(left..=right, whole.y_range())
    };
    let builder = egui::UiBuilder::new()
        .max_rect(middle)
        .layout(Layout::left_to_right(Align::Center).with_main_align(Align::Center));
    ui.scope_builder(builder, |ui| title(shell, ui));
}

/// The buttons on the right, from the last to the first.
fn buttons(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    let pressed = |shell: &mut Shell, ui: &mut Ui, icon, action| {
        let name = parts::with_keys(&shell.keys, action);
        parts::icon_button(ui, icon, &name)
            .clicked()
            .then_some(action)
    };
    let mut done = None;
    if shell.full_screen {
        done = done.or(pressed(shell, ui, Icon::Close, Action::FullScreen));
    }
    done = done.or(pressed(shell, ui, Icon::Menu, Action::Menu));
    let tab = shell.tab();
    if tab.is_some_and(|tab| tab.summary().is_some() && !tab.is_picture() && !tab.is_sound()) {
        done = done.or(pressed(shell, ui, Icon::Search, Action::Find));
    }
    if shield(shell, ui) {
        done = Some(Action::Security);
    }
    if let Some(action) = done {
        shell.act(action, None, ui.ctx(), canvas);
    }
}

fn title(shell: &mut Shell, ui: &mut Ui) {
    let ask = std::mem::take(&mut shell.ask_page_entry);
    let Some(tab) = shell.tab_mut() else {
        let name = egui::Label::new(RichText::new("Pellucid").strong());
        ui.add_sized(ui.available_size(), name);
        return;
    };
    let position = position(tab);
    let entry_width = match (tab.layout.pages() > 1, position.is_some()) {
        (true, _) => 130.0,
        (false, true) => 110.0,
        (false, false) => 0.0,
    };
    let text = RichText::new(tab.title()).strong();
    let job = egui::Label::new(text).truncate();
    let galley_width = ui
        .painter()
        .layout_no_wrap(
            tab.title(),
            egui::TextStyle::Body.resolve(ui.style()),
            egui::Color32::WHITE,
        )
        .size()
        .x;
    let width = (galley_width * 1.08 + 8.0).min((ui.available_width() - entry_width).max(40.0));
    let spare = (ui.available_width() - entry_width - width).max(0.0) / 2.0;
    ui.add_space(spare);
    ui.add_sized(vec2(width, 24.0), job)
        .on_hover_text(where_from(tab));
    if tab.summary().is_some() && tab.layout.pages() > 1 {
        page_entry(tab, ask, ui);
    } else if let Some(position) = position {
        ui.label(RichText::new(position).weak());
    }
}

/// Which of the pictures that are looked through it is.
fn position(tab: &Tab) -> Option<String> {
    let (at, count) = tab.browsing.as_ref()?.position();
    (count > 1).then(|| format!("{} of {count}", at + 1))
}

fn where_from(tab: &Tab) -> String {
    let path = tab
        .origin
        .path()
        .map(|path| path.to_string_lossy().into_owned());
    path.map_or_else(|| tab.origin.name(), |path| crate::cli::printable(&path))
}

/// The page that is shown; another one can be typed, by label or number.
fn page_entry(tab: &mut Tab, ask: bool, ui: &mut Ui) {
    let (page, pages) = (tab.view.current_page(&tab.layout), tab.layout.pages());
    let label = tab.label(page);
    let mut text = tab.page_entry.clone().unwrap_or_else(|| label.clone());
    // Room for the digits of the last page.
    let digits = pages.to_string().len() as f32;
    let edit = TextEdit::singleline(&mut text)
        .desired_width((digits * 10.0 + 12.0).max(44.0))
        .align(egui::Align2::RIGHT_CENTER)
        .margin(vec2(6.0, 3.0));
    let response = ui.add(edit).on_hover_text("Page, by its label or number");
    parts::name_field(ui, &response, "Page, by its label or number");
    if ask {
        response.request_focus();
    }
    let numbered = label != (page + 1).to_string();
    let of = if numbered {
        format!("({} of {pages})", page + 1)
    } else {
        format!("of {pages}")
    };
    ui.label(RichText::new(of).weak());
    if response.gained_focus() {
        tab.page_entry = Some(String::new());
    } else if response.changed() {
        tab.page_entry = Some(text);
    } else if response.lost_focus() {
        let typed = tab.page_entry.take();
        if ui.input(|input| input.key_pressed(Key::Enter))
            && let Some(page) = typed.and_then(|typed| tab.page_named(&typed))
        {
            tab.jump(page);
        }
    }
}

/// Draws the shield; tells whether it was pressed.
fn shield(shell: &Shell, ui: &mut Ui) -> bool {
    let Some(tab) = shell.tab() else {
        return false;
    };
    let (icon, words, color) = match (&tab.state, &tab.standing) {
        (State::Failed(error), _) if is_attack(error) => (
            Icon::ShieldCrossed,
            "The file tried something forbidden and was stopped",
            theme::red(ui),
        ),
        (State::Failed(BrokerError::Source(_)), _) => (
            Icon::Shield,
            "Nothing was opened",
            ui.visuals().weak_text_color(),
        ),
        (State::Failed(_), _) => (
            Icon::ShieldNotched,
            "The renderer stopped; other files are not affected",
            theme::amber(ui),
        ),
        (_, Some(standing)) => match &standing.posture {
            Posture::Full => (
                Icon::Shield,
                "Isolated: this file cannot reach your files or the network",
                ui.visuals().text_color(),
            ),
            _ => (
                Icon::ShieldNotched,
                "Isolated, with fewer layers than there could be",
                theme::amber(ui),
            ),
        },
        _ => (
            Icon::Shield,
            "Being isolated",
            ui.visuals().weak_text_color(),
        ),
    };
    let name = format!(
        "{words} ({})",
        shell.keys.words(Action::Security).join(", ")
    );
    parts::colored_icon_button(ui, icon, &name, color).clicked()
}

fn is_attack(error: &BrokerError) -> bool {
    matches!(
        error,
        BrokerError::Ended(RendererEnd::Violation | RendererEnd::BadMessage(_))
    )
}
