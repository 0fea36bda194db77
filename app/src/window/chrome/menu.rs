//! The menu behind the header's last button, and the one at the pointer.

use super::parts;
use crate::window::canvas::Canvas;
use crate::window::keys::Action;
use crate::window::shell::{Overlay, Shell};
use egui::{Align2, Area, Frame, Id, Key, Pos2, Response, Ui, pos2};

/// Sections of the menu.
const SECTIONS: [&[Action]; 6] = [
    &[
        Action::Open,
        Action::SaveCopy,
        Action::Print,
        Action::Find,
        Action::ReopenTab,
        Action::Reload,
    ],
    &[
        Action::FitPage,
        Action::FitWidth,
        Action::FitContent,
        Action::ActualSize,
        Action::RotateRight,
        Action::RotateLeft,
    ],
    &[
        Action::Continuous,
        Action::Dual,
        Action::RightToLeft,
        Action::Smoothing,
        Action::DarkPages,
        Action::NextTone,
        Action::PageColors,
    ],
    &[
        Action::FullScreen,
        Action::Present,
        Action::Information,
        Action::Security,
    ],
    &[Action::Theme, Action::Contrast],
    &[Action::Palette, Action::Help, Action::Quit],
];

/// Sections of the menu of a picture of one page.
const PICTURE: [&[Action]; 6] = [
    &[
        Action::Open,
        Action::SaveCopy,
        Action::Print,
        Action::ReopenTab,
        Action::Reload,
    ],
    &[
        Action::FitPage,
        Action::FitWidth,
        Action::ActualSize,
        Action::RotateRight,
        Action::RotateLeft,
        Action::MirrorAcross,
        Action::MirrorDown,
    ],
    &[
        Action::Slides,
        Action::Strip,
        Action::Grid,
        Action::Compare,
        Action::CompareInPlace,
        Action::KeepView,
        Action::Inspect,
        Action::Smoothing,
    ],
    &[Action::Rename, Action::Trash],
    &[
        Action::FullScreen,
        Action::Information,
        Action::Security,
        Action::Theme,
        Action::Contrast,
    ],
    &[Action::Palette, Action::Help, Action::Quit],
];

/// Sections of the menu of a sound.
const SOUND: [&[Action]; 6] = [
    &[Action::Open, Action::ReopenTab, Action::Reload],
    &[
        Action::PlaySound,
        Action::PreviousSound,
        Action::NextSound,
        Action::SoundStart,
    ],
    &[Action::Mute, Action::Repeat, Action::Loudness],
    &[Action::Information, Action::Security],
    &[Action::Theme, Action::Contrast],
    &[Action::Palette, Action::Help, Action::Quit],
];

/// Sections of the menu at the pointer.
const AT_POINTER: [&[Action]; 4] = [
    &[Action::CopySelection, Action::SelectAll, Action::Find],
    &[Action::Back, Action::Forward],
    &[
        Action::FitPage,
        Action::FitWidth,
        Action::ActualSize,
        Action::RotateRight,
        Action::DarkPages,
    ],
    &[Action::Information, Action::Security],
];

/// The same on a picture of one page.
const AT_POINTER_ON_PICTURE: [&[Action]; 4] = [
    &[Action::CopySelection, Action::Rename, Action::Trash],
    &[
        Action::FitPage,
        Action::ActualSize,
        Action::RotateRight,
        Action::RotateLeft,
    ],
    &[Action::Slides, Action::Grid, Action::Compare],
    &[Action::Information, Action::Security],
];

/// The menu of the header.
pub(super) fn show(shell: &mut Shell, ui: &Ui, canvas: &mut dyn Canvas) {
    let sections: &[&[Action]] = match is_picture(shell) {
        true => &PICTURE,
        false if shell.hears() => &SOUND,
        false => &SECTIONS,
    };
    let screen = ui.ctx().content_rect();
    let at = pos2(screen.right() - 8.0, screen.top() + super::theme::HEADER);
    let area = Area::new(Id::unique("menu"))
        .pivot(Align2::RIGHT_TOP)
        .fixed_pos(at);
    let height = screen.height() - super::theme::HEADER - 24.0;
    show_in(area, height, sections, shell, ui, canvas);
}

