//! Renderers as they are seen from outside, and what becomes of them when
//! something around them dies, stops or takes everything it can get.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use app::broker::limits::Limits;
use app::broker::{Broker, BrokerError, Programs, RendererEnd, Session, Source};
use capmode::{Budget, FontMemory, Launcher, SharedMemory, Snapshot, Spawned};
use ipc::codec::encode_request;
use ipc::limits::FONT_MEMORY_BYTES;
use ipc::{DocumentSource, Open, PageIndex, Request};
use nix::sys::signal::{Signal, kill, raise};
use nix::unistd::Pid;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tests::process::{Process, children, is_alive};
use tests::{eventually, program, sample};

/// Long enough for every machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Worker threads of the renderers here: more than one, so that a thread that is
/// confined less than the others would be seen.
const WORKERS: u8 = 3;

fn broker(renderer: &str) -> Broker {
    let programs = Programs {
        renderer: program(renderer),
    };
    let limits = Limits {
        memory_bytes: 256 << 20,
        answer: Some(PATIENCE),
        workers: WORKERS,
    };
    Broker::start(&programs, limits).unwrap()
}

fn session(broker: &mut Broker, source: Source) -> Session {
    let renderer = broker.renderer().unwrap();
    Session::new(renderer, source, Arc::default()).unwrap()
}

fn pid(session: &Session) -> i32 {
    session.process().pid().unwrap()
}

/// A session of the real renderer with a document of ours, and its process.
fn real(broker: &mut Broker) -> (Session, Process) {
    let source = Source::open(&sample("sample.pdf")).unwrap();
    let mut session = session(broker, source);
    session.open().unwrap();
    // Something is drawn, read and told: whatever it takes to do so is there now.
    session.text(PageIndex::new(0).unwrap()).unwrap();
    let process = Process::new(pid(&session));
    (session, process)
}

/// A session of the hostile renderer, which does what `word` says.
fn hostile(broker: &mut Broker, word: &str) -> Session {
    let source = Source::from_bytes(word.as_bytes()).unwrap();
    let mut session = session(broker, source);
    session.open().unwrap();
    session
}

// What is seen from outside.

#[test]
fn every_thread_is_confined_as_seen_from_outside() {
    let mut broker = broker("pellucid-renderer");
    let (session, process) = real(&mut broker);
    let standing = session.standing().unwrap();
    let full = matches!(standing.posture, capmode::Posture::Full);
    let threads = process.threads();
    assert_eq!(threads.len(), usize::from(WORKERS) + 1);
    for status in threads {
        let number = |field: &str| -> u64 {
            let value = status.field(field);
            value.split_whitespace().next().unwrap().parse().unwrap()
        };
        assert_eq!(number("NoNewPrivs:"), 1, "{status}");
        assert_eq!(number("Seccomp:"), 2, "{status}");
        // The launcher's, the one of starting, the one of serving.
        assert!(number("Seccomp_filters:") >= 3, "{status}");
        for set in ["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"] {
            assert_eq!(status.field(set), "0000000000000000", "{set} {status}");
        }
        if full {
            let ids = status.field("NSpid:");
            let inside = ids.split_whitespace().nth(1);
            assert!(inside.is_some(), "a pid namespace of its own: {status}");
        }
    }
}

#[test]
fn every_renderer_has_namespaces_of_its_own() {
    let mut broker = broker("pellucid-renderer");
    let (first, first_process) = real(&mut broker);
    let (_second, second_process) = real(&mut broker);
    if !matches!(first.standing().unwrap().posture, capmode::Posture::Full) {
        eprintln!("skipped: this system gives no namespaces");
        return;
    }
    let own = Process::new(i32::try_from(std::process::id()).unwrap());
    for kind in ["user", "pid"] {
        let Some(all) = namespaces(kind, &[&own, &first_process, &second_process]) else {
            return;
        };
        assert_eq!(all.len(), 3, "{kind}: {all:?}");
    }
    for kind in ["net", "ipc", "uts", "mnt", "cgroup"] {
        let Some(all) = namespaces(kind, &[&own, &first_process]) else {
            return;
        };
        assert_eq!(all.len(), 2, "{kind}: {all:?}");
    }
}

/// The different namespaces of a kind; `None`, which is said, when this user may
/// not ask.
fn namespaces(kind: &str, processes: &[&Process]) -> Option<BTreeSet<String>> {
    let found: Option<BTreeSet<_>> = processes
        .iter()
        .map(|process| process.namespace(kind))
        .collect();
    if found.is_none() {
        eprintln!("skipped: this user may not see the namespaces of a renderer");
    }
    found
}

