//! Renderers that lie, hang and die, and what the broker says of each.

use crate::report::Report;
use crate::{ANSWER, broker, session};
use app::broker::{Broker, BrokerError, RendererEnd};
use capmode::Channel;
use ipc::limits::MAX_MESSAGE_BYTES;
use ipc::{Event, Format, PageIndex, ProtocolError, RendererExit, RequestId, Summary};
use renderer_sandbox::serve::{self, End};
use std::fs::File;
use std::hint::black_box;
use std::os::fd::AsFd;
use std::time::Duration;

/// How a document begins that says how to misbehave.
pub(crate) const MARK: &[u8] = b"misbehave: ";

/// How long a renderer that says nothing is waited for.
const SHORT: Duration = Duration::from_secs(2);

/// Number of the row, what the renderer does, and what the broker must say.
type Row = (&'static str, &'static str, fn(&RendererEnd) -> bool);

const ROWS: &[Row] = &[
    ("95", "too-long", |end| {
        *end == RendererEnd::BadMessage(ProtocolError::TooLong)
    }),
    ("96", "garbage", |end| {
        matches!(end, RendererEnd::BadMessage(ProtocolError::Malformed(_)))
    }),
    ("97", "out-of-turn", |end| {
        matches!(end, RendererEnd::BadMessage(ProtocolError::Phase { .. }))
    }),
    ("112", "memory", |end| *end == RendererEnd::OutOfMemory),
    ("115", "spin", |end| matches!(end, RendererEnd::Hung(_))),
    ("116", "silent", |end| matches!(end, RendererEnd::Hung(_))),
    ("54", "panic", |end| {
        matches!(end, RendererEnd::Panic { .. })
    }),
    ("55", "abort", |end| *end == RendererEnd::Aborted),
    // The guard of the first thread is the kernel's, which the standard library need not know.
    ("55", "overflow", |end| {
        matches!(end, RendererEnd::Aborted | RendererEnd::Crash(11))
    }),
    ("89", "exit", |end| {
        matches!(end, RendererEnd::Unexplained(_))
    }),
    ("144", "escape", |end| *end == RendererEnd::Violation),
];

pub(crate) fn run(report: &mut Report) {
    for (row, word, expected) in ROWS {
        let result = end_of(word).and_then(|end| {
            let seen = format!("{end:?}");
            if expected(&end) { Ok(seen) } else { Err(seen) }
        });
        report.row(row, word, result);
    }
    report.row("65", "send-descriptors", send_descriptors());
    report.row("97", "neighbour", neighbour());
}

fn end_of(word: &str) -> Result<RendererEnd, String> {
    let patience = match word {
        "spin" | "silent" => SHORT,
        _ => ANSWER,
    };
    let mut broker = broker(patience).map_err(|error| error.to_string())?;
    match open(&mut broker, word) {
        Err(BrokerError::Ended(end)) => Ok(end),
        other => Err(format!("{other:?}")),
    }
}

fn open(broker: &mut Broker, word: &str) -> Result<Summary, BrokerError> {
    session(broker, &[MARK, word.as_bytes()].concat())?.open()
}

/// On Linux the filter kills for sending a descriptor; elsewhere it goes
/// nowhere: the broker receives without room for one.
fn send_descriptors() -> Result<String, String> {
    let mut broker = broker(ANSWER).map_err(|error| error.to_string())?;
    let before = open_descriptors();
    let ended = open(&mut broker, "send-descriptors");
    let after = open_descriptors();
    let stopped = match &ended {
        Err(BrokerError::Ended(RendererEnd::Violation)) => true,
        Ok(_) => cfg!(not(target_os = "linux")),
        Err(_) => false,
    };
    if stopped && before == after {
        Ok(format!("{before} descriptors before and after"))
    } else {
        Err(format!("{before} descriptors, then {after}: {ended:?}"))
    }
}

fn open_descriptors() -> usize {
    let is_open = |number: &i32| capmode::duplicate_inherited(*number).is_ok();
    (0..256).filter(is_open).count()
}

/// A renderer that lies leaves the next one alone.
fn neighbour() -> Result<String, BrokerError> {
    let mut broker = broker(ANSWER)?;
    let mut good = session(&mut broker, crate::documents::PDF)?;
    good.open()?;
    let bad = open(&mut broker, "garbage");
    let words = good.text(PageIndex::new(0).ok_or(BrokerError::Interrupted)?)?;
    match bad {
        Err(_) if !words.is_empty() => Ok("still answers".to_owned()),
        other => Err(std::io::Error::other(format!("{other:?}")).into()),
    }
}

/// The renderer's side.
pub(crate) fn play(channel: &Channel, word: &str) -> Result<End, End> {
    match word {
        "too-long" => raw(channel, &[0; MAX_MESSAGE_BYTES + 1])?,
        "garbage" => raw(channel, &[0xFF; 64])?,
        "send-descriptors" => send_and_open(channel)?,
        // It is killed for this.
        "escape" => drop(File::open("/etc/passwd")),
        "exit" => capmode::abort::exit_now(3),
        "silent" => wait_for_the_end(channel),
        _ => after_locked(channel, word)?,
    }
    wait_for_the_end(channel);
    Ok(End(RendererExit::Done))
}

fn after_locked(channel: &Channel, word: &str) -> Result<(), End> {
    serve::send(channel, &Event::Locked)?;
    match word {
        "out-of-turn" => serve::send(
            channel,
            &Event::Painted {
                id: RequestId(0),
                whole: true,
            },
        )?,
        "memory" => hold(),
        "abort" => std::process::abort(),
        "overflow" => drop(black_box(nest(0))),
        "panic" => fall(),
        "spin" => loop {
            std::hint::spin_loop();
        },
        _ => {}
    }
    Ok(())
}

#[expect(clippy::panic, reason = "it is what is tried")]
fn fall() {
    panic!("asked to");
}

fn raw(channel: &Channel, bytes: &[u8]) -> Result<(), End> {
    channel.send(bytes).map_err(|_| End(RendererExit::Done))
}

/// Says what an honest renderer says, with its own channel as a present.
fn send_and_open(channel: &Channel) -> Result<(), End> {
    let done = End(RendererExit::Done);
    let message = ipc::codec::encode_event(&Event::Locked).map_err(|_| done)?;
    let present = [channel.as_fd(), channel.as_fd()];
    channel
        .send_with(message.bytes(), &present)
        .map_err(|_| done)?;
    let summary = Summary {
        format: Format::Pdf,
        pages: 1,
        encrypted: false,
        sound: None,
    };
    serve::send(channel, &Event::Opened(summary))
}

/// Takes memory until there is none; it is not touched, so that the machine
/// need not have it.
fn hold() {
    let mut held = Vec::new();
    loop {
        held.push(black_box(vec![0_u8; 16 << 20]));
    }
}

#[expect(unconditional_recursion, reason = "the stack is meant to overflow")]
fn nest(depth: usize) -> usize {
    let here = black_box([depth; 64]);
    nest(depth + 1) + here.len()
}

/// Gives the broker time to be the one that ends this.
fn wait_for_the_end(channel: &Channel) {
    let mut buffer = [0; MAX_MESSAGE_BYTES + 1];
    // Closed or not: there is nothing left to do.
    let _ = channel.receive(&mut buffer);
}