/// The menu at the pointer; it moves as far as it must to be seen whole.
pub(super) fn show_at(at: Pos2, shell: &mut Shell, ui: &Ui, canvas: &mut dyn Canvas) {
    let sections: &[&[Action]] = match is_picture(shell) {
        true => &AT_POINTER_ON_PICTURE,
        false => &AT_POINTER,
    };
    let area = Area::new(Id::unique("context menu"))
        .fixed_pos(at)
        .constrain(true);
    let height = ui.ctx().content_rect().height() - 24.0;
    show_in(area, height, sections, shell, ui, canvas);
}

fn is_picture(shell: &Shell) -> bool {
    shell
        .tab()
        .is_some_and(|tab| tab.is_picture() && tab.layout.pages() == 1)
}

fn show_in(
    area: Area,
    height: f32,
    sections: &[&[Action]],
    shell: &mut Shell,
    ui: &Ui,
    canvas: &mut dyn Canvas,
) {
    let mut done = None;
    let area = area.order(egui::Order::Foreground);
    let response = area.show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).inner_margin(8.0).show(ui, |ui| {
            ui.set_width(300.0);
            egui::ScrollArea::vertical()
                .max_height(height)
                .min_scrolled_height(height)
                .show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 1.0;
                    let mut shown = Vec::new();
                    for (index, section) in sections.iter().enumerate() {
                        if index > 0 {
                            ui.separator();
                        }
                        for action in *section {
                            let entry = entry(shell, *action, ui);
                            if entry.clicked() {
                                done = Some(*action);
                            }
                            shown.push(entry);
                        }
                    }
                    take_keyboard(&shown, ui);
                });
        });
    });
    // The click that opened it does not close it.
    let now = ui.ctx().cumulative_frame_nr();
    let opened = matches!(
        shell.overlay,
        Overlay::Menu(frame) | Overlay::ContextMenu(frame, _) if frame == now
    );
    if done.is_some() || (response.response.clicked_elsewhere() && !opened) {
        shell.overlay = Overlay::None;
    }
    if let Some(action) = done {
        shell.act(action, None, ui.ctx(), canvas);
    }
}

/// An arrow key leads into the menu; from there on egui follows the arrows.
fn take_keyboard(shown: &[Response], ui: &Ui) {
    if shown.iter().any(Response::has_focus) {
        return;
    }
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let first = if pressed(Key::ArrowDown) {
        shown.first()
    } else if pressed(Key::ArrowUp) {
        shown.last()
    } else {
        None
    };
    if let Some(first) = first {
        first.request_focus();
        first.scroll_to_me(None);
        // The same key would lead one further.
        ui.memory_mut(|memory| memory.move_focus(egui::FocusDirection::None));
    }
}

fn entry(shell: &Shell, action: Action, ui: &mut Ui) -> Response {
    let shortcut = shell
        .keys
        .words(action)
        .first()
        .cloned()
        .unwrap_or_default();
    let button = egui::Button::selectable(false, action.described().words).shortcut_text(shortcut);
    let open = shell.tab().is_some_and(|tab| tab.summary().is_some());
    let size = [ui.available_width(), 28.0];
    let shown = ui.add_enabled_ui(open || !needs_document(action), |ui| {
        ui.add_sized(size, button)
    });
    let response = shown.inner;
    parts::focus_ring(ui, &response, 6.0);
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    response
}

/// Whether an action does nothing without pages.
fn needs_document(action: Action) -> bool {
    matches!(
        action,
        Action::CopySelection
            | Action::SelectAll
            | Action::Find
            | Action::FitPage
            | Action::FitWidth
            | Action::FitContent
            | Action::ActualSize
            | Action::RotateRight
            | Action::RotateLeft
            | Action::Continuous
            | Action::Dual
            | Action::RightToLeft
            | Action::Smoothing
            | Action::Present
    )
}
