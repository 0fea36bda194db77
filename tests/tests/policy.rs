//! The policy against what the programs really ask of the system: nothing in it
//! that nobody needs, and the order in which a renderer gives everything up.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use app::broker::limits::Limits;
use app::broker::{Broker, Programs, Session, Source};
use capmode::policy::{Entry, Permission, Stage, entries, needed_for};
use ipc::PageIndex;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tests::screen::is_installed;
use tests::trace::{Call, Who, trace};
use tests::{program, sample};

/// A process in a pid namespace of its own has this number.
const OWN_PID: u32 = 1;

/// What is done to see everything that is needed: a name, and a command.
struct Scenario {
    name: &'static str,
    command: Vec<PathBuf>,
    variables: Vec<(&'static str, &'static str)>,
}

impl Scenario {
    fn new(name: &'static str, command: &[&dyn AsRef<Path>]) -> Self {
        let command = command.iter().map(|word| word.as_ref().to_owned());
        Self {
            name,
            command: command.collect(),
            variables: Vec::new(),
        }
    }

    /// A renderer that ends in one of the ways that must be told apart.
    fn hostile(word: &'static str) -> Self {
        let this = std::env::current_exe().unwrap();
        let arguments: [&dyn AsRef<Path>; 4] =
            [&this, &"--exact", &"hostile_session", &"--ignored"];
        Self {
            variables: vec![("PELLUCID_TEST_WORD", word)],
            ..Self::new(word, &arguments)
        }
    }

    fn calls(&self) -> Vec<Call> {
        let command: Vec<&OsStr> = self.command.iter().map(|word| word.as_os_str()).collect();
        let calls = trace(&command, &self.variables);
        let renderer = calls.iter().any(|call| call.who == Who::Renderer);
        assert!(renderer, "{}: no renderer was seen", self.name);
        calls
    }
}

/// No test: a broker with a hostile renderer, which is traced.
#[test]
#[ignore = "the other tests start it"]
fn hostile_session() {
    let Ok(word) = std::env::var("PELLUCID_TEST_WORD") else {
        return;
    };
    let programs = Programs {
        renderer: program("hostile-renderer"),
    };
    let limits = Limits {
        memory_bytes: 64 << 20,
        answer: Some(Duration::from_secs(30)),
        workers: 1,
    };
    let mut broker = Broker::start(&programs, limits).unwrap();
    let source = Source::from_bytes(word.as_bytes()).unwrap();
    let renderer = broker.renderer().unwrap();
    let mut session = Session::new(renderer, source, std::sync::Arc::default()).unwrap();
    if session.open().is_ok() {
        let _ = session.text(PageIndex::new(0).unwrap());
    }
}

/// In which stage each call of the launcher and the renderer was made; those
/// that the launcher makes before it has a filter are left out.
fn staged(calls: &[Call]) -> Vec<(Stage, &Call)> {
    let (mut launcher, mut renderer) = (0, 0);
    let mut staged = Vec::new();
    for call in calls {
        let filters = match call.who {
            Who::Broker => continue,
            Who::Launcher => &mut launcher,
            Who::Renderer => &mut renderer,
        };
        let stage = match (call.who, *filters) {
            (Who::Launcher, 0) => None,
            (Who::Launcher, _) | (_, 0) => Some(Stage::Launch),
            (_, 1) => Some(Stage::Start),
            _ => Some(Stage::Serve),
        };
        staged.extend(stage.map(|stage| (stage, call)));
        let sets_a_filter = call.name == "seccomp" && call.arguments[0] == 1;
        *filters += usize::from(sets_a_filter && call.result == Some(0));
    }
    staged
}

