//! Proof by trying: processes that are confined like a renderer and attempt
//! what a renderer that was taken over would attempt.
//!
//! Each attempt has a process of its own, started by the real launcher from the
//! renderer's own program, confined by the same calls, and given a document and
//! pixel memory. It either dies, or says what the system answered.

use crate::channel::{Channel, Received};
use crate::confine::confine;
use crate::launcher::{Budget, LaunchError, Launcher, Spawned};
use crate::memory::{SharedMemory, Snapshot};
use crate::process::Exit;
use crate::sys;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::process::ExitCode;
use std::time::Duration;

/// How long an attempt may take before it counts as hanging.
const LIMIT: Duration = Duration::from_secs(5);

/// Bytes of pixel memory that a probe gets: one page.
const PIXEL_BYTES: u64 = 4096;

/// What a probe may use; an attempt needs next to nothing.
const BUDGET: Budget = Budget {
    memory_bytes: 64 << 20,
    shared_bytes: 1 << 20,
    cpu_seconds: 5,
    workers: 1,
};

/// What the probe holds: the same as a renderer, and not yet closed.
pub(crate) struct Held {
    pub(crate) document: RawFd,
    pub(crate) pixels: RawFd,
}

/// Something that must not be possible.
pub(crate) struct Attempt {
    pub(crate) name: &'static str,
    /// What it tries, in a few words.
    pub(crate) tries: &'static str,
    pub(crate) run: fn(&Held) -> io::Result<()>,
}

/// What happened to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The process was killed for trying.
    Killed,
    /// The system refused with this `errno`.
    Refused(i32),
    /// It worked. The sandbox does not hold.
    Succeeded,
    /// The process did not answer in time, or ended in a way that nobody
    /// expects; nothing is proven.
    Unclear(Option<Exit>),
}

impl Outcome {
    /// Whether the attempt was stopped.
    #[must_use]
    pub fn is_stopped(self) -> bool {
        matches!(self, Self::Killed | Self::Refused(_))
    }
}

/// An attempt and what happened to it.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    /// Short name.
    pub name: &'static str,
    /// What was tried, in a few words.
    pub tries: &'static str,
    /// What happened.
    pub outcome: Outcome,
}

/// Number of the control: no attempt, only what a renderer must be able to do.
const CONTROL: u16 = u16::MAX;

/// Makes every attempt, each in a process of its own, after a control: a
/// process that dies before it tries would prove nothing.
///
/// # Errors
///
/// [`LaunchError`] when a probe cannot be started, or does not survive doing
/// what a renderer does.
pub fn run_all(launcher: &mut Launcher) -> Result<Vec<Report>, LaunchError> {
    let control = run_one(launcher, CONTROL)?;
    if control != Outcome::Succeeded {
        let found = format!("a probe that attempts nothing ended as {control:?}");
        return Err(failed(io::Error::other(found)));
    }
    let attempts = sys::attempts::ALL.iter().zip(0_u16..);
    attempts
        .map(|(attempt, number)| {
            Ok(Report {
                name: attempt.name,
                tries: attempt.tries,
                outcome: run_one(launcher, number)?,
            })
        })
        .collect()
}

/// Tries what the sandbox is known to leave possible on this system, so that it
/// is told and not forgotten: nothing on Linux.
///
/// # Errors
///
/// As [`run_all`].
pub fn run_residual(launcher: &mut Launcher) -> Result<Vec<Report>, LaunchError> {
    let first = sys::attempts::ALL.len();
    let attempts = sys::residual::ALL.iter().zip(first..);
    attempts
        .map(|(attempt, number)| {
            let number = u16::try_from(number).unwrap_or(CONTROL);
            Ok(Report {
                name: attempt.name,
                tries: attempt.tries,
                outcome: run_one(launcher, number)?,
            })
        })
        .collect()
}

