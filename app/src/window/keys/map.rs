//! Which keys do what: a preset, and what the user changed in `keys.toml`.
//!
//! ```toml
//! preset = "vi"             # or "default"
//! [keys]
//! reload = ["ctrl+f5", "f6"]
//! ```

use super::action::{ACTIONS, Action, Described, Place};
use super::chord::Chord;
use crate::config::line;
use egui::{Key, Modifiers};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};
use toml::Spanned;

/// How long the second key of two may take.
const PAUSE: Duration = Duration::from_secs(1);

/// The keys that are in force.
#[derive(Debug)]
pub(crate) struct KeyMap {
    keys: HashMap<Vec<Chord>, Action>,
    /// Those that mean something else in a presentation, in a picture, and in a sound.
    presenting: HashMap<Vec<Chord>, Action>,
    picture: HashMap<Vec<Chord>, Action>,
    sound: HashMap<Vec<Chord>, Action>,
    /// Keys that the user gave a meaning, which they keep everywhere.
    users: HashSet<Vec<Chord>>,
    begun: Option<(Chord, Instant)>,
    count: Option<u32>,
    is_vi: bool,
}

/// What a key means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pressed {
    /// Do this; so many times, or with this number, where one was typed before.
    Do(Action, Option<u32>),
    /// More is to come.
    Begun,
    /// Nothing.
    Nothing,
}

/// Why `keys.toml` cannot be used, and where.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {line}: {mistake}")]
pub(crate) struct MapError {
    /// The line, from 1.
    line: usize,
    mistake: Mistake,
}

/// What is wrong on a line of `keys.toml`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
enum Mistake {
    /// Not TOML, or not of this form.
    #[error("{0}")]
    Syntax(String),
    /// There is no such preset.
    #[error("there is no preset {0:?}; there are \"default\" and \"vi\"")]
    Preset(String),
    /// There is no such action.
    #[error("there is no action {0:?}; F1 shows those there are")]
    Action(String),
    /// There is no such key.
    #[error("{action}: there is no key {key:?}")]
    Key {
        /// The action.
        action: &'static str,
        /// The key.
        key: String,
    },
    /// One key for two actions.
    #[error("{key:?} is both {first} and {second}")]
    Twice {
        /// The key.
        key: String,
        /// One action.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
}

/// Whose keys are bound.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Giver {
    User,
    Preset,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    preset: Option<Spanned<String>>,
    #[serde(default)]
    keys: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
}

impl Default for KeyMap {
    fn default() -> Self {
        // The table in the program is sound: a test looks.
        Self::parse("").unwrap_or(Self::empty(false))
    }
}

impl KeyMap {
    fn empty(is_vi: bool) -> Self {
        Self {
            keys: HashMap::new(),
            presenting: HashMap::new(),
            picture: HashMap::new(),
            sound: HashMap::new(),
            users: HashSet::new(),
            begun: None,
            count: None,
            is_vi,
        }
    }

    /// Reads `keys.toml`.
    ///
    /// # Errors
    ///
    /// [`MapError`].
    pub(crate) fn parse(text: &str) -> Result<Self, MapError> {
        let at = |span: std::ops::Range<usize>, mistake| MapError {
            line: line(text, span.start),
            mistake,
        };
        let file: File = toml::from_str(text).map_err(|error| {
            let mistake = Mistake::Syntax(error.message().to_owned());
            at(error.span().unwrap_or_default(), mistake)
        })?;
        let is_vi = match &file.preset {
            None => false,
            Some(preset) => match preset.as_ref().as_str() {
                "default" => false,
                "vi" => true,
                other => return Err(at(preset.span(), Mistake::Preset(other.to_owned()))),
            },
        };
        let mut map = Self::empty(is_vi);
        // The user's keys first: they take keys away from the preset.
        for (name, keys) in &file.keys {
            let row = ACTIONS.iter().find(|row| row.name == name.as_ref());
            let unknown = || at(name.span(), Mistake::Action(name.as_ref().clone()));
            let row = row.ok_or_else(unknown)?;
            for key in keys {
                map.bind(row, key.as_ref(), Giver::User)
                    .map_err(|mistake| at(key.span(), mistake))?;
            }
        }
        let giver = if file.keys.is_empty() {
            Giver::User
        } else {
            Giver::Preset
        };
        for row in ACTIONS
            .iter()
            .filter(|row| !file.keys.contains_key(row.name))
        {
            let keys = row.vi.filter(|_| is_vi).unwrap_or(row.keys);
            for name in keys.split(' ') {
                map.bind(row, name, giver)
                    .map_err(|mistake| at(0..0, mistake))?;
            }
        }
        Ok(map)
    }