#[test]
fn nothing_is_mounted_but_an_empty_root() {
    let mut broker = broker("pellucid-renderer");
    let (session, process) = real(&mut broker);
    if !matches!(session.standing().unwrap().posture, capmode::Posture::Full) {
        eprintln!("skipped: this system gives no namespaces");
        return;
    }
    let Some(mounts) = process.mounts() else {
        eprintln!("skipped: this user may not see the mounts of a renderer");
        return;
    };
    let [mount] = mounts.as_slice() else {
        panic!("{mounts:?}");
    };
    assert_eq!(mount.point, "/");
    for option in ["ro", "nosuid", "nodev", "noexec"] {
        assert!(
            mount.options.split(',').any(|found| found == option),
            "{mount:?}"
        );
    }
    if let Ok(mut root) = fs::read_dir(process.path("root")) {
        assert!(root.next().is_none(), "the root is not empty");
    }
}

#[test]
fn renderer_holds_nothing_but_its_channel() {
    // Descriptors that a careless broker would hand on: not closed on exec.
    let secret = fs::File::open("/etc/passwd").unwrap();
    let inherited = nix::fcntl::FcntlArg::F_SETFD(nix::fcntl::FdFlag::empty());
    nix::fcntl::fcntl(&secret, inherited).unwrap();
    let mut broker = broker("pellucid-renderer");
    let (_session, process) = real(&mut broker);
    let Some(descriptors) = process.descriptors() else {
        eprintln!("skipped: this user may not see the descriptors of a renderer");
        return;
    };
    let names: Vec<(i32, &str)> = descriptors
        .iter()
        .map(|(number, target)| (*number, target.as_str()))
        .collect();
    let [(0, zero), (1, one), (2, two), (3, channel)] = names.as_slice() else {
        panic!("{names:?}");
    };
    for null in [zero, one, two] {
        assert_eq!(*null, "/dev/null");
    }
    assert!(channel.starts_with("socket:"), "{channel}");
    drop(secret);
}

#[test]
fn nothing_about_the_document_can_be_read_off_the_process() {
    let mut broker = broker("pellucid-renderer");
    let (_session, process) = real(&mut broker);
    let arguments = fs::read(process.path("cmdline")).unwrap();
    assert_eq!(String::from_utf8_lossy(&arguments), "pellucid-renderer\0");
    if let Ok(environment) = fs::read(process.path("environ")) {
        assert_eq!(environment, b"");
    }
}

#[test]
fn core_is_never_written_and_the_process_belongs_to_root() {
    let mut broker = broker("pellucid-renderer");
    let (_session, process) = real(&mut broker);
    let limits = fs::read_to_string(process.path("limits")).unwrap();
    for (name, value) in [("Max core file size", "0"), ("Max file size", "0")] {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        let values: Vec<&str> = line[name.len()..].split_whitespace().take(2).collect();
        assert_eq!(values, [value, value], "{line}");
    }
    // As everything does that is not dumpable, whoever runs it: no tool of the
    // same user opens it, and no handler of core files is given its memory.
    for file in ["mem", "environ", "maps"] {
        let owner = fs::metadata(process.path(file)).unwrap().uid();
        assert_eq!(owner, 0, "{file}");
    }
}

// What becomes of them.

#[test]
fn renderers_go_with_a_launcher_that_is_killed_and_a_new_one_takes_over() {
    let mut broker = broker("hostile-renderer");
    let mut session = hostile(&mut broker, "hang");
    let renderer = pid(&session);
    let launcher = Process::new(renderer).parent();
    kill(Pid::from_raw(launcher), Signal::SIGKILL).unwrap();
    let ended = session.text(PageIndex::new(0).unwrap());
    assert!(
        matches!(
            ended,
            Err(BrokerError::Ended(
                RendererEnd::LostLauncher | RendererEnd::Killed
            ))
        ),
        "{ended:?}"
    );
    assert!(eventually(PATIENCE, || !is_alive(renderer)));
    assert!(matches!(broker.renderer(), Err(BrokerError::Launch(_))));
    let mut again = self::broker("hostile-renderer");
    hostile(&mut again, "well-behaved");
}

#[test]
fn everything_goes_with_a_broker_that_is_killed() {
    let mut broker = Other::start("hang");
    assert!(is_alive(broker.renderer) && is_alive(broker.launcher));
    broker.child.kill().unwrap();
    broker.child.wait().unwrap();
    let gone = eventually(PATIENCE, || {
        !is_alive(broker.renderer) && !is_alive(broker.launcher)
    });
    assert!(gone, "{} {}", broker.renderer, broker.launcher);
}

#[test]
fn renderer_of_a_broker_that_is_stopped_waits_and_does_not_grow() {
    let broker = Other::start("flood");
    let (renderer, own) = (Process::new(broker.renderer), Process::new(broker.pid()));
    // It has asked, and stops itself before it takes an answer.
    assert!(eventually(PATIENCE, || own.state() == 'T'));
    // The renderer sends until the socket is full, and then it sleeps.
    let mut last = None;
    let is_full = eventually(PATIENCE, || {
        std::thread::sleep(Duration::from_millis(200));
        let ticks = renderer.ticks();
        let stands = last.replace(ticks) == Some(ticks);
        stands && renderer.state() == 'S'
    });
    assert!(is_full, "it sends on");
    let before = renderer.resident_bytes();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(renderer.state(), 'S');
    assert!(renderer.resident_bytes() <= before + (1 << 20), "it grows");
    broker.signal(Signal::SIGCONT);
    assert!(
        eventually(PATIENCE, || !is_alive(renderer.pid())),
        "flood is not ended"
    );
}

