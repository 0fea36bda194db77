//! What readers have noted, page by page.

use crate::cli::note_kind;
use crate::window::chrome::{parts, theme};
use crate::window::tab::Tab;
use egui::text::LayoutJob;
use egui::{Response, Role, ScrollArea, Sense, TextFormat, Ui, WidgetInfo, vec2};
use ipc::Note;

/// Height of a note, in points: three lines.
const ROW: f32 = 66.0;

/// Shows them; tells the one that was chosen.
pub(super) fn show(tab: &mut Tab, ui: &mut Ui) -> Option<usize> {
    let mut chosen = None;
    let area = ScrollArea::vertical().auto_shrink([false, false]);
    area.show_rows(ui, ROW, tab.carried.notes.len(), |ui, rows| {
        let all = tab.carried.notes.iter().enumerate();
        for (number, note) in all.skip(rows.start).take(rows.len()) {
            if one(tab, note, ui).clicked() {
                chosen = Some(number);
            }
        }
    });
    let number = chosen?;
    let note = tab.carried.notes.get(number)?;
    let (page, edges) = (note.page.get(), note.place.edges());
    tab.leave();
    tab.reveal(page, edges);
    // An answer is read behind what it answers.
    let mut before = tab.carried.notes.iter().enumerate().take(number + 1);
    before
        .rfind(|(_, note)| !note.is_reply)
        .map(|(first, _)| first)
}

fn one(tab: &Tab, note: &Note, ui: &mut Ui) -> Response {
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name(tab, note)));
    if response.hovered() {
        let fill = ui.style().interact(&response).bg_fill;
        ui.painter().rect_filled(rect, 6.0, fill);
    }
    parts::focus_ring(ui, &response, 6.0);
    let indent = if note.is_reply { 20.0 } else { 8.0 };
    let mut text = row(tab, note, ui);
    text.wrap.max_width = rect.width() - indent - 8.0;
    text.wrap.max_rows = 3;
    let galley = ui.painter().layout_job(text);
    let color = ui.visuals().text_color();
    ui.painter()
        .galley(rect.min + vec2(indent, 4.0), galley, color);
    response
}

/// What is read aloud.
fn name(tab: &Tab, note: &Note) -> String {
    let page = tab.label(note.page.get());
    let words = note.lines.first().map_or("", ipc::Text::as_str);
    let author = match note.author.as_str() {
        "" => String::new(),
        author => format!(" of {author}"),
    };
    format!("Page {page}, {}{author}: {words}", note_kind(note.kind))
}

fn row(tab: &Tab, note: &Note, ui: &Ui) -> LayoutJob {
    let plain = |color| TextFormat {
        color,
        ..TextFormat::default()
    };
    let mut text = LayoutJob::default();
    let weak = plain(ui.visuals().weak_text_color());
    let page = format!("{}  ", tab.label(note.page.get()));
    text.append(&page, 0.0, weak.clone());
    if !note.author.as_str().is_empty() {
        let author = format!("{}  ", note.author);
        text.append(&author, 0.0, plain(theme::accent(ui)));
    }
    text.append(note_kind(note.kind), 0.0, weak);
    let lines: Vec<&str> = note.lines.iter().take(3).map(ipc::Text::as_str).collect();
    let words = format!("\n{}", lines.join(" "));
    text.append(&words, 0.0, plain(ui.visuals().text_color()));
    text
}
