//! What is asked of a session for a copy, piece by piece, beside whatever else is
//! asked of it: the command line does nothing else, the window goes on showing pages.

use super::pipeline::{Piece, Pipeline};
use crate::broker::{BrokerError, PaintedTile, Reply, Session, Ticket, words};
use crate::cli::plan::{Plan, Scaling, TooLarge};
use ipc::limits::MAX_WORKERS;
use ipc::{Failure, Format, Items, PageIndex, PageSize, TextRun};
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::thread;

/// Pages that are drawn ahead of the one that is written, beyond one for each thread.
const AHEAD: usize = 4;

/// Pictures have no size on paper: their pixels are dots.
const POINTS_PER_INCH: f32 = 72.0;

/// A page of the copy.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    pub(super) plan: Plan,
    /// Width and height on paper.
    pub(super) points: (f32, f32),
    /// Points to one unit of the page.
    pub(super) points_per_unit: f32,
}

impl Sheet {
    /// A page at so many dots per inch; of a picture every pixel is a dot.
    pub(crate) fn new(
        page: PageIndex,
        size: PageSize,
        format: Format,
        dpi: f32,
    ) -> Result<Self, TooLarge> {
        let picture = format != Format::Pdf;
        let scaling = if picture {
            Scaling::Pixels
        } else {
            Scaling::Dots(dpi)
        };
        let points_per_unit = if picture { POINTS_PER_INCH / dpi } else { 1.0 };
        let points = |units: f32| units * points_per_unit;
        Ok(Self {
            plan: Plan::new(page, size, scaling)?,
            points: (points(size.width()), points(size.height())),
            points_per_unit,
        })
    }
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CopyError {
    /// A page cannot be drawn, or its words cannot be had.
    #[error("page {number}: {}", BrokerError::Failure(.failure.clone()))]
    Page {
        /// Its number.
        number: u32,
        /// Why.
        failure: Failure,
    },
    /// The session is over.
    #[error("{0}")]
    Session(#[from] BrokerError),
    /// It cannot be written.
    #[error("the copy cannot be written: {}", words(.0))]
    Output(#[from] io::Error),
}

/// What a ticket is for.
enum Asked {
    Tile(usize, usize),
    Words(usize, Vec<TextRun>),
}

/// A copy that is being made. Dropping it gives it up.
pub(crate) struct Copying<W> {
    sheets: Arc<[Sheet]>,
    with_words: bool,
    /// What is asked next: a page, and its tile; the words come after the last.
    next: (usize, usize),
    asked: HashMap<Ticket, Asked>,
    pipeline: Pipeline<W>,
    threads: usize,
}

impl<W: Write + Send + 'static> Copying<W> {
    /// Begins a copy of these pages. `step` is called, on any thread, when a page
    /// has been written: [`Self::ask`] may then have more to ask.
    ///
    /// # Errors
    ///
    /// The `errno` of making a thread.
    pub(crate) fn begin(
        sheets: Vec<Sheet>,
        with_words: bool,
        output: W,
        step: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let threads = threads.min(usize::from(MAX_WORKERS));
        let sheets: Arc<[Sheet]> = sheets.into();
        let pipeline = Pipeline::start(output, Arc::clone(&sheets), with_words, threads, step)?;
        Ok(Self {
            sheets,
            with_words,
            next: (0, 0),
            asked: HashMap::new(),
            pipeline,
            threads,
        })
    }

    /// Asks for what can be asked now, for no more than `at_once` answers at a time.
    pub(crate) fn ask(&mut self, session: &mut Session, at_once: usize) -> Result<(), BrokerError> {
        let limit = self.pipeline.written() + self.threads + AHEAD;
        while self.asked.len() < at_once && self.next.0 < limit && !self.pipeline.is_over() {
            let (number, piece) = self.next;
            let Some(sheet) = self.sheets.get(number) else {
                return Ok(());
            };
            let (ticket, what) = match sheet.plan.tile(piece) {
                Some(tile) => (session.paint(tile)?, Asked::Tile(number, piece)),
                None if self.with_words && piece == sheet.plan.tiles() => {
                    let ticket = session.ask_text(sheet.plan.page)?;
                    (ticket, Asked::Words(number, Vec::new()))
                }
                None => {
                    self.next = (number + 1, 0);
                    continue;
                }
            };
            let Some(ticket) = ticket else {
                return Ok(());
            };
            self.asked.insert(ticket, what);
            self.next.1 += 1;
        }
        Ok(())
    }

    /// Takes an answer that is for the copy, and gives back one that is not.
    pub(crate) fn take(
        &mut self,
        session: &mut Session,
        reply: Reply,
    ) -> Result<Option<Reply>, CopyError> {
        let ticket = match &reply {
            Reply::Painted(ticket, _)
            | Reply::Copied(ticket, _)
            | Reply::Sound(ticket, _)
            | Reply::Items(ticket, ..)
            | Reply::Failed(ticket, _) => *ticket,
        };
        let Some(asked) = self.asked.remove(&ticket) else {
            return Ok(Some(reply));
        };
        match (reply, asked) {
            (Reply::Painted(_, painted), Asked::Tile(sheet, number)) => {
                self.painted(session, painted, sheet, number)?;
            }
            (Reply::Items(_, Items::Text(more), last), Asked::Words(sheet, mut words)) => {
                words.extend(more);
                if last {
                    self.pipeline.give(Piece::Words(sheet, words));
                } else {
                    self.asked.insert(ticket, Asked::Words(sheet, words));
                }
            }
            (Reply::Failed(_, failure), Asked::Tile(sheet, _) | Asked::Words(sheet, _)) => {
                let sheet = self.sheets.get(sheet);
                let number = sheet.map_or(0, |sheet| sheet.plan.page.number());
                return Err(CopyError::Page { number, failure });
            }
            // Dispatch lets no other pair through.
            _ => {}
        }
        Ok(None)
    }

    fn painted(
        &self,
        session: &mut Session,
        painted: PaintedTile,
        sheet: usize,
        number: usize,
    ) -> Result<(), BrokerError> {
        let tile = self
            .sheets
            .get(sheet)
            .and_then(|sheet| sheet.plan.tile(number));
        let mut pixels = vec![0; tile.map_or(0, |tile| tile.size().bytes())];
        session.read(painted, &mut pixels)?;
        self.pipeline.give(Piece::Pixels(sheet, number, pixels));
        Ok(())
    }

    /// Whether answers are on their way.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Pages that are written, and pages in all.
    pub(crate) fn progress(&self) -> (usize, usize) {
        (self.pipeline.written(), self.sheets.len())
    }

    /// Whether the last page is written, or no more is.
    pub(crate) fn is_over(&self) -> bool {
        self.pipeline.is_over()
    }

    /// Waits for the end of writing, and gives back what was written to.
    ///
    /// # Errors
    ///
    /// Why it is not whole.
    pub(crate) fn finish(self) -> io::Result<W> {
        self.pipeline.finish()
    }

    /// Gives the copy up: what is on its way is cancelled, and what was written is
    /// gone when this returns.
    pub(crate) fn cancel(self, session: &mut Session) -> Result<(), BrokerError> {
        let mut tickets = self.asked.keys();
        let cancelled = tickets.try_for_each(|ticket| session.cancel(*ticket));
        // It ends with an error, because pages are missing; that is wanted.
        let _ = self.pipeline.finish();
        cancelled
    }
}
