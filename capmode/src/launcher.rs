//! The launcher: a small process that starts renderers.
//!
//! The broker is large and has threads, so it neither forks nor makes
//! namespaces. It starts the launcher once with `posix_spawn` (0.9 ms from a
//! 512 MiB process) and asks it for renderers. The launcher parses nothing but
//! requests of one fixed size from the broker, and holds no document.
//!
//! Descriptors of the launcher: 0 is the control channel, 1 the renderer's
//! program, 2 the broker's standard error.

use crate::channel::{Channel, Received};
use crate::posture::Layers;
use crate::process::ProcessDescriptor;
use crate::sys;
use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::socket::{Shutdown, shutdown};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

/// `argv[0]` of the launcher.
pub(crate) const LAUNCHER_NAME: &str = "pellucid-launcher";
/// `argv[0]` of every renderer; the name says nothing about the document.
pub(crate) const RENDERER_NAME: &str = "pellucid-renderer";
/// `argv[1]` of a process that tries to escape (see [`crate::probe`]).
pub(crate) const PROBE_ARGUMENT: &str = "probe";

/// Start a renderer.
pub(crate) const START_RENDERER: u32 = 0;
/// Start the same program as a probe.
pub(crate) const START_PROBE: u32 = 1;

/// Stack of each worker thread, in bytes. hayro and the image decoders recurse
/// as deep as a document nests, which they bound; 2 MiB were enough for every
/// file tried, and what is not used is not there.
pub const WORKER_STACK_BYTES: usize = 8 * 1024 * 1024;

/// What a renderer may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Private memory in bytes, without the stacks of its workers.
    pub memory_bytes: u64,
    /// Shared memory it will map, in bytes: document and pixels.
    pub shared_bytes: u64,
    /// CPU time of all threads, in seconds.
    pub cpu_seconds: u32,
    /// Worker threads it will make.
    pub workers: u8,
}

/// A started renderer.
#[derive(Debug)]
pub struct Spawned {
    /// To watch and to kill it.
    pub process: ProcessDescriptor,
    /// To talk to it. Its first word is about its confinement.
    pub channel: Channel,
}

