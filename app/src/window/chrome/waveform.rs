//! The bar of a sound: its waveform, how much of it has been heard, and where to go
//! on. A screen reader has it as a slider over the seconds.

use super::{parts, theme};
use crate::window::listening::{BUCKETS, Between, Listening, time};
use egui::{
    Align2, Color32, CornerRadius, FontId, Painter, Rect, Response, Sense, Stroke, Ui, WidgetInfo,
    accesskit, pos2, vec2,
};
use ipc::Peak;

/// Height of the bar, in points.
pub(super) const HEIGHT: f32 = 72.0;

/// Width of one line of the waveform with the gap behind it, in points.
const STEP: f32 = 3.0;

/// Full scale of a peak.
const FULL: f32 = 127.0;

/// Draws it and follows the pointer.
pub(super) fn show(listening: &mut Listening, ui: &mut Ui) -> Response {
    let size = vec2(ui.available_width(), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let part_at = |x: f32| ((x - rect.left()) / rect.width().max(1.0)).clamp(0.0, 1.0);
    if let Some(at) = response.interact_pointer_pos()
        && (response.clicked() || response.drag_started() || response.drag_delta().x != 0.0)
    {
        listening.seek_to_part(part_at(at.x));
    }
    name(listening, ui, &response);
    let painter = ui.painter_at(rect.expand2(vec2(40.0, 24.0)));
    let heard = rect.left() + listening.part() * rect.width();
    match listening.peaks.is_empty() {
        true => plain(ui, &painter, rect, heard),
        false => lines(ui, &painter, rect, heard, &listening.peaks),
    }
    marks(listening, ui, &painter, rect);
    let color = ui.visuals().text_color();
    let line = [pos2(heard, rect.top()), pos2(heard, rect.bottom())];
    painter.line_segment(line, Stroke::new(1.5, color));
    parts::focus_ring(ui, &response, 6.0);
    if let (Some(at), Some(frames)) = (response.hover_pos(), listening.sound.frames) {
        let frame = (frames as f64 * f64::from(part_at(at.x))) as u64;
        bubble(ui, &painter, rect, at.x, &time(frame, listening.sound.rate));
        ui.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
    }
    response
}

/// What a screen reader reads of it, and what it may do.
fn name(listening: &mut Listening, ui: &Ui, response: &Response) {
    let rate = listening.sound.rate.max(1);
    let here = time(listening.position(), rate);
    let seconds = |frames: u64| frames as f64 / f64::from(rate);
    let (at, whole) = (
        seconds(listening.position()),
        listening.sound.frames.map(seconds),
    );
    response.widget_info(|| WidgetInfo::slider(true, at, "Position"));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_value(here.as_str());
        node.set_min_numeric_value(0.0);
        node.set_numeric_value_step(5.0);
        if let Some(whole) = whole {
            node.set_max_numeric_value(whole);
        }
        node.add_action(accesskit::Action::Increment);
        node.add_action(accesskit::Action::Decrement);
    });
    let asked = |action| ui.input(|input| input.num_accesskit_action_requests(response.id, action));
    let by =
        asked(accesskit::Action::Increment) as i64 - asked(accesskit::Action::Decrement) as i64;
    if by != 0 {
        listening.seek_by(5 * by);
    }
}

/// A bar without a waveform.
fn plain(ui: &Ui, painter: &Painter, rect: Rect, heard: f32) {
    let bar = Rect::from_center_size(rect.center(), vec2(rect.width(), 6.0));
    painter.rect_filled(bar, 3.0, rest_color(ui));
    let mut played = bar;
    played.set_right(heard);
    painter.rect_filled(played, 3.0, theme::accent(ui));
}

