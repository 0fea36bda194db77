//! What a copy does not have of what the file says about itself: a copy is pixels,
//! and everything else is left out.

use super::super::arguments::Kind;
use super::super::info::heading;
use super::super::open::Opened;
use super::super::terminal;
use ipc::{Format, InfoKey};
use std::collections::BTreeMap;

/// What pictures are told to have lost. The rest is about the file that was read.
const TOLD: [InfoKey; 16] = [
    InfoKey::Location,
    InfoKey::Camera,
    InfoKey::Lens,
    InfoKey::Exposure,
    InfoKey::Title,
    InfoKey::Author,
    InfoKey::Subject,
    InfoKey::Keywords,
    InfoKey::Creator,
    InfoKey::Producer,
    InfoKey::Created,
    InfoKey::Modified,
    InfoKey::Copyright,
    InfoKey::Rating,
    InfoKey::Metadata,
    // The first frame is what is copied.
    InfoKey::Animation,
];

/// What was left out, and in how many files.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    found: BTreeMap<usize, usize>,
    files: usize,
}

impl LeftOut {
    /// What a picture has that its copy has not. Of documents that is no news.
    pub(super) fn of(opened: &mut Opened, kind: Kind) -> Self {
        let mut left_out = Self {
            found: BTreeMap::new(),
            files: 1,
        };
        if matches!(kind, Kind::Pdf | Kind::Wav) || opened.summary.format == Format::Pdf {
            return left_out;
        }
        // What cannot be told is left out all the same.
        let fields = opened.session.info().unwrap_or_default();
        for (place, key) in TOLD.iter().enumerate() {
            if fields.iter().any(|field| field.key == *key) {
                left_out.found.insert(place, 1);
            }
        }
        left_out
    }

    /// Together with that of another file.
    pub(super) fn add(&mut self, other: &Self) {
        self.files += other.files;
        for (place, count) in &other.found {
            *self.found.entry(*place).or_default() += count;
        }
    }

    /// One sentence, where there is something to say.
    fn words(&self) -> Option<String> {
        let named = self.found.iter().filter_map(|(place, count)| {
            let name = heading(*TOLD.get(*place)?).to_lowercase();
            Some(match self.files {
                1 => name,
                _ => format!("{name} ({count})"),
            })
        });
        let named: Vec<String> = named.collect();
        let what = if self.files == 1 { "copy" } else { "copies" };
        (!named.is_empty()).then(|| format!("note: not in the {what}: {}", named.join(", ")))
    }

    pub(super) fn tell(&self) {
        if let Some(words) = self.words() {
            terminal::tell(&words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_comes_first_and_files_are_counted() {
        let one = |places: &[usize]| LeftOut {
            found: places.iter().map(|place| (*place, 1)).collect(),
            files: 1,
        };
        assert_eq!(one(&[]).words(), None);
        let single = one(&[1, 0]).words().unwrap();
        assert_eq!(single, "note: not in the copy: location, camera");
        let mut all = one(&[0]);
        all.add(&one(&[]));
        all.add(&one(&[0, 1]));
        let words = all.words().unwrap();
        assert_eq!(words, "note: not in the copies: location (2), camera (1)");
    }
}
