//! Labels of links, to be followed by the keyboard.

/// Letters of labels, the ones under the fingers first.
const LETTERS: [char; 14] = [
    'f', 'j', 'd', 'k', 's', 'l', 'a', 'g', 'h', 'r', 'u', 'e', 'i', 'o',
];

/// Labels for so many links, and what of one was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hints {
    count: usize,
    length: usize,
    typed: String,
}

impl Hints {
    pub(crate) fn new(count: usize) -> Self {
        let mut length = 1;
        let mut room = LETTERS.len();
        while room < count {
            length += 1;
            room = room.saturating_mul(LETTERS.len());
        }
        Self {
            count,
            length,
            typed: String::new(),
        }
    }

    /// The label of a link by its number; all are equally long.
    pub(crate) fn label(&self, number: usize) -> String {
        let mut rest = number;
        let mut letters: Vec<char> = Vec::with_capacity(self.length);
        for _ in 0..self.length {
            letters.push(LETTERS[rest % LETTERS.len()]);
            rest /= LETTERS.len();
        }
        letters.iter().rev().collect()
    }

    /// Whether a link may still be meant; one that has come since has no label.
    pub(crate) fn fits(&self, number: usize) -> bool {
        number < self.count && self.label(number).starts_with(&self.typed)
    }

    /// Takes a letter; tells the link when it is known, and whether any may still be meant.
    pub(crate) fn press(&mut self, letter: char) -> (Option<usize>, bool) {
        self.typed.push(letter);
        let mut fitting = (0..self.count).filter(|number| self.fits(*number));
        let first = fitting.next();
        if self.typed.chars().count() == self.length {
            return (first, false);
        }
        (None, first.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_link_has_a_label_that_leads_to_it_alone() {
        for count in [1, 14, 15, 200, 4096] {
            let labels: HashSet<String> = (0..count).map(|n| Hints::new(count).label(n)).collect();
            assert_eq!(labels.len(), count);
            let mut hints = Hints::new(count);
            let label = hints.label(count - 1);
            let mut led = (None, true);
            for letter in label.chars() {
                led = hints.press(letter);
            }
            assert_eq!(led, (Some(count - 1), false));
        }
    }

    #[test]
    fn letter_that_no_label_has_leads_nowhere() {
        assert_eq!(Hints::new(3).press('z'), (None, false));
        assert_eq!(Hints::new(20).press('z'), (None, false));
        assert_eq!(Hints::new(20).press('f'), (None, true));
    }
}
