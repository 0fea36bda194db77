//! A renderer that sends without end. Alone in this program, so that the memory
//! that is measured is the broker's.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use app::broker::limits::Limits;
use app::broker::{Broker, BrokerError, Programs, RendererEnd, Session, Source};
use ipc::PageIndex;
use std::time::Duration;

/// What the broker may take for it, in bytes.
const ALLOWED: u64 = 16 << 20;

#[test]
fn flood_of_parts_ends_at_the_limit_and_takes_no_memory() {
    let page = PageIndex::new(0).unwrap();
    // Parts with nothing in them, and parts of as many fields as there is room for.
    ends("flood", |session| session.text(page).map(drop));
    ends("flood-of-facts", |session| session.info().map(drop));
}

/// Has a renderer send what its word says until that ends.
fn ends(word: &str, ask: impl FnOnce(&mut Session) -> Result<(), BrokerError>) {
    let programs = Programs {
        renderer: tests::program("hostile-renderer"),
    };
    let limits = Limits {
        memory_bytes: 256 << 20,
        answer: Some(Duration::from_secs(60)),
        workers: 1,
    };
    let mut broker = Broker::start(&programs, limits).unwrap();
    let source = Source::from_bytes(word.as_bytes()).unwrap();
    let renderer = broker.renderer().unwrap();
    let mut session = Session::new(renderer, source, std::sync::Arc::default()).unwrap();
    session.open().unwrap();
    let before = most_bytes();
    let ended = ask(&mut session);
    assert!(
        matches!(ended, Err(BrokerError::Ended(RendererEnd::BadMessage(_)))),
        "{word}: {ended:?}"
    );
    let grown = most_bytes().saturating_sub(before);
    assert!(grown < ALLOWED, "{word}: {grown} bytes");
}

/// The most memory that this process has had at once.
fn most_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
