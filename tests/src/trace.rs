//! What a program and its children asked of the system, as `strace` saw it.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::Command;

/// One call with its arguments as numbers.
#[derive(Debug, Clone)]
pub struct Call {
    /// The thread that made it.
    pub thread: i32,
    /// Who that is.
    pub who: Who,
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: i64,
    /// Its arguments; those it does not have are 0.
    pub arguments: [u64; 6],
    /// What it returned; `None` when it did not, or failed.
    pub result: Option<i64>,
}

/// Who made a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The program that was started, or what is none of the others.
    Broker,
    /// The process that starts renderers.
    Launcher,
    /// The renderer; a trace is of one that has one.
    Renderer,
}

/// Runs a command under `strace` and reads what came of it. The first process
/// that is started becomes the launcher, what it starts becomes a renderer.
///
/// # Panics
///
/// When the command cannot be started, or `strace` wrote what cannot be read.
#[must_use]
#[expect(clippy::expect_used, reason = "a test that cannot run has failed")]
pub fn trace(command: &[&std::ffi::OsStr], variables: &[(&str, &str)]) -> Vec<Call> {
    let file = tempfile::NamedTempFile::new().expect("a file can be made");
    Command::new("strace")
        .args([
            "-f",
            "-n",
            "-e",
            "raw=all",
            "-e",
            "signal=none",
            "-s",
            "0",
            "-o",
        ])
        .arg(file.path())
        .args(command)
        .envs(variables.iter().copied())
        .stdin(std::process::Stdio::null())
        .output()
        .expect("strace starts");
    read(file.path())
}

#[expect(clippy::expect_used, reason = "a test that cannot run has failed")]
fn read(path: &Path) -> Vec<Call> {
    let text = std::fs::read_to_string(path).expect("strace wrote its file");
    let mut calls: Vec<Call> = Vec::new();
    // Where a thread's call stands that has not returned yet.
    let mut open: HashMap<i32, usize> = HashMap::new();
    for line in text.lines() {
        let Some((thread, rest)) = line.split_once(char::is_whitespace) else {
            continue;
        };
        let Ok(thread) = thread.parse() else { continue };
        if rest.contains("resumed>") {
            let at = open.remove(&thread);
            if let Some(call) = at.and_then(|at| calls.get_mut(at)) {
                call.result = result(rest);
            }
        } else if let Some(call) = call(thread, rest.trim_start()) {
            if rest.contains("<unfinished ...>") {
                open.insert(thread, calls.len());
            }
            calls.push(call);
        }
    }
    name_roles(&mut calls);
    calls
}

/// Reads `[ 59] execve(0x1, 0, 0) = 0`.
fn call(thread: i32, line: &str) -> Option<Call> {
    let (number, rest) = line.strip_prefix('[')?.split_once(']')?;
    let (name, rest) = rest.trim_start().split_once('(')?;
    let list = rest.split([')', '<']).next()?;
    let mut arguments = [0; 6];
    for (slot, argument) in arguments.iter_mut().zip(list.split(',')) {
        *slot = value(argument.trim()).unwrap_or(0);
    }
    Some(Call {
        thread,
        who: Who::Broker,
        name: name.to_owned(),
        number: number.trim().parse().ok()?,
        arguments,
        result: result(rest),
    })
}

fn value(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn result(line: &str) -> Option<i64> {
    let (_, result) = line.rsplit_once(" = ")?;
    let word = result.split_whitespace().next()?;
    let value = value(word)?;
    i64::try_from(value).ok()
}

/// Says who made each call: the broker's threads are known from what starting
/// them returned, and what is left when the launcher and the renderer are known
/// are the renderer's threads, whose numbers are told inside its namespace.
fn name_roles(calls: &mut [Call]) {
    let Some(first) = calls.first().map(|call| call.thread) else {
        return;
    };
    let mut brokers = HashSet::from([first]);
    let mut launcher = None;
    for call in calls.iter() {
        if launcher.is_none() && call.name == "execve" && call.thread != first {
            launcher = Some(call.thread);
            // What it starts is not the broker's.
            brokers.remove(&call.thread);
        }
        if brokers.contains(&call.thread)
            && matches!(call.name.as_str(), "clone" | "clone3" | "vfork" | "fork")
            && let Some(thread) = call.result.and_then(|result| i32::try_from(result).ok())
        {
            brokers.insert(thread);
        }
    }
    for call in calls {
        call.who = if Some(call.thread) == launcher {
            Who::Launcher
        } else if brokers.contains(&call.thread) {
            Who::Broker
        } else {
            Who::Renderer
        };
    }
}

#[cfg(test)]
mod tests {
    use super::call;

    #[test]
    fn a_line_becomes_numbers() {
        let read = call(
            7,
            "[   9] mmap(0, 0x2000, 0x3, 0x22, 0xffffffff, 0) = 0x7efe6ccbd000",
        );
        let read = read.unwrap();
        assert_eq!((read.number, read.name.as_str()), (9, "mmap"));
        assert_eq!(read.arguments, [0, 0x2000, 3, 0x22, 0xffff_ffff, 0]);
        assert_eq!(read.result, Some(0x7efe_6ccb_d000));
        let failed = call(7, "[  21] access(0x1, 0x4) = -1 ENOENT (No such file)").unwrap();
        assert_eq!(failed.result, None);
        let open = call(7, "[ 202] futex(0x7f, 0x80, 0 <unfinished ...>").unwrap();
        assert_eq!(open.arguments, [0x7f, 0x80, 0, 0, 0, 0]);
    }
}
