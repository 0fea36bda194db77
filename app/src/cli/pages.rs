//! Lists of pages as people write them: `1-3,7,10-`, or `iv,A-1` by their labels.
//!
//! A number is a position, from 1. Anything else is a label, and `=` before a
//! number makes it one too: `=1` is the page that is numbered 1 on paper.

use ipc::PageIndex;
use std::str::FromStr;

/// What separates two pages of a range; labels may hold it too.
const TO: char = '-';
/// What makes a label of a number.
const LABEL: char = '=';

/// Pages of a document that is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pages(Vec<Item>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    /// From a position to a position, or to the end.
    Positions(u32, Option<u32>),
    /// A label, or a range with at least one: only the document can say which.
    Labels(String),
}

/// What a list asks for and a document does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoSuchPage {
    /// A position behind its end.
    #[error("has no page {0}, only {1}")]
    Position(u32, u32),
    /// A label, as it was written.
    #[error("has no page with the label {0}")]
    Label(String),
}

impl FromStr for Pages {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let items: Option<Vec<_>> = text.split(',').map(item).collect();
        items
            .map(Self)
            .ok_or_else(|| "is no list of pages like 1-3,7,10- or iv,A-1".to_owned())
    }
}

fn item(text: &str) -> Option<Item> {
    let text = text.trim();
    let numeric = |c: char| c.is_ascii_digit() || c == TO || c.is_whitespace();
    if text.chars().all(numeric) {
        return positions(text);
    }
    Some(Item::Labels(text.to_owned()))
}

fn positions(text: &str) -> Option<Item> {
    let (first, last) = match text.split_once(TO) {
        None => (position(text)?, Some(position(text)?)),
        Some((first, "")) => (position(first)?, None),
        Some(("", last)) => (1, Some(position(last)?)),
        Some((first, last)) => (position(first)?, Some(position(last)?)),
    };
    last.is_none_or(|last| first <= last)
        .then_some(Item::Positions(first, last))
}

fn position(text: &str) -> Option<u32> {
    text.trim().parse::<u32>().ok().filter(|page| *page > 0)
}

impl Pages {
    /// Every page.
    pub(crate) fn all() -> Self {
        Self(vec![Item::Positions(1, None)])
    }

    /// The first page.
    pub(crate) fn first() -> Self {
        Self(vec![Item::Positions(1, Some(1))])
    }

    /// Whether the labels of the document must be known.
    pub(crate) fn need_labels(&self) -> bool {
        self.0.iter().any(|item| matches!(item, Item::Labels(_)))
    }

    /// The pages of a document that has `count`, in the order they were asked
    /// for. `labels` are those of all its pages, if they are needed.
    pub(crate) fn of(&self, count: u32, labels: &[&str]) -> Result<Vec<PageIndex>, NoSuchPage> {
        let document = Document { count, labels };
        let mut pages = Vec::new();
        for item in &self.0 {
            let (first, last) = match item {
                Item::Positions(first, last) => (*first, last.unwrap_or(count.max(*first))),
                Item::Labels(text) => document
                    .find(text)
                    .ok_or_else(|| NoSuchPage::Label(text.clone()))?,
            };
            if last > count {
                return Err(NoSuchPage::Position(last, count));
            }
            pages.extend((first..=last).filter_map(|page| PageIndex::new(page - 1)));
        }
        Ok(pages)
    }
}

/// What is known of the document.
struct Document<'a> {
    count: u32,
    labels: &'a [&'a str],
}

impl Document<'_> {
    /// Positions of the first and the last page of a label or a range. A label
    /// that holds what separates a range goes first.
    fn find(&self, text: &str) -> Option<(u32, u32)> {
        if let Some(page) = self.page(text) {
            return Some((page, page));
        }
        text.match_indices(TO).find_map(|(at, _)| {
            let (first, last) = (text.get(..at)?, text.get(at + TO.len_utf8()..)?);
            let first = if first.is_empty() {
                1
            } else {
                self.page(first)?
            };
            let last = match last {
                "" => self.count,
                last => self.page(last)?,
            };
            (first <= last).then_some((first, last))
        })
    }

    /// Position of the first page with a label, or a position as it is.
    fn page(&self, text: &str) -> Option<u32> {
        let text = text.trim();
        let label = text.strip_prefix(LABEL);
        if label.is_none()
            && let Some(position) = position(text)
        {
            return Some(position);
        }
        let label = label.unwrap_or(text);
        let found = self.labels.iter().position(|other| *other == label)?;
        u32::try_from(found + 1).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{NoSuchPage, Pages};

    const LABELS: &[&str] = &["i", "ii", "iii", "1", "2", "3", "A-1", "A-2", ""];

    fn numbers(list: &str) -> Result<Vec<u32>, NoSuchPage> {
        let pages = list.parse::<Pages>().unwrap().of(9, LABELS)?;
        Ok(pages.into_iter().map(|page| page.number()).collect())
    }

    #[test]
    fn lists_keep_their_order() {
        assert_eq!(numbers("1-3,7,5").unwrap(), [1, 2, 3, 7, 5]);
        assert_eq!(numbers("8-").unwrap(), [8, 9]);
        assert_eq!(numbers("-2").unwrap(), [1, 2]);
        assert_eq!(numbers(" 1 - 2 , 4").unwrap(), [1, 2, 4]);
    }

    #[test]
    fn pages_go_by_their_labels_too() {
        assert_eq!(numbers("ii").unwrap(), [2]);
        assert_eq!(numbers("ii-=2").unwrap(), [2, 3, 4, 5]);
        assert_eq!(numbers("=1,1").unwrap(), [4, 1]);
        assert_eq!(numbers("A-1").unwrap(), [7]);
        assert_eq!(numbers("A-1-A-2").unwrap(), [7, 8]);
        assert_eq!(numbers("A-2-").unwrap(), [8, 9]);
        assert_eq!(numbers("-ii").unwrap(), [1, 2]);
        assert_eq!(numbers("iii-5").unwrap(), [3, 4, 5]);
    }

    #[test]
    fn page_that_is_not_there_is_named() {
        assert_eq!(numbers("10"), Err(NoSuchPage::Position(10, 9)));
        assert_eq!(numbers("10-"), Err(NoSuchPage::Position(10, 9)));
        assert_eq!(numbers("2-12"), Err(NoSuchPage::Position(12, 9)));
        for label in ["iv", "iii-i", "=9", "a"] {
            assert_eq!(numbers(label), Err(NoSuchPage::Label(label.to_owned())));
        }
    }

    #[test]
    fn labels_are_asked_for_only_when_they_are_needed() {
        assert!(!"1-3,7".parse::<Pages>().unwrap().need_labels());
        assert!("1-3,iv".parse::<Pages>().unwrap().need_labels());
    }

    #[test]
    fn nonsense_is_refused() {
        for nonsense in ["", "0", "3-1", "1,,2", "1-2-3", "-", "99999999999"] {
            assert!(nonsense.parse::<Pages>().is_err(), "{nonsense:?}");
        }
    }
}
