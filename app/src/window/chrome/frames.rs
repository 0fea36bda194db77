//! The strip under a picture that moves: pause, a slider over its frames, and which
//! one is shown. It goes when the pointer rests and the picture moves.

use super::icons::Icon;
use super::parts;
use crate::window::canvas::Canvas;
use crate::window::keys::Action;
use crate::window::shell::Shell;
use egui::{Align2, Area, Frame, Id, RichText, Slider, Ui, pos2, vec2};
use std::time::Duration;

/// How long it stays after the pointer was moved.
const REST: Duration = Duration::from_secs(3);

/// Least and largest width of the slider, and what stands beside the strip on the
/// left and on the right, in points.
const SLIDER: (f32, f32) = (40.0, 320.0);
const BESIDE: (f32, f32) = (112.0, 88.0);

/// Width of the strip without its slider: the button, the number, and room.
const REST_OF_STRIP: f32 = 130.0;

pub(super) fn show(shell: &mut Shell, ui: &Ui, canvas: &mut dyn Canvas) {
    let rested = shell.pointer_moved.elapsed();
    let area = shell.page_area;
    let full_screen = shell.full_screen;
    let Some(player) = shell.tab().and_then(|tab| tab.player.as_ref()) else {
        return;
    };
    let in_use = ui.ctx().memory(|memory| memory.focused()).is_some();
    let stays = in_use || player.is_held || (!player.is_playing() && !full_screen);
    if rested >= REST && !stays {
        return;
    }
    if !stays {
        ui.ctx().request_repaint_after(REST.saturating_sub(rested));
    }
    // In the middle, where there is room; else between what stands beside it.
    let room = area.width() - BESIDE.0 - BESIDE.1;
    let half = room.min(SLIDER.1 + REST_OF_STRIP) / 2.0;
    let (left, right) = (
        area.left() + BESIDE.0 + half,
        area.right() - BESIDE.1 - half,
    );
    let middle = area.center().x.clamp(left.min(right), right.max(left));
    let place = pos2(middle, area.bottom() - 16.0);
    let shown = Area::new(Id::unique("frames"))
        .pivot(Align2::CENTER_BOTTOM)
        .fixed_pos(place);
    shown.show(ui.ctx(), |ui| {
        let frame = Frame::popup(ui.style())
            .corner_radius(22.0)
            .inner_margin(4.0);
        frame.show(ui, |ui| {
            ui.horizontal(|ui| strip(shell, ui, canvas));
        });
    });
}

fn strip(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    let room = shell.page_area.width() - BESIDE.0 - BESIDE.1;
    let key = parts::key(&shell.keys, Action::PlayPause);
    let Some(tab) = shell.tab_mut() else {
        return;
    };
    let Some(player) = &mut tab.player else {
        return;
    };
    let (icon, name) = match player.is_playing() {
        true => (Icon::Pause, format!("Pause{key}")),
        false => (Icon::Play, format!("Play{key}")),
    };
    let pressed = parts::icon_button(ui, icon, &name).clicked();
    let (count, last) = (player.frames(), player.frames().saturating_sub(1));
    let digits = count.to_string().len() as f32;
    let words = 2.0 * digits * 8.0 + 34.0;
    ui.spacing_mut().slider_width = (room - 40.0 - words).clamp(SLIDER.0, SLIDER.1);
    let mut frame = player.frame();
    let slider = Slider::new(&mut frame, 0..=last)
        .show_value(false)
        .trailing_fill(true);
    let slider = ui.add(slider);
    parts::name_field(ui, &slider, "Frame");
    parts::focus_ring(ui, &slider, 8.0);
    player.is_held = slider.dragged();
    if slider.changed() {
        player.seek(frame);
    }
    let shown = player.frame();
    let text = RichText::new(format!("{} / {count}", shown + 1));
    let failure = tab.tiles.failure(0, shown);
    let text = match failure {
        Some(_) => text.color(super::theme::red(ui)),
        None => text,
    };
    let label = ui.add_sized(vec2(words, 20.0), egui::Label::new(text));
    if let Some(why) = failure {
        label.on_hover_text(format!("Frame {} {why}", shown + 1));
    }
    if pressed {
        shell.act(Action::PlayPause, None, ui.ctx(), canvas);
    }
}