/// A broker in a process of its own, with one renderer.
struct Other {
    child: Child,
    launcher: i32,
    renderer: i32,
}

impl Other {
    fn start(word: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "other_broker", "--ignored", "--nocapture"])
            .env("PELLUCID_TEST_WORD", word)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let renderer = lines
            .find_map(|line| line.unwrap().strip_prefix("renderer ")?.parse().ok())
            .unwrap();
        let launcher = Process::new(renderer).parent();
        Self {
            child,
            launcher,
            renderer,
        }
    }

    fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid()), signal).unwrap();
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// No test: the process of [`Other`].
#[test]
#[ignore = "the other tests start it"]
fn other_broker() {
    let Ok(word) = std::env::var("PELLUCID_TEST_WORD") else {
        return;
    };
    let mut broker = broker("hostile-renderer");
    let mut session = hostile(&mut broker, &word);
    session.ask_text(PageIndex::new(0).unwrap()).unwrap();
    // On a line of its own, whatever the harness has written before it.
    println!("\nrenderer {}", pid(&session));
    if word == "flood" {
        raise(Signal::SIGSTOP).unwrap();
    }
    while session.wait().is_ok() {}
    std::thread::sleep(PATIENCE);
}

// What takes everything it can get.

#[test]
fn endless_loop_ends_as_soon_as_the_user_stops_it() {
    let mut broker = broker("hostile-renderer");
    let renderer = broker.renderer().unwrap();
    let interrupted = Arc::new(AtomicBool::new(false));
    let source = Source::from_bytes(b"spin").unwrap();
    let mut session = Session::new(renderer, source, Arc::clone(&interrupted)).unwrap();
    session.open().unwrap();
    let pid = pid(&session);
    let stop = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        interrupted.store(true, Ordering::Relaxed);
    });
    let ended = session.text(PageIndex::new(0).unwrap());
    assert!(matches!(ended, Err(BrokerError::Interrupted)), "{ended:?}");
    drop(session);
    assert!(eventually(PATIENCE, || !is_alive(pid)));
    stop.join().unwrap();
}

#[test]
fn renderer_that_uses_up_its_cpu_time_is_told_as_that() {
    let hostile = program("hostile-renderer");
    let mut launcher = Launcher::start(&hostile, &hostile).unwrap();
    let budget = Budget {
        memory_bytes: 64 << 20,
        shared_bytes: 1 << 20,
        cpu_seconds: 1,
        workers: 1,
    };
    let Spawned { process, channel } = launcher.spawn(&budget).unwrap();
    let word = Snapshot::copy_of(&b"spin-at-once"[..], 64).unwrap();
    let pixels = SharedMemory::create(4096).unwrap();
    let fonts = FontMemory::create(FONT_MEMORY_BYTES).unwrap();
    let open = Request::Open(Open {
        source: DocumentSource::Snapshot,
        document_bytes: word.bytes(),
        slots: 1,
        slot_bytes: 4096,
        workers: 1,
    });
    let memories = [
        word.for_renderer().unwrap(),
        pixels.for_renderer().unwrap(),
        fonts.for_renderer().unwrap(),
    ];
    let descriptors = memories.each_ref().map(AsFd::as_fd);
    channel
        .send_with(encode_request(&open).unwrap().bytes(), &descriptors)
        .unwrap();
    let exit = process.wait(PATIENCE).unwrap().expect("it ends");
    assert_eq!(RendererEnd::from_exit(exit), RendererEnd::CpuLimit);
}

#[test]
fn renderer_that_takes_all_memory_takes_no_more_than_its_budget() {
    let mut broker = broker("hostile-renderer");
    let source = Source::from_bytes(b"memory-later").unwrap();
    let mut session = session(&mut broker, source);
    session.open().unwrap();
    let process = Process::new(pid(&session));
    let peak = std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut peak = 0;
            while is_alive(process.pid()) {
                peak = peak.max(process.resident_bytes());
                std::thread::sleep(Duration::from_millis(1));
            }
            peak
        });
        let ended = session.text(PageIndex::new(0).unwrap());
        assert!(
            matches!(ended, Err(BrokerError::Ended(RendererEnd::OutOfMemory))),
            "{ended:?}"
        );
        drop(session);
        watching.join().unwrap()
    });
    // The budget is 256 MiB; the program itself and its stacks come on top.
    assert!(peak < 400 << 20, "{peak} bytes");
}

#[test]
fn renderers_leave_no_child_behind() {
    let mut broker = broker("hostile-renderer");
    for word in ["die", "well-behaved", "hang"] {
        let session = hostile(&mut broker, word);
        let renderer = pid(&session);
        let launcher = Process::new(renderer).parent();
        drop(session);
        // Reaped too: a dead one that nobody waits for would stay in the list.
        let gone = eventually(PATIENCE, || !children(launcher).contains(&renderer));
        assert!(gone, "{word}");
    }
}