/// Lines as high as what is heard there is loud.
fn lines(ui: &Ui, painter: &Painter, rect: Rect, heard: f32, peaks: &[Peak]) {
    let (accent, rest) = (theme::accent(ui), rest_color(ui));
    let count = (rect.width() / STEP).floor().max(1.0) as usize;
    for line in 0..count {
        let height = (loudest(peaks, line, count) * rect.height()).max(2.0);
        let left = rect.left() + line as f32 * STEP;
        let place = Rect::from_center_size(
            pos2(left + STEP / 2.0 - 0.5, rect.center().y),
            vec2(STEP - 1.0, height),
        );
        let color = if place.center().x <= heard {
            accent
        } else {
            rest
        };
        painter.rect_filled(place, CornerRadius::same(1), color);
    }
}

/// How loud the loudest bucket of a line is, 0 to 1.
fn loudest(peaks: &[Peak], line: usize, lines: usize) -> f32 {
    let from = line * peaks.len() / lines.max(1);
    let to = ((line + 1) * peaks.len() / lines.max(1)).max(from + 1);
    let seen = peaks.get(from..to.min(peaks.len())).unwrap_or_default();
    let height = |peak: &Peak| i16::from(peak.high).max(-i16::from(peak.low));
    let highest = seen.iter().map(height).max().unwrap_or(0);
    (f32::from(highest) / FULL).clamp(0.0, 1.0)
}

/// Where chapters begin, and what is repeated.
fn marks(listening: &Listening, ui: &Ui, painter: &Painter, rect: Rect) {
    let Some(frames) = listening.sound.frames.filter(|frames| *frames > 0) else {
        return;
    };
    let x = |frame: u64| rect.left() + (frame as f64 / frames as f64) as f32 * rect.width();
    let color = ui.visuals().weak_text_color();
    let starts = listening.chapters.iter().filter(|it| it.start > 0);
    // More than there are buckets stand on top of each other.
    for chapter in starts.take(BUCKETS.into()) {
        let x = x(chapter.start);
        let line = [pos2(x, rect.top()), pos2(x, rect.top() + 8.0)];
        painter.line_segment(line, Stroke::new(2.0, color));
    }
    let color = theme::amber(ui);
    let ends = match listening.between {
        Between::Nothing => vec![],
        Between::From(start) => vec![start],
        Between::Both(start, end) => vec![start, end],
    };
    for end in ends {
        let line = [pos2(x(end), rect.top()), pos2(x(end), rect.bottom())];
        painter.line_segment(line, Stroke::new(2.0, color));
    }
}

/// The time that the pointer is at.
fn bubble(ui: &Ui, painter: &Painter, rect: Rect, x: f32, words: &str) {
    let color = ui.visuals().text_color();
    let line = [pos2(x, rect.top()), pos2(x, rect.bottom())];
    painter.line_segment(line, Stroke::new(1.0, color.gamma_multiply(0.5)));
    let font = FontId::proportional(12.0);
    let letters = painter.layout_no_wrap(words.to_owned(), font.clone(), color);
    let half = letters.size().x / 2.0 + 6.0;
    let x = x.clamp(
        rect.left() + half,
        (rect.right() - half).max(rect.left() + half),
    );
    let place = Rect::from_center_size(pos2(x, rect.top() - 10.0), vec2(2.0 * half, 18.0));
    painter.rect_filled(place, 6.0, ui.visuals().extreme_bg_color);
    painter.text(place.center(), Align2::CENTER_CENTER, words, font, color);
}

fn rest_color(ui: &Ui) -> Color32 {
    ui.visuals().text_color().gamma_multiply(0.35)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_is_as_high_as_its_loudest_bucket() {
        let mut peaks = [Peak::default(); 10];
        peaks[3].low = -127;
        peaks[9].high = 64;
        assert_eq!(loudest(&peaks, 1, 5), 1.0);
        assert_eq!(loudest(&peaks, 0, 5), 0.0);
        assert!((loudest(&peaks, 4, 5) - 64.0 / 127.0).abs() < 1e-6);
        // More lines than buckets, and none at all.
        assert_eq!(loudest(&peaks, 7, 20), 1.0);
        assert_eq!(loudest(&[], 3, 5), 0.0);
    }
}
