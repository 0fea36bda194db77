//! What the chrome looks like, drawn by our own rasteriser and compared with
//! pictures that were looked at. `UPDATE_SNAPSHOTS=1 cargo test -p app` makes them
//! anew; look at them before they are committed.

use super::{Stage, stage};
use crate::broker::{BrokerError, RendererEnd};
use crate::window::canvas::{Canvas, Frame, Tone};
use crate::window::chrome::theme;
use crate::window::desktop::Desktop;
use crate::window::document::worker::News;
use crate::window::keys::Action;
use crate::window::shell::ThemePreference;
use crate::window::store::Settings;
use egui::{Context, RawInput, Rect, pos2};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Size of the pictures, in pixels at scale 1.
const SIZE: (u32, u32) = (720, 540);

/// Pixels that may differ by more than a little: letters at another place.
const TOLERATED: usize = 200;

/// A picture of a window: `0x00RRGGBB`.
struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<u32>,
}

/// Runs a few frames, and takes the last one.
fn take(
    stage: &mut Stage,
    settings: Settings,
    scale: f32,
    before: impl Fn(&mut Stage, &Context),
) -> Picture {
    let context = Context::default();
    theme::apply(&context, Desktop::default(), settings);
    let width = (SIZE.0 as f32 * scale) as u32;
    let height = (SIZE.1 as f32 * scale) as u32;
    for frame in 0..6 {
        let mut raw = RawInput {
            screen_rect: Some(Rect::from_min_max(
                pos2(0.0, 0.0),
                pos2(SIZE.0 as f32, SIZE.1 as f32),
            )),
            // What fades in has done so.
            time: Some(f64::from(frame)),
            ..RawInput::default()
        };
        if let Some(viewport) = raw.viewports.get_mut(&raw.viewport_id) {
            viewport.native_pixels_per_point = Some(scale);
        }
        if frame == 1 {
            before(stage, &context);
        }
        let Stage { shell, canvas, .. } = &mut *stage;
        let mut output = context.run_ui(raw, |ui| shell.ui(ui, canvas));
        let primitives = context.tessellate(output.shapes, output.pixels_per_point);
        let frame = Frame {
            primitives: &primitives,
            textures: &output.textures_delta,
            pixels_per_point: output.pixels_per_point,
            background: context.style_of(context.theme()).visuals.panel_fill,
        };
        canvas.show((width, height), &frame).unwrap();
        output.textures_delta.clear();
        stage.draw();
    }
    Picture {
        width,
        height,
        pixels: stage.canvas.pixels.clone(),
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/window/shell/tests/pictures")
}

/// Compares a picture with the one that was looked at.
fn check(name: &str, picture: &Picture) {
    let path = folder().join(format!("{name}.png"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        return write(&path, picture);
    }
    let (size, known) = read(&path);
    assert_eq!(size, (picture.width, picture.height), "{name}");
    let apart = |a: &u32, b: &u32| {
        let (a, b) = (a.to_be_bytes(), b.to_be_bytes());
        a.iter().zip(b).skip(1).any(|(a, b)| a.abs_diff(b) > 24)
    };
    let different = picture
        .pixels
        .iter()
        .zip(&known)
        .filter(|(a, b)| apart(a, b));
    let different = different.count();
    if different > TOLERATED {
        let other = std::env::temp_dir().join(format!("pellucid-{name}.png"));
        write(&other, picture);
        panic!(
            "{different} pixels are not as in {}; see {}",
            path.display(),
            other.display()
        );
    }
}

fn write(path: &Path, picture: &Picture) {
    let file = File::create(path).unwrap();
    let mut encoder = png::Encoder::new(file, picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    let rgb: Vec<u8> = picture
        .pixels
        .iter()
        .flat_map(|pixel| pixel.to_be_bytes().into_iter().skip(1))
        .collect();
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&rgb)
        .unwrap();
}

#[expect(
    clippy::disallowed_types,
    reason = "a picture that this test has written itself"
)]
fn read(path: &Path) -> ((u32, u32), Vec<u32>) {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = png::Decoder::new(BufReader::new(file)).read_info().unwrap();
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut rgb).unwrap();
    let pixels = rgb.as_chunks::<3>().0.iter();
    let pixels = pixels.map(|[r, g, b]| u32::from_be_bytes([0, *r, *g, *b]));
    ((info.width, info.height), pixels.collect())
}

