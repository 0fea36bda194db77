//! How a process ends that aborts, tried in processes of their own.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use capmode::abort::{Allocator, exit_now, exit_on_abort};
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::thread;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

const OUT_OF_MEMORY: u8 = 112;
const ABORTED: u8 = 113;
/// Names what the process that this test starts does to itself.
const HOW: &str = "PELLUCID_TEST_ABORT";

/// More than any system has, and a size that is asked for all the same.
const TOO_MUCH: usize = isize::MAX as usize;

fn do_it(how: &str) {
    exit_on_abort(OUT_OF_MEMORY, ABORTED).unwrap();
    match how {
        "ask for too much" => drop(black_box(Vec::<u8>::with_capacity(TOO_MUCH))),
        "cope, then abort" => {
            let mut bytes = Vec::<u8>::new();
            assert!(bytes.try_reserve(TOO_MUCH).is_err());
            drop(black_box(Box::new(1)));
            std::process::abort();
        }
        "another thread copes" => {
            let mut bytes = Vec::<u8>::new();
            assert!(bytes.try_reserve(TOO_MUCH).is_err());
            thread::spawn(|| std::process::abort()).join().unwrap();
        }
        "overflow the stack" => drop(black_box(nest(1))),
        "end at once" => exit_now(7),
        other => unreachable!("{other}"),
    }
}

#[expect(
    unconditional_recursion,
    reason = "the stack overflows, which is what is tried"
)]
fn nest(depth: usize) -> Vec<usize> {
    let here = black_box([depth; 64]);
    let mut below = nest(depth + 1);
    below.extend(here);
    below
}

#[test]
fn every_abort_ends_with_the_code_of_its_reason() {
    if let Ok(how) = std::env::var(HOW) {
        return do_it(&how);
    }
    for (how, code) in [
        ("ask for too much", OUT_OF_MEMORY),
        ("cope, then abort", ABORTED),
        ("another thread copes", ABORTED),
        ("overflow the stack", ABORTED),
        ("end at once", 7),
    ] {
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "every_abort_ends_with_the_code_of_its_reason"])
            // As a renderer has it: a backtrace would ask for memory again.
            .env_clear()
            .env(HOW, how)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(code.into()), "{how}: {status}");
    }
}
