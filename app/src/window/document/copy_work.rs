//! A safe copy that a document's thread makes beside showing its pages.

use super::worker::News;
use crate::broker::{BrokerError, Reply, Session};
use crate::cli::Output;
use crate::safe_copy::{CopyError, Copying, Sheet};
use ipc::{PageEntry, PageIndex, PageSize, Summary};
use std::io::Write;
use std::ops::RangeInclusive;
use std::os::unix::net::UnixStream;

/// What is to be copied, and where to.
pub(crate) struct CopyOrder {
    pub(crate) output: Output,
    /// Pages by position, from 0.
    pub(crate) pages: Vec<RangeInclusive<u32>>,
    pub(crate) dpi: f32,
    pub(crate) with_words: bool,
}

/// The copy of one document, if one is being made.
#[derive(Default)]
pub(super) struct CopyWork {
    sizes: Vec<PageSize>,
    order: Option<CopyOrder>,
    copying: Option<Copying<Output>>,
    told: usize,
}

impl CopyWork {
    /// Takes sizes of pages, which come in order.
    pub(super) fn learn(&mut self, first: u32, pages: &[PageEntry]) {
        if self.sizes.len() == first as usize {
            self.sizes.extend(pages.iter().map(|entry| entry.size));
        }
    }

    /// Takes an order, in place of one that is not begun.
    pub(super) fn order(&mut self, order: CopyOrder) {
        self.order = Some(order);
    }

    /// Asks for what the copy needs next, and tells how far it is. `at_once`
    /// requests at most, so that pages come in between. `bell` wakes this thread.
    pub(super) fn go_on(
        &mut self,
        session: &mut Session,
        summary: Summary,
        at_once: usize,
        bell: &UnixStream,
        tell: &dyn Fn(News),
    ) -> Result<(), BrokerError> {
        // Every size is known before the first page is drawn.
        if self.copying.is_none() && self.sizes.len() == summary.pages as usize {
            match self
                .order
                .take()
                .map(|order| self.begin(order, summary, bell))
            {
                Some(Ok(copying)) => {
                    self.told = 0;
                    tell(News::Copying(0, copying.progress().1));
                    self.copying = Some(copying);
                }
                Some(Err(why)) => tell(News::Copied(Err(why))),
                None => {}
            }
        }
        let Some(copying) = &mut self.copying else {
            return Ok(());
        };
        let (done, total) = copying.progress();
        if self.told != done {
            self.told = done;
            tell(News::Copying(done, total));
        }
        if !copying.is_over() {
            return copying.ask(session, at_once);
        }
        if let Some(copying) = self.copying.take() {
            let finished = copying.finish().and_then(Output::finish);
            let told = finished.map_err(|error| CopyError::Output(error).to_string());
            tell(News::Copied(told));
        }
        Ok(())
    }

    fn begin(
        &self,
        order: CopyOrder,
        summary: Summary,
        bell: &UnixStream,
    ) -> Result<Copying<Output>, String> {
        let bell = bell.try_clone().map_err(|error| error.to_string())?;
        let step = move || {
            // A full bell has been rung already.
            let _ = (&bell).write(&[1]);
        };
        let pages = order.pages.iter().cloned().flatten();
        let sheets = pages.filter_map(|page| {
            let size = *self.sizes.get(page as usize)?;
            let sheet = Sheet::new(PageIndex::new(page)?, size, summary.format, order.dpi);
            Some(sheet.map_err(|error| format!("page {} {error}", page.saturating_add(1))))
        });
        let sheets = sheets.collect::<Result<Vec<Sheet>, String>>()?;
        Copying::begin(sheets, order.with_words, order.output, step)
            .map_err(|error| error.to_string())
    }

    /// Takes an answer that is for the copy, and gives back one that is not.
    pub(super) fn take(
        &mut self,
        session: &mut Session,
        reply: Reply,
        tell: &dyn Fn(News),
    ) -> Result<Option<Reply>, BrokerError> {
        let Some(copying) = &mut self.copying else {
            return Ok(Some(reply));
        };
        match copying.take(session, reply) {
            Ok(reply) => Ok(reply),
            Err(CopyError::Session(error)) => Err(error),
            Err(error) => {
                self.stop(session)?;
                tell(News::Copied(Err(error.to_string())));
                Ok(None)
            }
        }
    }

    /// Gives the copy up; nothing of it is left.
    pub(super) fn stop(&mut self, session: &mut Session) -> Result<(), BrokerError> {
        self.order = None;
        self.copying
            .take()
            .map_or(Ok(()), |copying| copying.cancel(session))
    }
}
