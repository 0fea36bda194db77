//! Signatures: what they say, none of which is verified.

use crate::cli::coverage_words;
use crate::window::chrome::theme;
use crate::window::tab::Tab;
use egui::{Label, RichText, ScrollArea, Ui};
use ipc::{Coverage, Signature};

pub(super) fn show(tab: &Tab, ui: &mut Ui) {
    let area = ScrollArea::vertical().auto_shrink([false, false]);
    area.show(ui, |ui| {
        let honest = "Trust is not checked: neither who has signed, nor whether anything was \
                      changed since. This is only what the document says.";
        ui.add(Label::new(RichText::new(honest).weak()).wrap());
        for signature in &tab.carried.signatures {
            ui.separator();
            one(signature, ui);
        }
    });
}

fn one(signature: &Signature, ui: &mut Ui) {
    let signer = match signature.signer.as_str() {
        "" => "Signed without a name".to_owned(),
        signer => format!("Says it is signed by {signer}"),
    };
    ui.add(Label::new(RichText::new(signer).strong()).wrap());
    let color = match signature.coverage {
        Coverage::Whole => ui.visuals().text_color(),
        Coverage::Added(_) => theme::amber(ui),
        Coverage::Broken => theme::red(ui),
    };
    let covers = format!("It {}", coverage_words(signature.coverage));
    let covers = match signature.coverage {
        Coverage::Added(_) => coverage_words(signature.coverage),
        Coverage::Whole | Coverage::Broken => covers,
    };
    ui.add(Label::new(RichText::new(covers).color(color)).wrap());
    for (what, words) in [
        ("Date", &signature.date),
        ("Reason", &signature.reason),
        ("Field", &signature.field),
        ("Kind", &signature.kind),
    ] {
        if !words.as_str().is_empty() {
            let line = format!("{what}: {words}");
            ui.add(Label::new(RichText::new(line).small()).wrap());
        }
    }
}
