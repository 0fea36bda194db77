//! What a document carries beside its pages, in the panels where it is shown.

use crate::RED;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tests::screen::{Color, Screen};
use tests::{desktop, eventually, file, program};

#[test]
fn attachment_is_saved_and_layers_are_switched_in_their_panels() {
    let Some(screen) = Screen::start() else {
        return;
    };
    if !desktop::has_session("import pyatspi") {
        return;
    }
    let content = "/OC /A BDC 0.784 0.118 0.157 rg 0 0 300 600 re f EMC \
                   /OC /B BDC 0.118 0.824 0.824 rg 300 0 300 600 re f EMC";
    let stream = |dictionary: &str, content: &str| {
        let length = content.len();
        format!("<< /Length {length} {dictionary} >>\nstream\n{content}\nendstream")
    };
    let made = tests::pdf::assemble(&[
        "<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) 5 0 R] >> >> \
         /OCProperties << /OCGs [7 0 R 8 0 R] /D << /Order [7 0 R 8 0 R] /OFF [8 0 R] >> >> >>"
            .to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 600] /Contents 4 0 R \
         /Resources << /Properties << /A 7 0 R /B 8 0 R >> >> >>"
            .to_owned(),
        stream("", content),
        "<< /Type /Filespec /F (data.csv) /EF << /F 6 0 R >> >>".to_owned(),
        stream("/Subtype /text#2Fcsv /Params << /Size 5 >>", "1,2,3"),
        "<< /Type /OCG /Name (left) >>".to_owned(),
        "<< /Type /OCG /Name (right) >>".to_owned(),
    ]);
    let path = screen.folder().join("carrying.pdf");
    fs::write(&path, made).unwrap();
    let mut viewer = screen
        .command(Path::new("dbus-run-session"))
        .args(["--", "/usr/bin/python3"])
        .args([&file("panels.py"), &program("pellucid"), &path])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let cyan: Color = [30, 210, 210];
    let shown = screen.shows(RED) && screen.count(cyan) == 0;
    let saved = screen.folder().join("data.csv");
    let is_saved = eventually(Duration::from_secs(60), || {
        fs::read(&saved).is_ok_and(|bytes| bytes == b"1,2,3")
    });
    // Now it may go on to the layers.
    drop(viewer.stdin.take());
    let switched = screen.shows(cyan) && screen.hides(RED);
    screen.press(&["ctrl+q"]);
    assert!(viewer.wait().unwrap().success());
    assert!(shown, "the document is not shown as it says");
    assert!(is_saved, "the attachment is not saved");
    assert!(switched, "the layers are not switched");
}