fn settings(theme: ThemePreference) -> Settings {
    Settings {
        theme,
        ..Settings::default()
    }
}

fn document() -> Stage {
    let mut stage = stage();
    stage.open("report.pdf", 12);
    stage
}

fn act(action: Action) -> impl Fn(&mut Stage, &Context) {
    move |stage, context| stage.shell.act(action, None, context, &mut stage.canvas)
}

#[test]
fn document_looks_as_it_was_looked_at() {
    for (name, theme) in [
        ("dark", ThemePreference::Dark),
        ("light", ThemePreference::Light),
    ] {
        let mut stage = document();
        stage.outline(&[0, 3, 7]);
        let picture = take(&mut stage, settings(theme), 1.0, act(Action::SidePanel));
        check(&format!("document-{name}"), &picture);
    }
}

#[test]
fn document_looks_as_it_was_looked_at_on_a_dense_screen() {
    let picture = take(
        &mut document(),
        settings(ThemePreference::Dark),
        2.0,
        |_, _| {},
    );
    check("document-dense", &picture);
}

#[test]
fn high_contrast_looks_as_it_was_looked_at() {
    let high = Settings {
        high_contrast: Some(true),
        ..settings(ThemePreference::Dark)
    };
    let mut stage = document();
    stage.open("other.pdf", 2);
    let picture = take(&mut stage, high, 1.0, act(Action::Security));
    check("high-contrast", &picture);
}

#[test]
fn dialogs_look_as_they_were_looked_at() {
    for (name, action) in [
        ("shield", Action::Security),
        ("palette", Action::Palette),
        ("keys", Action::Help),
        ("menu", Action::Menu),
    ] {
        let picture = take(
            &mut document(),
            settings(ThemePreference::Light),
            1.0,
            act(action),
        );
        check(name, &picture);
    }
}

#[test]
fn small_pages_leave_photographs_as_they_are_in_dark_tones() {
    let white = |with_photo: bool| {
        let mut stage = document();
        stage.shell.side_panel = true;
        let tab = &mut stage.shell.tabs[0];
        tab.tone = Tone::Inverted;
        let id = tab.id;
        if with_photo {
            // The upper half of the second page, whose small picture stands in the panel.
            let place = ipc::PageBox::new(0.0, 0.0, 595.0, 421.0).unwrap();
            let kind = ipc::ImageKind::Photo;
            stage.tell(id, News::Images(1, vec![ipc::PageImage { place, kind }]));
        }
        let picture = take(&mut stage, settings(ThemePreference::Dark), 1.0, |_, _| {});
        let pixels = picture.pixels.iter();
        pixels
            .filter(|pixel| **pixel & 0x00ff_ffff == 0x00ff_ffff)
            .count()
    };
    let (without, with) = (white(false), white(true));
    // A small page is 108 points wide; half of it is more than 5000 of them.
    assert!(with > without + 5000, "{without} white pixels, then {with}");
}

#[test]
fn pages_without_a_document_look_as_they_were_looked_at() {
    let picture = take(
        &mut stage(),
        settings(ThemePreference::Light),
        1.0,
        |_, _| {},
    );
    check("start", &picture);
    let picture = take(
        &mut document(),
        settings(ThemePreference::Dark),
        1.0,
        |stage, _| {
            let end = BrokerError::Ended(RendererEnd::Violation);
            stage.tell(stage.shell.tabs[0].id, News::Ended(end));
        },
    );
    check("stopped", &picture);
}
