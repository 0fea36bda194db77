//! From a name on the command line to an open session.

use super::arguments;
use super::exit::{Exit, Failed};
use super::pages::Pages;
use super::{password, terminal};
use crate::broker::limits::Limits;
use crate::broker::{Broker, BrokerError, Programs, Renderers, Session, Source, Standing, words};
use capmode::Posture;
use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use ipc::{InfoField, InfoKey, PageEntry, PageIndex, Secret, Summary};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Longest wait between two looks at whether the user has interrupted.
const LOOK: Duration = Duration::from_millis(100);

/// How often a person may mistype.
const TRIES: usize = 3;

/// An open document. The session goes first: it ends with the last one that holds
/// its launcher.
pub(super) struct Opened {
    pub(super) session: Session,
    pub(super) summary: Summary,
    pub(super) name: String,
    _renderers: Renderers,
}

/// Says one thing that is not as it should be of a document of this name.
pub(super) fn tell_notice(name: &str, notice: &InfoField) {
    let name = terminal::printable(name);
    let words = terminal::printable(notice.value.as_str());
    terminal::tell(&format!("{name}: note: {words}"));
}

impl Opened {
    /// Its session, what it is, and its name; the caller holds the launcher.
    pub(super) fn into_parts(self) -> (Session, Summary, String) {
        (self.session, self.summary, self.name)
    }

    /// Says what of the document is not shown or heard as it should be, as far as that
    /// is known by now; hands back what was said.
    pub(super) fn tell_notices(&mut self) -> Vec<InfoField> {
        // What cannot be told keeps nobody from what was asked for.
        let mut notices = self.session.info().unwrap_or_default();
        notices.retain(|field| field.key == InfoKey::Notice);
        notices
            .iter()
            .for_each(|notice| tell_notice(&self.name, notice));
        notices
    }

    /// The pages that a list names.
    pub(super) fn page_list(&mut self, list: &Pages) -> Result<Vec<PageIndex>, Failed> {
        let count = self.summary.pages;
        if self.summary.sound.is_some() {
            let sentence = "is sound, which has no pages; see pellucid play and pellucid convert";
            return Err(Failed::new(Exit::Unsupported, Some(&self.name), sentence));
        }
        let entries = match PageIndex::new(0) {
            Some(first) if list.need_labels() => self.session.pages(first, count),
            _ => Ok(Vec::new()),
        };
        let entries = entries.map_err(|error| Failed::about(&self.name, &error))?;
        let labels: Vec<&str> = entries.iter().map(|page| page.label.as_str()).collect();
        list.of(count, &labels)
            .map_err(|error| Failed::new(Exit::Usage, Some(&self.name), error))
    }

    /// The pages that are chosen, in the order they were, with what is known of each.
    pub(super) fn pages(&mut self, chosen: &Pages) -> Result<Vec<(PageIndex, PageEntry)>, Failed> {
        let pages = self.page_list(chosen)?;
        let (Some(&first), Some(last)) = (pages.iter().min(), pages.iter().max()) else {
            return Ok(Vec::new());
        };
        let span = last.get() - first.get() + 1;
        let entries = self.session.pages(first, span);
        let entries = entries.map_err(|error| Failed::about(&self.name, &error))?;
        let entry = |page: PageIndex| entries.get((page.get() - first.get()) as usize).cloned();
        Ok(pages
            .into_iter()
            .filter_map(|page| Some((page, entry(page)?)))
            .collect())
    }
}

/// Opens what the command line names, asks for a password if it must, and says
/// when the sandbox is weaker than it could be.
pub(super) fn open(file: &Path, access: &arguments::Access) -> Result<Opened, Failed> {
    let renderers = renderers(access, 1)?;
    open_file(file, access, &renderers, &interruption()?)
}

/// The same for one of several files, whose renderers are started by one launcher.
pub(super) fn open_file(
    file: &Path,
    access: &arguments::Access,
    renderers: &Renderers,
    interrupted: &Arc<AtomicBool>,
) -> Result<Opened, Failed> {
    let name = arguments::name(file);
    let about = |error: BrokerError| Failed::about(&name, &error);
    renderers.begin().map_err(no_sandbox)?;
    // The document is read while the launcher makes its namespaces.
    let source = Reading::begin(file, interrupted).map_err(about)?;
    let renderer = renderers.take();
    let source = source.end().map_err(about)?;
    let renderer = renderer.map_err(about)?;
    let mut session = Session::new(renderer, source, Arc::clone(interrupted)).map_err(about)?;
    let summary = match session.open() {
        Err(BrokerError::Password { wrong }) => {
            let asking = Asking {
                name: &name,
                access,
                interrupted,
            };
            asking.unlock(&mut session, wrong)?
        }
        other => other.map_err(about)?,
    };
    tell_standing(session.standing());
    Ok(Opened {
        session,
        summary,
        name,
        _renderers: renderers.clone(),
    })
}

