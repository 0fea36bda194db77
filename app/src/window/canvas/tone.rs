//! Dark pages: how the pixels of a page are shown, whatever they were drawn like.
//!
//! The same formulas twice: here for the CPU, in `tone.wgsl` for the GPU.
//! Colours are premultiplied, as they are stored.

use serde::{Deserialize, Serialize};

/// How pages are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) enum Tone {
    /// As they are.
    #[default]
    Plain,
    /// Light is dark and dark is light; hues stay.
    Inverted,
    /// On paper like old books'.
    Sepia,
    /// Without colours.
    Gray,
    /// Light letters on dark paper, whatever the document says.
    Night,
    /// Letters and paper as the user has chosen them, whatever the document says.
    Chosen(Colors),
}

/// What the user wants black and white to be: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Colors {
    pub(crate) letters: [u8; 3],
    pub(crate) paper: [u8; 3],
}

impl Default for Colors {
    /// Sand on deep blue: what no other tone is.
    fn default() -> Self {
        Self {
            letters: [0xe8, 0xd8, 0xb0],
            paper: [0x10, 0x1c, 0x2c],
        }
    }
}

/// What becomes of black and of white.
type Ends = ([u8; 3], [u8; 3]);

/// How a colour is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Formula {
    /// Lightness is turned round: the largest and the smallest channel change places.
    Turned,
    /// Each channel by itself, from black to white.
    Channels(Ends),
    /// By lightness alone, from black to white.
    Lightness(Ends),
}

impl Tone {
    /// Every tone, in the order in which they are gone through.
    fn all(colors: Colors) -> [Self; 6] {
        [
            Self::Plain,
            Self::Inverted,
            Self::Night,
            Self::Sepia,
            Self::Gray,
            Self::Chosen(colors),
        ]
    }

    /// For people.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Plain => "Pages as they are",
            Self::Inverted => "Dark pages",
            Self::Night => "Light letters on dark paper",
            Self::Sepia => "Sepia",
            Self::Gray => "Without colours",
            Self::Chosen(_) => "Letters and paper in colours of your own",
        }
    }

    /// Its name where it is remembered.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Inverted => "inverted",
            Self::Night => "night",
            Self::Sepia => "sepia",
            Self::Gray => "gray",
            Self::Chosen(_) => "chosen",
        }
    }

    /// By its name; `colors` are those that the user has chosen.
    pub(crate) fn named(name: &str, colors: Colors) -> Option<Self> {
        let mut all = Self::all(colors).into_iter();
        all.find(|tone| tone.name() == name)
    }

    /// The one after it.
    pub(crate) fn next(self, colors: Colors) -> Self {
        let mut all = Self::all(colors).into_iter();
        all.find(|tone| tone.name() == self.name());
        all.next().unwrap_or_default()
    }

    /// Whether photographs would look wrong in it, and are shown as they are.
    pub(crate) fn spares_pictures(self) -> bool {
        matches!(self, Self::Inverted | Self::Night | Self::Chosen(_))
    }

    pub(super) fn formula(self) -> Option<Formula> {
        match self {
            Self::Plain => None,
            Self::Inverted => Some(Formula::Turned),
            Self::Sepia => Some(Formula::Channels(([0x3b, 0x2c, 0x1c], [0xf5, 0xeb, 0xd7]))),
            Self::Gray => Some(Formula::Lightness(([0; 3], [255; 3]))),
            Self::Night => Some(Formula::Lightness(([0xe0, 0xde, 0xd8], [0x1c, 0x1c, 0x1f]))),
            Self::Chosen(Colors { letters, paper }) => Some(Formula::Lightness((letters, paper))),
        }
    }

    /// A colour in this tone: red, green, blue, alpha.
    pub(crate) fn apply(self, color: [u8; 4]) -> [u8; 4] {
        self.formula().map_or(color, |formula| formula.apply(color))
    }
}

impl Formula {
    /// Parts of 256 that make lightness (ITU-R BT.709).
    pub(super) const LIGHTNESS: [u32; 3] = [54, 183, 19];

