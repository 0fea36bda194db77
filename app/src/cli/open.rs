//! From a name on the command line to an open session.

use super::arguments;
use super::exit::{Exit, Failed};
use super::pages::Pages;
use super::terminal;
use crate::broker::{Broker, BrokerError, Programs, Session, Source, Standing};
use capmode::Posture;
use ipc::limits::MAX_PASSWORD_BYTES;
use ipc::{PageEntry, PageIndex, Secret, Summary};
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use zeroize::Zeroizing;

/// How often a person may mistype.
const TRIES: usize = 3;

/// An open document. The session goes first: it ends with its launcher.
pub(super) struct Opened {
    pub(super) session: Session,
    pub(super) summary: Summary,
    pub(super) name: String,
    _broker: Broker,
}

impl Opened {
    /// The pages that are chosen, in the order they were, with what is known of each.
    pub(super) fn pages(&mut self, chosen: &Pages) -> Result<Vec<(PageIndex, PageEntry)>, Failed> {
        let count = self.summary.pages;
        let pages = chosen
            .of(count)
            .map_err(|page| Failed::no_page(&self.name, page, count))?;
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
pub(super) fn open(document: &arguments::Document) -> Result<Opened, Failed> {
    open_file(&document.file, &document.access, &interruption()?)
}

/// The same for one of several files.
pub(super) fn open_file(
    file: &Path,
    access: &arguments::Access,
    interrupted: &Arc<AtomicBool>,
) -> Result<Opened, Failed> {
    let name = arguments::name(file);
    let about = |error: BrokerError| Failed::about(&name, &error);
    let mut broker = start(access.limits())?;
    // The document is read while the launcher makes its namespaces.
    let (source, renderer) = thread::scope(|scope| {
        let source = scope.spawn(|| source(file));
        let renderer = broker.renderer();
        (source.join(), renderer)
    });
    let source = source
        .unwrap_or_else(|_| Err(io::Error::other("reading failed").into()))
        .map_err(about)?;
    let renderer = renderer.map_err(about)?;
    let mut session = Session::new(renderer, source, Arc::clone(interrupted)).map_err(about)?;
    let summary = match session.open() {
        Err(BrokerError::Password { wrong }) => unlock(&name, access, &mut session, wrong)?,
        other => other.map_err(about)?,
    };
    tell_standing(session.standing());
    Ok(Opened {
        session,
        summary,
        name,
        _broker: broker,
    })
}

/// Starts the launcher.
pub(super) fn start(limits: crate::broker::limits::Limits) -> Result<Broker, Failed> {
    let missing = |error: io::Error| Failed::new(Exit::NoSandbox, None, error);
    let programs = Programs::find().map_err(missing)?;
    Broker::start(&programs, limits).map_err(|error| Failed::new(Exit::NoSandbox, None, error))
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

fn source(file: &Path) -> Result<Source, BrokerError> {
    if arguments::is_standard_input(file) {
        return Ok(Source::standard_input()?);
    }
    Ok(Source::open(file)?)
}

fn unlock(
    name: &str,
    access: &arguments::Access,
    session: &mut Session,
    wrong: bool,
) -> Result<Summary, Failed> {
    let mut error = BrokerError::Password { wrong };
    let tries = if access.password_fd.is_some() {
        1
    } else {
        TRIES
    };
    for _ in 0..tries {
        let Some(password) = password(name, access, &error)? else {
            break;
        };
        match session.unlock(password) {
            Ok(summary) => return Ok(summary),
            Err(again @ BrokerError::Password { .. }) => error = again,
            Err(other) => return Err(Failed::about(name, &other)),
        }
    }
    Err(Failed::about(name, &error))
}

/// A password from the descriptor or from the terminal; `None` when there is
/// nobody to ask.
fn password(
    name: &str,
    access: &arguments::Access,
    why: &BrokerError,
) -> Result<Option<Secret>, Failed> {
    let no_password = |error: io::Error| Failed::new(Exit::Password, Some(name), error);
    let typed = match access.password_fd {
        Some(number) => Some(from_descriptor(number).map_err(no_password)?),
        None if io::stderr().is_terminal() => {
            let prompt = format!("{}: {why}: ", terminal::printable(name));
            Some(Zeroizing::new(
                rpassword::prompt_password(prompt).map_err(no_password)?,
            ))
        }
        None => None,
    };
    // One that is too long for any document is wrong, like any other.
    Ok(typed.map(|typed| Secret::new(typed.to_string()).unwrap_or_else(Secret::none)))
}

fn from_descriptor(number: i32) -> io::Result<Zeroizing<String>> {
    let file = File::from(capmode::duplicate_inherited(number)?);
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_PASSWORD_BYTES + 2));
    file.take(MAX_PASSWORD_BYTES as u64 + 2)
        .read_to_end(&mut bytes)?;
    let line = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text =
        std::str::from_utf8(line).map_err(|_| io::Error::other("the password is not UTF-8"))?;
    Ok(Zeroizing::new(text.to_owned()))
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
