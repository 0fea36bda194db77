//! Serving over a real channel and real memory, in this process, with a
//! document that does what the test wants: order of events, phases, credit,
//! cancelling, defects, and a broker that says what it may not.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod broker;
mod cancelling;
mod defects;
mod fake;
mod lists;
mod opening;
mod tiles;
mod violations;

use broker::Session;
use capmode::Snapshot;
use ipc::{Event, RendererExit};
use renderer_sandbox::serve::End;
use std::io::{Cursor, Write};
use std::os::fd::OwnedFd;

const DONE: End = End(RendererExit::Done);
const PROTOCOL: End = End(RendererExit::Protocol);

fn snapshot() -> (Snapshot, OwnedFd) {
    let snapshot = Snapshot::copy_of(Cursor::new("fine"), 4096).unwrap();
    let descriptor = snapshot.for_renderer().unwrap();
    (snapshot, descriptor)
}

/// A file without a name, holding `bytes`.
fn file(bytes: &[u8]) -> OwnedFd {
    let path = std::env::temp_dir().join(format!(
        "pellucid-serve-{}-{}",
        std::process::id(),
        bytes.len()
    ));
    std::fs::File::create(&path)
        .unwrap()
        .write_all(bytes)
        .unwrap();
    let file = std::fs::File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    file.into()
}

/// Numbers of the requests that the next final answers belong to.
fn answers(session: &Session, count: u32) -> Vec<u32> {
    let answer = |_| match session.hear() {
        Event::Painted { id, .. } | Event::Failed { id, .. } => id.0,
        Event::Part(part) if part.last => part.id.0,
        other => panic!("no final answer but {other:?}"),
    };
    (0..count).map(answer).collect()
}