    pub(super) fn apply(self, [r, g, b, a]: [u8; 4]) -> [u8; 4] {
        let between = |dark: u8, light: u8, by: u32| {
            let (dark, light, by) = (i32::from(dark), i32::from(light), by as i32);
            ((dark * i32::from(a) + by * (light - dark) + 127) / 255).clamp(0, 255) as u8
        };
        match self {
            Self::Turned => {
                let ends = i16::from(r.max(g).max(b)) + i16::from(r.min(g).min(b));
                let turn = |c: u8| (i16::from(c) + i16::from(a) - ends).clamp(0, 255) as u8;
                [turn(r), turn(g), turn(b), a]
            }
            Self::Channels((dark, light)) => {
                let channel = |i: usize, c: u8| between(dark[i], light[i], c.into());
                [channel(0, r), channel(1, g), channel(2, b), a]
            }
            Self::Lightness((dark, light)) => {
                let [red, green, blue] = Self::LIGHTNESS;
                let sum = u32::from(r) * red + u32::from(g) * green + u32::from(b) * blue;
                let by = (sum + 128) >> 8;
                let channel = |i: usize| between(dark[i], light[i], by);
                [channel(0), channel(1), channel(2), a]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: [u8; 4] = [255; 4];
    const BLACK: [u8; 4] = [0, 0, 0, 255];

    #[test]
    fn dark_pages_turn_lightness_round_and_keep_hues() {
        let turned = |color| Tone::Inverted.apply(color);
        assert_eq!((turned(WHITE), turned(BLACK)), (BLACK, WHITE));
        // Dark red is light red; pure red stays.
        assert_eq!(turned([128, 0, 0, 255]), [255, 127, 127, 255]);
        assert_eq!(turned([255, 0, 0, 255]), [255, 0, 0, 255]);
        for color in [[10, 200, 90, 255], [64, 0, 32, 128], [0; 4]] {
            assert_eq!(turned(turned(color)), color);
        }
    }

    #[test]
    fn every_tone_maps_black_and_white_to_its_ends() {
        assert_eq!(Tone::Plain.apply(WHITE), WHITE);
        assert_eq!(Tone::Gray.apply([255, 0, 0, 255]), [54, 54, 54, 255]);
        assert_eq!(Tone::Sepia.apply(WHITE), [0xf5, 0xeb, 0xd7, 255]);
        assert_eq!(Tone::Sepia.apply(BLACK), [0x3b, 0x2c, 0x1c, 255]);
        assert_eq!(Tone::Night.apply(WHITE), [0x1c, 0x1c, 0x1f, 255]);
        assert_eq!(Tone::Night.apply(BLACK), [0xe0, 0xde, 0xd8, 255]);
        let chosen = Tone::Chosen(Colors {
            letters: [1, 2, 3],
            paper: [250, 240, 230],
        });
        assert_eq!(chosen.apply(BLACK), [1, 2, 3, 255]);
        assert_eq!(chosen.apply(WHITE), [250, 240, 230, 255]);
    }

    #[test]
    fn what_is_see_through_stays_so() {
        for tone in Tone::all(Colors::default()) {
            assert_eq!(tone.apply([0; 4]), [0; 4], "{tone:?}");
            let half = tone.apply([64, 32, 16, 128]);
            assert!(
                half[..3].iter().all(|channel| *channel <= 128),
                "{tone:?} {half:?}"
            );
        }
    }

    #[test]
    fn tones_are_gone_through_and_come_back() {
        let colors = Colors {
            letters: [1, 2, 3],
            paper: [4, 5, 6],
        };
        let mut tone = Tone::Plain;
        for _ in Tone::all(colors) {
            tone = tone.next(colors);
            assert_eq!(Tone::named(tone.name(), colors), Some(tone));
        }
        assert_eq!(tone, Tone::Plain);
        assert_eq!(Tone::Chosen(Colors::default()).next(colors), Tone::Plain);
    }
}
