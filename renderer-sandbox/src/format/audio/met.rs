//! What a reader meets on its way that a listener should know.

/// What is said of a file that is cut.
pub(super) const ENDS_EARLY: &str = "the file ends before its sound does: the rest is missing";

/// What was met, by one reader or by several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Met {
    /// Something that cannot be decoded, or is not there.
    pub(super) damage: bool,
    /// An end before the one that is told.
    pub(super) early_end: bool,
    /// A sound that is not what its sum was made of.
    pub(super) other_sum: bool,
}

impl Met {
    /// Together with what another one has met.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            damage: self.damage | other.damage,
            early_end: self.early_end | other.early_end,
            other_sum: self.other_sum | other.other_sum,
        }
    }

    /// How many things were met.
    pub(super) fn count(self) -> u8 {
        let met = [self.damage, self.early_end, self.other_sum];
        met.into_iter().map(u8::from).sum()
    }

    /// As it is told. That the sum is another one is no news where something is missing.
    pub(super) fn words(self) -> impl Iterator<Item = &'static str> {
        let silence = "parts of it are damaged: there is silence instead";
        let sum = "its checksum is not that of its samples: something is missing, or was changed";
        let sum_alone = self.other_sum && !self.damage && !self.early_end;
        [
            (self.damage, silence),
            (self.early_end, ENDS_EARLY),
            (sum_alone, sum),
        ]
        .into_iter()
        .filter_map(|(met, words)| met.then_some(words))
    }
}
