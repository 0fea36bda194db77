//! Dark pages: how the pixels of a page are shown, whatever they were drawn like.
//!
//! The same formulas twice: here for the CPU, in `tone.wgsl` for the GPU.
//! Colours are premultiplied, as they are stored.

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
    pub(crate) const ALL: [Self; 5] = [
        Self::Plain,
        Self::Inverted,
        Self::Night,
        Self::Sepia,
        Self::Gray,
    ];

    /// For people.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Plain => "Pages as they are",
            Self::Inverted => "Dark pages",
            Self::Night => "Light letters on dark paper",
            Self::Sepia => "Sepia",
            Self::Gray => "Without colours",
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
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tone| tone.name() == name)
    }

    /// The one after it.
    pub(crate) fn next(self) -> Self {
        let at = Self::ALL.iter().position(|tone| *tone == self).unwrap_or(0);
        Self::ALL.get(at + 1).copied().unwrap_or_default()
    }

    /// Whether photographs would look wrong in it, and are shown as they are.
    pub(crate) fn spares_pictures(self) -> bool {
        matches!(self, Self::Inverted | Self::Night)
    }

    pub(super) fn formula(self) -> Option<Formula> {
        match self {
            Self::Plain => None,
            Self::Inverted => Some(Formula::Turned),
            Self::Sepia => Some(Formula::Channels(([0x3b, 0x2c, 0x1c], [0xf5, 0xeb, 0xd7]))),
            Self::Gray => Some(Formula::Lightness(([0; 3], [255; 3]))),
            Self::Night => Some(Formula::Lightness(([0xe0, 0xde, 0xd8], [0x1c, 0x1c, 0x1f]))),
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
    }

    #[test]
    fn what_is_see_through_stays_so() {
        for tone in Tone::ALL {
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
        let mut tone = Tone::Plain;
        for _ in Tone::ALL {
            tone = tone.next();
            assert_eq!(Tone::named(tone.name()), Some(tone));
        }
        assert_eq!(tone, Tone::Plain);
    }
}
