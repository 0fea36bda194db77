//! Lists of pages as people write them: `1-3,7,10-`.

use ipc::PageIndex;
use std::str::FromStr;

/// Pages by position, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pages(Vec<(u32, Option<u32>)>);

impl FromStr for Pages {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ranges: Option<Vec<_>> = text.split(',').map(range).collect();
        ranges
            .map(Self)
            .ok_or_else(|| "is no list of pages like 1-3,7,10-".to_owned())
    }
}

fn range(text: &str) -> Option<(u32, Option<u32>)> {
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|page| *page > 0);
    match text.split_once('-') {
        None => number(text).map(|page| (page, Some(page))),
        Some((first, "")) => Some((number(first)?, None)),
        Some(("", last)) => Some((1, Some(number(last)?))),
        Some((first, last)) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some((first, Some(last)))
        }
    }
}

impl Pages {
    /// Every page.
    pub(crate) fn all() -> Self {
        Self(vec![(1, None)])
    }

    /// The first page.
    pub(crate) fn first() -> Self {
        Self(vec![(1, Some(1))])
    }

    /// The pages of a document that has `count`, in the order they were asked
    /// for; `Err` with the first one that it does not have.
    pub(crate) fn of(&self, count: u32) -> Result<Vec<PageIndex>, u32> {
        let mut pages = Vec::new();
        for (first, last) in &self.0 {
            let last = last.unwrap_or(count.max(*first));
            if last > count {
                return Err(last);
            }
            pages.extend((*first..=last).filter_map(|page| PageIndex::new(page - 1)));
        }
        Ok(pages)
    }
}

#[cfg(test)]
mod tests {
    use super::Pages;

    fn numbers(list: &str, count: u32) -> Result<Vec<u32>, u32> {
        let pages = list.parse::<Pages>().unwrap().of(count)?;
        Ok(pages.into_iter().map(|page| page.number()).collect())
    }

    #[test]
    fn lists_keep_their_order() {
        assert_eq!(numbers("1-3,7,5", 9).unwrap(), [1, 2, 3, 7, 5]);
        assert_eq!(numbers("8-", 9).unwrap(), [8, 9]);
        assert_eq!(numbers("-2", 9).unwrap(), [1, 2]);
    }

    #[test]
    fn page_that_is_not_there_is_named() {
        assert_eq!(numbers("10", 9), Err(10));
        assert_eq!(numbers("10-", 9), Err(10));
        assert_eq!(numbers("2-12", 9), Err(12));
    }

    #[test]
    fn nonsense_is_refused() {
        for nonsense in ["", "0", "a", "3-1", "1,,2", "1-2-3", "-"] {
            assert!(nonsense.parse::<Pages>().is_err(), "{nonsense:?}");
        }
    }
}
