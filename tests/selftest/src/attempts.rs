//! What a renderer that was taken over tries, each try in a process of its own
//! that the real launcher has started and the real code has confined.

use crate::programs;
use crate::report::Report;
use capmode::Launcher;
use capmode::probe::Outcome;
use capmode::probe::scripted::{Script, run as run_script};
use std::error::Error;

#[cfg(target_os = "freebsd")]
#[path = "attempts/freebsd.rs"]
mod table;
#[cfg(target_os = "linux")]
#[path = "attempts/linux.rs"]
mod table;

pub(crate) fn run(report: &mut Report) {
    let started = programs().map_err(Box::from);
    let started = started.and_then(|programs| {
        Ok::<_, Box<dyn Error>>(Launcher::start(&programs.renderer, &programs.renderer)?)
    });
    match started {
        Ok(mut launcher) => table::run(&mut launcher, report),
        Err(error) => report.row("1", "launcher", Err::<String, _>(error)),
    }
}

/// Tries once, and holds the outcome against those that it may have.
fn attempt(
    launcher: &mut Launcher,
    script: &Script,
    expected: impl Fn(Outcome) -> bool,
) -> Result<String, String> {
    let outcome = run_script(launcher, script).map_err(|error| error.to_string())?;
    let seen = match outcome {
        Outcome::Killed => "killed".to_owned(),
        Outcome::Refused(errno) => format!("refused ({errno})"),
        Outcome::Succeeded => "succeeded".to_owned(),
        Outcome::Unclear(exit) => format!("unclear ({exit:?})"),
    };
    if expected(outcome) {
        Ok(seen)
    } else {
        Err(seen)
    }
}
