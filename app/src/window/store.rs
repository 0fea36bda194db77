//! What is remembered between starts: recent files and where one was in them.

mod settings;
mod writer;

pub(crate) use settings::Settings;

use super::canvas::Tone;
use super::document::marks::Marks;
use super::document::view::{Looks, Place};
use super::listening::Loudspeaker;
use crate::config::folder;
use crate::sound::GainMode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use writer::Writer;

/// Most files that are remembered.
const MOST: usize = 200;

/// Largest file that is taken for ours, in bytes: 200 names of 4096 bytes, twice.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Recent files and places, as they stand in `state.json`.
#[derive(Debug, Default)]
pub(crate) struct Store {
    /// `None` remembers nothing.
    file: Option<PathBuf>,
    kept: Kept,
    /// `None` until something is to be written.
    writer: Option<Writer>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    settings: Settings,
    /// The latest first.
    recent: Vec<PathBuf>,
    places: BTreeMap<PathBuf, Remembered>,
    /// How pages are shown, by name; those that are shown as they are, are not here.
    tones: BTreeMap<PathBuf, String>,
    marks: BTreeMap<PathBuf, Marks>,
    /// The second at which a long sound was left.
    heard: BTreeMap<PathBuf, u64>,
    loudspeaker: Heard,
}

/// How sounds are played, in percent.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(default)]
struct Heard {
    volume: u16,
    speed: u16,
    replay_gain: Gain,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Gain {
    Off,
    Track,
    Album,
}

impl Default for Heard {
    fn default() -> Self {
        Self {
            volume: 100,
            speed: 100,
            replay_gain: Gain::Track,
        }
    }
}

/// Where one was in a file, and how it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    pub(crate) place: Place,
    pub(crate) looks: Looks,
}

impl Store {
    /// Remembers nothing.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// Reads what was remembered; what cannot be read is forgotten.
    pub(crate) fn open(file: PathBuf) -> Self {
        let small = fs::metadata(&file).is_ok_and(|metadata| metadata.len() <= MAX_BYTES);
        let text = if small {
            fs::read(&file).unwrap_or_default()
        } else {
            Vec::new()
        };
        let mut kept: Kept = serde_json::from_slice(&text).unwrap_or_default();
        kept.recent.truncate(MOST);
        kept.settings = kept.settings.checked();
        Self {
            file: Some(file),
            kept,
            writer: None,
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        self.kept.settings
    }

    /// Takes settings that `pellucid.toml` says, which are not ours to write down.
    pub(crate) fn begin_with(&mut self, settings: Settings) {
        self.kept.settings = settings.checked();
    }

    /// Takes settings; they hold even where nothing is remembered.
    pub(crate) fn keep_settings(&mut self, settings: Settings) {
        self.kept.settings = settings.checked();
        self.save();
    }

    /// The latest files first.
    pub(crate) fn recent(&self) -> Vec<PathBuf> {
        self.kept.recent.clone()
    }

    /// Where one was in a file.
    pub(crate) fn place(&self, path: &Path) -> Option<Remembered> {
        let Remembered { place, looks } = *self.kept.places.get(path)?;
        let down = place.down.clamp(-1.0, 1.0);
        down.is_finite().then_some(Remembered {
            place: Place { down, ..place },
            looks: looks.checked(),
        })
    }

    pub(crate) fn keep_recent(&mut self, path: &Path) {
        // Names that are not UTF-8 have no place in JSON.
        if self.file.is_none() || path.to_str().is_none() {
            return;
        }
        self.kept.recent.retain(|other| other != path);
        self.kept.recent.insert(0, path.to_owned());
        for old in self.kept.recent.split_off(MOST.min(self.kept.recent.len())) {
            self.kept.places.remove(&old);
            self.kept.tones.remove(&old);
            self.kept.marks.remove(&old);
            self.kept.heard.remove(&old);
        }
        self.save();
    }

    pub(crate) fn keep_place(&mut self, path: &Path, remembered: Remembered) {
        if self.file.is_some() && path.to_str().is_some() {
            self.kept.places.insert(path.to_owned(), remembered);
        }
    }

    /// How the pages of a file are shown.
    pub(crate) fn tone(&self, path: &Path) -> Tone {
        let name = self.kept.tones.get(path);
        name.and_then(|name| Tone::named(name, self.kept.settings.colors))
            .unwrap_or_default()
    }

    pub(crate) fn keep_tone(&mut self, path: &Path, tone: Tone) {
        if self.file.is_none() || path.to_str().is_none() {
            return;
        }
        match tone {
            Tone::Plain => drop(self.kept.tones.remove(path)),
            tone => drop(
                self.kept
                    .tones
                    .insert(path.to_owned(), tone.name().to_owned()),
            ),
        }
        self.save();
    }

    /// Places that were marked in a file.
    pub(crate) fn marks(&self, path: &Path) -> Marks {
        self.kept.marks.get(path).cloned().unwrap_or_default()
    }

    pub(crate) fn keep_marks(&mut self, path: &Path, marks: &Marks) {
        if self.file.is_none() || path.to_str().is_none() {
            return;
        }
        match marks.is_empty() {
            true => drop(self.kept.marks.remove(path)),
            false => drop(self.kept.marks.insert(path.to_owned(), marks.clone())),
        }
        self.save();
    }

    /// How sounds were played the last time.
    pub(crate) fn loudspeaker(&self) -> Loudspeaker {
        let kept = self.kept.loudspeaker;
        let mut loud = Loudspeaker {
            gain: match kept.replay_gain {
                Gain::Off => GainMode::Off,
                Gain::Track => GainMode::Track,
                Gain::Album => GainMode::Album,
            },
            ..Loudspeaker::default()
        };
        loud.set_volume(f32::from(kept.volume) / 100.0);
        loud.set_speed(f32::from(kept.speed) / 100.0);
        loud
    }

    /// Written with the next thing that is kept.
    pub(crate) fn keep_loudspeaker(&mut self, loud: Loudspeaker) {
        // Both are small and not negative.
        let percent = |part: f32| (part * 100.0).round() as u16;
        self.kept.loudspeaker = Heard {
            volume: percent(loud.volume),
            speed: percent(loud.speed),
            replay_gain: match loud.gain {
                GainMode::Off => Gain::Off,
                GainMode::Track => Gain::Track,
                GainMode::Album => Gain::Album,
            },
        };
    }

    /// The second at which a sound was left.
    pub(crate) fn heard(&self, path: &Path) -> Option<u64> {
        self.kept.heard.get(path).copied()
    }

    /// Written with the next thing that is kept.
    pub(crate) fn keep_heard(&mut self, path: &Path, second: Option<u64>) {
        if self.file.is_none() || path.to_str().is_none() {
            return;
        }
        match second {
            // As many as there are recent files, whichever: this is not worth an order.
            Some(second) if self.kept.heard.len() < MOST => {
                self.kept.heard.insert(path.to_owned(), second);
            }
            _ => drop(self.kept.heard.remove(path)),
        }
    }

    pub(crate) fn forget(&mut self, path: &Path) {
        self.kept.recent.retain(|other| other != path);
        self.kept.places.remove(path);
        self.kept.tones.remove(path);
        self.kept.marks.remove(path);
        self.kept.heard.remove(path);
        self.save();
    }

    /// Has it written, whole or not at all.
    pub(crate) fn save(&mut self) {
        let Some(file) = &self.file else {
            return;
        };
        if self.writer.is_none() {
            self.writer = Writer::start(file.clone()).ok();
        }
        if let (Some(writer), Ok(bytes)) = (&self.writer, serde_json::to_vec(&self.kept)) {
            writer.write(bytes);
        }
    }

    /// Waits a while until it is written.
    pub(crate) fn settle(&self) {
        self.writer.iter().for_each(Writer::settle);
    }
}

/// `state.json` where this system keeps such files (XDG base directories).
pub(crate) fn file() -> Option<PathBuf> {
    folder("XDG_STATE_HOME", ".local/state").map(|folder| folder.join("state.json"))
}

/// The user's own keys.
pub(crate) fn keys_file() -> Option<PathBuf> {
    folder("XDG_CONFIG_HOME", ".config").map(|folder| folder.join("keys.toml"))
}

#[cfg(test)]
mod tests {
    use super::super::document::view::{View, Zoom};
    use super::settings::{SCALES, SLIDES};
    use super::*;
    use crate::window::canvas::Colors;
    use egui::ThemePreference;