fn run_one(launcher: &mut Launcher, number: u16) -> Result<Outcome, LaunchError> {
    let Spawned { process, channel } = launcher.spawn_probe(&BUDGET)?;
    let gifts = gifts().map_err(failed)?;
    channel
        .send_with(&number.to_le_bytes(), &[gifts.0.as_fd(), gifts.1.as_fd()])
        .map_err(failed)?;
    let exit = process.wait(LIMIT).map_err(failed)?;
    outcome_of(&channel, exit)
}

fn outcome_of(channel: &Channel, exit: Option<Exit>) -> Result<Outcome, LaunchError> {
    let mut buffer = [0; 8];
    let answer = match channel.try_receive(&mut buffer).map_err(failed)? {
        Received::Message(bytes) => <[u8; 4]>::try_from(bytes).ok().map(i32::from_le_bytes),
        _ => None,
    };
    Ok(match (answer, exit) {
        (Some(0), _) => Outcome::Succeeded,
        (Some(errno), _) => Outcome::Refused(errno),
        (None, Some(Exit::Violation)) => Outcome::Killed,
        (None, exit) => Outcome::Unclear(exit),
    })
}

fn failed(source: io::Error) -> LaunchError {
    LaunchError::Start {
        step: "probing",
        source,
    }
}

/// A document and pixel memory, as a renderer gets them.
fn gifts() -> io::Result<(OwnedFd, OwnedFd)> {
    let document = Snapshot::copy_of(&b"a document"[..], 64).map_err(io::Error::other)?;
    let pixels = SharedMemory::create(PIXEL_BYTES)?;
    Ok((document.for_renderer()?, pixels.for_renderer()?))
}

/// The probe's side: confines itself for real, makes one attempt, and says how
/// it went if it still can.
#[must_use]
pub fn main() -> ExitCode {
    match attempt() {
        Some(()) => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    }
}

fn attempt() -> Option<()> {
    let (confined, channel) = confine().ok()?;
    let (number, held) = receive(&channel)?;
    confined.lock().ok()?;
    let held = Held {
        document: held.0.as_raw_fd(),
        pixels: held.1.as_raw_fd(),
    };
    answer(&channel, attempt_by_number(number, &held)?)
}

/// Says how an attempt went, if that is still possible.
fn answer(channel: &Channel, result: io::Result<()>) -> Option<()> {
    let errno = match result {
        Ok(()) => 0,
        Err(error) => error.raw_os_error().unwrap_or(-1),
    };
    channel.send(&errno.to_le_bytes()).ok()
}

fn attempt_by_number(number: u16, held: &Held) -> Option<io::Result<()>> {
    if number == CONTROL {
        return Some(work());
    }
    let mut all = sys::attempts::ALL.iter().chain(sys::residual::ALL);
    let attempt = all.nth(usize::from(number))?;
    Some((attempt.run)(held))
}

/// What every renderer does: memory large and small, hashing, time.
fn work() -> io::Result<()> {
    let started = std::time::Instant::now();
    let mut large = Vec::new();
    large.try_reserve_exact(8 << 20).map_err(io::Error::other)?;
    large.resize(8 << 20, 1_u8);
    let set: std::collections::HashSet<u128> = (0..1000)
        .map(|n| n * started.elapsed().as_nanos())
        .collect();
    match set.len() + large.len() {
        0 => Err(io::ErrorKind::Other.into()),
        _ => Ok(()),
    }
}

fn receive(channel: &Channel) -> Option<(u16, (OwnedFd, OwnedFd))> {
    let mut buffer = [0; 8];
    let (received, descriptors) = channel.receive_with(&mut buffer).ok()?;
    let Received::Message(bytes) = received else {
        return None;
    };
    let number = u16::from_le_bytes(bytes.try_into().ok()?);
    let [document, pixels] = <[OwnedFd; 2]>::try_from(descriptors).ok()?;
    Some((number, (document, pixels)))
}

