//! `pellucid check`: the sandbox layer by layer, and the proof.

use super::arguments;
use super::exit::{Exit, Failed};
use super::info::print;
use super::open;
use crate::broker::limits::Limits;
use crate::broker::{Broker, BrokerError, Session, Source, Standing};
use capmode::posture::{Layer, expected};
use capmode::probe::{Outcome, Report};
use capmode::{Layers, Posture};
use serde_json::{Value, json};
use std::fmt::Write;

/// A document that no renderer can show: opening it puts up every wall.
const NOTHING: &[u8] = b"pellucid check";

pub(super) fn run(check: &arguments::Check) -> Result<(), Failed> {
    let no_sandbox = |error: BrokerError| Failed::new(Exit::NoSandbox, None, error);
    let mut broker = open::start(Limits::default())?;
    let (_, reason) = broker.layers().map_err(no_sandbox)?;
    let standing = standing(&mut broker).map_err(no_sandbox)?;
    let reports = broker.probe().map_err(no_sandbox)?;
    let residual = broker.probe_residual().map_err(no_sandbox)?;
    let text = if check.json {
        let mut told = as_json(&standing, reason.as_deref(), &reports);
        told["residual"] = residual.iter().map(report_as_json).collect();
        format!("{told:#}\n")
    } else {
        as_text(&standing, reason.as_deref(), &reports) + &residual_as_text(&residual)
    };
    print(&text)?;
    match reports
        .iter()
        .filter(|report| !report.outcome.is_stopped())
        .count()
    {
        0 => Ok(()),
        failed => {
            let sentence = format!("{failed} of {} attempts were not stopped", reports.len());
            Err(Failed::new(Exit::NoSandbox, None, sentence))
        }
    }
}

/// Opens nothing, and looks at the renderer that was to open it.
fn standing(broker: &mut Broker) -> Result<Standing, BrokerError> {
    let renderer = broker.renderer()?;
    let source = Source::from_bytes(NOTHING)?;
    let mut session = Session::new(renderer, source, std::sync::Arc::default())?;
    let opened = session.open();
    match (session.standing(), opened) {
        (Some(standing), _) => Ok(standing.clone()),
        (None, Err(error)) => Err(error),
        (None, Ok(_)) => Err(std::io::Error::other("the renderer was not looked at").into()),
    }
}

/// Layers that this system can have at all.
fn known() -> Layers {
    let extras = [Layer::NoExecGain, Layer::Speculation, Layer::SeccompServe];
    let linux = extras.into_iter().filter(|_| cfg!(target_os = "linux"));
    expected().full.union(linux.collect())
}

fn posture(standing: &Standing) -> &'static str {
    match standing.posture {
        Posture::Full => "full",
        Posture::Reduced(_) => "reduced",
        Posture::None(_) => "none",
    }
}

fn as_text(standing: &Standing, reason: Option<&str>, reports: &[Report]) -> String {
    let mut text = format!("Sandbox: {}\n\n", posture(standing));
    for layer in known().iter() {
        let state = match (
            standing.layers.contains(layer),
            standing.seen.contains(layer),
        ) {
            (true, true) => "seen",
            (true, false) => "yes",
            (false, _) => "no",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {state:<5}{:<20} {}", layer.name(), layer.meaning());
    }
    let abi = standing.layers.landlock_abi();
    let _ = match abi {
        0 => writeln!(text),
        abi => writeln!(text, "\nLandlock ABI {abi}."),
    };
    if let Some(reason) = reason {
        let _ = writeln!(text, "A namespace was refused by the system: {reason}.");
    }
    let _ = writeln!(
        text,
        "\"seen\": measured from outside; \"yes\": put up by our own code and tried below.\n"
    );
    for report in reports {
        tell(&mut text, report, outcome(report.outcome));
    }
    let stopped = reports
        .iter()
        .filter(|report| report.outcome.is_stopped())
        .count();
    let _ = writeln!(
        text,
        "\n{stopped} of {} attempts to escape were stopped.",
        reports.len()
    );
    text
}

fn tell(text: &mut String, report: &Report, outcome: String) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "  {outcome:<15}{:<22} {}", report.name, report.tries);
}

/// What is known to be possible behind the sandbox of this system. No document
/// can be read or changed in any of these ways.
fn residual_as_text(residual: &[Report]) -> String {
    let mut text = String::new();
    if !residual.is_empty() {
        text.push_str(
            "\nLeft by the kernel of this system, and of no use for reaching a file:\n\n",
        );
    }
    for report in residual {
        let said = match report.outcome {
            Outcome::Succeeded => "possible".to_owned(),
            other => outcome(other),
        };
        tell(&mut text, report, said);
    }
    text
}

fn report_as_json(report: &Report) -> Value {
    json!({ "name": report.name, "tries": report.tries, "outcome": outcome(report.outcome), "stopped": report.outcome.is_stopped() })
}

fn outcome(outcome: Outcome) -> String {
    match outcome {
        Outcome::Killed => "killed".to_owned(),
        Outcome::Refused(errno) => format!("refused ({errno})"),
        Outcome::Succeeded => "SUCCEEDED".to_owned(),
        Outcome::Unclear(_) => "UNCLEAR".to_owned(),
    }
}

fn as_json(standing: &Standing, reason: Option<&str>, reports: &[Report]) -> Value {
    let layers: Vec<Value> = known()
        .iter()
        .map(|layer| {
            json!({
                "name": layer.name(),
                "in_force": standing.layers.contains(layer),
                "seen_from_outside": standing.seen.contains(layer),
                "meaning": layer.meaning(),
            })
        })
        .collect();
    let attempts: Vec<Value> = reports.iter().map(report_as_json).collect();
    json!({
        "posture": posture(standing),
        "landlock_abi": standing.layers.landlock_abi(),
        "refused": reason,
        "layers": layers,
        "attempts": attempts,
    })
}
