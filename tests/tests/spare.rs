//! The renderer that waits for the next document: confined and empty, given one
//! document and never a second one, and gone with its broker.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use app::broker::limits::Limits;
use app::broker::{Programs, Renderers, Session, Source};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tests::process::{Process, children, is_alive};
use tests::trace::{Who, trace};
use tests::{eventually, program, sample};

/// Long enough for every machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn renderers(expected: usize) -> Renderers {
    let programs = Programs {
        renderer: program("pellucid-renderer"),
    };
    Renderers::new(Some(programs), Limits::default(), expected)
}

/// A document of ours in the next renderer, and that renderer.
fn open(renderers: &Renderers) -> (Session, i32) {
    let source = Source::open(&sample("sample.pdf")).unwrap();
    let mut session = Session::new(renderers.take().unwrap(), source, Arc::default()).unwrap();
    session.open().unwrap();
    let pid = session.process().pid().unwrap();
    (session, pid)
}

/// The renderers of a launcher that hold none of these documents.
fn waiting(launcher: i32, documents: &[i32]) -> Vec<i32> {
    let alive = children(launcher).into_iter().filter(|pid| is_alive(*pid));
    alive.filter(|pid| !documents.contains(pid)).collect()
}

/// Waits until one waits, and has made itself confined.
fn spare(launcher: i32, documents: &[i32]) -> i32 {
    let mut found = Vec::new();
    let came = eventually(PATIENCE, || {
        found = waiting(launcher, documents);
        !found.is_empty() && found.iter().all(|pid| filters(*pid) >= 2)
    });
    assert!(came, "{found:?}");
    assert_eq!(found.len(), 1, "exactly one waits");
    found[0]
}

/// Seccomp filters that are in force: the launcher's, and those of a renderer.
fn filters(pid: i32) -> u32 {
    let status = Process::new(pid).status();
    status.field("Seccomp_filters:").parse().unwrap_or(0)
}

#[test]
fn spare_is_confined_and_has_nothing() {
    let renderers = renderers(usize::MAX);
    let (_session, first) = open(&renderers);
    let spare = Process::new(spare(Process::new(first).parent(), &[first]));
    let status = spare.status();
    assert_eq!(status.field("Name:"), "pellucid-render", "as any other");
    assert_eq!(status.field("NoNewPrivs:"), "1");
    assert_eq!(status.field("Seccomp:"), "2");
    assert_eq!(
        status.field("Threads:"),
        "1",
        "workers come with a document"
    );
    assert_eq!(status.field("CapEff:"), "0000000000000000");
    if let Some(descriptors) = spare.descriptors() {
        let names: Vec<&str> = descriptors.iter().map(|(_, name)| name.as_str()).collect();
        let [null, _, _, channel] = names.as_slice() else {
            panic!("{names:?}");
        };
        assert_eq!(*null, "/dev/null");
        assert!(channel.starts_with("socket:"), "{channel}");
    }
}

#[test]
fn spare_is_used_once_and_replaced() {
    let renderers = renderers(usize::MAX);
    let (first_session, first) = open(&renderers);
    let launcher = Process::new(first).parent();
    let mut documents = vec![first];
    let mut sessions = vec![first_session];
    for _ in 0..3 {
        let spare = spare(launcher, &documents);
        let (session, pid) = open(&renderers);
        assert_eq!(pid, spare, "the one that waited is the one that is used");
        assert!(!documents.contains(&pid), "and never a second time");
        sessions.push(session);
        documents.push(pid);
    }
    // A document that is closed gives nothing back.
    let last = sessions.pop().unwrap();
    drop(last);
    let ended = documents.pop().unwrap();
    assert!(eventually(PATIENCE, || !is_alive(ended)));
    let next = spare(launcher, &documents);
    assert_ne!(next, ended);
}

