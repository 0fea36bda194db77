//! Keys that wait for another one: marks, and labels of links.

use super::Shell;
use crate::window::chrome;
use crate::window::document::hints;
use crate::window::document::marks::Marks;
use egui::Key;

/// What the next letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Awaited {
    SetMark,
    GoToMark,
    Hint,
}

impl Shell {
    /// Waits for a letter, which is said.
    pub(super) fn wait_for(&mut self, awaited: Awaited) {
        let Some(tab) = self.tab_mut().filter(|tab| tab.summary().is_some()) else {
            return;
        };
        if awaited == Awaited::Hint {
            let count = chrome::count_hints(tab);
            if count == 0 {
                return self.toast("There is no link and no note here");
            }
            tab.hints = Some(hints::Hints::new(count));
        }
        match awaited {
            Awaited::SetMark => self.toast("Press a letter to mark this place with"),
            Awaited::GoToMark => self.toast("Press the letter of the place"),
            Awaited::Hint => {}
        }
        self.awaited = Some(awaited);
    }

    /// Takes the key that was waited for; `false` when none was.
    pub(super) fn take_awaited(&mut self, key: Key) -> bool {
        let Some(awaited) = self.awaited.take() else {
            return false;
        };
        let letter = letter(key);
        match (awaited, letter) {
            (Awaited::Hint, Some(letter)) => {
                if chrome::press_hint(self, letter) {
                    self.awaited = Some(Awaited::Hint);
                }
            }
            (Awaited::SetMark, Some(letter)) => self.mark(Some(letter)),
            (Awaited::GoToMark, Some(letter)) => self.go_to_mark(letter),
            // Anything else ends the waiting.
            (_, None) => {
                if let Some(tab) = self.tab_mut() {
                    tab.hints = None;
                }
            }
        }
        true
    }

    /// Marks the place that is shown, with a key or with a name alone.
    pub(super) fn mark(&mut self, key: Option<char>) {
        let Some(tab) = self.tab_mut() else {
            return;
        };
        let place = tab.view.place(&tab.layout);
        let name = tab.name_of_place();
        tab.marks.set(key, &name, place);
        let told = match key {
            Some(key) => format!("Marked: ' {key} leads back here"),
            None => format!("Bookmark: {name}"),
        };
        self.keep_marks();
        self.toast(told);
    }

    fn go_to_mark(&mut self, letter: char) {
        let Some(tab) = self.tab_mut() else {
            return;
        };
        match tab.marks.of(letter) {
            Some(place) => {
                tab.leave();
                tab.view.go(&tab.layout, place);
            }
            None => self.toast(format!("There is no mark {letter}")),
        }
    }

    /// Remembers the marks of the document that is shown.
    pub(crate) fn keep_marks(&mut self) {
        let marks = self
            .tab()
            .and_then(|tab| Some((tab.origin.path()?.to_owned(), tab.marks.clone())));
        if let Some((path, marks)) = marks {
            self.store.keep_marks(&path, &marks);
        }
    }

    pub(super) fn marks_of(&self, path: &std::path::Path) -> Marks {
        self.store.marks(path)
    }
}

/// The letter or digit of a key.
fn letter(key: Key) -> Option<char> {
    let name = key.name();
    let mut letters = name.chars();
    let letter = letters.next().filter(|_| letters.next().is_none())?;
    letter
        .is_ascii_alphanumeric()
        .then(|| letter.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_digits_are_keys_of_marks_and_others_are_not() {
        assert_eq!(letter(Key::A), Some('a'));
        assert_eq!(letter(Key::Num7), Some('7'));
        assert_eq!((letter(Key::Escape), letter(Key::F1)), (None, None));
    }
}