/// Trying single attempts with single layers left out: what the tests do with
/// the hostile renderer.
#[cfg(all(
    feature = "test-support",
    any(target_os = "linux", target_os = "freebsd")
))]
pub mod scripted {
    use super::{Attempt, Held, LIMIT, Outcome, answer, failed, gifts, outcome_of, receive};
    use crate::confine::confine_without;
    use crate::launcher::{LaunchError, Launcher};
    use crate::posture::Layers;
    use crate::sys;
    use std::io;
    use std::os::fd::{AsFd, AsRawFd};
    use std::process::ExitCode;

    /// Bit of an attempt's number: the last wall goes up before it.
    const LOCK: u16 = 1 << 15;

    /// What a hostile renderer does.
    #[derive(Debug, Clone, Copy)]
    pub struct Script {
        /// Layers that it does not put up.
        pub without: Layers,
        /// Whether it puts up the last wall before it tries.
        pub lock: bool,
        /// Name of the attempt, one of [`names`].
        pub attempt: &'static str,
    }

    fn all() -> impl Iterator<Item = &'static Attempt> {
        let more = sys::attempts_more::MORE;
        let last = sys::attempts_more::LAST;
        sys::attempts::ALL.iter().chain(more).chain(last)
    }

    /// Names of all attempts.
    pub fn names() -> impl Iterator<Item = &'static str> {
        all().map(|attempt| attempt.name)
    }

    /// Starts a hostile renderer with a script, and says what happened.
    ///
    /// # Errors
    ///
    /// [`LaunchError`] when it cannot be started.
    pub fn run(launcher: &mut Launcher, script: &Script) -> Result<Outcome, LaunchError> {
        let number = names().position(|name| name == script.attempt);
        let number = number.ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
        let spawned = launcher.spawn_probe(&super::BUDGET)?;
        let gifts = gifts().map_err(failed)?;
        let number = u16::try_from(number).unwrap_or(u16::MAX) | if script.lock { LOCK } else { 0 };
        let without = script.without.to_bits().0.to_le_bytes();
        let descriptors = [gifts.0.as_fd(), gifts.1.as_fd()];
        spawned.channel.send(&without).map_err(failed)?;
        spawned
            .channel
            .send_with(&number.to_le_bytes(), &descriptors)
            .map_err(failed)?;
        let exit = spawned.process.wait(LIMIT).map_err(failed)?;
        outcome_of(&spawned.channel, exit)
    }

    /// Whether a process has ended, where the kernel tells that to others than its
    /// parent.
    #[cfg(target_os = "freebsd")]
    #[must_use]
    pub fn has_ended(pid: i32) -> bool {
        sys::posture::has_ended(pid)
    }

    /// The hostile renderer's side.
    #[must_use]
    pub fn main() -> ExitCode {
        match obey() {
            Some(()) => ExitCode::SUCCESS,
            None => ExitCode::FAILURE,
        }
    }

    /// The layers come before the confinement, everything else after it.
    fn obey() -> Option<()> {
        let without = layers_to_leave_out()?;
        let (confined, channel) = confine_without(without).ok()?;
        let (number, held) = receive(&channel)?;
        if number & LOCK != 0 {
            confined.lock().ok()?;
        }
        let held = Held {
            document: held.0.as_raw_fd(),
            pixels: held.1.as_raw_fd(),
        };
        let attempt = all().nth(usize::from(number & !LOCK))?;
        answer(&channel, (attempt.run)(&held))
    }

    fn layers_to_leave_out() -> Option<Layers> {
        use nix::sys::socket::{MsgFlags, recv};
        let mut bytes = [0; 4];
        let len = recv(crate::confine::CHANNEL_FD, &mut bytes, MsgFlags::empty()).ok()?;
        let bits = u32::from_le_bytes(bytes);
        (len == bytes.len()).then(|| Layers::from_bits(bits, 0))?
    }
}