/// Why there is no renderer.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The program is missing or cannot be used.
    #[error("{path}: {source}", path = .path.display())]
    Program {
        /// Its path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The launcher has ended.
    #[error("the launcher has ended")]
    LauncherGone,
    /// The launcher could not start a renderer.
    #[error("{step}: {source}")]
    Start {
        /// What failed.
        step: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// This system has no sandbox that Pellucid knows.
    #[error("there is no sandbox for this operating system")]
    NoSandbox,
}

/// The broker's handle on the launcher. Dropping it ends the launcher.
#[derive(Debug)]
pub struct Launcher {
    control: Channel,
    child: Child,
    layers: Option<(Layers, Option<io::Error>)>,
}

impl Launcher {
    /// Starts the launcher and returns at once; it prepares itself meanwhile.
    ///
    /// `launcher` is the program that calls [`launcher_main`] (the renderer's
    /// own, which is small and static), `renderer` is what it will start.
    ///
    /// # Errors
    ///
    /// [`LaunchError`].
    pub fn start(launcher: &Path, renderer: &Path) -> Result<Self, LaunchError> {
        Self::start_with(launcher, renderer, None)
    }

    /// As [`Self::start`], but the launcher's own filter does not stand behind
    /// the renderers: tests show what the other layers then hold.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    #[cfg(feature = "test-support")]
    pub fn start_without_filter(launcher: &Path, renderer: &Path) -> Result<Self, LaunchError> {
        Self::start_with(launcher, renderer, Some("--no-filter"))
    }

    fn start_with(
        launcher: &Path,
        renderer: &Path,
        argument: Option<&str>,
    ) -> Result<Self, LaunchError> {
        sys::launcher::check_program(renderer).map_err(|source| program(renderer, source))?;
        let program_file = File::open(renderer).map_err(|source| program(renderer, source))?;
        let (control, theirs) = Channel::pair().map_err(|source| start("socketpair", source))?;
        // The launcher starts in the root directory, where a relative path ends nowhere.
        let absolute = std::path::absolute(launcher).map_err(|source| program(launcher, source))?;
        let child = Command::new(absolute)
            .arg0(LAUNCHER_NAME)
            .args(argument)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::from(program_file))
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|source| program(launcher, source))?;
        Ok(Self {
            control,
            child,
            layers: None,
        })
    }

    /// Starts a renderer, which confines itself and then says so.
    ///
    /// # Errors
    ///
    /// [`LaunchError`].
    pub fn spawn(&mut self, budget: &Budget) -> Result<Spawned, LaunchError> {
        self.request(wire::Request::from(*budget))
    }

    /// Starts the renderer's program as a probe, confined in the same way.
    pub(crate) fn spawn_probe(&mut self, budget: &Budget) -> Result<Spawned, LaunchError> {
        self.request(wire::Request {
            role: START_PROBE,
            ..wire::Request::from(*budget)
        })
    }

    fn request(&mut self, request: wire::Request) -> Result<Spawned, LaunchError> {
        let (channel, theirs) = Channel::pair().map_err(|source| start("socketpair", source))?;
        sys::launcher::harden_channel(&channel);
        self.control
            .send_with(&request.to_bytes(), &[theirs.as_fd()])
            .map_err(|_| LaunchError::LauncherGone)?;
        drop(theirs);
        self.ready()?;
        let (reply, descriptors) = self.reply()?;
        if reply.errno != 0 {
            let source = io::Error::from_raw_os_error(reply.errno);
            return Err(start(
                wire::STEPS[usize::from(reply.step) % wire::STEPS.len()],
                source,
            ));
        }
        let descriptor = sys::process::Descriptor::from_launcher(descriptors)
            .map_err(|source| start("process descriptor", source))?;
        Ok(Spawned {
            process: ProcessDescriptor(descriptor),
            channel,
        })
    }

    /// The layers that the launcher provides to every renderer, and why the
    /// missing ones are missing. Waits until the launcher is prepared.
    ///
    /// # Errors
    ///
    /// [`LaunchError`].
    pub fn layers(&mut self) -> Result<(Layers, Option<&io::Error>), LaunchError> {
        self.ready()?;
        match &self.layers {
            Some((layers, reason)) => Ok((*layers, reason.as_ref())),
            None => Err(LaunchError::LauncherGone),
        }
    }

    /// Number of the launcher's process, for reports.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn ready(&mut self) -> Result<(), LaunchError> {
        if self.layers.is_none() {
            let (reply, _) = self.reply()?;
            let layers = Layers::from_bits(reply.layers, 0).ok_or(LaunchError::LauncherGone)?;
            let reason = (reply.errno != 0).then(|| io::Error::from_raw_os_error(reply.errno));
            self.layers = Some((layers, reason));
        }
        Ok(())
    }

    fn reply(&self) -> Result<(wire::Reply, Vec<OwnedFd>), LaunchError> {
        let mut buffer = [0; wire::REPLY_BYTES + 1];
        let (received, descriptors) = self
            .control
            .receive_with(&mut buffer)
            .map_err(|source| start("receiving from the launcher", source))?;
        match received {
            Received::Message(bytes) => wire::Reply::from_bytes(bytes)
                .map(|reply| (reply, descriptors))
                .ok_or(LaunchError::LauncherGone),
            _ => Err(LaunchError::LauncherGone),
        }
    }
}

/// How long a launcher is given to end by itself, in milliseconds.
const FAREWELL_MS: u8 = 200;

impl Drop for Launcher {
    fn drop(&mut self) {
        // It reaps its renderers and ends when nothing can be asked of it any
        // more; killing is for one that is stopped. Nothing of this can fail
        // in a way that matters here.
        let _ = shutdown(self.control.as_fd().as_raw_fd(), Shutdown::Write);
        let mut end = [PollFd::new(self.control.as_fd(), PollFlags::POLLIN)];
        if !matches!(poll(&mut end, FAREWELL_MS), Ok(1..)) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn program(path: &Path, source: io::Error) -> LaunchError {
    LaunchError::Program {
        path: path.to_owned(),
        source,
    }
}

fn start(step: &'static str, source: io::Error) -> LaunchError {
    LaunchError::Start { step, source }
}

/// What a process of the renderer's program has been started as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Call [`launcher_main`].
    Launcher,
    /// Call [`crate::confine()`].
    Renderer,
    /// Call [`crate::probe::main`].
    Probe,
}

/// What this process has been started as; `None` when a person started it.
#[must_use]
pub fn role() -> Option<Role> {
    let mut arguments = std::env::args_os();
    let name = arguments.next()?;
    let first = arguments.next();
    match (name.to_str()?, first) {
        (LAUNCHER_NAME, _) => Some(Role::Launcher),
        (RENDERER_NAME, _) if !sys::launcher::has_channel() => None,
        (RENDERER_NAME, None) => Some(Role::Renderer),
        (RENDERER_NAME, Some(argument)) if argument == PROBE_ARGUMENT => Some(Role::Probe),
        (RENDERER_NAME, Some(_)) if early_workers() > 0 => Some(Role::Renderer),
        _ => None,
    }
}

/// Workers that a renderer must start before [`crate::confine()`], because the
/// system makes no thread for a confined process (FreeBSD); 0 where it does.
/// The launcher says it as `argv[1]`.
#[must_use]
pub fn early_workers() -> u8 {
    let said = std::env::args_os().nth(1);
    let count = said.and_then(|said| said.to_str()?.parse().ok());
    count.unwrap_or(0)
}

/// Serves as the launcher until the broker is gone.
#[must_use]
pub fn launcher_main() -> ExitCode {
    sys::launcher::main()
}

/// What broker and launcher say to each other: fixed sizes, little-endian.
pub(crate) mod wire {
    use super::Budget;