/// Renderers for so many documents; nothing is started yet.
pub(super) fn renderers(access: &arguments::Access, documents: usize) -> Result<Renderers, Failed> {
    let programs = Programs::find().map_err(no_sandbox)?;
    let limits = access
        .limits()
        .map_err(|error| Failed::new(Exit::Usage, None, error))?;
    Ok(Renderers::new(Some(programs), limits, documents))
}

/// Starts the launcher alone.
pub(super) fn start(limits: Limits) -> Result<Broker, Failed> {
    let programs = Programs::find().map_err(no_sandbox)?;
    Broker::start(&programs, limits).map_err(no_sandbox)
}

fn no_sandbox(error: impl std::fmt::Display) -> Failed {
    Failed::new(Exit::NoSandbox, None, error)
}

/// A flag that the keyboard's interrupt sets; the first one ends what runs
/// cleanly, the second one at once.
pub(super) fn interruption() -> Result<Arc<AtomicBool>, Failed> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_default(signal, Arc::clone(&flag))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&flag)))
            .map_err(|error| Failed::new(Exit::Usage, None, error))?;
    }
    Ok(flag)
}

/// A document that is read on a thread of its own. A file system that does not
/// answer holds that thread, and not the user who gives up.
struct Reading<'a> {
    read: Receiver<Result<Source, BrokerError>>,
    interrupted: &'a AtomicBool,
}

impl<'a> Reading<'a> {
    fn begin(file: &Path, interrupted: &'a Arc<AtomicBool>) -> Result<Self, BrokerError> {
        let (say, read) = bounded(1);
        let (file, flag) = (file.to_owned(), Arc::clone(interrupted));
        let work = move || {
            // Nobody waits for it after an interrupt.
            let _ = say.send(source(&file, &flag));
        };
        thread::Builder::new()
            .name("reading".to_owned())
            .spawn(work)?;
        Ok(Self { read, interrupted })
    }

    fn end(self) -> Result<Source, BrokerError> {
        loop {
            match self.read.recv_timeout(LOOK) {
                Ok(source) => return source,
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(io::Error::other("reading failed").into());
                }
                Err(RecvTimeoutError::Timeout) if self.interrupted.load(Ordering::Relaxed) => {
                    return Err(BrokerError::Interrupted);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

fn source(file: &Path, interrupted: &AtomicBool) -> Result<Source, BrokerError> {
    if !arguments::is_standard_input(file) {
        return Ok(Source::open(file)?);
    }
    Source::standard_input(interrupted).map_err(|error| {
        if interrupted.load(Ordering::Relaxed) {
            BrokerError::Interrupted
        } else {
            error.into()
        }
    })
}

/// Whom to ask for a password, and about what.
struct Asking<'a> {
    name: &'a str,
    access: &'a arguments::Access,
    interrupted: &'a AtomicBool,
}

impl Asking<'_> {
    fn unlock(&self, session: &mut Session, mut wrong: bool) -> Result<Summary, Failed> {
        // A descriptor would only say the same again.
        let tries = match self.access.password_fd {
            Some(_) => 1,
            None => TRIES,
        };
        for _ in 0..tries {
            let Some(password) = self.password(wrong)? else {
                break;
            };
            match session.unlock(password) {
                Ok(summary) => return Ok(summary),
                Err(BrokerError::Password { wrong: again }) => wrong = again,
                Err(other) => return Err(Failed::about(self.name, &other)),
            }
        }
        Err(Failed::about(self.name, &BrokerError::Password { wrong }))
    }

    /// A password from the descriptor or from the terminal; `None` when there is
    /// nobody to ask.
    fn password(&self, wrong: bool) -> Result<Option<Secret>, Failed> {
        let typed = match self.access.password_fd {
            Some(number) => password::from_descriptor(number).map(Some),
            None if self.access.is_among_others => Ok(None),
            None => password::ask(&self.prompt(wrong), self.interrupted),
        };
        let typed = typed.map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => Failed::about(self.name, &BrokerError::Interrupted),
            _ => {
                let sentence = format!("no password could be read: {}", words(&error));
                Failed::new(Exit::Password, Some(self.name), sentence)
            }
        })?;
        // One that is too long for any document is wrong, like any other.
        Ok(typed.map(|typed| Secret::new(typed.to_string()).unwrap_or_else(Secret::none)))
    }

    fn prompt(&self, wrong: bool) -> String {
        let before = if wrong { "The password is wrong. " } else { "" };
        format!("{before}Password for {}: ", self.name)
    }
}

/// A weaker sandbox is told, once.
fn tell_standing(standing: Option<&Standing>) {
    let Some(Standing {
        posture: Posture::Reduced(missing),
        ..
    }) = standing
    else {
        return;
    };
    let names: Vec<&str> = missing.iter().map(|layer| layer.name()).collect();
    terminal::tell(&format!(
        "note: this system gives a weaker sandbox than it could, without {}; see pellucid check",
        names.join(", ")
    ));
}