    /// Binds a key; one of the preset gives way to one of the user's.
    fn bind(&mut self, row: &Described, name: &str, giver: Giver) -> Result<(), Mistake> {
        let chords: Option<Vec<Chord>> = name.split('>').map(Chord::parse).collect();
        let Some(chords) = chords.filter(|chords| chords.len() <= 2) else {
            return Err(Mistake::Key {
                action: row.name,
                key: name.to_owned(),
            });
        };
        let gives_way = matches!(row.place, Place::Picture | Place::Sound);
        if gives_way && giver == Giver::Preset && self.users.contains(&chords) {
            return Ok(());
        }
        if giver == Giver::User {
            self.users.insert(chords.clone());
        }
        let keys = match row.place {
            Place::Presentation => &mut self.presenting,
            Place::Picture => &mut self.picture,
            Place::Sound => &mut self.sound,
            Place::Anywhere => &mut self.keys,
        };
        match keys.get(&chords) {
            Some(_) if giver == Giver::Preset => Ok(()),
            Some(first) => Err(Mistake::Twice {
                key: name.to_owned(),
                first: first.described().name,
                second: row.name,
            }),
            None => {
                keys.insert(chords, row.action);
                Ok(())
            }
        }
    }

    /// What a key means in one place alone.
    pub(crate) fn press_in(&self, place: Place, key: Key, held: Modifiers) -> Option<Action> {
        let keys = match place {
            Place::Presentation => &self.presenting,
            Place::Picture => &self.picture,
            Place::Sound => &self.sound,
            Place::Anywhere => return None,
        };
        keys.get(&vec![Chord::pressed(key, held)]).copied()
    }

    /// What a key that is pressed means, after those before it.
    pub(crate) fn press(&mut self, key: Key, held: Modifiers) -> Pressed {
        let chord = Chord::pressed(key, held);
        let begun = self.begun.take().filter(|(_, at)| at.elapsed() < PAUSE);
        if let Some((first, _)) = begun
            && let Some(action) = self.keys.get(&vec![first, chord])
        {
            return Pressed::Do(*action, self.count.take());
        }
        if self.is_vi
            && let Some(digit) = digit(chord, self.count.is_some())
        {
            let count = self
                .count
                .unwrap_or(0)
                .saturating_mul(10)
                .saturating_add(digit);
            self.count = Some(count.min(9_999_999));
            return Pressed::Begun;
        }
        if let Some(action) = self.keys.get(&vec![chord]).copied() {
            let counted = self.count.take();
            let named = number(chord.key).filter(|_| action == Action::Tab);
            return Pressed::Do(action, counted.or(named));
        }
        if self.begins(key, held) {
            self.begun = Some((chord, Instant::now()));
            return Pressed::Begun;
        }
        self.count = None;
        Pressed::Nothing
    }

    /// Whether it is the first of two keys.
    pub(crate) fn begins(&self, key: Key, held: Modifiers) -> bool {
        let chord = Chord::pressed(key, held);
        let mut all = self.keys.keys();
        all.any(|keys| keys.len() == 2 && keys.first() == Some(&chord))
    }

    /// The keys of an action, for people; the shortest first.
    pub(crate) fn words(&self, action: Action) -> Vec<String> {
        let keys = self
            .keys
            .iter()
            .chain(&self.presenting)
            .chain(&self.picture)
            .chain(&self.sound);
        let of_action = keys.filter(|(_, other)| **other == action);
        let mut words: Vec<String> = of_action
            .map(|(chords, _)| {
                let words: Vec<String> = chords.iter().map(|chord| chord.words()).collect();
                words.join(" ")
            })
            .collect();
        words.sort_by_key(|words| (words.len(), words.clone()));
        words
    }
}

/// A digit that counts, as vi has it: 0 only after another one.
fn digit(chord: Chord, begun: bool) -> Option<u32> {
    if chord.ctrl || chord.alt || chord.shift {
        return None;
    }
    number(chord.key).filter(|digit| *digit > 0 || begun)
}

