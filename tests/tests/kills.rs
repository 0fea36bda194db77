//! A renderer may die at any moment, a thousand times in a row, and nothing of it
//! is left: no descriptor, no process, no memory. Alone in this program, so that
//! what is counted is the broker's.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use app::broker::limits::Limits;
use app::broker::{Broker, BrokerError, Programs, RendererEnd, Session, Source};
use ipc::{PageIndex, Tile, TileSize};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};
use tests::screen::processes_of;
use tests::{eventually, program, sample};

/// Renderers that are killed.
const KILLS: u32 = 1000;

/// Those after which everything is as large as it gets.
const WARM: u32 = 50;

/// Memory that may be taken beside, in bytes: what allocators keep.
const ALLOWED_BYTES: u64 = 8 << 20;

/// The latest moment at which one is killed: opening and drawing take less. On a slow
/// machine it is up to eight times later.
const LATEST: Duration = Duration::from_micros(12_000);

#[test]
fn thousand_killed_renderers_leave_nothing_behind() {
    let programs = Programs {
        renderer: program("pellucid-renderer"),
    };
    let mut broker = Broker::start(&programs, Limits::default()).unwrap();
    let document = fs::read(sample("sample.pdf")).unwrap();
    let own = i32::try_from(std::process::id()).unwrap();
    let launcher = *processes_of(own).first().unwrap();
    let needed = 2 * time_to_draw(&mut broker, &document);
    let latest = needed.clamp(LATEST, 8 * LATEST);
    let mut before = Vec::new();
    let mut finished = 0;
    for number in 0..KILLS {
        if number == WARM {
            settle(launcher);
            before = vec![Used::by(own), Used::by(launcher)];
        }
        // Moments that are spread evenly and come in no order.
        let moment = latest * (number * 617 % KILLS) / KILLS;
        finished += u32::from(open_and_kill(&mut broker, &document, moment));
    }
    assert!(finished > 0, "some live long enough to draw a page");
    assert!(finished < KILLS, "some are killed before");
    settle(launcher);
    for (before, pid) in before.into_iter().zip([own, launcher]) {
        let after = Used::by(pid);
        assert_eq!(
            before.descriptors, after.descriptors,
            "descriptors of {pid}"
        );
        assert_eq!(before.threads, after.threads, "threads of {pid}");
        let grown = after.bytes.saturating_sub(before.bytes);
        assert!(grown < ALLOWED_BYTES, "{pid} has grown by {grown} bytes");
    }
}

/// Waits until every renderer is gone, and the launcher has noticed.
fn settle(launcher: i32) {
    let mut descriptors = 0;
    let settled = eventually(Duration::from_secs(30), || {
        sleep(Duration::from_millis(50));
        let now = Used::by(launcher).descriptors;
        let before = std::mem::replace(&mut descriptors, now);
        processes_of(launcher).is_empty() && before == now
    });
    assert!(settled, "renderers are left");
}

/// How long a renderer that is left alone takes to open and draw.
fn time_to_draw(broker: &mut Broker, document: &[u8]) -> Duration {
    let start = Instant::now();
    let renderer = broker.renderer().unwrap();
    let source = Source::from_bytes(document).unwrap();
    let mut session = Session::new(renderer, source, std::sync::Arc::default()).unwrap();
    session.open().unwrap();
    ask(&mut session).unwrap();
    start.elapsed()
}

/// Tells whether a page was drawn before the renderer died.
fn open_and_kill(broker: &mut Broker, document: &[u8], moment: Duration) -> bool {
    let renderer = broker.renderer().unwrap();
    let source = Source::from_bytes(document).unwrap();
    let mut session = Session::new(renderer, source, std::sync::Arc::default()).unwrap();
    let pid = Pid::from_raw(session.process().pid().unwrap());
    scope(|scope| {
        scope.spawn(|| {
            sleep(moment);
            // It cannot have ended by itself before.
            kill(pid, Signal::SIGKILL).unwrap();
        });
        let mut drawn = false;
        loop {
            let done = if drawn {
                ask(&mut session)
            } else {
                session.open().and_then(|_| ask(&mut session))
            };
            match done {
                Ok(()) => drawn = true,
                Err(BrokerError::Ended(RendererEnd::Killed)) => return drawn,
                // The system says so when it was killed while it was looked at.
                Err(BrokerError::Io(_)) => return drawn,
                Err(error) => panic!("killed after {moment:?}: {error:?}"),
            }
        }
    })
}

/// Has a page drawn.
fn ask(session: &mut Session) -> Result<(), BrokerError> {
    let size = TileSize::new(200, 260).unwrap();
    let tile = Tile::new(PageIndex::new(0).unwrap(), (200, 260), (0, 0), size).unwrap();
    session.paint(tile)?;
    if let app::broker::Reply::Painted(_, painted) = session.wait()? {
        session.read(painted, &mut vec![0; 200 * 260 * 4])?;
    }
    Ok(())
}

/// What a process uses.
struct Used {
    descriptors: usize,
    threads: usize,
    bytes: u64,
}

impl Used {
    fn by(pid: i32) -> Self {
        let count =
            |what: &str| fs::read_dir(format!("/proc/{pid}/{what}")).map_or(0, Iterator::count);
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        Self {
            descriptors: count("fd"),
            threads: count("task"),
            bytes: kib.unwrap() * 1024,
        }
    }
}
