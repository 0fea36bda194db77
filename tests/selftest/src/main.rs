//! `pellucid-selftest`: shows on the machine where it is started that the sandbox
//! holds and that documents open in it. It is launcher and renderer itself, needs
//! no file but its own, and writes only below the temporary directory: it runs on
//! a bare FreeBSD kernel with the base libraries, and on Linux.
//!
//! Prints a line for each row, and closes with `N passed, N failed, N skipped`.
//!
//! | module | holds |
//! |---|---|
//! | `report` | the lines |
//! | `attempts` | what a renderer that was taken over tries, and how each try must end |
//! | `documents` | documents that are compiled in, and their pixels |
//! | `misbehaviour` | renderers that lie, hang and die |
//! | `lifetime` | who ends with whom |
//! | `files` | what is no file |
//! | `renderer` | the renderer's side: honest, or as the document says |

mod attempts;
mod documents;
mod files;
mod lifetime;
mod misbehaviour;
mod renderer;
mod report;

use app::broker::limits::Limits;
use app::broker::{Broker, BrokerError, Programs, Session, Source};
use capmode::Role;
use report::Report;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: capmode::abort::Allocator = capmode::abort::Allocator;

/// How long an answer may take: emulated processors are slow.
const ANSWER: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    match capmode::role() {
        Some(Role::Launcher) => capmode::launcher_main(),
        Some(Role::Probe) => capmode::probe::scripted::main(),
        Some(Role::Renderer) => renderer::main(),
        None if std::env::args().nth(1).as_deref() == Some(lifetime::HOLD) => lifetime::hold(),
        None => test(),
    }
}

fn test() -> ExitCode {
    let mut report = Report::default();
    println!("pellucid-selftest {}", env!("CARGO_PKG_VERSION"));
    lifetime::run(&mut report);
    attempts::run(&mut report);
    documents::run(&mut report);
    misbehaviour::run(&mut report);
    files::run(&mut report);
    report.close()
}

/// This program, which is its own renderer.
fn programs() -> std::io::Result<Programs> {
    let this = std::env::current_exe().or_else(|error| {
        // Where the system has forgotten the name, the one it was started with will do.
        let named = std::env::args_os().next().map(PathBuf::from);
        named.filter(|name| name.is_file()).ok_or(error)
    })?;
    Ok(Programs { renderer: this })
}

fn broker(answer: Duration) -> Result<Broker, BrokerError> {
    let limits = Limits {
        memory_bytes: 128 << 20,
        answer: Some(answer),
        workers: 2,
    };
    Broker::start(&programs()?, limits)
}

/// A session that has been given these bytes and has not opened them.
fn session(broker: &mut Broker, bytes: &[u8]) -> Result<Session, BrokerError> {
    let source = Source::from_bytes(bytes)?;
    Session::new(broker.renderer()?, source, Arc::default())
}
