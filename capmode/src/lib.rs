//! Processes in capability mode: the only crate with `unsafe` code.
//!
//! The neutral half says what can be done; `linux/` and `freebsd/` say how, and
//! `unsupported.rs` answers every call with an error, so that a system without
//! a sandbox has no viewer.
//!
//! ```text
//! broker                              launcher                   renderer
//! Launcher::start ── posix_spawn ──▶  launcher_main
//! Launcher::spawn ── StartRenderer ─▶ clone / pdfork + exec ──▶  confine() → (Confined, Channel)
//!        ◀── ProcessDescriptor ──────                            │
//! Channel ◀───────────────────── SEQPACKET ─────────────────────▶│  Channel::receive_with
//! Snapshot, SharedMemory ── descriptors ────────────────────────▶│  MappedDocument, MappedPixels
//! measure(process) → Measured                                    │  Confined::lock()
//! ```
//!
//! | module | holds | used by |
//! |---|---|---|
//! | [`abort`] | why a process aborts | renderer |
//! | [`channel`] | one datagram = one message, with at most [`channel::MAX_DESCRIPTORS`] descriptors | both |
//! | [`heap`] | memory of a worker's own, made ready before it is needed | renderer |
//! | [`memory`] | sealed memory: documents and pixels | both |
//! | [`process`] | process descriptors and how a process ended | broker |
//! | [`launcher`] | starting renderers | broker; [`launcher_main`] in the launcher |
//! | [`mod@confine`] | confining this process | renderer |
//! | [`posture`] | which layers are in force, claimed and measured | both |
//! | [`probe`] | proof by trying: what a renderer that was taken over would attempt | broker |
//! | `descriptor` | descriptors that this program was started with | broker |
//! | `sound` | the device that sound is played on (a feature) | broker |
//! | `wayland` | the window system's connection, shared with the window's library (a feature) | broker |

pub mod abort;
pub mod channel;
pub mod confine;
mod descriptor;
pub mod heap;
pub mod launcher;
pub mod memory;
#[cfg(all(feature = "test-support", target_os = "linux"))]
pub use sys::seccomp::asked as policy;
pub mod posture;
pub mod probe;
pub mod process;
#[cfg(feature = "sound")]
pub mod sound;
#[cfg(feature = "wayland")]
pub mod wayland;

#[cfg(target_os = "freebsd")]
mod freebsd;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
mod unsupported;

#[cfg(target_os = "freebsd")]
use freebsd as sys;
#[cfg(target_os = "linux")]
use linux as sys;
#[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
use unsupported as sys;

pub use channel::{Channel, Received, Sent};
pub use confine::{ConfineError, Confined, confine};
pub use descriptor::duplicate_inherited;
pub use launcher::{
    Budget, LaunchError, Launcher, Role, Spawned, WORKER_STACK_BYTES, early_workers, launcher_main,
    role,
};
pub use memory::{
    DocumentFile, DocumentMemory, FontMemory, MappedFonts, MappedPixels, SharedMemory, Slot,
    Snapshot,
};
pub use posture::{Layers, Measured, Posture};
pub use process::{Exit, ProcessDescriptor};
