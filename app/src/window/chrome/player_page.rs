//! What stands in place of pages when a document is sound: cover and names, the
//! waveform, and what one does with it.

use super::icons::Icon;
use super::{parts, waveform};
use crate::cli::printable;
use crate::window::canvas::Canvas;
use crate::window::keys::Action;
use crate::window::listening::{Listening, time};
use crate::window::shell::Shell;
use crate::window::tab::Tab;
use egui::{
    Align, Color32, EventFilter, Layout, Rect, RichText, Role, ScrollArea, Sense, Slider, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};
use ipc::{Coding, InfoKey};

/// Side of the cover, and of the smaller one where there is little room.
const COVER: f32 = 240.0;
const SMALL_COVER: f32 = 72.0;

/// Below this width or height the cover is small.
const ROOMY: (f32, f32) = (620.0, 430.0);

/// Widest that the page gets, and what stays free beside it.
const WIDTH: f32 = 900.0;
const BESIDE: f32 = 24.0;

/// Height of the rows below the cover: waveform, times, transport.
const BELOW: f32 = waveform::HEIGHT + 120.0;

/// Height of the list of chapters.
const CHAPTERS: f32 = 150.0;

pub(super) fn show(shell: &mut Shell, ui: &mut Ui, canvas: &mut dyn Canvas) {
    let area = ui.max_rect();
    let is_roomy = area.width() >= ROOMY.0 && area.height() >= ROOMY.1;
    let cover = if is_roomy { COVER } else { SMALL_COVER };
    let width = (area.width() - 2.0 * BESIDE).min(WIDTH);
    let chapters = shell
        .listening()
        .is_some_and(|listening| !listening.chapters.is_empty());
    let has_list = chapters && area.height() >= cover + BELOW + CHAPTERS;
    let list = if has_list { CHAPTERS + 12.0 } else { 0.0 };
    let above = ((area.height() - cover - BELOW - list) / 2.0).max(8.0);
    let corner = pos2(area.center().x - width / 2.0, area.top() + above);
    let place = Rect::from_min_max(corner, pos2(corner.x + width, area.bottom()));
    let mut done = None;
    ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
        if let Some(tab) = shell.tab() {
            head(tab, ui, cover);
        }
        ui.add_space(28.0);
        bar(shell, ui);
        times(shell, ui);
        ui.add_space(8.0);
        done = transport(shell, ui);
        if has_list {
            ui.add_space(12.0);
            chapter_list(shell, ui);
        }
    });
    wheel(shell, ui, area);
    if let Some(action) = done {
        shell.act(action, None, ui.ctx(), canvas);
    }
}

/// The cover, and what the file says it is.
fn head(tab: &Tab, ui: &mut Ui, side: f32) {
    ui.horizontal_top(|ui| {
        draw_cover(tab, ui, side);
        ui.add_space(12.0);
        let small = side < COVER;
        let builder = UiBuilder::new()
            .max_rect(Rect::from_min_size(
                ui.cursor().min,
                vec2(ui.available_width(), side),
            ))
            .layout(Layout::top_down(Align::Min));
        ui.scope_builder(builder, |ui| {
            let names = names(tab);
            let lines = names.len() as f32 + 1.0;
            ui.add_space(((side - lines * 26.0) / 2.0).max(0.0));
            let title = RichText::new(tab.title()).strong();
            let title = title.size(if small { 17.0 } else { 24.0 });
            ui.add(egui::Label::new(title).truncate());
            for name in names {
                ui.add(egui::Label::new(RichText::new(name).size(15.0)).truncate());
            }
            let line = technical(tab);
            ui.add(egui::Label::new(RichText::new(line).weak()).truncate());
        });
    });
}

/// Artist and album, as far as they are told.
fn names(tab: &Tab) -> Vec<String> {
    let told = |key| {
        let field = tab.info.iter().find(|field| field.key == key);
        let value = field.map(|field| printable(field.value.as_str().trim()));
        value.filter(|value| !value.is_empty())
    };
    let album = told(InfoKey::Album).map(|album| match told(InfoKey::Date) {
        Some(date) => format!("{album} · {date}"),
        None => album,
    });
    [told(InfoKey::Artist), album]
        .into_iter()
        .flatten()
        .collect()
}