    #[test]
    fn files_and_places_are_there_again_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/state.json");
        let mut store = Store::open(file.clone());
        let mut view = View::new(false);
        view.zoom = Zoom::Times(1.5);
        let place = Remembered {
            place: Place { page: 7, down: 0.5 },
            looks: view.looks(),
        };
        for name in ["/a.pdf", "/b.pdf", "/a.pdf"] {
            store.keep_recent(Path::new(name));
        }
        store.keep_place(Path::new("/a.pdf"), place);
        let settings = Settings {
            theme: ThemePreference::Light,
            high_contrast: Some(true),
            scale_percent: 9000,
            slide_seconds: 0,
            colors: Colors {
                letters: [1, 2, 3],
                paper: [4, 5, 6],
            },
            still: None,
        };
        store.keep_settings(settings);
        store.keep_tone(Path::new("/a.pdf"), Tone::Sepia);
        store.keep_tone(Path::new("/b.pdf"), Tone::Chosen(settings.colors));
        let loud = Loudspeaker {
            volume: 0.35,
            speed: 1.5,
            gain: GainMode::Album,
            ..Loudspeaker::default()
        };
        store.keep_loudspeaker(loud);
        store.keep_heard(Path::new("/b.pdf"), Some(754));
        store.save();
        store.settle();
        let mut store = Store::open(file);
        assert_eq!(store.recent(), [Path::new("/a.pdf"), Path::new("/b.pdf")]);
        assert_eq!(store.place(Path::new("/a.pdf")), Some(place));
        assert_eq!(store.tone(Path::new("/a.pdf")), Tone::Sepia);
        let chosen = Tone::Chosen(settings.colors);
        assert_eq!(store.tone(Path::new("/b.pdf")), chosen);
        assert_eq!(store.loudspeaker(), loud);
        assert_eq!(store.heard(Path::new("/b.pdf")), Some(754));
        store.keep_heard(Path::new("/b.pdf"), None);
        assert_eq!(store.heard(Path::new("/b.pdf")), None);
        let scale_percent = SCALES.1;
        assert_eq!(
            store.settings(),
            Settings {
                scale_percent,
                slide_seconds: SLIDES.0,
                ..settings
            }
        );
        store.forget(Path::new("/a.pdf"));
        assert_eq!(store.tone(Path::new("/a.pdf")), Tone::Plain);
        assert_eq!(store.place(Path::new("/a.pdf")), None);
    }

    #[test]
    fn no_more_is_remembered_than_said_and_nonsense_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state.json");
        fs::write(&file, "{\"recent\": 7").unwrap();
        let mut store = Store::open(file);
        for i in 0..MOST + 10 {
            store.keep_recent(Path::new(&format!("/{i}")));
        }
        assert_eq!(store.recent().len(), MOST);
        let mut private = Store::none();
        private.keep_recent(Path::new("/secret"));
        assert!(private.recent().is_empty());
    }
}
