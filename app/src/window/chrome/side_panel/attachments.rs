//! Files inside the document: to be saved, or opened where that can be done here.

use crate::window::chrome::icons::Icon;
use crate::window::chrome::theme;
use crate::window::document::carried::{is_harmful, is_readable};
use crate::window::tab::Tab;
use egui::{Button, Label, Response, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};
use ipc::Attachment;

/// What is to be done with one, by its number.
pub(super) enum Wish {
    Save(u32),
    Open(u32),
}

/// Height of an attachment, in points: two lines, a warning, and its buttons.
const ROW: f32 = 116.0;

pub(super) fn show(tab: &Tab, ui: &mut Ui) -> Option<Wish> {
    let mut wish = None;
    let all = &tab.carried.attachments;
    let area = ScrollArea::vertical().auto_shrink([false, false]);
    area.show_rows(ui, ROW, all.len(), |ui, rows| {
        let listed = (0..).zip(all).skip(rows.start).take(rows.len());
        for (number, attachment) in listed {
            let top = ui.cursor().top();
            wish = one(tab, number, attachment, ui).or(wish.take());
            let used = ui.cursor().top() - top;
            ui.add_space((ROW - used).max(0.0));
        }
    });
    wish
}

fn one(tab: &Tab, number: u32, attachment: &Attachment, ui: &mut Ui) -> Option<Wish> {
    let mut wish = None;
    let name = match attachment.name.as_str() {
        "" => "without a name",
        name => name,
    };
    let title = ui.add(Label::new(RichText::new(name).strong()).truncate());
    if !attachment.description.as_str().is_empty() {
        title.on_hover_text(attachment.description.as_str());
    }
    ui.add(Label::new(RichText::new(details(tab, attachment)).small().weak()).truncate());
    if is_harmful(attachment) {
        warning(ui);
    }
    ui.horizontal(|ui| {
        if is_readable(attachment) && named(ui, "Open", &format!("Open {name}")).clicked() {
            wish = Some(Wish::Open(number));
        }
        if named(ui, "Save…", &format!("Save {name}")).clicked() {
            wish = Some(Wish::Save(number));
        }
    });
    wish
}

/// A mark at what a program would run.
fn warning(ui: &mut Ui) {
    ui.horizontal(|ui| {
        let color = theme::amber(ui);
        let (place, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
        Icon::Warning.paint(ui.painter(), place.center(), 0.8, color);
        ui.colored_label(color, RichText::new("Program or script").small())
            .on_hover_text("Opened in another program it may do anything that you may do");
    });
}

/// A button that says for what it is to who cannot see beside what it stands.
fn named(ui: &mut Ui, words: &str, name: &str) -> Response {
    let response = ui.add(Button::new(words));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    response
}

/// Type, size and page, as far as the document claims them.
fn details(tab: &Tab, attachment: &Attachment) -> String {
    let kind = attachment.media_type.as_str();
    let kind = (!kind.is_empty()).then(|| kind.to_owned());
    let page = attachment
        .page
        .map(|page| format!("page {}", tab.label(page.get())));
    let parts = [kind, attachment.bytes.map(size), page];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match parts.is_empty() {
        true => "type and size are not told".to_owned(),
        false => parts.join(" · "),
    }
}

/// Bytes in words.
pub(in crate::window::chrome) fn size(bytes: u64) -> String {
    const KIB: f64 = 1024.0;
    let float = bytes as f64;
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..0x10_0000 => format!("{:.1} KiB", float / KIB),
        0x10_0000..0x4000_0000 => format!("{:.1} MiB", float / KIB / KIB),
        _ => format!("{:.1} GiB", float / KIB / KIB / KIB),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_told_in_units_that_fit() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1536, "1.5 KiB"),
            (5 << 20, "5.0 MiB"),
            (u64::MAX, "17179869184.0 GiB"),
        ] {
            assert_eq!(size(bytes), words);
        }
    }
}