    /// Bytes of a [`Request`].
    pub(crate) const REQUEST_BYTES: usize = 28;
    /// Bytes of a [`Reply`].
    pub(crate) const REPLY_BYTES: usize = 12;

    /// What a launcher may fail at, by number.
    pub(crate) const STEPS: [&str; 6] = [
        "preparing",
        "reading the request",
        "making a process",
        "making a pipe",
        "starting the renderer's program",
        "handing over the process descriptor",
    ];

    /// Start a renderer; one descriptor, its channel, travels along.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Request {
        pub(crate) memory_bytes: u64,
        pub(crate) shared_bytes: u64,
        pub(crate) cpu_seconds: u32,
        pub(crate) workers: u32,
        /// What the program is started as: [`super::START_RENDERER`] or [`super::START_PROBE`].
        pub(crate) role: u32,
    }

    impl From<Budget> for Request {
        fn from(budget: Budget) -> Self {
            Self {
                memory_bytes: budget.memory_bytes,
                shared_bytes: budget.shared_bytes,
                cpu_seconds: budget.cpu_seconds,
                workers: budget.workers.into(),
                role: super::START_RENDERER,
            }
        }
    }

    impl Request {
        pub(crate) fn to_bytes(self) -> [u8; REQUEST_BYTES] {
            let mut bytes = [0; REQUEST_BYTES];
            bytes[..8].copy_from_slice(&self.memory_bytes.to_le_bytes());
            bytes[8..16].copy_from_slice(&self.shared_bytes.to_le_bytes());
            bytes[16..20].copy_from_slice(&self.cpu_seconds.to_le_bytes());
            bytes[20..24].copy_from_slice(&self.workers.to_le_bytes());
            bytes[24..].copy_from_slice(&self.role.to_le_bytes());
            bytes
        }

        pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
            let bytes: &[u8; REQUEST_BYTES] = bytes.try_into().ok()?;
            Some(Self {
                memory_bytes: u64::from_le_bytes(bytes[..8].try_into().ok()?),
                shared_bytes: u64::from_le_bytes(bytes[8..16].try_into().ok()?),
                cpu_seconds: u32::from_le_bytes(bytes[16..20].try_into().ok()?),
                workers: u32::from_le_bytes(bytes[20..24].try_into().ok()?),
                role: u32::from_le_bytes(bytes[24..].try_into().ok()?),
            })
        }
    }

    /// First reply: prepared. Then one for each request.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub(crate) struct Reply {
        /// Layers that every renderer gets from the launcher (first reply).
        pub(crate) layers: u32,
        /// Index into [`STEPS`].
        pub(crate) step: u8,
        /// What the system said, 0 for success.
        pub(crate) errno: i32,
    }

    impl Reply {
        pub(crate) fn to_bytes(self) -> [u8; REPLY_BYTES] {
            let mut bytes = [0; REPLY_BYTES];
            bytes[..4].copy_from_slice(&self.layers.to_le_bytes());
            bytes[4] = self.step;
            bytes[8..].copy_from_slice(&self.errno.to_le_bytes());
            bytes
        }

        pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
            let bytes: &[u8; REPLY_BYTES] = bytes.try_into().ok()?;
            Some(Self {
                layers: u32::from_le_bytes(bytes[..4].try_into().ok()?),
                step: bytes[4],
                errno: i32::from_le_bytes(bytes[8..].try_into().ok()?),
            })
        }
    }
}
