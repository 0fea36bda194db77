//! `pellucid render`: pages as PNG files, drawn on every core.
//!
//! A page is cut into bands of tiles, usually one. This thread asks for tiles as
//! long as there are free slots, copies each out of its slot once, piece by
//! piece, and hands it to the page's own writer thread, which encodes while the
//! rest is copied and the next ones are drawn.

pub(crate) mod plan;
mod writer;

use super::arguments::{self, Encoding};
use super::exit::{Exit, Failed};
use super::open::{self, Opened};
use super::output::{Template, is_same_file};
use super::pages::{NoSuchPage, Pages};
use super::progress::Progress;
use crate::broker::{BrokerError, PaintedTile, Reply, Session, Ticket};
use plan::Plan;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::atomic::Ordering;
use writer::{Given, Target, Writer};

/// Pages that may be encoded at the same time, beyond those that are drawn.
const MAX_WRITERS: usize = 8;

pub(super) fn run(render: &arguments::Render) -> Result<(), Failed> {
    if is_standard_output(render) && io::stdout().is_terminal() {
        let sentence = "a picture is not written to a terminal; name a file with -o";
        return Err(Failed::new(Exit::Usage, None, sentence));
    }
    let opened = open::open(&render.document.file, &render.document.access)?;
    write(render, opened, true)
}

/// Draws pages of an open document, and tells how far it is when it is alone.
pub(super) fn write(
    render: &arguments::Render,
    mut opened: Opened,
    is_alone: bool,
) -> Result<(), Failed> {
    let (plans, too_large) = plans(render, &mut opened)?;
    if is_of_more(render, &opened) {
        let name = super::terminal::printable(&opened.name);
        let of = opened.summary.pages;
        let note =
            format!("note: only the first of {of} pictures; with %d in the name all are written");
        super::terminal::tell(&format!("{name}: {note}"));
    }
    let several = plans.len() + too_large.len() > 1;
    let targets = Targets::new(render, &plans, several)?;
    let mut work = Work::new(opened.name.clone(), plans, targets);
    (work.encoding, work.is_alone) = (render.encoding, is_alone);
    too_large.into_iter().for_each(|failed| work.note(failed));
    work.run(opened)
}

fn is_standard_output(render: &arguments::Render) -> bool {
    render.output.as_deref() == Some(Path::new("-"))
}

/// What is to be drawn, page by page; and what is too large for that.
fn plans(
    render: &arguments::Render,
    opened: &mut Opened,
) -> Result<(Vec<Plan>, Vec<Failed>), Failed> {
    let pages = opened.pages(&wanted(render, opened))?;
    let scaling = plan::Scaling::new(render, opened.summary.format);
    let (mut plans, mut too_large) = (Vec::new(), Vec::new());
    for (page, entry) in pages {
        match Plan::new(page, entry.size, scaling) {
            Ok(plan) => plans.push(plan),
            Err(error) => {
                let name = format!("{}: page {}", opened.name, page.number());
                too_large.push(Failed::new(Exit::Limit, Some(&name), error));
            }
        }
    }
    if let Some(wanted) = &render.frame {
        plans = frames(wanted, opened, &plans)?;
    }
    Ok((plans, too_large))
}

/// The pages that are drawn: of several pictures into one file, the first.
fn wanted(render: &arguments::Render, opened: &Opened) -> Pages {
    let picture = opened.summary.format != ipc::Format::Pdf;
    match &render.pages {
        Some(pages) => pages.clone(),
        None if picture && is_one_file(render) => Pages::first(),
        None => Pages::all(),
    }
}

/// Whether there are other pictures that nobody has said to leave out.
fn is_of_more(render: &arguments::Render, opened: &Opened) -> bool {
    let has_more = opened.summary.format != ipc::Format::Pdf && opened.summary.pages > 1;
    has_more && render.pages.is_none() && render.frame.is_none() && is_one_file(render)
}

fn is_one_file(render: &arguments::Render) -> bool {
    match &render.output {
        Some(_) if is_standard_output(render) => true,
        Some(output) => {
            Template::parse(output.as_os_str()).is_some_and(|template| !template.has_number())
        }
        None => false,
    }
}

