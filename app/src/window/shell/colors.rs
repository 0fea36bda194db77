//! Pages in colours that the user chooses: letters and paper, for every document
//! that is to be shown so.

use super::{Overlay, Shell};
use crate::window::canvas::{Colors, Tone};

/// Colours as they are typed and picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Colouring {
    /// As `#e8d8b0`.
    pub(crate) letters: String,
    pub(crate) paper: String,
    /// What is wrong with them.
    pub(crate) error: Option<String>,
}

impl Colouring {
    fn new(colors: Colors) -> Self {
        Self {
            letters: written(colors.letters),
            paper: written(colors.paper),
            error: None,
        }
    }

    /// What is typed, where both are colours.
    pub(crate) fn colors(&self) -> Option<Colors> {
        Some(Colors {
            letters: read(&self.letters)?,
            paper: read(&self.paper)?,
        })
    }
}

impl Shell {
    /// Shows the dialog.
    pub(super) fn ask_for_colors(&mut self) {
        self.overlay = Overlay::Colors(Colouring::new(self.store.settings().colors));
    }

    /// Shows the document in the colours of the dialog, and keeps them for others.
    pub(crate) fn take_colors(&mut self) {
        let Overlay::Colors(wanted) = &mut self.overlay else {
            return;
        };
        let Some(colors) = wanted.colors() else {
            let words = "a colour is written like #e8d8b0: red, green and blue";
            wanted.error = Some(words.to_owned());
            return;
        };
        self.overlay = Overlay::None;
        let mut settings = self.store.settings();
        settings.colors = colors;
        self.store.keep_settings(settings);
        for tab in &mut self.tabs {
            if matches!(tab.tone, Tone::Chosen(_)) {
                tab.tone = Tone::Chosen(colors);
            }
        }
        self.change_tone(|_| Tone::Chosen(colors));
    }
}

/// As `#rrggbb`.
pub(crate) fn written([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// `#rrggbb`, with or without its sign.
pub(crate) fn read(typed: &str) -> Option<[u8; 3]> {
    let typed = typed.trim();
    let digits = typed.strip_prefix('#').unwrap_or(typed);
    let is_one = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_one)?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some([red, green, blue])
}

#[cfg(test)]
mod tests {
    use super::{read, written};

    #[test]
    fn colours_are_read_as_they_are_written() {
        assert_eq!(read(&written([1, 0xab, 255])), Some([1, 0xab, 255]));
        assert_eq!(read(" 01ABff "), Some([1, 0xab, 255]));
        for bad in ["", "#", "#12345", "#1234567", "red", "+12345", "#é2345"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
