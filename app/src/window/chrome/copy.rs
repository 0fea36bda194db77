//! A safe copy: how it is wanted, and how far it is.

use super::side_panel::size;
use super::{parts, theme};
use crate::window::shell::{Overlay, Shell, Wanted};
use crate::window::tab::Tab;
use egui::{Align2, Area, ComboBox, Frame, Grid, Id, Key, ProgressBar, TextEdit, Ui, vec2};
use std::time::Duration;

/// Resolutions that are offered, in dots per inch.
const CHOICES: [f32; 4] = [100.0, 150.0, 300.0, 600.0];

/// What takes no longer than this is not told while it is done.
const PATIENCE: Duration = Duration::from_millis(300);

/// What was pressed in the dialog.
#[derive(Default)]
struct Done {
    begin: bool,
    ask: bool,
    cancel: bool,
}

pub(super) fn show(shell: &mut Shell, ui: &Ui) {
    let portal = shell.portal;
    let Overlay::Copy(wanted) = &mut shell.overlay else {
        return;
    };
    let mut done = Done::default();
    let title = if wanted.print {
        "Print a safe copy"
    } else {
        "Save a safe copy"
    };
    let left = parts::dialog(ui, title, 520.0, |ui| {
        ui.label("Pictures of the pages and their words, made anew: nothing of the file itself.");
        ui.add_space(8.0);
        Grid::new("copy")
            .num_columns(2)
            .spacing([16.0, 8.0])
            .show(ui, |ui| fields(wanted, portal, ui));
        if let Some(why) = &wanted.error {
            ui.add_space(4.0);
            ui.colored_label(theme::red(ui), why);
        }
        ui.add_space(12.0);
        ui.horizontal(|ui| {
            if wanted.print {
                done.begin = parts::main_button(ui, "Print").clicked();
            } else if portal {
                done.ask = parts::main_button(ui, "Choose where…").clicked();
            } else {
                done.begin = parts::main_button(ui, "Save").clicked();
            }
            done.cancel = ui.button("Cancel").clicked();
            if wanted.is_asked {
                ui.spinner();
            }
        });
    });
    if ui.input(|input| input.key_pressed(Key::Enter)) {
        match wanted.print || !portal {
            true => done.begin = true,
            false => done.ask = true,
        }
    }
    if done.ask {
        shell.ask_where();
    } else if done.begin {
        shell.begin_copy();
    } else if left || done.cancel {
        shell.overlay = Overlay::None;
    }
}

fn fields(wanted: &mut Wanted, portal: bool, ui: &mut Ui) {
    if !wanted.print && !portal {
        parts::file_field(ui, &mut wanted.path, &mut wanted.is_asked, 380.0);
        ui.end_row();
    }
    if !wanted.printers.is_empty() {
        ui.label("Printer");
        let usual = "The usual one";
        ComboBox::from_id_salt("printer")
            .selected_text(wanted.printer.as_deref().unwrap_or(usual))
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut wanted.printer, None, usual);
                for name in wanted.printers.clone() {
                    ui.selectable_value(&mut wanted.printer, Some(name.clone()), name);
                }
            });
        ui.end_row();
    }
    ui.label("Pages");
    let hint = "all, or for example 1-3,7";
    let response = ui.add(
        TextEdit::singleline(&mut wanted.pages)
            .hint_text(hint)
            .desired_width(180.0),
    );
    response.widget_info(|| egui::WidgetInfo::text_edit(true, "", "", "Pages"));
    ui.end_row();
    ui.label("Dots per inch");
    ui.horizontal(|ui| {
        for dpi in CHOICES {
            ui.selectable_value(&mut wanted.dpi, dpi, format!("{dpi:.0}"));
        }
    });
    ui.end_row();
    if !wanted.print {
        ui.label("");
        ui.checkbox(&mut wanted.with_words, "Words can be selected and found");
        ui.end_row();
    }
}

/// How far the copy of the document is that is shown, and a way to stop it.
pub(super) fn progress(shell: &mut Shell, ui: &Ui) {
    let Some(tab) = shell.tab() else {
        return;
    };
    let Some(far) = far(tab, ui) else {
        return;
    };
    let mut stop = false;
    let place = shell.page_area.left_bottom() + vec2(20.0, -16.0);
    let area = Area::new(Id::unique("copying"))
        .pivot(Align2::LEFT_BOTTOM)
        .fixed_pos(place);
    area.show(ui.ctx(), |ui| {
        Frame::popup(ui.style())
            .corner_radius(16.0)
            .inner_margin(10.0)
            .show(ui, |ui| {
                ui.horizontal(|ui| {
                    ui.label(far.words);
                    let bar = ProgressBar::new(far.share).desired_width(140.0);
                    ui.add(bar.text(far.done));
                    stop = ui.button("Stop").clicked();
                });
            });
    });
    if stop {
        shell.stop_copy();
    }
}

/// What is being done, and how far it is.
struct Far {
    words: String,
    share: f32,
    done: String,
}

fn far(tab: &Tab, ui: &Ui) -> Option<Far> {
    let pages = |words: &str, done: usize, total: usize| Far {
        words: words.to_owned(),
        share: done as f32 / total.max(1) as f32,
        done: format!("{done} of {total}"),
    };
    if let Some(copy) = &tab.copy {
        return Some(pages(copy.words(), copy.done, copy.total));
    }
    if tab.copy_text.is_some() {
        let (missing, all) = tab.selection.missing(tab.layout.pages());
        let read = all.saturating_sub(missing);
        return Some(pages(
            "Reading what is selected",
            read as usize,
            all as usize,
        ));
    }
    let out = tab.unpacked.as_ref()?;
    let waited = out.since.elapsed();
    if waited < PATIENCE {
        ui.ctx().request_repaint_after(PATIENCE - waited);
        return None;
    }
    let total = out.total.filter(|total| *total >= out.bytes);
    Some(Far {
        words: format!("Taking out {}", out.name),
        share: total.map_or(0.0, |total| out.bytes as f32 / total.max(1) as f32),
        done: match total {
            Some(total) => format!("{} of {}", size(out.bytes), size(total)),
            None => size(out.bytes),
        },
    })
}
