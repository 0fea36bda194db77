//! Round buttons at the lower left that lead to the picture before and after. They
//! are there when there are others, and go when the pointer rests.

use super::icons::Icon;
use super::parts;
use crate::window::canvas::Canvas;
use crate::window::keys::Action;
use crate::window::shell::Shell;
use egui::{Align2, Area, Frame, Id, Ui, vec2};
use std::time::Duration;

/// How long they stay after the pointer was moved.
const REST: Duration = Duration::from_secs(3);

pub(super) fn show(shell: &mut Shell, ui: &Ui, canvas: &mut dyn Canvas) {
    let rested = shell.pointer_moved.elapsed();
    let browsing = shell.tab().and_then(|tab| tab.browsing.as_ref());
    let has_others = browsing.is_some_and(|set| set.position().1 > 1 && !set.is_heard);
    let in_use = ui.ctx().memory(|memory| memory.focused()).is_some();
    if !has_others || (rested >= REST && !in_use) {
        return;
    }
    ui.ctx().request_repaint_after(REST.saturating_sub(rested));
    let place = shell.page_area.left_bottom() + vec2(20.0, -16.0);
    let area = Area::new(Id::unique("neighbours"))
        .pivot(Align2::LEFT_BOTTOM)
        .fixed_pos(place);
    let mut pressed = None;
    area.show(ui.ctx(), |ui| {
        ui.horizontal(|ui| {
            for (icon, action) in [
                (Icon::Left, Action::PreviousImage),
                (Icon::Right, Action::NextImage),
            ] {
                let frame = Frame::popup(ui.style())
                    .corner_radius(22.0)
                    .inner_margin(2.0);
                frame.show(ui, |ui| {
                    let name = parts::with_keys(&shell.keys, action);
                    if parts::icon_button(ui, icon, &name).clicked() {
                        pressed = Some(action);
                    }
                });
            }
        });
    });
    if let Some(action) = pressed {
        shell.act(action, None, ui.ctx(), canvas);
    }
}
