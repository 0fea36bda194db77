//! Files of a file system that does not answer, or says one thing and does
//! another: only the thread that reads waits, and it can be given up.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use tests::fuse::{Call, Mounted, Reading};
use tests::process::{Process, children, is_alive};
use tests::{eventually, pellucid, program, sample};

/// Long enough for every machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// More than is copied: such a document is read by its renderer, piece by piece.
const LARGE: u64 = 300 << 20;

/// A file of ours in a file system of ours; `None`, which is said, where this
/// user may mount nothing.
fn mounted(size: Option<u64>, reading: Reading) -> Option<Mounted> {
    let bytes = fs::read(sample("sample.pdf")).unwrap();
    let size = size.unwrap_or(bytes.len() as u64);
    Mounted::new(bytes, size, reading)
        .inspect_err(|error| eprintln!("skipped: FUSE is not to be had here: {error}"))
        .ok()
}

fn start(file: &Path, more: &[&str]) -> Child {
    Command::new(program("pellucid"))
        .args(["text", "-p", "1"])
        .args(more)
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn pid(child: &Child) -> i32 {
    i32::try_from(child.id()).unwrap()
}

/// The launcher of a process that has started one, and its renderers.
fn family(child: &Child) -> Vec<i32> {
    let launchers = children(pid(child));
    let renderers = launchers.iter().flat_map(|launcher| children(*launcher));
    launchers.iter().copied().chain(renderers).collect()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn file_that_does_not_answer_is_given_up_at_once() {
    let Some(mounted) = mounted(None, Reading::Held(Call::Read)) else {
        return;
    };
    let child = start(&mounted.file(), &[]);
    assert!(eventually(PATIENCE, || mounted.waiting() > 0));
    assert!(eventually(PATIENCE, || family(&child).len() == 2));
    let family = family(&child);
    // Nobody but the thread that reads waits for the file, which does not answer. Who
    // starts a process waits a moment for something else.
    let held = || family.iter().any(|pid| Process::new(*pid).state() == 'D');
    assert!(eventually(PATIENCE, || !held()), "it is waited for");
    kill(Pid::from_raw(pid(&child)), Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", told(&output));
    assert!(mounted.waiting() > 0, "it has not answered");
    assert!(eventually(PATIENCE, || !family
        .iter()
        .any(|pid| is_alive(*pid))));
}

#[test]
fn file_that_answers_late_is_opened() {
    let Some(mounted) = mounted(None, Reading::Held(Call::Read)) else {
        return;
    };
    let child = start(&mounted.file(), &[]);
    assert!(eventually(PATIENCE, || mounted.waiting() > 0));
    mounted.answer();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    let plain = pellucid(&[
        "text".as_ref(),
        "-p".as_ref(),
        "1".as_ref(),
        sample("sample.pdf").as_os_str(),
    ]);
    assert_eq!(output.stdout, plain.stdout);
}

#[test]
fn renderer_that_waits_for_a_file_ends_at_the_deadline() {
    let Some(mounted) = mounted(Some(LARGE), Reading::Held(Call::Read)) else {
        return;
    };
    let child = start(&mounted.file(), &["--timeout", "1"]);
    assert!(eventually(PATIENCE, || mounted.waiting() > 0));
    let family = family(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(6), "{}", told(&output));
    assert!(
        told(&output).contains("did not answer"),
        "{}",
        told(&output)
    );
    assert!(eventually(PATIENCE, || !family
        .iter()
        .any(|pid| is_alive(*pid))));
}

#[test]
fn file_that_ends_early_or_changes_is_a_document_or_a_sentence() {
    for (size, reading) in [
        (None, Reading::CutAt(1000)),
        (None, Reading::CutAt(0)),
        (None, Reading::Changing),
        (Some(LARGE), Reading::CutAt(1000)),
        (Some(LARGE), Reading::Changing),
    ] {
        let Some(mounted) = mounted(size, reading) else {
            return;
        };
        let output = pellucid(&["info".as_ref(), mounted.file().as_os_str()]);
        let told = told(&output);
        match output.status.code() {
            Some(0) => {}
            // It cannot be opened, is nothing that is known, or is damaged.
            Some(2..=4) => assert_eq!(told.lines().count(), 1, "{reading:?}: {told}"),
            code => panic!("{reading:?}: {code:?} {told}"),
        }
    }
}
