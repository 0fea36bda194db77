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
    let programs = Programs {
        renderer: tests::program("hostile-renderer"),
    };
    let limits = Limits {
        memory_bytes: 256 << 20,
        answer: Some(Duration::from_secs(10)),
        workers: 1,
    };
    let mut broker = Broker::start(&programs, limits).unwrap();
    let source = Source::from_bytes(b"flood").unwrap();
    let renderer = broker.renderer().unwrap();
    let mut session = Session::new(renderer, source, std::sync::Arc::default()).unwrap();
    session.open().unwrap();
    let before = resident_bytes();
    let ended = session.text(PageIndex::new(0).unwrap());
    assert!(
        matches!(ended, Err(BrokerError::Ended(RendererEnd::BadMessage(_)))),
        "{ended:?}"
    );
    let grown = resident_bytes().saturating_sub(before);
    assert!(grown < ALLOWED, "{grown} bytes");
}

fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