/// "FLAC · 24 bits · 96 kHz · 2 channels · −9.1 dB".
fn technical(tab: &Tab) -> String {
    let Some((listening, summary)) = tab.listening.as_ref().zip(tab.summary()) else {
        return String::new();
    };
    let sound = listening.sound;
    let mut parts = vec![summary.format.name().to_owned()];
    match sound.coding {
        Coding::Lossless(bits) => parts.push(format!("{bits} bits")),
        Coding::Float => parts.push("floating point".to_owned()),
        Coding::Lossy => {}
    }
    parts.push(format!("{} kHz", f64::from(sound.rate) / 1000.0));
    parts.push(match sound.channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        channels => format!("{channels} channels"),
    });
    if let Some(gain) = sound.loudness.track {
        let db = format!("{:+.1} dB", gain.db()).replace('-', "−");
        parts.push(format!("track gain {db}"));
    }
    parts.join(" · ")
}

/// The cover, or a tile in a colour of the name's own.
fn draw_cover(tab: &Tab, ui: &mut Ui, side: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
    let cover = tab.listening.as_ref().and_then(|it| it.cover);
    let name = if cover.is_some() { "Cover" } else { "No cover" };
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    let round = (side / 20.0).round();
    match cover {
        Some((texture, (width, height))) => {
            let (width, height) = (f32::from(width.max(1)), f32::from(height.max(1)));
            let scale = side / width.max(height);
            let place = Rect::from_center_size(rect.center(), vec2(width, height) * scale);
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture, place, whole, Color32::WHITE);
        }
        None => {
            ui.painter()
                .rect_filled(rect, round, tile_color(&tab.title()));
            Icon::Note.paint(ui.painter(), rect.center(), side / 32.0, Color32::WHITE);
        }
    }
}

/// A colour that a name always has: dark enough for white on it.
fn tile_color(name: &str) -> Color32 {
    let sum = name.bytes().fold(0_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    let hue = (sum % 360) as f32 / 360.0;
    egui::epaint::Hsva::new(hue, 0.6, 0.16, 1.0).into()
}

/// The waveform; keys mean the sound while nothing else has the keyboard, and when
/// it has it.
fn bar(shell: &mut Shell, ui: &mut Ui) {
    let Some(listening) = shell.listening() else {
        return;
    };
    let response = waveform::show(listening, ui);
    shell.panes.push(response.id);
    shell.document_id = Some(response.id);
    if response.has_focus() {
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..Default::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    }
}

fn times(shell: &mut Shell, ui: &mut Ui) {
    let Some(listening) = shell.listening() else {
        return;
    };
    let rate = listening.sound.rate;
    let here = time(listening.position(), rate);
    let whole = listening.sound.frames.map(|frames| time(frames, rate));
    let chapter = listening.chapter().and_then(|chapter| {
        let title = &listening.chapters.get(chapter)?.title;
        Some(printable(title.as_str()))
    });
    ui.horizontal(|ui| {
        ui.label(RichText::new(here).monospace());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let whole = whole.unwrap_or_else(|| "length unknown".to_owned());
            ui.label(RichText::new(whole).monospace());
            let words = RichText::new(chapter.unwrap_or_default()).weak();
            ui.centered_and_justified(|ui| ui.add(egui::Label::new(words).truncate()));
        });
    });
}

/// The buttons and sliders; tells what was pressed.
fn transport(shell: &mut Shell, ui: &mut Ui) -> Option<Action> {
    let is_playing = shell.listening().is_some_and(|it| it.is_playing());
    let mut done = None;
    let width = ui.available_width();
    let has_others = shell
        .tab()
        .and_then(|tab| tab.browsing.as_ref())
        .is_some_and(|set| set.position().1 > 1);
    let narrow = width < 560.0;
    ui.horizontal(|ui| {
        let mut press = |ui: &mut Ui, icon, name: String, action, is_there| {
            let clicked = ui
                .add_enabled_ui(is_there, |ui| parts::icon_button(ui, icon, &name).clicked())
                .inner;
            if clicked {
                done = Some(action);
            }
        };
        let keys = &shell.keys;
        let name = parts::with_keys(keys, Action::PreviousSound);
        press(ui, Icon::Before, name, Action::PreviousSound, true);
        let (icon, word) = match is_playing {
            true => (Icon::Pause, "Pause"),
            false => (Icon::Play, "Play"),
        };
        let name = format!("{word}{}", parts::key(keys, Action::PlaySound));
        press(ui, icon, name, Action::PlaySound, true);
        let name = parts::with_keys(keys, Action::NextSound);
        press(ui, Icon::Next, name, Action::NextSound, has_others);
        ui.add_space(if narrow { 4.0 } else { 24.0 });
        let muted = shell.loudspeaker.muted;
        let (icon, word) = match muted {
            true => (Icon::Mute, "Unmute"),
            false => (Icon::Loud, "Mute"),
        };
        let name = format!("{word}{}", parts::key(keys, Action::Mute));
        press(ui, icon, name, Action::Mute, true);
        volume(shell, ui, if narrow { 60.0 } else { 120.0 });
        if narrow {
            return;
        }
        let layout = Layout::right_to_left(Align::Center);
        let tuned = ui.with_layout(layout, |ui| speed(shell, ui)).inner;
        done = tuned.or(done);
    });
    done
}

