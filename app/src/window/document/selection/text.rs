//! What is selected, as text.

use super::Selection;
use ipc::Separator;

impl Selection {
    /// What is selected, as plain text.
    pub(crate) fn text(&self) -> String {
        self.collect(|text, then, _| {
            text.push_str(match then {
                Separator::None => "",
                Separator::Space => " ",
                Separator::Line => "\n",
                Separator::Block => "\n\n",
            });
        })
    }

    /// The same as flowing text: lines of a block are joined, and so are words
    /// that were parted at the end of a line.
    pub(crate) fn flowing_text(&self) -> String {
        self.collect(|text, then, next| match then {
            Separator::None => {}
            Separator::Block => text.push_str("\n\n"),
            Separator::Line if is_parted(text, next) => drop(text.pop()),
            Separator::Space | Separator::Line => text.push(' '),
        })
    }

    /// Parts of words, with what `separate` puts behind each; it is told the next word.
    fn collect(&self, separate: impl Fn(&mut String, Separator, &str)) -> String {
        let mut pages: Vec<&u32> = self.words.keys().collect();
        pages.sort();
        let mut text = String::new();
        // What stands between a part and the next one: lines that were passed over count.
        let mut then = Separator::None;
        for page in pages {
            for (number, run) in self.words[page].iter().enumerate() {
                let word = run.text.as_str();
                let part = self.part(*page, number, run);
                if let Some(part) = &part {
                    let part = word.get(part.clone()).unwrap_or_default();
                    if !text.is_empty() {
                        separate(&mut text, then, part);
                    }
                    text.push_str(part);
                    then = Separator::None;
                }
                let whole = part.is_some_and(|part| part.end == word.len());
                if whole || (self.area.is_some() && !text.is_empty()) {
                    then = stronger(then, run.then);
                }
            }
        }
        let kept = text.trim_end().len();
        text.truncate(kept);
        text
    }
}

fn stronger(one: Separator, other: Separator) -> Separator {
    let strength = |separator| match separator {
        Separator::None => 0,
        Separator::Space => 1,
        Separator::Line => 2,
        Separator::Block => 3,
    };
    if strength(one) >= strength(other) {
        one
    } else {
        other
    }
}

/// Whether a word was parted by a hyphen at the end of a line: "exam-" and "ple".
fn is_parted(text: &str, next: &str) -> bool {
    let mut end = text.chars().rev();
    let hyphen = matches!(end.next(), Some('-' | '\u{2010}' | '\u{AD}'));
    let letters = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    hyphen && letters(end.next()) && next.chars().next().is_some_and(char::is_lowercase)
}