/// The digit that a key writes.
pub(crate) fn number(key: Key) -> Option<u32> {
    let digits = [
        Key::Num0,
        Key::Num1,
        Key::Num2,
        Key::Num3,
        Key::Num4,
        Key::Num5,
        Key::Num6,
        Key::Num7,
        Key::Num8,
        Key::Num9,
    ];
    let digit = digits.iter().position(|digit| *digit == key)?;
    u32::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Modifiers = Modifiers::NONE;

    #[test]
    fn both_presets_are_sound_and_every_action_has_a_row_and_a_key() {
        for preset in ["default", "vi"] {
            let map = KeyMap::parse(&format!("preset = {preset:?}")).unwrap();
            for row in ACTIONS {
                assert_eq!(row.action.described().name, row.name);
                assert!(
                    !map.words(row.action).is_empty(),
                    "{} in {preset}",
                    row.name
                );
            }
        }
    }

    #[test]
    fn keys_mean_what_the_table_says() {
        let mut map = KeyMap::default();
        let done = |action| Pressed::Do(action, None);
        assert_eq!(map.press(Key::O, Modifiers::CTRL), done(Action::Open));
        assert_eq!(map.press(Key::G, NONE), Pressed::Begun);
        assert_eq!(map.press(Key::G, NONE), done(Action::FirstPage));
        assert_eq!(map.press(Key::G, Modifiers::SHIFT), done(Action::LastPage));
        assert_eq!(map.press(Key::Plus, Modifiers::SHIFT), done(Action::ZoomIn));
        assert_eq!(map.press(Key::F24, NONE), Pressed::Nothing);
        let third = Pressed::Do(Action::Tab, Some(3));
        assert_eq!(map.press(Key::Num3, Modifiers::ALT), third);
    }

    #[test]
    fn number_before_a_key_counts_in_the_vi_preset() {
        let mut map = KeyMap::parse("preset = \"vi\"").unwrap();
        assert_eq!(map.press(Key::Num1, NONE), Pressed::Begun);
        assert_eq!(map.press(Key::Num0, NONE), Pressed::Begun);
        let last = Pressed::Do(Action::LastPage, Some(10));
        assert_eq!(map.press(Key::G, Modifiers::SHIFT), last);
        assert_eq!(
            map.press(Key::J, NONE),
            Pressed::Do(Action::ScrollDown, None)
        );
    }

    #[test]
    fn users_keys_take_the_place_of_the_presets() {
        let mut map = KeyMap::parse("[keys]\nreload = [\"o\", \"f6\"]").unwrap();
        assert_eq!(map.press(Key::O, NONE), Pressed::Do(Action::Reload, None));
        assert_eq!(map.press(Key::F6, NONE), Pressed::Do(Action::Reload, None));
        assert_eq!(
            map.press(Key::O, Modifiers::CTRL),
            Pressed::Do(Action::Open, None)
        );
        assert_eq!(map.words(Action::Reload), ["O", "F6"]);
    }

    #[test]
    fn mistakes_are_told_by_name() {
        let error = |text: &str| KeyMap::parse(text).unwrap_err().to_string();
        assert!(error("preset = \"emacs\"").contains("emacs"));
        assert!(error("[keys]\nfly = [\"f\"]").contains("fly"));
        assert!(error("[keys]\nopen = [\"hyper+f\"]").contains("hyper+f"));
        let twice = error("[keys]\nopen = [\"f\"]\nquit = [\"f\"]");
        assert!(twice.contains("open") && twice.contains("quit"), "{twice}");
        assert!(error("keys = 3").contains("line 1"));
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let line = |text: &str| KeyMap::parse(text).unwrap_err().line;
        assert_eq!(line("# mine\npreset = \"emacs\""), 2);
        assert_eq!(line("[keys]\nopen = [\"x\"]\nfly = [\"f\"]"), 3);
        assert_eq!(line("[keys]\n\nopen = [\n  \"x\",\n  \"hyper+f\"]"), 5);
        assert_eq!(line("[keys]\nopen = \"x\""), 2);
        assert_eq!(line("[keys"), 1);
    }

    #[test]
    fn keys_of_pictures_give_way_to_those_of_the_user() {
        let mut map = KeyMap::parse("[keys]\nreload = [\"space\"]").unwrap();
        assert_eq!(map.press_in(Place::Picture, Key::Space, NONE), None);
        assert_eq!(
            map.press(Key::Space, NONE),
            Pressed::Do(Action::Reload, None)
        );
        let usual = KeyMap::default();
        let space = usual.press_in(Place::Picture, Key::Space, NONE);
        assert_eq!(space, Some(Action::PlayPause));
    }

    #[test]
    fn keys_of_a_presentation_mean_something_else_outside_of_it() {
        let mut map = KeyMap::default();
        let place = Place::Presentation;
        assert_eq!(map.press_in(place, Key::W, NONE), Some(Action::WhiteScreen));
        assert_eq!(map.press_in(place, Key::J, NONE), None);
        assert_eq!(map.press(Key::W, NONE), Pressed::Do(Action::FitWidth, None));
    }
}