/// The frames that are wanted, of the first page that is.
fn frames(wanted: &Pages, opened: &mut Opened, plans: &[Plan]) -> Result<Vec<Plan>, Failed> {
    let Some(plan) = plans.first() else {
        return Ok(Vec::new());
    };
    let name = opened.name.clone();
    let told = opened.session.frames(plan.page);
    let told = told.map_err(|error| Failed::about(&name, &error))?;
    // What does not move is its only frame.
    let count = u32::try_from(told.durations_ms.len().max(1)).unwrap_or(u32::MAX);
    let frames = wanted.of(count, &[]).map_err(|missing| {
        let frame = match missing {
            NoSuchPage::Position(frame, _) => frame.to_string(),
            NoSuchPage::Label(words) => words,
        };
        Failed::no_frame(&name, &frame, count)
    })?;
    Ok(frames
        .into_iter()
        .map(|frame| plan.at_frame(frame.get()))
        .collect())
}

/// Where pages go.
enum Targets {
    Standard,
    Files(Template),
}

impl Targets {
    fn new(render: &arguments::Render, plans: &[Plan], several: bool) -> Result<Self, Failed> {
        let usage = |sentence: &str| Err(Failed::new(Exit::Usage, None, sentence));
        if is_standard_output(render) {
            if several {
                return usage("standard output takes one page; choose it with -p");
            }
            return Ok(Self::Standard);
        }
        let template = match &render.output {
            Some(output) => Template::parse(output.as_os_str()),
            None => Some(default_name(&render.document, several)),
        };
        let Some(template) = template else {
            return usage(
                "in the output's name, % stands for the page: one %d or %03d, and %% for itself",
            );
        };
        if several && !template.has_number() {
            return usage("several pages need %d in the output's name, for example page-%d.png");
        }
        let replaces = |plan: &Plan| {
            let name = template.name(plan.number());
            is_same_file(&name, &render.document.file)
        };
        if plans.iter().any(replaces) {
            return usage("the picture would replace the document; name another file with -o");
        }
        Ok(Self::Files(template))
    }

    fn of(&self, plan: &Plan) -> Target {
        match self {
            Self::Standard => Target::Standard,
            Self::Files(template) => Target::File(template.name(plan.number())),
        }
    }
}

/// The document's own name in this directory, with the page where there are several.
fn default_name(document: &arguments::Document, several: bool) -> Template {
    let named = document.file.file_stem();
    let stem = named.filter(|_| !arguments::is_standard_input(&document.file));
    Template::beside_name(stem.unwrap_or(OsStr::new("page")), several)
}

/// Everything that is drawn and written in one run.
struct Work {
    name: String,
    plans: Vec<Plan>,
    targets: Targets,
    /// Next tile to ask for: page and tile.
    next: (usize, usize),
    asked: HashMap<Ticket, (usize, usize)>,
    writers: HashMap<usize, Writer>,
    failed: Option<Failed>,
    done: usize,
    encoding: Encoding,
    is_alone: bool,
}

impl Work {
    fn new(name: String, plans: Vec<Plan>, targets: Targets) -> Self {
        Self {
            name,
            plans,
            targets,
            next: (0, 0),
            asked: HashMap::new(),
            writers: HashMap::new(),
            failed: None,
            done: 0,
            encoding: Encoding::default(),
            is_alone: true,
        }
    }