#[test]
fn spare_that_was_killed_is_noticed_and_a_fresh_one_is_started() {
    let renderers = renderers(usize::MAX);
    let (_session, first) = open(&renderers);
    let launcher = Process::new(first).parent();
    let spare = spare(launcher, &[first]);
    kill(Pid::from_raw(spare), Signal::SIGKILL).unwrap();
    assert!(eventually(PATIENCE, || !is_alive(spare)));
    // Nothing fails, and nobody is told.
    let (_other, second) = open(&renderers);
    assert_ne!(second, spare);
    assert!(is_alive(second));
}

#[test]
fn launcher_that_was_killed_with_its_spare_is_started_again() {
    let renderers = renderers(usize::MAX);
    let (session, first) = open(&renderers);
    let launcher = Process::new(first).parent();
    let spare = spare(launcher, &[first]);
    kill(Pid::from_raw(launcher), Signal::SIGKILL).unwrap();
    assert!(eventually(PATIENCE, || !is_alive(spare) && !is_alive(first)));
    drop(session);
    let (_other, second) = open(&renderers);
    assert_ne!(Process::new(second).parent(), launcher);
}

#[test]
fn nobody_waits_when_no_document_is_expected() {
    let renderers = renderers(2);
    let (_first_session, first) = open(&renderers);
    let launcher = Process::new(first).parent();
    spare(launcher, &[first]);
    let (_second_session, second) = open(&renderers);
    let (_third_session, third) = open(&renderers);
    // One more document than was said is opened all the same.
    assert!(waiting(launcher, &[first, second, third]).is_empty());
}

#[test]
fn spare_goes_with_its_broker_that_is_dropped() {
    let renderers = renderers(usize::MAX);
    let (session, first) = open(&renderers);
    let launcher = Process::new(first).parent();
    let spare = spare(launcher, &[first]);
    drop(session);
    drop(renderers);
    let gone = || [first, spare, launcher].iter().all(|pid| !is_alive(*pid));
    assert!(eventually(PATIENCE, gone));
}

#[test]
fn spare_goes_with_a_broker_that_is_killed() {
    let mut broker = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "other_broker", "--ignored", "--nocapture"])
        .env("PELLUCID_TEST_SPARE", "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(broker.stdout.take().unwrap()).lines();
    let first: i32 = lines
        .find_map(|line| line.unwrap().strip_prefix("renderer ")?.parse().ok())
        .unwrap();
    let launcher = Process::new(first).parent();
    let spare = spare(launcher, &[first]);
    broker.kill().unwrap();
    broker.wait().unwrap();
    let gone = || [first, spare, launcher].iter().all(|pid| !is_alive(*pid));
    assert!(eventually(PATIENCE, gone), "{first} {spare} {launcher}");
}

/// No test: the process of the test above.
#[test]
#[ignore = "another test starts it"]
fn other_broker() {
    if std::env::var_os("PELLUCID_TEST_SPARE").is_none() {
        return;
    }
    let renderers = renderers(usize::MAX);
    let (_session, pid) = open(&renderers);
    // On a line of its own, whatever the harness has written before it.
    println!("\nrenderer {pid}");
    std::thread::sleep(PATIENCE);
}

#[test]
fn files_on_one_command_line_share_a_launcher_and_start_no_renderer_too_many() {
    let (pellucid, file) = (program("pellucid"), sample("sample.pdf"));
    let mut command = vec![pellucid.as_os_str(), "text".as_ref()];
    command.extend([file.as_os_str(); 3]);
    let calls = trace(&command, &[]);
    if calls.is_empty() {
        eprintln!("skipped: strace may not trace here");
        return;
    }
    let clones = calls
        .iter()
        .filter(|call| call.who == Who::Launcher && matches!(&*call.name, "clone" | "clone3"));
    // Whether namespaces can be had is tried once, with a process that ends at once.
    let programs = |who| {
        let execs = calls
            .iter()
            .filter(|call| call.name == "execveat" && call.result == Some(0));
        let threads: BTreeSet<i32> = execs
            .filter(|call| call.who == who)
            .map(|call| call.thread)
            .collect();
        threads.len()
    };
    assert_eq!(clones.count(), 4, "three renderers, and the trial");
    assert_eq!(programs(Who::Renderer), 3);
}