fn volume(shell: &mut Shell, ui: &mut Ui, width: f32) {
    let mut loud = shell.loudspeaker;
    let mut percent = (loud.volume * 100.0).round();
    ui.spacing_mut().slider_width = width;
    let slider = Slider::new(&mut percent, 0.0..=100.0)
        .show_value(false)
        .step_by(1.0)
        .trailing_fill(!loud.muted);
    let slider = ui.add(slider);
    parts::name_field(ui, &slider, "Volume");
    parts::focus_ring(ui, &slider, 8.0);
    if slider.changed() {
        loud.set_volume(percent / 100.0);
        shell.set_loudspeaker(loud);
    }
    let words = match loud.muted {
        true => "muted".to_owned(),
        false => format!("{percent:.0} %"),
    };
    ui.label(RichText::new(words).weak());
}

/// The speed, from the right to the left; tells what was pressed.
fn speed(shell: &Shell, ui: &mut Ui) -> Option<Action> {
    let speed = shell.loudspeaker.speed;
    let mut done = None;
    let name = parts::with_keys(&shell.keys, Action::Faster);
    if parts::icon_button(ui, Icon::Plus, &name).clicked() {
        done = Some(Action::Faster);
    }
    let name = parts::with_keys(&shell.keys, Action::NormalSpeed);
    let words = RichText::new(format!("{speed:.1}×")).monospace();
    let normal = egui::Button::new(words).frame(false);
    let normal = ui.add(normal).on_hover_text(name.as_str());
    parts::name_field(ui, &normal, &format!("{name}; it is {speed:.1} now"));
    if normal.clicked() {
        done = Some(Action::NormalSpeed);
    }
    let name = parts::with_keys(&shell.keys, Action::Slower);
    if parts::icon_button(ui, Icon::Minus, &name).clicked() {
        done = Some(Action::Slower);
    }
    ui.label(RichText::new("Speed").weak());
    done
}

/// The chapters; one that is pressed is heard.
fn chapter_list(shell: &mut Shell, ui: &mut Ui) {
    let Some(listening) = shell.listening() else {
        return;
    };
    let here = listening.chapter();
    let mut chosen = None;
    let rows = listening.chapters.len();
    ScrollArea::vertical()
        .max_height(CHAPTERS)
        .auto_shrink([false, true])
        .show_rows(ui, 26.0, rows, |ui, seen| {
            for number in seen {
                if chapter_row(listening, ui, number, here == Some(number)) {
                    chosen = Some(number);
                }
            }
        });
    let start = chosen.and_then(|number| listening.chapters.get(number));
    if let Some(start) = start.map(|chapter| chapter.start) {
        listening.seek(start);
    }
}

/// Draws a chapter; tells whether it was pressed.
fn chapter_row(listening: &Listening, ui: &mut Ui, number: usize, is_heard: bool) -> bool {
    let Some(chapter) = listening.chapters.get(number) else {
        return false;
    };
    let at = time(chapter.start, listening.sound.rate);
    let title = printable(chapter.title.as_str());
    let title = match title.is_empty() {
        true => format!("Chapter {}", number + 1),
        false => title,
    };
    let words = RichText::new(format!("{at}  {title}"));
    let words = match is_heard {
        true => words.strong(),
        false => words,
    };
    ui.add(egui::Button::selectable(is_heard, words).truncate())
        .clicked()
}

/// The wheel makes it louder and softer, unless it scrolls a list.
fn wheel(shell: &mut Shell, ui: &Ui, area: Rect) {
    let (over, turned) = ui.input(|input| {
        let over = input
            .pointer
            .hover_pos()
            .is_some_and(|at| area.contains(at));
        (over, input.smooth_scroll_delta().y)
    });
    let has_list = shell
        .listening()
        .is_some_and(|listening| !listening.chapters.is_empty());
    if over && turned != 0.0 && !has_list {
        let mut loud = shell.loudspeaker;
        loud.set_volume(loud.volume + turned / 1000.0);
        shell.set_loudspeaker(loud);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tile_has_the_same_colour_each_time_and_white_can_be_read_on_it() {
        assert_eq!(tile_color("a song"), tile_color("a song"));
        assert_ne!(tile_color("a song"), tile_color("another"));
        for name in ["", "a", "b", "ü", "track 1"] {
            let color = tile_color(name);
            let light = u32::from(color.r()) + u32::from(color.g()) + u32::from(color.b());
            assert!(light < 460, "{name}: {color:?}");
        }
    }
}
