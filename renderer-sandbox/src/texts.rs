//! Words of pages that were read, kept for the next question: another search,
//! or the lines around what was found.

use crate::format::{Document, DocumentError};
use capmode::Confined;
use ipc::{PageIndex, TextRun};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Most words that are kept: 400,000 × 80 bytes are 32 MB, a thousand pages of
/// a paper. What comes later is read again every time: a search goes through
/// all pages in order, so that making room would drop just what is asked next.
const MAX_WORDS: usize = 400_000;

/// The words of pages.
#[derive(Default)]
pub(crate) struct Texts(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    pages: HashMap<PageIndex, Arc<Vec<TextRun>>>,
    words: usize,
}

impl Texts {
    /// The words of a page, in reading order.
    pub(crate) fn of(
        &self,
        document: &'static dyn Document,
        confined: &Confined,
        page: PageIndex,
    ) -> Result<Arc<Vec<TextRun>>, DocumentError> {
        let known = self.with(|kept| kept.pages.get(&page).cloned());
        if let Some(known) = known {
            return Ok(known);
        }
        let read = Arc::new(document.text(confined, page)?);
        self.with(|kept| kept.keep(page, &read));
        Ok(read)
    }

    fn with<R>(&self, take: impl FnOnce(&mut Kept) -> R) -> R {
        // Held for one operation of a collection, which is never half done.
        take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn keep(&mut self, page: PageIndex, read: &Arc<Vec<TextRun>>) {
        // A page without a word takes its place too.
        let words = self.words.saturating_add(read.len().max(1));
        if words <= MAX_WORDS && self.pages.insert(page, Arc::clone(read)).is_none() {
            self.words = words;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, MAX_WORDS};
    use ipc::{PageBox, PageIndex, Separator, Text, TextRun};
    use std::sync::Arc;

    #[test]
    fn no_more_words_are_kept_than_the_limit_says() {
        let run = TextRun {
            text: Text::new("w".to_owned()).unwrap(),
            place: PageBox::new(0.0, 0.0, 1.0, 1.0).unwrap(),
            then: Separator::Space,
        };
        let third = Arc::new(vec![run; MAX_WORDS / 3]);
        let mut kept = Kept::default();
        for page in [0, 1, 1, 2, 3, 4] {
            kept.keep(PageIndex::new(page).unwrap(), &third);
        }
        assert_eq!(kept.pages.len(), 3);
        assert!(kept.words <= MAX_WORDS && kept.words >= MAX_WORDS - 3);
    }
}
