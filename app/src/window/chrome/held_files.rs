//! What a drop would do, while files are held over the window.

use super::theme;
use crate::cli::printable;
use egui::{Align2, FontId, Id, LayerId, Order, Stroke, StrokeKind, Ui, vec2};

/// Most letters of a name that are shown.
const NAME_LETTERS: usize = 60;

pub(super) fn show(ui: &Ui) {
    let Some(words) = ui.input(|input| words(&input.raw.hovered_files)) else {
        return;
    };
    let layer = LayerId::new(Order::Foreground, Id::unique("held files"));
    let painter = ui.ctx().layer_painter(layer);
    let rect = ui.ctx().content_rect();
    let (chrome, accent) = (ui.visuals().panel_fill, theme::accent(ui));
    painter.rect_filled(rect, 0.0, chrome.gamma_multiply(0.7));
    painter.rect_stroke(rect, 0.0, Stroke::new(4.0, accent), StrokeKind::Inside);
    let font = FontId::proportional(18.0);
    let text = painter.layout(words, font, ui.visuals().text_color(), rect.width() - 64.0);
    let card = Align2::CENTER_CENTER.align_size_within_rect(text.size() + vec2(40.0, 24.0), rect);
    painter.rect(
        card,
        12.0,
        chrome,
        Stroke::new(1.0, accent),
        StrokeKind::Inside,
    );
    let at = Align2::CENTER_CENTER.align_size_within_rect(text.size(), card);
    painter.galley(at.min, text, ui.visuals().text_color());
}

/// The sentence; `None` where nothing is held. Wayland tells no names before the drop.
fn words(held: &[egui::HoveredFile]) -> Option<String> {
    let name = |file: &egui::HoveredFile| {
        let name = file.path.as_ref()?.file_name()?;
        let name = printable(&name.to_string_lossy());
        Some(name.chars().take(NAME_LETTERS).collect::<String>())
    };
    Some(match held {
        [] => return None,
        [file] => match name(file) {
            Some(name) => format!("Drop to open {name}"),
            None => "Drop to open".to_owned(),
        },
        files => format!("Drop to open {} files", files.len()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(path: Option<&str>) -> egui::HoveredFile {
        egui::HoveredFile {
            path: path.map(Into::into),
            ..Default::default()
        }
    }

    #[test]
    fn it_is_said_what_a_drop_opens() {
        assert_eq!(words(&[]), None);
        assert_eq!(words(&[held(None)]).unwrap(), "Drop to open");
        let one = held(Some("/tmp/a\u{202e}b.pdf"));
        let said = words(std::slice::from_ref(&one)).unwrap();
        assert!(said.starts_with("Drop to open a") && !said.contains('\u{202e}'));
        assert_eq!(words(&[one.clone(), one]).unwrap(), "Drop to open 2 files");
    }
}