#[test]
fn every_permission_is_needed_by_something() {
    if !is_installed("strace") {
        eprintln!("skipped: strace is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (pages, large) = (
        folder.path().join("%d.png"),
        folder.path().join("large.pdf"),
    );
    // Above the limit of what is copied, it is read. Nothing stands in the rest.
    std::fs::copy(sample("sample.pdf"), &large).unwrap();
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(&large)
        .unwrap();
    file.set_len(ipc::limits::MAX_SNAPSHOT_BYTES + 1).unwrap();
    // What grows until it is moved: 128 blanks for every four digits, 64 MiB in all.
    let growing = folder.path().join("growing.pdf");
    std::fs::write(&growing, inflating(64 << 20)).unwrap();
    let (viewer, document) = (program("pellucid"), sample("sample.pdf"));
    let mut scenarios = vec![
        Scenario::new(
            "a document",
            &[&viewer, &"render", &document, &"-o", &pages],
        ),
        Scenario::new(
            "a picture",
            &[&viewer, &"render", &sample("sample.png"), &"-o", &pages],
        ),
        Scenario::new("a long page", &[&viewer, &"text", &growing]),
        Scenario::new("a file", &[&viewer, &"info", &large, &"--memory", &"4096"]),
        Scenario::new(
            "no namespaces",
            &[
                &program("restricted"),
                &"userns",
                &viewer,
                &"info",
                &document,
            ],
        ),
    ];
    scenarios.extend(["abort", "overflow", "memory", "panic", "exit"].map(Scenario::hostile));
    let mut seen: BTreeSet<(Permission, Stage)> = BTreeSet::new();
    for scenario in &scenarios {
        let calls = scenario.calls();
        for (latest, call) in staged(&calls) {
            // Filters stand behind each other: every one so far must allow it.
            for stage in Stage::ALL.into_iter().filter(|stage| *stage <= latest) {
                let needed = needed_for(stage, call.number, call.arguments, OWN_PID);
                seen.extend(needed.into_iter().map(|permission| (permission, stage)));
            }
        }
    }
    let is_root = nix::unistd::Uid::current().is_root();
    let unused: Vec<String> = entries()
        .iter()
        .filter(|entry| !seen.contains(&(entry.permission.clone(), entry.stage)))
        .filter(|entry| entry.elsewhere.is_none())
        .filter(|entry| is_root || !entry.why.contains("giving up root"))
        .map(describe)
        .collect();
    assert!(unused.is_empty(), "nothing needs:\n{}", unused.join("\n"));
}

/// A page whose contents are blanks, many more than it has digits for them.
fn inflating(bytes: usize) -> Vec<u8> {
    let digits = "8120".repeat(bytes / 128);
    let filters = "/Filter [/ASCIIHexDecode /RunLengthDecode]";
    tests::pdf::assemble(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>".to_owned(),
        format!(
            "<< {filters} /Length {} >>\nstream\n{digits}\nendstream",
            digits.len()
        ),
    ])
}

fn describe(entry: &Entry) -> String {
    let value = entry
        .permission
        .value
        .map_or_else(String::new, |(index, value)| {
            format!(", argument {index} = {value:#x}")
        });
    format!(
        "{:?}: call {}{value}: {}",
        entry.stage, entry.number, entry.why
    )
}

#[test]
fn renderer_is_confined_before_it_receives_and_locked_before_it_answers() {
    if !is_installed("strace") {
        eprintln!("skipped: strace is not installed");
        return;
    }
    let viewer = program("pellucid");
    let scenario = Scenario::new("order", &[&viewer, &"info", &sample("sample.pdf")]);
    let calls = scenario.calls();
    let renderer: Vec<&Call> = calls
        .iter()
        .filter(|call| call.who == Who::Renderer)
        .collect();
    let started = renderer
        .iter()
        .position(|call| call.name == "execveat")
        .unwrap();
    let renderer = &renderer[started + 1..];
    let place = |what: &str, name: &str| {
        let found = renderer.iter().position(|call| call.name == name);
        found.unwrap_or_else(|| panic!("{what}: no {name}"))
    };
    let reads = [
        "recvmsg", "recvfrom", "recvmmsg", "read", "readv", "pread64", "preadv",
    ];
    let received = renderer
        .iter()
        .position(|call| reads.contains(&call.name.as_str()))
        .expect("it receives its document");
    assert_eq!(renderer[received].name, "recvmsg");
    let walls: Vec<usize> = renderer
        .iter()
        .enumerate()
        .filter(|(_, call)| call.name == "seccomp" && call.result == Some(0))
        .map(|(at, _)| at)
        .collect();
    let [first_wall, last_wall] = walls.as_slice() else {
        panic!("{walls:?}");
    };
    // Everything that confines, then the first filter, and only then a message.
    for step in ["close_range", "capset", "landlock_create_ruleset"] {
        let at = place("confining", step);
        assert!(
            at < *first_wall,
            "{step} at {at}, the filter at {first_wall}"
        );
    }
    let attributes = renderer.iter().filter(|call| call.name == "prctl");
    assert!(attributes.count() >= 4);
    let said = place("the claim", "sendto");
    assert!(
        *first_wall < said && said < received,
        "{first_wall} {said} {received}"
    );
    // One message with descriptors, then the last wall, then the first answer;
    // descriptors, threads and mappings that can be executed are over by then.
    let behind = &renderer[received + 1..];
    assert!(behind.iter().all(|call| call.name != "recvmsg"));
    let answer = behind.iter().position(|call| call.name == "sendto");
    assert!(*last_wall < received + 1 + answer.expect("it answers"));
    for call in &renderer[*last_wall + 1..] {
        let late = [
            "clone", "clone3", "recvmsg", "lseek", "fcntl", "pread64", "seccomp",
        ];
        assert!(!late.contains(&call.name.as_str()), "{call:?}");
        let shared = call.name == "mmap" && call.arguments[3] & 1 != 0;
        assert!(!shared, "{call:?}");
    }
}