    fn run(mut self, mut opened: Opened) -> Result<(), Failed> {
        let mut progress = Progress::unless(!self.is_alone, "page", self.plans.len());
        loop {
            let asked = self.ask(&mut opened.session);
            if let Err(error) = asked.and_then(|()| self.take_answer(&mut opened.session)) {
                self.note(Failed::about(&self.name, &error));
                break;
            }
            progress.at(self.done);
            if self.asked.is_empty() && self.next.0 >= self.plans.len() {
                break;
            }
        }
        // The renderer ends while the last page is encoded.
        let interrupted = opened.session.interruption();
        drop(opened);
        for (_, writer) in std::mem::take(&mut self.writers) {
            if !interrupted.load(Ordering::Relaxed) {
                self.finish(writer);
                continue;
            }
            writer.give_up();
            if self.failed.is_none() {
                self.note(Failed::about(&self.name, &BrokerError::Interrupted));
            }
        }
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Asks for tiles as long as there is a slot, and a writer to take them.
    fn ask(&mut self, session: &mut Session) -> Result<(), BrokerError> {
        while let Some(plan) = self.plans.get(self.next.0) {
            let (page, number) = self.next;
            let Some(tile) = plan.tile(number) else {
                self.next = (page + 1, 0);
                continue;
            };
            if !self.writers.contains_key(&page) && self.writers.len() >= MAX_WRITERS {
                self.finish_one();
            }
            let Some(ticket) = session.paint(tile)? else {
                return Ok(());
            };
            self.asked.insert(ticket, self.next);
            self.next.1 += 1;
        }
        Ok(())
    }

    fn take_answer(&mut self, session: &mut Session) -> Result<(), BrokerError> {
        if self.asked.is_empty() {
            return Ok(());
        }
        match session.wait()? {
            Reply::Painted(ticket, painted) => {
                let Some((page, number)) = self.asked.remove(&ticket) else {
                    session.release(painted);
                    return Ok(());
                };
                let copied = self.copy(session, &painted, page, number);
                session.release(painted);
                copied?;
            }
            Reply::Failed(ticket, failure) => {
                if let Some((page, _)) = self.asked.remove(&ticket) {
                    self.fail_page(page, &BrokerError::Failure(failure));
                }
            }
            Reply::Items(..) | Reply::Copied(..) | Reply::Sound(..) => {}
        }
        Ok(())
    }

    /// Copies a tile out of its slot, for the page's writer.
    fn copy(
        &mut self,
        session: &Session,
        painted: &PaintedTile,
        page: usize,
        number: usize,
    ) -> Result<(), BrokerError> {
        let Some(plan) = self.plans.get(page) else {
            return Ok(());
        };
        let all = plan.tile(number).map_or(0, |tile| tile.size().bytes());
        let piece = plan.piece_bytes();
        for offset in (0..all).step_by(piece) {
            let mut pixels = vec![0; piece.min(all - offset)];
            session.read_part(painted, offset, &mut pixels)?;
            self.write(page, number, pixels);
        }
        Ok(())
    }

    fn write(&mut self, page: usize, number: usize, pixels: Vec<u8>) {
        let Some(plan) = self.plans.get_mut(page).filter(|plan| !plan.given_up) else {
            return;
        };
        let (targets, encoding) = (&self.targets, self.encoding);
        let writer = self
            .writers
            .entry(page)
            .or_insert_with(|| Writer::start(plan, targets.of(plan), encoding));
        match writer.give(number, pixels) {
            Given::More => {}
            Given::Complete => self.done += 1,
            // Its error says why; no more of the page is drawn.
            Given::Refused => {
                plan.given_up = true;
                if let Some(writer) = self.writers.remove(&page) {
                    self.finish(writer);
                }
            }
        }
    }

    /// Gives a page up, and goes on with the others.
    fn fail_page(&mut self, page: usize, error: &BrokerError) {
        if let Some(plan) = self.plans.get_mut(page)
            && !plan.given_up
        {
            let name = format!("{}: {}", self.name, plan.words());
            plan.given_up = true;
            self.note(Failed::about(&name, error));
        }
        if let Some(writer) = self.writers.remove(&page) {
            writer.give_up();
        }
    }

    fn finish_one(&mut self) {
        let ready = self.writers.iter().find(|(_, writer)| writer.is_complete());
        let page = ready.map(|(page, _)| *page);
        if let Some(writer) = page.and_then(|page| self.writers.remove(&page)) {
            self.finish(writer);
        }
    }

    fn finish(&mut self, writer: Writer) {
        if let Err((path, error)) = writer.finish() {
            self.note(Failed::output(&path, &error));
        }
    }

    /// Tells a failure; the first one decides the exit code.
    fn note(&mut self, failed: Failed) {
        match self.failed {
            None => self.failed = Some(failed),
            Some(_) => failed.tell(),
        }
    }
}
