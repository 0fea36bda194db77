//! Harness of the end-to-end tests: where the programs and the files are.

pub mod card;
pub mod desktop;
pub mod drop;
pub mod flac;
#[cfg(target_os = "linux")]
pub mod fuse;
pub mod pdf;
pub mod pictures;
pub mod process;
pub mod screen;
pub mod trace;
pub mod wayland;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// Where `make build` and `scripts/build with-hostile` leave the programs.
///
/// # Panics
///
/// With a sentence that says how to build it, when a program is not there.
#[must_use]
#[expect(clippy::panic, reason = "a test that cannot run has failed")]
pub fn program(name: &str) -> PathBuf {
    let folder = std::env::var_os("PELLUCID_BIN_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release"),
        PathBuf::from,
    );
    let path = folder.join(name);
    if !path.is_file() {
        panic!(
            "{} is not there; run: sh scripts/build with-hostile",
            path.display()
        );
    }
    path
}

/// A file of ours under `tests/files`.
#[must_use]
pub fn file(name: &str) -> PathBuf {
    folder("PELLUCID_FILES_DIR", "files").join(name)
}

/// A file of ours under `assets/samples`.
#[must_use]
pub fn sample(name: &str) -> PathBuf {
    folder("PELLUCID_SAMPLES_DIR", "../assets/samples").join(name)
}

fn folder(variable: &str, fallback: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join(fallback),
        PathBuf::from,
    )
}

/// Runs `pellucid` with these arguments and nothing on standard input.
///
/// # Panics
///
/// When it cannot be started.
#[must_use]
#[expect(clippy::expect_used, reason = "a test that cannot run has failed")]
pub fn pellucid<A: AsRef<std::ffi::OsStr>>(arguments: &[A]) -> Output {
    Command::new(program("pellucid"))
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .output()
        .expect("pellucid starts")
}

/// Waits until a value stays what it is for as long as `quiet`, at most `limit`;
/// `None` when it never does.
pub fn settled<T: PartialEq>(
    limit: Duration,
    quiet: Duration,
    mut value: impl FnMut() -> T,
) -> Option<T> {
    let end = Instant::now() + limit;
    let mut last = value();
    let mut since = Instant::now();
    while since.elapsed() < quiet {
        if Instant::now() > end {
            return None;
        }
        std::thread::sleep(Duration::from_millis(20));
        let now = value();
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
    Some(last)
}

/// Waits until something holds, at most `limit`; whether it came to hold.
pub fn eventually(limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + limit;
    while Instant::now() < end {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    holds()
}
